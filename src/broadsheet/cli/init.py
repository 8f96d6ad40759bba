"""`init`: writes a commented `broadsheet.toml`, perhaps with the sources of an OPML list or of the old pipeline."""

import os
import sys
from pathlib import Path

import click

from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.words import count
from broadsheet.config.hub import read_hub
from broadsheet.config.opml import read_opml
from broadsheet.config.read import DEFAULT_NAME, read
from broadsheet.config.starter import Starter, Wanted, starter
from broadsheet.errors import BroadsheetError, UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
@click.option("--from-opml", type=click.Path(path_type=Path), metavar="FILE", help="Take the feeds of an OPML list.")
@click.option(
    "--from-hub", type=click.Path(path_type=Path), metavar="DIR", help="Take the routes of the RSSHub-to-Hexo pipeline."
)
@click.option("--private", "audience", flag_value="private", help="For yourself: full texts, not indexed.")
@click.option("--public", "audience", flag_value="public", help="For everybody: excerpts, unless you have the rights.")
@click.option("--title", help="What the site is called.")
@click.option("--site-url", help="Where the site will live.")
@click.option("--contact", help="A way to report: an address or a page; a public site must have one.")
@click.option("--language", help="Of the site's own words, as in en or zh-CN.")
@click.option("--timezone", help="As in Asia/Shanghai.")
@shared_options
def init(
    options: Options,
    folder: Path,
    *,
    from_opml: Path | None,
    from_hub: Path | None,
    audience: str | None,
    title: str | None,
    site_url: str | None,
    contact: str | None,
    language: str | None,
    timezone: str | None,
) -> int:
    """Write a commented broadsheet.toml into DIR (here, if left out). An existing one is never overwritten.

    \b
    Examples:
      broadsheet init news --private
      broadsheet init --from-opml subscriptions.opml
    """
    if from_opml and from_hub:
        raise UsageError("--from-opml and --from-hub cannot be used together; run init twice, in two folders")
    path = folder / DEFAULT_NAME
    if path.exists():
        raise UsageError(f"{path}: is there already; edit it, or give init another folder")
    sources, problems = _sources(from_opml, from_hub)
    chosen = audience or _ask_audience()
    public = chosen == "public"
    wanted = Starter(
        title=title or "My Broadsheet",
        url=site_url or "https://news.example",
        audience="public" if public else "private",
        contact=(contact or _ask_contact()) if public else contact,
        language=language or ("zh-CN" if from_hub else "en"),
        timezone=timezone or ("Asia/Shanghai" if from_hub else _local_timezone()),
        sources=tuple(sources),
        hexo=from_hub is not None,
    )
    _write(path, starter(wanted))
    if options.json:
        options.print_json({"path": str(path), "sources": len(sources), "problems": problems})
        return 0
    for problem in problems:
        options.note(problem)
    told = f" with {count(len(sources), 'source')}" if sources else ""
    options.say(f"wrote {path}{told}")
    options.say("next: look it over, then: broadsheet run" + ("" if folder == Path() else f" --config {path}"))
    return 0


def _sources(opml: Path | None, hub: Path | None) -> tuple[list[Wanted], list[str]]:
    if hub is not None:
        return read_hub(hub)
    if opml is None:
        return [], []
    try:
        body = opml.read_bytes()
    except OSError as error:
        raise UsageError(f"{opml}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    outlines, problem = read_opml(body)
    if problem is not None:
        raise UsageError(f"{opml}: {problem}")
    return [Wanted(route=outline.url, section=outline.section) for outline in outlines], []


def _ask_audience() -> str:
    if not sys.stdin.isatty():
        return "private"
    click.echo("Who is the site for?", err=True)
    click.echo("  private  for yourself: full texts, and search engines are told not to index it", err=True)
    click.echo("  public   for everybody: excerpts with a link, unless you have the rights to more", err=True)
    choices = click.Choice(["private", "public"])
    answer: str = click.prompt("private or public", type=choices, show_choices=False, default="private", err=True)
    return answer


def _ask_contact() -> str:
    if not sys.stdin.isatty():
        raise UsageError("--contact: is missing; a public site needs a way to report (an address or a page)")
    answer: str = click.prompt("Where can people report a problem (an address or a page)", err=True)
    return answer


def _local_timezone() -> str:
    """The machine's time zone by its IANA name, `UTC` if it does not say."""
    try:
        target = os.path.realpath("/etc/localtime")
    except OSError:
        return "UTC"
    name = target.partition("zoneinfo/")[2]
    return name if name and not name.startswith("Etc/") else "UTC"


def _write(path: Path, text: str) -> None:
    """Writes the file and reads it back: what `init` writes must be right."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from error
    try:
        read(path)
    except BroadsheetError:
        path.unlink()
        raise
