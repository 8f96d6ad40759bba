"""What is SQLite's own: that the hot statements use their indexes, that threads wait for each other, how rows look."""

import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from archive_samples import HOUR, NOW, changes, first_fetch, page_of, quiet, sources, write
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.archive.sqlite import batch, database, enrichment, ingestion, ledger, media, reading, rows
from broadsheet.archive.sqlite import sources as s
from broadsheet.archive.sqlite.store import SqliteArchive
from broadsheet.tokens import query_text


@pytest.fixture
def archive() -> Iterator[SqliteArchive]:
    archive = SqliteArchive.open(":memory:")
    yield archive
    archive.close()


HOT = {
    "due sources": (s._SCHEDULED.format(which=s._DUE), "sources_due"),
    "named sources": (s._SCHEDULED.format(which=s._NAMED), "sqlite_autoindex_sources_1"),
    "articles of each source": (s._SOURCES, "articles_source"),
    "publish a source anew": (s._DIRTY_ALL, "PRIMARY KEY"),
    "known entries": (ingestion._KNOWN, "PRIMARY KEY"),
    "known urls": (ingestion._KNOWN_URLS, "articles_canonical"),
    "arrivals": (batch._ARRIVALS, "sqlite_autoindex_articles_1"),
    "pending pages": (enrichment._PENDING, "page_fetches_due"),
    "pending media": (media._PENDING, "media_due"),
    "users of an image": (media._USERS, "media_uses_media"),
    "articles after an arrival": (reading._ARRIVALS, "USING INTEGER PRIMARY KEY"),
    "records": (reading._RECORDS, "sqlite_autoindex_articles_1"),
    "sources of an article": (reading._SEEN_IN, "sightings_article"),
    "newest articles": (reading._LIST.format(which="1"), "articles_date"),
    "revisions": (reading._REVISIONS, "revisions_article"),
    "captures": (reading._CAPTURES, "captures_article"),
    "log of a source": (reading._LOG_OF_ONE, "fetch_log_source"),
    "ids by their beginning": (reading._BY_PREFIX, "sqlite_autoindex_articles_1"),
    "outbox": (ledger._DIRTY, "PRIMARY KEY"),
    "pages of articles": (ledger._PAGES_OF, "pages_article"),
    "places of articles": (ledger._PLACES_OF, "places_article"),
    "members of a list": (ledger._MEMBERS, "PRIMARY KEY"),
}


@pytest.mark.parametrize("what", HOT)
def test_the_cost_of_a_statement_does_not_grow_with_the_archive(archive: SqliteArchive, what: str) -> None:
    statement, index = HOT[what]
    plan = explain(archive, statement)
    assert any(index in step for step in plan), plan
    grows = [step for step in plan if re.match(r"SCAN (?!json_each|wanted|hit|e$|s$)", step) and index not in step]
    assert not grows, plan


def explain(archive: SqliteArchive, statement: str) -> list[str]:
    names = set(re.findall(r":(\w+)", statement))
    parameters = dict.fromkeys(names, 0) if names else [None] * statement.count("?")
    with archive._database.reading() as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_methods_may_be_called_from_threads(tmp_path: Path) -> None:
    archive = SqliteArchive.open(tmp_path / "broadsheet.db")
    archive.register(sources(20), now=NOW)
    archive.apply([first_fetch(number, 5) for number in range(20)])

    def work(number: int) -> int:
        archive.apply([changes(number, [write(number, 10 + n) for n in range(5)], at=NOW + HOUR)])
        archive.apply([quiet(number, at=NOW + 2 * HOUR)])
        found = archive.search(query_text('"entry 12"'), limit=99)
        return len(list(archive.records([article.id for article in found])))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(20)))
    assert archive.counts().articles == 200
    archive.close()


def test_words_that_nobody_knows_any_more_do_not_harm_the_index(tmp_path: Path) -> None:
    archive = SqliteArchive.open(tmp_path / "broadsheet.db")
    archive.register(sources(1), now=NOW)
    archive.apply([first_fetch(0, 4)])
    with archive._database.writing() as connection:
        connection.execute("UPDATE articles SET search_check = 0 WHERE arrival < 4")
    archive.apply([changes(0, edits=[write(0, 1, text="Other words", changed_at=NOW)], at=NOW + HOUR)])
    archive.apply_pages([page_of(0, 1, "Words of the page")])
    archive.apply([changes(0, edits=[write(0, 3, text="Known words", changed_at=NOW)], at=NOW + HOUR)])
    archive.take_down([write(0, 0).article.id], digests=[], now=NOW)
    assert found(archive, "entry") == {"Title 0-1", "Title 0-2"}
    assert found(archive, "words") == {"Title 0-3"}
    with archive._database.writing() as connection:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    archive.close()
    again = SqliteArchive.open(tmp_path / "broadsheet.db")
    assert found(again, "entry") == {"Title 0-2"}
    assert found(again, "words") == {"Title 0-1", "Title 0-3"}
    again.close()


def found(archive: SqliteArchive, query: str) -> set[str]:
    return {article.title for article in archive.search(query_text(query), limit=9)}


@given(st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_times_come_back(at: datetime) -> None:
    assert rows.moment(rows.micros(at)) == at


@given(
    st.one_of(
        *(st.dictionaries(st.binary(min_size=16, max_size=16), st.binary(min_size=n, max_size=n)) for n in (0, 1, 12))
    )
)
def test_windows_of_even_sizes_come_back(window: dict[bytes, bytes]) -> None:
    assert rows.unpack_window(rows.pack_window(window)) == window


@given(st.dictionaries(st.binary(max_size=20), st.binary(max_size=300)))
def test_windows_of_any_sizes_come_back(window: dict[bytes, bytes]) -> None:
    assert rows.unpack_window(rows.pack_window(window)) == window


def test_a_window_is_as_small_as_it_can_be() -> None:
    window = {number.to_bytes(16, "big"): b"d" * 12 for number in range(20)}
    assert len(rows.pack_window(window)) == 1 + 20 * (16 + 12)


def test_an_error_without_a_code_is_no_fault_of_the_file() -> None:
    assert not database.concerns_store(sqlite3.ProgrammingError("binding 3 has no type"))
    assert str(database.in_words(sqlite3.ProgrammingError("why"), "a.db")) == "a.db: cannot be used (why)"
