"""Writing articles: new ones, their publishers' edits, and what pages made of them.

An edit copies the state before it into a revision. A page's text stands in a table of its own, so that the feed's is
never lost and enrichment never looks like an edit.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from broadsheet.archive.sqlite import search
from broadsheet.archive.sqlite.batch import Batch
from broadsheet.archive.sqlite.rows import micros, micros_or_none, pack_list, packed_of
from broadsheet.archive.sqlite.search import Words, words_of
from broadsheet.model import Article, ArticleWrite, Capture, Packed, Value

_COLUMNS: Final = (
    "url",
    "canonical",
    "title",
    "author",
    "published",
    "updated",
    "changed_at",
    "tags",
    "lead_image",
    "language",
    "license",
    "rights",
    "summary",
    "clean_digest",
    "length_chars",
    "withdrawn_at",
)
"""What an edit may change, in the order of `_values`."""

_INSERT = f"""
    INSERT INTO articles (arrival, id, source, first_seen, shown, search_check, {", ".join(_COLUMNS)})
    VALUES (?, ?, ?, ?, ?, ?{", ?" * len(_COLUMNS)})
"""

_UPDATE = f"""
    UPDATE articles
    SET shown = ?, search_check = ?, {", ".join(f"{column} = ?" for column in _COLUMNS)}
    WHERE arrival = ?
"""

_INSERT_BODY = "INSERT INTO {bodies} (article, codec, dictionary, data) VALUES (?, ?, ?, ?)"
_SAVE_BODY = """
    INSERT INTO {bodies} (article, codec, dictionary, data) VALUES (?, ?, ?, ?)
    ON CONFLICT (article) DO UPDATE
    SET codec = excluded.codec, dictionary = excluded.dictionary, data = excluded.data
"""

_BEFORE_COLUMNS: Final = (
    "shown",
    "search_check",
    "title",
    "author",
    "published",
    "lead_image",
    "language",
    "license",
    "summary",
    "clean_digest",
    "length_chars",
    "changed_at",
)

_BEFORE = f"""
    SELECT {", ".join(f"a.{column}" for column in _BEFORE_COLUMNS)},
        coalesce(p.codec, f.codec), coalesce(p.dictionary, f.dictionary), coalesce(p.data, f.data)
    FROM articles a
    LEFT JOIN page_bodies p ON a.shown = 'page' AND p.article = a.arrival
    LEFT JOIN feed_bodies f ON a.shown = 'feed' AND f.article = a.arrival
    WHERE a.arrival = ?
"""

# Nothing for an edit that was applied before.
_REVISE = """
    INSERT OR IGNORE INTO revisions (article, seen_at, changed, url, title, author, published, updated, tags,
        lead_image, language, license, rights, summary, clean_digest, codec, dictionary, data)
    SELECT a.arrival, ?, ?, a.url, a.title, a.author, a.published, a.updated, a.tags, a.lead_image, a.language,
        a.license, a.rights, a.summary, a.clean_digest, b.codec, b.dictionary, b.data
    FROM articles a
    JOIN {bodies} b ON b.article = a.arrival
    WHERE a.arrival = ?
"""

_ADD_MEDIA = "INSERT INTO media (url, next_try) VALUES (?, ?) ON CONFLICT (url) DO NOTHING"
_ADD_USE = "INSERT OR IGNORE INTO media_uses (article, media) SELECT ?, id FROM media WHERE url = ?"

_ADD_CAPTURE = """
    INSERT INTO captures (article, source, entry_key, kind, taken_at, url, codec, dictionary, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
"""


def add(batch: Batch, writes: Iterable[ArticleWrite], *, at: datetime) -> None:
    """Adds the articles that are not there yet, at the end of the order of arrival."""
    articles, bodies = [], []
    added = []
    for write in writes:
        article = write.article
        if batch.knows(article.id):
            continue
        arrival = batch.add(article.id)
        words = _words(write)
        source = batch.source(article.source_key)
        articles.append(
            (arrival, article.id, source, micros(article.first_seen), "feed", words.check, *_values(article).values())
        )
        bodies.append((arrival, *_packed(write.body)))
        batch.reword(arrival, old=None, new=words)
        batch.dirty(article.id)
        added.append(write)
    batch.connection.executemany(_INSERT, articles)
    batch.connection.executemany(_INSERT_BODY.format(bodies="feed_bodies"), bodies)
    _use_images(batch, added, at=at)


def edit(batch: Batch, write: ArticleWrite, *, at: datetime, awaits_page: bool) -> None:
    """Makes the article what its publisher's feed says now; what was shown before becomes a revision.

    Args:
        batch: the transaction.
        write: the new state.
        at: when the edit was seen, if the article does not say.
        awaits_page: its page is about to be fetched anew; until that is done the page's earlier text stays shown, which
            is better than the feed's summary.
    """
    arrival = batch.arrival(write.article.id)
    before = _before(batch, arrival)
    seen_at = micros(write.article.changed_at or at)
    revise = _REVISE.format(bodies=f"{before.shown}_bodies")
    if batch.connection.execute(revise, (seen_at, pack_list(write.changed), arrival)).rowcount < 1:
        return
    values, new, shown = _values(write.article), _words(write), "feed"
    if awaits_page and before.shown == "page":
        values |= _of_page(write.article, before)
        new, shown = _retitled(batch, arrival, before, write), "page"
    _save(batch, arrival, before, article_id=write.article.id, values=values, shown=shown, new=new)
    batch.connection.execute(_SAVE_BODY.format(bodies="feed_bodies"), (arrival, *_packed(write.body)))
    _use_images(batch, [write], at=at)


def enrich(batch: Batch, write: ArticleWrite, *, at: datetime) -> None:
    """Shows the page's text from now on; the feed's stays beside it, and nothing becomes a revision."""
    arrival = batch.arrival(write.article.id)
    before = _before(batch, arrival)
    if before.shown == "page" and before.body == write.body:
        return
    # What tells an edit from noise is the feed's alone.
    values = _values(write.article) | {"clean_digest": before.clean_digest, "changed_at": before.changed_at}
    _save(batch, arrival, before, article_id=write.article.id, values=values, shown="page", new=_words(write))
    batch.connection.execute(_SAVE_BODY.format(bodies="page_bodies"), (arrival, *_packed(write.body)))
    _use_images(batch, [write], at=at)


def add_captures(batch: Batch, captures: Collection[Capture]) -> None:
    """Keeps the raw bytes; a capture that is there already stays as it is."""
    batch.connection.executemany(
        _ADD_CAPTURE,
        [
            (
                batch.arrival(capture.article_id),
                batch.source(capture.source_key),
                capture.entry_key,
                capture.kind,
                micros(capture.taken_at),
                capture.url,
                *_packed(capture.packed),
            )
            for capture in captures
        ],
    )


class _Before(Value, frozen=True, kw_only=True):
    """An article as it is in the archive, and the body that it shows; times as they are stored."""

    shown: str
    search_check: int
    title: str
    author: str | None
    published: int | None
    lead_image: str | None
    language: str | None
    license: str | None
    summary: str
    clean_digest: bytes
    length_chars: int
    changed_at: int | None
    body: Packed


def _before(batch: Batch, arrival: int) -> _Before:
    row = batch.connection.execute(_BEFORE, (arrival,)).fetchone()
    columns = dict(zip(_BEFORE_COLUMNS, row, strict=False))
    return _Before(**columns, body=packed_of(row[len(_BEFORE_COLUMNS) :]))


def _save(
    batch: Batch,
    arrival: int,
    before: _Before,
    *,
    article_id: str,
    values: dict[str, object],
    shown: str,
    new: Words,
) -> None:
    old = _indexed(batch, arrival, before)
    check = search.UNKNOWN if old is None else new.check
    batch.connection.execute(_UPDATE, (shown, check, *values.values(), arrival))
    if old is None:
        search.mark_stale(batch.connection)
    else:
        batch.reword(arrival, old=old, new=new)
    batch.dirty(article_id)


def _indexed(batch: Batch, arrival: int, before: _Before) -> Words | None:
    """The words that the index has of the article; `None` if they cannot be told any more."""
    words = batch.words(arrival) or words_of(before.title, before.body, batch.dictionaries)
    return words if words.check == before.search_check else None


def _words(write: ArticleWrite) -> Words:
    return Words(title=write.title_tokens, text=write.text_tokens)


def _retitled(batch: Batch, arrival: int, before: _Before, write: ArticleWrite) -> Words:
    """The words of the text that stays, under the new title."""
    kept = batch.words(arrival) or words_of(before.title, before.body, batch.dictionaries)
    return Words(title=write.title_tokens, text=kept.text)


def _of_page(article: Article, before: _Before) -> dict[str, object]:
    """What the page's text brought with it and the feed does not replace."""
    return {
        "author": article.author or before.author,
        "published": micros_or_none(article.published) if article.published else before.published,
        "lead_image": before.lead_image or article.lead_image,
        "language": article.language or before.language,
        "license": article.license or before.license,
        "summary": before.summary,
        "length_chars": before.length_chars,
    }


def _values(article: Article) -> dict[str, object]:
    return {
        "url": article.url,
        "canonical": article.canonical,
        "title": article.title,
        "author": article.author,
        "published": micros_or_none(article.published),
        "updated": micros_or_none(article.updated),
        "changed_at": micros_or_none(article.changed_at),
        "tags": pack_list(article.tags),
        "lead_image": article.lead_image,
        "language": article.language,
        "license": article.license,
        "rights": article.rights,
        "summary": article.summary,
        "clean_digest": article.clean_digest,
        "length_chars": article.length_chars,
        "withdrawn_at": micros_or_none(article.withdrawn_at),
    }


def _packed(packed: Packed) -> tuple[int, int, bytes]:
    return packed.codec, packed.dictionary, packed.data


def _use_images(batch: Batch, writes: Iterable[ArticleWrite], *, at: datetime) -> None:
    """Notes which article shows which image; one that nobody has seen yet waits to be mirrored."""
    uses = [(batch.arrival(write.article.id), url) for write in writes for url in write.images]
    if uses:
        due = micros(at)
        batch.connection.executemany(_ADD_MEDIA, [(url, due) for _, url in uses])
        batch.connection.executemany(_ADD_USE, uses)
