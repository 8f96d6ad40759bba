"""Whatever the bytes, parsing gives a value, in bounded time."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import feeds
from broadsheet.feeds import jsonfeed
from broadsheet.feeds.balance import balance
from broadsheet.feeds.context import Context
from broadsheet.feeds.problems import Problems
from broadsheet.model import ParsedFeed

DATA = Path(__file__).parents[2] / "data" / "feeds"
SAMPLES = [path.read_bytes() for path in sorted(DATA.iterdir()) if not path.name.endswith(".expected.json")]
SMALL = [sample for sample in SAMPLES if 0 < len(sample) < 4000]
MARKUP = (
    "< > & ; </ /> <![CDATA[ ]]> <!-- --> <? ?> <!DOCTYPE [ ]> <rss <item> </item> <entry> <feed <title> </title> <link "
    '&amp; &#0; &nbsp; &#xD800; xmlns= xml:base=" " \' = { } [ ] , : "items" \\ud800 \0 \x1b é 标 \ufffe'
)
TOKENS = st.sampled_from(MARKUP.split(" "))


def check(parsed: ParsedFeed) -> None:
    """The laws that hold for any document."""
    assert parsed.fatal is None or (parsed.problems and not parsed.feed.entries)
    for entry in parsed.feed.entries:
        for text in (entry.id, entry.link, entry.title, entry.html, entry.summary, *entry.authors, *entry.tags):
            assert text is None or "\0" not in text
            (text or "").encode("utf-8")
        assert entry.link is None or entry.link.lower().startswith(("http://", "https://"))
        assert entry.id is None or entry.id.strip()


@settings(deadline=None)  # other work on the machine is no failure
@given(st.binary(max_size=400), st.none() | st.text(max_size=40))
def test_bytes(body: bytes, content_type: str | None) -> None:
    check(feeds.parse(body, content_type=content_type, keep_raw=True))
    assert feeds.sniff(body, content_type) in ("feed", "page")


@settings(deadline=None)  # other work on the machine is no failure
@given(st.lists(TOKENS | st.text(max_size=5), max_size=60))
def test_pieces_of_markup(pieces: list[str]) -> None:
    check(feeds.parse("".join(pieces).encode("utf-8", "replace"), keep_raw=True))
    check(feeds.parse(("<rss><channel><item>" + "".join(pieces)).encode("utf-8", "replace"), keep_raw=True))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SMALL), st.data())
def test_damaged_feeds(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), at + data.draw(st.integers(0, 30)))
        damaged[at:end] = data.draw(st.binary(max_size=6) | TOKENS.map(lambda token: token.encode("utf-8", "replace")))
    check(feeds.parse(bytes(damaged), url="http://a.example/feed", keep_raw=True))


@pytest.mark.parametrize("sample", SMALL[:40])
def test_cut_anywhere(sample: bytes) -> None:
    for end in range(0, len(sample), max(1, len(sample) // 40)):
        check(feeds.parse(sample[:end]))


def test_a_cut_feed_keeps_the_entries_before_the_cut() -> None:
    body = (DATA / "rss_2.0.xml").read_bytes()
    whole = feeds.parse(body).feed.entries
    cut = feeds.parse(body[: body.index(b"<item>", body.index(b"gulls"))])
    assert cut.feed.entries == whole[:2]
    assert cut.problems == ("the feed is cut off before its end",)


HOSTILE = {
    "many items": b"<rss><channel>"
    + b"<item><title>x</title><link>http://a/</link></item>" * 10_000
    + b"</channel></rss>",
    "many broken items": b"<rss><channel>" + b"<item><title>x & y</title><p><link>http://a/</link></item>" * 10_000,
    "bad dates": b"<rss><channel>" + b"<item><pubDate>never</pubDate></item>" * 10_000 + b"</channel></rss>",
    "open brackets": b"<rss>" + b"<" * 200_000,
    "open tags": b"<rss>" + b"<a " * 100_000,
    "open sections": b"<rss>" + b"<![CDATA[" * 100_000,
    "open comments": b"<rss>" + b"<!--" * 100_000,
    "ampersands": b"<rss><channel><item><title>" + b"&" * 200_000,
    "undefined entities": b"<rss><channel><item><title>" + b"&a;" * 100_000,
    "distinct entities": b"<rss><channel><item><title>" + b"".join(b"&e%d;" % i for i in range(10_000)),
    "flat entities": b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 499 + b'">]><rss><channel><item><title>' + b"&a;" * 100_000,
    "quotes": b"<rss " + b"\"'" * 100_000 + b">",
    "deep": b"<rss><channel><item>" + b"<a>" * 60_000,
    "deep and closed": b"<rss>" + b"<a>" * 60_000 + b"</a>" * 60_000 + b"</rss>",
    "namespaces": b"<rss "
    + b" ".join(b'xmlns:a%d="u:%d"' % (i, i) for i in range(20_000))
    + b"><channel>"
    + b"<item><title>x</title></item>" * 2000
    + b"</channel></rss>",
    "namespaces of a channel": b"<rss><channel "
    + b" ".join(b'xmlns:a%d="u:%d"' % (i, i) for i in range(20_000))
    + b">"
    + b"<item><title>x</title></item>" * 2000
    + b"</channel></rss>",
    "names": b"<rss><channel>" + b"".join(b"<a%d/>" % i for i in range(40_000)) + b"</channel></rss>",
    "doctype": b"<!DOCTYPE a [" + b"<!ENTITY a '" * 40_000 + b">",
    "quoted doctype": b"<!DOCTYPE a [" + b'"' * 200_000,
    "white space": b" " * 1_000_000,
    "instructions": b"<?" * 200_000,
    "json arrays": b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 200_000,
    "json items": b'{"version":"https://jsonfeed.org/version/1","items":[' + b'{"id":"1"},' * 10_000,
    "json number": b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 200_000 + b"}]}",
    "tags in a title": b"<rss><channel><item><title><![CDATA["
    + b"<a " * 100_000
    + b"</a>]]></title></item></channel></rss>",
    "scripts in a title": b"<rss><channel><item><title><![CDATA["
    + b"<script>" * 40_000
    + b"</a>]]></title></item></channel></rss>",
    "long author": b"<rss><channel><item><author>" + b"a@a (" * 40_000 + b"</author></item></channel></rss>",
    "nested media": b"<rss><channel><item>"
    + b"<media:group xmlns:media='http://search.yahoo.com/mrss/'>" * 1900
    + b"</media:group>" * 1900
    + b"</item></channel></rss>",
    "nested json version": b'{"items":[{"id":"1","content_text":"x"}],"version":' + b"[" * 900 + b"]" * 900 + b"}",
    "nested json item": b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","x":'
    + b"[" * 900
    + b"]" * 900
    + b"}]}",
    "nested and kept": b"<rss><channel><item>" + b"<a>" * 1900 + b"</a>" * 1900 + b"</item></channel></rss>",
    "nested content": b"<feed><entry><content type='xhtml'>"
    + b"<p>" * 1900
    + b"</p>" * 1900
    + b"</content></entry></feed>",
    "crowded content": b"<feed><entry><content type='xhtml' "
    + b" ".join(b'xmlns:a%d="u:%d"' % (i, i) for i in range(20_000))
    + b">"
    + b"<p>x</p>" * 2000
    + b"</content></entry></feed>",
    "kept namespaces": b"<rss "
    + b" ".join(b'xmlns:a%d="u:%d"' % (i, i) for i in range(150))
    + b"><channel>"
    + b"<item/>" * 10_000
    + b"</channel></rss>",
    "own base everywhere": b"<feed>"
    + b"<a xml:base='b/'>" * 1000
    + b"</a>" * 1000
    + b"<entry xml:base='x'><id>1</id></entry>" * 5000
    + b"</feed>",
    "wild bytes": bytes(range(256)) * 4000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_little(name: str) -> None:
    started = time.process_time()
    parsed = feeds.parse(HOSTILE[name], keep_raw=True)
    assert time.process_time() - started < 10  # all take a tenth of a second on an idle machine, quadratic ones minutes
    assert len(parsed.problems) <= 30
    assert sum(len(entry.raw) for entry in parsed.feed.entries) <= 9 * len(HOSTILE[name]) + 2_000_000


def test_tags_are_bounded() -> None:
    problems = Problems()
    assert balance("<a><b/><c/><d/></a>", problems, most_tags=3) == "<a><b/><c/></a>"
    assert problems.texts() == ("too many tags; the rest is left out", "the feed is cut off before its end")


def test_an_item_too_deep_to_be_written_out_is_not_kept() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    context = Context(url="", problems=Problems(), keep_raw=True)
    assert jsonfeed._raw({"id": "1", "x": deep}, context) == b""
    assert context.problems.texts() == ("entries too large to keep as they came",)


def test_raw_is_one_entry_that_reads_the_same_alone() -> None:
    for name in ("rss_2.0.xml", "atom_1.0.xml", "rss_1.0.xml", "json_1.1.json", "atom_video.xml"):
        parsed = feeds.parse((DATA / name).read_bytes(), url="https://x.example/feed", keep_raw=True)
        for entry in parsed.feed.entries:
            (alone,) = feeds.parse(entry.raw, url="https://x.example/feed").feed.entries
            assert (alone.id, alone.title, alone.html, alone.published) == (
                entry.id,
                entry.title,
                entry.html,
                entry.published,
            )
