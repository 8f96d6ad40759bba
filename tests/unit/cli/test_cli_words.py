"""Numbers, times and widths in words for people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cli.words import ago, clock, columns, count, duration, number, one_line, padded, since

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LOCAL = datetime(2026, 3, 10, 12, 0).astimezone()


def test_numbers_have_separators_and_nouns_their_plural() -> None:
    assert number(9812) == "9,812"
    assert (count(1, "page"), count(0, "page"), count(2500, "page")) == ("1 page", "0 pages", "2,500 pages")
    assert (count(1, "entry", "entries"), count(2, "entry", "entries")) == ("1 entry", "2 entries")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(seconds=-20), "now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=400), "1 year ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago_or_how_soon(wait: timedelta, words: str) -> None:
    assert ago(NOW - wait, now=NOW) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (LOCAL - timedelta(hours=3), "since 09:00"),
        (LOCAL - timedelta(hours=23), "since yesterday"),
        (LOCAL - timedelta(days=3), "since 3 days"),
        (None, ""),
    ],
)
def test_since_when(moment: datetime | None, words: str) -> None:
    assert since(moment, now=LOCAL) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (LOCAL + timedelta(hours=2, minutes=20), "14:20"),
        (LOCAL + timedelta(days=2), f"{LOCAL + timedelta(days=2):%a} 12:00"),
        (LOCAL - timedelta(days=20), "18 Feb"),
        (LOCAL - timedelta(days=400), "3 Feb 2025"),
        (datetime(1, 1, 1, tzinfo=UTC), "1 Jan 1"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 9999"),
        (None, "never"),
    ],
)
def test_at_what_time(moment: datetime | None, words: str) -> None:
    assert clock(moment, now=LOCAL) == words


def test_what_never_was() -> None:
    assert ago(None, now=NOW) == "never"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.44, "0.4 s"), (12.3, "12 s"), (119, "119 s"), (200, "3 min 20 s"), (7321, "122 min 1 s")]
)
def test_how_long_it_took(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one too many", 11, "one too ma…"),
        ("two\n lines\tand more", 9, "two line…"),
        ("新聞紙面", 8, "新聞紙面"),
        ("新聞紙面", 7, "新聞紙…"),
        ("新聞紙面", 6, "新聞…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("", 3, ""),
    ],
)
def test_a_text_fits_its_width(text: str, width: int, line: str) -> None:
    assert one_line(text, width) == line
    assert columns(line) <= width


@given(st.text(), st.integers(2, 60))
def test_whatever_it_is_it_is_as_wide_as_wanted(text: str, width: int) -> None:
    filled = padded(text, width)
    assert columns(filled) == width
    assert len(filled.splitlines()) == 1
