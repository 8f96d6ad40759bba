"""An article's own page: what stands above, below and beside its text."""

from collections.abc import Iterator

import msgspec
from minijinja import safe

from broadsheet.editions.base import Face, MediaFile, View
from broadsheet.editions.site.bodies import Bodies
from broadsheet.editions.site.dates import iso
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import (
    Row,
    article_path,
    clip,
    display_title,
    lead_of,
    media_path,
    source_name,
)
from broadsheet.editions.site.sections import Atlas, is_web, link, outside
from broadsheet.messages import number
from broadsheet.model import Enclosure, Page

_DESCRIPTION_CHARS = 160
_SHORT_CHARS = 110
_TITLE_CHARS = 10_000
_LONG_CHARS = 90
_LONG_CJK_CHARS = 40
_MOST_TAGS = 20
_MOST_ENCLOSURES = 20
_ROOT = "../"


class ArticlePages:
    """Makes article pages for one site."""

    def __init__(self, press: Press, atlas: Atlas) -> None:
        self._press = press
        self._atlas = atlas
        self._bodies = Bodies(press.messages)

    def outputs(self, view: View, row: Row, *, older: Row | None, newer: Row | None) -> Iterator[Page | MediaFile]:
        """The page, and the pictures that it shows."""
        yield self._page(view, row, older, newer)
        yield from media_files(view)

    def _page(self, view: View, row: Row, older: Row | None, newer: Row | None) -> Page:
        body = self._bodies.render(view, root=_ROOT)
        title = display_title(view, self._press.messages, limit_chars=_TITLE_CHARS)
        context = {
            "id": view.article.id,
            "title_short": clip(title, _SHORT_CHARS),
            "html": body.html,
            "lead": None if view.pictures else lead_of(view.lead),
            "older": older,
            "newer": newer,
            "enclosures": [self._enclosure(one) for one in view.enclosures[:_MOST_ENCLOSURES] if is_web(one.url)],
            "rtl": row.rtl,
            "lang": row.lang,
            "size": "untitled" if row.untitled else _size(title),
        }
        return self._press.page(
            "article.html",
            article_path(view.article.id),
            title=title,
            index=view.index,
            article_id=view.article.id,
            sources=(*body.policies, *_lead_policy(view), *_media_policy(view)),
            context=context | self._above(view, row) | self._below(view) | self._machines(view, row),
        )

    def _above(self, view: View, row: Row) -> dict[str, object]:
        published = view.article.published
        date = self._press.dates.at(published or view.article.first_seen)
        return {
            "source": row.source,
            "place_href": row.place_href,
            "author": view.article.author if view.article.author != row.source else None,
            "date": date if published else self._press.messages.text("first_seen", date=date),
            "iso": iso(published or view.article.first_seen),
            "original": self._original(view),
            "notice": self._notice(view),
        }

    def _original(self, view: View) -> dict[str, str] | None:
        url = outside(view.article.url)
        if not url or not view.article.url:
            return None
        return {"url": url, "words": self._press.messages.text("read_original", host=host_of(view.article.url))}

    def _notice(self, view: View) -> str | None:
        messages = self._press.messages
        if view.withdrawn:
            return messages.text("withdrawn" if view.html else "withdrawn_public")
        if not view.html and not view.enclosures:
            return messages.text("no_text" if view.article.url else "no_text_no_link")
        return None

    def _below(self, view: View) -> dict[str, object]:
        messages, article = self._press.messages, view.article
        return {
            "after": messages.text("excerpt") if not view.full and view.html and not view.withdrawn else None,
            "also_in": [self._also(face) for face in view.also_in],
            "changed": messages.text("changed_at", date=self._press.dates.at(view.changed_at))
            if view.changed_at
            else None,
            "rights": self._rights(view),
            "license": _license(view),
            "levels": self._atlas.levels(view.face.section),
            "tags": [clip(tag, 60) for tag in article.tags[:_MOST_TAGS]],
        }

    def _also(self, face: Face) -> dict[str, str]:
        levels = self._atlas.levels(face.section)
        name = source_name(face) or self._press.messages.text("untitled")
        return {"name": name, "href": levels[-1].href if levels else ""}

    def _rights(self, view: View) -> str | None:
        right, said = view.right, clip(view.article.rights or "", 300)
        if right is None:
            return said or None
        if right in {"own", "licensed"}:
            words = self._press.messages.text(f"right_{right}")
        elif right.startswith("permission:"):
            words = self._press.messages.text("right_permission", text=right.removeprefix("permission:").strip())
        else:
            words = self._press.messages.text("right_license", license=right)
        return f"{words} {said}".rstrip()

    def _enclosure(self, enclosure: Enclosure) -> dict[str, str | None]:
        kind = (enclosure.type or "").partition("/")[0]
        name = enclosure.url.split("?")[0].rstrip("/").rpartition("/")[2]
        return {
            "url": outside(enclosure.url),
            "player": kind if kind in {"audio", "video"} else None,
            "name": clip(name, 80) or enclosure.url,
            "note": f"{number(max(1, enclosure.length_bytes // 1000))} kB" if enclosure.length_bytes else None,
        }

    def _machines(self, view: View, row: Row) -> dict[str, object]:
        description = clip(view.summary, _DESCRIPTION_CHARS)
        image = self._image_url(view)
        return {
            "description": description,
            "og_image": outside(image),
            "json_ld": safe(_json_ld(view, row, description, image)),
        }

    def _image_url(self, view: View) -> str | None:
        lead = view.lead
        if lead is None or lead.missing:
            return None
        return f"{self._press.site.url}/{link(media_path(lead.name))}" if lead.name else lead.url


def media_files(view: View) -> Iterator[MediaFile]:
    """The mirrored images that a view shows."""
    names = [picture.name for picture in (*view.pictures.values(), view.lead) if picture is not None]
    for name in dict.fromkeys(names):
        if name is not None:
            yield MediaFile(path=media_path(name), name=name)


def host_of(url: str) -> str:
    """The host of an address, for people."""
    host = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return host.rpartition("@")[2].removeprefix("www.")


def _lead_policy(view: View) -> tuple[str, ...]:
    """What a lead picture needs that stands above a text without pictures."""
    if view.pictures or view.lead is None or not view.lead.url:
        return ()
    return (f"img-src 'self' {view.lead.url.partition(':')[0].lower()}:",)


def _media_policy(view: View) -> tuple[str, ...]:
    """Sound and film are loaded from their publisher when a reader plays them, never before."""
    playable = [one.url for one in view.enclosures if (one.type or "").startswith(("audio/", "video/"))]
    schemes = sorted({url.partition(":")[0].lower() + ":" for url in playable})
    return (f"media-src {' '.join(schemes)}",) if schemes else ()


def _license(view: View) -> dict[str, str | None] | None:
    url = view.right_url or view.article.license
    if not url:
        return None
    web = outside(url)
    named = view.right if view.right_url and view.right else None
    return {"url": web, "name": named or clip(url.removeprefix("https://").removeprefix("http://"), 80)}


def _size(title: str) -> str:
    """The class of a headline by its length: none for most of them."""
    limit = _LONG_CHARS if title[:_LONG_CJK_CHARS].isascii() else _LONG_CJK_CHARS
    if len(title) <= limit:
        return ""
    return "long" if len(title) <= 2 * limit else "huge"


def _json_ld(view: View, row: Row, description: str, image: str | None) -> str:
    """The article as schema.org NewsArticle: its publisher is the original's, never this site."""
    article = view.article
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": clip(row.title, _SHORT_CHARS),
        "datePublished": row.iso,
    }
    modified = view.changed_at or article.updated
    original = article.url if article.url and is_web(article.url) else None
    publisher = {"@type": "Organization", "name": row.source} | ({"url": view.face.url} if view.face.url else {})
    optional: dict[str, object | None] = {
        "dateModified": iso(modified) if modified else None,
        "author": {"@type": "Person", "name": article.author} if article.author else None,
        "publisher": publisher if row.source else None,
        "mainEntityOfPage": original,
        "description": description,
        "image": image,
        "inLanguage": row.lang,
        "isBasedOn": original,
    }
    said |= {key: value for key, value in optional.items() if value}
    return msgspec.json.encode(said).decode().replace("<", "\\u003c")
