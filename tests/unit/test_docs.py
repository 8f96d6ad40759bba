"""The documentation says what there is, all of it, and nothing else."""

import ast
import io
import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import click
import msgspec
import pytest
from archive_samples import NOW, changes, sources, write
from docs_reading import (
    DOCS,
    PAGES,
    REPO,
    Block,
    anchors,
    blocks,
    codes,
    command_lines,
    headings,
    links,
    prose,
    rows,
    section,
    text_of,
)

import broadsheet
from broadsheet.archive import open_archive
from broadsheet.cli import COMMANDS, cli, main, signals
from broadsheet.config import json_schema
from broadsheet.config.read import read
from broadsheet.config.schema import Archive, Catalogue, Duration, Edition, Fetch, File, Host, Images, Site, SourceTable
from broadsheet.editions.hexo import THEMES
from broadsheet.editions.registry import KINDS
from broadsheet.errors import ERROR_KINDS
from broadsheet.model import Image

COMMANDS_PAGE = DOCS / "commands.md"
CONFIGURATION = DOCS / "configuration.md"
ARCHITECTURE = DOCS / "ARCHITECTURE.md"
README, README_ZH = REPO / "README.md", REPO / "README.zh-CN.md"
SOURCE = REPO / "src" / "broadsheet"


def page_name(page: Path) -> str:
    return str(page.relative_to(REPO))


# -- commands


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def options_of(found: click.Command) -> set[str]:
    return {name for option in found.params if isinstance(option, click.Option) for name in option.opts}


SHARED = options_of(cli) | {"--help", "-h"}


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    named = [name for level, name in headings(COMMANDS_PAGE) if level == 2]
    assert [name for name in named if name in COMMANDS] == list(COMMANDS)
    assert set(named) - set(COMMANDS) == {"Exit codes", "Why a source fails"}


def test_the_shared_options_are_documented() -> None:
    intro = text_of(COMMANDS_PAGE).split("\n## ")[0]
    named = {name.split()[0] for row in rows(intro) for name in codes(row[0])}
    assert named == SHARED
    for name in COMMANDS:
        assert options_of(command(name)) >= SHARED - {"--help", "-h", "--version", "-V"}, name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_a_command_are_documented(name: str) -> None:
    text = section(COMMANDS_PAGE, name)
    own = options_of(command(name)) - SHARED
    table = {code.split()[0] for row in rows(text) for code in codes(row[0])}
    assert table == own
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert mentioned <= own | SHARED, f"there is no {mentioned - own - SHARED}"
    for argument in command(name).params:
        if isinstance(argument, click.Argument):
            shown = argument.make_metavar(click.Context(command(name))).strip("[].…").split("|")[0].strip("{")
            assert shown.lower() in text.lower(), f"the argument {shown} is not documented"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_and_shows_two_examples(name: str) -> None:
    said = command(name).get_help(click.Context(command(name), info_name=name))
    assert said.count(f"    broadsheet {name}") + said.count(f"$(broadsheet {name}") >= 2


def test_exit_codes_are_documented() -> None:
    documented = {int(row[0]) for row in rows(section(COMMANDS_PAGE, "Exit codes"))}
    assert documented == {*exit_codes(), signals.INTERRUPTED, signals.TERMINATED}


def exit_codes() -> Iterator[int]:
    """Whole numbers that functions of the command line return as an exit code, or name as `code`."""
    for path in (SOURCE / "cli").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and returns_a_code(function):
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield from numbers(node.value)
                    if isinstance(node, ast.keyword) and node.arg == "code":
                        yield from numbers(node.value)


def returns_a_code(function: ast.FunctionDef) -> bool:
    is_command = any("command" in ast.unparse(decorator) for decorator in function.decorator_list)
    return is_command or function.name in {"_main", "_usage", "_failed", "_code", "_run_once", "_run_on", "_print"}


def numbers(value: ast.expr) -> Iterator[int]:
    for node in [value, *([value.body, value.orelse] if isinstance(value, ast.IfExp) else [])]:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value


def test_error_kinds_are_documented() -> None:
    documented = [codes(row[0])[0] for row in rows(section(COMMANDS_PAGE, "Why a source fails"))]
    assert documented == list(ERROR_KINDS)


@pytest.mark.parametrize(("place", "arguments"), list(command_lines()))
def test_command_lines_can_be_called(place: str, arguments: list[str]) -> None:
    parse(arguments)


def parse(arguments: list[str]) -> None:
    """Parses as the command line does, without running anything.

    Raises:
        click.UsageError: there is no such command or option.
    """
    bare = [argument for argument in arguments if argument not in {"--help", "--version"}]
    if not bare:
        return
    at = next((number for number, argument in enumerate(bare) if not argument.startswith("-")), 0)
    cli.make_parser(click.Context(cli)).parse_args(bare[:at])
    found = cli.get_command(click.Context(cli), bare[at])
    assert found is not None, f"there is no command {bare[at]}"
    if rest := bare[at + 1 :]:  # a name alone speaks of the command
        found.make_context(bare[at], rest)


_NAMED_COMMAND = re.compile(r"(?:`|see: |next: )broadsheet ([a-z]+)")


def test_commands_named_in_messages_exist() -> None:
    wrong = [
        f"{path.relative_to(REPO)}: broadsheet {name}"
        for path in SOURCE.rglob("*.py")
        for name in _NAMED_COMMAND.findall(path.read_text(encoding="utf-8"))
        if name not in COMMANDS
    ]
    assert not wrong, wrong


# -- JSON


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration and an archive with all that the documented objects show."""
    (tmp_path / "broadsheet.toml").write_text(
        '[site]\ntitle = "T"\nurl = "https://t.example"\n[[sources]]\nkey = "source-0"\nurl = "http://127.0.0.1:9/"\n'
        '[fetch]\nhost_delay = 0\n[editions.site]\npath = "public"\n',
        encoding="utf-8",
    )
    archive = open_archive(tmp_path / "broadsheet.db")
    archive.register(sources(1), now=NOW)
    first = write(0, 1)
    archive.apply([changes(0, [first])])
    article = msgspec.structs.replace(first.article, title="Another", changed_at=NOW + timedelta(hours=1))
    edit = msgspec.structs.replace(first, article=article, changed=("title",))
    archive.apply([changes(0, edits=[edit], at=NOW + timedelta(hours=1))])
    archive.close()
    return tmp_path


def printed(*arguments: str) -> Any:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        main(list(arguments))
    return json.loads(out.buffer.getvalue())  # type: ignore[attr-defined]


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """The keys at each path; lists count by their first member, and names that a user chose by none."""
    if isinstance(value, dict):
        if path in {"/editions", "/runs/editions"}:
            inside = [shape(item, f"{path}/NAME") for item in value.values()][:1]
            return inside[0] if inside else {}
        found = {path: set(value)}
        for key, item in value.items():
            found |= shape(item, f"{path}/{key}")
        return found
    if isinstance(value, list) and value:
        return shape(value[0], path)
    return {}


def documented(name: str, number: int = 0) -> dict[str, set[str]]:
    text = section(COMMANDS_PAGE, name)
    found = [block for block in blocks(COMMANDS_PAGE, "json") if block.text in text]
    return shape(json.loads(found[number].text))


def agree(real: dict[str, set[str]], said: dict[str, set[str]]) -> None:
    """Equal wherever both have something; an empty list shows no keys."""
    assert real[""] == said[""]
    for path in real.keys() & said.keys():
        assert real[path] == said[path], path
    assert set(real) <= set(said), f"not shown: {set(real) - set(said)}"


def test_json_of_run_sync_publish_and_sources(folder: Path) -> None:
    config = ("--config", str(folder / "broadsheet.toml"))
    agree(shape(printed("sync", "--json", "--all", *config)), documented("sync"))
    agree(shape(printed("run", "--json", "--all", *config)), documented("run"))
    agree(shape(printed("publish", "--json", *config)), documented("publish"))
    agree(shape(printed("sources", "--json", *config)), documented("sources"))


def test_json_of_articles_show_and_search(folder: Path) -> None:
    config = ("--config", str(folder / "broadsheet.toml"))
    found = printed("articles", "--json", *config)
    agree(shape(found), documented("articles"))
    agree(shape(printed("search", "--json", "another", *config)), documented("articles"))
    one = printed("show", "--json", found["articles"][0]["id"], *config)
    agree(shape(one), documented("show"))
    assert set(documented("show")["/article/images"]) == set(Image.__struct_fields__)


def test_json_of_inspect_and_init(tmp_path: Path) -> None:
    feed = tmp_path / "feed.json"
    feed.write_text('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "x"}]}')
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>A page</title><p>Text")
    agree(shape(printed("inspect", str(feed))), documented("inspect", 0))
    agree(shape(printed("inspect", str(page))), documented("inspect", 1))
    agree(shape(printed("init", "--json", "--private", str(tmp_path / "new"))), documented("init"))


# -- configuration

TABLES: dict[str, type[msgspec.Struct]] = {
    "`[site]`": Site,
    "`[archive]`": Archive,
    "`[fetch]`": Fetch,
    '`[fetch.hosts."HOST:PORT"]`': Host,
    "`[images]`": Images,
    "`[[sources]]`": SourceTable,
    "`[[catalogues]]`": Catalogue,
    "`[editions.NAME]`": Edition,
}

WORDS = {str: "text", int: "whole number", bool: "true/false", Duration: "duration"}


def kind(annotation: Any) -> str:
    """An annotation in the words of the documentation."""
    if annotation in WORDS:
        return WORDS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0])
    if origin is Literal:
        return " or ".join(f'`"{value}"`' for value in arguments)
    if origin in (list, dict):
        return f"list of {kind(arguments[0])}s" if origin is list else "tables"
    parts = [part for part in arguments if part not in (type(None), msgspec.UnsetType)]
    assert origin in (Union, type(int | str)), annotation
    if {str, int, float} <= set(parts):
        return "duration"
    return " or ".join(kind(part) for part in parts)


def default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if value is None or value is msgspec.UNSET:
        return "–"
    if value == {}:
        return "none"
    return f"`{json.dumps(value)}`"


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_documented_with_its_type_and_default(heading: str) -> None:
    table = TABLES[heading]
    hints = get_type_hints(table, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(table)}
    documented = rows(section(CONFIGURATION, heading))
    assert [codes(row[0])[0] for row in documented] == list(fields)
    for row in documented:
        name = codes(row[0])[0]
        assert row[1] == kind(hints[name]), name
        assert row[2] == default(fields[name]), name
        assert len(row[3]) > 20, f"{name} is not explained"


def test_every_table_is_documented() -> None:
    assert [name for level, name in headings(CONFIGURATION) if level == 2] == list(TABLES)
    tables = {value["title"] for value in json_schema()["$defs"].values()} - {"File"}
    assert {table.__name__ for table in TABLES.values()} == tables
    named = {name.split(".")[0].strip("`[]") for name in TABLES}
    assert named == {field.name for field in msgspec.structs.fields(File)}


def toml_blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks(page, "toml") if page.name != "ARCHITECTURE.md"]


@pytest.mark.parametrize("block", toml_blocks(), ids=lambda block: block.place)
def test_configurations_can_be_read(block: Block, tmp_path: Path) -> None:
    """A block without `[site]` is a part; what it needs beside it is filled in."""
    text = block.text
    document = tomllib.loads(text)
    if "site" not in document:
        text = '[site]\ntitle = "T"\nurl = "https://t.example"\n' + text
    (tmp_path / "subscriptions.opml").write_text("<opml><body/></opml>")
    (tmp_path / "broadsheet.toml").write_text(text, encoding="utf-8")
    environment = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "x")
    read(tmp_path / "broadsheet.toml", environment=environment)


def test_a_first_configuration_takes_ten_lines() -> None:
    for page in (README, README_ZH):
        first = blocks(page, "toml")[0]
        assert len([line for line in first.text.splitlines() if line.strip()]) <= 10, first.place
        assert {"site", "sources", "editions"} <= set(tomllib.loads(first.text))


# -- editions


def test_editions_and_themes_are_documented() -> None:
    assert set(KINDS) == set(get_args(get_args(get_type_hints(Edition)["kind"])[0]))
    for name in KINDS:
        page = DOCS / f"{name}.md"
        assert page.is_file(), f"the edition {name} has no page"
        assert f"docs/{name}.md" in links(README)
        assert f"[editions.{name}]" in text_of(page)
    named = [codes(row[0])[0] for row in rows(section(DOCS / "hexo.md", "Themes"))]
    assert named == list(THEMES)


def test_keys_of_front_matter_are_documented() -> None:
    """Every key that the edition's code writes stands in the page, and no other in its tables."""
    code = (SOURCE / "editions" / "hexo.py").read_text(encoding="utf-8")
    known = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and node.name in {"fields", "_images", "_robots"}:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Dict):
                    known |= {key.value for key in inner.keys if isinstance(key, ast.Constant)}
                if isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant):
                    known.add(inner.slice.value)
    page = DOCS / "hexo.md"
    tables = rows(section(page, "Front matter"))
    said = {code for row in tables for code in codes(row[0])}
    said |= {code for row in rows(section(page, "Themes")) for cell in row[1:] for code in codes(cell)}
    assert {name for name in said if re.fullmatch(r"[A-Za-z_]+", name)} == known


# -- the whole


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_relative_links_resolve(page: Path) -> None:
    wrong = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert not wrong, wrong


def test_every_page_can_be_found_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [README]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in seen:
                waiting.append(target)
    assert set(PAGES) <= seen, [page_name(page) for page in set(PAGES) - seen]


def test_pictures_are_small_and_shown() -> None:
    pictures = set((DOCS / "images").iterdir())
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page) if link.endswith(".png")}
    assert pictures == shown
    for picture in pictures:
        assert picture.stat().st_size < 300_000, picture.name


def test_both_readmes_say_the_same() -> None:
    ours, theirs = headings(README), headings(README_ZH)
    assert [level for level, _ in ours] == [level for level, _ in theirs]
    assert [block.language for block in blocks(README)] == [block.language for block in blocks(README_ZH)]
    assert [block.text for block in blocks(README, "sh")] == [block.text for block in blocks(README_ZH, "sh")]
    same = {"README.md", "README.zh-CN.md"}
    assert set(links(README)) - same == set(links(README_ZH)) - same
    for mine, other in zip(blocks(README, "toml"), blocks(README_ZH, "toml"), strict=True):
        assert keys(tomllib.loads(mine.text)) == keys(tomllib.loads(other.text))


def keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items()}
    return [keys(item) for item in value] if isinstance(value, list) and value and isinstance(value[0], dict) else None


def test_the_changelog_has_this_version() -> None:
    assert any(name.startswith(broadsheet.__version__) for _, name in headings(REPO / "CHANGELOG.md"))


def test_named_targets_of_make_exist() -> None:
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for page in PAGES:
        shown = [line for block in blocks(page, "sh") for line in block.text.splitlines()] + codes(prose(page))
        named = {name for line in shown for name in re.findall(r"^make ([a-z]+)", line)}
        assert named <= there, f"{page_name(page)}: {named - there}"
    assert {"make demo", "make test"} <= {line for block in blocks(README, "sh") for line in block.text.splitlines()}


def test_named_files_of_the_project_exist() -> None:
    wrong = [
        f"{page_name(page)}: {code}"
        for page in PAGES
        for code in codes(prose(page))
        if re.fullmatch(r"(?:src|tests|docs|benchmarks)/[\w./-]+", code) and not (REPO / code).exists()
    ]
    assert not wrong, wrong


def test_the_map_of_modules_is_whole() -> None:
    there = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    there -= {"__init__", "__main__", "__pycache__"}
    named = {code.strip("/") for row in rows(section(ARCHITECTURE, "Map")) for code in codes(row[0])}
    assert named == there


def test_the_map_begins_with_the_core() -> None:
    named = [codes(row[0])[0].strip("/") for row in rows(section(ARCHITECTURE, "Map"))]
    table = section(ARCHITECTURE, "Which module may import which")
    told = re.search(r"`(\w+)` … `(\w+)/` \(the first (\d+) of the map\)", table)
    assert told
    assert (told[1], told[2]) == (named[0], named[int(told[3]) - 1])
    core = set(named[: int(told[3])])
    beyond = {code.strip("/") for row in rows(table)[1:] for code in codes(row[1])}
    assert core.isdisjoint(beyond)
    assert core | beyond == set(named)


def test_the_tables_of_the_archive_are_documented() -> None:
    created: set[str] = set()
    for path in sorted((SOURCE / "archive" / "sqlite" / "schema").glob("*.sql")):
        created |= set(re.findall(r"^CREATE (?:VIRTUAL )?TABLE (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    named = {code for row in rows(section(ARCHITECTURE, "What the archive holds")) for code in codes(row[0])}
    assert named == created


def test_every_invariant_names_the_tests_that_hold_it() -> None:
    for row in rows(section(ARCHITECTURE, "Invariants")):
        held = [code for code in codes(row[-1]) if code.startswith("tests/")]
        assert held, row[0]


def test_the_python_interface_is_documented() -> None:
    text = text_of(DOCS / "python.md")
    public = set(broadsheet.__all__) - {"__version__"}
    methods = {name for name in vars(broadsheet.ArchiveReader) if not name.startswith("_")}
    named = {re.split(r"\W", code)[0] for code in codes(text)}
    assert public | methods <= named, (public | methods) - named


def test_examples_in_python_run(folder: Path) -> None:
    (folder / "feed.xml").write_text(
        "<rss><channel><item><title>T</title><description>D</description></item></channel></rss>"
    )
    found = blocks(DOCS / "python.md", "python")
    assert found
    for block in found:
        code = "\n" * block.line + block.text
        with chdir(folder), redirect_stdout(io.StringIO()):
            exec(compile(code, str(block.page), "exec"), {})  # noqa: S102 - our own documentation


_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w+")


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_pages_name_no_machine_and_end_well(page: Path) -> None:
    text = text_of(page)
    assert not _MACHINE.search(text)
    assert text.endswith("\n")
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert text.count("```") % 2 == 0
