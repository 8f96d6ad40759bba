"""The sample web over real HTTP on loopback: it answers, keeps its validators, and is gone afterwards."""

import threading
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from broadsheet.demo import sources
from broadsheet.demo.server import SampleWeb

EDITED = "/slack-water/atom.xml"


def ask(web: SampleWeb, path: str, method: str = "GET", validator: str | None = None) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(web.url).netloc, timeout=10)
    try:
        connection.request(method, path, headers={} if validator is None else {"If-None-Match": validator})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_serves_every_feed_and_then_304() -> None:
    with SampleWeb() as web:
        for source in sources():
            response, body = ask(web, source.path)
            assert response.status == (500 if source.failing else 200)
            assert body
            if not source.failing:
                again, _ = ask(web, source.path, validator=response.headers["ETag"])
                assert again.status == (200 if source.path == EDITED else 304)


def test_the_edited_feed_changes_once() -> None:
    with SampleWeb() as web:
        first, old = ask(web, EDITED)
        second, new = ask(web, EDITED, validator=first.headers["ETag"])
        third, _ = ask(web, EDITED, validator=second.headers["ETag"])
    assert (first.status, second.status, third.status) == (200, 200, 304)
    assert b"2.6 metres long" in old
    assert b"6.2 metres long" in new


def test_a_generation_can_be_fixed() -> None:
    with SampleWeb(generation=2) as web:
        assert b"6.2 metres" in ask(web, EDITED)[1]
        web.generation = 1
        assert b"6.2 metres" not in ask(web, EDITED)[1]


def test_counts_requests_and_refuses_other_methods() -> None:
    with SampleWeb() as web:
        ask(web, "/robots.txt")
        assert ask(web, "/", method="POST")[0].status == 405
        assert ask(web, "/", method="HEAD")[1] == b""
        assert web.requests == ["/robots.txt", "/"]


def test_is_gone_afterwards_even_with_an_open_connection() -> None:
    with SampleWeb() as web:
        connection = HTTPConnection(urlsplit(web.url).netloc, timeout=10)
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()
    connection.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sample-web"]
    with pytest.raises(ConnectionRefusedError):
        ask(web, "/")


def test_a_port_that_is_taken_is_an_error() -> None:
    with SampleWeb() as web:
        port = urlsplit(web.url).port
        assert port is not None
        with pytest.raises(OSError, match="cannot be served"), SampleWeb(port=port):
            pass
