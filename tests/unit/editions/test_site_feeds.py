"""Feeds and sitemaps of the site: read back by the parsers of others, and by the rules of their formats."""

import json
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import etree
from newsroom import COURIER, MORNING, ZAKER, Newsroom, article_id, picture, view

from broadsheet.editions.site.syndication import rfc822
from broadsheet.model import Enclosure

A = "https://img.example/a.jpg"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def newsroom() -> Newsroom:
    room = Newsroom(audience="public", feed_size=25, language="zh-CN")
    html = f'<p>雨 &amp; wind ]]&gt; <img src="{A}" alt="x"></p><iframe src="https://vimeo.com/1"></iframe>'
    room.publish(
        view(
            1,
            title='Soup & <sails> "again"',
            html=html + '<iframe src="https://player.vimeo.com/video/1"></iframe>',
            pictures={A: picture(A, "ab/cd.jpg", width=64, height=48)},
            lead=picture(A, "ab/cd.jpg", width=64, height=48),
            author="Ines",
            tags=("a", "b"),
            rights="© Courier",
            changed_at=MORNING,
            enclosures=(
                Enclosure(url="https://pod.example/1.mp3?a&b", type="audio/mpeg", length_bytes=5, duration_s=6),
            ),
            index=True,
        ),
        view(2, face=ZAKER, title="", html="<p>An excerpt…</p>", full=False),
        view(3, html="", summary="", title="control \x0b\ufffe characters", url=None),
        *(view(number) for number in range(4, 30)),
    )
    return room


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml", "s/City/feed.xml", "s/新媒体/ZAKER/source/atom.xml"])
def test_others_read_our_feeds(path: str) -> None:
    read = feedparser.parse(newsroom().files[path])
    assert not read.bozo
    assert read.entries
    assert len({entry.id for entry in read.entries}) == len(read.entries)
    assert all(entry.link.startswith("https://news.example/daily/a/") for entry in read.entries)


def test_the_newest_by_arrival_come_first_and_no_more_than_asked() -> None:
    read = feedparser.parse(newsroom().files["s/City/feed.xml"])
    assert [entry.title for entry in read.entries] == [f"Story {number}" for number in range(29, 19, -1)]


def full_entry(path: str) -> feedparser.FeedParserDict:
    room = newsroom()
    room.publish(room.desk.all[article_id(1)])
    room = Newsroom(audience="public")
    room.publish(newsroom().desk.all[article_id(1)])
    return feedparser.parse(room.files[path], sanitize_html=False, resolve_relative_uris=False).entries[0]


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_an_entry_carries_everything(path: str) -> None:
    entry = full_entry(path)
    body = entry.content[0].value
    assert entry.title == 'Soup & <sails> "again"'
    assert entry.id == f"urn:broadsheet:article:{article_id(1)}"
    assert "雨 &amp; wind ]]&gt;" in body
    assert '<img src="https://news.example/daily/media/ab/cd.jpg"' in body
    assert '<a href="https://vimeo.com/1">Video at Vimeo</a>' in body
    assert entry.author == "Ines"
    assert [tag.term for tag in entry.tags] == ["a", "b"]
    assert entry.source.title == "Courier"
    assert ("https://courier.example/1", "via") in [(link.href, link.rel) for link in entry.links]
    assert [one.href for one in entry.enclosures] == ["https://pod.example/1.mp3?a&b"]


def test_json_feed_carries_everything() -> None:
    room = Newsroom(audience="public")
    room.publish(newsroom().desk.all[article_id(1)])
    feed = json.loads(room.files["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://news.example/daily/feed.json"
    (item,) = feed["items"]
    assert item["external_url"] == "https://courier.example/1"
    assert item["image"] == "https://news.example/daily/media/ab/cd.jpg"
    assert item["attachments"] == [
        {
            "url": "https://pod.example/1.mp3?a&b",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 5,
            "duration_in_seconds": 6,
        }
    ]
    assert item["date_modified"] == "2025-11-22T06:20:00Z"
    assert item["authors"] == [{"name": "Ines"}]


def test_an_excerpt_stays_one() -> None:
    room = newsroom()
    (item,) = json.loads(room.files["s/新媒体/ZAKER/source/feed.json"])["items"]
    assert "content_html" not in item
    assert item["content_text"] == "An excerpt…"
    assert b"<content" not in room.files["s/新媒体/ZAKER/source/feed.xml"].split(b"<channel>")[1]


def test_feeds_are_xml_whatever_is_in_them() -> None:
    room = newsroom()
    for path, content in room.files.items():
        if path.endswith(".xml"):
            etree.fromstring(content)  # our own output


def test_a_feed_of_huge_articles_stays_bearable() -> None:
    room = Newsroom(feed_size=50)
    room.publish(*(view(number, html="<p>" + "x" * 200_000 + "</p>") for number in range(1, 41)))
    assert len(feedparser.parse(room.files["atom.xml"]).entries) == 10
    assert len(room.files["atom.xml"]) < 3_000_000


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2021, 11, 22, 20, 25, 24, tzinfo=UTC), "Mon, 22 Nov 2021 20:25:24 +0000"),
        (datetime(1, 1, 1, tzinfo=UTC), "Mon, 01 Jan 0001 00:00:00 +0000"),
    ],
)
def test_dates_of_rss(at: datetime, expected: str) -> None:
    assert rfc822(at) == expected


def test_sitemaps_list_what_may_be_indexed() -> None:
    room = newsroom()
    index = etree.fromstring(room.files["sitemap.xml"])
    assert index.xpath("//s:loc/text()", namespaces=SITEMAP) == [
        "https://news.example/daily/sitemap-lists.xml",
        "https://news.example/daily/sitemap-1.xml",
    ]
    articles = etree.fromstring(room.files["sitemap-1.xml"]).xpath("//s:loc/text()", namespaces=SITEMAP)
    assert articles == [f"https://news.example/daily/a/{article_id(1)}.html"]
    lists = etree.fromstring(room.files["sitemap-lists.xml"]).xpath("//s:loc/text()", namespaces=SITEMAP)
    assert "https://news.example/daily/s/%E6%96%B0%E5%AA%92%E4%BD%93/ZAKER/" in lists


def test_sections_of_a_source_share_what_they_say() -> None:
    room = newsroom()
    assert "Courier" in room.text("s/City/Courier/atom.xml").split("<entry>")[0]
    assert COURIER.name in room.text("s/City/atom.xml").split("<entry>")[0]
