"""What every stage of a sync works with, and how a bug of ours becomes the failure of one item."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from broadsheet.errors import SourceError, bug_words
from broadsheet.pipeline.report import Progress
from broadsheet.ports import Archive, Fetcher, MediaStore, Pool
from broadsheet.settings import Settings

OK = 200
_bugs = logging.getLogger("broadsheet.bug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The ports and settings of one sync.

    Attributes:
        archive: where the configured sources are already registered.
        fetcher: gets feeds, pages and images.
        media: where mirrored images go.
        pool: where documents are digested.
        clock: gives the time, aware and UTC.
        progress: hears of each source, page and image.
    """

    archive: Archive
    fetcher: Fetcher
    media: MediaStore
    pool: Pool
    settings: Settings
    clock: Callable[[], datetime]
    progress: Progress

    @property
    def mirror_images(self) -> bool:
        """Images of new and edited articles are to be fetched."""
        return self.settings.images.mode == "mirror"


def unexpected(error: Exception, where: str) -> SourceError:
    """A bug of ours: it costs only the one item that met it, and does not disappear."""
    _bugs.error("%s", where, exc_info=error)
    return SourceError("format", bug_words(error))
