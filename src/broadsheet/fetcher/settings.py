"""How to fetch, as values. Reading them from a file is `config`'s business."""

from broadsheet import __version__
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
        limit_bytes: the most that a body may have, as sent and decompressed; a request may ask for less.
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
