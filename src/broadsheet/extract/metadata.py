"""What a page says about its article: JSON-LD, Open Graph, meta elements, headings. In that order of trust."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from turbohtml import Document

from broadsheet import urls
from broadsheet.feeds.dates import read_date
from broadsheet.model import Value
from broadsheet.text import fold, plain

_ARTICLE_TYPES = re.compile(r"(?:Article|BlogPosting|Report|Posting|Review|Recipe)$")
_MAX_DEPTH = 8
_MAX_NODES = 2000
_MIN_TITLE_CHARS = 6
_MAX_NAME_CHARS = 100
_SEPARATOR = re.compile(r"\s+(?:[|–—·»@-]|::)\s+|\|")
_BYLINE = re.compile(r"^(?:by|von|par|作者|文|记者|記者|責任編輯|责任编辑)(?:\s*[:：]\s*|\s+)", re.IGNORECASE)
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3}")
_DATE_SELECTOR = (
    "meta[property='article:published_time'],meta[itemprop=datePublished],time[itemprop=datePublished],"
    "meta[name='parsely-pub-date'],meta[name=pubdate],meta[name=publishdate],meta[name='dc.date'],"
    "meta[name='DC.date.issued'],meta[name=date],time[pubdate]"
)


class Metadata(Value, frozen=True, kw_only=True):
    """What a page says about its article; absent is `None`, URLs are absolute.

    Attributes:
        body: the text as JSON-LD holds it, plain or HTML; often cut, or absent.
    """

    title: str = ""
    author: str | None = None
    published: datetime | None = None
    language: str | None = None
    lead_image: str | None = None
    canonical_url: str | None = None
    license: str | None = None
    body: str = ""


def read_metadata(document: Document, *, url: str, title_hint: str) -> Metadata:
    """All that the page says about its article."""
    resolve = urls.resolver(url)
    article = next(_json_ld_articles(document), {})
    seen = document.article()
    graph = document.opengraph()
    canonical = seen.canonical or graph.get("url")
    image = graph.get("image:secure_url") or graph.get("image") or seen.image or _text(article.get("image"), "url")
    language = seen.lang or _text(article.get("inLanguage"), "name") or graph.get("locale")
    return Metadata(
        title=_title(document, [plain(_text(article.get("headline")) or ""), graph.get("title", "")], hint=title_hint),
        author=_author(article) or _person(_meta(document, "meta[name=author]") or seen.byline),
        published=_published(document, article),
        language=_language(language),
        lead_image=resolve(image) if image else None,
        canonical_url=resolve(canonical) if canonical else None,
        license=_license(document, article, resolve),
        body=_text(article.get("articleBody")) or "",
    )


def _json_ld_articles(document: Document) -> Iterator[dict[str, object]]:
    """The JSON-LD objects that are articles, in document order, wherever they are nested."""
    waiting: list[tuple[object, int]] = [(block, 0) for block in reversed(document.json_ld())]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node, depth = waiting.pop()
        if isinstance(node, dict):
            kinds = node.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(name, str) and _ARTICLE_TYPES.search(name) for name in names):
                yield node
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if depth < _MAX_DEPTH:
            waiting += [(value, depth + 1) for value in reversed(list(inner)) if isinstance(value, dict | list)]


def _text(value: object, *keys: str) -> str | None:
    """A JSON-LD value as text: itself, the first of a list, or an object's `keys`; `None` if it has none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next((value[key] for key in keys if isinstance(value.get(key), str)), None)
    return value.strip() or None if isinstance(value, str) else None


def _author(article: dict[str, object]) -> str | None:
    authors = article.get("author")
    people = authors if isinstance(authors, list) else [authors]
    names = dict.fromkeys(name for person in people[:10] if (name := _person(_text(person, "name"))))
    return ", ".join(names) or None


def _person(name: str | None) -> str | None:
    """A person's name without what comes with it; `None` for addresses and what is too long for a name."""
    name = _BYLINE.sub("", plain(name)) if name else ""
    return name if name and len(name) <= _MAX_NAME_CHARS and "://" not in name else None


def _title(document: Document, said: list[str], *, hint: str) -> str:
    """The article's title without the site's name: the heading where it is part of what the page calls itself."""
    headings = [fold(heading.text) for heading in document.find_all("h1")[:5]]
    element = document.find("title")
    named = [title for title in (fold(text) for text in (*said, element.text if element else "")) if title]
    if hint and any(fold(hint).casefold() == title.casefold() for title in (*headings, *named)):
        return fold(hint)
    for heading in headings:
        if any(heading.casefold() in title.casefold() and 2 * len(heading) >= len(title) for title in named):
            return heading
    if named:
        return _without_site(named[0])
    return headings[0] if headings else ""


def _without_site(title: str) -> str:
    """The title without what follows the last separator, if what is left is no shorter."""
    first, separator, _ = title.partition("_") if "_" in title else ("", "", "")
    if not separator:
        ends = [found.start() for found in _SEPARATOR.finditer(title)]
        first = title[: ends[-1]] if ends else title
    first = first.strip()
    rest = title[len(first) :].lstrip(" |–—·»@-:")
    return first if len(first) >= max(_MIN_TITLE_CHARS, len(rest)) else title


def _published(document: Document, article: dict[str, object]) -> datetime | None:
    dated = document.select(_DATE_SELECTOR)[:10]
    said = [_text(article.get("datePublished")), *(at.attr("content") or at.attr("datetime") for at in dated)]
    moments = (read_date(text)[0] for text in said if text)
    return next((moment for moment in moments if moment is not None), None)


def _meta(document: Document, selector: str) -> str | None:
    element = document.select_one(selector)
    return element.attr("content") if element is not None else None


def _language(said: str | None) -> str | None:
    said = said.strip() if said else ""
    return said.replace("_", "-") if _LOCALE.fullmatch(said) else None


def _license(document: Document, article: dict[str, object], resolve: Callable[[str], str | None]) -> str | None:
    said = _text(article.get("license"), "url", "@id")
    element = document.select_one("link[rel~=license],a[rel~=license]")
    if said is None and element is not None:
        said = element.attr("href")
    return resolve(said) if said else None
