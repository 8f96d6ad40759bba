"""What the first bytes of an image say of it, read without decoding anything. Pure; knows nothing of stores.

Only what web pages may show is recognised. SVG is not: it can carry scripts.
"""

import re
import struct
from collections.abc import Iterator

from broadsheet.model import Value


class ImageHeader(Value, frozen=True, kw_only=True):
    """What an image claims to be.

    Attributes:
        format: Pillow's name of the format.
        width, height: the largest that it claims anywhere: what a decoder would have to allow for.
        whole: it does not visibly lack its end.
    """

    format: str
    extension: str
    mime: str
    width: int
    height: int
    whole: bool


def read_header(body: bytes) -> ImageHeader | None:
    """What an image claims to be, `None` if it is none of the five kinds, or damaged at its beginning."""
    try:
        return _read(body)
    except (struct.error, IndexError):
        return None


def _read(body: bytes) -> ImageHeader | None:
    if body.startswith(b"\xff\xd8\xff"):
        return _jpeg(body)
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", body, 16)
        return _header("PNG", "png", width, height, whole=b"IEND" in body)
    if body.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", body, 6)
        return _header("GIF", "gif", width, height, whole=_gif_is_whole(body))
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return _webp(body)
    if body[4:8] == b"ftyp" and re.search(rb"avi[fs]", body[8 : min(64, struct.unpack_from(">I", body)[0])]):
        return _avif(body)
    return None


def _header(name: str, extension: str, width: int, height: int, *, whole: bool) -> ImageHeader | None:
    if not width or not height:
        return None
    mime = f"image/{name.lower()}"
    return ImageHeader(format=name, extension=extension, mime=mime, width=width, height=height, whole=whole)


# -- JPEG: segments up to the first scan, ITU-T T.81 B.1 ---------------------------------------------------------------

_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_WITHOUT_LENGTH = frozenset(range(0xD0, 0xD9)) | {0x01}
_MARK = 0xFF
_END = b"\xff\xd9"


def _jpeg(body: bytes) -> ImageHeader | None:
    width = height = 0
    for marker, start in _segments(body):
        if marker in _SIZES:
            claimed_height, claimed_width = struct.unpack_from(">HH", body, start + 3)
            width, height = max(width, claimed_width), max(height, claimed_height)
        elif marker == _SCAN:
            return _header("JPEG", "jpg", width, height, whole=body.find(_END, start) >= 0)
    return None


def _segments(body: bytes) -> Iterator[tuple[int, int]]:
    """Markers, each with where its segment's length stands."""
    at = 2
    while at + 3 < len(body):
        if body[at] != _MARK:
            return
        marker = body[at + 1]
        if marker == _MARK:  # padding
            at += 1
            continue
        yield marker, at + 2
        at += 2 if marker in _WITHOUT_LENGTH else 2 + struct.unpack_from(">H", body, at + 2)[0]


# -- GIF: blocks, GIF89a 12-27 -----------------------------------------------------------------------------------------

_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B


def _gif_is_whole(body: bytes) -> bool:
    """Whether its blocks end with the trailer, or at least with a whole image."""
    at = 13 + _colours_bytes(body[10])
    images = 0
    while at < len(body):
        kind = body[at]
        if kind == _GIF_EXTENSION:
            at = _after_sub_blocks(body, at + 2)
        elif kind == _GIF_IMAGE and at + 9 < len(body):
            at = _after_sub_blocks(body, at + 11 + _colours_bytes(body[at + 9]))
            images += 1
        else:
            return kind == _GIF_END
    return at == len(body) and images > 0


def _colours_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_sub_blocks(body: bytes, at: int) -> int:
    while at < len(body) and body[at]:
        at += 1 + body[at]
    return at + 1


# -- WebP: RFC 9649 ----------------------------------------------------------------------------------------------------


def _webp(body: bytes) -> ImageHeader | None:
    whole = struct.unpack_from("<I", body, 4)[0] + 8 <= len(body) + 1  # some writers count a padding byte too many
    match body[12:16]:
        case b"VP8X":
            width = int.from_bytes(body[24:27], "little") + 1
            height = int.from_bytes(body[27:30], "little") + 1
        case b"VP8L":
            bits = struct.unpack_from("<I", body, 21)[0]
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 26))
        case _:
            return None
    return _header("WEBP", "webp", width, height, whole=whole)


# -- AVIF: boxes of ISO/IEC 14496-12 -----------------------------------------------------------------------------------

_MOST_BOXES = 1000
_BOX_HEAD_BYTES = 8
_PROPERTIES_BYTES = 100_000


def _avif(body: bytes) -> ImageHeader | None:
    """Sizes are those of all `ispe` properties: of the picture, its tiles and its alpha plane."""
    sides = [
        struct.unpack_from(">II", body, match.end() + 4) for match in re.finditer(rb"ispe", body[:_PROPERTIES_BYTES])
    ]
    if not sides:
        return None
    width, height = max(width for width, _ in sides), max(height for _, height in sides)
    return _header("AVIF", "avif", width, height, whole=_boxes_fit(body))


def _boxes_fit(body: bytes) -> bool:
    at = 0
    for _ in range(_MOST_BOXES):
        if at == len(body):
            return True
        if at + _BOX_HEAD_BYTES > len(body):
            return not body[at:].strip(b"\0")
        size = struct.unpack_from(">I", body, at)[0]
        if size == 1:
            size = struct.unpack_from(">Q", body, at + 8)[0]
        if size == 0:  # up to the end
            return True
        if size < _BOX_HEAD_BYTES:
            return False
        at += size
        if at > len(body):
            return False
    return False
