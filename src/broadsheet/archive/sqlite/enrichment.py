"""Pages that wait to be fetched, and what fetching them gave."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from broadsheet.archive.sqlite import articles
from broadsheet.archive.sqlite.batch import Batch
from broadsheet.archive.sqlite.database import concerns_store
from broadsheet.archive.sqlite.ingestion import UNFIT
from broadsheet.archive.sqlite.rows import micros, moment
from broadsheet.model import PageChanges, PageFetch

_PENDING = """
    SELECT a.id, s.key, p.url, p.attempts, p.next_try
    FROM page_fetches p
    JOIN articles a ON a.arrival = p.article
    JOIN sources s ON s.id = p.source
    WHERE p.next_try <= ?
    ORDER BY p.next_try, p.article
    LIMIT ?
"""

_SETTLE = "UPDATE page_fetches SET next_try = NULL, error = ? WHERE article = ?"
_RETRY = "UPDATE page_fetches SET attempts = ?, next_try = ?, error = ? WHERE article = ?"


def pending(connection: sqlite3.Connection, *, now: datetime, limit: int) -> list[PageFetch]:
    """Pages that are due, oldest first."""
    rows = connection.execute(_PENDING, (micros(now), limit))
    return [
        PageFetch(article_id=row[0], source_key=row[1], url=row[2], attempts=row[3], next_try=moment(row[4]))
        for row in rows
    ]


def apply(connection: sqlite3.Connection, changes: Sequence[PageChanges], dictionaries: Mapping[int, bytes]) -> None:
    """Writes what pages gave; one that does not fit is given up, with the reason."""
    batch = Batch(
        connection,
        dictionaries=dictionaries,
        source_keys={change.capture.source_key for change in changes if change.capture},
        article_ids={change.article_id for change in changes},
    )
    for change in changes:
        if not batch.knows(change.article_id):  # taken down while its page was fetched
            continue
        try:
            with batch.part():
                _write(batch, change)
        except UNFIT as error:
            if concerns_store(error):
                raise
            with batch.part():
                _settle(batch, change.article_id, f"cannot be archived: {error}")
    batch.finish()


def _write(batch: Batch, change: PageChanges) -> None:
    if change.capture is not None:
        articles.add_captures(batch, [change.capture])
    if change.write is not None:
        change.write.text_tokens.encode()  # a UnicodeError now concerns this page alone
        at = change.capture.taken_at if change.capture else change.write.article.first_seen
        articles.enrich(batch, change.write, at=at)
        _settle(batch, change.article_id, None)
    elif change.retry is not None:
        again = change.retry
        parameters = (again.attempts, micros(again.next_try), change.error, batch.arrival(change.article_id))
        batch.connection.execute(_RETRY, parameters)
    else:
        _settle(batch, change.article_id, change.error)


def _settle(batch: Batch, article_id: str, error: str | None) -> None:
    batch.connection.execute(_SETTLE, (error, batch.arrival(article_id)))
