"""Whose turn it is, with a clock that only moves when told."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Coroutine

import pytest

from broadsheet.errors import SourceError
from broadsheet.fetcher.gate import Gate
from broadsheet.fetcher.settings import HostSettings


class Timeline:
    """A clock, and the calls that wait for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()
        self._calls: list[tuple[float, int, Callable[[], None]]] = []

    def clock(self) -> float:
        return self.now

    def call_later(self, wait_s: float, call: Callable[[], None]) -> "Timeline":
        heapq.heappush(self._calls, (self.now + wait_s, next(self._order), call))
        return self

    def cancel(self) -> None:
        raise AssertionError

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def pass_by(self, seconds: float) -> None:
        until = self.now + seconds
        await self.settle()
        while self._calls and self._calls[0][0] <= until:
            self.now, _, call = heapq.heappop(self._calls)
            call()
            await self.settle()
        self.now = until


class Street:
    """A gate, and a log of who went through when."""

    def __init__(self, *, concurrency: int = 64, per_host: int = 1, delay_s: float = 0.0) -> None:
        self.time = Timeline()
        self.log: list[tuple[float, str, str]] = []
        self.gate = Gate(
            concurrency=concurrency,
            pace=lambda _: HostSettings(per_host=per_host, host_delay_s=delay_s),
            clock=self.time.clock,
            call_later=self.time.call_later,
        )
        self.inside = 0
        self.most_inside = 0

    async def visit(self, host: str, name: str = "", *, takes_s: float = 0.0, first: bool = False) -> None:
        async with self.gate.turn(host, first=first):
            self.log.append((self.time.now, host, name))
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            if takes_s:
                done = asyncio.Event()
                self.time.call_later(takes_s, done.set)
                await done.wait()
            self.inside -= 1

    def starts(self, host: str) -> list[float]:
        return [at for at, place, _ in self.log if place == host]


def play(scene: Coroutine[object, object, None] | Awaitable[None]) -> None:
    async def run() -> None:
        await asyncio.wait_for(scene, 10)

    asyncio.run(run())


def test_requests_to_one_host_keep_their_distance() -> None:
    street = Street(delay_s=1)

    async def scene() -> None:
        visits = [asyncio.create_task(street.visit("a")) for _ in range(4)]
        await street.time.pass_by(10)
        await asyncio.gather(*visits)

    play(scene())
    assert street.starts("a") == [0, 1, 2, 3]


def test_the_pause_counts_from_the_answer() -> None:
    street = Street(delay_s=1)

    async def scene() -> None:
        async with street.gate.turn("a"):
            street.time.now = 5
            street.gate.answered("a")
        visit = asyncio.create_task(street.visit("a"))
        await street.time.pass_by(2)
        await visit

    play(scene())
    assert street.starts("a") == [6]


def test_one_host_gets_one_connection_at_a_time() -> None:
    street = Street()

    async def scene() -> None:
        visits = [asyncio.create_task(street.visit("a", takes_s=1)) for _ in range(3)]
        await street.time.pass_by(10)
        await asyncio.gather(*visits)

    play(scene())
    assert (street.most_inside, street.starts("a")) == (1, [0, 1, 2])


def test_a_fast_host_gets_as_many_as_it_may() -> None:
    street = Street(per_host=3)

    async def scene() -> None:
        visits = [asyncio.create_task(street.visit("a", takes_s=1)) for _ in range(6)]
        await street.time.pass_by(10)
        await asyncio.gather(*visits)

    play(scene())
    assert (street.most_inside, street.starts("a")) == (3, [0, 0, 0, 1, 1, 1])


def test_a_host_that_waits_blocks_nobody() -> None:
    street = Street(concurrency=2, delay_s=1)

    async def scene() -> None:
        slow = [asyncio.create_task(street.visit("slow")) for _ in range(1000)]
        others = [asyncio.create_task(street.visit(f"other{i}")) for i in range(50)]
        await street.time.pass_by(0.5)
        assert all(task.done() for task in others)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    play(scene())
    assert street.starts("slow") == [0]


def test_concurrency_is_kept_over_all_hosts_and_they_take_turns() -> None:
    street = Street(concurrency=2, per_host=2)

    async def scene() -> None:
        visits = [asyncio.create_task(street.visit(host, takes_s=1)) for host in "aaaaaabbc"]
        await street.time.pass_by(20)
        await asyncio.gather(*visits)

    play(scene())
    assert street.most_inside == 2
    assert street.starts("b")[0] <= 2
    assert street.starts("c")[0] <= 2


def test_those_of_one_host_go_in_order_but_a_redirect_goes_first() -> None:
    street = Street()

    async def scene() -> None:
        visits = [asyncio.create_task(street.visit("a", name, takes_s=1)) for name in "123"]
        await street.time.settle()
        visits.append(asyncio.create_task(street.visit("a", "redirected", first=True)))
        await street.time.pass_by(10)
        await asyncio.gather(*visits)

    play(scene())
    assert [name for _, _, name in street.log] == ["1", "redirected", "2", "3"]


def test_a_host_that_asks_to_wait_is_asked_nothing_more() -> None:
    street = Street()

    async def scene() -> None:
        async with street.gate.turn("a:443"):
            waiting = [asyncio.create_task(street.visit("a:443")) for _ in range(3)]
            await street.time.settle()
            street.gate.hold("a:443", 120)
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert {(type(error), str(error)) for error in outcomes} == {
            (SourceError, "a asked to be left alone for 120 s")
        }
        street.time.now = 100
        assert street.gate.held_for("a:443") == 20
        with pytest.raises(SourceError) as caught:
            await street.visit("a:443")
        assert (caught.value.kind, caught.value.retry_after_s) == ("held", 20)
        await street.visit("b:443")
        street.time.now = 120
        await street.visit("a:443")

    play(scene())
    assert street.starts("a:443") == [120]


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    street = Street()
    street.gate.hold("a", 100)
    street.gate.hold("a", 10)
    assert street.gate.held_for("a") == 100


def test_a_crawl_delay_only_ever_slows_down() -> None:
    street = Street(delay_s=1)

    async def scene() -> None:
        await street.visit("a")
        street.gate.slow_down("a", 3)
        street.gate.slow_down("a", 0.5)
        visits = [asyncio.create_task(street.visit("a")) for _ in range(2)]
        await street.time.pass_by(10)
        await asyncio.gather(*visits)

    play(scene())
    assert street.starts("a") == [0, 3, 6]


def test_a_cancelled_wait_costs_nobody_a_place() -> None:
    street = Street(concurrency=1)

    async def scene() -> None:
        async with street.gate.turn("a"):
            waiting = asyncio.create_task(street.visit("a"))
            granted = asyncio.create_task(street.visit("b"))
            await street.time.settle()
            waiting.cancel()
        granted.cancel()  # at this moment it has its place, and has not noticed yet
        await asyncio.gather(waiting, granted, return_exceptions=True)
        await street.visit("a")
        await street.visit("b")

    play(scene())
    assert [host for _, host, _ in street.log] == ["a", "b"]


def test_hosts_are_forgotten_when_there_is_nothing_to_remember() -> None:
    street = Street(delay_s=1)

    async def scene() -> None:
        street.gate.hold("held", 10**6)
        for i in range(5000):
            street.time.now += 0.01
            await street.visit(f"host{i}")

    play(scene())
    assert len(street.gate._hosts) < 2100
    assert street.gate.held_for("held") > 0
