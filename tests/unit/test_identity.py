"""Entries, articles and texts are told apart, and the same ones are always the same."""

import string

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identity import article_id, body_digest, content_digest, entry_keys, lonely_urls, text_digest
from broadsheet.model import Enclosure, Entry, UntrustedHtml

WORDS = st.text(string.ascii_letters + " 新聞", max_size=6)
LINKS = st.none() | st.sampled_from(["https://a.example/1", "https://a.example/2?utm_source=x", "https://a.example/2"])
ENTRIES = st.builds(
    Entry,
    id=st.none() | st.sampled_from(["g1", "g2", "g3"]),
    link=LINKS,
    title=WORDS,
    html=WORDS.map(UntrustedHtml),
)


def entry(*, html: str = "", **said: object) -> Entry:
    return Entry(html=UntrustedHtml(html), **said)


def keys(*entries: Entry) -> list[bytes]:
    return entry_keys(entries)


def test_an_entry_is_known_by_its_guid_whatever_else_it_says() -> None:
    before = entry(id="g", link="https://a.example/1", title="One", html="<p>a</p>")
    after = entry(id="g", link="https://a.example/moved", title="Two", html="<p>b</p>")
    assert keys(before) == keys(after)
    assert len(keys(before)[0]) == 16


def test_without_a_guid_link_and_title_name_it_and_tracking_does_not() -> None:
    plain = entry(link="https://A.example/1", title="One", html="a")
    tracked = entry(link="https://a.example/1?utm_medium=rss", title="One", html="b")
    assert keys(plain) == keys(tracked)
    assert keys(plain) != keys(entry(link="https://a.example/1", title="Other"))


def test_untitled_entries_of_one_link_are_told_apart_by_what_they_say() -> None:
    first, second = keys(entry(link="https://a.example/", html="one"), entry(link="https://a.example/", html="two"))
    assert first != second


def test_entries_with_neither_guid_nor_link_are_told_apart_by_their_content() -> None:
    assert len(set(keys(entry(title="One"), entry(title="Two"), entry(html="one"), entry(html="two")))) == 4


def test_a_guid_that_several_entries_share_does_not_lose_any_of_them() -> None:
    shared = [entry(id="home", link=f"https://a.example/{n}", title="News") for n in range(3)]
    assert len(set(keys(*shared))) == 3


def test_a_shared_guid_with_equal_link_and_title_leaves_the_text_to_tell() -> None:
    first, second = (entry(id="home", link="https://a.example/", title="News", html=html) for html in ("one", "two"))
    assert len(set(keys(first, second))) == 2


def test_the_same_entry_twice_in_one_document_is_one() -> None:
    item = entry(id="g", link="https://a.example/1", title="One", html="a")
    assert keys(item, item) == keys(item) * 2


def test_the_same_entry_twice_is_one_however_its_markup_is_written() -> None:
    item = entry(id="g", link="https://a.example/1", title="One", html="a")
    spaced = msgspec.structs.replace(item, raw=b"<item >")
    assert keys(item, spaced) == keys(item) * 2


def test_names_of_different_kinds_do_not_meet() -> None:
    by_guid = entry(id="https://a.example/1")
    by_link = entry(link="https://a.example/1")
    by_content = entry(title="https://a.example/1")
    assert len(set(keys(by_guid) + keys(by_link) + keys(by_content))) == 3


@given(st.lists(ENTRIES, max_size=8))
def test_entries_that_differ_for_a_reader_never_share_a_key_unless_their_guid_says_so(entries: list[Entry]) -> None:
    found = keys(*entries)
    assert len(found) == len(entries)
    for one, key in zip(entries, found, strict=True):
        for other, other_key in zip(entries, found, strict=True):
            if key == other_key:
                assert (one.id, one.title) == (other.id, other.title)
                assert one.id or one.html == other.html or one.link == other.link


@given(st.lists(ENTRIES, max_size=6, unique=True))
def test_keys_do_not_depend_on_the_order_of_the_document(entries: list[Entry]) -> None:
    assert dict(zip(entries, keys(*entries), strict=True)) == dict(
        zip(reversed(entries), keys(*reversed(entries)), strict=True)
    )


def test_every_field_that_a_reader_sees_changes_the_content_digest() -> None:
    plain = entry(title="One", html="a", link="https://a.example/1")
    seen = [
        {"title": "Two"},
        {"html": UntrustedHtml("b")},
        {"link": "https://a.example/2"},
        {"image": "https://a.example/i.png"},
        {"base": "https://b.example/"},
        {"license": "https://creativecommons.org/licenses/by/4.0/"},
        {"authors": ("Ada",)},
        {"tags": ("Ada",)},
        {"enclosures": (Enclosure(url="Ada"),)},
    ]
    digests = {content_digest(msgspec.structs.replace(plain, **change)) for change in ({}, *seen)}
    assert len(digests) == len(seen) + 1
    assert {len(digest) for digest in digests} == {12}


def test_what_no_reader_sees_leaves_the_content_digest_alone() -> None:
    plain = entry(title="One", html="a")
    assert content_digest(plain) == content_digest(msgspec.structs.replace(plain, id="g", raw=b"<item/>"))


def test_words_that_move_from_one_field_to_the_next_change_the_digest() -> None:
    assert text_digest("ab", "c") != text_digest("a", "bc")
    assert content_digest(entry(authors=("a", "b"))) != content_digest(entry(authors=("a",), tags=("b",)))


def test_article_ids_are_16_plain_characters_and_differ_by_source() -> None:
    key = keys(entry(id="g"))[0]
    first, second = article_id("https://a.example/feed", key), article_id("https://b.example/feed", key)
    assert first != second
    assert first == article_id("https://a.example/feed", key)
    assert len(first) == 16
    assert set(first) <= set(string.ascii_lowercase + "234567")


def test_ids_stay_what_they_are_from_version_to_version() -> None:
    """They are stored, but an archive that is made anew from the same feeds must find the same ids."""
    (key,) = keys(entry(id="tag:a.example,2026:1"))
    assert (key.hex(), article_id("/zaker/source/1", key)) == PINNED


PINNED = ("a98a1fb7588ee6dd23ae2e5ef0589268", "eua2ki7jdrj3mn3w")


def test_equal_bodies_have_equal_digests() -> None:
    assert body_digest(b"<rss/>") == body_digest(b"<rss/>") != body_digest(b"<rss />")


def test_links_that_stand_on_one_entry_only_are_lonely() -> None:
    entries = [
        entry(link="https://a.example/1"),
        entry(link="https://a.example/2?utm_source=x"),
        entry(link="https://a.example/2"),
        entry(),
    ]
    assert lonely_urls(entries) == {"https://a.example/1"}
