"""What the page stage and the image stage share: pending fetches, tried politely, within the patience of one run.

Both are durable rows in the archive; what a run does not get to is still there for the next one.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from broadsheet.errors import SourceError
from broadsheet.pipeline.report import FetchCounts, Progress
from broadsheet.settings import FetchSettings
from broadsheet.urls import host_port


class Waiting(Protocol):
    """A pending fetch."""

    @property
    def url(self) -> str:
        """Of what is to be fetched."""
        ...


Wait = TypeVar("Wait", bound=Waiting)
Result = TypeVar("Result")

PATIENCE_WITH_A_HOST = 3
"""Failures to reach a host, after which the rest that waits for it is left to a later run."""

UNREACHABLE = frozenset({"dns", "connect", "tls", "timeout"})
BATCH = 50
BATCH_WAIT_S = 0.05
"""A moment, so that a commit holds more than one."""


class DeadHosts:
    """Hosts that could not be reached often enough in this run."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    def failed(self, url: str, error: SourceError) -> None:
        """Notes a failure; only those that say something about the host count."""
        if error.kind == "held":
            self._failures[host_port(url)] += PATIENCE_WITH_A_HOST
        elif error.kind in UNREACHABLE:
            self._failures[host_port(url)] += 1

    def __contains__(self, url: object) -> bool:
        return isinstance(url, str) and self._failures[host_port(url)] >= PATIENCE_WITH_A_HOST


async def in_batches(
    waits: Sequence[Wait],
    one: Callable[[Wait], Awaitable[Result]],
    apply: Callable[[Sequence[Result]], None],
    *,
    failed: Callable[[Result], bool],
    settings: FetchSettings,
    stage: str,
    progress: Progress,
    deadline: float,
) -> FetchCounts:
    """Runs `one` for each, and applies what they came to in batches, until the deadline (of the loop's clock).

    Hosts are asked side by side, but no more of one host is begun than may be asked at once: so the first failures of
    a dead host are known before the rest is tried.
    """
    progress.begin(stage, len(waits))
    ended: asyncio.Queue[Result | Exception] = asyncio.Queue()
    workers = [
        asyncio.ensure_future(_work(queue, one, ended))
        for place, queue in _by_host(waits).items()
        for _ in range(min(len(queue), _at_once(place, settings)))
    ]
    done = failures = 0
    try:
        while done < len(waits) and (batch := await _gathered(ended, deadline=deadline)):
            apply(batch)
            done += len(batch)
            failures += sum(failed(result) for result in batch)
            for _ in batch:
                progress.advance(stage)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return FetchCounts(fetched=done - failures, failed=failures, waiting=len(waits) - done)


async def _work(
    queue: deque[Wait], one: Callable[[Wait], Awaitable[Result]], ended: "asyncio.Queue[Result | Exception]"
) -> None:
    """Does what waits for one host, one after the other."""
    try:
        while queue:
            ended.put_nowait(await one(queue.popleft()))
    except Exception as error:  # noqa: BLE001 - raised again by whoever gathers
        ended.put_nowait(error)


async def _gathered(ended: "asyncio.Queue[Result | Exception]", *, deadline: float) -> list[Result]:
    """What has ended, at most a batch; nothing when the deadline has passed before anything has.

    Raises:
        Exception: one of them, where a worker ended with it.
    """
    batch: list[Result] = []
    if ended.empty() and not await _something(ended, deadline=deadline):
        return batch
    while not ended.empty() and len(batch) < BATCH:
        item = ended.get_nowait()
        if isinstance(item, Exception):
            raise item
        batch.append(item)
    return batch


async def _something(ended: "asyncio.Queue[Result | Exception]", *, deadline: float) -> bool:
    """Waits until something has ended, and a moment more; whether it did before the deadline."""
    if asyncio.get_running_loop().time() >= deadline:
        return False
    try:
        async with asyncio.timeout_at(deadline):
            item = await ended.get()
    except TimeoutError:
        return False
    ended.put_nowait(item)
    await asyncio.sleep(BATCH_WAIT_S)
    return True


def _by_host(waits: Sequence[Wait]) -> dict[str, deque[Wait]]:
    queues: dict[str, deque[Wait]] = defaultdict(deque)
    for wait in waits:
        queues[host_port(wait.url)].append(wait)
    return queues


def _at_once(place: str, settings: FetchSettings) -> int:
    """How many requests a host may be asked at a time."""
    chosen = settings.hosts.get(place) or settings.hosts.get(place.rpartition(":")[0])
    return settings.per_host if chosen is None or chosen.per_host is None else chosen.per_host
