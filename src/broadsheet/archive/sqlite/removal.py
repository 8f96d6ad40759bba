"""Taking articles down: what is left is a tombstone, and the editions' order to remove them."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from broadsheet.archive.sqlite import search
from broadsheet.archive.sqlite.batch import mark_dirty
from broadsheet.archive.sqlite.rows import Row, json_of, micros, packed_of
from broadsheet.archive.sqlite.search import Reindexing

_ARTICLES = """
    SELECT a.arrival, a.id, a.search_check, a.title, coalesce(p.codec, f.codec),
        coalesce(p.dictionary, f.dictionary), coalesce(p.data, f.data)
    FROM articles a
    LEFT JOIN page_bodies p ON a.shown = 'page' AND p.article = a.arrival
    LEFT JOIN feed_bodies f ON a.shown = 'feed' AND f.article = a.arrival
    WHERE a.id IN (SELECT value FROM json_each(?))
"""

# Images that nothing but these articles shows.
_IMAGES = """
    SELECT m.id, m.name
    FROM media m
    WHERE m.id IN (SELECT media FROM media_uses WHERE article IN (SELECT value FROM json_each(:arrivals)))
        AND NOT EXISTS (
            SELECT 1 FROM media_uses u
            WHERE u.media = m.id AND u.article NOT IN (SELECT value FROM json_each(:arrivals))
        )
"""

_BURY = "INSERT OR IGNORE INTO tombstones (digest, buried_at) VALUES (?, ?)"


def take_down(
    connection: sqlite3.Connection,
    article_ids: Sequence[str],
    *,
    digests: Sequence[bytes],
    now: datetime,
    dictionaries: Mapping[int, bytes],
) -> list[str]:
    """Removes the articles; names of the media files that nothing shows any more."""
    rows = connection.execute(_ARTICLES, (json_of(article_ids),)).fetchall()
    arrivals = [row[0] for row in rows]
    _unindex(connection, rows, dictionaries)
    images = connection.execute(_IMAGES, {"arrivals": json_of(arrivals)}).fetchall()
    mark_dirty(connection, [row[1] for row in rows])
    connection.executemany("DELETE FROM articles WHERE arrival = ?", [(arrival,) for arrival in arrivals])
    connection.executemany("DELETE FROM media WHERE id = ?", [(number,) for number, _ in images])
    connection.executemany(_BURY, [(digest, micros(now)) for digest in digests])
    names = dict.fromkeys(name for _, name in images if name is not None)
    return [name for name in names if not _is_used(connection, name)]


def _unindex(connection: sqlite3.Connection, rows: Sequence[Row], dictionaries: Mapping[int, bytes]) -> None:
    words = {row[0]: search.words_of(row[3], packed_of(row[4:7]), dictionaries) for row in rows}
    known = {row[0]: Reindexing(old=words[row[0]]) for row in rows if words[row[0]].check == row[2]}
    search.write(connection, known)
    if len(known) < len(rows):  # entries without an article are never found
        search.mark_stale(connection)


def _is_used(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM media WHERE name = ?", (name,)).fetchone() is not None
