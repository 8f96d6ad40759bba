"""Bodies and raw bytes to what the archive keeps, and back: MessagePack and zstd. Pure; knows nothing of any store."""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from broadsheet.errors import ArchiveError
from broadsheet.model import Body, Packed, Value

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN: Final = 0
ZSTD: Final = 1

LEVEL: Final = 3
"""Higher levels gain a few per cent on texts of some kilobytes and cost several times the time."""

MIN_BYTES: Final = 64
"""Anything shorter does not get smaller by more than its frame's header."""

_BODY_ENCODER = msgspec.msgpack.Encoder()
_BODY_DECODER = msgspec.msgpack.Decoder(Body)


class Dictionary(Value, frozen=True, kw_only=True):
    """A trained zstd dictionary; `id` is the archive's own number for it, from 1."""

    id: int
    data: bytes


def pack_body(body: Body, dictionary: Dictionary | None = None) -> Packed:
    """The body as the archive keeps it; equal bodies give equal bytes."""
    return pack_bytes(_BODY_ENCODER.encode(body), dictionary)


def pack_bytes(data: bytes, dictionary: Dictionary | None = None) -> Packed:
    """The bytes compressed, or as they are where that would not make them shorter."""
    if len(data) >= MIN_BYTES:
        compressor = _compressor(dictionary)
        # One compressor is used again for each frame: making its tables costs half as much as a typical body does.
        shorter = compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)
        if len(shorter) < len(data):
            return Packed(data=shorter, codec=ZSTD, dictionary=dictionary.id if dictionary else 0)
    return Packed(data=data, codec=PLAIN)


def unpack_body(packed: Packed, dictionaries: Mapping[int, bytes] | None = None) -> Body:
    """What `pack_body` was given.

    Raises:
        ArchiveError: the bytes are damaged, or their dictionary is not among `dictionaries` (id -> bytes).
    """
    try:
        return _BODY_DECODER.decode(unpack_bytes(packed, dictionaries))
    except msgspec.MsgspecError as error:
        raise ArchiveError(f"a stored text is damaged: {error}") from error


def unpack_bytes(packed: Packed, dictionaries: Mapping[int, bytes] | None = None) -> bytes:
    """What `pack_bytes` was given.

    Raises:
        ArchiveError: the bytes are damaged, or their dictionary is not among `dictionaries` (id -> bytes).
    """
    if packed.codec == PLAIN:
        return packed.data
    if packed.codec != ZSTD:
        raise ArchiveError(f"stored bytes are packed in a way (codec {packed.codec}) that this version does not know")
    try:
        return zstd.decompress(packed.data, _loaded(packed.dictionary, dictionaries or {}))
    except zstd.ZstdError as error:
        raise ArchiveError(f"stored bytes are damaged: {error}") from error


def _loaded(number: int, dictionaries: Mapping[int, bytes]) -> zstd.ZstdDict | None:
    if number == 0:
        return None
    data = dictionaries.get(number)
    if data is None:
        raise ArchiveError(f"the dictionary {number} that stored bytes were packed with is missing")
    return _zstd_dictionary(data)


@cache
def _compressor(dictionary: Dictionary | None) -> zstd.ZstdCompressor:
    if dictionary is None:
        return zstd.ZstdCompressor(level=LEVEL)
    return zstd.ZstdCompressor(level=LEVEL, zstd_dict=_zstd_dictionary(dictionary.data))


@cache
def _zstd_dictionary(data: bytes) -> zstd.ZstdDict:
    return zstd.ZstdDict(data, is_raw=False)
