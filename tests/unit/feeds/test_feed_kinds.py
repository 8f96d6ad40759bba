"""Every document of tests/data/feeds gives what stands beside it: formats, repairs, encodings, hostile ones."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broadsheet import feeds
from broadsheet.model import ParsedFeed

DATA = Path(__file__).parents[2] / "data" / "feeds"
DOCUMENTS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))


def outcome(parsed: ParsedFeed) -> dict[str, Any]:
    """What was read, as JSON would hold it, without what is empty."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items() if each not in (None, "", [], b"")}
        return [filled(each) for each in value] if isinstance(value, list) else value

    return filled(msgspec.json.decode(msgspec.json.encode(parsed)))


def parse_as_told(document: Path, given: dict[str, Any]) -> ParsedFeed:
    now = datetime.fromisoformat(given["now"]) if "now" in given else None
    return feeds.parse(document.read_bytes(), url=given.get("url", ""), content_type=given.get("content_type"), now=now)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document_gives_what_stands_beside_it(document: Path) -> None:
    expected = json.loads((DATA / f"{document.stem}.expected.json").read_text(encoding="utf-8"))
    assert outcome(parse_as_told(document, expected.get("given", {}))) == expected["parsed"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_problem_is_for_people(document: Path) -> None:
    for problem in feeds.parse(document.read_bytes()).problems:
        assert len(problem) < 300
        assert problem.isprintable()
        assert "Error" not in problem
