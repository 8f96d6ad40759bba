"""The public Python interface, pinned: a change here is a change for everybody who imports Broadsheet."""

import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Any, Self, get_type_hints

import pytest
from archive_samples import DAY, NOW, article_id, changes, first_fetch, sources, write

import broadsheet
from broadsheet.archive import open_archive as open_for_writing

SIGNATURES: dict[str, tuple[str, object]] = {
    "parse": ("(body, *, url='', content_type=None)", broadsheet.ParsedFeed),
    "inspect": ("(body, *, url='', content_type=None, kind=None)", dict[str, Any]),
    "open_archive": ("(path)", broadsheet.ArchiveReader),
}
METHODS: dict[str, tuple[str, object]] = {
    "__enter__": ("(self)", Self),
    "__iter__": ("(self)", Iterator[broadsheet.ArticleRecord]),
    "__len__": ("(self)", int),
    "article": ("(self, ref)", broadsheet.ArticleRecord | None),
    "articles": ("(self, *, source=None, section=None, since=None, limit=None)", list[broadsheet.Article]),
    "captures": ("(self, article_id)", list[bytes]),
    "close": ("(self)", NoneType),
    "records": ("(self, ids)", Iterator[broadsheet.ArticleRecord]),
    "revisions": ("(self, article_id)", list[broadsheet.Revision]),
    "search": ("(self, query, *, limit=20)", list[broadsheet.Article]),
    "sources": ("(self)", list[broadsheet.SourceRow]),
}
VALUES = {
    "Article",
    "ArticleRecord",
    "Body",
    "Enclosure",
    "Entry",
    "Feed",
    "Image",
    "ParsedFeed",
    "Revision",
    "Source",
    "SourceRow",
    "SourceState",
}
ERRORS = {"BroadsheetError", "ArchiveError"}
"""What reading an archive can raise."""


def test_the_names_are_these() -> None:
    assert set(broadsheet.__all__) == {*SIGNATURES, *VALUES, *ERRORS, "ArchiveReader", "__version__"}
    assert dir(broadsheet) == sorted(broadsheet.__all__)
    for name in broadsheet.__all__:
        assert getattr(broadsheet, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'sync'"):
        _ = broadsheet.sync  # type: ignore[attr-defined]


def shape(function: Callable[..., Any]) -> tuple[str, object]:
    """Parameters with their defaults, and what comes back; the same text in every version of Python."""
    signature = inspect.signature(function)
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    returned = get_type_hints(function)["return"]
    return str(inspect.Signature(bare)), returned


@pytest.mark.parametrize("name", SIGNATURES)
def test_functions_take_and_give_this(name: str) -> None:
    assert shape(getattr(broadsheet, name)) == SIGNATURES[name]


def test_the_reader_offers_this() -> None:
    methods = {
        name: shape(method)
        for name, method in vars(broadsheet.ArchiveReader).items()
        if inspect.isfunction(method) and (name in METHODS or not name.startswith("_"))
    }
    assert methods == METHODS


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    heavy = {"aiohttp", "lxml", "msgspec", "sqlite3", "turbohtml"}
    code = f"import broadsheet, sys; print(*sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


FEED = b"""<rss version="2.0"><channel><title>Tides</title><item><guid>1</guid><title>High water</title>
<link>/a</link><description>&lt;p onclick="x()"&gt;At noon.&lt;/p&gt;</description></item></channel></rss>"""


def test_parse_gives_entries_as_they_are() -> None:
    parsed = broadsheet.parse(FEED, url="https://tides.example/feed.xml")
    assert isinstance(parsed, broadsheet.ParsedFeed)
    assert [(entry.title, entry.link) for entry in parsed.feed.entries] == [("High water", "https://tides.example/a")]
    assert "onclick" in parsed.feed.entries[0].html
    assert broadsheet.parse(b"nothing of the kind").problems


def test_inspect_gives_clean_html() -> None:
    found = broadsheet.inspect(FEED, url="https://tides.example/feed.xml")
    assert found["kind"] == "feed"
    assert found["entries"][0]["html"] == "<p>At noon.</p>"
    page = broadsheet.inspect(b"<title>A page</title><p>Text.</p>", kind="page")
    assert page["kind"] == "page"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "broadsheet.db"
    archive = open_for_writing(path)
    archive.register(sources(2), now=NOW)
    archive.apply(
        [
            changes(0, [write(0, number, published=NOW - number * DAY) for number in range(3)]),
            changes(1, [write(1, number, published=NOW - number * DAY) for number in range(2)]),
        ]
    )
    archive.close()
    return path


def test_an_archive_is_iterated_in_order_of_arrival(path: Path) -> None:
    with broadsheet.open_archive(path) as archive:
        records = list(archive)
        assert len(archive) == len(records) == 5
        assert [record.article.arrival for record in records] == sorted(record.article.arrival for record in records)
        assert all(record.body.html for record in records)
        assert [record.article for record in archive.records([records[3].article.id])] == [records[3].article]


def test_an_archive_is_asked(path: Path) -> None:
    with broadsheet.open_archive(str(path)) as archive:
        newest = archive.articles(limit=2)
        assert [article.date for article in newest] == [NOW, NOW]
        since = NOW - DAY - timedelta(seconds=1)
        assert [article.source_key for article in archive.articles(source="source-1", since=since)] == ["source-1"] * 2
        assert archive.articles(section=["no such"]) == []
        wanted = article_id(0, 1)
        found = archive.article(wanted)
        assert found is not None
        assert found.article.id == wanted
        assert archive.article("https://nobody.example/") is None
        assert archive.search('"entry 1"')
        assert archive.search("!") == []
        assert archive.revisions(wanted) == []
        assert archive.captures(wanted)
        assert [row.articles for row in archive.sources()] == [3, 2]


def test_more_than_one_batch_is_read(path: Path) -> None:
    many = open_for_writing(path)
    many.register(sources(6), now=NOW)
    many.apply([first_fetch(number, 200) for number in range(2, 6)])
    many.close()
    with broadsheet.open_archive(path) as archive:
        assert len({record.article.id for record in archive}) == len(archive) == 805


def test_an_archive_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(broadsheet.ArchiveError, match="no"):
        broadsheet.open_archive(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
