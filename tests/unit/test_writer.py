"""Folders of editions: whole files, inside, never over somebody else's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.errors import OutputError, PageError
from broadsheet.writer import LINK, MARK, PART, FolderWriter


@pytest.fixture
def writer(tmp_path: Path) -> FolderWriter:
    return claimed(tmp_path / "out")


def claimed(path: Path, edition: str = "site") -> FolderWriter:
    writer = FolderWriter(path, edition=edition)
    assert writer.look() is None
    writer.claim("archive-1")
    return writer


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != MARK}


class TestMark:
    def test_a_claimed_folder_is_known_again(self, writer: FolderWriter, tmp_path: Path) -> None:
        assert writer.look() == "archive-1"
        assert FolderWriter(tmp_path / "out", edition="site").look() == "archive-1"

    def test_claiming_makes_missing_parents(self, tmp_path: Path) -> None:
        assert claimed(tmp_path / "a" / "b" / "c").look() == "archive-1"

    @pytest.mark.usefixtures("writer")
    def test_a_folder_of_another_edition_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match='belongs to the edition "site"; give "hexo" a folder of its own'):
            FolderWriter(tmp_path / "out", edition="hexo").look()

    def test_a_lost_mark_is_noticed(self, writer: FolderWriter, tmp_path: Path) -> None:
        (tmp_path / "out" / MARK).unlink()
        assert writer.look() is None

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"edition": 1}', b"\xff\xfe", b'{"edition": "site"}'])
    def test_a_damaged_mark_is_one_clear_line(self, writer: FolderWriter, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "out" / MARK).write_bytes(content)
        with pytest.raises(OutputError, match=r"\.broadsheet\.json: cannot be read; delete it if ") as caught:
            writer.look()
        assert "\n" not in str(caught.value)

    def test_the_mark_holds_no_time(self, tmp_path: Path) -> None:
        claimed(tmp_path / "one")
        claimed(tmp_path / "two")
        assert (tmp_path / "one" / MARK).read_bytes() == (tmp_path / "two" / MARK).read_bytes()

    def test_leftovers_of_a_crash_are_removed_and_only_those(self, writer: FolderWriter, tmp_path: Path) -> None:
        out = tmp_path / "out"
        for name in (PART, LINK, ".broadsheet-notes", "part"):
            (out / name).write_bytes(b"half")
        writer.look()
        assert sorted(tree(out)) == [".broadsheet-notes", "part"]

    def test_a_leftover_link_does_not_harm_what_it_shares_bytes_with(
        self, writer: FolderWriter, tmp_path: Path
    ) -> None:
        original = tmp_path / "media.jpg"
        original.write_bytes(b"picture")
        for name in (PART, LINK):
            os.link(original, tmp_path / "out" / name)
        writer.write("a.html", b"x")
        writer.link("b.jpg", original)
        assert original.read_bytes() == b"picture"
        assert tree(tmp_path / "out") == {"a.html": b"x", "b.jpg": b"picture"}


class TestWrite:
    def test_pages_are_written_with_their_folders(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("index.html", b"home")
        writer.write("新媒体/ZAKER/source/标题.html", "文".encode())
        writer.write("index.html", b"newer")
        assert tree(tmp_path / "out") == {"index.html": b"newer", "新媒体/ZAKER/source/标题.html": "文".encode()}

    def test_an_empty_page_and_a_large_one(self, writer: FolderWriter) -> None:
        writer.write("empty", b"")
        writer.write("large", bytes(5_000_000))
        assert (writer.size_bytes("empty"), writer.size_bytes("large")) == (0, 5_000_000)

    def test_files_have_the_mode_that_the_user_wants(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("index.html", b"home")
        mask = os.umask(0)
        os.umask(mask)
        assert (tmp_path / "out" / "index.html").stat().st_mode & 0o777 == 0o666 & ~mask

    @pytest.mark.parametrize(
        "path",
        [
            "",
            ".",
            "..",
            "/",
            "/etc/x",
            "../x",
            "a/../x",
            "a/..",
            "a/./x",
            "a//x",
            "a/",
            "a\\..\\x",
            "\\\\host\\share",
            "C:/x",
            "c:x",
            "a/b:stream",
            "a\0b",
            "a\nb",
            "a/.. /x",
            "a/.../x",
            "a/ /x",
            "\ud800",
            MARK,
            PART,
        ],
    )
    def test_no_path_leaves_the_folder(self, writer: FolderWriter, tmp_path: Path, path: str) -> None:
        before = sorted(tmp_path.rglob("*"))
        for act in (
            lambda: writer.write(path, b"x"),
            lambda: writer.link(path, tmp_path / "out" / MARK),
            lambda: writer.remove(path),
            lambda: writer.exists(path),
            lambda: writer.size_bytes(path),
        ):
            with pytest.raises(PageError, match="not a path inside an edition's folder") as caught:
                act()
            assert "\n" not in str(caught.value)
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("path", ["..a/x", "a..b", "...x", ".well-known/x", "~x", "a b/c d"])
    def test_odd_names_that_stay_inside_are_fine(self, writer: FolderWriter, path: str) -> None:
        writer.write(path, b"x")
        assert writer.same(path, b"x")

    def test_a_folder_that_leads_elsewhere_is_refused(self, writer: FolderWriter, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "kept").write_bytes(b"theirs")
        (tmp_path / "out" / "news").symlink_to(outside)
        for act in (
            lambda: writer.write("news/x.html", b"x"),
            lambda: writer.write("news/deep/x.html", b"x"),
            lambda: writer.remove("news/kept"),
        ):
            with pytest.raises(PageError, match="leads out of the edition's folder") as caught:
                act()
            assert caught.value.blocker == "news"
        assert tree(outside) == {"kept": b"theirs"}

    def test_a_folder_that_leads_inside_is_fine(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("real/x.html", b"x")
        (tmp_path / "out" / "alias").symlink_to("real")
        writer.look()
        writer.write("alias/y.html", b"y")
        assert writer.same("real/y.html", b"y")

    def test_the_output_folder_itself_may_be_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        (tmp_path / "out").symlink_to(tmp_path / "disk")
        claimed(tmp_path / "out").write("a/b.html", b"x")
        assert tree(tmp_path / "disk") == {"a/b.html": b"x"}

    def test_a_link_in_place_of_a_page_is_replaced_not_followed(self, writer: FolderWriter, tmp_path: Path) -> None:
        (tmp_path / "theirs").write_bytes(b"theirs")
        (tmp_path / "out" / "page.html").symlink_to(tmp_path / "theirs")
        assert writer.size_bytes("page.html") is None
        writer.write("page.html", b"ours")
        assert (tmp_path / "theirs").read_bytes() == b"theirs"
        assert writer.same("page.html", b"ours")

    def test_a_file_where_a_folder_should_be(self, writer: FolderWriter, tmp_path: Path) -> None:
        (tmp_path / "out" / "news").write_bytes(b"theirs")
        with pytest.raises(PageError, match="a file is where a folder should be") as caught:
            writer.write("news/today/x.html", b"x")
        assert caught.value.blocker == "news"
        assert not writer.exists("news/today/x.html")
        writer.write("other.html", b"x")
        assert tree(tmp_path / "out") == {"news": b"theirs", "other.html": b"x"}

    def test_a_folder_where_a_page_should_be(self, writer: FolderWriter, tmp_path: Path) -> None:
        (tmp_path / "out" / "page.html").mkdir()
        with pytest.raises(PageError) as caught:
            writer.write("page.html", b"x")
        assert caught.value.blocker == "page.html"
        assert tree(tmp_path / "out") == {}

    def test_a_name_that_is_too_long(self, writer: FolderWriter, tmp_path: Path) -> None:
        for path in ("长" * 100 + ".html", "a/" * 3000 + "x", "长" * 100 + "/x.html", "a/b/" + "长" * 100):
            with pytest.raises(PageError) as caught:
                writer.write(path, b"x")
            assert "\n" not in str(caught.value)
        assert [path.name for path in (tmp_path / "out").iterdir()] == [MARK]

    def test_a_file_in_place_of_the_output_folder(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_bytes(b"")
        writer = FolderWriter(tmp_path / "out", edition="site")
        with pytest.raises(OutputError, match="out: is not a folder"):
            writer.look()
        with pytest.raises(OutputError):
            writer.claim("archive-1")

    def test_a_folder_that_cannot_be_made(self) -> None:
        with pytest.raises(OutputError) as caught:
            FolderWriter(Path("/proc/broadsheet/out"), edition="site").claim("archive-1")
        assert "\n" not in str(caught.value)

    def test_a_folder_that_goes_away_meanwhile(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("a/x", b"x")
        (tmp_path / "out").rename(tmp_path / "away")
        with pytest.raises(OutputError):
            writer.write("a/y", b"y")
        assert not (tmp_path / "out").exists()


FULL_DISK = """
import resource, sys
from pathlib import Path
from broadsheet.errors import OutputError, PageError
from broadsheet.writer import FolderWriter

writer = FolderWriter(Path(sys.argv[1]), edition="site")
writer.claim("archive-1")
writer.write("page.html", b"before")
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    writer.write("page.html", bytes(50_000))
except OutputError as error:
    assert not isinstance(error, PageError), error
    print(error)
"""


def test_a_full_disk_leaves_the_old_page_whole(tmp_path: Path) -> None:
    # A limit on the size of files makes the system write a part and then fail, as a full disk does.
    done = subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert str(tmp_path / "page.html") in done.stdout
    assert tree(tmp_path) == {"page.html": b"before"}


class TestLink:
    def test_a_mirrored_image_shares_its_bytes(self, writer: FolderWriter, tmp_path: Path) -> None:
        image = tmp_path / "store" / "ab.jpg"
        image.parent.mkdir()
        image.write_bytes(b"picture")
        for _ in range(2):
            writer.link("media/ab.jpg", image)
        assert image.stat().st_ino == (tmp_path / "out" / "media" / "ab.jpg").stat().st_ino
        assert sorted(tree(tmp_path / "out")) == ["media/ab.jpg"]

    def test_another_file_in_its_place_is_replaced(self, writer: FolderWriter, tmp_path: Path) -> None:
        image = tmp_path / "ab.jpg"
        image.write_bytes(b"picture")
        writer.write("media/ab.jpg", b"damaged")
        writer.link("media/ab.jpg", image)
        assert writer.same("media/ab.jpg", b"picture")

    def test_a_missing_image_costs_only_itself(self, writer: FolderWriter, tmp_path: Path) -> None:
        with pytest.raises(PageError, match=r"ab\.jpg is not in the media store"):
            writer.link("media/ab.jpg", tmp_path / "ab.jpg")

    def test_across_file_systems_it_is_copied(self, writer: FolderWriter, tmp_path: Path) -> None:
        elsewhere = Path("/proc/self/cmdline")
        writer.link("media/ab.jpg", elsewhere)
        assert tree(tmp_path / "out") == {"media/ab.jpg": elsewhere.read_bytes()}


class TestRemove:
    def test_emptied_folders_go_too(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("a/b/c/x", b"x")
        writer.write("a/y", b"y")
        writer.remove("a/b/c/x")
        assert sorted(path.name for path in (tmp_path / "out" / "a").iterdir()) == ["y"]
        writer.write("a/b/c/x", b"again")
        assert writer.same("a/b/c/x", b"again")

    def test_the_output_folder_stays(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("x", b"x")
        writer.remove("x")
        assert (tmp_path / "out" / MARK).is_file()

    def test_what_is_not_there_needs_no_removing(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.remove("x")
        writer.remove("a/b/x")
        (tmp_path / "out" / "folder").mkdir()
        writer.remove("folder")
        assert (tmp_path / "out" / "folder").is_dir()

    def test_files_of_others_keep_their_folder(self, writer: FolderWriter, tmp_path: Path) -> None:
        writer.write("a/x", b"x")
        (tmp_path / "out" / "a" / "mine.md").write_bytes(b"mine")
        writer.remove("a/x")
        assert tree(tmp_path / "out") == {"a/mine.md": b"mine"}


def test_what_is_there(writer: FolderWriter, tmp_path: Path) -> None:
    writer.write("a/x", b"content")
    writer.look()
    (tmp_path / "out" / "folder").mkdir()
    (tmp_path / "out" / "dangling").symlink_to("nowhere")
    assert [writer.exists(path) for path in ("a/x", "a/y", "b/x", "a/x/y", "folder", "dangling")] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    assert [writer.size_bytes(path) for path in ("a/x", "a/y", "folder", "dangling")] == [7, None, None, None]
    assert writer.same("a/x", b"content")
    assert not writer.same("a/x", b"CONTENT")
    assert not writer.same("a/x", b"longer content")
