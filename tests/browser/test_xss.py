"""Attacks, cleaned, in a real browser: no script runs, and nothing is asked of other hosts but the pictures themselves."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import pytest
from playwright.sync_api import Dialog, Page, Route, sync_playwright
from xss_vectors import MXSS

from broadsheet.clean import clean
from broadsheet.model import UntrustedHtml, Value

pytestmark = pytest.mark.peers

CHROMIUM = os.environ.get("BROADSHEET_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AT_ONCE = 60

REAL = [
    "<svg onload=hit()>",
    "<img src=x onerror=hit()>",
    "<svg><style><img src=x onerror=hit()></style></svg>",
    "<input onfocus=hit() autofocus>",
    "<script>alert(1)</script>",
]

PAGE = """<!doctype html><meta charset=utf-8><title>attacks</title>
<script>window.hits = []; window.hit = function () {{ hits.push("hit") }};
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => {{ hits.push(name) }};
window.addEventListener("securitypolicyviolation", event => hits.push(event.blockedURI));</script>
<main>{}</main>"""

# What the browser itself makes of the page: parsed, then written and parsed again twice, as scripts of ours might do.
FIND_WRONG = """() => {
  const wrong = [];
  const look = round => {
    for (const element of document.querySelectorAll("main *")) {
      if (/^(script|style|iframe|frame|object|embed|applet|form|input|button|select|textarea|link|meta|base|template|svg)$/i
          .test(element.localName)) wrong.push(round + " element " + element.localName);
      for (const {name, value} of element.attributes) {
        if (/^on|^style$|^srcdoc$|^srcset$|^id$|^name$/i.test(name)) wrong.push(round + " " + name + "=" + value);
        if (/^(href|src|poster|cite|action|formaction|xlink:href|data|background)$/i.test(name)
            && !/^(https?:|mailto:)/.test(value)) wrong.push(round + " " + name + "=" + value);
      }
      for (const kind of ["mouseover", "focus", "toggle", "load", "error", "pointerdown", "animationstart"])
        element.dispatchEvent(new Event(kind, {bubbles: true}));
    }
  };
  const main = document.querySelector("main");
  look("first");
  main.innerHTML = main.innerHTML; look("second");
  main.innerHTML = main.innerHTML; look("third");
  if (document.querySelectorAll("main").length !== 1 || document.body.lastElementChild !== main) wrong.push("broke out");
  return wrong;
}"""


class Site:
    """Pages on loopback, by path; a page may be put in place while it serves."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = site.pages.get(self.path)
                self.send_response(200 if page is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, *_: object) -> None:
                """Nothing: the test says what went wrong."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def visitor(site: Site) -> "Iterator[Visitor]":
    if not Path(CHROMIUM).exists():
        message = f"no Chromium at {CHROMIUM}; set BROADSHEET_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env={"HOME": home})
        yield Visitor(browser.new_page(), site)
        browser.close()


class Visit(Value, frozen=True, kw_only=True):
    """What one page did: what ran, what is wrong in its tree, what it asked other hosts for and what it shows."""

    ran: list[str]
    wrong: list[str]
    asked: list[tuple[str, str]]
    pictures: list[str]
    stayed: bool

    def check(self) -> None:
        assert self.ran == []
        assert self.wrong == []
        assert [asked for asked in self.asked if asked[0] != "image" or asked[1] not in self.pictures] == []
        assert self.stayed


class Visitor:
    """A browser that looks at one page after another; only the site itself is let through to it."""

    def __init__(self, page: Page, site: Site) -> None:
        self._page, self._site = page, site
        self._asked: list[tuple[str, str]] = []
        self._dialogs: list[str] = []
        page.route("**/*", self._route)
        page.on("dialog", self._dismiss)

    def visit(self, body: str) -> Visit:
        url = f"{self._site.url}/page"
        self._site.pages["/page"] = PAGE.format(body)
        self._asked.clear()
        self._dialogs.clear()
        self._page.goto(url, wait_until="load")
        wrong = self._page.evaluate(FIND_WRONG)
        self._page.wait_for_timeout(20)
        return Visit(
            ran=[*self._dialogs, *self._page.evaluate("window.hits")],
            wrong=wrong,
            asked=list(self._asked),
            pictures=self._page.evaluate(
                "[...document.querySelectorAll('main img, main video')].map(i => i.poster || i.src)"
            ),
            stayed=self._page.url == url,
        )

    def _route(self, route: Route) -> None:
        if route.request.url == f"{self._site.url}/page":
            route.continue_()
        else:
            self._asked.append((route.request.resource_type, route.request.url))
            route.abort()

    def _dismiss(self, dialog: Dialog) -> None:
        self._dialogs.append(dialog.message)
        dialog.dismiss()


def cleaned(attack: str) -> str:
    return clean(UntrustedHtml(attack), base="https://source.example/a/").html


def batches(attacks: list[str]) -> list[list[str]]:
    return [attacks[at : at + AT_ONCE] for at in range(0, len(attacks), AT_ONCE)]


def test_our_attacks_one_by_one(visitor: Visitor) -> None:
    for attack in MXSS:
        visitor.visit(cleaned(attack)).check()


def test_our_attacks_together(visitor: Visitor) -> None:
    visitor.visit("".join(f"<p>{number}</p>{cleaned(attack)}" for number, attack in enumerate(MXSS))).check()


@pytest.mark.corpus
def test_known_attacks(visitor: Visitor, corpus: Path) -> None:
    attacks = json.loads((corpus / "xss" / "payloadbox-part.json").read_text())
    for at in range(0, len(attacks), AT_ONCE):
        visitor.visit("".join(map(cleaned, attacks[at : at + AT_ONCE]))).check()


@pytest.mark.parametrize("attack", REAL)
def test_the_attacks_are_real(visitor: Visitor, attack: str) -> None:
    """Uncleaned, they do run in this browser: the tests above are no empty proof."""
    assert visitor.visit(attack).ran
