"""Which picture stands for an article. Judged by addresses and stated sizes alone; nothing is fetched."""

import re
from collections.abc import Iterable

from broadsheet.clean.images import is_emoji, is_placeholder, is_tracker
from broadsheet.model import Image
from broadsheet.urls import is_http

_MIN_WIDTH = 200
_MIN_HEIGHT = 100
_MAX_ASPECT = 5

_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:avatars?|gravatar|logos?|favicon|icons?|sprites?|badges?|buttons?|qr-?code|emoji|smil(?:ey|ie)s?"
    r"|share|default[_-](?:image|og|share|thumb\w*|cover|pic))(?:[/_.\d-]|$)|\.svg(?:[?#]|$)|gravatar\.com/",
    re.IGNORECASE,
)


def lead_image(feed_image: str | None, og_image: str | None, images: Iterable[Image]) -> str | None:
    """The address of the picture that stands for an article, `None` if none may.

    The feed's own, else the page's `og:image`, else the first large one of the text; never a tracker, logo, avatar,
    placeholder or spacer.
    """
    for url in (feed_image, og_image):
        if url and _may_lead(url):
            return url
    return next((image.url for image in images if _is_large(image) and _may_lead(image.url)), None)


def _may_lead(url: str) -> bool:
    if not is_http(url) or is_tracker(url) or is_emoji(url) or is_placeholder(url):
        return False
    address = url.split("//", 1)[1]
    return _NO_PICTURE.search(address.partition("?")[0]) is None


def _is_large(image: Image) -> bool:
    """Whether an image is large as far as its text says; where it says nothing, it may be."""
    width, height = image.width, image.height
    if (width is not None and width < _MIN_WIDTH) or (height is not None and height < _MIN_HEIGHT):
        return False
    return not (width and height) or max(width, height) <= _MAX_ASPECT * min(width, height)
