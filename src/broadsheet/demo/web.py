"""Answers any request to the sample web: a path and a generation in, a response out. No sockets, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from html import escape

from broadsheet.demo.feeds import CONTENT_TYPES, write_feed
from broadsheet.demo.pages import write_page
from broadsheet.demo.pictures import MEDIA_TYPES, paint
from broadsheet.demo.stories import SampleSource, Story, sources
from broadsheet.model import Value

LAST_GENERATION = 2
_BLANK_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


class SampleResponse(Value, frozen=True, kw_only=True):
    """What is sent back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Expected(Value, frozen=True, kw_only=True):
    """What a reader of all sources finds.

    Attributes:
        entries: how many each source's feed has, by the source's key; failing sources have none.
        failing: the keys of the sources that never answer well.
        articles: how many different articles there are, when what two sources share is counted once.
        new: articles that the generation before did not have; `changed`: those that it had otherwise.
        pages: the entries with only a summary, whose page must be fetched for the whole text.
    """

    generation: int
    entries: dict[str, int]
    failing: tuple[str, ...]
    articles: int
    new: int
    changed: int
    pages: int

    @property
    def sources(self) -> int:
        """How many sources there are, failing ones included."""
        return len(self.entries) + len(self.failing)

    @property
    def total(self) -> int:
        """How many entries all feeds have together."""
        return sum(self.entries.values())


def expected(generation: int) -> Expected:
    """What the sample web has in a generation (1, then 2)."""
    now = _by_address(generation)
    before = _by_address(generation - 1)
    changed = (
        1 for key, story in now.items() if key in before and story.body_at(generation) != story.body_at(generation - 1)
    )
    return Expected(
        generation=generation,
        entries={source.key: len(source.stories_at(generation)) for source in sources() if not source.failing},
        failing=tuple(source.key for source in sources() if source.failing),
        articles=len(now),
        new=len(now.keys() - before.keys()),
        changed=sum(changed),
        pages=sum(story.summary_only for source in sources() for story in source.stories_at(generation)),
    )


def _by_address(generation: int) -> dict[str, Story]:
    """The stories by where they are, tracking parameters apart."""
    return {
        source.link_of(story, "").partition("?")[0]: story
        for source in sources()
        for story in source.stories_at(generation)
    }


def generation_for(path: str, validator: str | None) -> int:
    """The generation to serve to a reader: the next after the one whose ETag it shows, the first if it shows none."""
    for generation in range(LAST_GENERATION, 0, -1):
        if validator is not None and validator == feed_etag(path, generation):
            return min(generation + 1, LAST_GENERATION)
    return 1


@lru_cache(maxsize=64)
def feed_etag(path: str, generation: int) -> str | None:
    """The ETag of the feed at a path, the same at any address of the sample web; `None` if there is no such feed."""
    source = _feeds().get(path)
    return None if source is None else _etag(write_feed(source, generation=generation, base_url=""))


def respond(path: str, *, base_url: str, generation: int = 1, if_none_match: str | None = None) -> SampleResponse:
    """The answer to a GET; `base_url` is the sample web's own address, without a slash at the end."""
    found = _find(path, base_url, generation)
    if found is None:
        return _response(404, "text/plain; charset=utf-8", b"There is no such page on the sample web.\n")
    if found.status == 200 and if_none_match is not None and if_none_match == found.headers.get("etag"):  # noqa: PLR2004
        return SampleResponse(status=304, headers={"etag": if_none_match}, body=b"")
    return found


def _find(path: str, base_url: str, generation: int) -> SampleResponse | None:
    source = _feeds().get(path)
    if source is not None:
        return _feed(source, base_url, generation)
    if path.startswith("/images/"):
        return _picture(path.removeprefix("/images/"))
    page = _pages().get(path)
    if page is not None:
        return _response(200, "text/html; charset=utf-8", write_page(*page, base_url=base_url), _etag(path.encode()))
    plain = _PLAIN.get(path)
    return None if plain is None else plain(base_url)


def _feed(source: SampleSource, base_url: str, generation: int) -> SampleResponse:
    if source.failing:
        return _response(500, "text/plain; charset=utf-8", b"Internal error: the notice board fell off the wall.\n")
    body = write_feed(source, generation=generation, base_url=base_url)
    return _response(200, CONTENT_TYPES[source.format], body, feed_etag(source.path, generation))


def _picture(name: str) -> SampleResponse | None:
    if name == "blank.gif":
        return _response(200, "image/gif", _BLANK_GIF, '"blank"')
    body = paint(name)
    return None if body is None else _response(200, MEDIA_TYPES[name.rpartition(".")[2]], body, f'"{name}"')


def _robots(_base_url: str) -> SampleResponse:
    return _response(200, "text/plain; charset=utf-8", b"User-agent: *\nDisallow:\n")


def _index(base_url: str) -> SampleResponse:
    items = "".join(
        f'<li><a href="{base_url}{source.path}">{escape(source.title)}</a>: {escape(source.description)}</li>'
        for source in sources()
    )
    links = "".join(
        f'<link rel="alternate" type="{_media_type(source)}" title="{escape(source.title)}" href="{source.path}">'
        for source in sources()
    )
    head = f'<meta charset="utf-8"><title>The sample web</title>{links}'
    html = f'<!DOCTYPE html><html lang="en">{head}<h1>The sample web</h1><ul>{items}</ul></html>'
    return _response(200, "text/html; charset=utf-8", html.encode())


def _media_type(source: SampleSource) -> str:
    return CONTENT_TYPES[source.format].partition(";")[0]


_PLAIN: dict[str, Callable[[str], SampleResponse]] = {"/": _index, "/robots.txt": _robots}


def _response(status: int, content_type: str, body: bytes, etag: str | None = None) -> SampleResponse:
    headers = {"content-type": content_type} | ({} if etag is None else {"etag": etag})
    return SampleResponse(status=status, headers=headers, body=body)


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'


@lru_cache(maxsize=1)
def _feeds() -> dict[str, SampleSource]:
    return {source.path: source for source in sources()}


@lru_cache(maxsize=1)
def _pages() -> dict[str, tuple[SampleSource, Story]]:
    return {
        source.page_path(story): (source, story) for source in sources() for story in source.stories if source.served
    }
