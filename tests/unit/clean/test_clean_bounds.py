"""Bodies built to cost: whatever is in them, cleaning takes time and space in proportion to their size, and stays stable."""

import time

import pytest

from broadsheet.clean import clean
from broadsheet.clean.bounds import MAX_CHARS, MAX_DEPTH, is_deep
from broadsheet.model import CleanText, UntrustedHtml

N = 100_000
SECONDS = 20
"""Far above what any of these takes (a second or two), far below what one of quadratic cost would."""

BOMBS = {
    **{
        f"nested {name}": f"<{name}>" * N + "x"
        for name in ["div", "span", "b", "p", "table", "li", "blockquote", "math", "svg", "font", "noscript", "q"]
    },
    **{
        f"nested {name}": f"<{name}>" * N + "x"
        for name in ["picture", "object", "video", "ruby", "h1", "a", "details", "select", "iframe"]
    },
    "nested tables": "<table><tr><td>" * 30_000 + "x",
    "fonts opened anew in every paragraph": "<p>" + "".join(f"<font color={i}>" for i in range(5000)) + "<p>x" * 50_000,
    "bold opened anew": "<p>" + "<b>" * 5000 + "<p>x" * N,
    "all formatting opened anew": "<p>" + "<b><i><u><s><em><tt><big><code><small><strike>" * 3 + "<p>x" * 40_000,
    "crossed formatting": "<b><div>" * 30_000 + "</b>" * 30_000,
    "attributes": "<div " + " ".join(f"a{i}=1" for i in range(N)) + ">x",
    "images": "<img src=a.jpg>" * N,
    "links": "<a href=/x>y</a>" * N,
    "hidden copies": "<img class=lazy src=a.png><noscript><img src=b.jpg></noscript>" * 20_000,
    "nested hidden copies": "<noscript>" * 20_000 + "<img src=b>" * 1000,
    "a long srcset": "<img srcset='" + "a 1x," * 300_000 + "'>",
    "a srcset of commas": "<img srcset='" + "," * 500_000 + "'>",
    "blank lines": "a\n \n" * 300_000,
    "spaces": "a" + " " * 1_000_000 + "\nb",
    "an inline file": "<img src='data:image/png;base64," + "A" * 3_000_000 + "'>tail",
    "a long body": "<p>hello world</p>" * 200_000,
    "headings": "<h1>t</h1>" * 50_000,
    "angle brackets": "<" * 1_000_000,
    "comments": "<!--" * N,
    "a long alt": "<img src=a.jpg alt='" + "x " * 500_000 + "'>",
    "a long style": "<img src=a.jpg style='" + "width: " * N + "'>",
    "figures around nothing": "<figure>" * 200 + "<img src=''>" * 1000 + "</figure>" * 200,
}


def cleaned(html: str) -> CleanText:
    return clean(UntrustedHtml(html), base="https://s.example/", title="t")


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs(bomb: str) -> None:
    start = time.process_time()
    once = cleaned(BOMBS[bomb])
    assert time.process_time() - start < SECONDS
    assert len(once.html) <= MAX_CHARS
    assert not is_deep(once.html)
    assert cleaned(once.html) == once


def test_formatting_that_would_be_built_anew_everywhere_goes() -> None:
    html = "<p>" + "".join(f"<font color={i}>" for i in range(600)) + "<p>x" * 600
    once = cleaned(html)
    assert len(once.html) < len(html)
    assert once.text.split() == ["x"] * 600


def test_too_deep_loses_tags_but_no_text() -> None:
    html = "".join(f"<div>{i} " for i in range(2 * MAX_DEPTH))
    assert cleaned(html).text.split() == [str(i) for i in range(2 * MAX_DEPTH)]


def test_deep_enough_stays() -> None:
    html = "<div>" * 200 + "x" + "</div>" * 200
    assert cleaned(html).html == html


def test_an_inline_file_costs_no_text() -> None:
    assert cleaned("<p>a</p><img src='data:image/png;base64," + "A" * MAX_CHARS + "'><p>b</p>").text == "a\nb"


def test_a_very_long_body_keeps_its_beginning() -> None:
    text = cleaned("<p>hello</p>" * MAX_CHARS).text
    assert text.startswith("hello\nhello\n")
    assert len(text) > MAX_CHARS // 3
