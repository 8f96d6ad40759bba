"""RSS 2.0, Atom and JSON Feed of a list, and sitemaps. What an entry carries was decided by policy: it is in the view.

Entries are written once for each article, and put together for each feed that has them.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from broadsheet.editions.base import View
from broadsheet.editions.site.bodies import for_feed
from broadsheet.editions.site.dates import iso, moment
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import article_path, clip, display_title, media_path, source_name
from broadsheet.editions.site.sections import link
from broadsheet.model import Enclosure, Page, Value

SITEMAP_URLS = 1000
"""Addresses in one file of the sitemap: small, since a new article rewrites the last one."""

_FEED_BYTES = 1_000_000
_FEWEST = 10
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_TAGS = 20
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class FeedEntry(Value, frozen=True, kw_only=True):
    """One article, written for each kind of feed."""

    rss: bytes
    atom: bytes
    json: bytes
    changed: datetime


class Channel(Value, frozen=True, kw_only=True):
    """A feed as a whole: the list it is of, and the folder that its files are in."""

    title: str
    description: str
    folder: str


class Syndication:
    """Writes the feeds of one site."""

    def __init__(self, press: Press) -> None:
        self._site = press.site
        self._messages = press.messages
        self._address = press.site.url + "/"

    # -- entries

    def entry(self, view: View) -> FeedEntry:
        """An article for all kinds of feeds."""
        page = self._address + article_path(view.article.id)
        title = display_title(view, self._messages)
        html = for_feed(view, address=self._address, watch=lambda host: self._messages.text("watch_at", host=host))
        body = _cdata(html) if view.full and html else ""
        changed = max(filter(None, (moment(view.article), view.changed_at)))
        return FeedEntry(
            rss=self._rss_item(view, page, title, body).encode(),
            atom=self._atom_entry(view, page, title, body, changed).encode(),
            json=self._json_item(view, page, title, html),
            changed=changed,
        )

    def _rss_item(self, view: View, page: str, title: str, body: str) -> str:
        article, source = view.article, source_name(view.face)
        parts = [
            f"<item><title>{_xml(title)}</title><link>{_xml(page)}</link>",
            f'<guid isPermaLink="false">{urn(article.id)}</guid><pubDate>{rfc822(moment(article))}</pubDate>',
            f"<dc:creator>{_xml(article.author or source)}</dc:creator>" if article.author or source else "",
            f'<source url="{_xml(view.face.url)}">{_xml(source)}</source>' if view.face.url else "",
            *(f"<category>{_xml(tag)}</category>" for tag in article.tags[:_MOST_TAGS]),
            f"<description>{_xml(view.summary)}</description>" if view.summary else "",
            f"<content:encoded>{body}</content:encoded>" if body else "",
            *(_rss_enclosure(one) for one in view.enclosures[:1]),
            f'<atom:link rel="via" href="{_xml(article.url)}"/>' if article.url else "",
        ]
        return "".join(parts) + "</item>\n"

    def _atom_entry(self, view: View, page: str, title: str, body: str, changed: datetime) -> str:
        article, face = view.article, view.face
        source = source_name(face) or face.key
        home = f'<link href="{_xml(face.url)}"/>' if face.url else ""
        text = f'<content type="html">{body}</content>' if body else f"<summary>{_xml(view.summary)}</summary>"
        parts = [
            f"<entry><id>{urn(article.id)}</id><title>{_xml(title)}</title>",
            f'<link rel="alternate" type="text/html" href="{_xml(page)}"/>',
            f'<link rel="via" href="{_xml(article.url)}"/>' if article.url else "",
            *(_atom_enclosure(one) for one in view.enclosures),
            f"<published>{iso(moment(article))}</published><updated>{iso(changed)}</updated>",
            f"<author><name>{_xml(article.author or source)}</name></author>",
            *(f'<category term="{_xml(tag)}"/>' for tag in article.tags[:_MOST_TAGS]),
            f"<rights>{_xml(clip(article.rights, 300))}</rights>" if article.rights else "",
            f"<source><id>{urn(face.key, 'source')}</id><title>{_xml(source)}</title>{home}",
            f"<updated>{iso(article.updated or moment(article))}</updated></source>",
            text,
        ]
        return "".join(parts) + "</entry>\n"

    def _json_item(self, view: View, page: str, title: str, html: str) -> bytes:
        article, face, source = view.article, view.face, source_name(view.face)
        item: dict[str, object] = {"id": urn(article.id), "url": page, "title": title}
        body = {"content_html": html} if view.full and html else {"content_text": view.summary}
        lead = view.lead if view.lead and not view.lead.missing else None
        image = self._address + link(media_path(lead.name)) if lead and lead.name else lead.url if lead else None
        optional: dict[str, object | None] = {
            "external_url": article.url,
            "summary": view.summary if view.full else None,
            "image": image,
            "date_published": iso(moment(article)),
            "date_modified": iso(view.changed_at) if view.changed_at else None,
            "authors": [{"name": article.author or source}] if article.author or source else None,
            "tags": list(article.tags[:_MOST_TAGS]),
            "language": article.language,
            "attachments": [_attachment(one) for one in view.enclosures],
            "_source": {"name": source, "url": face.url} if source else None,
        }
        item |= body | {key: value for key, value in optional.items() if value}
        return msgspec.json.encode(item)

    # -- whole feeds

    def feeds(self, channel: Channel, entries: Sequence[FeedEntry]) -> list[Page]:
        """The three feeds of a list; `entries` newest first."""
        kept = _bounded(entries)
        changed = max((entry.changed for entry in kept), default=None)
        address = self._address + link(channel.folder)
        rss, atom = self._rss_head(channel, address, changed), self._atom_head(channel, address, changed)
        return [
            _file(channel, "feed.xml", rss, b"".join([one.rss for one in kept]), "</channel>\n</rss>\n"),
            _file(channel, "atom.xml", atom, b"".join([one.atom for one in kept]), "</feed>\n"),
            _file(
                channel,
                "feed.json",
                self._json_head(channel, address),
                b",\n".join([one.json for one in kept]),
                "\n]}\n",
            ),
        ]

    def _rss_head(self, channel: Channel, address: str, changed: datetime | None) -> str:
        built = f"<lastBuildDate>{rfc822(changed)}</lastBuildDate>\n" if changed else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
            f"<title>{_xml(channel.title)}</title>\n<link>{_xml(address)}</link>\n"
            f"<description>{_xml(channel.description)}</description>\n<language>{_xml(self._site.language)}</language>\n"
            f'<atom:link rel="self" type="application/rss+xml" href="{_xml(address)}feed.xml"/>\n{built}'
        )

    def _atom_head(self, channel: Channel, address: str, changed: datetime | None) -> str:
        here = _xml(address)
        updated = iso(changed) if changed else "1970-01-01T00:00:00Z"
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_xml(self._site.language)}">\n'
            f"<id>{here}atom.xml</id>\n<title>{_xml(channel.title)}</title>\n"
            f"<subtitle>{_xml(channel.description)}</subtitle>\n<updated>{updated}</updated>\n"
            f'<link rel="self" type="application/atom+xml" href="{here}atom.xml"/>\n'
            f'<link rel="alternate" type="text/html" href="{here}"/>\n'
            f"<author><name>{_xml(self._site.title)}</name></author>\n<generator>Broadsheet</generator>\n"
        )

    def _json_head(self, channel: Channel, address: str) -> str:
        head = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": channel.title,
            "description": channel.description,
            "home_page_url": address,
            "feed_url": f"{address}feed.json",
            "language": self._site.language,
        }
        return msgspec.json.encode(head).decode().removesuffix("}") + ',"items":[\n'

    # -- sitemaps

    def sitemap(self, files: Iterable[str]) -> Page:
        """The index of all sitemaps."""
        places = "".join(f"<sitemap><loc>{_xml(self._address + file)}</loc></sitemap>\n" for file in files)
        text = f"{_SITEMAP_HEAD.format('sitemapindex')}{places}</sitemapindex>\n"
        return Page(path="sitemap.xml", content=text.encode())

    def sitemap_of(self, path: str, addresses: Iterable[tuple[str, datetime | None]]) -> Page:
        """One sitemap: paths from the site's root, with when they changed."""
        urls = "".join(
            f"<url><loc>{_xml(self._address + link(address))}</loc>{_lastmod(at)}</url>\n" for address, at in addresses
        )
        return Page(path=path, content=f"{_SITEMAP_HEAD.format('urlset')}{urls}</urlset>\n".encode())


_SITEMAP_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


def _lastmod(at: datetime | None) -> str:
    return f"<lastmod>{iso(at)}</lastmod>" if at else ""


def urn(identity: str, kind: str = "article") -> str:
    """An article's or source's name in feeds, the same wherever the site lives."""
    return f"urn:broadsheet:{kind}:{link(identity).replace('/', '%2F')}"


def rfc822(at: datetime) -> str:
    """An instant as RSS 2.0 writes it (RFC 822 with four-digit years)."""
    utc = iso(at)
    year, month, day, clock = utc[:4], int(utc[5:7]), int(utc[8:10]), utc[11:19]
    weekday = _DAYS[datetime.fromisoformat(utc[:10]).weekday()]
    return f"{weekday}, {day:02} {_MONTHS[month - 1]} {year} {clock} +0000"


def _file(channel: Channel, name: str, head: str, entries: bytes, end: str) -> Page:
    return Page(path=channel.folder + name, content=head.encode() + entries + end.encode())


def _bounded(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """The newest entries that make a feed of bearable size."""
    kept: list[FeedEntry] = []
    size = 0
    for entry in entries:
        size += len(entry.atom)
        if size > _FEED_BYTES and len(kept) >= _FEWEST:
            break
        kept.append(entry)
    return kept


def _rss_enclosure(one: Enclosure) -> str:
    kind = one.type or "application/octet-stream"
    return f'<enclosure url="{_xml(one.url)}" type="{_xml(kind)}" length="{one.length_bytes or 0}"/>'


def _atom_enclosure(one: Enclosure) -> str:
    kind = f' type="{_xml(one.type)}"' if one.type else ""
    length = f' length="{one.length_bytes}"' if one.length_bytes else ""
    return f'<link rel="enclosure" href="{_xml(one.url)}"{kind}{length}/>'


def _attachment(one: Enclosure) -> dict[str, object]:
    said: dict[str, object] = {"url": one.url, "mime_type": one.type or "application/octet-stream"}
    if one.length_bytes:
        said["size_in_bytes"] = one.length_bytes
    if one.duration_s:
        said["duration_in_seconds"] = one.duration_s
    return said


def _xml(text: str) -> str:
    """Text as XML 1.0 may hold it, for content and attributes alike."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _allowed(text)


def _cdata(text: str) -> str:
    return "<![CDATA[" + _allowed(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _allowed(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return text if text.replace("\n", "").isprintable() else _NOT_XML.sub("", text)
