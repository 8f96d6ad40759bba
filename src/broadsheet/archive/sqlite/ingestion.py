"""What fetching sources brings: what is known already, and applying what was decided, a savepoint a source."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from broadsheet.archive.sqlite import articles, sources
from broadsheet.archive.sqlite.batch import Batch, Unfit
from broadsheet.archive.sqlite.database import concerns_store, savepoint
from broadsheet.archive.sqlite.rows import Row, json_of, micros, moment, moment_or_none, pack_window
from broadsheet.model import ArticleWrite, Changes, FetchLogLine, Known, PageFetch, Sighting

UNFIT: Final = (Unfit, sqlite3.Error, UnicodeError, OverflowError)
"""What values that do not fit can cause; an error of the file itself is told apart by `concerns_store`."""

_KNOWN_COLUMNS: Final = "a.id, s.key, a.title, a.clean_digest, a.first_seen, a.published"

_KNOWN = f"""
    SELECT {_KNOWN_COLUMNS}, g.content_digest
    FROM sightings g
    JOIN articles a ON a.arrival = g.article
    JOIN sources s ON s.id = a.source
    WHERE g.source = ? AND g.entry_key = ?
"""

_KNOWN_URLS = f"""
    SELECT {_KNOWN_COLUMNS}, x'', a.canonical
    FROM json_each(?) wanted
    CROSS JOIN articles a ON a.arrival = (SELECT min(arrival) FROM articles WHERE canonical = wanted.value)
    JOIN sources s ON s.id = a.source
"""

_BURIED = "SELECT 1 FROM tombstones WHERE digest = ?"

_SAVE_WINDOW = "INSERT OR REPLACE INTO windows (source, entries) VALUES (?, ?)"

_IS_SEEN = "SELECT 1 FROM sightings WHERE source = ? AND entry_key = ? AND article = ?"
_SAVE_SIGHTING = """
    INSERT INTO sightings (source, entry_key, article, content_digest, first_seen, url, title)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source, entry_key) DO UPDATE
    SET article = excluded.article, content_digest = excluded.content_digest, url = excluded.url, title = excluded.title
    WHERE content_digest IS NOT excluded.content_digest OR article IS NOT excluded.article
"""

# Only changes that are newer than those that asked last ask again.
_ADD_PAGE = """
    INSERT INTO page_fetches (article, source, url, asked_at, attempts, next_try) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (article) DO UPDATE
    SET source = excluded.source, url = excluded.url, asked_at = excluded.asked_at, attempts = excluded.attempts,
        next_try = excluded.next_try, error = NULL
    WHERE excluded.asked_at > asked_at
"""

_ADD_LOG = """
    INSERT INTO fetch_log (source, at, status, outcome, error_kind, wire_bytes, duration_s, entries, new, changed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source, at) DO NOTHING
"""


def known(connection: sqlite3.Connection, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], Known]:
    """The articles behind these (source key, entry key) pairs; unknown pairs are left out."""
    numbers = sources.ids(connection, {key for key, _ in keys})
    found = {}
    for key, entry_key in keys:
        # One at a time: with the statement prepared, that is as fast as any list of blobs.
        row = connection.execute(_KNOWN, (numbers.get(key), entry_key)).fetchone()
        if row is not None:
            found[key, entry_key] = _known(row)
    return found


def known_urls(connection: sqlite3.Connection, canonical_urls: Sequence[str]) -> dict[str, Known]:
    """The first article to arrive with each of these canonical URLs; unknown ones are left out."""
    rows = connection.execute(_KNOWN_URLS, (json_of(canonical_urls),))
    return {row[7]: _known(row) for row in rows}


def _known(row: Row) -> Known:
    return Known(
        article_id=row[0],
        source_key=row[1],
        title=row[2],
        clean_digest=row[3],
        first_seen=moment(row[4]),
        published=moment_or_none(row[5]),
        content_digest=row[6],
    )


def tombstoned(connection: sqlite3.Connection, digests: Sequence[bytes]) -> set[bytes]:
    """Those of the digests that were taken down."""
    if connection.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is None:
        return set()
    return {digest for digest in digests if connection.execute(_BURIED, (digest,)).fetchone()}


def apply(
    connection: sqlite3.Connection, changes: Sequence[Changes], dictionaries: Mapping[int, bytes]
) -> list[str | None]:
    """Writes what fits; for each of the changes `None`, or why it did not fit."""
    batch = Batch(
        connection,
        dictionaries=dictionaries,
        source_keys=set(chain.from_iterable(map(_sources_in, changes))),
        article_ids=set(chain.from_iterable(map(_articles_in, changes))),
    )
    results: list[str | None] = [None] * len(changes)
    quiet = [number for number, change in enumerate(changes) if not _has_entries(change)]
    if not _apply_quiet(batch, [changes[number] for number in quiet]):
        quiet = []
    done = set(quiet)
    for number, change in enumerate(changes):
        if number not in done:
            results[number] = _apply_one(batch, change)
    batch.finish()
    return results


def _sources_in(change: Changes) -> Iterable[str]:
    yield change.source_key
    yield from (write.article.source_key for write in change.new)
    yield from (sighting.source_key for sighting in change.sightings)
    yield from (capture.source_key for capture in change.captures)
    yield from (page.source_key for page in change.pages)


def _articles_in(change: Changes) -> Iterable[str]:
    yield from (write.article.id for write in change.new)
    yield from (write.article.id for write in change.edits)
    yield from (sighting.article_id for sighting in change.sightings)
    yield from (capture.article_id for capture in change.captures)
    yield from (page.article_id for page in change.pages)


def _has_entries(change: Changes) -> bool:
    return bool(change.new or change.edits or change.sightings or change.captures or change.pages)


def _apply_quiet(batch: Batch, changes: Sequence[Changes]) -> bool:
    """Writes all that brought no entry in one go; `False` if one does not fit, and then none is written."""
    try:
        with savepoint(batch.connection):
            _mark_renamed(batch, changes)
            _poll(batch, changes)
    except UNFIT as error:
        if concerns_store(error):
            raise
        return False
    return True


def _apply_one(batch: Batch, change: Changes) -> str | None:
    try:
        with batch.part():
            _write(batch, change)
    except UNFIT as error:
        if concerns_store(error):
            raise
        return f"cannot be archived: {error}"
    return None


def _write(batch: Batch, change: Changes) -> None:
    at = change.log.at
    awaited = {page.article_id for page in change.pages}
    _check_words(change.new)
    _check_words(change.edits)
    _mark_renamed(batch, [change])  # before there are new articles, which are dirty anyway
    articles.add(batch, change.new, at=at)
    for write in change.edits:
        articles.edit(batch, write, at=at, awaits_page=write.article.id in awaited)
    _add_sightings(batch, change)
    articles.add_captures(batch, change.captures)
    batch.connection.executemany(_ADD_PAGE, [_page(batch, page, asked_at=micros(at)) for page in change.pages])
    _poll(batch, [change])


def _check_words(writes: Iterable[ArticleWrite]) -> None:
    """Raises UnicodeError now, where only one source is concerned; the words themselves are written last of all."""
    for write in writes:
        write.title_tokens.encode()
        write.text_tokens.encode()


def _add_sightings(batch: Batch, change: Changes) -> None:
    texts = {write.article.id: (write.article.url, write.article.title) for write in (*change.new, *change.edits)}
    rows = []
    for sighting in change.sightings:
        row = _sighting(batch, sighting, same=(sighting.url, sighting.title) == texts.get(sighting.article_id))
        rows.append(row)
        if not batch.is_new(sighting.article_id) and batch.connection.execute(_IS_SEEN, row[:3]).fetchone() is None:
            batch.dirty(sighting.article_id)
    batch.connection.executemany(_SAVE_SIGHTING, rows)


def _sighting(batch: Batch, sighting: Sighting, *, same: bool) -> tuple[object, ...]:
    return (
        batch.source(sighting.source_key),
        sighting.entry_key,
        batch.arrival(sighting.article_id),
        sighting.content_digest,
        micros(sighting.first_seen),
        None if same else sighting.url,
        None if same else sighting.title,
    )


def _page(batch: Batch, page: PageFetch, *, asked_at: int) -> tuple[object, ...]:
    arrival, source = batch.arrival(page.article_id), batch.source(page.source_key)
    return arrival, source, page.url, asked_at, page.attempts, micros(page.next_try)


def _mark_renamed(batch: Batch, changes: Sequence[Changes]) -> None:
    # Only a document that was read can have another title.
    read = [(batch.source(change.source_key), change.state) for change in changes if change.window is not None]
    sources.mark_renamed(batch.connection, read)


def _poll(batch: Batch, changes: Sequence[Changes]) -> None:
    """What every fetch changes: the source's state, its window if the document was read, one line in the log."""
    connection = batch.connection
    numbers = [batch.source(change.source_key) for change in changes]
    sources.save_states(connection, [(number, change.state) for number, change in zip(numbers, changes, strict=True)])
    windows = [
        (number, pack_window(change.window))
        for number, change in zip(numbers, changes, strict=True)
        if change.window is not None
    ]
    connection.executemany(_SAVE_WINDOW, windows)
    connection.executemany(
        _ADD_LOG, [_log(number, change.log) for number, change in zip(numbers, changes, strict=True)]
    )


def _log(source: int, line: FetchLogLine) -> tuple[object, ...]:
    return (
        source,
        micros(line.at),
        line.status,
        line.outcome,
        line.error_kind,
        line.wire_bytes,
        line.duration_s,
        line.entries,
        line.new,
        line.changed,
    )
