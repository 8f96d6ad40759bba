"""Bodies as they come off the wire, decompressed piece by piece, never beyond a limit."""

import sys
import zlib
from typing import Protocol

import brotli

from broadsheet.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
CUT_SHORT = "the compressed answer is cut short"

# Some servers name the charset, or nothing, here: such a body is not compressed.
_NO_CODING = frozenset({"", "identity", "none", "null", "utf-8", "utf8", "us-ascii", "iso-8859-1", "binary", "8bit"})
_MOST_CODINGS = 3
# A body of nothing but tiny members would cost far more time than its size says.
_MOST_MEMBERS = 1000
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_WINDOW_LOG = 23  # RFC 9659: nobody may use more than 8 MB for the content coding


class _Decoder(Protocol):
    def decode(self, piece: bytes, room: int) -> bytes:
        """What a piece decompresses to; at most slightly more than `room`, and then no more calls are made."""
        ...

    @property
    def complete(self) -> bool:
        """Whether the stream has come to its end."""
        ...


class Body:
    """Collects a response's body.

    Args:
        content_encoding: the header's value.
        limit_bytes: the most that it may have, as sent and decompressed.

    Raises:
        SourceError: here and in all methods: `encoding` or `too_large`.
    """

    def __init__(self, *, content_encoding: str, limit_bytes: int) -> None:
        self._decoders = _decoders(content_encoding)
        self._limit = limit_bytes
        self._parts: list[bytes] = []
        self._sizes = [0] * len(self._decoders)
        self.wire_bytes = 0

    def feed(self, piece: bytes) -> None:
        """Takes the next piece as it was sent."""
        self.wire_bytes += len(piece)
        self._check(self.wire_bytes)
        for i, decoder in enumerate(self._decoders):
            piece = _decode(decoder, piece, self._limit - self._sizes[i])
            self._sizes[i] += len(piece)
            self._check(self._sizes[i])
        self._parts.append(piece)

    def finish(self) -> bytes:
        """The whole body, decompressed."""
        if not self.is_whole:
            raise SourceError("encoding", CUT_SHORT)
        return self.so_far()

    @property
    def is_whole(self) -> bool:
        """Whether the compression, if there is any, has come to its end."""
        return not self.wire_bytes or all(decoder.complete for decoder in self._decoders)

    def so_far(self) -> bytes:
        """What there is of the body, decompressed."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise too_large(self._limit)


def too_large(limit_bytes: int) -> SourceError:
    """The error for a body over its limit."""
    for unit, size in (("MB", 1_000_000), ("kB", 1000)):
        if limit_bytes >= size:
            return SourceError("too_large", f"larger than {limit_bytes / size:g} {unit}")
    return SourceError("too_large", f"larger than {limit_bytes} bytes")


def _decode(decoder: _Decoder, piece: bytes, room: int) -> bytes:
    try:
        return decoder.decode(piece, room)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError) as error:
        raise SourceError("encoding", "the compressed answer is damaged") from error


def _decoders(content_encoding: str) -> list[_Decoder]:
    """One for each coding, in the order in which they have to be undone."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in _NO_CODING]
    if len(codings) > _MOST_CODINGS:
        raise SourceError("encoding", "compressed too many times over")
    return [_decoder(name) for name in reversed(codings)]


def _decoder(coding: str) -> _Decoder:
    match coding:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
    raise SourceError("encoding", f"compressed in a way that we cannot read: {coding[:40]!r}")


class _Gzip:
    """One member after the other; what follows the last one is no gzip and counts for nothing."""

    def __init__(self) -> None:
        self._members = 1
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._edge = b""

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def decode(self, piece: bytes, room: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        piece = self._edge + piece
        self._edge = b""
        while piece and size <= room and self._take_next_member(piece):
            part = self._stream.decompress(piece, room - size + 1)
            parts.append(part)
            size += len(part)
            piece = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return b"".join(parts)

    def _take_next_member(self, piece: bytes) -> bool:
        if not self._stream.eof:
            return True
        if not piece.startswith(_GZIP_MAGIC):
            self._edge = piece if piece == _GZIP_MAGIC[:1] else b""
            return False
        self._members = _count_member(self._members)
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True


class _Deflate:
    """With the zlib wrapper, as it should be, or without, as some servers send it."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()
        self._started = False

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def decode(self, piece: bytes, room: int) -> bytes:
        if piece and not self._started:
            self._started = True
            if piece[0] & 0x0F != zlib.DEFLATED:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._stream.decompress(piece, room + 1) if piece and not self._stream.eof else b""


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())

    def decode(self, piece: bytes, room: int) -> bytes:
        parts = [self._stream.process(piece, output_buffer_limit=room + 1)] if piece else []
        size = sum(map(len, parts))
        while size <= room and not self._stream.can_accept_more_data():
            part = self._stream.process(b"", output_buffer_limit=room - size + 1)
            parts.append(part)
            size += len(part)
        return b"".join(parts)


class _Zstd:
    """One frame after the other."""

    def __init__(self) -> None:
        self._members = 1
        self._stream = _zstd_stream()

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def decode(self, piece: bytes, room: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while piece and size <= room:
            if self._stream.eof:
                self._members = _count_member(self._members)
                self._stream = _zstd_stream()
            part = self._stream.decompress(piece, room - size + 1)
            parts.append(part)
            size += len(part)
            piece = self._stream.unused_data if self._stream.eof else b""
        return b"".join(parts)


def _zstd_stream() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})


def _count_member(members: int) -> int:
    if members >= _MOST_MEMBERS:
        raise SourceError("encoding", "compressed in too many pieces")
    return members + 1
