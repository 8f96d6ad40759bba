"""The second stage of a sync: pages of articles whose feed carries only a summary."""

from datetime import timedelta

import msgspec

from broadsheet.decide import decide_page, retry_page
from broadsheet.digest import PageTask, digest_page
from broadsheet.errors import BroadsheetError, SourceError
from broadsheet.model import FetchRequest, FetchResponse, PageChanges, PageFetch
from broadsheet.pipeline.context import OK, Context, unexpected
from broadsheet.pipeline.enrich import DeadHosts, in_batches
from broadsheet.pipeline.report import FetchCounts
from broadsheet.urls import mask

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"
MOST_PAGES = 2000
"""Pages of one run; the rest waits for the next one."""

MOST_BYTES = 10_000_000
FINAL_KINDS = frozenset({"refused", "too_large", "format"})
FINAL_STATUSES = frozenset({401, 402, 403, 404, 410, 451})


class PageStage:
    """Fetches pending pages and puts their text in place of the feed's summary."""

    def __init__(self, context: Context, *, dead: DeadHosts) -> None:
        self._context = context
        self._dead = dead
        self._failed: set[str] = set()

    async def run(self, *, deadline: float) -> FetchCounts:
        """Fetches what is due, until the deadline of the event loop's clock."""
        waits = self._context.archive.pending_pages(now=self._context.clock(), limit=MOST_PAGES)
        if not waits:
            return FetchCounts()
        return await in_batches(
            waits,
            self._one,
            self._context.archive.apply_pages,
            failed=lambda changes: changes.article_id in self._failed,
            settings=self._context.settings.fetch,
            stage="pages",
            progress=self._context.progress,
            deadline=deadline,
        )

    async def _one(self, wait: PageFetch) -> PageChanges:
        try:
            return await self._try(wait)
        except SourceError as error:
            self._dead.failed(wait.url, error)
            return self._again(wait, str(error), final=error.kind in FINAL_KINDS)
        except BroadsheetError:  # ours: the archive cannot be read
            raise
        except Exception as error:  # noqa: BLE001 - one item never stops a run
            return self._again(wait, str(unexpected(error, mask(wait.url))), final=True)

    async def _try(self, wait: PageFetch) -> PageChanges:
        if wait.url in self._dead:
            self._failed.add(wait.article_id)
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
            return self._again(wait, f"answers {response.status}", final=response.status in FINAL_STATUSES)
        return await self._take(wait, response)

    async def _take(self, wait: PageFetch, response: FetchResponse) -> PageChanges:
        """What a page gives; one that is refused was fetched all the same, and the feed's text stays."""
        archive, now = self._context.archive, self._context.clock()
        record, from_feed = archive.article(wait.article_id), archive.feed_body(wait.article_id)
        if record is None or from_feed is None:
            return PageChanges(article_id=wait.article_id, error="the article is no longer there")
        task = PageTask(
            article=record.article,
            feed_text=from_feed.text,
            enclosures=from_feed.enclosures,
            url=response.url,
            body=response.body,
            content_type=response.content_type,
            now=now,
        )
        draft = await self._context.pool.run(digest_page, task, size_bytes=len(response.body))
        return decide_page(wait, draft, mirror_images=self._context.mirror_images, now=now)

    def _again(self, wait: PageFetch, reason: str, *, final: bool) -> PageChanges:
        self._failed.add(wait.article_id)
        return retry_page(wait, reason, now=self._context.clock(), final=final)
