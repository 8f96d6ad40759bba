"""What went wrong on the network, in one line for people. Everything about the HTTP library's exceptions lives here."""

import os
import socket
import ssl

import aiohttp

from broadsheet.errors import SourceError
from broadsheet.fetcher.target import Target

CONNECT_S = 10.0
"""The most that connecting to one address may take: longer ones hardly ever come about."""

_HEADERS_TOO_LARGE = ("Got more than", "Too many headers")


class PrivateAddressError(OSError):
    """An address that must not be connected to. Equal texts, so that several of them are reported as one."""

    TEXT = "private address"

    def __init__(self) -> None:
        super().__init__(self.TEXT)


def never_connected(error: Exception) -> bool:
    """Whether not even a connection came about, so that other URLs of the same host would fail as well."""
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def not_yet_read(stream: aiohttp.StreamReader) -> list[bytes]:
    """What had arrived before the connection broke off; the stream itself gives nothing more after its exception."""
    return list(getattr(stream, "_buffer", ()))


def source_error(error: Exception, target: Target) -> SourceError:
    """The error of ours that an exception during a request means."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    if PrivateAddressError.TEXT in str(cause):
        return SourceError(
            "refused", f"{target.name} is at a private address, which only fetch.allow_private would allow"
        )
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return SourceError("timeout", f"no connection to {target.name} within {CONNECT_S:g} s")
    if isinstance(error, aiohttp.ClientConnectorDNSError | UnicodeError):
        return _no_name(cause, target)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError | ssl.SSLError):
        return SourceError("tls", f"no secure connection to {target.name}: {_tls_reason(error)}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return SourceError("connect", f"cannot connect to {target.name}: {_os_reason(error.os_error)}")
    return _broken_talk(error, target)


def _broken_talk(error: Exception, target: Target) -> SourceError:
    """The error for what happened after the connection was there."""
    if isinstance(error, aiohttp.ClientPayloadError):
        return SourceError("connect", f"{target.name} broke off in the middle of its answer")
    if isinstance(error, aiohttp.ClientResponseError):
        if any(mark in error.message for mark in _HEADERS_TOO_LARGE):
            return SourceError("too_large", f"{target.name} sends too many headers, or too long ones")
        return SourceError("connect", f"{target.name} does not answer in HTTP")
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return SourceError("refused", f"{target.name} cannot be asked: its URL or a header is not valid")
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError):
        return SourceError("connect", f"{target.name} closed the connection without an answer")
    reason = _os_reason(error) if isinstance(error, OSError) else type(error).__name__
    return SourceError("connect", f"the connection to {target.name} failed: {reason}")


def _no_name(cause: OSError | None, target: Target) -> SourceError:
    if cause is not None and cause.errno == socket.EAI_AGAIN:
        return SourceError("dns", f"no answer to the question where {target.host} is")
    return SourceError("dns", f"no such host: {target.host}")


def _tls_reason(error: Exception) -> str:
    cause = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    elif isinstance(error, aiohttp.ClientSSLError):
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message.rstrip(".")
    reason = getattr(cause, "reason", None)  # errors of OpenSSL have one, other broken handshakes not
    return reason.replace("_", " ").lower() if isinstance(reason, str) and reason else "the handshake failed"


def _os_reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else "no address of it answers"
