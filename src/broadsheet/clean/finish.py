"""Small repairs on clean HTML that are easier on its text than on a tree. Each returns its argument when there is none.

What comes out is a plain string again, to be sanitised once more.
"""

import html as entities
import re

from broadsheet.clean import bounds

_NOT_RUNNING_TEXT = re.compile(
    r"<(?!/|(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var"
    r"|wbr)\b)"
)
_BLANK_LINES = re.compile(r"\n[ \t\xa0]*\n\s*")
_WRAPPERS = re.compile(r"(?:<(?:div|section|hgroup)>\s*)*")
_HEADING = re.compile(r"\s*<h([1-6])(?: [^<>]*)?>((?:(?!</?h[1-6]\b).){0,2000}?)</h\1>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_EMPTY_LINK = re.compile(r'<a href="[^"]*"[^>]*></a>')


def finished(html: str, title: str) -> str:
    """The HTML with all repairs made."""
    html = bounds.bounded(bounds.scrubbed(html)).strip()
    if bounds.is_deep(html):
        html = bounds.flattened(html)
    if 'nofollow"></a>' in html:
        html = without_empty_links(html)
    if title and "<h" in html[:300]:
        html = without_title(html, title)
    return paragraphed(html) if "\n" in html else html


def without_empty_links(html: str) -> str:
    """The HTML without links that lost what they showed, most often an icon; placeholders of embeds are no such."""
    return _EMPTY_LINK.sub("", html)


def without_title(html: str, title: str) -> str:
    """The HTML without the headings at its beginning that only repeat the title."""
    wanted = _folded(title)
    while True:
        start = end = _WRAPPERS.match(html).end()  # type: ignore[union-attr]  # it matches nothing, too
        while (found := _HEADING.match(html, end)) and _says(found[2]) == wanted:
            end = found.end()
        if end == start:
            return html
        html = html[:start] + html[end:]


def _says(markup: str) -> str:
    return _folded(entities.unescape(_ANY_TAG.sub("", markup)))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def paragraphed(html: str) -> str:
    """A body with lines but no blocks, as blocks: blank lines part paragraphs; without any tag, lines stay lines."""
    if _NOT_RUNNING_TEXT.search(html):
        return html
    blocks = [block.strip() for block in _BLANK_LINES.split(html)]
    if len(blocks) == 1 and "<" in html:
        return html
    if "<" not in html:
        blocks = [re.sub(r"[ \t]*\n[ \t]*", "<br>", block) for block in blocks]
    return "".join(f"<p>{block}</p>" for block in blocks if block)
