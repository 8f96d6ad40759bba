"""From a web page to its article: title, author, date, language, text, lead picture. What comes out is still untrusted.

No fetching; no cleaning, which `clean` does afterwards.
"""

import re

from turbohtml import Document, parse, parse_fragment

from broadsheet.clean.bounds import bounded, scrubbed
from broadsheet.extract.content import ENOUGH_CHARS, content, length
from broadsheet.extract.judge import is_wall, shares_words
from broadsheet.extract.metadata import read_metadata
from broadsheet.feeds.encoding import mend, to_utf8
from broadsheet.feeds.problems import Problems
from broadsheet.model import ExtractedPage, UntrustedHtml
from broadsheet.text import looks_like_html, paragraphs, plain

__all__ = ["extract", "plausible"]

MAX_BYTES = 8_000_000
_META_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
_HEAD_BYTES = 8192
_SAMPLE_CHARS = 60


def extract(
    html: bytes | str, *, url: str, content_type: str | None = None, title_hint: str = "", text_hint: str = ""
) -> ExtractedPage:
    """The page's article; empty where it has none. Never raises for content.

    Args:
        html: the page as it was sent, or decoded.
        url: where it came from; relative URLs of the metadata are resolved against it, those of the text are not.
        content_type: the header, which may name the encoding.
        title_hint: the title that a feed gives; trusted over the page's site names and slogans.
        text_hint: the text that a feed gives; a find that lacks its beginning gives way to one that has it.
    """
    text = html if isinstance(html, str) else _decoded(html, content_type)
    document = parse(bounded(scrubbed(text)), positions=False)
    said = read_metadata(document, url=url, title_hint=title_hint)
    return ExtractedPage(
        title=said.title,
        author=said.author,
        published=said.published,
        language=said.language,
        html=UntrustedHtml(_body(document, said.body, text_hint)),
        lead_image=said.lead_image,
        canonical_url=said.canonical_url,
        license=said.license,
    )


def plausible(page: ExtractedPage, title_hint: str, text_hint: str) -> bool:
    """Whether the page may be the article that the hints tell of, not a login, an error or another article.

    Hints that say too little are not held against it.
    """
    text = parse_fragment(page.html).to_text() if page.html else ""
    if not text.strip() or is_wall(page.title, text):
        return False
    return shares_words(page.title, text, title_hint=title_hint, text_hint=text_hint)


def _decoded(body: bytes, content_type: str | None) -> str:
    """The page as text; the encoding as browsers find it: BOM, HTTP, `meta`, contents."""
    body = body[:MAX_BYTES]
    if "charset" not in (content_type or "").lower() and (found := _META_CHARSET.search(body, 0, _HEAD_BYTES)):
        content_type = f"text/html; charset={found[1].decode('ascii', 'replace')}"
    problems = Problems()
    return mend(to_utf8(body, content_type, problems), problems).decode("utf-8", "replace")


def _body(document: Document, told: str, text_hint: str) -> str:
    """The text's HTML; what JSON-LD tells, where the tree has hardly any text or lacks what the feed shows of it."""
    found = content(document)
    told_html = told if looks_like_html(told) else paragraphs(told)
    if not told_html:
        return found.inner_html if found is not None else ""
    if found is None or (length(found) < ENOUGH_CHARS and len(told) > ENOUGH_CHARS):
        return told_html
    sample = "".join(plain(text_hint).split())[:_SAMPLE_CHARS]
    if sample and sample in "".join(told.split()) and sample not in "".join(found.text.split()):
        return told_html
    return found.inner_html
