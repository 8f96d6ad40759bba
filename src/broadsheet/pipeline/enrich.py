"""What the page stage and the image stage share: pending fetches, tried politely, within the patience of one run.

Both are durable rows in the archive; what a run does not get to is still there for the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from broadsheet.errors import SourceError
from broadsheet.pipeline.report import FetchCounts, Progress
from broadsheet.urls import host_port

Wait = TypeVar("Wait")
Result = TypeVar("Result")

PATIENCE_WITH_A_HOST = 3
"""Failures to reach a host, after which the rest that waits for it is left to a later run."""

UNREACHABLE = frozenset({"dns", "connect", "tls", "timeout", "held"})
BATCH = 50


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
    stage: str,
    progress: Progress,
    deadline: float,
) -> FetchCounts:
    """Runs `one` for each, and applies what they came to in batches, until the deadline (of the loop's clock)."""
    progress.begin(stage, len(waits))
    loop = asyncio.get_running_loop()
    tasks = {asyncio.ensure_future(one(wait)) for wait in waits}
    done = 0
    try:
        while tasks:
            left_s = deadline - loop.time()
            if left_s <= 0:
                break
            ended, tasks = await asyncio.wait(tasks, timeout=min(left_s, 1.0), return_when=asyncio.FIRST_COMPLETED)
            if tasks and len(ended) < BATCH:
                await asyncio.sleep(0.05)  # a moment, so that a commit holds more than one
                more, tasks = await asyncio.wait(tasks, timeout=0)
                ended |= more
            _apply(apply, [task.result() for task in ended])
            done += len(ended)
            for _ in ended:
                progress.advance(stage)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return FetchCounts(fetched=done, waiting=len(waits) - done)


def _apply(apply: Callable[[Sequence[Result]], None], results: Iterable[Result]) -> None:
    batch = list(results)
    for start in range(0, len(batch), BATCH):
        apply(batch[start : start + BATCH])
