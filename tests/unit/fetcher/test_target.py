"""URLs taken apart."""

import pytest

from broadsheet.errors import SourceError
from broadsheet.fetcher.target import Target, parse_target, redirect_target, shown


@pytest.mark.parametrize(
    ("url", "normal", "place"),
    [
        ("HTTP://Example.ORG", "http://example.org/", "example.org:80"),
        ("https://example.org:443/a b?q=ü#top", "https://example.org/a%20b?q=%C3%BC", "example.org:443"),
        ("http://例え.jp/新", "http://xn--r8jz45g.jp/%E6%96%B0", "xn--r8jz45g.jp:80"),
        ("http://2130706433:81/", "http://127.0.0.1:81/", "127.0.0.1:81"),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1:80"),
        ("http://[::FFFF:127.0.0.1]:8080/x", "http://[::ffff:7f00:1]:8080/x", "[::ffff:7f00:1]:8080"),
        ("http://user:pw@example.org/x", "http://example.org/x", "example.org:80"),
    ],
)
def test_a_target(url: str, normal: str, place: str) -> None:
    target = parse_target(url)
    assert (target.url, target.place) == (normal, place)


def test_credentials_become_a_header() -> None:
    assert parse_target("http://us%40er:p%C3%A4ss@h/").authorization == "Basic dXNAZXI6cMOkc3M="
    assert parse_target("http://token@h/").authorization == "Basic dG9rZW46"
    assert parse_target("http://h/").authorization is None


def test_credentials_are_never_shown() -> None:
    for url in ("ftp://user:hunter2@host/", "http://user:hunter2@ho st/", "http://u:hunter2@h/" + "x" * 9000):
        with pytest.raises(SourceError) as caught:
            parse_target(url)
        assert "hunter2" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_shown_is_one_short_line() -> None:
    assert shown("http://a/\r\nx\x1b[31m") == "http://a/??x?[31m"
    assert len(shown("http://a/" + "x" * 1000)) == 200


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "http://h/b"),
        ("b?c#d", "http://h/p/b?c"),
        ("//other/x", "http://other/x"),
        ("https://h/", "https://h/"),
        (" /spaced ", "http://h/spaced"),
        ("/新闻", "http://h/%E6%96%B0%E9%97%BB"),
    ],
)
def test_redirects(location: str, url: str) -> None:
    assert redirect_target(parse_target("http://h/p/a"), location).url == url


@pytest.mark.parametrize("location", ["ftp://h/", "javascript:alert(1)", "file:///etc/passwd", "http://[", "http://"])
def test_redirects_to_nowhere(location: str) -> None:
    with pytest.raises(SourceError) as caught:
        redirect_target(parse_target("http://h/p/a"), location)
    assert caught.value.kind == "redirect"


@pytest.mark.parametrize(
    ("first", "second", "may"),
    [
        ("http://h/a", "http://h/b", True),
        ("http://h/a", "https://h/a", True),
        ("https://h/a", "http://h/a", False),
        ("http://h:8080/a", "https://h/a", False),
        ("https://h/a", "https://evil/a", False),
        ("https://h/a", "https://h:8443/a", False),
    ],
)
def test_who_may_see_secrets(first: str, second: str, *, may: bool) -> None:
    assert parse_target(first).may_share_secrets_with(parse_target(second)) is may


def test_a_target_for_people() -> None:
    assert [parse_target(url).name for url in ("http://h/", "https://h/", "http://h:8080/")] == ["h", "h", "h:8080"]
    assert isinstance(parse_target("http://h/"), Target)
