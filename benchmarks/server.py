"""A loopback server of sample feeds, in a process of its own: `python -m benchmarks.server FEEDS ENTRIES`.

Prints its address, answers with ETags and 304s, and ends when its standard input is closed.
"""

import asyncio
import sys
from hashlib import blake2b

from benchmarks.sample import feed


async def serve(feeds: int, entries: int) -> None:
    """Serves until standard input ends."""
    bodies: dict[bytes, tuple[bytes, bytes]] = {}
    server = await asyncio.start_server(lambda r, w: _answer(r, w, bodies), "127.0.0.1", 0, backlog=1024)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for number in range(feeds):
        body = feed(number, entries=entries, base=base)
        etag = b'"' + blake2b(body, digest_size=8).hexdigest().encode() + b'"'
        bodies[f"/feed/{number}".encode()] = (etag, body)
    print(base, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bodies: dict[bytes, tuple[bytes, bytes]]
) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1]
            writer.write(_response(path, head, bodies))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _response(path: bytes, head: bytes, bodies: dict[bytes, tuple[bytes, bytes]]) -> bytes:
    if path not in bodies:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    etag, body = bodies[path]
    if etag in head:
        return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
    length = str(len(body)).encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "
        + etag
        + b"\r\nContent-Length: "
        + length
        + b"\r\n\r\n"
        + body
    )


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
