"""`articles`, `show` and `search`: a look into the archive."""

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from broadsheet.app import archive_to_read, utc_now
from broadsheet.cli.options import Options, shared_options
from broadsheet.cli.words import clock, local, padded
from broadsheet.errors import UsageError
from broadsheet.model import Article, ArticleRecord, Revision
from broadsheet.pipeline.choice import meant
from broadsheet.ports import Archive, ArticleFilter
from broadsheet.urls import mask

MOST = 50


@click.command()
@click.option("--source", help="Only of this source: its url, route, or a part of one.")
@click.option("--section", help="Only of this section, as in Technology/Example.")
@click.option("--since", metavar="DATE", help="Only from this day on, as in 2026-11-20.")
@click.option("--limit", default=MOST, show_default=True, type=click.IntRange(1), help="At most this many.")
@shared_options
def articles(options: Options, source: str | None, section: str | None, since: str | None, limit: int) -> int:
    """List the articles in the archive, newest first.

    \b
    Examples:
      broadsheet articles --limit 10
      broadsheet articles --section Technology --since 2026-11-01 --json
    """
    settings = options.settings()
    now = utc_now()
    with archive_to_read(settings) as archive:
        found = archive.list_articles(
            ArticleFilter(
                source_key=None if source is None else _source_key(archive, source, now),
                section=tuple(name for name in section.split("/") if name) if section else None,
                since=_day(since) if since else None,
                limit=limit,
            )
        )
    return _print(options, found, now=now, empty="no such articles")


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="At most this many.")
@shared_options
def search(options: Options, words: tuple[str, ...], limit: int) -> int:
    """Search titles and texts. Words must all occur; the last may be a beginning; quote a phrase.

    \b
    Examples:
      broadsheet search 海风
      broadsheet search tidal power --limit 5
    """
    from broadsheet.tokens import query_text

    query = " ".join(words)
    match = query_text(query)
    if not match:
        raise UsageError(f'"{query}" has nothing to search for; use letters, digits or Chinese characters')
    settings = options.settings()
    with archive_to_read(settings) as archive:
        found = archive.search(match, limit=limit)
    return _print(options, found, now=utc_now(), empty=f'nothing found for "{query}"')


@click.command()
@click.argument("article")
@click.option("--html", "form", flag_value="html", help="Print the clean HTML.")
@click.option("--raw", "form", flag_value="raw", help="Print the captured item as the feed gave it.")
@shared_options
def show(options: Options, article: str, form: str | None) -> int:
    """Show one article, by its id (or the beginning of it) or its address.

    \b
    Examples:
      broadsheet show 3k4x
      broadsheet show https://example.org/story --html
    """
    settings = options.settings()
    with archive_to_read(settings) as archive:
        record = _record(archive, article)
        if form == "raw":
            captures = archive.capture(record.article.id)
            click.echo(captures[0].decode("utf-8", "replace") if captures else "")
            return 0
        revisions = archive.revisions(record.article.id)
    if form == "html":
        click.echo(record.body.html)
    elif options.json:
        options.print_json({"article": _whole(record, revisions)})
    else:
        _print_article(options, record, revisions)
    return 0


def _record(archive: Archive, ref: str) -> ArticleRecord:
    found = archive.find(ref)
    if len(found) > 1:
        raise UsageError(f'"{ref}" may mean {", ".join(found[:5])}; give more of the id')
    record = archive.article(found[0]) if found else None
    if record is None:
        raise UsageError(f'no article "{ref}"; see: broadsheet articles')
    return record


def _source_key(archive: Archive, wanted: str, now: datetime) -> str:
    found = [source.key for source in meant([row.source for row in archive.sources(now=now)], [wanted])]
    if len(found) > 1:
        raise UsageError(f'"{mask(wanted)}" may mean {", ".join(mask(key) for key in found[:5])}; give more of it')
    return found[0]


def _day(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'--since: "{text}" is no date; write it as in 2026-11-20') from error
    return moment if moment.tzinfo is not None else local(moment)


def _print(options: Options, found: Sequence[Article], *, now: datetime, empty: str) -> int:
    if options.json:
        options.print_json({"articles": [_head(article) for article in found]})
        return 0
    for article in found:
        when = clock(article.date, now=now)
        options.say(f"{article.id}  {padded(when, 11)}  {padded(article.title or article.summary or '(no title)', 80)}")
    if not found:
        options.say(empty)
    return 0


def _head(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "author": article.author,
        "published": article.published,
        "updated": article.updated,
        "first_seen": article.first_seen,
        "changed_at": article.changed_at,
        "source": mask(article.source_key),
        "tags": article.tags,
        "language": article.language,
        "lead_image": article.lead_image,
        "summary": article.summary,
    }


def _whole(record: ArticleRecord, revisions: Sequence[Revision]) -> dict[str, Any]:
    return {
        **_head(record.article),
        "license": record.article.license,
        "rights": record.article.rights,
        "also_in": _elsewhere(record),
        "origin": record.body.origin,
        "html": record.body.html,
        "text": record.body.text,
        "images": record.body.images,
        "enclosures": record.body.enclosures,
        "revisions": [{"seen_at": r.seen_at, "title": r.title, "changed": r.changed} for r in revisions],
    }


def _elsewhere(record: ArticleRecord) -> list[str]:
    """The sources that carry it besides its own, masked."""
    return [mask(key) for key in record.also_in if key != record.article.source_key]


def _print_article(options: Options, record: ArticleRecord, revisions: Sequence[Revision]) -> None:
    article, now = record.article, utc_now()
    options.say(click.style(article.title or "(no title)", bold=True))
    told = [mask(article.source_key), article.author or "", clock(article.date, now=now)]
    options.say(" · ".join(part for part in told if part))
    if article.url:
        options.say(article.url)
    elsewhere = _elsewhere(record)
    options.say(f"id {article.id}" + (f", also in {', '.join(elsewhere)}" if elsewhere else ""))
    for revision in revisions:
        options.say(f"changed {clock(revision.seen_at, now=now)}: {', '.join(revision.changed)}")
    options.say()
    for paragraph in record.body.text.split("\n"):
        options.say(textwrap.fill(paragraph, 88) if paragraph.strip() else "")
