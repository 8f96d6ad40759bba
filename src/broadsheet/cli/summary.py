"""The summary at the end of a run, as lines for people."""

from collections.abc import Sequence
from datetime import datetime

from broadsheet.cli.words import count, duration, number, padded
from broadsheet.pipeline.report import ErrorLine, SyncReport
from broadsheet.publish import PublishReport

MOST_ERRORS = 10
"""Failing sources named in the summary; `broadsheet sources` names all."""


def sync_lines(report: SyncReport, *, now: datetime) -> list[str]:
    """Sources, articles, pages and images, then what failed and what recovered."""
    del now
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
    return lines + _error_lines(report.errors) + [f"recovered  {ref}" for ref in report.recovered[:MOST_ERRORS]]


def publish_lines(report: PublishReport, *, took_s: float) -> list[str]:
    """One line an edition, the time at the end."""
    if not report.editions:
        return ["no edition is configured; add [editions.site] to publish one"]
    lines = []
    for edition in report.editions:
        told = f"{count(edition.pages_written, 'page')} written, {number(edition.pages_total)} in all"
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


def _error_lines(errors: Sequence[ErrorLine]) -> list[str]:
    lines = [f"failed  {padded(error.source, 48)}  {error.message}" for error in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        lines.append(f"        and {number(len(errors) - MOST_ERRORS)} more")
    if lines:
        lines.append("        see: broadsheet sources")
    return lines
