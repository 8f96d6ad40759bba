"""Decompression, in whatever pieces it comes, and never beyond the limit."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.fetcher.decoding import Body, too_large, zstd

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}


def unpack(coding: str, packed: bytes, *, pieces: int = 1, limit: int = 1_000_000) -> bytes:
    body = Body(content_encoding=coding, limit_bytes=limit)
    step = max(1, -(-len(packed) // pieces))
    for start in range(0, len(packed), step):
        body.feed(packed[start : start + step])
    return body.finish()


def kind(coding: str, packed: bytes, *, limit: int = 1_000_000) -> str:
    with pytest.raises(SourceError) as caught:
        unpack(coding, packed, limit=limit)
    return caught.value.kind


@pytest.mark.parametrize("coding", PACKERS)
@given(content=st.binary(max_size=2000), pieces=st.integers(1, 2000))
def test_what_was_packed_comes_out_however_it_is_cut(coding: str, content: bytes, pieces: int) -> None:
    assert unpack(coding, PACKERS[coding](content), pieces=pieces) == content


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@given(content=st.binary(max_size=200))
def test_garbage_is_damaged_or_cut_short_and_nothing_else(coding: str, content: bytes) -> None:
    try:
        unpack(coding, content, pieces=3)
        kind = "none"
    except SourceError as error:
        kind = error.kind
    assert kind in {"none", "encoding"}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stops_at_the_limit(coding: str) -> None:
    packed = PACKERS[coding](bytes(10_000_000))
    assert len(packed) < 20_000
    assert kind(coding, packed) == "too_large"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_exactly_the_limit_is_allowed(coding: str) -> None:
    packed = PACKERS[coding](bytes(1000))
    assert unpack(coding, packed, limit=1000) == bytes(1000)
    assert kind(coding, packed, limit=999) == "too_large"


def test_a_bomb_in_a_bomb_stops_at_the_first() -> None:
    packed = gzip.compress(gzip.compress(bytes(50_000_000), 1), 1)
    assert kind("gzip, gzip", packed) == "too_large"


def test_one_too_many_as_sent() -> None:
    assert kind("", bytes(1001), limit=1000) == "too_large"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_follow_each_other(coding: str) -> None:
    packed = PACKERS[coding](b"first ") + PACKERS[coding](b"second")
    for pieces in (1, 2, len(packed)):
        assert unpack(coding, packed, pieces=pieces) == b"first second"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_too_many_members(coding: str) -> None:
    assert kind(coding, PACKERS[coding](b"") * 1001) == "encoding"


def test_what_follows_gzip_is_ignored() -> None:
    packed = gzip.compress(b"content")
    for tail in (b"\0\0\0\0", b"\r\n", b"\x1f", b"\x1f\x00"):
        assert unpack("gzip", packed + tail) == b"content"


@pytest.mark.parametrize("coding", ["compress", "dcb", "gzip;q=1", "gzip, gzip, gzip, gzip", "gzip, sdch"])
def test_codings_that_cannot_be_undone(coding: str) -> None:
    with pytest.raises(SourceError) as caught:
        Body(content_encoding=coding, limit_bytes=1000)
    assert caught.value.kind == "encoding"


def test_zstd_may_not_take_more_memory_than_the_standard_says() -> None:
    options = {zstd.CompressionParameter.window_log: 26, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(bytes(100_000)) + packer.flush()
    assert kind("zstd", packed) == "encoding"


@pytest.mark.parametrize(
    ("limit", "words"), [(20_000_000, "20 MB"), (1_500_000, "1.5 MB"), (512_000, "512 kB"), (10, "10 bytes")]
)
def test_limits_for_people(limit: int, words: str) -> None:
    assert str(too_large(limit)) == f"larger than {words}"
