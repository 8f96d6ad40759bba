"""RSSHub's route catalogue becomes sources before a sync; what it cannot give any more stays as it was."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from newsagent import START, Newsagent, answer, source

from broadsheet.errors import SourceError, UsageError
from broadsheet.fakes import Answer
from broadsheet.model import Source
from broadsheet.pipeline.catalogues import listed_sources
from broadsheet.pipeline.choice import meant
from broadsheet.pipeline.report import ErrorLine
from broadsheet.settings import HubCatalogue

HUB, SPARE = "http://127.0.0.1:1200", "http://127.0.0.1:1300"
DOCUMENT = msgspec.json.encode(
    {"zaker": {"name": "ZAKER", "routes": {f"/{n}": {"name": n, "example": f"/zaker/{n}"} for n in ("hot", "new")}}}
)


def agent(folder: Path, said: Answer, *, hubs: tuple[str, ...] = (HUB,), **answers: Answer) -> Newsagent:
    news = Newsagent(
        folder, answers={f"{HUB}/api/namespace": said, f"{SPARE}/api/namespace": answer(DOCUMENT)}, rsshub=hubs
    )
    select = HubCatalogue(select=("/zaker", "/zakre"), section=("Hub",))
    news.settings = msgspec.structs.replace(news.settings, catalogues=(select,), sources=(source(),))
    return news


def listed(news: Newsagent) -> tuple[list[Source], list[ErrorLine]]:
    sources, complaints = asyncio.run(listed_sources(news.settings, news.archive, news.fetcher, now=news.now))
    news.archive.register(sources, now=START)
    return sources, complaints


def test_chosen_routes_join_the_configured_sources(tmp_path: Path) -> None:
    sources, complaints = listed(agent(tmp_path, answer(DOCUMENT)))
    assert [one.ref for one in sources] == [source().ref, "/zaker/hot", "/zaker/new"]
    assert (sources[1].url, sources[1].section) == (f"{HUB}/zaker/hot", ("Hub", "other", "ZAKER", "hot"))
    (complaint,) = complaints
    assert (complaint.source, complaint.kind) == ("/zakre", "empty")


def test_without_catalogues_nobody_is_asked(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(DOCUMENT))
    news.settings = msgspec.structs.replace(news.settings, catalogues=())
    assert listed(news) == ([source()], [])
    assert news.asked == []


def test_a_route_that_is_configured_as_well_is_as_configured(tmp_path: Path) -> None:
    own = source(key="/zaker/hot", ref="/zaker/hot", section=("Mine",))
    news = agent(tmp_path, answer(DOCUMENT))
    news.settings = msgspec.structs.replace(news.settings, sources=(own,))
    assert [one.section for one in listed(news)[0]] == [("Mine",), ("Hub", "other", "ZAKER", "new")]


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (SourceError("connect", "nobody listens"), "connect", "nobody listens"),
        (SourceError("held", "asked to be left alone"), "status", "asked to be left alone"),
        (answer(status=503), "status", "answers 503"),
        (answer(b"<html>"), "format", "is not JSON"),
        (answer(b"[]"), "format", "is not a table of namespaces"),
    ],
)
def test_a_catalogue_that_cannot_be_had_keeps_the_routes_that_are_known(
    tmp_path: Path, said: Answer, kind: str, message: str
) -> None:
    news = agent(tmp_path, answer(DOCUMENT))
    before, _ = listed(news)
    news.fetcher.answers[f"{HUB}/api/namespace"] = said
    sources, (complaint,) = listed(news)
    assert sources == before
    assert (complaint.source, complaint.kind) == (f"{HUB}/api/namespace", kind)
    assert complaint.message.startswith("the route catalogue: ")
    assert message in complaint.message


def test_instances_are_tried_in_turn(tmp_path: Path) -> None:
    news = agent(tmp_path, SourceError("connect", "nobody listens"), hubs=(HUB, SPARE))
    sources, complaints = listed(news)
    assert [one.url for one in sources[1:]] == [f"{HUB}/zaker/hot", f"{HUB}/zaker/new"]
    assert [complaint.source for complaint in complaints] == ["/zakre"]


# -- what people mean --------------------------------------------------------------------------------------------------

SOURCES = [
    source("zaker", key="/zaker/source/1", ref="/zaker/source/1", section=("新媒体", "ZAKER", "source")),
    source("paper", ref="https://paper.example/feed?token=geheim", section=("News", "Paper")),
    source("paper2", section=("News", "Paper", "Sport")),
]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["/zaker/source/1"], [0]),
        (["zaker"], [0]),
        (["ZAKER/source"], [0]),
        (["新媒体"], [0]),
        (["https://paper.example/feed"], [1]),
        (["https://paper.example/feed?token=***"], [1]),
        (["sport"], [2]),
        (["news"], [1, 2]),
        (["sport", "zaker"], [0, 2]),
    ],
)
def test_a_word_is_a_source_or_a_part_of_some(words: list[str], found: list[int]) -> None:
    assert meant(SOURCES, words) == [SOURCES[number] for number in found]


def test_a_word_that_means_nothing_is_named_without_its_secrets() -> None:
    with pytest.raises(
        UsageError, match=r'^no source is or contains "https://x/\?key=\*\*\*"; see: broadsheet sources$'
    ):
        meant(SOURCES, ["zaker", "https://x/?key=geheim"])
