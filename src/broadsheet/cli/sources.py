"""`sources`: the health of each source, what is broken first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from broadsheet.app import archive_to_read, utc_now
from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.words import ago, clock, number, padded, since
from broadsheet.model import SourceState
from broadsheet.pipeline.choice import meant
from broadsheet.ports import Archive, SourceRow
from broadsheet.settings import Settings
from broadsheet.urls import mask

ORDER = {"failing": 0, "gone": 1, "held": 2, "new": 3, "ok": 4}


@click.command()
@click.argument("source", nargs=-1)
@click.option("--check", is_flag=True, help="Exit 1 if any source is failing.")
@click.option("--failing", is_flag=True, help="Only those that fail.")
@shared_options
def sources(options: Options, source: tuple[str, ...], *, check: bool, failing: bool) -> int:
    """Show the health of each source: last success, failures and why, next due, new articles a day.

    \b
    Examples:
      broadsheet sources
      broadsheet sources --check --json
    """
    now = utc_now()
    settings = options.settings()
    with archive_to_read(settings) as archive:
        rows = _rows(archive, settings, now)
    if source:
        wanted = meant([row.source for row in rows], source)
        rows = [row for row in rows if row.source in wanted]
    broken = [row for row in rows if state(row, now=now) in {"failing", "gone"}]
    shown = sorted(broken if failing else rows, key=lambda row: ORDER[state(row, now=now)])
    if options.json:
        options.print_json({"sources": [_json(row, now=now) for row in shown]})
    else:
        for line in table(shown, now=now):
            options.say(line)
    return 1 if check and broken else 0


def _rows(archive: Archive, settings: Settings, now: datetime) -> list[SourceRow]:
    """The configured sources as the archive knows them, and those that it does not know yet."""
    rows = {row.source.key: row for row in archive.sources(now=now)}
    configured = {source.key for source in settings.sources}
    shown = [row for row in rows.values() if row.source.key in configured or (row.active and settings.catalogues)]
    new = [source for source in settings.sources if source.key not in rows]
    return shown + [
        SourceRow(source=source, state=SourceState(key=source.key), active=True, articles=0, new_per_day=0.0)
        for source in new
    ]


def state(row: SourceRow, *, now: datetime) -> str:
    """`ok`, `failing`, `held`, `gone` or `new` (not fetched yet)."""
    polled = row.state
    if polled.gone:
        return "gone"
    if polled.held_until is not None and polled.held_until > now:
        return "held"
    if polled.failures:
        return "failing"
    return "new" if polled.last_fetch is None else "ok"


def table(rows: Sequence[SourceRow], *, now: datetime) -> list[str]:
    """A line a source; what is wrong stands below it."""
    if not rows:
        return ["no sources; add [[sources]] to the configuration"]
    lines = [f"{'state':<8}  {'source':<44}  {'articles':>8}  {'a day':>6}  {'last success':<13}  next due"]
    for row in rows:
        polled = row.state
        lines.append(
            f"{state(row, now=now):<8}  {padded(mask(row.source.ref), 44)}  {number(row.articles):>8}"
            f"  {row.new_per_day:>6.1f}  {ago(polled.last_success, now=now):<13}  {_next(row, now=now)}"
        )
        if polled.error:
            lines.append(f"{'':<8}  {polled.error} {since(polled.failing_since, now=now)}".rstrip())
        lines.extend(f"{'':<8}  read in part: {problem}" for problem in polled.problems[:2])
    return lines


def _next(row: SourceRow, *, now: datetime) -> str:
    if row.state.gone:
        return "never: change its url"
    due = max((moment for moment in (row.state.next_due, row.state.held_until) if moment is not None), default=now)
    return "now" if due <= now else clock(due, now=now)


def _json(row: SourceRow, *, now: datetime) -> dict[str, Any]:
    polled = row.state
    return {
        "source": mask(row.source.ref),
        "key": mask(row.source.key),
        "section": row.source.section,
        "state": state(row, now=now),
        "feed_title": polled.feed_title,
        "articles": row.articles,
        "new_per_day": round(row.new_per_day, 2),
        "last_fetch": polled.last_fetch,
        "last_success": polled.last_success,
        "last_new": polled.last_new,
        "next_due": polled.next_due,
        "held_until": polled.held_until,
        "failures": polled.failures,
        "failing_since": polled.failing_since,
        "kind": "status" if polled.error_kind == "held" else polled.error_kind,
        "message": polled.error,
        "problems": polled.problems,
    }
