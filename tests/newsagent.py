"""What tests of a sync share: sources on a web that answers as told, a real archive, and a clock that stands still."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.archive import open_archive
from broadsheet.fakes import Answer, FakeFetcher
from broadsheet.media_store import FolderMediaStore
from broadsheet.model import Article, ArticleRecord, Cut, FetchRequest, FetchResponse, Source, SourceState
from broadsheet.pipeline.context import Context
from broadsheet.pipeline.report import SourceEvent, SyncReport
from broadsheet.pipeline.sync import sync
from broadsheet.pool import CpuPool
from broadsheet.ports import ArticleFilter
from broadsheet.settings import FetchSettings, ImageSettings, Settings, SiteSettings

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG = "The harbour lay under fog for three days, and no ferry left before the bell rang. " * 20


def source(name: str = "paper", **said: Any) -> Source:
    """A source with its own host."""
    url = f"https://{name}.example/feed"
    plain = Source(key=url, ref=url, url=url, section=("News", name.title()))
    return msgspec.structs.replace(plain, **said)


def item(name: str, *, html: str = LONG, **said: str) -> str:
    """An RSS item of a host that is named after its first letters: `paper/1` is on paper.example."""
    tags = {"guid": name, "link": f"https://{name.replace('/', '.example/', 1)}", "title": f"Title of {name}"} | said
    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    plain = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags.items() if text)
    return f"<item>{plain}<description>{escaped}</description></item>"


def rss(*items: str, head: str = "<title>Paper</title>") -> bytes:
    """An RSS document."""
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def answer(
    body: bytes = b"", status: int = 200, *, retry_after_s: float | None = None, cut: Cut | None = None, **headers: str
) -> FetchResponse:
    """An answer of the fake web; headers with `_` for `-`."""
    return FetchResponse(
        url="",
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        wire_bytes=len(body),
        retry_after_s=retry_after_s,
        cut=cut,
    )


class Web(FakeFetcher):
    """The fake web, with a moment between question and answer, in which others get on."""

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        await asyncio.sleep(0)
        return await super().fetch(request)


class Heard:
    """A progress that remembers what it hears."""

    def __init__(self) -> None:
        self.began: list[tuple[str, int]] = []
        self.events: list[SourceEvent] = []
        self.advanced: list[str] = []

    def begin(self, stage: str, total: int) -> None:
        self.began.append((stage, total))

    def advance(self, stage: str, event: SourceEvent | None = None) -> None:
        self.advanced.append(stage)
        if event is not None:
            self.events.append(event)


class Newsagent:
    """Sources, their archive, and a way to sync them as often as asked."""

    def __init__(
        self, folder: Path, sources: Iterable[Source] = (), *, answers: dict[str, Answer] | None = None, **fetch: Any
    ) -> None:
        self.settings = Settings(
            path=folder / "broadsheet.toml",
            site=SiteSettings(title="Test", url="https://news.example"),
            archive=folder / "archive.db",
            fetch=FetchSettings(**fetch),
            images=ImageSettings(path=folder / "media"),
        )
        self.archive: Any = open_archive(":memory:")
        self.fetcher = Web(answers or {})
        self.media: Any = FolderMediaStore(folder / "media")
        self.pool: Any = CpuPool(workers=0)
        self.now = START
        self.heard = Heard()
        self.register(*sources)

    def register(self, *sources: Source) -> None:
        self.archive.register(list(sources), now=self.now)

    def images(self, **said: Any) -> None:
        self.settings = msgspec.structs.replace(
            self.settings, images=msgspec.structs.replace(self.settings.images, **said)
        )

    @property
    def context(self) -> Context:
        return Context(
            archive=self.archive,
            fetcher=self.fetcher,
            media=self.media,
            pool=self.pool,
            settings=self.settings,
            clock=lambda: self.now,
            progress=self.heard,
        )

    def sync(self, *, keys: Collection[str] | None = None, everything: bool = False) -> SyncReport:
        self.heard = Heard()
        return asyncio.run(sync(self.context, keys=keys, everything=everything))

    def later(self, wait: timedelta) -> SyncReport:
        """A sync after some time."""
        self.now += wait
        return self.sync()

    @property
    def asked(self) -> list[str]:
        """Every URL that was asked for."""
        return [request.url for request in self.fetcher.requests]

    def asked_now(self) -> list[str]:
        """The URLs that were asked for since this was asked last."""
        asked, self.fetcher.requests = self.asked, []
        return asked

    def state(self, one: Source | None = None) -> SourceState:
        states = {row.source.key: row.state for row in self.archive.sources(now=self.now)}
        return states[(one or source()).key]

    def articles(self) -> list[Article]:
        """All articles by title."""
        return sorted(self.archive.list_articles(ArticleFilter()), key=lambda article: article.title)

    def record(self, title: str) -> ArticleRecord:
        (found,) = (article for article in self.articles() if article.title == title)
        record = self.archive.article(found.id)
        assert record is not None
        return record
