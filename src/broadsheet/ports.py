"""The protocols between the core and the world: what an adapter must offer. No implementation here."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from broadsheet.model import (
    Article,
    ArticleRecord,
    Body,
    Changes,
    FetchLogLine,
    FetchRequest,
    FetchResponse,
    Known,
    MediaChanges,
    MediaFetch,
    MediaState,
    Page,
    PageChanges,
    PageFetch,
    Revision,
    Scheduled,
    Source,
    SourceState,
    StoredMedia,
    Value,
)

Task = TypeVar("Task")
Result = TypeVar("Result")


class Fetcher(Protocol):
    """Gets documents over HTTP, politely, and never from an address that is not allowed."""

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """The answer, whatever its status.

        Raises:
            SourceError: there was no answer, or it was refused, too large, too slow or unreadable.
        """
        ...

    async def close(self) -> None:
        """Lets go of all connections."""
        ...


class MediaStore(Protocol):
    """Mirrored images, addressed by content."""

    def put(self, body: bytes) -> StoredMedia:
        """Stores an image once; equal bytes give an equal name.

        Raises:
            SourceError: it is not an image by content, or too large.
            OutputError: the store cannot be written.
        """
        ...

    def path(self, name: str) -> Path:
        """Where the file of a `StoredMedia.name` is."""
        ...


class Pool(Protocol):
    """Where the work on one document is done, here or in another process."""

    async def run(self, function: Callable[[Task], Result], task: Task, *, size_bytes: int) -> Result:
        """The function's result for this task; both can be pickled.

        Raises:
            SourceError: the document crashed or blocked whoever read it.
        """
        ...


class Crew(Protocol):
    """Other processes that print for a publish, each with a desk of its own."""

    def is_worth(self, articles: int) -> bool:
        """Whether so much work is worth waiting for their start."""
        ...

    def print(self, printer: Callable[[Any, Task], Result], jobs: Iterable[Task]) -> Iterator[Result]:
        """What the printer makes of each job, in order; printer, jobs and results can be pickled."""
        ...


class Counts(Value, frozen=True, kw_only=True):
    """How much the archive holds."""

    sources: int
    articles: int
    revisions: int
    sightings: int
    media: int
    pending_pages: int
    pending_media: int


class ArticleFilter(Value, frozen=True, kw_only=True):
    """Which articles to list; `None` means any. `since` is inclusive, by `Article.date`."""

    source_key: str | None = None
    section: tuple[str, ...] | None = None
    since: datetime | None = None
    limit: int | None = None


class SourceRow(Value, frozen=True, kw_only=True):
    """A source with its state and what it brought, for people.

    Attributes:
        active: still configured.
        new_per_day: articles a day over the last 14 days.
    """

    source: Source
    state: SourceState
    active: bool
    articles: int
    new_per_day: float


class Archive(Protocol):
    """The durable store of everything; every method is one transaction.

    Raises:
        ArchiveError: the store cannot be read or written; nothing is half-done then.
    """

    def identity(self) -> str:
        """A random name, made with the archive and kept by its copies: it marks the folders published from it."""
        ...

    # -- sources
    def register(self, sources: Sequence[Source], *, now: datetime) -> None:
        """Makes the configured sources known; others become inactive, keeping their articles.

        A source whose section, rights or shown name changed has its articles published anew; one whose URL changed is
        due at once.
        """
        ...

    def scheduled(self, *, now: datetime, keys: Collection[str] | None, everything: bool) -> list[Scheduled]:
        """The active sources to fetch: those due, or all (`everything`; held ones and gone ones stay out).

        `keys` restricts it to some. Longest overdue first.
        """
        ...

    def held(self, *, now: datetime, keys: Collection[str] | None, everything: bool) -> int:
        """How many more would be scheduled, had their hosts not asked us to wait."""
        ...

    def sources(self, *, now: datetime) -> list[SourceRow]:
        """All sources, in the order that they were configured."""
        ...

    # -- ingestion
    def known(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Known]:
        """What is there for these (source key, entry key) pairs."""
        ...

    def known_urls(self, canonical_urls: Sequence[str]) -> dict[str, Known]:
        """The first article with each of these canonical URLs."""
        ...

    def tombstoned(self, digests: Sequence[bytes]) -> set[bytes]:
        """Which of these identity digests were taken down and must not come back."""
        ...

    def apply(self, batch: Sequence[Changes]) -> list[str | None]:
        """Writes all of a batch in one transaction, a savepoint a source.

        Returns, for each, `None` or why that one could not be written. Applying a value again changes nothing. New and
        edited articles, those that a source carries for the first time, and all of a feed that has a new title or link
        are published anew. An edit that also has the article's page fetched keeps an earlier page's text shown until
        that is done; any other edit shows what the feed says.
        """
        ...

    def pending_pages(self, *, now: datetime, limit: int) -> list[PageFetch]:
        """Pages that are due to be fetched, oldest first."""
        ...

    def apply_pages(self, batch: Sequence[PageChanges]) -> None:
        """Writes what fetched pages gave; enrichment, never a revision."""
        ...

    def pending_media(self, *, now: datetime, limit: int) -> list[MediaFetch]:
        """Images that are due to be mirrored, oldest first."""
        ...

    def apply_media(self, batch: Sequence[MediaChanges]) -> None:
        """Writes what fetched images gave, and has the articles that use them published anew."""
        ...

    def take_down(self, article_ids: Sequence[str], *, digests: Sequence[bytes], now: datetime) -> list[str]:
        """Removes articles with all that belongs to them, leaving these tombstones; every edition removes them, too.

        Returns the names of media files that nothing shows any more.
        """
        ...

    # -- reading
    def article(self, article_id: str) -> ArticleRecord | None:
        """One article with its body."""
        ...

    def feed_body(self, article_id: str) -> Body | None:
        """What the publisher's feed gave, also where the article shows the text of its page."""
        ...

    def find(self, ref: str) -> list[str]:
        """Ids of the articles that a person may mean by an id, the beginning of an id, or a URL."""
        ...

    def records(self, ids: Sequence[str]) -> Iterator[ArticleRecord]:
        """Articles with bodies in the order given; unknown ids are left out."""
        ...

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Articles without bodies in the order given; unknown ids are left out."""
        ...

    def list_articles(self, wanted: ArticleFilter) -> list[Article]:
        """Articles, newest first by date."""
        ...

    def arrivals(self, *, after: int, limit: int) -> list[Article]:
        """Articles that arrived after this position (0: from the first), in order of arrival."""
        ...

    def search(self, match: str, *, limit: int) -> list[Article]:
        """Articles for a `tokens.query_text` expression, best first, then newest."""
        ...

    def revisions(self, article_id: str) -> list[Revision]:
        """Earlier states, newest first."""
        ...

    def capture(self, article_id: str) -> list[bytes]:
        """The raw bytes an article was made from, newest first."""
        ...

    def media(self, urls: Sequence[str]) -> dict[str, MediaState]:
        """What is known of these image URLs; unknown ones are left out."""
        ...

    def fetch_log(self, *, source_key: str | None, limit: int) -> list[FetchLogLine]:
        """Newest first."""
        ...

    def counts(self) -> Counts:
        """How much there is of each."""
        ...

    # -- publishing
    def ledger(self, edition: str) -> "Ledger":
        """The memory of one edition; a new edition starts with every article dirty."""
        ...

    def forget_editions(self, keep: Collection[str]) -> None:
        """Drops the outboxes of editions that are no longer configured; their folders are left alone."""
        ...

    def close(self) -> None:
        """Lets go of the store."""
        ...


class Place(Value, frozen=True, kw_only=True):
    """An article's fixed position, counted from 0 in order of arrival, in one list of an edition."""

    list: str
    position: int
    article_id: str


class Ledger(Protocol):
    """What one edition remembers: its outbox, its pages, and the lists that articles stand in."""

    def dirty(self) -> list[str]:
        """Ids of articles to publish anew or remove, in order of arrival (unknown ones last)."""
        ...

    def all_dirty(self) -> None:
        """Puts every article, and every article that still has a page, into the outbox."""
        ...

    def get(self, key: str) -> str | None:
        """A remembered value (fingerprints, mostly)."""
        ...

    def pages(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Digests of these pages as last written; a page that was only planned has an empty one."""
        ...

    def pages_of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        """Paths of the articles' own pages."""
        ...

    def all_pages(self) -> Iterator[str]:
        """Every path that this edition may have written."""
        ...

    def count_pages(self) -> int:
        """How many pages there are."""
        ...

    def plan(self, pages: Sequence[Page]) -> None:
        """Journals pages before they are written, so that a crash leaves no file unknown."""
        ...

    def written(self, digests: Mapping[str, bytes], *, removed: Sequence[str]) -> None:
        """Records pages as written, with their digests, and forgets removed ones."""
        ...

    def settle(self, article_ids: Sequence[str], *, values: Mapping[str, str]) -> None:
        """Takes articles out of the outbox and remembers values, when all their pages are written."""
        ...

    def place(self, memberships: Mapping[str, Sequence[str]]) -> list[Place]:
        """Sets which lists each article stands in (article id -> list names; empty removes it from all).

        New places go to the end of a list, in the mapping's order; existing ones never move; a removed one leaves a
        hole.
        Returns the places that were added or removed.
        """
        ...

    def places_of(self, article_ids: Sequence[str]) -> list[Place]:
        """All places of these articles."""
        ...

    def members(self, list_name: str, *, start: int, stop: int) -> list[Place]:
        """The places of a list with start <= position < stop, ascending."""
        ...

    def newest(self, list_name: str, *, limit: int) -> list[Place]:
        """The last places of a list, descending."""
        ...

    def lists(self, prefix: str) -> list[tuple[str, int, int]]:
        """(name, members, positions used) of the lists whose name begins with `prefix`, by name."""
        ...


class Writer(Protocol):
    """One folder of an edition; paths are relative, with `/`.

    Raises:
        OutputError: the folder cannot be used, or a path would leave it; nothing is half-written then.
    """

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        ...

    def look(self) -> str | None:
        """The identity of the archive that publishes here; `None` if the folder or its mark is not there."""
        ...

    def claim(self, identity: str) -> None:
        """Makes the folder and marks it as this edition's, published from the archive of this identity."""
        ...

    def exists(self, path: str) -> bool:
        """Something is at this path, whoever put it there."""
        ...

    def size_bytes(self, path: str) -> int | None:
        """The size of the plain file at this path; `None` if there is none."""
        ...

    def same(self, path: str, content: bytes) -> bool:
        """A plain file with exactly this content is at this path."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Puts a whole file there at once, making its folders."""
        ...

    def link(self, path: str, file: Path) -> None:
        """Puts a file that another folder holds there, sharing its bytes where the system can."""
        ...

    def remove(self, path: str) -> None:
        """Removes a file, if it is there, and the folders that this leaves empty."""
        ...
