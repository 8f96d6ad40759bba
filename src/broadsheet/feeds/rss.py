"""RSS 0.90 to 0.94, 1.0 (RDF), 2.0 and their relatives: one reader, since feeds mix them."""

from datetime import datetime
from typing import Final

from broadsheet import text
from broadsheet.feeds import elements, media
from broadsheet.feeds.context import Context, origin
from broadsheet.feeds.elements import Element, Fields, content_of, first_text
from broadsheet.feeds.namespaces import Names
from broadsheet.model import Entry, Feed, FeedFormat, UntrustedHtml

_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

_TITLE: Final = ("title", "dc:title", "atom:title", "media:title")
_CONTENT: Final = (
    "content:encoded",
    "xhtml:body",
    "body",
    "xhtml:div",
    "content",
    "atom:content",
    "fulltext",
    "fullitem",
)
_SUMMARY: Final = ("description", "dc:description", "atom:summary", "summary", "itunes:summary", "media:description")
_AUTHORS: Final = ("author", "dc:creator", "atom:author", "dc:author")
_AUTHORS_ALL: Final = frozenset({*_AUTHORS, "itunes:author"})
_PUBLISHED: Final = (
    "pubdate", "dc:date", "dcterms:issued", "atom:published", "published", "atom:issued", "dcterms:created",
    "atom:created", "date",
)  # fmt: skip
_UPDATED: Final = ("atom:updated", "dcterms:modified", "updated", "atom:modified", "lastbuilddate", "lastmod")
_UPDATED_ALL: Final = frozenset(_UPDATED)

_CUT: Final = ("...", "…", "...</p>", "…</p>", "[...]", "[…]")


def read(root: Element, context: Context) -> Feed:
    """The feed of an `rss`, `rdf:RDF` or `channel` element, or of a lone `item`."""
    names = Names("")
    name = names[str(root.tag)].rpartition(":")[2]
    if name == "item":
        return Feed(format="rss", entries=(_Reader(context, names, {}, root).entry(root),))
    channel, items = _parts(root, names, context)
    reader = _Reader(context, names, channel, root)
    entries = tuple([reader.entry(item) for item in items])
    return reader.feed("rdf" if name == "rdf" else "rss", root, entries)


def _parts(root: Element, names: Names, context: Context) -> tuple[Fields, list[Element]]:
    """The fields of the channels, and the items wherever they stand, in document order."""
    fields: Fields = {}
    items: list[Element] = []
    for name, found in _top(root, names).items():
        if name == "item":
            items.extend(found)
        elif name in ("channel", "items"):
            for channel in found:
                if elements.is_crowded(channel):
                    context.problems.note(elements.CROWDED)
                    continue
                for inner_name, inner in elements.gather(channel, names).items():
                    (items if inner_name == "item" else fields.setdefault(inner_name, [])).extend(inner)
        else:
            fields.setdefault(name, []).extend(found)
    return fields, items


def _top(root: Element, names: Names) -> Fields:
    return {"channel": [root]} if names[str(root.tag)] == "channel" else elements.gather(root, names)


class _Reader:
    """Reads the items of one channel."""

    def __init__(self, context: Context, names: Names, channel: Fields, root: Element) -> None:
        self._context = context
        self._names = names
        self._channel = channel
        base = elements.base_of(next(iter(channel.values()))[0], context) if context.has_base and channel else ""
        self._link = _link(channel, context, base or context.url) or _href(root, context, context.url)
        written = first_text(channel, "link")
        self._base = base or context.first_absolute(written, context.url, self._link)
        self._origins = tuple({origin(url) for url in (self._link, context.url) if url})

    def feed(self, kind: FeedFormat, root: Element, entries: tuple[Entry, ...]) -> Feed:
        channel, context = self._channel, self._context
        return Feed(
            title=text.title(_inner(channel, _TITLE)),
            link=self._link,
            format=kind,
            language=_language(channel) or elements.language_of(root),
            rights=elements.rights(channel),
            license=elements.license_of(channel, context, self._base),
            image=self._image(),
            ttl_s=elements.ttl(channel),
            entries=entries,
        )

    def _image(self) -> str | None:
        for image in self._channel.get("image", ()):
            url = first_text(elements.gather(image, self._names), "url")
            if url and (found := self._context.absolute(url, self._base)):
                return found
        if media.FIELDS.isdisjoint(self._channel):
            return None
        return media.read(self._channel, self._names, self._context, self._base)[1]

    def entry(self, item: Element) -> Entry:
        context = self._context
        fields = elements.gather(item, self._names)
        own_base = elements.base_of(item, context) if context.has_base else ""
        base = own_base or self._base
        id_, link = self._identity(item, fields, base)
        html, summary, html_base = self._body(fields)
        has_media = not media.FIELDS.isdisjoint(fields)
        enclosures, image = media.read(fields, self._names, context, base) if has_media else ((), None)
        return Entry(
            id=id_,
            link=link,
            title=text.title(_inner(fields, _TITLE)),
            authors=_authors(fields, self._names),
            published=elements.date(fields, _PUBLISHED, context),
            updated=self._updated(item, fields),
            html=UntrustedHtml(html),
            summary=UntrustedHtml(summary) if summary else None,
            base=html_base or own_base or self._body_base(link),
            tags=_tags(fields),
            enclosures=enclosures,
            image=image,
            language=_language(fields),
            rights=elements.rights(fields),
            license=elements.license_of(fields, context, base),
            comments=context.absolute(first_text(fields, "comments"), base) if "comments" in fields else None,
            raw=elements.raw_of(item, context) if context.keep_raw else b"",
        )

    def _updated(self, item: Element, fields: Fields) -> datetime | None:
        if not _UPDATED_ALL.isdisjoint(fields):
            return elements.date(fields, _UPDATED, self._context)
        said = item.get("LASTMOD") if "pubdate" not in fields else None  # CDF
        return self._context.date(said) if said else None

    def _identity(self, item: Element, fields: Fields, base: str) -> tuple[str | None, str | None]:
        """The id verbatim and the link; a permanent id that is an address stands in for a missing link."""
        id_ = first_text(fields, "guid", "atom:id", "id") or (item.get(_RDF_ABOUT) or "").strip() or None
        link = _link(fields, self._context, base)
        if link is None and id_ and id_.startswith(("http://", "https://")):
            permanent = all(guid.get("isPermaLink", "").strip().lower() != "false" for guid in fields.get("guid", ()))
            link = self._context.absolute(id_, base) if permanent else None
        return id_, link or _href(item, self._context, base)

    def _body(self, fields: Fields) -> tuple[str, str | None, str]:
        """The content, the summary where there is both, and the content's own base."""
        summary, summary_base = self._first_html(fields, _SUMMARY)
        if "itunes:summary" in fields and summary.endswith(_CUT):
            longer = first_text(fields, "itunes:summary")
            summary = longer if len(longer) > len(summary) else summary
        content, content_base = self._first_html(fields, _CONTENT)
        if not content:
            return summary, None, summary_base
        return content, summary if summary and summary != content else None, content_base

    def _first_html(self, fields: Fields, names: tuple[str, ...]) -> tuple[str, str]:
        for name in names:
            if name in fields:
                for element in fields[name]:
                    if found := elements.inner_html(element):
                        return found, elements.base_of(element, self._context)
        return "", ""

    def _body_base(self, link: str | None) -> str:
        """What a body's links are relative to: the entry's page if it is on the feed's own host, else the feed's."""
        if link and (not self._origins or link.startswith(self._origins)):
            return link
        return self._base


def _inner(fields: Fields, names: tuple[str, ...]) -> str:
    for name in names:
        if name in fields:
            for element in fields[name]:
                if found := elements.inner_html(element):
                    return found
    return ""


def _link(fields: Fields, context: Context, base: str) -> str | None:
    for element in fields.get("link", ()):
        href = content_of(element) or element.get("href")
        own = elements.base_of(element, context) if context.has_base else ""
        if href and (found := context.absolute(href, own or base)):
            return found
    for element in fields.get("atom:link", ()):
        href = element.get("href") if element.get("rel", "alternate") == "alternate" else None
        if href and (found := context.absolute(href, base)):
            return found
    return None


def _href(item: Element, context: Context, base: str) -> str | None:
    """The address that an item carries as an attribute (CDF)."""
    href = item.get("href") or item.get("HREF")
    return context.absolute(href, base) if href else None


def _language(fields: Fields) -> str | None:
    if "language" not in fields and "dc:language" not in fields:
        return None
    return elements.language(first_text(fields, "dc:language", "language"))


def _tags(fields: Fields) -> tuple[str, ...]:
    if "category" not in fields and "dc:subject" not in fields:
        return ()
    found = [element.text or element.get("text") or "" for element in fields.get("category", ())]
    if "dc:subject" in fields:
        found += [content_of(element) for element in fields["dc:subject"]]
    return elements.labels(found)


def _authors(fields: Fields, names: Names) -> tuple[str, ...]:
    if _AUTHORS_ALL.isdisjoint(fields):
        return ()
    return elements.people(fields, names, _AUTHORS) or elements.people(fields, names, ("itunes:author",))
