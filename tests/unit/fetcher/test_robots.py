"""How long the rules of a robots.txt are remembered, and what they cost."""

import asyncio
import time

import pytest

from broadsheet.errors import SourceError
from broadsheet.fakes import FakeFetcher
from broadsheet.fetcher.robots import MOST_CRAWL_DELAY_S, Robots
from broadsheet.fetcher.target import parse_target
from broadsheet.model import FetchResponse

URL = "https://h/robots.txt"
DAY_S = 86_400


class Site:
    """A site with a robots.txt, and a clock."""

    def __init__(self, answer: FetchResponse | SourceError) -> None:
        self.now = 0.0
        self.delays: dict[str, float] = {}
        self.fetcher = FakeFetcher({URL: answer})
        self.robots = Robots(read=self.fetcher.fetch, clock=lambda: self.now, slow_down=self.delays.__setitem__)

    async def may_read(self, url: str = "https://h/page") -> bool:
        try:
            await self.robots.check(parse_target(url))
        except SourceError:
            return False
        return True


def text(body: str, status: int = 200) -> FetchResponse:
    return FetchResponse(url=URL, status=status, body=body.encode())


def test_rules_are_read_once_a_day() -> None:
    site = Site(text("User-agent: *\nDisallow: /"))

    async def scene() -> None:
        assert [await site.may_read() for _ in range(3)] == [False] * 3
        site.now = DAY_S - 1
        assert not await site.may_read()
        assert len(site.fetcher.requests) == 1
        site.fetcher.answers[URL] = text("")
        site.now = DAY_S + 1
        assert await site.may_read()

    asyncio.run(scene())
    assert len(site.fetcher.requests) == 2


def test_those_who_ask_at_once_share_one_answer() -> None:
    site = Site(text("User-agent: *\nDisallow: /x"))

    async def scene() -> list[bool]:
        return await asyncio.gather(*(site.may_read(f"https://h/{path}") for path in "axbx"))

    assert asyncio.run(scene()) == [True, False, True, False]
    assert len(site.fetcher.requests) == 1


def test_a_failure_is_remembered_for_an_hour() -> None:
    site = Site(SourceError("timeout", "took longer than 20 s"))

    async def scene() -> None:
        with pytest.raises(SourceError, match=r"robots\.txt of h cannot be read: took longer than 20 s"):
            await site.robots.check(parse_target("https://h/page"))
        site.fetcher.answers[URL] = text("")
        site.now = 3599
        assert not await site.may_read()
        site.now = 3601
        assert await site.may_read()

    asyncio.run(scene())


@pytest.mark.parametrize("kind", ["dns", "refused", "held"])
def test_what_is_true_of_the_page_as_well_is_passed_on(kind: str) -> None:
    site = Site(SourceError(kind, "why", retry_after_s=7))  # type: ignore[arg-type]

    async def scene() -> SourceError:
        with pytest.raises(SourceError) as caught:
            await site.robots.check(parse_target("https://h/page"))
        return caught.value

    error = asyncio.run(scene())
    assert (error.kind, str(error), error.retry_after_s) == (kind, "why", 7)


def test_origins_have_rules_of_their_own() -> None:
    site = Site(text("User-agent: *\nDisallow: /"))
    site.fetcher.answers["http://h/robots.txt"] = text("", status=404)

    async def scene() -> list[bool]:
        return [await site.may_read(), await site.may_read("http://h/page")]

    assert asyncio.run(scene()) == [False, True]


@pytest.mark.parametrize(("asked", "kept"), [("2", 2), ("86400", MOST_CRAWL_DELAY_S), ("nan", None), ("-1", None)])
def test_a_crawl_delay_has_a_bound(asked: str, kept: float | None) -> None:
    site = Site(text(f"User-agent: broadsheet\nCrawl-delay: {asked}"))
    assert asyncio.run(site.may_read())
    assert site.delays.get("h:443") == kept


def test_the_longest_rule_decides() -> None:
    site = Site(text("User-agent: *\nDisallow: /\nAllow: /news/*.html$\n"))

    async def scene() -> list[bool]:
        return [await site.may_read(f"https://h/{path}") for path in ("news/a.html", "news/a.htm", "other")]

    assert asyncio.run(scene()) == [True, False, False]


@pytest.mark.parametrize(
    "body",
    [
        "User-agent: *\nDisallow: /" + "*a" * 200_000,
        "".join(f"User-agent: bot{i}\n" for i in range(30_000)) + "Disallow: /x\n" * 1000,
        "User-agent: broadsheet\n" * 20_000 + "Disallow: /x\n" * 1000,
        "\x00" * 500_000,
        "Disallow: " * 50_000,
    ],
)
def test_hostile_files_cost_little(body: str) -> None:
    site = Site(text(body))
    started = time.thread_time()
    asyncio.run(site.may_read("https://h/" + "a" * 5000))
    assert time.thread_time() - started < 2


def test_closing_stops_what_is_being_read() -> None:
    async def scene() -> None:
        async def never(_: object) -> FetchResponse:
            await asyncio.Event().wait()
            raise AssertionError

        robots = Robots(read=never, clock=lambda: 0.0, slow_down=lambda *_: None)
        asking = asyncio.create_task(robots.check(parse_target("https://h/")))
        await asyncio.sleep(0)
        await robots.close()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(scene())
