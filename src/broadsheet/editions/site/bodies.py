"""An article's clean HTML as a page or a feed shows it: images and videos in our own markup, nothing else touched."""

import re
from collections.abc import Callable
from html import escape

from minijinja import safe

from broadsheet.clean import embeds
from broadsheet.clean.render import rewrite
from broadsheet.editions.base import Picture, View
from broadsheet.editions.site.rows import media_path
from broadsheet.editions.site.sections import link
from broadsheet.messages import Messages
from broadsheet.model import Image, Value

_MISSING = "\0"  # no text of ours has one
_ANCHOR_OR_MISSING = re.compile(r"<a[ >]|</a>|\0([^\0]*)\0")


class Rendered(Value, frozen=True, kw_only=True):
    """A body ready to print, and what a page with it may load.

    Attributes:
        policies: directives for the page's content security policy.
    """

    html: str
    policies: tuple[str, ...]


class Bodies:
    """Renders bodies for the article pages of a site."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def render(self, view: View, *, root: str) -> Rendered:
        """The body of a view as its own page shows it; `root` leads to the site's root."""
        schemes: set[str] = set()
        frames: set[str] = set()
        shown = 0

        def image(found: Image) -> str:
            nonlocal shown
            picture = view.pictures.get(found.url)
            if picture is None or picture.missing:
                return f"{_MISSING}{escape(found.url)}\n{escape(found.alt)}{_MISSING}"
            if picture.name is None:
                schemes.add((picture.url or "").partition(":")[0])
            shown += 1
            return img(found, picture, root=root, lazy=shown > 1)

        def video(name: str, id_: str) -> str:
            player = embeds.player_url(name, id_)
            frames.add("/".join(player.split("/", 3)[:3]))
            return self._video(name, id_, player)

        html = rewrite(view.html, image=image, embed=video)
        if _MISSING in html:
            html = self._fill_missing(html)
        return Rendered(html=safe(html), policies=_policies(schemes, frames))

    def _video(self, name: str, id_: str, player: str) -> str:
        host = embeds.label(name)
        words = escape(self._messages.text("play_at", host=host))
        watch = escape(embeds.watch_url(name, id_))
        return (
            f'<a class="video" href="{watch}" data-player="{escape(player)}" rel="noopener external">'
            f"<span>{words}</span></a>"
        )

    def _fill_missing(self, html: str) -> str:
        """Puts a placeholder where an image is missing, with a link to the original unless it stands in a link."""
        inside = False

        def fill(found: re.Match[str]) -> str:
            nonlocal inside
            if found[1] is None:
                inside = found[0] != "</a>"
                return found[0]
            url, _, alt = found[1].partition("\n")
            return self._missing("" if inside else url, alt)

        return _ANCHOR_OR_MISSING.sub(fill, html)

    def _missing(self, url: str, alt: str) -> str:
        more = escape(self._messages.text("image_at_original"))
        where = f' <a href="{url}" rel="noopener external">{more}</a>' if url.startswith("http") else ""
        words = self._messages.text("image_missing_named", name=alt) if alt else self._messages.text("image_missing")
        return f'<span class="missing">{words}{where}</span>'


def img(found: Image, picture: Picture, *, root: str, lazy: bool) -> str:
    """The markup of an image that can be shown, with the size that it will have."""
    source = root + link(media_path(picture.name)) if picture.name else picture.url or ""
    width, height = (picture.width, picture.height) if picture.width and picture.height else (found.width, found.height)
    size = f' width="{width}" height="{height}"' if width and height else ""
    loading = ' loading="lazy"' if lazy else ""
    return f'<img src="{escape(source)}" alt="{escape(found.alt)}"{size}{loading} decoding="async">'


def for_feed(view: View, *, address: str, watch: Callable[[str], str]) -> str:
    """The body of a view for feed readers: absolute addresses, videos as links named by `watch`.

    Of an image that we do not have, its words remain: nothing is loaded from another host behind the reader's back.
    """

    def image(found: Image) -> str:
        picture = view.pictures.get(found.url)
        if picture is None or picture.missing:
            return escape(found.alt)
        return img(found, picture, root=address, lazy=False)

    def video(name: str, id_: str) -> str:
        return f'<a href="{escape(embeds.watch_url(name, id_))}">{escape(watch(embeds.label(name)))}</a>'

    return rewrite(view.html, image=image, embed=video)


def _policies(schemes: set[str], frames: set[str]) -> tuple[str, ...]:
    images = " ".join(f"{scheme}:" for scheme in sorted(schemes & {"http", "https"}))
    return tuple(
        part
        for part in (
            f"img-src 'self' {images}" if images else "",
            f"frame-src {' '.join(sorted(frames))}" if frames else "",
        )
        if part
    )
