"""What all editions share: the view of an article that policy allows, and what an edition yields.

An edition turns dirty articles into pages. It reads through a `Desk` and a `Ledger`, and writes nothing itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from broadsheet.model import Article, CleanHtml, Enclosure, Page, Value
from broadsheet.ports import Ledger


class Face(Value, frozen=True, kw_only=True):
    """How a source is presented: `name` is the second last of its section, or its feed's title."""

    key: str
    name: str
    section: tuple[str, ...]
    url: str | None = None
    feed_title: str = ""


class Picture(Value, frozen=True, kw_only=True):
    """Where an edition finds one image.

    Attributes:
        original: the URL that the article's HTML has.
        url: what to show: a proxy's or the original's address; `None` for a mirrored or a missing image.
        name: of the mirrored file in the media store (`ab/cdef….jpg`); `None` if it is not mirrored.
    """

    original: str
    url: str | None = None
    name: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def missing(self) -> bool:
        """Nothing can be shown: it waits to be mirrored, or could not be."""
        return self.url is None and self.name is None


class View(Value, frozen=True, kw_only=True):
    """What an edition may show of one article: policy has been applied, nothing more may be taken from the archive.

    Attributes:
        html: the full body, or the excerpt as one paragraph; images still at their original URLs (see `pictures`).
        text: the same as plain text; `summary` is for lists and feeds' descriptions.
        full: the whole text may be shown; `right` says by what right on a public site (`own`, `licensed`, a licence's
            name, `permission: …`), `None` on a private one; `right_url` is the licence's address, where there is one.
        pictures: of every image in `html`, by its original URL; `lead` is the lead image, if one may be shown.
        index: search engines may index the page.
        also_in: other sources that carried the same article.
        changed_at: its publisher changed it then; `corrections` are shown with diffs only on a private site.
        withdrawn: its publisher withdrew it; a public site shows the link only.
    """

    article: Article
    face: Face
    html: CleanHtml
    text: str
    summary: str
    full: bool = True
    right: str | None = None
    right_url: str | None = None
    pictures: dict[str, Picture] = {}
    lead: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    index: bool = False
    also_in: tuple[Face, ...] = ()
    changed_at: datetime | None = None
    withdrawn: bool = False

    @property
    def author(self) -> str:
        """The entry's author, else the source's name."""
        return self.article.author or self.face.name


class SourceHealth(Value, frozen=True, kw_only=True):
    """A source's state as a site may show it: no poll times, so that a quiet run changes nothing.

    Attributes:
        state: `ok`, `failing`, `held`, `gone`, `new` (never fetched) or `quiet`.
        since: when that state began, if it did; `reason`: the failure in words, `kind` and `status` the same as codes.
    """

    face: Face
    state: str
    since: datetime | None = None
    reason: str | None = None
    kind: str | None = None
    status: int | None = None
    articles: int = 0
    last_new: datetime | None = None


Job = TypeVar("Job")
Printed = TypeVar("Printed")

Printer = Callable[["Desk", Job], Printed]
"""A part of an edition's work that needs nothing but a desk and a job, so that it can be done anywhere."""


class Desk(Protocol):
    """What an edition reads from."""

    def views(self, ids: Sequence[str]) -> Iterator[View]:
        """Views in the order given; articles that no longer exist are left out."""
        ...

    def heads(self, ids: Sequence[str]) -> Iterator[View]:
        """As `views`, for lists, without bodies: `html`, `text`, `pictures`, `enclosures`, `also_in` may be empty."""
        ...

    def spread(self, printer: Printer[Job, Printed], jobs: Iterable[Job], *, articles: int) -> Iterator[Printed]:
        """What the printer makes of each job, in order: here, or in other processes that have a desk of their own.

        Args:
            printer: can be pickled, as jobs and what is printed can be.
            jobs: taken as they are needed.
            articles: of all jobs together, which says whether other processes are worth their start.
        """
        ...

    def sources(self) -> list[SourceHealth]:
        """Every source, in the order of the configuration."""
        ...


Root = Literal["edition", "media"]
"""Which of an edition's two folders a path is relative to: its own, or `EditionSettings.media_path`."""


class MediaFile(Value, frozen=True, kw_only=True):
    """A mirrored image that the edition needs at `path`; `name` is the media store's."""

    path: str
    name: str
    root: Root = "edition"


class Removal(Value, frozen=True, kw_only=True):
    """A page or mirrored image that is no more."""

    path: str
    root: Root = "edition"


class Remembered(Value, frozen=True, kw_only=True):
    """A value for `Ledger.get`, kept once everything that the edition yielded is written."""

    key: str
    value: str


Output = Page | MediaFile | Removal | Remembered


class Edition(Protocol):
    """One published output."""

    name: str

    def fingerprint(self) -> str:
        """Changes when something that all pages depend on does: settings, templates, code."""
        ...

    def update(self, dirty: Sequence[str], desk: Desk, ledger: Ledger) -> Iterator[Output]:
        """Everything that has to be written or removed because of these articles, lazily.

        Also called with nothing dirty, and then yields nothing unless something beside the articles changed. When the
        fingerprint changed or the folder is gone, every article is dirty and `ledger.get` knows no value: then
        everything has to be yielded, for pages that are not are removed.
        Yielding a page that has not changed is allowed: the writer skips it.
        """
        ...
