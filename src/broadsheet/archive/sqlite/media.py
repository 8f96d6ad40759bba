"""Original image URLs and where their copies are."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from broadsheet.archive.sqlite.batch import mark_dirty
from broadsheet.archive.sqlite.rows import json_of, micros, moment
from broadsheet.model import MediaChanges, MediaFetch, MediaState, StoredMedia

_PENDING = "SELECT url, attempts, next_try FROM media WHERE next_try <= ? ORDER BY next_try, id LIMIT ?"

_STORED_COLUMNS: Final = "m.name, m.sha256, m.mime, m.size_bytes, m.width, m.height"
_STATES = f"""
    SELECT m.url, CASE WHEN m.next_try IS NULL THEN m.error END, {_STORED_COLUMNS}
    FROM media m
    WHERE m.url IN (SELECT value FROM json_each(?))
"""

# Which images readers will see otherwise than before: stored under another name, or given up just now.
_IS_NEWS = "SELECT 1 FROM media WHERE url = ? AND (name IS NOT ? OR next_try IS NOT NULL)"

_STORE = """
    INSERT INTO media (name, sha256, mime, size_bytes, width, height, changed_at, url)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (url) DO UPDATE
    SET name = excluded.name, sha256 = excluded.sha256, mime = excluded.mime, size_bytes = excluded.size_bytes,
        width = excluded.width, height = excluded.height, changed_at = excluded.changed_at, next_try = NULL,
        error = NULL
"""
_RETRY = "UPDATE media SET attempts = ?, next_try = ?, error = ? WHERE url = ?"
_GIVE_UP = "UPDATE media SET next_try = NULL, error = ?, changed_at = ?, attempts = attempts + 1 WHERE url = ?"

_USERS = """
    SELECT a.id
    FROM media m
    JOIN media_uses u ON u.media = m.id
    JOIN articles a ON a.arrival = u.article
    WHERE m.url IN (SELECT value FROM json_each(?))
"""


def pending(connection: sqlite3.Connection, *, now: datetime, limit: int) -> list[MediaFetch]:
    """Images that are due, oldest first."""
    rows = connection.execute(_PENDING, (micros(now), limit))
    return [MediaFetch(url=url, attempts=attempts, next_try=moment(next_try)) for url, attempts, next_try in rows]


def states(connection: sqlite3.Connection, urls: Sequence[str]) -> dict[str, MediaState]:
    """What is known of these image URLs; unknown ones are left out."""
    rows = connection.execute(_STATES, (json_of(urls),))
    return {row[0]: MediaState(url=row[0], error=row[1], stored=_stored(row[2:])) for row in rows}


def _stored(row: Sequence[object]) -> StoredMedia | None:
    name, sha256, mime, size_bytes, width, height = row
    if name is None:
        return None
    return StoredMedia(  # the columns are NULL together
        name=str(name),
        sha256=str(sha256),
        mime=str(mime),
        size_bytes=_whole(size_bytes),
        width=_whole(width),
        height=_whole(height),
    )


def _whole(column: object) -> int:
    return column if isinstance(column, int) else 0


def apply(connection: sqlite3.Connection, changes: Sequence[MediaChanges]) -> None:
    """Writes what images gave; the articles that use them are published anew if that changes what readers see."""
    news = [change.url for change in changes if change.retry is None and _is_news(connection, change)]
    for change in changes:
        _write(connection, change)
    mark_dirty(connection, _users(connection, news))


def _is_news(connection: sqlite3.Connection, change: MediaChanges) -> bool:
    name = change.stored.name if change.stored else None
    return connection.execute(_IS_NEWS, (change.url, name)).fetchone() is not None


def _write(connection: sqlite3.Connection, change: MediaChanges) -> None:
    at = micros(change.at)
    if change.stored is not None:
        it = change.stored
        columns = (it.name, it.sha256, it.mime, it.size_bytes, it.width, it.height)
        connection.execute(_STORE, (*columns, at, change.url))
    elif change.retry is not None:
        again = change.retry
        connection.execute(_RETRY, (again.attempts, micros(again.next_try), change.error, change.url))
    else:
        connection.execute(_GIVE_UP, (change.error or "could not be had", at, change.url))


def _users(connection: sqlite3.Connection, urls: Sequence[str]) -> Iterable[str]:
    return {row[0] for row in connection.execute(_USERS, (json_of(urls),))} if urls else ()
