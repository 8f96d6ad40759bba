"""From a page to its article."""

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.clean import clean
from broadsheet.extract import extract, plausible
from broadsheet.model import ExtractedPage

URL = "https://news.example/2024/05/story.html"
SENTENCE = "The river rose in the night, and by the morning the old bridge stood in the water up to its lamps. "
TEXT = "".join(f"<p>{SENTENCE}{number}.</p>" for number in range(8))
AROUND = (
    "<nav><ul><li><a href=/>Home</a><li><a href=/news>News</a></ul></nav>{}"
    "<aside><p>Subscribe to our letter</p></aside><footer><p>All rights reserved by the publisher of this site.</p></footer>"
)


def page(head: str = "", body: str = f"<article>{TEXT}</article>") -> str:
    return f"<!doctype html><html lang=en-GB><head>{head}</head><body>{AROUND.format(body)}</body></html>"


def text_of(found: ExtractedPage) -> str:
    return clean(found.html, base=URL).text


BODIES = {
    "article": f"<article>{TEXT}</article>",
    "main": f"<main><div class=wrap>{TEXT}</div></main>",
    "one article": f"<article>{TEXT}</article><div class=teaser><p>Parliament {SENTENCE[10:60]}</p></div>",
    "after a long teaser": f"<footer><p>{'Reserved rights. ' * 40}</p></footer><div class=story>{TEXT}</div>",
    "marked": f"<div><p>{SENTENCE * 20}</p></div><div itemprop=articleBody>{TEXT}</div>",
    "lines": "<div id=a>" + f"{SENTENCE}<br><br>" * 8 + "</div>",
    "share buttons": f"<div class=story>{TEXT}<div class=share-buttons><a href=/s>Share</a></div></div>",
    "related": f"<div class=story>{TEXT}<ul><li><a href=/1>One other story</a><li><a href=/2>Another one</a></ul></div>",
    "form around all": f"<form><div class=story>{TEXT}</div></form>",
    "one big class": f"<div class='story has-share related-on'>{TEXT}</div>",
}


@pytest.mark.parametrize("kind", BODIES)
def test_the_text_and_only_the_text(kind: str) -> None:
    text = text_of(extract(page(body=BODIES[kind]), url=URL))
    assert text.count("The river rose") == 8
    for other in ("Home", "Subscribe", "All rights", "Share", "Another one"):
        assert other not in text


def test_chinese_text() -> None:
    sentence = "夜里河水上涨，到了早晨，老桥的路灯都泡在水里了。"
    html = page(body="<div class=content>" + f"<p>{sentence * 3}</p>" * 6 + "</div>")
    assert text_of(extract(html, url=URL)).count(sentence) == 18


def ld(**about: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(about)}</script>'


HEADS = [
    ("<title>The flood | News Site</title>", {"title": "The flood"}),
    ("<title>The flood - what we know - News Site</title>", {"title": "The flood - what we know"}),
    ("<meta property=og:title content='The flood &amp; the bridge'>", {"title": "The flood & the bridge"}),
    (ld(**{"@type": "NewsArticle", "headline": "The flood"}) + "<title>News Site</title>", {"title": "The flood"}),
    ("<meta name=author content='By Ann Onymous'>", {"author": "Ann Onymous"}),
    ("<meta name=author content='https://social.example/ann'>", {"author": None}),
    (ld(**{"@type": ["Article"], "author": [{"name": "Ann"}, {"name": "Bob"}]}), {"author": "Ann, Bob"}),
    (ld(**{"@graph": [{"@type": "WebSite"}, {"@type": "BlogPosting", "author": "Ann"}]}), {"author": "Ann"}),
    (
        ld(**{"@type": "Article", "datePublished": "2024-05-01T10:00:00+02:00"}),
        {"published": datetime(2024, 5, 1, 8, tzinfo=UTC)},
    ),
    (
        "<meta property=article:published_time content=2024-05-01T10:00:00Z>",
        {"published": datetime(2024, 5, 1, 10, tzinfo=UTC)},
    ),
    ("<meta name=date content=whenever>", {"published": None}),
    ("<title>探索者_光明网_新闻</title>", {"title": "探索者_光明网_新闻"}),
    ("<title>宇航员在太空中喝酒会怎么样_探索者</title>", {"title": "宇航员在太空中喝酒会怎么样"}),
    ("<meta name=author content=''>" + ld(**{"@type": "Article", "author": []}), {"author": None}),
    (
        ld(**{"@type": "Article", "headline": [], "image": {"url": 1}, "inLanguage": 7}),
        {"title": "", "lead_image": None},
    ),
    (ld(**{"@type": "Article", "license": {"@id": "/cc"}}), {"license": "https://news.example/cc"}),
    ("<meta property=og:locale content=en_US>", {"language": "en-GB"}),
    ("<meta property=og:image content=/pic.jpg>", {"lead_image": "https://news.example/pic.jpg"}),
    ("<meta name=twitter:image content=//cdn.example/p.jpg>", {"lead_image": "https://cdn.example/p.jpg"}),
    (ld(**{"@type": "Article", "image": {"url": "/i.jpg"}}), {"lead_image": "https://news.example/i.jpg"}),
    ("<meta property=og:image content=javascript:x>", {"lead_image": None}),
    ("<link rel=canonical href=/story>", {"canonical_url": "https://news.example/story"}),
    ("<meta property=og:url content=https://news.example/o>", {"canonical_url": "https://news.example/o"}),
    ("<link rel=license href=https://cc.example/by/4.0/>", {"license": "https://cc.example/by/4.0/"}),
    ("", {"language": "en-GB", "title": "", "author": None, "published": None, "license": None}),
    ('<script type="application/ld+json">{broken</script>', {"title": ""}),
]


@pytest.mark.parametrize(("head", "expected"), HEADS)
def test_metadata(head: str, expected: dict[str, object]) -> None:
    found = extract(page(head), url=URL)
    assert {name: getattr(found, name) for name in expected} == expected


def test_the_heading_is_the_title_where_the_page_calls_itself_so() -> None:
    head = "<title>The flood: all that we know so far - News</title>"
    body = f"<h1>News Site</h1><h1>The flood: all that we know so far</h1><article>{TEXT}</article>"
    assert extract(page(head, body), url=URL).title == "The flood: all that we know so far"


def test_the_feed_knows_the_title() -> None:
    head = "<meta property=og:title content='Flood! You will not believe it'><title>The  flood</title>"
    assert extract(page(head), url=URL, title_hint="The flood").title == "The flood"


def test_a_heading_is_a_title_when_nothing_else_is() -> None:
    assert extract(page(body=f"<article><h1>The flood</h1>{TEXT}</article>"), url=URL).title == "The flood"


def test_much_json_ld_is_read_in_part() -> None:
    head = ld(**{"@graph": [{"@type": "Thing"}] * 5000 + [{"@type": "Article", "headline": "The flood"}]})
    assert extract(page(head), url=URL).title == ""


def test_json_ld_fills_in_for_a_page_made_by_scripts() -> None:
    head = ld(**{"@type": "NewsArticle", "articleBody": SENTENCE * 8})
    assert text_of(extract(page(head, "<div id=app></div>"), url=URL)).count("The river rose") == 8


def test_json_ld_wins_where_the_tree_lacks_what_the_feed_shows() -> None:
    told = "Nobody had thought of the bridge. " + SENTENCE * 8
    head = ld(**{"@type": "NewsArticle", "articleBody": told})
    found = extract(page(head), url=URL, text_hint="Nobody had thought of the bridge. The river rose in")
    assert "Nobody had thought" in text_of(found)


ENCODED = [
    ("utf-8", "text/html; charset=utf-8", ""),
    ("utf-8", None, ""),
    ("gb18030", "text/html; charset=gbk", ""),
    ("gb18030", None, "<meta charset=gb2312>"),
    ("shift_jis", None, '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
    ("utf-16", None, ""),
]


@pytest.mark.parametrize(("codec", "content_type", "head"), ENCODED)
def test_encodings(codec: str, content_type: str | None, head: str) -> None:
    sentence = "夜里河水上昇、老橋的路灯在水中。" * 4
    html = page(head, "<article>" + f"<p>{sentence}</p>" * 6 + "</article>")
    assert text_of(extract(html.encode(codec), url=URL, content_type=content_type)).count(sentence) == 6


STORY = ExtractedPage(title="The flood at the old bridge", html=extract(page(), url=URL).html)


def test_plausible() -> None:
    assert plausible(STORY, title_hint="The flood at the old bridge", text_hint="")
    assert plausible(
        STORY,
        title_hint="Flooded!",
        text_hint="The river rose in the night, and by morning the old bridge was under water",
    )
    assert plausible(STORY, title_hint="", text_hint="")
    assert plausible(STORY, title_hint="Hochwasser", text_hint="")


def test_implausible() -> None:
    assert not plausible(
        STORY, title_hint="Parliament votes on the budget", text_hint="Ministers agreed on spending yesterday"
    )
    assert not plausible(ExtractedPage(), title_hint="", text_hint="")
    for title, text in [
        ("Sign in", "Please sign in to continue reading."),
        ("Story", "登录后查看全文"),
        ("404", "Page not found"),
    ]:
        wall = extract(page(f"<title>{title}</title>", f"<main><p>{text}</p></main>"), url=URL)
        assert not plausible(wall, title_hint="", text_hint="")


@given(st.text() | st.binary())
def test_any_page_can_be_read(html: str | bytes) -> None:
    found = extract(html, url=URL, title_hint="x", text_hint="y")
    plausible(found, title_hint="x", text_hint="y")


def test_deep_and_broken_pages_can_be_read() -> None:
    for html in (
        "<div>" * 100_000,
        "<p>x<br>" * 50_000,
        "[" * 100_000,
        page(ld(**{"@type": "Article", "author": None})),
    ):
        extract(html, url=URL)
    nested: object = "x"
    for _ in range(500):
        nested = [nested]
    extract(page(ld(**{"@graph": nested})), url=URL)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


@pytest.mark.corpus
def test_news_pages(corpus: Path) -> None:
    """The measure of the benchmark that the pages come from: F1 over runs of four words, averaged over pages."""
    truth = json.loads((corpus / "pages" / "zyte" / "ground-truth.json").read_text())
    precision = recall = 0.0
    pages = sorted((corpus / "pages" / "zyte" / "html").glob("*.html.gz"))
    for file in pages:
        expected = shingles(truth[file.name.partition(".")[0]]["articleBody"])
        got = shingles(text_of(extract(gzip.decompress(file.read_bytes()), url=URL)))
        same = (expected & got).total()
        precision += same / got.total() if got else 0
        recall += same / expected.total() if expected else 1
    precision, recall = precision / len(pages), recall / len(pages)
    assert 2 * precision * recall / (precision + recall) > 0.93
