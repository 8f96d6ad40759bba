"""The laws of publishing on every edition that there is: quiet runs, lost folders, takedowns, one way or another."""

import io
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from pressroom import T0, Desktop, article_id, fill, mirror, settings, stamps, tree

from broadsheet.editions.registry import KINDS, build
from broadsheet.errors import ConfigError
from broadsheet.pressrun import EditionReport, Outlet
from broadsheet.publish import publish
from broadsheet.settings import EditionSettings, SiteSettings
from broadsheet.writer import MARK, FolderWriter

PUBLIC = SiteSettings(title="Test", url="https://news.example", audience="public", contact="https://news.example/me")


class Newsroom(Desktop):
    """An archive with one real edition, and its images in the folder where that edition wants them."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(folder)
        self.out = folder / "out"
        images = self.out / "images" if kind == "hexo" else None
        self.of = EditionSettings(name=kind, kind=kind, path=self.out / "pages", media_path=images)
        self.settings = msgspec.structs.replace(self.settings, editions=(self.of,))
        fill(self.archive, range(60))
        fill(self.archive, range(60, 130), source="beta", size=9)
        image = io.BytesIO()
        Image.new("RGB", (4, 3), "red").save(image, "PNG")
        mirror(self.archive, self.media, image.getvalue())

    def go(self) -> EditionReport:
        (edition,) = build(self.settings)
        media = FolderWriter(self.of.media_path, edition=self.of.name) if self.of.media_path else None
        outlet = Outlet(edition=edition, pages=FolderWriter(self.of.path, edition=self.of.name), media=media)
        report = publish(self.archive, self.settings, [outlet], self.media, progress=lambda *_: None)
        assert report.errors == []
        return report.editions[0]


@pytest.fixture(params=sorted(KINDS))
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, request.param)


def test_every_article_has_its_page(room: Newsroom) -> None:
    report = room.go()
    assert report.pages_written == report.pages_total >= 130
    pages = [path for path in room.tree() if path.endswith(".html")]
    assert all(sum(article_id(number) in path for path in pages) == 1 for number in range(130))


def test_a_quiet_run_touches_nothing(room: Newsroom) -> None:
    room.go()
    before = stamps(room.out)
    assert room.go().pages_written == 0
    assert stamps(room.out) == before


def test_what_is_lost_is_made_again(room: Newsroom) -> None:
    room.go()
    before = room.tree()
    room.out.rename(room.folder / "lost")
    room.go()
    assert room.tree() == before


def test_in_pieces_or_at_once_gives_the_same_bytes(room: Newsroom) -> None:
    room.go()
    for number in range(130, 150):
        fill(room.archive, [number, number - 100], source="alpha", words="later")
        room.go()
    before, written = room.tree(), stamps(room.out)
    (room.of.path / MARK).unlink()
    room.go()
    assert room.tree() == before
    same = {path for path, stamp in stamps(room.out).items() if written[path] == stamp and (room.out / path).is_file()}
    assert same | {f"pages/{MARK}"} == before.keys()


def test_a_taken_down_article_is_nowhere(room: Newsroom) -> None:
    fill(room.archive, [200], words="unspeakable")
    room.go()
    assert any(b"unspeakable" in content for content in room.tree().values())
    room.archive.take_down([article_id(200)], digests=[], now=T0)
    room.go()
    assert not any(b"unspeakable" in content for content in room.tree().values())
    assert not any(article_id(200) in path for path in room.tree())
    before = room.tree()
    (room.of.path / MARK).unlink()
    room.go()
    assert room.tree() == before


def test_a_public_edition_has_no_more_than_excerpts(room: Newsroom) -> None:
    fill(room.archive, [201], words="beginning " + "middle " * 80 + "unspeakable", size=30)
    room.settings = msgspec.structs.replace(room.settings, site=PUBLIC)
    room.go()
    files = tree(room.out)
    alpha = [content for path, content in files.items() if article_id(201) in path and path.endswith(".html")]
    assert len(alpha) == 1
    assert not any(b"unspeakable" in content for content in files.values())
    assert not any(b"img.example" in content for path, content in files.items() if article_id(5) in path)


def test_changing_the_audience_takes_back_what_was_shown(room: Newsroom) -> None:
    fill(room.archive, [201], words="beginning " + "middle " * 80 + "unspeakable", size=30)
    room.go()
    assert any(b"unspeakable" in content for content in room.tree().values())
    room.settings = msgspec.structs.replace(room.settings, site=PUBLIC)
    room.go()
    assert not any(b"unspeakable" in content for content in room.tree().values())


def test_a_kind_that_there_is_not(tmp_path: Path) -> None:
    odd = EditionSettings(name="mine", kind="typewriter", path=tmp_path)
    with pytest.raises(ConfigError, match=r"^editions\.mine\.kind: 'typewriter'; it is one of hexo, site$"):
        build(settings(tmp_path, editions=(odd,)))
