"""What real Hexo makes of our posts: every article a page, with its own title, text and time."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hardcases import hard_cases
from hexosite import HexoSite, flat, heading, meta
from shelf import TableLedger, pages, publish
from turbohtml import Document, parse_fragment

from broadsheet.editions.base import View
from broadsheet.editions.hexo import THEMES, HexoEdition, title
from broadsheet.settings import EditionSettings, SiteSettings

pytestmark = pytest.mark.peers

SITE = SiteSettings(title="A site", url="https://blog.example", language="zh-CN", timezone="Asia/Shanghai")
JOINER = "\u2060"


def write(site: HexoSite, theme: str, views: Sequence[View]) -> None:
    """The posts of these views, in the site's folder."""
    edition = HexoEdition(EditionSettings(name="hexo", kind="hexo", path=site.posts, theme=theme), SITE)
    for path, text in pages(publish(edition, views, TableLedger())).items():
        file = site.posts / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("theme", THEMES)
def test_every_hard_case_is_a_page_with_its_own_title_text_and_instant(
    theme: str, hexo_site: Callable[..., HexoSite]
) -> None:
    site, views = hexo_site(theme), hard_cases()
    write(site, theme, views)
    site.generate()
    assert site.article_count() == len(views)
    for view in views:
        page = site.article(view.article.id)
        assert_said(page, view)
        assert_nothing_runs(page)
    home = (site.public / "index.html").read_text(encoding="utf-8")
    assert home.count("/media/ab/abcdef.jpg") >= sum(view.lead is not None for view in views)
    assert (site.public / "categories" / "技术" / "Site-Co" / "route-a" / "index.html").is_file()


def assert_said(page: Document, view: View) -> None:
    """The page shows the article's title and text, word for word, and the moment that it was published."""
    wanted = title(view)
    assert (meta(page, "og:title") or "").replace(JOINER, "") == wanted
    assert heading(page).replace(JOINER, "") == flat(wanted)
    assert flat(parse_fragment(view.html).to_text()) in flat(page.to_text())
    assert datetime.fromisoformat(meta(page, "article:published_time") or "") == view.article.date


def assert_nothing_runs(page: Document) -> None:
    """Nothing of a title became an element, a script or a handler."""
    assert not [script for script in page.find_all("script") if script.to_text().startswith("alert(")]
    assert not [element for element in page.find_all("b") if element.to_text() == "bold"]
    assert not [element for element in page.find_all() if {"onmouseover", "onmouseout"} & set(element.attrs)]


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
