"""Publishing: everything once, nothing twice, whole after any crash, and nobody else's files touched."""

import io
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from pressroom import SOURCES, T0, Desktop, SmallEdition, article_id, fill, mirror, new_archive, settings, stamps, tree

from broadsheet.editions.base import MediaFile
from broadsheet.errors import OutputError
from broadsheet.media_store import FolderMediaStore
from broadsheet.model import Page
from broadsheet.pressrun import Outlet
from broadsheet.publish import PublishReport, publish
from broadsheet.writer import MARK, PART, FolderWriter


def post(number: int, source: str = "Alpha") -> str:
    return f"posts/{source}/{article_id(number)}.html"


def picture() -> bytes:
    image = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(image, "PNG")
    return image.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desktop:
    desk = Desktop(tmp_path)
    fill(desk.archive, range(25))
    return desk


def counts(report: PublishReport) -> tuple[int, int, int]:
    (edition,) = report.editions
    assert report.errors == []
    return edition.pages_written, edition.pages_removed, edition.pages_total


class TestWhatChanged:
    def test_the_first_time_everything_is_written(self, desk: Desktop) -> None:
        assert counts(desk.publish()) == (29, 0, 29)
        files = desk.tree()
        assert files.keys() == {MARK, "style.css", *(f"page/{n}.html" for n in range(3)), *map(post, range(25))}
        assert files[post(7)].startswith(b"Article 7\n<p>Text of 7.")
        assert desk.progress == [("small", 29)]

    def test_with_nothing_new_nothing_is_touched_or_read(self, desk: Desktop) -> None:
        desk.publish()
        before, read = stamps(desk.out), desk.edition.views_read
        assert counts(desk.publish()) == (0, 0, 29)
        assert stamps(desk.out) == before
        assert desk.edition.views_read == read

    def test_only_what_changed_is_written(self, desk: Desktop) -> None:
        desk.publish()
        before = stamps(desk.out)
        fill(desk.archive, [3], words="corrected")
        fill(desk.archive, [25])
        assert counts(desk.publish()) == (3, 0, 30)
        changed = {path for path, stamp in stamps(desk.out).items() if before.get(path) != stamp and "." in path}
        assert changed == {post(3), post(25), "page/2.html"}
        assert b"corrected" in desk.tree()[post(3)]

    def test_two_archives_alike_give_the_same_bytes(self, desk: Desktop, tmp_path: Path) -> None:
        desk.publish()
        other = Desktop(tmp_path / "other")
        fill(other.archive, range(10))
        other.publish()
        fill(other.archive, range(10, 25))
        other.publish()
        assert {**other.tree(), MARK: b""} == {**desk.tree(), MARK: b""}

    def test_an_article_of_another_section_moves(self, desk: Desktop) -> None:
        desk.publish()
        moved = (msgspec.structs.replace(SOURCES[0], section=("News", "Omega", "Feed")), SOURCES[1])
        desk.archive.register(moved, now=T0)
        assert counts(desk.publish()) == (25, 25, 29)
        assert not (desk.out / "posts" / "Alpha").exists()
        assert post(3, "Omega") in desk.tree()

    def test_a_change_of_all_pages_writes_only_those_that_differ_and_removes_what_is_left_over(
        self, desk: Desktop
    ) -> None:
        desk.publish()
        desk.edition.print_ = "2"
        assert counts(desk.publish()) == (1, 0, 29)
        desk.edition.print_, desk.edition.folder = "3", "articles"
        assert counts(desk.publish()) == (26, 25, 29)
        assert not (desk.out / "posts").exists()

    def test_a_rendering_that_was_not_finished_is_begun_again(self, desk: Desktop) -> None:
        desk.publish()
        desk.edition.print_, desk.edition.folder = "2", "articles"
        desk.edition.extra = [Page(path="../out-of-here", content=b"")]
        failing = FailingEdition(desk.edition)
        desk.edition = failing
        assert "met a bug" in str(desk.publish().editions[0].error)
        failing.fail = False
        desk.edition.extra = []
        assert counts(desk.publish()) == (26, 25, 29)


class FailingEdition(SmallEdition):
    """Fails after the first outputs."""

    def __init__(self, like: SmallEdition) -> None:
        super().__init__(like.name, print_=like.print_, folder=like.folder)
        self.fail = True

    def update(self, dirty, desk, ledger):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        for number, output in enumerate(super().update(dirty, desk, ledger)):
            if self.fail and number == 5:
                raise ZeroDivisionError
            yield output


class TestFolders:
    def test_a_lost_folder_is_made_again(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        desk.out.rename(desk.folder / "lost")
        assert counts(desk.publish()) == (29, 0, 29)
        assert desk.tree() == before

    def test_after_a_crash_in_the_middle_of_that_too(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        desk.out.rename(desk.folder / "lost")
        desk.edition = FailingEdition(desk.edition)
        assert desk.publish().editions[0].error
        desk.edition.fail = False
        desk.publish()
        assert desk.tree() == before

    def test_a_lost_mark_makes_whole_what_is_missing(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        (desk.out / MARK).unlink()
        (desk.out / post(3)).unlink()
        (desk.out / post(4)).write_bytes(b"")
        (desk.out / "style.css").unlink()
        assert counts(desk.publish()) == (3, 0, 29)
        assert desk.tree() == before

    def test_a_folder_that_was_emptied_but_for_hidden_files_is_filled_again(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        for path in desk.out.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        (desk.out / "style.css").unlink()
        assert counts(desk.publish()) == (29, 0, 29)
        assert desk.tree() == before

    def test_the_folder_of_another_edition_is_refused(self, desk: Desktop) -> None:
        FolderWriter(desk.out, edition="hexo").claim("x")
        report = desk.publish()
        assert report.nothing_done
        assert report.errors == [
            ("small", f'{desk.out}: belongs to the edition "hexo"; give "small" a folder of its own')
        ]
        assert desk.tree().keys() == {MARK}

    def test_the_folder_of_another_archive_is_refused(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        FolderWriter(desk.out, edition="small").claim("another")
        fill(desk.archive, [30])
        assert desk.publish().errors == [
            ("small", f"{desk.out}: another archive publishes there now; each needs a folder of its own")
        ]
        assert {**desk.tree(), MARK: before[MARK]} == before

    def test_a_new_archive_takes_the_folder_of_a_lost_one_over(self, desk: Desktop, tmp_path: Path) -> None:
        desk.publish()
        old = desk.tree()
        desk.archive.close()
        (tmp_path / "archive.db").unlink()
        again = Desktop(tmp_path)
        fill(again.archive, range(20), words="anew")
        assert counts(again.publish()) == (23, 0, 23)
        assert again.tree().keys() == old.keys()
        assert b"anew" in again.tree()[post(3)]
        fill(again.archive, [22], words="later")
        assert counts(again.publish()) == (2, 0, 25)
        assert b"later" in again.tree()[post(22)]

    def test_one_that_cannot_be_used_does_not_stop_the_others(self, desk: Desktop) -> None:
        (desk.folder / "file").write_bytes(b"")
        outlets = [
            Outlet(edition=SmallEdition(name), pages=FolderWriter(desk.folder / place, edition=name))
            for name, place in (("broken", "file/x"), ("deep", "file"), ("good", "out"))
        ]
        report = publish(desk.archive, desk.settings, outlets, desk.media, progress=lambda *_: None)
        assert [bool(edition.error) for edition in report.editions] == [True, True, False]
        assert not report.nothing_done
        assert report.editions[2].pages_total == 29
        assert all("\n" not in message for _, message in report.errors)
        assert (desk.folder / "file").read_bytes() == b""


class TestFilesOfOthers:
    def test_they_are_kept_and_named_until_they_go(self, desk: Desktop) -> None:
        own = desk.out / post(3)
        own.parent.mkdir(parents=True)
        own.write_bytes(b"my own")
        (desk.out / "posts" / "mine.md").write_bytes(b"mine")
        text = f"{own}: kept, for Broadsheet did not write it; remove it to have this page published"
        for _ in range(2):
            assert desk.publish().errors == [("small", text)]
        assert own.read_bytes() == b"my own"
        own.unlink()
        assert counts(desk.publish()) == (1, 0, 29)
        assert desk.tree()["posts/mine.md"] == b"mine"

    def test_one_that_says_the_same_is_taken_for_ours(self, desk: Desktop) -> None:
        desk.publish()
        before = desk.tree()
        (desk.out / MARK).unlink()
        desk.archive.close()
        (desk.folder / "archive.db").unlink()
        again = Desktop(desk.folder)
        fill(again.archive, range(25))
        assert again.publish().errors == []
        assert {**again.tree(), MARK: before[MARK]} == before

    def test_a_file_where_a_folder_should_be(self, desk: Desktop) -> None:
        desk.out.mkdir()
        (desk.out / "page").write_bytes(b"mine")
        report = desk.publish()
        assert len(report.errors) == 3
        assert report.editions[0].pages_total == 26
        (desk.out / "page").unlink()
        assert counts(desk.publish()) == (3, 0, 29)

    def test_they_survive_removals(self, desk: Desktop) -> None:
        desk.publish()
        desk.edition.folder, desk.edition.print_ = "articles", "2"
        (desk.out / "posts" / "Alpha" / "mine.md").write_bytes(b"mine")
        desk.publish()
        assert [path for path in desk.tree() if path.startswith("posts/")] == ["posts/Alpha/mine.md"]


class TestPaths:
    def test_a_page_that_would_leave_the_folder_costs_only_itself(self, desk: Desktop) -> None:
        desk.edition.extra = [Page(path=path, content=b"x") for path in ("../x", "/x", "a/../../x", "C:/x", "a\nb")]
        report = desk.publish()
        assert len(report.errors) == 5
        assert all("not a path inside" in message and "\n" not in message for _, message in report.errors)
        assert report.editions[0].pages_total == 29
        assert not (desk.folder / "x").exists()

    def test_pages_that_differ_only_in_case_are_noticed(self, desk: Desktop) -> None:
        desk.edition.extra = [Page(path=path, content=b"x") for path in ("a/Éclair", "a/e\u0301CLAIR")]
        ((_, message),) = desk.publish().errors
        assert "upper or lower case" in message
        assert "a/Éclair" in desk.tree()

    def test_problems_are_named_once_however_many(self, desk: Desktop) -> None:
        desk.edition.extra = [Page(path=f"../{number}", content=b"") for number in range(500)]
        assert len(desk.publish().errors) == 500
        desk.edition.extra = []
        assert len(desk.publish().errors) == 100


class TestImages:
    def test_they_are_linked_once_and_do_not_count_as_pages(self, desk: Desktop) -> None:
        desk.publish()
        mirror(desk.archive, desk.media, picture())
        report = desk.publish()
        assert counts(report)[2] == 29
        assert report.editions[0].images_written == 1
        (name,) = [path for path in desk.tree() if path.startswith("media/")]
        assert (desk.out / name).samefile(desk.folder / name)
        before = stamps(desk.out)
        desk.edition.print_ = "2"
        assert desk.publish().editions[0].images_written == 0
        assert {path: stamp for path, stamp in stamps(desk.out).items() if "media" in path} == {
            path: stamp for path, stamp in before.items() if "media" in path
        }

    def test_a_folder_beside(self, desk: Desktop) -> None:
        mirror(desk.archive, desk.media, picture())
        desk.edition.media = "media"
        images = FolderWriter(desk.folder / "images", edition="small")
        outlet = Outlet(edition=desk.edition, pages=FolderWriter(desk.out, edition="small"), media=images)
        for written in (1, 0):
            report = publish(desk.archive, desk.settings, [outlet], desk.media, progress=lambda *_: None)
            assert (report.editions[0].images_written, report.editions[0].pages_total) == (written, 29)
        assert len(tree(desk.folder / "images")) == 2
        (desk.folder / "images").rename(desk.folder / "lost")
        report = publish(desk.archive, desk.settings, [outlet], desk.media, progress=lambda *_: None)
        assert (report.editions[0].images_written, report.editions[0].pages_written) == (1, 0)

    def test_one_that_the_store_has_lost_costs_only_itself(self, desk: Desktop) -> None:
        desk.edition.extra = [
            MediaFile(path="media/a.png", name="ab/" + "ab" * 32 + ".png"),
            MediaFile(path="media/b.png", name="../../etc/passwd"),
        ]
        report = desk.publish()
        assert len(report.errors) == 2
        assert report.editions[0].pages_total == 29


KILLED = """
import sys
from pathlib import Path
from pressroom import Desktop, fill
desk = Desktop(Path(sys.argv[1]))
print("ready", flush=True)
report = desk.publish()
assert report.errors == [], report.errors
"""


def test_a_kill_at_any_moment_leaves_whole_files_and_the_next_publish_completes(tmp_path: Path) -> None:
    whole = Desktop(tmp_path / "whole")
    fill(whole.archive, range(1200), size=40)
    whole.archive.close()
    for number in range(5):
        shutil.copytree(tmp_path / "whole", tmp_path / str(number))
    whole = Desktop(tmp_path / "whole")
    began = time.perf_counter()
    whole.publish()
    needs_s = time.perf_counter() - began
    expected = whole.tree()
    unfinished = 0
    for number in range(5):
        folder = tmp_path / str(number)
        kill_while_publishing(folder, after_s=needs_s * (number + 0.5) / 6)
        files = tree(folder / "out") if (folder / "out").is_dir() else {}
        unfinished += files.keys() < expected.keys() | {PART}
        assert all(path in {MARK, PART} or content == expected[path] for path, content in files.items())
        again = Desktop(folder)
        assert counts(again.publish())[2] == len(expected) - 1
        assert {**again.tree(), MARK: expected[MARK]} == expected
    assert unfinished


def kill_while_publishing(folder: Path, *, after_s: float) -> None:
    path = str(Path(__file__).parent.parent)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, folder], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after_s)
    process.kill()
    process.communicate()


class Crash(BaseException):
    """The process ends here."""


class Fragile:
    """A port that ends the process, or fails, at one of its calls; calls are counted over all of them."""

    left = 10**9
    fails_with: BaseException = Crash()

    def __init__(self, port: object) -> None:
        self._port = port

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if name not in {"plan", "written", "settle", "write", "link", "remove", "claim", "all_dirty"}:
            return found

        def call(*args: object, **named: object) -> object:
            Fragile.left -= 1
            if Fragile.left < 0:
                raise Fragile.fails_with
            return found(*args, **named)

        return call


class FragileArchive(Fragile):
    def ledger(self, edition: str) -> object:
        return Fragile(self._port.ledger(edition))  # type: ignore[attr-defined]


def fragile_publish(desk: Desktop, calls: int) -> PublishReport:
    """Publishes with ports that do so many calls and no more."""
    Fragile.left = calls
    outlet = Outlet(edition=desk.edition, pages=Fragile(FolderWriter(desk.out, edition="small")))  # type: ignore[arg-type]
    archive = FragileArchive(desk.archive)
    return publish(archive, desk.settings, [outlet], desk.media, progress=lambda *_: None)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [Crash(), OutputError("out: No space left on device")])
@pytest.mark.parametrize("anew", [False, True])
def test_after_a_fault_at_any_step_the_next_publish_completes(
    tmp_path: Path,
    fault: BaseException,
    anew: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    Fragile.fails_with = fault
    changed = Desktop(tmp_path / "changed")
    expected: dict[str, bytes] = {}
    for calls in range(60):
        desk = changed if calls == 0 else Desktop(tmp_path / str(calls))
        fill(desk.archive, range(12))
        mirror(desk.archive, desk.media, picture())
        desk.publish()
        fill(desk.archive, [3], words="corrected")
        desk.archive.register(
            (msgspec.structs.replace(SOURCES[0], section=("News", "New", "Feed")), SOURCES[1]), now=T0
        )
        if anew:
            desk.edition.print_, desk.edition.folder = "2", "articles"
        expected = expected or published(desk)
        done = crashed(desk, calls)
        assert published(desk) == expected
        desk.archive.close()
        if done and calls:
            break
    assert 20 < calls < 59


def crashed(desk: Desktop, calls: int) -> bool:
    """Whether a publish with so many calls came to its end."""
    try:
        return fragile_publish(desk, calls).errors == []
    except Crash:
        return False


def published(desk: Desktop) -> dict[str, bytes]:
    assert desk.publish().errors == []
    return {**desk.tree(), MARK: b""}


def test_settings_and_archive_can_be_shared_by_editions(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive.db")
    fill(archive, range(3))
    outlets = [
        Outlet(edition=SmallEdition(name), pages=FolderWriter(tmp_path / name, edition=name)) for name in ("a", "b")
    ]
    report = publish(archive, settings(tmp_path), outlets, FolderMediaStore(tmp_path / "m"), progress=lambda *_: None)
    assert [edition.pages_written for edition in report.editions] == [5, 5]
