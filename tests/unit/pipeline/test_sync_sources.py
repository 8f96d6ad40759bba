"""What becomes of sources in a sync: every answer that a host can give, and what is remembered of it."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from newsagent import DAY, HOUR, START, Newsagent, answer, item, rss, source

from broadsheet.errors import SourceError
from broadsheet.fakes import Answer
from broadsheet.model import Cut, FetchRequest, FetchResponse, Validators
from broadsheet.pipeline.report import ErrorLine, SourceCounts, SyncReport
from broadsheet.pipeline.sync import sync
from broadsheet.pipeline.visits import max_age_s

FEED = source().url


def agent(folder: Path, said: Answer, **fetch: object) -> Newsagent:
    return Newsagent(folder, [source()], answers={FEED: said}, **fetch)


def outcome(report: SyncReport) -> str:
    counts = msgspec.to_builtins(report.sources)
    assert counts.pop("due") == sum(counts.values()) == 1
    return next(name for name, count in counts.items() if count)


# -- read --------------------------------------------------------------------------------------------------------------


def test_a_feed_is_read_into_the_archive(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1"), item("paper/2"))))
    report = news.sync()
    assert outcome(report) == "fetched"
    assert msgspec.to_builtins(report.entries) == {"seen": 2, "new": 2, "changed": 0, "duplicate": 0}
    assert report.errors == ()
    assert [article.title for article in news.articles()] == ["Title of paper/1", "Title of paper/2"]
    state = news.state()
    assert (state.feed_title, state.last_success, state.last_new, state.next_due) == (
        "Paper",
        START,
        START,
        START + HOUR,
    )
    (log,) = news.archive.fetch_log(source_key=source().key, limit=9)
    assert (log.status, log.outcome, log.entries, log.new) == (200, "fetched", 2, 2)
    (event,) = news.heard.events
    assert (event.ref, event.outcome, event.new) == (FEED, "fetched", 2)
    assert news.heard.began == [("sources", 1)]


def test_what_is_not_due_is_left_alone(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1"))))
    news.sync()
    assert news.sync().sources == SourceCounts()
    assert news.later(HOUR).sources.due == 1
    assert len(news.asked) == 2


def test_everything_asks_what_is_not_due_as_well(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1"))))
    news.sync()
    assert news.sync(everything=True).sources.due == 1


def test_keys_restrict_a_sync_to_some_sources(tmp_path: Path) -> None:
    other = source("other")
    news = Newsagent(tmp_path, [source(), other], answers={FEED: answer(rss()), other.url: answer(rss())})
    assert news.sync(keys=[other.key]).sources.due == 1
    assert news.asked == [other.url]


def test_a_304_keeps_everything_and_sends_the_validators_verbatim(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1")), etag='W/"ä b"', last_modified="about noon"))
    news.sync()
    assert outcome(news.later(HOUR)) == "unchanged"
    assert news.fetcher.requests[-1].validators == Validators(etag='W/"ä b"', last_modified="about noon")
    assert outcome(news.later(HOUR)) == "unchanged"
    assert news.fetcher.requests[-1].validators == Validators(etag='W/"ä b"', last_modified="about noon")
    assert news.state().last_success == START + 2 * HOUR
    assert len(news.articles()) == 1


def test_equal_bytes_are_not_read_again(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1"))))
    news.sync()
    news.pool = None  # nothing may need it
    report = news.later(HOUR)
    assert outcome(report) == "unchanged"
    assert report.entries.seen == 0


def test_an_edit_becomes_a_revision(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1", title="One"))))
    news.sync()
    news.fetcher.answers[FEED] = answer(rss(item("paper/1", title="One, corrected")))
    report = news.later(HOUR)
    assert (report.entries.new, report.entries.changed) == (0, 1)
    (article,) = news.articles()
    assert (article.title, article.changed_at, article.first_seen) == ("One, corrected", START + HOUR, START)
    (revision,) = news.archive.revisions(article.id)
    assert (revision.title, revision.changed) == ("One", ("title", "text"))


def test_noise_is_no_edit(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1", html="<p class='a'>Fog.</p>"))))
    news.sync()
    news.fetcher.answers[FEED] = answer(rss(item("paper/1", html="<p class='b'>Fog.</p>")))
    report = news.later(HOUR)
    assert (outcome(report), report.entries.changed) == ("fetched", 0)


def test_an_article_that_two_sources_carry_in_one_batch_is_one(tmp_path: Path) -> None:
    copy = source("copy")
    both = {FEED: answer(rss(item("paper/1"))), copy.url: answer(rss(item("paper/1", guid="other")))}
    news = Newsagent(tmp_path, [source(), copy], answers=both)
    report = news.sync()
    assert (report.entries.seen, report.entries.new, report.entries.duplicate) == (2, 1, 1)
    assert set(news.record("Title of paper/1").also_in) == {source().key, copy.key}


def test_an_article_that_another_source_brings_later_is_one(tmp_path: Path) -> None:
    copy = source("copy")
    news = agent(tmp_path, answer(rss(item("paper/1"))))
    news.sync()
    news.register(source(), copy)
    news.fetcher.answers[copy.url] = answer(rss(item("paper/1", guid="other"), item("copy/2")))
    report = news.sync()
    assert (report.entries.new, report.entries.duplicate) == (1, 1)
    assert news.record("Title of paper/1").also_in == (source().key, copy.key)
    assert news.later(HOUR).entries.duplicate == 0


def test_an_empty_feed_in_good_order_is_fetched(tmp_path: Path) -> None:
    assert outcome(agent(tmp_path, answer(rss())).sync()) == "fetched"


def test_what_could_be_read_is_kept_and_the_rest_is_a_problem(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1"), item("paper/2"))[:-60]))
    report = news.sync()
    assert outcome(report) == "fetched"
    assert (report.errors, report.entries.new) == ((), 2)
    assert news.state().problems
    assert news.heard.events[0].problems == news.state().problems


# -- how soon again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "headers", "hours"),
    [
        ("", {}, 1),
        ("<ttl>180</ttl>", {}, 3),
        ("<ttl>10</ttl>", {}, 1),
        ("", {"cache_control": "public, max-age=7200"}, 2),
        ("<ttl>180</ttl>", {"cache_control": "max-age=7200"}, 3),
    ],
)
def test_a_publisher_may_ask_for_more_time(tmp_path: Path, head: str, headers: dict[str, str], hours: int) -> None:
    news = agent(tmp_path, answer(rss(head=f"<title>Paper</title>{head}"), **headers))
    news.sync()
    assert news.state().next_due == START + hours * HOUR


def test_the_users_own_interval_wins(tmp_path: Path) -> None:
    own = source(interval_s=60.0)
    news = Newsagent(tmp_path, [own], answers={FEED: answer(rss(head="<ttl>180</ttl>"))})
    news.sync()
    assert news.state().next_due == START + HOUR / 60


@pytest.mark.parametrize(
    ("header", "max_age"),
    [
        (None, 0),
        ("", 0),
        ("no-cache", 0),
        ("Max-Age=60", 60),
        ('max-age="60"', 60),
        ("public,max-age=60,x=1", 60),
        ("max-age=-1", 0),
        ("max-age=6.5", 0),
        ("max-age=٣", 0),
        ("s-maxage=60", 0),
        ("max-age=" + "9" * 400, 999_999_999),
    ],
)
def test_max_age_is_read_as_it_is_meant(header: str | None, max_age: float) -> None:
    assert max_age_s(header) == max_age


# -- held --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (answer(status=429, retry_after_s=7200), 2),
        (answer(status=429), 1),
        (answer(status=503, retry_after_s=7200), 2),
        (SourceError("held", "asked to be left alone", retry_after_s=7200), 2),
    ],
)
def test_a_host_that_asks_us_to_wait_holds_its_source(tmp_path: Path, said: Answer, hours: int) -> None:
    news = agent(tmp_path, said)
    report = news.sync()
    assert outcome(report) == "held"
    (error,) = report.errors
    assert (error.source, error.kind) == (FEED, "status")
    state = news.state()
    assert (state.held_until, state.failures) == (START + hours * HOUR, 0)


def test_a_held_source_is_counted_but_neither_asked_nor_named_again(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(status=429, retry_after_s=5 * 3600))
    news.sync()
    waiting = SourceCounts(due=1, held=1)
    assert news.sync().sources == SourceCounts()  # not even due
    for report in (news.sync(everything=True), news.later(HOUR), news.later(3 * HOUR)):
        assert (report.sources, report.errors, report.nothing_done) == (waiting, (), False)
    assert len(news.asked) == 1
    news.fetcher.answers[FEED] = answer(rss())
    assert outcome(news.later(HOUR)) == "fetched"
    assert news.state().held_until is None


def test_only_the_sources_asked_for_are_counted_as_held(tmp_path: Path) -> None:
    other = source("other")
    answers: dict[str, Answer] = {FEED: answer(status=429), other.url: answer(rss())}
    news = Newsagent(tmp_path, [source(), other], answers=answers)
    news.sync()
    assert news.sync(keys=[other.key], everything=True).sources == SourceCounts(due=1, unchanged=1)
    assert news.sync(everything=True).sources == SourceCounts(due=2, unchanged=1, held=1)


# -- failed ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (answer(status=404), "status", "answers 404"),
        (answer(status=503), "status", "answers 503"),
        (answer(status=500), "status", "answers 500"),
        (answer(b""), "empty", None),
        (answer(b"<!doctype html><title>Sign in</title>", content_type="text/html"), "format", None),
        (answer(b"\x00\x01\x02"), "format", None),
        *((SourceError(kind, f"said {kind}"), kind, f"said {kind}") for kind in ("dns", "tls", "timeout", "refused")),
    ],
)
def test_a_failure_is_named_with_its_kind(tmp_path: Path, said: Answer, kind: str, message: str | None) -> None:
    news = agent(tmp_path, said)
    report = news.sync()
    assert outcome(report) == "failed"
    assert report.nothing_done
    (error,) = report.errors
    assert (error.source, error.kind) == (FEED, kind)
    assert error.message == (message or error.message) != ""
    state = news.state()
    assert (state.failures, state.error_kind, state.error, state.failing_since) == (1, kind, error.message, START)
    (log,) = news.archive.fetch_log(source_key=source().key, limit=9)
    assert (log.outcome, log.error_kind) == ("failed", kind)


def test_a_document_with_problems_and_without_an_entry_has_failed(tmp_path: Path) -> None:
    report = agent(tmp_path, answer(b"<rss version='2.0'><channel><title>Pa")).sync()
    assert outcome(report) == "failed"
    assert report.errors[0].kind == "format"


def test_a_failure_keeps_validators_and_window(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(rss(item("paper/1")), etag='"1"'))
    news.sync()
    good = news.fetcher.answers[FEED]
    news.fetcher.answers[FEED] = answer(status=500, etag='"error"')
    news.later(HOUR)
    news.fetcher.answers[FEED] = good
    report = news.later(DAY)
    assert outcome(report) == "unchanged"
    assert report.recovered == (FEED,)
    assert news.state().failures == 0


def test_only_the_first_failure_is_said_to_be_the_first(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(status=500))
    news.sync()
    assert news.heard.events[0].first_failure
    news.later(DAY)
    assert not news.heard.events[0].first_failure
    assert not news.heard.events[0].recovered


def test_what_is_gone_is_named_and_not_asked_again_until_its_url_changes(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(status=410))
    report = news.sync()
    assert outcome(report) == "failed"
    assert [(error.source, error.kind) for error in report.errors] == [(FEED, "status")]
    assert news.state().gone
    assert news.sync(everything=True).sources.due == 0
    news.register(source(url="https://paper.example/new"))
    news.fetcher.answers["https://paper.example/new"] = answer(rss())
    assert outcome(news.sync()) == "fetched"


class Failing:
    """A pool in which one source meets a bug."""

    def __init__(self, pool: object, key: str) -> None:
        self.pool = pool
        self.key = key

    async def run(self, function: object, task: object, *, size_bytes: int) -> object:
        if task.source_key == self.key:  # type: ignore[attr-defined]
            raise ZeroDivisionError("on purpose")
        return await self.pool.run(function, task, size_bytes=size_bytes)  # type: ignore[attr-defined]


def test_a_bug_of_ours_costs_only_its_source(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    other = source("other")
    news = Newsagent(
        tmp_path, [source(), other], answers={FEED: answer(rss()), other.url: answer(rss(item("other/1")))}
    )
    news.pool = Failing(news.pool, FEED)
    report = news.sync()
    assert report.sources == SourceCounts(due=2, fetched=1, failed=1)
    (error,) = report.errors
    assert (error.source, error.kind) == (FEED, "format")
    assert "ZeroDivisionError: on purpose" in error.message
    assert "on purpose" in caplog.text
    assert len(news.articles()) == 1


class Refusing:
    """An archive that cannot write one source."""

    def __init__(self, archive: object, key: str) -> None:
        self.archive = archive
        self.key = key

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)

    def apply(self, batch: list[object]) -> list[str | None]:
        kept = [changes for changes in batch if changes.source_key != self.key]  # type: ignore[attr-defined]
        self.archive.apply(kept)  # type: ignore[attr-defined]
        return ["its text is odd" if changes.source_key == self.key else None for changes in batch]  # type: ignore[attr-defined]


def test_what_the_archive_cannot_take_costs_only_its_source(tmp_path: Path) -> None:
    other = source("other")
    answers: dict[str, Answer] = {FEED: answer(rss(item("paper/1"))), other.url: answer(rss(item("other/1")))}
    news = Newsagent(tmp_path, [source(), other], answers=answers)
    news.archive = Refusing(news.archive, FEED)
    report = news.sync()
    assert report.sources == SourceCounts(due=2, fetched=1, failed=1)
    assert report.errors == (ErrorLine(source=FEED, kind="format", message="could not be archived: its text is odd"),)
    assert (report.entries.new, len(news.articles())) == (1, 1)


def test_secrets_are_shown_to_nobody(tmp_path: Path) -> None:
    url = "https://ada:geheim@paper.example/feed?token=geheim"
    news = Newsagent(tmp_path, [source(key="k", ref=url, url=url)], answers={url: SourceError("dns", "no such host")})
    report = news.sync()
    assert report.errors[0].source == "https://ada:***@paper.example/feed?token=***"
    assert "geheim" not in repr(news.heard.events)


# -- redirects ---------------------------------------------------------------------------------------------------------

NEW, NEWER = "https://new.example/feed", "https://newer.example/feed"


def moved(status: int, to: str) -> FetchResponse:
    return answer(status=status, location=to)


@pytest.mark.parametrize(
    ("answers", "remembered"),
    [
        ({FEED: moved(301, NEW)}, NEW),
        ({FEED: moved(308, NEW)}, NEW),
        ({FEED: moved(302, NEW)}, None),
        ({FEED: moved(307, NEW)}, None),
        ({FEED: moved(301, NEW), NEW: moved(308, NEWER)}, NEWER),
        ({FEED: moved(301, NEW), NEW: moved(302, NEWER)}, NEW),
        ({FEED: moved(302, NEW), NEW: moved(301, NEWER)}, None),
        ({FEED: answer(rss())}, None),
    ],
)
def test_permanent_redirects_are_remembered_as_far_as_they_go(
    tmp_path: Path, answers: dict[str, Answer], remembered: str | None
) -> None:
    target: dict[str, Answer] = {NEW: answer(rss()), NEWER: answer(rss())}
    news = Newsagent(tmp_path, [source()], answers=target | answers)
    assert outcome(news.sync()) == "fetched"
    assert news.state().moved_url == remembered
    news.asked_now()
    news.later(HOUR)
    assert news.asked_now() == [remembered or FEED]
    assert news.state().moved_url == remembered


def test_a_redirect_to_something_that_is_no_feed_is_not_remembered(tmp_path: Path) -> None:
    news = Newsagent(tmp_path, [source()], answers={FEED: moved(301, NEW), NEW: answer(b"<html>Sign in")})
    assert outcome(news.sync()) == "failed"
    assert news.state().moved_url is None


@pytest.mark.parametrize("said", [answer(status=404), answer(status=410), SourceError("dns", "no such host")])
def test_when_the_new_address_fails_the_configured_one_is_asked_again(tmp_path: Path, said: Answer) -> None:
    news = Newsagent(tmp_path, [source()], answers={FEED: moved(301, NEW), NEW: answer(rss(), etag='"1"')})
    news.sync()
    news.fetcher.answers = {NEW: said, FEED: answer(rss(item("paper/1")))}
    assert outcome(news.later(HOUR)) == "failed"
    state = news.state()
    assert (state.moved_url, state.validators, state.gone) == (None, Validators(), False)
    news.asked_now()
    assert outcome(news.later(DAY)) == "fetched"
    assert news.asked_now() == [FEED]


# -- many --------------------------------------------------------------------------------------------------------------


def test_hosts_are_asked_in_turn(tmp_path: Path) -> None:
    crowd = [source(key=f"k{n}", url=f"https://crowd.example/{n}") for n in range(5)]
    lone = [source("one"), source("two")]
    news = Newsagent(tmp_path, [*crowd, *lone])
    news.sync()
    hosts = [url.split("/")[2] for url in news.asked]
    assert hosts[:3] == ["crowd.example", "one.example", "two.example"]
    assert hosts[3:] == ["crowd.example"] * 4


def test_whatever_happens_the_counts_add_up(tmp_path: Path) -> None:
    said: list[Answer] = [
        answer(rss(item("x/1"))),
        answer(rss(item("x/1"), item("x/2")), etag='"1"'),
        answer(status=304),
        answer(status=404),
        answer(status=410),
        answer(status=429, retry_after_s=60),
        SourceError("tls", "expired"),
        answer(b"{}"),
        answer(b"", status=204),
    ]
    many = [source(f"s{number}") for number in range(200)]
    answers = {one.url: said[number % len(said)] for number, one in enumerate(many)}
    news = Newsagent(tmp_path, many, answers=answers)
    for everything, due in ((False, 200), (True, 200 - 22)):
        report = news.sync(everything=everything)
        counts = report.sources
        assert counts.due == counts.fetched + counts.unchanged + counts.failed + counts.held == due
        assert len(report.errors) == counts.failed + (counts.held if not everything else 0)
        assert {error.kind for error in report.errors} <= {"status", "tls", "format", "empty"}
    assert len(news.heard.events) == len({event.key for event in news.heard.events})


def test_a_caller_of_the_answer_sees_the_request_as_configured(tmp_path: Path) -> None:
    asked: list[FetchRequest] = []

    def look(request: FetchRequest) -> FetchResponse:
        asked.append(request)
        return answer(rss())

    agent(tmp_path, look, timeout_s=7.0, limit_bytes=1234).sync()
    assert (asked[0].timeout_s, asked[0].limit_bytes, asked[0].check_robots) == (7.0, 1234, False)
    assert asked[0].accept.startswith("application/rss+xml")


def test_an_error_line_says_since_when_and_until_when(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(status=500))
    first = news.sync().errors[0]
    assert (first.since, first.next_try) == (START, news.state().next_due)
    assert news.later(DAY).errors[0].since == START
    news.fetcher.answers[FEED] = answer(status=429, retry_after_s=2 * 86400)
    assert news.later(2 * DAY).errors[0].next_try == news.now + 2 * DAY
    news.fetcher.answers[FEED] = answer(status=410)
    assert news.later(2 * DAY).errors[0].next_try is None


class Confused:
    """An archive that answers one question with nonsense."""

    def __init__(self, archive: object) -> None:
        self.archive = archive

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)

    def known_urls(self, urls: list[str]) -> dict[str, object]:
        return {url: None for url in urls if "paper" in url} | {url: 7 for url in urls if "paper" in url}


def test_a_bug_in_deciding_costs_only_its_source(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    other = source("other")
    answers: dict[str, Answer] = {FEED: answer(rss(item("paper/1"))), other.url: answer(rss(item("other/1")))}
    news = Newsagent(tmp_path, [source(), other], answers=answers)
    news.archive = Confused(news.archive)
    report = news.sync()
    assert report.sources == SourceCounts(due=2, fetched=1, failed=1)
    assert "a bug in Broadsheet" in report.errors[0].message
    assert "AttributeError" in caplog.text


# -- several RSSHub instances ------------------------------------------------------------------------------------------

HUBS = ("http://127.0.0.1:1200", "http://127.0.0.1:1300", "http://127.0.0.1:1400")
ROUTE = source(key="/zaker/1", ref="/zaker/1", url=f"{HUBS[0]}/zaker/1")
AT_HUBS = [f"{hub}/zaker/1" for hub in HUBS]
GOOD = answer(rss(item("paper/1")))


@pytest.mark.parametrize(
    ("said", "came", "asked"),
    [
        ([GOOD, GOOD, GOOD], "fetched", 1),
        ([SourceError("connect", "nobody listens"), GOOD, GOOD], "fetched", 2),
        ([answer(status=503), answer(status=500), GOOD], "fetched", 3),
        ([answer(status=503), SourceError("timeout", "too slow"), answer(status=404)], "failed", 3),
        ([SourceError("connect", "nobody listens"), answer(status=500), answer(status=500)], "failed", 3),
    ],
)
def test_a_route_is_asked_of_each_instance_in_turn(tmp_path: Path, said: list[Answer], came: str, asked: int) -> None:
    news = Newsagent(tmp_path, [ROUTE], answers=dict(zip(AT_HUBS, said, strict=True)), rsshub=HUBS)
    report = news.sync()
    assert outcome(report) == came
    assert news.asked == AT_HUBS[:asked]
    if came == "failed":
        first = said[0]
        assert report.errors[0].message == (str(first) if isinstance(first, SourceError) else "answers 503")


def test_what_is_no_route_is_asked_of_nobody_else(tmp_path: Path) -> None:
    news = Newsagent(tmp_path, [source()], answers={FEED: answer(status=500)}, rsshub=HUBS)
    news.sync()
    assert news.asked == [FEED]


# -- documents that break off ------------------------------------------------------------------------------------------

CUT = Cut(kind="connect", message="the connection ended too early")


def test_a_document_that_breaks_off_gives_what_it_has_and_is_asked_for_whole_again(tmp_path: Path) -> None:
    whole = rss(item("paper/1"), item("paper/2"))
    news = agent(tmp_path, answer(whole[: whole.index(b"paper/2") - 20], cut=CUT, etag='"1"'))
    report = news.sync()
    assert (outcome(report), report.entries.new) == ("fetched", 1)
    (problem,) = report.problems
    assert (problem.source, problem.problems[0]) == (FEED, "the connection ended too early")
    assert (news.state().validators, news.state().body_digest) == (Validators(), None)
    news.fetcher.answers[FEED] = answer(whole, etag='"1"')
    assert news.later(HOUR).entries.new == 1
    assert news.state().problems == ()


def test_a_document_that_breaks_off_before_its_first_entry_has_failed(tmp_path: Path) -> None:
    report = agent(tmp_path, answer(rss(item("paper/1"))[:45], cut=CUT)).sync()
    assert outcome(report) == "failed"
    assert (report.errors[0].kind, report.errors[0].message) == ("connect", "the connection ended too early")


def test_slow_hosts_do_not_keep_what_was_read_from_the_archive(tmp_path: Path) -> None:
    """What ends within a moment is written together; the rest when it comes, an interruption loses only that."""
    fast, slow = source("fast"), source("slow")
    news = Newsagent(tmp_path, [fast, slow], answers={fast.url: answer(rss(item("fast/1")))})
    before: list[int] = []

    async def fetch(request: FetchRequest) -> FetchResponse:
        if request.url == slow.url:
            for _ in range(60):
                await asyncio.sleep(0.01)
            before.append(len(news.articles()))
        return answer(rss(item(request.url.split("/")[2][:4] + "/1")))

    news.fetcher.fetch = fetch  # type: ignore[method-assign]
    assert news.sync().sources == SourceCounts(due=2, fetched=2)
    assert before == [1]


def test_an_interruption_keeps_what_was_read_and_leaves_nothing_running(tmp_path: Path) -> None:
    many = [source(f"s{number}") for number in range(5000)]
    news = Newsagent(tmp_path, many)

    async def fetch(request: FetchRequest) -> FetchResponse:
        number = int(request.url.split("/")[2].split(".")[0][1:])
        if number < 10:
            return answer(rss(item(f"s{number}/1")))
        await asyncio.sleep(1000)
        raise AssertionError

    async def interrupted() -> None:
        news.fetcher.fetch = fetch  # type: ignore[method-assign]
        running = asyncio.ensure_future(sync(news.context))
        while len(news.articles()) < 10:  # noqa: ASYNC110 - an archive has no event to wait for
            await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(interrupted())
    assert len(news.articles()) == 10
