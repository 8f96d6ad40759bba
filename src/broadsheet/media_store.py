"""Mirrored images in a folder, named by their content. Decides nothing about which images to keep."""

import hashlib
import os
import re
import shutil
import warnings
from io import BytesIO
from pathlib import Path

import msgspec

from broadsheet.errors import OutputError, SourceError
from broadsheet.image_headers import ImageHeader, read_header
from broadsheet.model import StoredMedia

MOST_PIXELS = 50_000_000

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.(?:jpg|png|gif|webp|avif)")
_PARTS = ".part"


class FolderMediaStore:
    """Images as files: `ab/ab….jpg`, written whole or not at all.

    Files under way stand in `.part`; what a killed process left there is removed by the next one that stores something.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._is_swept = False

    def put(self, body: bytes) -> StoredMedia:
        """Stores an image once; equal bytes give an equal name.

        Raises:
            SourceError: `format`, because it is no whole JPEG, PNG, GIF, WebP or AVIF image; `too_large`, `empty`.
            OutputError: the folder cannot be written.
        """
        header = checked_image(body)
        sha256 = hashlib.sha256(body).hexdigest()
        name = f"{sha256[:2]}/{sha256}.{header.extension}"
        try:
            if not self._has(name, len(body)):
                self._write(name, body)
        except OSError as error:
            raise OutputError(f"{self._root}: the image cannot be stored: {error.strerror or error}") from error
        return StoredMedia(
            name=name,
            sha256=sha256,
            mime=header.mime,
            size_bytes=len(body),
            width=header.width,
            height=header.height,
        )

    def path(self, name: str) -> Path:
        """Where the file of a `StoredMedia.name` is.

        Raises:
            OutputError: it is not such a name.
        """
        if not _NAME.fullmatch(name):
            raise OutputError(f"not a name in the media store: {name!r}")
        return self._root / name

    def exists(self, name: str) -> bool:
        """Whether the store has this file."""
        return self.path(name).is_file()

    def _has(self, name: str, size_bytes: int) -> bool:
        try:
            return (self._root / name).stat().st_size == size_bytes
        except FileNotFoundError:
            return False

    def _write(self, name: str, body: bytes) -> None:
        if not self._is_swept:
            shutil.rmtree(self._root / _PARTS, ignore_errors=True)
            self._is_swept = True
        part = self._root / _PARTS / f"{name[3:]}.{os.getpid()}"
        target = self._root / name
        for folder in (part.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(body)
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def checked_image(body: bytes) -> ImageHeader:
    """What an image is, told by its content, with the width and height that it will be shown in.

    Raises:
        SourceError: `format`, `too_large` or `empty`.
    """
    if not body:
        raise SourceError("empty", "the image is empty")
    header = read_header(body)
    if header is None:
        raise SourceError("format", f"not an image that can be kept: {_guess(body)}")
    if header.width * header.height > MOST_PIXELS:
        raise SourceError("too_large", f"more than {MOST_PIXELS // 1_000_000} megapixels")
    if not header.whole:
        raise SourceError("format", "the image is cut short")
    width, height = _verified_size(body, header)
    return msgspec.structs.replace(header, width=width, height=height)


def _verified_size(body: bytes, header: ImageHeader) -> tuple[int, int]:
    """Has a decoder agree, without decoding the pixels."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body), formats=(header.format,)) as image:
            width, height = image.size
            image.verify()
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        raise SourceError("format", f"a damaged {header.format} image") from error
    return width, height


def _guess(body: bytes) -> str:
    """What else it may be, in words."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<p", b"<div")):
        return "an HTML page"
    if start.startswith(b"<"):
        return "XML"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "an unknown format"
