"""Media files and pictures of an entry: RSS enclosures, Media RSS in all its nestings, iTunes."""

from collections.abc import Iterable
from typing import Final

from broadsheet import text
from broadsheet.feeds.context import Context
from broadsheet.feeds.elements import Element, Fields, content_of, first_text, gather, number, seconds
from broadsheet.feeds.namespaces import Names
from broadsheet.model import Enclosure

FIELDS: Final = frozenset({"enclosure", "media:content", "media:group", "media:thumbnail", "itunes:image"})
"""The fields that this module reads; without any of them there is nothing to call it for."""

_MEDIUMS: Final = frozenset({"image", "audio", "video"})
_PICTURE_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_AVATARS: Final = "gravatar.com/avatar/"  # WordPress.com puts its author's face first


def read(
    fields: Fields, names: Names, context: Context, base: str, given: Iterable[Enclosure] = ()
) -> tuple[tuple[Enclosure, ...], str | None]:
    """The media files of an entry in order, without duplicates and after those given, and its own picture."""
    found = _Media(names, context, base)
    for enclosure in given:
        found.files.setdefault(enclosure.url, enclosure)
    found.take(fields)
    picture = found.picture() or _itunes_image(fields, context, base) or found.first_image()
    return _with_duration(tuple(found.files.values()), fields), picture


class _Media:
    """What is found on the way through an entry's media elements."""

    def __init__(self, names: Names, context: Context, base: str) -> None:
        self.files: dict[str, Enclosure] = {}
        self._thumbnails: list[tuple[int, str]] = []
        self._names = names
        self._context = context
        self._base = base

    def take(self, fields: Fields) -> None:
        for element in fields.get("enclosure", ()):
            self._file(element, element.get("url") or element.get("href"), element.get("type"), element.get("length"))
        for group in fields.get("media:group", ()):
            self._contents(gather(group, self._names))
        self._contents(fields)

    def _contents(self, fields: Fields) -> None:
        for element in fields.get("media:content", ()):
            size = element.get("fileSize") or element.get("filesize")
            self._file(element, element.get("url"), element.get("type") or _kind(element.get("medium")), size)
            if len(element):
                self._pictures(gather(element, self._names).get("media:thumbnail", ()))
        self._pictures(fields.get("media:thumbnail", ()))

    def picture(self) -> str | None:
        """The widest thumbnail, the first of equal ones."""
        return max(self._thumbnails, key=lambda sized: sized[0])[1] if self._thumbnails else None

    def first_image(self) -> str | None:
        """The first media file that is an image."""
        return next((file.url for file in self.files.values() if _is_picture(file)), None)

    def _file(self, element: Element, href: str | None, kind: str | None, length: str | None) -> None:
        url = self._context.absolute(href, self._base) if href else None
        if url is None or url in self.files:
            return
        duration = element.get("duration")
        self.files[url] = Enclosure(
            url=url,
            type=text.fold(kind).lower() or None if kind else None,
            length_bytes=number(length),
            duration_s=seconds(duration) if duration else None,
        )

    def _pictures(self, thumbnails: Iterable[Element]) -> None:
        for element in thumbnails:
            if url := self._context.absolute(element.get("url") or content_of(element), self._base):
                self._thumbnails.append((number(element.get("width")) or 0, url))


def _kind(medium: str | None) -> str | None:
    return f"{medium}/*" if medium in _MEDIUMS else None


def _is_picture(file: Enclosure) -> bool:
    if _AVATARS in file.url:
        return False
    if file.type:
        return file.type.startswith("image/")
    return file.url.partition("?")[0].lower().endswith(_PICTURE_ENDINGS)


def _itunes_image(fields: Fields, context: Context, base: str) -> str | None:
    for element in fields.get("itunes:image", ()):
        if url := context.absolute(element.get("href") or element.get("url") or content_of(element), base):
            return url
    return None


def _with_duration(files: tuple[Enclosure, ...], fields: Fields) -> tuple[Enclosure, ...]:
    """The files, the first one with the entry's itunes:duration if it has none of its own."""
    if not files or "itunes:duration" not in fields or files[0].duration_s is not None:
        return files
    first = files[0]
    duration_s = seconds(first_text(fields, "itunes:duration"))
    return (
        Enclosure(url=first.url, type=first.type, length_bytes=first.length_bytes, duration_s=duration_s),
        *files[1:],
    )
