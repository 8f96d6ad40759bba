"""A full disk, a locked or damaged archive, folders that cannot be written: one clear line, and nothing half-done."""

import io
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from errand import Errand, Feed, Said, environment, item, rss, stamps, tree
from faultserver import FaultServer, Reply
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such disks nor such permissions"),
]

FEEDS, ENTRIES = 4, 30
ARTICLES = FEEDS * ENTRIES
MARK = ".broadsheet.json"


@pytest.fixture(scope="module")
def web() -> Iterator[FaultServer]:
    with FaultServer() as server:
        for source in range(FEEDS):
            server.add(f"/feed/{source}", rss(entry(server, source, number) for number in range(ENTRIES)))
        for number in range(6):
            server.add(f"/{number}.png", Reply(body=picture(number)))
        yield server


def entry(web: FaultServer, source: int, number: int) -> str:
    words = " ".join(f"word{number * 300 + n}x{source}" for n in range(300))
    image = web.url(f"/{(source + number) % 6}.png")
    html = f"<p>Text of {source}-{number}. {words}</p><p><img src='{image}' alt='Noise'></p>"
    return item(f"{source}-{number}", html=html, more="<pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate>")


def picture(number: int) -> bytes:
    """About 100 kB that cannot be packed."""
    file = io.BytesIO()
    Image.frombytes("RGB", (200, 170 + number), os.urandom(200 * (170 + number) * 3)).save(file, "PNG")
    return file.getvalue()


def errand(folder: Path, web: FaultServer, **changes: object) -> Errand:
    feeds = [Feed(url=web.url(f"/feed/{n}"), section=("News", f"Paper {n}")) for n in range(FEEDS)]
    work = Errand(folder=folder, feeds=feeds, images="link", fetch="concurrency = 1")
    for name, value in changes.items():
        setattr(work, name, value)
    return work


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A disk of this size at the folder; gives a function that makes it another size."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk; what a limit on files can show is tested beside this")
    try:
        yield lambda size: subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True) and None
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def one_line(said: Said, *parts: str) -> None:
    """Standard error ends with one line that has all of these parts, and says nothing else of it."""
    lines = [line for line in said.err.splitlines() if line and not line.startswith(("fetched", "unchanged"))]
    assert len(lines) == 1, said.err
    for part in parts:
        assert part in lines[0]


def check_archive(file: Path, articles: int | None = None) -> None:
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if articles is not None:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (articles,)
    connection.close()


def completes(work: Errand) -> None:
    report = work.run("run", "--all", "--json").json
    assert report["errors"] == report["output_errors"] == []
    assert report["editions"]["hexo"]["pages_total"] == ARTICLES
    posts = work.folder / work.editions["hexo"]
    assert len([path for path in posts.rglob("*.html") if path.is_file()]) == ARTICLES


# -- a full disk


def test_a_full_disk_for_the_archive(web: FaultServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "700k") as resize:
        work = errand(tmp_path, web, more='[archive]\npath = "disk/news.db"')
        said = work.run("run", "--json", code=1)
        assert said.out == ""
        one_line(said, f"{tmp_path}/disk/news.db: the disk is full; free some space and run again")
        check_archive(tmp_path / "disk" / "news.db")
        resize("50m")
        completes(work)
        check_archive(tmp_path / "disk" / "news.db", ARTICLES)


def test_a_disk_too_full_to_make_an_archive(web: FaultServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8k") as resize:
        work = errand(tmp_path, web, more='[archive]\npath = "disk/news.db"')
        one_line(work.run("run", "--json", code=1), f"{tmp_path}/disk/news.db: ", "full")
        resize("50m")
        completes(work)


def test_a_full_disk_for_images(web: FaultServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "media", "256k") as resize:
        work = errand(tmp_path, web, images="mirror")
        said = work.run("run", code=1)
        one_line(said, f"{tmp_path}/media: the image cannot be stored: ", "space left")
        check_archive(tmp_path / "broadsheet.db", ARTICLES)
        whole = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        assert len(whole) == 2
        for path in whole:
            Image.open(path).load()
        resize("50m")
        completes(work)
        assert len([path for path in (tmp_path / "media").rglob("*.png") if path.is_file()]) == 6


@pytest.mark.parametrize("full", ["site", "hexo"])
def test_a_full_disk_for_an_edition(full: str, web: FaultServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk" / full, "300k") as resize:
        work = errand(tmp_path, web, editions={"site": "disk/site", "hexo": "disk/hexo"})
        said = work.run("run", "--json", code=1)
        (error,) = said.json["output_errors"]
        assert error["edition"] == full
        assert error["message"].startswith(f"{tmp_path}/disk/{full}")
        assert "No space left" in error["message"]
        other = "hexo" if full == "site" else "site"
        assert said.json["editions"][other]["pages_total"] >= ARTICLES
        before = tree(tmp_path / "disk" / full)
        assert not any(Path(path).name.startswith(".broadsheet-") for path in before)
        resize("50m")
        completes(work)
        after = tree(tmp_path / "disk" / full)
        whole = {path for path, content in before.items() if after[path] == content}
        assert whole == before.keys()
        shutil.copytree(tmp_path / "disk" / full, tmp_path / "kept")
        again = errand(tmp_path, web, editions={full: f"again/{full}"})
        again.run("publish")
        assert _without_mark(tree(tmp_path / "again" / full)) == _without_mark(tree(tmp_path / "kept"))


def _without_mark(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if not path.endswith(MARK)}


def test_a_disk_that_takes_no_larger_files(web: FaultServer, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    work = errand(tmp_path, web)
    limit = 400_000
    done = subprocess.run(
        work.command("run", "--json"),
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    one_line(Said(code=1, out=done.stdout, err=done.stderr), f"{tmp_path}/broadsheet.db: ", "disk")
    check_archive(tmp_path / "broadsheet.db")
    completes(work)


# -- an archive that cannot be used

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_an_archive_that_another_program_writes(web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    work.run("sync")
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, tmp_path / "broadsheet.db"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as locker:
        assert locker.stdin
        assert locker.stdout
        assert locker.stdout.readline() == b"locked\n"
        said = work.run("run", "--all", "--json", code=1)
        one_line(said, f"{tmp_path}/broadsheet.db: is locked by another program; try again when that has finished")
        assert work.run("articles", "--json").out  # looking does not wait
        locker.stdin.close()
    completes(work)


def damaged(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    if how == "cut":
        del content[len(content) // 3 :]
    elif how == "overwritten":
        content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    elif how == "no database":
        content = bytearray(b"Some notes. " * 1000)
    elif how == "no text":
        content = content.replace(b"CREATE TABLE", b"CR\x8f\x93TE TABLE")
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("cut", "is damaged"),
        ("overwritten", "is damaged"),
        ("no text", "is damaged"),
        ("no database", "is not a SQLite database"),
    ],
)
def test_a_damaged_archive(how: str, says: str, web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    work.run("run")
    published = stamps(tmp_path / "public") | stamps(tmp_path / "blog")
    file = tmp_path / "broadsheet.db"
    kept = file.read_bytes()
    damaged(file, how)
    for command in ("run", "sync", "publish"):
        said = work.run(command, "--json", code=None)
        if said.code:  # a command may not need the damaged part
            assert said.code == 1
            one_line(said, f"{file}: ", says)
    assert work.run("run", "--all", "--json", code=1).out == ""
    assert stamps(tmp_path / "public") | stamps(tmp_path / "blog") == published
    file.write_bytes(kept)
    completes(work)


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "PRAGMA application_id = 7"])
def test_an_archive_of_a_newer_version_or_another_program(statement: str, web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    work.run("sync")
    file = tmp_path / "broadsheet.db"
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.close()
    before = file.read_bytes()
    for command in ("run", "sources", "articles", "publish"):
        said = work.run(command, code=1)
        one_line(said, f"{file}: ", "newer Broadsheet" if "version" in statement else "another program's database")
    assert file.read_bytes() == before


def test_an_archive_where_none_can_be(web: FaultServer, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("my notes")
    for path in ("folder", "file/news.db"):
        said = errand(tmp_path, web, more=f'[archive]\npath = "{path}"').run("run", code=1)
        one_line(said, f"{tmp_path}/{path}: ")
    assert (tmp_path / "file").read_text() == "my notes"


# -- folders that cannot be written


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder that nobody may write to, not even root."""
    if os.geteuid():
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    mounted = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("root may write everywhere, and cannot mount a folder read-only here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("state", ["new", "published"])
def test_a_read_only_output_folder(state: str, web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    (tmp_path / "public").mkdir()
    if state == "published":
        work.feeds.pop()
        work.run("run")
        work.feeds = errand(tmp_path, web).feeds
    before = stamps(tmp_path / "public")
    with read_only(tmp_path / "public"):
        said = work.run("run", "--all", "--json", code=1)
        (error,) = said.json["output_errors"]
        assert error["edition"] == "site"
        assert error["message"].startswith(f"{tmp_path}/public")
        assert "read-only" in error["message"].lower() or "denied" in error["message"].lower()
        assert said.json["editions"]["hexo"]["pages_total"] == ARTICLES
        assert "Traceback" not in work.run("publish", "--json", code=1).everything
    assert stamps(tmp_path / "public") == before
    completes(work)


def test_a_file_in_place_of_the_output_folder(web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    (tmp_path / "public").write_text("my notes")
    said = work.run("run", code=1)
    assert f"{tmp_path}/public: is not a folder" in said.everything
    assert (tmp_path / "public").read_text() == "my notes"
    (tmp_path / "public").unlink()
    completes(work)


def test_files_of_others_stay(web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web)
    theirs = {"CNAME": b"news.example\n", "index.html": b"my own page", "a/notes.txt": b"", ".git/config": b"[core]"}
    for path, content in theirs.items():
        (tmp_path / "public" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "public" / path).write_bytes(content)
    before = stamps(tmp_path / "public")
    said = work.run("run", "--json", code=1)
    (error,) = said.json["output_errors"]
    assert error["message"] == (
        f"{tmp_path}/public/index.html: kept, for Broadsheet did not write it; remove it to have this page published"
    )
    after = stamps(tmp_path / "public")
    assert {path: after[path] for path in theirs} == before
    (tmp_path / "public" / "index.html").unlink()
    completes(work)
    work.editions.pop("site")
    work.run("run", "--all")
    assert {
        path: stamps(tmp_path / "public")[path] for path in theirs if path != "index.html"
    }.items() <= before.items()


def test_two_editions_on_one_folder(web: FaultServer, tmp_path: Path) -> None:
    work = errand(tmp_path, web, editions={"site": "out", "hexo": "./x/../out"})
    said = work.run("run", code=2)
    one_line(said, "broadsheet.toml: editions.hexo.path: ", "editions.site")
    assert not (tmp_path / "out").exists()
    work.editions = {"site": "out"}
    work.run("run")
    before = stamps(tmp_path / "out")
    work.editions = {"hexo": "out"}
    (error,) = work.run("run", "--all", "--json", code=1).json["output_errors"]
    assert error["message"] == f'{tmp_path}/out: belongs to the edition "site"; give "hexo" a folder of its own'
    assert stamps(tmp_path / "out") == before


def test_two_archives_on_one_folder(web: FaultServer, tmp_path: Path) -> None:
    one = errand(tmp_path / "one", web, editions={"site": "../out"})
    two = errand(tmp_path / "two", web, editions={"site": "../two-out"})
    one.run("run")
    two.run("run")
    before = stamps(tmp_path / "out")
    two.editions = {"site": "../out"}
    (error,) = two.run("run", "--all", "--json", code=1).json["output_errors"]
    assert error["message"] == (f"{tmp_path}/out: another archive publishes there now; each needs a folder of its own")
    assert stamps(tmp_path / "out") == before
