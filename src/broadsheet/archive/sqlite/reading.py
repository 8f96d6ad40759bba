"""Reading what is archived: articles, their bodies, revisions and captures, and the log. Nothing here writes."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from broadsheet.archive.sqlite.rows import (
    ARTICLE_COLUMNS,
    ARTICLE_WIDTH,
    Row,
    article_of,
    json_of,
    micros,
    moment,
    packed_of,
    unpack_list,
)
from broadsheet.model import Article, ArticleRecord, Body, FetchLogLine, Revision
from broadsheet.packing import unpack_body, unpack_bytes
from broadsheet.ports import ArticleFilter, Counts
from broadsheet.urls import canonical

CHUNK: Final = 200
"""Articles read in one go: some megabytes of bodies at most."""

_MOST_FOUND: Final = 50
"""More ids than that tell nobody anything."""

_ID = re.compile(r"[a-z2-7]{4,16}")
_ID_CHARS: Final = 16

# CROSS JOIN: from the list to the articles, never the other way round, so that its order stays.
_ARTICLES = f"""
    SELECT {ARTICLE_COLUMNS}
    FROM json_each(?) wanted
    CROSS JOIN articles a ON a.id = wanted.value
    JOIN sources s ON s.id = a.source
    ORDER BY wanted.key
"""

_RECORDS = f"""
    SELECT {ARTICLE_COLUMNS}, coalesce(p.codec, f.codec), coalesce(p.dictionary, f.dictionary),
        coalesce(p.data, f.data)
    FROM json_each(?) wanted
    CROSS JOIN articles a ON a.id = wanted.value
    JOIN sources s ON s.id = a.source
    LEFT JOIN page_bodies p ON a.shown = 'page' AND p.article = a.arrival
    LEFT JOIN feed_bodies f ON a.shown = 'feed' AND f.article = a.arrival
    ORDER BY wanted.key
"""

_SEEN_IN = """
    SELECT g.article, s.key
    FROM sightings g
    JOIN sources s ON s.id = g.source
    WHERE g.article IN (SELECT value FROM json_each(?))
    GROUP BY g.article, g.source
    ORDER BY g.article, min(g.first_seen), s.id
"""

_FEED_BODY = """
    SELECT b.codec, b.dictionary, b.data
    FROM articles a
    JOIN feed_bodies b ON b.article = a.arrival
    WHERE a.id = ?
"""

_LIST = f"""
    SELECT {ARTICLE_COLUMNS}
    FROM articles a
    JOIN sources s ON s.id = a.source
    WHERE {{which}}
    ORDER BY coalesce(a.published, a.first_seen) DESC, a.arrival DESC
    LIMIT :limit
"""
_ARRIVALS = f"""
    SELECT {ARTICLE_COLUMNS}
    FROM articles a
    JOIN sources s ON s.id = a.source
    WHERE a.arrival > ?
    ORDER BY a.arrival
    LIMIT ?
"""
_OF_SOURCES = """
    a.arrival IN (
        SELECT g.article FROM sightings g WHERE g.source IN (SELECT value FROM json_each(:sources))
    )
"""

_BY_ID = "SELECT id FROM articles WHERE id = ?"
_BY_PREFIX = "SELECT id FROM articles WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
_BY_CANONICAL = "SELECT id FROM articles WHERE canonical IN (?, ?) ORDER BY arrival LIMIT ?"
# No index serves these: a person asks for one URL, and the canonical one is looked for first.
_BY_URL = """
    SELECT id FROM articles
    WHERE url = :url OR arrival IN (SELECT article FROM sightings WHERE url = :url)
    ORDER BY arrival LIMIT :limit
"""

_REVISIONS = """
    SELECT a.id, r.seen_at, r.title, r.changed, r.codec, r.dictionary, r.data
    FROM articles a
    JOIN revisions r ON r.article = a.arrival
    WHERE a.id = ?
    ORDER BY r.seen_at DESC
"""

_CAPTURES = """
    SELECT c.codec, c.dictionary, c.data
    FROM articles a
    JOIN captures c ON c.article = a.arrival
    WHERE a.id = ?
    ORDER BY c.taken_at DESC, c.id DESC
"""

_LOG = """
    SELECT s.key, l.at, l.status, l.outcome, l.error_kind, l.wire_bytes, l.duration_s, l.entries, l.new, l.changed
    FROM fetch_log l
    JOIN sources s ON s.id = l.source
"""
_LOG_OF_ALL = f"{_LOG} ORDER BY l.id DESC LIMIT :limit"
_LOG_OF_ONE = f"{_LOG} WHERE s.key = :source ORDER BY l.at DESC LIMIT :limit"

_COUNTS = """
    SELECT
        (SELECT count(*) FROM sources WHERE active),
        (SELECT count(*) FROM articles),
        (SELECT count(*) FROM revisions),
        (SELECT count(*) FROM sightings),
        (SELECT count(*) FROM media WHERE name IS NOT NULL),
        (SELECT count(*) FROM page_fetches WHERE next_try IS NOT NULL),
        (SELECT count(*) FROM media WHERE next_try IS NOT NULL)
"""


def articles(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Article]:
    """Articles in the order given; unknown ids are left out."""
    return [article_of(row) for row in connection.execute(_ARTICLES, (json_of(ids),))]


def records(
    connection: sqlite3.Connection, ids: Sequence[str], dictionaries: Mapping[int, bytes]
) -> list[ArticleRecord]:
    """Articles with the bodies that they show, in the order given; unknown ids are left out."""
    rows = connection.execute(_RECORDS, (json_of(ids),)).fetchall()
    seen_in = _seen_in(connection, [row[1] for row in rows])
    return [_record(row, seen_in.get(row[1], []), dictionaries) for row in rows]


def _record(row: Row, seen_in: Sequence[str], dictionaries: Mapping[int, bytes]) -> ArticleRecord:
    article = article_of(row)
    others = (key for key in seen_in if key != article.source_key)
    return ArticleRecord(
        article=article,
        body=unpack_body(packed_of(row[ARTICLE_WIDTH:]), dictionaries),
        also_in=(article.source_key, *others),
    )


def _seen_in(connection: sqlite3.Connection, arrivals: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for arrival, key in connection.execute(_SEEN_IN, (json_of(arrivals),)):
        found.setdefault(arrival, []).append(key)
    return found


def feed_body(connection: sqlite3.Connection, article_id: str, dictionaries: Mapping[int, bytes]) -> Body | None:
    """What the publisher's feed gave, whatever the article shows."""
    row = connection.execute(_FEED_BODY, (article_id,)).fetchone()
    return None if row is None else unpack_body(packed_of(row), dictionaries)


def list_articles(connection: sqlite3.Connection, wanted: ArticleFilter) -> list[Article]:
    """Articles, newest first by date."""
    conditions = ["1"]
    parameters: dict[str, object] = {"limit": -1 if wanted.limit is None else wanted.limit}
    if wanted.since is not None:
        conditions.append("coalesce(a.published, a.first_seen) >= :since")
        parameters["since"] = micros(wanted.since)
    if wanted.source_key is not None or wanted.section is not None:
        conditions.append(_OF_SOURCES)
        parameters["sources"] = json_of(_source_ids(connection, wanted))
    rows = connection.execute(_LIST.format(which=" AND ".join(conditions)), parameters)
    return [article_of(row) for row in rows]


def arrivals(connection: sqlite3.Connection, *, after: int, limit: int) -> list[Article]:
    """Articles that arrived after this position, in order of arrival."""
    return [article_of(row) for row in connection.execute(_ARRIVALS, (after, limit))]


def _source_ids(connection: sqlite3.Connection, wanted: ArticleFilter) -> list[int]:
    section = wanted.section or ()
    return [
        number
        for number, key, path in connection.execute("SELECT id, key, section FROM sources")
        if wanted.source_key in (None, key) and unpack_list(path)[: len(section)] == section
    ]


def find(connection: sqlite3.Connection, ref: str) -> list[str]:
    """Ids of the articles that may be meant, best matches only."""
    ref = ref.strip()
    guess = ref.lower()
    if _ID.fullmatch(guess):
        if len(guess) == _ID_CHARS:
            return _ids(connection, _BY_ID, (guess,))
        # "{" follows "z"
        return _ids(connection, _BY_PREFIX, (guess, guess + "{", _MOST_FOUND))
    if "/" not in ref:
        return []
    found = _ids(connection, _BY_CANONICAL, (ref, canonical(ref), _MOST_FOUND))
    return found or _ids(connection, _BY_URL, {"url": ref, "limit": _MOST_FOUND})


def _ids(
    connection: sqlite3.Connection, statement: str, parameters: Sequence[object] | Mapping[str, object]
) -> list[str]:
    return [row[0] for row in connection.execute(statement, parameters)]


def revisions(connection: sqlite3.Connection, article_id: str, dictionaries: Mapping[int, bytes]) -> list[Revision]:
    """Earlier states, newest first."""
    return [
        Revision(
            article_id=row[0],
            seen_at=moment(row[1]),
            title=row[2],
            changed=unpack_list(row[3]),
            body=unpack_body(packed_of(row[4:]), dictionaries),
        )
        for row in connection.execute(_REVISIONS, (article_id,))
    ]


def captures(connection: sqlite3.Connection, article_id: str, dictionaries: Mapping[int, bytes]) -> list[bytes]:
    """The raw bytes an article was made from, newest first."""
    rows = connection.execute(_CAPTURES, (article_id,))
    return [unpack_bytes(packed_of(row), dictionaries) for row in rows]


def fetch_log(connection: sqlite3.Connection, *, source_key: str | None, limit: int) -> list[FetchLogLine]:
    """Newest first."""
    statement = _LOG_OF_ALL if source_key is None else _LOG_OF_ONE
    rows = connection.execute(statement, {"source": source_key, "limit": limit})
    return [
        FetchLogLine(
            source_key=row[0],
            at=moment(row[1]),
            status=row[2],
            outcome=row[3],
            error_kind=row[4],
            wire_bytes=row[5],
            duration_s=row[6],
            entries=row[7],
            new=row[8],
            changed=row[9],
        )
        for row in rows
    ]


def counts(connection: sqlite3.Connection) -> Counts:
    """How much there is of each; media are images that are stored."""
    names = ("sources", "articles", "revisions", "sightings", "media", "pending_pages", "pending_media")
    return Counts(**dict(zip(names, connection.execute(_COUNTS).fetchone(), strict=True)))
