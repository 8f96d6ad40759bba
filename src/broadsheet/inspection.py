"""The use case `inspect`: what Broadsheet makes of one document, archive untouched. Pure; shells fetch and print."""

from datetime import UTC, datetime
from typing import Any, Literal

from broadsheet import feeds
from broadsheet.clean import clean
from broadsheet.clean.lead import lead_image
from broadsheet.extract import extract
from broadsheet.model import Entry

Kind = Literal["feed", "page"]


def inspect(
    body: bytes, *, given: str, url: str = "", content_type: str | None = None, kind: Kind | None = None
) -> dict[str, Any]:
    """What is printed for one input (DESIGN, commands): a feed with its entries, or a page with its article.

    Args:
        body: the document.
        given: the input as it was given.
        url: what relative addresses are relative to; empty if nothing is known.
        content_type: as the server said.
        kind: what to take it for; found out if `None`.
    """
    found = kind or feeds.sniff(body, content_type)
    if found == "page":
        return _page(body, given=given, url=url, content_type=content_type)
    parsed = feeds.parse(body, url=url, content_type=content_type)
    feed = parsed.feed
    return {
        "input": given,
        "kind": "feed",
        "problems": list(parsed.problems),
        "feed": {"title": feed.title, "link": feed.link, "format": feed.format},
        "entries": [_entry(entry, url) for entry in feed.entries],
    }


def _entry(entry: Entry, url: str) -> dict[str, Any]:
    cleaned = clean(entry.html, base=entry.base or url)
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "author": ", ".join(entry.authors) or None,
        "published": _iso(entry.published),
        "updated": _iso(entry.updated),
        "html": cleaned.html,
        "text": cleaned.text,
    }


def _page(body: bytes, *, given: str, url: str, content_type: str | None) -> dict[str, Any]:
    page = extract(body, url=url, content_type=content_type)
    cleaned = clean(page.html, base=url)
    problems = [] if cleaned.text else ["no article text was found on the page"]
    return {
        "input": given,
        "kind": "page",
        "problems": problems,
        "article": {
            "title": page.title,
            "author": page.author,
            "published": _iso(page.published),
            "language": page.language,
            "html": cleaned.html,
            "text": cleaned.text,
            "lead_image": lead_image(None, page.lead_image, cleaned.images),
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
