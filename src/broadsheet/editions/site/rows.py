"""What lists show of an article, as plain values for the templates; read from the desk once a run."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from minijinja import safe

from broadsheet.editions.base import Desk, Face, Picture, View
from broadsheet.editions.site.dates import Dates, iso, moment
from broadsheet.editions.site.languages import direction_of, language_of
from broadsheet.editions.site.sections import Atlas, Section, link, outside
from broadsheet.messages import Messages
from broadsheet.model import Value

_TITLE_CHARS = 300
_STAND_IN_CHARS = 90
_BATCH = 500
_WITH_ROUTE = 3


class Lead(Value, frozen=True, kw_only=True):
    """A row's picture: `src` is from the site's root unless it is `remote`."""

    src: str
    remote: bool
    width: int | None
    height: int | None


class Row(Value, frozen=True, kw_only=True):
    """One article in a list.

    Attributes:
        title: never empty; `untitled` says that it is only a stand-in.
        lang: as for the `lang` attribute; `rtl`: written from right to left.
        href: from the site's root.
        levels: the sections it stands in, outermost first; `place_href`: the innermost one's address.
        section_name, section_href: the outermost one, where it says more than the source's name.
        day: key of the day it counts to; `iso` and `clock`: the instant.
        rank: newest first when sorted descending.
    """

    id: str
    title: str
    untitled: bool
    lang: str
    rtl: bool
    href: str
    source: str
    levels: tuple[Section, ...]
    place_href: str
    section_name: str
    section_href: str
    day: str
    moment: datetime
    iso: str
    clock: str
    summary: str
    lead: Lead | None
    withdrawn: bool
    index: bool
    rank: tuple[datetime, int]


class Rows:
    """The rows of a run, by id; makes each once."""

    def __init__(self, desk: Desk, atlas: Atlas, dates: Dates, messages: Messages) -> None:
        self._desk = desk
        self.atlas = atlas
        self._dates = dates
        self._messages = messages
        self._rows: dict[str, Row] = {}
        self._gone: set[str] = set()

    def load(self, ids: Iterable[str]) -> None:
        """Reads the heads of those articles that are not there yet, in one go."""
        wanted = [one for one in dict.fromkeys(ids) if one not in self._rows and one not in self._gone]
        for start in range(0, len(wanted), _BATCH):
            for view in self._desk.heads(wanted[start : start + _BATCH]):
                self._rows[view.article.id] = self.of(view)
        self._gone.update(one for one in wanted if one not in self._rows)

    def get(self, article_id: str) -> Row | None:
        """The row of an article, `None` if there is no such article."""
        if article_id not in self._rows:
            self.load([article_id])
        return self._rows.get(article_id)

    def some(self, ids: Sequence[str]) -> list[Row]:
        """The rows of those of the articles that exist, in the order given."""
        self.load(ids)
        return [self._rows[one] for one in ids if one in self._rows]

    def of(self, view: View) -> Row:
        """The row of a view."""
        article = view.article
        at = moment(article)
        title = display_title(view, self._messages)
        language = language_of(article.language, article.title or view.summary)
        levels = self.atlas.levels(view.face.section)
        source = source_name(view.face)
        outer = levels[0] if len(levels) > 1 and levels[0].name != source else None
        return Row(
            id=article.id,
            title=title,
            untitled=not article.title,
            lang=language,
            rtl=direction_of(language, title) == "rtl",
            href=article_path(article.id),
            source=source,
            levels=tuple(levels),
            place_href=levels[-1].href if levels else "",
            section_name=outer.name if outer else "",
            section_href=outer.href if outer else "",
            day=self._dates.day_key(at),
            moment=at,
            iso=iso(at),
            clock=self._dates.clock(at),
            summary=view.summary,
            lead=lead_of(view.lead),
            withdrawn=view.withdrawn,
            index=view.index,
            rank=(at, article.arrival),
        )


def source_name(face: Face) -> str:
    """What readers know a source by: the site's name of category / site / route, else the feed's own title."""
    if len(face.section) >= _WITH_ROUTE:
        return face.name
    return face.feed_title or (face.section[-1] if face.section else face.name)


def lead_of(picture: Picture | None) -> Lead | None:
    """How a list shows a picture; `None` where it has none to show."""
    if picture is None or picture.missing:
        return None
    sized = bool(picture.width and picture.height)
    return Lead(
        src=safe(link(media_path(picture.name))) if picture.name else outside(picture.url) or "",
        remote=picture.name is None,
        width=picture.width if sized else None,
        height=picture.height if sized else None,
    )


def media_path(name: str) -> str:
    """Where a mirrored image is in the site."""
    return f"media/{name}"


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """The rows by date."""
    return sorted(rows, key=lambda row: row.rank, reverse=True)


def article_path(article_id: str) -> str:
    """Where an article's own page is."""
    return f"a/{article_id}.html"


def display_title(view: View, messages: Messages, *, limit_chars: int = _TITLE_CHARS) -> str:
    """The headline, or the beginning of the text where there is none, or a word for that."""
    return clip(view.article.title, limit_chars) or clip(view.summary, _STAND_IN_CHARS) or messages.text("untitled")


def clip(text: str, limit_chars: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= limit_chars else text[: limit_chars - 1].rstrip() + "…"
