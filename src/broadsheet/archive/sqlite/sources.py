"""Sources: what is configured, what is due, how each is doing, and what it changes in polling."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from broadsheet.archive.sqlite.rows import (
    EMPTY_LIST,
    SOURCE_COLUMNS,
    STATE_COLUMNS,
    Row,
    json_of,
    micros,
    micros_or_none,
    moment,
    pack_list,
    source_of,
    state_of,
    unpack_window,
)
from broadsheet.model import Scheduled, Source, SourceState
from broadsheet.ports import SourceRow
from broadsheet.urls import host_port

RECENT: Final = timedelta(days=14)

_CONFIGURED = """
    SELECT key, ref, url, section, full_text, rights, interval_s, position, active, id, feed_title
    FROM sources
"""

_ADD = """
    INSERT INTO sources (key, ref, url, section, full_text, rights, interval_s, position)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

_CHANGE = """
    UPDATE sources
    SET ref = ?, url = ?, section = ?, full_text = ?, rights = ?, interval_s = ?, position = ?, active = 1
    WHERE id = ?
"""

# What was learned at the old URL says nothing about the new one; only a host that asked us to wait is still obeyed.
_START_ANEW = """
    UPDATE sources
    SET next_due = NULL, moved_url = NULL, etag = NULL, last_modified = NULL, body_digest = NULL, gone = 0,
        failing_since = NULL, failures = 0, error_kind = NULL, error = NULL,
        held_until = CASE WHEN ? THEN held_until END
    WHERE id = ?
"""

_DIRTY_ALL = """
    INSERT OR IGNORE INTO outbox (edition, article_id)
    SELECT e.id, a.id
    FROM editions e, sightings g
    JOIN articles a ON a.arrival = g.article
    WHERE e.active AND g.source = ?
"""

# Nothing for a feed that calls itself as before.
_DIRTY_RENAMED = """
    INSERT OR IGNORE INTO outbox (edition, article_id)
    SELECT e.id, a.id
    FROM sources s
    CROSS JOIN sightings g ON g.source = s.id
    CROSS JOIN articles a ON a.arrival = g.article
    CROSS JOIN editions e ON e.active
    WHERE s.id = ? AND (s.feed_title IS NOT ? OR s.feed_link IS NOT ?)
"""

# Conditions and order as the index sources_due has them, so that it serves.
_SCHEDULED = f"""
    SELECT {SOURCE_COLUMNS}, {STATE_COLUMNS}, w.entries
    FROM sources s
    LEFT JOIN windows w ON w.source = s.id
    WHERE s.active AND NOT s.gone
        AND (s.held_until IS NULL OR s.held_until <= :now)
        AND {{which}}
    ORDER BY coalesce(s.next_due, 0), s.position
"""
_HELD = "SELECT count(*) FROM sources s WHERE s.active AND NOT s.gone AND s.held_until > :now AND {which}"
_DUE = "coalesce(s.next_due, 0) <= :now"
_NAMED = "s.key IN (SELECT value FROM json_each(:keys))"

_SOURCES = f"""
    SELECT {SOURCE_COLUMNS}, {STATE_COLUMNS}, s.active, s.first_success,
        (SELECT count(*) FROM articles a WHERE a.source = s.id),
        (SELECT count(*) FROM articles a
         WHERE a.source = s.id AND a.first_seen > max(:since, coalesce(s.first_success, :since)))
    FROM sources s
    ORDER BY NOT s.active, s.position, s.id
"""

_POLLED = """
    UPDATE sources
    SET next_due = ?, held_until = ?, gone = ?, moved_url = ?, etag = ?, last_modified = ?, body_digest = ?,
        feed_title = ?, feed_link = ?, last_fetch = ?, first_success = coalesce(first_success, ?), last_success = ?,
        failing_since = ?, failures = ?, error_kind = ?, error = ?, problems = ?, last_new = ?
    WHERE id = ?
"""


def register(connection: sqlite3.Connection, sources: Sequence[Source]) -> None:
    """Makes the stored sources what the configuration says, touching only what changed."""
    before = configured(connection)
    stored = {row[0]: row for row in before}
    wanted = dict.fromkeys(source.key for source in sources)
    for position, source in enumerate(sources):
        row = stored.get(source.key)
        columns = _columns(source, position)
        if row is None:
            connection.execute(_ADD, columns)
        elif tuple(row[:9]) != (*columns, 1):
            _change(connection, source, row, columns)
    left = [(row[9],) for row in before if row[8] and row[0] not in wanted]
    connection.executemany("UPDATE sources SET active = 0 WHERE id = ?", left)


def configured(connection: sqlite3.Connection) -> list[Row]:
    """All sources as they were configured last."""
    return connection.execute(_CONFIGURED).fetchall()


def is_unchanged(sources: Sequence[Source], before: Sequence[Row]) -> bool:
    """Whether registering these sources would change nothing."""
    active = {row[0]: row for row in before if row[8]}
    return len(active) == len(sources) and all(
        source.key in active and tuple(active[source.key][:8]) == _columns(source, position)
        for position, source in enumerate(sources)
    )


def _columns(source: Source, position: int) -> tuple[object, ...]:
    return (
        source.key,
        source.ref,
        source.url,
        pack_list(source.section),
        source.full_text,
        source.rights,
        source.interval_s,
        position,
    )


def _change(connection: sqlite3.Connection, source: Source, row: Row, columns: tuple[object, ...]) -> None:
    connection.execute(_CHANGE, (*columns[1:], row[9]))
    if source.url != row[2]:
        connection.execute(_START_ANEW, (host_port(source.url) == host_port(row[2]), row[9]))
    # A source whose feed has no title goes by its address.
    renamed = not row[10] and (source.ref, source.url) != (row[1], row[2])
    if renamed or (columns[3], source.rights) != (row[3], row[5]):
        connection.execute(_DIRTY_ALL, (row[9],))


def scheduled(
    connection: sqlite3.Connection, *, now: datetime, keys: Collection[str] | None, everything: bool
) -> list[Scheduled]:
    """The sources to fetch, longest overdue first; those never fetched before all others."""
    which, parameters = _wanted(now, keys, everything=everything)
    rows = connection.execute(_SCHEDULED.format(which=which), parameters)
    return [
        Scheduled(source=source_of(row), state=state_of(row[0], row[7:24]), window=unpack_window(row[24]))
        for row in rows
    ]


def held(connection: sqlite3.Connection, *, now: datetime, keys: Collection[str] | None, everything: bool) -> int:
    """How many sources only wait because their hosts asked for it."""
    which, parameters = _wanted(now, keys, everything=everything)
    (count,) = connection.execute(_HELD.format(which=which), parameters).fetchone()
    return int(count)


def _wanted(now: datetime, keys: Collection[str] | None, *, everything: bool) -> tuple[str, dict[str, object]]:
    """The condition for sources that a run is about, with its parameters."""
    conditions = ["1"] if everything else [_DUE]
    parameters: dict[str, object] = {"now": micros(now)}
    if keys is not None:
        conditions.append(_NAMED)
        parameters["keys"] = json_of(list(keys))
    return " AND ".join(conditions), parameters


def rows(connection: sqlite3.Connection, *, now: datetime) -> list[SourceRow]:
    """All sources for people, as configured; those that no longer are come last."""
    found = connection.execute(_SOURCES, {"since": micros(now - RECENT)})
    return [
        SourceRow(
            source=source_of(row),
            state=state_of(row[0], row[7:24]),
            active=bool(row[24]),
            articles=row[26],
            new_per_day=_per_day(row[27], first_success=row[25], now=now),
        )
        for row in found
    ]


def _per_day(count: int, *, first_success: int | None, now: datetime) -> float:
    """Over the last days, or over as many as the source is known."""
    if not count or first_success is None:
        return 0.0
    known = min(max(now - moment(first_success), timedelta(days=1)), RECENT)
    return count / (known / timedelta(days=1))


def ids(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, int]:
    """The numbers of these sources; unknown ones are left out."""
    found = connection.execute(
        "SELECT key, id FROM sources WHERE key IN (SELECT value FROM json_each(?))", (json_of(list(keys)),)
    )
    return dict(found.fetchall())


def mark_renamed(connection: sqlite3.Connection, states: Iterable[tuple[int, SourceState]]) -> None:
    """Has the articles of feeds that go by another name now published anew; to be called before `save_states`."""
    connection.executemany(_DIRTY_RENAMED, [(source, state.feed_title, state.feed_link) for source, state in states])


def save_states(connection: sqlite3.Connection, states: Iterable[tuple[int, SourceState]]) -> None:
    """What polling changed, by the number of the source."""
    connection.executemany(_POLLED, [_polled(source, state) for source, state in states])


def _polled(source: int, state: SourceState) -> tuple[object, ...]:
    last_success = micros_or_none(state.last_success)
    return (
        micros_or_none(state.next_due),
        micros_or_none(state.held_until),
        state.gone,
        state.moved_url,
        state.validators.etag,
        state.validators.last_modified,
        state.body_digest,
        state.feed_title,
        state.feed_link,
        micros_or_none(state.last_fetch),
        last_success,
        last_success,
        micros_or_none(state.failing_since),
        state.failures,
        state.error_kind,
        state.error,
        pack_list(state.problems) if state.problems else EMPTY_LIST,
        micros_or_none(state.last_new),
        source,
    )
