"""`sync`, `publish` and `run`: the main job."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, TypeVar

import click

from broadsheet.app import Workforce, collect_garbage_rarely, locked, opened_archive, run_publish, run_sync, utc_now
from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.progress import display
from broadsheet.cli.summary import publish_lines, sync_lines
from broadsheet.config.durations import seconds
from broadsheet.errors import BroadsheetError, UsageError
from broadsheet.pipeline.report import SyncReport
from broadsheet.ports import Archive
from broadsheet.publish import PublishReport
from broadsheet.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])


def _sync_options(function: Function) -> Function:
    decorated: Any = click.argument("source", nargs=-1)(function)
    decorated = click.option("--all", "everything", is_flag=True, help="Also sources that are not due yet.")(decorated)
    decorated = click.option("--strict", is_flag=True, help="Exit 1 if any source fails.")(decorated)
    result: Function = decorated
    return result


@click.command()
@_sync_options
@shared_options
def sync(options: Options, source: tuple[str, ...], *, everything: bool, strict: bool) -> int:
    """Fetch what is due into the archive. SOURCE is a url, a route, or a part of one.

    \b
    Examples:
      broadsheet sync                 what is due
      broadsheet sync zaker --all     every source with "zaker" in it, due or not
    """
    settings = options.settings()
    started = time.monotonic()
    with locked(settings), opened_archive(settings) as archive:
        report = _fetch(options, settings, archive, source, everything=everything)
    took_s = time.monotonic() - started
    if options.json:
        options.print_json(_sync_json(report, took_s))
    else:
        _print(options, sync_lines(report, now=utc_now()))
    return _code(report, strict=strict)


@click.command()
@shared_options
def publish(options: Options) -> int:
    """Bring every configured edition up to date with the archive, writing only what changed.

    \b
    Examples:
      broadsheet publish
      broadsheet publish --json
    """
    settings = options.settings()
    started = time.monotonic()
    with locked(settings), opened_archive(settings) as archive:
        report = run_publish(settings, archive)
    took_s = time.monotonic() - started
    if options.json:
        options.print_json(
            {"editions": _editions_json(report), "errors": _output_errors(report), "duration_s": _rounded(took_s)}
        )
    else:
        _print(options, publish_lines(report, settings, took_s=took_s))
    return 1 if report.errors else 0


@click.command()
@_sync_options
@click.option("--every", metavar="TIME", help="Keep going until a signal, with this much between two runs: 30m, 1h.")
@shared_options
def run(options: Options, source: tuple[str, ...], *, everything: bool, strict: bool, every: str | None) -> int:
    """Sync, then publish. SOURCE is a url, a route, or a part of one.

    \b
    Examples:
      broadsheet run
      broadsheet run --every 30m
    """
    if every is None:
        return _run_once(options, source, everything=everything, strict=strict)
    try:
        pause_s = max(seconds(every), 1.0)
    except ValueError as error:
        raise UsageError(f"--every: {error}") from error
    return _run_on(options, source, everything=everything, pause_s=pause_s)


def _run_once(options: Options, source: Sequence[str], *, everything: bool, strict: bool) -> int:
    settings = options.settings()
    started = time.monotonic()
    with locked(settings), opened_archive(settings) as archive, Workforce() as workforce:
        report = _fetch(options, settings, archive, source, everything=everything, workforce=workforce)
        published = run_publish(settings, archive, workforce=workforce)
    took_s = time.monotonic() - started
    if options.json:
        whole = _sync_json(report, took_s)
        whole["editions"] = _editions_json(published)
        whole["output_errors"] = _output_errors(published)
        options.print_json(whole)
    else:
        _print(options, sync_lines(report, now=utc_now()) + publish_lines(published, settings, took_s=took_s))
    return 1 if published.errors else _code(report, strict=strict)


def _run_on(options: Options, source: Sequence[str], *, everything: bool, pause_s: float) -> int:
    """Runs until SIGINT or SIGTERM; a failing run is reported and does not end it.

    Raises:
        ConfigError: the configuration cannot be read to begin with.
    """
    options.settings()
    stop = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        options.note("stopping when this run has ended; once more to stop now")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    while not stop.is_set():
        try:
            _run_once(options, source, everything=everything, strict=False)
        except BroadsheetError as error:
            click.echo(str(error), err=True)
        stop.wait(pause_s)
    return 0


def _fetch(
    options: Options,
    settings: Settings,
    archive: Archive,
    wanted: Sequence[str],
    *,
    everything: bool,
    workforce: Workforce | None = None,
) -> SyncReport:
    collect_garbage_rarely()
    try:
        with display(quiet=options.quiet) as progress:
            return run_sync(
                settings, archive, wanted=wanted, everything=everything, progress=progress, workforce=workforce
            )
    except KeyboardInterrupt:
        options.note("what was read is archived")
        raise


def _sync_json(report: SyncReport, took_s: float) -> dict[str, Any]:
    return {
        "sources": report.sources,
        "entries": report.entries,
        "pages": report.pages,
        "images": report.images,
        "errors": report.errors,
        "problems": report.problems,
        "recovered": report.recovered,
        "duration_s": _rounded(took_s),
    }


def _editions_json(report: PublishReport) -> dict[str, Any]:
    return {
        edition.name: {
            "pages_written": edition.pages_written,
            "pages_removed": edition.pages_removed,
            "pages_total": edition.pages_total,
        }
        for edition in report.editions
    }


def _output_errors(report: PublishReport) -> list[dict[str, str]]:
    return [{"edition": edition, "message": message} for edition, message in report.errors]


def _rounded(took_s: float) -> float:
    return round(took_s, 3)


def _print(options: Options, lines: Sequence[str]) -> None:
    for line in lines:
        options.say(line)


def _code(report: SyncReport, *, strict: bool) -> int:
    has_failures = any(error.outcome == "failed" for error in report.errors)
    return 1 if report.nothing_done or (strict and has_failures) else 0
