"""What exceptions of the network mean, for those that a loopback server cannot cause."""

import errno
import socket
import ssl
from types import SimpleNamespace

import aiohttp
import pytest

from broadsheet.fetcher.failures import PrivateAddressError, never_connected, source_error
from broadsheet.fetcher.target import parse_target

TARGET = parse_target("https://example.org/feed")
KEY = SimpleNamespace(host="example.org", port=443, ssl=True, is_ssl=True)


def connector_error(
    cause: OSError, kind: type[aiohttp.ClientConnectorError] = aiohttp.ClientConnectorError
) -> Exception:
    return kind(KEY, cause)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            connector_error(socket.gaierror(socket.EAI_AGAIN, "try again"), aiohttp.ClientConnectorDNSError),
            "dns",
            "no answer to the question where example.org is",
        ),
        (
            connector_error(socket.gaierror(socket.EAI_NONAME, "unknown"), aiohttp.ClientConnectorDNSError),
            "dns",
            "no such host: example.org",
        ),
        (
            connector_error(OSError(errno.EHOSTUNREACH, "Connect call failed")),
            "connect",
            "cannot connect to example.org: no route to host",
        ),
        (
            connector_error(OSError("Multiple exceptions: [Errno 111] …, [Errno 101] …")),
            "connect",
            "cannot connect to example.org: no address of it answers",
        ),
        (
            connector_error(OSError("Multiple exceptions: private address, [Errno 101] …")),
            "refused",
            "example.org is at a private address, which only fetch.allow_private would allow",
        ),
        (
            connector_error(PrivateAddressError()),
            "refused",
            "example.org is at a private address, which only fetch.allow_private would allow",
        ),
        (aiohttp.ConnectionTimeoutError("…"), "timeout", "no connection to example.org within 10 s"),
        (
            connector_error(ssl.SSLError(1, "[SSL: TLSV1_ALERT] …"), aiohttp.ClientConnectorSSLError),
            "tls",
            "no secure connection to example.org: the handshake failed",
        ),
        (
            aiohttp.ClientOSError(errno.ENETRESET, "…"),
            "connect",
            "the connection to example.org failed: network dropped connection on reset",
        ),
        (
            aiohttp.ClientOSError(errno.ECONNRESET, "…"),
            "connect",
            "the connection to example.org failed: connection reset by peer",
        ),
        (aiohttp.ClientConnectionError("…"), "connect", "the connection to example.org failed: ClientConnectionError"),
        (aiohttp.InvalidURL("x"), "refused", "example.org cannot be asked: its URL or a header is not valid"),
    ],
)
def test_exceptions(error: Exception, kind: str, message: str) -> None:
    failure = source_error(error, TARGET)
    assert (failure.kind, str(failure)) == (kind, message)


def test_which_failures_say_something_about_the_whole_host() -> None:
    assert never_connected(connector_error(OSError(errno.ECONNREFUSED, "…")))
    assert never_connected(aiohttp.ConnectionTimeoutError("…"))
    assert not never_connected(aiohttp.ServerDisconnectedError())
    assert not never_connected(aiohttp.ClientPayloadError("…"))
    assert not never_connected(TimeoutError())
