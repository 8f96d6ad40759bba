"""`init`: a first configuration, from nothing, a list, or the old pipeline; never over another."""

from pathlib import Path

import pytest
from commandline import broadsheet

from broadsheet.config import read

OPML = '<opml version="2.0"><body><outline text="Far"><outline text="Light" xmlUrl="https://l.example/"/></outline></body></opml>'
HUB = "# 新媒体\n## ZAKER\n### source\nslect:\n  - /zaker/source/1\n  - nonsense\n"


def test_a_first_configuration_can_be_run(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path / "news")
    path = tmp_path / "news" / "broadsheet.toml"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"wrote {path}\nnext: look it over, then: broadsheet run --config {path}\n"
    assert read(path).site.audience == "private"
    assert broadsheet("run", "--config", path, "--json").code == 0


def test_flags_say_what_it_says(tmp_path: Path) -> None:
    ran = broadsheet(
        *("init", tmp_path, "--public", "--contact", "desk@n.example", "--title", 'The "T"', "--site-url"),
        *("https://n.example/x", "--language", "de", "--timezone", "Europe/Berlin", "--json"),
    )
    assert ran.json == {"path": str(tmp_path / "broadsheet.toml"), "sources": 0, "problems": []}
    site = read(tmp_path / "broadsheet.toml").site
    assert (site.title, site.url, site.language, site.timezone) == (
        'The "T"',
        "https://n.example/x",
        "de",
        "Europe/Berlin",
    )
    assert (site.audience, site.contact) == ("public", "desk@n.example")


def test_an_existing_one_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.toml"
    path.write_text("mine")
    ran = broadsheet("init", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{path}: is there already; edit it, or give init another folder\n"
    assert path.read_text() == "mine"


def test_not_even_one_that_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.toml"
    path.symlink_to(tmp_path / "elsewhere.toml")
    ran = broadsheet("init", tmp_path)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (["--timezone", "Mars/Base"], "site.timezone"),
        (["--site-url", "n.example"], "site.url"),
        (["--language", "no such language"], "site.language"),
    ],
)
def test_what_cannot_be_leaves_no_file(tmp_path: Path, options: list[str], key: str) -> None:
    ran = broadsheet("init", tmp_path, *options)
    assert ran.code == 2
    assert key in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = broadsheet("init", tmp_path / "file" / "news")
    assert ran.code == 2
    assert ran.err.count("\n") == 1


# -- from lists --------------------------------------------------------------------------------------------------------


def test_the_feeds_of_a_list_become_sources(tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML)
    ran = broadsheet("init", tmp_path, "--from-opml", tmp_path / "list.opml")
    assert "with 1 source\n" in ran.out
    (source,) = read(tmp_path / "broadsheet.toml").sources
    assert (source.url, source.section) == ("https://l.example/", ("Far", "Light"))


@pytest.mark.parametrize(("text", "why"), [("<rss/>", "is not an OPML list"), (None, "cannot be read: no such file")])
def test_a_list_that_is_none_is_told(tmp_path: Path, text: str | None, why: str) -> None:
    path = tmp_path / "list.opml"
    if text is not None:
        path.write_text(text)
    ran = broadsheet("init", tmp_path, "--from-opml", path)
    assert ran.code == 2
    assert ran.err.startswith(f"{path}: {why}")
    assert not (tmp_path / "broadsheet.toml").exists()


def hub(folder: Path) -> Path:
    (folder / "hub" / "temple").mkdir(parents=True)
    (folder / "hub" / "temple" / "temple_config.yml").write_text(HUB)
    return folder / "hub"


def test_the_old_pipeline_is_taken_over_with_its_hexo_blog(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--from-hub", hub(tmp_path))
    assert ran.code == 0
    assert "slect[1] is no path" in ran.err
    found = read(tmp_path / "broadsheet.toml")
    assert [(source.ref, source.section) for source in found.sources] == [
        ("/zaker/source/1", ("新媒体", "ZAKER", "source"))
    ]
    assert (found.site.language, found.site.timezone) == ("zh-CN", "Asia/Shanghai")
    assert [edition.kind for edition in found.editions] == ["site", "hexo"]


def test_problems_are_in_the_object_and_quiet_on_request(tmp_path: Path) -> None:
    said = broadsheet("init", tmp_path / "a", "--from-hub", hub(tmp_path), "--json").json
    assert (said["sources"], len(said["problems"])) == (1, 1)
    assert broadsheet("init", tmp_path / "b", "--from-hub", tmp_path / "hub", "--quiet").err == ""


def test_a_folder_that_is_no_hub_is_told(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--from-hub", tmp_path)
    assert ran.code == 2
    assert "has neither" in ran.err


def test_two_origins_at_once_are_wrong_usage(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--from-hub", tmp_path, "--from-opml", tmp_path)
    assert ran.code == 2
    assert "cannot be used together" in ran.err


# -- who it is for -----------------------------------------------------------------------------------------------------


def test_on_a_terminal_it_asks_who_the_site_is_for(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, typed="public\ndesk@n.example\n", tty=True)
    assert ran.code == 0
    assert "Who is the site for?" in ran.out + ran.err
    site = read(tmp_path / "broadsheet.toml").site
    assert (site.audience, site.contact) == ("public", "desk@n.example")


def test_an_empty_answer_is_private(tmp_path: Path) -> None:
    assert broadsheet("init", tmp_path, typed="\n", tty=True).code == 0
    assert read(tmp_path / "broadsheet.toml").site.audience == "private"


def test_flags_ask_nothing(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--private", typed="", tty=True)
    assert ran.code == 0
    assert "Who" not in ran.out


def test_no_answer_is_an_interruption(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, typed="", tty=True)
    assert ran.code == 130
    assert ran.err.endswith("broadsheet: interrupted\n")
    assert not (tmp_path / "broadsheet.toml").exists()


def test_without_a_terminal_a_public_site_needs_a_contact(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--public")
    assert (ran.code, ran.err.startswith("--contact: is missing")) == (2, True)


def test_questions_leave_the_object_alone(tmp_path: Path) -> None:
    ran = broadsheet("init", tmp_path, "--json", typed="private\n", tty=True)
    assert ran.json["sources"] == 0
