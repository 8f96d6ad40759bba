"""The command as a user runs it, on sources that a test serves: a folder with a configuration, and what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 240.0
"""More than any run here takes on a busy machine; one that takes longer hangs."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.out)

    @property
    def errors(self) -> dict[str, tuple[str, str]]:
        """Source -> (kind, message) of what failed or was held."""
        return {line["source"]: (line["kind"], line["message"]) for line in self.json["errors"]}

    @property
    def everything(self) -> str:
        """All that was printed."""
        return self.out + self.err


@dataclass(kw_only=True)
class Feed:
    """A source in the configuration."""

    url: str
    section: Sequence[str] = ("News",)
    full_text: str = "never"
    rights: str | None = None
    key: str | None = None


@dataclass(kw_only=True)
class Errand:
    """A folder with a configuration in which the command runs."""

    folder: Path
    feeds: list[Feed] = field(default_factory=list)
    audience: str = "private"
    timezone: str = "Asia/Shanghai"
    images: str = "mirror"
    fetch: str = ""
    editions: dict[str, str] = field(default_factory=lambda: {"site": "public", "hexo": "blog/_posts"})
    more: str = ""

    def write(self) -> Path:
        """The configuration, written anew; every host on loopback may be asked, and fast."""
        self.folder.mkdir(parents=True, exist_ok=True)
        hosts = sorted({urlsplit(feed.url).netloc.rpartition("@")[2] for feed in self.feeds})
        loopback = [host for host in hosts if host.startswith("127.")]
        site = {
            "title": "Errand",
            "url": "https://news.example",
            "timezone": self.timezone,
            "audience": self.audience,
            "contact": "https://news.example/contact",
        }
        parts = ["[site]", *(f"{key} = {_toml(value)}" for key, value in site.items()), self.more]
        parts += ["[fetch]", f"allow_private = {_toml(loopback)}", 'min_interval = "0s"', self.fetch]
        for host in loopback:
            parts += [f"[fetch.hosts.{_toml(host)}]", "per_host = 8", 'host_delay = "0s"']
        parts += ["[images]", f"mode = {_toml(self.images)}", 'proxy = "https://proxy.example/?{url_quoted}"']
        for feed in self.feeds:
            parts.append("[[sources]]")
            parts += [f"{key} = {_toml(value)}" for key, value in vars(feed).items() if value is not None]
        for name, path in self.editions.items():
            parts += [f"[editions.{name}]", f"path = {_toml(path)}"]
        file = self.folder / "broadsheet.toml"
        file.write_text("\n".join(parts), encoding="utf-8")
        return file

    def command(self, *arguments: str) -> list[str]:
        """The command line, with the configuration written."""
        return [sys.executable, "-m", "broadsheet", "--config", str(self.write()), *arguments]

    def run(self, *arguments: str, code: int | None = 0) -> Said:
        """What the command says; it has to end with this code (`None`: any)."""
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=PATIENCE_S, check=False, env=environment()
        )
        said = Said(code=done.returncode, out=done.stdout, err=done.stderr)
        assert code is None or said.code == code, said.everything
        assert "Traceback" not in said.everything
        return said


def environment() -> dict[str, str]:
    """A user's environment: with warnings shown, as none should be given."""
    return {**os.environ, "PYTHONWARNINGS": "default", "NO_COLOR": "1"}


def item(
    number: int | str,
    *,
    title: str | None = None,
    html: str = "",
    guid: str | None = None,
    link: str | None = None,
    more: str = "",
) -> str:
    """An RSS item; what is not given follows from the number, and an empty text leaves the element out."""
    title = f"Story {number}" if title is None else title
    guid = f"urn:story:{number}" if guid is None else guid
    link = f"https://paper.example/story/{number}" if link is None else link
    parts = {"title": title, "guid": guid, "link": link, "description": html or f"<p>Text of story {number}.</p>"}
    return f"<item>{''.join(f'<{tag}>{escape(text)}</{tag}>' for tag, text in parts.items() if text)}{more}</item>\n"


def rss(items: Iterable[str], *, title: str = "Paper", head: str = "") -> str:
    """An RSS feed of these items."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{head}<rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>https://paper.example/</link>\n{''.join(items)}</channel></rss>"
    )


def stories(*numbers: int) -> str:
    """An RSS feed of plain items with these numbers."""
    return rss(item(number) for number in numbers)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, time of change and size of every file below a folder: what tells whether it was touched."""
    states = {path.relative_to(folder).as_posix(): path.stat() for path in _files(folder)}
    return {path: (state.st_ino, state.st_mtime_ns, state.st_size) for path, state in states.items()}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
