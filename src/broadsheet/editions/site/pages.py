"""The pages that lists make: front page, sections, days, months, archive, sources. Values in, pages out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from minijinja import safe

from broadsheet.editions.base import SourceHealth
from broadsheet.editions.site import catalogue, front
from broadsheet.editions.site.catalogue import Day
from broadsheet.editions.site.dates import iso
from broadsheet.editions.site.lists import DAY, Shelf
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row, newest_first, section_href, source_name
from broadsheet.editions.site.sections import Atlas, Section, link
from broadsheet.messages import number
from broadsheet.model import Page, Value

FEEDS = (
    ("RSS", "application/rss+xml", "feed.xml"),
    ("Atom", "application/atom+xml", "atom.xml"),
    ("JSON Feed", "application/feed+json", "feed.json"),
)

_TOP_SECTIONS = 12
_EARLIER_DAYS = 12
_WORST_FIRST = {"failing": 0, "gone": 1, "held": 2, "new": 3, "quiet": 4, "ok": 5}


class ListHead(Value, frozen=True, kw_only=True):
    """What a list page says above its list.

    Attributes:
        trail: the pages above it; `inside`: the sections in it.
        ways: addresses and words of the lists before and after it, for its newest page.
    """

    title: str
    intro: str = ""
    trail: tuple[Mapping[str, object], ...] = ()
    inside: tuple[Mapping[str, object], ...] = ()
    feeds: bool = False
    ways: Mapping[str, str | None] = {}


def day_folder(key: str) -> str:
    """Where a day's pages are."""
    return f"archive/{key.replace('-', '/')}/"


def month_path(key: str) -> str:
    """Where a month's page is."""
    return f"archive/{key.replace('-', '/')}/index.html"


class ListPages:
    """Makes the list pages of one site."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._messages = press.messages
        self._dates = press.dates

    # -- one list

    def newest(self, shelf: Shelf, folder: str, head: ListHead, rows: Sequence[Row]) -> Page:
        """A list's first page, with the newest articles."""
        older = shelf.older_than_index
        ways: dict[str, str | None] = {"older": f"{older}.html" if older else None, "newer": None}
        ways |= {"older_words": self._messages.text("older"), "newer_words": self._messages.text("newer")}
        if not older:
            ways |= head.ways
        return self._list(folder + "index.html", folder, head, rows, ways)

    def numbered(self, shelf: Shelf, page_number: int, folder: str, head: ListHead, rows: Sequence[Row]) -> Page:
        """A full page."""
        last = page_number >= shelf.full_pages
        ways: dict[str, str | None] = {
            "older": f"{page_number - 1}.html" if page_number > 1 else None,
            "newer": "index.html" if last else f"{page_number + 1}.html",
            "older_words": self._messages.text("older"),
            "newer_words": self._messages.text("newest" if last else "newer"),
        }
        intro = self._messages.text("page_of_list", n=page_number)
        plain = ListHead(title=head.title, intro=intro, trail=head.trail)
        return self._list(f"{folder}{page_number}.html", folder, plain, rows, ways)

    def _list(
        self, path: str, folder: str, head: ListHead, rows: Sequence[Row], ways: Mapping[str, str | None]
    ) -> Page:
        return self._press.page(
            "list.html",
            path,
            title=head.title,
            intro=head.intro,
            trail=head.trail,
            inside=head.inside,
            feeds=[{"name": name, "type": kind, "href": file} for name, kind, file in FEEDS] if head.feeds else [],
            days=[self._day(key, list(group)) for key, group in groupby(newest_first(rows), lambda row: row.day)],
            here=link(folder) + "index.html",
            **ways,
        )

    def _day(self, key: str, rows: Sequence[Row]) -> dict[str, object]:
        return {**self._day_words(key), "key": key, "href": safe(day_folder(key) + "index.html"), "rows": rows}

    def _day_words(self, key: str) -> dict[str, str]:
        return {
            "weekday": self._dates.day(key, "date_weekday"),
            "label": self._dates.day(key, "date_day"),
            "short": self._dates.day(key, "date_day_short"),
        }

    # -- what stands above the lists

    def section_head(
        self,
        section: Section,
        above: Sequence[Section],
        members: int,
        first_day: str | None,
        inside: Sequence[tuple[Section, int]],
    ) -> ListHead:
        """What a section's pages say of it."""
        articles = self._messages.count("articles", members)
        return ListHead(
            title=section.name,
            intro=self._since(articles, first_day),
            trail=tuple({"name": one.name, "href": section_href(one)} for one in above),
            inside=tuple(
                {"name": one.name, "href": section_href(one), "members": number(size)} for one, size in inside
            ),
            feeds=True,
        )

    def _since(self, articles: str, first_day: str | None) -> str:
        if first_day is None:
            return articles
        return self._messages.text("section_since", articles=articles, date=self._dates.day(first_day, "date_day"))

    def day_head(self, day: Day, before: str | None, after: str | None) -> ListHead:
        """What a day's pages say of it; `before` and `after` are the nearest days that have articles."""
        articles = self._messages.count("articles", day.members)
        return ListHead(
            title=self._dates.day(day.key),
            intro=self._messages.text("day_intro", articles=articles),
            trail=(
                {"name": self._messages.text("archive"), "href": safe("archive/index.html")},
                {"name": self._dates.month(day.month), "href": safe(month_path(day.month))},
            ),
            ways={
                "older": safe("../../../../" + day_folder(before) + "index.html") if before else None,
                "newer": safe("../../../../" + day_folder(after) + "index.html") if after else None,
                "older_words": self._dates.day(before) if before else None,
                "newer_words": self._dates.day(after) if after else None,
            },
        )

    # -- the front page

    def home(self, rows: Sequence[Row], days: Sequence[Day], sections: Sequence[tuple[Section, int]]) -> Page:
        """The front page with these articles on it."""
        members = {day.key: day.members for day in days}
        shown = [self._front_day(one, members.get(one.key, 0)) for one in front.arrange(rows)]
        oldest = str(shown[-1]["key"]) if shown else ""
        earlier = [day for day in reversed(days) if day.key < oldest][:_EARLIER_DAYS]
        top = sorted((one for one in sections if len(one[0].names) == 1), key=lambda one: (-one[1], one[0].path))
        return self._press.page(
            "home.html",
            "index.html",
            sources=picture_policy(rows),
            newest=self._newest(days),
            days=shown,
            earlier=[
                {
                    "href": safe(day_folder(day.key) + "index.html"),
                    "label": self._dates.day(day.key, "date_day_short"),
                    "members": number(day.members),
                }
                for day in earlier
            ],
            sections=[{"name": one.name, "href": section_href(one)} for one, _ in top[:_TOP_SECTIONS]],
            more_sections=len(top) > _TOP_SECTIONS,
        )

    def _newest(self, days: Sequence[Day]) -> dict[str, str] | None:
        return {"day": days[-1].key, "label": self._dates.day(days[-1].key)} if days else None

    def _front_day(self, one: front.Arranged, members: int) -> dict[str, object]:
        shown = len(one.rows) + len(one.stories) + (one.lead is not None)
        return {
            **self._day(one.key, one.rows),
            "lead": one.lead,
            "stories": one.stories,
            "more": self._messages.count("more_of_day", members - shown) if members > shown else "",
        }

    # -- the archive

    def archive(self, days: Sequence[Day]) -> Page:
        """All years and months."""
        articles = self._messages.count("articles", sum(day.members for day in days))
        since = self._dates.day(days[0].key, "date_day") if days else ""
        return self._press.page(
            "archive.html",
            "archive/index.html",
            title=self._messages.text("archive"),
            intro=self._messages.text("archive_intro", articles=articles, date=since) if days else "",
            years=[self._year(year, list(group)) for year, group in groupby(reversed(days), lambda day: day.key[:4])],
        )

    def _year(self, year: str, days: Sequence[Day]) -> dict[str, object]:
        sizes: dict[str, int] = {}
        for day in days:
            sizes[day.month] = sizes.get(day.month, 0) + day.members
        months = [f"{year}-{number:02}" for number in range(1, 13)]
        names = self._messages.names["months"]
        return {
            "name": year.lstrip("0") or year,
            "months": [
                {
                    "name": name,
                    "href": safe(month_path(month)),
                    "members": number(sizes[month]) if month in sizes else "",
                }
                for month, name in zip(months, names, strict=True)
            ],
        }

    def month(self, key: str, days: Sequence[Day], before: str | None, after: str | None) -> Page:
        """A month as a calendar."""
        sizes = {int(day.key[8:]): day.members for day in days}
        articles = self._messages.count("articles", sum(sizes.values()))
        return self._press.page(
            "month.html",
            month_path(key),
            title=self._dates.month(key),
            intro=self._messages.count("month_intro", len(days), articles=articles),
            weekdays=self._messages.names["weekdays_short"],
            weeks=[[_cell(key, day, sizes) for day in week] for week in catalogue.weeks(key)],
            older=self._month_link(before),
            newer=self._month_link(after),
        )

    def _month_link(self, key: str | None) -> dict[str, str] | None:
        return {"href": safe(month_path(key)), "label": self._dates.month(key)} if key else None

    # -- sections and sources

    def sections(self, sections: Sequence[tuple[Section, int]]) -> Page:
        """All sections as a tree."""
        return self._press.page(
            "sections.html",
            "s/index.html",
            title=self._messages.text("sections"),
            tree=_tree(sections, ()),
        )

    def sources(self, health: Sequence[SourceHealth], atlas: Atlas, filled: frozenset[str]) -> Page:
        """How every source is doing; `filled` are the lists that have pages."""
        ranked = sorted(health, key=lambda one: _WORST_FIRST.get(one.state, 0))
        return self._press.page(
            "sources.html",
            "sources.html",
            title=self._messages.text("sources"),
            summary=self._sources_summary(health),
            rows=[self._source(one, atlas, filled) for one in ranked],
        )

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
            "href": section_href(levels[-1]) if levels and levels[-1].list_name in filled else "",
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
        "href": safe(day_folder(key) + "index.html") if size else "",
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
            "href": section_href(section),
            "members": number(size),
            "inside": _tree(below.get(section.names, []), section.names),
        }
        for section, size in here
    ]
