"""The second stage of a sync: pages behind summaries are fetched, tried again, refused or given up."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from newsagent import DAY, HOUR, LONG, START, Newsagent, answer, item, rss, source

from broadsheet.errors import ArchiveError, SourceError
from broadsheet.fakes import Answer
from broadsheet.model import Body, CleanHtml, FetchRequest, FetchResponse
from broadsheet.pipeline.report import FetchCounts
from broadsheet.settings import HostSettings

FEED = source().url
SUMMARY = "The harbour lay under fog for three days…"
PAGE = "https://paper.example/1"
TITLE = "Title of paper/1"


def story(text: str = LONG) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for _ in range(3))
    return f"<!doctype html><title>{TITLE}</title><article><h1>{TITLE}</h1>{paragraphs}</article>".encode()


HTML = {"content_type": "text/html; charset=utf-8"}
STORY = answer(story(), **HTML)


def agent(folder: Path, page: Answer, **fetch: object) -> Newsagent:
    feed = answer(rss(item("paper/1", html=SUMMARY)))
    return Newsagent(folder, [source()], answers={FEED: feed, PAGE: page}, **fetch)


def waiting(news: Newsagent) -> int:
    return int(news.archive.counts().pending_pages)


def test_a_summary_is_replaced_by_the_text_of_its_page(tmp_path: Path) -> None:
    news = agent(tmp_path, STORY)
    report = news.sync()
    assert report.pages == FetchCounts(fetched=1)
    body = news.record(TITLE).body
    assert (body.origin, body.text.count("three days")) == ("page", 60)
    assert news.asked == [FEED, PAGE]
    assert news.fetcher.requests[1].check_robots
    assert news.heard.began == [("sources", 1), ("pages", 1)]
    assert news.heard.advanced == ["sources", "pages"]
    assert news.archive.revisions(news.record(TITLE).article.id) == []
    assert news.sync().pages == FetchCounts()


def test_a_whole_text_needs_no_page(tmp_path: Path) -> None:
    news = Newsagent(tmp_path, [source()], answers={FEED: answer(rss(item("paper/1")))})
    assert news.sync().pages == FetchCounts()


@pytest.mark.parametrize(
    ("page", "came"),
    [
        (answer(b"<title>Just a moment...</title><p>Verify you are human", **HTML), FetchCounts(fetched=1)),
        (answer(b"", **HTML), FetchCounts(fetched=1)),
        (answer(b"\x89PNG\r\n\x1a\n", content_type="image/png"), FetchCounts(fetched=1)),
        (answer(status=404), FetchCounts(failed=1)),
        (answer(status=403), FetchCounts(failed=1)),
        (SourceError("refused", "a private address"), FetchCounts(failed=1)),
        (SourceError("too_large", "larger than 10 MB"), FetchCounts(failed=1)),
    ],
)
def test_a_page_that_will_never_do_leaves_the_feeds_text_and_is_not_asked_again(
    tmp_path: Path, page: Answer, came: FetchCounts
) -> None:
    news = agent(tmp_path, page)
    assert news.sync().pages == came
    assert news.record(TITLE).body.text == SUMMARY
    assert waiting(news) == 0
    news.asked_now()
    assert news.later(30 * DAY).pages == FetchCounts()
    assert PAGE not in news.asked


@pytest.mark.parametrize(
    "page", [answer(status=500), answer(status=429), SourceError("robots", "disallowed"), SourceError("tls", "expired")]
)
def test_a_page_that_may_do_later_is_tried_again_and_then_given_up(tmp_path: Path, page: Answer) -> None:
    news = agent(tmp_path, page)
    assert news.sync().pages == FetchCounts(failed=1)
    for wait in (HOUR, 6 * HOUR, DAY, 3 * DAY):
        assert news.later(wait - timedelta(minutes=1)).pages == FetchCounts()
        assert news.later(timedelta(minutes=1)).pages == FetchCounts(failed=1)
    assert waiting(news) == 0
    assert news.asked.count(PAGE) == 5


def test_a_later_try_may_succeed(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(status=500))
    news.sync()
    news.fetcher.answers[PAGE] = STORY
    assert news.later(HOUR).pages == FetchCounts(fetched=1)
    assert news.record(TITLE).body.origin == "page"


def test_a_304_of_the_feed_loses_no_pending_page(tmp_path: Path) -> None:
    news = agent(tmp_path, STORY, patience_s=0.0)
    assert news.sync().pages == FetchCounts(waiting=1)
    assert PAGE not in news.asked
    news.settings = Newsagent(tmp_path).settings
    assert news.later(HOUR).pages == FetchCounts(fetched=1)


def test_an_edited_summary_has_its_page_read_again_and_judged_by_the_feed_alone(tmp_path: Path) -> None:
    news = agent(tmp_path, STORY)
    news.sync()
    news.fetcher.answers[FEED] = answer(rss(item("paper/1", html=SUMMARY + " (corrected) …")))
    shorter = LONG.replace("three days", "two days")[:1200]
    news.fetcher.answers[PAGE] = answer(story(shorter), **HTML)
    report = news.later(HOUR)
    assert (report.entries.changed, report.pages) == (1, FetchCounts(fetched=1))
    assert "two days" in news.record(TITLE).body.text


class Losing:
    """An archive in which articles vanish, or reading one fails."""

    def __init__(self, archive: object, error: Exception | None = None) -> None:
        self.archive = archive
        self.error = error

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)

    def feed_body(self, article_id: str) -> Body | None:
        if self.error is not None:
            raise self.error
        return None if article_id else Body(html=CleanHtml(""), text="")


def test_the_page_of_an_article_that_was_taken_down_meanwhile_is_dropped(tmp_path: Path) -> None:
    news = agent(tmp_path, STORY)
    archive = news.archive
    news.archive = Losing(archive)
    news.sync()
    news.archive = archive
    assert waiting(news) == 0


def test_a_bug_of_ours_costs_only_its_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    news = agent(tmp_path, STORY)
    news.archive = Losing(news.archive, ZeroDivisionError("on purpose"))
    assert news.sync().pages == FetchCounts(failed=1)
    assert "on purpose" in caplog.text


def test_an_archive_that_cannot_be_read_ends_the_sync_and_loses_no_page(tmp_path: Path) -> None:
    news = agent(tmp_path, STORY)
    archive = news.archive
    news.archive = Losing(archive, ArchiveError("damaged"))
    with pytest.raises(ArchiveError, match="damaged"):
        news.sync()
    news.archive = archive
    assert waiting(news) == 1


# -- many --------------------------------------------------------------------------------------------------------------


def crowd(folder: Path, said: SourceError, **fetch: object) -> Newsagent:
    """Ten summaries of a host that gives no pages, and one of another."""
    entries = [item(f"dead/{number}", html=f"Summary {number}…") for number in range(10)]
    feed = answer(rss(*entries, item("paper/1", html=SUMMARY)))
    dead: dict[str, Answer] = {f"https://dead.example/{number}": said for number in range(10)}
    return Newsagent(folder, [source()], answers={FEED: feed, PAGE: STORY, **dead}, **fetch)


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        (SourceError("timeout", "too slow"), 3),
        (SourceError("connect", "nobody listens"), 3),
        (SourceError("held", "asked to be left alone", retry_after_s=60.0), 1),
        (SourceError("robots", "disallowed"), 10),
    ],
)
def test_a_host_that_cannot_be_reached_is_left_to_a_later_run(tmp_path: Path, said: SourceError, tried: int) -> None:
    news = crowd(tmp_path, said)
    assert news.sync().pages == FetchCounts(fetched=1, failed=10)
    assert sum("dead" in url for url in news.asked_now()) == tried
    assert waiting(news) == 10
    news.later(2 * HOUR)
    assert sum("dead" in url for url in news.asked_now()) == tried


def test_more_of_a_host_are_tried_at_once_where_it_may_be_asked_faster(tmp_path: Path) -> None:
    news = crowd(tmp_path, SourceError("timeout", "too slow"), hosts={"dead.example": HostSettings(per_host=5)})
    news.sync()
    assert 3 <= sum("dead" in url for url in news.asked) <= 7


def test_pages_come_in_batches(tmp_path: Path) -> None:
    count = 120
    feed = answer(rss(*(item(f"h{n}/1", html=f"Summary {n}…") for n in range(count))))
    pages: dict[str, Answer] = {
        f"https://h{n}.example/1": answer(story().replace(b"paper/1", f"h{n}/1".encode()), **HTML) for n in range(count)
    }
    news = Newsagent(tmp_path, [source()], answers={FEED: feed, **pages})
    assert news.sync().pages == FetchCounts(fetched=count)
    assert news.heard.advanced.count("pages") == count
    assert {news.archive.article(article.id).body.origin for article in news.articles()} == {"page"}
    assert news.now == START


def test_a_page_that_does_not_come_in_time_waits_for_the_next_run(tmp_path: Path) -> None:
    news = crowd(tmp_path, SourceError("robots", "disallowed"), patience_s=0.3)
    fetch = news.fetcher.fetch

    async def slow(request: FetchRequest) -> FetchResponse:
        if "dead" in request.url:
            await asyncio.sleep(1000)
        return await fetch(request)

    news.fetcher.fetch = slow  # type: ignore[method-assign]
    assert news.sync().pages == FetchCounts(fetched=1, waiting=10)
    assert waiting(news) == 10
