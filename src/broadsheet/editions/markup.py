"""The body of a post: what a generator puts into its page as it is. Everything visual is in inline styles.

Themes and generators know nothing of us, so there is no style sheet to rely on and no script.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet.clean import embeds
from broadsheet.clean.render import rewrite
from broadsheet.editions.base import Picture, View
from broadsheet.messages import Messages
from broadsheet.model import Enclosure, Image, Value

_PLAY = (
    "display:block;max-width:100%;aspect-ratio:16/9;border:0;background:"
    "linear-gradient(to bottom left,transparent 49%,#fff 51%) 50% calc(50% - 1em)/3.4em 2em no-repeat,"
    "linear-gradient(to top left,transparent 49%,#fff 51%) 50% calc(50% + 1em)/3.4em 2em no-repeat,#17191d"
)
_MISSING = "display:block;max-width:100%;box-sizing:border-box;border:1px dashed;opacity:.4"
_SMALL = "font-size:.875em;opacity:.8"
_LINK = 'rel="noopener nofollow external"'
_CODE = re.compile(r"\{(?=[{%#])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_SOUND = re.compile(r"audio/|[^?#]*\.(?:mp3|m4a|aac|ogg|oga|opus|flac|wav)(?:[?#]|$)", re.IGNORECASE)
_FILM = re.compile(r"video/|[^?#]*\.(?:mp4|m4v|webm|ogv|mov)(?:[?#]|$)", re.IGNORECASE)


class Surroundings(Value, frozen=True, kw_only=True):
    """What all posts of an edition share.

    Attributes:
        media_url: where mirrored images are found, without "/" at the end.
        zone: of all dates.
    """

    media_url: str
    zone: ZoneInfo
    language: str
    messages: Messages
    private: bool


def post_body(view: View, around: Surroundings) -> str:
    """A post's whole body: where it comes from, what has to be said of it, its text, its attachments."""
    parts = [_attribution(view, around)]
    parts += [_note(note) for note in _notes(view, around)]
    if view.html:
        language = view.article.language or ""
        wanted = language != around.language and _LANGUAGE.fullmatch(language)
        parts.append(f"<div{_attribute('lang', language if wanted else '')}>{text_html(view, around)}</div>")
        if not view.full:
            parts.append(_note(escape(around.messages.text("excerpt"))))
    if around.private and view.enclosures:
        parts += [_enclosure(enclosure) for enclosure in view.enclosures]
    return inert_html("\n".join(parts))


def text_html(view: View, around: Surroundings) -> str:
    """The text itself, with images where they are now and embeds as links that look like players."""

    def image(found: Image) -> str:
        return image_html(found, view.pictures.get(found.url), around)

    def embed(name: str, id_: str) -> str:
        label = around.messages.text("watch_at", host=embeds.label(name))
        return (
            f'<a class="embed" href="{escape(embeds.watch_url(name, id_))}" aria-label="{escape(label)}" {_LINK} '
            f'style="{_PLAY}"></a>'
        )

    return rewrite(view.html, image=image, embed=embed)


def image_html(image: Image, picture: Picture | None, around: Surroundings) -> str:
    """One image, or a frame of its size that says in its label what cannot be shown."""
    width, height = _size(image, picture)
    if picture is None or picture.missing:
        label = escape(image.alt or around.messages.text("image_missing"))
        shape = f"width:{width}px;aspect-ratio:{width}/{height}" if width and height else "min-height:3em"
        return f'<span role="img" aria-label="{label}" style="{_MISSING};{shape}"></span>'
    size = f' width="{width}" height="{height}" style="max-width:100%;height:auto"' if width and height else ""
    return (
        f'<img src="{escape(picture_url(picture, around))}" alt="{escape(image.alt)}"{size} '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">'
    )


def picture_url(picture: Picture, around: Surroundings) -> str:
    """Where a picture that can be shown is found; a relative address of the generator's site if it is mirrored."""
    return f"{around.media_url}/{picture.name}" if picture.name else picture.url or picture.original


def inert_html(html: str) -> str:
    """The same HTML with nothing in it that a generator takes for its own.

    `{{`, `{%` and `{#` begin template code; three backticks or tildes begin a code block, for Hexo in HTML as well; it
    marks its own places with U+FFFC, and fails as a whole on one that it did not set.
    """
    if "{" in html:
        html = _CODE.sub("&#123;", html)
    for mark in ("```", "~~~"):
        if mark in html:
            html = html.replace(mark, f"&#{ord(mark[0])};" * 3)
    return html.replace("\ufffc", "&#65532;") if "\ufffc" in html else html


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as clocks in that zone show it."""
    try:
        return moment.astimezone(zone)
    except OverflowError:  # within a day of the first or the last year that there is
        return moment


def _attribution(view: View, around: Surroundings) -> str:
    article = view.article
    names = [view.face.name, article.author or ""]
    parts = [escape(name) for name in dict.fromkeys(names) if name]
    clock = wall_clock(article.date, around.zone)
    parts.append(f'<time datetime="{clock.isoformat(timespec="seconds")}">{_shown(clock)}</time>')
    if article.url:
        label = around.messages.text("read_original", host=_host(article.url))
        parts.append(f'<a href="{escape(article.url)}" {_LINK}>{escape(label)}</a>')
    return f'<p style="{_SMALL}">{" · ".join(parts)}</p>'


def _shown(clock: datetime) -> str:
    return clock.isoformat(sep=" ", timespec="minutes")[:16]


def _note(html: str) -> str:
    return f'<p style="{_SMALL}"><em>{html}</em></p>'


def _notes(view: View, around: Surroundings) -> Iterator[str]:
    """What a reader has to know before the text, as HTML."""
    text = around.messages.text
    if view.withdrawn:
        yield escape(text("withdrawn" if view.html else "withdrawn_public"))
    elif not view.html:
        yield escape(text("no_text" if view.article.url else "no_text_no_link"))
    if view.right:
        yield _right(view, view.right, around)
    if view.changed_at:
        yield escape(text("changed_at", date=_shown(wall_clock(view.changed_at, around.zone))))
    if others := [face.name for face in view.also_in if face.name]:
        yield escape(f"{text('also_in')}: {', '.join(dict.fromkeys(others))}")


def _right(view: View, right: str, around: Surroundings) -> str:
    if right in ("own", "licensed"):
        return escape(around.messages.text(f"right_{right}"))
    kind, _, reason = right.partition(":")
    if kind == "permission":
        return escape(around.messages.text("right_permission", text=reason.strip()))
    said = escape(around.messages.text("right_license", license=right))
    return f'<a href="{escape(view.right_url)}" rel="license noopener">{said}</a>' if view.right_url else said


def _enclosure(enclosure: Enclosure) -> str:
    kind = enclosure.type or enclosure.url
    source = escape(enclosure.url)
    if _SOUND.match(kind):
        return f'<p><audio controls preload="none" src="{source}" style="width:100%"></audio></p>'
    if _FILM.match(kind):
        return f'<p><video controls preload="none" src="{source}" style="max-width:100%"></video></p>'
    return ""


def _size(image: Image, picture: Picture | None) -> tuple[int | None, int | None]:
    """Width and height to show: the publisher's, or the picture's own, or the one in the shape of the other."""
    if image.width and image.height:
        return image.width, image.height
    if picture is None or not picture.width or not picture.height:
        return None, None
    if image.width:
        return image.width, max(1, round(image.width * picture.height / picture.width))
    return picture.width, picture.height


def _host(url: str) -> str:
    return _host_of("/".join(url.split("/", 3)[:3]))


@lru_cache(maxsize=4096)
def _host_of(origin: str) -> str:
    try:
        return (urlsplit(origin).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""
