"""Mistakes in `broadsheet.toml`, in one line: where, what is wrong, and what would be right."""

import difflib
import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`$")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`$")
_TYPE = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`$")
_BOUND = re.compile(r"Expected `(?P<type>\w+)` (?P<bound>[<>]=? \S+)$")
_ENUM = re.compile(r"Invalid enum value (?P<value>.*)$", re.DOTALL)

_WORDS = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list [ … ]",
    "object": "a table",
    "null": "nothing",
    "datetime": "a date",
    "date": "a date",
    "time": "a time",
}


def explain(error: msgspec.ValidationError, document: Mapping[str, Any], shape: type) -> str:
    """One line for a mistake that msgspec found: `sources[3].sectoin: unknown key; did you mean "section"?`."""
    match = _AT.match(str(error))
    what, path = (match["what"], _steps(match["path"] or "$", document, shape)) if match else (str(error), ())
    if unknown := _UNKNOWN.match(what):
        key = unknown["key"]
        return f"{_dotted((*path, key))}: unknown key{_elsewhere(key, shape) or _nearest(key, known_keys(shape, path))}"
    if missing := _MISSING.match(what):
        return f"{_dotted((*path, missing['key']))}: is missing{_wanted(shape, (*path, missing['key']))}"
    if wrong := _TYPE.match(what):
        return f"{_dotted(path)}: is {_WORDS.get(wrong['got'], wrong['got'])}; it should be {_any_of(wrong['wanted'])}"
    if enum := _ENUM.match(what):
        choices, value = _choices(shape, path), enum["value"].strip("'")
        near = difflib.get_close_matches(value, choices, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return f'{_dotted(path)}: "{value}" is not one of {", ".join(choices)}{hint}'
    return f"{_dotted(path)}: {_out_of_bounds(what)}"


def _out_of_bounds(what: str) -> str:
    if bound := _BOUND.match(what):
        return f"should be {_WORDS.get(bound['type'], bound['type'])} {bound['bound']}"
    if what == "Expected `str` of length >= 1":
        return "is empty"
    return f"{what[:1].lower()}{what[1:]}"


def _any_of(types: str) -> str:
    """`int | str | null` in words."""
    parts = [part.strip() for part in types.split("|")]
    left_out = {"null", "int"} if "float" in parts else {"null"}
    return " or ".join(_WORDS.get(part, part) for part in parts if part not in left_out)


def known_keys(shape: type, path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand in the table at this path."""
    table = _shape_at(shape, path)
    return list(table.__struct_fields__) if table is not None else []


def _steps(path: str, document: Mapping[str, Any], shape: type) -> tuple[str | int, ...]:
    """`$.sources[3]` as steps; where msgspec says `[...]` (some value of a table), its first faulty key is named."""
    steps: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[]+)|\[([^\]]*)\]", path):
        if name:
            steps.append(name)
        elif index.isdigit():
            steps.append(int(index))
        else:
            steps.append(_faulty_key(document, shape, tuple(steps)))
    return tuple(steps)


def _faulty_key(document: Mapping[str, Any], shape: type, path: tuple[str | int, ...]) -> str:
    value: Any = document
    annotation: Any = shape
    for step in path:
        value = value[step]
        annotation = _inner(annotation, step)
    inner = _strip(get_args(annotation)[-1]) or get_args(annotation)[-1]
    return next((str(key) for key, item in value.items() if not _fits(item, inner)), "*")


def _fits(value: Any, shape: Any) -> bool:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_*-]+", step)
            text += ("." if text else "") + (step if plain else f'"{step}"')
    return text or "the file"


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word.strip("'\"`"), known, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else f"; known here: {', '.join(known)}" if known else ""


def _elsewhere(word: str, shape: type) -> str:
    """Where a key belongs that was written into the wrong table."""
    tables = [name for name in known_keys(shape, ()) if word in known_keys(shape, (name,))]
    if word in known_keys(shape, ()):
        return "; it belongs above the first [table], or has to be a table of its own"
    return f"; it belongs into [{tables[0]}]" if len(tables) == 1 else ""


def _shape_at(shape: type, path: tuple[str | int, ...]) -> Any:
    current: Any = shape
    for step in path:
        current = _inner(current, step)
        if current is None:
            return None
    return current if hasattr(current, "__struct_fields__") else None


def _inner(current: Any, step: str | int) -> Any:
    """The struct inside a field, a list item or a table's value; `None` where there is none."""
    if isinstance(step, str) and hasattr(current, "__struct_fields__"):
        return _strip(get_type_hints(current).get(step))
    arguments = get_args(current)
    return _strip(arguments[-1]) if arguments else None


def _strip(annotation: Any) -> Any:
    if get_origin(annotation) in {list, dict} or hasattr(annotation, "__struct_fields__"):
        return annotation
    for argument in get_args(annotation):
        found = _strip(argument)
        if found is not None:
            return found
    return None


def _field(shape: type, path: tuple[str | int, ...]) -> Any:
    """The annotation of the key at this path; a list's for what is in it."""
    keys = [step for step in path if isinstance(step, str)]
    within = path[: len(path) - path[::-1].index(keys[-1]) - 1]
    return get_type_hints(_shape_at(shape, within), include_extras=True).get(keys[-1])


def _wanted(shape: type, path: tuple[str | int, ...]) -> str:
    for argument in get_args(_field(shape, path)):
        if isinstance(argument, msgspec.Meta) and argument.description:
            return f"; it says {argument.description}"
    return ""


def _choices(shape: type, path: tuple[str | int, ...]) -> list[str]:
    def literals(annotation: Any) -> list[str]:
        if isinstance(annotation, str):
            return [annotation]
        return [choice for argument in get_args(annotation) for choice in literals(argument)]

    return literals(_field(shape, path)) if path else []
