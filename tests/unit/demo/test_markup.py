"""The stories' blocks as HTML."""

import pytest

from broadsheet.demo.markup import first_picture, to_html

PLAIN = (
    '<figure><img src="http://x/images/a-b-1-96x60.jpg" alt="A &amp; B" width="96" height="60">'
    "<figcaption>Cap</figcaption></figure>"
)
SRCSET = (
    '<figure><img srcset="http://x/images/a-b-1-48x30.jpg 48w, http://x/images/a-b-1-96x60.jpg 96w" '
    'sizes="(max-width: 600px) 100vw, 660px" src="http://x/images/a-b-1-48x30.jpg" alt="A"></figure>'
)


@pytest.mark.parametrize(
    ("block", "html"),
    [
        ("One\ntwo", "<p>One two</p>"),
        ("海风\n日报", "<p>海风日报</p>"),
        ("<em>One</em> two", "<p><em>One</em> two</p>"),
        ("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td></tr></table>"),
        ("## Head", "<h2>Head</h2>"),
        ("> One\n> two", "<blockquote><p>One<br>two</p></blockquote>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n1. b", "<ol><li>a</li><li>b</li></ol>"),
        ("@picture a-b-1-96x60.jpg plain | A & B | Cap", PLAIN),
        ("@picture a-b-1-96x60.jpg srcset | A", SRCSET),
    ],
)
def test_blocks(block: str, html: str) -> None:
    assert to_html(block, "http://x") == html


def test_first_picture() -> None:
    assert first_picture("Text\n\n@picture a.jpg lazy | A\n\n@picture b.jpg") == "a.jpg"
    assert first_picture("Text") is None
