"""A real RSSHub: its feeds are read, its errors are errors, its catalogue is there."""

from pathlib import Path

import pytest
from realcommand import broadsheet, snapshot
from rsshubserver import RssHub

from broadsheet.feeds import parse

pytestmark = pytest.mark.peers

ROUTES = {
    "/test/1": 5,
    "/test/complicated": 9,
    "/test/multimedia": 7,
    "/test/sort": 9,
    "/test/mess": 6,
    "/test/long": 6,
    "/test/enclosure": 1,
    "/test/slow": 5,
}

FAILING = ("/test/error", "/test/httperror", "/test/empty")


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_routes_are_read_in_every_format(rsshub: RssHub, form: str) -> None:
    for route, entries in ROUTES.items():
        status, body = rsshub.get(f"{route}?format={form}")
        assert status == 200
        parsed = parse(body, url=rsshub.url + route)
        assert (route, len(parsed.feed.entries), parsed.fatal) == (route, entries, None)
        assert parsed.feed.format == form
        assert parsed.problems == ()


def test_entries_are_complete(rsshub: RssHub) -> None:
    _, body = rsshub.get("/test/1")
    first = parse(body).feed.entries[0]
    assert first.title == "Title1"
    assert first.link == "https://github.com/DIYgod/RSSHub/issues/1"
    assert first.id == first.link
    assert first.html == "Description1"
    assert first.authors == ("DIYgod1",)
    assert first.published is not None
    assert first.published.isoformat() == "2018-12-31T15:59:50+00:00"


def test_enclosures_are_found(rsshub: RssHub) -> None:
    _, body = rsshub.get("/test/enclosure")
    (entry,) = parse(body).feed.entries
    (enclosure,) = entry.enclosures
    assert enclosure.url.startswith("https://")
    assert enclosure.duration_s


@pytest.mark.parametrize("route", FAILING)
def test_failing_routes_answer_503(rsshub: RssHub, route: str) -> None:
    status, body = rsshub.get(route)
    assert status == 503
    assert parse(body).feed.entries == ()


def test_the_catalogue_has_thousands_of_routes(rsshub: RssHub) -> None:
    namespaces = rsshub.namespaces()
    routes = [route for namespace in namespaces.values() for route in namespace["routes"].values()]
    assert len(namespaces) > 1900
    assert sum("example" in route for route in routes) > 3500


def configured(folder: Path, hub: RssHub) -> None:
    """A configuration with every route, one of them from the catalogue."""
    host = hub.url.removeprefix("http://")
    head = f"""
[site]
title = "Hub"
url = "https://hub.example"
[fetch]
rsshub = "{hub.url}"
allow_private = ["{host}"]
[fetch.hosts."{host}"]
per_host = 8
host_delay = "0s"
[images]
mode = "link"
[editions.hexo]
path = "blog/source/_posts"
[[catalogues]]
rsshub = true
select = ["/test"]
section = ["Catalogue"]
"""
    sources = [
        f'[[sources]]\nroute = "{route}"\nsection = ["Tests", "RSSHub", "{route}"]\nfull_text = "never"\n'
        for route in (*ROUTES, *FAILING)
        if route != "/test/1"
    ]
    (folder / "broadsheet.toml").write_text("\n".join([head, *sources]), encoding="utf-8")


def test_routes_and_the_catalogue_are_synced_and_failures_reported(rsshub: RssHub, tmp_path: Path) -> None:
    configured(tmp_path, rsshub)
    first = broadsheet(tmp_path, "run", "--all")
    assert first["sources"]["due"] == len(ROUTES) + len(FAILING)
    assert first["sources"]["fetched"] == len(ROUTES)
    assert first["entries"]["seen"] == sum(ROUTES.values())
    assert {(error["source"], error["kind"]) for error in first["errors"]} == {(route, "status") for route in FAILING}
    assert all("503" in error["message"] for error in first["errors"])
    posts = snapshot(tmp_path / "blog")
    assert sum(name.endswith(".html") for name in posts) == first["entries"]["new"] >= 14
    states = {row["source"]: row for row in broadsheet(tmp_path, "sources")["sources"]}
    assert states["/test/1"]["section"] == ["Catalogue", "other", "RSSHub Test", "Test"]
    assert {source for source, row in states.items() if row["state"] == "failing"} == set(FAILING)

    second = broadsheet(tmp_path, "run", "--all")
    assert second["entries"]["new"] == second["entries"]["changed"] == 0
    assert snapshot(tmp_path / "blog") == posts
