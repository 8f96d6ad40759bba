"""Everything about images in a text: which of an element's many addresses is the picture, and which pictures are none.

Works on an element's attributes, before sanitising; `images_of` reads clean HTML.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from broadsheet.model import CleanHtml, Image

Resolve = Callable[[str], str | None]
Attributes = Mapping[str, object]

_LAZY_IN_ORDER = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-orig-src",
    "data-lazyload",
    "data-lazy",
    "data-lazy-original",
    "data-echo",
    "data-real-src",
    "data-cfsrc",
    "data-ks-lazyload",
    "data-croporisrc",
    "lazysrc",
    "zoomfile",
    "file",
)
LAZY = frozenset(_LAZY_IN_ORDER)
"""Attributes in which a page keeps the true `src` until a script puts it in place; in order, the surest first."""

_GUESSES = (
    "data-fallback-src",
    "data-url",
    "data-image",
    "data-img",
    "data-img-src",
    "data-img-url",
    "data-thumb",
    "original",
)
"""Attributes that often hold a picture's address; used only when nothing better is there."""

_URL_LIKE = re.compile(
    r"(?:https?:)?//[^\s{}]+|\.{0,2}/[^\s{}]+|[^\s:{}]+\.(?:jpe?g|png|gif|webp|avif)(?:\?[^\s{}]*)?", re.IGNORECASE
)
_STAND_IN = (
    r"(?:spacer|blank|transparent|placeholder|pixel|1x1|gr[ae]y|empty|none|no_?(?:pic|image)|loading|loader|clear|dot"
    r"|lazy(?:[_-]?load(?:ing|er)?)?|trans|shim|loading[_-]?\w{1,8})(?:[_.-]?\d{1,4}(?:x\d{1,4})?)?"
)
_PLACEHOLDER = re.compile(rf"(?:[\w.-]{{0,60}}[_.-])?{_STAND_IN}\.(?:gif|png|svg|jpe?g|webp)", re.IGNORECASE)
_HOPELESS = re.compile(rf"{_STAND_IN}\.(?:gif|png|svg)", re.IGNORECASE)

_TRACKER_DOMAINS = frozenset(
    {
        "amazon-adsystem.com",
        "assoc-amazon.com",
        "bidsystem.com",
        "bluekai.com",
        "chartbeat.net",
        "cnzz.com",
        "doubleclick.net",
        "feedpress.me",
        "feedsportal.com",
        "follow.it",
        "google-analytics.com",
        "googlesyndication.com",
        "mmstat.com",
        "omnitagjs.com",
        "pheedo.com",
        "quantserve.com",
        "scorecardresearch.com",
        "statcounter.com",
    }
)
_TRACKER_HOSTS = frozenset({"hm.baidu.com", "stats.wordpress.com"})
_TRACKER_LABELS = frozenset({"beacon", "counter", "feedads", "hit", "hits", "pixel", "pixels", "track", "tracking"})
_TRACKER_ADDRESS = re.compile(
    r"//(?:feeds\.feedburner\.com/~|(?:www\.)?facebook\.com/tr\b|medium\.com/_/stat|[^/]*googleusercontent\.com/tracker/)"
    r"|/(?:matomo|piwik)\.php|/__utm\.gif|/open\.aspx|/wf/open"
    r"|/(?:tracking|track|web)?[_-]?(?:pixel|beacon)s?(?:\.gif|\.png)?(?:[?#]|$)",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"/(?:emoji|emojis|twemoji)/|/smilies/", re.IGNORECASE)
_DIMENSION = re.compile(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
_TINY_STYLE = re.compile(
    r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)|display\s*:\s*none", re.IGNORECASE
)

_SRCSET_URL = re.compile(r"[\s,]*([^\s,]\S*)")
_ALT_CHARS = 1000
_CANDIDATES = 64
_BEST_WIDTH = 2000
"""Pixels: enough for any screen's measure; more is a download that nobody sees."""

IMG = re.compile(
    r'<img src="([^"<>]*)" alt="([^"<>]*)"(?: width="(\d{1,5})")?(?: height="(\d{1,5})")?(?: title="[^"<>]*")?>',
    re.ASCII,
)
"""An image as clean HTML holds it, and as nothing else in it can look: `<` occurs there only where a tag begins."""


def images_of(clean: CleanHtml) -> tuple[Image, ...]:
    """The images that clean HTML shows, in order, each address once."""
    found: dict[str, Image] = {}
    for match in IMG.finditer(clean):
        image = image_from(match)
        found.setdefault(image.url, image)
    return tuple(found.values())


def image_from(match: re.Match[str]) -> Image:
    """The image behind a match of `IMG`."""
    url, alt, width, height = match.groups()
    return Image(
        url=unescape(url),
        width=int(width) if width else None,
        height=int(height) if height else None,
        alt=unescape(alt),
    )


def unescape(value: str) -> str:
    """An attribute's value in clean HTML as text; only these five references occur there."""
    if "&" not in value:
        return value
    value = value.replace("&nbsp;", "\xa0").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
    return value.replace("&amp;", "&")


def is_tracker(url: str) -> bool:
    """Whether an image's absolute address is known to count readers rather than to show something."""
    host = url.split("/", 3)[2]
    labels = host.split(".")
    if labels[0] in _TRACKER_LABELS or host in _TRACKER_HOSTS or ".".join(labels[-2:]) in _TRACKER_DOMAINS:
        return True
    return _TRACKER_ADDRESS.search(url) is not None


def is_placeholder(url: str) -> bool:
    """Whether an image's file name says that it stands in for another; believed when that other is known."""
    return _PLACEHOLDER.fullmatch(_file_name(url)) is not None


def _file_name(url: str) -> str:
    return url.partition("?")[0].partition("#")[0].rpartition("/")[2]


def is_emoji(url: str) -> bool:
    """Whether an image stands for a character, as blog software draws emoji."""
    return _EMOJI.search(url) is not None


def dimension(text: object) -> int | None:
    """A width or height in pixels; `None` for absent, relative or nonsense."""
    if not isinstance(text, str):
        return None
    match = _DIMENSION.fullmatch(text)
    return int(match[1]) if match else None


def true_attributes(attrs: Attributes, resolve: Resolve) -> dict[str, str] | None:
    """The attributes that an image gets; `None` for what shows nothing: no usable address, one pixel, a tracker."""
    url, lazy = true_url(attrs, resolve)
    if url is None or is_tracker(url):
        return None
    width, height = dimension(attrs.get("width")), dimension(attrs.get("height"))
    if not lazy and _is_tiny(width, height, attrs.get("style")):
        return None
    result = {"src": url, "alt": _one_line(attrs.get("alt"))}
    if width is not None and width > 1:
        result["width"] = str(width)
    if height is not None and height > 1:
        result["height"] = str(height)
    if title := _one_line(attrs.get("title")):
        result["title"] = title
    return result


def _is_tiny(width: int | None, height: int | None, style: object) -> bool:
    if (width is not None and width <= 1) or (height is not None and height <= 1):
        return True
    return isinstance(style, str) and _TINY_STYLE.search(style) is not None


def _one_line(text: object) -> str:
    return " ".join(text.split())[:_ALT_CHARS].rstrip() if isinstance(text, str) else ""


def true_url(attrs: Attributes, resolve: Resolve) -> tuple[str | None, bool]:
    """The address of the picture that is meant, and whether it came from somewhere else than `src`."""
    value = attrs.get("src")
    src = resolve(value) if isinstance(value, str) else None
    if not LAZY.isdisjoint(attrs):
        for url in _usable(_LAZY_IN_ORDER, attrs, resolve):
            return url, url != src
    if src and not is_placeholder(src):
        return src, False
    for url in _fallbacks(attrs, resolve):
        return url, True
    return (None if src is None or _HOPELESS.fullmatch(_file_name(src)) else src), False


def _fallbacks(attrs: Attributes, resolve: Resolve) -> Iterator[str]:
    for name in ("data-srcset", "data-lazy-srcset", "srcset"):
        value = attrs.get(name)
        if isinstance(value, str) and (url := best_candidate(value, resolve)):
            yield url
    yield from _usable(_GUESSES, attrs, resolve)


def _usable(names: Iterable[str], attrs: Attributes, resolve: Resolve) -> Iterator[str]:
    for name in names:
        value = attrs.get(name)
        if isinstance(value, str) and _URL_LIKE.fullmatch(value := value.strip()):
            url = resolve(value)
            if url is not None and not is_placeholder(url):
                yield url


def best_candidate(srcset: str, resolve: Resolve) -> str | None:
    """The best picture of a `srcset`: the widest that is not wider than anyone needs, else the least too wide."""
    best: tuple[float, str] | None = None
    for value, descriptor in _candidates(srcset):
        if not (url := resolve(value)) or is_placeholder(url):
            continue
        size = _size(descriptor)
        rank = size if size <= _BEST_WIDTH else _BEST_WIDTH / size
        if best is None or rank > best[0]:
            best = (rank, url)
    return best[1] if best else None


def _size(descriptor: str) -> float:
    """Pixels of width; a density counts as so many times a middling one."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,4})?)([wx])", descriptor.strip().lower())
    if not match:
        return 500.0
    return float(match[1]) * (1 if match[2] == "w" else 500)


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Pairs of address and descriptor (HTML, 4.8.4.2.2): addresses may hold commas, but not end in one."""
    rest = srcset
    for _ in range(_CANDIDATES):
        found = _SRCSET_URL.match(rest)
        if found is None:
            return
        url, rest = found[1], rest[found.end() :]
        if url.endswith(","):
            yield url.rstrip(","), ""
            continue
        descriptor, _, rest = rest.partition(",")
        yield url, descriptor
