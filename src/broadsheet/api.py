"""The public Python interface: documents read from bytes, and an archive opened for reading.

Nothing here fetches, publishes or decides. Its names are pinned by a test and described in docs/python.md.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from broadsheet.app import open_store, utc_now
from broadsheet.model import Article, ArticleRecord, ParsedFeed, Revision
from broadsheet.ports import Archive, ArticleFilter, SourceRow

_BATCH = 500


def parse(body: bytes, *, url: str = "", content_type: str | None = None) -> ParsedFeed:
    """The feed in a document of any kind and in any state, and what was wrong with it; never raises for content.

    Entries are as the feed says: their HTML is untrusted (see `inspect` for clean HTML).

    Args:
        body: the document, decompressed.
        url: where it came from; relative links are resolved against it.
        content_type: the Content-Type header, for its charset.
    """
    from broadsheet import feeds

    return feeds.parse(body, url=url, content_type=content_type)


def inspect(
    body: bytes, *, url: str = "", content_type: str | None = None, kind: Literal["feed", "page"] | None = None
) -> dict[str, Any]:
    """What `broadsheet inspect` prints for a document, with `url` as its input: HTML is clean, dates are text.

    Args:
        body: the document, decompressed.
        url: where it came from; relative addresses are resolved against it.
        content_type: the Content-Type header.
        kind: what to take it for; found out if `None`.
    """
    from broadsheet.inspection import inspect as inspected

    return inspected(body, given=url, url=url, content_type=content_type, kind=kind)


def open_archive(path: str | Path) -> "ArchiveReader":
    """The archive in this file, for reading; use it in a `with` statement.

    A run may be at work on it meanwhile. An archive of an older version is brought up to date.

    Raises:
        ArchiveError: there is none, or it cannot be read.
    """
    return ArchiveReader(open_store(Path(path), create=False))


class ArchiveReader:
    """An open archive: its articles, oldest arrival first, when iterated over; closed by `with` or `close`."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[ArticleRecord]:
        """Every article with its body, in order of arrival; memory stays bounded however many there are."""
        after = 0
        while batch := self._archive.arrivals(after=after, limit=_BATCH):
            yield from self._archive.records([article.id for article in batch])
            after = batch[-1].arrival

    def __len__(self) -> int:
        return self._archive.counts().articles

    def articles(
        self,
        *,
        source: str | None = None,
        section: Sequence[str] | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Article]:
        """Articles without their bodies, newest first.

        Args:
            source: only of this source, by its key.
            section: only of this section and those below it.
            since: only from this time on (aware); by date of publication, else of arrival.
            limit: at most so many.
        """
        wanted = ArticleFilter(
            source_key=source, section=None if section is None else tuple(section), since=since, limit=limit
        )
        return self._archive.list_articles(wanted)

    def records(self, ids: Sequence[str]) -> Iterator[ArticleRecord]:
        """Articles with their bodies, in the order given; unknown ids are left out."""
        return self._archive.records(ids)

    def article(self, ref: str) -> ArticleRecord | None:
        """One article by its id, the beginning of its id, or its address; `None` unless exactly one is meant."""
        found = self._archive.find(ref)
        return self._archive.article(found[0]) if len(found) == 1 else None

    def search(self, query: str, *, limit: int = 20) -> list[Article]:
        """Articles in which all words occur, best first; a last word may be a beginning, a quoted phrase stays one."""
        from broadsheet.tokens import query_text

        match = query_text(query)
        return self._archive.search(match, limit=limit) if match else []

    def revisions(self, article_id: str) -> list[Revision]:
        """Earlier states of an article that its publisher changed, newest first."""
        return self._archive.revisions(article_id)

    def captures(self, article_id: str) -> list[bytes]:
        """The raw bytes that an article was made from (feed items, pages), newest first."""
        return self._archive.capture(article_id)

    def sources(self) -> list[SourceRow]:
        """Every source with its state, in the order of the configuration."""
        return self._archive.sources(now=utc_now())

    def close(self) -> None:
        """Lets go of the file."""
        self._archive.close()
