"""From the file `broadsheet.toml` to `Settings`: syntax, types, then what only a look at the whole can tell."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.config import schema as toml
from broadsheet.config.durations import seconds
from broadsheet.config.mistakes import explain
from broadsheet.errors import ConfigError
from broadsheet.model import Source
from broadsheet.settings import (
    EditionSettings,
    FetchSettings,
    HostSettings,
    HubCatalogue,
    ImageSettings,
    Settings,
    SiteSettings,
)
from broadsheet.urls import mask

DEFAULT_NAME = "broadsheet.toml"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SHORTEST_SECRET = 4
"""Hiding each "1" or "on" would hide nothing, and make the rest unreadable."""

_RIGHTS = re.compile(r"own|licensed|permission: *\S.*")


def read(path: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file, with defaults filled in and paths made absolute.

    Args:
        path: the file.
        environment: what `${NAME}` in addresses stands for; the process's own by default.

    Raises:
        ConfigError: one line with file, key path (line for a syntax error), what is wrong and what would be right.
    """
    document = _document(path)
    try:
        file = msgspec.convert(document, toml.File)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, document, toml.File)}") from error
    try:
        return _Reader(path, file, os.environ if environment is None else environment).settings()
    except _MistakeError as error:
        raise ConfigError(f"{path}: {error}") from error


def secrets(path: Path, *, environment: Mapping[str, str] | None = None) -> set[str]:
    """What the environment has for the names that the file gives in `${…}`: nothing of that is shown to anybody.

    Raises:
        ConfigError: the file cannot be read.
    """
    found = os.environ if environment is None else environment
    values = {found.get(name, "") for name in _VARIABLE.findall(_text(path))}
    return {value for value in values if len(value) >= SHORTEST_SECRET}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    return msgspec.json.schema(toml.File)


def _document(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {_syntax(str(error), text)}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply to be read") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; `broadsheet init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _syntax(message: str, text: str) -> str:
    """`line 3, column 5: …` first, as editors like it."""
    what, _, at = message.removesuffix(")").rpartition(" (at ")
    if not at.startswith("line "):  # it ended too early
        at = f"line {text.rstrip().count(chr(10)) + 1}"
    return f"{at}: not valid TOML: {what[:1].lower()}{what[1:]}"


class _MistakeError(Exception):
    """A key path and what is wrong there, without the file's name."""


class _Reader:
    """Turns the checked file into settings; what it meets that cannot be is a `_MistakeError`."""

    def __init__(self, path: Path, file: toml.File, environment: Mapping[str, str]) -> None:
        self._path = path
        self._folder = path.resolve().parent
        self._file = file
        self._environment = environment

    def settings(self) -> Settings:
        fetch = self._fetch()
        hubs = self._hubs(fetch)
        return Settings(
            path=self._path,
            site=self._site(),
            archive=self._archive(),
            fetch=fetch,
            images=self._images(),
            sources=self._sources(fetch),
            catalogues=hubs,
            editions=self._editions(),
        )

    # -- tables

    def _site(self) -> SiteSettings:
        site = self._file.site
        _http(site.url, "site.url")
        try:
            ZoneInfo(site.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise _MistakeError(
                f'site.timezone: "{site.timezone}" is no time zone; use an IANA name such as "Asia/Shanghai"'
            ) from error
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", site.accent):
            raise _MistakeError(f'site.accent: "{site.accent}" is no colour; write it as in "#9a3324"')
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", site.language):
            raise _MistakeError(f'site.language: "{site.language}" is no language tag; use one such as "en" or "zh-CN"')
        if site.audience == "public" and not site.contact:
            raise _MistakeError("site.contact: is missing; a public site needs a way to report (an address or a page)")
        return SiteSettings(
            title=site.title,
            url=site.url.rstrip("/"),
            language=site.language,
            timezone=site.timezone,
            audience=site.audience,
            contact=site.contact,
            description=site.description,
            accent=site.accent,
        )

    def _archive(self) -> Path | str:
        archive = self._file.archive
        if archive.url is None:
            return self._folder / archive.path
        url = self._expanded(archive.url, "archive.url")
        if not url.startswith(("postgresql://", "postgres://")):
            raise _MistakeError("archive.url: should begin with postgresql://; a SQLite file goes into archive.path")
        return url

    def _fetch(self) -> FetchSettings:
        fetch = self._file.fetch
        hubs = [fetch.rsshub] if isinstance(fetch.rsshub, str) else fetch.rsshub or []
        private = fetch.allow_private
        return FetchSettings(
            rsshub=tuple(self._address(hub, "fetch.rsshub").rstrip("/") for hub in hubs),
            contact=fetch.contact,
            concurrency=fetch.concurrency,
            per_host=fetch.per_host,
            host_delay_s=_seconds(fetch.host_delay, "fetch.host_delay"),
            min_interval_s=_seconds(fetch.min_interval, "fetch.min_interval"),
            timeout_s=_positive(fetch.timeout, "fetch.timeout"),
            patience_s=_seconds(fetch.patience, "fetch.patience"),
            limit_bytes=fetch.max_bytes,
            allow_private=private if isinstance(private, bool) else tuple(private),
            hosts={name: _host(name, host) for name, host in fetch.hosts.items()},
        )

    def _images(self) -> ImageSettings:
        images = self._file.images
        if images.mode == "proxy" and not images.proxy:
            raise _MistakeError('images.proxy: is missing; mode "proxy" needs it, as in "https://proxy.example/?{url}"')
        if images.proxy:
            _http(images.proxy, "images.proxy")
            if "{url}" not in images.proxy and "{url_quoted}" not in images.proxy:
                raise _MistakeError(
                    "images.proxy: has neither {url} nor {url_quoted}; one of them says where the image is"
                )
        return ImageSettings(
            mode=images.mode, proxy=images.proxy, path=self._folder / images.path, limit_bytes=images.max_bytes
        )

    def _hubs(self, fetch: FetchSettings) -> tuple[HubCatalogue, ...]:
        hubs = []
        for number, catalogue in enumerate(self._file.catalogues):
            where = f"catalogues[{number}]"
            if (catalogue.opml is None) == (not catalogue.rsshub):
                raise _MistakeError(f"{where}: needs one of opml and rsshub")
            if not catalogue.rsshub:
                continue
            if not fetch.rsshub:
                raise _MistakeError(f"{where}.rsshub: needs fetch.rsshub, the address of your RSSHub instance")
            if not catalogue.select:
                raise _MistakeError(f'{where}.select: is missing; say which routes, as in ["/zaker"]')
            hubs.append(HubCatalogue(select=tuple(catalogue.select), section=tuple(catalogue.section)))
        return tuple(hubs)

    # -- sources

    def _sources(self, fetch: FetchSettings) -> tuple[Source, ...]:
        sources = [self._source(table, f"sources[{number}]", fetch) for number, table in enumerate(self._file.sources)]
        seen: dict[str, int] = {}
        for number, source in enumerate(sources):
            if source.key in seen:
                raise _MistakeError(f"sources[{number}]: is the same source as sources[{seen[source.key]}]; remove one")
            seen[source.key] = number
        for number, catalogue in enumerate(self._file.catalogues):
            if catalogue.opml is not None:
                listed = self._opml(catalogue.opml, tuple(catalogue.section), f"catalogues[{number}].opml")
                sources.extend(source for source in listed if source.key not in seen)
                seen.update((source.key, -1) for source in listed)
        return tuple(sources)

    def _source(self, table: toml.SourceTable, where: str, fetch: FetchSettings) -> Source:
        if (table.url is None) == (table.route is None):
            raise _MistakeError(f"{where}: needs one of url and route")
        ref = table.url if table.url is not None else table.route or ""
        url = self._address(table.url, f"{where}.url") if table.url is not None else self._route(ref, where, fetch)
        if table.rights is not None and not _RIGHTS.fullmatch(table.rights):
            raise _MistakeError(f'{where}.rights: "{table.rights}" is not one of own, licensed, permission: …')
        if not all(name.strip() for name in table.section):
            raise _MistakeError(f"{where}.section: has an empty name")
        return Source(
            key=table.key or ref,
            ref=ref,
            url=url,
            section=tuple(name.strip() for name in table.section) or (_unfiled(ref, url),),
            full_text=table.full_text,
            rights=table.rights,
            interval_s=None if table.interval is None else _seconds(table.interval, f"{where}.interval"),
        )

    def _route(self, route: str, where: str, fetch: FetchSettings) -> str:
        if not route.startswith("/"):
            raise _MistakeError(f'{where}.route: "{route}" should begin with "/", as in "/zaker/source/1"')
        if not fetch.rsshub:
            raise _MistakeError(f"{where}.route: needs fetch.rsshub, the address of your RSSHub instance")
        return fetch.rsshub[0] + self._expanded(route, f"{where}.route")

    def _opml(self, name: str, section: tuple[str, ...], where: str) -> list[Source]:
        try:
            body = (self._folder / name).read_bytes()
        except OSError as error:
            raise _MistakeError(
                f'{where}: "{name}" cannot be read: {(error.strerror or str(error)).lower()}'
            ) from error
        from broadsheet.config.opml import read_opml  # imports the XML library

        outlines, problem = read_opml(body)
        if problem is not None:
            raise _MistakeError(f'{where}: "{name}" {problem}')
        return [
            Source(key=outline.url, ref=outline.url, url=outline.url, section=(*section, *outline.section))
            for outline in outlines
        ]

    # -- editions

    def _editions(self) -> tuple[EditionSettings, ...]:
        editions = [self._edition(name, table) for name, table in self._file.editions.items()]
        taken: dict[Path, str] = {}
        for edition in editions:
            if edition.path in taken:
                raise _MistakeError(
                    f"editions.{edition.name}.path: is the folder of editions.{taken[edition.path]} already"
                )
            taken[edition.path] = edition.name
        return tuple(editions)

    def _edition(self, name: str, table: toml.Edition) -> EditionSettings:
        kind = name if isinstance(table.kind, msgspec.UnsetType) else table.kind
        if kind not in {"site", "hexo"}:
            raise _MistakeError(f'editions.{name}: says not which edition it is; add kind = "site" or kind = "hexo"')
        path = (self._folder / table.path).resolve()
        if path == self._folder:
            raise _MistakeError(f"editions.{name}.path: is the folder of the configuration itself; name one inside it")
        return EditionSettings(
            name=name,
            kind=kind,
            path=path,
            theme=table.theme,
            media_path=None if table.media_path is None else (self._folder / table.media_path).resolve(),
            media_url=table.media_url.rstrip("/"),
            page_size=table.page_size,
            feed_size=table.feed_size,
        )

    def _address(self, written: str, where: str) -> str:
        url = self._expanded(written, where)
        _http(url, where, written=written)
        return url

    def _expanded(self, text: str, where: str) -> str:
        """`${NAME}` replaced from the environment, so that secrets need not stand in the file."""

        def value(match: re.Match[str]) -> str:
            found = self._environment.get(match[1])
            if found is None:
                raise _MistakeError(f"{where}: the environment has no variable {match[1]}")
            return found

        return _VARIABLE.sub(value, text)


def _unfiled(ref: str, url: str) -> str:
    """The section of a source that has none: the site's name, as far as its address says it."""
    site = ref.strip("/").partition("/")[0].partition("?")[0] if ref.startswith("/") else ""
    return site or urlsplit(url).hostname or "Unsorted"


def _http(url: str, where: str, *, written: str | None = None) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        shown = mask(url if written is None else written)
        raise _MistakeError(f'{where}: "{shown}" is no web address; it should begin with https:// or http://')


def _seconds(written: str | float, where: str) -> float:
    try:
        return seconds(written)
    except ValueError as error:
        raise _MistakeError(f"{where}: {error}") from error


def _positive(written: str | float, where: str) -> float:
    value = _seconds(written, where)
    if value <= 0:
        raise _MistakeError(f"{where}: must be more than nothing")
    return value


def _host(name: str, host: toml.Host) -> HostSettings:
    delay = host.host_delay
    return HostSettings(
        per_host=host.per_host,
        host_delay_s=None if delay is None else _seconds(delay, f'fetch.hosts."{name}".host_delay'),
    )
