"""Where the articles of a run stand: puts them into their lists, and knows what that touched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from broadsheet.editions.site.catalogue import Catalogue
from broadsheet.editions.site.lists import ALL, DAY, LOOSE, OPEN, SECTION, Shelf
from broadsheet.editions.site.rows import Row, Rows
from broadsheet.ports import Ledger, Place


class Standing:
    """The lists of a site after its dirty articles have taken their places.

    Attributes:
        catalogue: all lists as they are now.
        was_empty: no article ever stood anywhere before.
        touched: positions by list that an article holds, took or left in this run.
        changed: lists that gained or lost an article; all touched ones if everything is made anew.
    """

    def __init__(
        self, ledger: Ledger, rows: Rows, dirty: Sequence[str], *, page_size: int, indexed: bool, anew: bool
    ) -> None:
        self._ledger = ledger
        self._rows = rows
        self._indexed = indexed
        self._anew = anew
        self.was_empty = not ledger.lists(ALL)
        rows.load(dirty)
        there = [row for one in dirty if (row := rows.get(one)) is not None]
        moved = self._place(dirty, there)
        self.catalogue = Catalogue(ledger, page_size=page_size)
        self.touched: dict[str, set[int]] = defaultdict(set)
        self._added: dict[str, set[int]] = defaultdict(set)
        self._note(ledger.places_of([row.id for row in there]) if there else [], moved)
        self.changed = set(self.touched) if anew else {place.list for place in moved}
        self._learn_sections()

    def _place(self, dirty: Sequence[str], there: Sequence[Row]) -> list[Place]:
        memberships: dict[str, Sequence[str]] = dict.fromkeys(dirty, ())
        memberships |= {row.id: self._memberships(row) for row in there}
        return self._ledger.place(memberships) if memberships else []

    def _memberships(self, row: Row) -> list[str]:
        sections = [section.list_name for section in row.levels] or [LOOSE]
        return [ALL, f"{DAY}{row.day}", *sections, *([OPEN] if row.index and self._indexed else [])]

    def _note(self, held: Iterable[Place], moved: Sequence[Place]) -> None:
        for place in held:
            self.touched[place.list].add(place.position)
        for place in moved:
            if place.position in self.touched[place.list]:
                self._added[place.list].add(place.position)
        for place in moved:
            self.touched[place.list].add(place.position)

    def _learn_sections(self) -> None:
        """Has the atlas know the sections of sources that are no longer configured, from an article of each."""
        for name in self.catalogue.names(SECTION):
            if not self._rows.atlas.knows(name):
                self._rows.load(place.article_id for place in self._ledger.newest(name, limit=1))

    def is_new(self, shelf: Shelf) -> bool:
        """All of its articles came in this run: none of its pages was there before."""
        return len(self._added.get(shelf.name, ())) == shelf.members

    def sections(self) -> list[str]:
        """The touched lists of sections, the deepest first within each branch."""
        names = [name for name in self.touched if name.startswith(SECTION)]
        return sorted(names, key=lambda name: [*name.split("/"), "\U0010ffff"])

    def days(self) -> list[str]:
        """Keys of the touched days."""
        return sorted(name.removeprefix(DAY) for name in self.touched if name.startswith(DAY))

    def months(self) -> set[str]:
        """Keys of the months in which a day gained or lost an article."""
        return {name.removeprefix(DAY)[:7] for name in self.changed if name.startswith(DAY)}

    def pages_to_write(self, shelf: Shelf) -> Iterable[int]:
        """The numbered pages of a list that have to be made."""
        if self._anew or self.is_new(shelf):
            return range(1, shelf.full_pages + 1)
        return shelf.touched(self.touched[shelf.name], self._added.get(shelf.name, ()))

    def sitemaps_to_write(self, shelf: Shelf, size: int) -> list[int]:
        """The numbers, from 1, of the sitemaps that have to be made, `size` addresses each."""
        if self._anew:
            return list(range(1, -(-shelf.used // size) + 1))
        return sorted({position // size + 1 for position in self.touched.get(shelf.name, ())})
