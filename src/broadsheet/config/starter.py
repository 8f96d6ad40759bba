"""The text of a new `broadsheet.toml`, with comments that a newcomer needs. Pure."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from broadsheet.model import Value


class Wanted(Value, frozen=True, kw_only=True):
    """A source to write down; a `route` that is a whole address is written as a url."""

    route: str
    section: tuple[str, ...] = ()


class Starter(Value, frozen=True, kw_only=True):
    """What a new configuration says."""

    title: str = "My Broadsheet"
    url: str = "https://news.example"
    language: str = "en"
    timezone: str = "UTC"
    audience: Literal["private", "public"] = "private"
    contact: str | None = None
    rsshub: str = "http://127.0.0.1:1200"
    sources: tuple[Wanted, ...] = ()
    hexo: bool = False


def starter(wanted: Starter) -> str:
    """A commented configuration that can be run as it is."""
    sources = "\n".join(_source(source) for source in wanted.sources) or _NO_SOURCES
    return "\n".join(
        (_site(wanted), _fetch(wanted), _IMAGES, sources, _EDITIONS + (_HEXO if wanted.hexo else _NO_HEXO))
    )


def _site(wanted: Starter) -> str:
    contact = f"contact = {_quoted(wanted.contact)}" if wanted.contact else '# contact = "https://news.example/about"'
    return f"""\
# Broadsheet's configuration. Paths are relative to this file. All settings: docs/configuration.md

[site]
title = {_quoted(wanted.title)}
# Where the site will live.
url = {_quoted(wanted.url)}
language = {_quoted(wanted.language)}
timezone = {_quoted(wanted.timezone)}
# private: full texts, search engines kept out. public: excerpts, unless you have the right to more.
audience = {_quoted(wanted.audience)}
# A way to report a problem; a public site must have one.
{contact}
"""


def _fetch(wanted: Starter) -> str:
    if any(source.route.startswith("/") for source in wanted.sources):
        host = _quoted(urlsplit(wanted.rsshub).netloc)
        return _FETCH + _HUB.format(rsshub=_quoted(wanted.rsshub), host=host)
    return _FETCH + f"# Your own RSSHub instance, if you use routes.\n# rsshub = {_quoted(wanted.rsshub)}\n"


def _source(source: Wanted) -> str:
    kind = "route" if source.route.startswith("/") else "url"
    section = ", ".join(_quoted(name) for name in source.section)
    return f"[[sources]]\n{kind} = {_quoted(source.route)}\nsection = [{section}]\n"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, except that DEL must be escaped as well."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


_FETCH = """\
[fetch]
# Goes into the User-Agent, so that hosts can reach you.
# contact = "https://news.example/about"
# No source is asked more often than this.
min_interval = "1h"
"""

_HUB = """\
# Your own RSSHub instance: routes are relative to it.
rsshub = {rsshub}
# What may have a private address.
allow_private = [{host}]

# What is yours may be asked faster.
[fetch.hosts.{host}]
per_host = 8
host_delay = "0s"
"""

_IMAGES = """\
[images]
# mirror: keep copies. proxy: rewrite addresses to a proxy. link: leave them.
mode = "mirror"
# proxy = "https://proxy.example/?{url}"
"""

_NO_SOURCES = """\
# One table a source: the address of a feed, and where it is filed.
# [[sources]]
# url = "https://example.org/feed.xml"
# section = ["Technology", "Example"]
# full_text = "auto"        # fetch the page when the feed only has a summary
# rights = "licensed"       # own | licensed | "permission: …": what a public site may carry in full
"""

_EDITIONS = """\
[editions.site]
path = "public"
"""

_HEXO = """
[editions.hexo]
path = "source/_posts"
theme = "volantis"        # volantis | butterfly | next | landscape
"""

_NO_HEXO = """
# [editions.hexo]
# path = "blog/source/_posts"
# theme = "volantis"      # volantis | butterfly | next | landscape
"""
