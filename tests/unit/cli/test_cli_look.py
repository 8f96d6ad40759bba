"""`articles`, `show`, `search`, `sources`, `config` and `inspect`: looks that change nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import Stand, broadsheet
from newsagent import LONG, item
from pressroom import article_id, fill, new_archive

DATED = "Mon, 02 Feb 2026 10:00:00 GMT"


@pytest.fixture
def read(stand: Stand) -> Stand:
    """A stand with three articles of two sources, one of them edited and carried by both."""
    shared = item("paper/1", title="Fog over the harbour", pubDate=DATED, author="ada@x.example (Ada)")
    html = f"<p>{LONG}</p><p>Ferries wait.</p>"
    tide = item(
        "paper/2", title="潮汐发电站开工", html="<p>海风很大。</p>" + html, pubDate="Tue, 03 Feb 2026 10:00:00 GMT"
    )
    stand.source(stand.feed("paper", shared, tide), "News", "Paper")
    stand.source(stand.feed("copy", shared.replace("<guid>", "<guid>x"), item("copy/1", title="")), "News", "Copy")
    assert stand("sync", "paper").code == stand("sync", "copy").code == 0
    stand.feed("paper", shared.replace("three days", "two days"), tide)
    assert stand("sync", "paper", "--all").code == 0
    return stand


def ids(stand: Stand) -> dict[str, str]:
    return {article["title"]: article["id"] for article in stand("articles", "--json").json["articles"]}


# -- articles and search -----------------------------------------------------------------------------------------------


def test_articles_are_listed_newest_first(read: Stand) -> None:
    found = read("articles", "--json").json["articles"]
    assert [article["title"] for article in found] == ["", "潮汐发电站开工", "Fog over the harbour"]
    fog = found[2]
    assert fog["published"] == "2026-02-02T10:00:00Z"
    assert fog["author"] == "Ada"
    assert fog["source"].endswith("/paper.xml")
    assert fog["changed_at"] is not None


def test_a_list_for_people_has_a_line_an_article(read: Stand) -> None:
    lines = read("articles").out.splitlines()
    assert [line[:16] for line in lines] == list(ids(read).values())
    assert "The harbour lay under fog" in lines[0]  # it has no title
    assert "潮汐发电站开工" in lines[1]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--source", "paper"], 2),
        (["--source", "copy.xml"], 2),  # carried by both
        (["--section", "News"], 3),
        (["--section", "News/Copy"], 2),
        (["--section", "Sport"], 0),
        (["--since", "2026-02-03"], 2),
        (["--since", "2026-02-03T10:00:00+00:00"], 2),
        (["--since", "0001-01-01"], 3),
        (["--since", "9999-12-31"], 0),
        (["--limit", "1"], 1),
    ],
)
def test_a_list_may_be_narrowed(read: Stand, options: list[str], count: int) -> None:
    assert len(read("articles", "--json", *options).json["articles"]) == count


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--source", "nobody"], 'no source is or contains "nobody"; see: broadsheet sources'),
        (["--source", "xml"], '"xml" may mean http://127.0.0.1:'),
        (["--since", "monday"], '--since: "monday" is no date; write it as in 2026-11-20'),
        (["--since", "2026-02-31"], '--since: "2026-02-31" is no date; write it as in 2026-11-20'),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(read: Stand, options: list[str], line: str) -> None:
    ran = read("articles", *options)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(line)


def test_nothing_is_said_to_be_nothing(read: Stand) -> None:
    assert read("articles", "--section", "Sport").out == "no such articles\n"
    assert read("search", "nowhere").out == 'nothing found for "nowhere"\n'


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["fog", "harbour", "two"], "Fog over the harbour"),
        (["海风"], "潮汐发电站开工"),
        (["潮汐"], "潮汐发电站开工"),
        (["fog over", "harb"], "Fog over the harbour"),
    ],
)
def test_search_finds_words_of_any_language(read: Stand, words: list[str], title: str) -> None:
    titles = [article["title"] for article in read("search", "--json", *words).json["articles"]]
    assert title in titles
    assert title in read("search", *words).out


def test_search_may_be_cut(read: Stand) -> None:
    assert len(read("search", "harbour", "--limit", "1", "--json").json["articles"]) == 1


@pytest.mark.parametrize("word", ["", "!!!", '"'])
def test_a_search_for_nothing_is_wrong_usage(stand: Stand, word: str) -> None:
    ran = stand("search", word)
    assert ran.code == 2
    assert "has nothing to search for" in ran.err


@pytest.mark.parametrize("command", [["articles"], ["search", "fog"], ["sources"]])
def test_a_look_at_no_archive_makes_none(stand: Stand, command: list[str]) -> None:
    before = sorted(stand.folder.iterdir())
    ran = stand(*command, "--json")
    assert (ran.code, list(ran.json.values())) == (0, [[]])
    assert stand(*command).code == 0
    assert sorted(stand.folder.iterdir()) == before


# -- show --------------------------------------------------------------------------------------------------------------


def test_an_article_is_shown_with_its_source_and_changes(read: Stand) -> None:
    wanted = ids(read)["Fog over the harbour"]
    shown = read("show", wanted).out
    assert shown.startswith("Fog over the harbour\n")
    assert "http://" in shown.splitlines()[1]
    assert "Ada" in shown.splitlines()[1]
    assert "https://paper.example/1" in shown
    assert f"id {wanted}, also in {read.server.url('/copy.xml')}" in shown
    assert "changed " in shown
    assert "text" in shown
    assert "two days" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_headlines_stand_out_on_a_terminal_unless_colour_is_not_wanted(read: Stand) -> None:
    wanted = ids(read)["Fog over the harbour"]
    assert read("show", wanted, tty=True).out.startswith("\x1b[1mFog over the harbour\x1b[0m")
    os.environ["NO_COLOR"] = "1"
    try:
        assert "\x1b" not in read("show", wanted, tty=True).out
    finally:
        del os.environ["NO_COLOR"]


def test_an_article_may_be_named_by_the_beginning_of_its_id_or_its_address(read: Stand) -> None:
    wanted = ids(read)["Fog over the harbour"]
    by_id = read("show", wanted[:8], "--json").json["article"]
    assert by_id == read("show", "https://paper.example/1", "--json").json["article"]
    assert (by_id["id"], by_id["also_in"]) == (wanted, [read.server.url("/copy.xml")])
    assert [revision["changed"] for revision in by_id["revisions"]] == [["text"]]
    assert "two days" in by_id["html"]


def test_the_html_and_the_captured_item_can_be_had(read: Stand) -> None:
    wanted = ids(read)["Fog over the harbour"]
    assert "two days" in read("show", wanted, "--html").out
    raw = read("show", wanted, "--raw").out
    assert "<guid" in raw
    assert "two days" in raw


def test_an_article_without_a_title_says_so(read: Stand) -> None:
    assert read("show", ids(read)[""]).out.startswith("(no title)\n")


def test_what_is_not_there_is_wrong_usage(read: Stand) -> None:
    ran = read("show", "zzzz")
    assert (ran.code, ran.err) == (2, 'no article "zzzz"; see: broadsheet articles\n')


def test_what_may_mean_several_is_wrong_usage(stand: Stand) -> None:
    archive = new_archive(stand.folder / "broadsheet.db")
    fill(archive, range(12, 15))
    archive.close()
    shared = article_id(12)[:12]
    ran = stand("show", shared)
    assert ran.code == 2
    assert ran.err.startswith(f'"{shared}" may mean {article_id(12)}, ')
    assert ran.err.endswith("; give more of the id\n")
    assert stand("show", article_id(12)).code == 0


# -- sources -----------------------------------------------------------------------------------------------------------


def health(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News", "Good")
    stand.source(stand.server.add("/bad.xml", b"", status=500), "News", "Bad")
    stand.source(stand.server.add("/gone.xml", b"", status=410), "News", "Gone")
    stand.source(stand.server.add("/held.xml", b"", status=429, headers={"Retry-After": "90000"}), "News", "Held")


def test_before_a_run_every_source_is_new(stand: Stand) -> None:
    health(stand)
    rows = stand("sources", "--json").json["sources"]
    assert [(row["state"], row["section"][1]) for row in rows] == [("new", n) for n in ("Good", "Bad", "Gone", "Held")]
    assert stand("sources", "--check").code == 0


def test_what_is_broken_comes_first(stand: Stand) -> None:
    health(stand)
    stand("sync")
    rows = stand("sources", "--json").json["sources"]
    assert [row["state"] for row in rows] == ["failing", "gone", "held", "ok"]
    bad, gone, held, good = rows
    assert (bad["failures"], bad["kind"], bad["message"]) == (1, "status", "answers 500")
    assert bad["failing_since"].endswith("Z")
    assert gone["next_due"] is None
    assert held["held_until"] > held["last_fetch"]
    assert (good["articles"], good["failures"], good["message"]) == (1, 0, None)


def test_a_table_says_it_in_words(stand: Stand) -> None:
    health(stand)
    stand("sync")
    out = stand("sources").out
    assert out.splitlines()[0].startswith("state ")
    assert "answers 500 since " in out
    assert "never: change its url" in out
    assert stand("sources", "--failing").out.count("xml") == 2


def test_check_fails_when_a_source_is_failing(stand: Stand) -> None:
    health(stand)
    stand("sync")
    assert stand("sources", "--check").code == 1
    assert stand("sources", "--check", "--json").code == 1
    assert stand("sources", "good", "--check").code == 0
    assert stand("sources").code == 0


def test_sources_may_be_named(stand: Stand) -> None:
    health(stand)
    assert [row["section"][1] for row in stand("sources", "bad", "held", "--json").json["sources"]] == ["Bad", "Held"]
    ran = stand("sources", "nobody")
    assert (ran.code, ran.err) == (2, 'no source is or contains "nobody"; see: broadsheet sources\n')


def test_what_was_read_in_part_is_said(stand: Stand) -> None:
    stand.source(stand.server.add("/cut.xml", b"<rss><channel><item><title>One</title></item><item><ti"), "News")
    stand("sync")
    assert "read in part: " in stand("sources").out
    assert stand("sources", "--json").json["sources"][0]["problems"]


def test_without_sources_the_next_step_is_named(stand: Stand) -> None:
    assert stand("sources").out == "no sources; add [[sources]] to the configuration\n"


# -- config ------------------------------------------------------------------------------------------------------------


def test_settings_are_shown_with_their_defaults(stand: Stand) -> None:
    stand.source("https://a.example/feed", "News", "A")
    out = stand("config").out
    for line in (
        'site.title = "Test"',
        'site.timezone = "UTC"',
        "fetch.min_interval_s = 3600.0",
        'sources[0].section = ["News","A"]',
        'editions[0].name = "site"',
    ):
        assert line in out.splitlines()
    assert stand("config", "--json").json["sources"][0]["url"] == "https://a.example/feed"


def test_settings_are_shown_without_secrets(stand: Stand) -> None:
    for url in (
        "https://ada:geheim@a.example/feed",
        "https://a.example/feed?api_key=geheim",
        "https://a.example/${BROADSHEET_TEST_PATH}/feed",
    ):
        stand.source(url)
    environment = {**os.environ, "BROADSHEET_TEST_PATH": "verborgen"}
    for form in ("--quiet", "--json"):
        command = [sys.executable, "-m", "broadsheet", "config", form, "--config", str(stand.config)]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert "geheim" not in ran.stdout
        assert "verborgen" not in ran.stdout
        assert "https://a.example/***/feed" in ran.stdout


def test_the_schema_needs_no_configuration(tmp_path: Path) -> None:
    ran = broadsheet("config", "--schema", "--config", tmp_path / "none.toml")
    assert ran.code == 0
    assert '"$defs"' in ran.out


# -- inspect -----------------------------------------------------------------------------------------------------------

FEED = "<rss version='2.0'><channel><title>Paper</title><item><title>One</title><link>/1</link></item></channel></rss>"


def test_files_and_addresses_are_inspected_a_line_each(stand: Stand, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    url, page = (
        stand.feed("paper"),
        stand.server.add("/page", "<title>A page</title><p>Text", headers={"Content-Type": "text/html"}),
    )
    ran = stand("inspect", file, url, page, "--url", "https://paper.example/")
    assert ran.code == 0
    first, second, third = ran.out.splitlines()
    assert f'"input":"{file}","kind":"feed"' in first
    assert '"link":"https://paper.example/1"' in first
    assert f'"input":"{url}","kind":"feed"' in second
    assert f'"input":"{page}","kind":"page"' in third
    assert not (stand.folder / "broadsheet.db").exists()


def test_standard_input_may_be_inspected() -> None:
    ran = broadsheet("inspect", "-", typed=FEED)
    assert ran.json["feed"] == {"title": "Paper", "link": None, "format": "rss"}
    assert ran.json["input"] == "-"


def test_loopback_is_refused_without_a_configuration(stand: Stand) -> None:
    ran = broadsheet("inspect", stand.feed("paper"), "--config", stand.folder / "none.toml")
    assert ran.code == 1
    assert ran.json["problems"]
    assert ran.json["entries"] == []


@pytest.mark.parametrize(("kind", "empty"), [("feed", {"entries": []}), ("page", {"article": None})])
def test_what_cannot_be_had_has_a_problem_and_the_rest_goes_on(
    stand: Stand, tmp_path: Path, kind: str, empty: dict[str, object]
) -> None:
    missing = broadsheet("inspect", tmp_path / "none", "--kind", kind)
    assert missing.code == 1
    assert missing.json["problems"] == ["cannot be read: no such file or directory"]
    assert missing.json["kind"] == kind
    assert {name: missing.json[name] for name in empty} == empty
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    both = stand("inspect", tmp_path, stand.server.url("/nothing"), file)
    assert both.code == 0
    assert len(both.out.splitlines()) == 3
    assert "answers 404" in both.out


def test_a_mistake_in_the_configuration_counts_for_addresses_too(stand: Stand) -> None:
    stand.add("oops = 1")
    assert stand("inspect", "http://127.0.0.1:1/").code == 2
