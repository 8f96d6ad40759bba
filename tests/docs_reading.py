"""Reads the project's Markdown: headings, tables, code blocks, commands and links, for the tests that hold it true."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

REPO = Path(__file__).parent.parent
DOCS = REPO / "docs"

PAGES = sorted(path for path in (*REPO.glob("*.md"), *DOCS.rglob("*.md")) if path.name != "LICENSE.md")

_FENCE = re.compile(r"^(`{3,}|~{3,})(\w*)[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)|\b(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^(#{1,4}) +(.+?) *$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of code."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(REPO)}:{self.line}"


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[Block]:
    text = text_of(page)
    found = [Block(page, text.count("\n", 0, match.start()) + 1, match[2], match[3]) for match in _FENCE.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text_of(page))


def headings(page: Path) -> list[tuple[int, str]]:
    return [(len(match[1]), match[2]) for match in _HEADING.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    return {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for _, name in headings(page)}


def section(page: Path, heading: str) -> str:
    """The text below a heading of the second level, up to the next one; fenced blocks included."""
    text = "\n" + text_of(page)
    start = text.find(f"\n## {heading}\n")
    assert start >= 0, f"{page.relative_to(REPO)} has no section “{heading}”"
    body = text[start + 1 :].split("\n", 1)[1]
    end = re.search(r"^## ", _FENCE.sub(lambda found: "x" * len(found[0]), body), re.MULTILINE)
    return body[: end.start()] if end else body


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    found: list[list[str]] = []
    head = True
    for line in text.splitlines():
        if not line.startswith("|"):
            head = True
        elif re.fullmatch(r"[|\-: ]+", line):
            head = False
        elif not head:
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def codes(text: str) -> list[str]:
    """What stands between single backticks."""
    return _CODE.findall(text)


def links(page: Path) -> list[str]:
    return [written or markup for written, markup in _LINK.findall(prose(page))]


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """(place, arguments) of everything in the documentation that calls `broadsheet`, as a shell would split it."""
    for page in PAGES:
        shown = [
            (block.place, line) for block in blocks(page, "sh", "console", "text") for line in block.text.splitlines()
        ]
        shown += [(str(page.relative_to(REPO)), code) for code in codes(prose(page))]
        for place, line in shown:
            for part in re.split(r"\|(?!\|)|&&|;|\$\(|\)", re.sub(r"\s#\s.*|>.*$", "", line.removeprefix("$ "))):
                words = part.strip()
                words = re.sub(r"^(?:sudo |uvx |pipx run |exec |\.venv/bin/|/\S*/bin/)", "", words)
                if words.startswith("broadsheet "):
                    yield place, shlex.split(words)[1:]
