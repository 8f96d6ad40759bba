"""Text hygiene: titles, plain text, folding, cutting."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("plain", "plain"),
        ("  two\n words\u3000here ", "two words here"),
        ("AT&amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("a < b & c > d", "a < b & c > d"),
        ("List<String> of <T>", "List<String> of <T>"),
        ("A <b>bold</b> move", "A bold move"),
        ("one<br>two", "one two"),
        ("<p>one</p><p>two</p>", "one two"),
        ("x <script>alert('</b>')</script> y", "x y"),
        ("x <style>b{}", "x <style>b{}"),
        ("<b>x</b><script>never closed", "x"),
        ("&#8217;&hellip;&#x27;", "’…'"),
        ("it\x92s", "it’s"),
        ("&#150;", "–"),
        ("nul\0 and \x1b escape", "nul and escape"),
        ("a\ud800b", "ab"),
        ("\ud83d\ude00", "😀"),
        ("\ufeffx\uffff", "\ufeffx"),
    ],
)
def test_title(said: str, expected: str) -> None:
    assert text.title(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", ""),
        (" \n ", ""),
        ("one", "<p>one</p>"),
        ('one\r\ntwo\n\n \n three <b> & "q"', '<p>one<br>two</p><p>three &lt;b&gt; &amp; "q"</p>'),
    ],
)
def test_paragraphs(said: str, expected: str) -> None:
    assert text.paragraphs(said) == expected


def test_shorten() -> None:
    assert text.shorten("one two", 10) == "one two"
    assert text.shorten("one two three four", 12) == "one two…"
    assert text.shorten("港口日报渡轮今早提前返航", 6) == "港口日报渡…"
    assert text.shorten("a" * 100, 10) == "a" * 9 + "…"


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_every_function_gives_clean_text(said: str) -> None:
    for made in (text.title(said), text.plain(said), text.paragraphs(said), text.scrub(said)):
        made.encode("utf-8")
        assert "\0" not in made
    assert text.fold(text.title(said)) == text.title(said)
    assert len(text.shorten(said, 10)) <= 10
