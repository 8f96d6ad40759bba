"""A kill -9 at any moment: the next run completes, every entry once, no file in part; and signals that end it cleanly."""

import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from errand import Errand, Feed, environment, item, rss, stamps, tree
from faultserver import FaultServer, Reply
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
]

FEEDS, ENTRIES = 40, 20
WORDS = "Rain came in from the estuary at noon and stayed until the ferries had stopped. "
"""Few of them: the feeds together stay below `pool.INLINE_BYTES`, so that articles arrive in the order of the sources."""
PATIENCE_S = 60.0
MARK = ".broadsheet.json"


def feed(web: FaultServer, source: int, *, later: bool) -> str:
    """A feed with dated entries and pictures; later two of them are edited, and two are new."""
    return rss(entry(web, source, number, later=later) for number in range(ENTRIES + (2 if later else 0)))


def entry(web: FaultServer, source: int, number: int, *, later: bool, words: int = 1) -> str:
    name = f"{source}-{number}"
    edit = "Corrected. " if later and number < 2 else ""
    picture = web.url(f"/{source}-{number % 3}.png")
    html = f"<p>{edit}Text of {name}. {WORDS * words}</p><p><img src='{picture}' alt='Rain'></p>"
    date = f"<pubDate>Mon, {1 + number:02} Jan 2024 {source % 24:02}:{number:02}:00 +0800</pubDate>"
    return item(name, html=html, link=f"/story/{name}", more=date)


@pytest.fixture(scope="module")
def web() -> Iterator[FaultServer]:
    with FaultServer() as server:
        for source in range(FEEDS):
            for number in range(3):
                picture = io.BytesIO()
                Image.new("RGB", (64 + source, 48 + number), (source * 6, number * 80, 160)).save(picture, "PNG")
                server.add(f"/{source}-{number}.png", Reply(body=picture.getvalue()))
        serve(server, later=False)
        yield server


def serve(server: FaultServer, *, later: bool) -> None:
    for source in range(FEEDS):
        server.add(f"/feed/{source}", feed(server, source, later=later))


def errand(folder: Path, web: FaultServer) -> Errand:
    """One request at a time, so that articles always arrive in the same order."""
    feeds = [Feed(url=web.url(f"/feed/{n}"), section=("News", f"Paper {n % 7}", f"feed {n}")) for n in range(FEEDS)]
    return Errand(folder=folder, feeds=feeds, fetch="concurrency = 1")


Sight = Callable[[Path, int], bool]


def sources_told(at_least: int) -> Sight:
    return lambda _, lines: lines >= at_least


def files_in(name: str, at_least: int) -> Sight:
    def seen(folder: Path, lines: int) -> bool:
        return sum(len(files) for _, _, files in os.walk(folder / name)) >= at_least

    return seen


FIRST = {
    "at the start": (sources_told(0), 0.0),
    "while starting": (sources_told(0), 0.3),
    "first source": (sources_told(1), 0.0),
    "half of the sources": (sources_told(20), 0.01),
    "last source": (sources_told(40), 0.0),
    "first image": (files_in("media", 1), 0.0),
    "half of the images": (files_in("media", 60), 0.005),
    "first page of the site": (files_in("public", 1), 0.0),
    "in the middle of the site": (files_in("public", 400), 0.02),
    "first post": (files_in("blog", 1), 0.0),
    "in the middle of the posts": (files_in("blog", 300), 0.01),
    "last posts": (files_in("blog", 800), 0.0),
}
LATER = {
    "first source": (sources_told(1), 0.0),
    "half of the sources": (sources_told(20), 0.02),
    "new image or page": (sources_told(40), 0.05),
    "new post": (files_in("blog", FEEDS * (ENTRIES + 3) + 10), 0.0),  # each feed has three pictures
}


def kill(errand: Errand, seen: Sight, delay_s: float, *arguments: str) -> bool:
    """Runs it, kills it a while after something was seen; `False` if it had ended before. No child outlives it."""
    log = errand.folder / "stderr.txt"
    command = errand.command("run", "--all", *arguments)
    with log.open("wb") as stderr, subprocess.Popen(command, stdout=stderr, stderr=stderr, env=environment()) as run:
        children: set[int] = set()
        deadline = time.monotonic() + PATIENCE_S
        while run.poll() is None and not seen(errand.folder, log.read_bytes().count(b"\n")):
            assert time.monotonic() < deadline
            children |= children_of(run.pid)
            time.sleep(0.002)
        time.sleep(delay_s)
        children |= children_of(run.pid)
        run.kill()
        was_killed = run.wait() == -signal.SIGKILL
    log.unlink()
    for child in children:
        wait_for_end(child)
    return was_killed


def children_of(pid: int) -> set[int]:
    with suppress(OSError):
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return set()


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline, f"the process {pid} outlives its parent"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def output(folder: Path) -> dict[str, bytes]:
    """Everything that a run leaves for readers, but for what names the archive or the time of day."""
    found = {
        f"{name}/{path}": content
        for name in ("public", "blog", "media")
        for path, content in tree(folder / name).items()
    }
    return {path: content for path, content in found.items() if not path.endswith((MARK, "/sources.html"))}


def check_archive(folder: Path, articles: int) -> None:
    connection = sqlite3.connect(folder / "broadsheet.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (articles,)
    assert connection.execute("SELECT count(*), count(DISTINCT article) FROM sightings").fetchone() == (articles,) * 2
    connection.close()


@pytest.fixture(scope="module")
def undisturbed(web: FaultServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    report = errand(folder, web).run("run", "--json").json
    assert report["entries"]["new"] == FEEDS * ENTRIES
    assert report["images"]["fetched"] == FEEDS * 3
    return folder


def complete(work: Errand, articles: int) -> None:
    """A run to the end, over whatever a killed one left."""
    report = work.run("run", "--all", "--json").json
    assert report["errors"] == report["output_errors"] == []
    check_archive(work.folder, articles)
    left = [path for path in work.folder.rglob(".*") if path.name != MARK]
    assert left == [] or [path.name for path in left] == [".part"]
    assert not any(work.folder.rglob(".part/*"))


@pytest.mark.parametrize("moment", FIRST)
def test_a_kill_in_the_first_run(moment: str, web: FaultServer, undisturbed: Path, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    assert kill(work, *FIRST[moment])
    complete(work, FEEDS * ENTRIES)
    assert output(tmp_path) == output(undisturbed)


def test_one_kill_after_the_other(web: FaultServer, undisturbed: Path, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    for moment in ("half of the sources", "half of the images", "in the middle of the site", "first post"):
        kill(work, *FIRST[moment])
    complete(work, FEEDS * ENTRIES)
    assert output(tmp_path) == output(undisturbed)
    before = stamps(tmp_path / "public") | stamps(tmp_path / "blog")
    complete(work, FEEDS * ENTRIES)
    assert stamps(tmp_path / "public") | stamps(tmp_path / "blog") == before


@pytest.fixture(scope="module")
def later(web: FaultServer, undisturbed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What comes of edits and new entries when nobody kills."""
    folder = tmp_path_factory.mktemp("later") / "work"
    shutil.copytree(undisturbed, folder)
    serve(web, later=True)
    work = errand(folder, web)
    report = work.run("run", "--all", "--json").json
    assert (report["entries"]["new"], report["entries"]["changed"]) == (FEEDS * 2, FEEDS * 2)
    yield folder
    serve(web, later=False)


@pytest.mark.parametrize("moment", LATER)
def test_a_kill_in_a_later_run(moment: str, web: FaultServer, undisturbed: Path, later: Path, tmp_path: Path) -> None:
    shutil.copytree(undisturbed, tmp_path / "work")
    work = errand(tmp_path / "work", web)
    kill(work, *LATER[moment])
    complete(work, FEEDS * (ENTRIES + 2))
    ours, theirs = output(work.folder), output(later)
    assert ours.keys() == theirs.keys()
    different = {path for path in ours if ours[path] != theirs[path]}
    assert different <= changing(later), sorted(different)[:5]
    connection = sqlite3.connect(work.folder / "broadsheet.db")
    assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (FEEDS * 2,)
    connection.close()


def changing(folder: Path) -> set[str]:
    """Pages that say when an edit was seen: the edited articles' own, and the feeds that carry them."""
    return {path for path, content in output(folder).items() if b"Corrected" in content}


@pytest.mark.parametrize("fetched", [1, 30, 59])
def test_a_kill_while_pages_are_fetched(fetched: int, tmp_path: Path) -> None:
    with FaultServer() as server:
        server.add("/feed", rss(item(n, html=f"<p>Of {n} …</p>", link=server.url(f"/{n}")) for n in range(60)))
        for number in range(60):
            text = f"<p>The whole of {number}. {WORDS * 8}</p>" * 3
            page = f"<title>Story {number}</title><article><h1>Story {number}</h1><p>Of {number}</p>{text}</article>"
            server.add(f"/{number}", Reply(body=page.encode(), headers={"Content-Type": "text/html"}))
        work = Errand(folder=tmp_path, feeds=[Feed(url=server.url("/feed"), full_text="auto")], fetch="concurrency = 1")
        assert kill(work, lambda *_: len(server.asked) > fetched, 0.0)
        complete(work, 60)
        whole = re.compile(rb"The whole of (\d+)\.")
        posts = [set(whole.findall(content)) for path, content in tree(tmp_path / "blog").items() if "html" in path]
        assert sorted(int(number) for (number,) in posts) == list(range(60))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["half of the sources", "half of the images", "in the middle of the posts"])
def test_a_signal_ends_it_cleanly(
    moment: str, number: signal.Signals, web: FaultServer, undisturbed: Path, tmp_path: Path
) -> None:
    serve(web, later=False)
    work = errand(tmp_path, web)
    said = interrupt(work, number, *FIRST[moment])
    assert said.code == 128 + number
    assert said.last_line == "broadsheet: interrupted"
    assert "Traceback" not in said.text
    assert "never retrieved" not in said.text
    complete(work, FEEDS * ENTRIES)
    assert output(tmp_path) == output(undisturbed)


class Ended:
    """How an interrupted command ended, and which processes it had started."""

    def __init__(self, code: int, text: str, children: set[int]) -> None:
        self.code = code
        self.text = text
        self.children = children
        self.last_line = text.rstrip("\n").rpartition("\n")[2]


def interrupt(work: Errand, number: signal.Signals, seen: Sight, delay_s: float, *arguments: str) -> Ended:
    """Runs it, sends a signal a while after something was seen, and waits; no child outlives it."""
    log = work.folder / "stderr.txt"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(work.command("run", *arguments), stdout=stderr, stderr=stderr, env=environment()) as run,
    ):
        children: set[int] = set()
        deadline = time.monotonic() + PATIENCE_S
        while run.poll() is None and not seen(work.folder, log.read_bytes().count(b"\n")):
            assert time.monotonic() < deadline
            children |= children_of(run.pid)
            time.sleep(0.002)
        time.sleep(delay_s)
        children |= children_of(run.pid)
        run.send_signal(number)
        code = run.wait(PATIENCE_S)
    for child in children:
        wait_for_end(child)
    return Ended(code, log.read_text(encoding="utf-8"), children)


def idle(folder: Path, lines: int) -> bool:
    """The first of many runs has ended: its summary is printed last."""
    return b"pages written" in (folder / "stderr.txt").read_bytes() or lines > FEEDS + 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["half of the sources", "idle"])
def test_a_signal_ends_a_repeated_run_when_its_work_is_done(
    moment: str, number: signal.Signals, web: FaultServer, undisturbed: Path, tmp_path: Path
) -> None:
    serve(web, later=False)
    work = errand(tmp_path, web)
    seen = (idle, 0.5) if moment == "idle" else FIRST[moment]
    started = time.monotonic()
    said = interrupt(work, number, *seen, "--every", "1h")
    assert time.monotonic() - started < PATIENCE_S
    assert said.code == 0, said.text
    assert "Traceback" not in said.text
    assert output(tmp_path) == output(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_run(number: signal.Signals, tmp_path: Path) -> None:
    with FaultServer() as server:
        for source in range(FEEDS):
            items = (entry(server, source, n, later=False, words=60) for n in range(ENTRIES))
            server.add(f"/feed/{source}", rss(items))
        work = errand(tmp_path, server)
        work.images, work.fetch = "link", ""
        ended = interrupt(work, number, *FIRST["first source"])
        assert ended.children, "so much is read by workers"
        assert ended.code == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number)
        assert "Traceback" not in ended.text
        complete(work, FEEDS * ENTRIES)


@pytest.mark.parametrize("delay_s", [0.0, 0.15, 0.6])
def test_the_interrupt_of_a_terminal_reaches_all_and_is_told_once(delay_s: float, tmp_path: Path) -> None:
    with FaultServer() as server:
        for source in range(FEEDS * 2):
            items = (entry(server, source, n, later=False, words=60) for n in range(ENTRIES))
            server.add(f"/feed/{source}", Reply(body=rss(items).encode(), delay_s=1.0 * (source > FEEDS)))
        feeds = [Feed(url=server.url(f"/feed/{n}")) for n in range(FEEDS * 2)]
        work = Errand(folder=tmp_path, feeds=feeds, images="link")
        with subprocess.Popen(
            work.command("run", "--quiet"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            start_new_session=True,
        ) as run:
            while run.poll() is None and not workers_of(run.pid):
                time.sleep(0.002)
            time.sleep(delay_s)
            children = children_of(run.pid)
            os.killpg(run.pid, signal.SIGINT)
            out, _ = run.communicate(timeout=PATIENCE_S)
        assert (run.returncode, out.splitlines()[-1]) == (130, "broadsheet: interrupted")
        assert "KeyboardInterrupt" not in out
        for child in children:
            wait_for_end(child)


def workers_of(pid: int) -> set[int]:
    """Those of its children that read or print documents."""
    found = set()
    for child in children_of(pid):
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(child)
    return found


def test_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    with FaultServer() as server:
        for source in range(FEEDS):
            items = (entry(server, source, n, later=False, words=60) for n in range(ENTRIES))
            server.add(f"/feed/{source}", rss(items))
        work = errand(tmp_path, server)
        work.images, work.fetch = "link", ""
        killed: set[int] = set()
        with subprocess.Popen(
            work.command("run", "--json", "--quiet"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        ) as run:
            while run.poll() is None and not killed:
                for worker in workers_of(run.pid) - killed:
                    time.sleep(0.4)
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
                    killed.add(worker)
            out, err = run.communicate(timeout=PATIENCE_S)
        assert killed
        report = json.loads(out)
        assert (run.returncode, report["errors"], report["output_errors"], err) == (0, [], [], "")
        assert report["entries"]["new"] == FEEDS * ENTRIES
        assert report["editions"]["hexo"]["pages_total"] == FEEDS * ENTRIES


def test_a_second_run_is_refused_while_one_is_at_work(web: FaultServer, undisturbed: Path, tmp_path: Path) -> None:
    web.add("/slow", Reply(body=b"<rss/>", delay_s=30))
    work = errand(tmp_path, web)
    work.feeds.append(Feed(url=web.url("/slow")))
    with subprocess.Popen(
        work.command("sync", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as first:
        assert first.stderr
        assert first.stderr.readline()
        for command in ("sync", "publish", "run"):
            said = work.run(command, "--json", code=1)
            assert said.out == ""
            assert said.err == f"{tmp_path}/broadsheet.db: another run is at work on it; try again when it has ended\n"
        assert len(json.loads(work.run("sources", "--json").out)["sources"]) == FEEDS + 1  # looking is allowed
        first.kill()
        first.communicate()
    work.feeds.pop()
    complete(work, FEEDS * ENTRIES)
    assert output(tmp_path) == output(undisturbed)
