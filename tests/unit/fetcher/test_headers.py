"""Headers as values."""

from datetime import UTC, datetime

import pytest

from broadsheet.fetcher.headers import flatten, retry_after

NOW = datetime(2021, 11, 22, 20, 25, 24, tzinfo=UTC)


def test_names_are_lower_case_and_repeated_ones_joined() -> None:
    assert flatten([("ETag", '"a"'), ("Vary", "Accept"), ("vary", "Cookie")]) == {
        "etag": '"a"',
        "vary": "Accept, Cookie",
    }


def test_what_is_not_utf8_is_left_out() -> None:
    assert flatten([("ETag", '"\udce9"'), ("X", "é")]) == {"x": "é"}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 22 Nov 2021 20:27:24 GMT", 120),
        ("Mon, 22 Nov 2021 20:27:24 -0000", 120),
        ("Mon, 22 Nov 2021 21:27:24 +0100", 120),
        ("Monday, 22-Nov-21 20:27:24 GMT", 120),
        ("Mon, 22 Nov 2021 20:00:00 GMT", 0),
        ("9" * 30, 999_999_999),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 999_999_999),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99 Nov 2021 20:27:24 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds
