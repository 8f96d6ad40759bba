"""What an edition may show of an article, and to whom: the one place of the rules of "Public and private".

Everything is decided from values; editions see only the `View` that comes out of here. The question is always whether
it may be shown; how it is shown is the edition's.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from html import escape
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from broadsheet import licences
from broadsheet.editions.base import Face, Picture, View
from broadsheet.model import Article, ArticleRecord, Body, CleanHtml, Enclosure, Image, Source, Value
from broadsheet.settings import SiteSettings

_recognise = lru_cache(maxsize=1024)(licences.recognise)  # a feed says the same in each of its entries


class Grant(Value, frozen=True, kw_only=True):
    """How much of an article may be shown, and why.

    Attributes:
        show: `full`, `excerpt`, or `link` (title, author and address only).
        right: why a public site may show it in full; `None` elsewhere.
        index: search engines may index the page.
    """

    show: Literal["full", "excerpt", "link"]
    right: str | None = None
    right_url: str | None = None
    index: bool = False


PRIVATE = Grant(show="full")
EXCERPT = Grant(show="excerpt")
LINK = Grant(show="link")

NOTHING = Body(html=CleanHtml(""), text="")


def grant(article: Article, source: Source | None, site: SiteSettings) -> Grant:
    """What may be shown of an article on this site."""
    if site.audience == "private":
        return PRIVATE
    if article.withdrawn_at is not None:
        return LINK
    rights = source.rights if source else None
    if rights in ("own", "licensed"):
        return Grant(show="full", right=rights, index=True)
    if rights and rights.startswith("permission:"):
        return Grant(show="full", right=rights)
    licence = _recognise(article.license, article.rights)
    if licence is None:
        return EXCERPT
    return Grant(show="full", right=licence.name, right_url=licence.url)


def face(source: Source, *, feed_title: str = "", feed_link: str | None = None) -> Face:
    """How a source is presented; its own address is not shown, for it may hold secrets."""
    name = source.section[-2] if len(source.section) > 1 else feed_title or _place(source)
    return Face(
        key=_public_key(source.key), name=name, section=source.section, url=_web(feed_link), feed_title=feed_title
    )


def _public_key(key: str) -> str:
    """What stands for a source's key in front of readers: a key that is an address or a route may hold secrets."""
    return key if key.isidentifier() else blake2b(key.encode(), digest_size=10).hexdigest()


def _place(source: Source) -> str:
    """The host that a source is fetched from, or the first word of its route."""
    if source.ref.startswith("/") and (words := source.ref.split("?")[0].strip("/")):
        return words.split("/")[0]
    return _host(source.url)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def stranger(article: Article) -> Face:
    """The face of a source that the archive no longer knows."""
    return Face(key=_public_key(article.source_key), name=_host(article.url or ""), section=())


def images(record: ArticleRecord, granted: Grant) -> tuple[Image, ...]:
    """The images whose pictures `view` needs, the lead image last."""
    if granted.show != "full":
        return ()
    lead = record.article.lead_image
    if lead is None or any(image.url == lead for image in record.body.images):
        return record.body.images
    return (*record.body.images, Image(url=lead))


def leads(article: Article, granted: Grant) -> tuple[Image, ...]:
    """The image whose picture `head` needs, if one may be shown."""
    if granted.show != "full" or article.lead_image is None:
        return ()
    return (Image(url=article.lead_image),)


def view(
    record: ArticleRecord,
    granted: Grant,
    *,
    face: Face,
    also_in: tuple[Face, ...] = (),
    pictures: Mapping[str, Picture] | None = None,
) -> View:
    """The view that a grant allows; `pictures` has those of `images`, by original URL."""
    return _made(
        record.article, _shown(record.body, granted), granted, face=face, also_in=also_in, pictures=pictures or {}
    )


def head(article: Article, granted: Grant, *, face: Face, pictures: Mapping[str, Picture] | None = None) -> View:
    """The same view without its body; `pictures` has that of `leads`."""
    return _made(article, NOTHING, granted, face=face, also_in=(), pictures=pictures or {})


def _shown(body: Body, granted: Grant) -> Body:
    """What of a body may be shown."""
    if granted.show == "full":
        if all(_web(enclosure.url) for enclosure in body.enclosures):
            return body
        return msgspec.structs.replace(body, enclosures=tuple(filter(_is_web_file, body.enclosures)))
    text = _excerpt(_prose(body)) if granted.show == "excerpt" else ""
    return Body(html=CleanHtml(f"<p>{escape(text)}</p>"), text=text) if text else NOTHING


def _made(
    article: Article,
    body: Body,
    granted: Grant,
    *,
    face: Face,
    also_in: tuple[Face, ...],
    pictures: Mapping[str, Picture],
) -> View:
    full = granted.show == "full"
    lead = pictures.get(article.lead_image) if full and article.lead_image else None
    shown = article if full and _web(article.url) else _reduced(article, granted)
    return View(
        article=shown,
        face=face,
        html=body.html,
        text=body.text,
        summary=shown.summary,
        full=full,
        right=granted.right,
        right_url=granted.right_url,
        pictures={image.url: pictures[image.url] for image in body.images if image.url in pictures},
        lead=None if lead is None or lead.missing else lead,
        enclosures=body.enclosures,
        index=granted.index,
        also_in=also_in,
        changed_at=article.changed_at,
        withdrawn=article.withdrawn_at is not None,
    )


def _reduced(article: Article, granted: Grant) -> Article:
    """An article without what this grant does not show, and without an address that no link may lead to."""
    url = _web(article.url)
    if granted.show == "full":
        return msgspec.structs.replace(article, url=url)
    if granted.show == "link":
        return msgspec.structs.replace(article, url=url, summary="", lead_image=None, tags=())
    summary = _excerpt(article.summary, of_chars=article.length_chars)
    return msgspec.structs.replace(article, url=url, summary=summary, lead_image=None)


def _excerpt(text: str, *, of_chars: int | None = None) -> str:
    from broadsheet.clean.excerpt import excerpt  # takes longer to import than a quiet publish of a private site takes

    return excerpt(text, of_chars=of_chars)


def _prose(body: Body) -> str:
    from broadsheet.clean.captions import without_captions

    return without_captions(body.html, body.text)


def _is_web_file(enclosure: Enclosure) -> bool:
    return _web(enclosure.url) is not None


def _web(url: str | None) -> str | None:
    """The address, if it is one that a link may lead to."""
    return url if url and url[:8].lower().startswith(("http://", "https://")) else None
