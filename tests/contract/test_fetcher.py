"""What every fetcher does, the shipped fake and the real one alike."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from faultserver import FaultServer, Reply

from broadsheet.errors import SourceError
from broadsheet.fakes import FakeFetcher
from broadsheet.fetcher import FetchSettings, HttpFetcher
from broadsheet.model import FetchRequest, FetchResponse, Redirect, Validators
from broadsheet.ports import Fetcher

PAGES = {
    "/feed.xml": Reply(body=b"<rss/>", headers={"Content-Type": "text/xml"}, etag='W/"a,b"', last_modified="odd date"),
    "/dated": Reply(body=b"dated", last_modified="Mon, 22 Nov 2021 20:25:24 GMT"),
    "/gone": Reply(status=410, body=b"gone for good"),
    "/busy": Reply(status=429, headers={"Retry-After": "120"}),
    "/moved": Reply(status=301, headers={"Location": "/moved-again"}),
    "/moved-again": Reply(status=307, headers={"Location": "/feed.xml"}),
    "/circle": Reply(status=302, headers={"Location": "/circle-back"}),
    "/circle-back": Reply(status=302, headers={"Location": "/circle"}),
    "/nowhere": Reply(status=302, body=b"no location"),
    "/large": Reply(body=b"x" * 1001),
}


@dataclass(frozen=True)
class Web:
    """The pages above, and a way to a fetcher that sees them."""

    base: str
    fetcher: Callable[[], Fetcher]

    def get(self, path: str, **request: object) -> FetchResponse:
        return self.get_all([FetchRequest(url=self.base + path, **request)])[0]

    def get_all(self, requests: list[FetchRequest]) -> list[FetchResponse]:
        async def run() -> list[FetchResponse]:
            fetcher = self.fetcher()
            try:
                return [await fetcher.fetch(request) for request in requests]
            finally:
                await fetcher.close()

        return asyncio.run(run())


@pytest.fixture(params=["fake", "http"])
def web(request: pytest.FixtureRequest) -> Iterator[Web]:
    if request.param == "fake":
        base = "http://web.test"
        answers = {base + path: _as_response(base, path, reply) for path, reply in PAGES.items()}
        yield Web(base, lambda: FakeFetcher(answers))
        return
    with FaultServer() as server:
        for path, reply in PAGES.items():
            server.add(path, reply)
        yield Web(server.url(""), lambda: HttpFetcher(FetchSettings(allow_private=True, host_delay_s=0)))


def _as_response(base: str, path: str, reply: Reply) -> FetchResponse:
    headers = {name.lower(): value for name, value in dict(reply.headers).items()}
    if "location" in headers:
        headers["location"] = base + headers["location"]
    if reply.etag:
        headers["etag"] = reply.etag
    if reply.last_modified:
        headers["last-modified"] = reply.last_modified
    wait = headers.get("retry-after")
    return FetchResponse(
        url=base + path,
        status=reply.status,
        headers=headers,
        body=reply.body,
        wire_bytes=len(reply.body),
        retry_after_s=float(wait) if wait else None,
    )


def test_an_answer_has_body_headers_and_validators(web: Web) -> None:
    response = web.get("/feed.xml")
    assert (response.status, response.body, response.content_type) == (200, b"<rss/>", "text/xml")
    assert response.validators == Validators(etag='W/"a,b"', last_modified="odd date")
    assert (response.url, response.redirects, response.wire_bytes) == (web.base + "/feed.xml", (), 6)


def test_any_status_is_an_answer(web: Web) -> None:
    response = web.get("/gone")
    assert (response.status, response.body) == (410, b"gone for good")


def test_validators_are_sent_back_byte_for_byte(web: Web) -> None:
    response = web.get("/feed.xml", validators=Validators(etag='W/"a,b"', last_modified="odd date"))
    assert (response.status, response.body) == (304, b"")
    assert response.validators.etag == 'W/"a,b"'


def test_a_date_alone_is_a_validator(web: Web) -> None:
    validators = Validators(last_modified="Mon, 22 Nov 2021 20:25:24 GMT")
    assert web.get("/dated", validators=validators).status == 304


def test_other_validators_get_the_whole_answer(web: Web) -> None:
    assert web.get("/feed.xml", validators=Validators(etag='"old"')).status == 200


def test_redirects_are_followed_and_listed(web: Web) -> None:
    response = web.get("/moved")
    assert (response.status, response.body, response.url) == (200, b"<rss/>", web.base + "/feed.xml")
    assert response.redirects == (
        Redirect(status=301, url=web.base + "/moved-again"),
        Redirect(status=307, url=web.base + "/feed.xml"),
    )


def test_a_redirect_without_a_location_is_an_answer(web: Web) -> None:
    assert web.get("/nowhere").status == 302


def test_a_redirect_loop_fails(web: Web) -> None:
    with pytest.raises(SourceError) as caught:
        web.get("/circle")
    assert caught.value.kind == "redirect"


def test_retry_after_is_read(web: Web) -> None:
    assert web.get("/busy").retry_after_s == 120


def test_a_body_over_the_limit_fails(web: Web) -> None:
    with pytest.raises(SourceError) as caught:
        web.get("/large", limit_bytes=1000)
    assert caught.value.kind == "too_large"
    assert len(web.get("/large", limit_bytes=1001).body) == 1001


def test_an_unknown_host_fails(web: Web) -> None:
    with pytest.raises(SourceError) as caught:
        web.get_all([FetchRequest(url="http://no-such-host.invalid/feed")])
    assert caught.value.kind == "dns"


def test_one_fetcher_serves_many_requests(web: Web) -> None:
    requests = [FetchRequest(url=web.base + path) for path in ("/feed.xml", "/gone", "/dated", "/feed.xml")]
    assert [response.status for response in web.get_all(requests)] == [200, 410, 200, 200]
