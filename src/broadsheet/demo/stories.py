"""The sample sources and their stories, as they are written down in `content/`; how they are served is elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from broadsheet.model import Value

SAMPLE_DATE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""When the sample web stands still; no story is younger."""

Format = Literal["rss", "atom", "json", "rdf"]


class Story(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a sample source.

    Attributes:
        slug: its name in links and ids, unique within the source.
        date: when it was published; `None` if its feed does not say.
        body: blocks as `markup` reads them.
        summary: what a feed gives where it does not give everything; without markup.
        summary_only: the feed has just the summary, and the page has the rest; only in sources that are `served`.
        link: where it is, if not at its source's own address; `{base}` stands for the sample web's.
        since: the generation of the feed in which it first appears.
        edited: the body from the second generation on.
    """

    slug: str
    title: str
    body: str
    date: datetime | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    summary: str = ""
    summary_only: bool = False
    link: str | None = None
    license: str | None = None
    rights: str | None = None
    tracked: bool = False
    since: int = 1
    edited: str | None = None
    edited_at: datetime | None = None

    def body_at(self, generation: int) -> str:
        """The body that the given generation of the feed has."""
        return self.edited if self.edited is not None and generation > 1 else self.body


class SampleSource(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source of the sample web.

    Attributes:
        key: its identity, whatever port the sample web listens on.
        path: of its feed on the sample web.
        home: the invented site that the feed belongs to.
        served: its stories' pages are on the sample web, and linked there; else links lead nowhere.
        relative: links and images are written relative to the site's root, with an xml:base.
        failing: it answers with an error whenever it is asked.
    """

    key: str
    title: str
    section: tuple[str, ...]
    format: Format
    path: str
    home: str
    language: str
    description: str
    rights: str | None = None
    license: str | None = None
    served: bool = False
    relative: bool = False
    failing: bool = False
    stories: tuple[Story, ...] = ()

    def stories_at(self, generation: int) -> tuple[Story, ...]:
        """What the given generation of the feed has, in the order of the feed."""
        return tuple(story for story in self.stories if story.since <= generation)

    def link_of(self, story: Story, base_url: str) -> str:
        """Where a story is, tracking parameters included."""
        if story.link is not None:
            return story.link.replace("{base}", base_url)
        return f"{base_url}{self.page_path(story)}" if self.served else f"{self.home}/2026/{story.slug}"

    def page_path(self, story: Story) -> str:
        """The path of a story's page on the sample web, if the source is served."""
        return f"{self.path.rpartition('/')[0]}/{story.slug}.html"


_NAMES = (
    "courier", "haifeng", "slack-water", "small-machines", "gewu", "long-table", "xiangkou", "reading-room", "notices",
)  # fmt: skip


@lru_cache(maxsize=1)
def sources() -> tuple[SampleSource, ...]:
    """All sources, in the order of the sample configuration."""
    content = files("broadsheet.demo") / "content"
    return tuple(msgspec.toml.decode((content / f"{name}.toml").read_bytes(), type=SampleSource) for name in _NAMES)
