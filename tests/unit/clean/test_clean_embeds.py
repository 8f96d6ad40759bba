"""Videos of known hosts: found, kept as inert placeholders, and given a player."""

import pytest

from broadsheet.clean import clean
from broadsheet.clean.embeds import HOSTS, Embed, by_id, placeholder, player_url, recognise, watch_url
from broadsheet.clean.render import rewrite
from broadsheet.model import CleanHtml, Image, UntrustedHtml

YOUTUBE = '<a class="embed" data-embed="youtube:dQw4w9WgXcQ" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" aria-label="YouTube"></a>'


def cleaned(html: str) -> CleanHtml:
    once = clean(UntrustedHtml(html), base="https://s.example/")
    assert clean(UntrustedHtml(once.html), base="https://other.example/") == once
    return once.html


ADDRESSES = [
    ("https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0", "youtube:dQw4w9WgXcQ"),
    ("http://youtube.com/v/dQw4w9WgXcQ&fs=1", "youtube:dQw4w9WgXcQ"),
    ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
    ("https://m.youtube.com/watch?feature=x&v=dQw4w9WgXcQ&t=3", "youtube:dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ?t=1", "youtube:dQw4w9WgXcQ"),
    ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
    ("https://www.youtube.com/embed/videoseries?list=PL1", None),
    ("https://www.youtube.com/embed/tooshort", None),
    ("https://www.youtube.com/embed/dQw4w9WgXcQtoolong", None),
    ("https://youtube.com.evil.example/embed/dQw4w9WgXcQ", None),
    ("https://evil.example/?https://youtube.com/embed/dQw4w9WgXcQ", None),
    ("https://player.vimeo.com/video/76979871?title=0", "vimeo:76979871"),
    ("https://player.vimeo.com/video/76979871?a=1&h=8272103f6e", "vimeo:76979871/8272103f6e"),
    ("https://vimeo.com/76979871", "vimeo:76979871"),
    ("http://vimeo.com/moogaloop.swf?clip_id=76979871&server=vimeo.com", "vimeo:76979871"),
    ("https://player.bilibili.com/player.html?aid=170001&bvid=BV17x411w7KC&cid=1", "bilibili:BV17x411w7KC"),
    ("https://player.bilibili.com/player.html?aid=170001&cid=279786", "bilibili:av170001"),
    ("https://www.bilibili.com/blackboard/html5mobileplayer.html?bvid=BV17x411w7KC", "bilibili:BV17x411w7KC"),
    ("https://www.bilibili.com/video/av170001/", "bilibili:av170001"),
    ("https://v.qq.com/txp/iframe/player.html?vid=m00253deqqo&auto=0", "qq:m00253deqqo"),
    ("http://v.qq.com/iframe/preview.html?width=500&height=375&auto=0&vid=m00253deqqo", "qq:m00253deqqo"),
    ("https://v.qq.com/x/cover/mzc00200abc/m00253deqqo.html", "qq:m00253deqqo"),
    ("https://imgcache.qq.com/tencentvideo_v1/player/TPout.swf?max_age=1&vid=m00253deqqo", "qq:m00253deqqo"),
    ("https://player.youku.com/embed/XMzg5MjM0NTY0OA==", "youku:XMzg5MjM0NTY0OA=="),
    ("http://player.youku.com/player.php/sid/XMzg5MjM0NTY0OA==/v.swf", "youku:XMzg5MjM0NTY0OA=="),
    ("https://v.youku.com/v_show/id_XMzg5MjM0NTY0OA==.html", "youku:XMzg5MjM0NTY0OA=="),
    ("https://www.dailymotion.com/embed/video/x7tgad0?autoplay=1", "dailymotion:x7tgad0"),
    ("https://geo.dailymotion.com/player/xabc1.html?video=x7tgad0", "dailymotion:x7tgad0"),
    ("https://dai.ly/x7tgad0", "dailymotion:x7tgad0"),
    ("https://example.org/embed/dQw4w9WgXcQ", None),
    ("/embed/dQw4w9WgXcQ", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "expected"), ADDRESSES)
def test_recognise(url: str, expected: str | None) -> None:
    embed = recognise(url)
    assert (f"{embed.name}:{embed.id}" if embed else None) == expected


@pytest.mark.parametrize(("url", "expected"), [case for case in ADDRESSES if case[1]])
def test_what_is_recognised_survives_cleaning_and_leads_to_the_same_video(url: str, expected: str) -> None:
    name, _, id_ = expected.partition(":")
    html = cleaned(f'<p><iframe src="{url.replace("&", "&amp;")}" onload="x()"></iframe></p>')
    assert html == f"<p>{placeholder(Embed(name=name, id=id_))}</p>"
    assert recognise(watch_url(name, id_)) == Embed(name=name, id=id_)
    assert recognise(player_url(name, id_)) == Embed(name=name, id=id_)


KEPT = [
    ("<iframe src='//www.youtube.com/embed/dQw4w9WgXcQ'>x</iframe>", YOUTUBE),
    ("<iframe data-src='//www.youtube.com/embed/dQw4w9WgXcQ' src=about:blank></iframe>", YOUTUBE),
    ("<embed src=https://www.youtube.com/v/dQw4w9WgXcQ>", YOUTUBE),
    ("<object data=https://www.youtube.com/v/dQw4w9WgXcQ><p>No Flash</p></object>", YOUTUBE),
    ("<object><param name=Movie value=https://youtu.be/dQw4w9WgXcQ><embed src=https://youtu.be/dQw4w9WgXcQ></object>", YOUTUBE),
    ("<object data=/x.swf><p>No Flash</p></object>", "<p>No Flash</p>"),
    ("<amp-youtube data-videoid=dQw4w9WgXcQ></amp-youtube>", YOUTUBE),
    ("<lite-youtube videoid=dQw4w9WgXcQ>x</lite-youtube>", YOUTUBE),
    ("<lite-youtube videoid='\"><b>'>x</lite-youtube>", "x"),
    ("<video src=https://youtu.be/dQw4w9WgXcQ></video>", YOUTUBE),
    ("<noscript><iframe src=https://youtu.be/dQw4w9WgXcQ></iframe></noscript>", YOUTUBE),
    ("<a href=/x>t<iframe src=https://youtu.be/dQw4w9WgXcQ></iframe></a>", f'<a href="https://s.example/x" rel="noopener nofollow">t</a>{YOUTUBE}'),
    ("<iframe src=https://www.maps.example/m?utm_source=x&q=1></iframe>", '<a href="https://www.maps.example/m?q=1" rel="noopener nofollow">maps.example</a>'),
    ("<iframe src=javascript:x></iframe><iframe></iframe><iframe srcdoc='<p>x'></iframe>", ""),
    ("<iframe src=https://ad.doubleclick.net/x></iframe>", ""),
    ("<video src=/v.mp4 autoplay onplay=x width=640 height=360 poster=/p.jpg>Old browser</video>", '<video src="https://s.example/v.mp4" poster="https://s.example/p.jpg" width="640" height="360" controls="" preload="none"></video>'),
    ("<audio autoplay loop><source src=blob:x><source src=/a.mp3></audio>", '<audio src="https://s.example/a.mp3" controls="" preload="none"></audio>'),
    ("<amp-video src=/v.mp4></amp-video>", '<video src="https://s.example/v.mp4" controls="" preload="none"></video>'),
    ("<video src=blob:x poster=/p.jpg></video>", '<img src="https://s.example/p.jpg" alt="">'),
    ("<video src=blob:x>x</video><audio>y</audio>", ""),
    # forged placeholders become true ones, or lose what makes them look like one
    ("<a class=embed data-embed=youtube:dQw4w9WgXcQ href=http://evil.example/>Click me</a>", YOUTUBE),
    ("<a class=embed data-embed=youtube:dQw4w9WgXcQ><iframe src=https://x.example/></iframe><img></a>", YOUTUBE),
    ("<a class=embed data-embed=youtube:bad href=/x>t</a>", '<a href="https://s.example/x" rel="noopener nofollow">t</a>'),
    ("<a class='embed x' data-embed=youtube:dQw4w9WgXcQ href=/x aria-label=l>t</a>", '<a href="https://s.example/x" rel="noopener nofollow">t</a>'),
    ("<p class=embed data-embed=youtube:dQw4w9WgXcQ>t</p>", "<p>t</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), KEPT)
def test_frames_and_players(html: str, expected: str) -> None:
    assert cleaned(html) == expected


@pytest.mark.parametrize("name", HOSTS)
def test_ids_hold_nothing_that_could_break_out(name: str) -> None:
    for id_ in ["", '"', "a b", "<b>", "../../x", "dQw4w9WgXc\n", "ｄQw4w9WgXcQ", "x" * 100, "a&b=cdefgh"]:
        assert by_id(name, id_) is None
    assert by_id("nowhere", "dQw4w9WgXcQ") is None


def mark(image: Image) -> str:
    return f"[{image.url} {image.width} {image.alt}]"


REWRITTEN = [
    ("<p>x</p>", "<p>x</p>"),
    ('<p>a<img src="https://s.example/a?b&amp;c" alt="&lt;" width="3">b</p>', "<p>a[https://s.example/a?b&c 3 <]b</p>"),
    (f"<p>{YOUTUBE}</p>", "<p>(youtube dQw4w9WgXcQ)</p>"),
    (YOUTUBE.replace("dQw", "eee", 1), YOUTUBE.replace("dQw", "eee", 1)),
    (YOUTUBE.replace("></a>", ">x</a>"), YOUTUBE.replace("></a>", ">x</a>")),
    ('<img alt="" src="https://s.example/a.png">', '<img alt="" src="https://s.example/a.png">'),
    ('<p title="&lt;img src=">"</p>', '<p title="&lt;img src=">"</p>'),
]


@pytest.mark.parametrize(("html", "expected"), REWRITTEN)
def test_rewrite_replaces_only_its_own_forms(html: str, expected: str) -> None:
    assert rewrite(CleanHtml(html), image=mark, embed=lambda name, id_: f"({name} {id_})") == expected


def test_rewrite_does_not_read_what_it_wrote() -> None:
    html = CleanHtml(f'{YOUTUBE}<img src="https://s.example/a.png" alt="">')
    again = rewrite(html, image=lambda _: YOUTUBE, embed=lambda *_: "<b></b>")
    assert again == f"<b></b>{YOUTUBE}"
