"""One run of the site edition: from dirty articles to every page that they are on, each read and written once.

Sections go deepest first, each with its articles' pages, its lists and its feeds, so that a text is read once and
forgotten as soon as the last feed that carries it is written.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from broadsheet.editions.base import Desk, Output, Remembered, Removal, View
from broadsheet.editions.site import front
from broadsheet.editions.site.articles import ArticlePages
from broadsheet.editions.site.catalogue import by_month
from broadsheet.editions.site.lists import ALL, DAY, LOOSE, OPEN, SECTION, Neighbours, Shelf
from broadsheet.editions.site.overviews import Overviews
from broadsheet.editions.site.pages import FEEDS, ListHead, ListPages, day_folder, month_path
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row, Rows
from broadsheet.editions.site.sections import Section
from broadsheet.editions.site.standing import Standing
from broadsheet.editions.site.syndication import SITEMAP_URLS, Channel, FeedEntry, Syndication
from broadsheet.model import Page
from broadsheet.ports import Ledger, Place
from broadsheet.settings import EditionSettings

RECENT = "site:recent"

_BATCH = 200
_FIRST_FEW = 20
_FEWEST = 10


class Printing:
    """The state of one run; used once."""

    def __init__(
        self,
        press: Press,
        settings: EditionSettings,
        rows: Rows,
        *,
        desk: Desk,
        ledger: Ledger,
        dirty: Sequence[str],
        anew: bool,
    ) -> None:
        """Takes the places of the dirty articles; `anew`: every page is made, also those that no article is on."""
        self._press = press
        self._settings = settings
        self._rows = rows
        self._desk = desk
        self._ledger = ledger
        self._dirty = dirty
        self._standing = Standing(ledger, rows, dirty, page_size=settings.page_size, indexed=press.indexed, anew=anew)
        self._catalogue = self._standing.catalogue
        self._sections = self._catalogue.sections(rows.atlas)
        self._inside: dict[tuple[str, ...], list[tuple[Section, int]]] = defaultdict(list)
        for section, size in self._sections:
            self._inside[section.names[:-1]].append((section, size))
        self._articles = ArticlePages(press, rows.atlas)
        self._lists = ListPages(press)
        self._pages = Overviews(press)
        self._syndication = Syndication(press)
        self._entries: dict[str, FeedEntry] = {}
        self._feed_uses: Counter[str] = Counter()
        self._feed_ids: dict[str, list[str]] = {}

    def outputs(self) -> Iterator[Output]:
        """Everything that the dirty articles touch, and the pages of the whole site."""
        self._plan_feeds()
        self._read_ahead()
        yield from self._removals()
        for name in self._standing.sections():
            yield from self._section(name)
        yield from self._articles_of(LOOSE)
        yield from self._feeds(ALL, self._channel())
        yield from self._days()
        yield from self._months()
        yield from self._overviews()
        if self._press.indexed:
            yield from self._sitemaps()

    def _read_ahead(self) -> None:
        """Has the rows of all sections' newest pages in memory: one question instead of hundreds."""
        wanted: list[str] = []
        for name in self._standing.sections():
            shelf = self._catalogue.shelf(name)
            places = self._ledger.members(name, start=0, stop=_FIRST_FEW)
            places += self._ledger.members(name, start=shelf.index_start, stop=shelf.used)
            wanted += [place.article_id for place in places]
        self._rows.load(wanted)

    def _members(self, name: str, start: int, stop: int) -> list[Row]:
        places = self._ledger.members(name, start=start, stop=stop)
        return self._rows.some([place.article_id for place in places])

    # -- articles

    def _removals(self) -> Iterator[Removal]:
        gone = [one for one in self._dirty if self._rows.get(one) is None]
        if gone:
            for paths in self._ledger.pages_of(gone).values():
                yield from (Removal(path=path) for path in paths)

    def _articles_of(self, name: str) -> Iterator[Output]:
        """The pages of the dirty articles that are filed in this very list, and of those beside them."""
        if not self._standing.touched.get(name):
            return
        neighbours = Neighbours(self._ledger, self._catalogue.shelf(name))
        places = self._own_places(name, neighbours)
        for start in range(0, len(places), _BATCH):
            batch = places[start : start + _BATCH]
            beside = {place.article_id: _beside(neighbours, place) for place in batch}
            self._rows.load(one for pair in beside.values() for one in pair if one)
            for view in self._desk.views([place.article_id for place in batch]):
                yield from self._article(view, *beside[view.article.id])

    def _own_places(self, name: str, neighbours: Neighbours) -> list[Place]:
        """Places of the list's own articles among the touched positions and those beside them, in order."""
        found: dict[int, Place] = {}
        for position in self._standing.touched[name]:
            for place in (neighbours.before(position), neighbours.at(position), neighbours.after(position)):
                if place is not None:
                    found[place.position] = place
        self._rows.load(place.article_id for place in found.values())
        return [found[position] for position in sorted(found) if self._home_list(found[position].article_id) == name]

    def _home_list(self, article_id: str) -> str | None:
        row = self._rows.get(article_id)
        if row is None:
            return None
        return row.levels[-1].list_name if row.levels else LOOSE

    def _article(self, view: View, older: str | None, newer: str | None) -> Iterator[Output]:
        row = self._rows.get(view.article.id) or self._rows.of(view)
        yield from self._articles.outputs(
            view,
            row,
            older=self._rows.get(older) if older else None,
            newer=self._rows.get(newer) if newer else None,
        )
        if self._feed_uses[view.article.id] > 0:
            self._entries[view.article.id] = self._syndication.entry(view)

    # -- sections

    def _section(self, name: str) -> Iterator[Output]:
        yield from self._articles_of(name)
        shelf = self._catalogue.shelf(name)
        folder = f"s/{name.removeprefix(SECTION)}/"
        if not shelf.members:
            yield from _all_of_list(shelf, folder)
            yield from (Removal(path=folder + file) for _, _, file in FEEDS)
            return
        section = self._rows.atlas.by_path[name.removeprefix(SECTION)]
        yield from self._list(shelf, folder, self._section_head(section, shelf))
        yield from self._feeds(name, self._channel(section))

    def _section_head(self, section: Section, shelf: Shelf) -> ListHead:
        first = min((row.day for row in self._members(shelf.name, 0, _FIRST_FEW)), default=None)
        above = self._rows.atlas.levels(section.names)[:-1]
        return self._lists.section_head(section, above, shelf.members, first, self._inside[section.names])

    def _list(self, shelf: Shelf, folder: str, head: ListHead) -> Iterator[Page]:
        """The pages of a list that changed."""
        rows = self._members(shelf.name, shelf.index_start, shelf.used)
        yield self._lists.newest(shelf, folder, head, rows)
        for number in self._standing.pages_to_write(shelf):
            rows = self._members(shelf.name, *shelf.range_of(number))
            yield self._lists.numbered(shelf, number, folder, head, rows)

    # -- feeds

    def _plan_feeds(self) -> None:
        """Finds which feeds to write and how many of them each article is in.

        A section's feed has two fifths of the site's: there are many, each holds whole texts, and one new article
        rewrites those of all its sections.
        """
        for name in [*self._standing.sections(), ALL]:
            limit = self._settings.feed_size if name == ALL else max(_FEWEST, self._settings.feed_size // 5 * 2)
            newest = self._ledger.newest(name, limit=limit)
            oldest = newest[-1].position if len(newest) == limit else -1
            if any(position >= oldest for position in self._standing.touched.get(name, ())):
                self._feed_ids[name] = [place.article_id for place in newest]
                self._feed_uses.update(self._feed_ids[name])
        if not self._catalogue.articles:
            self._feed_ids[ALL] = []

    def _feeds(self, name: str, channel: Channel) -> Iterator[Page]:
        ids = self._feed_ids.get(name)
        if ids is None:
            return
        missing = [one for one in ids if one not in self._entries]
        for view in self._desk.views(missing):
            self._entries[view.article.id] = self._syndication.entry(view)
        yield from self._syndication.feeds(channel, [self._entries[one] for one in ids if one in self._entries])
        self._feed_uses.subtract(ids)
        for one in ids:
            if self._feed_uses[one] <= 0:
                self._entries.pop(one, None)

    def _channel(self, section: Section | None = None) -> Channel:
        site, messages = self._press.site, self._press.messages
        if section is None:
            about = site.description or messages.text("feed_description", name=site.title)
            return Channel(title=site.title, description=about, folder="")
        name = " / ".join(section.names)
        return Channel(
            title=f"{name} – {site.title}",
            description=messages.text("feed_description", name=name),
            folder=section.folder,
        )

    # -- days and months

    def _days(self) -> Iterator[Output]:
        days = self._catalogue.days()
        where = {day.key: at for at, day in enumerate(days)}
        order = list(where)
        for key in sorted(self._days_to_write(order)):
            shelf = self._catalogue.shelf(f"{DAY}{key}")
            if key not in where:
                yield from _all_of_list(shelf, day_folder(key))
                continue
            before, after = _around(order, where[key])
            yield from self._list(shelf, day_folder(key), self._lists.day_head(days[where[key]], before, after))

    def _days_to_write(self, order: Sequence[str]) -> set[str]:
        """The days that changed, and those beside a day that is new or gone."""
        wanted = set(self._standing.days())
        for key in self._standing.days():
            shelf = self._catalogue.shelf(f"{DAY}{key}")
            if not shelf.members or self._standing.is_new(shelf):
                at = bisect_left(order, key)
                wanted.update(order[max(0, at - 1) : at + 2])
        return wanted

    def _months(self) -> Iterator[Output]:
        months = by_month(self._catalogue.days())
        keys = [month for month, _ in months]
        touched = self._standing.months()
        for at, (month, days) in enumerate(months):
            before, after = _around(keys, at)
            if touched & {month, before, after}:
                yield self._pages.month(month, days, before, after)
        yield from (Removal(path=month_path(month)) for month in sorted(touched - set(keys)))

    # -- pages of the whole site

    def _overviews(self) -> Iterator[Output]:
        days = self._catalogue.days()
        recent = self._recent()
        rows = self._rows.some([one for _, _, one in recent.articles[: front.SHOWN]])
        yield self._pages.home(rows, days, self._sections)
        yield self._pages.archive(days)
        yield self._pages.sections(self._sections)
        yield Remembered(key=RECENT, value=front.remember(recent))

    def _recent(self) -> front.Recent:
        known = front.recall(self._ledger.get(RECENT))
        if known is None and self._standing.was_empty:
            known = front.Recent()
        after = front.updated(known, self._dirty, self._rows) if known is not None else None
        return after or front.found(self._ledger, self._rows, self._catalogue.days())

    def _sitemaps(self) -> Iterator[Page]:
        shelf = self._catalogue.shelf(OPEN)
        for number in self._standing.sitemaps_to_write(shelf, SITEMAP_URLS):
            rows = self._members(OPEN, (number - 1) * SITEMAP_URLS, number * SITEMAP_URLS)
            yield self._syndication.sitemap_of(_sitemap(number), [(row.href, row.moment) for row in rows])
        lists = ["", *(section.folder for section, _ in self._sections)]
        lists += [day_folder(day.key) for day in self._catalogue.days()]
        yield self._syndication.sitemap_of(_sitemap("lists"), [(folder, None) for folder in lists])
        numbers = range(1, -(-shelf.used // SITEMAP_URLS) + 1)
        yield self._syndication.sitemap([_sitemap("lists"), *map(_sitemap, numbers)])


def _sitemap(name: object) -> str:
    return f"sitemap-{name}.xml"


def _all_of_list(shelf: Shelf, folder: str) -> Iterator[Removal]:
    yield Removal(path=f"{folder}index.html")
    yield from (Removal(path=f"{folder}{number}.html") for number in range(1, shelf.full_pages + 1))


def _beside(neighbours: Neighbours, place: Place) -> tuple[str | None, str | None]:
    before, after = neighbours.before(place.position), neighbours.after(place.position)
    return (before.article_id if before else None, after.article_id if after else None)


def _around(order: Sequence[str], at: int) -> tuple[str | None, str | None]:
    """The keys before and after a position, where there are such."""
    return (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
