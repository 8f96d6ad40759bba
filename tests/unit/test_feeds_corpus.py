"""All feeds of the corpus: none raises, each gives entries or says why not, and feedparser sees the same.

Where we differ from feedparser on purpose stands in tests/data/feedparser_differences.toml, each with its reason.
"""

import tomllib
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import pytest
from feeds_documents import DIFFERENCES, Document, documents, visible

from broadsheet import feeds, text
from broadsheet.model import Entry, ParsedFeed

pytestmark = pytest.mark.corpus

SHARE_AGREED = 0.995


@cache
def read_all(corpus: Path) -> dict[str, tuple[Document, ParsedFeed]]:
    return {
        document.name: (
            document,
            feeds.parse(document.body, url=document.url, content_type=document.headers.get("content-type")),
        )
        for document in documents(corpus)
    }


@cache
def theirs_all(corpus: Path) -> dict[str, list[dict[str, Any]]]:
    """What feedparser makes of each document; the slow part, done once."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for document in documents(corpus):
            headers = {"content-location": document.url}
            if "content-type" in document.headers:
                headers["content-type"] = document.headers["content-type"]
            parsed = feedparser.parse(document.body, response_headers=headers)
            found[document.name] = [dict(dict.items(entry)) for entry in parsed.entries]
    return found


def moment(parts: Any) -> datetime | None:
    return datetime(*parts[:6], tzinfo=UTC) if parts else None


def differing_fields(ours: Entry, theirs: dict[str, Any]) -> Iterator[str]:
    """The fields in which two readings of an entry differ."""
    detail = theirs.get("title_detail") or {}
    title = theirs.get("title") or ""
    theirs_plain = text.plain(title) if "html" in detail.get("type", "") else text.fold(title)
    if ours.title not in (theirs_plain, text.title(title)):
        yield "title"
    if ours.link != (theirs.get("link") or None):
        yield "link"
    if ours.id != (theirs.get("id") or None):
        yield "id"
    people = [person.get("name") or person.get("email") or "" for person in theirs.get("authors") or []]
    if ours.authors != tuple(dict.fromkeys(text.title(person) for person in people if person)):
        yield "author"
    dates = {moment(theirs.get(f"{kind}_parsed")) for kind in ("published", "updated")} - {None}
    dates = dates or {moment(theirs.get("created_parsed"))} - {None}
    if {date.replace(microsecond=0) for date in (ours.published, ours.updated) if date} != dates:
        yield "date"
    content = (theirs.get("content") or [{}])[0].get("value") or theirs.get("summary") or ""
    if visible(ours.html) != visible(content):
        yield "text"


def differences(ours: ParsedFeed, theirs: list[dict[str, Any]]) -> list[set[str]]:
    """The differing fields of each entry; one set with `count` if the entries cannot be put beside each other."""
    if len(ours.feed.entries) != len(theirs):
        return [{"count"}]
    return [set(differing_fields(*pair)) for pair in zip(ours.feed.entries, theirs, strict=True)]


def allowed() -> dict[str, set[str]]:
    """File -> fields in which we differ on purpose."""
    found: dict[str, set[str]] = {}
    for group in tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))["difference"]:
        for name in group["files"]:
            found.setdefault(name, set()).update(group["fields"])
    return found


def test_every_document_gives_entries_or_names_its_problem(corpus: Path) -> None:
    read = read_all(corpus)
    assert len(read) > 1200
    real = ("kagi/", "nnw/", "feedrs/rss2/", "feedrs/atom/", "miniflux/parser/")
    silent = [
        name
        for name, (_, parsed) in read.items()
        if not parsed.feed.entries and not parsed.problems and name.startswith(real)
    ]
    assert silent == []
    fatal = {name for name, (_, parsed) in read.items() if parsed.fatal}
    assert fatal == {"feedrs/jsonfeed/jsonfeed_spec_1.serde.json"}  # a program's dump, not a feed


def test_feedparser_sees_the_same_where_we_do_not_differ_on_purpose(corpus: Path) -> None:
    theirs, on_purpose = theirs_all(corpus), allowed()
    entries = agreed = 0
    unlisted: dict[str, set[str]] = {}
    for name, (_, ours) in read_all(corpus).items():
        rows = differences(ours, theirs[name])
        new = set[str]().union(*rows) - on_purpose.get(name, set())
        if new:
            unlisted[name] = new
        entries += len(rows)
        agreed += sum(not row - on_purpose.get(name, set()) for row in rows)
    assert unlisted == {}
    assert agreed / entries >= SHARE_AGREED


def test_the_list_of_differences_holds_nothing_that_is_over(corpus: Path) -> None:
    theirs, read = theirs_all(corpus), read_all(corpus)
    over = {}
    for name, fields in allowed().items():
        found = set[str]().union(*differences(read[name][1], theirs[name]))
        if fields - found:
            over[name] = fields - found
    assert over == {}


def test_every_difference_has_its_reason() -> None:
    for group in tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))["difference"]:
        assert len(group["reason"]) > 20
        assert group["files"] == sorted(group["files"])
