import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import urls

BASE = "https://news.example/a/b/c.html"

ABSOLUTE = [
    ("d.png", "https://news.example/a/b/d.png"),
    ("../d", "https://news.example/a/d"),
    ("/x?y#z", "https://news.example/x?y#z"),
    ("//cdn.example/i.jpg", "https://cdn.example/i.jpg"),
    ("?q=1", "https://news.example/a/b/c.html?q=1"),
    ("#part", "https://news.example/a/b/c.html#part"),
    (" \n https://x.example/a\nb\t ", "https://x.example/ab"),
    ("\u3000https://x.example/", "https://x.example/"),
    ("HTTP://X.Example:80/A/../B", "http://x.example/B"),
    ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
    ("http:x", "http://x/"),
    ("", None),
    ("   ", None),
    ("javascript:alert(1)", None),
    ("java\nscript:alert(1)", None),
    ("\x01javascript:alert(1)", None),
    ("data:image/gif;base64,R0lGOD", None),
    ("mailto:a@b.example", None),
    ("blob:https://x.example/1", None),
    ("https://", None),
    ("http://[::1", None),
    ("https://a.example/" + "x" * urls.MAX_URL_CHARS, None),
    ("\ud800", None),
]


@pytest.mark.parametrize(("url", "expected"), ABSOLUTE)
def test_absolute(url: str, expected: str | None) -> None:
    assert urls.absolute(url, BASE) == expected


@pytest.mark.parametrize("base", ["", "nonsense", "mailto:x", "ftp://x.example/", "\ud800"])
def test_absolute_without_a_usable_base(base: str) -> None:
    assert urls.absolute("/x", base) is None
    assert urls.absolute("//x.example/y", base) == "https://x.example/y"
    assert urls.absolute("http://x.example", base) == "http://x.example/"


CANONICAL = [
    ("HTTP://Ex.Example:80/a/./b/../c?b=2&a=1#frag", "http://ex.example/a/c?b=2&a=1"),
    ("https://bücher.example", "https://xn--bcher-kva.example/"),
    ("https://x.example/?utm_source=rss&utm_medium=feed", "https://x.example/"),
    ("https://x.example/?utm_source=rss&id=7&fbclid=1", "https://x.example/?id=7"),
    ("https://x.example/?id=7&amp;utm_source=rss", "https://x.example/?id=7"),
    ("https://x.example/?spm=1.2.3&gclid=x", "https://x.example/"),
    ("https://x.example/?", "https://x.example/"),
    ("https://x.example/app#!/post/1", "https://x.example/app#!/post/1"),
    ("https://x.example/?utm_x=1#/post/1", "https://x.example/#/post/1"),
    ("https://x.example/?#/post/1", "https://x.example/#/post/1"),
    ("https://x.example/?format=rss&ref=home", "https://x.example/?format=rss&ref=home"),
    ("A:??", "a:??"),
    ("https://x.example/#/a?", "https://x.example/#/a"),
    ("  not a url  ", "not a url"),
    ("tag:x.example,2020:1", "tag:x.example,2020:1"),
]


@pytest.mark.parametrize(("url", "expected"), CANONICAL)
def test_canonical(url: str, expected: str) -> None:
    assert urls.canonical(url) == expected


@given(st.text() | st.text(alphabet="ab/?#&=.:%!@ü\u3000utm_source").map("https://x.example/".__add__))
def test_canonical_is_idempotent_and_never_raises(url: str) -> None:
    once = urls.canonical(url)
    assert urls.canonical(once) == once


WITHOUT_TRACKING = [
    ("https://x.example/a?utm_source=rss#top", "https://x.example/a#top"),
    ("https://x.example/a?a=%20b&fbclid=1&c#top", "https://x.example/a?a=%20b&c#top"),
    ("https://x.example/a?A=1&&B#", "https://x.example/a?A=1&&B#"),
    ("https://x.example/a#x?utm_source=rss", "https://x.example/a#x?utm_source=rss"),
    ("https://x.example/a?statement_id=4&at_home=1", "https://x.example/a?statement_id=4&at_home=1"),
]


@pytest.mark.parametrize(("url", "expected"), WITHOUT_TRACKING)
def test_without_tracking(url: str, expected: str) -> None:
    assert urls.without_tracking(url) == expected


MASKED = [
    ("https://user:p@ss@host.example/x", "https://user:***@host.example/x"),
    ("http://:pw@h.example/", "http://:***@h.example/"),
    ("https://ghp_0123456789abcdef0123@host.example/x", "https://***@host.example/x"),
    ("https://joe@host.example/x", "https://joe@host.example/x"),
    ("/x?key=abc&n=1", "/x?key=***&n=1"),
    ("/x?code=abc;b", "/x?code=***;b"),
    ("/x?ACCESS_KEY=1&apiKey=2&auth_token=3&sig=4#t", "/x?ACCESS_KEY=***&apiKey=***&auth_token=***&sig=***#t"),
    ("/x?keyword=a&zipcode=9&author=b", "/x?keyword=a&zipcode=9&author=b"),
    ("x#access_token=abc", "x#access_token=***"),
    ("redis://:hunter2@h/0 failed", "redis://:***@h/0 failed"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_mask(text: str, expected: str) -> None:
    assert urls.mask(text) == expected


@given(st.text())
def test_mask_takes_anything(text: str) -> None:
    assert urls.mask(urls.mask(text)) == urls.mask(text)


def test_mask_is_linear() -> None:
    for part in ["?", "//", "?key", "//a:", "&a-", "key="]:
        urls.mask(part * 200_000)


HOST_PORT = [
    ("http://H.Example/x", "h.example:80"),
    ("https://h.example", "h.example:443"),
    ("https://h.example:8443/", "h.example:8443"),
    ("http://[::1]:1200/", "[::1]:1200"),
    ("http://127.1/", "127.0.0.1:80"),
    ("nonsense", ""),
    ("mailto:x", ""),
]


@pytest.mark.parametrize(("url", "expected"), HOST_PORT)
def test_host_port(url: str, expected: str) -> None:
    assert urls.host_port(url) == expected


@pytest.mark.parametrize("url", ["http://x", "HTTPS://x/", "https://x.example:1/a"])
def test_is_http(url: str) -> None:
    assert urls.is_http(url)


@pytest.mark.parametrize("url", ["http://", "/x", "ftp://x", "", "httpx://a", "javascript://x"])
def test_is_not_http(url: str) -> None:
    assert not urls.is_http(url)
