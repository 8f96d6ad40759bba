"""Atom 1.0 (RFC 4287) and 0.3, and feeds that call themselves so."""

import base64
import binascii
from html import escape, unescape
from typing import Final

from broadsheet import text
from broadsheet.feeds import elements, media
from broadsheet.feeds.context import Context
from broadsheet.feeds.elements import Element, Fields, content_of, first_text
from broadsheet.feeds.namespaces import Names, split
from broadsheet.model import Enclosure, Entry, Feed, UntrustedHtml

_HTML_TYPES: Final = frozenset({"html", "text/html"})
_XHTML_TYPES: Final = frozenset({"xhtml", "application/xhtml+xml", "application/xhtml"})
_PUBLISHED: Final = ("published", "issued", "created", "dcterms:issued", "dc:date", "pubdate", "dcterms:created")
_UPDATED: Final = ("updated", "modified", "dcterms:modified")


def read(root: Element, context: Context) -> Feed:
    """The feed of a `feed` element, or of a lone `entry`."""
    uri, local = split(str(root.tag))
    names = Names(uri if uri and Names("atom")[str(root.tag)] != local.lower() else "atom")
    if names[str(root.tag)].rpartition(":")[2] == "entry":
        reader = _Reader(context, names, {}, root)
        return Feed(format="atom", entries=(reader.entry(root),))
    fields = elements.gather(root, names)
    entries = fields.pop("entry", []) + fields.pop("item", [])
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
        self._authors = elements.people(fields, names, ("author",))  # RFC 4287 4.2.1

    def feed(self, root: Element, entries: tuple[Entry, ...]) -> Feed:
        fields, context = self._fields, self._context
        image = first_text(fields, "logo", "icon")
        return Feed(
            title=_title(fields),
            link=self._links.alternate,
            format="atom",
            language=elements.language_of(root) or elements.language(first_text(fields, "dc:language")),
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
        has_media = links.enclosures or not media.FIELDS.isdisjoint(fields)
        enclosures, image = (
            media.read(fields, self._names, context, base, links.enclosures) if has_media else ((), None)
        )
        id_ = first_text(fields, "id", "guid", "dc:identifier") or None
        return Entry(
            id=id_,
            link=links.alternate or src or _address(id_),
            title=_title(fields),
            authors=_authors(fields, self._names) or _source_authors(fields, self._names) or self._authors,
            published=elements.date(fields, _PUBLISHED, context),
            updated=elements.date(fields, _UPDATED, context),
            html=UntrustedHtml(html),
            summary=UntrustedHtml(summary) if summary else None,
            base=html_base or base or links.alternate or "",
            tags=_tags(fields),
            enclosures=enclosures,
            image=image,
            language=elements.language_of(element) or elements.language(first_text(fields, "dc:language")),
            rights=_rights(fields),
            license=links.by_rel.get("license") or elements.license_of(fields, context, base),
            comments=links.replies,
            raw=elements.raw_of(element, context) if context.keep_raw else b"",
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


def _address(id_: str | None) -> str | None:
    """The id, where it is an address that can stand in for a missing link."""
    return id_ if id_ and id_.startswith(("http://", "https://")) else None


def _described(fields: Fields, names: Names) -> str:
    """The description that a video platform hides in a media:group."""
    for group in fields.get("media:group", ()):
        if found := first_text(elements.gather(group, names), "media:description"):
            return text.paragraphs(found)
    return ""


def _kind(element: Element) -> str:
    """`html`, `xhtml`, `text`, `base64` (of some text), or "" for what is no text at all."""
    said = (element.get("type") or "").partition(";")[0].strip().lower()
    if element.get("mode") == "base64" or said == "application/octet-stream":
        return "base64"
    if said in _XHTML_TYPES or (said.endswith(("+xml", "/xml")) and "/" in said):
        return "xhtml"
    if said in _HTML_TYPES:
        return "html"
    if "/" not in said or said == "text/plain":
        return "xhtml" if len(element) else "text"
    return "html" if said.startswith("text/") else ""


def _markup(element: Element) -> str:
    """A text construct or content as HTML."""
    kind = _kind(element)
    if len(element) and kind not in ("", "base64"):
        return _unwrapped(element)
    said = _decoded(element) if kind == "base64" else (element.text or "").strip()
    escaped = element.get("mode") == "escaped"
    if kind == "html" or (kind == "base64" and text.looks_like_html(said)) or (kind == "xhtml" and escaped):
        return said
    if kind == "text" and (escaped or element.get("type") is None) and _is_markup(said):
        return said
    if kind == "xhtml":
        return escape(said, quote=False)
    return text.paragraphs(unescape(said)) if kind else ""  # references in text: it was escaped once too often


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


def _decoded(element: Element) -> str:
    """The text that an element holds as base64; "" if it is something else."""
    try:
        return text.scrub(base64.b64decode(content_of(element)).decode("utf-8")).strip()
    except (ValueError, binascii.Error):
        return ""


def _plain(element: Element) -> str:
    """A text construct as plain text."""
    kind = _kind(element)
    if kind == "base64":
        return text.title(_decoded(element))
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
    return elements.people(fields, names, ("author", "dc:creator")) or elements.people(
        fields, names, ("itunes:author",)
    )


def _source_authors(fields: Fields, names: Names) -> tuple[str, ...]:
    """The authors of the feed that an entry was taken over from (RFC 4287 4.2.11)."""
    if "source" not in fields:
        return ()
    return elements.people(elements.gather(fields["source"][0], names), names, ("author",))


def _tags(fields: Fields) -> tuple[str, ...]:
    if "category" not in fields and "dc:subject" not in fields:
        return ()
    found = [
        element.get("label") or element.get("term") or content_of(element) for element in fields.get("category", ())
    ]
    return elements.labels(found + [content_of(element) for element in fields.get("dc:subject", ())])
