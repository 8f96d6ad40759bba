"""Every bad source that issue 2 names, beside good ones: it alone fails, is named with its reason, and costs no more."""

import gzip
import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from errand import Errand, Feed, Said, environment, item, rss, stories, tree
from faultserver import FaultServer, Reply

TLS = Path(__file__).parents[1] / "data" / "tls"
LIMITS = 'timeout = "4s"\nmax_bytes = 3000000'
BOUND_S = 60.0
"""Far more than the run needs; one drip that were waited for would take longer."""

HALF = stories(*range(300, 310)).encode()
CUT = HALF[: HALF.index(b"<item><title>Story 307") + 40]
EXPLODING = "".join(f'<!ENTITY {"abcdefghi"[n]} "{("&" + "_abcdefghi"[n] + ";") * 10}">' for n in range(1, 9))
EXTERNAL = '<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "http://169.254.169.254/latest/meta-data">'


class Fault(NamedTuple):
    """A source from which nothing can be had: its kind, and what its message says."""

    kind: str
    says: str
    state: str = "failing"


SERVED = {
    "gzip_bomb": Fault("too_large", "larger than 3 MB"),
    "endless": Fault("too_large", "larger than 3 MB"),
    "said_too_large": Fault("too_large", "larger than 3 MB"),
    "long_header": Fault("too_large", "headers"),
    "many_headers": Fault("too_large", "headers"),
    "slow": Fault("timeout", "longer than 4 s"),
    "silent": Fault("timeout", "longer than 4 s"),
    "endless_drip": Fault("timeout", "longer than 4 s"),
    "redirect_loop": Fault("redirect", "in a circle"),
    "redirect_ever_on": Fault("redirect", "more than 10 times"),
    "redirect_private": Fault("refused", "private address"),
    "redirect_file": Fault("redirect", "file:///etc/passwd"),
    "html": Fault("format", "HTML page"),
    "empty": Fault("empty", "empty"),
    "not_gzip": Fault("encoding", "damaged"),
    "unknown_encoding": Fault("encoding", "sdch"),
    "broken_chunks": Fault("connect", "HTTP"),
    "not_http": Fault("connect", "HTTP"),
    "longer_than_said": Fault("connect", "HTTP"),
    "hang_up": Fault("connect", "closed the connection"),
    "half": Fault("connect", "broke off"),  # half of nothing that could be read
}
"""Of the fault server, by name."""

ANSWERED = {
    400: Fault("status", "answers 400"),
    401: Fault("status", "answers 401"),
    403: Fault("status", "answers 403"),
    404: Fault("status", "answers 404"),
    410: Fault("status", "answers 410", "gone"),
    500: Fault("status", "answers 500"),
    503: Fault("status", "answers 503"),
}

UNREADABLE = {
    "spaces": (b" \n \t ", Fault("empty", "empty")),
    "only-nuls": (bytes(5000), Fault("empty", "empty")),
    "bytes": (bytes(range(256)) * 50, Fault("format", "not a feed")),
    "words": (b"Come back on Monday.", Fault("format", "not a feed")),
    "other-json": (b'{"a": 1}', Fault("format", "not a JSON Feed")),
    "deep-json": (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 90_000,
        Fault("format", "JSON"),
    ),
    "opml": (b'<opml version="2.0"><body><outline xmlUrl="https://a.example"/></body></opml>', Fault("format", "OPML")),
    "nothing-but-depth": (b"<rss>" + b"<a>" * 90_000, Fault("format", "")),
}
"""Documents from which no entry can be had."""

IN_PART = {
    "cut": (CUT, 8, "cut off"),
    "cut-json": (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "j1", "title": "One"}, {"id": "j2", "ti',
        1,
        "cut off",
    ),
    "exploding": (
        rss([item(310), item(311).replace("Text of", "&h; &h; of")], head=f"<!DOCTYPE r [{EXPLODING}]>").encode(),
        2,
        "not expanded",
    ),
    "external": (
        rss([item(312), item(313).replace("Text of", "&file; &web; of")], head=f"<!DOCTYPE r [{EXTERNAL}]>").encode(),
        2,
        "never loaded",
    ),
    "latin-1": (rss([item(314, title="Größe"), item(315, title="Café")]).encode("latin-1"), 2, "windows-1252"),
    "gbk": (rss([item(316, title="中文标题新闻")]).encode("gbk"), 1, "GB18030"),
    "unknown-charset": (rss([item(317)]).replace("utf-8", "x-klingon", 1).encode(), 1, "x-klingon"),
    "nuls": (rss([item(318, title="Nul\0s"), item(319)]).encode(), 2, "control characters"),
    "depth": ((rss([item(320)]).removesuffix("</channel></rss>") + "<a>" * 90_000).encode(), 1, "nested too deeply"),
}
"""Documents of which a part can be read: body, entries, what is said of the rest."""

ODD = {
    "utf-16": (rss([item(330, title="Café")]).encode("utf-16"), 1),
    "deep-html": (rss([item(331, html="<div>" * 20_000 + "deep" + "</div>" * 20_000), item(332)]).encode(), 2),
    "no-guids": (rss(item(333 + n, guid="") for n in range(3)).encode(), 3),
    "one-guid": (rss(item(336 + n, guid="same") for n in range(3)).encode(), 3),
    "bare": (rss(item(339 + n, guid="", link="", title="") for n in range(3)).encode(), 3),
    "long-title": (rss([item(342, title="T" * 100_000)]).encode(), 1),
    "no-entry": (rss([]).encode(), 0),
}
"""Documents that are only unusual: nothing is lost, and nobody complains."""

BROKEN_OFF = {"broken-off": 8, "broken-off-gzip": 3}
"""Answers whose connection ended in the middle: the least number of entries that came through before."""

GOOD = 5


class Morning(NamedTuple):
    """One run over all of them."""

    errand: Errand
    urls: dict[str, str]
    faults: dict[str, Fault]
    said: Said
    took_s: float
    rows: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "selfsigned.crt", TLS / "selfsigned.key")
    with FaultServer() as web, FaultServer() as busy, FaultServer(tls=context) as stranger:
        faults = {name: (web.fault(name), fault) for name, fault in SERVED.items()}
        faults |= {
            str(status): (web.add(f"/{status}", Reply(status=status, body=b"no")), fault)
            for status, fault in ANSWERED.items()
        }
        faults |= {name: (web.add(f"/{name}", Reply(body=body)), fault) for name, (body, fault) in UNREADABLE.items()}
        waits = Reply(status=503, headers={"Retry-After": "900"})
        faults |= {
            "dead": (web.fault("dead"), Fault("connect", "connection refused")),
            "unknown": ("http://no-such-host.invalid/feed", Fault("dns", "no-such-host.invalid")),
            "not-public": ("http://10.0.0.1/feed", Fault("refused", "private address")),
            "tls": (stranger.add("/feed", stories(1)), Fault("tls", "self-signed certificate")),
            "plain": (web.url("/good0").replace("http:", "https:"), Fault("tls", "no secure connection")),
            "429": (web.add("/429", Reply(status=429)), Fault("status", "answers 429", "held")),
            "503-wait": (busy.add("/503-wait", waits), Fault("status", "answers 503", "held")),
        }
        urls = {name: url for name, (url, _) in faults.items()}
        documents = {name: document[0] for name, document in {**IN_PART, **ODD}.items()}
        urls |= {name: web.add(f"/{name}", Reply(body=body)) for name, body in documents.items()}
        urls |= {f"good{n}": web.add(f"/good{n}", stories(*range(n * 10, n * 10 + 10))) for n in range(GOOD)}
        urls["broken-off"] = web.add("/broken-off", Reply(body=CUT.replace(b"story", b"tale"), missing_bytes=5000))
        packed = gzip.compress(rss(item(410 + n, html=os.urandom(400).hex()) for n in range(10)).encode())
        urls["broken-off-gzip"] = web.add(
            "/broken-off-gzip",
            Reply(body=packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"}, missing_bytes=5000),
        )
        feeds = [Feed(url=url, section=("Faults", name), key=name) for name, url in urls.items()]
        errand = Errand(folder=tmp_path_factory.mktemp("faults"), feeds=feeds, fetch=LIMITS)
        started = time.monotonic()
        said = errand.run("run", "--json")
        took_s = time.monotonic() - started
        rows = {row["key"]: row for row in errand.run("sources", "--json").json["sources"]}
        yield Morning(errand, urls, {name: fault for name, (_, fault) in faults.items()}, said, took_s, rows)


def names() -> list[str]:
    """Of all sources that give nothing."""
    others = ["dead", "unknown", "not-public", "tls", "plain", "429", "503-wait"]
    return [*SERVED, *map(str, ANSWERED), *UNREADABLE, *others]


@pytest.mark.parametrize("name", names())
def test_each_fails_alone_and_is_named_with_its_reason(morning: Morning, name: str) -> None:
    fault = morning.faults[name]
    kind, message = morning.said.errors[morning.urls[name]]
    assert (kind, fault.says in message) == (fault.kind, True), message
    assert "\n" not in message
    assert len(message) < 200
    row = morning.rows[name]
    assert (row["state"], row["articles"], row["last_success"]) == (fault.state, 0, None)
    assert row["message"] == message
    assert row["kind"] in {kind, "held"}


@pytest.mark.parametrize("name", IN_PART)
def test_what_could_be_read_is_kept_and_the_rest_named(morning: Morning, name: str) -> None:
    _, entries, says = IN_PART[name]
    row = morning.rows[name]
    assert (row["articles"], row["state"], row["kind"]) == (entries, "ok", None)
    assert any(says in problem for problem in row["problems"]), row["problems"]
    assert morning.urls[name] not in morning.said.errors
    told = {line["source"]: line["problems"] for line in morning.said.json["problems"]}
    assert told[morning.urls[name]] == row["problems"]


@pytest.mark.parametrize("name", BROKEN_OFF)
def test_what_came_before_the_connection_broke_off_is_kept(morning: Morning, name: str) -> None:
    row = morning.rows[name]
    assert row["state"] == "ok"
    assert row["articles"] >= BROKEN_OFF[name]
    assert any("broke off" in problem or "cut short" in problem for problem in row["problems"]), row["problems"]


@pytest.mark.parametrize("name", ODD)
def test_what_is_only_unusual_is_read_whole(morning: Morning, name: str) -> None:
    row = morning.rows[name]
    assert (row["articles"], row["state"], row["problems"]) == (ODD[name][1], "ok", [])


def test_the_good_ones_are_archived_and_published(morning: Morning) -> None:
    for number in range(GOOD):
        row = morning.rows[f"good{number}"]
        assert (row["articles"], row["state"], row["kind"], row["problems"]) == (10, "ok", None, [])
    posts = tree(morning.errand.folder / "blog" / "_posts")
    site = tree(morning.errand.folder / "public")
    for number in range(GOOD * 10):
        words = f"Text of story {number}.".encode()
        assert sum(words in content for path, content in posts.items() if path.endswith(".html")) == 1
        assert any(words in content for path, content in site.items() if path.endswith(".html"))
    articles = sum(row["articles"] for row in morning.rows.values())
    assert sum(path.endswith(".html") for path in posts) == articles


def test_the_counts_add_up_and_the_run_is_bounded(morning: Morning) -> None:
    sources = morning.said.json["sources"]
    states = [fault.state for fault in morning.faults.values()]
    assert sources["due"] == len(morning.urls)
    assert sources["held"] == states.count("held")
    assert sources["failed"] == len(states) - states.count("held")
    assert sources["fetched"] == len(morning.urls) - len(states)
    assert {morning.urls[name] for name in morning.faults} == morning.said.errors.keys()
    assert morning.took_s < BOUND_S


def test_nothing_of_this_machine_was_let_in(morning: Morning) -> None:
    for content in tree(morning.errand.folder).values():
        assert b"root:x:" not in content
        assert b"aaaaaaaaaa" not in content


def test_people_are_told_the_same(morning: Morning) -> None:
    said = morning.errand.run("sources")
    for name, fault in morning.faults.items():
        assert fault.says in said.out, name
    for _, _, says in IN_PART.values():
        assert says in said.out
    assert morning.errand.run("sources", "--check", code=1).out == said.out


def test_the_health_of_sources_is_on_the_site_without_addresses(morning: Morning) -> None:
    page = (morning.errand.folder / "public" / "sources.html").read_text(encoding="utf-8")
    for name in ("404", "gzip_bomb", "dead", "good0"):
        assert name in page
    assert "127.0.0.1" not in page


def test_exit_codes(tmp_path: Path) -> None:
    with FaultServer() as web:
        good, bad = Feed(url=web.add("/good", stories(1))), Feed(url=web.fault("html"))
        also_bad = Feed(url=web.fault("empty"))
        assert Errand(folder=tmp_path / "a", feeds=[good, bad]).run("run", "--json").json["sources"]["failed"] == 1
        assert Errand(folder=tmp_path / "b", feeds=[good, bad]).run("run", "--strict", code=1).out
        assert Errand(folder=tmp_path / "c", feeds=[good]).run("sync", "--strict").out
        said = Errand(folder=tmp_path / "d", feeds=[bad, also_bad]).run("run", "--json", code=1)
        assert said.json["sources"] == {"due": 2, "fetched": 0, "unchanged": 0, "failed": 2, "held": 0}


def test_a_source_that_recovers_is_ok_again(tmp_path: Path) -> None:
    with FaultServer() as web:
        url = web.add("/feed", Reply(status=500))
        errand = Errand(folder=tmp_path, feeds=[Feed(url=url), Feed(url=web.add("/good", stories(9)))])
        assert errand.run("run", "--json").json["recovered"] == []
        web.add("/feed", stories(1, 2))
        assert errand.run("run", "--all", "--json").json["recovered"] == [url]
        assert errand.run("sources", "--check", "--json").json["sources"][0]["message"] is None


@pytest.mark.slow
def test_fifty_thousand_entries_in_one_feed_take_bounded_memory_and_time(tmp_path: Path) -> None:
    few, many = _cost(tmp_path / "few", 5_000), _cost(tmp_path / "many", 50_000)
    assert many.articles == 50_000
    assert many.cpu_s < 10 * max(few.cpu_s, 2.0)  # more than ten times would not be linear; starting is paid once
    assert many.most_bytes < 500_000_000


class Cost(NamedTuple):
    articles: int
    cpu_s: float
    most_bytes: int


def _cost(folder: Path, entries: int) -> Cost:
    with FaultServer() as web:
        web.add("/feed", rss(item(n, html=f"<p>Text {n}.</p>") for n in range(entries)))
        errand = Errand(folder=folder, feeds=[Feed(url=web.url("/feed"))], editions={"hexo": "posts"})
        with subprocess.Popen(
            errand.command("sync", "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
        ) as process:
            assert process.stdout
            said = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    with_children_s = usage.ru_utime + usage.ru_stime
    counted = errand.run("sources", "--json").json["sources"][0]["articles"]
    return Cost(articles=counted, cpu_s=with_children_s, most_bytes=usage.ru_maxrss * 1024)


SECRETS = ("hunter2", "s3cr3tvalue", "t0k3nvalue")


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Errand, FaultServer]]:
    """Sources whose addresses hold secrets, good ones and bad ones."""
    with FaultServer() as web:
        for path in ("/good", "/broken"):
            web.add(path, stories(1, 2) if path == "/good" else stories(3, 4)[:-300])
        web.add("/moves", Reply(status=301, headers={"Location": _with_secrets(web.url("/404"))}))
        web.add("/circles", lambda asked: Reply(status=302, headers={"Location": asked.path}))
        places = [web.url(path) for path in ("/good", "/broken", "/404", "/moves", "/circles", "/fault/html")]
        places += [web.fault(name) for name in ("dead", "slow", "half", "gzip_bomb")]
        places += ["http://no-such-host.invalid/x", "http://10.0.0.1/x", web.url("/x").replace("http:", "https:")]
        feeds = [
            Feed(url=_with_secrets(url), section=("Private", f"source {number}")) for number, url in enumerate(places)
        ]
        yield Errand(folder=tmp_path_factory.mktemp("private"), feeds=feeds, fetch=LIMITS), web


def _with_secrets(url: str) -> str:
    return url.replace("://", "://me:hunter2@") + "?key=s3cr3tvalue&n=1&access_token=t0k3nvalue"


def test_secrets_in_addresses_are_used_and_never_shown(private: tuple[Errand, FaultServer]) -> None:
    errand, web = private
    outputs = [
        errand.run("run", "--json"),
        errand.run("run", "--all"),
        errand.run("sync", "--all", "--debug"),
        *(errand.run(*words, code=None) for words in _looks()),
    ]
    (asked, *_) = web.asked_for("/good?key=s3cr3tvalue&n=1&access_token=t0k3nvalue")
    assert asked.headers["authorization"] == "Basic bWU6aHVudGVyMg=="
    for said in outputs:
        for secret in (*SECRETS, "bWU6aHVudGVyMg"):
            assert secret not in said.everything, said.everything
    for folder in ("public", "blog"):
        for path, content in tree(errand.folder / folder).items():
            for secret in SECRETS:
                assert secret.encode() not in content, path
                assert secret not in path
    assert outputs[0].json["entries"]["new"] >= 3


def _looks() -> list[list[str]]:
    return [
        ["sources"],
        ["sources", "--json"],
        ["sources", "me:hunter2@"],
        ["config"],
        ["config", "--json"],
        ["articles"],
        ["articles", "--json"],
        ["search", "story", "--json"],
        ["sync", "http://me:hunter2@nowhere.example/?key=s3cr3tvalue"],
        ["publish", "--debug"],
    ]
