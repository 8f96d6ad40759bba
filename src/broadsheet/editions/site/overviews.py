"""The pages that look over a whole site: front page, archive, months, sections, sources. Values in, pages out."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from broadsheet.editions.base import SourceHealth
from broadsheet.editions.site import catalogue, front
from broadsheet.editions.site.catalogue import Day
from broadsheet.editions.site.dates import iso
from broadsheet.editions.site.pages import day_context, day_folder, month_path
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row, source_name
from broadsheet.editions.site.sections import Atlas, Section
from broadsheet.messages import number
from broadsheet.model import Page

_TOP_SECTIONS = 12
_EARLIER_DAYS = 12
_WORST_FIRST = {"failing": 0, "gone": 1, "held": 2, "new": 3, "quiet": 4, "ok": 5}


class Overviews:
    """Makes the overviews of one site."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._messages = press.messages
        self._dates = press.dates

    # -- the front page

    def home(self, rows: Sequence[Row], days: Sequence[Day], sections: Sequence[tuple[Section, int]]) -> Page:
        """The front page with these articles on it."""
        members = {day.key: day.members for day in days}
        shown = [self._front_day(one, members.get(one.key, 0)) for one in front.arrange(rows)]
        oldest = str(shown[-1]["key"]) if shown else ""
        earlier = [day for day in reversed(days) if day.key < oldest][:_EARLIER_DAYS]
        top = sorted((one for one in sections if len(one[0].names) == 1), key=lambda one: (-one[1], one[0].path))
        context = {
            "newest": self._newest(days),
            "days": shown,
            "earlier": [self._earlier(day, days[-1]) for day in earlier],
            "sections": [{"name": one.name, "href": one.href} for one, _ in top[:_TOP_SECTIONS]],
            "more_sections": len(top) > _TOP_SECTIONS,
        }
        return self._press.page("home.html", "index.html", sources=picture_policy(rows), context=context)

    def _earlier(self, day: Day, newest: Day) -> dict[str, str]:
        pattern = "date_day_short" if day.key[:4] == newest.key[:4] else "date_day_short_year"
        return {
            "href": day_folder(day.key) + "index.html",
            "label": self._dates.day(day.key, pattern),
            "members": number(day.members),
        }

    def _newest(self, days: Sequence[Day]) -> dict[str, str] | None:
        return {"day": days[-1].key, "label": self._dates.day(days[-1].key)} if days else None

    def _front_day(self, one: front.Arranged, members: int) -> dict[str, object]:
        shown = len(one.rows) + len(one.stories) + (one.lead is not None)
        return {
            **day_context(self._dates, one.key),
            "rows": one.rows,
            "lead": one.lead,
            "stories": one.stories,
            "more": self._messages.count("more_of_day", members - shown) if members > shown else "",
        }

    # -- the archive

    def archive(self, days: Sequence[Day]) -> Page:
        """All years and months."""
        articles = self._messages.count("articles", sum(day.members for day in days))
        since = self._dates.day(days[0].key, "date_day") if days else ""
        years = groupby(reversed(days), lambda day: day.key[:4])
        context = {
            "intro": self._messages.text("archive_intro", articles=articles, date=since) if days else "",
            "years": [self._year(year, list(group)) for year, group in years],
        }
        title = self._messages.text("archive")
        return self._press.page("archive.html", "archive/index.html", title=title, context=context)

    def _year(self, year: str, days: Sequence[Day]) -> dict[str, object]:
        sizes: dict[str, int] = {}
        for day in days:
            sizes[day.month] = sizes.get(day.month, 0) + day.members
        months = [f"{year}-{at:02}" for at in range(1, 13)]
        names = self._messages.names["months"]
        return {
            "name": year.lstrip("0") or year,
            "months": [
                {
                    "name": name,
                    "href": month_path(month),
                    "members": number(sizes[month]) if month in sizes else "",
                }
                for month, name in zip(months, names, strict=True)
            ],
        }

    def month(self, key: str, days: Sequence[Day], before: str | None, after: str | None) -> Page:
        """A month as a calendar."""
        sizes = {int(day.key[8:]): day.members for day in days}
        articles = self._messages.count("articles", sum(sizes.values()))
        context = {
            "intro": self._messages.count("month_intro", len(days), articles=articles),
            "weekdays": self._messages.names["weekdays_short"],
            "weeks": [[_cell(key, day, sizes) for day in week] for week in catalogue.weeks(key)],
            "older": self._month_link(before),
            "newer": self._month_link(after),
        }
        return self._press.page("month.html", month_path(key), title=self._dates.month(key), context=context)

    def _month_link(self, key: str | None) -> dict[str, str] | None:
        return {"href": month_path(key), "label": self._dates.month(key)} if key else None

    # -- sections and sources

    def sections(self, sections: Sequence[tuple[Section, int]]) -> Page:
        """All sections as a tree."""
        title = self._messages.text("sections")
        return self._press.page("sections.html", "s/index.html", title=title, context={"tree": _tree(sections, ())})

    def sources(self, health: Sequence[SourceHealth], atlas: Atlas, filled: frozenset[str]) -> Page:
        """How every source is doing; `filled` are the lists that have pages."""
        ranked = sorted(health, key=lambda one: _WORST_FIRST.get(one.state, 0))
        context = {
            "summary": self._sources_summary(health),
            "rows": [self._source(one, atlas, filled) for one in ranked],
        }
        title = self._messages.text("sources")
        return self._press.page("sources.html", "sources.html", title=title, context=context)

    def _sources_summary(self, health: Sequence[SourceHealth]) -> str:
        broken = sum(1 for one in health if one.state in {"failing", "gone", "held"})
        if not health:
            return ""
        total = self._messages.count("source_count", len(health))
        rest = self._messages.count("some_fail", broken) if broken else self._messages.text("all_answer")
        return self._messages.text("sources_summary", total=total, rest=rest)

    def _source(self, one: SourceHealth, atlas: Atlas, filled: frozenset[str]) -> dict[str, object]:
        levels = atlas.levels(one.face.section)
        return {
            "name": source_name(one.face) or one.face.key,
            "path": " / ".join(one.face.section),
            "href": levels[-1].href if levels and levels[-1].list_name in filled else "",
            "state": one.state,
            "words": self._messages.table.get(f"state_{one.state}", one.state),
            "since": self._since_when(one),
            "reason": self._reason(one),
            "articles": number(one.articles),
            "last_new": {"iso": iso(one.last_new), "label": self._dates.day_of(one.last_new)} if one.last_new else None,
        }

    def _reason(self, one: SourceHealth) -> str | None:
        if one.state == "ok":
            return None
        if one.status is not None:
            return self._messages.text("reason_status", status=one.status)
        return self._messages.table.get(f"reason_{one.kind}", one.reason)

    def _since_when(self, one: SourceHealth) -> str:
        if one.since is None or one.state == "ok":
            return ""
        return self._messages.text("since", date=self._dates.day_of(one.since))


def picture_policy(rows: Sequence[Row]) -> tuple[str, ...]:
    """What a list page may load beside its own files, for the pictures of these rows."""
    schemes = {row.lead.src.partition(":")[0] + ":" for row in rows if row.lead is not None and row.lead.remote}
    return (f"img-src 'self' {' '.join(sorted(schemes))}",) if schemes else ()


def _cell(month: str, day: int, sizes: Mapping[int, int]) -> dict[str, object]:
    key = f"{month}-{day:02}"
    size = sizes.get(day)
    return {
        "number": day or "",
        "key": key,
        "href": day_folder(key) + "index.html" if size else "",
        "members": number(size) if size else "",
    }


def _tree(sections: Sequence[tuple[Section, int]], above: tuple[str, ...]) -> list[dict[str, object]]:
    below: dict[tuple[str, ...], list[tuple[Section, int]]] = {}
    here: list[tuple[Section, int]] = []
    for section, size in sections:
        if len(section.names) == len(above) + 1:
            here.append((section, size))
        else:
            below.setdefault(section.names[: len(above) + 1], []).append((section, size))
    return [
        {
            "name": section.name,
            "href": section.href,
            "members": number(size),
            "inside": _tree(below.get(section.names, []), section.names),
        }
        for section, size in here
    ]
