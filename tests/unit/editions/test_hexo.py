"""Posts as files: front matter, paths that stay, images, and what is removed. What real Hexo makes of them: tests/peers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shelf import DAY, TableLedger, article_id, make_view, mirrored, pages, publish, removed
from turbohtml import parse_fragment

from broadsheet.editions.base import Face, Picture, View
from broadsheet.editions.hexo import HexoEdition
from broadsheet.model import Enclosure
from broadsheet.settings import EditionSettings, SiteSettings

SITE = SiteSettings(title="News", url="https://news.example", language="zh-CN", timezone="Asia/Shanghai")
PICTURE = Picture(original="https://example.org/a.jpg", name="ab/abcdef.jpg", width=640, height=480)


def hexo(theme: str | None = None, *, site: SiteSettings = SITE, **more: object) -> HexoEdition:
    return HexoEdition(EditionSettings(name="hexo", kind="hexo", path=Path("posts"), theme=theme, **more), site)


def post(view: View, edition: HexoEdition | None = None) -> str:
    (text,) = pages(publish(edition or hexo(), [view], TableLedger())).values()
    return text


def fields(view: View, edition: HexoEdition | None = None) -> dict[str, object]:
    return yaml.safe_load(post(view, edition).split("---\n")[1])


def body(view: View, edition: HexoEdition | None = None) -> str:
    return post(view, edition).split("---\n", 2)[2]


# -- front matter


def test_the_whole_front_matter() -> None:
    view = make_view(
        author="王五", tags=("科技", "C++", "...", " "), updated=DAY + timedelta(hours=1), lead=PICTURE, summary="A < b"
    )
    assert post(view).split("---\n")[1] == (
        'title: "A title"\n'
        'date: "2021-11-23 04:25:24"\n'
        'updated: "2021-11-23 05:25:24"\n'
        'categories:\n- "新媒体"\n- "ZAKER"\n- "source"\n'
        'tags:\n- "科技"\n- "C++"\n'
        'author: "王五"\n'
        "comments: false\n"
        f'permalink: "/a/{article_id(1)}.html"\n'
        "disableNunjucks: true\n"
        'canonical: "https://example.org/1"\n'
        'excerpt: "<p>A &lt; b</p>"\n'
        'headimg: "/media/ab/abcdef.jpg"\n'
        'thumbnail: "/media/ab/abcdef.jpg"\n'
        "title_display: true\n"
        "sitemap: false\n"
        'robots: "noindex"\n'
    )


@pytest.mark.parametrize(
    ("theme", "expected"),
    [
        (None, {"headimg": "/m/ab/abcdef.jpg", "thumbnail": "/m/ab/abcdef.jpg", "title_display": True}),
        ("volantis", {"headimg": "/m/ab/abcdef.jpg", "thumbnail": "/m/ab/abcdef.jpg", "title_display": True}),
        ("butterfly", {"cover": "/m/ab/abcdef.jpg"}),
        ("next", {"photos": ["/m/ab/abcdef.jpg"]}),
        ("landscape", {"photos": ["/m/ab/abcdef.jpg"]}),
    ],
)
def test_each_theme_gets_its_own_image_keys(theme: str | None, expected: dict[str, object]) -> None:
    with_lead = fields(make_view(lead=PICTURE), hexo(theme, media_url="/m/"))
    without = fields(make_view(), hexo(theme, media_url="/m/"))
    missing = fields(make_view(lead=Picture(original="https://example.org/a.jpg")), hexo(theme))
    assert {key: value for key, value in with_lead.items() if key not in without} == expected
    assert missing == without


def test_a_proxied_lead_image_cannot_break_out_of_a_themes_quotes() -> None:
    lead = Picture(original="x", url="https://proxy.example/?http://img.example/a b'\"(1).jpg?x={y}&z=<1>")
    assert fields(make_view(lead=lead))["headimg"] == (
        "https://proxy.example/?http://img.example/a%20b%27%22%281%29.jpg?x=%7By%7D&z=%3C1%3E"
    )


@pytest.mark.parametrize(
    "title",
    [
        'He said: "it\'s {{ x }} @me" \\o/ #1',
        "@mention: - [list] & *star* !bang %percent | pipe > fold",
        "--- yes: no: null ~ 1.0 2021-11-22",
        "🎉 emoji 👨‍👩‍👧 and \u2028 separators \x85",
        "中" * 300,
        "a < b && c > d",
        "{% raw %} {# c #} {% endraw %}",
        "trailing backslash \\",
    ],
)
def test_titles_come_through_yaml_exactly(title: str) -> None:
    assert fields(make_view(title=title))["title"] == " ".join(title.split())


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_no_title_breaks_the_front_matter(title: str) -> None:
    text = post(make_view(title=title, tags=(title, title), author=title or None))
    assert text.count("\n---\n") == 1
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert loaded["disableNunjucks"] is True
    assert loaded["permalink"] == f"/a/{article_id(1)}.html"


@pytest.mark.parametrize(
    ("title", "dangerous"),
    [
        ("<script>alert(1)</script>", ["<script", "</script"]),
        ("<img src=x onerror=alert(1)>", ["<img"]),
        ("<!-- more -->", ["<!--"]),
        ("' onmouseover='alert(1)", ["onmouseover="]),
        ('" href = "javascript:alert(1)', ["href ="]),
        ("\\'; alert(1) //", ["\\'"]),
        ("AT&amp;T", ["&amp;"]),
    ],
)
def test_titles_tags_and_authors_are_no_html_in_themes_that_print_them_raw(title: str, dangerous: list[str]) -> None:
    said = fields(make_view(title=title, tags=(title,), author=title))
    for text in (said["title"], said["tags"][0], said["author"]):
        assert not any(part in text for part in dangerous)
        assert text.replace("\u2060", "") == title


def test_without_a_title_the_text_begins_for_it() -> None:
    assert fields(make_view(title="", text="Word " * 40))["title"] == ("Word " * 12).strip() + "…"
    assert fields(make_view(title=" ", text=""))["title"] == "ZAKER"
    assert fields(make_view(title="", text="", section=(), face=Face(key="s", name="", section=())))["title"] == "News"


def test_dates_are_wall_clock_of_the_site_and_never_fail() -> None:
    summer = make_view(date=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    berlin = hexo(site=msgspec.structs.replace(SITE, timezone="Europe/Berlin"))
    assert fields(summer, berlin)["date"] == "2026-07-02 01:30:00"
    assert fields(summer)["date"] == "2026-07-02 07:30:00"
    for year in (1, 9999):
        edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, tzinfo=UTC)
        assert len(fields(make_view(date=edge), berlin)["date"]) == 19
        assert (
            len(fields(make_view(date=edge), hexo(site=msgspec.structs.replace(SITE, timezone="America/Lima")))["date"])
            == 19
        )


def test_updated_is_never_before_the_date() -> None:
    said = fields(make_view(updated=DAY - timedelta(days=9)))
    assert said["updated"] == said["date"]
    seen = fields(make_view(changed_at=DAY + timedelta(days=1)))
    assert seen["updated"] == "2021-11-24 04:25:24"


def test_what_may_be_indexed_says_nothing_of_robots() -> None:
    public = hexo(site=msgspec.structs.replace(SITE, audience="public", contact="mailto:me@news.example"))
    assert not {"robots", "noindex", "sitemap"} & set(fields(make_view(index=True, right="own"), public))
    assert fields(make_view(), public)["robots"] == "noindex"
    assert fields(make_view(), hexo("next"))["noindex"] is True


def test_section_names_that_every_javascript_object_has_are_no_categories_of_theirs() -> None:
    said = fields(make_view(section=("constructor", "__proto__", "News")))
    assert said["categories"] == ["constructor\u2060", "__proto__\u2060", "News"]


# -- paths


def test_path_follows_the_section_and_ends_with_title_and_id() -> None:
    outputs = publish(hexo(), [make_view(title="第一条新闻")], TableLedger())
    assert list(pages(outputs)) == [f"新媒体/ZAKER/source/第一条新闻-{article_id(1)}.html"]


def test_a_changed_title_does_not_move_a_post_and_a_moved_section_keeps_its_name() -> None:
    ledger = TableLedger()
    publish(hexo(), [make_view(title="Old")], ledger)
    changed = publish(hexo(), [make_view(title="New")], ledger)
    assert list(pages(changed)) == [f"新媒体/ZAKER/source/Old-{article_id(1)}.html"]
    assert removed(changed) == []
    moved = publish(hexo(), [make_view(title="New", section=("Else", "Where"))], ledger)
    assert list(pages(moved)) == [f"Else/Where/Old-{article_id(1)}.html"]
    assert removed(moved) == [f"新媒体/ZAKER/source/Old-{article_id(1)}.html"]


def test_equal_titles_are_different_files() -> None:
    outputs = publish(hexo(), [make_view(number, title="Same") for number in range(50)], TableLedger())
    assert len(pages(outputs)) == 50


def test_sections_that_differ_in_case_or_form_share_a_folder_and_never_move_for_it() -> None:
    ledger = TableLedger()
    views = [make_view(1, section=("News", "Café")), make_view(2, section=("NEWS", "CAFE\u0301"))]
    folders = {path.rpartition("/")[0] for path in pages(publish(hexo(), views, ledger))}
    assert folders == {"News/Café"}
    again = publish(hexo(), [make_view(1, section=("news", "café"))], ledger)
    assert next(iter(pages(again))).startswith("News/Café/")
    assert removed(again) == []


def test_articles_that_are_gone_lose_their_posts() -> None:
    ledger = TableLedger()
    (path,) = pages(publish(hexo(), [make_view()], ledger))
    assert removed(publish(hexo(), [], ledger, gone=[article_id(1)])) == [path]
    assert publish(hexo(), [], ledger) == []


def test_same_articles_same_bytes() -> None:
    views = [make_view(number, lead=PICTURE) for number in range(5)]
    assert publish(hexo(), views, TableLedger()) == publish(hexo(), views, TableLedger())


def test_fingerprint_changes_with_what_all_posts_depend_on() -> None:
    editions = [hexo(), hexo("next"), hexo(media_url="/m"), hexo(site=msgspec.structs.replace(SITE, timezone="UTC"))]
    assert len({edition.fingerprint() for edition in editions}) == 4
    assert hexo().fingerprint() == hexo().fingerprint()


# -- images


def test_mirrored_images_come_along_and_go_with_their_last_article() -> None:
    ledger = TableLedger()
    html = '<p><img src="https://example.org/a.jpg" alt="A"></p>'
    both = [make_view(n, html=html, pictures={PICTURE.original: PICTURE}, lead=PICTURE) for n in (1, 2)]
    outputs = publish(hexo(), both, ledger)
    assert set(mirrored(outputs)) == {"ab/abcdef.jpg"}
    one_left = publish(hexo(), [make_view(1)], ledger)
    assert removed(one_left) == []
    assert removed(publish(hexo(), [], ledger, gone=[article_id(2)])) == [
        f"新媒体/ZAKER/source/A-title-{article_id(2)}.html",
        "ab/abcdef.jpg",
    ]


def test_an_image_that_moves_to_another_article_in_the_same_run_stays() -> None:
    ledger = TableLedger()
    publish(hexo(), [make_view(1, lead=PICTURE)], ledger)
    assert removed(publish(hexo(), [make_view(1), make_view(2, lead=PICTURE)], ledger)) == []
    assert ledger.lists("media/") == [("media/ab/abcdef.jpg", 1, 1)]


def test_images_are_shown_where_they_are_now() -> None:
    html = (
        '<p><img src="https://example.org/a.jpg" alt="A &quot;b&quot;" width="300">'
        '<img src="https://example.org/gone.jpg" alt="Gone" width="40" height="30"></p>'
    )
    pictures = {
        PICTURE.original: PICTURE,
        "https://example.org/gone.jpg": Picture(original="https://example.org/gone.jpg"),
    }
    tree = parse_fragment(body(make_view(html=html, pictures=pictures)))
    (image,) = tree.find_all("img")
    assert image.attrs == {
        "src": "/media/ab/abcdef.jpg",
        "alt": 'A "b"',
        "width": "300",
        "height": "225",
        "style": "max-width:100%;height:auto",
        "loading": "lazy",
        "decoding": "async",
        "referrerpolicy": "no-referrer",
    }
    (frame,) = (span for span in tree.find_all("span") if span.attrs.get("role") == "img")
    assert frame.attrs["aria-label"] == "Gone"
    assert "aspect-ratio:40/30" in frame.attrs["style"]
    assert "gone.jpg" not in body(make_view(html=html, pictures=pictures))


# -- bodies


def test_bodies_are_no_template_code_and_read_the_same() -> None:
    html = (
        "<p>{{ x }} {% raw %} {# c #} {% endraw %} {a} {{{b}}}</p><pre>```js\n{{ code }}\n````\n~~~~\n</pre>"
        '<p>&lt;!--swig\ufffc0--&gt; <a href="https://example.org/{{x}}" title="{% x %}">l</a></p>'
    )
    text = body(make_view(html=html))
    assert not any(mark in text for mark in ("{{", "{%", "{#", "```", "~~~", "\ufffc"))
    shown = parse_fragment(text).to_text()
    for verbatim in (
        "{{ x }} {% raw %} {# c #} {% endraw %} {a} {{{b}}}",
        "```js",
        "{{ code }}",
        "````",
        "<!--swig\ufffc0-->",
    ):
        assert verbatim in shown


def test_attribution_stands_above_the_text() -> None:
    text = body(make_view(author="王五"))
    above, _, below = text.partition("<div>")
    assert "ZAKER · 王五" in above
    assert '<time datetime="2021-11-23T04:25:24+08:00">2021-11-23 04:25</time>' in above
    assert '<a href="https://example.org/1" rel="noopener nofollow external">' in above
    assert "Some text." in below


def test_embeds_add_neither_text_nor_images() -> None:
    key = 'data-embed="youtube:dQw4w9WgXcQ"'
    href = 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" aria-label="YouTube"'
    with_embed = body(make_view(html=f'<p>a</p><a class="embed" {key} {href}></a><p>b</p>'))
    tree = parse_fragment(with_embed)
    (player,) = (link for link in tree.find_all("a") if link.attrs.get("class") == ["embed"])
    assert player.to_text() == ""
    assert "YouTube" in player.attrs["aria-label"]
    assert player.attrs["href"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert tree.find_all("img") == []
    assert "YouTube" not in tree.to_text()


def test_sound_and_film_are_attached_on_private_sites_only() -> None:
    enclosures = (
        Enclosure(url="https://example.org/a.mp3", type="audio/mpeg"),
        Enclosure(url="https://example.org/b.MP4?x=1&y=2"),
        Enclosure(url="https://example.org/c.pdf", type="application/pdf"),
    )
    private = body(make_view(enclosures=enclosures))
    assert '<audio controls preload="none" src="https://example.org/a.mp3"' in private
    assert '<video controls preload="none" src="https://example.org/b.MP4?x=1&amp;y=2"' in private
    assert "c.pdf" not in private
    public = hexo(site=msgspec.structs.replace(SITE, audience="public", contact="mailto:me@news.example"))
    assert "a.mp3" not in body(make_view(enclosures=enclosures), public)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (make_view(full=False), '</div>\n<p style="font-size:.875em;opacity:.8"><em>'),
        (
            make_view(right="CC BY 4.0", right_url="https://creativecommons.org/licenses/by/4.0/"),
            'rel="license noopener"',
        ),
        (make_view(right="CC0"), "CC0"),
        (make_view(right="own"), "<em>"),
        (make_view(right="permission: by <mail>"), "by &lt;mail&gt;"),
        (make_view(changed_at=DAY), "2021-11-23 04:25"),
        (make_view(also_in=(Face(key="o", name="Other & Co", section=()),)), "Other &amp; Co"),
        (make_view(html="", withdrawn=True), "撤"),
        (make_view(html=""), "<em>"),
        (make_view(language="en"), '<div lang="en">'),
    ],
)
def test_notes_say_what_a_reader_must_know(view: View, expected: str) -> None:
    assert expected in body(view)


@pytest.mark.parametrize("url", [None, "http://[half/an/address"])
def test_articles_without_a_usable_address_say_so_and_nothing_breaks(url: str | None) -> None:
    view = make_view(url=url, html="", text="", summary="")
    said = fields(view)
    assert ("canonical" in said) == (url is not None)
    assert "excerpt" not in said
    assert ("<a " in body(view)) == (url is not None)


def test_butterfly_takes_its_lists_from_the_description() -> None:
    assert fields(make_view(), hexo("butterfly"))["description"] == "Short."
    assert "description" not in fields(make_view(), hexo("next"))


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (PICTURE, ("640", "480")),
        (Picture(original=PICTURE.original, url="https://proxy.example/?" + PICTURE.original), (None, None)),
    ],
)
def test_sizes_come_from_the_mirrored_file_where_the_text_has_none(picture: Picture, size: tuple[str, str]) -> None:
    view = make_view(html='<img src="https://example.org/a.jpg" alt="">', pictures={PICTURE.original: picture})
    (image,) = parse_fragment(body(view)).find_all("img")
    assert (image.attrs.get("width"), image.attrs.get("height")) == size
