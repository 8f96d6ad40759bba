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
    """Base of all values: immutable, keyword-only, compared by content.

    Subclasses repeat `frozen=True, kw_only=True`: neither is inherited as far as type checkers see.
    """


# -- what a feed says -------------------------------------------------------------------------------------------------


class Enclosure(Value, frozen=True, kw_only=True):
    """A media file that an entry carries (RSS enclosure, Media RSS, JSON Feed attachment)."""

    url: str
    type: str | None = None
    length_bytes: int | None = None
    duration_s: int | None = None


class Entry(Value, frozen=True, kw_only=True):
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


class Feed(Value, frozen=True, kw_only=True):
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


class ParsedFeed(Value, frozen=True, kw_only=True):
    """What a document gave: a feed, perhaps without entries, and what was wrong with it, in words for people.

    Attributes:
        fatal: the kind of failure when nothing could be read as a feed (`encoding`, `format` or `empty`), else `None`.
    """

    feed: Feed
    problems: tuple[str, ...] = ()
    fatal: Literal["encoding", "format", "empty"] | None = None


# -- what cleaning makes of HTML ---------------------------------------------------------------------------------------


class Image(Value, frozen=True, kw_only=True):
    """An image that a text shows, at its original absolute URL."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


class CleanText(Value, frozen=True, kw_only=True):
    """A body after cleaning.

    Attributes:
        html: sanitised; images keep their original absolute URLs; embeds are inert placeholders (see `clean.embeds`).
        text: the same as plain text, paragraphs separated by newlines.
        images: in order, without duplicates; 1-pixel images and trackers are gone.
    """

    html: CleanHtml
    text: str
    images: tuple[Image, ...] = ()


class ExtractedPage(Value, frozen=True, kw_only=True):
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


class Validators(Value, frozen=True, kw_only=True):
    """What a server gave to be asked with again, byte for byte (RFC 9110 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


class FetchRequest(Value, frozen=True, kw_only=True):
    """One GET, redirects included.

    Attributes:
        accept: the Accept header.
        limit_bytes: the most that the body may have, after decompression.
        timeout_s: for the whole request, redirects and body included.
        check_robots: refuse when robots.txt disallows it (pages and images; never feeds that the user named).
        keep_cut: a body that breaks off in the middle is worth having (feeds: what could be read is kept).
    """

    url: str
    accept: str = "*/*"
    validators: Validators = Validators()
    headers: tuple[tuple[str, str], ...] = ()
    limit_bytes: int = 20_000_000
    timeout_s: float = 20.0
    check_robots: bool = False
    keep_cut: bool = False


class Redirect(Value, frozen=True, kw_only=True):
    """One hop that was followed: the status that sent us, and where to."""

    status: int
    url: str


class Cut(Value, frozen=True, kw_only=True):
    """Why a body ends too early: its connection broke off, or its compression is not complete."""

    kind: Literal["connect", "encoding"]
    message: str


class FetchResponse(Value, frozen=True, kw_only=True):
    """An answer with any status; the body is decompressed, and whole unless `cut` says otherwise.

    Attributes:
        url: where the body came from in the end.
        headers: lower-case names; repeated ones joined by ", ".
        wire_bytes: size of the body as it was sent.
        retry_after_s: from Retry-After in either form, relative to the time of the answer.
        cut: why the body ends too early, `None` if it is whole (see `FetchRequest.keep_cut`).
    """

    url: str
    status: int
    headers: dict[str, str] = {}
    body: bytes = b""
    redirects: tuple[Redirect, ...] = ()
    wire_bytes: int = 0
    duration_s: float = 0.0
    retry_after_s: float | None = None
    cut: Cut | None = None

    @property
    def content_type(self) -> str | None:
        """The Content-Type header, `None` if absent."""
        return self.headers.get("content-type")

    @property
    def validators(self) -> Validators:
        """What to ask with next time, verbatim."""
        return Validators(etag=self.headers.get("etag"), last_modified=self.headers.get("last-modified"))


# -- sources -----------------------------------------------------------------------------------------------------------


class Source(Value, frozen=True, kw_only=True):
    """Where entries come from and how they are treated, as the configuration says it.

    Attributes:
        key: the source's own identity, apart from the URL it is fetched from.
        ref: the url or route as configured, verbatim; may hold secrets, so show `urls.mask(ref)`.
        url: the absolute URL to fetch.
        rights: `own`, `licensed` or `permission: …`; `None` means excerpts only on a public site.
        interval_s: the user's own interval between fetches; `None` leaves it to the frontier.
    """

    key: str
    ref: str
    url: str
    section: tuple[str, ...]
    full_text: FullText = "auto"
    rights: str | None = None
    interval_s: float | None = None


class SourceState(Value, frozen=True, kw_only=True):
    """What the archive remembers of polling one source.

    Attributes:
        moved_url: where a permanent redirect sent us; `None` means the configured URL.
        body_digest: of the last body that was parsed; equal bytes need no parsing.
        next_due: not to be fetched before.
        failures: failed fetches in a row; `failing_since` is when the first of them was.
        held_until: the host asked to wait until then (429, 503); held is not failed.
        gone: the host said 410; not fetched until its URL changes.
        problems: what was wrong with the last document that was read in part.
        last_new: when it last brought a new article.
    """

    key: str
    moved_url: str | None = None
    validators: Validators = Validators()
    body_digest: bytes | None = None
    feed_title: str = ""
    feed_link: str | None = None
    next_due: datetime | None = None
    last_fetch: datetime | None = None
    last_success: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error_kind: str | None = None
    error: str | None = None
    held_until: datetime | None = None
    gone: bool = False
    problems: tuple[str, ...] = ()
    last_new: datetime | None = None


class Scheduled(Value, frozen=True, kw_only=True):
    """A source with its state and window, ready to be fetched.

    Attributes:
        window: entry key -> content digest of the entries in the last document that was read.
    """

    source: Source
    state: SourceState
    window: dict[bytes, bytes] = {}


# -- articles ----------------------------------------------------------------------------------------------------------

Origin = Literal["feed", "page"]


class Body(Value, frozen=True, kw_only=True):
    """What an article says: kept packed in the archive, read only when a page is made of it.

    Attributes:
        html: clean, with original image URLs.
        origin: made from the feed's item, or from the web page.
    """

    html: CleanHtml
    text: str
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    origin: Origin = "feed"


class Packed(Value, frozen=True, kw_only=True):
    """Bytes as the archive keeps them (see `packing`).

    Attributes:
        codec: 0 plain, 1 zstd.
        dictionary: id of the dictionary it was packed with, 0 for none.
    """

    data: bytes
    codec: int = 1
    dictionary: int = 0


class Article(Value, frozen=True, kw_only=True):
    """What we keep of an entry, without its body.

    Attributes:
        id: 16 characters a-z2-7, stable for the article's life, stored and never recomputed.
        arrival: position in the order of arrival, immutable; 0 until the archive has assigned it.
        source_key: the source that brought it first.
        url: the original's address as shown to readers; `canonical`: the same for telling articles apart.
        published, updated: as the publisher says; `None` if it does not.
        changed_at: when an edit by its publisher was last seen.
        clean_digest: of title and clean HTML made from the feed, to tell an edit from noise.
        length_chars: of the text.
        withdrawn_at: when its publisher was seen to have withdrawn it.
    """

    id: str
    arrival: int = 0
    source_key: str
    url: str | None = None
    canonical: str | None = None
    title: str = ""
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    first_seen: datetime
    changed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    lead_image: str | None = None
    language: str | None = None
    license: str | None = None
    rights: str | None = None
    summary: str = ""
    clean_digest: bytes = b""
    length_chars: int = 0
    withdrawn_at: datetime | None = None

    @property
    def date(self) -> datetime:
        """When it was published, or first seen where its publisher does not say."""
        return self.published or self.first_seen


class ArticleRecord(Value, frozen=True, kw_only=True):
    """An article with its body, and every source that brought it (its own first)."""

    article: Article
    body: Body
    also_in: tuple[str, ...] = ()


class Revision(Value, frozen=True, kw_only=True):
    """An earlier state of an article that its publisher changed; `seen_at` is when the change was seen."""

    article_id: str
    seen_at: datetime
    title: str
    changed: tuple[str, ...]
    body: Body


class Sighting(Value, frozen=True, kw_only=True):
    """That one source carries one article.

    Attributes:
        entry_key: 16 bytes, the entry's identity within its source.
        content_digest: of what the feed said, before cleaning.
    """

    source_key: str
    entry_key: bytes
    article_id: str
    content_digest: bytes
    first_seen: datetime
    url: str | None = None
    title: str = ""


class Capture(Value, frozen=True, kw_only=True):
    """The raw bytes that an article was made from."""

    article_id: str
    source_key: str
    entry_key: bytes
    kind: Literal["item", "page"]
    taken_at: datetime
    url: str | None = None
    packed: Packed


# -- what a fetch changes ----------------------------------------------------------------------------------------------


class Draft(Value, frozen=True, kw_only=True):
    """An entry after cleaning, ready to be decided on; what the CPU stage makes (picklable).

    Attributes:
        lonely_url: its canonical link stands on no other entry of the same document.
        looks_cut: the body reads like a summary.
        title_tokens, text_tokens: for the search index (see `tokens.index_text`).
        capture: the raw item, packed.
    """

    entry_key: bytes
    content_digest: bytes
    article: Article
    body: Packed
    images: tuple[str, ...] = ()
    lonely_url: bool = False
    looks_cut: bool = False
    title_tokens: str = ""
    text_tokens: str = ""
    capture: Packed


class Digest(Value, frozen=True, kw_only=True):
    """What the CPU stage made of one fetched document.

    Attributes:
        drafts: only entries that are new or changed against the window given.
        window: of this document, whole.
        seen: entries in the document.
    """

    source_key: str
    feed_title: str = ""
    feed_link: str | None = None
    ttl_s: int | None = None
    seen: int = 0
    drafts: tuple[Draft, ...] = ()
    window: dict[bytes, bytes] = {}
    problems: tuple[str, ...] = ()
    fatal: Literal["encoding", "format", "empty"] | None = None


class Known(Value, frozen=True, kw_only=True):
    """What the archive already has of an entry (by entry key) or of an address (by canonical URL)."""

    article_id: str
    source_key: str
    title: str
    content_digest: bytes = b""
    clean_digest: bytes = b""
    first_seen: datetime
    published: datetime | None = None


class ArticleWrite(Value, frozen=True, kw_only=True):
    """A new article, or the new state of an edited one, with what has to be stored beside it.

    Attributes:
        changed: for an edit, the names of the fields that changed; the state before becomes a revision.
    """

    article: Article
    body: Packed
    title_tokens: str
    text_tokens: str
    images: tuple[str, ...] = ()
    origin: Origin = "feed"
    changed: tuple[str, ...] = ()


class PageFetch(Value, frozen=True, kw_only=True):
    """A page that waits to be fetched for an article; durable until it is done or given up."""

    article_id: str
    source_key: str
    url: str
    attempts: int = 0
    next_try: datetime


class MediaFetch(Value, frozen=True, kw_only=True):
    """An image that waits to be mirrored; durable until it is stored or given up."""

    url: str
    attempts: int = 0
    next_try: datetime


class FetchLogLine(Value, frozen=True, kw_only=True):
    """One fetch of one source, so that "nothing published" and "not reached" can be told apart.

    Attributes:
        status: HTTP status, `None` where there was no answer.
        outcome: fetched, unchanged, failed or held.
    """

    source_key: str
    at: datetime
    status: int | None
    outcome: Literal["fetched", "unchanged", "failed", "held"]
    error_kind: str | None = None
    wire_bytes: int = 0
    duration_s: float = 0.0
    entries: int = 0
    new: int = 0
    changed: int = 0


class Changes(Value, frozen=True, kw_only=True):
    """All that one fetch of one source changes, as a plain value; applying it twice is the same as once."""

    source_key: str
    state: SourceState
    window: dict[bytes, bytes] | None = None
    new: tuple[ArticleWrite, ...] = ()
    edits: tuple[ArticleWrite, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    captures: tuple[Capture, ...] = ()
    pages: tuple[PageFetch, ...] = ()
    log: FetchLogLine


class PageChanges(Value, frozen=True, kw_only=True):
    """What fetching one article's page changes: its text, or when to try again (`retry`), or that it was given up."""

    article_id: str
    write: ArticleWrite | None = None
    capture: Capture | None = None
    retry: PageFetch | None = None
    error: str | None = None


# -- media -------------------------------------------------------------------------------------------------------------


class StoredMedia(Value, frozen=True, kw_only=True):
    """One file of the media store; `name` is its path there, from its content: `ab/abcdef….jpg`."""

    name: str
    sha256: str
    mime: str
    size_bytes: int
    width: int
    height: int


class MediaChanges(Value, frozen=True, kw_only=True):
    """What fetching one image changes: where it is now, or when to try again, or that it was given up."""

    url: str
    stored: StoredMedia | None = None
    retry: MediaFetch | None = None
    error: str | None = None
    at: datetime


class MediaState(Value, frozen=True, kw_only=True):
    """What the archive knows of one image URL; both `None` means that it still waits."""

    url: str
    stored: StoredMedia | None = None
    error: str | None = None


# -- publishing --------------------------------------------------------------------------------------------------------


class Page(Value, frozen=True, kw_only=True):
    """One file of an edition; `path` is relative, with `/`, and already safe on Linux, macOS and Windows.

    Attributes:
        article_id: of the article whose own page or file this is; `None` for lists and assets.
    """

    path: str
    content: bytes
    article_id: str | None = None
