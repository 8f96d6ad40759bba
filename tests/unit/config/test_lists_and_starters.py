"""Durations, OPML lists, the old pipeline's two files, and the first configuration that is written for people."""

import string
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import json_schema, read
from broadsheet.config.durations import seconds, written
from broadsheet.config.hub import read_hub
from broadsheet.config.opml import Outline, read_opml
from broadsheet.config.schema import File
from broadsheet.config.starter import Starter, Wanted, starter
from broadsheet.errors import ConfigError

# -- durations ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found_s"),
    [
        ("20s", 20),
        ("30m", 1800),
        ("1h", 3600),
        ("1h30m", 5400),
        (" 1 H  30 m ", 5400),
        ("1.5d", 129600),
        ("2w", 1209600),
        ("250ms", 0.25),
        ("0s", 0),
        (90, 90),
        (0.5, 0.5),
        ("3650d", 3650 * 86400),
    ],
)
def test_durations_are_read_as_people_write_them(text: str | float, found_s: float) -> None:
    assert seconds(text) == pytest.approx(found_s)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a duration"),
        ("20", "is not a duration"),
        ("h", "is not a duration"),
        ("20 parsecs", "is not a duration"),
        ("1h and 3m", "is not a duration"),
        ("-1h", "is not a duration"),
        (-1, "is negative"),
        (float("-inf"), "is negative"),
        (float("inf"), "is too long"),
        (float("nan"), "is too long"),
        ("9999w", "is too long"),
        (10**30, "is too long"),
    ],
)
def test_what_is_no_duration_says_so(text: str | float, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        seconds(text)


@given(st.integers(0, 3650 * 86400))
def test_what_is_written_is_read_back(duration_s: int) -> None:
    assert seconds(written(duration_s)) == duration_s


@pytest.mark.parametrize(("duration_s", "text"), [(3600, "1h"), (90, "90s"), (0.5, "0.5s"), (0, "0s"), (604800, "1w")])
def test_a_duration_is_written_the_short_way(duration_s: float, text: str) -> None:
    assert written(duration_s) == text


# -- OPML --------------------------------------------------------------------------------------------------------------


def outlines(inner: str, *, head: str = "") -> list[Outline]:
    found, problem = read_opml(f'{head}<opml version="2.0"><head/><body>{inner}</body></opml>'.encode())
    assert problem is None
    return found


def test_outlines_become_sections() -> None:
    found = outlines(
        """<outline text="Top" xmlUrl="https://a.example/top"/>
        <outline title="News" text="ignored"><outline text="  The\n Paper " xmlUrl=" https://a.example/paper "/>
          <outline text="Inner"><outline xmlurl="https://a.example/untitled"/></outline>
          <!-- a remark --><outline/>
        </outline>
        <outline text="Feed and folder" xmlUrl="https://a.example/both"><outline text="In it" xmlUrl="https://a.example/in"/>
        </outline>"""
    )
    assert [(outline.url, outline.section) for outline in found] == [
        ("https://a.example/top", ("Top",)),
        ("https://a.example/paper", ("News", "The Paper")),
        ("https://a.example/untitled", ("News", "Inner", "https://a.example/untitled")),
        ("https://a.example/both", ("Feed and folder",)),
        ("https://a.example/in", ("In it",)),
    ]


@pytest.mark.parametrize(
    "url", ["", "feed.xml", "ftp://a.example/", "https://", "javascript:alert(1)", "file:///etc/passwd"]
)
def test_outlines_without_a_web_address_are_left_out(url: str) -> None:
    assert outlines(f'<outline text="x" xmlUrl="{url}"/>') == []


def test_a_feed_that_stands_twice_is_one() -> None:
    assert (
        len(outlines('<outline text="a" xmlUrl="https://a.example/"/><outline text="b" xmlUrl="https://a.example/"/>'))
        == 1
    )


def test_a_list_without_a_body_is_read_all_the_same() -> None:
    found, problem = read_opml(b'<OPML><outline text="x" xmlUrl="https://a.example/"/></OPML>')
    assert (len(found), problem) == (1, None)


def test_a_list_that_breaks_off_gives_what_it_has() -> None:
    found, problem = read_opml(b'<opml><body><outline text="x" xmlUrl="https://a.example/"/><outline te')
    assert (len(found), problem) == (1, None)


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://secret.example/")
    head = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "https://y.example/">]>'
    assert outlines('<outline text="&y;" xmlUrl="https://a.example/"/><outline>&x;</outline>', head=head)
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    read_opml(f'<!DOCTYPE opml [{lol}]><opml><body><outline text="&l11;"/></body></opml>'.encode())


def test_deep_lists_cost_no_recursion() -> None:
    deep = '<outline text="x">' * 240 + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * 240
    (found,) = outlines(deep)
    assert len(found.section) == 241


@given(st.binary(max_size=60))
def test_any_bytes_are_a_list_or_say_why_not(body: bytes) -> None:
    found, problem = read_opml(body)
    assert problem is None or found == []


# -- the old pipeline --------------------------------------------------------------------------------------------------

SELECTED = """\
# 新媒体
## ZAKER
slect:
### source
  - /zaker/source/1
  - '/zaker/focusread'      # quoted
### 频道
  - "/zaker/channel/3?limit=20"
## 36kr
  - /36kr/newsflashes
# Programming
## GitHub
### Trending
  - /github/trending/daily/python
  - /github/trending/daily/python
"""
OWN = """\
rsshub: https://rsshub.example
diy:
  - link: /bilibili/user/video/2
    categories: 视频
    source_parent: Bilibili
    source_child: Two
  - link: https://paper.example/feed.xml
  - categories: no link
  - just text
  - link: gopher://old.example/
"""


def hub(folder: Path, *, selected: str | bytes | None = None, own: str | bytes | None = None) -> Path:
    for name, text in (("temple/temple_config.yml", selected), ("user_config.yml", own)):
        if text is not None:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_both_files_of_the_old_pipeline_are_taken_over(tmp_path: Path) -> None:
    found, problems = read_hub(hub(tmp_path, selected=SELECTED, own=OWN))
    assert [(wanted.route, wanted.section) for wanted in found] == [
        ("/zaker/source/1", ("新媒体", "ZAKER", "source")),
        ("/zaker/focusread", ("新媒体", "ZAKER", "source")),
        ("/zaker/channel/3?limit=20", ("新媒体", "ZAKER", "频道")),
        ("/36kr/newsflashes", ("新媒体", "36kr", "newsflashes")),
        ("/github/trending/daily/python", ("Programming", "GitHub", "Trending")),
        ("/bilibili/user/video/2", ("视频", "Bilibili", "Two")),
        ("https://paper.example/feed.xml", ()),
    ]
    assert problems == [
        f"user_config.yml: diy[{number}] has no link that begins with / or https://, and was left out"
        for number in (2, 3, 4)
    ]


def test_routes_without_headings_are_filed_by_their_paths(tmp_path: Path) -> None:
    found, _ = read_hub(hub(tmp_path, selected="slect: [/zaker/source/1, /36kr, '/']"))
    assert [wanted.section for wanted in found] == [("zaker", "1"), ("36kr",), ()]


@pytest.mark.parametrize(
    ("selected", "count", "problems"),
    [
        ("", 0, []),
        ("slect:\n", 0, []),
        ("select: [/a/b]\n", 1, []),
        ("slect: /a/b\n", 0, ["slect is no list, and was left out"]),
        ("slect: {a: 1}\n", 0, ["slect is no list, and was left out"]),
        ("slect: 3\n", 0, ["slect is no list, and was left out"]),
        ("slect: [3, a/b, /a/b]\n", 1, [f"slect[{n}] is no path that begins with /, and was left out" for n in (0, 1)]),
    ],
)
def test_odd_selections_are_told(tmp_path: Path, selected: str, count: int, problems: list[str]) -> None:
    found, told = read_hub(hub(tmp_path, selected=selected))
    assert len(found) == count
    assert told == [f"temple/temple_config.yml: {problem}" for problem in problems]


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("diy: [", "line 1: not valid YAML: "),
        ("a: b\n\tc: d\n", "line 2: not valid YAML: "),
        ("a: b\nb: 'c\n", "line 3: not valid YAML: "),
        ("date: 2026-13-45\n", "not valid YAML: month must be in 1..12"),
        ("a: \x01\n", "not valid YAML: unacceptable character"),
        ("- a\n- b\n", "should be a table with slect or diy"),
        (b"a: \xff\xfe\n", "is not UTF-8 text (byte 3); save it as UTF-8"),
        ("[" * 5000, "not valid YAML: "),
    ],
)
def test_broken_files_are_told_in_one_line(tmp_path: Path, own: str | bytes, why: str) -> None:
    with pytest.raises(ConfigError) as told:
        read_hub(hub(tmp_path, own=own))
    line = str(told.value)
    assert line.startswith(f"{tmp_path / 'user_config.yml'}: {why}")
    assert "\n" not in line


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "user_config.yml").symlink_to("/proc/self/mem")
    with pytest.raises(ConfigError, match=r"user_config.yml: cannot be read: input/output error"):
        read_hub(tmp_path)


def test_a_folder_without_either_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has neither temple/temple_config.yml nor user_config.yml; name the old"):
        read_hub(tmp_path)


# -- starter -----------------------------------------------------------------------------------------------------------


def read_back(folder: Path, wanted: Starter) -> Any:
    path = folder / "broadsheet.toml"
    path.write_text(starter(wanted), encoding="utf-8")
    return read(path)


def test_what_init_writes_can_be_read(tmp_path: Path) -> None:
    found = read_back(tmp_path, Starter())
    assert (found.site.title, found.site.audience, found.sources) == ("My Broadsheet", "private", ())
    assert [edition.name for edition in found.editions] == ["site"]


def test_sources_and_editions_are_as_wanted(tmp_path: Path) -> None:
    wanted = Starter(
        audience="public",
        contact="desk@news.example",
        hexo=True,
        rsshub="http://hub.example:80",
        sources=(Wanted(route="/zaker/1", section=("中", "b")), Wanted(route="https://a.example/feed")),
    )
    found = read_back(tmp_path, wanted)
    assert [(source.ref, source.section) for source in found.sources] == [
        ("/zaker/1", ("中", "b")),
        ("https://a.example/feed", ("a.example",)),
    ]
    assert found.site.contact == "desk@news.example"
    assert found.fetch.rsshub == ("http://hub.example:80",)
    assert found.fetch.allow_private == ("hub.example:80",)
    assert found.fetch.hosts["hub.example:80"].per_host == 8
    assert [(edition.name, edition.theme) for edition in found.editions] == [("site", None), ("hexo", "volantis")]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(
    title=TEXT,
    names=st.lists(TEXT.filter(lambda name: bool(name.strip())), min_size=1, max_size=3),
    path=st.text(string.ascii_letters + "/?&=#'\"\\ 新", max_size=20),
)
def test_whatever_is_in_it_the_text_reads_back(
    tmp_path_factory: pytest.TempPathFactory, title: str, names: list[str], path: str
) -> None:
    wanted = Starter(title=title, sources=(Wanted(route=f"/{path}", section=tuple(names)),))
    found = read_back(tmp_path_factory.mktemp("starter"), wanted)
    assert found.site.title == title
    assert found.sources[0].ref == f"/{path}"
    assert found.sources[0].section == tuple(name.strip() for name in names)


# -- schema ------------------------------------------------------------------------------------------------------------


def definitions() -> dict[str, Any]:
    found: dict[str, Any] = json_schema()["$defs"]
    return found


def test_the_schema_is_json_and_leads_somewhere() -> None:
    text = msgspec.json.encode(json_schema()).decode()
    for reference in {part.partition('"')[0] for part in text.split('"#/$defs/')[1:]}:
        assert reference in definitions()
    assert json_schema()["$ref"] == "#/$defs/File"


def test_the_schema_forbids_unknown_keys_and_describes_the_known() -> None:
    for name, table in definitions().items():
        assert table["additionalProperties"] is False, name
        for key, value in table["properties"].items():
            assert "description" in str(value), f"{name}.{key}"


def test_the_schema_says_what_the_reader_says() -> None:
    assert definitions()["Site"]["required"] == ["title", "url"]
    document = tomllib.loads(starter(Starter()))
    assert set(document) <= set(definitions()["File"]["properties"])
    assert msgspec.convert(document, File).site.title == "My Broadsheet"
