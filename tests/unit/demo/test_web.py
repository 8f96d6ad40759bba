"""The sample web: its feeds as another parser reads them, its pages, what it must show, and that it never varies."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from broadsheet.demo import SAMPLE_DATE, expected, sources
from broadsheet.demo.stories import SampleSource
from broadsheet.demo.web import LAST_GENERATION, SampleResponse, feed_etag, generation_for, respond

BASE = "http://127.0.0.1:4321"
ALIVE = tuple(source for source in sources() if not source.failing)


def get(path: str, *, generation: int = 1, base_url: str = BASE, validator: str | None = None) -> SampleResponse:
    return respond(path, base_url=base_url, generation=generation, if_none_match=validator)


def everything(generation: int = 1) -> str:
    """All feeds and pages in one string."""
    feeds = [get(source.path, generation=generation).body.decode() for source in ALIVE]
    return "\n".join([*feeds, *pages().values()]).replace("&lt;", "<").replace('\\"', '"')


def pages() -> dict[str, str]:
    paths = [source.page_path(story) for source in ALIVE for story in source.stories if source.served]
    return {path: get(path).body.decode() for path in paths}


def entries_of(source: SampleSource, generation: int) -> list[dict[str, Any]]:
    """The entries as an independent parser reads them."""
    body = get(source.path, generation=generation).body
    if source.format == "json":
        return list(json.loads(body)["items"])
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return list(parsed.entries)


@pytest.mark.parametrize("generation", range(1, LAST_GENERATION + 1))
@pytest.mark.parametrize("source", ALIVE, ids=lambda source: source.key)
def test_every_feed_reads_as_expected(source: SampleSource, generation: int) -> None:
    entries = entries_of(source, generation)
    stories = source.stories_at(generation)
    assert len(entries) == len(stories) == expected(generation).entries[source.key]
    assert [entry.get("title", "") for entry in entries] == [story.title for story in stories]
    assert len({entry["id"] for entry in entries}) == len(entries)


@pytest.mark.parametrize(
    "source", [source for source in ALIVE if source.format != "json"], ids=lambda source: source.key
)
def test_xml_feeds_are_well_formed(source: SampleSource) -> None:
    ET.fromstring(get(source.path).body)  # noqa: S314 -- ours


def test_enough_sources_formats_languages_and_sections() -> None:
    assert expected(1).sources >= 8
    assert {source.format for source in ALIVE} == {"rss", "atom", "json", "rdf"}
    assert {source.language[:2] for source in ALIVE} == {"zh", "en"}
    assert all(len(source.section) == 2 for source in sources())
    assert len({source.key for source in sources()}) == len(sources())


def test_dates_are_fixed_and_spread_over_three_weeks() -> None:
    dates = [story.date for source in ALIVE for story in source.stories_at(1) if story.date is not None]
    assert max(dates) < SAMPLE_DATE
    assert len({date.date() for date in dates}) >= 18
    assert (max(dates) - min(dates)).days in range(19, 23)


@pytest.mark.parametrize(
    "pattern",
    [
        r'src="[^"]*blank\.gif" data-src="http://127\.0\.0\.1:4321/images/',
        r'src="data:image/gif[^"]*" data-original=',
        r"data-lazy-src=[^>]*><noscript><img src=",
        r'<img srcset="[^"]* 440w, [^"]* 880w"',
        r'data-srcset="',
        r'<picture><source type="image/webp" srcset=',
        r"https://www\.youtube\.com/embed/[\w-]{11}\"",
        r"https://player\.bilibili\.com/player\.html\?bvid=BV\w{10}",
        r'width="1" height="1"',
        r"<script",
        r"<table>",
        r"<pre><code",
        r"<blockquote>",
        r"<ul>",
        r"<ol>",
        r"<ruby>",
        r'class="footnotes"',
        r'dir="rtl"',
        r"<dc:rights>",
        r"<cc:license rdf:resource=",
        r"utm_source=rss",
        r"utm_source=longtable",
        r"\{\{ name \}\}",
        r"\{% if name %\}",
        r"xml:base=",
        r'"image": "http',
        r"<media:thumbnail ",
        r"/images/lost-orchard\.jpg",
    ],
)
def test_the_web_has_what_makes_real_feeds_hard(pattern: str) -> None:
    assert re.search(pattern, everything()), pattern


def test_tricky_titles() -> None:
    titles = [story.title for source in ALIVE for story in source.stories]
    assert any('"' in title and ": " in title for title in titles)
    assert any("{{" in title for title in titles)
    assert any("🛠️" in title for title in titles)
    assert any(len(title) > 280 for title in titles)
    assert "" in titles
    assert sum(titles.count(title) > 1 for title in titles) == 4
    assert [story.slug for source in ALIVE for story in source.stories if story.date is None] == ["notice-board"]


def test_only_sources_with_whole_texts_link_to_nowhere() -> None:
    for source in ALIVE:
        for story in source.stories:
            link = source.link_of(story, BASE)
            assert link.startswith(BASE) == source.served or story.link
            assert get(link.removeprefix(BASE).partition("?")[0]).status == 200 or not link.startswith(BASE)
            assert source.served or not story.summary_only


def test_two_sources_share_a_story() -> None:
    assert expected(1).articles == expected(1).total - 1


def test_the_second_generation_edits_one_story_and_adds_one() -> None:
    assert (expected(2).changed, expected(2).new) == (1, 1)
    varied = [source.key for source in ALIVE if get(source.path).body != get(source.path, generation=2).body]
    assert varied == ["demo/slack-water"]


def test_pages_hold_the_whole_story_among_other_things() -> None:
    cut = [(source, story) for source in ALIVE for story in source.stories if story.summary_only]
    assert len(cut) == expected(1).pages >= 6
    for source, story in cut:
        html = pages()[source.page_path(story)]
        assert len(html) > 2_000
        assert all(mark in html for mark in ("<nav>", "<aside", "<footer>", "ld+json"))
        assert ('property="og:image"' in html) == ("@picture" in story.body)


def test_pages_state_their_article_as_json_ld() -> None:
    for html in pages().values():
        stated = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
        assert stated
        article = json.loads(stated[1])
        assert article["@type"] == "NewsArticle"
        assert article.get("image", BASE).startswith(BASE)


def test_every_picture_that_is_named_is_served_but_the_lost_one() -> None:
    named = set(re.findall(rf"{BASE}/images/([\w.-]+)|(?<=[\" ])/images/([\w.-]+)", everything()))
    missing = {name for pair in named for name in pair if name and get(f"/images/{name}").status != 200}
    assert len(named) > 50
    assert missing == {"lost-orchard.jpg"}


def test_nothing_else_is_outside_the_reserved_domain() -> None:
    hosts = set(re.findall(r"https://([\w.-]+)", everything()))
    assert {host for host in hosts if not host.endswith(".example")} <= {
        "www.youtube.com",
        "player.bilibili.com",
        "jsonfeed.org",
        "creativecommons.org",
        "schema.org",
    }


def test_the_failing_source_fails() -> None:
    (key,) = expected(1).failing
    (source,) = (source for source in sources() if source.key == key)
    assert get(source.path).status == 500


def test_the_same_request_gives_the_same_bytes() -> None:
    for source in ALIVE:
        assert get(source.path) == get(source.path)


def test_a_known_validator_gives_304() -> None:
    for path in (ALIVE[0].path, *list(pages())[:1], "/images/sea-dusk-3-960x600.jpg"):
        etag = get(path).headers["etag"]
        again = get(path, validator=etag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)


def test_validators_do_not_depend_on_the_address() -> None:
    for source in ALIVE:
        assert get(source.path).headers["etag"] == get(source.path, base_url="http://127.0.0.1:9").headers["etag"]


def test_a_reader_that_knows_the_first_generation_gets_the_second() -> None:
    path = "/slack-water/atom.xml"
    first, second = feed_etag(path, 1), feed_etag(path, 2)
    assert first != second
    assert [generation_for(path, validator) for validator in (None, '"other"', first, second)] == [1, 1, 2, 2]


@pytest.mark.parametrize("path", ["/nothing", "/images/", "/images/../web.py", "/images/sea-dusk-1-9999x600.jpg", ""])
def test_what_is_not_there_is_404(path: str) -> None:
    assert get(path).status == 404


def test_the_front_page_lists_the_feeds() -> None:
    html = get("/").body.decode()
    assert all(source.path in html for source in sources())
    assert get("/robots.txt").status == 200
