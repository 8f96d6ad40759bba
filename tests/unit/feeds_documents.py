"""The feeds of the corpus as documents, and what the tests that read them share."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nh3

URL = "http://feeds.example/some/feed"
DIFFERENCES = Path(__file__).parents[1] / "data" / "feedparser_differences.toml"

_HEADER = re.compile(rb"^\s*Header:\s*([\w-]+):[ \t]*(.*?)\s*$", re.MULTILINE)


class Document(NamedTuple):
    """One file of the corpus, with the HTTP headers that its comment asks for."""

    name: str
    body: bytes
    headers: dict[str, str]

    @property
    def url(self) -> str:
        return self.headers.get("content-location", URL)


def documents(corpus: Path) -> Iterator[Document]:
    root = corpus / "feeds"
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        expectation = name.startswith("gofeed/") and path.suffix == ".json"
        if not path.is_file() or expectation or path.stem.lower().startswith(("readme", "license")):
            continue
        body = path.read_bytes()
        found = _HEADER.findall(body[:2000])
        yield Document(name, body, {key.decode().lower(): value.decode("latin-1") for key, value in found})


def visible(markup: str) -> str:
    """The words of a body, white space left out, by an independent sanitiser."""
    cleaned = nh3.clean(markup, tags=set(), clean_content_tags={"script", "style"})
    return re.sub(r"\s+", "", html.unescape(cleaned))
