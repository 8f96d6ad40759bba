"""Posts that workers print are the posts that this process would have printed."""

from pathlib import Path

import msgspec
import pytest
from pressroom import fill, new_archive, settings

from broadsheet.app import WORTH_A_START, WORTH_SHARING, PrintCrew, Workforce, run_publish
from broadsheet.settings import EditionSettings, Settings


def hexo(folder: Path) -> Settings:
    posts = EditionSettings(name="hexo", kind="hexo", path=folder / "source" / "_posts")
    return settings(folder, editions=(posts,))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.html")}


@pytest.mark.slow
def test_posts_are_the_same_wherever_they_are_printed(tmp_path: Path) -> None:
    many = WORTH_SHARING + 50
    there, here = tmp_path / "there", tmp_path / "here"
    for folder in (there, here):
        folder.mkdir()
        fill(new_archive(folder / "archive.db"), range(many))
    with Workforce() as workforce:
        workforce.pool.expect_much()
        archive = new_archive(there / "archive.db")
        shared = run_publish(hexo(there), archive, workforce=workforce)
    alone = run_publish(hexo(here), new_archive(here / "archive.db"))
    assert shared.errors == alone.errors == []
    assert shared.editions == alone.editions
    assert len(tree(there)) == many
    assert tree(there) == tree(here)


def test_workers_are_started_only_for_much(tmp_path: Path) -> None:
    with Workforce() as workforce:
        crew = PrintCrew(workforce, hexo(tmp_path))
        assert not crew.is_worth(WORTH_A_START - 1)
        assert crew.is_worth(WORTH_A_START)
        assert not workforce.is_started


def test_sources_do_not_travel_with_jobs(tmp_path: Path) -> None:
    chosen = hexo(tmp_path)
    assert chosen.sources
    crew = PrintCrew(Workforce(), chosen)
    assert msgspec.structs.replace(chosen, sources=()) == crew._settings
