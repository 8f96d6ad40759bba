"""The values that flow through the pipeline, from a source to an archived article.

Every value is frozen. Datetimes are aware, UTC, with microseconds. Text holds no NUL and no lone surrogate.
No I/O, no clock, no policy here.
"""

from datetime import datetime
from typing import Literal, NewType

import msgspec

UntrustedHtml = NewType("UntrustedHtml", str)
"""HTML as somebody else wrote it: never leaves the core in this type."""

CleanHtml = NewType("CleanHtml", str)
"""HTML that came out of `clean.sanitise`, the only function that makes it."""

FullText = Literal["auto", "always", "never"]
ImageMode = Literal["mirror", "proxy", "link"]
Audience = Literal["private", "public"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values: immutable, keyword-only, compared by content."""


# -- what a feed says -------------------------------------------------------------------------------------------------


class Enclosure(Value):
    """A media file that an entry carries (RSS enclosure, Media RSS, JSON Feed attachment)."""

    url: str
    type: str | None = None
    length_bytes: int | None = None
    duration_s: int | None = None


class Entry(Value):
    """One item as the feed said it; nothing is invented.

    Attributes:
        id: guid, atom:id or JSON id, verbatim; `None` if absent or empty.
        link: the alternate link, absolute, not canonicalised; `None` if absent.
        title: plain text, entities resolved, whitespace folded; may be empty.
        authors: display names, in the feed's order.
        html: content, else summary, else empty; relative URLs still unresolved.
        summary: the summary where there is a content as well, else `None`.
        base: the URL that relative links in `html` and `summary` are relative to (xml:base included).
        image: the feed's own picture of the entry (media:thumbnail, itunes:image, JSON `image`), absolute.
        rights: copyright text as the feed says it; `license`: a licence URL.
        raw: the item's own bytes as UTF-8 (XML element or JSON object), for the capture; empty if not asked for.
    """

    id: str | None = None
    link: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    html: UntrustedHtml = UntrustedHtml("")
    summary: UntrustedHtml | None = None
    base: str = ""
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    language: str | None = None
    rights: str | None = None
    license: str | None = None
    comments: str | None = None
    raw: bytes = b""


FeedFormat = Literal["rss", "atom", "rdf", "json", "unknown"]


class Feed(Value):
    """One fetched document of a source, with its entries in document order.

    Attributes:
        ttl_s: how long the publisher asks to wait between two fetches (RSS ttl, sy:), seconds.
    """

    title: str = ""
    link: str | None = None
    format: FeedFormat = "unknown"
    language: str | None = None
    rights: str | None = None
    license: str | None = None
    image: str | None = None
    ttl_s: int | None = None
    entries: tuple[Entry, ...] = ()


class ParsedFeed(Value):
    """What a document gave: a feed, perhaps without entries, and what was wrong with it, in words for people.

    Attributes:
        fatal: the kind of failure when nothing could be read as a feed (`encoding`, `format` or `empty`), else `None`.
    """

    feed: Feed
    problems: tuple[str, ...] = ()
    fatal: Literal["encoding", "format", "empty"] | None = None


# -- what cleaning makes of HTML ---------------------------------------------------------------------------------------


class Image(Value):
    """An image that a text shows, at its original absolute URL."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


class CleanText(Value):
    """A body after cleaning.

    Attributes:
        html: sanitised; images keep their original absolute URLs; embeds are inert placeholders (see `clean.embeds`).
        text: the same as plain text, paragraphs separated by newlines.
        images: in order, without duplicates; 1-pixel images and trackers are gone.
    """

    html: CleanHtml
    text: str
    images: tuple[Image, ...] = ()


class ExtractedPage(Value):
    """What extraction made of a web page; `html` is still untrusted."""

    title: str = ""
    author: str | None = None
    published: datetime | None = None
    language: str | None = None
    html: UntrustedHtml = UntrustedHtml("")
    lead_image: str | None = None
    canonical_url: str | None = None
    license: str | None = None


# -- what we fetch -----------------------------------------------------------------------------------------------------


class Validators(Value):
    """What a server gave to be asked with again, byte for byte (RFC 9110 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


class FetchRequest(Value):
    """One GET, redirects included.

    Attributes:
        accept: the Accept header.
        limit_bytes: the most that the body may have, after decompression.
        timeout_s: for the whole request, redirects and body included.
        check_robots: refuse when robots.txt disallows it (pages and images; never feeds that the user named).
    """

    url: str
    accept: str = "*/*"
    validators: Validators = Validators()
    headers: tuple[tuple[str, str], ...] = ()
    limit_bytes: int = 20_000_000
    timeout_s: float = 20.0
    check_robots: bool = False


class Redirect(Value):
    """One hop that was followed: the status that sent us, and where to."""

    status: int
    url: str


class FetchResponse(Value):
    """An answer with any status; the body is decompressed and whole.

    Attributes:
        url: where the body came from in the end.
        headers: lower-case names; repeated ones joined by ", ".
        wire_bytes: size of the body as it was sent.
        retry_after_s: from Retry-After in either form, relative to the time of the answer.
    """

    url: str
    status: int
    headers: dict[str, str] = {}
    body: bytes = b""
    redirects: tuple[Redirect, ...] = ()
    wire_bytes: int = 0
    duration_s: float = 0.0
    retry_after_s: float | None = None

    @property
    def content_type(self) -> str | None:
        """The Content-Type header, `None` if absent."""
        return self.headers.get("content-type")

    @property
    def validators(self) -> Validators:
        """What to ask with next time, verbatim."""
        return Validators(etag=self.headers.get("etag"), last_modified=self.headers.get("last-modified"))
