"""Turns clean HTML into what an edition shows: every image and every embed replaced by the edition's own markup."""

import re
from collections.abc import Callable

from broadsheet.clean import embeds, images
from broadsheet.model import CleanHtml, Image


def rewrite(html: CleanHtml, *, image: Callable[[Image], str], embed: Callable[[str, str], str]) -> str:
    """The HTML with each image and each embed's placeholder replaced.

    Args:
        html: clean HTML; only its own exact forms of images and placeholders count.
        image: gives the whole markup for an image, escaped.
        embed: gives the whole markup for a video from host name and id (both safe to print). It stands inside a
            paragraph as often as not, so it should be phrasing content.
    """

    def video(found: re.Match[str]) -> str:
        known = embeds.by_id(found[1], found[2])
        return embed(known.name, known.id) if known and embeds.placeholder(known) == found[0] else found[0]

    if 'data-embed="' in html:
        html = CleanHtml(embeds.PLACEHOLDER.sub(video, html))
    if "<img " in html:
        html = CleanHtml(images.IMG.sub(lambda found: image(images.image_from(found)), html))
    return html
