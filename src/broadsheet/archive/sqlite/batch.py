"""What one writing transaction works with: numbers of sources and articles, and what is left to do at its end.

Parts of a batch can fail alone; then nothing of them is left here either. No statements about articles are made here.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from broadsheet.archive.sqlite import search, sources
from broadsheet.archive.sqlite.database import savepoint
from broadsheet.archive.sqlite.rows import json_of
from broadsheet.archive.sqlite.search import Reindexing, Words

_ARRIVALS = "SELECT id, arrival FROM articles WHERE id IN (SELECT value FROM json_each(?))"
_LAST_ARRIVAL = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'articles'"
_EDITIONS = "SELECT id FROM editions WHERE active"
_DIRTY = "INSERT OR IGNORE INTO outbox (edition, article_id) VALUES (?, ?)"


class Unfit(Exception):  # noqa: N818 - it never leaves the package; its text becomes a result
    """Changes that do not fit the archive, such as a sighting of an article that is not there."""


class Batch:
    """The working state of one transaction.

    Attributes:
        connection: inside a writing transaction.
        dictionaries: id -> bytes, to unpack bodies with.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        dictionaries: Mapping[int, bytes],
        source_keys: Iterable[str] = (),
        article_ids: Iterable[str] = (),
    ) -> None:
        self.connection = connection
        self.dictionaries = dictionaries
        self._sources = sources.ids(connection, source_keys)
        self._arrivals: dict[str, int] = dict(connection.execute(_ARRIVALS, (json_of(list(article_ids)),)).fetchall())
        self._last_arrival = int(connection.execute(_LAST_ARRIVAL).fetchone()[0])
        self._dirty: dict[str, None] = {}
        self._reindexing: dict[int, Reindexing] = {}
        self._new: dict[str, None] = {}  # ordered, and asked for each sighting
        self._touched: list[str] = []
        self._reworded: dict[int, Reindexing] = {}

    def source(self, key: str) -> int:
        """The number of a source.

        Raises:
            Unfit: it was never registered.
        """
        number = self._sources.get(key)
        if number is None:
            raise Unfit("the source is not registered")
        return number

    def knows(self, article_id: str) -> bool:
        """Whether the archive has this article, or will have it by the end of the batch."""
        return article_id in self._arrivals

    def is_new(self, article_id: str) -> bool:
        """Whether this part of the batch added the article."""
        return article_id in self._new

    def arrival(self, article_id: str) -> int:
        """Where the article stands in the order of arrival.

        Raises:
            Unfit: the archive has no such article.
        """
        arrival = self._arrivals.get(article_id)
        if arrival is None:
            raise Unfit(f"the article {article_id} is not in the archive")
        return arrival

    def add(self, article_id: str) -> int:
        """The next place in the order of arrival, for a new article."""
        self._last_arrival += 1
        self._arrivals[article_id] = self._last_arrival
        self._new[article_id] = None
        return self._last_arrival

    def dirty(self, article_id: str) -> None:
        """Every edition has to publish this article anew."""
        self._touched.append(article_id)

    def reword(self, arrival: int, *, old: Words | None, new: Words) -> None:
        """The index has to find the article by these words from now on; `old` are those that it has, if any."""
        before = self._reworded.get(arrival)
        self._reworded[arrival] = Reindexing(old=before.old if before else old, new=new)

    def words(self, arrival: int) -> Words | None:
        """The words that this batch will give the article, `None` if it gives none."""
        change = self._reworded.get(arrival) or self._reindexing.get(arrival)
        return change.new if change else None

    @contextmanager
    def part(self) -> Iterator[None]:
        """A savepoint for one source; what fails inside leaves nothing behind."""
        self._new, self._touched, self._reworded = {}, [], {}
        last_arrival = self._last_arrival
        try:
            with savepoint(self.connection):
                yield
        except BaseException:
            self._last_arrival = last_arrival
            for article_id in self._new:
                del self._arrivals[article_id]
            raise
        self._dirty |= dict.fromkeys(self._touched)
        for arrival, change in self._reworded.items():
            before = self._reindexing.get(arrival)
            # What an earlier part put in is not in the index yet: only what was there before the batch must go.
            self._reindexing[arrival] = Reindexing(old=before.old, new=change.new) if before else change

    def finish(self) -> None:
        """Changes the index and the outboxes: once a batch, for the index is flushed at every savepoint."""
        search.write(self.connection, self._reindexing)
        mark_dirty(self.connection, list(self._dirty))


def mark_dirty(connection: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Puts articles into the outbox of every edition."""
    editions = connection.execute(_EDITIONS).fetchall()
    if editions:
        connection.executemany(_DIRTY, [(edition, article) for article in article_ids for (edition,) in editions])
