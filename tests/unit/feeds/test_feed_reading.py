"""Single rules that a data file would hide: bases, encodings by label, sniffing, durations."""

import pytest

from broadsheet import feeds
from broadsheet.feeds import elements, encoding
from broadsheet.feeds.problems import Problems
from broadsheet.model import Entry


def only(body: str, url: str = "") -> Entry:
    (entry,) = feeds.parse(body.encode(), url=url).feed.entries
    return entry


def rss(item: str, channel: str = "") -> str:
    return f"<rss version='2.0'><channel>{channel}<item>{item}</item></channel></rss>"


@pytest.mark.parametrize(
    ("channel", "item", "url", "link", "base"),
    [
        ("", "<link>/a</link>", "https://f.example/feed", "https://f.example/a", "https://f.example/a"),
        (
            "<link>https://s.example/</link>",
            "<link>/a</link>",
            "https://f.example/x",
            "https://s.example/a",
            "https://s.example/a",
        ),
        (
            "<link>https://s.example/</link>",
            "<link>https://o.example/a</link>",
            "",
            "https://o.example/a",
            "https://s.example/",
        ),
        (
            "<link>/</link>",
            "<link>a</link>",
            "https://f.example/x/feed",
            "https://f.example/x/a",
            "https://f.example/x/a",
        ),
        ("", "<link>/a</link>", "", None, ""),
        ("", "<link>//cdn.example/a</link>", "", "https://cdn.example/a", "https://cdn.example/a"),
        ("", "<link>HTTP://UP.example/a</link>", "", "http://up.example/a", "http://up.example/a"),
        ("", "<link>mailto:x@a.example</link>", "", None, ""),
    ],
)
def test_rss_links_and_bases(channel: str, item: str, url: str, link: str | None, base: str) -> None:
    entry = only(rss(item, channel), url)
    assert (entry.link, entry.base) == (link, base)


@pytest.mark.parametrize(
    ("item", "image", "types"),
    [
        ("<itunes:image href='https://i.example/a.png'/>", "https://i.example/a.png", []),
        ("<itunes:image> </itunes:image>", None, []),
        (
            "<media:thumbnail url='/t.png'/><itunes:image href='https://i.example/a.png'/>",
            "https://f.example/t.png",
            [],
        ),
        ("<media:thumbnail>https://i.example/t.png</media:thumbnail>", "https://i.example/t.png", []),
        ("<media:thumbnail url='mailto:x'/>", None, []),
        ("<enclosure url='a.jpg' type=' IMAGE/JPEG '/>", "https://f.example/a.jpg", ["image/jpeg"]),
        ("<enclosure url='a.jpg?x=1'/>", "https://f.example/a.jpg?x=1", [None]),
        ("<enclosure url='a.mp3'/><enclosure url='a.mp3'/><enclosure/>", None, [None]),
        ("<media:content url='https://secure.gravatar.com/avatar/1.jpg' medium='image'/>", None, ["image/*"]),
        (
            "<media:content url='v.mp4' medium='video'><media:thumbnail url='t.jpg'/></media:content>",
            "https://f.example/t.jpg",
            ["video/*"],
        ),
        ("<media:content url='v' medium='executable'/>", None, [None]),
    ],
)
def test_media(item: str, image: str | None, types: list[str | None]) -> None:
    entry = only(rss(item), "https://f.example/feed")
    assert entry.image == image
    assert [file.type for file in entry.enclosures] == types


def test_license_that_is_an_address_only() -> None:
    assert only(rss("<cc:license xmlns:cc='http://web.resource.org/cc/'>CC BY</cc:license>")).license is None
    assert (
        only(
            rss(
                "<creativeCommons:license xmlns:creativeCommons='http://backend.userland.com/creativeCommonsRssModule'>"
                "https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>"
            )
        ).license
        == "https://creativecommons.org/licenses/by/4.0/"
    )


@pytest.mark.parametrize(
    ("item", "link"),
    [
        (
            "<atom:link rel='self' href='https://a.example/s'/><atom:link href='https://a.example/x'/>",
            "https://a.example/x",
        ),
        ("<atom:link/>", None),
        ("<link href='https://a.example/h'/>", "https://a.example/h"),
        ("<rss:link>https://a.example/r</rss:link>", "https://a.example/r"),
        ("<link>https://a.example/a\u200bb</link>", "https://a.example/ab"),
    ],
)
def test_rss_links_by_other_means(item: str, link: str | None) -> None:
    assert only(rss(item)).link == link


@pytest.mark.parametrize(
    ("channel", "image"),
    [
        ("<image><url>/logo.png</url></image>", "https://f.example/logo.png"),
        ("<image><url/></image><itunes:image href='/i.png'/>", "https://f.example/i.png"),
        ("<image><title>x</title></image>", None),
    ],
)
def test_rss_feed_image(channel: str, image: str | None) -> None:
    assert feeds.parse(rss("", channel).encode(), url="https://f.example/feed").feed.image == image


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ('{"items": [{"content_text": "x"}]}', "a JSON Feed without its version"),
        ('{"version": "https://jsonfeed.org/version/1"}', "a JSON Feed without items"),
        (
            '{"items": [{"name": "x"}]}',
            "this is JSON, but not a JSON Feed: it should name its version, https://jsonfeed.org/version/1.1",
        ),
        ('{"version": "https://jsonfeed.org/version/1", "items": []} extra', "text after the end of the feed"),
        (
            '{"version": "https://jsonfeed.org/version/1", broken "items": [{"id": "1"}]}',
            "broken or cut off JSON; the items before that are whole",
        ),
    ],
)
def test_json_that_is_not_quite_a_feed(document: str, problem: str) -> None:
    assert feeds.parse(document.encode()).problems == (problem,)


def test_base64_title_and_big5_of_microsoft() -> None:
    assert only('<feed><entry><title mode="base64">PGI+eDwvYj4=</title></entry></feed>').title == "x"
    body = b"<?xml version='1.0' encoding='big5'?><rss><channel><title>" + b"\xa3\xe1" + b"</title></channel></rss>"
    assert feeds.parse(body).feed.title == "€"


def test_xml_base_in_rss() -> None:
    body = "<rss xml:base='https://b.example/x/'><channel><item xml:base='y/'><link>z</link></item></channel></rss>"
    assert (only(body).link, only(body).base) == ("https://b.example/x/y/z", "https://b.example/x/y/")


@pytest.mark.parametrize(
    ("item", "authors"),
    [
        ("<author>a@b.example (Ann Bee)</author>", ("Ann Bee",)),
        ("<author>Ann Bee &lt;a@b.example&gt;</author>", ("Ann Bee",)),
        ("<author>a@b.example</author>", ("a@b.example",)),
        ("<author>a@b.example</author><dc:creator>Ann</dc:creator>", ("Ann",)),
        ("<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><dc:creator>Ann</dc:creator>", ("Ann", "Bob")),
        ("<itunes:author>Show</itunes:author>", ("Show",)),
        ("<itunes:author>Show</itunes:author><author>Ann</author>", ("Ann",)),
        ("<author><name>Ann</name><uri>https://a.example/</uri></author>", ("Ann",)),
        ("<author><uri>https://a.example/</uri></author>", ()),
        ("<author> </author>", ()),
    ],
)
def test_rss_authors(item: str, authors: tuple[str, ...]) -> None:
    assert only(rss(item)).authors == authors


@pytest.mark.parametrize(
    ("item", "html", "summary"),
    [
        ("<description>a</description><content:encoded>b</content:encoded>", "b", "a"),
        ("<description>a</description><content:encoded>a</content:encoded>", "a", None),
        ("<description>a</description><content:encoded> </content:encoded>", "a", None),
        ("<description>a...</description><itunes:summary>a and more</itunes:summary>", "a and more", None),
        ("<description>a</description><itunes:summary>a and more</itunes:summary>", "a", None),
        ("<description/><description>second</description>", "second", None),
    ],
)
def test_rss_bodies(item: str, html: str, summary: str | None) -> None:
    entry = only(rss(item))
    assert (entry.html, entry.summary) == (html, summary)


@pytest.mark.parametrize(
    ("construct", "html"),
    [
        ('<content type="html">&lt;p&gt;x&lt;/p&gt;</content>', "<p>x</p>"),
        ('<content type="text">&lt;p&gt;x&lt;/p&gt;</content>', "<p>&lt;p&gt;x&lt;/p&gt;</p>"),
        ("<content>&lt;p&gt;x&lt;/p&gt;</content>", "<p>x</p>"),
        ('<content type="text">a &amp;amp; b</content>', "<p>a &amp; b</p>"),
        ('<content type="application/octet-stream">PHA+eDwvcD4=</content>', "<p>x</p>"),
        ('<content type="image/png">aGVsbG8=</content>', ""),
        ('<content type="text/x-markdown">*x*</content>', "*x*"),
        ('<content type="application/xml"><a>x</a></content>', "<a>x</a>"),
        ('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<br/>b</div></content>', "a<br>b"),
        (
            '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">a<x:b>c</x:b></x:div></content>',
            "a<b>c</b>",
        ),
        ("<link/><link href='mailto:x'/><content/><summary/><summary>s</summary>", "<p>s</p>"),
    ],
)
def test_atom_content(construct: str, html: str) -> None:
    assert only(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{construct}</entry></feed>').html == html


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"<?xml version='1.0'?><rss/>", "text/html", "feed"),
        (b"<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>", None, "feed"),
        (b'\xef\xbb\xbf{"version": 1}', None, "feed"),
        (b"<!doctype html><p>x", "application/rss+xml", "page"),
        ("<html><body>x".encode("utf-16"), None, "page"),
        (b"<p>fragment", "text/html; charset=utf-8", "page"),
        (b"<p>fragment", None, "feed"),
        (b"", None, "feed"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "application/xml", "page"),
    ],
)
def test_sniff(body: bytes, content_type: str | None, kind: str) -> None:
    assert feeds.sniff(body, content_type) == kind


@pytest.mark.parametrize(
    ("label", "raw", "text"),
    [
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("GBK", "𠀀".encode("gb18030"), "𠀀"),
        ("latin1", b"\x93x\x94 \x80\x81", "“x” €"),
        ("us-ascii", b"\x92", "’"),
        ("Shift_JIS", "①".encode("cp932"), "①"),
        ("ks_c_5601-1987", "한글".encode("cp949"), "한글"),
        ("big5", "港".encode("big5"), "港"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("windows-1251", "Ж".encode("cp1251"), "Ж"),
        ("iso-8859-9", "ş".encode("cp1254"), "ş"),
        ("tis-620", "ก".encode("cp874"), "ก"),
        ("rot13", "é".encode(), "é"),
        ("utf-7", b"+AGE-", "+AGE-"),
        ("utf-16", "é".encode(), "é"),
    ],
)
def test_encoding_labels(label: str, raw: bytes, text: str) -> None:
    body = b"<rss><channel><title>" + raw + b"</title></channel></rss>"
    assert feeds.parse(body, content_type=f'text/xml; charset="{label}"').feed.title == text
    declared = f"<?xml version='1.0' encoding='{label}'?>".encode()
    assert feeds.parse(declared + body).feed.title == text


def test_the_bom_rules_and_the_declaration_beats_a_default_of_http() -> None:
    body = "<?xml version='1.0' encoding='windows-1251'?><rss><channel><title>Ж</title></channel></rss>"
    assert feeds.parse(body.encode("cp1251"), content_type="text/xml; charset=ISO-8859-1").feed.title == "Ж"
    assert feeds.parse(body.encode("utf-8-sig"), content_type="text/xml; charset=koi8-r").feed.title == "Ж"
    assert feeds.parse(body.encode("koi8-r"), content_type="text/xml; charset=koi8-r").feed.title == "Ж"


def test_mending_is_only_for_what_is_broken() -> None:
    problems = Problems()
    assert encoding.mend("naïve".encode(), problems) == "naïve".encode()
    assert not problems
    assert encoding.mend(b"na\xefve", problems).decode() == "naïve"
    assert problems.texts() == ("not UTF-8; read as windows-1252",)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("61", 61),
        ("61.9", 61),
        ("1:01", 61),
        ("1:00:01", 3601),
        (" 5 ", 5),
        ("PT1M", None),
        ("", None),
        ("1:2:3:4", None),
        ("9" * 30, None),
    ],
)
def test_durations(said: str, seconds: int | None) -> None:
    assert elements.seconds(said) == seconds


@pytest.mark.parametrize(
    ("channel", "ttl_s"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>99999999</ttl>", 31536000),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<ttl>10</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
    ],
)
def test_ttl(channel: str, ttl_s: int | None) -> None:
    assert feeds.parse(rss("", channel).encode()).feed.ttl_s == ttl_s


def test_problems_are_bounded_and_counted() -> None:
    problems = Problems()
    for number in range(100):
        problems.note(f"kind {number}", "x" * 100)
        problems.note("kind 1")
    lines = problems.texts()
    assert len(lines) == 30
    assert lines[1].endswith("(and 100 more)")
    assert "…" in lines[0]
