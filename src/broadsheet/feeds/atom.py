"""Atom 1.0 (RFC 4287) and 0.3, and feeds that call themselves so."""

import base64
import binascii
from html import escape
from typing import Final

from broadsheet import text
from broadsheet.feeds import elements
from broadsheet.feeds.context import Context
from broadsheet.feeds.elements import Element, Fields, content_of, first_text
from broadsheet.feeds.namespaces import Names, split
from broadsheet.model import Enclosure, Entry, Feed, UntrustedHtml

_HTML_TYPES: Final = frozenset({"html", "text/html"})
_XHTML_TYPES: Final = frozenset({"xhtml", "application/xhtml+xml", "application/xhtml"})
_PUBLISHED: Final = ("published", "issued", "created", "dcterms:issued", "dc:date", "pubdate", "dcterms:created")
_UPDATED: Final = ("updated", "modified", "dcterms:modified")
_MEDIA: Final = frozenset({"enclosure", "media:content", "media:group", "media:thumbnail", "itunes:image"})


def read(root: Element, context: Context) -> Feed:
    """The feed of a `feed` element, or of a lone `entry`."""
    uri, local = split(str(root.tag))
    names = Names(uri if uri and Names("atom")[str(root.tag)] != local.lower() else "atom")
    if names[str(root.tag)].rpartition(":")[2] == "entry":
        reader = _Reader(context, names, {}, root)
        return Feed(format="atom", entries=(reader.entry(root),))
    fields = elements.gather(root, names)
    entries = fields.pop("entry", [])
    reader = _Reader(context, names, fields, root)
    return reader.feed(root, tuple([reader.entry(entry) for entry in entries]))


class _Links:
    """The links of an entry or feed, by relation."""

    __slots__ = ("alternate", "by_rel", "enclosures", "license", "replies")

    def __init__(self, fields: Fields, context: Context, base: str) -> None:
        self.alternate: str | None = None
        self.license: str | None = None
        self.replies: str | None = None
        self.enclosures: list[Enclosure] = []
        self.by_rel: dict[str, str] = {}
        second: str | None = None
        for element in fields.get("link", ()):
            rel = (element.get("rel") or "alternate").strip().lower()
            href = element.get("href") or content_of(element)
            url = context.absolute(href, elements.base_of(element, context) or base) if href else None
            if url is None:
                continue
            kind = element.get("type")
            if rel == "alternate":
                if kind is None or "html" in kind:
                    self.alternate = self.alternate or url
                else:
                    second = second or url
            elif rel == "enclosure":
                self.enclosures.append(
                    Enclosure(url=url, type=kind, length_bytes=elements.number(element.get("length")))
                )
            elif rel == "replies":
                self.replies = self.replies or (url if kind is None or "html" in kind else None)
            else:
                self.by_rel.setdefault(rel, url)
        self.alternate = self.alternate or second


class _Reader:
    """Reads the entries of one feed."""

    def __init__(self, context: Context, names: Names, fields: Fields, root: Element) -> None:
        self._context = context
        self._names = names
        self._fields = fields
        self._base = elements.base_of(root, context)
        links = _Links(fields, context, self._base or context.url)
        self._links = links
        if not self._base:
            self._base = context.first_absolute(context.url, links.by_rel.get("self"), links.alternate)
        self._authors = _authors(fields, names)

    def feed(self, root: Element, entries: tuple[Entry, ...]) -> Feed:
        fields, context = self._fields, self._context
        image = first_text(fields, "logo", "icon")
        return Feed(
            title=_title(fields),
            link=self._links.alternate,
            format="atom",
            language=elements.language_of(root) or first_text(fields, "dc:language", "language") or None,
            rights=_rights(fields),
            license=self._links.by_rel.get("license") or elements.license_of(fields, context, self._base),
            image=context.absolute(image, self._base) if image else None,
            ttl_s=elements.ttl(fields),
            entries=entries,
        )

    def entry(self, element: Element) -> Entry:
        context = self._context
        fields = elements.gather(element, self._names)
        base = elements.base_of(element, context) or self._base
        links = _Links(fields, context, base)
        html, summary, html_base, src = self._body(fields, base)
        enclosures, image = elements.media(fields, self._names, context, base) if _MEDIA & fields.keys() else ((), None)
        return Entry(
            id=first_text(fields, "id", "guid", "dc:identifier") or None,
            link=links.alternate or src,
            title=_title(fields),
            authors=_authors(fields, self._names) or _source_authors(fields, self._names) or self._authors,
            published=elements.date(fields, _PUBLISHED, context),
            updated=elements.date(fields, _UPDATED, context),
            html=UntrustedHtml(html),
            summary=UntrustedHtml(summary) if summary else None,
            base=html_base or base or links.alternate or "",
            tags=_tags(fields),
            enclosures=(*links.enclosures, *enclosures) if links.enclosures else enclosures,
            image=image,
            language=elements.language_of(element) or first_text(fields, "dc:language") or None,
            rights=_rights(fields),
            license=links.by_rel.get("license") or elements.license_of(fields, context, base),
            comments=links.replies,
            raw=elements.raw_of(element, context),
        )

    def _body(self, fields: Fields, base: str) -> tuple[str, str | None, str, str | None]:
        """The content, the summary where there is both, the content's own base, and where content kept outside is."""
        context = self._context
        content = content_base = ""
        src = None
        for element in fields.get("content", ()):
            content = content or _markup(element)
            content_base = content_base or elements.base_of(element, context)
            if not src and (href := element.get("src")):
                src = context.absolute(href, content_base or base)
        content = content or next(filter(None, map(_markup, fields.get("content:encoded", ()))), "")
        summary, summary_base = "", ""
        for element in (
            *fields.get("summary", ()),
            *fields.get("description", ()),
            *fields.get("media:description", ()),
        ):
            if summary := _markup(element):
                summary_base = elements.base_of(element, context)
                break
        else:
            summary = _described(fields, self._names)
        if not content:
            return summary, None, summary_base, src
        return content, summary if summary and summary != content else None, content_base, src


def _described(fields: Fields, names: Names) -> str:
    """The description that a video platform hides in a media:group."""
    for group in fields.get("media:group", ()):
        if found := first_text(elements.gather(group, names), "media:description"):
            return text.paragraphs(found)
    return ""


def _kind(element: Element) -> str:
    """`html`, `xhtml`, `text`, or "" for what is no text at all."""
    said = (element.get("type") or "").partition(";")[0].strip().lower()
    if said in _XHTML_TYPES:
        return "xhtml"
    if said in _HTML_TYPES:
        return "html"
    if said in ("", "text", "text/plain"):
        return "xhtml" if len(element) else "text"
    if said.endswith(("+xml", "/xml")):
        return "xhtml"
    return "html" if said.startswith("text/") else ""


def _markup(element: Element) -> str:
    """A text construct or content as HTML."""
    kind = _kind(element)
    if element.get("mode") == "base64":
        return _decoded(element, kind)
    if not kind:
        return ""
    if len(element):
        return _unwrapped(element)
    said = (element.text or "").strip()
    if kind == "html" or not said or (kind == "xhtml" and element.get("mode") == "escaped"):
        return said
    if kind == "text" and (element.get("type") is None or element.get("mode") == "escaped") and _is_markup(said):
        return said
    return text.paragraphs(said) if kind == "text" else escape(said, quote=False)


def _is_markup(said: str) -> bool:
    """Whether text without a type is HTML that its publisher forgot to mark."""
    return "</" in said[:100_000] and text.looks_like_html(said[:100_000])


def _unwrapped(element: Element) -> str:
    """Inline markup without the one div around it that the format asks for (RFC 4287 3.1.1.3)."""
    markup = elements.inner_html(element)
    only = element[0]
    if (
        len(element) == 1
        and split(str(only.tag))[1] == "div"
        and not (element.text or "").strip() + (only.tail or "").strip()
    ):
        return markup[markup.find(">") + 1 : markup.rfind("<")].strip()
    return markup


def _decoded(element: Element, kind: str) -> str:
    try:
        found = base64.b64decode(content_of(element), validate=False).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""
    return text.scrub(found).strip() if kind in ("html", "xhtml") else text.paragraphs(found)


def _plain(element: Element) -> str:
    """A text construct as plain text."""
    kind = _kind(element)
    if element.get("mode") == "base64":
        return text.plain(_decoded(element, kind))
    if len(element):
        return text.fold(text.mend_c1(content_of(element)))
    said = element.text or ""
    escaped = kind == "html" or (kind == "xhtml" and element.get("mode") == "escaped")
    return text.plain(said) if escaped else text.fold(said)


def _title(fields: Fields) -> str:
    for name in ("title", "dc:title", "media:title"):
        for element in fields.get(name, ()):
            if found := _plain(element):
                return found
    return ""


def _rights(fields: Fields) -> str | None:
    for name in ("rights", "copyright", "dc:rights"):
        for element in fields.get(name, ()):
            if found := _plain(element):
                return found
    return None


def _authors(fields: Fields, names: Names) -> tuple[str, ...]:
    for kind in ("author", "dc:creator", "itunes:author"):
        if kind in fields and (found := elements.labels(elements.person(element, names) for element in fields[kind])):
            return found
    return ()


def _source_authors(fields: Fields, names: Names) -> tuple[str, ...]:
    """The authors of the feed that an entry was taken over from (RFC 4287 4.2.11)."""
    if "source" not in fields:
        return ()
    return _authors(elements.gather(fields["source"][0], names), names)


def _tags(fields: Fields) -> tuple[str, ...]:
    if "category" not in fields and "dc:subject" not in fields:
        return ()
    found = [
        element.get("label") or element.get("term") or content_of(element) for element in fields.get("category", ())
    ]
    return elements.labels(found + [content_of(element) for element in fields.get("dc:subject", ())])
