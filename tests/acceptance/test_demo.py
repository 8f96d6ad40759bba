"""The demo, end to end: the sample web is served, read twice and published; anybody can repeat it."""

import contextlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Ran, broadsheet

from broadsheet.archive import open_archive
from broadsheet.cli.demo import PORT
from broadsheet.config import read
from broadsheet.demo import expected, sources
from broadsheet.ports import ArticleFilter, Counts

FAILING = [source for source in sources() if source.failing]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The folder of a demo, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "news"
    return folder, broadsheet("demo", folder, "--json")


@pytest.fixture
def counts(demo: tuple[Path, Ran]) -> Iterator[Counts]:
    archive = open_archive(demo[0] / "broadsheet.db", create=False)
    yield archive.counts()
    archive.close()


def test_the_first_run_reads_everything_but_the_failing_source(demo: tuple[Path, Ran]) -> None:
    assert demo[1].code == 0
    first, known = demo[1].json["runs"][0], expected(1)
    assert first["sources"] == {
        "due": known.sources,
        "fetched": len(known.entries),
        "unchanged": 0,
        "failed": len(known.failing),
        "held": 0,
    }
    assert first["entries"] == {
        "seen": known.total,
        "new": known.articles,
        "changed": 0,
        "duplicate": known.total - known.articles,
    }


def test_the_second_run_sees_one_edit_and_what_is_new(demo: tuple[Path, Ran]) -> None:
    second, known = demo[1].json["runs"][1], expected(2)
    assert (second["entries"]["new"], second["entries"]["changed"]) == (known.new, known.changed)
    assert known.changed == 1
    assert second["sources"]["due"] == known.sources
    assert second["sources"]["unchanged"] > 0


def test_the_failing_source_is_named_with_its_reason(demo: tuple[Path, Ran]) -> None:
    assert len(FAILING) == 1
    for run in demo[1].json["runs"]:
        (error,) = run["errors"]
        assert error["source"].endswith(FAILING[0].path)
        assert (error["kind"], error["message"]) == ("status", "answers 500")


def test_the_archive_holds_what_the_sample_web_has(demo: tuple[Path, Ran], counts: Counts) -> None:
    known = expected(2)
    assert (counts.articles, counts.sources) == (known.articles, known.sources)
    assert counts.sightings == expected(2).total
    assert counts.revisions == known.changed
    assert (counts.pending_pages, counts.pending_media) == (0, 0)
    assert counts.media > 0


def test_summaries_have_the_text_of_their_pages(demo: tuple[Path, Ran]) -> None:
    archive = open_archive(demo[0] / "broadsheet.db", create=False)
    ids = [article.id for article in archive.list_articles(ArticleFilter())]
    origins = [record.body.origin for record in archive.records(ids)]
    archive.close()
    assert origins.count("page") == expected(2).pages


def test_the_site_and_the_posts_are_there(demo: tuple[Path, Ran]) -> None:
    folder, ran = demo
    assert ran.json["site"] == str(folder / "public" / "index.html")
    home = Path(ran.json["site"]).read_text(encoding="utf-8")
    assert "The Tidewater Broadsheet" in home
    posts = list((folder / "blog" / "source" / "_posts").rglob("*.html"))
    assert len(posts) == expected(2).articles
    pictures = [path for path in (folder / "blog" / "source" / "media").rglob("*") if path.is_file()]
    assert pictures


def test_the_site_asks_nobody_for_anything(demo: tuple[Path, Ran]) -> None:
    """Mirror mode: no page loads from another host."""
    for page in (demo[0] / "public").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(
            r"<(?:img|script|iframe|source|video|audio)\b[^>]*?\ssrc(?:set)?=\"?(https?:[^\"\s>]+)", text
        )
        loaded += re.findall(r"<link\b[^>]*rel=\"?(?:stylesheet|preload|icon)\"?[^>]*href=\"?(https?:[^\"\s>]+)", text)
        assert not loaded, (page, loaded)


def test_its_configuration_is_a_first_one_to_learn_from(demo: tuple[Path, Ran]) -> None:
    settings = read(demo[0] / "broadsheet.toml")
    assert len(settings.sources) == len(sources())
    ran = broadsheet("sources", "--config", demo[0] / "broadsheet.toml", "--json")
    states = {row["key"]: row["state"] for row in ran.json["sources"]}
    assert [key for key, state in states.items() if state == "failing"] == [FAILING[0].key]
    assert broadsheet("sources", "--check", "--config", demo[0] / "broadsheet.toml").code == 1


def test_search_finds_chinese_and_english(demo: tuple[Path, Ran]) -> None:
    for word in ("tide", "海"):
        assert broadsheet("search", word, "--config", demo[0] / "broadsheet.toml", "--json").json["articles"]


def test_publishing_again_writes_nothing(demo: tuple[Path, Ran]) -> None:
    config = demo[0] / "broadsheet.toml"
    files = {path: path.stat().st_mtime_ns for path in (demo[0] / "public").rglob("*")}
    again = broadsheet("publish", "--json", "--config", config).json["editions"]
    assert {edition["pages_written"] for edition in again.values()} == {0}
    assert {path: path.stat().st_mtime_ns for path in (demo[0] / "public").rglob("*")} == files


# -- again and elsewhere -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_can_be_run_again_in_the_same_folder_and_says_it_in_words(tmp_path: Path) -> None:
    first, again = broadsheet("demo", tmp_path / "news"), broadsheet("demo", tmp_path / "news")
    assert (first.code, again.code) == (0, 0)
    for ran in (first, again):
        assert ran.err == ""
        assert f"Open the site:  {tmp_path / 'news' / 'public' / 'index.html'}" in ran.out
        assert ran.out.count("$ broadsheet run --all") == 2
        assert f"{expected(1).new} new" in ran.out
        assert "1 changed" in ran.out
        assert "answers 500" in ran.out


def test_a_folder_of_others_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = broadsheet("demo", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{tmp_path}: is not empty; give the demo a folder of its own\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_configuration_of_others_is_refused_and_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "broadsheet.toml"
    config.write_text("[site]\n")
    (tmp_path / "broadsheet.db").write_text("mine")
    ran = broadsheet("demo", tmp_path)
    assert ran.code == 2
    assert ran.err == f"{config}: is not a demo's; give the demo a folder of its own\n"
    assert (config.read_text(), (tmp_path / "broadsheet.db").read_text()) == ("[site]\n", "mine")


@pytest.mark.parametrize("place", ["file", "file/news"])
def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    ran = broadsheet("demo", tmp_path / place)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


def test_what_others_put_beside_its_posts_stays(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    theme = folder / "blog" / "_config.yml"
    theme.parent.mkdir(parents=True)
    theme.write_text("theme: mine")
    (folder / "broadsheet.toml").write_text("# The configuration of the demo.\n")
    (folder / "public").write_text("from an earlier one")
    assert broadsheet("demo", folder, "--json").code == 0
    assert theme.read_text() == "theme: mine"


def test_a_port_that_is_taken_is_no_hindrance(tmp_path: Path) -> None:
    with socket.socket() as taken:
        with contextlib.suppress(OSError):  # then somebody else has it
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        said = broadsheet("demo", tmp_path / "news", "--json").json
    assert said["runs"][0]["sources"]["fetched"] == len(expected(1).entries)
