"""Nothing fetched reaches a private address unless allowed: literal, named, rebound or redirected to."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from faultserver import FaultServer, Reply

from broadsheet.errors import SourceError
from broadsheet.fetcher import FetchSettings, HttpFetcher
from broadsheet.model import FetchRequest, FetchResponse


class Names(AbstractResolver):
    """Says where names are."""

    def __init__(self, **addresses: list[str]) -> None:
        self._addresses = {name.replace("_", "."): found for name, found in addresses.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in self._addresses[host]
        ]

    async def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        running.add("/ok", b"ok")
        yield running


def fetch_all(
    urls: list[str], *, allow: bool | tuple[str, ...] = False, names: AbstractResolver | None = None
) -> list[FetchResponse | SourceError]:
    """What each URL gave, one after the other through one fetcher."""

    async def run() -> list[FetchResponse | SourceError]:
        settings = FetchSettings(allow_private=allow, host_delay_s=0, timeout_s=2)
        fetcher = HttpFetcher(settings, resolver=names)
        outcomes: list[FetchResponse | SourceError] = []
        try:
            for url in urls:
                try:
                    outcomes.append(await fetcher.fetch(FetchRequest(url=url)))
                except SourceError as error:
                    outcomes.append(error)
        finally:
            await fetcher.close()
        return outcomes

    return asyncio.run(run())


def kinds(outcomes: list[FetchResponse | SourceError]) -> list[str | int]:
    return [outcome.kind if isinstance(outcome, SourceError) else outcome.status for outcome in outcomes]


def test_literal_addresses_are_refused(server: FaultServer) -> None:
    port = server.port
    hosts = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"]
    asked = len(server.asked)
    outcomes = fetch_all([f"http://{host}:{port}/ok" for host in hosts])
    assert kinds(outcomes) == ["refused"] * len(hosts)
    assert str(outcomes[0]) == f"127.0.0.1:{port} is at a private address, which only fetch.allow_private would allow"
    assert len(server.asked) == asked


def test_names_of_private_addresses_are_refused(server: FaultServer) -> None:
    outcomes = fetch_all([server.url("/ok", host="localhost"), server.url("/ok", host="LOCALHOST")])
    assert kinds(outcomes) == ["refused", "refused"]


def test_a_name_with_several_private_addresses_is_refused(server: FaultServer) -> None:
    names = Names(many_test=["10.0.0.1", "127.0.0.1", "192.168.0.1"])
    assert kinds(fetch_all([server.url("/ok", host="many.test")], names=names)) == ["refused"]


def test_a_private_address_behind_an_allowed_one_is_not_reached(server: FaultServer) -> None:
    """The addresses are checked one by one as they are connected to; one that does not answer opens no way."""
    asked = len(server.asked)
    names = Names(rebind_test=["127.0.0.2", "127.0.0.1"])
    outcomes = fetch_all([server.url("/ok", host="rebind.test")], allow=("127.0.0.2/32",), names=names)
    assert kinds(outcomes) == ["refused"]
    assert len(server.asked) == asked


def test_every_hop_of_a_redirect_is_checked(server: FaultServer) -> None:
    target = server.url("/ok", host="localhost")
    server.add("/to-private", Reply(status=302, headers={"Location": target}))
    asked = len(server.asked_for("/ok"))
    outcomes = fetch_all([server.url("/to-private")], allow=(f"127.0.0.1:{server.port}",))
    assert kinds(outcomes) == ["refused"]
    assert str(outcomes[0]).startswith(f"localhost:{server.port} is at a private address")
    assert len(server.asked_for("/ok")) == asked


def test_a_redirect_to_a_metadata_service_is_refused(server: FaultServer) -> None:
    outcomes = fetch_all([server.fault("redirect_private")], allow=("127.0.0.0/8",))
    assert kinds(outcomes) == ["refused"]
    assert "169.254.169.254" in str(outcomes[0])


def test_an_allowed_host_is_allowed_under_that_name_and_port_only(server: FaultServer) -> None:
    names = Names(hub_test=["127.0.0.1"], other_test=["127.0.0.1"])
    hub, other = server.url("/ok", host="hub.test"), server.url("/ok", host="other.test")
    allow = (f"hub.test:{server.port}",)
    assert kinds(fetch_all([hub, other, hub, other], allow=allow, names=names)) == [200, "refused", 200, "refused"]
    assert kinds(fetch_all([hub], allow=("hub.test:1",), names=names)) == ["refused"]
    assert kinds(fetch_all([hub], allow=("hub.test",), names=names)) == [200]


def test_a_connection_kept_open_for_an_allowed_host_serves_no_other(server: FaultServer) -> None:
    allowed, literal = server.url("/ok", host="localhost"), server.url("/ok")
    outcomes = fetch_all([allowed, literal, allowed], allow=(f"localhost:{server.port}",))
    assert kinds(outcomes) == [200, "refused", 200]


def test_an_allowed_network_is_allowed_under_any_name(server: FaultServer) -> None:
    names = Names(a_test=["127.0.0.1"], b_test=["10.9.9.9"])
    urls = [server.url("/ok"), server.url("/ok", host="a.test"), server.url("/ok", host="b.test")]
    assert kinds(fetch_all(urls, allow=("127.0.0.0/8",), names=names)) == [200, 200, "refused"]


def test_everything_can_be_allowed(server: FaultServer) -> None:
    assert kinds(fetch_all([server.url("/ok"), server.url("/ok", host="localhost")], allow=True)) == [200, 200]


def test_the_environments_proxy_is_not_used(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect where we must not; setting the environment is what a user does."""
    monkeypatch.setenv("http_proxy", server.url("/"))
    assert kinds(fetch_all(["http://10.255.255.1/"])) == ["refused"]
