"""A text without the captions of its pictures: where a text stands alone, they would read as its first sentence."""

import re
from html import unescape

from broadsheet.model import CleanHtml

_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def without_captions(html: CleanHtml, text: str) -> str:
    """The plain text of clean HTML, without the paragraphs that are captions."""
    if "<figcaption" not in html:
        return text
    captions = {_folded(unescape(_TAG.sub("", inner))) for inner in _CAPTION.findall(html)}
    return "\n".join(line for line in text.split("\n") if _folded(line) not in captions)


def _folded(text: str) -> str:
    return "".join(text.split())
