"""The message catalogues: every language says the same things, with the same places to fill in."""

import json
import re
import string
from pathlib import Path

import pytest

import broadsheet
from broadsheet.messages import languages, messages_for, number

FOLDER = Path(broadsheet.__file__).parent / "messages"
ENGLISH = json.loads((FOLDER / "en.json").read_text(encoding="utf-8"))
OTHERS = [language for language in languages() if language != "en"]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_and_nothing_more(language: str) -> None:
    said = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    assert said.keys() == ENGLISH.keys()
    for key, text in ENGLISH.items():
        assert type(said[key]) is type(text), key
        if isinstance(text, list):
            assert len(said[key]) == len(text), key
        elif isinstance(text, dict):
            assert all(places(form) <= places(text["other"]) for form in said[key].values()), key
            assert "other" in said[key], key
        elif not key.startswith("date_"):
            assert places(said[key]) == places(text), key


def test_every_message_of_the_templates_is_there() -> None:
    templates = Path(broadsheet.__file__).parent / "editions" / "site" / "templates"
    used = {key for path in templates.glob("*.html") for key in re.findall(r"\bm\.(\w+)", path.read_text("utf-8"))}
    assert used
    assert used <= {key for key, text in ENGLISH.items() if isinstance(text, str)}


@pytest.mark.parametrize(
    ("asked", "found"), [("zh-CN", "zh"), ("zh", "zh"), ("ZH-hant", "zh"), ("en-GB", "en"), ("tlh", "en"), ("", "en")]
)
def test_the_nearest_language_is_found(asked: str, found: str) -> None:
    assert messages_for(asked).language == found


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (9812, "9,812 articles")]
)
def test_english_counts(n: int, text: str) -> None:
    assert messages_for("en").count("articles", n) == text


def test_chinese_has_one_form() -> None:
    assert messages_for("zh").count("articles", 1) == "1 篇"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", {1: "one", 2: "few", 5: "many", 11: "many", 21: "one", 22: "few", 112: "many"}),
        ("pl", {1: "one", 2: "few", 5: "many", 21: "many", 22: "few", 12: "many"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("de", {0: "other", 1: "one", 2: "other"}),
        ("ja", {1: "other"}),
    ],
)
def test_plural_forms_of_languages_to_come(language: str, forms: dict[int, str]) -> None:
    from broadsheet.messages import Messages

    said = {"things": {"one": "one", "few": "few", "many": "many", "other": "other"}}
    messages = Messages(language, said)
    assert {n: messages.count("things", n) for n in forms} == forms


def test_numbers_have_separators() -> None:
    assert number(1234567) == "1,234,567"
