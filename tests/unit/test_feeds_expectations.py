"""What the comments of feedparser's own tests say that a parser must find, where it is a field that we have.

Where we find something else on purpose stands in tests/data/feedparser_differences.toml, under `expectation`.
"""

import ast
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from feeds_documents import DIFFERENCES, Document, documents, visible

from broadsheet import feeds, text
from broadsheet.model import Entry, Feed

pytestmark = pytest.mark.corpus

_EXPECT = re.compile(r"Expect:\s*(.*?)\s*(?:-->|\n)")
_EQUALS = re.compile(
    r"(feed|entries\[0\])(?:\['(\w+)'\]|\.(\w+))(?:\[0\]\['(\w+)'\]|\['(\w+)'\])? == u?('(?:[^'\\]|\\.)*'|\([\d, ]+\))"
)


def clock(moment: datetime | None) -> tuple[int, ...] | None:
    return moment.timetuple()[:6] if moment else None


def of_either(thing: Feed | Entry, field: str, detail: str) -> list[Any] | None:
    if field == "title" or (field == "title_detail" and detail == "value"):
        return [thing.title]
    if field in ("rights", "copyright"):
        return [thing.rights]
    return [getattr(thing, field)] if field in ("link", "license", "language") else None


def of_entry(entry: Entry, field: str, detail: str) -> list[Any] | None:
    """What we have for a field of feedparser's; `None` if we have no such field."""
    found: dict[str, list[Any]] = {
        "id": [entry.id],
        "guid": [entry.id],
        "comments": [entry.comments],
        "author": [", ".join(entry.authors)],
        "summary": [visible(entry.html), visible(entry.summary or "")],
        "description": [visible(entry.html), visible(entry.summary or "")],
        "content": [visible(entry.html)] if detail == "value" else [],
        "tags": list(entry.tags) if detail in ("term", "label") else [],
        "category": list(entry.tags),
    }
    if field.endswith("_parsed"):
        return [clock(entry.published), clock(entry.updated)]
    return found.get(field) or of_either(entry, field, detail)


def normal(field: str, value: Any) -> Any:
    if field.endswith("_parsed"):
        return tuple(value[:6])
    if field in ("summary", "description", "content"):
        return visible(value)
    if field == "author":
        return re.sub(r"\s*\(\S+@.*\)", "", value)
    return text.title(value) if field.startswith(("title", "rights", "copyright")) else value


def contradicts(document: Document) -> bool | None:
    """Whether we find something else than the comment says; `None` if it says nothing that can be compared."""
    said = _EXPECT.search(document.body[:3000].decode("utf-8", "replace"))
    found = _EQUALS.search(said[1]) if said else None
    if found is None:
        return None
    where, first, second, third, fourth, literal = found.groups()
    field, detail = first or second, third or fourth or ""
    parsed = feeds.parse(document.body, url=document.url, content_type=document.headers.get("content-type")).feed
    if where == "feed":
        ours = of_either(parsed, field, detail)
    else:
        ours = of_entry(parsed.entries[0], field, detail) if parsed.entries else []
    return None if ours is None else normal(field, ast.literal_eval(literal)) not in ours


def test_expectations_of_feedparsers_tests(corpus: Path) -> None:
    groups = tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))["expectation"]
    on_purpose = {name for group in groups for name in group["files"]}
    outcomes = {
        document.name: contradicts(document)
        for document in documents(corpus)
        if document.name.startswith("feedparser_tests/")
    }
    assert {name for name, contradicted in outcomes.items() if contradicted} == on_purpose
    assert sum(contradicted is not None for contradicted in outcomes.values()) > 500
