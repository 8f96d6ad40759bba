"""Every real feed of the corpus goes the whole way: served on loopback, archived, published; and through `inspect`."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from errand import Errand, Feed, environment
from faultserver import FaultServer, Reply
from xss_judge import judge

from broadsheet import open_archive
from broadsheet.archive import open_archive as open_store
from broadsheet.ports import Archive

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

MOST_CPU_S = 60.0
"""For everything together; it takes about 15 s, and less than 100 MB."""

MOST_BYTES = 300_000_000
SCRIPT = re.compile(rb"<script\b[^>]*>")


class Spent(NamedTuple):
    """What a command printed, and what it cost."""

    out: str
    cpu_s: float
    most_bytes: int


class Harvest(NamedTuple):
    """What became of the corpus: by file, what `inspect` said and the row of `sources --json`."""

    errand: Errand
    synced: dict[str, Any]
    published: dict[str, Any]
    inspected: dict[str, dict[str, Any]]
    rows: dict[str, dict[str, Any]]
    cpu_s: float


def spend(errand: Errand, *arguments: str) -> Spent:
    with subprocess.Popen(
        errand.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdout
        out = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Spent(out, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@pytest.fixture(scope="module")
def harvest(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Harvest:
    root = corpus / "feeds"
    files = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    errand = Errand(folder=tmp_path_factory.mktemp("corpus"), images="link")
    with FaultServer() as web:
        for number, (name, path) in enumerate(files.items()):
            url = web.add(f"/{number}", Reply(body=path.read_bytes()))
            errand.feeds.append(Feed(url=url, section=("Corpus", name.partition("/")[0], str(number)), key=name))
        spent = [
            spend(errand, "sync", "--json", "--quiet"),
            spend(errand, "publish", "--json"),
            spend(errand, "inspect", "--url", web.url("/0"), *map(str, files.values())),
        ]
        rows = {row["key"]: row for row in errand.run("sources", "--json").json["sources"]}
    assert max(one.most_bytes for one in spent) < MOST_BYTES
    found = [json.loads(line) for line in spent[2].out.splitlines()]
    assert [one["input"] for one in found] == [str(path) for path in files.values()]
    return Harvest(
        errand=errand,
        synced=json.loads(spent[0].out),
        published=json.loads(spent[1].out),
        inspected=dict(zip(files, found, strict=True)),
        rows=rows,
        cpu_s=sum(one.cpu_s for one in spent),
    )


@pytest.fixture(scope="module")
def store(harvest: Harvest) -> Iterator[Archive]:
    archive = open_store(harvest.errand.folder / "broadsheet.db")
    yield archive
    archive.close()


def test_it_takes_bounded_time(harvest: Harvest) -> None:
    assert harvest.cpu_s < MOST_CPU_S


def test_each_feed_gives_entries_or_names_its_problem(harvest: Harvest) -> None:
    assert len(harvest.rows) == len(harvest.inspected) > 1000
    for name, row in harvest.rows.items():
        found = harvest.inspected[name]
        is_quietly_empty = not found["entries"] and not found["problems"] and found["feed"]["format"] != "unknown"
        assert row["articles"] or found["entries"] or row["message"] or row["problems"] or is_quietly_empty, name
        assert "bug" not in str(row["message"]), name


def test_both_ways_read_the_same(harvest: Harvest, store: Archive) -> None:
    for name, found in harvest.inspected.items():
        row = harvest.rows[name]
        (line,) = store.fetch_log(source_key=name, limit=1)
        assert line.entries == (0 if row["state"] == "failing" else len(found["entries"])), name
        assert row["problems"] == ([] if row["state"] == "failing" else found["problems"]), name
        assert (row["state"] == "failing") == (not found["entries"] and bool(found["problems"])), name
        if row["state"] == "failing":
            assert row["message"] == found["problems"][0], name


def test_the_counts_agree(harvest: Harvest) -> None:
    sources, entries = harvest.synced["sources"], harvest.synced["entries"]
    assert sources["fetched"] + sources["failed"] == sources["due"] == len(harvest.rows)
    assert sources["failed"] == len(harvest.synced["errors"])
    assert entries["seen"] == sum(len(found["entries"]) for found in harvest.inspected.values())
    assert entries["new"] == sum(row["articles"] for row in harvest.rows.values())
    # What is neither new nor another source's stands twice in one document.
    assert 0 <= entries["seen"] - entries["new"] - entries["duplicate"] < 100


def test_no_article_has_anything_active(harvest: Harvest) -> None:
    judged = 0
    with open_archive(harvest.errand.folder / "broadsheet.db") as archive:
        assert len(archive) == harvest.synced["entries"]["new"]
        for record in archive:
            wrong = judge(record.body.html) if record.body.html else []
            assert not wrong, (record.article.url, wrong[:3])
            judged += bool(record.body.html)
    assert judged > 2000


def test_every_article_has_one_page_in_each_edition(harvest: Harvest) -> None:
    articles = harvest.synced["entries"]["new"]
    assert harvest.published["errors"] == []
    assert harvest.published["editions"]["hexo"]["pages_total"] == articles
    assert len(list((harvest.errand.folder / "blog" / "_posts").rglob("*.html"))) == articles
    pages = list((harvest.errand.folder / "public" / "a").rglob("*.html"))
    assert len(pages) == articles
    scripts = {tuple(SCRIPT.findall(page.read_bytes())) for page in pages}
    assert len(scripts) == 1, "an article brought a script"
    files = sum(path.is_file() and not path.name.startswith(".") for path in harvest.errand.folder.glob("public/**/*"))
    assert harvest.published["editions"]["site"]["pages_total"] == files
