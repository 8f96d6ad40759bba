"""A loopback web server that answers as told, and misbehaves in every way that the fetcher has to survive.

It runs in a thread of its own, so that synchronous tests and other processes can use it, and logs what it was asked.
"""

import asyncio
import functools
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

Headers = Mapping[str, str] | list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that arrived: `headers` under lower-case names, `at` by `time.monotonic`."""

    path: str
    headers: dict[str, str]
    at: float
    connection: int
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer in good order. With `etag` or `last_modified`, it becomes a 304 for who has it already.

    With `missing_bytes` it promises so many more than it has, and then hangs up.
    """

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    delay_s: float = 0.0
    missing_bytes: int = 0


_NOTHING = Reply(status=404, body=b"nothing here")

Handler = Callable[[Asked], Reply]
Fault = Callable[["FaultServer", asyncio.StreamWriter], Awaitable[None]]


class FaultServer:
    """`with FaultServer() as server: server.add("/feed.xml", b"…"); server.url("/feed.xml")`."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.most_open = 0
        self.port = 0
        self._open = 0
        self._connections = 0
        self._routes: dict[str, Reply | Handler] = {}
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="faultserver", daemon=True)
        self._ready = threading.Event()
        self._dead = socket.socket()

    def __enter__(self) -> Self:
        self._dead.bind(("127.0.0.1", 0))  # bound, so that nobody else gets it, but not listening
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fault server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._dead.close()

    def add(self, path: str, body: bytes | str | Reply | Handler = b"", **reply: object) -> str:
        """Answers a path with a body (and the other fields of `Reply`), or as a function says; returns the URL."""
        if isinstance(body, str):
            body = body.encode()
        self._routes[path] = Reply(body=body, **reply) if isinstance(body, bytes) else body  # type: ignore[arg-type]
        return self.url(path)

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """A URL of this server."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def fault(self, name: str) -> str:
        """The URL of a fault: a name in `FAULTS`, or `dead` for a port where nobody listens."""
        if name == "dead":
            return f"http://127.0.0.1:{self._dead.getsockname()[1]}/"
        if name not in FAULTS:
            raise KeyError(name)
        return self.url(f"/fault/{name}")

    def asked_for(self, path: str) -> list[Asked]:
        """What arrived for one path, oldest first."""
        return [asked for asked in self.asked if asked.path == path]

    # -- in the server's own thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls, limit=2**18, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = self._connections
        self._open += 1
        self.most_open = max(self.most_open, self._open)
        try:
            while await self._serve_one(reader, writer, connection):
                pass
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._open -= 1
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        raw = await reader.readexactly(1)
        if raw == b"\x16":  # TLS, which nobody speaks here
            writer.write(head(400, [("Content-Length", "0")]))
            return False
        raw += await reader.readuntil(b"\r\n\r\n")
        asked = _parse(raw, connection)
        self.asked.append(asked)
        if asked.path.startswith("/fault/"):
            await FAULTS[asked.path.removeprefix("/fault/").partition("?")[0]](self, writer)
            await writer.drain()
            return False
        route = self._routes.get(asked.path) or self._routes.get(asked.path.partition("?")[0]) or _NOTHING
        reply = route if isinstance(route, Reply) else route(asked)
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        writer.write(_response(reply, asked))
        await writer.drain()
        return asked.headers.get("connection", "").lower() != "close" and not reply.missing_bytes


def _parse(raw: bytes, connection: int) -> Asked:
    lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines[1:] if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    path = lines[0].split(" ")[1]
    return Asked(path=path, headers=headers, at=time.monotonic(), connection=connection, raw=raw)


def _response(reply: Reply, asked: Asked) -> bytes:
    headers = list(reply.headers.items()) if isinstance(reply.headers, Mapping) else list(reply.headers)
    if reply.etag is not None:
        headers.append(("ETag", reply.etag))
    if reply.last_modified is not None:
        headers.append(("Last-Modified", reply.last_modified))
    status, body = reply.status, reply.body
    if _has_it_already(reply, asked):
        status, body = 304, b""
    if status != 304:
        headers.append(("Content-Length", str(len(body) + reply.missing_bytes)))
    return head(status, headers) + body


def _has_it_already(reply: Reply, asked: Asked) -> bool:
    if (etag := asked.headers.get("if-none-match")) is not None:
        return etag == reply.etag
    since = asked.headers.get("if-modified-since")
    return since is not None and since == reply.last_modified


def head(status: int, headers: list[tuple[str, str]]) -> bytes:
    """Status line and headers, with the empty line."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "surrogateescape")


# -- faults ------------------------------------------------------------------------------------------------------------


async def _slow(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Length", "100000")]))
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silent(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _endless(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, []))
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def _endless_drip(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Transfer-Encoding", "chunked")]))
    while True:
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


@functools.cache
def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(megabytes)), packer.flush()])


async def _gzip_bomb(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    body = _zeros(50)
    writer.write(head(200, [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]) + body)


async def _redirect_loop(server: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(302, [("Location", "/fault/redirect_loop_back"), ("Content-Length", "0")]))


async def _redirect_loop_back(server: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(301, [("Location", "/fault/redirect_loop"), ("Content-Length", "0")]))


async def _redirect_ever_on(server: FaultServer, writer: asyncio.StreamWriter) -> None:
    location = f"/fault/redirect_ever_on?{len(server.asked)}"
    writer.write(head(302, [("Location", location), ("Content-Length", "0")]))


async def _redirect_private(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(302, [("Location", "http://169.254.169.254/latest/meta-data/"), ("Content-Length", "0")]))


async def _redirect_file(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(302, [("Location", "file:///etc/passwd"), ("Content-Length", "0")]))


async def _half(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Length", "1000")]) + b"h" * 500)


async def _half_chunked(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Transfer-Encoding", "chunked")]) + b"64\r\n" + b"h" * 50)


async def _broken_chunks(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Transfer-Encoding", "chunked")]) + b"zz\r\nhello\r\n")


async def _longer_than_said(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Length", "5")]) + b"hello and more")


async def _said_too_large(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Length", str(10**12))]) + b"x")


async def _html(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    body = b"<!doctype html><title>Not a feed</title><p>Please enable JavaScript."
    writer.write(head(200, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]) + body)


async def _empty(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Type", "application/rss+xml"), ("Content-Length", "0")]))


async def _not_gzip(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Encoding", "gzip"), ("Content-Length", "5")]) + b"plain")


async def _half_gzip(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    body = _zeros(1)[:500]
    writer.write(head(200, [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]) + body)


async def _unknown_encoding(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("Content-Encoding", "sdch"), ("Content-Length", "5")]) + b"plain")


async def _long_header(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [("X-Long", "y" * 200_000), ("Content-Length", "0")]))


async def _many_headers(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, [*((f"X-{i}", "y") for i in range(5000)), ("Content-Length", "0")]))


async def _not_http(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


async def _hang_up(_: FaultServer, writer: asyncio.StreamWriter) -> None:
    writer.close()


FAULTS: dict[str, Fault] = {
    "slow": _slow,
    "silent": _silent,
    "endless": _endless,
    "endless_drip": _endless_drip,
    "gzip_bomb": _gzip_bomb,
    "redirect_loop": _redirect_loop,
    "redirect_loop_back": _redirect_loop_back,
    "redirect_ever_on": _redirect_ever_on,
    "redirect_private": _redirect_private,
    "redirect_file": _redirect_file,
    "half": _half,
    "half_chunked": _half_chunked,
    "broken_chunks": _broken_chunks,
    "longer_than_said": _longer_than_said,
    "said_too_large": _said_too_large,
    "html": _html,
    "empty": _empty,
    "not_gzip": _not_gzip,
    "half_gzip": _half_gzip,
    "unknown_encoding": _unknown_encoding,
    "long_header": _long_header,
    "many_headers": _many_headers,
    "not_http": _not_http,
    "hang_up": _hang_up,
}
"""Every way to misbehave, by name."""
