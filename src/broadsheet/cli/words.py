"""Numbers, times and outcomes in words for people. Pure functions."""

from datetime import UTC, datetime, timedelta


def number(value: int) -> str:
    """With separators: `9,812`."""
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """`1 article`, `47 articles`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def ago(moment: datetime | None, *, now: datetime) -> str:
    """How long ago, or how soon: `3 min ago`, `yesterday`, `in 2 h`; `never` for `None`."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    span = _span(abs(seconds))
    if abs(seconds) < 45:  # noqa: PLR2004
        return "now"
    return f"in {span}" if seconds < 0 else f"{span} ago"


def since(moment: datetime | None, *, now: datetime) -> str:
    """Since when: `since 14:20`, `since yesterday`, `since 3 days`; empty for `None`."""
    if moment is None:
        return ""
    here, today = local(moment), local(now).date()
    if here.date() == today:
        return f"since {here:%H:%M}"
    if here.date() == today - timedelta(days=1):
        return "since yesterday"
    return f"since {(today - here.date()).days} days"


def clock(moment: datetime | None, *, now: datetime) -> str:
    """When, in local time, as short as it is clear: `14:20`, `Tue 14:20`, `3 Dec`; `never` for `None`."""
    if moment is None:
        return "never"
    here, today = local(moment), local(now).date()
    days = (here.date() - today).days
    if days == 0:
        return f"{here:%H:%M}"
    if abs(days) < 7:  # noqa: PLR2004
        return f"{here:%a %H:%M}"
    return f"{here.day} {here:%b} {here.year}" if here.year != today.year else f"{here.day} {here:%b}"


def local(moment: datetime) -> datetime:
    """A moment in this machine's time zone; at the ends of the calendar, where there may be none, in UTC."""
    try:
        return moment.astimezone()
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=UTC)


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`."""
    if seconds < 10:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def one_line(text: str, width: int) -> str:
    """A text on one line, cut with an ellipsis; wide (CJK) characters count two."""
    line, used = "", 0
    for character in " ".join(text.split()):
        used += columns(character)
        if used > width:
            while line and columns(line) >= width:
                line = line[:-1]
            return line + "…"
        line += character
    return line


def columns(text: str) -> int:
    """How wide a text is on the terminal: wide (CJK) characters take two columns, combining ones none."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    """A text cut or filled to a width on the terminal."""
    line = one_line(text, width)
    return line + " " * max(width - columns(line), 0)


def _span(seconds: float) -> str:
    for size, unit in ((86400 * 365, "year"), (86400, "day")):
        if seconds >= size * (2 if unit == "day" else 1):
            whole = int(seconds // size)
            return f"{whole} {unit}" + ("" if whole == 1 else "s")
    if seconds >= 3600:  # noqa: PLR2004
        return f"{seconds / 3600:.0f} h"
    return f"{max(seconds / 60, 1):.0f} min"
