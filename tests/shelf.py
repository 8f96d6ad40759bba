"""Articles for editions without an archive: views made by hand, a desk that has them, a ledger in memory."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet.clean.policy import sanitise
from broadsheet.editions.base import Edition, Face, MediaFile, Output, Removal, SourceHealth, View
from broadsheet.model import Article, Page
from broadsheet.ports import Place

SECTION = ("新媒体", "ZAKER", "source")
DAY = datetime(2021, 11, 22, 20, 25, 24, tzinfo=UTC)


def article_id(number: int) -> str:
    """A stable id of the right shape for a number."""
    digits = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(digits[byte % 32] for byte in blake2b(str(number).encode(), digest_size=16).digest())


def make_view(
    number: int = 1,
    *,
    title: str = "A title",
    html: str = "<p>Some text.</p>",
    section: tuple[str, ...] = SECTION,
    date: datetime = DAY,
    **more: object,
) -> View:
    """A view; what is not a field of `View` goes to its article."""
    of_view = {key: more.pop(key) for key in list(more) if key in View.__struct_fields__}
    article = msgspec.convert(
        {"id": article_id(number), "arrival": number, "source_key": "s", "url": f"https://example.org/{number}"}
        | {"title": title, "published": date, "first_seen": date}
        | more,
        Article,
    )
    name = section[-2] if len(section) > 1 else "Feed"
    clean = sanitise(html)
    view = View(
        article=article, face=Face(key="s", name=name, section=section), html=clean, text="Some text.", summary="Short."
    )
    return msgspec.structs.replace(view, **of_view)


class TableDesk:
    """A desk with just these views."""

    def __init__(self, views: Sequence[View], faces: Sequence[Face] = ()) -> None:
        self._views = {view.article.id: view for view in views}
        self._faces = faces or list(dict.fromkeys(view.face.section for view in views))

    def spread(self, printer: Any, jobs: Any, *, articles: int) -> Iterator[Any]:
        return (printer(self, job) for job in jobs)

    def views(self, ids: Sequence[str]) -> Iterator[View]:
        return (self._views[one] for one in ids if one in self._views)

    def heads(self, ids: Sequence[str]) -> Iterator[View]:
        return self.views(ids)

    def sources(self) -> list[SourceHealth]:
        faces = {view.face.section: view.face for view in self._views.values()}
        return [SourceHealth(face=face, state="ok") for face in faces.values()]


class TableLedger:
    """A ledger in memory, with what the Hexo edition asks of one."""

    def __init__(self) -> None:
        self.paths: dict[str, list[str]] = {}
        self.lists_of: dict[str, set[str]] = {}

    def pages_of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        return {one: list(self.paths[one]) for one in article_ids if one in self.paths}

    def places_of(self, article_ids: Sequence[str]) -> list[Place]:
        return [
            Place(list=name, position=0, article_id=one)
            for one in article_ids
            for name in sorted(self.lists_of.get(one, ()))
        ]

    def place(self, memberships: Mapping[str, Sequence[str]]) -> list[Place]:
        for one, names in memberships.items():
            self.lists_of[one] = set(names)
        return []

    def lists(self, prefix: str) -> list[tuple[str, int, int]]:
        names = sorted(name for names in self.lists_of.values() for name in names if name.startswith(prefix))
        return [(name, names.count(name), names.count(name)) for name in dict.fromkeys(names)]


def publish(edition: Edition, views: Sequence[View], ledger: TableLedger, gone: Sequence[str] = ()) -> list[Output]:
    """What the edition yields for these views and these articles that are gone; the ledger has it afterwards."""
    dirty = [*(view.article.id for view in views), *gone]
    outputs = list(edition.update(dirty, TableDesk(views), ledger))  # type: ignore[arg-type]
    for output in outputs:
        if isinstance(output, Page) and output.article_id:
            known = ledger.paths.setdefault(output.article_id, [])
            known.extend([output.path] if output.path not in known else [])
        if isinstance(output, Removal):
            for known in ledger.paths.values():
                known[:] = [path for path in known if path != output.path]
    return outputs


def pages(outputs: Sequence[Output]) -> dict[str, str]:
    """The pages' texts by their paths."""
    return {output.path: output.content.decode() for output in outputs if isinstance(output, Page)}


def removed(outputs: Sequence[Output]) -> list[str]:
    """The paths of all removals."""
    return [output.path for output in outputs if isinstance(output, Removal)]


def mirrored(outputs: Sequence[Output]) -> list[str]:
    """The names of all images."""
    return [output.name for output in outputs if isinstance(output, MediaFile)]
