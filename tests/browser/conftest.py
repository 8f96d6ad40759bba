"""A site with everything on it, served on loopback, and a real Chromium to look at it."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from newsroom import COURIER, LOOSE, MORNING, ZAKER, Newsroom, picture, view
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from broadsheet.demo.pictures import paint
from broadsheet.editions.base import SourceHealth
from broadsheet.model import Enclosure

CHROMIUM = os.environ.get("BROADSHEET_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BOAT, GONE = "https://img.example/boat.jpg", "https://img.example/gone.jpg"
BODY = f"""
<p>The night ferry came back on Thursday. <a href="https://else.example/">Somebody</a> counted 212 passengers.</p>
<figure><img src="{BOAT}" alt="A boat"><figcaption>The sound at dusk</figcaption></figure>
<p>It was the soup that decided it.</p><blockquote><p>People will not stay up for a timetable.</p></blockquote>
<p><img src="{GONE}" alt="A picture that is gone"></p>
<p><iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe></p>
<h2>What it costs</h2><table><tr><th>Crossing</th><th>Soup</th></tr><tr><td>4</td><td>0</td></tr></table>
<pre>a line of code that is much, much, much, much, much, much, much, much, much, much wider than a telephone</pre>
<ul><li>One</li><li>Two</li></ul>
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a published site; its first article is `view(1)`."""
    boat = picture(BOAT, "aa/boat.jpg", width=1120, height=700)
    room = Newsroom(page_size=20, description="News of the harbour", language="en")
    room.desk.health = [
        SourceHealth(face=COURIER, state="failing", since=MORNING, kind="status", status=503, articles=9),
        SourceHealth(face=ZAKER, state="ok", articles=1234, last_new=MORNING),
        SourceHealth(face=LOOSE, state="quiet", since=MORNING, articles=3, last_new=MORNING),
    ]
    found = {BOAT: boat, GONE: picture(GONE)}
    room.publish(
        view(1, title="The night ferry sails again", html=BODY, pictures=found, lead=boat, changed_at=MORNING),
        view(2, title="长" * 300, html="<p>正文很长。</p>" * 9, face=ZAKER, language="zh-CN", lead=boat),
        view(3, title="", html="<p>没有标题，只有正文。</p>", face=ZAKER, language=None),
        view(4, title="Withdrawn", html="", withdrawn=True, summary=""),
        view(5, title="x" * 400, html="<p>" + "y" * 900 + "</p>", lead=boat, tags=("t" * 90,)),
        view(6, title="عنوان من اليمين إلى اليسار", html="<p>هذا نص عربي قصير.</p>", language="ar"),
        view(7, title="A podcast", enclosures=(Enclosure(url="https://pod.example/1.mp3", type="audio/mpeg"),)),
        *(view(number, face=(COURIER, ZAKER, LOOSE)[number % 3]) for number in range(8, 75)),
    )
    folder = tmp_path_factory.mktemp("site") / "daily"
    for path, content in room.files.items():
        _put(folder / path, content)
    for path in room.images:
        _put(folder / path, paint("sea-dusk-3-1120x700.jpg") or b"")
    return folder


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, below a path of its host."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site.parent)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/daily/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen; one Playwright at a time runs in a process, so it ends with its module."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have Debian's chromium at {CHROMIUM}")
        pytest.skip("Debian's chromium is not installed: run `make peers`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts, and closes them in the end."""
    opened: list[BrowserContext] = []

    def _open(width: int = 1280, **how: object) -> BrowserContext:
        opened.append(chromium.new_context(viewport={"width": width, "height": 800}, **how))  # type: ignore[arg-type]
        return opened[-1]

    yield _open
    for context in opened:
        context.close()
