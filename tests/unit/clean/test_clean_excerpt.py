"""How much may be quoted, and what looks like a quotation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.clean.excerpt import excerpt, looks_cut

LOREM = "Some words stand here to fill a line. "
CHINESE = "这里有一句话，用来填满一行。"

EXCERPTS = [
    ("", ""),
    ("Too short to quote.", ""),
    ("word " * 100, "word " * 14 + "word…"),
    ("word " * 1000, "word " * 59 + "word…"),
    (LOREM * 100, (LOREM * 7).strip() + " …"),
    ("字" * 200, "字" * 30 + "…"),
    ("字" * 5000, "字" * 120 + "…"),
    (CHINESE * 100, CHINESE * 8 + "…"),
    ("一二三 one " * 500, ("一二三 one " * 24).strip() + "…"),
    ("One. " + "two " * 400, "One. " + "two " * 58 + "two…"),
    ("line one\nline two " * 100, "line one line two " * 14 + "line one…"),
    ("a, " * 300, "a, " * 44 + "a…"),
    ("x" * 30_000, ""),
]


@pytest.mark.parametrize(("text", "expected"), EXCERPTS)
def test_excerpt(text: str, expected: str) -> None:
    assert excerpt(text) == expected


def allowance(text: str) -> float:
    wide = re.findall("[\u3000-\u9fff\uff00-\uffef]", text)
    words = re.findall("[^\\s\u3000-\u9fff\uff00-\uffef]+", text)
    return len(wide) / 120 + len(words) / 60


@given(
    st.lists(st.sampled_from(["字", "，", "。", " ", "\n", "word ", "end. ", "… ", "a-b "]), max_size=400).map("".join)
)
def test_no_excerpt_is_longer_than_allowed(text: str) -> None:
    quoted = excerpt(text).removesuffix("…").strip()
    assert allowance(quoted) <= min(1.0, 0.15 * allowance(text)) + 1e-6
    assert quoted in " ".join(text.split())


@given(st.text())
def test_any_text_can_be_quoted(text: str) -> None:
    assert len(excerpt(text)) <= len(text) + 2
    looks_cut(text)


CUT = [
    "",
    "A short teaser.",
    "字" * 200,
    LOREM * 30 + "and so on...",
    LOREM * 30 + "and so on […]",
    LOREM * 30 + "and so on … Read more",
    LOREM * 30 + "Continue reading Some Title at A Site",
    LOREM * 30 + "Read the full story →",
    LOREM * 30 + "More »",
    LOREM * 30 + "and so on […]\nThe post Some Title appeared first on A Site.",
    CHINESE * 40 + "阅读全文",
    CHINESE * 40 + "點擊查看全文",
    CHINESE * 40 + "……",
    CHINESE * 40 + "查看全文 >>",
]
WHOLE = [
    LOREM * 30,
    CHINESE * 40,
    LOREM * 30 + "The post Some Title appeared first on A Site.",
    LOREM * 200 + "and so on...",
    CHINESE * 200 + "阅读原文",
    "Read more books! " + LOREM * 30,
]


@pytest.mark.parametrize("text", CUT)
def test_looks_cut(text: str) -> None:
    assert looks_cut(text)


@pytest.mark.parametrize("text", WHOLE)
def test_looks_whole(text: str) -> None:
    assert not looks_cut(text)


def test_time_is_linear() -> None:
    for part in ["x", " ", ".", "a ", "…", "The post a appeared first on b ", "字", "\n"]:
        excerpt(part * 300_000)
        looks_cut(part * 300_000)
        looks_cut(part * 300)
