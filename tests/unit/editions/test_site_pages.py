"""What the pages of the site say: articles in every state, lists, overviews, and what holds for all of them."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from newsroom import COURIER, LOOSE, MORNING, ZAKER, Newsroom, article_id, picture, view
from turbohtml import parse

from broadsheet.editions.base import Face, SourceHealth, View
from broadsheet.model import Enclosure

A, B = "https://img.example/a.jpg", "https://img.example/b.jpg"


def article(one: View, **site: object) -> str:
    """The page of a single article."""
    room = Newsroom(**site)
    room.publish(one)
    return room.text(f"a/{one.article.id}.html")


def csp(page: str) -> dict[str, str]:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return dict(part.strip().split(" ", 1) for part in found[1].split(";"))


class Balance(HTMLParser):
    """Notes end tags that close nothing and elements left open."""

    VOID = frozenset(["meta", "link", "img", "br", "hr", "input", "wbr", "source", "col"])

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


# -- an article


def test_source_author_date_and_original_stand_above_the_headline() -> None:
    page = article(view(1, author="Ines Calloway"), timezone="UTC")
    above, below = page.split("<h1", 1)
    assert '<span class="src"><a href="../s/City/Courier/index.html">Courier</a></span>' in above
    assert '<span class="who">Ines Calloway</span>' in above
    assert '<time datetime="2025-11-22T05:20:00Z">22 November 2025, 05:20</time>' in above
    assert '<a class="orig" href="https://courier.example/1"' in above
    assert "It rained, and then it stopped." in below


def test_the_zone_of_the_site_decides_the_day() -> None:
    room = Newsroom(timezone="Asia/Shanghai")
    room.publish(view(1, at=datetime(2025, 11, 22, 20, 25, tzinfo=UTC)))
    assert "23 November 2025, 04:25" in room.text(f"a/{article_id(1)}.html")
    assert "archive/2025/11/23/index.html" in room.files


def test_a_date_from_far_ahead_is_shown_but_not_believed() -> None:
    room = Newsroom()
    room.publish(view(1, at=datetime(2037, 1, 1, tzinfo=UTC), first_seen=MORNING))
    assert "archive/2025/11/22/index.html" in room.files
    assert "1 January 2037" in room.text(f"a/{article_id(1)}.html")


def test_an_article_without_a_date_says_when_it_was_seen() -> None:
    page = article(view(1, published=None, first_seen=MORNING))
    assert "seen 22 November 2025, 14:20" in page


def test_previous_and_next_are_of_the_same_section() -> None:
    room = Newsroom()
    room.publish(view(1), view(2, face=ZAKER), view(3), view(4))
    page = room.text(f"a/{article_id(3)}.html")
    assert f'rel="prev" href="../a/{article_id(1)}.html"' in page
    assert f'rel="next" href="../a/{article_id(4)}.html"' in page


@pytest.mark.parametrize(
    ("right", "right_url", "words"),
    [
        ("own", None, "Our own work."),
        ("licensed", None, "Shown in full under licence from the publisher."),
        ("permission: by letter", None, "Shown in full with permission: by letter."),
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "Shown in full under CC BY 4.0."),
    ],
)
def test_it_says_by_what_right_it_is_shown_in_full(right: str, right_url: str | None, words: str) -> None:
    page = article(view(1, right=right, right_url=right_url), audience="public")
    assert words in page
    assert ('rel="license' in page) == (right_url is not None)


def test_below_stand_other_sources_changes_and_tags() -> None:
    page = article(view(1, also_in=(ZAKER, LOOSE), changed_at=MORNING, tags=("harbour", "<b>")))
    assert "ZAKER</a>, Loose Leaves" in page
    assert "the change was seen on 22 November 2025, 14:20" in page
    assert "harbour, &lt;b&gt;" in page


def test_an_excerpt_says_so_and_points_to_the_rest() -> None:
    page = article(view(1, html="<p>It began…</p>", full=False), audience="public")
    assert "The rest is with its publisher." in page.split("<p>It began…")[1]


def test_states_without_text_are_explained() -> None:
    assert "no text with this headline. It can be read" in article(view(1, html="", summary=""))
    assert "no text with this headline." in article(view(1, html="", summary="", url=None))
    assert "Only the link to where it stood is kept." in article(view(1, html="", summary="", withdrawn=True))
    assert "was withdrawn by its publisher.<" in article(view(1, withdrawn=True))


def test_an_article_without_a_title_is_headed_by_its_beginning() -> None:
    page = article(view(1, title="", html="<p>" + "word " * 60 + "</p>"))
    assert '<h1 class="untitled">word word' in page
    assert '<h1 class="untitled">Untitled</h1>' in article(view(1, title="", html="", summary=""))


def test_long_headlines_are_set_smaller_and_cut_where_they_are_repeated() -> None:
    page = article(view(1, title="长" * 300))
    assert '<h1 class="huge">' in page
    assert "长" * 300 in page
    assert f"<title>{'长' * 109}… – The Paper</title>" in page
    assert '<h1 class="long">' in article(view(1, title="word " * 20))


@pytest.mark.parametrize(
    ("said", "title", "lang", "direction"),
    [
        ("en", "Rain", None, None),
        ("zh-CN", "雨", "zh-CN", None),
        (None, "港口今天早上雾很大", "zh", None),
        (None, "カメラは海の底に", "ja", None),
        (None, "오늘 항구에 안개가", "ko", None),
        ("ar", "عنوان", "ar", "rtl"),
        (None, "עברית", "", "rtl"),
        ('x" onload="', "Rain", "", None),
    ],
)
def test_language_and_direction_of_an_article(
    said: str | None, title: str, lang: str | None, direction: str | None
) -> None:
    page = article(view(1, title=title, language=said))
    tag = re.search(r"<article[^>]*>", page)
    assert tag
    assert (re.findall(r' lang="([^"]*)"', tag[0]) or [None])[0] == lang
    assert (re.findall(r' dir="([^"]*)"', tag[0]) or [None])[0] == direction


def test_pictures_have_sizes_and_only_the_first_loads_at_once() -> None:
    found = {A: picture(A, "ab/cd.jpg", width=640, height=480), B: picture(B, "ef/gh.png", width=10, height=20)}
    room = Newsroom()
    room.publish(view(1, html=f'<p><img src="{A}" alt="x&quot;y"><img src="{B}"></p>', pictures=found))
    page = room.text(f"a/{article_id(1)}.html")
    assert '<img src="../media/ab/cd.jpg" alt="x&quot;y" width="640" height="480" decoding="async">' in page
    assert '<img src="../media/ef/gh.png" alt="" width="10" height="20" loading="lazy" decoding="async">' in page
    assert room.images == {"media/ab/cd.jpg": "ab/cd.jpg", "media/ef/gh.png": "ef/gh.png"}
    assert csp(page)["img-src"] == "'self'"


def test_a_missing_picture_becomes_words_and_never_a_link_in_a_link() -> None:
    html = f'<p><img src="{A}" alt="a boat"></p><p><a href="https://x.example/"><img src="{A}"></a></p>'
    page = article(view(1, html=html, pictures={A: picture(A)}))
    assert f'Picture not available: a boat. <a href="{A}"' in page
    assert re.search(r'<a href="https://x.example/"[^>]*><span class="missing">Picture not available.</span></a>', page)
    assert A not in csp(page).get("img-src", "")
    assert f'src="{A}"' not in page


def test_pictures_elsewhere_are_allowed_only_on_pages_that_show_them() -> None:
    far = {A: picture(A)}
    far[A] = type(far[A])(original=A, url="https://proxy.example/?u=1&v=2")
    page = article(view(1, html=f'<img src="{A}">', pictures=far))
    assert 'src="https://proxy.example/?u=1&amp;v=2"' in page
    assert csp(page)["img-src"] == "'self' https:"
    above = article(view(1, lead=far[A]))
    assert '<p class="leadpic"><img src="https://proxy.example/?u=1&amp;v=2"' in above
    assert csp(above)["img-src"] == "'self' https:"
    assert csp(article(view(1)))["img-src"] == "'self'"


def test_the_lead_stands_above_a_text_without_pictures() -> None:
    lead = picture(A, "ab/cd.jpg", width=640, height=480)
    room = Newsroom()
    room.publish(view(1, lead=lead))
    assert '<p class="leadpic"><img src="../media/ab/cd.jpg"' in room.text(f"a/{article_id(1)}.html")
    assert "media/ab/cd.jpg" in room.images


def test_a_video_is_a_link_until_it_is_clicked() -> None:
    page = article(view(1, html='<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>'))
    assert '<a class="video" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in page
    assert "Play the video from YouTube" in page
    assert "<iframe" not in page
    assert csp(page)["frame-src"] == "https://www.youtube-nocookie.com"
    assert "frame-src" not in csp(article(view(1)))


def test_enclosures_can_be_played_or_fetched() -> None:
    sound = Enclosure(url="https://pod.example/1.mp3?x=1", type="audio/mpeg", length_bytes=1_234_567)
    page = article(view(1, enclosures=(sound, Enclosure(url="https://pod.example/a.pdf"))))
    assert '<audio controls preload="none" src="https://pod.example/1.mp3?x=1">' in page
    assert ">1.mp3</a>" in page
    assert "1,234 kB" in page
    assert csp(page)["media-src"] == "https:"


def test_machines_are_told_whose_article_it_is() -> None:
    page = article(view(1, title="A </script> & more", author="I. C."))
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    said = json.loads(block[1])
    assert said["publisher"] == {"@type": "Organization", "name": "Courier", "url": "https://courier.example"}
    assert said["headline"] == "A </script> & more"
    assert said["mainEntityOfPage"] == "https://courier.example/1"
    assert '<link rel="canonical" href="https://courier.example/1">' in page


@pytest.mark.parametrize(
    ("audience", "index", "noindex"), [("private", False, True), ("public", False, True), ("public", True, False)]
)
def test_only_what_policy_allows_is_indexed(audience: str, index: bool, noindex: bool) -> None:  # noqa: FBT001
    assert ('content="noindex"' in article(view(1, index=index), audience=audience)) == noindex


# -- lists


def test_the_front_page_has_the_newest_by_date_whatever_the_order_of_arrival() -> None:
    room = Newsroom()
    room.publish(*(view(number, at=MORNING - timedelta(hours=(number * 37) % 500)) for number in range(1, 150)))
    shown = re.findall(r'data-a="(\w+)"', room.text("index.html"))
    newest = sorted(room.desk.all.values(), key=lambda one: one.article.date, reverse=True)[:100]
    assert sorted(shown) == sorted(one.article.id for one in newest)


def test_the_front_page_leads_with_a_picture_and_tells_what_it_cut() -> None:
    lead = picture(A, "ab/cd.jpg", width=1200, height=800)
    room = Newsroom(timezone="UTC")
    at = MORNING.replace(hour=23)
    room.publish(*(view(n, at=at - timedelta(minutes=n), lead=lead if n in {3, 5, 6} else None) for n in range(1, 120)))
    page = room.text("index.html")
    assert re.findall(r'class="row lead" data-a="(\w+)"', page) == [article_id(3)]
    assert re.findall(r'class="row story" data-a="(\w+)"', page) == [article_id(5), article_id(6)]
    assert ">19 more of this day</a>" in page


def test_a_lists_pages_hold_every_article_once() -> None:
    room = Newsroom(page_size=4)
    room.publish(*(view(number) for number in range(1, 23)))
    numbered = [path for path in room.files if re.fullmatch(r"s/City/\d+\.html", path)]
    assert len(numbered) == 5
    index = re.findall(r'data-a="(\w+)"', room.text("s/City/index.html"))
    assert index == [article_id(n) for n in range(17, 23)]
    assert 'rel="prev" href="4.html"' in room.text("s/City/index.html")
    assert "of 5" not in "".join(room.text(path) for path in numbered)


def test_a_section_says_how_many_since_when_and_where_its_feeds_are() -> None:
    room = Newsroom(timezone="UTC")
    room.publish(view(1), view(50), view(2, face=ZAKER))
    page = room.text("s/City/index.html")
    assert "2 articles since 20 November 2025." in page
    assert '<a href="feed.xml">RSS</a>, <a href="atom.xml">Atom</a>, <a href="feed.json">JSON Feed</a>' in page
    assert '<a href="../../s/City/Courier/index.html">Courier <span class="n">2</span></a>' in page
    assert "1 article since" in room.text("s/新媒体/index.html")


def test_sections_that_look_alike_have_addresses_of_their_own() -> None:
    names = [
        ("Tech",),
        ("tech",),
        ("TECH ",),
        ("Café",),
        ("Cafe\u0301",),
        ("con",),
        ("..", "etc"),
        ("a/b",),
        ("a b",),
        ("🔥",),
    ]
    faces = [Face(key=str(number), name="x", section=section) for number, section in enumerate(names)]
    room = Newsroom()
    room.desk.health = [SourceHealth(face=face, state="ok") for face in faces]
    room.publish(*(view(number, face=face) for number, face in enumerate(faces)))
    folders = {path.rpartition("/")[0] for path in room.files if path.startswith("s/") and path.endswith("/feed.xml")}
    assert len({folder.casefold() for folder in folders}) == len(names) + 1
    assert not any(".." in folder or "\\" in folder or " " in folder for folder in folders)


def test_sources_come_worst_first_and_in_words() -> None:
    room = Newsroom(timezone="UTC")
    room.desk.health = [
        SourceHealth(face=COURIER, state="ok", articles=1234, last_new=MORNING),
        SourceHealth(face=ZAKER, state="failing", since=MORNING, kind="status", status=503, reason="answers 503"),
        SourceHealth(face=LOOSE, state="quiet", since=MORNING),
    ]
    room.publish()
    page = room.text("sources.html")
    assert page.index("ZAKER") < page.index("Loose Leaves") < page.index("Courier")
    assert "<b>failing</b> since 22 November 2025<small>it answers 503</small>" in page
    assert "3 sources. 1 does not answer as it should." in page
    assert "1,234" in page


def test_a_changed_source_changes_one_page() -> None:
    room = Newsroom()
    room.publish(view(1))
    room.desk.health[1] = SourceHealth(face=ZAKER, state="failing", since=MORNING, reason="is on fire")
    assert room.publish() == {"sources.html"}
    assert room.publish() == set()


def test_months_are_calendars_and_years_have_all_months() -> None:
    room = Newsroom(timezone="UTC")
    room.publish(*(view(number, at=MORNING - timedelta(days=number)) for number in (0, 1, 1, 40)))
    assert '<time datetime="2025-11-22">22</time> <span class="n">1</span>' in room.text("archive/2025/11/index.html")
    assert "3 articles since 13 October 2025" in room.text("archive/index.html")
    assert room.text("archive/index.html").count("<li>") == 12


# -- all pages


def test_an_empty_site_is_whole_and_says_why() -> None:
    room = Newsroom()
    room.publish()
    assert "Nothing has come in yet" in room.text("index.html")
    assert {
        "index.html",
        "archive/index.html",
        "s/index.html",
        "sources.html",
        "404.html",
        "feed.xml",
    } <= room.files.keys()


def test_a_site_without_sources_says_so() -> None:
    room = Newsroom()
    room.desk.health = []
    room.publish()
    assert "No sources are configured yet." in room.text("sources.html")


def everything() -> Newsroom:
    found = {A: picture(A, "ab/cd.jpg", width=640, height=480), B: picture(B)}
    html = f'<p>x <img src="{A}"> <img src="{B}"></p><iframe src="https://player.vimeo.com/video/1"></iframe>'
    room = Newsroom(audience="public", language="zh-CN", contact="mail@news.example", description="A & B <c>")
    room.publish(
        view(1, html=html, pictures=found, lead=found[A], title="<script>&\"'{{ 7*7 }}{% raw %}"),
        view(2, face=ZAKER, title="x" * 10_000, language="ar", tags=("t" * 500,) * 1000, also_in=(COURIER,)),
        view(3, face=LOOSE, title="", html="", summary="", url="javascript:alert(1)", published=None),
        view(
            4,
            title="../../etc/passwd",
            author='../"><img src=x onerror=alert(1)>',
            rights="<b>",
            license="javascript:x",
        ),
        *(view(number, face=(COURIER, ZAKER, LOOSE)[number % 3]) for number in range(5, 40)),
        view(99, withdrawn=True, full=False, enclosures=(Enclosure(url='https://a.example/"><x>', type='video/"x'),)),
    )
    return room


def test_every_page_is_whole_and_asks_no_other_host_for_anything() -> None:
    room = everything()
    for path, content in room.files.items():
        if not path.endswith(".html"):
            continue
        page = content.decode()
        balance = Balance()
        balance.feed(page)
        assert (path, balance.wrong, balance.open) == (path, [], [])
        tree = parse(page)
        loaded = [e.attrs.get("src") for e in tree.select("img, script, iframe, audio, video")]
        loaded += [e.attrs.get("href") for e in tree.select('link[rel="stylesheet"], link[rel="icon"]')]
        assert not [src for src in loaded if src and "://" in src and "a.example" not in src], path
        assert csp(page)["script-src"] == "'self'", path
        assert not re.search(r"<[^>]*\s(?:on[a-z]+|style)=", page), path
        assert "{{" not in page.replace("{{ 7*7 }}", ""), path
        ids = re.findall(r'\sid="([^"]*)"', page)
        assert len(ids) == len(set(ids)), path
        assert len(tree.select("h1")) == 1, path


def test_no_hostile_text_becomes_markup_or_script_links() -> None:
    text = "".join(content.decode() for path, content in everything().files.items() if path.endswith(".html"))
    assert "<img src=x" not in text
    assert "<script>&" not in text
    assert 'href="javascript' not in text
    assert "<x>" not in text


def test_the_interface_speaks_the_sites_language() -> None:
    page = everything().text("index.html")
    assert '<html lang="zh-CN">' in page
    assert "归档" in page
    assert "2025年11月22日 星期六" in page
    assert 'href="mailto:mail@news.example"' in page


def test_private_sites_keep_robots_out_and_public_ones_say_what_there_is() -> None:
    room = Newsroom()
    room.publish(view(1, index=True))
    assert room.text("robots.txt") == "User-agent: *\nDisallow: /\n"
    assert "sitemap.xml" not in room.files
    assert 'content="noindex"' in room.text("index.html")
    room = everything()
    assert "Sitemap: https://news.example/daily/sitemap.xml" in room.text("robots.txt")
    assert 'content="noindex"' not in room.text("index.html")


def test_the_error_page_works_at_any_address() -> None:
    room = Newsroom()
    room.publish()
    assert 'href="/daily/style.css"' in room.text("404.html")
