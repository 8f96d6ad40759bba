"""The fetcher over real HTTP: redirects, limits and good manners put together. What each of them is lives beside it."""

import asyncio
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

from broadsheet.errors import SourceError
from broadsheet.fetcher.addresses import canonical_place, parse_allow_list
from broadsheet.fetcher.connections import Connections, IdleBudget
from broadsheet.fetcher.decoding import CUT_SHORT, Body, too_large
from broadsheet.fetcher.failures import never_connected, not_yet_read, source_error
from broadsheet.fetcher.gate import Gate
from broadsheet.fetcher.headers import flatten, retry_after
from broadsheet.fetcher.settings import FetchSettings, HostSettings
from broadsheet.fetcher.target import Target, parse_target, redirect_target
from broadsheet.model import Cut, FetchRequest, FetchResponse, Redirect, Value

if TYPE_CHECKING:
    from broadsheet.fetcher.robots import Robots

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A host with thousands of sources that cannot be reached would otherwise take a time limit for each of them.
_MOST_UNREACHABLE = 3
_UNREACHABLE_S = 300.0
_OK = 200
_ERRORS = 400
_ASKS_TO_WAIT = frozenset({429, 503})


class _Answer(Value, frozen=True, kw_only=True):
    """What one hop gave; `location` is where it sends us, `None` if the answer is here."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    wire_bytes: int = 0
    cut: Cut | None = None
    location: str | None = None
    retry_after_s: float | None = None


class _Journey:
    """One request on its way through its redirects."""

    def __init__(self, request: FetchRequest, *, timeout_s: float, limit_bytes: int, most_redirects: int) -> None:
        self.request = request
        self.target = parse_target(request.url)
        self.limit_bytes = limit_bytes
        self.left_s = timeout_s
        self.redirects: list[Redirect] = []
        self._timeout_s = timeout_s
        self._most_redirects = most_redirects
        self._seen = {self.target.url}
        self._secrets = [*request.headers]
        if self.target.authorization:
            self._secrets.append(("Authorization", self.target.authorization))

    def headers(self) -> list[tuple[str, str]]:
        """What to send on this hop; validators exactly as they were given."""
        headers = [("Accept", self.request.accept), *self._secrets]
        if self.request.validators.etag is not None:
            headers.append(("If-None-Match", self.request.validators.etag))
        if self.request.validators.last_modified is not None:
            headers.append(("If-Modified-Since", self.request.validators.last_modified))
        return headers

    def follow(self, status: int, location: str) -> None:
        """Goes on to where a redirect leads; headers of the request's own stay behind when the origin changes."""
        target = redirect_target(self.target, location)
        if target.url in self._seen:
            raise SourceError("redirect", f"redirects in a circle, back to {target.host}")
        if len(self.redirects) >= self._most_redirects:
            raise SourceError("redirect", f"redirects more than {self._most_redirects} times")
        if not self.target.may_share_secrets_with(target):
            self._secrets = []
        if target.authorization:
            self._secrets = [pair for pair in self._secrets if pair[0].lower() != "authorization"]
            self._secrets.append(("Authorization", target.authorization))
        self._seen.add(target.url)
        self.redirects.append(Redirect(status=status, url=target.url))
        self.target = target

    def too_slow(self) -> SourceError:
        """The error for a journey that took too long."""
        return SourceError("timeout", f"took longer than {self._timeout_s:g} s")


class HttpFetcher:
    """Fetches over HTTP within limits of time, size and politeness. Belongs to one event loop.

    Args:
        settings: how to fetch; a request may ask for less time and size, never for more.
        clock: seconds, monotonic.
        now: the time of day, for Retry-After dates.
        resolver: looks up names; threads of our own if not given.
        tls: whom to trust; the system's authorities if not given.

    Raises:
        ConfigError: a host or network in the settings cannot be read.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        hosts = {canonical_place(name): pace for name, pace in settings.hosts.items()}
        self._settings = msgspec.structs.replace(settings, hosts=hosts)
        self._clock = clock
        self._now = now
        self._connections = Connections(
            user_agent=settings.user_agent,
            allow=parse_allow_list(allow_private=settings.allow_private),
            resolver=resolver,
            tls=tls,
        )
        self._gate = Gate(
            concurrency=settings.concurrency,
            pace=self._pace,
            clock=clock,
            call_later=lambda wait_s, call: asyncio.get_running_loop().call_later(wait_s, call),
        )
        self._idle = IdleBudget(clock)
        self._unreachable: dict[str, int] = {}
        self._robots: Robots | None = None

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """The answer, whatever its status.

        Raises:
            SourceError: there was no answer, or it was refused, too large, too slow or unreadable; `held`, because the
                host asked to be left alone.
        """
        started = self._clock()
        journey = _Journey(
            request,
            timeout_s=min(request.timeout_s, self._settings.timeout_s),
            limit_bytes=min(request.limit_bytes, self._settings.limit_bytes),
            most_redirects=self._settings.max_redirects,
        )
        answer = await self._hop(journey)
        while answer.location is not None:
            journey.follow(answer.status, answer.location)
            answer = await self._hop(journey)
        return FetchResponse(
            url=journey.target.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            redirects=tuple(journey.redirects),
            wire_bytes=answer.wire_bytes,
            cut=answer.cut,
            duration_s=self._clock() - started,
            retry_after_s=answer.retry_after_s,
        )

    async def close(self) -> None:
        """Lets go of all connections."""
        if self._robots is not None:
            await self._robots.close()
        await self._connections.close()

    def held_until(self, url: str) -> datetime | None:
        """Until when a URL's host asked to be left alone, `None` if it did not."""
        held_s = self._gate.held_for(parse_target(url).place)
        return self._now() + timedelta(seconds=held_s) if held_s > 0 else None

    async def _hop(self, journey: _Journey) -> _Answer:
        """One question and its answer, in its turn; only the time that it takes itself counts."""
        target = journey.target
        if journey.request.check_robots:
            await self._ask_robots(target)
        async with self._gate.turn(target.place, first=bool(journey.redirects)):
            started = self._clock()
            try:
                async with asyncio.timeout(max(0.0, journey.left_s)):
                    answer = await self._ask(journey)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise self._failure(error, journey) from error
            journey.left_s -= self._clock() - started
            self._unreachable.pop(target.place, None)
            if answer.status in _ASKS_TO_WAIT and answer.retry_after_s:
                self._gate.hold(target.place, answer.retry_after_s)
        return answer

    def _failure(self, error: Exception, journey: _Journey) -> SourceError:
        """What an exception means; a host that cannot be reached time after time is then left alone for a while."""
        if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
            return journey.too_slow()
        place = journey.target.place
        failure = source_error(error, journey.target)
        if never_connected(error):
            self._unreachable[place] = self._unreachable.get(place, 0) + 1
            if self._unreachable[place] >= _MOST_UNREACHABLE:
                del self._unreachable[place]
                self._gate.hold(place, _UNREACHABLE_S, because=failure)
        return failure

    async def _ask(self, journey: _Journey) -> _Answer:
        target = journey.target
        headers = journey.headers()
        if not self._gate.is_wanted(target.place) and not self._idle.may_leave_open():
            headers.append(("Connection", "close"))
        session = self._connections.session(target)
        url = URL(target.url, encoded=True)
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            self._gate.answered(target.place)
            return await self._read(response, journey)

    async def _read(self, response: aiohttp.ClientResponse, journey: _Journey) -> _Answer:
        headers = flatten(response.headers.items())
        wait_s = retry_after(headers.get("retry-after"), now=self._now()) if "retry-after" in headers else None
        answer = _Answer(status=response.status, headers=headers, location=_location(response), retry_after_s=wait_s)
        if answer.location is not None:
            return answer
        try:
            return await self._with_body(answer, response, journey)
        except SourceError:
            if response.status < _ERRORS:
                raise
            return answer  # that of an error is dropped if it is too large or damaged

    async def _with_body(self, answer: _Answer, response: aiohttp.ClientResponse, journey: _Journey) -> _Answer:
        """The answer with its body, decompressed; one that breaks off is kept where the request says so."""
        if (response.content_length or 0) > journey.limit_bytes:
            raise too_large(journey.limit_bytes)
        body = Body(content_encoding=answer.headers.get("content-encoding", ""), limit_bytes=journey.limit_bytes)
        keep_cut = journey.request.keep_cut and answer.status == _OK
        cut = None
        try:
            async for piece in response.content.iter_any():
                body.feed(piece)
        except aiohttp.ClientPayloadError as error:
            if not keep_cut:
                raise
            for piece in not_yet_read(response.content):
                body.feed(piece)
            cut = Cut(kind="connect", message=str(source_error(error, journey.target)))
        if keep_cut and cut is None and not body.is_whole:
            cut = Cut(kind="encoding", message=CUT_SHORT)
        content = body.finish() if cut is None else body.so_far()
        return msgspec.structs.replace(answer, body=content, wire_bytes=body.wire_bytes, cut=cut)

    async def _ask_robots(self, target: Target) -> None:
        if self._robots is None:
            from broadsheet.fetcher.robots import Robots

            self._robots = Robots(read=self.fetch, clock=self._clock, slow_down=self._gate.slow_down)
        await self._robots.check(target)

    def _pace(self, place: str) -> HostSettings:
        host, _, port = place.rpartition(":")
        return self._settings.pace(host, int(port))


def _location(response: aiohttp.ClientResponse) -> str | None:
    """Where an answer sends us; bytes that are not UTF-8 are read as Latin-1."""
    if response.status not in _REDIRECTS:
        return None
    text = response.headers.get("Location")
    if not text:
        return None
    raw = text.encode("utf-8", "surrogateescape")
    return text if text.isprintable() else raw.decode("latin-1")
