"""The shape of `broadsheet.toml` as written: what keys there are, of what type, and what each is for.

`config --schema` and the documentation are made from these descriptions; `read` turns them into `Settings`.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Duration = Annotated[
    str | int | float, Meta(description="a number of seconds, or a number with a unit: `20s`, `30m`, `1h`, `7d`")
]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table in which only the keys below may stand."""


class Site(Table, frozen=True, kw_only=True):
    """`[site]`."""

    title: Annotated[str, Meta(description="what the site is called", min_length=1)]
    url: Annotated[str, Meta(description="where the site will live, sub-path included")]
    language: Annotated[str, Meta(description="of the site's own words, as in `en` or `zh-CN`")] = "en"
    timezone: Annotated[str, Meta(description="IANA name, as in `Asia/Shanghai`; dates are shown in it")] = "UTC"
    audience: Annotated[
        Literal["private", "public"],
        Meta(description="`private`: full texts, noindex; `public`: excerpts, unless you have the right to more"),
    ] = "private"
    contact: Annotated[
        str | None, Meta(description="an address or page where problems are reported; required for a public site")
    ] = None
    description: Annotated[str, Meta(description="one line about the site")] = ""
    accent: Annotated[str, Meta(description="the accent colour, `#rrggbb`")] = "#9a3324"


class Archive(Table, frozen=True, kw_only=True):
    """`[archive]`."""

    path: Annotated[str, Meta(description="the SQLite file")] = "broadsheet.db"
    url: Annotated[str | None, Meta(description="`postgresql://…` instead of a file")] = None


class Host(Table, frozen=True, kw_only=True):
    """`[fetch.hosts."HOST:PORT"]`."""

    per_host: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="connections to this host at a time")] = (
        None
    )
    host_delay: Annotated[Duration | None, Meta(description="pause between two requests to this host")] = None


class Fetch(Table, frozen=True, kw_only=True):
    """`[fetch]`."""

    rsshub: Annotated[
        str | list[str] | None,
        Meta(description="your own RSSHub instance, or several to try in turn; routes are relative to it"),
    ] = None
    contact: Annotated[str | None, Meta(description="goes into the User-Agent, so that hosts can reach you")] = None
    concurrency: Annotated[int, Meta(description="requests under way at once", ge=1, le=1000)] = 64
    per_host: Annotated[int, Meta(description="connections to one host at a time", ge=1)] = 1
    host_delay: Annotated[Duration, Meta(description="pause between two requests to one host")] = "1s"
    min_interval: Annotated[Duration, Meta(description="the least time between two fetches of a source")] = "1h"
    timeout: Annotated[Duration, Meta(description="for a whole request, body included")] = "20s"
    patience: Annotated[
        Duration, Meta(description="how long a run goes on with pages and images once the sources are done")
    ] = "15m"
    max_bytes: Annotated[int, Meta(description="the largest feed that is read, in bytes", ge=1000, le=2**31)] = (
        20_000_000
    )
    allow_private: Annotated[
        bool | list[str],
        Meta(description="`true`, or a list of hosts, host:port pairs or networks that may be private addresses"),
    ] = False
    hosts: Annotated[dict[str, Host], Meta(description="what is yours may be asked faster")] = {}


class Images(Table, frozen=True, kw_only=True):
    """`[images]`."""

    mode: Annotated[
        Literal["mirror", "proxy", "link"],
        Meta(description="`mirror` keeps copies, `proxy` rewrites addresses to a proxy, `link` leaves them"),
    ] = "mirror"
    proxy: Annotated[
        str | None, Meta(description="the proxy's address with `{url}` as it is or `{url_quoted}` percent-encoded")
    ] = None
    path: Annotated[str, Meta(description="the folder of mirrored images")] = "media"
    max_bytes: Annotated[int, Meta(description="the largest image that is mirrored, in bytes", ge=1000, le=2**31)] = (
        10_000_000
    )


class SourceTable(Table, frozen=True, kw_only=True):
    """`[[sources]]`."""

    url: Annotated[str | None, Meta(description="the feed's address")] = None
    route: Annotated[str | None, Meta(description="an RSSHub route instead of an address, as in `/zaker/source/1`")] = (
        None
    )
    key: Annotated[
        str | None, Meta(description="the source's own identity; set it to change its address and keep its articles")
    ] = None
    section: Annotated[list[str], Meta(description="where it is filed: category, site, route")] = []
    full_text: Annotated[
        Literal["auto", "always", "never"],
        Meta(description="`auto` fetches the page when the feed only has a summary"),
    ] = "auto"
    rights: Annotated[
        str | None, Meta(description="`own`, `licensed` or `permission: …`: what a public site may carry in full")
    ] = None
    interval: Annotated[Duration | None, Meta(description="time between two fetches, instead of finding out")] = None


class Catalogue(Table, frozen=True, kw_only=True):
    """`[[catalogues]]`."""

    opml: Annotated[str | None, Meta(description="an OPML file; its outlines become section paths")] = None
    rsshub: Annotated[bool, Meta(description="the route catalogue of `fetch.rsshub`")] = False
    select: Annotated[list[str], Meta(description="which routes: `/namespace`, or a route's path or example path")] = []
    section: Annotated[list[str], Meta(description="put before the section paths of the catalogue")] = []


class Edition(Table, frozen=True, kw_only=True):
    """`[editions.NAME]`."""

    path: Annotated[str, Meta(description="the folder to publish into")]
    kind: Annotated[
        Literal["site", "hexo"] | UnsetType, Meta(description="which edition it is; by default its name")
    ] = UNSET
    theme: Annotated[
        Literal["volantis", "butterfly", "next", "landscape"] | None,
        Meta(description="of Hexo: which front matter keys to write"),
    ] = None
    media_path: Annotated[
        str | None, Meta(description="of Hexo: the folder for mirrored images, by default `media` beside `path`")
    ] = None
    media_url: Annotated[str, Meta(description="of Hexo: how posts address that folder")] = "/media"
    page_size: Annotated[int, Meta(description="articles on a list page", ge=5, le=1000)] = 50
    feed_size: Annotated[int, Meta(description="entries in a feed", ge=1, le=1000)] = 50


class File(Table, frozen=True, kw_only=True):
    """The whole file."""

    site: Annotated[Site, Meta(description="what the site is")]
    archive: Annotated[Archive, Meta(description="where everything is kept")] = Archive()
    fetch: Annotated[Fetch, Meta(description="how others are asked")] = Fetch()
    images: Annotated[Images, Meta(description="what becomes of images")] = Images()
    sources: Annotated[list[SourceTable], Meta(description="where entries come from")] = []
    catalogues: Annotated[list[Catalogue], Meta(description="lists of sources read from elsewhere")] = []
    editions: Annotated[dict[str, Edition], Meta(description="what is published; the name says which, or `kind`")] = {}
