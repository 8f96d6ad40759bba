"""Text hygiene: what no text of ours may hold, folded whitespace, and plain text out of small pieces of HTML.

For titles, names and labels; whole bodies go through `clean`. No parsing of feeds or pages here.
"""

import html
import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_C1 = re.compile("[\x80-\x9f]")

# What a C1 control character means on the web: the windows-1252 character of that byte (HTML, 13.2.5.80).
_C1_MEANT = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code)  # five of them mean nothing in windows-1252 either
    for code in range(0x80, 0xA0)
}

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/<>]*)")
_CLOSING_OR_VOID = re.compile(r"</[a-zA-Z]|<(?:br|img|hr|wbr)\b", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>?", re.IGNORECASE)
_SCRIPT_END = {name: re.compile(rf"</{name}\s{{0,100}}>", re.IGNORECASE) for name in ("script", "style")}
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

# Elements that stand in titles and short texts; anything else in angle brackets is meant literally (`List<String>`).
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "br", "center", "cite", "code", "data", "del",
    "dfn", "em", "font", "hr", "i", "img", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_BLOCK = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody", "td", "th", "tr", "ul",
})  # fmt: skip
_BREAKING = _BLOCK | {"br", "hr"}
_KNOWN = _INLINE | _BLOCK | {"script", "style"}


def scrub(text: str) -> str:
    """The text without control characters (tab and line ends stay) and lone surrogates; halves of a pair are joined."""
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\ufffd", "")
    return _CONTROLS.sub("", text)


def fold(text: str) -> str:
    """The text on one line: every run of whitespace is one space, none at the ends."""
    return " ".join(text.split())


def mend_c1(text: str) -> str:
    """The text with each C1 control character as the windows-1252 character that was meant."""
    return text.translate(_C1_MEANT) if not text.isascii() and _C1.search(text) else text


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML: it has a closing or void tag, or a reference, and no tag that is not HTML's."""
    if "<" in text and _CLOSING_OR_VOID.search(text):
        return all(name.lower() in _KNOWN for name in _TAG_NAME.findall(text))
    return "&" in text and _REFERENCE.search(text) is not None


def plain(markup: str) -> str:
    """The text of a short piece of HTML: tags and scripts dropped, references resolved, folded, scrubbed."""
    if "<" in markup:
        markup = _TAG.sub(_space_for, _without_scripts(markup))
    if "&" in markup:
        markup = html.unescape(markup)
    return fold(mend_c1(scrub(markup)))


def title(text: str) -> str:
    """A title as plain text, whether it was written as text or as HTML."""
    if ("<" in text or "&" in text) and looks_like_html(text):
        return plain(text)
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return fold(mend_c1(scrub(text)))


def shorten(text: str, limit_chars: int) -> str:
    """The text folded and cut to the limit, at the end of a word where there is one, with an ellipsis if cut."""
    folded = fold(text[: 4 * limit_chars])
    if len(folded) <= limit_chars:
        return folded
    cut = folded[: limit_chars - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at >= limit_chars // 2 else cut).rstrip(" ,;:.、，；：") + "…"


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, other line ends are line breaks."""
    text = scrub(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        return ""
    blocks = _BLANK_LINES.split(text)
    return "".join(f"<p>{html.escape(block.strip(), quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def _without_scripts(markup: str) -> str:
    """The markup without the elements of which the contents are no text either."""
    if not _SCRIPT.search(markup):
        return markup
    kept: list[str] = []
    position = 0
    while start := _SCRIPT.search(markup, position):
        kept.append(markup[position : start.start()])
        end = _SCRIPT_END[start[1].lower()].search(markup, start.end())
        position = end.end() if end else len(markup)
    return "".join(kept) + markup[position:]


def _space_for(tag: re.Match[str]) -> str:
    name = _TAG_NAME.match(tag[0])
    return " " if name and name[1].lower() in _BREAKING else ""
