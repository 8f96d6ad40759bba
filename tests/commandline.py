"""What tests of the command line share: a command run in this process, and a small newspaper on loopback to run it on."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from faultserver import FaultServer
from newsagent import item, rss

from broadsheet.cli import main
from broadsheet.model import Value


class Ran(Value, frozen=True, kw_only=True):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        return msgspec.json.decode(self.out)


class Terminal(io.TextIOWrapper):
    """A text stream that says whether it is a terminal."""

    def __init__(self, content: bytes = b"", *, tty: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(content), encoding=encoding, write_through=True)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty

    @property
    def text(self) -> str:
        raw: bytes = self.buffer.getvalue()  # type: ignore[attr-defined]
        return raw.decode("utf-8")  # of which ASCII is a part


@contextmanager
def streams(*, given: Terminal, out: Terminal, err: Terminal) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = given, out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def broadsheet(*arguments: object, typed: str = "", tty: bool = False, encoding: str = "utf-8") -> Ran:
    """Runs a command; with `tty`, on a terminal at which `typed` is typed."""
    given = Terminal(typed.encode(), tty=tty)
    out, err = Terminal(tty=tty, encoding=encoding), Terminal(tty=tty, encoding=encoding)
    with streams(given=given, out=out, err=err):
        code = main([str(argument) for argument in arguments])
    return Ran(code=code, out=out.text, err=err.text)


CONFIG = """\
[site]
title = "Test"
url = "https://news.example"

[fetch]
allow_private = ["127.0.0.1"]
host_delay = "0s"
per_host = 8

[images]
mode = "link"

[editions.site]
path = "public"
"""


class Stand:
    """A configuration in a folder, with sources on a loopback server."""

    def __init__(self, folder: Path, server: FaultServer) -> None:
        self.folder = folder
        self.server = server
        self.config = folder / "broadsheet.toml"
        self.config.write_text(CONFIG)

    def feed(self, name: str, *items: str, **reply: object) -> str:
        """Serves a feed under its name; returns its address."""
        return self.server.add(f"/{name}.xml", rss(*(items or [item(f"{name}/1")])), **reply)

    def add(self, *lines: str) -> None:
        """Adds lines to the configuration."""
        self.config.write_text(self.config.read_text() + "\n".join(("", *lines, "")))

    def source(self, url: str, *section: str) -> None:
        names = ", ".join(f'"{name}"' for name in section)
        self.add("[[sources]]", f'url = "{url}"', f"section = [{names}]", 'full_text = "never"')

    def __call__(self, command: str, *arguments: object, **how: Any) -> Ran:
        return broadsheet(command, *arguments, "--config", self.config, **how)
