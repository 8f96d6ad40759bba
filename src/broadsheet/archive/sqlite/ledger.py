"""What one edition remembers: its outbox, its pages, its values, and the places of articles in its lists."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Final

from broadsheet.archive.sqlite.database import Database
from broadsheet.archive.sqlite.rows import json_of
from broadsheet.model import Page
from broadsheet.ports import Place

CHUNK: Final = 5000
"""Paths read in one go."""

# Those without an arrival are no longer there.
_DIRTY = """
    SELECT o.article_id
    FROM outbox o
    LEFT JOIN articles a ON a.id = o.article_id
    WHERE o.edition = ?
    ORDER BY a.arrival IS NULL, a.arrival, o.article_id
"""
_ALL_DIRTY = "INSERT OR IGNORE INTO outbox (edition, article_id) SELECT ?, id FROM articles"
_ALL_WITH_PAGES_DIRTY = """
    INSERT OR IGNORE INTO outbox (edition, article_id)
    SELECT edition, article_id FROM pages WHERE edition = ? AND article_id IS NOT NULL
"""
_SETTLE = "DELETE FROM outbox WHERE edition = ? AND article_id = ?"

_GET = "SELECT value FROM edition_values WHERE edition = ? AND key = ?"
_SET = "INSERT OR REPLACE INTO edition_values (edition, key, value) VALUES (?, ?, ?)"

_PAGES = "SELECT path, digest FROM pages WHERE edition = ? AND path IN (SELECT value FROM json_each(?))"
_PAGES_OF = """
    SELECT article_id, path FROM pages
    WHERE edition = ? AND article_id IN (SELECT value FROM json_each(?))
    ORDER BY article_id, path
"""
_ALL_PAGES = "SELECT path FROM pages WHERE edition = ? AND path > ? ORDER BY path LIMIT ?"
_COUNT_PAGES = "SELECT count(*) FROM pages WHERE edition = ?"
# From now on until it is written nobody knows what the file holds, so the digest before is forgotten.
_PLAN = """
    INSERT INTO pages (edition, path, digest, article_id) VALUES (?, ?, x'', ?)
    ON CONFLICT (edition, path) DO UPDATE SET digest = x'', article_id = excluded.article_id
"""
_WRITTEN = """
    INSERT INTO pages (edition, path, digest) VALUES (?, ?, ?)
    ON CONFLICT (edition, path) DO UPDATE SET digest = excluded.digest
"""
_FORGET_PAGE = "DELETE FROM pages WHERE edition = ? AND path = ?"

_PLACE_COLUMNS: Final = "l.name, p.position, p.article_id"
# CROSS JOIN: from the articles to their few places, not from the many lists of the edition.
_PLACES_OF = f"""
    SELECT {_PLACE_COLUMNS}
    FROM json_each(:ids) wanted
    CROSS JOIN places p ON p.article_id = wanted.value
    CROSS JOIN lists l ON l.id = p.list
    WHERE l.edition = :edition
    ORDER BY wanted.key, l.name
"""
_MEMBERS = f"""
    SELECT {_PLACE_COLUMNS}
    FROM lists l
    JOIN places p ON p.list = l.id
    WHERE l.edition = ? AND l.name = ? AND p.position >= ? AND p.position < ?
    ORDER BY p.position
"""
_NEWEST = f"""
    SELECT {_PLACE_COLUMNS}
    FROM lists l
    JOIN places p ON p.list = l.id
    WHERE l.edition = ? AND l.name = ?
    ORDER BY p.position DESC
    LIMIT ?
"""
_LISTS = """
    SELECT name, members, positions FROM lists
    WHERE edition = :edition AND name >= :prefix AND substr(name, 1, length(:prefix)) = :prefix
    ORDER BY name
"""

_LIST_STATES = """
    SELECT name, id, positions, members FROM lists
    WHERE edition = ? AND name IN (SELECT value FROM json_each(?))
"""
_ADD_LISTS = "INSERT INTO lists (edition, name) VALUES (?, ?) ON CONFLICT (edition, name) DO NOTHING"
_SAVE_LIST = "UPDATE lists SET positions = ?, members = ? WHERE id = ?"
_ADD_PLACE = "INSERT INTO places (list, position, article_id) VALUES (?, ?, ?)"
_REMOVE_PLACE = "DELETE FROM places WHERE list = ? AND position = ?"

_EDITION = "SELECT id, active FROM editions WHERE name = ?"


def open_edition(connection: Connection, name: str) -> int | None:
    """The number of an edition that has an outbox, `None` if it is new or was forgotten."""
    row = connection.execute(_EDITION, (name,)).fetchone()
    return int(row[0]) if row is not None and row[1] else None


def add_edition(connection: Connection, name: str) -> int:
    """The number of a new or forgotten edition, with every article dirty."""
    connection.execute(
        "INSERT INTO editions (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET active = 1",
        (name,),
    )
    number = int(connection.execute(_EDITION, (name,)).fetchone()[0])
    _fill_outbox(connection, number)
    return number


def _fill_outbox(connection: Connection, edition: int) -> None:
    connection.execute(_ALL_DIRTY, (edition,))
    connection.execute(_ALL_WITH_PAGES_DIRTY, (edition,))


def surplus(connection: Connection, keep: Collection[str]) -> list[int]:
    """The editions that have an outbox and are none of these."""
    rows = connection.execute("SELECT id, name FROM editions WHERE active")
    return [number for number, name in rows if name not in keep]


def forget(connection: Connection, keep: Collection[str]) -> None:
    """Drops the outboxes of all editions but these; pages and places stay, for the folders do."""
    left = [(number,) for number in surplus(connection, keep)]
    connection.executemany("UPDATE editions SET active = 0 WHERE id = ?", left)
    connection.executemany("DELETE FROM outbox WHERE edition = ?", left)


class SqliteLedger:
    """The port `Ledger` on one edition of an open archive."""

    def __init__(self, database: Database, edition: int) -> None:
        self._database = database
        self._edition = edition

    def dirty(self) -> list[str]:
        """Ids of articles to publish anew or remove, in order of arrival (unknown ones last)."""
        with self._database.reading() as connection:
            return [row[0] for row in connection.execute(_DIRTY, (self._edition,))]

    def all_dirty(self) -> None:
        """Puts every article, and every article that still has a page, into the outbox."""
        with self._database.writing() as connection:
            _fill_outbox(connection, self._edition)

    def get(self, key: str) -> str | None:
        """A remembered value."""
        with self._database.reading() as connection:
            row = connection.execute(_GET, (self._edition, key)).fetchone()
        return None if row is None else str(row[0])

    def pages(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Digests of these pages as last written; empty for one that was only planned."""
        with self._database.reading() as connection:
            return dict(connection.execute(_PAGES, (self._edition, json_of(paths))).fetchall())

    def pages_of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        """Paths of the articles' own pages; articles without one are left out."""
        found: dict[str, list[str]] = {}
        with self._database.reading() as connection:
            for article_id, path in connection.execute(_PAGES_OF, (self._edition, json_of(article_ids))):
                found.setdefault(article_id, []).append(path)
        return found

    def all_pages(self) -> Iterator[str]:
        """Every path that this edition may have written, in order; pages may be removed meanwhile."""
        last = ""
        while True:
            with self._database.reading() as connection:
                paths = [row[0] for row in connection.execute(_ALL_PAGES, (self._edition, last, CHUNK))]
            yield from paths
            if len(paths) < CHUNK:
                return
            last = paths[-1]

    def count_pages(self) -> int:
        """How many pages there are."""
        with self._database.reading() as connection:
            return int(connection.execute(_COUNT_PAGES, (self._edition,)).fetchone()[0])

    def plan(self, pages: Sequence[Page]) -> None:
        """Journals pages before they are written, so that a crash leaves no file unknown."""
        rows = [(self._edition, page.path, page.article_id) for page in pages]
        if rows:
            with self._database.writing() as connection:
                connection.executemany(_PLAN, rows)

    def written(self, digests: Mapping[str, bytes], *, removed: Sequence[str]) -> None:
        """Records pages as written, with their digests, and forgets removed ones."""
        if not digests and not removed:
            return
        with self._database.writing() as connection:
            connection.executemany(_WRITTEN, [(self._edition, path, digest) for path, digest in digests.items()])
            connection.executemany(_FORGET_PAGE, [(self._edition, path) for path in removed])

    def settle(self, article_ids: Sequence[str], *, values: Mapping[str, str]) -> None:
        """Takes articles out of the outbox and remembers values."""
        if not article_ids and not values:
            return
        with self._database.writing() as connection:
            connection.executemany(_SETTLE, [(self._edition, article_id) for article_id in article_ids])
            connection.executemany(_SET, [(self._edition, key, value) for key, value in values.items()])

    def place(self, memberships: Mapping[str, Sequence[str]]) -> list[Place]:
        """Sets which lists each article stands in; returns the places that were added or removed."""
        if not memberships:
            return []
        with self._database.reading() as connection:
            removed, added = _compare(self._places(connection, list(memberships)), memberships)
        if not removed and not added:
            return []
        with self._database.writing() as connection:
            return self._move(connection, memberships)

    def _move(self, connection: Connection, memberships: Mapping[str, Sequence[str]]) -> list[Place]:
        removed, wanted = _compare(self._places(connection, list(memberships)), memberships)
        lists = self._lists(connection, {place.list for place in removed} | {name for _, name in wanted})
        for place in removed:
            lists[place.list].members -= 1
        added = [lists[name].append(name, article_id) for article_id, name in wanted]
        connection.executemany(_REMOVE_PLACE, [(lists[place.list].id, place.position) for place in removed])
        connection.executemany(
            _ADD_PLACE, [(lists[place.list].id, place.position, place.article_id) for place in added]
        )
        connection.executemany(_SAVE_LIST, [(end.positions, end.members, end.id) for end in lists.values()])
        return removed + added

    def _lists(self, connection: Connection, names: Collection[str]) -> dict[str, "_End"]:
        connection.executemany(_ADD_LISTS, [(self._edition, name) for name in sorted(names)])
        rows = connection.execute(_LIST_STATES, (self._edition, json_of(list(names))))
        return {name: _End(number, positions, members) for name, number, positions, members in rows}

    def places_of(self, article_ids: Sequence[str]) -> list[Place]:
        """All places of these articles."""
        with self._database.reading() as connection:
            return self._places(connection, article_ids)

    def _places(self, connection: Connection, article_ids: Sequence[str]) -> list[Place]:
        rows = connection.execute(_PLACES_OF, {"edition": self._edition, "ids": json_of(article_ids)})
        return [Place(list=name, position=position, article_id=article_id) for name, position, article_id in rows]

    def members(self, list_name: str, *, start: int, stop: int) -> list[Place]:
        """The places of a list with start <= position < stop, ascending."""
        return self._select(_MEMBERS, list_name, start, stop)

    def newest(self, list_name: str, *, limit: int) -> list[Place]:
        """The last places of a list, descending."""
        return self._select(_NEWEST, list_name, limit)

    def _select(self, statement: str, list_name: str, *numbers: int) -> list[Place]:
        with self._database.reading() as connection:
            rows = connection.execute(statement, (self._edition, list_name, *numbers))
            return [Place(list=name, position=position, article_id=article_id) for name, position, article_id in rows]

    def lists(self, prefix: str) -> list[tuple[str, int, int]]:
        """(name, members, positions used) of the lists whose name begins with `prefix`, by name; empty ones too."""
        with self._database.reading() as connection:
            return connection.execute(_LISTS, {"edition": self._edition, "prefix": prefix}).fetchall()


class _End:
    """The end of a list, where new places go."""

    def __init__(self, number: int, positions: int, members: int) -> None:
        self.id = number
        self.positions = positions
        self.members = members

    def append(self, name: str, article_id: str) -> Place:
        place = Place(list=name, position=self.positions, article_id=article_id)
        self.positions += 1
        self.members += 1
        return place


def _compare(
    places: Sequence[Place], memberships: Mapping[str, Sequence[str]]
) -> tuple[list[Place], list[tuple[str, str]]]:
    """Places that are no longer wanted, and (article id, list) pairs that are not there yet, in the mapping's order."""
    stands = {(place.article_id, place.list) for place in places}
    wanted = dict.fromkeys((article_id, name) for article_id, names in memberships.items() for name in names)
    removed = [place for place in places if (place.article_id, place.list) not in wanted]
    return removed, [pair for pair in wanted if pair not in stands]
