"""The CPU stage: documents to drafts, pages to texts."""

import pickle
from datetime import UTC, datetime

import pytest

from broadsheet.digest import FeedTask, PageDraft, PageTask, digest_feed, digest_page
from broadsheet.drafting import SUMMARY_CHARS
from broadsheet.model import Article, Digest, Draft, Enclosure
from broadsheet.packing import unpack_body, unpack_bytes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://paper.example/feed.xml"


def task(*items: str, head: str = "", window: dict[bytes, bytes] | None = None, document: str = "") -> FeedTask:
    body = "".join(f"<item>{item}</item>" for item in items)
    rss = f"<rss version='2.0'><channel><title>Paper</title>{head}{body}</channel></rss>"
    return FeedTask(
        source_key="paper",
        url=URL,
        body=(document or rss).encode(),
        content_type="application/rss+xml",
        window=window or {},
        now=NOW,
    )


def digested(*items: str, **how: object) -> Digest:
    return digest_feed(task(*items, **how))  # type: ignore[arg-type]


def one(item: str, **how: object) -> Draft:
    (draft,) = digested(item, **how).drafts
    return draft


def test_an_entry_becomes_a_clean_draft() -> None:
    draft = one(
        "<guid>g</guid><link>https://paper.example/1?utm_source=rss&amp;id=3</link><title>Fog &amp; rain</title>"
        "<author>ada@paper.example (Ada)</author><pubDate>Sun, 01 Feb 2026 10:00:00 +0800</pubDate>"
        "<description>&lt;p onclick='x()'&gt;Drifting &lt;img src='/a.jpg'&gt;&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;"
        "</description><category>Weather</category>",
        head="<language>en</language>",
    )
    article, body = draft.article, unpack_body(draft.body)
    assert article.url == "https://paper.example/1?id=3"
    assert article.canonical == "https://paper.example/1?id=3"
    assert (article.title, article.author, article.language, article.tags) == ("Fog & rain", "Ada", "en", ("Weather",))
    assert article.published == datetime(2026, 2, 1, 2, tzinfo=UTC)
    assert (article.first_seen, article.summary, article.length_chars) == (NOW, "Drifting", 8)
    assert "script" not in body.html
    assert "onclick" not in body.html
    assert draft.images == ("https://paper.example/a.jpg",)
    assert article.lead_image == "https://paper.example/a.jpg"
    assert (draft.lonely_url, draft.looks_cut) == (True, True)
    assert b"<guid>g</guid>" in unpack_bytes(draft.capture)
    assert "fog" in draft.title_tokens
    assert "drifting" in draft.text_tokens


def test_a_bare_entry_is_a_draft_too() -> None:
    draft = one("<title>Only a title</title>")
    article = draft.article
    assert (article.url, article.canonical, article.author, article.published) == (None, None, None, None)
    assert (draft.images, article.lead_image, draft.lonely_url) == ((), None, False)


def test_the_feeds_own_picture_leads_and_is_mirrored_with_the_others() -> None:
    draft = one(
        "<title>One</title><media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='https://p.example/lead.jpg'/>"
        "<description>&lt;img src='https://p.example/a.jpg'&gt;</description>"
    )
    assert draft.article.lead_image == "https://p.example/lead.jpg"
    assert set(draft.images) == {"https://p.example/lead.jpg", "https://p.example/a.jpg"}


def test_only_what_is_new_or_changed_is_looked_at() -> None:
    first = digested("<guid>1</guid><title>One</title>", "<guid>2</guid><title>Two</title>")
    assert first.seen == len(first.drafts) == len(first.window) == 2
    again = digested(
        "<guid>1</guid><title>One</title>",
        "<guid>2</guid><title>Two, edited</title>",
        "<guid>3</guid><title>Three</title>",
        window=first.window,
    )
    assert {draft.article.title for draft in again.drafts} == {"Two, edited", "Three"}
    assert again.seen == len(again.window) == 3


def test_an_entry_that_stands_twice_is_one() -> None:
    digest = digested(*["<guid>1</guid><title>One</title>"] * 2)
    assert (digest.seen, len(digest.drafts), len(digest.window)) == (2, 1, 1)


def test_the_oldest_comes_first_and_undated_ones_stand_as_their_feed_has_them() -> None:
    def dated(name: str, day: int) -> str:
        return f"<title>{name}</title><pubDate>{day:02} Feb 2026 00:00:00 GMT</pubDate>"

    digest = digested(
        "<title>undated, on top</title>", dated("young", 20), dated("old", 3), "<title>undated, below</title>"
    )
    titles = [draft.article.title for draft in digest.drafts]
    assert titles == ["old", "young", "undated, below", "undated, on top"]


@pytest.mark.parametrize(
    ("document", "fatal"),
    [("", "empty"), ("<html><body><p>Sign in</p></body></html>", "format"), ("\0\0\0\1", "format")],
)
def test_what_is_no_feed_says_so(document: str, fatal: str) -> None:
    digest = digest_feed(
        FeedTask(source_key="paper", url=URL, body=document.encode(), content_type="text/html", window={}, now=NOW)
    )
    assert digest.fatal == fatal
    assert digest.problems
    assert digest.drafts == ()


def test_the_work_goes_to_another_process_and_back() -> None:
    work = task("<guid>1</guid><title>新聞</title>")
    assert pickle.loads(pickle.dumps(work)) == work  # noqa: S301 - our own bytes
    digest = digest_feed(work)
    assert pickle.loads(pickle.dumps(digest)) == digest  # noqa: S301
    assert pickle.loads(pickle.dumps(digest_feed)) is digest_feed  # noqa: S301


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Short.", "Short."),
        ("word " * 100, "word " * 54 + "word…"),
        ("字" * 400, "字" * (SUMMARY_CHARS - 1) + "…"),
        ("a" * 250 + ", " + "b" * 100, "a" * 250 + "…"),
        ("a\n b", "a b"),
    ],
)
def test_the_summary_is_the_beginning_in_one_line(text: str, summary: str) -> None:
    found = one(f"<title>One</title><description>{text}</description>").article.summary
    assert found == summary
    assert len(found) <= SUMMARY_CHARS


# -- pages -------------------------------------------------------------------------------------------------------------

PARAGRAPH = "The harbour lay under fog for three days, and no ferry left before the bell rang. "
STORY = f"""<!doctype html><html lang="en"><head><title>Fog over the harbour</title>
<meta name="author" content="Ada Quill"><meta property="og:image" content="https://p.example/wide.jpg">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Fog over the harbour</h1>
{"".join(f"<p>{PARAGRAPH * 4}</p>" for _ in range(5))}<p><img src="/fog.jpg" width="900" height="600"></p>
</article><footer>All rights</footer></body></html>"""


def page(html: str = STORY, *, feed_text: str = "The harbour lay under fog…", **said: object) -> PageDraft:
    article = Article(
        id="a" * 16, source_key="paper", title="Fog over the harbour", first_seen=NOW, clean_digest=b"feed", **said
    )
    return digest_page(
        PageTask(
            article=article,
            feed_text=feed_text,
            enclosures=(Enclosure(url="https://p.example/a.mp3"),),
            url="https://paper.example/fog",
            body=html.encode(),
            content_type="text/html; charset=utf-8",
            now=NOW,
        )
    )


def test_a_page_gives_the_whole_text_and_what_the_feed_did_not_say() -> None:
    draft = page()
    assert draft.reason is None
    assert draft.body is not None
    assert draft.capture is not None
    body, article = unpack_body(draft.body), draft.article
    assert body.origin == "page"
    assert body.text.count("no ferry left") == 20
    assert "Home" not in body.text
    assert body.enclosures == (Enclosure(url="https://p.example/a.mp3"),)
    assert (article.author, article.language) == ("Ada Quill", "en")
    assert article.license == "https://creativecommons.org/licenses/by/4.0/"
    assert article.lead_image == "https://p.example/wide.jpg"
    assert article.summary.startswith("The harbour lay")
    assert article.length_chars == len(body.text)
    assert draft.images == ("https://paper.example/fog.jpg", "https://p.example/wide.jpg")
    assert unpack_bytes(draft.capture) == STORY.encode()
    assert "ferry" in draft.text_tokens


def test_what_the_feed_said_stands() -> None:
    said = {
        "author": "The Desk",
        "language": "de",
        "license": "L",
        "lead_image": "https://p.example/feed.jpg",
        "summary": "As the feed says.",
    }
    article = page(**said).article
    assert {name: getattr(article, name) for name in said} == said
    assert article.clean_digest == b"feed"


@pytest.mark.parametrize(
    ("html", "feed_text", "reason"),
    [
        ("", "The harbour lay under fog…", "the page does not look like this article"),
        ("<title>Just a moment...</title><p>Verify you are human", "", "the page does not look like this article"),
        (STORY, PARAGRAPH * 100, "the page has no more text than the feed"),
    ],
)
def test_a_page_that_is_not_better_is_refused(html: str, feed_text: str, reason: str) -> None:
    draft = page(html, feed_text=feed_text)
    assert (draft.reason, draft.body, draft.capture, draft.images) == (reason, None, None, ())
