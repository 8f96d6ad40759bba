"""`inspect`: what Broadsheet makes of feeds and pages, one JSON object a line; needs no configuration."""

import sys
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from broadsheet.cli.options import Options, shared_options
from broadsheet.errors import BroadsheetError, SourceError
from broadsheet.model import FetchRequest, FetchResponse
from broadsheet.urls import mask

MOST_BYTES = 50_000_000


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE_OR_URL...")
@click.option("--kind", type=click.Choice(["feed", "page"]), help="Take it for this, instead of finding out.")
@click.option("--url", "base", default="", metavar="BASE", help="What relative addresses are relative to.")
@shared_options
def inspect(options: Options, inputs: tuple[str, ...], kind: Literal["feed", "page"] | None, base: str) -> int:
    """Show what Broadsheet makes of feeds and pages; the archive is not touched.

    \b
    Examples:
      broadsheet inspect feed.xml | jq .entries[0]
      broadsheet inspect https://example.org/story --kind page
    """
    read = 0
    for given in inputs:
        try:
            found = _inspect(options, given, kind, base)
            read += 1
        except SourceError as error:
            found = _failed(given, kind, str(error))
        except BroadsheetError:
            raise
        except Exception as error:
            if options.debug:
                raise
            found = _failed(given, kind, f"met a bug in Broadsheet ({type(error).__name__}: {error})")
        click.echo(msgspec.json.encode(found))
    return 0 if read else 1


def _inspect(options: Options, given: str, kind: Literal["feed", "page"] | None, base: str) -> dict[str, Any]:
    from broadsheet import inspection

    if given.startswith(("http://", "https://")):
        answer = _fetch(options, given)
        if answer.status != 200:  # noqa: PLR2004
            raise SourceError("status", f"answers {answer.status}")
        return inspection.inspect(
            answer.body, given=given, url=base or answer.url, content_type=answer.content_type, kind=kind
        )
    return inspection.inspect(_read(given), given=given, url=base, kind=kind)


def _failed(given: str, kind: str | None, problem: str) -> dict[str, Any]:
    if kind == "page":
        return {"input": given, "kind": "page", "problems": [problem], "article": None}
    feed = {"title": "", "link": None, "format": "unknown"}
    return {"input": given, "kind": "feed", "problems": [problem], "feed": feed, "entries": []}


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise SourceError("format", f"cannot be read: {(error.strerror or str(error)).lower()}") from error


def _fetch(options: Options, url: str) -> FetchResponse:
    from broadsheet.app import run_fetch
    from broadsheet.pipeline.feeds import ACCEPT

    settings = options.settings() if options.config_path.exists() else None
    try:
        return run_fetch(settings, FetchRequest(url=url, accept=ACCEPT, limit_bytes=MOST_BYTES))
    except SourceError as error:
        raise SourceError(error.kind, mask(str(error)), retry_after_s=error.retry_after_s) from error
