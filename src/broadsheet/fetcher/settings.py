"""How to fetch, as values. Reading them from a file is `config`'s business."""

from broadsheet import __version__, settings
from broadsheet.model import Value


def user_agent(contact: str | None) -> str:
    """The honest name under which we ask, with a way to reach whoever runs it."""
    name = f"broadsheet/{__version__}"
    return f"{name} (+{contact})" if contact else name


class HostSettings(Value, frozen=True, kw_only=True):
    """How fast one host may be asked."""

    per_host: int = 1
    host_delay_s: float = 1.0


class FetchSettings(Value, frozen=True, kw_only=True):
    """How to fetch.

    Attributes:
        concurrency: requests under way at once, over all hosts.
        per_host: connections to one host (name and port) at once.
        host_delay_s: between the starts of two requests to one host.
        timeout_s: the most that a request may take, redirects and body included, waiting for its turn not.
        limit_bytes: the most that a body may have, as sent and decompressed; requests may ask for less of both.
        allow_private: `True`, or the hosts, host:port pairs and networks (CIDR) that may have private addresses.
        hosts: exceptions from `per_host` and `host_delay_s`, by "host:port" or "host".
    """

    user_agent: str = user_agent(None)
    concurrency: int = 64
    per_host: int = 1
    host_delay_s: float = 1.0
    timeout_s: float = 20.0
    limit_bytes: int = 20_000_000
    max_redirects: int = 10
    allow_private: bool | tuple[str, ...] = False
    hosts: dict[str, HostSettings] = {}

    def pace(self, host: str, port: int) -> HostSettings:
        """How fast this host may be asked."""
        wanted = self.hosts.get(f"{host}:{port}") or self.hosts.get(host)
        return wanted or HostSettings(per_host=self.per_host, host_delay_s=self.host_delay_s)


def configured(chosen: settings.Settings) -> FetchSettings:
    """How to fetch, as the user's settings say."""
    fetch = chosen.fetch
    general = HostSettings(per_host=fetch.per_host, host_delay_s=fetch.host_delay_s)
    return FetchSettings(
        user_agent=user_agent(fetch.contact or chosen.site.contact),
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        host_delay_s=fetch.host_delay_s,
        timeout_s=fetch.timeout_s,
        limit_bytes=max(fetch.limit_bytes, chosen.images.limit_bytes),
        allow_private=fetch.allow_private,
        hosts={name: _filled_in(host, general) for name, host in fetch.hosts.items()},
    )


def _filled_in(chosen: settings.HostSettings, general: HostSettings) -> HostSettings:
    return HostSettings(
        per_host=general.per_host if chosen.per_host is None else chosen.per_host,
        host_delay_s=general.host_delay_s if chosen.host_delay_s is None else chosen.host_delay_s,
    )
