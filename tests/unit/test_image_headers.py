"""Images as they claim to be, and as they are when something in them was changed."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from broadsheet.image_headers import ImageHeader, read_header

KINDS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")


def picture(kind: str, size: tuple[int, int] = (40, 30), **save: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, kind, **save)
    return file.getvalue()


SAMPLES = {kind: picture(kind) for kind in KINDS}


def header(body: bytes) -> ImageHeader:
    found = read_header(body)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_says_what_a_decoder_says(kind: str) -> None:
    for size in ((1, 1), (3, 500), (301, 200)):
        found = header(picture(kind, size))
        assert (found.format, found.width, found.height, found.whole) == (kind, *size, True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_beginning_of_an_image_is_whole(kind: str) -> None:
    body = SAMPLES[kind]
    for end in range(0, len(body) - 4, 7):
        found = read_header(body[:end])
        assert found is None or not found.whole


@pytest.mark.parametrize("kind", KINDS)
@given(edits=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8))
def test_damage_never_raises(kind: str, edits: list[tuple[int, int]]) -> None:
    body = bytearray(SAMPLES[kind])
    for at, value in edits:
        body[at % len(body)] = value
    read_header(bytes(body))


@given(body=st.binary(max_size=300), start=st.sampled_from([b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X", b""]))
def test_garbage_never_raises(body: bytes, start: bytes) -> None:
    read_header(start + body)


def test_a_gif_may_lack_its_trailer_or_have_something_behind_it() -> None:
    body = SAMPLES["GIF"]
    assert header(body[:-1]).whole
    assert header(body + b"\r\n<!-- served by x -->").whole
    assert not header(body[:-2]).whole


def test_an_animation_is_whole() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        assert header(file.getvalue()).whole
        assert not header(file.getvalue()[:-12]).whole


def test_a_jpeg_may_have_padding_between_its_segments() -> None:
    body = SAMPLES["JPEG"]
    padded = body[:2] + b"\xff\xff\xff" + body[2:]
    assert header(padded).width == 40


def test_the_preview_within_a_jpeg_does_not_count_as_its_end() -> None:
    with_preview = picture("JPEG", exif=b"Exif\0\0" + SAMPLES["JPEG"])
    assert header(with_preview).whole
    assert not header(with_preview[:-2]).whole
    assert header(with_preview).width == 40
