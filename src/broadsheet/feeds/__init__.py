"""From the bytes of a feed, of any kind and in any state, to entries and problems. Content is never an exception.

One module for each kind of feed, all of them listed in `READERS`; no I/O, no clock.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Final, Literal

from broadsheet.feeds import atom, elements, encoding, jsonfeed, repair, rss, xml
from broadsheet.feeds.context import Context
from broadsheet.feeds.elements import Element
from broadsheet.feeds.problems import Problems
from broadsheet.model import Feed, ParsedFeed

READERS: Final[dict[str, Callable[[Element, Context], Feed]]] = {
    "rss": rss.read,
    "rdf": rss.read,
    "channel": rss.read,
    "item": rss.read,
    "feed": atom.read,
    "entry": atom.read,
}
"""Which reader reads the document with this root element; JSON has none, and is `jsonfeed`'s."""

_OTHER_ROOTS: Final = {
    "html": "this is an HTML page, not a feed; give the address of the feed that it links to",
    "opml": "this is an OPML list of feeds, not a feed; name it under [[catalogues]] instead",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is a list of sitemaps, not a feed",
    "error": "this is an error message of the server, not a feed",
}
_NEITHER: Final = "this is not a feed: neither XML nor JSON"
_UNDECODABLE: Final = "\ufffd"
_BLANK: Final = re.compile(rb"[\0 \t\r\n]*+")
_JSON_START: Final = re.compile(rb"\s*+[{\[]")
_HTML_START: Final = re.compile(rb"<(?:!DOCTYPE\s+html|html|head|body)\b", re.IGNORECASE)
_FEED_START: Final = re.compile(rb"<(?:[a-z]\w{0,20}:)?(?:rss|feed|rdf|channel|opml|urlset)[\s>/]", re.IGNORECASE)
_HEAD_BYTES: Final = 4096
_WRAPPED_SEARCH: Final = 50


def parse(
    body: bytes,
    *,
    url: str = "",
    content_type: str | None = None,
    keep_raw: bool = False,
    now: datetime | None = None,
    zone: tzinfo = UTC,
) -> ParsedFeed:
    """The feed that a document is, with whatever could be read of it, and what was wrong with it.

    Args:
        body: as it was fetched, after decompression.
        url: where it was fetched from, what relative links are relative to.
        content_type: the Content-Type header, for its charset.
        keep_raw: whether entries keep their own bytes.
        now: the time of fetching; without it relative dates cannot be read.
        zone: the zone of dates that name none.
    """
    problems = Problems()
    if _BLANK.fullmatch(body):
        return ParsedFeed(feed=Feed(), problems=("the document is empty",), fatal="empty")
    text = encoding.to_utf8(body, content_type, problems)
    context = Context(
        url=url, problems=problems, keep_raw=keep_raw, now=now, zone=zone, size=len(text), has_base=b"xml:base" in text
    )
    found = _read_json(text, context) if _JSON_START.match(text) else _read_xml(text, context)
    if isinstance(found, Feed):
        return ParsedFeed(feed=found, problems=problems.texts())
    fatal: Literal["encoding", "format"] = "encoding" if found.endswith(_UNDECODABLE) else "format"
    return ParsedFeed(feed=Feed(), problems=(found.removesuffix(_UNDECODABLE),), fatal=fatal)


def sniff(body: bytes, content_type: str | None = None) -> Literal["feed", "page"]:
    """Whether to read a document as a feed or as a page; what is neither is called a feed, whose parser says why."""
    text = encoding.to_utf8(body[:_HEAD_BYTES], content_type, Problems())
    if _JSON_START.match(text):
        return "feed"
    if _is_html(text):
        return "page"
    if _FEED_START.search(text):
        return "feed"
    return "page" if content_type and "html" in content_type.lower() else "feed"


def _read_json(text: bytes, context: Context) -> Feed | str:
    return jsonfeed.read(encoding.mend(text, context.problems), context)


def _read_xml(text: bytes, context: Context) -> Feed | str:
    """The feed, or what the document is instead, with `_UNDECODABLE` at its end where the encoding is to blame."""
    prolog = repair.read_prolog(text, context.problems)
    root: Element | str | None = xml.strict(text, prolog.end)
    if isinstance(root, str):
        if _is_html(text[:_HEAD_BYTES]):
            return _OTHER_ROOTS["html"]
        prolog = repair.skip_junk(text, prolog, context.problems)
        root = xml.repaired(text, prolog, root, context.problems)
    if root is None:
        return _NEITHER if _is_text(text) else _NEITHER + ", in any encoding that we know" + _UNDECODABLE
    found = _find_feed(root)
    if found is None:
        name = xml.local_name(root)
        return _OTHER_ROOTS.get(
            name, f"this is XML, but not a feed: it should be rss, feed or rdf:RDF, and is <{name[:40]}>"
        )
    if elements.is_crowded(found):
        return "this is not a feed: " + elements.CROWDED
    return READERS[xml.local_name(found)](found, context)


def _find_feed(root: Element) -> Element | None:
    """The element to read: the root, or the first feed that something is wrapped around."""
    if xml.local_name(root) in READERS:
        return root
    if xml.local_name(root) in _OTHER_ROOTS:
        return None
    for _, element in zip(range(_WRAPPED_SEARCH), root.iter("{*}rss", "{*}feed", "{*}RDF", "{*}channel"), strict=False):
        return element
    return None


def _is_html(head: bytes) -> bool:
    page, feed = _HTML_START.search(head), _FEED_START.search(head)
    return page is not None and (feed is None or page.start() < feed.start())


def _is_text(text: bytes) -> bool:
    """Whether the bytes are text, or something that never was any; `False` if their encoding is to blame."""
    if b"\0" in text:
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
