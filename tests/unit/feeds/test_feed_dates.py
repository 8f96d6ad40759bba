"""Dates as feeds write them; what cannot be read or cannot be true is none."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.feeds.dates import UNKNOWN_ZONE, UNREADABLE, UNTRUE, read_date

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 04 Aug 2009 11:25:23 +0200", "2009-08-04T09:25:23"),
        ("Tue, 04 Aug 2009 11:25:23 GMT", "2009-08-04T11:25:23"),
        ("Wed, 5 Nov 2025 13:52:10 GMT", "2025-11-05T13:52:10"),
        ("  04 Aug 2009 11:25 EST ", "2009-08-04T16:25:00"),
        ("Wed, 5 Nov 2025 13:52:10  EST", "2025-11-05T18:52:10"),
        ("Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37"),
        ("Fri, 15 Dec 2023 24:00:00 GMT", "2023-12-16T00:00:00"),
        ("Fri, 15 Dec 2023 23:59:60 GMT", "2023-12-15T23:59:59"),
        ("Fri, 15 Dec 2023 10:00:00 GMT+8", "2023-12-15T02:00:00"),
        ("Fri, 15 Dec 2023 10:00:00 (GMT+08:00)", "2023-12-15T02:00:00"),
        ("Fri Dec 15 2023 10:00:00 GMT+0800 (China Standard Time)", "2023-12-15T02:00:00"),
        ("Mon, 21 Jan 2008 8:56 am PST", "2008-01-21T16:56:00"),
        ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33"),
        ("Sat, 01 Mar 2008 12:30 a.m. GMT", "2008-03-01T00:30:00"),
        ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15"),
        ("15 de marzo de 2023", "2023-03-15T00:00:00"),
        ("January 5, 2004", "2004-01-05T00:00:00"),
        ("Mon Jan  5 10:00:00 2004", "2004-01-05T10:00:00"),
        ("Mon Jan 5 10:00:00 EST 2004", "2004-01-05T15:00:00"),
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00"),
        ("2013-09-16T06:57:33.39885-05:00", "2013-09-16T11:57:33.398850"),
        ("2026-02-17T17:36:36-0500", "2026-02-17T22:36:36"),
        ("2006-01-17T12:35:9+01:00", "2006-01-17T11:35:09"),
        ("2017-06-13T03:18:00+00:0", "2017-06-13T03:18:00"),
        ("2006-01-11 16:43:22 -0800", "2006-01-12T00:43:22"),
        ("2023-12-15T24:00:00Z", "2023-12-16T00:00:00"),
        ("20031231T101010Z", "2003-12-31T10:10:10"),
        ("2019-08-27", "2019-08-27T00:00:00"),
        ("2003", "2003-01-01T00:00:00"),
        ("2003-12", "2003-12-01T00:00:00"),
        ("2003-335", "2003-12-01T00:00:00"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33:00"),
        ("2023.12.15 10:00", "2023-12-15T10:00:00"),
        ("13/2/2003 10:00", "2003-02-13T10:00:00"),
        ("12/25/2003", "2003-12-25T00:00:00"),
        ("2021年11月22日 20:25", "2021-11-22T20:25:00"),
        ("2021年11月22日 下午8:25:01", "2021-11-22T20:25:01"),
        ("2021年11月22日（月）", "2021-11-22T00:00:00"),
        ("2021年11月22日 20时25分", "2021-11-22T20:25:00"),
        ("2021年11月22日 星期一 08:10", "2021-11-22T08:10:00"),
        ("2004년 05월 28일  오후 11:31:25", "2004-05-28T23:31:25"),
        ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00"),
        ("3小时前", "2026-02-01T09:00:00"),
        ("3小時前", "2026-02-01T09:00:00"),
        ("5 minutes ago", "2026-02-01T11:55:00"),
        ("2 weeks ago", "2026-01-18T12:00:00"),
        ("昨天 08:10", "2026-01-31T08:10:00"),
        ("today at 8:10 am", "2026-02-01T08:10:00"),
        ("刚刚", "2026-02-01T12:00:00"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    moment, _ = read_date(text, now=NOW)
    assert moment is not None
    assert moment.replace(tzinfo=None).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", UNREADABLE),
        ("soon", UNREADABLE),
        ("1/2/2003", UNREADABLE),
        ("1700000000", UNREADABLE),
        ("32 Foo 2020", UNREADABLE),
        ("Mon, 01 Jan 2024 10:00:00 GMT " + "x" * 200, UNREADABLE),
        ("Thu, 32 Jan 2020 00:00:00 GMT", UNTRUE),
        ("Thu, 30 Jan 2020 25:00:00 GMT", UNTRUE),
        ("Thu, 30 Jan 2020 25:00 GMT", UNTRUE),
        ("Thu, 30 Jan 2020 10:00:00 +2500", UNTRUE),
        ("2023-12-15T10:00:00+25:00", UNTRUE),
        ("0001-01-01T00:00:00Z", UNTRUE),
        ("01 Jan 0001 00:00:00 GMT", UNTRUE),
        ("1970-01-01T00:00:00Z", UNTRUE),
        ("9999-12-31T23:59:59-14:00", UNTRUE),
        ("2028-01-01T00:00:00Z", UNTRUE),
    ],
)
def test_no_guess(text: str, problem: str) -> None:
    assert read_date(text, now=NOW) == (None, problem)


def test_without_a_clock_relative_dates_are_unreadable_and_the_future_is_wide() -> None:
    assert read_date("3小时前") == (None, UNREADABLE)
    assert read_date("2099-01-01T00:00:00Z")[0] is not None
    assert read_date("2100-01-01T00:00:00Z") == (None, UNTRUE)


def test_zone_of_dates_that_name_none() -> None:
    assert read_date("2021年11月22日 20:25", zone=SHANGHAI)[0] == datetime(2021, 11, 22, 12, 25, tzinfo=UTC)
    assert read_date("昨天 08:10", zone=SHANGHAI, now=NOW)[0] == datetime(2026, 1, 31, 0, 10, tzinfo=UTC)
    moment, problem = read_date("Tue, 05 Mar 2024 08:15:00 XYZ", zone=SHANGHAI)
    assert (moment, problem) == (datetime(2024, 3, 5, 0, 15, tzinfo=UTC), UNKNOWN_ZONE)


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(max_size=130))
def test_any_text_is_a_date_or_a_problem(text: str) -> None:
    moment, problem = read_date(text, now=NOW)
    assert moment is not None or problem


@settings(deadline=None)  # other work on the machine is no failure
@given(st.datetimes(datetime(1971, 1, 1), datetime(2026, 12, 31)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_what_the_formats_write_is_read_back(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_date(moment.isoformat(), now=NOW) == (moment, "")
    assert read_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z"), now=NOW) == (moment, "")
