"""`demo`: the main job on the bundled sample web, served on loopback; needs no network."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.app import locked, opened_archive, run_publish, run_sync, utc_now
from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.progress import Display, display
from broadsheet.cli.summary import publish_lines, sync_lines
from broadsheet.cli.words import duration
from broadsheet.config.read import DEFAULT_NAME, read
from broadsheet.errors import OutputError, UsageError
from broadsheet.pipeline.report import SyncReport
from broadsheet.publish import PublishReport
from broadsheet.settings import Settings

if TYPE_CHECKING:
    from broadsheet.demo.server import SampleWeb

PORT = 8421
"""Tried first, so that a second demo has the same addresses as the first."""

DATABASE = ("broadsheet.db", "broadsheet.db-wal", "broadsheet.db-shm", "broadsheet.db.lock")
MADE = (*DATABASE, "media", "public", "blog/source/_posts", "blog/source/media")
MARK = "# The configuration of the demo."


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="broadsheet-demo", metavar="[DIR]")
@shared_options
def demo(options: Options, folder: Path) -> int:
    """Run the main job on a bundled sample web, twice: the second time an article has been edited.

    Leaves a site to open, posts for Hexo, and a configuration to learn from, all in DIR.

    \b
    Examples:
      broadsheet demo
      broadsheet demo /tmp/news --json
    """
    _clear(folder)
    started = time.monotonic()
    with _sample_web() as web:
        path = folder / DEFAULT_NAME
        settings = _configured(path, web.url)
        reports = [_once(options, settings, path, number) for number in (1, 2)]
    took_s = time.monotonic() - started
    site = folder.resolve() / "public" / "index.html"
    if options.json:
        options.print_json({"site": str(site), "runs": [_json(*report) for report in reports], "duration_s": took_s})
    options.say(f"\nDone in {duration(took_s)}. Open the site:  {site}")
    options.say(f"Its configuration, to learn from:  {folder / DEFAULT_NAME}")
    return int(any(published.errors for _, published in reports))


def _once(options: Options, settings: Settings, path: Path, number: int) -> tuple[SyncReport, PublishReport]:
    options.say(("" if number == 1 else "\n") + f"$ broadsheet run --all --config {path}")
    started = time.monotonic()
    with locked(settings), opened_archive(settings) as archive, _shown(options) as progress:
        report = run_sync(settings, archive, everything=True, progress=progress)
        published = run_publish(settings, archive)
    for line in sync_lines(report, now=utc_now()) + publish_lines(
        published, settings, took_s=time.monotonic() - started
    ):
        options.say(line)
    return report, published


def _shown(options: Options) -> Display:
    """Bars on a terminal; elsewhere the summary says enough."""
    return display(quiet=options.quiet or not sys.stderr.isatty())


def _json(report: SyncReport, published: PublishReport) -> dict[str, Any]:
    return {
        "sources": report.sources,
        "entries": report.entries,
        "errors": report.errors,
        "editions": {edition.name: edition.pages_written for edition in published.editions},
    }


@contextmanager
def _sample_web() -> Iterator["SampleWeb"]:
    """The sample web at its usual port, or at any that is free.

    Raises:
        OutputError: it cannot be served at all.
    """
    from broadsheet.demo.server import SampleWeb

    with ExitStack() as stack:
        try:
            web = stack.enter_context(SampleWeb(port=PORT))
        except OSError:
            try:
                web = stack.enter_context(SampleWeb(port=0))
            except OSError as error:
                raise OutputError(str(error)) from error
        yield web


def _configured(path: Path, url: str) -> Settings:
    from broadsheet.demo import sample_config

    try:
        path.write_text(sample_config(url), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from error
    return read(path)


def _clear(folder: Path) -> None:
    """Makes room: what an earlier demo made is removed, and nothing else is ever touched."""
    path = folder / DEFAULT_NAME
    try:
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            raise UsageError(f"{path}: is not a demo's; give the demo a folder of its own")
        if not path.exists() and folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder}: is not empty; give the demo a folder of its own")
        folder.mkdir(parents=True, exist_ok=True)
        for name in MADE:
            made = folder / name
            if made.is_dir() and not made.is_symlink():
                shutil.rmtree(made)
            else:
                made.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be used: {(error.strerror or str(error)).lower()}") from error
