"""All stages of a sync in their order.

Sources -> fetch -> digest -> decide -> apply; then pending pages, then pending images. Only fetching waits, in asyncio.
"""

import asyncio
from collections.abc import Collection

from broadsheet.pipeline.context import Context
from broadsheet.pipeline.enrich import DeadHosts
from broadsheet.pipeline.feeds import FeedStage
from broadsheet.pipeline.images import ImageStage
from broadsheet.pipeline.pages import PageStage
from broadsheet.pipeline.report import FetchCounts, SyncReport


async def sync(context: Context, *, keys: Collection[str] | None = None, everything: bool = False) -> SyncReport:
    """Fetches what is due into the archive.

    Args:
        context: what to work with; the sources are registered already.
        keys: only these sources; `None` means all.
        everything: due times are ignored; what hosts asked for (holds, 410) is not.

    Raises:
        ArchiveError: the archive cannot be read or written.
        OutputError: the media store cannot be written.
    """
    now = context.clock()
    due = context.archive.scheduled(now=now, keys=keys, everything=everything)
    held = context.archive.held(now=now, keys=keys, everything=everything)
    result = await FeedStage(context).run(due)
    deadline = asyncio.get_running_loop().time() + context.settings.fetch.patience_s
    dead = DeadHosts()
    pages = await PageStage(context, dead=dead).run(deadline=deadline)
    images = await ImageStage(context, dead=dead).run(deadline=deadline) if context.mirror_images else FetchCounts()
    return SyncReport(
        sources=result.sources.with_held(held),
        entries=result.entries,
        pages=pages,
        images=images,
        errors=result.errors,
        problems=result.problems,
        recovered=result.recovered,
    )
