"""Sources, articles and changes for tests of archives; small, readable, and different from each other by a number."""

from base64 import b32encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from broadsheet.model import (
    Article,
    ArticleWrite,
    Body,
    Capture,
    Changes,
    CleanHtml,
    FetchLogLine,
    Image,
    PageChanges,
    PageFetch,
    Sighting,
    Source,
    SourceState,
    StoredMedia,
)
from broadsheet.packing import pack_body, pack_bytes
from broadsheet.tokens import index_text

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def digest(*parts: object, size: int = 16) -> bytes:
    """Some bytes that depend on the parts."""
    return blake2b("|".join(map(str, parts)).encode(errors="replace"), digest_size=size).digest()


def source(number: int, *, section: tuple[str, ...] | None = None) -> Source:
    """The source with the key `source-<number>`."""
    url = f"https://site{number}.example/feed.xml"
    return Source(key=f"source-{number}", ref=url, url=url, section=section or ("News", f"Site {number}"))


def sources(count: int) -> list[Source]:
    """The first sources."""
    return [source(number) for number in range(count)]


def article_id(number: int, entry: int) -> str:
    """The id of one article of a source."""
    return b32encode(digest(number, entry, size=10)).decode().lower()


def entry_key(number: int, entry: int) -> bytes:
    """The key of one entry of a source."""
    return digest("entry", number, entry)


def body(text: str, *images: str) -> Body:
    """A body of one paragraph."""
    return Body(html=CleanHtml(f"<p>{text}</p>"), text=text, images=tuple(Image(url=url) for url in images))


def write(
    number: int,
    entry: int,
    *,
    title: str | None = None,
    text: str | None = None,
    images: tuple[str, ...] = (),
    published: datetime | None = None,
    first_seen: datetime = NOW,
    changed_at: datetime | None = None,
    changed: tuple[str, ...] = (),
) -> ArticleWrite:
    """An article of a source, ready to be written."""
    title = f"Title {number}-{entry}" if title is None else title
    text = f"Text of entry {entry} of source {number}. 第{number}個來源的第{entry}篇文章。" if text is None else text
    url = f"https://site{number}.example/{entry}"
    article = Article(
        id=article_id(number, entry),
        source_key=f"source-{number}",
        url=f"{url}?utm_source=feed",
        canonical=url,
        title=title,
        author="Ada",
        published=published,
        updated=published,
        first_seen=first_seen,
        changed_at=changed_at,
        tags=("one", "two"),
        lead_image=images[0] if images else None,
        language="en",
        license="CC BY 4.0",
        rights="Ada",
        summary=text[:40],
        clean_digest=digest(title, text, size=12),
        length_chars=len(text),
    )
    return ArticleWrite(
        article=article,
        body=pack_body(body(text, *images)),
        title_tokens=index_text(title),
        text_tokens=index_text(text),
        images=images,
        changed=changed,
    )


def sighting(number: int, entry: int, item: ArticleWrite, *, at: datetime = NOW) -> Sighting:
    """That a source carries an article as one of its entries."""
    return Sighting(
        source_key=f"source-{number}",
        entry_key=entry_key(number, entry),
        article_id=item.article.id,
        content_digest=digest(item.article.title, item.body.data, size=12),
        first_seen=at,
        url=item.article.url,
        title=item.article.title,
    )


def capture(number: int, entry: int, item: ArticleWrite, *, at: datetime = NOW) -> Capture:
    """The raw item that an article was made from."""
    return Capture(
        article_id=item.article.id,
        source_key=f"source-{number}",
        entry_key=entry_key(number, entry),
        kind="item",
        taken_at=at,
        url=item.article.url,
        packed=pack_bytes(f"<item><title>{item.article.title}</title></item>".encode(errors="replace") * 3),
    )


def quiet(number: int, *, at: datetime = NOW) -> Changes:
    """What a 304 changes."""
    key = f"source-{number}"
    return Changes(
        source_key=key,
        state=SourceState(key=key, last_fetch=at, last_success=at, next_due=at + HOUR),
        log=FetchLogLine(source_key=key, at=at, status=304, outcome="unchanged", duration_s=0.25),
    )


def changes(
    number: int,
    new: Sequence[ArticleWrite] = (),
    *,
    edits: Sequence[ArticleWrite] = (),
    pages: Sequence[PageFetch] = (),
    at: datetime = NOW,
) -> Changes:
    """What a fetch that brought these articles changes, with a sighting and a capture of each."""
    numbers = {article_id(number, entry): entry for entry in range(200)}
    items = [(numbers[item.article.id], item) for item in (*new, *edits)]
    quietly = quiet(number, at=at)
    return msgspec.structs.replace(
        quietly,
        window={entry_key(number, entry): digest(entry, size=12) for entry, _ in items},
        new=tuple(new),
        edits=tuple(edits),
        sightings=tuple(sighting(number, entry, item, at=at) for entry, item in items),
        captures=tuple(capture(number, entry, item, at=at) for entry, item in items),
        pages=tuple(pages),
        log=msgspec.structs.replace(
            quietly.log, status=200, outcome="fetched", entries=len(items), new=len(new), changed=len(edits)
        ),
    )


def first_fetch(number: int, count: int, *, at: datetime = NOW) -> Changes:
    """What the first fetch of a source with this many entries changes."""
    return changes(number, [write(number, entry, first_seen=at) for entry in range(count)], at=at)


def page_fetch(number: int, entry: int, *, at: datetime = NOW) -> PageFetch:
    """That an article's page is to be fetched."""
    return PageFetch(
        article_id=article_id(number, entry),
        source_key=f"source-{number}",
        url=f"https://site{number}.example/{entry}",
        next_try=at,
    )


def page_of(number: int, entry: int, text: str, *, images: tuple[str, ...] = ()) -> PageChanges:
    """That the page of an article gave this text."""
    item = write(number, entry)
    return PageChanges(
        article_id=item.article.id,
        write=ArticleWrite(
            article=msgspec.structs.replace(
                item.article, author="Page author", length_chars=len(text), clean_digest=b"of the page"
            ),
            body=pack_body(msgspec.structs.replace(body(text, *images), origin="page")),
            title_tokens=index_text(item.article.title),
            text_tokens=index_text(text),
            images=images,
            origin="page",
        ),
        capture=msgspec.structs.replace(
            capture(number, entry, item, at=NOW + HOUR), kind="page", entry_key=b"", packed=pack_bytes(b"<html>page")
        ),
    )


def stored(name: str) -> StoredMedia:
    """A file in the media store."""
    return StoredMedia(name=f"ab/{name}", sha256=digest(name).hex(), mime="image/png", size_bytes=10, width=4, height=3)
