"""What `inspect` says of a document."""

import msgspec
import pytest

from broadsheet.inspection import Kind, inspect

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title><link href="https://paper.example/"/>
<entry><id>tag:1</id><title>Fog &amp; rain</title><link href="/1?utm_source=rss"/><author><name>Ada</name></author>
<author><name>Ben</name></author><published>2026-02-01T10:00:00.5+08:00</published><updated>2026-02-02T00:00:00Z</updated>
<content type="html">&lt;p onclick="x()"&gt;Drifting &lt;img src="/a.png"&gt;&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</content></entry>
<entry><title>Bare</title></entry></feed>"""

PAGE = b"""<!doctype html><html lang="en"><head><title>Fog over the harbour</title><meta name="author" content="Ada">
<meta property="article:published_time" content="2026-02-01T10:00:00+08:00">
<meta property="og:image" content="/wide.jpg"></head><body><article><h1>Fog over the harbour</h1>
<p onclick="x()">The harbour lay under fog for three days, and no ferry left before the bell rang. It rang at noon.</p>
<p>The harbour lay under fog for three days, and no ferry left before the bell rang. It rang at noon again.</p>
</article></body></html>"""


def found(body: bytes, *, url: str = "https://paper.example/feed", kind: Kind | None = None, **how: str) -> dict:
    said = inspect(body, given="given", url=url, kind=kind, **how)
    assert msgspec.json.decode(msgspec.json.encode(said)) == said
    return said


def test_a_feed_is_shown_with_its_entries() -> None:
    said = found(ATOM)
    assert (said["input"], said["kind"], said["problems"]) == ("given", "feed", [])
    assert said["feed"] == {"title": "Paper", "link": "https://paper.example/", "format": "atom"}
    first, bare = said["entries"]
    assert first == {
        "id": "tag:1",
        "title": "Fog & rain",
        "link": "https://paper.example/1?utm_source=rss",
        "author": "Ada, Ben",
        "published": "2026-02-01T02:00:00.500000Z",
        "updated": "2026-02-02T00:00:00Z",
        "html": first["html"],
        "text": "Drifting",
    }
    assert "onclick" not in first["html"]
    assert "https://paper.example/a.png" in first["html"]
    assert bare == {
        "id": None,
        "title": "Bare",
        "link": None,
        "author": None,
        "published": None,
        "updated": None,
        "html": "",
        "text": "",
    }


def test_a_page_is_shown_with_its_article() -> None:
    said = found(PAGE, url="https://paper.example/fog")
    assert (said["kind"], said["problems"]) == ("page", [])
    article = said["article"]
    assert {name: article[name] for name in ("title", "author", "published", "language", "lead_image")} == {
        "title": "Fog over the harbour",
        "author": "Ada",
        "published": "2026-02-01T02:00:00Z",
        "language": "en",
        "lead_image": "https://paper.example/wide.jpg",
    }
    assert article["text"].count("three days") == 2
    assert "onclick" not in article["html"]


def test_a_page_without_a_text_says_so() -> None:
    said = found(b"<!doctype html><title>Nothing</title>")
    assert said["kind"] == "page"
    assert said["problems"] == ["no article text was found on the page"]


@pytest.mark.parametrize(
    ("body", "kind", "taken_for"),
    [(PAGE, "feed", "feed"), (ATOM, "page", "page"), (PAGE, None, "page"), (ATOM, None, "feed")],
)
def test_what_it_is_can_be_told(body: bytes, kind: Kind | None, taken_for: str) -> None:
    assert found(body, kind=kind)["kind"] == taken_for


def test_what_is_no_feed_has_problems_and_no_entries() -> None:
    said = found(b"\x00\x01", kind="feed")
    assert (said["entries"], said["feed"]["format"]) == ([], "unknown")
    assert said["problems"]


def test_the_content_type_may_tell_the_encoding() -> None:
    body = b"<rss version='2.0'><channel><title>Caf\xe9</title></channel></rss>"
    assert found(body, content_type="text/xml; charset=latin-1")["feed"]["title"] == "Café"


def test_nothing_is_resolved_where_no_address_is_known() -> None:
    said = found(ATOM, url="")
    assert said["entries"][0]["link"] in {None, "https://paper.example/1?utm_source=rss"}
