"""What a right configuration comes to."""

from pathlib import Path
from typing import Any

import pytest

from broadsheet.config import read
from broadsheet.errors import ConfigError
from broadsheet.model import Source
from broadsheet.settings import (
    EditionSettings,
    FetchSettings,
    HostSettings,
    HubCatalogue,
    ImageSettings,
    Settings,
    SiteSettings,
)

SITE = '[site]\ntitle = "T"\nurl = "https://news.example"\n'

EVERYTHING = """\
[site]
title = "新聞"
url = "https://news.example/daily/"
language = "zh-CN"
timezone = "Asia/Shanghai"
audience = "public"
contact = "mailto:desk@news.example"
description = "All of it"
accent = "#00AAff"

[archive]
path = "data/news.db"

[fetch]
rsshub = "http://127.0.0.1:1200/"
contact = "https://news.example/about"
concurrency = 8
per_host = 2
host_delay = "500ms"
min_interval = "1h30m"
timeout = 7
patience = "1m"
max_bytes = 5000
allow_private = ["127.0.0.1:1200", "10.0.0.0/8"]

[fetch.hosts."127.0.0.1:1200"]
per_host = 8
host_delay = "0s"

[images]
mode = "proxy"
proxy = "https://proxy.example/?{url}"
path = "pictures"
max_bytes = 6000

[[sources]]
url = "https://example.org/feed.xml"
section = [" Technology ", "Example"]
full_text = "always"
rights = "permission: by mail, 2026-01-02"
interval = "2d"
key = "example"

[[sources]]
route = "/zaker/source/1"

[[sources]]
url = "https://paper.example/feed"

[[catalogues]]
opml = "list.opml"
section = ["Lists"]

[[catalogues]]
rsshub = true
select = ["/zaker"]
section = ["Hub"]

[editions.site]
path = "public"
page_size = 100
feed_size = 20

[editions.blog]
kind = "hexo"
path = "blog/source/_posts"
theme = "volantis"
media_path = "blog/source/pictures"
media_url = "/pictures/"
"""

OPML = """<opml version="2.0"><body><outline text="Far">
<outline text="Lighthouse" xmlUrl="https://light.example/rss"/>
<outline text="Example again" xmlUrl="example"/>
</outline></body></opml>"""


def write(folder: Path, text: str) -> Path:
    path = folder / "broadsheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def settings(folder: Path, text: str, **environment: str) -> Settings:
    return read(write(folder, text), environment=environment)


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML)
    found = settings(tmp_path, EVERYTHING)
    assert found.site == SiteSettings(
        title="新聞",
        url="https://news.example/daily",
        language="zh-CN",
        timezone="Asia/Shanghai",
        audience="public",
        contact="mailto:desk@news.example",
        description="All of it",
        accent="#00AAff",
    )
    assert found.archive == tmp_path / "data/news.db"
    assert found.fetch == FetchSettings(
        rsshub=("http://127.0.0.1:1200",),
        contact="https://news.example/about",
        concurrency=8,
        per_host=2,
        host_delay_s=0.5,
        min_interval_s=5400,
        timeout_s=7,
        patience_s=60,
        limit_bytes=5000,
        allow_private=("127.0.0.1:1200", "10.0.0.0/8"),
        hosts={"127.0.0.1:1200": HostSettings(per_host=8, host_delay_s=0)},
    )
    assert found.images == ImageSettings(
        mode="proxy", proxy="https://proxy.example/?{url}", path=tmp_path / "pictures", limit_bytes=6000
    )
    assert found.sources == (
        Source(
            key="example",
            ref="https://example.org/feed.xml",
            url="https://example.org/feed.xml",
            section=("Technology", "Example"),
            full_text="always",
            rights="permission: by mail, 2026-01-02",
            interval_s=2 * 86400,
        ),
        Source(
            key="/zaker/source/1",
            ref="/zaker/source/1",
            url="http://127.0.0.1:1200/zaker/source/1",
            section=("zaker",),
        ),
        Source(
            key="https://paper.example/feed",
            ref="https://paper.example/feed",
            url="https://paper.example/feed",
            section=("paper.example",),
        ),
        Source(
            key="https://light.example/rss",
            ref="https://light.example/rss",
            url="https://light.example/rss",
            section=("Lists", "Far", "Lighthouse"),
        ),
    )
    assert found.catalogues == (HubCatalogue(select=("/zaker",), section=("Hub",)),)
    assert found.editions == (
        EditionSettings(name="site", kind="site", path=tmp_path / "public", page_size=100, feed_size=20),
        EditionSettings(
            name="blog",
            kind="hexo",
            path=tmp_path / "blog/source/_posts",
            theme="volantis",
            media_path=tmp_path / "blog/source/pictures",
            media_url="/pictures",
        ),
    )


def test_a_short_configuration_has_every_default(tmp_path: Path) -> None:
    path = write(tmp_path, SITE)
    assert read(path) == Settings(
        path=path,
        site=SiteSettings(title="T", url="https://news.example"),
        archive=tmp_path / "broadsheet.db",
        images=ImageSettings(path=tmp_path / "media"),
    )


def test_paths_are_relative_to_the_file_wherever_it_is_read_from(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    found = settings(inner, SITE + '[archive]\npath = "../a.db"\n[editions.site]\npath = "../public"\n')
    assert found.archive == inner / "../a.db"
    assert found.editions[0].path == tmp_path / "public"


@pytest.mark.parametrize("value", ["true", "false"])
def test_private_addresses_may_all_be_allowed(tmp_path: Path, value: str) -> None:
    assert settings(tmp_path, SITE + f"[fetch]\nallow_private = {value}\n").fetch.allow_private is (value == "true")


def test_several_instances_may_be_named_and_routes_belong_to_the_first(tmp_path: Path) -> None:
    text = SITE + '[fetch]\nrsshub = ["http://a.example", "http://b.example/"]\n[[sources]]\nroute = "/x"\n'
    found = settings(tmp_path, text)
    assert found.fetch.rsshub == ("http://a.example", "http://b.example")
    assert found.sources[0].url == "http://a.example/x"


def test_a_route_without_a_name_is_filed_under_its_instance(tmp_path: Path) -> None:
    text = SITE + '[fetch]\nrsshub = "http://a.example"\n[[sources]]\nroute = "/"\n'
    assert settings(tmp_path, text).sources[0].section == ("a.example",)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert settings(tmp_path, "\ufeff" + SITE).site.title == "T"


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_names_in_braces_stand_for_the_environment(tmp_path: Path) -> None:
    text = """\
    [archive]
    url = "postgresql://broadsheet:${PASSWORD}@db.example/news"
    [fetch]
    rsshub = "${HUB}"
    [[sources]]
    route = "/github?key=${KEY}"
    [[sources]]
    url = "https://${USER_}:${PASSWORD}@paper.example/$HOME/{x}"
    """
    said = {"PASSWORD": "geheim", "HUB": "http://hub.example", "KEY": "k", "USER_": "ada"}
    found = settings(tmp_path, SITE + text, **said)
    assert found.archive == "postgresql://broadsheet:geheim@db.example/news"
    assert found.fetch.rsshub == ("http://hub.example",)
    assert [(source.ref, source.url) for source in found.sources] == [
        ("/github?key=${KEY}", "http://hub.example/github?key=k"),
        ("https://${USER_}:${PASSWORD}@paper.example/$HOME/{x}", "https://ada:geheim@paper.example/$HOME/{x}"),
    ]


def test_the_process_has_an_environment_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no variable BROADSHEET_TEST_NOT_SET"):
        read(write(tmp_path, SITE + '[[sources]]\nurl = "https://a.example/${BROADSHEET_TEST_NOT_SET}"\n'))


@pytest.mark.parametrize("url", ["${NAME}", "x?key=geheim", "ftp://ada:geheim@x"])
def test_a_wrong_address_is_told_without_its_secrets(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as told:
        settings(tmp_path, SITE + f'[[sources]]\nurl = "{url}"\n', NAME="geheim")
    assert "geheim" not in str(told.value)


# -- the catalogue of OPML ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opml", "problem"),
    [
        (None, "cannot be read: no such file or directory"),
        ("", "is not XML: "),
        ("<rss/>", "is not an OPML list"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, opml: str | None, problem: str) -> None:
    if opml is not None:
        (tmp_path / "list.opml").write_text(opml)
    with pytest.raises(ConfigError) as told:
        settings(tmp_path, SITE + '[[catalogues]]\nopml = "list.opml"\n')
    assert str(told.value).startswith(f'{tmp_path / "broadsheet.toml"}: catalogues[0].opml: "list.opml" {problem}')


def test_what_is_configured_by_hand_wins_over_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML)
    text = SITE + '[[sources]]\nurl = "https://light.example/rss"\nsection = ["Mine"]\n'
    found: Any = settings(tmp_path, text + '[[catalogues]]\nopml = "list.opml"\n' * 2)
    assert [source.section for source in found.sources] == [("Mine",)]
