"""Reads the dates that feeds hold; what cannot be read or cannot be true is no date, never a guess.

Everything about dates lives here. The clock is an argument: without it, "3 hours ago" cannot be read.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

UNREADABLE: Final = "a date that cannot be read"
UNTRUE: Final = "a date that cannot be true"
UNKNOWN_ZONE: Final = "a date with an unknown time zone, read as UTC"

_EARLIEST = datetime(1970, 1, 3, tzinfo=UTC)  # the epoch itself, in any zone, is an unset field
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=366)  # calendars announce things up to a year ahead
_MAX_CHARS = 120

# RFC 822 zones first; the others as feeds use them. IST is India's, CST the American one, as in most feeds.
_ZONE_HOURS: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mez": 1,
    "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "msd": 4, "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5,
    "npt": 5.75, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3,
    "at": -4, "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "ct": -6, "mst": -7, "mdt": -6, "mt": -7,
    "pst": -8, "pdt": -7, "pt": -8, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "brst": -2, "art": -3, "clt": -4,
    "clst": -3,
}  # fmt: skip
_ZONES: Final[dict[str, tzinfo]] = {
    name: UTC if hours == 0 else timezone(timedelta(hours=hours)) for name, hours in _ZONE_HOURS.items()
}

# Month names in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Hungarian and Greek.
_MONTH_NAMES: Final = """
jan january januar jän jänner janv janvier ene enero gen gennaio janeiro januari sty stycznia янв января
január ιαν ιανουαρίου

feb february februar févr février fév fevrier fevr febrero febbraio fev fevereiro februari lut lutego фев
февраля február φεβ φεβρουαρίου

mar march märz mär mrz mars marzo março maart mrt marca марта мар március μαρ μάρ μαρτίου

apr april avr avril abr abril aprile kwi kwietnia апр апреля április απρ απριλίου

may mai mayo mag maggio maio mei maj maja мая май május μάι μαϊ μαΐου

jun june juni juin junio giu giugno junho cze czerwca июн июня június ιούν ιον ιουνίου

jul july juli juil juillet julio lug luglio julho lip lipca июл июля július ιούλ ιολ ιουλίου

aug august août aout ago agosto augustus sie sierpnia авг августа augusztus αύγ αυγούστου

sep sept september septembre septiembre set settembre setembro wrz września сен сент сентября szeptember σεπ
σεπτεμβρίου

oct october okt oktober octobre octubre ott ottobre out outubro paź października окт октября október οκτ
οκτωβρίου

nov november novembre noviembre novembro lis listopada ноя ноября νοέ νοε νοεμβρίου

dec december dez dezember déc décembre dic diciembre dicembre dezembro gru grudnia дек декабря δεκ δεκεμβρίου
"""
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES.split("\n\n"), 1) for name in names.split()}

_MONTHS_A_YEAR: Final = 12
_NOON: Final = 12
_MIDNIGHT: Final = 24
_TWO_DIGITS: Final = 2
_LAST_OF_THIS_CENTURY: Final = 49  # of years of two digits (RFC 2822 4.3)

_TIME = (
    r"(?P<early>am|pm|上午|下午|오전|오후|午前|午後)?[ ,]*"
    r"(?P<hour>\d{1,2})(?:[:.時时点h]|시 ?)(?P<minute>\d{1,2})"
    r"(?:(?:[:.分]|분 ?)(?P<second>\d{1,2})(?:[.,:]\d{1,9})?)?[分秒]?"
    r"[ ]*(?P<half>[ap]\.?m\b\.?)?"
)
_ZONE = (
    r"[ (]*(?P<zone>[+-]\d{1,2}:?\d{0,2}(?: ?\(.{1,40}\))?"
    r"|[a-z][a-z/_]{0,30}(?:[+-]\d{1,2}:?\d{0,2}(?: ?\(.{1,40}\))?)?)?\)?\.?"
)
_WEEKDAY = r"(?:[^\W\d]{2,12}\.?,? ?)?"
_EASTERN_WEEKDAY = r"(?:[（(][月火水木金土日一二三四五六][)）]|(?:星期|周)[一二三四五六日天])?"

_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{3}, )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d:\d\d:\d\d) "
    r"(GMT|UTC|Z|[+-]\d{4})\s*$",
    re.ASCII,
)
"""RFC 822 as nearly all feeds write it; the other patterns see lower case."""
_USUAL_MONTHS: Final = {
    "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
    "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
}  # fmt: skip
_USUAL_ZONES: Final = {"GMT": "Z", "UTC": "Z", "Z": "Z", "+0000": "Z", "-0000": "Z"}
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:[-/.年]|년) ?(?P<month>\d{1,2}|[^\W\d]{3,12})(?:[-/.月]|월) ?(?P<day>\d{1,2})[日일]?\.?"
    rf"[t ,]*{_EASTERN_WEEKDAY}[ ,]*(?:{_TIME}{_ZONE})?$"
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º)?,?[ -](?:de |of )?(?P<month>[^\W\d]{{3,12}})\.?,?[ -]"
    rf"(?:de |of )?(?P<year>\d{{4}}|\d{{2}}),?(?: (?:{_TIME})?{_ZONE})?$"
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]{2,12}\.?,? )?(?P<month>[^\W\d]{3,12})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,?"
    rf"(?: (?P<year>\d{{4}}),?)?(?: (?:at )?{_TIME}{_ZONE})?(?: (?P<late_year>\d{{4}}))?$"
)
_NUMBERS = re.compile(
    rf"{_WEEKDAY}(?P<first>\d{{1,2}})[/.-](?P<second_number>\d{{1,2}})[/.-](?P<year>\d{{4}}),?(?: {_TIME}{_ZONE})?$"
)
_PART = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?$")
_ORDINAL = re.compile(r"(?P<year>\d{4})-?(?P<ordinal>\d{3})$")

_AGO = re.compile(
    r"(?P<count>\d{1,4}) ?"
    r"(?P<unit>seconds?|minutes?|mins?|hours?|days?|weeks?|秒|初|分钟|分鐘|分|小时|小時|時間|天|日|周|週間)"
    r"(?: ago|之?前)$"
)
_UNIT_S: Final = {
    "s": 1, "秒": 1, "初": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "時": 3600,
    "d": 86400, "天": 86400, "日": 86400, "w": 604800, "周": 604800, "週": 604800,
}  # fmt: skip
_DAY_NAMED = re.compile(rf"(?P<named>今天|昨天|前天|今日|昨日|today|yesterday)(?:[ ,]*(?:at )?{_TIME})?$")
_DAYS_AGO: Final = {"今": 0, "昨": 1, "前": 2, "t": 0, "y": 1}
_JUST_NOW: Final = frozenset({"刚刚", "剛剛", "たった今", "just now", "now"})

_PM: Final = frozenset({"pm", "下午", "오후", "午後"})


def read_date(text: str, *, now: datetime | None = None, zone: tzinfo = UTC) -> tuple[datetime | None, str]:
    """The instant in UTC, or `None`, and what is wrong with it ("" if nothing).

    Args:
        text: as the feed says it.
        now: the time of fetching; for relative dates, and to tell what is too far ahead.
        zone: the zone of dates that name none.
    """
    if len(text) > _MAX_CHARS:
        return None, UNREADABLE
    try:
        moment, problem = _usual(text), ""
        if moment is None:
            moment, problem = _read(" ".join(text.split()), now, zone)
        if moment is None:
            return None, problem
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, UNTRUE
    latest = now + _AHEAD if now is not None else _LATEST
    return (moment, problem) if _EARLIEST <= moment < latest else (None, UNTRUE)


def _usual(text: str) -> datetime | None:
    """The instant, if the date is written as nearly all are and says nothing odd."""
    match = _USUAL.match(text)
    if match is None:
        return None
    day, month, year, time, zone = match.groups()
    if len(day) < _TWO_DIGITS:
        day = "0" + day
    try:
        return datetime.fromisoformat(f"{year}-{_USUAL_MONTHS[month]}-{day}T{time}{_USUAL_ZONES.get(zone, zone)}")
    except ValueError:  # an hour 24, a second 60, a 30 February: the slow way knows
        return None


def _read(text: str, now: datetime | None, zone: tzinfo) -> tuple[datetime | None, str]:
    try:
        found = datetime.fromisoformat(text)  # the fast path: RFC 3339 and most of ISO 8601
    except ValueError:
        pass
    else:
        return (found if found.tzinfo else found.replace(tzinfo=zone)), ""
    lowered = text.lower()
    for pattern in (_DAY_FIRST, _YEAR_FIRST, _MONTH_FIRST):
        if match := pattern.match(lowered):
            return _from_parts(match.groupdict(), zone)
    return _odd(lowered, now, zone)


def _odd(text: str, now: datetime | None, zone: tzinfo) -> tuple[datetime | None, str]:
    if match := _PART.match(text):
        return datetime(int(match["year"]), int(match["month"] or 1), 1, tzinfo=zone), ""
    if match := _ORDINAL.match(text):
        return datetime(int(match["year"]), 1, 1, tzinfo=zone) + timedelta(days=int(match["ordinal"]) - 1), ""
    if match := _NUMBERS.match(text):
        return _from_numbers(match.groupdict(), zone)
    return (_relative(text, now, zone), "") if now is not None and _is_relative(text) else (None, UNREADABLE)


def _from_numbers(parts: dict[str, str | None], zone: tzinfo) -> tuple[datetime | None, str]:
    """A date in numbers alone, where only one order of day and month is possible."""
    first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
    if first <= _MONTHS_A_YEAR and second <= _MONTHS_A_YEAR and first != second:
        return None, UNREADABLE
    day, month = (first, second) if first > _MONTHS_A_YEAR else (second, first)
    return _from_parts({**parts, "day": str(day), "month": str(month)}, zone)


def _from_parts(parts: dict[str, str | None], zone: tzinfo) -> tuple[datetime | None, str]:
    month, year = _month(parts["month"] or ""), parts["year"] or parts.get("late_year")
    if month is None or year is None:
        return None, UNREADABLE
    found_zone, problem = _zone(parts.get("zone") or "", zone)
    hour, minute, second = _hour(parts), int(parts["minute"] or 0), int(parts["second"] or 0)
    moment = datetime(_year(year), month, int(parts["day"] or 1), 0, minute, min(second, 59), tzinfo=found_zone)
    if hour > _MIDNIGHT or (hour == _MIDNIGHT and (minute or second)):
        return None, UNTRUE
    return moment + timedelta(hours=hour), problem


def _month(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    return _MONTHS.get(text) or _MONTHS.get(text[:3])


def _year(text: str) -> int:
    """A year; two digits as RFC 2822 4.3 says."""
    year = int(text)
    if len(text) > _TWO_DIGITS:
        return year
    return year + (2000 if year <= _LAST_OF_THIS_CENTURY else 1900)


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or parts["early"] or "").replace(".", "")
    if not half or hour > _NOON:
        return hour
    return hour % _NOON + (_NOON if half in _PM else 0)


def _zone(text: str, default: tzinfo) -> tuple[tzinfo, str]:
    text = text.strip(" ()")
    if not text:
        return default, ""
    if found := _ZONES.get(text):
        return found, ""
    name = text.partition("(")[0].strip().removeprefix("etc/")
    for prefix in ("gmt", "utc", "ut"):
        name = name.removeprefix(prefix) if name[: len(prefix) + 1] in (prefix + "+", prefix + "-") else name
    if name[:1] in ("+", "-"):
        return _offset(name), ""
    return (_ZONES[name], "") if name in _ZONES else (default, UNKNOWN_ZONE)


def _offset(text: str) -> tzinfo:
    hours, _, minutes = text[1:].partition(":")
    if len(hours) > _TWO_DIGITS:
        hours, minutes = hours[:-2], hours[-2:]
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-delta if text[0] == "-" else delta)


def _is_relative(text: str) -> bool:
    return text in _JUST_NOW or _AGO.match(text) is not None or _DAY_NAMED.match(text) is not None


def _relative(text: str, now: datetime, zone: tzinfo) -> datetime:
    if match := _AGO.match(text):
        return now - timedelta(seconds=int(match["count"]) * _UNIT_S[match["unit"][0]])
    if match := _DAY_NAMED.match(text):
        day = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        parts = match.groupdict()
        return (
            day
            - timedelta(days=_DAYS_AGO[match["named"][0]])
            + timedelta(hours=_hour(parts), minutes=int(parts["minute"] or 0), seconds=int(parts["second"] or 0))
        )
    return now
