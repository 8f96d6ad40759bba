"""HTTP for the rest of the package: polite, guarded, bounded. Judges no status and knows no feed.

`HttpFetcher` is imported on first use, so that settings can be read without paying for the HTTP library.
"""

from typing import TYPE_CHECKING

from broadsheet.fetcher.settings import FetchSettings, HostSettings, configured, user_agent

if TYPE_CHECKING:
    from broadsheet.fetcher.http import HttpFetcher

__all__ = ["FetchSettings", "HostSettings", "HttpFetcher", "configured", "user_agent"]


def __getattr__(name: str) -> object:
    if name == "HttpFetcher":
        from broadsheet.fetcher.http import HttpFetcher

        return HttpFetcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
