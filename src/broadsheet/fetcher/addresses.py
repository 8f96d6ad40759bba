"""Which network addresses may be connected to. Pure: no look-ups here."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import can_ada

from broadsheet.errors import ConfigError
from broadsheet.model import Value

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registry, spelt out: what `ipaddress` calls private differs between Python versions,
# and it calls multicast global.
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, with Teredo, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
_ENTRY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:/@?#\s]+)(?::(?P<port>[0-9]{1,5}))?")


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open Internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:  # the only way to IPv4 hosts on some networks
        return is_public(IPv4Address(address.packed[12:]))
    if address.packed[8:12] in _ISATAP:
        return False
    return address in _GLOBAL_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


class AllowList(Value, frozen=True, kw_only=True):
    """What may be private.

    A host (with or without a port) is allowed under that name only: another name that leads to the same address is
    not. A network is allowed by address, whatever the name.
    """

    everything: bool = False
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def allows_host(self, host: str, port: int) -> bool:
        """Whether requests to this host and port may go to any address."""
        return self.everything or host in self.hosts or f"{host}:{port}" in self.hosts

    def allows_address(self, address: str) -> bool:
        """Whether this address may be connected to for any host."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if self.everything or is_public(parsed):
            return True
        plain = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped else parsed
        return any(plain in network for network in self.networks)


def parse_allow_list(*, allow_private: bool | tuple[str, ...]) -> AllowList:
    """What the setting `fetch.allow_private` means.

    Raises:
        ConfigError: an entry is neither a host, a host:port nor a network.
    """
    if isinstance(allow_private, bool):
        return AllowList(everything=allow_private)
    networks = tuple(_network(entry) for entry in allow_private if "/" in entry)
    hosts = frozenset(_host(entry) for entry in allow_private if "/" not in entry)
    return AllowList(hosts=hosts, networks=networks)


def canonical_place(entry: str) -> str:
    """A configured "host" or "host:port" as targets name it.

    Raises:
        ConfigError: it is neither.
    """
    text = entry.strip()
    if text.count(":") > 1 and not text.startswith("["):
        text = f"[{text}]"
    match = _ENTRY.fullmatch(text)
    if match is None:
        raise ConfigError(f"{entry!r} is neither a host nor a host:port")
    try:
        host: str = can_ada.parse(f"http://{match['host']}/").hostname
    except ValueError as error:
        raise ConfigError(f"{entry!r} is not the name of a host") from error
    return f"{host}:{int(match['port'])}" if match["port"] else host


def _network(entry: str) -> Network:
    try:
        return ip_network(entry.strip(), strict=False)
    except ValueError as error:
        raise _unreadable(entry) from error


def _host(entry: str) -> str:
    try:
        return canonical_place(entry)
    except ConfigError as error:
        raise _unreadable(entry) from error


def _unreadable(entry: str) -> ConfigError:
    return ConfigError(
        f"fetch.allow_private: {entry!r} is neither a host, a host:port nor a network such as 10.0.0.0/8"
    )
