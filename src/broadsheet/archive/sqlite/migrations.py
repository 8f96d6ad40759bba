"""From any earlier schema to the current one, which is also how a new archive is made."""

import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from broadsheet.errors import ArchiveError

APPLICATION_ID: Final = 0x42524453
"""`BRDS`, in the file's header: tells an archive from another program's database."""


@cache
def _steps() -> tuple[Traversable, ...]:
    folder = files("broadsheet.archive.sqlite") / "schema"
    return tuple(sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name))


def newest() -> int:
    """The version of the schema that this code works with."""
    return len(_steps())


def version(connection: sqlite3.Connection, file: str) -> int:
    """The schema's version, 0 for a file that is still empty.

    Raises:
        ArchiveError: it is another program's database, or of a newer version.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or number or application:
            raise ArchiveError(f"{file}: is another program's database; set another [archive] path")
        return 0
    if number > newest():
        raise ArchiveError(
            f"{file}: was written by a newer Broadsheet (schema {number}, this one knows up to {newest()}); update it"
        )
    return int(number)


def migrate(connection: sqlite3.Connection, *, start: int, stop: int | None = None) -> None:
    """Runs the steps after `start`, inside the caller's transaction; `stop` (for tests) is the last one to run."""
    for number, step in enumerate(_steps()[:stop], start=1):
        if number <= start:
            continue
        for statement in _statements(step.read_text("utf-8")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _statements(script: str) -> Iterator[str]:
    """One statement at a time; `executescript` would commit the transaction that it is called in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
