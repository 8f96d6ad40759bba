"""The second stage of a sync: pages of articles whose feed carries only a summary."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from broadsheet.decide import decide_page, retry_page
from broadsheet.digest import PageTask, digest_page
from broadsheet.errors import SourceError
from broadsheet.model import ArticleRecord, FetchRequest, FetchResponse, PageChanges, PageFetch
from broadsheet.pipeline.context import OK, Context, unexpected
from broadsheet.pipeline.enrich import DeadHosts, in_batches
from broadsheet.pipeline.report import FetchCounts
from broadsheet.urls import mask

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"
MOST_PAGES = 2000
"""Pages of one run; the rest waits for the next one."""

MOST_BYTES = 10_000_000
FINAL_STATUSES = frozenset({401, 402, 403, 404, 410, 451})


class PageStage:
    """Fetches pending pages and puts their text in place of the feed's summary."""

    def __init__(self, context: Context, *, dead: DeadHosts) -> None:
        self._context = context
        self._dead = dead
        self._failed = 0

    async def run(self, *, deadline: float) -> FetchCounts:
        """Fetches what is due, until the deadline of the event loop's clock."""
        waits = self._context.archive.pending_pages(now=self._context.clock(), limit=MOST_PAGES)
        if not waits:
            return FetchCounts()
        counts = await in_batches(
            waits,
            self._one,
            self._context.archive.apply_pages,
            stage="pages",
            progress=self._context.progress,
            deadline=deadline,
        )
        return msgspec.structs.replace(counts, fetched=counts.fetched - self._failed, failed=self._failed)

    async def _one(self, wait: PageFetch) -> PageChanges:
        try:
            changes = await self._try(wait)
        except SourceError as error:
            self._dead.failed(wait.url, error)
            changes = retry_page(
                wait, str(error), now=self._context.clock(), final=error.kind in {"refused", "too_large"}
            )
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - one item never stops a run
            changes = retry_page(wait, str(unexpected(error, mask(wait.url))), now=self._context.clock(), final=True)
        self._failed += changes.write is None
        return changes

    async def _try(self, wait: PageFetch) -> PageChanges:
        if wait.url in self._dead:
            later = msgspec.structs.replace(wait, next_try=self._context.clock() + timedelta(hours=1))
            return PageChanges(article_id=wait.article_id, retry=later, error="its host cannot be reached now")
        request = FetchRequest(
            url=wait.url,
            accept=ACCEPT,
            limit_bytes=MOST_BYTES,
            timeout_s=self._context.settings.fetch.timeout_s,
            check_robots=True,
        )
        response = await self._context.fetcher.fetch(request)
        if response.status != OK:
            final = response.status in FINAL_STATUSES
            return retry_page(wait, f"answers {response.status}", now=self._context.clock(), final=final)
        return await self._take(wait, response)

    async def _take(self, wait: PageFetch, response: FetchResponse) -> PageChanges:
        record = self._context.archive.article(wait.article_id)
        if record is None:
            return PageChanges(article_id=wait.article_id, error="the article is no longer there")
        draft = await self._context.pool.run(
            digest_page, _task(record, response, self._context.clock()), size_bytes=len(response.body)
        )
        return decide_page(wait, draft, mirror_images=self._context.mirror_images, now=self._context.clock())


def _task(record: ArticleRecord, response: FetchResponse, now: datetime) -> PageTask:
    return PageTask(
        article=record.article,
        feed_text=record.body.text,
        enclosures=record.body.enclosures,
        url=response.url,
        body=response.body,
        content_type=response.content_type,
        now=now,
    )
