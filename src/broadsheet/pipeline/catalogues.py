"""The step before a sync: RSSHub catalogues named in the configuration become sources."""

from datetime import datetime

from broadsheet.catalogue import CATALOGUE_PATH, Route, UnreadableCatalogueError, chosen, read_catalogue
from broadsheet.errors import SourceError
from broadsheet.model import FetchRequest, Source
from broadsheet.pipeline.context import OK
from broadsheet.pipeline.report import ErrorLine
from broadsheet.ports import Archive, Fetcher
from broadsheet.settings import Settings
from broadsheet.urls import mask

MOST_CATALOGUE_BYTES = 50_000_000


async def listed_sources(
    settings: Settings, archive: Archive, fetcher: Fetcher, *, now: datetime
) -> tuple[list[Source], list[ErrorLine]]:
    """The configured sources with those that RSSHub catalogues give, and what is wrong with these.

    When no instance gives its catalogue, the routes that the archive knows stay.
    """
    sources = {source.key: source for source in settings.sources}
    if not settings.catalogues:
        return list(sources.values()), []
    routes, complaints = await _first_catalogue(settings, fetcher)
    if routes is None:
        known = (row.source for row in archive.sources(now=now) if row.active and row.source.ref.startswith("/"))
        for source in known:
            sources.setdefault(source.key, source)
        return list(sources.values()), complaints
    hub, complaints = settings.fetch.rsshub[0], []
    for catalogue in settings.catalogues:
        found, unmatched = chosen(routes, catalogue.select, hub=hub, section=catalogue.section)
        for source in found:
            sources.setdefault(source.key, source)
        complaints += [
            ErrorLine(source=wanted, kind="empty", message="the route catalogue has no such namespace or route")
            for wanted in unmatched
        ]
    return list(sources.values()), complaints


async def _first_catalogue(settings: Settings, fetcher: Fetcher) -> tuple[list[Route] | None, list[ErrorLine]]:
    """The catalogue of the first instance that gives one, and what the others said."""
    complaints: list[ErrorLine] = []
    for hub in settings.fetch.rsshub:
        try:
            return await _routes(fetcher, hub, settings.site.language), complaints
        except SourceError as error:
            kind = "status" if error.kind == "held" else error.kind
            complaints.append(
                ErrorLine(source=mask(hub + CATALOGUE_PATH), kind=kind, message=f"the route catalogue: {error}")
            )
    return None, complaints


async def _routes(fetcher: Fetcher, hub: str, language: str) -> list[Route]:
    request = FetchRequest(url=hub + CATALOGUE_PATH, accept="application/json", limit_bytes=MOST_CATALOGUE_BYTES)
    response = await fetcher.fetch(request)
    if response.status != OK:
        raise SourceError("status", f"answers {response.status}")
    try:
        return read_catalogue(response.body, language=language)
    except UnreadableCatalogueError as error:
        raise SourceError("format", str(error)) from error
