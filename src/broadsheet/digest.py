"""The CPU stage: one fetched document to drafts of what is new or changed in it.

Pure, picklable functions of one task, so that they run in this process or in another alike. What they need for it is in
`drafting`, imported when the first document comes: a process that has others do the work needs no parser of its own.
"""

from datetime import datetime

from broadsheet.model import Article, Digest, Enclosure, Packed, Value


class FeedTask(Value, frozen=True, kw_only=True):
    """One fetched feed.

    Attributes:
        url: where the body came from, what relative links are relative to.
        window: entry key -> content digest of the last document; what is equal there is not looked at again.
    """

    source_key: str
    url: str
    body: bytes
    content_type: str | None
    window: dict[bytes, bytes]
    now: datetime


class PageTask(Value, frozen=True, kw_only=True):
    """One fetched page of an article, with what its feed said to judge it by."""

    article: Article
    feed_text: str
    enclosures: tuple[Enclosure, ...] = ()
    url: str
    body: bytes
    content_type: str | None
    now: datetime


class PageDraft(Value, frozen=True, kw_only=True):
    """What a page gave; `reason` says why it was refused, and then the rest is empty."""

    article: Article
    body: Packed | None = None
    capture: Packed | None = None
    images: tuple[str, ...] = ()
    title_tokens: str = ""
    text_tokens: str = ""
    reason: str | None = None


def digest_feed(task: FeedTask) -> Digest:
    """Parses a document and cleans the entries that are new or changed against the window."""
    from broadsheet.drafting import draft_feed

    return draft_feed(task)


def digest_page(task: PageTask) -> PageDraft:
    """Extracts, judges and cleans one page; a page that does not belong to the article is refused with a reason."""
    from broadsheet.drafting import draft_page

    return draft_page(task)
