"""What may be shown of an article, to whom."""

from datetime import UTC, datetime
from itertools import product

import msgspec
import pytest

from broadsheet import policy
from broadsheet.editions.base import Face, Picture, View
from broadsheet.model import Article, ArticleRecord, Body, CleanHtml, Enclosure, Image, Source
from broadsheet.settings import SiteSettings

WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
PRIVATE = SiteSettings(title="Mine", url="https://news.example")
PUBLIC = msgspec.structs.replace(PRIVATE, audience="public", contact="https://news.example/about")
CC_BY = "https://creativecommons.org/licenses/by/4.0/"

SENTENCE = "The council <decided> & met again on a cold Tuesday to count every lamp in the old harbour. "
TEXT = (SENTENCE * 40).strip()
LEAD = "https://img.example/lead.jpg"
INLINE = "https://img.example/inline.jpg"
PICTURES = {url: Picture(original=url, url=url) for url in (LEAD, INLINE)}
FACE = Face(key="s", name="Example", section=("Technology", "Example", "News"))

ARTICLE = Article(
    id="abcdefghijklmnop",
    source_key="s",
    url="https://example.org/story",
    title="Lamps <counted>",
    author="A. Author",
    published=WHEN,
    first_seen=WHEN,
    changed_at=WHEN,
    tags=("harbour",),
    lead_image=LEAD,
    summary=TEXT[:280],
    length_chars=len(TEXT),
)
RECORD = ArticleRecord(
    article=ARTICLE,
    body=Body(
        html=CleanHtml(f'<p>{SENTENCE}<img src="{INLINE}"></p>'),
        text=TEXT,
        images=(Image(url=INLINE, width=640, height=480),),
        enclosures=(Enclosure(url="https://example.org/talk.mp3", type="audio/mpeg"),),
    ),
)


def source(rights: str | None = None, section: tuple[str, ...] = ("Technology", "Example", "News")) -> Source:
    return Source(
        key="s", ref="https://example.org/feed", url="https://example.org/feed", section=section, rights=rights
    )


def seen(site: SiteSettings, *, rights: str | None = None, **changes: object) -> View:
    record = msgspec.structs.replace(RECORD, article=msgspec.structs.replace(ARTICLE, **changes))
    granted = policy.grant(record.article, source(rights), site)
    return policy.view(record, granted, face=FACE, pictures=PICTURES)


def test_a_private_site_shows_everything_and_is_not_indexed() -> None:
    view = seen(PRIVATE)
    assert (view.html, view.text, view.full) == (RECORD.body.html, TEXT, True)
    assert view.lead == PICTURES[LEAD]
    assert view.pictures == {INLINE: PICTURES[INLINE]}
    assert view.enclosures == RECORD.body.enclosures
    assert (view.right, view.index) == (None, False)


@pytest.mark.parametrize("rights", ["own", "licensed", "permission: by mail"])
def test_rights_change_nothing_on_a_private_site(rights: str) -> None:
    assert seen(PRIVATE, rights=rights) == seen(PRIVATE)


def test_a_public_site_shows_an_excerpt() -> None:
    view = seen(PUBLIC)
    assert view.html == f"<p>{view.text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>"
    assert 0 < len(view.text.split()) <= 61
    assert len(view.text) <= 0.15 * len(TEXT) + 2
    assert (view.full, view.right, view.index) == (False, None, False)
    assert (view.pictures, view.lead, view.enclosures) == ({}, None, ())
    assert view.article.lead_image is None
    assert len(view.summary) <= len(view.text)
    assert view.article.summary == view.summary


def test_attribution_is_always_there() -> None:
    for site, withdrawn in product((PRIVATE, PUBLIC), (None, WHEN)):
        view = seen(site, withdrawn_at=withdrawn)
        article = view.article
        assert (article.title, view.author, article.url) == (
            "Lamps <counted>",
            "A. Author",
            "https://example.org/story",
        )
        assert (article.date, view.face, view.changed_at) == (WHEN, FACE, WHEN)


def test_without_an_author_the_source_is_named() -> None:
    assert seen(PUBLIC, author=None).author == "Example"


@pytest.mark.parametrize(
    ("rights", "index"), [("own", True), ("licensed", True), ("permission: by mail, 2 May 2024", False)]
)
def test_rights_open_the_whole_text(rights: str, index: bool) -> None:  # noqa: FBT001
    view = seen(PUBLIC, rights=rights)
    assert (view.full, view.text, view.right, view.index) == (True, TEXT, rights, index)
    assert view.lead == PICTURES[LEAD]


def test_an_open_licence_opens_the_whole_text_but_copies_stay_out_of_search_engines() -> None:
    view = seen(PUBLIC, license=CC_BY)
    assert (view.full, view.right, view.right_url, view.index) == (True, "CC BY 4.0", CC_BY, False)
    assert seen(PUBLIC, rights="own", license=CC_BY).right == "own"


@pytest.mark.parametrize(
    "license_url", ["https://creativecommons.org/licenses/by-nc/4.0/", "https://example.org/terms"]
)
def test_other_licences_do_not(license_url: str) -> None:
    assert not seen(PUBLIC, license=license_url).full


def test_words_of_a_right_that_nobody_defined_open_nothing() -> None:
    assert not seen(PUBLIC, rights="perhaps").full


@pytest.mark.parametrize("rights", [None, "own", "licensed", "permission: by mail"])
def test_a_withdrawn_text_becomes_a_link_in_public(rights: str | None) -> None:
    view = seen(PUBLIC, rights=rights, withdrawn_at=WHEN, license=CC_BY)
    assert view.withdrawn
    assert (view.html, view.text, view.summary, view.article.summary) == ("", "", "", "")
    assert (view.lead, view.article.lead_image, view.pictures, view.enclosures) == (None, None, {}, ())
    assert (view.full, view.index, view.right, view.article.tags) == (False, False, None, ())


def test_a_withdrawn_text_stays_in_private() -> None:
    view = seen(PRIVATE, withdrawn_at=WHEN)
    assert view.withdrawn
    assert view.text == TEXT


def test_an_article_without_text_has_no_excerpt() -> None:
    record = msgspec.structs.replace(RECORD, body=Body(html=CleanHtml(""), text=""))
    view = policy.view(record, policy.EXCERPT, face=FACE)
    assert (view.html, view.text) == ("", "")


def test_an_article_of_an_unknown_source_has_no_right() -> None:
    assert policy.grant(ARTICLE, None, PUBLIC) == policy.EXCERPT
    assert policy.stranger(ARTICLE) == Face(key="s", name="example.org", section=())


@pytest.mark.parametrize("key", ["https://me:secret@example.org/feed", "/route?key=secret", "example.org/t0ken"])
def test_an_address_does_not_stand_for_its_source(key: str) -> None:
    one = policy.face(msgspec.structs.replace(source(), key=key)).key
    assert one == policy.stranger(msgspec.structs.replace(ARTICLE, source_key=key)).key
    assert one.isalnum()
    assert "secret" not in one


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "", "http:x"])
def test_no_address_that_is_not_of_the_web_gets_out(url: str) -> None:
    for site in (PRIVATE, PUBLIC):
        assert seen(site, url=url).article.url is None
    bad = msgspec.structs.replace(RECORD.body, enclosures=(Enclosure(url=url),))
    record = msgspec.structs.replace(RECORD, body=bad)
    assert policy.view(record, policy.PRIVATE, face=FACE).enclosures == ()
    assert policy.face(source(), feed_link=url).url is None


def test_a_lead_image_that_is_not_there_yet_is_none() -> None:
    view = policy.view(RECORD, policy.PRIVATE, face=FACE, pictures={LEAD: Picture(original=LEAD)})
    assert view.lead is None
    assert view.pictures == {}


class TestImages:
    def test_those_of_the_body_and_the_lead(self) -> None:
        assert [image.url for image in policy.images(RECORD, policy.PRIVATE)] == [INLINE, LEAD]
        assert [image.url for image in policy.leads(ARTICLE, policy.PRIVATE)] == [LEAD]

    def test_a_lead_that_stands_in_the_body_is_named_once(self) -> None:
        record = msgspec.structs.replace(RECORD, article=msgspec.structs.replace(ARTICLE, lead_image=INLINE))
        assert policy.images(record, policy.PRIVATE) == record.body.images

    def test_none_of_what_is_not_shown_in_full(self) -> None:
        for granted in (policy.EXCERPT, policy.LINK):
            assert policy.images(RECORD, granted) == ()
            assert policy.leads(ARTICLE, granted) == ()


class TestFace:
    @pytest.mark.parametrize(
        ("section", "title", "name"),
        [
            (("新媒体", "ZAKER", "source"), "精读", "ZAKER"),
            (("Technology", "News"), "A Feed", "Technology"),
            (("Technology",), "A Feed", "A Feed"),
            ((), "A Feed", "A Feed"),
            ((), "", "example.org"),
        ],
    )
    def test_its_name(self, section: tuple[str, ...], title: str, name: str) -> None:
        face = policy.face(source(section=section), feed_title=title, feed_link="https://example.org/")
        assert (face.name, face.section, face.feed_title, face.url) == (name, section, title, "https://example.org/")

    @pytest.mark.parametrize(
        ("ref", "url", "name"),
        [
            ("/zaker/source/1?key=secret", "http://127.0.0.1:1200/zaker/source/1?key=secret", "zaker"),
            ("/?key=secret", "http://127.0.0.1:1200/?key=secret", "127.0.0.1"),
            ("https://www.example.org/x", "https://www.example.org/x", "example.org"),
            ("https://[bad", "https://[bad", ""),
        ],
    )
    def test_without_a_title_it_says_where_from_and_no_secret(self, ref: str, url: str, name: str) -> None:
        assert policy.face(Source(key="s", ref=ref, url=url, section=())).name == name


def test_heads_say_what_views_say() -> None:
    for site, rights, withdrawn in product((PRIVATE, PUBLIC), (None, "own"), (None, WHEN)):
        article = msgspec.structs.replace(ARTICLE, withdrawn_at=withdrawn)
        granted = policy.grant(article, source(rights), site)
        view = policy.view(msgspec.structs.replace(RECORD, article=article), granted, face=FACE, pictures=PICTURES)
        head = policy.head(article, granted, face=FACE, pictures=PICTURES)
        bare = msgspec.structs.replace(view, html=CleanHtml(""), text="", pictures={}, enclosures=())
        assert head == bare


def test_nothing_of_the_text_beyond_the_excerpt_gets_out() -> None:
    words = [f"word{number}" for number in range(2000)]
    text = " ".join(words)
    article = msgspec.structs.replace(ARTICLE, summary=text[:280], length_chars=len(text), tags=())
    body = Body(html=CleanHtml(f"<p>{text}</p>"), text=text, images=RECORD.body.images)
    view = policy.view(ArticleRecord(article=article, body=body), policy.EXCERPT, face=FACE, pictures=PICTURES)
    shown = msgspec.json.encode(view).decode()
    assert sum(f"{word} " in shown or f"{word}…" in shown for word in words) <= 60
    assert "img.example" not in shown
