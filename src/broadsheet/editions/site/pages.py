"""List pages: sections and days, the newest first, with what stands above the list. Values in, pages out."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from minijinja import safe

from broadsheet.editions.site.catalogue import Day
from broadsheet.editions.site.dates import Dates
from broadsheet.editions.site.lists import Shelf
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.printedrows import PrintedRows
from broadsheet.editions.site.rows import Row, newest_first
from broadsheet.editions.site.sections import Section, link
from broadsheet.messages import number
from broadsheet.model import Page, Value

FEEDS = (
    ("RSS", "application/rss+xml", "feed.xml"),
    ("Atom", "application/atom+xml", "atom.xml"),
    ("JSON Feed", "application/feed+json", "feed.json"),
)


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
        self._rows = PrintedRows(press)
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
        here = link(folder) + "index.html"
        printed = self._rows.of(rows, here=here, root="../" * path.count("/"))
        days = groupby(newest_first(rows), lambda row: row.day)
        context = {
            "intro": head.intro,
            "trail": head.trail,
            "inside": head.inside,
            "feeds": [{"name": name, "type": kind, "href": file} for name, kind, file in FEEDS] if head.feeds else [],
            "days": [
                {**day_context(self._dates, key), "rows": safe("".join([printed[row.id] for row in group]))}
                for key, group in days
            ],
            "here": here,
        }
        return self._press.page("list.html", path, title=head.title, context={**context, **ways})

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
            trail=tuple({"name": one.name, "href": one.href} for one in above),
            inside=tuple({"name": one.name, "href": one.href, "members": number(size)} for one, size in inside),
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
                {"name": self._messages.text("archive"), "href": "archive/index.html"},
                {"name": self._dates.month(day.month), "href": month_path(day.month)},
            ),
            ways={
                "older": "../../../../" + day_folder(before) + "index.html" if before else None,
                "newer": "../../../../" + day_folder(after) + "index.html" if after else None,
                "older_words": self._dates.day(before) if before else None,
                "newer_words": self._dates.day(after) if after else None,
            },
        )


def day_context(dates: Dates, key: str) -> dict[str, object]:
    """A day as templates show it."""
    return {
        "key": key,
        "href": day_folder(key) + "index.html",
        "weekday": dates.day(key, "date_weekday"),
        "label": dates.day(key, "date_day"),
    }
