"""Makes the pictures of the demo site in docs/images: `python docs/make_screenshots.py [CHROMIUM]`, from the checkout.

Runs the demo in a temporary folder and opens its pages from there; nothing outside this machine is asked.
"""

import re
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from broadsheet.demo import SAMPLE_DATE

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
MOST_BYTES = 300_000
COLOURS = 256

SIZES = {"desktop": (1280, 900, 1.0), "phone": (390, 800, 2.0)}
"""Width and height of the window, and pixels of the screen to one of the page."""

FERRY, KEEPER = "The night ferry sails again", "守塔人的最后一班岗"
"""Beginnings of the titles of the articles that are shown."""

SHOTS = (
    ("home-desktop", "desktop", None),
    ("home-phone", "phone", None),
    ("article-desktop", "desktop", FERRY),
    ("article-phone", "phone", KEEPER),
    ("sources-desktop", "desktop", "sources.html"),
)


def main() -> None:
    """Makes all of them, in both colour schemes."""
    executable = sys.argv[1] if len(sys.argv) > 1 else CHROMIUM
    with tempfile.TemporaryDirectory(prefix="broadsheet-pictures-") as folder, sync_playwright() as playwright:
        subprocess.run([sys.executable, "-m", "broadsheet", "demo", "--quiet", folder + "/demo"], check=True)
        site = Path(folder) / "demo" / "public"
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for name, size, what in SHOTS:
            for scheme in ("light", "dark"):
                body = picture(browser, page_of(site, what), size, "dark" if scheme == "dark" else "light")
                target = IMAGES / f"{name}-{scheme}.png"
                target.write_bytes(body)
                sys.stdout.write(f"{target.name}: {len(body):,} bytes\n")
        browser.close()


def page_of(site: Path, what: str | None) -> Path:
    """The page to show: the front page, one by its path, or an article by the beginning of its title.

    Raises:
        LookupError: there is no such article.
    """
    if what is None:
        return site / "index.html"
    if what.endswith(".html"):
        return site / what
    for page in sorted((site / "a").glob("*.html")):
        if re.search(rf"<h1[^>]*>\s*{re.escape(what)}", page.read_text(encoding="utf-8")):
            return page
    raise LookupError(f"no article of the demo is called “{what}”")


def picture(browser: Browser, page: Path, size: str, scheme: Literal["light", "dark"]) -> bytes:
    """One page as a PNG with a palette, as small as it can be without showing it.

    Raises:
        ValueError: it is too large for a repository.
    """
    width, height, scale = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme=scheme,
        reduced_motion="reduce",
        is_mobile=size == "phone",
        bypass_csp=True,
    )
    shown = context.new_page()
    shown.clock.set_fixed_time(SAMPLE_DATE)
    shown.goto(page.as_uri())
    # The room that is kept for a scroll bar, which headless browsers do not draw.
    shown.add_style_tag(content="html { scrollbar-gutter: auto !important }")
    shown.wait_for_load_state("networkidle")
    raw = shown.screenshot()
    context.close()
    small = BytesIO()
    whole = Image.open(BytesIO(raw)).convert("RGB")
    # A palette of its own for each: half the size, and skies stay smooth.
    whole.quantize(palette=whole.quantize(COLOURS), dither=Image.Dither.FLOYDSTEINBERG).save(
        small, "PNG", optimize=True
    )
    if small.tell() > MOST_BYTES:
        raise ValueError(f"{page.name} at {size} size has {small.tell():,} bytes; at most {MOST_BYTES:,}")
    return small.getvalue()


if __name__ == "__main__":
    main()
