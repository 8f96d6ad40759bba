"""A kill -9 at any moment: what was said to be there is there, and going on gives the same as never being killed."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import archive_victim

HERE = Path(__file__).parent
ROUNDS = 10


def run(file: Path, *, kill_after: int | None = None, delay_s: float = 0.0) -> list[int]:
    """Runs the victim, killed some time after it told of so many batches; the batches that it told of."""
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    with subprocess.Popen(
        [sys.executable, archive_victim.__file__, str(file)], stdout=subprocess.PIPE, text=True, env=environment
    ) as victim:
        assert victim.stdout
        told = []
        for line in victim.stdout:
            told.append(int(line))
            if len(told) == kill_after:
                time.sleep(delay_s)
                victim.kill()
        victim.wait()
    assert kill_after is not None or victim.returncode == 0
    return told


def check(file: Path) -> None:
    """Every page, index and search segment is whole."""
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    connection.close()


def content(file: Path) -> dict[str, list[object]]:
    """Every row of every table but the archive's own name and the inside of the search index."""
    connection = sqlite3.connect(file)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not name.startswith("search")
    ]
    rows = {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in tables}  # noqa: S608
    rows["facts"] = [row for row in rows["facts"] if "identity" not in row]
    rows["search"] = connection.execute(
        "SELECT rowid FROM search WHERE search MATCH 'text OR edit' ORDER BY rowid"
    ).fetchall()
    connection.close()
    return rows


def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    file, undisturbed = tmp_path / "killed.db", tmp_path / "undisturbed.db"
    archive_victim.main(str(undisturbed))
    reached = 0
    for number in range(ROUNDS):
        told = run(file, kill_after=1 + number * 2, delay_s=number * 0.0007)
        check(file)
        connection = sqlite3.connect(file)
        (fetches,) = connection.execute("SELECT count(*) FROM fetch_log").fetchone()
        connection.close()
        reached = max(reached, len(told))
        assert fetches >= reached
    assert run(file) == list(range(archive_victim.BATCHES))
    check(file)
    assert content(file) == content(undisturbed)


def test_applying_everything_twice_changes_no_row(tmp_path: Path) -> None:
    file = tmp_path / "twice.db"
    archive_victim.main(str(file))
    before = content(file)
    archive_victim.main(str(file))
    assert content(file) == before
