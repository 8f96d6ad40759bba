"""What a body may cost: bounds on size, on nesting, and on the elements that a few tags can make a parser build."""

import re
from itertools import accumulate

from broadsheet.text import scrub

MAX_CHARS = 2_000_000
MAX_DEPTH = 256
"""Nested elements in clean HTML; browsers and our parser stop at 512, people long before."""

_ROOM_FOR_ENDS = 20 * MAX_DEPTH  # what closes the open elements of a cut text is within bounds, too

_INLINE_FILE = re.compile(r"data:[\w/+.-]{1,60};base64,[\w+/=%]{200,}")
_CONTROLS = bytes(range(9)) + b"\x0b\x0c" + bytes(range(0x0E, 0x20))

# Formatting elements that stay open are built anew in every block that follows (HTML, 13.2.4.3), up to three alike.
_FORMATTING = r"b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING_TAG = re.compile(rf"</?(?i:{_FORMATTING})(?:[\s/][^>]*)?>")
_FORMATTING_START = re.compile(rf"<(?i:{_FORMATTING})(?:[\s/][^>]*)?>")
_PERHAPS_FORMATTING = re.compile(
    r"<[bcefinstuBCEFINSTU][^\s/>]{0,5}(?:[\s/][^>]*)?>"
)  # a quick look finds some too many
_MAX_BUILT = 600_000

_TAG_BEGIN = re.compile(r"<(/|(?!br|hr|img|wbr|col[ >])\w)")
_TAG = re.compile(r"<(/?)(?!(?:br|col|hr|img|wbr)\b)\w+[^>]*>")


def bounded(html: str) -> str:
    """The HTML, without what would make it grow beyond bounds: overlong, or built to make parsers repeat themselves."""
    if len(html) > MAX_CHARS:
        html = _INLINE_FILE.sub("data:,", html)[: MAX_CHARS - _ROOM_FOR_ENDS]
    tags = html.count("<")
    if 3 * tags * tags > _MAX_BUILT:
        kinds = set(_PERHAPS_FORMATTING.findall(html))
        if 3 * tags * len(kinds) > _MAX_BUILT and 3 * tags * len(set(_FORMATTING_START.findall(html))) > _MAX_BUILT:
            html = _FORMATTING_TAG.sub("", html)
    return html


def scrubbed(html: str) -> str:
    """The HTML without control characters, byte order marks and lone surrogates; the same object when it has none."""
    if "\ufeff" in html:
        html = html.replace("\ufeff", "")
    try:
        raw = html.encode()
    except UnicodeEncodeError:
        return scrub(html)
    if len(raw.translate(None, _CONTROLS)) == len(raw) and "\ufffe" not in html and "\uffff" not in html:
        return html
    return scrub(html)


def is_deep(html: str) -> bool:
    """Whether clean HTML nests deeper than `MAX_DEPTH`."""
    if len(html) < 7 * MAX_DEPTH or html.count("</") <= MAX_DEPTH:  # no element is shorter than <b></b>
        return False
    return max(accumulate([-1 if begin == "/" else 1 for begin in _TAG_BEGIN.findall(html)]), default=0) > MAX_DEPTH


def flattened(html: str) -> str:
    """Clean HTML without the tags beyond half of `MAX_DEPTH`, their content kept; half, since parsing may add some."""
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[1]:
            depth -= 1
            return tag[0] if depth < MAX_DEPTH // 2 else ""
        depth += 1
        return tag[0] if depth <= MAX_DEPTH // 2 else ""

    return _TAG.sub(keep, html)
