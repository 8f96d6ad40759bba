"""Connections to hosts, made only to addresses that are allowed. Everything about sockets and sessions lives here."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from broadsheet.fetcher.addresses import AllowList
from broadsheet.fetcher.decoding import ACCEPT_ENCODING
from broadsheet.fetcher.failures import CONNECT_S, PrivateAddressError
from broadsheet.fetcher.target import Target

KEEP_ALIVE_S = 15.0

_MOST_IDLE = 256  # a process may usually have 1,024 files open, all in all
_LOOKUP_THREADS = 32
_NAMES_KEPT_S = 60
_MOST_NAMES = 10_000
_MOST_HEADERS = 256
_MOST_HEADER_BYTES = 32_768  # Content-Security-Policy alone is over 8 kB on some news sites
_TIMES = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)  # for the whole request, the fetcher has its own


class Connections:
    """Sessions for hosts that may be anywhere, and for all the others.

    An address is checked when a socket is made for it, after every look-up and for literal addresses alike. Hosts that
    are allowed by name have connections of their own, so that nothing made for them serves another host.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow: AllowList,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._allow = allow
        self._resolver = resolver
        self._tls = tls
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def session(self, target: Target) -> aiohttp.ClientSession:
        """The session through which a target may be asked."""
        trusted = self._allow.allows_host(target.host, target.port)
        session = self._sessions.get(trusted)
        if session is None:
            session = self._sessions[trusted] = self._open(_any_socket if trusted else self._checked_socket)
        return session

    async def close(self) -> None:
        """Lets go of all connections."""
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def _open(self, make_socket: Callable[[Any], socket.socket]) -> aiohttp.ClientSession:
        if self._resolver is None:
            self._resolver = _PooledResolver()
        connector = aiohttp.TCPConnector(
            limit=0,  # the gate limits
            socket_factory=make_socket,
            resolver=self._resolver,
            ssl=self._tls or True,
            keepalive_timeout=KEEP_ALIVE_S,
            ttl_dns_cache=_NAMES_KEPT_S,
            dns_cache_max_size=_MOST_NAMES,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=_TIMES,
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MOST_HEADER_BYTES,
            max_field_size=_MOST_HEADER_BYTES,
            max_headers=_MOST_HEADERS,
        )

    def _checked_socket(self, addr_info: Any) -> socket.socket:
        if not self._allow.allows_address(addr_info[4][0]):
            raise PrivateAddressError
        return _any_socket(addr_info)


class IdleBudget:
    """Keeps the number of connections that wait for a next request below what a process may have open."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left_open: deque[float] = deque()

    def may_leave_open(self) -> bool:
        """Whether one more connection may stay open after its request; counts it if so."""
        now = self._clock()
        while self._left_open and self._left_open[0] <= now - KEEP_ALIVE_S:
            self._left_open.popleft()
        if len(self._left_open) >= _MOST_IDLE:
            return False
        self._left_open.append(now)
        return True


class _PooledResolver(AbstractResolver):
    """Looks names up in threads of its own: the event loop's few are blocked by a handful of dead names."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._pool, _look_up, host, port, family)
        return [
            ResolveResult(
                hostname=host, host=str(address[0]), port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)


def _any_socket(addr_info: Any) -> socket.socket:
    return socket.socket(family=addr_info[0], type=addr_info[1], proto=addr_info[2])
