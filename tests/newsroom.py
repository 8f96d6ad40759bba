"""A small newspaper in memory for tests of the site: a ledger that keeps its word, a desk with articles to change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.clean import clean
from broadsheet.editions.base import Face, MediaFile, Picture, Remembered, Removal, SourceHealth, View
from broadsheet.editions.site import SiteEdition
from broadsheet.editions.site.dates import moment
from broadsheet.model import Article, CleanHtml, Page, UntrustedHtml
from broadsheet.ports import Place
from broadsheet.settings import EditionSettings, SiteSettings

MORNING = datetime(2025, 11, 22, 6, 20, tzinfo=UTC)

COURIER = Face(
    key="courier", name="City", section=("City", "Courier"), url="https://courier.example", feed_title="Courier"
)
ZAKER = Face(key="zaker", name="ZAKER", section=("新媒体", "ZAKER", "source"), url="https://zaker.example")
LOOSE = Face(key="loose", name="Loose Leaves", section=(), feed_title="Loose Leaves")
FACES = (COURIER, ZAKER, LOOSE)


def article_id(number: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(letters[byte % 32] for byte in blake2b(str(number).encode(), digest_size=16).digest())


def view(
    number: int,
    *,
    title: str | None = None,
    html: str = "<p>It rained, and then it stopped.</p>",
    face: Face = COURIER,
    at: datetime | None = None,
    **more: object,
) -> View:
    """A view; what is no field of `View` goes to its article."""
    of_view = {key: more.pop(key) for key in list(more) if key in View.__struct_fields__}
    body = clean(UntrustedHtml(html), base="https://courier.example/")
    date = at or MORNING - timedelta(hours=number)
    article = Article(
        id=article_id(number),
        arrival=number + 1,
        source_key=face.key,
        url=f"https://courier.example/{number}",
        title=f"Story {number}" if title is None else title,
        published=date,
        first_seen=max(date, MORNING),
        language="en",
    )
    article = msgspec.structs.replace(article, **more)
    plain = View(article=article, face=face, html=body.html, text=body.text, summary=body.text[:120])
    return msgspec.structs.replace(plain, **of_view)


class MemoryLedger:
    """What one edition remembers, as the port says it."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.owners: dict[str, str] = {}
        self.lists_: dict[str, list[str | None]] = {}

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def pages_of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, owner in self.owners.items():
            if owner in article_ids:
                found.setdefault(owner, []).append(path)
        return found

    def place(self, memberships: Mapping[str, Sequence[str]]) -> list[Place]:
        changed = []
        for one, wanted in memberships.items():
            before = {place.list: place for place in self.places_of([one])}
            for name in before.keys() - set(wanted):
                self.lists_[name][before[name].position] = None
                changed.append(before[name])
            for name in wanted:
                if name not in before:
                    slots = self.lists_.setdefault(name, [])
                    changed.append(Place(list=name, position=len(slots), article_id=one))
                    slots.append(one)
        return changed

    def places_of(self, article_ids: Sequence[str]) -> list[Place]:
        return [
            Place(list=name, position=at, article_id=one)
            for name, slots in self.lists_.items()
            for at, one in enumerate(slots)
            if one in set(article_ids)
        ]

    def members(self, list_name: str, *, start: int, stop: int) -> list[Place]:
        slots = self.lists_.get(list_name, [])
        return [
            Place(list=list_name, position=at, article_id=one)
            for at, one in enumerate(slots[start:stop], start)
            if one is not None
        ]

    def newest(self, list_name: str, *, limit: int) -> list[Place]:
        return self.members(list_name, start=0, stop=1 << 30)[::-1][:limit]

    def lists(self, prefix: str) -> list[tuple[str, int, int]]:
        return [
            (name, sum(one is not None for one in slots), len(slots))
            for name, slots in sorted(self.lists_.items())
            if name.startswith(prefix)
        ]


class MemoryDesk:
    """A desk whose articles can be changed; notes whose bodies were read."""

    def __init__(self, views: Sequence[View] = (), health: Sequence[SourceHealth] | None = None) -> None:
        self.all = {one.article.id: one for one in views}
        self.health = list(health) if health is not None else [SourceHealth(face=face, state="ok") for face in FACES]
        self.read: list[str] = []

    def spread(self, printer: Any, jobs: Any, *, articles: int) -> Iterator[Any]:
        return (printer(self, job) for job in jobs)

    def views(self, ids: Sequence[str]) -> Iterator[View]:
        for one in ids:
            if one in self.all:
                self.read.append(one)
                yield self.all[one]

    def heads(self, ids: Sequence[str]) -> Iterator[View]:
        for one in ids:
            if one in self.all:
                yield msgspec.structs.replace(self.all[one], html=CleanHtml(""), text="", pictures={}, enclosures=())

    def sources(self) -> list[SourceHealth]:
        return self.health


class Newsroom:
    """A site edition with its desk and ledger; files that it yields are kept in memory."""

    def __init__(self, *, page_size: int = 5, feed_size: int = 10, **site: object) -> None:
        said = {"title": "The Paper", "url": "https://news.example/daily", "timezone": "Asia/Shanghai"} | site
        self.site = msgspec.convert(said, SiteSettings)
        self.settings = EditionSettings(
            name="site", kind="site", path=Path("public"), page_size=page_size, feed_size=feed_size
        )
        self.desk = MemoryDesk()
        self.ledger = MemoryLedger()
        self.images: dict[str, str] = {}

    @property
    def files(self) -> dict[str, bytes]:
        return self.ledger.files

    def text(self, path: str) -> str:
        return self.files[path].decode()

    def publish(self, *changed: View, gone: Sequence[str] = (), anew: bool = False) -> set[str]:
        """Brings the site up to date; returns the paths that were written with other bytes than before, or removed."""
        for one in changed:
            self.desk.all[one.article.id] = one
        for one in gone:
            self.desk.all.pop(one, None)
        dirty = [one.article.id for one in sorted(changed, key=lambda one: one.article.arrival)] + list(gone)
        if anew:
            self.ledger.values.clear()
            dirty = [one.article.id for one in sorted(self.desk.all.values(), key=lambda one: one.article.arrival)]
        return self._take(dirty)

    def _take(self, dirty: Sequence[str]) -> set[str]:
        touched, values = set(), {}
        edition = SiteEdition(self.settings, self.site)
        for output in edition.update(dirty, self.desk, self.ledger):  # type: ignore[arg-type]
            if isinstance(output, Page):
                if self.files.get(output.path) != output.content:
                    touched.add(output.path)
                self.files[output.path] = output.content
                if output.article_id:
                    self.ledger.owners[output.path] = output.article_id
            elif isinstance(output, MediaFile):
                self.images[output.path] = output.name
            elif isinstance(output, Removal):
                if self.files.pop(output.path, None) is not None:
                    touched.add(output.path)
                self.ledger.owners.pop(output.path, None)
            elif isinstance(output, Remembered):
                values[output.key] = output.value
        self.ledger.values |= values
        return touched


def latest(views: Sequence[View]) -> datetime:
    """The newest date of some articles."""
    return max(moment(one.article) for one in views)


def picture(url: str, name: str | None = None, **more: int) -> Picture:
    return Picture(original=url, name=name, **more)
