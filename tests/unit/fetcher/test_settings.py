"""How to fetch, from what the user wrote; and what reading it costs."""

import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet import __version__, settings
from broadsheet.errors import ConfigError
from broadsheet.fetcher import FetchSettings, HostSettings, HttpFetcher, configured, user_agent

SITE = settings.SiteSettings(title="News", url="https://news.example", contact="mailto:me@news.example")


def chosen(fetch: settings.FetchSettings, **more: object) -> FetchSettings:
    return configured(settings.Settings(path=Path("b.toml"), site=SITE, archive=Path("b.db"), fetch=fetch, **more))  # type: ignore[arg-type]


def test_the_users_settings_come_through() -> None:
    fetch = settings.FetchSettings(
        contact="https://news.example/about",
        concurrency=8,
        per_host=2,
        host_delay_s=3,
        timeout_s=60,
        allow_private=True,
    )
    assert chosen(fetch) == FetchSettings(
        user_agent=f"broadsheet/{__version__} (+https://news.example/about)",
        concurrency=8,
        per_host=2,
        host_delay_s=3,
        timeout_s=60,
        allow_private=True,
    )


def test_images_may_be_larger_than_feeds() -> None:
    images = settings.ImageSettings(limit_bytes=50_000_000)
    assert chosen(settings.FetchSettings(), images=images).limit_bytes == 50_000_000


def test_a_host_keeps_what_it_does_not_set() -> None:
    hosts = {"a": settings.HostSettings(per_host=8), "b:1": settings.HostSettings(host_delay_s=0)}
    result = chosen(settings.FetchSettings(per_host=2, host_delay_s=3, hosts=hosts))
    assert result.pace("a", 443) == HostSettings(per_host=8, host_delay_s=3)
    assert result.pace("b", 1) == HostSettings(per_host=2, host_delay_s=0)
    assert result.pace("b", 2) == HostSettings(per_host=2, host_delay_s=3)


def test_who_we_are_without_a_contact() -> None:
    assert user_agent(None) == f"broadsheet/{__version__}"
    assert chosen(settings.FetchSettings()).user_agent.endswith("(+mailto:me@news.example)")


def test_a_host_that_cannot_be_read_is_the_users_mistake() -> None:
    with pytest.raises(ConfigError, match="neither a host"):
        HttpFetcher(FetchSettings(hosts={"http://a/": HostSettings()}))


def test_settings_can_be_read_without_the_http_library() -> None:
    code = "import sys, broadsheet.fetcher; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
