"""What a digest changes: old state + what was read + now -> `Changes`. Policy only, no I/O.

An entry is one of: unchanged (nothing), new (an article), also elsewhere (a sighting of another source's article),
noise (its bytes changed, not what a reader sees) or an edit by its publisher (a revision).
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from broadsheet.digest import PageDraft
from broadsheet.frontier import next_try
from broadsheet.identity import tombstone
from broadsheet.model import (
    Article,
    ArticleWrite,
    Capture,
    Changes,
    Digest,
    Draft,
    FetchLogLine,
    FullText,
    Known,
    PageChanges,
    PageFetch,
    Sighting,
    Source,
    SourceState,
    Value,
)


class Knowledge(Value, frozen=True, kw_only=True):
    """What the archive has that a digest may touch: by entry of this source, and by canonical URL of any."""

    entries: Mapping[bytes, Known]
    urls: Mapping[str, Known]
    tombstones: frozenset[bytes] = frozenset()


class Tally(Value, frozen=True, kw_only=True):
    """How many entries of one document were what."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0


class Decision(Value, frozen=True, kw_only=True):
    """Changes for the archive, and the tally for the report."""

    changes: Changes
    tally: Tally


class _Pile:
    """What accumulates while the drafts of one digest are decided."""

    def __init__(self) -> None:
        self.new: list[ArticleWrite] = []
        self.edits: list[ArticleWrite] = []
        self.sightings: list[Sighting] = []
        self.captures: list[Capture] = []
        self.pages: list[PageFetch] = []
        self.duplicates = 0


def decide(
    source: Source,
    state: SourceState,
    digest: Digest,
    known: Knowledge,
    *,
    log: FetchLogLine,
    mirror_images: bool,
    now: datetime,
) -> Decision:
    """Everything that one read document changes.

    Args:
        source: as configured.
        state: the state after this fetch (see `frontier`).
        digest: what the CPU stage made of the document.
        known: of every draft's entry key and canonical URL.
        log: of the fetch; the counts of entries are filled in here.
        mirror_images: images of new and edited articles are to be fetched.
        now: the time of the fetch.
    """
    pile = _Pile()
    for draft in digest.drafts:
        if known.tombstones and tombstone(source.key, draft.entry_key) in known.tombstones:
            continue
        before = known.entries.get(draft.entry_key)
        if before is not None:
            _seen_before(draft, before, source, pile, now=now, mirror=mirror_images)
            continue
        twin = _twin(draft, source, known)
        if twin is None:
            _new(draft, source, pile, now=now, mirror=mirror_images)
        else:
            pile.duplicates += twin.source_key != source.key
            _seen_again(draft, twin, source, pile, first_seen=now, now=now, mirror=mirror_images)
    return _decision(source, state, digest, pile, log=log, now=now)


def _decision(
    source: Source, state: SourceState, digest: Digest, pile: _Pile, *, log: FetchLogLine, now: datetime
) -> Decision:
    tally = Tally(seen=digest.seen, new=len(pile.new), changed=len(pile.edits), duplicate=pile.duplicates)
    state = msgspec.structs.replace(
        state,
        feed_title=digest.feed_title or state.feed_title,
        feed_link=digest.feed_link or state.feed_link,
        problems=digest.problems,
        last_new=now if pile.new else state.last_new,
    )
    changes = Changes(
        source_key=source.key,
        state=state,
        window=digest.window,
        new=tuple(pile.new),
        edits=tuple(pile.edits),
        sightings=tuple(pile.sightings),
        captures=tuple(pile.captures),
        pages=tuple(pile.pages),
        log=msgspec.structs.replace(log, entries=digest.seen, new=tally.new, changed=tally.changed),
    )
    return Decision(changes=changes, tally=tally)


def _new(draft: Draft, source: Source, pile: _Pile, *, now: datetime, mirror: bool) -> None:
    article = draft.article
    pile.new.append(_write(draft, article, mirror=mirror))
    pile.sightings.append(_sighting(draft, source, article.id, now))
    pile.captures.append(_capture(draft, source, article.id, now))
    pile.pages.extend(_page(article, draft, source.full_text, now))


def _seen_before(draft: Draft, before: Known, source: Source, pile: _Pile, *, now: datetime, mirror: bool) -> None:
    if before.content_digest == draft.content_digest:
        return
    _seen_again(draft, before, source, pile, first_seen=before.first_seen, now=now, mirror=mirror)


def _seen_again(
    draft: Draft, before: Known, source: Source, pile: _Pile, *, first_seen: datetime, now: datetime, mirror: bool
) -> None:
    """A sighting of an article that the archive has; with an edit of it, if that is to be seen and its own source's."""
    pile.sightings.append(_sighting(draft, source, before.article_id, first_seen))
    # Another source's article, or a change that nobody could see: remember the new digest, and that is all.
    if before.source_key != source.key or before.clean_digest == draft.article.clean_digest:
        return
    edited = msgspec.structs.replace(
        draft.article,
        id=before.article_id,
        first_seen=before.first_seen,
        published=draft.article.published or before.published,
        changed_at=now,
    )
    changed = ("title", "text") if edited.title != before.title else ("text",)
    pile.edits.append(_write(draft, edited, mirror=mirror, changed=changed))
    pile.captures.append(_capture(draft, source, before.article_id, now))
    pile.pages.extend(_page(edited, draft, source.full_text, now))


def _twin(draft: Draft, source: Source, known: Knowledge) -> Known | None:
    """The article that this entry carries under another name, `None` if it stands for itself.

    Another source's article has the same address and title. One of the same source (a feed that makes up new guids)
    must have the same date or text as well: a standing page may announce two things under one title.
    """
    article = draft.article
    if article.canonical is None or not draft.lonely_url:
        return None
    twin = known.urls.get(article.canonical)
    if twin is None or _folded(twin.title) != _folded(article.title):
        return None
    if twin.source_key != source.key or article.clean_digest == twin.clean_digest:
        return twin
    return twin if article.published is not None and article.published == twin.published else None


def _folded(title: str) -> str:
    return "".join(character for character in title.casefold() if character.isalnum())


def _write(draft: Draft, article: Article, *, mirror: bool, changed: tuple[str, ...] = ()) -> ArticleWrite:
    return ArticleWrite(
        article=article,
        body=draft.body,
        title_tokens=draft.title_tokens,
        text_tokens=draft.text_tokens,
        images=draft.images if mirror else (),
        changed=changed,
    )


def _sighting(draft: Draft, source: Source, article_id: str, first_seen: datetime) -> Sighting:
    return Sighting(
        source_key=source.key,
        entry_key=draft.entry_key,
        article_id=article_id,
        content_digest=draft.content_digest,
        first_seen=first_seen,
        url=draft.article.url,
        title=draft.article.title,
    )


def _capture(draft: Draft, source: Source, article_id: str, now: datetime) -> Capture:
    return Capture(
        article_id=article_id,
        source_key=source.key,
        entry_key=draft.entry_key,
        kind="item",
        taken_at=now,
        url=draft.article.url,
        packed=draft.capture,
    )


def _page(article: Article, draft: Draft, full_text: FullText, now: datetime) -> tuple[PageFetch, ...]:
    wanted = full_text == "always" or (full_text == "auto" and draft.looks_cut)
    if not wanted or article.url is None:
        return ()
    return (PageFetch(article_id=article.id, source_key=article.source_key, url=article.url, next_try=now),)


def decide_page(wait: PageFetch, draft: PageDraft, *, mirror_images: bool, now: datetime) -> PageChanges:
    """What a fetched page changes: the article's text, or nothing where the page was refused."""
    if draft.body is None or draft.capture is None:
        return PageChanges(article_id=wait.article_id, error=draft.reason)
    return PageChanges(
        article_id=wait.article_id,
        write=ArticleWrite(
            article=draft.article,
            body=draft.body,
            title_tokens=draft.title_tokens,
            text_tokens=draft.text_tokens,
            images=draft.images if mirror_images else (),
            origin="page",
        ),
        capture=Capture(
            article_id=wait.article_id,
            source_key=wait.source_key,
            entry_key=b"",
            kind="page",
            taken_at=now,
            url=wait.url,
            packed=draft.capture,
        ),
    )


def retry_page(wait: PageFetch, reason: str, *, now: datetime, final: bool = False) -> PageChanges:
    """What a page that could not be fetched changes: when to try again, or that it is given up."""
    attempts = wait.attempts + 1
    again = None if final else next_try(attempts, now=now)
    if again is None:
        return PageChanges(article_id=wait.article_id, error=reason)
    retry = msgspec.structs.replace(wait, attempts=attempts, next_try=again)
    return PageChanges(article_id=wait.article_id, retry=retry, error=reason)
