"""The words that the product says on its pages, one JSON file a language; nothing else knows how to speak.

To add a language, add a file beside `en.json`; what it does not say is said in English.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FALLBACK = "en"

_FOLDER = Path(__file__).parent
_WITHOUT_PLURAL = frozenset(["id", "ja", "ko", "lo", "ms", "my", "th", "vi", "yue", "zh"])
_ONE_FOR_ZERO_TOO = frozenset(["fr", "hy", "pt"])
_FEW = frozenset({2, 3, 4})
_TEENS = frozenset({11, 12, 13, 14})
_EAST_SLAVIC = frozenset(["be", "ru", "uk"])


def _east_slavic(n: int) -> str:
    if n % 10 == 1 and n % 100 not in _TEENS:
        return "one"
    return "few" if n % 10 in _FEW and n % 100 not in _TEENS else "many"


def _polish(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if n % 10 in _FEW and n % 100 not in _TEENS else "many"


def _plural_rule(language: str) -> Callable[[int], str]:
    """Which plural form a whole number takes (Unicode CLDR, whole numbers only)."""
    if language in _WITHOUT_PLURAL:
        return lambda _: "other"
    if language in _EAST_SLAVIC:
        return _east_slavic
    if language == "pl":
        return _polish
    if language in _ONE_FOR_ZERO_TOO:
        return lambda n: "one" if n in {0, 1} else "other"
    return lambda n: "one" if n == 1 else "other"


class Messages:
    """One language's words.

    Attributes:
        language: of the file that was found, not always the one asked for.
        table: all plain messages, for templates.
        names: all lists of names (months, weekdays).
    """

    def __init__(self, language: str, raw: dict[str, Any]) -> None:
        self.language = language
        self.table: dict[str, str] = {key: text for key, text in raw.items() if isinstance(text, str)}
        self.names: dict[str, list[str]] = {key: names for key, names in raw.items() if isinstance(names, list)}
        self._forms: dict[str, dict[str, str]] = {key: forms for key, forms in raw.items() if isinstance(forms, dict)}
        self._rule = _plural_rule(language)

    def text(self, key: str, **values: object) -> str:
        """The message with its `{placeholders}` filled in."""
        return self.table[key].format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The message in the plural form for `n`, which stands in it with thousands separators."""
        forms = self._forms[key]
        return forms.get(self._rule(n), forms["other"]).format(n=number(n), **values)


def number(n: int) -> str:
    """A whole number for people: 9,812."""
    return f"{n:,}"


def languages() -> list[str]:
    """The languages there are files for."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


@cache
def messages_for(language: str) -> Messages:
    """The words of a language tag: its own file, else its base language's, else English."""
    known = languages()
    tags = [language, language.partition("-")[0].lower(), FALLBACK]
    found = next(tag for tag in tags if tag in known)
    raw = _read(found)
    return Messages(found, _read(FALLBACK) | raw if found != FALLBACK else raw)


def _read(language: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return raw
