"""JSON Feed 1.0 and 1.1, whole, cut off or with small mistakes."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from broadsheet import text
from broadsheet.feeds import elements
from broadsheet.feeds.context import Context
from broadsheet.model import Enclosure, Entry, Feed, UntrustedHtml

Object = Mapping[str, Any]

_ITEMS: Final = re.compile(r'"items"\s{0,100}:\s{0,100}\[')
_GAP: Final = re.compile(r"[\s,]*")
_VERSION: Final = "jsonfeed.org/version/"
_LARGEST_ID: Final = 10**18  # larger numbers are no ids, and slow to write out
_ITEM_KEYS: Final = frozenset({"content_html", "content_text", "date_published", "external_url", "summary"})


def read(body: bytes, context: Context) -> Feed | str:
    """The feed, or what the document is instead."""
    document = _decode(body, context)
    if not isinstance(document, dict):
        return "this is JSON, but not a JSON Feed: it should be an object with a version and items"
    items = document.get("items")
    if isinstance(items, list):
        if not _has_version(document):
            if not any(isinstance(item, dict) and _ITEM_KEYS & item.keys() for item in items):
                return "this is JSON, but not a JSON Feed: it should name its version, https://jsonfeed.org/version/1.1"
            context.problems.note("a JSON Feed without its version")
        return _feed(document, items, context)
    if _has_version(document):
        context.problems.note("a JSON Feed without items")
        return _feed(document, [], context)
    if "id" in document and _ITEM_KEYS & document.keys():
        return _feed({}, [document], context)
    return "this is JSON, but not a JSON Feed: it should be an object with a version and items"


def _has_version(document: Object) -> bool:
    return _VERSION in _text(document, "version")


def _decode(body: bytes, context: Context) -> Any:
    """The document; what can be had of it if it is not quite JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    said = body.decode("utf-8", "replace").replace("\0", "")
    decoder = json.JSONDecoder(strict=False)
    try:
        document, end = decoder.raw_decode(said.lstrip())
    except (ValueError, RecursionError):
        return _decode_parts(said, decoder, context)
    context.problems.note("text after the end of the feed" if said.lstrip()[end:].strip() else "not quite JSON")
    return document


def _decode_parts(said: str, decoder: json.JSONDecoder, context: Context) -> Any:
    """The whole items of a document that is broken or cut off somewhere, and its head."""
    found = _ITEMS.search(said)
    if found is None:
        return None
    items: list[Any] = []
    position = found.end()
    while True:
        position = _GAP.match(said, position).end()  # type: ignore[union-attr]
        try:
            item, position = decoder.raw_decode(said, position)
        except (ValueError, RecursionError):
            break
        items.append(item)
    context.problems.note("broken or cut off JSON; the items before that are whole")
    try:
        head = decoder.decode(said[: found.start()].rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        head = {"version": _VERSION}
    return {**head, "items": items} if isinstance(head, dict) else None


def _feed(document: Object, items: list[Any], context: Context) -> Feed:
    link = _url(document, "home_page_url", context, context.url)
    base = context.first_absolute(context.url, link)
    authors, language = _authors(document), elements.language(_text(document, "language"))
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) < len(items):
        context.problems.note("items that are not objects")
    return Feed(
        title=text.fold(_text(document, "title")),
        link=link,
        format="json",
        language=language,
        image=_url(document, "icon", context, base) or _url(document, "favicon", context, base),
        entries=tuple([_entry(item, context, base, authors) for item in objects]),
    )


def _entry(item: Object, context: Context, base: str, authors: tuple[str, ...]) -> Entry:
    link = _url(item, "url", context, base) or _url(item, "external_url", context, base)
    content = _text(item, "content_html").strip() or text.paragraphs(_text(item, "content_text"))
    summary = text.paragraphs(_text(item, "summary"))
    return Entry(
        id=_text(item, "id").strip() or None,
        link=link,
        title=text.fold(_text(item, "title")),
        authors=_authors(item) or authors,
        published=_date(item, "date_published", context),
        updated=_date(item, "date_modified", context),
        html=UntrustedHtml(content or summary),
        summary=UntrustedHtml(summary) if content and summary and summary != content else None,
        base=link or base,
        tags=elements.labels(_strings(item.get("tags"))),
        enclosures=_attachments(item, context, base),
        image=_url(item, "image", context, base) or _url(item, "banner_image", context, base),
        language=elements.language(_text(item, "language")),
        raw=_raw(item, context),
    )


def _text(found: Object, key: str) -> str:
    """A value as text; numbers, which some write for ids, included."""
    value = found.get(key)
    if isinstance(value, str):
        return text.scrub(value)
    return (
        str(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_ID
        else ""
    )


def _url(found: Object, key: str, context: Context, base: str) -> str | None:
    href = _text(found, key)
    return context.absolute(href, base) if href else None


def _date(found: Object, key: str, context: Context) -> datetime | None:
    said = _text(found, key)
    return context.date(said) if said else None


def _strings(found: Any) -> Iterable[str]:
    return (text.scrub(each) for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _authors(found: Object) -> tuple[str, ...]:
    """The names in `authors` (1.1), else in `author` (1.0)."""
    said = found.get("authors") or found.get("author")
    people = said if isinstance(said, list) else [said]
    return tuple(
        dict.fromkeys(
            name
            for person in people
            if (
                name := text.fold(
                    _text(person, "name") if isinstance(person, dict) else person if isinstance(person, str) else ""
                )
            )
        )
    )


def _attachments(item: Object, context: Context, base: str) -> tuple[Enclosure, ...]:
    found = item.get("attachments")
    return tuple(
        Enclosure(
            url=url,
            type=_text(each, "mime_type") or None,
            length_bytes=elements.number(_text(each, "size_in_bytes")),
            duration_s=elements.seconds(_text(each, "duration_in_seconds")),
        )
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict) and (url := _url(each, "url", context, base))
    )


def _raw(item: Object, context: Context) -> bytes:
    if not context.keep_raw:
        return b""
    try:
        return msgspec.json.encode(item)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can only write as it came, escaped
        return json.dumps(item).encode()
    except RecursionError:
        context.problems.note("entries too large to keep as they came")
        return b""
