"""Which addresses may be connected to, and what allowing some of them means."""

from ipaddress import ip_address

import pytest

from broadsheet.errors import ConfigError
from broadsheet.fetcher.addresses import canonical_place, is_public, parse_allow_list

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.1.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::192.168.0.1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "2a00:1450:4001::5efe:7f00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert parse_allow_list(allow_private=False).allows_address(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not parse_allow_list(allow_private=False).allows_address(address)
    assert parse_allow_list(allow_private=True).allows_address(address)


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "2130706433", "fe80::1%eth0"])
def test_what_cannot_be_judged_is_not_allowed(address: str) -> None:
    assert not parse_allow_list(allow_private=False).allows_address(address)


def test_a_network_is_allowed_by_address() -> None:
    allow = parse_allow_list(allow_private=("10.1.0.0/16", "fd00::/8", "192.168.1.5/32"))
    assert allow.allows_address("10.1.2.3")
    assert allow.allows_address("::ffff:10.1.2.3")
    assert allow.allows_address("fd00::7")
    assert allow.allows_address("192.168.1.5")
    assert not allow.allows_address("10.2.0.1")
    assert not allow.allows_address("192.168.1.6")
    assert not allow.allows_host("10.1.2.3", 80)


def test_a_host_is_allowed_by_name() -> None:
    allow = parse_allow_list(allow_private=("RSSHub.lan", "127.0.0.1:1200", "::1", "[fd00::1]:8080", "bücher.example"))
    assert allow.allows_host("rsshub.lan", 80)
    assert allow.allows_host("rsshub.lan", 1200)
    assert allow.allows_host("127.0.0.1", 1200)
    assert allow.allows_host("[::1]", 443)
    assert allow.allows_host("[fd00::1]", 8080)
    assert allow.allows_host("xn--bcher-kva.example", 80)
    assert not allow.allows_host("127.0.0.1", 80)
    assert not allow.allows_host("[fd00::1]", 80)
    assert not allow.allows_host("other.lan", 80)
    assert not allow.allows_address("127.0.0.1")


def test_a_port_that_goes_without_saying_is_still_a_port() -> None:
    allow = parse_allow_list(allow_private=("news.lan:80",))
    assert allow.allows_host("news.lan", 80)
    assert not allow.allows_host("news.lan", 443)


@pytest.mark.parametrize("entry", ["", "http://a/", "10.0.0.0/33", "a b", "user@host", "host:port", "a:1:2:x", "[::1"])
def test_what_cannot_be_read_is_the_users_mistake(entry: str) -> None:
    with pytest.raises(ConfigError, match=r"^fetch\.allow_private: "):
        parse_allow_list(allow_private=(entry,))


@pytest.mark.parametrize(
    ("entry", "place"),
    [("Example.ORG", "example.org"), (" a:080 ", "a:80"), ("::1", "[::1]"), ("[::1]:5", "[::1]:5")],
)
def test_canonical_places(entry: str, place: str) -> None:
    assert canonical_place(entry) == place
