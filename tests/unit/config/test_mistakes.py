"""Every mistake in `broadsheet.toml` is told in one line: where, what is wrong, and what would be right."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from broadsheet.config import read
from broadsheet.config.mistakes import explain, known_keys
from broadsheet.config.schema import File
from broadsheet.errors import ConfigError

SITE = '[site]\ntitle = "T"\nurl = "https://n.example"\n'
EXAMPLES = Path(__file__).parents[2] / "data" / "config" / "mistakes.toml"
MISTAKES = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["mistake"]


def told(path: Path) -> str:
    with pytest.raises(ConfigError) as error:
        read(path, environment={})
    line = str(error.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["says"] for mistake in MISTAKES])
def test_a_mistake_is_told_in_one_line(tmp_path: Path, mistake: dict[str, str]) -> None:
    path = tmp_path / "broadsheet.toml"
    path.write_text((SITE if mistake.get("site") else "") + mistake["text"], encoding="utf-8")
    assert told(path) == mistake["says"]


def test_nesting_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.toml"
    path.write_text("a = " + "[" * 5000)
    assert told(path) == "is nested too deeply to be read"


def test_a_file_that_is_not_there_says_what_writes_one(tmp_path: Path) -> None:
    assert told(tmp_path / "broadsheet.toml") == "no such file; `broadsheet init` writes one"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert told(tmp_path) == "cannot be read: is a directory"


def test_other_encodings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.toml"
    path.write_bytes(b"# caf\xe9")
    assert told(path) == "is not UTF-8 text (byte 5); save it as UTF-8"


# -- what no file of ours can have, but the messages of the library could -----------------------------------------------


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str = ""


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    both: dict[str, Inner] | None = None
    one: str | Inner | None = None
    numbers: list[int] = []
    counts: dict[str, int] = {}
    words: list[Literal["a", "b"]] = []


class Needed(msgspec.Struct):
    bare: int


def explained(document: dict[str, object], shape: type) -> str:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(document, shape)
    return explain(error.value, document, shape)


def test_values_of_tables_are_found_by_trying() -> None:
    assert explained({"both": {"good": {}, "bad one": {"nam": 1}}}, Outer) == (
        'both."bad one".nam: unknown key; did you mean "name"?'
    )
    assert explained({"numbers": [1, "x"]}, Outer) == "numbers[1]: is a text in quotes; it should be a whole number"
    assert explained({"counts": {"a": 1, "b": "x"}}, Outer) == (
        "counts.b: is a text in quotes; it should be a whole number"
    )
    assert explained({"one": {"nam": 1}}, Outer) == 'one.nam: unknown key; did you mean "name"?'


def test_what_nobody_described_is_told_without_a_description() -> None:
    assert explained({}, Needed) == "bare: is missing"
    assert explained({"words": ["c"]}, Outer) == 'words[0]: "c" is not one of a, b'


def test_messages_that_we_do_not_know_are_passed_on() -> None:
    error = msgspec.ValidationError("Something new - at `$.site`")
    assert explain(error, {}, File) == "site: something new"
    assert explain(msgspec.ValidationError("Something new"), {}, File) == "the file: something new"


def test_keys_are_known_for_tables_only() -> None:
    assert known_keys(File, ("site",))[0] == "title"
    assert known_keys(File, ("sources", 0))[0] == "url"
    for path in (("site", "title"), ("nowhere",), ("site", "title", "x"), ("sources",)):
        assert known_keys(File, path) == []
