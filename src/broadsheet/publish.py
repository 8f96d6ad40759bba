"""Brings editions up to date with the archive: only what changed is written, and a crash at any point is made good.

One edition's way is in `pressrun`; what to write is the editions' matter, and how a file is written the writer's.
"""

import logging
from collections.abc import Sequence

from broadsheet.desk import ArchiveDesk
from broadsheet.editions.base import Desk
from broadsheet.errors import ArchiveError, OutputError, bug_words
from broadsheet.model import Value
from broadsheet.ports import Archive, Crew, MediaStore
from broadsheet.pressrun import EditionReport, Outlet, PressRun, Progress
from broadsheet.settings import Settings

_bugs = logging.getLogger("broadsheet.bug")


class PublishReport(Value, frozen=True, kw_only=True):
    """The editions, in the order of the configuration."""

    editions: tuple[EditionReport, ...] = ()

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(edition, message) of everything that went wrong, pages that could not be written included."""
        return [
            (edition.name, message)
            for edition in self.editions
            for message in (*((edition.error,) if edition.error else ()), *edition.problems)
        ]

    @property
    def nothing_done(self) -> bool:
        """There are editions, and none could be brought up to date."""
        return bool(self.editions) and all(edition.error for edition in self.editions)


def publish(
    archive: Archive,
    settings: Settings,
    outlets: Sequence[Outlet],
    media: MediaStore,
    *,
    progress: Progress,
    crew: Crew | None = None,
) -> PublishReport:
    """Brings every edition up to date; one that fails does not stop the others.

    Raises:
        ArchiveError: the archive cannot be read or written.
    """
    desk = ArchiveDesk(archive, settings, crew)
    return PublishReport(editions=tuple(_publish(archive, desk, outlet, media, progress) for outlet in outlets))


def _publish(archive: Archive, desk: Desk, outlet: Outlet, media: MediaStore, progress: Progress) -> EditionReport:
    run = PressRun(outlet, archive.ledger(outlet.edition.name), media, progress)
    error = None
    try:
        run.bring_up_to_date(desk, archive.identity())
    except ArchiveError:
        raise
    except OutputError as failure:
        error = str(failure)
    except Exception as bug:  # noqa: BLE001 - it costs this edition, and is logged with its place
        _bugs.error("edition %s", outlet.edition.name, exc_info=bug)
        error = bug_words(bug)
    return run.report(error)
