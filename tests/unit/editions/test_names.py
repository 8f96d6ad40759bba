"""File and folder names: safe everywhere, whatever a feed calls its things."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editions.names import LEVELS, file_stem, folded, folder_name, folder_path

ID = "abcdefgh234567xy"

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(\..*)?", re.IGNORECASE)

any_text = st.text(st.characters(), max_size=400)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def assert_safe(name: str) -> None:
    """What all three systems and Hexo ask of one name in a path."""
    assert name
    assert name not in {".", ".."}
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in name)
    assert name == name.strip()
    assert name[0] not in "._"
    assert name[-1] not in ".~"
    assert not RESERVED.fullmatch(name)
    assert unicodedata.is_normalized("NFC", name)
    assert len(name.encode()) <= 200


@given(any_text)
def test_any_section_name_is_a_safe_folder(name: str) -> None:
    assert_safe(folder_name(name))


@given(any_text)
def test_any_title_is_a_safe_file_name(title: str) -> None:
    stem = file_stem(title, ID)
    assert_safe(stem + ".html")
    assert stem.endswith(ID)


@given(st.lists(any_text, max_size=30), any_text)
def test_whole_path_fits_windows(section: list[str], title: str) -> None:
    path = "/".join((*folder_path(section), file_stem(title, ID) + ".html"))
    assert utf16(path) <= 190
    for part in path.split("/"):
        assert_safe(part)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("新媒体", "新媒体"),
        ("ZAKER", "ZAKER"),
        ("News & Views", "News & Views"),
        ("a/b", "a-b"),
        ("../../etc", "etc"),
        ("..", "x"),
        ("", "x"),
        ("C:\\temp", "C-temp"),
        ("con", "x-con"),
        ("NUL.txt", "x-NUL.txt"),
        ("COM¹", "x-COM¹"),
        ("console", "console"),
        ("_drafts", "drafts"),
        (".git", "git"),
        ("ends. . .", "ends"),
        ("two\n\tlines ", "two-lines"),
        ("Cafe\u0301", "Café"),
        ("zero\u200bwidth\u202egnp", "zerowidthgnp"),
        ("C++", "C++"),
    ],
)
def test_folder_name(name: str, expected: str) -> None:
    assert folder_name(name) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Hello, world: a 'test'", f"Hello-world-a-test-{ID}"),
        ("第一条新闻：“引号”", f"第一条新闻-引号-{ID}"),
        ("🎉🎉", ID),
        ("", ID),
        ("  --  ", ID),
        ("{% raw %}", f"raw-{ID}"),
        ("हिन्दी", f"हिन्दी-{ID}"),
        ("Ｆｕｌｌ", f"Full-{ID}"),
        ("../../passwd", f"passwd-{ID}"),
        ("中" * 300, f"{'中' * 48}-{ID}"),
        ("x" * 300, f"{'x' * 48}-{ID}"),
    ],
)
def test_file_stem(title: str, expected: str) -> None:
    assert file_stem(title, ID) == expected


def test_a_cut_never_parts_a_letter_from_its_marks() -> None:
    stem = file_stem("a" * 47 + "q\u0323\u0302 rest", ID)
    assert stem == "a" * 47 + "-" + ID


def test_deep_and_long_sections_are_shortened_level_by_level() -> None:
    parts = folder_path(["中" * 100] * 40)
    assert len(parts) == LEVELS
    assert len(set(parts)) == 1
    assert folder_path(["short", "names"]) == ("short", "names")
    assert folder_path([]) == ()


@pytest.mark.parametrize(
    ("one", "other"), [("News", "nEWS"), ("Café", "CAFE\u0301"), ("Straße", "STRASSE"), ("Å", "Å")]
)
def test_names_that_file_systems_take_for_one_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)
