"""How lists become pages: numbered from the oldest, so that a full page never changes but for its link to a newer one.

The newest articles stand on a list's `index.html`; page n holds the places (n-1)*size to n*size-1 and is written when
it is full. Pure arithmetic over places; nothing is rendered here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from broadsheet.model import Value
from broadsheet.ports import Ledger, Place

ALL = "all"
"""Every article; the site's own feeds are made of it."""

LOOSE = "loose"
"""Articles of sources without a section: they have no list page, and still a previous and a next."""

OPEN = "open"
"""Articles that search engines may index."""

DAY = "day/"
SECTION = "section/"

_BLOCK = 256


class Shelf(Value, frozen=True, kw_only=True):
    """One list as it stands now.

    Attributes:
        used: positions given so far, removed ones included.
        size: articles on a page.
    """

    name: str
    members: int
    used: int
    size: int

    @property
    def full_pages(self) -> int:
        """How many numbered pages there are."""
        return self.used // self.size

    @property
    def index_start(self) -> int:
        """The first position that the index page shows: it has one full page and what came after it."""
        return max(0, self.full_pages - 1) * self.size

    @property
    def older_than_index(self) -> int | None:
        """The number of the page that goes on where the index page ends."""
        return self.full_pages - 1 if self.full_pages > 1 else None

    def range_of(self, number: int) -> tuple[int, int]:
        """First position of a numbered page, and the one after its last."""
        return (number - 1) * self.size, number * self.size

    def touched(self, positions: Iterable[int], added: Iterable[int]) -> list[int]:
        """The numbered pages to write when these positions changed, of which `added` are new."""
        pages = {position // self.size + 1 for position in positions}
        filled = {position // self.size + 1 for position in added}
        pages |= {number - 1 for number in filled if number <= self.full_pages}
        return sorted(number for number in pages if 1 <= number <= self.full_pages)


class Neighbours:
    """Who stands beside whom in one list; reads it in blocks, each once."""

    def __init__(self, ledger: Ledger, shelf: Shelf) -> None:
        self._ledger = ledger
        self._shelf = shelf
        self._blocks: dict[int, tuple[list[int], Sequence[Place]]] = {}

    def _block(self, number: int) -> tuple[list[int], Sequence[Place]]:
        if number not in self._blocks:
            start = number * _BLOCK
            places = self._ledger.members(self._shelf.name, start=start, stop=start + _BLOCK)
            self._blocks[number] = ([place.position for place in places], places)
        return self._blocks[number]

    def at(self, position: int) -> Place | None:
        """The member at this very position."""
        positions, places = self._block(position // _BLOCK)
        found = bisect_left(positions, position)
        return places[found] if found < len(positions) and positions[found] == position else None

    def before(self, position: int) -> Place | None:
        """The nearest member that arrived earlier."""
        for number in range(position // _BLOCK, -1, -1):
            positions, places = self._block(number)
            if at := bisect_left(positions, position):
                return places[at - 1]
        return None

    def after(self, position: int) -> Place | None:
        """The nearest member that arrived later."""
        for number in range(position // _BLOCK, (self._shelf.used - 1) // _BLOCK + 1):
            positions, places = self._block(number)
            if (at := bisect_right(positions, position)) < len(places):
                return places[at]
        return None
