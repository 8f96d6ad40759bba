"""The stores that there are, held to the contract of `Archive` and `Ledger`; a new one is one more line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("archive_suite", "ledger_suite", "reading_suite")

from archive_suite import ArchiveSuite  # noqa: E402 - after its asserts are registered
from ledger_suite import LedgerSuite  # noqa: E402
from reading_suite import ReadingSuite  # noqa: E402

from broadsheet.archive import open_archive  # noqa: E402
from broadsheet.ports import Archive  # noqa: E402

STORES: dict[str, Callable[[Path], Archive]] = {
    "sqlite file": lambda folder: open_archive(folder / "archive.db"),
    "sqlite memory": lambda _: open_archive(":memory:"),
}


@pytest.fixture(params=STORES)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    archive = STORES[request.param](tmp_path)
    yield archive
    archive.close()


class TestArchive(ArchiveSuite):
    pass


class TestReading(ReadingSuite):
    pass


class TestLedger(LedgerSuite):
    pass
