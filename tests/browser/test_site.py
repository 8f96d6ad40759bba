"""The site in a real browser: how it looks at phone and desktop width, in both schemes, and what its script adds."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from newsroom import article_id
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.peers

Visit = Callable[..., BrowserContext]

PAGES = {
    "home": "index.html",
    "article": f"a/{article_id(1)}.html",
    "long": f"a/{article_id(2)}.html",
    "untitled": f"a/{article_id(3)}.html",
    "withdrawn": f"a/{article_id(4)}.html",
    "wide": f"a/{article_id(5)}.html",
    "rtl": f"a/{article_id(6)}.html",
    "podcast": f"a/{article_id(7)}.html",
    "section": "s/City/index.html",
    "numbered": "s/City/1.html",
    "sections": "s/index.html",
    "archive": "archive/index.html",
    "month": "archive/2025/11/index.html",
    "day": "archive/2025/11/22/index.html",
    "sources": "sources.html",
    "saved": "saved.html",
    "error": "404.html",
}

# The text on a page that cannot be read well: contrast with what is painted behind it below WCAG 2.2 AA.
FAINT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const colour = channels(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return channels(getComputedStyle(document.documentElement).backgroundColor);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.offsetParent) continue;
    const style = getComputedStyle(element);
    const [one, other] = [luminance(channels(style.color)), luminance(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) faint.push([walker.currentNode.textContent.trim().slice(0, 40), ratio]);
  }
  return faint;
}"""


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and all that goes wrong on it: errors, refused and failed loads, and requests to other hosts."""
    page, wrong = context.new_page(), []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda asked: wrong.append(f"failed {asked.url}"))
    page.on("request", lambda asked: None if _own(asked.url) else wrong.append(f"asked {asked.url}"))
    return page, wrong


def _own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "file://"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_page_fits_reads_well_and_stays_at_home(visit: Visit, address: str, width: int, scheme: str) -> None:
    page, wrong = watched(visit(width, color_scheme=scheme))
    found = {}
    for name, path in PAGES.items():
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            wrong.append("wider than the window")
        if complaints := wrong + page.evaluate(FAINT):
            found[name] = complaints[:]
        wrong.clear()
    assert found == {}


@pytest.mark.parametrize("name", ["home", "article", "section"])
def test_nothing_moves_while_a_page_loads(visit: Visit, address: str, name: str) -> None:
    page = visit(360).new_page()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) "
        "window.moved += one.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(address + PAGES[name])
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 3000)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") == 0


def test_it_opens_from_the_disk(visit: Visit, site: Path) -> None:
    page, wrong = watched(visit())
    page.goto((site / "index.html").as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.rows')).columnCount") == "2"
    page.locator(".lead a.h").click()
    expect(page.locator("h1")).to_have_text("The night ferry sails again")
    assert page.locator(".text img").first.evaluate("(image) => image.naturalWidth") == 1120
    page.locator(".path a").first.click()
    expect(page.locator("h1")).to_have_text("City")
    assert wrong == []


def test_everything_can_be_read_without_script(visit: Visit, address: str) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(address + PAGES["article"])
    expect(page.locator("a.video")).to_have_attribute("href", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    expect(page.locator(".from time")).to_have_text("22 November 2025, 13:20")
    page.goto(address + PAGES["saved"])
    expect(page.locator("noscript p")).to_contain_text("needs JavaScript")


def test_a_video_is_asked_for_when_it_is_clicked_and_not_before(visit: Visit, address: str) -> None:
    context = visit()
    context.route(re.compile("youtube"), lambda route: route.fulfill(body="<p>a film</p>", content_type="text/html"))
    page, wrong = watched(context)
    page.goto(address + PAGES["article"])
    page.wait_for_load_state("networkidle")
    assert wrong == []
    page.locator("a.video").click()
    expect(page.frame_locator("iframe.player").locator("p")).to_have_text("a film")
    assert wrong == ["asked https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"]


def test_the_keyboard_reads_the_paper(visit: Visit, address: str) -> None:
    page, wrong = watched(visit())
    page.goto(address)
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator(".row.here")).to_have_count(1)
    expect(page.locator(".row.lead")).to_have_class(re.compile("here"))
    page.keyboard.press("o")
    expect(page.locator("article h1")).to_have_text("The night ferry sails again")
    page.keyboard.press("s")
    expect(page.locator(".star")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.locator(".row.lead")).to_have_class(re.compile(r"read.*saved|saved.*read"))
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.locator("#saved .h")).to_have_text(["The night ferry sails again"])
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("next, previous")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert wrong == []


def test_a_page_can_be_filtered(visit: Visit, address: str) -> None:
    page = visit().new_page()
    page.goto(address + PAGES["section"])
    page.keyboard.press("/")
    page.keyboard.type("story 30")
    expect(page.locator(".row:visible")).to_have_count(1)
    page.keyboard.type("zzz")
    expect(page.locator(".filter p")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".row:visible")).not_to_have_count(1)


def test_next_and_previous_on_an_article(visit: Visit, address: str) -> None:
    page = visit().new_page()
    page.goto(address + PAGES["withdrawn"])
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("The night ferry sails again")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Withdrawn")


def test_the_readers_colours_are_there_before_the_first_paint(visit: Visit, address: str) -> None:
    page = visit(color_scheme="light").new_page()
    page.goto(address)
    button = page.get_by_role("button", name="Colours")
    button.click()
    button.click()
    expect(button).to_have_text("Colours: dark")
    page.goto(address + PAGES["sources"], wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(23, 22, 20)"


def test_a_large_picture_opens_and_closes(visit: Visit, address: str) -> None:
    page = visit(360).new_page()
    page.goto(address + PAGES["article"])
    page.locator(".text img").first.click()
    expect(page.locator("dialog.big img")).to_be_visible()
    page.locator("dialog.big").click()
    expect(page.locator("dialog.big")).to_have_count(0)


def test_times_of_today_are_relative_and_keep_the_absolute_one(visit: Visit, address: str) -> None:
    page = visit().new_page()
    page.clock.set_fixed_time("2025-11-22T07:05:00Z")
    page.goto(address + PAGES["article"])
    expect(page.locator(".from time")).to_have_text("2 hr. ago")
    expect(page.locator(".from time")).to_have_attribute("title", "22 November 2025, 13:20")


def test_on_paper_there_is_the_text_and_where_it_is_from(visit: Visit, address: str) -> None:
    page = visit().new_page()
    page.goto(address + PAGES["article"])
    page.emulate_media(media="print")
    expect(page.locator(".pages")).to_be_hidden()
    expect(page.locator(".foot")).to_be_hidden()
    said = page.locator(".orig").evaluate("(link) => getComputedStyle(link, '::after').content")
    assert "https://courier.example/1" in said


def test_a_reader_of_screens_finds_its_way(visit: Visit, address: str) -> None:
    page = visit().new_page()
    for name, path in PAGES.items():
        page.goto(address + path)
        assert page.get_by_role("main").count() == 1, name
        assert page.get_by_role("heading", level=1).count() == 1, name
        assert page.evaluate("[...document.images].every((one) => one.hasAttribute('alt'))"), name
        unnamed = (
            "[...document.querySelectorAll('a:not([aria-hidden]), button')].filter((one) => !one.textContent.trim())"
        )
        assert page.evaluate(f"{unnamed}.length") == 0, name
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
