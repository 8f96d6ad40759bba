"""The whole way: feeds with hard cases on loopback, `broadsheet run`, and real Hexo on what it wrote."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import pytest
from faultserver import FaultServer, Reply
from hardcases import ZONES, hard_cases
from hexosite import HexoSite, flat, heading, meta
from PIL import Image
from realcommand import broadsheet, snapshot
from turbohtml import parse, parse_fragment

from broadsheet.editions.base import View

pytestmark = pytest.mark.peers

CONFIG = """
[site]
title = "End to end"
url = "https://blog.example"
language = "zh-CN"
timezone = "Asia/Shanghai"
[fetch]
allow_private = ["{host}"]
[fetch.hosts."{host}"]
per_host = 4
host_delay = "0s"
[editions.hexo]
path = "{posts}"
theme = "{theme}"
"""
SOURCE = """
[[sources]]
url = "{url}"
section = ["{name}", "Feeds", "feed {number}"]
full_text = "never"
"""
JOINER = "\u2060"


def cases() -> list[View]:
    """The hard cases that a feed can carry as they are; one without a title gets another in its place."""
    return [view for view in hard_cases() if view.article.title]


def atom(views: Sequence[View], host: str) -> str:
    """A feed of them, each with an image, dated in its own zone."""
    entries = [
        f"<entry><id>urn:x:{view.article.id}</id><title>{escape(view.article.title)}</title>"
        f'<link href="https://example.org/{view.article.id}"/>'
        f"<published>{view.article.date.astimezone(ZONES[number % 3]).isoformat()}</published>"
        f"<content type='html'>{escape(view.html.replace('<img ', '<span '))}"
        f"&lt;p&gt;&lt;img src='http://{host}/{number % 5}.png' alt='{{{{ alt }}}}'&gt;&lt;/p&gt;</content></entry>"
        for number, view in enumerate(views)
    ]
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Hard cases</title>{"".join(entries)}</feed>'


@pytest.fixture
def web() -> Iterator[FaultServer]:
    """A web with three feeds and five images."""
    with FaultServer() as server:
        host = server.url("/").removeprefix("http://").rstrip("/")
        for number in range(3):
            server.add(f"/feed{number}.xml", atom(cases()[number::3], host))
        for number in range(5):
            picture = io.BytesIO()
            Image.new("RGB", (320, 200), (40 * number, 90, 160)).save(picture, "PNG")
            server.add(f"/{number}.png", Reply(body=picture.getvalue(), headers={"Content-Type": "image/png"}))
        yield server


def configure(folder: Path, site: HexoSite, web: FaultServer, theme: str) -> None:
    host = web.url("/").removeprefix("http://").rstrip("/")
    text = CONFIG.format(host=host, posts=site.posts, theme=theme)
    text += "".join(SOURCE.format(url=web.url(f"/feed{n}.xml"), name="来源", number=n) for n in range(3))
    (folder / "broadsheet.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("theme", ["volantis", "landscape"])
def test_every_entry_is_a_page_of_the_blog(
    theme: str, hexo_site: Callable[..., HexoSite], web: FaultServer, tmp_path: Path
) -> None:
    site = hexo_site(theme)
    configure(tmp_path, site, web, theme)
    report = broadsheet(tmp_path, "run")
    assert report["entries"]["new"] == len(cases())
    assert report["images"]["fetched"] == 5
    written = snapshot(site.folder / "source")
    broadsheet(tmp_path, "run", "--all")
    assert snapshot(site.folder / "source") == written

    site.generate()
    assert site.article_count() == len(cases())
    built = {}
    for file in (site.public / "a").glob("*.html"):
        page = parse(file.read_text(encoding="utf-8"))
        links = {str(link.attrs.get("href")) for link in page.find_all("a")}
        built.update({link: page for link in links if link.startswith("https://example.org/")})
    for view in cases():
        page = built[f"https://example.org/{view.article.id}"]
        assert heading(page).replace(JOINER, "") == flat(view.article.title)
        published = meta(page, "article:published_time")
        assert published is not None
        assert datetime.fromisoformat(published) == view.article.date
        assert flat(parse_fragment(view.html).to_text()) in flat(page.to_text())
    images = {str(image.attrs["src"]) for page in built.values() for image in page.find_all("img")}
    shown = {src for src in images if src.startswith("/media/")}
    assert len(shown) == 5
    assert all((site.public / src.lstrip("/")).is_file() for src in shown)
