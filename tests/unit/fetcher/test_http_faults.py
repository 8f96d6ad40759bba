"""The real fetcher against a server that misbehaves: each fault costs one request, and says what it was."""

import asyncio
import gzip
import ssl
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from faultserver import FaultServer, Reply

from broadsheet.errors import SourceError
from broadsheet.fetcher import FetchSettings, HttpFetcher
from broadsheet.fetcher.decoding import zstd
from broadsheet.model import FetchRequest, FetchResponse

TLS = Path(__file__).parents[2] / "data" / "tls"
FAST = FetchSettings(allow_private=True, host_delay_s=0, timeout_s=5, limit_bytes=1_000_000)

EXPECTED = {
    "dead": ("connect", "connection refused"),
    "silent": ("timeout", "took longer than 0.3 s"),
    "slow": ("timeout", "took longer than 0.3 s"),
    "endless_drip": ("timeout", "took longer than 0.3 s"),
    "endless": ("too_large", "larger than 1 MB"),
    "gzip_bomb": ("too_large", "larger than 1 MB"),
    "said_too_large": ("too_large", "larger than 1 MB"),
    "redirect_loop": ("redirect", "in a circle"),
    "redirect_ever_on": ("redirect", "more than 10 times"),
    "redirect_file": ("redirect", "file:///etc/passwd"),
    "half": ("connect", "broke off"),
    "half_chunked": ("connect", "broke off"),
    "broken_chunks": ("connect", "does not answer in HTTP"),
    "longer_than_said": ("connect", "does not answer in HTTP"),
    "not_gzip": ("encoding", "damaged"),
    "half_gzip": ("encoding", "cut short"),
    "unknown_encoding": ("encoding", "sdch"),
    "long_header": ("too_large", "headers"),
    "many_headers": ("too_large", "headers"),
    "not_http": ("connect", "does not answer in HTTP"),
    "hang_up": ("connect", "closed the connection"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def get(url: str, settings: FetchSettings = FAST, **request: object) -> FetchResponse:
    async def run() -> FetchResponse:
        fetcher = HttpFetcher(settings)
        try:
            return await fetcher.fetch(FetchRequest(url=url, **request))
        finally:
            await fetcher.close()

    return asyncio.run(run())


def failure(url: str, settings: FetchSettings = FAST, **request: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        get(url, settings, **request)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_is_named(server: FaultServer, fault: str) -> None:
    kind, words = EXPECTED[fault]
    started = time.monotonic()
    error = failure(server.fault(fault), timeout_s=0.3 if kind == "timeout" else 5)
    assert error.kind == kind
    assert words in str(error)
    assert time.monotonic() - started < 3


def test_content_is_not_judged(server: FaultServer) -> None:
    assert b"JavaScript" in get(server.fault("html")).body
    assert get(server.fault("empty")).body == b""


def test_the_time_limit_covers_the_redirects(server: FaultServer) -> None:
    for i in range(5):
        server.add(f"/late/{i}", Reply(status=302, headers={"Location": f"/late/{i + 1}"}, delay_s=0.15))
    error = failure(server.url("/late/0"), timeout_s=0.4)
    assert (error.kind, str(error)) == ("timeout", "took longer than 0.4 s")


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("UTF-8", bytes),
        ("", bytes),
    ],
)
def test_compressed_answers(server: FaultServer, coding: str, pack: object) -> None:
    body = b"".join(b"line %d\n" % i for i in range(10_000))
    url = server.add("/packed", pack(body), headers={"Content-Encoding": coding})  # type: ignore[operator]
    response = get(url)
    assert response.body == body
    assert response.wire_bytes == len(pack(body))  # type: ignore[operator]


def test_an_answer_that_is_not_text_but_has_no_body_may_claim_a_coding(server: FaultServer) -> None:
    assert get(server.add("/none", b"", headers={"Content-Encoding": "gzip"})).body == b""


def test_a_certificate_that_nobody_signed() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "selfsigned.crt", TLS / "selfsigned.key")
    with FaultServer(tls=context) as secure:
        error = failure(secure.url("/"))
    assert error.kind == "tls"
    assert "self-signed certificate" in str(error)


def test_plain_http_on_a_tls_port(server: FaultServer) -> None:
    assert failure(server.url("/").replace("http:", "https:")).kind == "tls"


def test_a_trusted_certificate_is_accepted() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "selfsigned.crt", TLS / "selfsigned.key")

    async def run(url: str) -> FetchResponse:
        fetcher = HttpFetcher(FAST, tls=ssl.create_default_context(cafile=TLS / "selfsigned.crt"))
        try:
            return await fetcher.fetch(FetchRequest(url=url))
        finally:
            await fetcher.close()

    with FaultServer(tls=context) as secure:
        assert asyncio.run(run(secure.add("/", b"secret"))).body == b"secret"


@pytest.mark.parametrize("url", ["", "feed.xml", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/"])
def test_what_is_no_http_url_is_refused(url: str) -> None:
    assert failure(url).kind == "refused"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "a..example"])
def test_a_host_that_does_not_exist(host: str) -> None:
    error = failure(f"http://{host}/")
    assert (error.kind, str(error)) == ("dns", f"no such host: {host}")


def test_a_header_that_cannot_be_sent_is_refused(server: FaultServer) -> None:
    assert failure(server.add("/ok"), headers=(("X-Evil", "a\r\nHost: other"),)).kind == "refused"


def test_the_status_of_an_error_counts_more_than_its_body(server: FaultServer) -> None:
    too_much = server.add("/missing", b"x" * 2_000_000, status=404)
    damaged = server.add("/broken", b"plain", status=500, headers={"Content-Encoding": "gzip"})
    assert [(get(url).status, get(url).body) for url in (too_much, damaged)] == [(404, b""), (500, b"")]


def test_a_host_that_cannot_be_reached_is_not_asked_for_ever(server: FaultServer) -> None:
    async def run() -> list[BaseException | FetchResponse]:
        fetcher = HttpFetcher(FAST)
        requests = [FetchRequest(url=server.fault("dead") + str(i)) for i in range(1000)]
        outcomes = await asyncio.gather(*map(fetcher.fetch, requests), return_exceptions=True)
        assert fetcher.held_until(server.fault("dead")) is None
        await fetcher.close()
        return list(outcomes)

    messages = [str(outcome) for outcome in asyncio.run(run())]
    assert all(message.startswith("cannot connect to 127.0.0.1:") for message in messages)
    assert sum(message.endswith("not asked again for now") for message in messages) == 997


def test_a_host_that_answers_badly_is_still_asked(server: FaultServer) -> None:
    url = server.add("/fine", b"fine")

    async def run() -> None:
        fetcher = HttpFetcher(FAST)
        for name in ("hang_up", "half", "not_http", "not_gzip", "hang_up", "half", "endless"):
            with pytest.raises(SourceError):
                await fetcher.fetch(FetchRequest(url=server.fault(name)))
        assert (await fetcher.fetch(FetchRequest(url=url))).body == b"fine"
        await fetcher.close()

    asyncio.run(run())


class TestWhatBreaksOff:
    BODY = b"<rss>" + b"words " * 500

    def test_is_kept_where_it_is_wanted(self, server: FaultServer) -> None:
        url = server.add("/broken-off", Reply(body=self.BODY, etag='"1"', missing_bytes=100))
        answer = get(url, keep_cut=True)
        assert answer.body == self.BODY
        assert answer.cut is not None
        assert (answer.cut.kind, "broke off" in answer.cut.message) == ("connect", True)
        assert failure(url).kind == "connect"

    def test_also_where_its_compression_has_no_end(self, server: FaultServer) -> None:
        packed = gzip.compress(self.BODY)
        reply = Reply(body=packed[:-12], headers={"Content-Encoding": "gzip"})
        answer = get(server.add("/half-packed", reply), keep_cut=True)
        assert self.BODY.startswith(answer.body)
        assert answer.cut is not None
        assert (answer.cut.kind, answer.cut.message) == ("encoding", "the compressed answer is cut short")

    def test_nothing_of_an_error_is_kept(self, server: FaultServer) -> None:
        url = server.add("/broken-error", Reply(status=500, body=self.BODY, missing_bytes=100))
        assert failure(url, keep_cut=True).kind == "connect"

    def test_a_whole_answer_is_whole(self, server: FaultServer) -> None:
        url = server.add("/whole", Reply(body=gzip.compress(self.BODY), headers={"Content-Encoding": "gzip"}))
        answer = get(url, keep_cut=True)
        assert (answer.body, answer.cut) == (self.BODY, None)

    def test_a_damaged_one_is_not_kept(self, server: FaultServer) -> None:
        assert failure(server.fault("not_gzip"), keep_cut=True).kind == "encoding"
