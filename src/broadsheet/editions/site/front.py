"""The front page: the newest articles by date, arranged by day, and what it has to remember for that.

Which articles are the newest is kept from run to run, so that a run with few new ones reads few.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from broadsheet.editions.site.catalogue import Day
from broadsheet.editions.site.dates import iso
from broadsheet.editions.site.lists import DAY
from broadsheet.editions.site.rows import Row, Rows, newest_first
from broadsheet.model import Value
from broadsheet.ports import Ledger

SHOWN = 100
_KEPT = 300
_BESIDE_LEAD = 4
_STORIES = 2
_AMONG = 10
_BEFORE_LEAD = 10
_LEAD_WIDTH = 440
_STORY_WIDTH = 120
_EVERYTHING = 1 << 40


class Recent(Value, frozen=True, kw_only=True):
    """The newest articles by date, newest first, as (instant, arrival, id).

    Attributes:
        whole: there are no others.
    """

    articles: tuple[tuple[str, int, str], ...] = ()
    whole: bool = True


def recall(text: str | None) -> Recent | None:
    """What an earlier run remembered; `None` if nothing that can be used."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Recent)
    except msgspec.DecodeError:
        return None


def remember(recent: Recent) -> str:
    """The same as text."""
    return msgspec.json.encode(recent).decode()


def updated(recent: Recent, dirty: Sequence[str], rows: Rows) -> Recent | None:
    """The newest articles after these changed; `None` if too few are left to be sure of them."""
    changed = set(dirty)
    kept = [known for known in recent.articles if known[2] not in changed]
    floor = recent.articles[-1][:2] if recent.articles and not recent.whole else None
    fresh = [_key(row) for row in rows.some(dirty)]
    kept += [key for key in fresh if floor is None or key[:2] > floor]
    kept.sort(reverse=True)
    whole = recent.whole and len(kept) <= _KEPT
    if not whole and len(kept) < SHOWN:
        return None
    return Recent(articles=tuple(kept[:_KEPT]), whole=whole)


def found(ledger: Ledger, rows: Rows, days: Sequence[Day]) -> Recent:
    """The newest articles, read anew from the lists of the newest days."""
    keys: list[tuple[str, int, str]] = []
    whole = True
    for day in reversed(days):
        if len(keys) >= _KEPT:
            whole = False
            break
        places = ledger.members(f"{DAY}{day.key}", start=0, stop=_EVERYTHING)
        keys += sorted((_key(row) for row in rows.some([place.article_id for place in places])), reverse=True)
    return Recent(articles=tuple(keys[:_KEPT]), whole=whole and len(keys) <= _KEPT)


def _key(row: Row) -> tuple[str, int, str]:
    at: datetime = row.moment
    return (f"{iso(at)}{at.microsecond:06}", row.rank[1], row.id)


class Arranged(Value, frozen=True, kw_only=True):
    """One day of the front page: what leads, what follows with a picture, and the rest."""

    key: str
    lead: Row | None
    stories: list[Row]
    rows: list[Row]


def arrange(rows: Sequence[Row]) -> Iterator[Arranged]:
    """The rows by day, newest first; each day's first few get their pictures, the first fitting one leads."""
    days: dict[str, list[Row]] = {}
    for row in newest_first(rows):
        days.setdefault(row.day, []).append(row)
    above = 0
    led = False
    for key, of_day in days.items():
        lead = None if led or above > _BEFORE_LEAD else _lead(of_day)
        yield _arrange_day(key, of_day, lead)
        led = led or lead is not None
        above += len(of_day)


def _lead(rows: Sequence[Row]) -> Row | None:
    return next((row for row in rows[:_AMONG] if _fits(row, _LEAD_WIDTH)), None)


def _arrange_day(key: str, rows: Sequence[Row], lead: Row | None) -> Arranged:
    most = _BESIDE_LEAD if lead else _STORIES
    stories = [row for row in rows[:_AMONG] if row is not lead and _fits(row, _STORY_WIDTH)][:most]
    if len(stories) < _STORIES:
        stories = []  # a lone picture would leave half of a line empty
    shown = {row.id for row in (*stories, lead) if row is not None}
    return Arranged(key=key, lead=lead, stories=stories, rows=[row for row in rows if row.id not in shown])


def _fits(row: Row, width: int) -> bool:
    return row.lead is not None and not row.withdrawn and (row.lead.width is None or row.lead.width >= width)
