"""Fixtures for tests of the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Stand
from faultserver import FaultServer


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with FaultServer() as server:
        yield Stand(tmp_path, server)
