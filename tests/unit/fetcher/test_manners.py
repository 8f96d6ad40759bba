"""What a server sees of us: pace, headers, and that we do as it asks."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from faultserver import Asked, FaultServer, Reply

from broadsheet import __version__
from broadsheet.errors import SourceError
from broadsheet.fetcher import FetchSettings, HostSettings, HttpFetcher, user_agent
from broadsheet.model import FetchRequest, FetchResponse, Validators

NOW = datetime(2021, 11, 22, 20, 25, 24, tzinfo=UTC)
FAST = FetchSettings(allow_private=True, host_delay_s=0, user_agent=user_agent("https://news.example/about"))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        running.add("/ok", b"ok")
        yield running


def use(settings: FetchSettings, scene: Callable[[HttpFetcher], Awaitable[object]]) -> object:
    async def run() -> object:
        fetcher = HttpFetcher(settings, now=lambda: NOW)
        try:
            return await scene(fetcher)
        finally:
            await fetcher.close()

    return asyncio.run(run())


def get_all(settings: FetchSettings, *requests: FetchRequest) -> list[FetchResponse | BaseException]:
    """What each gave, all asked for at once."""

    async def scene(fetcher: HttpFetcher) -> object:
        return await asyncio.gather(*map(fetcher.fetch, requests), return_exceptions=True)

    return use(settings, scene)  # type: ignore[return-value]


def test_the_headers_of_a_request(server: FaultServer) -> None:
    validators = Validators(etag='W/"x y"', last_modified="yesterday, I think")
    request = FetchRequest(url=server.url("/ok?b=1&a=%20"), accept="text/xml", validators=validators)
    get_all(FAST, request)
    [asked] = server.asked
    assert asked.path == "/ok?b=1&a=%20"
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": f"broadsheet/{__version__} (+https://news.example/about)",
        "accept": "text/xml",
        "accept-encoding": "gzip, deflate, br, zstd",
        "if-none-match": 'W/"x y"',
        "if-modified-since": "yesterday, I think",
    }


def test_validators_are_never_invented(server: FaultServer) -> None:
    server.add("/dated", b"x", headers={"Date": "Mon, 22 Nov 2021 20:25:24 GMT"})
    url = server.url("/dated")
    [first] = get_all(FAST, FetchRequest(url=url))
    assert isinstance(first, FetchResponse)
    get_all(FAST, FetchRequest(url=url, validators=first.validators))
    assert not {"if-none-match", "if-modified-since"} & server.asked[-1].headers.keys()


def test_no_cookie_is_ever_sent_back(server: FaultServer) -> None:
    server.add("/cookie", b"x", headers={"Set-Cookie": "id=1; Path=/"})
    request = FetchRequest(url=server.url("/cookie"))
    get_all(FAST, request, request)
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None]


def test_connections_are_kept(server: FaultServer) -> None:
    request = FetchRequest(url=server.url("/ok"))
    get_all(FAST, *[request] * 5)
    assert {asked.connection for asked in server.asked} == {1}


def test_there_is_a_pause_between_two_requests_to_a_host(server: FaultServer) -> None:
    request = FetchRequest(url=server.url("/ok"))
    get_all(FetchSettings(allow_private=True, host_delay_s=0.15), *[request] * 3)
    times = [asked.at for asked in server.asked]
    assert all(later - earlier >= 0.149 for earlier, later in itertools.pairwise(times))


def test_a_redirect_keeps_the_pause_too(server: FaultServer) -> None:
    server.add("/moved", Reply(status=301, headers={"Location": "/ok"}))
    get_all(FetchSettings(allow_private=True, host_delay_s=0.15), FetchRequest(url=server.url("/moved")))
    first, second = (asked.at for asked in server.asked)
    assert second - first >= 0.149


def test_waiting_for_ones_turn_does_not_count_as_slowness(server: FaultServer) -> None:
    request = FetchRequest(url=server.url("/ok"), timeout_s=0.2)
    outcomes = get_all(FetchSettings(allow_private=True, host_delay_s=0.15), *[request] * 4)
    assert all(isinstance(outcome, FetchResponse) for outcome in outcomes)


def test_one_connection_to_a_host_at_a_time(server: FaultServer) -> None:
    server.add("/slow", Reply(body=b"x", delay_s=0.02))
    get_all(FAST, *[FetchRequest(url=server.url("/slow"))] * 6)
    assert server.most_open == 1


def test_what_is_ones_own_may_be_asked_faster(server: FaultServer) -> None:
    server.add("/slow", Reply(body=b"x", delay_s=0.1))
    hosts = {f"127.0.0.1:{server.port}": HostSettings(per_host=4, host_delay_s=0)}
    get_all(FetchSettings(allow_private=True, hosts=hosts), *[FetchRequest(url=server.url("/slow"))] * 8)
    assert server.most_open == 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_to_wait_is_left_alone(server: FaultServer, status: int) -> None:
    server.add("/busy", Reply(status=status, headers={"Retry-After": "Mon, 22 Nov 2021 20:27:24 GMT"}))
    busy, ok = server.url("/busy"), server.url("/ok")

    async def scene(fetcher: HttpFetcher) -> None:
        assert fetcher.held_until(ok) is None
        first, *others = await asyncio.gather(
            *(fetcher.fetch(FetchRequest(url=url)) for url in (busy, ok, ok, ok)), return_exceptions=True
        )
        assert isinstance(first, FetchResponse)
        assert (first.status, first.retry_after_s) == (status, 120)
        for error in others:
            assert isinstance(error, SourceError)
            assert (error.kind, round(error.retry_after_s or 0)) == ("held", 120)
        held_until = fetcher.held_until(ok)
        assert held_until is not None
        assert abs(held_until - NOW - timedelta(seconds=120)) < timedelta(seconds=2)
        assert len(server.asked) == 1

    use(FAST, scene)


def test_a_busy_host_that_does_not_say_how_long_is_not_held(server: FaultServer) -> None:
    server.add("/busy", Reply(status=503))
    outcomes = get_all(FAST, FetchRequest(url=server.url("/busy")), FetchRequest(url=server.url("/ok")))
    assert [outcome.status for outcome in outcomes if isinstance(outcome, FetchResponse)] == [503, 200]


def test_credentials_go_to_their_own_host_only(server: FaultServer) -> None:
    with FaultServer() as other:
        other.add("/there", b"x")
        server.add("/away", Reply(status=302, headers={"Location": other.url("/there")}))
        server.add("/here", Reply(status=302, headers={"Location": "/ok"}))
        base = f"http://me:hunter2@127.0.0.1:{server.port}"
        secret = (("X-Api-Key", "k"), ("Cookie", "c=1"))
        [away, here] = get_all(
            FAST, FetchRequest(url=base + "/away", headers=secret), FetchRequest(url=base + "/here", headers=secret)
        )
        assert isinstance(away, FetchResponse)
        assert isinstance(here, FetchResponse)
        assert "hunter2" not in away.url + here.url
        secrets = {"authorization", "x-api-key", "cookie"}
        assert server.asked_for("/away")[0].headers["authorization"] == "Basic bWU6aHVudGVyMg=="
        assert secrets <= server.asked_for("/ok")[0].headers.keys()
        assert not secrets & other.asked[0].headers.keys()


def test_more_hosts_than_connections_may_stay_open(server: FaultServer) -> None:
    """Past some hundreds, a connection that nobody waits for is closed after use."""

    async def scene(fetcher: HttpFetcher) -> None:
        for _ in range(300):
            await fetcher.fetch(FetchRequest(url=server.url("/ok")))

    use(FAST, scene)
    closing = [asked for asked in server.asked if asked.headers.get("connection") == "close"]
    assert len(closing) == 300 - 256


# -- robots.txt --------------------------------------------------------------------------------------------------------


def page(server: FaultServer, path: str) -> FetchRequest:
    return FetchRequest(url=server.url(path), check_robots=True)


def test_robots_are_obeyed_and_read_once(server: FaultServer) -> None:
    server.add("/robots.txt", "User-agent: *\nDisallow: /private\n\nUser-agent: other\nDisallow: /\n")
    outcomes = get_all(FAST, page(server, "/ok"), page(server, "/private/x"), page(server, "/ok?again"))
    assert [getattr(outcome, "status", None) for outcome in outcomes] == [200, None, 200]
    error = outcomes[1]
    assert isinstance(error, SourceError)
    assert error.kind == "robots"
    assert "/private/x" in str(error)
    assert [asked.path for asked in server.asked].count("/robots.txt") == 1
    assert not server.asked_for("/private/x")


def test_our_own_group_counts_before_the_general_one(server: FaultServer) -> None:
    server.add("/robots.txt", "\ufeffUser-Agent: Broadsheet\nAllow: /\n\nUser-agent: *\nDisallow: /\n")
    [outcome] = get_all(FAST, page(server, "/ok"))
    assert isinstance(outcome, FetchResponse)


def test_feeds_are_read_whatever_robots_say(server: FaultServer) -> None:
    server.add("/robots.txt", "User-agent: *\nDisallow: /\n")
    [outcome] = get_all(FAST, FetchRequest(url=server.url("/ok")))
    assert isinstance(outcome, FetchResponse)
    assert not server.asked_for("/robots.txt")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_robots_everything_may_be_read(server: FaultServer, status: int) -> None:
    server.add("/robots.txt", Reply(status=status, body=b"User-agent: *\nDisallow: /"))
    [outcome] = get_all(FAST, page(server, "/ok"))
    assert isinstance(outcome, FetchResponse)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_not_read(server: FaultServer, status: int) -> None:
    server.add("/robots.txt", Reply(status=status))
    [outcome] = get_all(FAST, page(server, "/ok"))
    assert isinstance(outcome, SourceError)
    assert outcome.kind == "robots"
    assert f"answers {status}" in str(outcome)


def test_robots_that_cannot_be_reached_forbid(server: FaultServer) -> None:
    [outcome] = get_all(FAST, FetchRequest(url=server.fault("dead"), check_robots=True))
    assert isinstance(outcome, SourceError)
    assert outcome.kind == "robots"
    assert "connection refused" in str(outcome)


def test_a_redirect_does_not_lead_round_robots(server: FaultServer) -> None:
    server.add("/robots.txt", "User-agent: *\nDisallow: /private\n")
    server.add("/open", Reply(status=302, headers={"Location": "/private/x"}))
    [outcome] = get_all(FAST, page(server, "/open"))
    assert isinstance(outcome, SourceError)
    assert outcome.kind == "robots"


def test_a_crawl_delay_is_kept(server: FaultServer) -> None:
    server.add("/robots.txt", "User-agent: *\nCrawl-delay: 0.2\n")
    get_all(FAST, page(server, "/ok"), page(server, "/ok"))
    times = [asked.at for asked in server.asked]
    assert all(later - earlier >= 0.199 for earlier, later in itertools.pairwise(times))


def test_robots_with_thousands_of_agents_and_rules_take_no_time(server: FaultServer) -> None:
    agents = "".join(f"User-agent: bot{i}\n" for i in range(10_000))
    rules = "".join(f"Disallow: /{i}*x*y\n" for i in range(10_000))
    server.add("/robots.txt", agents + rules)
    [outcome] = get_all(FAST, page(server, "/ok"))
    assert isinstance(outcome, FetchResponse)


def test_the_log_of_the_server_tells_requests_apart(server: FaultServer) -> None:
    server.add("/echo", lambda asked: Reply(body=asked.raw))
    [outcome] = get_all(FAST, FetchRequest(url=server.url("/echo")))
    assert isinstance(outcome, FetchResponse)
    assert outcome.body.startswith(b"GET /echo HTTP/1.1\r\n")
    assert isinstance(server.asked[0], Asked)
