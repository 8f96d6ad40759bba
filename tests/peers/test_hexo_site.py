"""What real Hexo makes of our posts: every article a page, with its own title, text and time."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hardcases import hard_cases
from hexosite import HexoSite, flat, heading, meta
from shelf import TableLedger, pages, publish
from turbohtml import parse_fragment

from broadsheet.editions.base import View
from broadsheet.editions.hexo import THEMES, HexoEdition, title
from broadsheet.settings import EditionSettings, SiteSettings

pytestmark = pytest.mark.peers

SITE = SiteSettings(title="A site", url="https://blog.example", language="zh-CN", timezone="Asia/Shanghai")
VISIBLE_JOINER = "\u2060"


def write(site: HexoSite, theme: str, views: Sequence[View]) -> None:
    """The posts of these views, in the site's folder."""
    edition = HexoEdition(EditionSettings(name="hexo", kind="hexo", path=site.posts, theme=theme), SITE)
    for path, text in pages(publish(edition, views, TableLedger())).items():
        file = site.posts / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=THEMES)
def built(request: pytest.FixtureRequest, hexo_site: Callable[..., HexoSite]) -> HexoSite:
    """A generated site of each theme with all hard cases."""
    site = hexo_site(request.param)
    write(site, request.param, hard_cases())
    site.generate()
    return site


def test_as_many_pages_as_articles(built: HexoSite) -> None:
    assert built.article_count() == len(hard_cases())


def test_every_article_has_its_title_text_and_instant(built: HexoSite) -> None:
    for view in hard_cases():
        page = built.article(view.article.id)
        wanted = title(view)
        said = meta(page, "og:title")
        assert said is not None
        assert said.replace(VISIBLE_JOINER, "") == wanted
        assert heading(page).replace(VISIBLE_JOINER, "") == flat(wanted)
        text = flat(parse_fragment(view.html).to_text())
        assert text in flat(page.to_text()), (text, view)
        published = meta(page, "article:published_time")
        assert published is not None
        assert datetime.fromisoformat(published) == view.article.date


def test_nothing_of_an_article_runs(built: HexoSite) -> None:
    for view in hard_cases():
        page = built.article(view.article.id)
        assert not [script for script in page.find_all("script") if script.to_text().startswith("alert(")]
        assert not [element for element in page.find_all("b") if element.to_text() == "bold"]
        assert not [element for element in page.find_all() if any(name.startswith("onmouse") for name in element.attrs)]


def test_lists_and_images_are_there(built: HexoSite) -> None:
    home = (built.public / "index.html").read_text(encoding="utf-8")
    assert home.count("/media/ab/abcdef.jpg") >= sum(view.lead is not None for view in hard_cases())
    assert (built.public / "categories" / "技术" / "Site-Co" / "route-a" / "index.html").is_file()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai"])
def test_instants_do_not_depend_on_the_machine_that_builds(hexo_site: Callable[..., HexoSite], zone: str) -> None:
    site = hexo_site("landscape")
    views = hard_cases()[:6]
    write(site, "landscape", views)
    site.generate(zone=zone)
    for view in views:
        published = meta(site.article(view.article.id), "article:published_time")
        assert published is not None
        assert datetime.fromisoformat(published) == view.article.date
