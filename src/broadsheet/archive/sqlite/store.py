"""The port `Archive` on one SQLite file: each method is one transaction around a function of the module it concerns."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from broadsheet.archive.sqlite import (
    enrichment,
    ingestion,
    ledger,
    media,
    migrations,
    reading,
    removal,
    search,
    sources,
)
from broadsheet.archive.sqlite.database import MEMORY, Database
from broadsheet.archive.sqlite.ledger import SqliteLedger
from broadsheet.errors import ArchiveError
from broadsheet.model import (
    Article,
    ArticleRecord,
    Body,
    Changes,
    FetchLogLine,
    Known,
    MediaChanges,
    MediaFetch,
    MediaState,
    PageChanges,
    PageFetch,
    Revision,
    Scheduled,
    Source,
)
from broadsheet.ports import ArticleFilter, Counts, Ledger, SourceRow

BUSY_TIMEOUT_S: Final = 3.0
"""How long to wait for another program that writes; a batch takes a fraction of that."""


class SqliteArchive:
    """An open archive; see the port for what its methods promise."""

    def __init__(self, database: Database, *, identity: str, dictionaries: dict[int, bytes]) -> None:
        self._database = database
        self._identity = identity
        self._dictionaries = dictionaries

    @classmethod
    def open(cls, where: Path | str, *, create: bool = True, busy_timeout_s: float = BUSY_TIMEOUT_S) -> "SqliteArchive":
        """The archive in this file, at the current schema.

        Raises:
            ArchiveError: it is not there and must not be made, or cannot be used.
        """
        file = str(where)
        if file != MEMORY:
            _check_path(Path(where), create=create)
        database = Database(file, busy_timeout_s=busy_timeout_s)
        try:
            return cls._prepared(database)
        except BaseException:
            database.close()
            raise

    @classmethod
    def _prepared(cls, database: Database) -> "SqliteArchive":
        with database.reading() as connection:
            version = migrations.version(connection, database.file)
        if version < migrations.newest():
            with database.writing() as connection:
                # Another program may have been faster.
                migrations.migrate(connection, start=migrations.version(connection, database.file))
        with database.reading() as connection:
            dictionaries: dict[int, bytes] = dict(connection.execute("SELECT id, data FROM dictionaries").fetchall())
            (identity,) = connection.execute("SELECT value FROM facts WHERE name = 'identity'").fetchone()
            is_searchable = search.is_current(connection)
        if not is_searchable:
            with database.writing() as connection:
                search.refresh(connection, dictionaries)
        return cls(database, identity=identity, dictionaries=dictionaries)

    def identity(self) -> str:
        """A random name, made with the archive and kept by its copies."""
        return self._identity

    # -- sources
    def register(self, sources_: Sequence[Source], *, now: datetime) -> None:  # noqa: ARG002 - other stores need the time
        """Makes the configured sources known; others become inactive, keeping their articles."""
        with self._database.reading() as connection:
            if sources.is_unchanged(sources_, sources.configured(connection)):
                return
        with self._database.writing() as connection:
            sources.register(connection, sources_)

    def scheduled(self, *, now: datetime, keys: Collection[str] | None, everything: bool) -> list[Scheduled]:
        """The active sources to fetch, longest overdue first."""
        with self._database.reading() as connection:
            return sources.scheduled(connection, now=now, keys=keys, everything=everything)

    def held(self, *, now: datetime, keys: Collection[str] | None, everything: bool) -> int:
        """How many more would be scheduled, had their hosts not asked us to wait."""
        with self._database.reading() as connection:
            return sources.held(connection, now=now, keys=keys, everything=everything)

    def sources(self, *, now: datetime) -> list[SourceRow]:
        """All sources, in the order that they were configured; those that no longer are come last."""
        with self._database.reading() as connection:
            return sources.rows(connection, now=now)

    # -- ingestion
    def known(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Known]:
        """What is there for these (source key, entry key) pairs."""
        with self._database.reading() as connection:
            return ingestion.known(connection, keys)

    def known_urls(self, canonical_urls: Sequence[str]) -> dict[str, Known]:
        """The first article with each of these canonical URLs."""
        with self._database.reading() as connection:
            return ingestion.known_urls(connection, canonical_urls)

    def tombstoned(self, digests: Sequence[bytes]) -> set[bytes]:
        """Which of these identity digests were taken down and must not come back."""
        with self._database.reading() as connection:
            return ingestion.tombstoned(connection, digests)

    def apply(self, batch: Sequence[Changes]) -> list[str | None]:
        """Writes all of a batch in one transaction, a savepoint a source."""
        with self._database.writing() as connection:
            return ingestion.apply(connection, batch, self._dictionaries)

    def pending_pages(self, *, now: datetime, limit: int) -> list[PageFetch]:
        """Pages that are due to be fetched, oldest first."""
        with self._database.reading() as connection:
            return enrichment.pending(connection, now=now, limit=limit)

    def apply_pages(self, batch: Sequence[PageChanges]) -> None:
        """Writes what fetched pages gave; enrichment, never a revision."""
        with self._database.writing() as connection:
            enrichment.apply(connection, batch, self._dictionaries)

    def pending_media(self, *, now: datetime, limit: int) -> list[MediaFetch]:
        """Images that are due to be mirrored, oldest first."""
        with self._database.reading() as connection:
            return media.pending(connection, now=now, limit=limit)

    def apply_media(self, batch: Sequence[MediaChanges]) -> None:
        """Writes what fetched images gave, and has the articles that use them published anew."""
        with self._database.writing() as connection:
            media.apply(connection, batch)

    def take_down(self, article_ids: Sequence[str], *, digests: Sequence[bytes], now: datetime) -> list[str]:
        """Removes articles with all that belongs to them; names of media files that nothing uses any more."""
        with self._database.writing() as connection:
            return removal.take_down(connection, article_ids, digests=digests, now=now, dictionaries=self._dictionaries)

    # -- reading
    def article(self, article_id: str) -> ArticleRecord | None:
        """One article with its body."""
        with self._database.reading() as connection:
            return next(iter(reading.records(connection, [article_id], self._dictionaries)), None)

    def feed_body(self, article_id: str) -> Body | None:
        """What the publisher's feed gave, whatever the article shows."""
        with self._database.reading() as connection:
            return reading.feed_body(connection, article_id, self._dictionaries)

    def find(self, ref: str) -> list[str]:
        """Ids of the articles that a person may mean by an id, the beginning of an id, or a URL."""
        with self._database.reading() as connection:
            return reading.find(connection, ref)

    def records(self, ids: Sequence[str]) -> Iterator[ArticleRecord]:
        """Articles with bodies in the order given; unknown ids are left out."""
        for start in range(0, len(ids), reading.CHUNK):
            with self._database.reading() as connection:
                records = reading.records(connection, ids[start : start + reading.CHUNK], self._dictionaries)
            yield from records

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Articles without bodies in the order given; unknown ids are left out."""
        with self._database.reading() as connection:
            return reading.articles(connection, ids)

    def list_articles(self, wanted: ArticleFilter) -> list[Article]:
        """Articles, newest first by date."""
        with self._database.reading() as connection:
            return reading.list_articles(connection, wanted)

    def arrivals(self, *, after: int, limit: int) -> list[Article]:
        """Articles that arrived after this position, in order of arrival."""
        with self._database.reading() as connection:
            return reading.arrivals(connection, after=after, limit=limit)

    def search(self, match: str, *, limit: int) -> list[Article]:
        """Articles for a `tokens.query_text` expression, best first, then newest."""
        with self._database.reading() as connection:
            return search.search(connection, match, limit=limit)

    def revisions(self, article_id: str) -> list[Revision]:
        """Earlier states, newest first."""
        with self._database.reading() as connection:
            return reading.revisions(connection, article_id, self._dictionaries)

    def capture(self, article_id: str) -> list[bytes]:
        """The raw bytes an article was made from, newest first."""
        with self._database.reading() as connection:
            return reading.captures(connection, article_id, self._dictionaries)

    def media(self, urls: Sequence[str]) -> dict[str, MediaState]:
        """What is known of these image URLs; unknown ones are left out."""
        with self._database.reading() as connection:
            return media.states(connection, urls)

    def fetch_log(self, *, source_key: str | None, limit: int) -> list[FetchLogLine]:
        """Newest first."""
        with self._database.reading() as connection:
            return reading.fetch_log(connection, source_key=source_key, limit=limit)

    def counts(self) -> Counts:
        """How much there is of each."""
        with self._database.reading() as connection:
            return reading.counts(connection)

    # -- publishing
    def ledger(self, edition: str) -> Ledger:
        """The memory of one edition; a new one starts with every article dirty."""
        with self._database.reading() as connection:
            number = ledger.open_edition(connection, edition)
        if number is None:
            with self._database.writing() as connection:
                number = ledger.add_edition(connection, edition)
        return SqliteLedger(self._database, number)

    def forget_editions(self, keep: Collection[str]) -> None:
        """Drops the outboxes of editions that are no longer configured; their pages and places are kept."""
        with self._database.reading() as connection:
            if not ledger.surplus(connection, keep):
                return
        with self._database.writing() as connection:
            ledger.forget(connection, keep)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()


def _check_path(path: Path, *, create: bool) -> None:
    """What SQLite would report as a file that cannot be opened, in clearer words."""
    try:
        if path.is_dir():
            raise ArchiveError(f"{path}: is a folder; [archive] path must name a file")
        if not path.parent.is_dir():
            raise ArchiveError(f"{path}: its folder does not exist; create it, or set another [archive] path")
        if not create and (not path.exists() or path.stat().st_size == 0):
            raise ArchiveError(f"{path}: there is no archive yet; a sync makes one")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be opened: {error.strerror}") from error
