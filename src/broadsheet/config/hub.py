"""The old hub-to-Hexo pipeline's configuration: its two YAML files, read into sources to write down.

`temple/temple_config.yml` lists selected routes under `slect` (its spelling), in the order of commented headings that
name category (`#`), site (`##`) and route (`###`). `user_config.yml` lists the user's own under `diy`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from broadsheet.config.starter import Wanted
from broadsheet.errors import ConfigError

SELECTED, OWN = "temple/temple_config.yml", "user_config.yml"

_HEADING = re.compile(r"^(#{1,3})(?!#)\s*([^\s#-].*?)\s*$")
_ITEM = re.compile(r"""^\s*-\s+(?P<quote>['"]?)(?P<path>/.*?)(?P=quote)\s*(?:\s#.*)?$""")


def read_hub(folder: Path) -> tuple[list[Wanted], list[str]]:
    """The routes of the old pipeline in their order, without repeats, and what could not be taken over.

    Raises:
        ConfigError: the folder holds neither file, or one of them cannot be read.
    """
    found: dict[str, Wanted] = {}
    problems: list[str] = []
    names = [name for name in (SELECTED, OWN) if (folder / name).is_file()]
    if not names:
        raise ConfigError(f"{folder}: has neither {SELECTED} nor {OWN}; name the old pipeline's folder")
    for name in names:
        text = _text(folder / name)
        document = _yaml(folder / name, text)
        wanted = _selected(document, text, problems) if name == SELECTED else _own(document, problems)
        for item in wanted:
            found.setdefault(item.route, item)
    return list(found.values()), problems


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def _yaml(path: Path, text: str) -> Mapping[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise ConfigError(f"{path}: {line}not valid YAML: {what}") from error
    except (ValueError, RecursionError) as error:  # an impossible date; lists in lists in lists
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: should be a table with slect or diy")
    return document


def _selected(document: Mapping[str, Any], text: str, problems: list[str]) -> Iterator[Wanted]:
    """Routes under `slect`; their sections stand only in the comments, so these are read line by line."""
    key = "slect" if document.get("slect") else "select"
    sections = _sections(text)
    for number, route in enumerate(_list(document, key, SELECTED, problems)):
        if isinstance(route, str) and route.startswith("/"):
            yield Wanted(route=route, section=sections.get(route) or _from_route(route))
        else:
            problems.append(f"{SELECTED}: {key}[{number}] is no path that begins with /, and was left out")


def _list(document: Mapping[str, Any], key: str, name: str, problems: list[str]) -> list[Any]:
    listed = document.get(key) or []
    if isinstance(listed, list):
        return listed
    problems.append(f"{name}: {key} is no list, and was left out")
    return []


def _sections(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    names = ["", "", ""]
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            level = len(heading[1])
            names[level - 1 :] = [heading[2], *([""] * (3 - level))]
        elif item := _ITEM.match(line):
            category, site, route = names
            path = tuple(name for name in (category, site, route or (site and _last(item["path"]))) if name)
            found.setdefault(item["path"], path)
    return found


def _own(document: Mapping[str, Any], problems: list[str]) -> Iterator[Wanted]:
    for number, item in enumerate(_list(document, "diy", OWN, problems)):
        link = item.get("link") if isinstance(item, dict) else None
        if not isinstance(link, str) or not link.startswith(("/", "http://", "https://")):
            problems.append(f"{OWN}: diy[{number}] has no link that begins with / or https://, and was left out")
            continue
        names = (str(item.get(key) or "").strip() for key in ("categories", "source_parent", "source_child"))
        section = tuple(name for name in names if name)
        yield Wanted(route=link, section=section or _from_route(link))


def _from_route(route: str) -> tuple[str, ...]:
    """A section from a route's path; none for a whole address, which is filed under its host."""
    if not route.startswith("/"):
        return ()
    parts = [part for part in route.split("?", maxsplit=1)[0].split("/") if part]
    return tuple(parts[:1]) + ((_last(route),) if len(parts) > 1 else ())


def _last(route: str) -> str:
    parts = [part for part in route.partition("?")[0].split("/") if part]
    return parts[-1] if parts else "route"
