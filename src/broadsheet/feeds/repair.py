"""Repairs of XML that is not well-formed, on its text: characters, references, the prolog. Tags are `balance`'s.

Every repair is linear in the document and says what it did.
"""

import html.entities
import re
from typing import Final

from broadsheet.feeds.namespaces import KNOWN_PREFIXES
from broadsheet.feeds.problems import Problems

_HTML5: Final = html.entities.html5
_C1_MEANT: Final = {code: ord(bytes([code]).decode("cp1252", "replace")) for code in range(0x80, 0xA0)}

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BARE_AMPERSAND: Final = re.compile(r"&(?!#[0-9]{1,10};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9._-]{0,40};)")
# References that XML does not know as they stand; the five that it knows are passed over without a stop.
_REFERENCE: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:([0-9]{1,10})|[xX]([0-9a-fA-F]{1,8}))|([A-Za-z][A-Za-z0-9._-]{0,40}));"
)
_SURROGATE_PAIR: Final = re.compile(
    r"&#([xX][dD][89abAB][0-9a-fA-F]{2}|5[56][0-9]{3});&#([xX][dD][c-fC-F][0-9a-fA-F]{2}|5[67][0-9]{3});"
)
_CHARACTERS: Final = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))  # XML 1.0, 2.2
_REFERENCES_MAX: Final = 5000
_BARE_LT: Final = re.compile(r"<(?![A-Za-z_/!?:\u0080-\U0010ffff])")
_SKIPPED: Final = re.compile(r"<!\[CDATA\[|<!--")

_ENTITY: Final = re.compile(
    r"""<!ENTITY\s{1,20}([A-Za-z][\w.-]{0,40})\s{1,20}(?:"([^"<&%]{0,500})"|'([^'<&%]{0,500})')\s{0,20}>"""
)
_EXTERNAL: Final = re.compile(rb"<!ENTITY\s[^>]{0,300}?\b(?:SYSTEM|PUBLIC)\b")
_ENTITY_VALUES_MAX: Final = 200
_DOCTYPE_READ_BYTES: Final = 50_000
_GROWTH_MAX_CHARS: Final = 1_000_000

_ROOT_START: Final = re.compile(
    rb"<\?xml[\s-]|<!DOCTYPE|<(?:[A-Za-z]\w{0,20}:)?(?:rss|feed|rdf|channel|urlset|opml)[\s>/]", re.IGNORECASE
)
_JUNK: Final = "something stands before the start of the feed"
_JUNK_BYTES: Final = 100_000


class Prolog:
    """What stands before the root element.

    Attributes:
        end: where the root element starts.
        entities: text entities that the DOCTYPE declares.
    """

    __slots__ = ("end", "entities")

    def __init__(self, end: int, entities: dict[str, str]) -> None:
        self.end = end
        self.entities = entities


def read_prolog(body: bytes, problems: Problems, start: int = 0) -> Prolog:
    """Finds the root element from `start` on; declarations, comments and the DOCTYPE are passed over, junk is noted.

    The DOCTYPE never reaches the parser, so that what it may declare (external or exploding entities) cannot act.
    """
    position, entities = start, dict[str, str]()
    while True:
        position = _after_space(body, position)
        if body.startswith(b"<!--", position):
            position = _after(body, b"-->", position)
        elif body.startswith(b"<?", position):
            position = _after(body, b">", position)
        elif body[position : position + 9].upper() == b"<!DOCTYPE":
            end = _doctype_end(body, position)
            entities.update(_declared(body[position:end], problems))
            position = end
        elif body.startswith(b"<", position) and body[position + 1 : position + 2].isalpha():
            return Prolog(position, entities)
        else:
            found = _ROOT_START.search(body, position + 1, position + _JUNK_BYTES)
            if found is None:
                return Prolog(position, entities)
            problems.note(_JUNK, body[position : position + 60].decode("utf-8", "ignore"))
            position = found.start()


def skip_junk(body: bytes, prolog: Prolog, problems: Problems) -> Prolog:
    """The prolog up to a feed's root element, where something else stands before it."""
    found = _ROOT_START.search(body, prolog.end, prolog.end + _JUNK_BYTES)
    if found is None or found.start() == prolog.end:
        return prolog
    problems.note(_JUNK, body[prolog.end : prolog.end + 60].decode("utf-8", "ignore"))
    return read_prolog(body, problems, found.start())


def mend_text(text: str, entities: dict[str, str], problems: Problems) -> str:
    """The document with its characters and references put right; CDATA sections stay, comments go."""
    mended = _ILLEGAL.sub("", text)
    if len(mended) != len(text):
        problems.note("control characters")
    references = _References(entities, problems)
    parts: list[str] = []
    position = 0
    while skipped := _SKIPPED.search(mended, position):
        parts.append(references.mend(mended[position : skipped.start()]))
        closing = "-->" if skipped[0] == "<!--" else "]]>"
        end = mended.find(closing, skipped.end())
        end = len(mended) if end < 0 else end + 3
        if closing == "]]>":
            parts.append(mended[skipped.start() : end])
        position = end
    parts.append(references.mend(mended[position:]))
    return "".join(parts)


def declare_prefixes(text: str) -> str:
    """The document with the usual prefixes declared on its root element, where it uses them without saying so."""
    head, space, rest = _split_root(text)
    missing = [
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in KNOWN_PREFIXES.items()
        if f"xmlns:{prefix}" not in head and (f"<{prefix}:" in text or f" {prefix}:" in head)
    ]
    return head + "".join(missing) + space + rest


class _References:
    """Mends references; each kind is worked out once."""

    def __init__(self, entities: dict[str, str], problems: Problems) -> None:
        self._entities = entities
        self._problems = problems
        self._left = _GROWTH_MAX_CHARS
        self._known: dict[str, str] = {}

    def mend(self, text: str) -> str:
        """A stretch of text and tags without CDATA and comments."""
        if "&" in text:
            text, count = _BARE_AMPERSAND.subn("&amp;", text)
            if count:
                self._problems.note("'&' where it should be '&amp;'")
            text = _REFERENCE.sub(self._replace, _SURROGATE_PAIR.sub(_joined, text))
        if "<" in text:
            text, count = _BARE_LT.subn("&lt;", text)
            if count:
                self._problems.note("'<' where it should be '&lt;'")
        return text

    def _replace(self, match: re.Match[str]) -> str:
        found = self._known.get(match[0])
        if found is None:
            found = self._meaning(match)
            if len(self._known) < _REFERENCES_MAX:
                self._known[match[0]] = found
        self._left -= len(found) - len(match[0])
        return found if self._left > 0 else ""

    def _meaning(self, match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name is None:
            return self._character(int(decimal) if decimal else int(hexadecimal, 16))
        value = self._entities.get(name)
        if value is not None:
            self._problems.note("entities that the document declares itself", f"&{name};")
            return _escape(value)
        value = _HTML5.get(name + ";")
        if value is None:
            self._problems.note("an entity that is not defined", f"&{name};")
            return f"&amp;{name};"
        self._problems.note("HTML entities, which XML does not define", f"&{name};")
        return _escape(value)

    def _character(self, code: int) -> str:
        code = _C1_MEANT.get(code, code)
        if code in (9, 10, 13) or any(first <= code <= last for first, last in _CHARACTERS):
            return f"&#{code};"
        self._problems.note("references to characters that do not exist", f"&#{code};")
        return ""


def _joined(match: re.Match[str]) -> str:
    """The character of which two references name the halves in UTF-16."""
    high, low = (int(digits[1:], 16) if digits[0] in "xX" else int(digits) for digits in match.groups())
    code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    return f"&#{code};" if 0xD800 <= high < 0xDC00 <= low < 0xE000 else match[0]  # noqa: PLR2004 - UTF-16's own


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _split_root(text: str) -> tuple[str, str, str]:
    """The start tag's name and attributes, what ends it, and the rest."""
    end = text.find(">")
    if end < 0:
        return text, "", ""
    end -= text[end - 1] == "/"
    return text[:end], "", text[end:]


def _after_space(body: bytes, position: int) -> int:
    match = _SPACE.match(body, position)
    return match.end() if match else position


_SPACE: Final = re.compile(rb"[\s\x00]*")


def _after(body: bytes, closing: bytes, position: int) -> int:
    end = body.find(closing, position)
    return len(body) if end < 0 else end + len(closing)


def _doctype_end(body: bytes, position: int) -> int:
    """Past the `>` of the DOCTYPE at `position`, its internal subset included."""
    bracket, end = body.find(b"[", position), body.find(b">", position)
    if end < 0:
        return len(body)
    if bracket < 0 or bracket > end:
        return end + 1
    for token in _SUBSET.finditer(body, bracket + 1):
        if token[0] == b"]":
            return _after(body, b">", token.end())
    return end + 1  # never closed: only its head is dropped


_SUBSET: Final = re.compile(rb"""<!--(?:[^-]|-(?!->))*+-->|"[^"]*+"|'[^']*+'|\]""")


def _declared(doctype: bytes, problems: Problems) -> dict[str, str]:
    """The plain text entities of a DOCTYPE; others are named as problems."""
    if b"<!ENTITY" not in doctype:
        return {}
    doctype = doctype[:_DOCTYPE_READ_BYTES]
    found = {
        match[1]: match[2] if match[2] is not None else match[3]
        for match, _ in zip(
            _ENTITY.finditer(doctype.decode("utf-8", "ignore")), range(_ENTITY_VALUES_MAX), strict=False
        )
    }
    if _EXTERNAL.search(doctype):
        problems.note("external entities are declared; they are never loaded")
    elif doctype.count(b"<!ENTITY") > len(found):
        problems.note("entities that are not plain text are declared; they are not expanded")
    return found
