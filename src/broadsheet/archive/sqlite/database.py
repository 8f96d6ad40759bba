"""The connection to one file: transactions, and SQLite's errors turned into one clear line. No tables here."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Final

from broadsheet.errors import ArchiveError

MEMORY: Final = ":memory:"

PAGE_BYTES: Final = 8192
"""Most packed bodies and captures fit into one such page."""

CACHE_KIB: Final = 32_768
WAL_PAGES: Final = 4000
"""A checkpoint each 32 MB: the pages that every batch rewrites are copied into the file once for many batches."""

_ADVICE: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run again",
    sqlite3.SQLITE_BUSY: "is locked by another program; try again when that has finished",
    sqlite3.SQLITE_LOCKED: "is locked by another program; try again when that has finished",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; move it away, or set another [archive] path",
    sqlite3.SQLITE_CORRUPT: "is damaged ({error}); restore a copy of it",
    sqlite3.SQLITE_READONLY: "cannot be written: the file or its folder is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: the file and its folder must be readable and writable",
    sqlite3.SQLITE_PERM: "cannot be opened: the file and its folder must be readable and writable",
    sqlite3.SQLITE_AUTH: "cannot be opened: the file and its folder must be readable and writable",
    sqlite3.SQLITE_IOERR: "cannot be read or written ({error}); check the disk",
    sqlite3.SQLITE_NOMEM: "cannot be used: there is not enough memory",
    sqlite3.SQLITE_PROTOCOL: "cannot be locked; a network drive may be the reason",
    sqlite3.SQLITE_INTERRUPT: "was interrupted",
}
"""By primary result code: what concerns the file as a whole. All other codes are about what was written."""


def concerns_store(error: Exception) -> bool:
    """Whether the file or the disk is at fault, and not the values that were to be written."""
    return isinstance(error, sqlite3.Error) and _primary_code(error) in _ADVICE


def in_words(error: sqlite3.Error, file: str) -> ArchiveError:
    """What is wrong, with which file, and what to do, in one line."""
    advice = _ADVICE.get(_primary_code(error), "cannot be used ({error})")
    return ArchiveError(f"{file}: {advice.format(error=error)}")


def _damaged(file: str, error: UnicodeDecodeError) -> ArchiveError:
    """Text that is none: of the schema even SQLite's own complaint cannot be read then."""
    return ArchiveError(f"{file}: is damaged (bytes that are no text: {error.reason}); restore a copy of it")


def _primary_code(error: sqlite3.Error) -> int:
    # Errors that the Python module raises itself carry no code.
    return getattr(error, "sqlite_errorcode", -1) & 0xFF


class Database:
    """One connection; methods may be called from any thread, which then wait for each other."""

    def __init__(self, file: str, *, busy_timeout_s: float) -> None:
        """Opens the file, making it if it is not there.

        Raises:
            ArchiveError: it cannot be opened, or is no SQLite database.
        """
        self.file = file
        self._lock = RLock()
        try:
            self._connection = sqlite3.connect(
                file, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        except sqlite3.Error as error:
            raise in_words(error, file) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise in_words(error, file) from error
        except UnicodeDecodeError as error:
            self._connection.close()
            raise _damaged(file, error) from error

    def _prepare(self) -> None:
        for pragma in (
            f"page_size = {PAGE_BYTES}",  # only counts for a file that is empty yet
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "secure_delete = FAST",  # what is taken down is overwritten; some builds would zero every page freed, too
            f"cache_size = -{CACHE_KIB}",
            f"wal_autocheckpoint = {WAL_PAGES}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One transaction that sees one state of the archive.

        Raises:
            ArchiveError: the file cannot be read.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is committed at the end, or leaves no trace.

        Raises:
            ArchiveError: the file cannot be written.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        with self._lock:
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise in_words(error, self.file) from error
            except UnicodeDecodeError as error:
                self._roll_back()
                raise _damaged(self.file, error) from error
            except UnicodeEncodeError as error:
                self._roll_back()
                raise ArchiveError(f"{self.file}: cannot hold or look for text with lone surrogates") from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # After a full disk SQLite may have rolled back already; a second error must not hide the first.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Lets go of the file; the last one to do so folds the write-ahead log into it."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that can fail alone."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # the whole transaction may be gone
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")
