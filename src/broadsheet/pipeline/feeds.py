"""The first stage of a sync: due sources are fetched, digested, decided on and applied, batch by batch."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import datetime

import msgspec

from broadsheet.decide import Decision, Knowledge, Tally, decide
from broadsheet.digest import FeedTask, digest_feed
from broadsheet.errors import SourceError
from broadsheet.identity import body_digest, tombstone
from broadsheet.model import (
    Changes,
    Cut,
    Digest,
    FetchRequest,
    FetchResponse,
    Known,
    Scheduled,
    Source,
    SourceState,
    Validators,
    Value,
)
from broadsheet.pipeline.context import OK, Context, unexpected
from broadsheet.pipeline.report import EntryCounts, ErrorLine, Outcome, ProblemLine, SourceCounts, SourceEvent
from broadsheet.pipeline.visits import NOT_MODIFIED, Visit, next_state
from broadsheet.ports import Archive
from broadsheet.urls import host_port, mask

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, application/json;q=0.8, text/xml;q=0.8, text/html;q=0.5, */*;q=0.3"
)

BATCH_SOURCES = 64
"""Sources written in one transaction: enough to make commits cheap, few enough to lose little time to a crash."""

BATCH_WAIT_S = 0.2
LIVE_SOURCES = 4000
"""Sources waiting for their hosts at a time; each costs some kilobytes."""


class FeedResult(Value, frozen=True, kw_only=True):
    """What the stage came to in all."""

    sources: SourceCounts
    entries: EntryCounts
    errors: tuple[ErrorLine, ...]
    problems: tuple[ProblemLine, ...]
    recovered: tuple[str, ...]


class FeedStage:
    """Fetches sources and brings the archive up to date with them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._outcomes: dict[Outcome, int] = dict.fromkeys(("fetched", "unchanged", "failed", "held"), 0)
        self._entries = EntryCounts()
        self._errors: list[ErrorLine] = []
        self._problems: list[ProblemLine] = []
        self._recovered: list[str] = []

    async def run(self, due: Sequence[Scheduled]) -> FeedResult:
        """Visits all of them; what was read is archived as it comes, so that an interruption loses nothing."""
        self._context.progress.begin("sources", len(due))
        due = _interleaved(due)
        async for visits in _batches([self._visit(item) for item in due]):
            self._settle(visits)
        return FeedResult(
            sources=SourceCounts(due=len(due), **self._outcomes),
            entries=self._entries,
            errors=tuple(self._errors),
            problems=tuple(self._problems),
            recovered=tuple(self._recovered),
        )

    # -- fetching and digesting one source

    async def _visit(self, item: Scheduled) -> Visit:
        try:
            response = await self._ask(item)
            at = self._context.clock()
            if response.status == OK and body_digest(response.body) != item.state.body_digest:
                digest = await self._digest(item, response, at)
                return Visit(item=item, at=at, response=response, digest=_with_cut(digest, response.cut))
            return Visit(item=item, at=at, response=response)
        except SourceError as error:
            return Visit(item=item, at=self._context.clock(), error=error)
        except Exception as error:  # noqa: BLE001 - one source never stops a run
            return Visit(item=item, at=self._context.clock(), error=unexpected(error, mask(item.source.ref)))

    async def _ask(self, item: Scheduled) -> FetchResponse:
        """What the source answers; a route that one RSSHub instance cannot give is asked of the others."""
        url = item.state.moved_url or item.source.url
        try:
            response = await self._context.fetcher.fetch(self._request(url, item.state.validators))
        except SourceError:
            found = await self._from_others(item.source)
            if found is None:
                raise
            return found
        if response.status in {OK, NOT_MODIFIED}:
            return response
        return await self._from_others(item.source) or response

    async def _from_others(self, source: Source) -> FetchResponse | None:
        """What the first other instance that has this route answers."""
        hubs = self._context.settings.fetch.rsshub
        if not source.ref.startswith("/") or not hubs or not source.url.startswith(hubs[0]):
            return None
        for hub in hubs[1:]:
            with contextlib.suppress(SourceError):
                url = hub + source.url.removeprefix(hubs[0])
                response = await self._context.fetcher.fetch(self._request(url, Validators()))
                if response.status == OK:  # where it lives for good is the first instance's matter
                    return msgspec.structs.replace(response, redirects=())
        return None

    def _request(self, url: str, validators: Validators) -> FetchRequest:
        return FetchRequest(
            url=url,
            accept=ACCEPT,
            validators=validators,
            limit_bytes=self._context.settings.fetch.limit_bytes,
            timeout_s=self._context.settings.fetch.timeout_s,
            keep_cut=True,
        )

    async def _digest(self, item: Scheduled, response: FetchResponse, at: datetime) -> Digest:
        task = FeedTask(
            source_key=item.source.key,
            url=response.url,
            body=response.body,
            content_type=response.content_type,
            window=item.window,
            now=at,
        )
        return await self._context.pool.run(digest_feed, task, size_bytes=len(response.body))

    # -- deciding and applying a batch

    def _settle(self, visits: Sequence[Visit]) -> None:
        knowledge = _Knowledge(self._context.archive, visits)
        decisions = [self._decided(visit, knowledge) for visit in visits]
        refusals = self._context.archive.apply([decision.changes for decision in decisions])
        for visit, decision, refusal in zip(visits, decisions, refusals, strict=True):
            self._count(visit, decision, refusal)

    def _decided(self, visit: Visit, knowledge: "_Knowledge") -> Decision:
        try:
            return self._decide(visit, knowledge)
        except Exception as error:  # noqa: BLE001 - one source never stops a run
            bug = unexpected(error, mask(visit.item.source.ref))
            return self._decide(Visit(item=visit.item, at=visit.at, error=bug), knowledge)

    def _decide(self, visit: Visit, knowledge: "_Knowledge") -> Decision:
        state, log = next_state(visit, self._context.settings.fetch)
        digest = visit.digest
        if digest is None or log.outcome != "fetched":
            return Decision(changes=Changes(source_key=visit.item.source.key, state=state, log=log), tally=_NOTHING)
        decision = decide(
            visit.item.source,
            state,
            digest,
            knowledge.of(digest),
            log=log,
            mirror_images=self._context.mirror_images,
            now=visit.at,
        )
        knowledge.learn(decision)
        return decision

    def _count(self, visit: Visit, decision: Decision, refusal: str | None) -> None:
        log, state = decision.changes.log, decision.changes.state
        event = SourceEvent(
            key=visit.item.source.key,
            ref=mask(visit.item.source.ref),
            outcome=log.outcome if refusal is None else "failed",
            status=log.status,
            kind=log.error_kind if refusal is None else "format",
            message=state.error or "" if refusal is None else f"could not be archived: {refusal}",
            new=log.new,
            changed=log.changed,
            problems=state.problems,
            duration_s=log.duration_s,
            first_failure=visit.item.state.failures == 0,
            recovered=refusal is None and visit.item.state.failures > 0 and log.outcome in {"fetched", "unchanged"},
        )
        self._outcomes[event.outcome] += 1
        if event.outcome in {"failed", "held"}:
            self._errors.append(_error_line(event, state if refusal is None else visit.item.state))
        else:
            tally = decision.tally
            self._entries = EntryCounts(
                seen=self._entries.seen + tally.seen,
                new=self._entries.new + tally.new,
                changed=self._entries.changed + tally.changed,
                duplicate=self._entries.duplicate + tally.duplicate,
            )
        if event.recovered:
            self._recovered.append(event.ref)
        if event.outcome == "fetched" and event.problems:
            self._problems.append(ProblemLine(source=event.ref, problems=event.problems))
        self._context.progress.advance("sources", event)


_NOTHING = Tally()


def _error_line(event: SourceEvent, state: SourceState) -> ErrorLine:
    due = [moment for moment in (state.next_due, state.held_until) if moment is not None]
    return ErrorLine(
        source=event.ref,
        kind=event.kind or "format",
        message=event.message,
        outcome="held" if event.outcome == "held" else "failed",
        since=state.failing_since,
        next_try=max(due, default=None),
    )


def _with_cut(digest: Digest, cut: Cut | None) -> Digest:
    """The digest of a document that may have broken off: what could be read of it counts, and the cut is a problem.

    Raises:
        SourceError: nothing could be read of it.
    """
    if cut is None:
        return digest
    if not digest.seen:
        raise SourceError(cut.kind, cut.message)
    return msgspec.structs.replace(digest, problems=(cut.message, *digest.problems))


class _Knowledge:
    """What the archive has of a batch's entries, and what the batch itself has just added."""

    def __init__(self, archive: Archive, visits: Sequence[Visit]) -> None:
        drafts = [(v.digest.source_key, d) for v in visits if v.digest is not None for d in v.digest.drafts]
        self._entries = archive.known([(key, draft.entry_key) for key, draft in drafts]) if drafts else {}
        urls = {draft.article.canonical for _, draft in drafts if draft.article.canonical}
        self._urls = archive.known_urls(sorted(urls)) if urls else {}
        graves = [tombstone(key, draft.entry_key) for key, draft in drafts]
        self._tombstones = frozenset(archive.tombstoned(graves)) if graves else _NONE

    def of(self, digest: Digest) -> Knowledge:
        """The part that one digest may touch."""
        found = ((d.entry_key, self._entries.get((digest.source_key, d.entry_key))) for d in digest.drafts)
        entries = {key: known for key, known in found if known is not None}
        return Knowledge(entries=entries, urls=self._urls, tombstones=self._tombstones)

    def learn(self, decision: Decision) -> None:
        """Lets later sources of the same batch find these articles by address."""
        for write in decision.changes.new:
            article = write.article
            if article.canonical is not None:
                self._urls.setdefault(
                    article.canonical,
                    Known(
                        article_id=article.id,
                        source_key=article.source_key,
                        title=article.title,
                        first_seen=article.first_seen,
                        published=article.published,
                    ),
                )


_NONE: frozenset[bytes] = frozenset()


def _interleaved(due: Sequence[Scheduled]) -> list[Scheduled]:
    """One source of each host, then a second one of each: a host with thousands does not keep the others waiting."""
    turns: Counter[str] = Counter()

    def turn(item: Scheduled) -> int:
        host = host_port(item.state.moved_url or item.source.url)
        turns[host] += 1
        return turns[host]

    return [item for _, item in sorted(((turn(item), item) for item in due), key=lambda pair: pair[0])]


async def _batches(visits: Sequence[Coroutine[None, None, Visit]]) -> AsyncIterator[list[Visit]]:
    """Runs the visits, some thousands at a time, and gives what they came to in batches as they end."""
    ended: asyncio.Queue[Visit] = asyncio.Queue()
    waiting = list(reversed(visits))
    live: set[asyncio.Task[None]] = set()
    to_come = len(visits)

    async def one(visit: Coroutine[None, None, Visit]) -> None:
        ended.put_nowait(await visit)

    try:
        while to_come:
            while waiting and len(live) < LIVE_SOURCES:
                task = asyncio.ensure_future(one(waiting.pop()))
                live.add(task)
                task.add_done_callback(live.discard)
            batch = await _gather(ended, most=min(to_come, BATCH_SOURCES))
            to_come -= len(batch)
            yield batch
    finally:
        for task in live:
            task.cancel()
        for coroutine in waiting:
            coroutine.close()


async def _gather(ended: "asyncio.Queue[Visit]", *, most: int) -> list[Visit]:
    """At least one visit, and those that end within a moment of it."""
    batch = [await ended.get()]
    deadline = asyncio.get_running_loop().time() + BATCH_WAIT_S
    while len(batch) < most:
        left_s = deadline - asyncio.get_running_loop().time()
        if not ended.empty():
            batch.append(ended.get_nowait())
        elif left_s <= 0:
            break
        else:
            await asyncio.sleep(min(left_s, BATCH_WAIT_S / 10))
    return batch
