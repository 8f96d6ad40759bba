"""What tests of publishing share: an archive that fills at a word, and a small edition that uses every kind of output."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from broadsheet.archive import open_archive
from broadsheet.editions.base import Desk, MediaFile, Output, Remembered, Removal, View
from broadsheet.media_store import FolderMediaStore
from broadsheet.model import (
    Article,
    ArticleWrite,
    Body,
    Changes,
    CleanHtml,
    FetchLogLine,
    Image,
    MediaChanges,
    Page,
    Sighting,
    Source,
    SourceState,
)
from broadsheet.packing import pack_body
from broadsheet.ports import Archive, Ledger
from broadsheet.pressrun import Outlet
from broadsheet.publish import PublishReport, publish
from broadsheet.settings import ImageSettings, Settings, SiteSettings
from broadsheet.writer import FolderWriter

T0 = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SOURCES = tuple(
    Source(
        key=key,
        ref=f"https://{key}.example/feed",
        url=f"https://{key}.example/feed",
        section=("News", key.title(), "Feed"),
        rights=rights,
    )
    for key, rights in (("alpha", None), ("beta", "own"))
)


def settings(folder: Path, **changes: object) -> Settings:
    plain = Settings(
        path=folder / "broadsheet.toml",
        site=SiteSettings(title="Test", url="https://news.example"),
        archive=folder / "archive.db",
        sources=SOURCES,
        images=ImageSettings(path=folder / "media"),
    )
    return msgspec.structs.replace(plain, **changes)


def new_archive(where: Path) -> Archive:
    archive = open_archive(where)
    archive.register(SOURCES, now=T0)
    return archive


def article_id(number: int) -> str:
    return f"a{number:015d}".translate(str.maketrans("0189", "zyxw"))


def fill(archive: Archive, numbers: Sequence[int], *, source: str = "alpha", words: str = "", size: int = 1) -> None:
    """Adds articles, or edits those that are there; `words` go into their text."""
    known = {article.id for article in archive.articles([article_id(number) for number in numbers])}
    writes = [_write(number, source, words, size, changed=article_id(number) in known) for number in numbers]
    _apply(
        archive,
        source,
        new=tuple(write for write in writes if not write.changed),
        edits=tuple(write for write in writes if write.changed),
    )


def _apply(archive: Archive, source: str, *, new: tuple[ArticleWrite, ...], edits: tuple[ArticleWrite, ...]) -> None:
    sightings = tuple(
        Sighting(
            source_key=source,
            entry_key=blake2b(write.article.id.encode(), digest_size=16).digest(),
            article_id=write.article.id,
            content_digest=write.article.clean_digest,
            first_seen=T0,
        )
        for write in (*new, *edits)
    )
    state = SourceState(key=source, feed_title=f"Feed {source}", last_fetch=T0, last_success=T0)
    log = FetchLogLine(source_key=source, at=T0, status=200, outcome="fetched")
    assert archive.apply(
        [Changes(source_key=source, state=state, new=new, edits=edits, sightings=sightings, log=log)]
    ) == [None]


def _write(number: int, source: str, words: str, size: int, *, changed: bool) -> ArticleWrite:
    image = f"https://img.example/{number % 10}.png"
    text = f"Text of {number}. {words} " * size
    html = CleanHtml(f'<p>{text}</p><img src="{image}">')
    article = Article(
        id=article_id(number),
        source_key=source,
        url=f"https://{source}.example/{number}",
        title=f"Article {number}",
        published=T0 + timedelta(minutes=number),
        first_seen=T0,
        changed_at=T0 if changed else None,
        summary=text[:280],
        lead_image=image,
        clean_digest=blake2b(html.encode(), digest_size=16).digest(),
        length_chars=len(text),
    )
    body = Body(html=html, text=text, images=(Image(url=image),))
    return ArticleWrite(
        article=article,
        body=pack_body(body),
        title_tokens=article.title,
        text_tokens=text,
        images=(image,),
        changed=("html",) if changed else (),
    )


def mirror(archive: Archive, media: FolderMediaStore, picture: bytes) -> None:
    """Has the first of the articles' ten images mirrored."""
    stored = media.put(picture)
    archive.apply_media([MediaChanges(url="https://img.example/1.png", stored=stored, at=T0)])


class SmallEdition:
    """A page an article, pages of ten, a style sheet, and mirrored images; counts what it asks for."""

    def __init__(
        self, name: str = "small", *, print_: str = "1", folder: str = "posts", media: str = "edition"
    ) -> None:
        self.name = name
        self.print_ = print_
        self.folder = folder
        self.media = media
        self.views_read = 0
        self.extra: list[Output] = []

    def fingerprint(self) -> str:
        return self.print_

    def update(self, dirty: Sequence[str], desk: Desk, ledger: Ledger) -> Iterator[Output]:
        yield from self.extra
        if ledger.get("style") != self.print_:
            yield Page(path="style.css", content=f"/* {self.print_} */".encode())
            yield Remembered(key="style", value=self.print_)
        here = {view.article.id for view in desk.heads(dirty)}
        touched = {place.position // 10 for place in ledger.places_of(dirty)}
        placed = ledger.place({article: ["all"] if article in here else [] for article in dirty})
        touched |= {place.position // 10 for place in placed}
        for view in desk.views(dirty):
            self.views_read += 1
            yield self._page(view)
            for picture in view.pictures.values():
                if picture.name:
                    yield MediaFile(path=f"media/{picture.name}", name=picture.name, root=self.media)  # type: ignore[arg-type]
        for number in sorted(touched):
            members = ledger.members("all", start=number * 10, stop=number * 10 + 10)
            path = f"page/{number}.html"
            content = "\n".join(place.article_id for place in members).encode()
            yield Page(path=path, content=content) if members else Removal(path=path)

    def _page(self, view: View) -> Page:
        path = f"{self.folder}/{view.face.section[-2]}/{view.article.id}.html"
        return Page(path=path, content=f"{view.article.title}\n{view.html}".encode(), article_id=view.article.id)


class Desktop:
    """An archive with one edition, published to a folder as often as asked."""

    def __init__(self, folder: Path, edition: SmallEdition | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.settings = settings(folder)
        self.archive = new_archive(folder / "archive.db")
        self.media = FolderMediaStore(folder / "media")
        self.edition = edition or SmallEdition()
        self.out = folder / "out"
        self.progress: list[tuple[str, int]] = []

    def publish(self) -> PublishReport:
        writer = FolderWriter(self.out, edition=self.edition.name)
        outlet = Outlet(edition=self.edition, pages=writer)
        return publish(
            self.archive,
            self.settings,
            [outlet],
            self.media,
            progress=lambda *event: self.progress.append(event),
        )

    def tree(self) -> dict[str, bytes]:
        return tree(self.out)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, the hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What shows that a file or folder was touched."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mtime_ns, path.lstat().st_ino)
        for path in folder.rglob("*")
    }
