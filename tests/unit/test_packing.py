"""Packing gives back what it was given, stays small, and says what is wrong with damaged bytes."""

from hashlib import shake_128

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import ArchiveError
from broadsheet.model import Body, CleanHtml, Enclosure, Image, Packed
from broadsheet.packing import PLAIN, ZSTD, Dictionary, pack_body, pack_bytes, unpack_body, unpack_bytes

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.binary(max_size=5000))
def test_any_bytes_come_back(data: bytes) -> None:
    packed = pack_bytes(data)
    assert unpack_bytes(packed) == data
    assert len(packed.data) <= len(data)


@given(html=text, plain=text, url=text)
def test_any_body_comes_back_and_equal_ones_are_equal(html: str, plain: str, url: str) -> None:
    body = Body(html=CleanHtml(html), text=plain, images=(Image(url=url, width=3),), enclosures=(Enclosure(url=url),))
    packed = pack_body(body)
    assert unpack_body(packed) == body
    assert pack_body(body) == packed


def test_text_shrinks_and_noise_and_small_things_stay_plain() -> None:
    paragraph = "<p>一段文字，与另一段文字相似。Some words, and some words again.</p>" * 20
    packed = pack_body(Body(html=CleanHtml(paragraph), text=paragraph))
    assert packed.codec == ZSTD
    assert len(packed.data) < len(paragraph.encode()) / 5
    noise = shake_128(b"noise").digest(500)
    assert pack_bytes(noise) == Packed(data=noise, codec=PLAIN)
    assert pack_bytes(b"a" * 63).codec == PLAIN


def test_a_large_page_comes_back() -> None:
    page = shake_128(b"page").digest(1000) * 4000
    packed = pack_bytes(page)
    assert len(packed.data) < 10_000
    assert unpack_bytes(packed) == page


def _item(number: int) -> bytes:
    word = shake_128(str(number).encode()).hexdigest(20)
    return f'<item><guid isPermaLink="false">{word}</guid><category>Technology</category>{number}</item>'.encode()


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    samples = [_item(number) for number in range(300)]
    return Dictionary(id=5, data=zstd.train_dict(samples, 8000).dict_content)


def test_a_dictionary_is_named_used_and_needed(dictionary: Dictionary) -> None:
    data = _item(1000)
    packed = pack_bytes(data, dictionary)
    assert (packed.codec, packed.dictionary) == (ZSTD, 5)
    assert len(packed.data) < len(pack_bytes(data).data)
    assert unpack_bytes(packed, {5: dictionary.data}) == data
    with pytest.raises(ArchiveError, match="dictionary 5"):
        unpack_bytes(packed)


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (Packed(data=b"not zstd at all", codec=ZSTD), "damaged"),
        (Packed(data=pack_bytes(b"abc" * 100).data[:-3], codec=ZSTD), "damaged"),
        (Packed(data=b"\x81\xa4html\xc0", codec=PLAIN), "damaged"),
        (Packed(data=b"\xff\xff", codec=PLAIN), "damaged"),
        (Packed(data=b"", codec=9), "codec 9"),
    ],
)
def test_damage_is_one_clear_error(packed: Packed, says: str) -> None:
    with pytest.raises(ArchiveError, match=says):
        unpack_body(packed)
