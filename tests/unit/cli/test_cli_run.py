"""`sync`, `publish` and `run`: what they do, what they say, and with which code they end."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from commandline import Ran, Stand, broadsheet
from newsagent import item, rss

from broadsheet.cli.progress import line
from broadsheet.cli.summary import publish_lines, sync_lines
from broadsheet.pipeline.report import (
    EntryCounts,
    ErrorLine,
    FetchCounts,
    SourceCounts,
    SourceEvent,
    SyncReport,
)
from broadsheet.pressrun import EditionReport
from broadsheet.publish import PublishReport
from broadsheet.settings import EditionSettings, Settings, SiteSettings

KINDS = {"dns", "connect", "tls", "timeout", "too_large", "status", "redirect", "refused", "encoding", "format"}
KINDS |= {"empty", "robots"}


def archived(stand: Stand) -> list[str]:
    return sorted(article["title"] for article in stand("articles", "--json").json["articles"])


# -- what --json gives -------------------------------------------------------------------------------------------------


def test_sync_gives_the_contracts_keys(stand: Stand) -> None:
    good, bad = stand.feed("good"), stand.server.add("/bad.xml", b"", status=500)
    stand.source(good, "News", "Good")
    stand.source(bad, "News", "Bad")
    ran = stand("sync", "--json")
    assert ran.code == 0
    said = ran.json
    assert said["sources"] == {"due": 2, "fetched": 1, "unchanged": 0, "failed": 1, "held": 0}
    assert said["entries"] == {"seen": 1, "new": 1, "changed": 0, "duplicate": 0}
    (error,) = said["errors"]
    assert (error["source"], error["kind"], error["message"]) == (bad, "status", "answers 500")
    assert isinstance(said["duration_s"], float)
    assert archived(stand) == ["Title of good/1"]


def test_run_gives_both_reports_in_one_object_and_logs_on_stderr_only(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    ran = stand("run", "--json")
    assert ran.code == 0
    assert ran.json["sources"]["fetched"] == 1
    edition = ran.json["editions"]["site"]
    assert edition["pages_written"] == edition["pages_total"] > 0
    assert edition["pages_removed"] == 0
    assert "fetched" in ran.err
    assert (stand.folder / "public" / "index.html").is_file()


def test_publish_gives_its_report_and_writes_nothing_twice(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    stand("sync")
    first, again = stand("publish", "--json").json, stand("publish", "--json").json
    assert set(first) >= {"editions", "duration_s"}
    assert first["editions"]["site"]["pages_written"] > 0
    assert again["editions"]["site"]["pages_written"] == 0
    assert again["editions"]["site"]["pages_total"] == first["editions"]["site"]["pages_total"]


def test_every_fault_of_a_host_has_a_kind_of_the_contract(stand: Stand) -> None:
    stand.add("[fetch.hosts.x]", "per_host = 1")
    stand.config.write_text(stand.config.read_text().replace('host_delay = "0s"', 'host_delay = "0s"\ntimeout = "1s"'))
    faults = ("dead", "silent", "gzip_bomb", "redirect_loop", "redirect_private", "redirect_file", "html", "empty")
    for fault in (*faults, "not_gzip", "unknown_encoding", "not_http", "hang_up", "said_too_large"):
        stand.source(stand.server.fault(fault), fault)
    stand.source("http://nobody.invalid/", "dns")
    stand.source(stand.feed("good"), "good")
    ran = stand("sync", "--json")
    assert ran.code == 0
    said = ran.json
    assert said["sources"]["due"] == 15
    assert said["sources"]["failed"] == len(said["errors"]) == 14
    assert {error["kind"] for error in said["errors"]} <= KINDS
    assert all(error["message"] for error in said["errors"])
    assert "Traceback" not in ran.err


def test_secrets_are_shown_nowhere(stand: Stand) -> None:
    stand.source(stand.server.url("/feed?token=geheim"), "News")
    for command in ("run", "sources", "config"):
        for form in ((), ("--json",)):
            ran = stand(command, *form)
            assert "geheim" not in ran.out + ran.err


# -- exit codes --------------------------------------------------------------------------------------------------------


def test_some_failing_sources_are_no_failure_unless_strict(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    stand.source(stand.server.url("/nothing"), "News")
    assert stand("sync").code == 0
    assert stand("sync", "--all", "--strict").code == 1
    assert stand("run", "--all", "--strict").code == 1
    assert stand("run", "--all").code == 0


@pytest.mark.parametrize("command", ["sync", "run"])
def test_when_every_due_source_fails_nothing_could_be_done(command: str, stand: Stand) -> None:
    stand.source(stand.server.url("/nothing"), "News")
    assert stand(command).code == 1
    assert stand(command).code == 0  # nothing is due any more


def test_held_sources_have_not_failed(stand: Stand) -> None:
    stand.source(stand.server.add("/later.xml", b"", status=429, headers={"Retry-After": "3600"}), "News")
    first = stand("sync", "--json", "--strict")
    assert (first.code, first.json["sources"]["held"], len(first.json["errors"])) == (0, 1, 1)
    assert stand("sources", "--json").json["sources"][0]["kind"] == "status"
    again = stand("sync", "--all", "--json", "--strict")
    assert (again.code, again.json["errors"]) == (0, [])
    assert again.json["sources"] == {"due": 1, "fetched": 0, "unchanged": 0, "failed": 0, "held": 1}
    assert len(stand.server.asked_for("/later.xml")) == 1


def test_a_catalogue_that_nobody_gives_leaves_nothing_to_do(stand: Stand) -> None:
    stand.config.write_text(
        stand.config.read_text().replace("[fetch]", f'[fetch]\nrsshub = "{stand.server.fault("dead")}"')
    )
    stand.add("[[catalogues]]", "rsshub = true", 'select = ["/zaker"]')
    ran = stand("sync", "--json")
    assert (ran.code, ran.json["errors"][0]["kind"]) == (1, "connect")


def test_an_output_that_cannot_be_used_is_1_and_the_articles_are_there(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    (stand.folder / "public").write_text("mine")
    ran = stand("run", "--json")
    assert (ran.code, ran.json["entries"]["new"]) == (1, 1)
    (error,) = ran.json["output_errors"]
    assert error["edition"] == "site"
    assert stand("publish").code == 1
    assert stand("publish", "--json").json["errors"]
    assert (stand.folder / "public").read_text() == "mine"


def test_two_runs_at_once_are_refused(stand: Stand) -> None:
    stand.source(stand.server.fault("silent"), "News")
    with started(stand, "sync") as process:
        while not stand.server.asked:
            time.sleep(0.02)
        for refused in ("sync", "publish", "run"):
            ran = stand(refused)
            assert ran.code == 1
            assert "another run is at work on it" in ran.err
        assert stand("articles").code == 0
        process.kill()
        process.communicate(timeout=60)
    assert stand("publish").code == 0


# -- which sources -----------------------------------------------------------------------------------------------------


def test_sources_may_be_named(stand: Stand) -> None:
    for name in ("one", "two"):
        stand.source(stand.feed(name), "News", name)
    assert stand("sync", "ONE", "--json").json["sources"]["due"] == 1
    assert [asked.path for asked in stand.server.asked] == ["/one.xml"]


def test_a_name_that_means_nothing_is_wrong_usage(stand: Stand) -> None:
    stand.source(stand.feed("one"), "News")
    ran = stand("sync", "three")
    assert (ran.code, ran.err) == (2, 'no source is or contains "three"; see: broadsheet sources\n')


def test_routes_of_a_catalogue_may_be_named_before_they_are_known(stand: Stand) -> None:
    routes = {f"/{n}": {"example": f"/zaker/{n}", "name": n} for n in ("hot", "new")}
    stand.server.add("/api/namespace", json.dumps({"zaker": {"name": "ZAKER", "routes": routes}}))
    for name in ("hot", "new"):
        stand.server.add(f"/zaker/{name}", rss(item(f"{name}/1")))
    stand.config.write_text(stand.config.read_text().replace("[fetch]", f'[fetch]\nrsshub = "{stand.server.url("")}"'))
    stand.add("[[catalogues]]", "rsshub = true", 'select = ["/zaker", "/zakre"]')
    ran = stand("sync", "/zaker/hot", "--json")
    assert ran.json["sources"] == {"due": 1, "fetched": 1, "unchanged": 0, "failed": 0, "held": 0}
    assert [(error["source"], error["kind"]) for error in ran.json["errors"]] == [("/zakre", "empty")]
    assert stand("sync", "zaker", "--json").json["sources"]["fetched"] == 1
    assert {row["source"] for row in stand("sources", "--json").json["sources"]} == {"/zaker/hot", "/zaker/new"}


# -- again and again ---------------------------------------------------------------------------------------------------


def started(stand: Stand, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "broadsheet", *arguments, "--config", str(stand.config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_every_runs_until_a_signal_with_an_object_a_run(stand: Stand, number: signal.Signals) -> None:
    stand.source(stand.feed("good"), "News")
    with started(stand, "run", "--every", "1s", "--json", "--all") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(number)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 0
    runs: list[Any] = [json.loads(said) for said in (*lines, *rest.splitlines())]
    assert all(run["sources"]["due"] == 1 and run["editions"]["site"] for run in runs)
    assert "stopping" in err or not rest


def test_a_second_signal_stops_a_run_at_once(stand: Stand) -> None:
    stand.source(stand.server.fault("silent"), "News")
    with started(stand, "run", "--every", "1h") as process:
        while not stand.server.asked:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("stopping when this run has ended")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_signal_ends_a_plain_run_and_keeps_what_was_read(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    stand.source(stand.server.fault("silent"), "News")
    with started(stand, "sync") as process:
        while not archived(stand):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert archived(stand) == ["Title of good/1"]


def test_every_goes_on_after_a_run_that_could_not_be(stand: Stand) -> None:
    stand.source(stand.feed("good"), "News")
    database = stand.folder / "broadsheet.db"
    database.mkdir()
    with started(stand, "run", "--every", "1s", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert str(database) in process.stderr.readline()
        database.rmdir()
        assert json.loads(process.stdout.readline())["sources"]["due"] == 1
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [(("--every", "soon"), '--every: "soon" is not a duration'), (("--every", "-1s"), "--every: ")],
)
def test_a_wrong_pause_is_wrong_usage(stand: Stand, arguments: tuple[str, ...], why: str) -> None:
    ran = stand("run", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(why)


def test_every_needs_a_configuration_to_begin_with(tmp_path: Path) -> None:
    assert broadsheet("run", "--every", "1s", "--config", tmp_path / "none.toml").code == 2


# -- for people --------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_the_summary_reads_as_a_newspaper_would_say_it() -> None:
    report = SyncReport(
        sources=SourceCounts(due=1218, unchanged=1203, fetched=11, failed=3, held=1),
        entries=EntryCounts(seen=412, new=41, changed=4, duplicate=2),
        pages=FetchCounts(fetched=1),
        images=FetchCounts(fetched=90, failed=2, waiting=1000),
        errors=(
            ErrorLine(
                source="/zaker/source/1",
                kind="status",
                message="answers 503",
                since=NOW - timedelta(days=1),
                next_try=NOW + timedelta(minutes=20),
            ),
        ),
        recovered=("https://a.example/feed",),
    )
    at = (NOW + timedelta(minutes=20)).astimezone()
    assert sync_lines(report, now=NOW) == [
        " 1,218 sources    1,203 unchanged · 11 fetched · 3 failed · 1 held",
        "    47 articles   41 new · 4 changed · 2 also elsewhere",
        "     1 page       1 fetched",
        " 1,092 images     90 fetched · 2 failed · 1,000 waiting",
        f"failed  zaker/source/1  answers 503 since yesterday, next try {at:%H:%M}  see: broadsheet sources zaker/source/1",
        "recovered  https://a.example/feed",
    ]


def test_many_failures_are_counted_and_long_names_cut() -> None:
    errors = tuple(
        ErrorLine(source=f"https://a.example/{'x' * 90}/{n}", kind="dns", message="no such host") for n in range(13)
    )
    held = ErrorLine(
        source="https://b.example/feed/", kind="status", message="answers 429", outcome="held", next_try=NOW
    )
    report = SyncReport(sources=SourceCounts(due=14, failed=13, held=1), entries=EntryCounts(), errors=(held, *errors))
    lines = sync_lines(report, now=NOW)
    assert lines[1] == "     0 articles"
    assert lines[2].startswith("held    b.example/feed  ")
    assert lines[3].startswith("failed  a.example/xxx")
    assert "…" in lines[3]
    assert lines[-1] == "        and 4 more; see: broadsheet sources"
    assert len(lines) == 2 + 10 + 1


def test_a_name_with_spaces_is_quoted_for_the_shell() -> None:
    errors = (ErrorLine(source="/a b", kind="dns", message="no"),)
    report = SyncReport(sources=SourceCounts(due=1, failed=1), entries=EntryCounts(), errors=errors)
    assert sync_lines(report, now=NOW)[-1].endswith("see: broadsheet sources 'a b'")


def test_nothing_due_says_how_to_ask_all_the_same() -> None:
    report = SyncReport(sources=SourceCounts(), entries=EntryCounts())
    assert sync_lines(report, now=NOW) == ["no source is due; --all asks them all the same"]


def test_editions_are_told_with_what_went_wrong() -> None:
    report = PublishReport(
        editions=(
            EditionReport(name="site", pages_written=52, pages_total=9812, pages_removed=1),
            EditionReport(name="hexo", pages_written=1, pages_total=1, problems=("a.html: is in the way",)),
        )
    )
    editions = tuple(EditionSettings(name=name, kind=name, path=Path(name)) for name in ("site", "hexo"))
    settings = Settings(path=Path(), site=SiteSettings(title="T", url="https://x"), archive=Path(), editions=editions)
    assert publish_lines(report, settings, took_s=1.9) == [
        "site        52 pages written, 9,812 in all, 1 removed",
        "hexo        1 post written, 1 in all                          1.9 s",
        "failed      hexo: a.html: is in the way",
    ]
    assert publish_lines(PublishReport(), settings, took_s=0) == [
        "no edition is configured; add [editions.site] to publish one"
    ]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"outcome": "unchanged"}, "unchanged  /zaker/1"),
        ({"outcome": "fetched", "new": 3}, "fetched    /zaker/1  3 new"),
        (
            {"outcome": "fetched", "new": 0, "changed": 2, "duration_s": 0.4},
            "fetched    /zaker/1  0 new, 2 changed  0.4 s",
        ),
        ({"outcome": "fetched", "problems": ("cut",)}, "fetched    /zaker/1  0 new; read in part: cut"),
        ({"outcome": "failed", "message": "answers 500"}, "failed     /zaker/1  answers 500"),
        ({"outcome": "held", "message": "answers 429"}, "held       /zaker/1  answers 429"),
    ],
)
def test_a_source_is_one_plain_line(event: dict[str, Any], said: str) -> None:
    found = line(msgspec.convert({"key": "k", "ref": "/zaker/1", **event}, SourceEvent))
    assert " ".join(found.split()) == " ".join(said.split())


def plain(ran: Ran) -> str:
    assert "\x1b" not in ran.out + ran.err
    return ran.err


def test_without_a_terminal_each_source_is_one_line_on_stderr(stand: Stand) -> None:
    for name in ("one", "two"):
        stand.source(stand.feed(name), "News")
    assert len(plain(stand("sync")).splitlines()) == 2
    assert plain(stand("sync", "--all", "--quiet")) == ""


def test_on_a_terminal_a_bar_moves_and_goes_away(stand: Stand) -> None:
    stand.config.write_text(stand.config.read_text().replace('mode = "link"', 'mode = "mirror"'))
    stand.source(stand.feed("one", item("one/1", html="<p>x</p><img src='http://127.0.0.1:1/a.png'>" * 3)), "News")
    ran = stand("sync", tty=True)
    assert ran.code == 0
    assert "Sources" in ran.err
    assert "Images" in ran.err
    assert "1 source" in ran.out


def test_no_color_is_honoured(stand: Stand) -> None:
    stand.source(stand.feed("one"), "News")
    environment = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "broadsheet", "run", "--config", str(stand.config)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\x1b" not in ran.stdout + ran.stderr
