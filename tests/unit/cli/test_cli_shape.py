"""What holds for every command: help, shared options, one line for a mistake, an exit code."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commandline import Stand, broadsheet

from broadsheet.cli import COMMANDS, cli

EVERY_COMMAND = pytest.mark.parametrize("command", COMMANDS)


def test_help_names_every_command_without_importing_them() -> None:
    ran = broadsheet("--help")
    assert (ran.code, ran.err) == (0, "")
    for name, (_, _, about) in COMMANDS.items():
        assert name in ran.out
        assert about in ran.out


def test_the_version_is_said() -> None:
    assert broadsheet("--version").out.startswith("broadsheet ")


def test_nothing_to_do_shows_the_help() -> None:
    ran = broadsheet()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: broadsheet")


@EVERY_COMMAND
def test_help_shows_two_examples_before_the_options(command: str) -> None:
    ran = broadsheet(command, "--help")
    assert ran.code == 0
    before = ran.out.partition("Options:")[0]
    examples = before.partition("Examples:")[2]
    assert sum("broadsheet " in line for line in examples.splitlines()) >= 2
    for option in ("--config", "--json", "--quiet", "--debug", "--help"):
        assert option in ran.out


@EVERY_COMMAND
def test_the_list_of_commands_says_what_their_own_help_says(command: str) -> None:
    module, name, _ = COMMANDS[command]
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    assert found.name == name == command
    assert module.startswith("broadsheet.cli.")
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{command} {parameter.name} is not explained"


def test_start_up_imports_nothing_heavy() -> None:
    script = "import sys, broadsheet.cli as c; c.main(['--help']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"aiohttp", "lxml.etree", "turbohtml", "rich", "minijinja", "PIL", "yaml", "sqlite3", "asyncio", "tomlkit"}
    assert not heavy & set(ran.stderr.split())


# -- shared options ----------------------------------------------------------------------------------------------------


def test_shared_options_stand_before_or_after_the_command(stand: Stand) -> None:
    after = broadsheet("config", "--json", "--config", stand.config)
    assert after.json["site"]["title"] == "Test"
    assert broadsheet("--json", "--config", stand.config, "config") == after
    assert broadsheet("--config", stand.config, "config", "--json") == after


def test_an_option_after_the_command_wins(stand: Stand, tmp_path: Path) -> None:
    assert broadsheet("--config", tmp_path / "none.toml", "config", "--json", "--config", stand.config).code == 0


def test_the_environment_may_name_the_configuration(stand: Stand) -> None:
    environment = {**os.environ, "BROADSHEET_CONFIG": str(stand.config)}
    command = [sys.executable, "-m", "broadsheet", "config"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert 'site.title = "Test"' in ran.stdout


def test_the_configuration_here_is_taken_otherwise(stand: Stand) -> None:
    command = [sys.executable, "-m", "broadsheet", "config"]
    ran = subprocess.run(command, cwd=stand.folder, capture_output=True, text=True, check=True)
    assert 'site.title = "Test"' in ran.stdout


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rnu"], 'broadsheet: no command "rnu"; did you mean "run"? (see: broadsheet --help)'),
        (["xyzzy"], 'broadsheet: no command "xyzzy"; commands: init, sync, '),
        (["--jsn"], "broadsheet: no such option"),
        (["run", "--al"], "broadsheet run: no such option"),
        (["run", "--every"], "broadsheet"),
        (["show"], "broadsheet show: missing argument 'ARTICLE' (see: broadsheet show --help)"),
        (["articles", "--limit", "0"], "broadsheet articles: invalid value for '--limit': 0 is not in the range"),
        (["completion", "tcsh"], "broadsheet completion: invalid value"),
        (["inspect"], "broadsheet inspect: missing argument"),
    ],
)
def test_wrong_usage_is_one_line_and_2(arguments: list[str], line: str) -> None:
    ran = broadsheet(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(line)
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["sync", "publish", "run", "sources", "articles", "config"])
def test_without_a_configuration_each_command_says_so(command: str, tmp_path: Path) -> None:
    ran = broadsheet(command, "--config", tmp_path / "none.toml", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{tmp_path / 'none.toml'}: no such file; `broadsheet init` writes one\n"


@pytest.mark.parametrize("command", ["sync", "publish", "run", "sources", "articles", "config", "search x", "show x"])
def test_a_mistake_in_the_configuration_is_one_line_and_2(command: str, stand: Stand) -> None:
    stand.add("[[sources]]", 'url = "https://a.example/"', 'sectoin = ["x"]')
    ran = broadsheet(*command.split(), "--config", stand.config)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f'{stand.config}: sources[0].sectoin: unknown key; did you mean "section"?\n'


@pytest.mark.parametrize("command", ["sync", "publish", "run", "sources", "articles", "search x", "show x"])
def test_an_archive_that_cannot_be_used_is_one_line_and_1(command: str, stand: Stand) -> None:
    (stand.folder / "broadsheet.db").write_bytes(b"this is no archive, and never was one " * 100)
    ran = broadsheet(*command.split(), "--config", stand.config)
    assert (ran.code, ran.out) == (1, "")
    assert str(stand.folder / "broadsheet.db") in ran.err
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


def test_debug_adds_where_it_happened(stand: Stand) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        ran = broadsheet("config", "--config", stand.folder / "none.toml", "--debug")
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    assert ran.code == 2
    assert "Traceback" in ran.err
    assert "no such file" in ran.err.splitlines()[-1]


# -- where it goes -----------------------------------------------------------------------------------------------------


def test_a_terminal_that_cannot_show_a_character_shows_another(stand: Stand) -> None:
    stand.source(stand.feed("paper"), "新聞")
    ran = stand("sources", encoding="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert stand("sources", "--json", encoding="ascii").json["sources"][0]["section"] == ["新聞"]


def test_a_reader_that_goes_away_is_no_bug(stand: Stand) -> None:
    for number in range(50):
        stand.source(f"{stand.server.url()}{number}-{'x' * 2000}", "News")
    command = [sys.executable, "-m", "broadsheet", "config", "--config", str(stand.config)]
    read, write = os.pipe()
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE) as process:
        os.close(write)
        os.close(read)
        _, err = process.communicate(timeout=60)
    assert err == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_completion(shell: str) -> None:
    ran = broadsheet("completion", shell)
    assert ran.code == 0
    assert "_BROADSHEET_COMPLETE" in ran.out
    assert "broadsheet" in ran.out


@pytest.mark.parametrize(
    ("words", "found"),
    [("broadsheet ru", "run"), ("broadsheet run --ev", "--every"), ("broadsheet sources --ch", "--check")],
)
def test_completion_completes(words: str, found: str) -> None:
    environment = {**os.environ, "_BROADSHEET_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "9"}
    environment["COMP_CWORD"] = str(len(words.split()) - 1)
    script = "import sys; from broadsheet.cli import main; sys.exit(main([]))"
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert found in ran.stdout


def test_a_bug_is_one_line() -> None:
    COMMANDS["broken"] = ("broadsheet.cli.nowhere", "broken", "Does not exist.")
    try:
        ran = broadsheet("broken")
    finally:
        del COMMANDS["broken"]
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("broadsheet: a bug: ModuleNotFoundError: ")
    assert ran.err.endswith("please report it with --debug\n")
    assert ran.err.count("\n") == 1
