"""An archive of any earlier version becomes the same as a new one; one of a later version is left alone."""

import sqlite3
from pathlib import Path

import pytest
from archive_samples import NOW, first_fetch, sources

from broadsheet.archive import open_archive
from broadsheet.archive.sqlite import migrations
from broadsheet.errors import ArchiveError
from broadsheet.tokens import query_text

Schema = set[tuple[str, str, str]]


def schema(file: Path) -> Schema:
    """Every table, index and trigger, by its text with white space folded."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    connection.close()
    return {(kind, name, " ".join((sql or "").split())) for kind, name, sql in rows}


def at_version(file: Path, version: int) -> None:
    """Makes an archive as version `version` would have."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    migrations.migrate(connection, start=0, stop=version)
    connection.execute("COMMIT")
    connection.close()


@pytest.mark.parametrize("version", range(migrations.newest() + 1))
def test_an_archive_of_any_version_becomes_as_a_new_one(tmp_path: Path, version: int) -> None:
    open_archive(tmp_path / "new.db").close()
    if version:
        at_version(tmp_path / "old.db", version)
    else:
        (tmp_path / "old.db").touch()
    open_archive(tmp_path / "old.db").close()
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_the_numbers_of_the_steps_have_no_gap() -> None:
    folder = Path(migrations.__file__).parent / "schema"
    assert [file.name for file in sorted(folder.glob("*.sql"))] == [
        f"{number:04d}.sql" for number in range(1, migrations.newest() + 1)
    ]


def test_opening_again_keeps_everything(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    archive = open_archive(file)
    archive.register(sources(1), now=NOW)
    archive.apply([first_fetch(0, 3)])
    before = archive.identity(), archive.counts()
    archive.close()
    again = open_archive(file, create=False)
    assert (again.identity(), again.counts()) == before
    again.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    open_archive(file).close()
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {migrations.newest() + 1}")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(ArchiveError, match="newer Broadsheet") as caught:
        open_archive(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert file.read_bytes() == before


def test_a_step_that_fails_leaves_the_archive_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE sources (mine)")
    connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
    connection.commit()
    connection.close()
    with pytest.raises(ArchiveError, match="already exists"):
        open_archive(file)
    assert schema(file) == {("table", "sources", "CREATE TABLE sources (mine)")}


def test_a_tokeniser_that_changed_makes_the_index_anew(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    archive = open_archive(file)
    archive.register(sources(1), now=NOW)
    archive.apply([first_fetch(0, 3)])
    archive.close()
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
    connection.execute("INSERT INTO search (rowid, title, body) VALUES (1, 'words of', 'an earlier version')")
    connection.execute("UPDATE facts SET value = 'earlier' WHERE name = 'tokens'")
    connection.execute("UPDATE articles SET search_check = 0")
    connection.commit()
    connection.close()
    again = open_archive(file)
    assert len(again.search(query_text("entry"), limit=9)) == 3
    assert again.search(query_text("earlier"), limit=9) == []
    again.take_down([article.id for article in again.search(query_text("entry"), limit=1)], digests=[], now=NOW)
    assert len(again.search(query_text("entry"), limit=9)) == 2
    again.close()
