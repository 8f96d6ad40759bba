"""Opens the archive that the configuration names. One store is one sub-package; this is their registry."""

from pathlib import Path

from broadsheet.errors import ArchiveError
from broadsheet.ports import Archive


def open_archive(where: Path | str, *, create: bool = True) -> Archive:
    """The archive at a path, brought up to the current schema; `":memory:"` gives one that lives in this process only.

    Args:
        where: a path, or a URL of a store that is not a file.
        create: make a new archive where there is none; its folder must exist.

    Raises:
        ArchiveError: there is none, or it cannot be opened; one line that names the file and what to do.
    """
    if isinstance(where, str) and "://" in where:
        scheme = where.partition("://")[0]
        raise ArchiveError(f"[archive] {scheme}:// is not a store that this version knows; set a path instead")
    from broadsheet.archive.sqlite.store import SqliteArchive

    return SqliteArchive.open(where, create=create)
