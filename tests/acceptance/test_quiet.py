"""What does not change stays as it is, to the byte; what changes touches only what shows it."""

import io
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from errand import Errand, Feed, item, rss, stamps, tree
from faultserver import Asked, FaultServer, Reply
from PIL import Image

pytestmark = pytest.mark.slow

FEEDS, ENTRIES = 6, 25
PAGE_BYTES = 8192
MARK = ".broadsheet.json"


def dated(number: int) -> str:
    return f"<pubDate>{1 + number % 28:02} Jan 2024 {number % 24:02}:30:00 GMT</pubDate>"


def entries(source: int, numbers: Iterable[int], *, web: FaultServer) -> list[str]:
    return [
        item(
            f"{source}-{number}",
            html=f"<p>Text of {source}-{number}.</p><p><img src='{web.url(f'/{source}.png')}' alt=''></p>",
            more=dated(number),
        )
        for number in numbers
    ]


@pytest.fixture
def web() -> Iterator[FaultServer]:
    with FaultServer() as server:
        for source in range(FEEDS):
            file = io.BytesIO()
            Image.new("RGB", (60 + source, 40), (source * 40, 90, 30)).save(file, "PNG")
            server.add(f"/{source}.png", Reply(body=file.getvalue()))
            server.add(f"/feed/{source}", rss(entries(source, range(ENTRIES), web=server)))
        yield server


@pytest.fixture
def work(web: FaultServer, tmp_path: Path) -> Errand:
    feeds = [Feed(url=web.url(f"/feed/{n}"), section=("News", f"Paper {n % 2}", f"feed {n}")) for n in range(FEEDS)]
    return Errand(folder=tmp_path, feeds=feeds, fetch="concurrency = 1")


def go(work: Errand, *arguments: str) -> dict[str, dict[str, int]]:
    report = work.run("run", "--all", *arguments, "--json").json
    assert report["errors"] == report["output_errors"] == []
    return report  # type: ignore[no-any-return]


def outputs(work: Errand) -> dict[str, bytes]:
    return {
        f"{name}/{path}": content for name in ("public", "blog") for path, content in tree(work.folder / name).items()
    }


def touched(work: Errand, before: dict[str, tuple[int, int, int]]) -> set[str]:
    """Files that were written, made or removed since."""
    after = marks(work)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def marks(work: Errand) -> dict[str, tuple[int, int, int]]:
    return {
        f"{name}/{path}": stamp
        for name in ("public", "blog", "media")
        for path, stamp in stamps(work.folder / name).items()
    }


def different_pages(before: bytes, after: bytes) -> int:
    """Pages of the database file that differ."""
    size = max(len(before), len(after))
    return sum(before[at : at + PAGE_BYTES] != after[at : at + PAGE_BYTES] for at in range(0, size, PAGE_BYTES))


def polite(body: str) -> Reply:
    return Reply(body=body.encode(), etag='"one"')


class Restless:
    """A feed that says another time of building at each visit, and nothing else new."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._visits = 0

    def __call__(self, asked: Asked) -> Reply:
        self._visits += 1
        built = f"<lastBuildDate>Mon, 01 Jan 2024 10:00:{self._visits:02} GMT</lastBuildDate>"
        return Reply(body=self._body.replace("<item>", f"{built}<item>", 1).encode())


def test_a_run_with_nothing_new_writes_no_file(work: Errand, web: FaultServer) -> None:
    feeds = [rss(entries(n, range(ENTRIES), web=web)) for n in range(2)]
    web.add("/feed/0", polite(feeds[0]))
    web.add("/feed/1", Restless(feeds[1]))
    assert go(work)["entries"]["new"] == FEEDS * ENTRIES
    go(work)  # the second time states are settled
    before, contents = marks(work), outputs(work)
    archive = (work.folder / "broadsheet.db").read_bytes()
    for _ in range(2):
        report = go(work)
        assert report["sources"] == {"due": FEEDS, "fetched": 1, "unchanged": FEEDS - 1, "failed": 0, "held": 0}
        assert (report["entries"]["new"], report["entries"]["changed"]) == (0, 0)
        for edition in report["editions"].values():
            assert (edition["pages_written"], edition["pages_removed"]) == (0, 0)
    assert touched(work, before) == set()
    assert outputs(work) == contents
    assert different_pages(archive, (work.folder / "broadsheet.db").read_bytes()) <= 12
    assert sorted(path.name for path in work.folder.iterdir()) == [
        "blog",
        "broadsheet.db",
        "broadsheet.db.lock",
        "broadsheet.toml",
        "media",
        "public",
    ]
    assert len(web.asked_for("/0.png")) == 1


def test_the_same_archive_gives_the_same_bytes(work: Errand) -> None:
    go(work)
    before = outputs(work)
    work.editions = {"site": "other/public", "hexo": "other/blog/_posts"}
    work.run("publish")
    again = {f"{n}/{path}": data for n in ("public", "blog") for path, data in tree(work.folder / "other" / n).items()}
    assert again == before
    copy = Errand(folder=work.folder / "copy", feeds=work.feeds)
    copy.folder.mkdir()
    shutil.copy(work.folder / "broadsheet.db", copy.folder)
    shutil.copytree(work.folder / "media", copy.folder / "media")
    copy.run("publish")
    assert outputs(copy) == before


@pytest.mark.parametrize("lost", ["public", "blog", "blog/media"])
def test_a_lost_folder_is_made_again(lost: str, work: Errand) -> None:
    go(work)
    before, stamped = outputs(work), marks(work)
    shutil.rmtree(work.folder / lost)
    work.run("publish")
    assert outputs(work) == before
    assert {path for path in touched(work, stamped) if not path.startswith(f"{lost}/")} == set()


def article_ids(work: Errand) -> set[str]:
    return {path.stem for path in (work.folder / "public" / "a").glob("*.html")}


def test_a_moved_section_makes_no_new_article(work: Errand) -> None:
    go(work)
    ids, posts = article_ids(work), posts_by_name(work)
    work.feeds[0].section = ("Archive", "Old Paper", "feed")
    report = go(work)
    assert report["entries"]["new"] == 0
    assert article_ids(work) == ids
    moved = posts_by_name(work)
    assert moved.keys() == posts.keys()
    different = {name for name in posts if posts[name] != moved[name]}
    assert len(different) == ENTRIES
    (folder,) = {moved[name].parent for name in different}
    assert folder.parts[0] == "Archive"
    (left,) = {posts[name].parent for name in different}
    assert not (work.folder / "blog" / "_posts" / left).exists()


def posts_by_name(work: Errand) -> dict[str, Path]:
    root = work.folder / "blog" / "_posts"
    return {path.name: path.relative_to(root) for path in root.rglob("*.html")}


def test_a_changed_title_does_not_move_the_post(work: Errand, web: FaultServer) -> None:
    go(work)
    ids, posts = article_ids(work), posts_by_name(work)
    feed = rss(entries(0, range(ENTRIES), web=web)).replace("<title>Story 0-3<", "<title>Another: “title” #3<")
    web.add("/feed/0", feed)
    report = go(work)
    assert (report["entries"]["new"], report["entries"]["changed"]) == (0, 1)
    assert (article_ids(work), posts_by_name(work)) == (ids, posts)
    renamed = [path for path, content in outputs(work).items() if b"Another: " in content and "_posts" in path]
    assert len(renamed) == 1


def test_an_edit_touches_only_what_shows_it(work: Errand, web: FaultServer) -> None:
    go(work)
    before, old = marks(work), outputs(work)
    feed = rss(entries(2, range(ENTRIES), web=web)).replace("Text of 2-24.", "Text of 2-24, put right.")
    web.add("/feed/2", feed)
    report = go(work)
    assert (report["entries"]["new"], report["entries"]["changed"]) == (0, 1)
    new = outputs(work)
    changed = touched(work, before)
    assert changed == {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    assert {path for path, content in new.items() if b"put right" in content} <= changed
    beyond = {path for path in changed if b"put right" not in new[path] and b"Story 2-24" not in new[path]}
    assert beyond <= {"public/sources.html"}
    assert len([path for path in changed if "_posts" in path]) == 1
    assert len([path for path in changed if path.startswith("public/a/")]) == 1


def test_a_new_entry_touches_little(work: Errand, web: FaultServer) -> None:
    go(work)
    before = marks(work)
    web.add("/feed/2", rss(entries(2, range(ENTRIES + 1), web=web)))
    assert go(work)["entries"]["new"] == 1
    changed = touched(work, before)
    assert len([path for path in changed if "_posts" in path]) == 1
    assert len([path for path in changed if path.startswith("public/a/")]) <= 3  # its own, and its neighbours'
    assert len(changed) < 40


def test_missing_dates_stay_as_first_seen(work: Errand, web: FaultServer) -> None:
    items = [item(f"undated{number}", html=f"<p>Undated {number}.</p>") for number in range(3)]
    web.add("/feed/0", rss(items))
    began = datetime.now(UTC)
    go(work)
    ended = datetime.now(UTC)
    first = dates_of(work, "Undated")
    assert len(first) == 3
    for date in first.values():
        assert began.replace(microsecond=0) <= date <= ended
    time.sleep(1.1)
    before = marks(work)
    web.add("/feed/0", rss(reversed(items)))
    go(work)
    assert touched(work, before) == set()
    web.add("/feed/0", rss([text.replace("Undated 1.", "Undated 1, edited.") for text in items]))
    assert go(work)["entries"]["changed"] == 1
    assert dates_of(work, "Undated") == first


def dates_of(work: Errand, words: str) -> dict[str, datetime]:
    """The instant that each article's page shows, by the page, of those that have these words."""
    found = {}
    for page in (work.folder / "public" / "a").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        shown = re.search(r'<time datetime="([^"]+)"', text)
        if words in text and shown:
            found[page.name] = datetime.fromisoformat(shown[1])
    return found


INSTANT = datetime(2024, 3, 10, 6, 30, tzinfo=UTC)
ZONES = {
    "offset": "Sun, 10 Mar 2024 14:30:00 +0800",
    "gmt": "Sun, 10 Mar 2024 06:30:00 GMT",
    "west": "Sun, 10 Mar 2024 01:30:00 -0500",
    "name": "Sun, 10 Mar 2024 01:30:00 EST",
    "half": "Sun, 10 Mar 2024 12:00:00 +0530",
    "pm": "2024-03-10 14:30:00+08:00",
    "zulu": "2024-03-10T06:30:00Z",
    "next day": "Sun, 10 Mar 2024 20:30:00 +1400",
}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_different_zones_show_the_right_instant(zone: str, work: Errand, web: FaultServer) -> None:
    items = [item(name, html="<p>Zoned.</p>", more=f"<pubDate>{date}</pubDate>") for name, date in ZONES.items()]
    web.add("/feed/0", rss(items))
    work.feeds, work.timezone = work.feeds[:1], zone
    go(work)
    assert list(dates_of(work, "Zoned").values()) == [INSTANT] * len(ZONES)
    posts = [
        content.decode() for path, content in outputs(work).items() if "_posts" in path and "Zoned" in content.decode()
    ]
    assert len(posts) == len(ZONES)
    wall = "2024-03-10 14:30:00" if zone == "Asia/Shanghai" else "2024-03-10 01:30:00"
    for post in posts:
        assert re.search(r"^date: (.*)$", post, re.MULTILINE)[1].strip("\"'") == wall  # type: ignore[index]
    for item_of_feed in json.loads((work.folder / "public" / "feed.json").read_bytes())["items"]:
        assert datetime.fromisoformat(item_of_feed["date_published"]) == INSTANT


@pytest.mark.parametrize("date", ["<pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate>", ""])
def test_changing_guids_make_no_new_articles(date: str, work: Errand, web: FaultServer) -> None:
    work.feeds = work.feeds[:1]
    for visit in range(3):
        web.add("/feed/0", rss(item(n, guid=f"made-up-{visit}-{n}", more=date) for n in range(10)))
        assert go(work)["entries"]["new"] == (10 if visit == 0 else 0)
    assert len(article_ids(work)) == 10


def test_what_a_feed_drops_stays(work: Errand, web: FaultServer) -> None:
    go(work)
    before = outputs(work)
    web.add("/feed/0", rss(entries(0, [0], web=web)))
    web.add("/feed/1", Reply(status=410))
    work.run("run", "--all")
    removed = Feed(url=work.feeds.pop().url)
    work.run("run", "--all")
    after = outputs(work)
    articles = {path for path in before if path.startswith("public/a/") or "_posts" in path}
    assert {path: before[path] for path in articles} == {path: after[path] for path in articles}
    assert removed.url.endswith(f"/feed/{FEEDS - 1}")


def test_a_source_with_a_key_keeps_its_articles_at_another_address(work: Errand, web: FaultServer) -> None:
    work.feeds[0].key = "paper"
    go(work)
    before = article_ids(work)
    work.feeds[0].url = web.add("/moved/feed", rss(entries(0, range(ENTRIES), web=web)))
    assert go(work)["entries"]["new"] == 0
    web.add(
        "/moved/feed", Reply(status=301, headers={"Location": web.add("/at/last", rss(entries(0, range(2), web=web)))})
    )
    assert go(work)["entries"]["new"] == 0
    assert article_ids(work) == before


def test_what_two_sources_carry_is_one_article(work: Errand, web: FaultServer) -> None:
    work.feeds = work.feeds[:2]
    web.add("/feed/0", rss([item("a", guid="one", link="https://paper.example/both?utm_source=rss")]))
    web.add("/feed/1", rss([item("a", guid="two", link="https://paper.example/both#top")]))
    report = go(work)
    assert (report["entries"]["new"], report["entries"]["duplicate"]) == (1, 1)
    (page,) = (work.folder / "public" / "a").glob("*.html")
    assert "Paper 1" in page.read_text(encoding="utf-8")
    connection = sqlite3.connect(work.folder / "broadsheet.db")
    assert connection.execute("SELECT count(*) FROM sightings").fetchone() == (2,)
    connection.close()
