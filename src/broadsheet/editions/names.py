"""File and folder names made of titles and section names, safe on Linux, macOS and Windows alike.

No name made here can leave its folder, and no file system turns it into another one. Paths are built elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable

LEVELS = 12
"""Folders that a path has at most; deeper sections share the folder of their twelfth level."""

FOLDER_UNITS = 60
"""UTF-16 units of one folder name: at most 180 bytes of UTF-8, where Linux takes 255."""

PATH_UNITS = 110
"""UTF-16 units of all folders of a path: with the name some 180, where Windows takes 259, its own folders included."""

TITLE_UNITS = 48
"""UTF-16 units of the title in a file name: with id and ending at most 166 bytes of UTF-8."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]+')
_EDGES = " .-_~"  # Windows drops dots and spaces at the end; generators skip names that begin with "." or "_"
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def folder_name(name: str) -> str:
    """A section's name as a folder; never empty."""
    text = unicodedata.normalize("NFC", name[: 8 * FOLDER_UNITS])
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) not in _INVISIBLE)
    text = _FORBIDDEN.sub("-", text)
    text = _fit(" ".join(text.split()).strip(_EDGES), FOLDER_UNITS).strip(_EDGES)
    if _RESERVED.match(text):
        text = "x-" + text
    return text or "x"


def folder_path(section: Iterable[str]) -> tuple[str, ...]:
    """A section's folders, as long together as Windows bears."""
    names = [folder_name(name) for name in section][:LEVELS]
    share = PATH_UNITS // len(names) - 1 if names else PATH_UNITS
    if sum(_units(name) + 1 for name in names) > PATH_UNITS:
        names = [_fit(name, share).rstrip(_EDGES) or "x" for name in names]
    return tuple(names)


def folded(name: str) -> str:
    """The same text for names that some file system takes for one: upper and lower case, and Unicode forms."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def file_stem(title: str, article_id: str) -> str:
    """The beginning of the title and the article's id, which makes it unique."""
    words = _words(unicodedata.normalize("NFKC", title[: 4 * TITLE_UNITS]))
    words = _fit(words, TITLE_UNITS).strip("-")
    return f"{words}-{article_id}" if words else article_id


def _words(text: str) -> str:
    """Letters, digits and their marks; everything else becomes single hyphens."""
    if text.isascii():
        return re.sub(r"[\W_]+", "-", text).strip("-")
    kept = "-"
    for char in text:
        if char.isalnum() or (kept[-1] != "-" and unicodedata.category(char)[0] == "M"):
            kept += char
        elif kept[-1] != "-":
            kept += "-"
    return unicodedata.normalize("NFC", kept.strip("-"))


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def _fit(text: str, units: int) -> str:
    """The text cut to so many UTF-16 units, never between a letter and its marks."""
    if _units(text) <= units:
        return text
    kept = text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return kept
