"""Readings of XML elements that RSS and Atom share: texts, media, tags, licences, raw bytes.

An entry's children are gathered once into `Fields`; everything else looks names up in them.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Final

from lxml import etree

from broadsheet import text
from broadsheet.feeds.context import Context
from broadsheet.feeds.namespaces import XHTML, XML, Names
from broadsheet.model import Enclosure

Element = etree._Element  # noqa: SLF001 - lxml's only name for it
Fields = dict[str, list[Element]]

_SELF_CLOSED: Final = re.compile(r"<([A-Za-z][\w:.-]*+)((?:\s[^<>]*+)?)/>")
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_DURATION: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:\.\d{1,9})?$")
_MAIL_AND_NAME: Final = re.compile(r"\S{1,200}@\S{1,200}\s{0,20}\(([^()]{1,300})\)\s*$")
_NAME_AND_MAIL: Final = re.compile(r"([^<>@]{1,300}?)\s{0,20}[<(]\s?(?:mailto:)?[^\s@]{1,200}@[^\s@]{1,200}\s?[>)]\s*$")
_BASE: Final = XML + "base"
_LANG: Final = XML + "lang"
_RDF_RESOURCE: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_PERIOD_S: Final = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_LONGEST_TTL_S: Final = 31536000


def gather(element: Element, names: Names) -> Fields:
    """The element's children by name, in document order; unknown ones are left out."""
    fields: Fields = {}
    for child in element:
        name = names[child.tag]
        if name in fields:
            fields[name].append(child)
        elif name:
            fields[name] = [child]
    return fields


def content_of(element: Element) -> str:
    """All text in an element, markup left out, stripped."""
    if not len(element):
        return (element.text or "").strip()
    return "".join(element.itertext()).strip()  # type: ignore[arg-type]


def first_text(fields: Fields, *names: str) -> str:
    """The first text that is not empty, by order of names, then of the document; "" if none."""
    for name in names:
        for element in fields.get(name, ()):
            if found := content_of(element):
                return found
    return ""


def inner_html(element: Element) -> str:
    """An element's contents as HTML: its text, which is HTML already, or the markup that stands in it unescaped."""
    if not len(element):
        return (element.text or "").strip()
    return (escape(element.text or "", quote=False) + "".join(serialise(child) for child in element)).strip()


def serialise(element: Element) -> str:
    """An element and what follows it as HTML that an HTML parser reads as it was meant."""
    markup = etree.tostring(element, encoding="unicode", with_tail=False)
    if element.prefix and element.tag.startswith(f"{{{XHTML}}}"):  # type: ignore[union-attr]
        markup = re.sub(rf"<(/?){re.escape(element.prefix)}:", r"<\1", markup)
    start = markup.find(">")
    if (at := markup.find(" xmlns", 0, start)) >= 0:  # the namespaces of the whole feed
        markup = markup[:at] + _NAMESPACE.sub("", markup[at:start]) + markup[start:]
    if "/>" in markup:
        markup = _SELF_CLOSED.sub(_closed, markup)
    return markup + escape(element.tail or "", quote=False)


_NAMESPACE: Final = re.compile(r' xmlns(?::[\w.-]+)?="[^"]*"')


def _closed(match: re.Match[str]) -> str:
    name, attributes = match.groups()
    return f"<{name}{attributes}>" if name.lower() in _VOID else f"<{name}{attributes}></{name}>"


def base_of(element: Element, context: Context) -> str:
    """What the URLs in an element are relative to by xml:base; "" where none is in force."""
    if not context.has_base:
        return ""
    base = element.base
    if not base:
        return ""
    return context.absolute(base, context.url) or ""


def language_of(element: Element) -> str | None:
    """The element's own xml:lang."""
    return (element.get(_LANG) or "").strip() or None


def media(fields: Fields, names: Names, context: Context, base: str) -> tuple[tuple[Enclosure, ...], str | None]:
    """The media files of an entry without duplicates, and its own picture."""
    found: dict[str, Enclosure] = {}
    pictures: list[tuple[int, str]] = []
    for element in fields.get("enclosure", ()):
        _add(
            found,
            element.get("url") or element.get("href"),
            element.get("type"),
            element.get("length"),
            None,
            context,
            base,
        )
    for group in fields.get("media:group", ()):
        _media(gather(group, names), names, found, pictures, context, base)
    _media(fields, names, found, pictures, context, base)
    picture = max(pictures, key=lambda sized: sized[0])[1] if pictures else None
    return _with_duration(tuple(found.values()), fields), picture or _itunes_image(fields, context, base)


def _media(
    fields: Fields,
    names: Names,
    found: dict[str, Enclosure],
    pictures: list[tuple[int, str]],
    context: Context,
    base: str,
) -> None:
    for element in fields.get("media:content", ()):
        kind = element.get("type") or _kind_of(element.get("medium"))
        _add(
            found,
            element.get("url"),
            kind,
            element.get("filesize") or element.get("fileSize"),
            element.get("duration"),
            context,
            base,
        )
        if len(element):
            _pictures(gather(element, names).get("media:thumbnail", ()), pictures, context, base)
    _pictures(fields.get("media:thumbnail", ()), pictures, context, base)


def _pictures(thumbnails: Iterable[Element], pictures: list[tuple[int, str]], context: Context, base: str) -> None:
    for element in thumbnails:
        if url := context.absolute(element.get("url") or content_of(element), base):
            pictures.append((number(element.get("width")) or 0, url))


def _itunes_image(fields: Fields, context: Context, base: str) -> str | None:
    for element in fields.get("itunes:image", ()):
        if url := context.absolute(element.get("href") or element.get("url") or content_of(element), base):
            return url
    return None


def _kind_of(medium: str | None) -> str | None:
    return f"{medium}/*" if medium in ("image", "audio", "video") else None


def _add(
    found: dict[str, Enclosure],
    href: str | None,
    kind: str | None,
    length: str | None,
    duration: str | None,
    context: Context,
    base: str,
) -> None:
    url = context.absolute(href, base) if href else None
    if url is None or url in found:
        return
    found[url] = Enclosure(
        url=url,
        type=text.fold(kind).lower() if kind else None,
        length_bytes=number(length),
        duration_s=seconds(duration) if duration else None,
    )


def _with_duration(enclosures: tuple[Enclosure, ...], fields: Fields) -> tuple[Enclosure, ...]:
    """The enclosures, the first one with the entry's itunes:duration if it has none of its own."""
    if not enclosures or "itunes:duration" not in fields or enclosures[0].duration_s is not None:
        return enclosures
    first = enclosures[0]
    duration_s = seconds(first_text(fields, "itunes:duration"))
    return (
        Enclosure(url=first.url, type=first.type, length_bytes=first.length_bytes, duration_s=duration_s),
        *enclosures[1:],
    )


def number(digits: str | None) -> int | None:
    """A positive whole number; `None` for anything else."""
    if not digits:
        return None
    digits = digits.strip()
    return int(digits) or None if digits.isascii() and digits.isdecimal() and len(digits) < 16 else None


def seconds(duration: str) -> int | None:
    """A duration as feeds write it: seconds, with or without a fraction, or H:M:S."""
    duration = duration.strip()
    if match := _DURATION.match(duration):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + int(rest)
    return number(duration.partition(".")[0])


def date(fields: Fields, names: Iterable[str], context: Context) -> datetime | None:
    """The first date that can be read, by order of names."""
    for name in names:
        for element in fields.get(name, ()):
            if (said := content_of(element)) and (moment := context.date(said)):
                return moment
    return None


def person(element: Element, names: Names) -> str:
    """The name of a person, written as elements or as RSS does, `mail (Name)`; the mail where there is no name."""
    if len(element):
        fields = gather(element, names)
        if name := first_text(fields, "name", "atom:name", "email", "atom:email"):
            return name
    said = content_of(element)
    if "@" not in said:
        return said
    match = _MAIL_AND_NAME.match(said) or _NAME_AND_MAIL.match(said)
    return match[1].strip() if match else said


def labels(found: Iterable[str]) -> tuple[str, ...]:
    """Short texts folded, without empty ones and duplicates, in order."""
    return tuple(dict.fromkeys(filter(None, map(text.title, found))))


def ttl(fields: Fields) -> int | None:
    """How long to wait between two fetches, seconds; the longer of RSS's ttl and the syndication module."""
    minutes = number(first_text(fields, "ttl"))
    asked = [minutes * 60] if minutes else []
    period = first_text(fields, "sy:updateperiod").lower()
    if period in _PERIOD_S:
        asked.append(_PERIOD_S[period] // (number(first_text(fields, "sy:updatefrequency")) or 1))
    return min(max(asked), _LONGEST_TTL_S) if asked else None


def license_of(fields: Fields, context: Context, base: str) -> str | None:
    """The URL of a licence."""
    for name in ("creativecommons:license", "cc:license", "dcterms:license", "media:license"):
        for element in fields.get(name, ()):
            href = element.get(_RDF_RESOURCE) or element.get("href") or content_of(element)
            if href.startswith(("http://", "https://", "//", "/")) and (url := context.absolute(href, base)):
                return url
    return None


def raw_of(element: Element, context: Context) -> bytes:
    """The element by itself as UTF-8, with the namespaces, base and language that were in force."""
    if not context.keep_raw:
        return b""
    if context.raw_left <= 0:
        context.problems.note("entries too large to keep as they came")
        return b""
    if context.has_base and (base := base_of(element, context)):
        element.set(_BASE, base)
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    context.raw_left -= len(raw)
    return raw
