"""Which picture an image element means, whatever scripts its page would have used."""

import pytest

from broadsheet.clean import clean
from broadsheet.clean.images import best_candidate, dimension, is_placeholder, is_tracker
from broadsheet.model import Image, UntrustedHtml
from broadsheet.urls import resolver

BASE = "https://s.example/d/"
A = '<img src="https://s.example/a.jpg" alt="">'


def cleaned(html: str) -> str:
    once = clean(UntrustedHtml(html), base=BASE)
    assert clean(UntrustedHtml(once.html), base="https://other.example/") == once
    return once.html


SHOWN = [
    ("<img src=/a.jpg>", A),
    ("<img src='/a.jpg' loading=lazy decoding=async sizes=1 srcset='/b.jpg 2x' class=c id=i onerror=x>", A),
    ('<img src="/a b.jpg">', '<img src="https://s.example/a%20b.jpg" alt="">'),
    ('<img src="/a.jpg?x=1&y=2">', '<img src="https://s.example/a.jpg?x=1&amp;y=2" alt="">'),
    (
        '<img title=" T " height=20px width=30.0 alt=" A\n&quot;b&quot; " src=/a.jpg>',
        '<img src="https://s.example/a.jpg" alt="A &quot;b&quot;" width="30" height="20" title="T">',
    ),
    ("<img src=/a.jpg width=100% height=auto>", A),
    # lazy ones
    ("<img data-src=/a.jpg>", A),
    ("<img src='data:image/gif;base64,R0' data-src=/a.jpg>", A),
    ("<img src=/small.jpg data-src=/a.jpg>", A),
    ("<img src=/blank.gif data-original=/a.jpg>", A),
    ("<img src=/1x1.png data-lazy-src=/a.jpg width=1 height=1>", A),
    ("<img src=/loading.svg data-actualsrc=/a.jpg>", A),
    ("<img src='' data-echo=/a.jpg>", A),
    ("<img src=/none.gif file=/a.jpg>", A),
    ("<img src=/a.jpg data-src='{{ image.url }}'>", A),
    ("<img src=/a.jpg data-src=placeholder.png>", A),
    ("<img src=/a.jpg data-fallback-src=/b.jpg>", A),
    ("<img src=/spacer.gif data-fallback-src=/a.jpg>", A),
    ("<img src=/placeholder.png data-srcset='/b.jpg 100w, /a.jpg 800w'>", A),
    ("<img srcset='/b.jpg 1x, /a.jpg 2x'>", A),
    ("<img srcset='/b.jpg 300w, /a.jpg 1600w, /c.jpg 5000w'>", A),
    ("<img src=/ship-loading.jpg>", '<img src="https://s.example/ship-loading.jpg" alt="">'),
    # picture, amp, noscript
    ("<picture><source srcset='/b.webp 1x'><img src=/a.jpg></picture>", A),
    ("<picture><source srcset='/b.jpg 100w, /a.jpg 900w'><img src='data:,x'></picture>", A),
    ("<picture><source data-srcset='/a.jpg 1x'></picture>", A),
    ("<amp-img src=/a.jpg layout=fill><noscript><img src=/b.jpg></noscript></amp-img>", A),
    ("<img class=lazy src=/x.gif><noscript><img src=/a.jpg></noscript>", A),
    ("<img src='data:,x'><noscript><img src=/a.jpg></noscript>", A),
    ("<img data-src=/a.jpg><noscript><img src=/a.jpg></noscript>", A),
    ("<span><img data-src=/a.jpg></span> <noscript><img src=/a.jpg></noscript>", f"<span>{A}</span>"),
    ("<noscript>&lt;img src=/a.jpg&gt;</noscript><img class=lazy src=/x.gif>", A),
    ("<noscript><img src=/a.jpg></noscript>", A),
    ("<p><img src=/a.jpg></p><p><noscript><img src=/a.jpg></noscript></p>", f"<p>{A}</p><p></p>"),
    ("<noscript>Please switch on scripts</noscript><img src=/a.jpg>", A),
    (f"{A}<noscript><img src='http://x.example/t?1' width=1 height=1></noscript>", A),
    ("<picture><source srcset='data:,x'><source><img></picture>", ""),
    ("<figure><img src=''><img src=/a.jpg></figure>", f"<figure>{A}</figure>"),
    # no pictures
    ("<img>", ""),
    ("<img src='data:image/png;base64,R0'>", ""),
    ("<img src=blob:https://s.example/1><img src='  '><img src=javascript:1>", ""),
    ("<img src=/spacer.gif><img src=/img/blank.png>", ""),
    ("<img src=/t.gif width=1 height=1><img src=/t.gif height=0><img src=/t.gif width='1px'>", ""),
    ("<img src=/t.gif style='width:1px;height:1px'><img src=/t.gif style='display: none'>", ""),
    ("<img src=https://pixel.wp.com/b.gif?x><img src=http://feeds.feedburner.com/~r/x/~4/y>", ""),
    ("<figure><a href=/x><img src='data:,x'></a></figure><figure><img src=''><figcaption>c</figcaption></figure>", "<figure><figcaption>c</figcaption></figure>"),
    ("<img src=https://s.w.org/images/core/emoji/13/72x72/1f600.png alt=😀>", "😀"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), SHOWN)
def test_images(html: str, expected: str) -> None:
    assert cleaned(html) == expected


def test_images_are_listed_once_in_order() -> None:
    html = "<img src=/b.png alt='&lt;x&gt;' width=5><img src='/a.png?x&amp;y'><img src=/b.png><img src=/c.png height=7>"
    assert clean(UntrustedHtml(html), base=BASE).images == (
        Image(url="https://s.example/b.png", width=5, alt="<x>"),
        Image(url="https://s.example/a.png?x&y"),
        Image(url="https://s.example/c.png", height=7),
    )


SRCSETS = [
    ("/a.jpg", "https://s.example/a.jpg"),
    ("/a.jpg 1x,/b.jpg 2x", "https://s.example/b.jpg"),
    ("/a,b/w_1,h_2/x.jpg 300w, /y.jpg 200w", "https://s.example/a,b/w_1,h_2/x.jpg"),
    (" , /a.jpg , ,/b.jpg 1x ", "https://s.example/a.jpg"),
    ("/a.jpg 3000w, /b.jpg 9000w", "https://s.example/a.jpg"),
    ("data:image/png;base64,R0 1x, /a.jpg 1x", "https://s.example/a.jpg"),
    ("/blank.gif 9w, /a.jpg nonsense", "https://s.example/a.jpg"),
    ("/a.jpg\n\t300w,\n\t/b.jpg\n\t600w,\n", "https://s.example/b.jpg"),
    (",".join(["/a.jpg 1w"] * 100), "https://s.example/a.jpg"),
    ("", None),
    ("/a.jpg, /b.jpg 1w", "https://s.example/a.jpg"),
    (",,, ,", None),
]


@pytest.mark.parametrize(("srcset", "expected"), SRCSETS)
def test_best_candidate(srcset: str, expected: str | None) -> None:
    assert best_candidate(srcset, resolver(BASE)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("20", 20), (" 20px ", 20), ("20.5", 20), ("100%", None), ("", None), (None, None), ("-1", None)],
)
def test_dimension(said: str | None, expected: int | None) -> None:
    assert dimension(said) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://pixel.wp.com/g.gif?x",
        "https://www.google-analytics.com/collect?v=1",
        "http://feeds.feedburner.com/~r/a/~4/b",
        "https://www.facebook.com/tr?id=1",
        "https://medium.com/_/stat?event=x",
        "https://x.example/matomo.php?idsite=1",
        "https://x.example/a/pixel.gif?u=1",
        "https://hm.baidu.com/hm.gif",
    ],
)
def test_trackers(url: str) -> None:
    assert is_tracker(url)


@pytest.mark.parametrize(
    "url", ["https://x.example/pixel/phone.jpg", "https://facebook.com/photo.jpg", "https://x.example/track.png", "https://trackside.example/a.png"]
)  # fmt: skip
def test_no_trackers(url: str) -> None:
    assert not is_tracker(url)


@pytest.mark.parametrize(
    "name", ["blank.gif", "x-spacer.png", "lazy-load.svg", "1x1.gif?v=2", "grey.gif#a", "placeholder_300x200.jpg"]
)
def test_placeholders(name: str) -> None:
    assert is_placeholder(f"https://x.example/img/{name}")


@pytest.mark.parametrize("name", ["photo.jpg", "blanket.jpg", "", "dotted-line.png", "spacer/photo.png"])
def test_no_placeholders(name: str) -> None:
    assert not is_placeholder(f"https://x.example/img/{name}")
