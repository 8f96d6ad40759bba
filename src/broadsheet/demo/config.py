"""Writes the configuration with which `broadsheet demo` reads the sample web; it is also a first one to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.demo.stories import SampleSource, sources

_HEAD = """\
# The configuration of the demo. Everything here also works for a site of your own;
# the sources below are served by Broadsheet itself, on this machine only.

[site]
title = "The Tidewater Broadsheet"
url = "https://news.example"          # where the site will live
language = "en"                       # of the interface; each article keeps its own
timezone = "Asia/Shanghai"
audience = "private"                  # "public" shows excerpts of what is not licensed

[archive]
path = "broadsheet.db"                # one file; keep it, everything else can be made again

[fetch]
min_interval = "1s"                   # for the demo; "1h" is kinder to others
allow_private = ["{host}"]   # loopback is refused unless it is named here

[fetch.hosts."{host}"]       # our own machine may be asked faster than others
per_host = 8
host_delay = "0s"

[images]
mode = "mirror"                       # keep a copy of each image, so that none can vanish

[editions.site]
path = "public"                       # open public/index.html

[editions.hexo]
path = "blog/source/_posts"
theme = "volantis"
"""


def sample_config(base_url: str) -> str:
    """The text of a `broadsheet.toml` for the sample web at `base_url` (no slash at the end)."""
    host = base_url.partition("://")[2]
    return _HEAD.replace("{host}", host) + "".join(_source(source, base_url) for source in sources())


def _source(source: SampleSource, base_url: str) -> str:
    section = ", ".join(f'"{name}"' for name in source.section)
    note = "                      # never answers: see `broadsheet sources`" if source.failing else ""
    lines = (f'key = "{source.key}"{note}', f'url = "{base_url}{source.path}"', f"section = [{section}]")
    return "\n[[sources]]\n" + "\n".join((*lines, *_choices(source))) + "\n"


def _choices(source: SampleSource) -> Iterator[str]:
    """What is said of some sources only."""
    if not source.served and not source.failing:
        yield 'full_text = "never"                   # the feed has the whole text; no page needs to be fetched'
    if source.license:
        yield 'rights = "licensed"                   # a public site may carry it in full'
