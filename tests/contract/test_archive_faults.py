"""What goes wrong with the file or the disk: one clear line that names the file, and nothing half-done."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from archive_samples import HOUR, NOW, changes, first_fetch, page_of, quiet, sources, write

from broadsheet.archive import open_archive
from broadsheet.archive.sqlite.store import SqliteArchive
from broadsheet.errors import ArchiveError
from broadsheet.model import ArticleWrite, SourceState
from broadsheet.ports import Archive

NOBODY = 65534


@contextmanager
def one_clear_line(file: Path, says: str) -> Iterator[None]:
    """Expects an ArchiveError that names the file, says this, and keeps SQLite's own error as its cause."""
    with pytest.raises(ArchiveError, match=says) as caught:
        yield
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, sqlite3.Error)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An archive with three articles, closed."""
    file = tmp_path / "broadsheet.db"
    archive = open_archive(file)
    archive.register(sources(2), now=NOW)
    archive.apply([first_fetch(0, 3)])
    archive.close()
    return file


def test_a_missing_archive_or_folder(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    with one_clear_line(file, "there is no archive yet"):
        open_archive(file, create=False)
    assert not file.exists()
    lost = tmp_path / "nowhere" / "broadsheet.db"
    with one_clear_line(lost, "folder does not exist"):
        open_archive(lost)
    with one_clear_line(tmp_path, "is a folder"):
        open_archive(tmp_path)
    under = tmp_path / "file"
    under.touch()
    with one_clear_line(under / "broadsheet.db", "folder does not exist"):
        open_archive(under / "broadsheet.db")
    with one_clear_line(tmp_path / ("x" * 300), "cannot be opened"):
        open_archive(tmp_path / ("x" * 300))


def test_a_store_that_is_not_known() -> None:
    with pytest.raises(ArchiveError, match="postgresql://") as caught:
        open_archive("postgresql://somebody:secret@db.example/news")
    assert "secret" not in str(caught.value)


def test_what_is_not_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("Some notes, and not a database at all. " * 100)
    with one_clear_line(file, "is not a SQLite database"):
        open_archive(file)
    assert file.read_text().startswith("Some notes")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    with one_clear_line(other, "another program's database"):
        open_archive(other)


@pytest.mark.parametrize("cut", ["body", "end"])
def test_a_damaged_file(file: Path, cut: str) -> None:
    content = bytearray(file.read_bytes())
    if cut == "body":
        content[8192:-8192] = b"\xa5" * (len(content) - 2 * 8192)
    else:
        del content[len(content) // 2 :]
    file.write_bytes(content)
    with one_clear_line(file, "is damaged"):
        use(open_archive(file))


def use(archive: Archive) -> None:
    """Reads and writes a little of everything."""
    try:
        archive.counts()
        list(archive.records([article.id for article in archive.search("entry", limit=9)]))
        archive.apply([first_fetch(1, 20)])
    finally:
        archive.close()


def test_a_damaged_body(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE feed_bodies SET data = x'00010203', codec = 1")
    connection.commit()
    connection.close()
    archive = open_archive(file)
    with pytest.raises(ArchiveError, match="damaged"):
        list(archive.records([article.id for article in archive.search("entry", limit=9)]))
    archive.close()


LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_lock_of_another_program(file: Path) -> None:
    archive = SqliteArchive.open(file, busy_timeout_s=0.1)
    ledger = archive.ledger("site")
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as locker:
        assert locker.stdin
        assert locker.stdout
        assert locker.stdout.readline() == b"locked\n"
        for attempt in attempts(archive):
            with one_clear_line(file, "is locked by another program"):
                attempt()
        with one_clear_line(file, "is locked by another program"):
            ledger.settle(ledger.dirty(), values={})
        assert archive.counts().articles == 3  # reading does not wait
        locker.stdin.close()
    assert archive.apply([first_fetch(1, 1)]) == [None]
    archive.close()


def attempts(archive: Archive) -> list[Callable[[], object]]:
    return [
        lambda: archive.apply([first_fetch(1, 1)]),
        lambda: archive.register(sources(3), now=NOW),
        lambda: archive.ledger("new"),
        lambda: archive.apply_pages([]),
    ]


def test_a_file_that_is_locked_while_it_is_made(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.db"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    with one_clear_line(file, "is locked by another program"):
        SqliteArchive.open(file, busy_timeout_s=0.1)
    connection.execute("ROLLBACK")
    connection.close()
    open_archive(file).close()


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that every user may enter (those of pytest belong to one)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


@contextmanager
def without_power() -> Iterator[None]:
    """As a user whom permissions bind: root, whom they do not, becomes somebody else for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_a_file_that_must_not_be_written(shared_folder: Path, mode: int) -> None:
    file = shared_folder / "broadsheet.db"
    open_archive(file).close()
    file.chmod(mode)
    shared_folder.chmod(0o777)
    says = "read-only" if mode else "must be readable and writable"
    with without_power(), one_clear_line(file, says):
        archive = open_archive(file)
        try:
            archive.register(sources(1), now=NOW)
        finally:
            archive.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_folder_that_must_not_be_written(shared_folder: Path) -> None:
    file = shared_folder / "broadsheet.db"
    shared_folder.chmod(0o555)
    with without_power(), one_clear_line(file, "must be readable and writable"):
        open_archive(file)
    shared_folder.chmod(0o755)
    open_archive(file).close()
    shared_folder.chmod(0o555)
    with without_power(), one_clear_line(file, "must be readable and writable|read-only"):
        archive = open_archive(file)
        archive.close()


def test_a_full_disk_leaves_nothing_half_done(file: Path) -> None:
    archive = SqliteArchive.open(file)
    ledger = archive.ledger("site")
    ledger.settle(ledger.dirty(), values={})
    before = archive.counts(), archive.fetch_log(source_key=None, limit=99)
    connection = archive._database._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    batch = [quiet(0, at=NOW + HOUR), first_fetch(1, 150)]
    noisy = msgspec.structs.replace(quiet(0), state=SourceState(key="source-0", error="x" * 200_000))
    for attempt in (
        lambda: archive.apply(batch),
        lambda: archive.apply([noisy]),
        lambda: archive.apply_pages([page_of(0, 0, " ".join(map(str, range(90_000))))]),
        lambda: archive.register(sources(900), now=NOW),
    ):
        with one_clear_line(file, "the disk is full"):
            attempt()
    assert (archive.counts(), archive.fetch_log(source_key=None, limit=99)) == before
    assert ledger.dirty() == []
    connection.execute("PRAGMA max_page_count = 1000000")
    assert archive.apply(batch) == [None, None]
    assert archive.counts().articles == 153
    assert len(ledger.dirty()) == 150
    archive.close()


def test_a_disk_that_refuses_to_write(file: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limits on the size of files")
    archive = open_archive(file)
    before = archive.counts()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, limits[1]))
        with one_clear_line(file, "cannot be read or written|disk is full"):
            for hour in range(20):
                archive.apply([changes(1, [write(1, n) for n in range(199)], at=NOW + hour * HOUR)])
                archive.apply([changes(0, edits=[edit(n, hour) for n in range(3)], at=NOW + hour * HOUR)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert archive.counts().articles in {before.articles, before.articles + 199}
    assert archive.apply([first_fetch(1, 150)]) == [None]
    archive.close()


def edit(entry: int, hour: int) -> ArticleWrite:
    return write(0, entry, text=f"{hour} " * 500, changed_at=NOW + hour * HOUR, changed=("text",))
