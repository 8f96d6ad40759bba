"""What the user decides, as values: the shape of `broadsheet.toml` after reading. No reading or checking here."""

from pathlib import Path

from broadsheet.model import Audience, ImageMode, Source, Value


class SiteSettings(Value, frozen=True, kw_only=True):
    """`[site]`: what every edition says of itself.

    Attributes:
        url: where the site will live, with or without a sub-path; ends without "/".
        timezone: IANA name; dates are shown and posts are dated in it.
        accent: the one accent colour, `#rrggbb`.
    """

    title: str
    url: str
    language: str = "en"
    timezone: str = "UTC"
    audience: Audience = "private"
    contact: str | None = None
    description: str = ""
    accent: str = "#9a3324"


class HostSettings(Value, frozen=True, kw_only=True):
    """`[fetch.hosts."HOST:PORT"]`: how fast one host may be asked; `None` means the general setting."""

    per_host: int | None = None
    host_delay_s: float | None = None


class FetchSettings(Value, frozen=True, kw_only=True):
    """`[fetch]`: how we ask others.

    Attributes:
        rsshub: base URLs of the RSSHub instances that routes are relative to, tried in turn.
        patience_s: how long a run goes on fetching pages and images once the sources are done.
        allow_private: `True`, or the hosts, host:port pairs and networks that may be private.
    """

    rsshub: tuple[str, ...] = ()
    contact: str | None = None
    concurrency: int = 64
    per_host: int = 1
    host_delay_s: float = 1.0
    min_interval_s: float = 3600.0
    timeout_s: float = 20.0
    patience_s: float = 900.0
    limit_bytes: int = 20_000_000
    allow_private: bool | tuple[str, ...] = False
    hosts: dict[str, HostSettings] = {}


class ImageSettings(Value, frozen=True, kw_only=True):
    """`[images]`: `proxy` is the template with `{url}` or `{url_quoted}`; `path` is the media store's folder."""

    mode: ImageMode = "mirror"
    proxy: str | None = None
    path: Path = Path("media")
    limit_bytes: int = 10_000_000


class EditionSettings(Value, frozen=True, kw_only=True):
    """`[editions.NAME]`: one published output.

    Attributes:
        name: what the table is called; `kind`: which edition it is (`site`, `hexo`), by default its name.
        path: the folder it is written to; only files that it wrote itself are ever touched there.
        theme: of Hexo, which front matter keys to write.
        media_path, media_url: where a generator's mirrored images go, and how its pages address them.
        page_size: articles on a list page; `feed_size`: entries in a feed.
    """

    name: str
    kind: str
    path: Path
    theme: str | None = None
    media_path: Path | None = None
    media_url: str = "/media"
    page_size: int = 50
    feed_size: int = 50


class HubCatalogue(Value, frozen=True, kw_only=True):
    """`[[catalogues]]` with `rsshub = true`: which routes of the instance's catalogue become sources."""

    select: tuple[str, ...]
    section: tuple[str, ...] = ()


class Settings(Value, frozen=True, kw_only=True):
    """Everything, with defaults filled in and paths made absolute.

    Attributes:
        path: the configuration file.
        archive: a path, or a postgresql:// URL.
    """

    path: Path
    site: SiteSettings
    archive: Path | str
    fetch: FetchSettings = FetchSettings()
    images: ImageSettings = ImageSettings()
    sources: tuple[Source, ...] = ()
    catalogues: tuple[HubCatalogue, ...] = ()
    editions: tuple[EditionSettings, ...] = ()
