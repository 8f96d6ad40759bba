"""Every list that has members now: days, months and sections with their sizes, for the pages that lead to them."""

from calendar import Calendar
from itertools import groupby

from broadsheet.editions.site.lists import ALL, DAY, SECTION, Shelf
from broadsheet.editions.site.sections import Atlas, Section
from broadsheet.model import Value
from broadsheet.ports import Ledger


class Day(Value, frozen=True, kw_only=True):
    """A day with its number of articles."""

    key: str
    members: int

    @property
    def month(self) -> str:
        """Key of its month."""
        return self.key[:7]


class Catalogue:
    """The lists of a site as they stand."""

    def __init__(self, ledger: Ledger, *, page_size: int) -> None:
        self._size = page_size
        self._shelves = {
            name: Shelf(name=name, members=members, used=used, size=page_size)
            for name, members, used in ledger.lists("")
        }

    def shelf(self, name: str) -> Shelf:
        """A list, empty if there is none of that name."""
        return self._shelves.get(name) or Shelf(name=name, members=0, used=0, size=self._size)

    def names(self, prefix: str) -> list[str]:
        """The lists that have members and whose names begin so."""
        return [name for name, shelf in self._shelves.items() if shelf.members and name.startswith(prefix)]

    @property
    def articles(self) -> int:
        """How many there are in all."""
        return self.shelf(ALL).members

    def days(self) -> list[Day]:
        """The days that have articles, oldest first."""
        names = sorted(self.names(DAY))
        return [Day(key=name.removeprefix(DAY), members=self._shelves[name].members) for name in names]

    def sections(self, atlas: Atlas) -> list[tuple[Section, int]]:
        """The sections that have articles, with how many, in the order of their addresses."""
        known = atlas.by_path
        sizes = {name.removeprefix(SECTION): self._shelves[name].members for name in self.names(SECTION)}
        return [(known[path], sizes[path]) for path in sorted(sizes) if path in known]


def by_month(days: list[Day]) -> list[tuple[str, list[Day]]]:
    """The days of each month, oldest first."""
    return [(month, list(group)) for month, group in groupby(days, key=lambda day: day.month)]


def weeks(month: str) -> list[list[int]]:
    """The days of a month as rows of a calendar, Monday first; 0 is a day of another month."""
    year, number = month.split("-")
    return Calendar().monthdayscalendar(int(year), int(number))
