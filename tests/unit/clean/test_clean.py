"""What cleaning makes of bodies, case by case; images, embeds and attacks have files of their own."""

from pathlib import Path

import pytest

from broadsheet.clean import clean
from broadsheet.model import CleanText, UntrustedHtml

BASE = "https://site.example/dir/page.html"
REL = 'rel="noopener nofollow"'


def cleaned(html: str, title: str = "") -> CleanText:
    once = clean(UntrustedHtml(html), base=BASE, title=title)
    assert clean(UntrustedHtml(once.html), base="https://other.example/", title=title) == once
    return once


CASES = [
    # nothing
    ("", ""),
    (" \n\t ", ""),
    ("<p>", "<p></p>"),
    ("<script>x()</script><style>p{}</style><template><p>t</p></template>", ""),
    # links
    ('<a href="../x">x</a>', f'<a href="https://site.example/x" {REL}>x</a>'),
    ('<a href="#n" target=_blank rel="me opener">x</a>', f'<a href="{BASE}#n" {REL}>x</a>'),
    ('<a href="//o.example/?utm_source=f&amp;b=1">x</a>', f'<a href="https://o.example/?b=1" {REL}>x</a>'),
    ('<a href="MAILTO:a@b.example">x</a>', f'<a href="MAILTO:a@b.example" {REL}>x</a>'),
    ('<a name="top">x</a><a href="tel:1">y</a><a href="javascript:z()">z</a>', "xyz"),
    ('<a href="/a" title="T" class="k" id="i" onclick="x()">x</a>', f'<a href="https://site.example/a" title="T" {REL}>x</a>'),
    ('<a href="/a"><svg><path d="M0"/></svg></a>text', "text"),
    ("<a href=/a><b>x</b></a>", f'<a href="https://site.example/a" {REL}><b>x</b></a>'),
    # what stays
    ('<p lang="zh" dir="ltr" style="color:red" class="x" id="y" data-z="1">x</p>', '<p lang="zh" dir="ltr">x</p>'),
    ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"),
    (
        "<table border=1><tr><th scope=col colspan=2 width=9>h<tr><td rowspan=2>c</table>",
        '<table><tbody><tr><th scope="col" colspan="2">h</th></tr><tr><td rowspan="2">c</td></tr></tbody></table>',
    ),
    ("<pre><code class=language-c>a\n  b\n\nc</code></pre>", "<pre><code>a\n  b\n\nc</code></pre>"),
    ("<dl><dt>a<dd>b</dl><ol start=3 type=a><li value=4>x</ol>", '<dl><dt>a</dt><dd>b</dd></dl><ol start="3" type="a"><li value="4">x</li></ol>'),
    ("<details open><summary>s</summary>t</details>", "<details><summary>s</summary>t</details>"),
    ("H<sub>2</sub>O <sup>1</sup> <abbr title=T>t</abbr>", 'H<sub>2</sub>O <sup>1</sup> <abbr title="T">t</abbr>'),
    ('<time datetime="2024-01-01">d</time>', '<time datetime="2024-01-01">d</time>'),
    ('<q cite="/c">x</q><del cite="javascript:1" datetime=d>y</del>', '<q cite="https://site.example/c">x</q><del datetime="d">y</del>'),
    ("<h2>a</h2><blockquote cite=/c>b</blockquote>", '<h2>a</h2><blockquote cite="https://site.example/c">b</blockquote>'),
    ("<math display=block><mfrac><mi>x</mi><mn>2</mn></mfrac></math>", '<math display="block"><mfrac><mi>x</mi><mn>2</mn></mfrac></math>'),
    ("<math><semantics><mi>x</mi><annotation>x</annotation></semantics></math>", "<math><semantics><mi>x</mi></semantics></math>"),
    ("<mi>x</mi>", "x"),
    # what goes
    ("<form action=/x><label>L <input name=n></label><button>B</button><select><option>O</select><p>x</p></form>", "L <p>x</p>"),
    ("<x-card><p>x</p></x-card><font color=red>y</font>", "<p>x</p>y"),
    ("<center>a</center><main>b</main><article>c</article><tt>d</tt>", "<div>a</div><div>b</div><div>c</div><code>d</code>"),
    ("<!-- c --><!DOCTYPE html><?x?><html><head><title>T</title></head><body>b", "b"),
    ("<p>a\x0bb\x00c&#11;d\ufeff</p>", "<p>abcd</p>"),
    ("<p>a\ud800b</p>", "<p>ab</p>"),
    ("<b>unclosed <i>nesting</b> x</i>", "<b>unclosed <i>nesting</i></b><i> x</i>"),
    # plain text
    ("just text", "just text"),
    ("one\ntwo\n\nthree &amp; 4 < 5", "<p>one<br>two</p><p>three &amp; 4 &lt; 5</p>"),
    ("one\r\n\r\ntwo", "<p>one</p><p>two</p>"),
    ("one <b>two</b>\nthree", "one <b>two</b>\nthree"),
    ("one <b>two</b>\n \nthree", "<p>one <b>two</b></p><p>three</p>"),
    ("a<br>b\n\nc", "a<br>b\n\nc"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), CASES)
def test_html(html: str, expected: str) -> None:
    assert cleaned(html).html == expected


TITLED = [
    ("<h1>My  Title</h1><p>x</p>", "<p>x</p>"),
    ("<div><h2><a href=/x>my title</a></h2><p>x</p></div>", "<div><p>x</p></div>"),
    ("<h1>My Title</h1><h2>MY TITLE</h2><p>x</p>", "<p>x</p>"),
    ("<h1>My Title, and more</h1><p>x</p>", "<h1>My Title, and more</h1><p>x</p>"),
    ("<p>x</p><h1>My Title</h1>", "<p>x</p><h1>My Title</h1>"),
    ("<h1>Other</h1><h1>My Title</h1>", "<h1>Other</h1><h1>My Title</h1>"),
]


@pytest.mark.parametrize(("html", "expected"), TITLED)
def test_a_heading_that_repeats_the_title_goes(html: str, expected: str) -> None:
    assert cleaned(html, title="My Title").html == expected


TEXTS = [
    ("<p>a <b>b</b>\n c</p><p>d<br>e</p>", "a b c\nd\ne"),
    ("<ul><li>x<li>y</ul><table><tr><td>1<td>2<tr><td>3</table>", "x\ny\n1 2\n3"),
    ("<p>x</p><script>no()</script><style>no</style><noscript>no</noscript><p>&nbsp;</p>", "x"),
    ("<pre>a\n  b</pre>", "a\nb"),
    ("<blockquote><p>q</p></blockquote>", "q"),
    ('<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe><img src=a.png alt="A picture">', ""),
    ("<p>中文\n中文</p>", "中文 中文"),
]


@pytest.mark.parametrize(("html", "expected"), TEXTS)
def test_text(html: str, expected: str) -> None:
    assert cleaned(html).text == expected


def test_without_a_base_only_absolute_urls_stay() -> None:
    html = UntrustedHtml('<a href="/x">x</a><a href="http://y.example/">y</a><img src=z.png>')
    assert clean(html, base="").html == f'x<a href="http://y.example/" {REL}>y</a>'


@pytest.mark.corpus
def test_real_pages_become_clean_and_stay_the_same(corpus: Path) -> None:
    pages = sorted((corpus / "pages" / "readability").glob("*/source.html"))
    assert len(pages) > 20
    for page in pages:
        once = cleaned(page.read_text(encoding="utf-8", errors="replace"))
        assert "<script" not in once.html
        assert once.text
