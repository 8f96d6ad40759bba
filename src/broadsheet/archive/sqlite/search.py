"""The full-text index: what goes in, what comes out again, and finding articles in it.

The index has no content of its own, so an entry can only be deleted by giving the very words that were put in. They are
made anew from the stored title and body; `search_check` of the article tells whether that came to the same words. If
not (it cannot happen unless the tokeniser changed), the article's entry is left as it is, for a wrong deletion would
damage the index, and the whole index is made anew when the archive is next opened.
"""

import sqlite3
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from broadsheet.archive.sqlite.rows import ARTICLE_COLUMNS, article_of, packed_of
from broadsheet.model import Article, Packed, Value
from broadsheet.packing import unpack_body
from broadsheet.tokens import index_text

_SAMPLE: Final = "Straße İ ﬁn ＡＢＣ１２ naïve don't e\u0301 x86-64 ½ 中文搜索、测试。ひらがな カタ 한국어 𠮷野家 ⼈"
"""Its tokens stand for the tokeniser: when they change, so did what queries will ask for."""

UNKNOWN: Final = -1
"""The `search_check` of an article whose words in the index nobody knows."""

_INSERT = "INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)"
_DELETE = "INSERT INTO search (search, rowid, title, body) VALUES ('delete', ?, ?, ?)"

# The index sorts all that matches by itself; only the best are then looked up.
_SEARCH = f"""
    SELECT {ARTICLE_COLUMNS}
    FROM (SELECT rowid AS arrival, rank FROM search WHERE search MATCH ? ORDER BY rank, rowid DESC LIMIT ?) hit
    JOIN articles a ON a.arrival = hit.arrival
    JOIN sources s ON s.id = a.source
    ORDER BY hit.rank, coalesce(a.published, a.first_seen) DESC, a.arrival DESC
"""

_SAVE_FINGERPRINT = "INSERT OR REPLACE INTO facts VALUES ('tokens', ?)"

_SHOWN = """
    SELECT a.arrival, a.title, b.codec, b.dictionary, b.data
    FROM articles a
    JOIN {bodies} b ON b.article = a.arrival
    WHERE a.shown = ?
"""


class Words(Value, frozen=True, kw_only=True):
    """The prepared words of one article."""

    title: str
    text: str

    @property
    def check(self) -> int:
        """A number that tells these words from others."""
        return crc32(self.text.encode(), crc32(self.title.encode()))


class Reindexing(Value, frozen=True, kw_only=True):
    """The words of one article that are in the index, and the new ones; `None` stands for none."""

    old: Words | None = None
    new: Words | None = None


def words_of(title: str, packed: Packed, dictionaries: Mapping[int, bytes]) -> Words:
    """The words that an article with this title and shown body has in the index."""
    return Words(title=index_text(title), text=index_text(unpack_body(packed, dictionaries).text))


def write(connection: sqlite3.Connection, changes: Mapping[int, Reindexing]) -> None:
    """Changes the index, by arrival; all at once, for each call may leave a segment to be merged."""
    gone = [(arrival, change.old.title, change.old.text) for arrival, change in changes.items() if change.old]
    come = [(arrival, change.new.title, change.new.text) for arrival, change in changes.items() if change.new]
    if gone:
        connection.executemany(_DELETE, gone)
    if come:
        connection.executemany(_INSERT, come)


def search(connection: sqlite3.Connection, match: str, *, limit: int) -> list[Article]:
    """Articles for a MATCH expression, best first, then newest; none for an empty one."""
    if not match.strip():
        return []
    rows = connection.execute(_SEARCH, (match, limit))
    return [article_of(row) for row in rows]


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the index holds what queries made by this version ask for."""
    row = connection.execute("SELECT value FROM facts WHERE name = 'tokens'").fetchone()
    return row is not None and row[0] == _fingerprint()


def mark_stale(connection: sqlite3.Connection) -> None:
    """Has the index made anew when the archive is next opened."""
    connection.execute(_SAVE_FINGERPRINT, ("",))


def refresh(connection: sqlite3.Connection, dictionaries: Mapping[int, bytes]) -> None:
    """Makes the whole index anew from the stored articles."""
    connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
    for shown in ("feed", "page"):
        rows = connection.execute(_SHOWN.format(bodies=f"{shown}_bodies"), (shown,))
        while chunk := rows.fetchmany(200):
            words = {row[0]: words_of(row[1], packed_of(row[2:]), dictionaries) for row in chunk}
            write(connection, {arrival: Reindexing(new=new) for arrival, new in words.items()})
            connection.executemany(
                "UPDATE articles SET search_check = ? WHERE arrival = ?",
                [(new.check, arrival) for arrival, new in words.items()],
            )
    connection.execute(_SAVE_FINGERPRINT, (_fingerprint(),))


def _fingerprint() -> str:
    return f"{crc32(index_text(_SAMPLE).encode()):08x}"
