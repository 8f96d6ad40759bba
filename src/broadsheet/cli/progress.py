"""Progress of a run: bars on a terminal, one plain line a source elsewhere. On standard error only."""

import sys
from types import TracebackType
from typing import Any, Protocol, Self

import click

from broadsheet.cli.words import duration, padded
from broadsheet.pipeline.report import Silent, SourceEvent

LABELS = {"sources": "Sources", "pages": "Pages", "images": "Images"}


class Display(Protocol):
    """A `Progress` that is shown while its block runs."""

    def __enter__(self) -> Self:
        """Starts showing."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops showing."""
        ...

    def begin(self, stage: str, total: int) -> None:
        """A stage starts."""
        ...

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        """One more of it is done."""
        ...


def display(*, quiet: bool) -> Display:
    """What suits standard error."""
    if quiet:
        return Nothing()
    return Bars() if sys.stderr.isatty() else Lines()


class Nothing(Silent):
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Lines(Nothing):
    """One plain line a source."""

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        """Prints what became of a source."""
        del stage
        if event is not None:
            click.echo(line(event), err=True)


def line(event: SourceEvent) -> str:
    """What became of one source, in one line."""
    if event.outcome in {"failed", "held"}:
        told = event.message
    elif event.outcome == "unchanged":
        told = ""
    else:
        told = f"{event.new} new" + (f", {event.changed} changed" if event.changed else "")
        if event.problems:
            told += f"; read in part: {event.problems[0]}"
    timed = f"  {duration(event.duration_s)}" if event.duration_s else ""
    return f"{event.outcome:<9}  {padded(event.ref, 56)}  {told}{timed}".rstrip()


class Bars(Nothing):
    """One bar for sources, one for pages and images when there are any."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress: Any = Progress(
            TextColumn("{task.description:<8}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[last]}", style="dim"),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, stage: str, total: int) -> None:
        """Shows a bar."""
        self._tasks[stage] = self._progress.add_task(LABELS.get(stage, stage), total=total, last="")

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        """Moves a bar."""
        from rich.markup import escape

        from broadsheet.cli.words import one_line

        last = {} if event is None else {"last": escape(one_line(event.ref, 40))}
        self._progress.advance(self._tasks[stage])
        if last:
            self._progress.update(self._tasks[stage], **last)
