"""Dates as readers see them: in the site's zone and language. No clock: what is new is told by the newest article."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from broadsheet.messages import Messages
from broadsheet.model import Article

_AHEAD = timedelta(days=1)


def moment(article: Article) -> datetime:
    """When an article counts as published; a date far ahead of its arrival is not believed."""
    published = article.published
    if published is None or published > article.first_seen + _AHEAD:
        return article.first_seen
    return published


@lru_cache(maxsize=4096)
def iso(at: datetime) -> str:
    """ISO 8601, UTC, whole seconds: 2025-11-22T06:20:00Z."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


class Dates:
    """Writes dates in one zone and one language."""

    def __init__(self, zone: str, messages: Messages) -> None:
        self._zone = ZoneInfo(zone)
        self._messages = messages
        self._day_name = lru_cache(maxsize=4096)(self._write_day)

    def local(self, at: datetime) -> datetime:
        """The instant on the site's clock; at the ends of the calendar, in UTC."""
        try:
            return at.astimezone(self._zone)
        except OverflowError:
            return at

    def day_key(self, at: datetime) -> str:
        """The day on the site's calendar: 2025-11-22."""
        return self.local(at).date().isoformat()

    def clock(self, at: datetime) -> str:
        """14:20."""
        here = self.local(at)
        return f"{here.hour:02}:{here.minute:02}"

    def at(self, at: datetime) -> str:
        """Day and time."""
        return self._messages.text("date_moment", date=self.day(self.day_key(at), "date_day"), time=self.clock(at))

    def day_of(self, at: datetime) -> str:
        """The day alone, in full."""
        return self.day(self.day_key(at), "date_day")

    def day(self, key: str, pattern: str = "date_day_long") -> str:
        """The day of a key, as one of the `date_…` messages writes it."""
        return self._day_name(key, pattern)

    def month(self, key: str) -> str:
        """The month of a key like 2025-11."""
        return self._day_name(f"{key}-01", "date_month")

    def _write_day(self, key: str, pattern: str) -> str:
        day, names = date.fromisoformat(key), self._messages.names
        return self._messages.text(
            pattern,
            day=day.day,
            month=names["months"][day.month - 1],
            month_short=names["months_short"][day.month - 1],
            year=day.year,
            weekday=names["weekdays"][day.weekday()],
        )
