"""Turns the stories' blocks into HTML of the kinds that real publishers send, with all their ways to hide an image.

A block ends at an empty line. One that starts with a block's tag is HTML already; `## ` is a heading, `> ` a quotation,
`- ` and `1. ` are lists, `@picture`, `@youtube` and `@bilibili` stand for media, all else is a paragraph. Inline text
is HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from broadsheet.model import Value

_HTML = re.compile(r"<(?:p|table|pre|hr|div|ol|ul|dl|blockquote|section|script)\b")
_SIZE = re.compile(r"(\d+)x(\d+)(?=\.\w+$)")
_BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


class Picture(Value, frozen=True, kw_only=True):
    """One `@picture NAME STYLE | alt | caption` line."""

    name: str
    style: str
    alt: str
    caption: str


def picture_of(block: str) -> Picture | None:
    """What a block says about a picture, `None` if it is none."""
    if not block.startswith("@picture "):
        return None
    head, alt, caption, *_ = [*(part.strip() for part in block.split("|")), "", ""]
    _, name, *style = head.split()
    return Picture(name=name, style=style[0] if style else "plain", alt=alt, caption=caption)


def first_picture(body: str) -> str | None:
    """The name of a body's first picture."""
    for block in _blocks(body):
        picture = picture_of(block)
        if picture is not None:
            return picture.name
    return None


def to_html(body: str, base_url: str) -> str:
    """The HTML of a body; images are below `base_url`, which may be empty."""
    return "\n".join(_block(block, base_url) for block in _blocks(body))


def _blocks(body: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n[ \t]*\n", body.strip()) if block.strip()]


def _block(block: str, base_url: str) -> str:
    if _HTML.match(block):
        return block.replace("{base}", base_url)
    picture = picture_of(block)
    if picture is not None:
        return _figure(picture, base_url)
    if block.startswith("@"):
        return _video(block)
    if block.startswith("## "):
        return f"<h2>{block[3:]}</h2>"
    if block.startswith("> "):
        return f"<blockquote><p>{_unquoted(block)}</p></blockquote>"
    return _list(block, "- ", "ul") or _list(block, "1. ", "ol") or f"<p>{_joined(block)}</p>"


def _joined(block: str) -> str:
    """The lines of a block as one; Chinese ones without a space between them."""
    return re.sub(r"(?<=[\u3000-\uffef])\n(?=[\u3000-\uffef])", "", block).replace("\n", " ")


def _unquoted(block: str) -> str:
    return "<br>".join(line.removeprefix("> ") for line in block.splitlines())


def _list(block: str, mark: str, tag: str) -> str:
    lines = block.splitlines()
    if not all(line.startswith(mark) for line in lines):
        return ""
    return f"<{tag}>{''.join(f'<li>{line[len(mark) :]}</li>' for line in lines)}</{tag}>"


def _video(block: str) -> str:
    head, _, title = block.partition("|")
    kind, identifier = head.split()
    source = {
        "@youtube": f"https://www.youtube.com/embed/{identifier}",
        "@bilibili": f"https://player.bilibili.com/player.html?bvid={identifier}&amp;page=1",
    }[kind]
    name = escape(title.strip())
    return f'<iframe width="640" height="360" src="{source}" title="{name}" frameborder="0" allowfullscreen></iframe>'


def _figure(picture: Picture, base_url: str) -> str:
    image = _STYLES[picture.style](picture, f"{base_url}/images/")
    caption = f"<figcaption>{picture.caption}</figcaption>" if picture.caption else ""
    return f"<figure>{image}{caption}</figure>"


def _size(name: str) -> str:
    match = _SIZE.search(name)
    return f' width="{match[1]}" height="{match[2]}"' if match else ""


def _half(name: str) -> str:
    return _SIZE.sub(lambda match: f"{int(match[1]) // 2}x{int(match[2]) // 2}", name)


def _set(picture: Picture, folder: str) -> str:
    match = _SIZE.search(picture.name)
    width = int(match[1]) if match else 960
    return f"{folder}{_half(picture.name)} {width // 2}w, {folder}{picture.name} {width}w"


def _plain(picture: Picture, folder: str) -> str:
    return f'<img src="{folder}{picture.name}" alt="{escape(picture.alt)}"{_size(picture.name)}>'


def _lazy(picture: Picture, folder: str) -> str:
    alt = escape(picture.alt)
    return f'<img class="lazyload" src="{folder}blank.gif" data-src="{folder}{picture.name}" alt="{alt}">'


def _data(picture: Picture, folder: str) -> str:
    alt = escape(picture.alt)
    original = f"{folder}{picture.name}"
    return f'<img class="lazy" src="{_BLANK}" data-original="{original}" alt="{alt}" referrerpolicy="no-referrer">'


def _noscript(picture: Picture, folder: str) -> str:
    lazy = f'<img class="js-only" data-lazy-src="{folder}{picture.name}" alt="{escape(picture.alt)}">'
    return f"{lazy}<noscript>{_plain(picture, folder)}</noscript>"


def _srcset(picture: Picture, folder: str) -> str:
    sizes = 'sizes="(max-width: 600px) 100vw, 660px"'
    small = f"{folder}{_half(picture.name)}"
    return f'<img srcset="{_set(picture, folder)}" {sizes} src="{small}" alt="{escape(picture.alt)}">'


def _lazyset(picture: Picture, folder: str) -> str:
    alt = escape(picture.alt)
    return f'<img class="lazy" src="{_BLANK}" data-srcset="{_set(picture, folder)}" data-sizes="auto" alt="{alt}">'


def _picture(picture: Picture, folder: str) -> str:
    webp = f"{picture.name.rpartition('.')[0]}.webp"
    return f'<picture><source type="image/webp" srcset="{folder}{webp}">{_plain(picture, folder)}</picture>'


_STYLES: dict[str, Callable[[Picture, str], str]] = {
    "plain": _plain,
    "lazy": _lazy,
    "data": _data,
    "noscript": _noscript,
    "srcset": _srcset,
    "lazyset": _lazyset,
    "picture": _picture,
}
