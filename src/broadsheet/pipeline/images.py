"""The third stage of a sync: images that articles show are mirrored into the media store."""

from datetime import timedelta

import msgspec

from broadsheet.errors import BroadsheetError, SourceError
from broadsheet.frontier import next_try
from broadsheet.image_headers import read_header
from broadsheet.model import FetchRequest, MediaChanges, MediaFetch
from broadsheet.pipeline.context import OK, Context, unexpected
from broadsheet.pipeline.enrich import DeadHosts, in_batches
from broadsheet.pipeline.report import FetchCounts
from broadsheet.urls import mask

ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif;q=0.9, image/*;q=0.5"
MOST_IMAGES = 10_000
"""Images of one run; the rest waits for the next one."""

TRACKER_PIXELS = 4
"""An image of at most this many pixels shows nothing to anybody."""

FINAL_STATUSES = frozenset({401, 403, 404, 410, 451})
FINAL_KINDS = frozenset({"refused", "too_large", "format"})


class ImageStage:
    """Fetches pending images and stores them by content."""

    def __init__(self, context: Context, *, dead: DeadHosts) -> None:
        self._context = context
        self._dead = dead

    async def run(self, *, deadline: float) -> FetchCounts:
        """Fetches what is due, until the deadline of the event loop's clock."""
        waits = self._context.archive.pending_media(now=self._context.clock(), limit=MOST_IMAGES)
        if not waits:
            return FetchCounts()
        return await in_batches(
            waits,
            self._one,
            self._context.archive.apply_media,
            failed=lambda changes: changes.stored is None,
            settings=self._context.settings.fetch,
            stage="images",
            progress=self._context.progress,
            deadline=deadline,
        )

    async def _one(self, wait: MediaFetch) -> MediaChanges:
        try:
            changes = await self._try(wait)
        except SourceError as error:
            self._dead.failed(wait.url, error)
            changes = self._again(wait, str(error), final=error.kind in FINAL_KINDS)
        except BroadsheetError:  # ours: the media store cannot be written
            raise
        except Exception as error:  # noqa: BLE001 - one item never stops a run
            changes = self._again(wait, str(unexpected(error, mask(wait.url))), final=True)
        return changes

    async def _try(self, wait: MediaFetch) -> MediaChanges:
        now = self._context.clock()
        if wait.url in self._dead:
            later = msgspec.structs.replace(wait, next_try=now + timedelta(hours=1))
            return MediaChanges(url=wait.url, retry=later, error="its host cannot be reached now", at=now)
        response = await self._context.fetcher.fetch(
            FetchRequest(
                url=wait.url,
                accept=ACCEPT,
                limit_bytes=self._context.settings.images.limit_bytes,
                timeout_s=self._context.settings.fetch.timeout_s,
                check_robots=True,
            )
        )
        if response.status != OK:
            return self._again(wait, f"answers {response.status}", final=response.status in FINAL_STATUSES)
        header = read_header(response.body)
        if header is not None and header.width * header.height <= TRACKER_PIXELS:
            return self._again(wait, "is a tracking pixel", final=True)
        return MediaChanges(url=wait.url, stored=self._context.media.put(response.body), at=self._context.clock())

    def _again(self, wait: MediaFetch, reason: str, *, final: bool) -> MediaChanges:
        now, attempts = self._context.clock(), wait.attempts + 1
        when = None if final else next_try(attempts, now=now)
        if when is None:
            return MediaChanges(url=wait.url, error=reason, at=now)
        retry = msgspec.structs.replace(wait, attempts=attempts, next_try=when)
        return MediaChanges(url=wait.url, retry=retry, error=reason, at=now)
