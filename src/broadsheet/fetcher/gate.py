"""Whose turn it is: how many requests run at once, how fast each host is asked, and which hosts asked us to wait.

A host that waits for its pause takes up none of the places that others could use.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from broadsheet.errors import SourceError
from broadsheet.fetcher.settings import HostSettings
from broadsheet.fetcher.target import readable

_SWEEP_AT_LEAST = 1024


class Timer(Protocol):
    """What `call_later` gives back."""

    def cancel(self) -> None:
        """Prevents the call."""
        ...


class _Host:
    """What is known of one host: who waits for it and when it may be asked again."""

    __slots__ = (
        "because",
        "delay_s",
        "held_until",
        "limit",
        "name",
        "next_start",
        "queued",
        "running",
        "slowed",
        "timer",
        "waiting",
    )

    def __init__(self, name: str, pace: HostSettings) -> None:
        self.name = name
        self.limit = max(1, pace.per_host)
        self.delay_s = pace.host_delay_s
        self.running = 0
        self.next_start = float("-inf")
        self.held_until = float("-inf")
        self.because: SourceError | None = None
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.queued = False
        self.slowed = False
        self.timer: Timer | None = None


class Gate:
    """Lets requests through, hosts in turn.

    Args:
        concurrency: requests under way at once, over all hosts.
        pace: how fast a host may be asked, by its name.
        clock: seconds, monotonic.
        call_later: calls a function after some seconds.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        pace: Callable[[str], HostSettings],
        clock: Callable[[], float],
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self._free = max(1, concurrency)
        self._pace = pace
        self._clock = clock
        self._call_later = call_later
        self._hosts: dict[str, _Host] = {}
        self._ready: deque[_Host] = deque()
        self._sweep_at = _SWEEP_AT_LEAST

    @asynccontextmanager
    async def turn(self, name: str, *, first: bool = False) -> AsyncIterator[None]:
        """Waits for this host's turn and keeps it; `first` goes before the others that wait for the same host.

        Raises:
            SourceError: `held`, because the host asked us to wait, or why it is left alone otherwise.
        """
        host = self._host(name)
        await self._enter(host, first=first)
        host.next_start = self._clock() + host.delay_s
        try:
            yield
        finally:
            self._leave(host)

    def answered(self, name: str) -> None:
        """Counts a host's pause from now: its answer came later than our question."""
        host = self._host(name)
        host.next_start = max(host.next_start, self._clock() + host.delay_s)

    def slow_down(self, name: str, delay_s: float) -> None:
        """Makes the pause between two requests to a host at least this long."""
        host = self._host(name)
        if delay_s > host.delay_s:
            host.next_start += delay_s - host.delay_s
            host.delay_s = delay_s
            host.slowed = True

    def hold(self, name: str, wait_s: float, *, because: SourceError | None = None) -> None:
        """Asks a host nothing for some seconds; whoever waits for it fails now.

        They fail with `because`, or as `held` if it was the host's own wish.
        """
        host = self._host(name)
        host.held_until = max(host.held_until, self._clock() + wait_s)
        host.because = because
        waiting, host.waiting = host.waiting, deque()
        for future in waiting:
            if not future.done():
                future.set_exception(self._refusal(host))

    def held_for(self, name: str) -> float:
        """Seconds that a host still wants to be left alone; 0 if it does not."""
        host = self._hosts.get(name)
        return self._left_s(host) if host and host.because is None else 0.0

    def is_wanted(self, name: str) -> bool:
        """Whether others wait for this host."""
        host = self._hosts.get(name)
        return bool(host and host.waiting)

    async def _enter(self, host: _Host, *, first: bool) -> None:
        if self._left_s(host) > 0:
            raise self._refusal(host)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if first:
            host.waiting.appendleft(future)
        else:
            host.waiting.append(future)
        self._consider(host)
        self._admit()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._leave(host)
            raise

    def _left_s(self, host: _Host) -> float:
        return max(0.0, host.held_until - self._clock())

    def _refusal(self, host: _Host) -> SourceError:
        if host.because is not None:
            return SourceError(host.because.kind, f"{host.because}; not asked again for now")
        left_s = self._left_s(host)
        message = f"{readable(host.name)} asked to be left alone for {left_s:.0f} s"
        return SourceError("held", message, retry_after_s=left_s)

    def _leave(self, host: _Host) -> None:
        host.running -= 1
        self._free += 1
        self._consider(host)
        self._admit()

    def _admit(self) -> None:
        """Gives free places to the hosts that are ready, one each in turn."""
        while self._free and self._ready:
            host = self._ready.popleft()
            host.queued = False
            self._start_one(host)
            self._consider(host)

    def _start_one(self, host: _Host) -> None:
        while host.waiting:
            future = host.waiting.popleft()
            if not future.done():
                host.running += 1
                host.next_start = self._clock() + host.delay_s
                self._free -= 1
                future.set_result(None)
                return

    def _consider(self, host: _Host) -> None:
        """Queues a host that may start something, now or when its pause is over."""
        if host.queued or host.timer or not host.waiting or host.running >= host.limit:
            return
        wait_s = host.next_start - self._clock()
        if wait_s <= 0:
            host.queued = True
            self._ready.append(host)
        else:
            host.timer = self._call_later(wait_s, lambda: self._wake(host))

    def _wake(self, host: _Host) -> None:
        host.timer = None
        self._consider(host)
        self._admit()

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            self._sweep()
            host = self._hosts[name] = _Host(name, self._pace(name))
        return host

    def _sweep(self) -> None:
        """Forgets hosts that have nothing to remember, each time their number has doubled."""
        if len(self._hosts) < self._sweep_at:
            return
        now = self._clock()
        self._hosts = {name: host for name, host in self._hosts.items() if _is_memorable(host, now)}
        self._sweep_at = max(_SWEEP_AT_LEAST, 2 * len(self._hosts))


def _is_memorable(host: _Host, now: float) -> bool:
    busy = host.running or host.waiting or host.timer or host.queued or host.slowed
    return bool(busy) or max(host.next_start, host.held_until) > now
