"""Writes a sample source as RSS 2.0, Atom, RSS 1.0 or JSON Feed, as a publisher would. No feed is read here."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import Any

from broadsheet.demo.markup import first_picture, to_html
from broadsheet.demo.stories import SampleSource, Story

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SHANGHAI = timezone(timedelta(hours=8))
_TRACKER = (
    '<img src="https://pixel.metrics.example/t.gif?story={slug}" width="1" height="1" alt="">'
    '<script src="https://cdn.metrics.example/count.js"></script>'
    '<script>window.countReader && countReader("{slug}")</script>'
)


def write_feed(source: SampleSource, *, generation: int, base_url: str) -> bytes:
    """The source's feed; what is on the sample web itself has links below `base_url`."""
    return _WRITERS[source.format](source, generation, base_url).encode()


def story_html(source: SampleSource, story: Story, *, generation: int, base_url: str) -> str:
    """The story's whole HTML as its feed has it, trackers included."""
    html = to_html(story.body_at(generation), "" if source.relative else base_url)
    return html + "\n" + _TRACKER.replace("{slug}", story.slug) if story.tracked else html


def story_id(source: SampleSource, story: Story) -> str:
    """An id that stays the same wherever the story is served."""
    return f"tag:{source.home.removeprefix('https://')},2026:{story.slug}"


def _rss(source: SampleSource, generation: int, base_url: str) -> str:
    items = "".join(_rss_item(source, story, generation, base_url) for story in source.stories_at(generation))
    return (
        f'{_HEAD}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/">\n<channel>'
        f"{_element('title', source.title)}{_element('link', source.home)}"
        f'<atom:link href="{escape(base_url + source.path)}" rel="self" type="application/rss+xml"/>'
        f"{_element('description', source.description)}{_element('language', source.language)}"
        f"{_element('copyright', source.rights)}<ttl>60</ttl>\n{items}</channel>\n</rss>\n"
    )


def _rss_item(source: SampleSource, story: Story, generation: int, base_url: str) -> str:
    whole = "" if story.summary_only else story_html(source, story, generation=generation, base_url=base_url)
    picture = first_picture(story.body) if story.summary_only else None
    if whole and story.summary:
        body = f"{_element('description', story.summary)}<content:encoded>{_cdata(whole)}</content:encoded>"
    elif whole:
        body = f"<description>{_cdata(whole)}</description>"
    else:
        body = _element("description", story.summary)
    date = None if story.date is None else format_datetime(story.date)
    return (
        f"<item>{_element('title', story.title)}{_element('link', source.link_of(story, base_url))}"
        f'<guid isPermaLink="false">{story_id(source, story)}</guid>{_element("dc:creator", story.author)}'
        f"{_element('pubDate', date)}{''.join(_element('category', tag) for tag in story.tags)}"
        f"{_thumbnail(picture, base_url)}{body}</item>\n"
    )


def _thumbnail(picture: str | None, base_url: str) -> str:
    return f'<media:thumbnail url="{base_url}/images/{picture}"/>' if picture else ""


def _atom(source: SampleSource, generation: int, base_url: str) -> str:
    stories = source.stories_at(generation)
    newest = max(_changed(story, generation) for story in stories)
    base = f' xml:base="{escape(base_url)}/"' if source.relative else ""
    entries = "".join(_atom_entry(source, story, generation, base_url) for story in stories)
    return (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{source.language}"{base}>'
        f"{_element('title', source.title)}{_element('subtitle', source.description)}"
        f'<link href="{source.home}/"/><link rel="self" href="{escape(base_url + source.path)}"/>'
        f"<id>{source.home}/</id><updated>{_rfc3339(newest)}</updated>{_element('rights', source.rights)}\n"
        f"{entries}</feed>\n"
    )


def _atom_entry(source: SampleSource, story: Story, generation: int, base_url: str) -> str:
    html = story_html(source, story, generation=generation, base_url=base_url)
    content = "" if story.summary_only else f'<content type="html">{escape(html, quote=False)}</content>'
    author = f"<author><name>{escape(story.author)}</name></author>" if story.author else ""
    licence = f'<link rel="license" href="{story.license}"/>' if story.license else ""
    categories = "".join(f'<category term="{escape(tag)}"/>' for tag in story.tags)
    published = "" if story.date is None else _element("published", _rfc3339(story.date))
    return (
        f'<entry><title type="text">{escape(story.title, quote=False)}</title>'
        f'<link href="{escape(source.link_of(story, base_url))}"/><id>{story_id(source, story)}</id>{published}'
        f"<updated>{_rfc3339(_changed(story, generation))}</updated>{author}{licence}"
        f"{categories}"
        f"{_element('summary', story.summary)}{content}</entry>\n"
    )


def _changed(story: Story, generation: int) -> datetime:
    if generation > 1 and story.edited_at is not None:
        return story.edited_at
    if story.date is None:
        raise ValueError(f"{story.slug}: an Atom entry needs a date")
    return story.date


def _rdf(source: SampleSource, generation: int, base_url: str) -> str:
    stories = source.stories_at(generation)
    links = [escape(source.link_of(story, base_url)) for story in stories]
    listed = "".join(f'<rdf:li rdf:resource="{link}"/>' for link in links)
    items = "".join(_rdf_item(source, story, generation, base_url) for story in stories)
    return (
        f'{_HEAD}<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:cc="http://creativecommons.org/ns#">\n'
        f'<channel rdf:about="{source.home}/">{_element("title", source.title)}{_element("link", source.home)}'
        f"{_element('description', source.description)}{_element('dc:language', source.language)}"
        f"{_element('dc:rights', source.rights)}{_license(source.license)}"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        f"{items}</rdf:RDF>\n"
    )


def _rdf_item(source: SampleSource, story: Story, generation: int, base_url: str) -> str:
    html = story_html(source, story, generation=generation, base_url=base_url)
    link = source.link_of(story, base_url)
    date = None if story.date is None else _rfc3339(story.date.astimezone(_SHANGHAI))
    whole = "" if story.summary_only else f"<content:encoded>{_cdata(html)}</content:encoded>"
    return (
        f'<item rdf:about="{escape(link)}">{_element("title", story.title)}{_element("link", link)}'
        f"{_element('description', story.summary)}{_element('dc:creator', story.author)}{_element('dc:date', date)}"
        f"{''.join(_element('dc:subject', tag) for tag in story.tags)}{_element('dc:rights', story.rights)}"
        f"{_license(story.license)}{whole}</item>\n"
    )


def _license(url: str | None) -> str:
    return f'<cc:license rdf:resource="{url}"/>' if url else ""


def _json(source: SampleSource, generation: int, base_url: str) -> str:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.title,
        "home_page_url": f"{source.home}/",
        "feed_url": f"{base_url}{source.path}",
        "description": source.description,
        "language": source.language,
        "items": [_json_item(source, story, generation, base_url) for story in source.stories_at(generation)],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _json_item(source: SampleSource, story: Story, generation: int, base_url: str) -> dict[str, Any]:
    picture = first_picture(story.body)
    item: dict[str, Any] = {
        "id": story_id(source, story),
        "url": source.link_of(story, base_url),
        "title": story.title,
        "summary": story.summary,
        "image": f"{base_url}/images/{picture}" if picture else "",
        "date_published": "" if story.date is None else _rfc3339(story.date),
        "authors": [{"name": story.author}] if story.author else [],
        "tags": list(story.tags),
    }
    if not story.summary_only:
        item["content_html"] = story_html(source, story, generation=generation, base_url=base_url)
    return {name: value for name, value in item.items() if value}


def _element(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text, quote=False)}</{name}>" if text else ""


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _rfc3339(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


_WRITERS: dict[str, Callable[[SampleSource, int, str], str]] = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}
