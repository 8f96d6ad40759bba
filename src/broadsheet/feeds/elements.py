"""Readings of XML elements that RSS and Atom share: texts, markup, dates, people, tags, licences, raw bytes.

An element's children are gathered once into `Fields`; everything else looks names up in them.
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

Element = etree._Element  # noqa: SLF001 - lxml's only name for it
Fields = dict[str, list[Element]]

_SELF_CLOSED: Final = re.compile(r"<([A-Za-z][\w:.-]*+)((?:\s(?:[^<>/]++|/(?!>))*+)?)/>")
_NAMESPACE: Final = re.compile(r' xmlns(?::[\w.-]+)?="[^"]*"')
_VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip

_DURATION: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:\.\d{1,9})?$")
_LONGEST_NUMBER: Final = 15

_MAIL_AND_NAME: Final = re.compile(r"[^\s@]{1,200}@\S{1,200}\s{0,20}\(([^()]{1,300})\)\s*$")
_NAME_AND_MAIL: Final = re.compile(r"([^<>@]{1,300}?)\s{0,20}[<(]\s?(?:mailto:)?[^\s@]{1,200}@[^\s@]{1,200}\s?[>)]\s*$")
_PERSON_PARTS: Final = frozenset({"uri", "url", "homepage", "atom:uri", "atom:url"})

_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")
_LICENSES: Final = ("creativecommons:license", "cc:license", "dcterms:license", "media:license")
_LICENSES_ALL: Final = frozenset(_LICENSES)
_RIGHTS: Final = frozenset({"dc:rights", "copyright", "media:copyright", "atom:rights"})
_BASE: Final = XML + "base"
_LANG: Final = XML + "lang"
_RDF_RESOURCE: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"

_NAMESPACES_MAX: Final = 200  # what the serialiser does with them is quadratic

CROWDED: Final = "it declares more namespaces than any feed needs"

_PERIOD_S: Final = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_LONGEST_TTL_S: Final = 31536000


def gather(element: Element, names: Names) -> Fields:
    """The element's children by name, in document order; unknown ones are left out."""
    fields: Fields = {}
    for child in element:
        name = names[child.tag]  # type: ignore[index]  # comments, whose tag is a function, never reach the tree
        if name in fields:
            fields[name].append(child)
        elif name:
            fields[name] = [child]
    return fields


def content_of(element: Element) -> str:
    """All text in an element, markup left out, stripped."""
    if len(element):
        return "".join(element.itertext()).strip()
    said = element.text
    return said.strip() if said else ""


def first_text(fields: Fields, *names: str) -> str:
    """The first text that is not empty, by order of names, then of the document; "" if none."""
    for name in names:
        if name in fields:
            for element in fields[name]:
                if found := content_of(element):
                    return found
    return ""


def inner_html(element: Element) -> str:
    """An element's contents as HTML: its text, which is HTML already, or the markup that stands in it unescaped."""
    said = element.text
    if len(element):
        if is_crowded(element):
            return escape("".join(element.itertext()), quote=False).strip()
        return (escape(said or "", quote=False) + "".join(serialise(child) for child in element)).strip()
    return said.strip() if said else ""


def serialise(element: Element) -> str:
    """An element and the text after it as HTML that an HTML parser reads as it was meant."""
    markup = etree.tostring(element, encoding="unicode", with_tail=False)
    if element.prefix and str(element.tag).startswith(f"{{{XHTML}}}"):
        markup = re.sub(rf"<(/?){re.escape(element.prefix)}:", r"<\1", markup)
    start = markup.find(">")
    if (at := markup.find(" xmlns", 0, start)) >= 0:  # the namespaces of the whole feed
        markup = markup[:at] + _NAMESPACE.sub("", markup[at:start]) + markup[start:]
    if "/>" in markup:
        markup = _SELF_CLOSED.sub(_closed, markup)
    return markup + escape(element.tail or "", quote=False)


def _closed(match: re.Match[str]) -> str:
    name, attributes = match.groups()
    return f"<{name}{attributes}>" if name.lower() in _VOID else f"<{name}{attributes}></{name}>"


def base_of(element: Element, context: Context) -> str:
    """What the URLs in an element are relative to by xml:base; "" where none is in force."""
    if not context.has_base:
        return ""
    base = element.base
    return context.absolute(str(base), context.url) or "" if base else ""


def language_of(element: Element) -> str | None:
    """The element's own xml:lang."""
    return language(element.get(_LANG) or "")


def language(said: str) -> str | None:
    """A language tag in the form of BCP 47; `None` for what is none."""
    tag = said.strip().replace("_", "-")
    return tag if _LANGUAGE_TAG.match(tag) else None


def date(fields: Fields, names: Iterable[str], context: Context) -> datetime | None:
    """The first date that can be read, by order of names."""
    for name in names:
        if name in fields:
            for element in fields[name]:
                if (said := content_of(element)) and (moment := context.date(said)):
                    return moment
    return None


def people(fields: Fields, names: Names, kinds: Iterable[str]) -> tuple[str, ...]:
    """The names of the people in these fields; bare mail addresses only where nobody has a name."""
    found = labels([person(element, names) for kind in kinds if kind in fields for element in fields[kind]])
    if len(found) > 1:
        return tuple([name for name in found if "@" not in name]) or found
    return found


def person(element: Element, names: Names) -> str:
    """The name of a person, written as elements or as RSS does, `mail (Name)`; the mail where there is no name."""
    if not len(element):
        said = element.text or ""
        return _named(said.strip()) if "@" in said else said
    fields = gather(element, names)
    if name := first_text(fields, "name", "atom:name", "email", "atom:email"):
        return name
    return _named(content_of(element)) if _PERSON_PARTS.isdisjoint(fields) else ""


def _named(said: str) -> str:
    match = _MAIL_AND_NAME.match(said) or _NAME_AND_MAIL.match(said)
    return match[1].strip() if match else said


def labels(found: Iterable[str]) -> tuple[str, ...]:
    """Short texts folded, without empty ones and duplicates, in order."""
    kept = [label for each in found if (label := text.title(each))]
    return tuple(dict.fromkeys(kept)) if len(kept) > 1 else tuple(kept)


def rights(fields: Fields) -> str | None:
    """What a feed or entry in RSS says of its rights."""
    if _RIGHTS.isdisjoint(fields):
        return None
    return text.title(first_text(fields, "copyright", "dc:rights", "media:copyright", "atom:rights")) or None


def license_of(fields: Fields, context: Context, base: str) -> str | None:
    """The URL of a licence."""
    if _LICENSES_ALL.isdisjoint(fields):
        return None
    for name in _LICENSES:
        for element in fields.get(name, ()):
            href = element.get(_RDF_RESOURCE) or element.get("href") or content_of(element)
            if href.startswith(("http://", "https://", "/")) and (url := context.absolute(href, base)):
                return url
    return None


def ttl(fields: Fields) -> int | None:
    """How long to wait between two fetches, seconds; the longer of RSS's ttl and the syndication module."""
    minutes = number(first_text(fields, "ttl"))
    asked = [minutes * 60] if minutes else []
    period = first_text(fields, "sy:updateperiod").lower()
    if period in _PERIOD_S:
        asked.append(_PERIOD_S[period] // (number(first_text(fields, "sy:updatefrequency")) or 1))
    return min(max(asked), _LONGEST_TTL_S) or None if asked else None


def number(digits: str | None) -> int | None:
    """A positive whole number; `None` for anything else."""
    if not digits:
        return None
    digits = digits.strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > _LONGEST_NUMBER:
        return None
    return int(digits) or None


def seconds(duration: str) -> int | None:
    """A duration as feeds write it: seconds, with or without a fraction, or H:M:S."""
    duration = duration.strip()
    if match := _DURATION.match(duration):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + int(rest)
    return number(duration.partition(".")[0])


def is_crowded(element: Element) -> bool:
    """Whether so many namespaces are in force that writing the element out would take too long."""
    return len(element.nsmap) > _NAMESPACES_MAX


def raw_of(element: Element, context: Context) -> bytes:
    """The element by itself as UTF-8, with the namespaces and the base that were in force."""
    if context.raw_left <= 0:
        context.problems.note("entries too large to keep as they came")
        return b""
    if context.has_base and (base := base_of(element, context)):
        element.set(_BASE, base)
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    context.raw_left -= len(raw)
    return raw
