"""The summary at the end of a run, as lines for people."""

import re
from collections.abc import Sequence
from datetime import datetime

from broadsheet.cli.words import clock, columns, count, duration, number, padded, since
from broadsheet.pipeline.report import ErrorLine, SyncReport
from broadsheet.publish import PublishReport
from broadsheet.settings import Settings

MOST_ERRORS = 10
"""Failing sources named in the summary; `broadsheet sources` names all."""

MOST_COLUMNS = 48

NOUNS = {"hexo": "post"}
"""What the pages of an edition are called, if not pages."""


def sync_lines(report: SyncReport, *, now: datetime) -> list[str]:
    """Sources, articles, pages and images, then what failed and what recovered."""
    sources, entries = report.sources, report.entries
    if not sources.due:
        lines = ["no source is due; --all asks them all the same"]
    else:
        lines = [
            _row(sources.due, "source", _parts(sources, ("unchanged", "fetched", "failed", "held"))),
            _row(
                entries.new + entries.changed + entries.duplicate,
                "article",
                _parts(entries, ("new", "changed"), (("also elsewhere", entries.duplicate),)),
            ),
        ]
    for name, counts in (("page", report.pages), ("image", report.images)):
        if counts.fetched or counts.failed or counts.waiting:
            total = counts.fetched + counts.failed + counts.waiting
            lines.append(_row(total, name, _parts(counts, ("fetched", "failed", "waiting"))))
    return (
        lines + _error_lines(report.errors, now=now) + [f"recovered  {ref}" for ref in report.recovered[:MOST_ERRORS]]
    )


def publish_lines(report: PublishReport, settings: Settings, *, took_s: float) -> list[str]:
    """One line an edition, the time at the end."""
    nouns = {edition.name: NOUNS.get(edition.kind, "page") for edition in settings.editions}
    if not report.editions:
        return ["no edition is configured; add [editions.site] to publish one"]
    lines = []
    for edition in report.editions:
        told = f"{count(edition.pages_written, nouns[edition.name])} written, {number(edition.pages_total)} in all"
        if edition.pages_removed:
            told += f", {number(edition.pages_removed)} removed"
        lines.append(f"{edition.name:<10}  {told}")
    if lines:
        lines[-1] = f"{lines[-1]:<60}  {duration(took_s)}"
    return lines + [f"failed      {name}: {message}" for name, message in report.errors]


def _row(total: int, noun: str, parts: str) -> str:
    left = f"{number(total):>6} {noun if total == 1 else noun + 's'}"
    return f"{left:<16}  {parts}".rstrip()


def _parts(counts: object, names: Sequence[str], more: Sequence[tuple[str, int]] = ()) -> str:
    told = [(name, getattr(counts, name)) for name in names] + list(more)
    return " · ".join(f"{number(value)} {name}" for name, value in told if value)


def _error_lines(errors: Sequence[ErrorLine], *, now: datetime) -> list[str]:
    shown = errors[:MOST_ERRORS]
    width = min(max((columns(_name(error)) for error in shown), default=0), MOST_COLUMNS)
    lines = [f"{error.outcome:<6}  {padded(_name(error), width)}  {_trouble(error, now=now)}" for error in shown]
    if len(errors) == 1:
        lines[0] += f"  see: broadsheet sources {_quoted(_name(errors[0]))}"
    elif errors:
        more = f"and {number(len(errors) - MOST_ERRORS)} more; " if len(errors) > MOST_ERRORS else ""
        lines.append(f"        {more}see: broadsheet sources")
    return lines


def _name(error: ErrorLine) -> str:
    """A route or an address, as short as it can still be told and looked up by."""
    return error.source.removeprefix("https://").removeprefix("http://").strip("/")


def _quoted(name: str) -> str:
    """As a shell takes it for one word."""
    return name if re.fullmatch(r"[\w./:@%+,-]+", name) else f"'{name}'"


def _trouble(error: ErrorLine, *, now: datetime) -> str:
    told = f"{error.message} {since(error.since, now=now)}".rstrip()
    return told if error.next_try is None else f"{told}, next try {clock(error.next_try, now=now)}"
