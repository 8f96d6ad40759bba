"""Which picture stands for an article."""

import pytest

from broadsheet.clean.lead import lead_image
from broadsheet.model import Image

GOOD = "https://s.example/photos/a.jpg"
OTHER = "https://s.example/photos/b.jpg"

NEVER = [
    "https://s.example/assets/logo.png",
    "https://s.example/img/site-logo-2x.png",
    "https://s.example/avatars/7.jpg",
    "https://secure.gravatar.com/x.jpg",
    "https://0.gravatar.com/avatar/abc?s=96",
    "https://s.example/favicon.ico",
    "https://s.example/icon.svg",
    "https://s.example/default-og.png",
    "https://s.example/placeholder.png",
    "https://pixel.wp.com/b.gif",
    "https://s.w.org/images/core/emoji/1f600.png",
    "data:image/png;base64,R0",
    "/relative.jpg",
    "",
]


@pytest.mark.parametrize("url", NEVER)
def test_what_never_leads(url: str) -> None:
    assert lead_image(url, None, ()) is None
    assert lead_image(None, url, ()) is None
    assert lead_image(url, url, [Image(url=url), Image(url=GOOD)]) == GOOD


@pytest.mark.parametrize("url", [GOOD, "https://s.example/logotype/catalogue.jpg", "https://s.example/silicon.jpg"])
def test_what_may_lead(url: str) -> None:
    assert lead_image(None, None, [Image(url=url)]) == url


def test_the_feed_comes_before_the_page_and_the_page_before_the_text() -> None:
    images = [Image(url=OTHER)]
    assert lead_image(GOOD, OTHER, images) == GOOD
    assert lead_image(None, GOOD, images) == GOOD
    assert lead_image(None, None, images) == OTHER
    assert lead_image(None, None, ()) is None


@pytest.mark.parametrize(
    "small",
    [{"width": 88, "height": 31}, {"width": 150}, {"height": 60}, {"width": 728, "height": 90}, {"width": 1200, "height": 110}],
)  # fmt: skip
def test_small_images_and_banners_do_not_lead(small: dict[str, int]) -> None:
    assert lead_image(None, None, [Image(url=GOOD, **small), Image(url=OTHER, width=640, height=480)]) == OTHER
