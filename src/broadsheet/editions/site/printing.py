"""One run of the site edition: from dirty articles to every page that they are on, each read and written once.

Sections go deepest first, each with its articles' pages, its lists and its feeds, so that a text is read once and
forgotten as soon as the last feed that carries it is written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from broadsheet.editions.base import Desk, Output, Remembered, Removal, View
from broadsheet.editions.site import front
from broadsheet.editions.site.articles import ArticlePages
from broadsheet.editions.site.catalogue import Catalogue, by_month
from broadsheet.editions.site.lists import ALL, DAY, LOOSE, OPEN, SECTION, Neighbours, Shelf
from broadsheet.editions.site.pages import ListHead, ListPages, day_folder, month_path
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row, Rows
from broadsheet.editions.site.sections import Atlas, Section
from broadsheet.editions.site.syndication import SITEMAP_URLS, Channel, FeedEntry, Syndication
from broadsheet.model import Page
from broadsheet.ports import Ledger, Place
from broadsheet.settings import EditionSettings

RECENT = "site:recent"

_BATCH = 200
_FIRST_FEW = 20


class Printing:
    """The state of one run; used once."""

    def __init__(
        self, press: Press, settings: EditionSettings, atlas: Atlas, desk: Desk, ledger: Ledger, *, anew: bool
    ) -> None:
        """`anew`: every page has to be made, also those that no article is on any more."""
        self._anew = anew
        self._press = press
        self._settings = settings
        self._atlas = atlas
        self._desk = desk
        self._ledger = ledger
        self._rows = Rows(desk, atlas, press.dates, press.messages)
        self._articles = ArticlePages(press, atlas)
        self._lists = ListPages(press)
        self._syndication = Syndication(press)
        self._entries: dict[str, FeedEntry] = {}
        self._feed_uses: Counter[str] = Counter()
        self._feed_ids: dict[str, list[str]] = {}

    def outputs(self, dirty: Sequence[str]) -> Iterator[Output]:
        """Everything that these articles touch."""
        self._place(dirty)
        self._plan_feeds()
        yield from self._removals(dirty)
        for name in self._touched_sections():
            yield from self._section(name)
        yield from self._articles_of(LOOSE)
        yield from self._feeds(ALL, self._channel())
        yield from self._days()
        yield from self._fronts(dirty)
        if self._press.indexed:
            yield from self._sitemaps()

    def fronts_only(self) -> Iterator[Output]:
        """The pages that stand even where no article ever came."""
        self._place(())
        yield from self._fronts(())
        if not self._catalogue.articles:
            yield from self._syndication.feeds(self._channel(), ())
        if self._press.indexed:
            yield from self._sitemaps()

    # -- where everything stands

    def _place(self, dirty: Sequence[str]) -> None:
        self._rows.load(dirty)
        self._dirty = [row for one in dirty if (row := self._rows.get(one)) is not None]
        self._had_lists = self._catalogue_now().shelf(ALL).used > 0
        memberships: dict[str, Sequence[str]] = dict.fromkeys(dirty, ())
        memberships |= {row.id: self._memberships(row) for row in self._dirty}
        moved = self._ledger.place(memberships) if memberships else []
        places = self._ledger.places_of([row.id for row in self._dirty]) if self._dirty else []
        self._catalogue = self._catalogue_now()
        self._touched: dict[str, set[int]] = defaultdict(set)
        self._added: dict[str, set[int]] = defaultdict(set)
        self._here: dict[str, dict[int, Place]] = defaultdict(dict)
        for place in places:
            self._here[place.list][place.position] = place
        for place in (*places, *moved):
            self._touched[place.list].add(place.position)
        for place in moved:
            if place.position in self._here[place.list]:
                self._added[place.list].add(place.position)
        self._changed = set(self._touched) if self._anew else {place.list for place in moved}
        self._learn_sections()
        self._inside: dict[tuple[str, ...], list[tuple[Section, int]]] = defaultdict(list)
        for section, size in self._catalogue.sections(self._atlas):
            self._inside[section.names[:-1]].append((section, size))

    def _learn_sections(self) -> None:
        """Has the atlas know the sections of sources that are no longer configured, from an article of each."""
        for name in self._catalogue.names(SECTION):
            if name.removeprefix(SECTION) not in self._atlas.by_path:
                self._rows.load(place.article_id for place in self._ledger.newest(name, limit=1))

    def _catalogue_now(self) -> Catalogue:
        return Catalogue(self._ledger, page_size=self._settings.page_size)

    def _memberships(self, row: Row) -> list[str]:
        sections = [section.list_name for section in row.levels] or [LOOSE]
        return [ALL, f"{DAY}{row.day}", *sections, *([OPEN] if row.index and self._press.indexed else [])]

    def _touched_sections(self) -> list[str]:
        """Lists of sections, deepest first within each branch."""
        names = [name for name in self._touched if name.startswith(SECTION)]
        return sorted(names, key=lambda name: [*name.split("/"), "\U0010ffff"])

    def _members(self, name: str, start: int, stop: int) -> list[Row]:
        places = self._ledger.members(name, start=start, stop=stop)
        return self._rows.some([place.article_id for place in places])

    # -- articles

    def _removals(self, dirty: Sequence[str]) -> Iterator[Removal]:
        gone = [one for one in dirty if self._rows.get(one) is None]
        if gone:
            for paths in self._ledger.pages_of(gone).values():
                yield from (Removal(path=path) for path in paths)

    def _articles_of(self, name: str) -> Iterator[Output]:
        """The pages of the dirty articles that are filed in this very list, and of those beside them."""
        positions = sorted(self._touched.get(name, ()))
        if not positions:
            return
        neighbours = Neighbours(self._ledger, self._catalogue.shelf(name))
        places = self._own_places(name, positions, neighbours)
        for start in range(0, len(places), _BATCH):
            batch = places[start : start + _BATCH]
            beside = {place.article_id: _beside(neighbours, place) for place in batch}
            self._rows.load(one for pair in beside.values() for one in pair if one)
            for view in self._desk.views([place.article_id for place in batch]):
                yield from self._article(view, *beside[view.article.id])

    def _own_places(self, name: str, positions: Sequence[int], neighbours: Neighbours) -> list[Place]:
        """Places of the list's own articles among these positions and the ones beside them, in order."""
        here = self._here[name]
        found: dict[int, Place] = {}
        for position in positions:
            for place in (neighbours.before(position), here.get(position), neighbours.after(position)):
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
        row = self._rows.of(view)
        yield from self._articles.outputs(
            view,
            row,
            older=self._rows.get(older) if older else None,
            newer=self._rows.get(newer) if newer else None,
        )
        if self._feed_uses[view.article.id] > 0:
            self._entries[view.article.id] = self._syndication.entry(view)

    # -- one section

    def _section(self, name: str) -> Iterator[Output]:
        yield from self._articles_of(name)
        shelf = self._catalogue.shelf(name)
        section = self._atlas.by_path.get(name.removeprefix(SECTION))
        folder = f"s/{name.removeprefix(SECTION)}/"
        if section is None or not shelf.members:
            yield from _all_of_list(shelf, folder)
            yield from (Removal(path=folder + file) for file in ("feed.xml", "atom.xml", "feed.json"))
            return
        head = self._section_head(section, shelf)
        yield from self._list(shelf, folder, head)
        yield from self._feeds(
            name,
            Channel(
                title=f"{' / '.join(section.names)} – {self._press.site.title}",
                description=self._press.messages.text("feed_description", name=" / ".join(section.names)),
                folder=folder,
            ),
        )

    def _section_head(self, section: Section, shelf: Shelf) -> ListHead:
        first = min((row.day for row in self._members(shelf.name, 0, _FIRST_FEW)), default=None)
        above = self._atlas.levels(section.names)[:-1]
        return self._lists.section_head(section, above, shelf.members, first, self._inside[section.names])

    def _list(self, shelf: Shelf, folder: str, head: ListHead) -> Iterator[Page]:
        """The pages of a list that changed."""
        rows = self._members(shelf.name, shelf.index_start, shelf.used)
        yield self._lists.newest(shelf, folder, head, rows)
        for number in self._pages_to_write(shelf):
            rows = self._members(shelf.name, *shelf.range_of(number))
            yield self._lists.numbered(shelf, number, folder, head, rows)

    def _pages_to_write(self, shelf: Shelf) -> Iterable[int]:
        added = self._added.get(shelf.name, set())
        if self._anew or len(added) == shelf.members:  # the list was empty, so its pages were removed
            return range(1, shelf.full_pages + 1)
        return shelf.touched(self._touched[shelf.name], added)

    # -- feeds

    def _plan_feeds(self) -> None:
        """Finds which feeds to write and how many of them each article is in."""
        limit = self._settings.feed_size
        for name in [*self._touched_sections(), ALL]:
            newest = self._ledger.newest(name, limit=limit)
            oldest = newest[-1].position if len(newest) == limit else -1
            if any(position >= oldest for position in self._touched.get(name, ())):
                self._feed_ids[name] = [place.article_id for place in newest]
                self._feed_uses.update(self._feed_ids[name])

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

    def _channel(self) -> Channel:
        site = self._press.site
        about = site.description or self._press.messages.text("feed_description", name=site.title)
        return Channel(title=site.title, description=about, folder="")

    # -- days and months

    def _days(self) -> Iterator[Output]:
        days = self._catalogue.days()
        order = [day.key for day in days]
        sizes = {day.key: day for day in days}
        where = {key: at for at, key in enumerate(order)}
        for key in sorted(self._days_to_write(order)):
            shelf = self._catalogue.shelf(f"{DAY}{key}")
            if key not in sizes:
                yield from _all_of_list(shelf, day_folder(key))
                continue
            at = where[key]
            before = order[at - 1] if at else None
            after = order[at + 1] if at + 1 < len(order) else None
            head = self._lists.day_head(sizes[key], before, after)
            yield from self._list(shelf, day_folder(key), head)
        yield from self._months(order)

    def _days_to_write(self, order: Sequence[str]) -> set[str]:
        """The days that changed, and those beside a day that is new or gone."""
        touched = {name.removeprefix(DAY) for name in self._touched if name.startswith(DAY)}
        standing = {key: at for at, key in enumerate(order)}
        beside: set[str] = set()
        for key in touched:
            shelf = self._catalogue.shelf(f"{DAY}{key}")
            if shelf.members and len(self._added.get(shelf.name, ())) < shelf.members:
                continue
            at = standing.get(key, _position(order, key))
            beside.update(order[max(0, at - 1) : at + 2])
        return touched | beside

    def _months(self, order: Sequence[str]) -> Iterator[Output]:
        months = by_month(self._catalogue.days())
        keys = [month for month, _ in months]
        touched = {name.removeprefix(DAY)[:7] for name in self._changed if name.startswith(DAY)}
        for at, (month, days) in enumerate(months):
            beside = {*keys[max(0, at - 1) : at], *keys[at + 1 : at + 2]}
            if month in touched or beside & touched:
                before = keys[at - 1] if at else None
                after = keys[at + 1] if at + 1 < len(keys) else None
                yield self._lists.month(month, days, before, after)
        yield from (Removal(path=month_path(month)) for month in sorted(touched - set(keys)))

    # -- pages of the whole site

    def _fronts(self, dirty: Sequence[str]) -> Iterator[Output]:
        days = self._catalogue.days()
        sections = self._catalogue.sections(self._atlas)
        recent = self._recent(dirty)
        rows = self._rows.some([one for _, _, one in recent.articles[: front.SHOWN]])
        yield self._lists.home(rows, days, sections)
        yield self._lists.archive(days)
        yield self._lists.sections(sections)
        yield Remembered(key=RECENT, value=front.remember(recent))

    def _recent(self, dirty: Sequence[str]) -> front.Recent:
        known = front.recall(self._ledger.get(RECENT))
        if known is None and not self._had_lists:
            known = front.Recent()
        after = front.updated(known, dirty, self._rows) if known is not None else None
        if after is None:
            days = [(day.key, day.members) for day in self._catalogue.days()]
            after = front.found(self._ledger, self._rows, days)
        return after

    def _sitemaps(self) -> Iterator[Output]:
        open_articles = self._catalogue.shelf(OPEN)
        files = range(0, open_articles.used, SITEMAP_URLS)
        touched = {position // SITEMAP_URLS for position in self._touched.get(OPEN, ())}
        touched |= {start // SITEMAP_URLS for start in files} if self._anew else set()
        for number in sorted(touched):
            start = number * SITEMAP_URLS
            rows = self._members(OPEN, start, start + SITEMAP_URLS)
            yield self._syndication.sitemap_of(f"sitemap-{number + 1}.xml", [(row.href, row.moment) for row in rows])
        lists = ["", *(section.folder for section, _ in self._catalogue.sections(self._atlas))]
        lists += [day_folder(day.key) for day in self._catalogue.days()]
        yield self._syndication.sitemap_of("sitemap-lists.xml", [(folder, None) for folder in lists])
        yield self._syndication.sitemap(
            ["sitemap-lists.xml", *(f"sitemap-{start // SITEMAP_URLS + 1}.xml" for start in files)]
        )


def _all_of_list(shelf: Shelf, folder: str) -> Iterator[Removal]:
    yield Removal(path=f"{folder}index.html")
    yield from (Removal(path=f"{folder}{number}.html") for number in range(1, shelf.full_pages + 1))


def _beside(neighbours: Neighbours, place: Place) -> tuple[str | None, str | None]:
    before, after = neighbours.before(place.position), neighbours.after(place.position)
    return (before.article_id if before else None, after.article_id if after else None)


def _position(order: Sequence[str], key: str) -> int:
    """Where a day that is gone stood among those that are left."""
    return next((at for at, one in enumerate(order) if one > key), len(order))
