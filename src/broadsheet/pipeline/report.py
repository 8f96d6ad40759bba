"""What a sync tells while it works and when it ends. Values and one protocol; nothing is printed here."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from broadsheet.model import Value

Outcome = Literal["fetched", "unchanged", "failed", "held"]


class SourceEvent(Value, frozen=True, kw_only=True):
    """What became of one source in this run; `ref` is masked."""

    key: str
    ref: str
    outcome: Outcome
    status: int | None = None
    kind: str | None = None
    message: str = ""
    new: int = 0
    changed: int = 0
    problems: tuple[str, ...] = ()
    duration_s: float = 0.0
    first_failure: bool = False
    recovered: bool = False


class SourceCounts(Value, frozen=True, kw_only=True):
    """Sources by what became of them; the four outcomes add up to `due`.

    Attributes:
        held: those whose host asked us to wait, now or in an earlier run.
    """

    due: int = 0
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    held: int = 0

    def with_held(self, waiting: int) -> "SourceCounts":
        """The same with sources that were not even asked, because they are held."""
        return msgspec.structs.replace(self, due=self.due + waiting, held=self.held + waiting)


class EntryCounts(Value, frozen=True, kw_only=True):
    """Entries in the documents that were read; `duplicate` counts those that another source had brought already."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0


class FetchCounts(Value, frozen=True, kw_only=True):
    """Pages or images: fetched, failed for now or for good, and still waiting for a later run."""

    fetched: int = 0
    failed: int = 0
    waiting: int = 0


class ErrorLine(Value, frozen=True, kw_only=True):
    """One source that failed or was told to wait: as configured (masked), what kind of failure, and why in words.

    Attributes:
        since: when the first of its failures in a row was; `None` if it has none, or its route cannot be found.
        next_try: when it is asked again; `None` means never, or with every run.
    """

    source: str
    kind: str
    message: str
    outcome: Literal["failed", "held"] = "failed"
    since: datetime | None = None
    next_try: datetime | None = None


class ProblemLine(Value, frozen=True, kw_only=True):
    """One source (masked) that was read in part, and what was wrong with the rest, in words."""

    source: str
    problems: tuple[str, ...]


class SyncReport(Value, frozen=True, kw_only=True):
    """The whole of one sync; its JSON form is part of the outer contract.

    Attributes:
        no_sources: there is none, configured or listed by a catalogue.
    """

    sources: SourceCounts
    entries: EntryCounts
    pages: FetchCounts = FetchCounts()
    images: FetchCounts = FetchCounts()
    errors: tuple[ErrorLine, ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    recovered: tuple[str, ...] = ()
    no_sources: bool = False

    @property
    def nothing_done(self) -> bool:
        """Every source that was due has failed, or no catalogue gave any."""
        every_one_failed = self.sources.due > 0 and self.sources.failed == self.sources.due
        return every_one_failed or (self.no_sources and bool(self.errors))


class Progress(Protocol):
    """Hears of a sync as it goes."""

    def begin(self, stage: str, total: int) -> None:
        """A stage (`sources`, `pages`, `images`) starts with this much to do."""
        ...

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        """One of them is done; sources say what became of them."""
        ...


class Silent:
    """A `Progress` that nobody listens to."""

    def begin(self, stage: str, total: int) -> None:
        """Says nothing."""

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        """Says nothing."""
