"""The sanitiser against attacks, judged by other parsers than its own."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xss_judge import judge
from xss_vectors import MXSS

from broadsheet.clean import clean, sanitise
from broadsheet.clean.embeds import by_id
from broadsheet.clean.render import rewrite
from broadsheet.model import CleanText, UntrustedHtml

BASE = "https://site.example/a/b.html"


def cleaned(html: str) -> CleanText:
    return clean(UntrustedHtml(html), base=BASE, title="A title")


@pytest.mark.parametrize("attack", MXSS)
def test_attacks_come_to_nothing(attack: str) -> None:
    once = cleaned(attack)
    assert judge(once.html) == []
    assert cleaned(once.html) == once


@pytest.mark.parametrize("attack", MXSS)
def test_the_sanitiser_needs_no_help(attack: str) -> None:
    html = sanitise(attack)
    assert [wrong for wrong in judge(html) if not wrong.startswith(("class", "embed"))] == []
    assert sanitise(html) == html


@pytest.mark.parametrize("attack", MXSS)
def test_attacks_come_to_nothing_inside_a_page(attack: str) -> None:
    """What one article holds must not open or close anything around it."""
    page = f"<div><p>before</p>{cleaned(attack).html}<p>after</p></div><p>end</p>"
    assert sanitise(page) == page


@pytest.mark.corpus
def test_known_attacks_come_to_nothing(corpus: Path) -> None:
    attacks = json.loads((corpus / "xss" / "payloadbox-part.json").read_text())
    assert len(attacks) > 800
    for attack in attacks:
        once = cleaned(attack)
        assert judge(once.html) == [], attack
        assert cleaned(once.html) == once, attack


@pytest.mark.parametrize("attack", MXSS)
def test_rewriting_brings_nothing_back(attack: str) -> None:
    html = rewrite(
        cleaned(attack).html,
        image=lambda _: "",
        embed=lambda name, id_: "" if by_id(name, id_) else pytest.fail("an unknown embed"),
    )
    assert "<img" not in html
    assert "data-embed" not in html


NAMES = str.split(
    "a abbr annotation-xml b base body br button details div embed figure font form frameset h1 head html i iframe image "
    "img input li link math meta mglyph mi mtext noembed noscript object ol option p param picture plaintext pre q ruby "
    "script section select source span style summary svg desc foreignObject table tbody td template textarea title tr ul "
    "video x-y xmp amp-img amp-youtube"
)
ATTRIBUTES = str.split(
    'href="/r?utm_source=a" href=javascript:hit() src=a.png src="data:image/gif;base64,x" data-src=b.jpg class=embed '
    "data-embed=youtube:dQw4w9WgXcQ src=https://youtu.be/dQw4w9WgXcQ onerror=hit() style=x:expression(1) cite=/c "
    'srcset="c.jpg 1x,d.jpg 2x" title="&lt;img src=&quot;x" alt="--><img src=x onerror=hit()>" encoding=text/html width=1 '
    "poster=/p.jpg lang=en dir=rtl CITE=HTTP://Q.example id=x name=body"
)
_tag = st.builds(
    lambda slash, name, attributes: f"<{slash}{name} {' '.join(attributes)}>",
    st.sampled_from(["", "", "/"]),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=3),
)
_text = st.sampled_from(
    [
        "x",
        "中",
        " ",
        "\n",
        "\n\n",
        "&lt;b&gt;",
        "&#11;",
        "\0",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!",
        "<?",
        "A title",
        "\ud800",
        '"',
    ]
)
_soup = st.lists(_tag | _text, max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(_soup)
def test_tag_soup_becomes_clean_and_stays_the_same(soup: str) -> None:
    once = cleaned(soup)
    assert judge(once.html) == []
    assert cleaned(once.html) == once


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    once = cleaned(text)
    assert judge(once.html) == []
    assert cleaned(once.html) == once
    once.text.encode()
