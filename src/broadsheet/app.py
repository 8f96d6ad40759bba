"""The composition root: the only place that knows which adapter stands behind which port.

Shells (command line, later server and worker) come here with settings and get use cases that run.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from broadsheet.errors import ArchiveError
from broadsheet.model import FetchRequest, FetchResponse
from broadsheet.pipeline.report import Progress, Silent, SyncReport
from broadsheet.ports import Archive
from broadsheet.publish import PublishReport
from broadsheet.settings import EditionSettings, Settings

if TYPE_CHECKING:
    from broadsheet.desk import ArchiveDesk
    from broadsheet.editions.base import Edition
    from broadsheet.pool import CpuPool
    from broadsheet.pressrun import Outlet

WORTH_SHARING, WORTH_A_START = 600, 5000
"""Articles to print for which workers that are there, or that have to be started first, save time."""

Task = TypeVar("Task")
Result = TypeVar("Result")

MANY_SOURCES = 50
"""A first run of so many sources is worth starting all workers at once."""

Clock = Callable[[], datetime]
PublishProgress = Callable[[str, int], None]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def open_store(where: Path | str, *, create: bool = True) -> Archive:
    """The archive at a path or a URL; a new one where there is none, if it may be made.

    Raises:
        ArchiveError: it cannot be opened.
    """
    from broadsheet.archive import open_archive

    return open_archive(where, create=create)


@contextmanager
def opened_archive(settings: Settings) -> Iterator[Archive]:
    """The archive, closed in the end.

    Raises:
        ArchiveError: it cannot be opened.
    """
    with closing(open_store(settings.archive)) as archive:
        yield archive


@contextmanager
def archive_to_read(settings: Settings) -> Iterator[Archive]:
    """The archive, or an empty one in memory where there is none yet: a look makes no file.

    Raises:
        ArchiveError: it cannot be opened.
    """
    is_there = not isinstance(settings.archive, Path) or settings.archive.exists()
    with closing(open_store(settings.archive if is_there else ":memory:")) as archive:
        yield archive


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Keeps a second run off the same archive; the lock dies with its process.

    Raises:
        ArchiveError: another run holds it, or it cannot be made.
    """
    from filelock import FileLock, Timeout

    if not isinstance(settings.archive, Path):
        yield
        return
    lock = FileLock(f"{settings.archive}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ArchiveError(f"{settings.archive}: another run is at work on it; try again when it has ended") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ArchiveError(f"{settings.archive}: cannot be locked: {reason}; check the folder") from error
    try:
        yield
    finally:
        lock.release()


class Workforce:
    """The worker processes of one run, shared by its sync and its publish; imported and started when there is work."""

    def __init__(self) -> None:
        self._pool: CpuPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.close()

    @property
    def pool(self) -> "CpuPool":
        """The pool, made now if need be."""
        if self._pool is None:
            from broadsheet.pool import CpuPool

            self._pool = CpuPool()
        return self._pool

    @property
    def is_started(self) -> bool:
        """There are workers already."""
        return self._pool is not None and self._pool.is_started


def collect_garbage_rarely() -> None:
    """Spares this process a tenth of a sync's time; for shells, whose process is their own."""
    from broadsheet.pool import GC_THRESHOLD

    gc.set_threshold(GC_THRESHOLD, 20, 50)


def run_sync(
    settings: Settings,
    archive: Archive,
    *,
    wanted: Sequence[str] = (),
    everything: bool = False,
    progress: Progress | None = None,
    clock: Clock = utc_now,
    workforce: Workforce | None = None,
) -> SyncReport:
    """Registers the configured sources and fetches what is due; call it with the lock held.

    Args:
        settings: with the sources.
        archive: where to.
        wanted: only what these words mean (see `pipeline.choice`); all if there are none.
        everything: also what is not due.
        progress: hears of it.
        clock: tells the time.
        workforce: who reads documents; the caller ends it. One of its own, if not given.

    Raises:
        UsageError: a word means no source.
        ArchiveError: the archive cannot be used.
        OutputError: the media store cannot be written.
        KeyboardInterrupt: a signal ended it; what was read by then is archived.
    """
    import asyncio  # takes as long to import as a quiet publish takes in all

    with nullcontext(workforce) if workforce else Workforce() as workers:
        job = _sync(
            settings,
            archive,
            wanted=wanted,
            everything=everything,
            progress=progress or Silent(),
            clock=clock,
            pool=workers.pool,
        )
        return asyncio.run(job)


async def _sync(
    settings: Settings,
    archive: Archive,
    *,
    wanted: Sequence[str],
    everything: bool,
    progress: Progress,
    clock: Clock,
    pool: "CpuPool",
) -> SyncReport:
    if len(settings.sources) >= MANY_SOURCES and not archive.fetch_log(source_key=None, limit=1):
        pool.expect_much()  # before the imports below, which take about as long as the workers' start

    from broadsheet.fetcher import HttpFetcher
    from broadsheet.fetcher.settings import configured
    from broadsheet.media_store import FolderMediaStore
    from broadsheet.pipeline.catalogues import listed_sources
    from broadsheet.pipeline.choice import meant
    from broadsheet.pipeline.context import Context
    from broadsheet.pipeline.sync import sync

    fetcher = HttpFetcher(configured(settings))
    try:
        listed, complaints = await listed_sources(settings, archive, fetcher, now=clock())
        archive.register(listed, now=clock())
        keys = {source.key for source in meant(listed, wanted)} if wanted else None
        context = Context(
            archive=archive,
            fetcher=fetcher,
            media=FolderMediaStore(settings.images.path),
            pool=pool,
            settings=settings,
            clock=clock,
            progress=progress,
        )
        report = await sync(context, keys=keys, everything=everything)
        return msgspec.structs.replace(report, errors=(*complaints, *report.errors), no_sources=not listed)
    finally:
        await fetcher.close()


def run_fetch(settings: Settings | None, request: FetchRequest) -> FetchResponse:
    """One document, fetched as the settings say, or with the defaults where there are none.

    Raises:
        SourceError: there was no answer, or it was refused, too large, too slow or unreadable.
    """
    import asyncio

    return asyncio.run(_fetch(settings, request))


async def _fetch(settings: Settings | None, request: FetchRequest) -> FetchResponse:
    from broadsheet.fetcher import HttpFetcher
    from broadsheet.fetcher.settings import FetchSettings, configured

    fetcher = HttpFetcher(FetchSettings() if settings is None else configured(settings))
    try:
        return await fetcher.fetch(request)
    finally:
        await fetcher.close()


def run_publish(
    settings: Settings,
    archive: Archive,
    *,
    progress: PublishProgress | None = None,
    workforce: Workforce | None = None,
) -> PublishReport:
    """Brings every configured edition up to date; call it with the lock held.

    Args:
        settings: with the editions.
        archive: where from.
        progress: hears of it.
        workforce: who prints, if there is much; the caller ends it. One of its own, if not given.

    Raises:
        ArchiveError: the archive cannot be used.
    """
    from broadsheet.editions.registry import build
    from broadsheet.media_store import FolderMediaStore
    from broadsheet.publish import publish

    outlets = [_outlet(edition, chosen) for edition, chosen in zip(build(settings), settings.editions, strict=True)]
    archive.forget_editions([outlet.edition.name for outlet in outlets])
    media = FolderMediaStore(settings.images.path)
    with nullcontext(workforce) if workforce else Workforce() as workers:
        crew = PrintCrew(workers, settings)
        return publish(archive, settings, outlets, media, progress=progress or _nobody, crew=crew)


def _outlet(edition: "Edition", chosen: EditionSettings) -> "Outlet":
    from broadsheet.pressrun import Outlet
    from broadsheet.writer import FolderWriter

    images = chosen.media_path or chosen.path.parent / "media"
    beside = FolderWriter(images, edition=f"{chosen.name} images") if chosen.kind == "hexo" else None
    return Outlet(edition=edition, pages=FolderWriter(chosen.path, edition=chosen.name), media=beside)


class PrintCrew:
    """Workers that print, each with the archive opened for itself (see `ports.Crew`)."""

    def __init__(self, workforce: Workforce, settings: Settings) -> None:
        self._workforce = workforce
        self._settings = msgspec.structs.replace(settings, sources=(), catalogues=())  # it travels with every job

    def is_worth(self, articles: int) -> bool:
        """Whether so much work is worth waiting for their start."""
        return articles >= (WORTH_SHARING if self._workforce.is_started else WORTH_A_START)

    def print(self, printer: Callable[[Any, Task], Result], jobs: Iterable[Task]) -> Iterator[Result]:
        """What the printer makes of each job, in order."""
        return self._workforce.pool.map(partial(_print_elsewhere, self._settings, printer), jobs)


def _print_elsewhere(settings: Settings, printer: Callable[[Any, Task], Result], job: Task) -> Result:
    """What a worker does: print, with a desk that it opens for its first job and keeps."""
    if settings.archive not in _desks:
        from broadsheet.archive import open_archive
        from broadsheet.desk import ArchiveDesk

        _desks[settings.archive] = ArchiveDesk(open_archive(settings.archive, create=False), settings)
    return printer(_desks[settings.archive], job)


_desks: dict[Path | str, "ArchiveDesk"] = {}


def _nobody(edition: str, pages: int) -> None:
    del edition, pages
