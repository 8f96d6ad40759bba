"""Where editions read from: the archive as policy shows it, in batches. Decides nothing itself (see `policy`)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from urllib.parse import quote

from broadsheet import policy
from broadsheet.editions.base import Face, Job, Picture, Printed, Printer, SourceHealth, View
from broadsheet.model import Article, ArticleRecord, Image, SourceState
from broadsheet.ports import Archive, Crew, SourceRow
from broadsheet.settings import ImageSettings, Settings
from broadsheet.urls import is_http

CHUNK = 200
"""Articles with bodies in memory at once."""

QUIET = timedelta(days=30)
"""Without a new article for so long, before the newest of any source: what is shown must not depend on a clock."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_STATUS = re.compile(r"\b[1-5]\d\d\b")

REASONS = {
    "dns": "its host is not known",
    "connect": "cannot be reached",
    "tls": "gives no secure connection",
    "timeout": "answers too slowly",
    "too_large": "sends too much",
    "redirect": "redirects in a circle",
    "refused": "may not be asked",
    "encoding": "sends what cannot be decoded",
    "format": "sends no feed",
    "empty": "sends nothing",
    "robots": "does not want to be asked by programs",
    "held": "asked us to wait",
    "gone": "is gone for good",
}
"""Why a source fails, for readers: not the message for its operator, which may name addresses of the own network."""


class ArchiveDesk:
    """An archive as one site may show it (see `editions.base.Desk`); sources are read once."""

    def __init__(self, archive: Archive, settings: Settings, crew: Crew | None = None) -> None:
        """Nothing is read before it is asked for."""
        self._archive = archive
        self._crew = crew
        self._site = settings.site
        self._images = settings.images

    def views(self, ids: Sequence[str]) -> Iterator[View]:
        """Views in the order given; articles that no longer exist are left out."""
        for chunk in _chunks(ids):
            records = list(self._archive.records(chunk))
            granted = [self._grant(record.article) for record in records]
            images = [
                image for record, grant in zip(records, granted, strict=True) for image in policy.images(record, grant)
            ]
            pictures = self._pictures(images)
            for record, grant in zip(records, granted, strict=True):
                yield self._view(record, grant, pictures)

    def spread(self, printer: Printer[Job, Printed], jobs: Iterable[Job], *, articles: int) -> Iterator[Printed]:
        """What the printer makes of each job, in order; many of them are shared among other processes."""
        if self._crew is not None and self._crew.is_worth(articles):
            return self._crew.print(printer, jobs)
        return (printer(self, job) for job in jobs)

    def heads(self, ids: Sequence[str]) -> Iterator[View]:
        """As `views`, without bodies."""
        for chunk in _chunks(ids):
            articles = self._archive.articles(chunk)
            granted = [self._grant(article) for article in articles]
            leads = [
                image
                for article, grant in zip(articles, granted, strict=True)
                for image in policy.leads(article, grant)
            ]
            pictures = self._pictures(leads)
            for article, grant in zip(articles, granted, strict=True):
                yield policy.head(article, grant, face=self._face(article), pictures=pictures)

    def sources(self) -> list[SourceHealth]:
        """Every configured source, in the order of the configuration."""
        rows = [row for row, _ in self._sources.values() if row.active]
        newest = max((row.state.last_new for row in rows if row.state.last_new), default=None)
        return [_health(row, self._sources[row.source.key][1], newest) for row in rows]

    @cached_property
    def _sources(self) -> dict[str, tuple[SourceRow, Face]]:
        """Every source that ever brought an article, configured or not, with its face."""
        return {
            row.source.key: (
                row,
                policy.face(row.source, feed_title=row.state.feed_title, feed_link=row.state.feed_link),
            )
            for row in self._archive.sources(now=EPOCH)
        }

    def _grant(self, article: Article) -> policy.Grant:
        known = self._sources.get(article.source_key)
        return policy.grant(article, known[0].source if known else None, self._site)

    def _face(self, article: Article) -> Face:
        known = self._sources.get(article.source_key)
        return known[1] if known else policy.stranger(article)

    def _view(self, record: ArticleRecord, grant: policy.Grant, pictures: Mapping[str, Picture]) -> View:
        own = record.article.source_key
        others = dict.fromkeys(key for key in record.also_in if key != own and key in self._sources)
        return policy.view(
            record,
            grant,
            face=self._face(record.article),
            also_in=tuple(self._sources[key][1] for key in others),
            pictures=pictures,
        )

    def _pictures(self, images: Sequence[Image]) -> dict[str, Picture]:
        if self._images.mode == "mirror":
            return _mirrored(images, self._archive)
        return {image.url: _picture(image, self._images) for image in images}


def _mirrored(images: Sequence[Image], archive: Archive) -> dict[str, Picture]:
    """Pictures of the media store; one without a name waits for its image, or it could not be had."""
    urls = list(dict.fromkeys(image.url for image in images))
    known = archive.media(urls) if urls else {}
    pictures = {}
    for url in urls:
        state = known.get(url)
        stored = state.stored if state else None
        if stored is None:
            pictures[url] = Picture(original=url)
        else:
            pictures[url] = Picture(original=url, name=stored.name, width=stored.width, height=stored.height)
    return pictures


def _picture(image: Image, settings: ImageSettings) -> Picture:
    """A picture that stays where it is, or comes through the proxy."""
    if not is_http(image.url):
        return Picture(original=image.url)
    url = image.url
    if settings.mode == "proxy" and settings.proxy:
        quoted = quote(image.url, safe="")
        url = settings.proxy.replace("{url_quoted}", quoted).replace("{url}", image.url)
    return Picture(original=image.url, url=url, width=image.width, height=image.height)


def _health(row: SourceRow, face: Face, newest: datetime | None) -> SourceHealth:
    state = row.state
    word, since = _state(state, newest)
    kind = (state.error_kind or "status") if word in ("failing", "held", "gone") else None
    status = _status(state, kind)
    return SourceHealth(
        face=face,
        state=word,
        since=since,
        reason=_reason(kind, status),
        kind=kind,
        status=status,
        articles=row.articles,
        last_new=state.last_new,
    )


def _state(state: SourceState, newest: datetime | None) -> tuple[str, datetime | None]:
    """One word, and since when it is so."""
    if state.gone:
        return "gone", state.failing_since
    if state.held_until is not None:
        return "held", state.failing_since
    if state.failures:
        return "failing", state.failing_since
    if state.last_fetch is None:
        return "new", None
    if newest is not None and (state.last_new is None or newest - state.last_new > QUIET):
        return "quiet", state.last_new
    return "ok", None


def _status(state: SourceState, kind: str | None) -> int | None:
    """The HTTP status that the state's message names; only then is it the answer that counts."""
    found = _STATUS.search(state.error or "") if kind in ("status", "held") else None
    return int(found[0]) if found else None


def _reason(kind: str | None, status: int | None) -> str | None:
    if kind is None:
        return None
    if status is not None:
        return f"answers {status}"
    return REASONS.get(kind, "fails")


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
