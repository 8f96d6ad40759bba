"""The error tree: whose fault it is shows in the type.

    BroadsheetError
    ├── UsageError      the command was called in a way that cannot be
    ├── ConfigError     the user's file: what, where, and what would be right
    ├── SourceError     theirs: a source, page or image that could not be had or read
    ├── ArchiveError    ours: the store cannot be opened, read or written
    └── OutputError     ours: an edition's folder cannot be written
        └── PageError   one page of it cannot be; the others can

Broken content of a feed is no exception: parsers return problems.
"""

from typing import Literal, get_args

ErrorKind = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "too_large",
    "status",
    "redirect",
    "refused",
    "encoding",
    "format",
    "empty",
    "robots",
    "held",
    "gone",
]
"""Why a source failed, one word each; `held` and `gone` are states that a host asked for."""

ERROR_KINDS: tuple[str, ...] = get_args(ErrorKind)


class BroadsheetError(Exception):
    """Anything that Broadsheet can say in one clear line."""


class UsageError(BroadsheetError):
    """A command that cannot be carried out as it was given."""


class ConfigError(BroadsheetError):
    """A mistake in the configuration; the text names file, key path and the remedy."""


class ArchiveError(BroadsheetError):
    """The archive cannot be opened, read or written."""


class OutputError(BroadsheetError):
    """An edition's folder or the media store cannot be used."""


class PageError(OutputError):
    """One page that cannot be written; the rest of its edition can.

    Attributes:
        blocker: the path, relative to the edition's folder, of what is in the way, if something is.
    """

    def __init__(self, message: str, *, blocker: str | None = None) -> None:
        super().__init__(message)
        self.blocker = blocker


class SourceError(BroadsheetError):
    """A source, page or image that could not be fetched or read.

    Attributes:
        kind: one of `ERROR_KINDS`.
        retry_after_s: seconds that the host asked us to wait, `None` if it did not say.
    """

    def __init__(self, kind: ErrorKind, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.retry_after_s = retry_after_s


def bug_words(error: Exception) -> str:
    """A bug of ours in one line; the whole of it goes to the log."""
    first = " ".join(str(error).split())
    told = f"{type(error).__name__}: {first[:160]}" if first else type(error).__name__
    return f"met a bug in Broadsheet ({told}); --debug shows where"
