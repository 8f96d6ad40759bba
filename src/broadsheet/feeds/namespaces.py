"""Names of elements: which namespace means what, whatever its spelling, version or missing declaration."""

from functools import lru_cache
from typing import Final

_BY_URI: Final = {
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss": "",
    "http://backend.userland.com/rss091": "",
    "http://backend.userland.com/rss092": "",
    "http://www.rssboard.org/rss-specification": "",
    "http://purl.org/net/rss1.1": "",
    "http://purl.org/rss/2.0": "",
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://example.com/necho": "atom",
    "http://purl.org/echo": "atom",
    "uri/of/echo/namespace": "atom",
    "http://purl.org/pie": "atom",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/metadata/dublin_core": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://search.yahoo.com/mrss": "media",
    "http://video.search.yahoo.com/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://tools.search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://web.resource.org/cc": "cc",
    "http://creativecommons.org/ns": "cc",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://wellformedweb.org/commentapi": "wfw",
    "http://purl.org/rss/1.0/modules/slash": "slash",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/xml/1998/namespace": "xml",
}

_NAMES_MAX: Final = 5000

_PREFIXES: Final = frozenset(_BY_URI.values()) - {""}

XHTML: Final = "http://www.w3.org/1999/xhtml"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"

KNOWN_PREFIXES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xhtml": XHTML,
}
"""What the usual prefixes mean where a feed does not declare them."""


def split(tag: str) -> tuple[str, str]:
    """The namespace URI ("" if none) and the local name of an lxml tag."""
    if tag[:1] == "{":
        uri, _, local = tag[1:].rpartition("}")  # a broken URI may hold a brace, a name cannot
        return uri, local
    return "", tag


class Names(dict[str, str]):
    """From lxml tags to our names: `title` in the feed's own vocabulary, `dc:creator` in others, "" for unknown ones.

    Filled as tags are met, so that each is worked out once for a document.
    """

    def __init__(self, core: str) -> None:
        """`core` is the prefix ("" or "atom") or the URI of the feed's own vocabulary."""
        super().__init__()
        self._core = core

    def __missing__(self, tag: str) -> str:
        if len(self) > _NAMES_MAX:
            return ""
        name = self[tag] = _name(tag, self._core)
        return name


@lru_cache(maxsize=2048)
def _name(tag: str, core: str) -> str:
    uri, local = split(tag)
    local = local.lower()
    if not uri:
        return _undeclared(local, core)
    prefix = _BY_URI.get(uri.strip().rstrip("/#").lower())
    if prefix in ("", core) or uri == core:
        return local
    return f"{prefix}:{local}" if prefix else ""


def _undeclared(local: str, core: str) -> str:
    prefix, colon, rest = local.partition(":")
    if not colon:
        return local
    if prefix in ("rss", core):
        return rest
    return local if prefix in _PREFIXES else ""
