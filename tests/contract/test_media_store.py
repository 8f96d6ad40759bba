"""What a media store does with images, and with what only claims to be one."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from broadsheet.errors import OutputError, SourceError
from broadsheet.media_store import FolderMediaStore
from broadsheet.ports import MediaStore

KINDS = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "GIF": ("gif", "image/gif"),
    "WEBP": ("webp", "image/webp"),
    "AVIF": ("avif", "image/avif"),
}


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return FolderMediaStore(tmp_path / "media")


def picture(kind: str, size: tuple[int, int] = (40, 30), **save: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, kind, **save)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A valid PNG of a size, with hardly any bytes: the beginning of a decompression bomb."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_stored_under_its_content(store: MediaStore, kind: str) -> None:
    body = picture(kind)
    stored = store.put(body)
    sha256 = hashlib.sha256(body).hexdigest()
    extension, mime = KINDS[kind]
    assert stored.name == f"{sha256[:2]}/{sha256}.{extension}"
    assert (stored.sha256, stored.mime, stored.size_bytes) == (sha256, mime, len(body))
    assert (stored.width, stored.height) == (40, 30)
    assert store.path(stored.name).read_bytes() == body


@pytest.mark.parametrize("save", [{"progressive": True}, {"quality": 5}, {"exif": b"Exif\0\0" + b"\xff\xd9" * 50}])
def test_jpegs_of_all_kinds(store: MediaStore, save: dict[str, object]) -> None:
    assert store.put(picture("JPEG", (41, 31), **save)).width == 41


def test_webps_of_all_kinds(store: MediaStore) -> None:
    assert store.put(picture("WEBP", lossless=True)).width == 40
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    assert store.put(file.getvalue()).height == 30


def test_storing_twice_writes_once(store: MediaStore, tmp_path: Path) -> None:
    body = picture("PNG")
    first = store.put(body)
    written = store.path(first.name).stat().st_mtime_ns
    assert store.put(body) == first
    assert store.path(first.name).stat().st_mtime_ns == written
    assert files(tmp_path / "media") == [first.name]


def test_a_half_written_file_is_replaced(store: MediaStore) -> None:
    body = picture("PNG")
    path = store.path(store.put(body).name)
    path.write_bytes(body[:10])
    store.put(body)
    assert path.read_bytes() == body


def test_what_a_killed_process_left_is_removed(store: MediaStore, tmp_path: Path) -> None:
    left = tmp_path / "media" / ".part" / "abc.jpg.4711"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    stored = store.put(picture("PNG"))
    assert files(tmp_path / "media") == [stored.name]


def test_a_single_pixel_is_reported_as_such(store: MediaStore) -> None:
    stored = store.put(picture("GIF", (1, 1)))
    assert (stored.width, stored.height) == (1, 1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><p>Hotlinking is not allowed", "an HTML page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg onload='alert(1)'/>", "SVG"),
        (b'{"error": "not found"}', "JSON"),
        (b"<rss/>", "XML"),
        (b"BM" + bytes(100), "unknown"),
        (bytes(100), "unknown"),
        (b"\xff\xd8\xff", "unknown"),
        (b"\x89PNG\r\n\x1a\n", "unknown"),
        (b"GIF89a", "unknown"),
        (b"RIFF\0\0\0\0WEBP", "unknown"),
        (b"\0\0\0\x1cftypavif", "unknown"),
    ],
)
def test_what_is_no_image_is_refused(store: MediaStore, body: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        store.put(body)
    assert caught.value.kind == "format"
    assert words in str(caught.value)
    assert not (tmp_path / "media").exists()


def test_nothing_is_no_image(store: MediaStore) -> None:
    with pytest.raises(SourceError) as caught:
        store.put(b"")
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_image_is_refused(store: MediaStore, kind: str, share: float) -> None:
    body = picture(kind, (200, 150))
    with pytest.raises(SourceError) as caught:
        store.put(body[: int(len(body) * share)])
    assert caught.value.kind == "format"


def test_a_damaged_png_is_refused(store: MediaStore) -> None:
    body = bytearray(picture("PNG"))
    body[60] ^= 0xFF
    with pytest.raises(SourceError, match="damaged PNG"):
        store.put(bytes(body))


@pytest.mark.parametrize("size", [(50_000, 50_000), (1, 2**31 - 1), (10_000, 5_001)])
def test_too_many_pixels(store: MediaStore, size: tuple[int, int]) -> None:
    with pytest.raises(SourceError) as caught:
        store.put(png_of(*size))
    assert (caught.value.kind, str(caught.value)) == ("too_large", "more than 50 megapixels")


def test_a_webp_that_claims_too_much_is_never_opened(store: MediaStore) -> None:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\x00\xff\x3f\x00"
    with pytest.raises(SourceError) as caught:
        store.put(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)
    assert caught.value.kind == "too_large"


@pytest.mark.parametrize(
    "name", ["../x.jpg", "ab/../../x.jpg", "/etc/passwd", "", "ab/x.jpg", "ab/" + "0" * 64 + ".svg"]
)
def test_no_name_leads_out_of_the_store(store: MediaStore, name: str) -> None:
    with pytest.raises(OutputError):
        store.path(name)


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(store: MediaStore, tmp_path: Path) -> None:
    body = picture("PNG")
    sha256 = hashlib.sha256(body).hexdigest()
    (tmp_path / "media" / sha256[:2] / f"{sha256}.png").mkdir(parents=True)
    with pytest.raises(OutputError):
        store.put(body)
    assert files(tmp_path / "media") == []


def test_what_is_there(tmp_path: Path) -> None:
    store = FolderMediaStore(tmp_path / "media")
    assert not store.exists("ab/" + "ab" * 32 + ".jpg")
    assert store.exists(store.put(picture("JPEG")).name)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file in the way")
    with pytest.raises(OutputError, match="media: the image cannot be stored"):
        FolderMediaStore(tmp_path / "media").put(picture("PNG"))
