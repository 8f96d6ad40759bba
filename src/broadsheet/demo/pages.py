"""Writes the sample web's own pages: an article among navigation, sidebar and footer, for an extractor to find."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from broadsheet.demo.markup import first_picture, to_html
from broadsheet.demo.stories import SampleSource, Story
from broadsheet.model import Value


class _Words(Value, frozen=True, kw_only=True):
    """What a page says around its article."""

    nav: tuple[str, ...]
    most_read: str
    related: str
    letter: str
    footer: str
    share: str


_WORDS = {
    "en": _Words(
        nav=("Home", "News", "Harbour", "Letters", "About"),
        most_read="Most read this week",
        related="You may also like",
        letter="Our letter comes on Fridays. No spam, we promise. Enter your address to join 4,200 readers.",
        footer="All rights reserved. Terms · Privacy · Cookies · Contact the newsroom",
        share="Share this story",
    ),
    "zh": _Words(
        nav=("首页", "要闻", "海港", "副刊", "关于我们"),
        most_read="本周热读",
        related="猜你喜欢",
        letter="订阅晚报邮件，每周五傍晚送达。",
        footer="版权所有　隐私政策　联系我们　违法和不良信息举报",
        share="分享到",
    ),
}

_STYLE = """
body{margin:0;font:17px/1.6 Georgia,serif;color:#222}header,footer{background:#18324a;color:#fff;padding:1em 2em}
nav a{color:#fff;margin-right:1.2em}main{display:flex;gap:2em;max-width:64em;margin:2em auto}article{flex:3}
aside{flex:1}img{max-width:100%;height:auto}
"""


def write_page(source: SampleSource, story: Story, *, base_url: str) -> bytes:
    """The page of a story, the whole of it."""
    words = _WORDS["zh" if source.language.startswith("zh") else "en"]
    others = [other.title for other in source.stories if other.slug != story.slug and other.title][:5]
    return (
        f'<!DOCTYPE html>\n<html lang="{source.language}">\n'
        f"<head>\n{_head(source, story, base_url)}</head>\n<body>\n"
        f"<header><div>{escape(source.title)}</div><nav>{_links(words.nav, base_url)}</nav></header>\n"
        f'<div class="cookie-banner" role="dialog"><p>🍪</p><button>OK</button></div>\n<main>\n'
        f"{_article(story, base_url, words)}\n"
        f'<aside class="sidebar"><h3>{words.most_read}</h3><ol>{_items(others)}</ol>'
        f'<form class="newsletter"><p>{words.letter}</p><input type="email"></form></aside>\n</main>\n'
        f'<section class="related"><h3>{words.related}</h3><ul>{_items(reversed(others))}</ul></section>\n'
        f"<footer><p>© 2026 {escape(source.title)}. {words.footer}</p></footer>\n"
        '<script>document.querySelectorAll("img[data-src]").forEach(i => i.src = i.dataset.src)</script>\n'
        "</body>\n</html>\n"
    ).encode()


def _head(source: SampleSource, story: Story, base_url: str) -> str:
    url = f"{base_url}{source.page_path(story)}"
    picture = first_picture(story.body)
    image = f"{base_url}/images/{picture}" if picture else ""
    graph = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": _date(story.date),
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "Organization", "name": source.title},
        "image": image,
        "mainEntityOfPage": url,
    }
    linked = json.dumps({name: value for name, value in graph.items() if value}, ensure_ascii=False).replace(
        "</", "<\\/"
    )
    lines = (
        '<meta charset="utf-8">',
        f"<title>{escape(story.title)} – {escape(source.title)}</title>",
        f'<link rel="canonical" href="{escape(url)}">',
        f'<meta property="og:title" content="{escape(story.title)}">',
        _meta("property", "og:image", image),
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="{escape(source.title)}">',
        _meta("name", "author", story.author),
        _meta("property", "article:published_time", _date(story.date)),
        f'<script type="application/ld+json">{linked}</script>',
        f"<style>{_STYLE}</style>",
    )
    return "\n".join(lines) + "\n"


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}">' if value else ""


def _article(story: Story, base_url: str, words: _Words) -> str:
    return (
        f'<article class="story" itemscope>\n<h1>{escape(story.title)}</h1>\n'
        f'<p class="byline"><span class="author">{escape(story.author)}</span> '
        f'<time datetime="{_date(story.date)}">{_date(story.date)[:10]}</time></p>\n'
        f'<div class="story-body" itemprop="articleBody">\n{to_html(story.body, base_url)}\n</div>\n'
        f'<div class="share-buttons"><span>{words.share}</span><a href="#">✉</a><a href="#">⎘</a></div>\n</article>'
    )


def _links(labels: Sequence[str], base_url: str) -> str:
    return "".join(f'<a href="{base_url}/">{label}</a>' for label in labels)


def _items(titles: Iterable[str]) -> str:
    return "".join(f'<li><a href="#">{escape(title)}</a></li>' for title in titles)


def _date(time: datetime | None) -> str:
    return "" if time is None else time.isoformat(timespec="seconds")
