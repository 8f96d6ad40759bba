"""RSSHub's route catalogue (`/api/namespace`): reading it, and choosing routes from it as sources. Pure.

A namespace is a site, with routes; each route has an example path, and perhaps categories. Names may be localised:
a `zh` table beside them holds Chinese ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from broadsheet.model import Source, Value
from broadsheet.text import fold, scrub

CATALOGUE_PATH = "/api/namespace"


class Route(Value, frozen=True, kw_only=True):
    """One route of the catalogue.

    Attributes:
        namespace: as in `/zaker`; `pattern`: as in `/zaker/source/:id`; `example`: a path that can be fetched.
        section: category, site and route, as people call them.
    """

    namespace: str
    pattern: str
    example: str
    section: tuple[str, str, str]


class UnreadableCatalogueError(ValueError):
    """The document is no route catalogue; the text says why."""


def read_catalogue(body: bytes, *, language: str) -> list[Route]:
    """All routes that have an example path, in the catalogue's order.

    Args:
        body: the JSON document.
        language: of the site; Chinese names are taken for `zh`.

    Raises:
        UnreadableCatalogueError: it is no route catalogue.
    """
    try:
        namespaces = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise UnreadableCatalogueError(f"is not JSON: {error}") from error
    if not isinstance(namespaces, dict):
        raise UnreadableCatalogueError("is not a table of namespaces")
    return [
        route
        for name, namespace in namespaces.items()
        if isinstance(namespace, dict)
        for route in _routes(name, namespace, language)
    ]


def _routes(name: str, namespace: Mapping[str, Any], language: str) -> Iterable[Route]:
    site = _named(namespace, language) or name or "other"
    routes = namespace.get("routes")
    for path, route in (routes if isinstance(routes, dict) else {}).items():
        example = route.get("example") if isinstance(route, dict) else None
        if not isinstance(example, str) or not example.startswith("/"):
            continue
        yield Route(
            namespace=f"/{name}",
            pattern=f"/{name}{path}",
            example=example,
            section=(
                _category(route) or _category(namespace) or "other",
                site,
                _named(route, language) or path.strip("/") or site,
            ),
        )


def _category(table: Mapping[str, Any]) -> str:
    categories = table.get("categories")
    first = categories[0] if isinstance(categories, list) and categories else None
    return fold(scrub(first)) if isinstance(first, str) else ""


def _named(table: Mapping[str, Any], language: str) -> str:
    localised = table.get(language.split("-", maxsplit=1)[0])
    for candidate in (localised if isinstance(localised, dict) else {}, table):
        name = candidate.get("name")
        if isinstance(name, str) and (folded := fold(scrub(name))):
            return folded
    return ""


def chosen(
    routes: Sequence[Route], select: Sequence[str], *, hub: str, section: tuple[str, ...]
) -> tuple[list[Source], list[str]]:
    """The selected routes as sources, without repeats, and the selections that mean no route.

    Args:
        routes: the whole catalogue.
        select: namespaces, patterns or example paths.
        hub: the instance's base URL, without a slash at its end.
        section: put before each route's own section path.
    """
    named: dict[str, list[Route]] = {}
    for route in routes:
        for name in {route.namespace, route.pattern.rstrip("/"), route.example.rstrip("/")}:
            named.setdefault(name, []).append(route)
    found: dict[str, Source] = {}
    unmatched = []
    for wanted in select:
        meant = named.get("/" + wanted.strip("/"), [])
        if not meant:
            unmatched.append(wanted)
        for route in meant:
            found.setdefault(
                route.example,
                Source(
                    key=route.example,
                    ref=route.example,
                    url=hub + route.example,
                    section=(*section, *route.section),
                ),
            )
    return list(found.values()), unmatched
