"""A site whose publishing was cut off after its articles took their places ends as if it had not been."""

from pathlib import Path

from pressroom import fill, new_archive, settings

from broadsheet.app import run_publish
from broadsheet.desk import ArchiveDesk
from broadsheet.editions.registry import build
from broadsheet.ports import Archive
from broadsheet.settings import EditionSettings, Settings

A_DAY = 24 * 60


def site(folder: Path) -> Settings:
    return settings(folder, editions=(EditionSettings(name="site", kind="site", path=folder / "public"),))


def published_twice(folder: Path, *, cut_off: bool) -> dict[str, bytes]:
    folder.mkdir()
    chosen, archive = site(folder), new_archive(folder / "archive.db")
    fill(archive, range(3))
    run_publish(chosen, archive)
    fill(archive, [A_DAY])  # the first of a new day: the day before it gets a link to it
    if cut_off:
        begin(chosen, archive)
    report = run_publish(chosen, archive)
    assert not report.errors
    assert run_publish(chosen, archive).editions[0].pages_written == 0
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder / "public").rglob("*")
        if path.is_file() and path.name != ".broadsheet.json"  # it names the archive
    }


def begin(chosen: Settings, archive: Archive) -> None:
    """Takes the first page of an update, and no more."""
    ledger = archive.ledger("site")
    outputs = build(chosen)[0].update(ledger.dirty(), ArchiveDesk(archive, chosen), ledger)
    next(outputs)


def test_a_cut_off_run_is_made_good_by_the_next(tmp_path: Path) -> None:
    whole = published_twice(tmp_path / "whole", cut_off=False)
    assert published_twice(tmp_path / "cut", cut_off=True) == whole
