"""What a read document changes: old state + digest + now -> changes. No archive, no clock, no network."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.decide import Decision, Knowledge, Tally, decide, decide_page, retry_page
from broadsheet.digest import FeedTask, PageDraft, digest_feed
from broadsheet.frontier import RETRIES_S
from broadsheet.identity import tombstone
from broadsheet.model import (
    Article,
    Body,
    CleanHtml,
    Digest,
    Draft,
    FetchLogLine,
    Known,
    PageFetch,
    Source,
    SourceState,
)
from broadsheet.packing import pack_body, pack_bytes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
DATE = datetime(2026, 2, 1, tzinfo=UTC)
SOURCE = Source(key="mine", ref="mine", url="https://mine.example/feed", section=("News",))
STATE = SourceState(key="mine", feed_title="Old title", feed_link="https://mine.example/", last_new=BEFORE)
LOG = FetchLogLine(source_key="mine", at=NOW, status=200, outcome="fetched")
NOTHING = Knowledge(entries={}, urls={})


def draft(
    number: int = 1,
    *,
    text: str = "text",
    content: bytes = b"c1",
    lonely: bool = True,
    cut: bool = False,
    **said: object,
) -> Draft:
    article = Article(
        id=f"article{number:09}",
        source_key="mine",
        url=f"https://mine.example/{number}",
        canonical=f"https://mine.example/{number}",
        title=f"Title {number}",
        first_seen=NOW,
        clean_digest=text.encode(),
    )
    body = Body(html=CleanHtml(f"<p>{text}</p>"), text=text)
    return Draft(
        entry_key=bytes([number]) * 16,
        content_digest=content,
        article=msgspec.structs.replace(article, **said),
        body=pack_body(body),
        images=(f"https://mine.example/{number}.png",),
        lonely_url=lonely,
        looks_cut=cut,
        title_tokens="title",
        text_tokens=text,
        capture=pack_bytes(b"<item/>"),
    )


def known(
    number: int = 1, *, source: str = "mine", text: str = "text", content: bytes = b"c1", **said: object
) -> Known:
    plain = Known(
        article_id=f"article{number:09}",
        source_key=source,
        title=f"Title {number}",
        content_digest=content,
        clean_digest=text.encode(),
        first_seen=BEFORE,
    )
    return msgspec.structs.replace(plain, **said)


def decided(
    *drafts: Draft, entries: Sequence[Known] = (), twin: Known | None = None, source: Source = SOURCE, **digest: object
) -> Decision:
    plain = Digest(
        source_key="mine", seen=len(drafts), drafts=drafts, window={d.entry_key: d.content_digest for d in drafts}
    )
    knowledge = Knowledge(
        entries={draft.entry_key: one for draft, one in zip(drafts, entries, strict=False)},
        urls={} if twin is None else {drafts[0].article.canonical or "": twin},
    )
    return decide(
        source,
        STATE,
        msgspec.structs.replace(plain, **digest),
        knowledge,
        log=LOG,
        mirror_images=True,
        now=NOW,
    )


def nothing_written(decision: Decision) -> bool:
    changes = decision.changes
    return not (changes.new or changes.edits or changes.captures or changes.pages)


# -- new ---------------------------------------------------------------------------------------------------------------


def test_a_new_entry_becomes_an_article_with_sighting_and_capture() -> None:
    one = draft()
    changes = decided(one).changes
    (write,) = changes.new
    assert write.article == one.article
    assert (write.body, write.title_tokens, write.text_tokens) == (one.body, "title", "text")
    assert (write.images, write.origin, write.changed) == (one.images, "feed", ())
    (sighting,) = changes.sightings
    assert (sighting.source_key, sighting.entry_key, sighting.article_id) == ("mine", one.entry_key, one.article.id)
    assert (sighting.content_digest, sighting.first_seen) == (b"c1", NOW)
    (capture,) = changes.captures
    assert (capture.kind, capture.entry_key, capture.packed, capture.taken_at) == (
        "item",
        one.entry_key,
        one.capture,
        NOW,
    )
    assert changes.pages == ()
    assert decided(one).tally == Tally(seen=1, new=1)


def test_what_the_document_said_of_itself_is_remembered() -> None:
    changes = decided(draft(), feed_title="New", feed_link="https://new.example/", problems=("cut in half",)).changes
    state = changes.state
    assert (state.feed_title, state.feed_link, state.problems) == ("New", "https://new.example/", ("cut in half",))
    assert state.last_new == NOW
    assert (changes.log.entries, changes.log.new, changes.log.changed) == (1, 1, 0)
    assert changes.window == {b"\x01" * 16: b"c1"}


def test_a_document_without_a_title_keeps_the_known_one_and_no_news_is_no_news() -> None:
    state = decided().changes.state
    assert (state.feed_title, state.feed_link, state.last_new) == ("Old title", "https://mine.example/", BEFORE)


def test_images_are_fetched_only_where_they_are_mirrored() -> None:
    plain = Digest(source_key="mine", drafts=(draft(),))
    decision = decide(SOURCE, STATE, plain, NOTHING, log=LOG, mirror_images=False, now=NOW)
    assert decision.changes.new[0].images == ()


@pytest.mark.parametrize(
    ("full_text", "cut", "url", "fetched"),
    [
        ("auto", True, "https://mine.example/1", True),
        ("auto", False, "https://mine.example/1", False),
        ("always", False, "https://mine.example/1", True),
        ("never", True, "https://mine.example/1", False),
        ("always", True, None, False),
    ],
)
def test_a_page_is_fetched_when_the_feed_has_a_summary_or_the_user_says_so(
    *, full_text: str, cut: bool, url: str | None, fetched: bool
) -> None:
    source = msgspec.structs.replace(SOURCE, full_text=full_text)
    pages = decided(draft(cut=cut, url=url), source=source).changes.pages
    wait = PageFetch(article_id="article000000001", source_key="mine", url=url or "", next_try=NOW)
    assert pages == ((wait,) if fetched else ())


# -- seen before -------------------------------------------------------------------------------------------------------


def test_an_entry_with_equal_bytes_changes_nothing() -> None:
    decision = decided(draft(), entries=[known()])
    assert nothing_written(decision)
    assert decision.changes.sightings == ()
    assert decision.tally == Tally(seen=1)


def test_bytes_that_no_reader_sees_only_renew_the_sighting() -> None:
    decision = decided(draft(content=b"c2"), entries=[known()])
    assert nothing_written(decision)
    (sighting,) = decision.changes.sightings
    assert (sighting.content_digest, sighting.first_seen) == (b"c2", BEFORE)
    assert decision.tally == Tally(seen=1)


def test_an_edit_keeps_id_and_first_sight_and_says_what_changed() -> None:
    edited = draft(text="other", content=b"c2", id="computed-anew-00", published=None)
    decision = decided(edited, entries=[known(published=DATE)])
    (write,) = decision.changes.edits
    article = write.article
    assert (article.id, article.first_seen, article.published, article.changed_at) == (
        "article000000001",
        BEFORE,
        DATE,
        NOW,
    )
    assert (write.changed, write.images) == (("text",), edited.images)
    assert [capture.article_id for capture in decision.changes.captures] == ["article000000001"]
    assert [sighting.first_seen for sighting in decision.changes.sightings] == [BEFORE]
    assert decision.tally == Tally(seen=1, changed=1)
    assert (decision.changes.new, decision.changes.log.changed) == ((), 1)


def test_an_edit_of_the_title_is_said_to_be_one_and_its_new_date_counts() -> None:
    edited = draft(text="other", content=b"c2", title="Corrected", published=DATE)
    (write,) = decided(edited, entries=[known(published=BEFORE)]).changes.edits
    assert write.changed == ("title", "text")
    assert write.article.published == DATE


def test_an_edit_of_a_summary_has_its_page_fetched_again_under_its_known_id() -> None:
    edited = draft(text="other", content=b"c2", cut=True, id="computed-anew-00")
    (wait,) = decided(edited, entries=[known()]).changes.pages
    assert wait.article_id == "article000000001"


def test_another_source_does_not_edit_an_article() -> None:
    decision = decided(draft(text="other", content=b"c2"), entries=[known(source="theirs")])
    assert nothing_written(decision)
    assert len(decision.changes.sightings) == 1


# -- also elsewhere ----------------------------------------------------------------------------------------------------


def test_an_article_that_another_source_brought_is_only_sighted() -> None:
    decision = decided(draft(), twin=known(7, source="theirs", title="title  1!"))
    assert nothing_written(decision)
    (sighting,) = decision.changes.sightings
    assert (sighting.article_id, sighting.source_key, sighting.title) == ("article000000007", "mine", "Title 1")
    assert decision.tally == Tally(seen=1, duplicate=1)


@pytest.mark.parametrize(
    ("one", "twin"),
    [
        (draft(lonely=False), known(7, source="theirs", title="Title 1")),
        (draft(canonical=None), known(7, source="theirs", title="Title 1")),
        (draft(), known(7, source="theirs", title="Another title")),
        (draft(published=DATE), known(7, title="Title 1", text="other", published=BEFORE)),
        (draft(published=None), known(7, title="Title 1", text="other", published=None)),
        (draft(), None),
    ],
    ids=["a link that all share", "no link", "another title", "another date", "no date", "nobody has it"],
)
def test_what_only_resembles_another_article_is_new(one: Draft, twin: Known | None) -> None:
    assert len(decided(one, twin=twin).changes.new) == 1


@pytest.mark.parametrize("date", [DATE, None])
def test_a_feed_that_makes_up_new_guids_does_not_bring_everything_again(date: datetime | None) -> None:
    decision = decided(draft(published=date), twin=known(7, title="Title 1", published=date))
    assert nothing_written(decision)
    assert decision.tally == Tally(seen=1)
    (sighting,) = decision.changes.sightings
    assert (sighting.article_id, sighting.first_seen) == ("article000000007", NOW)


def test_an_edit_under_a_new_guid_is_an_edit() -> None:
    decision = decided(draft(published=DATE, text="edited"), twin=known(7, title="Title 1", published=DATE))
    (edit,) = decision.changes.edits
    assert (edit.article.id, edit.article.first_seen, edit.changed) == ("article000000007", BEFORE, ("text",))
    assert decision.tally == Tally(seen=1, changed=1)


def test_what_was_taken_down_does_not_come_back() -> None:
    one = draft()
    taken_down = Knowledge(entries={}, urls={}, tombstones=frozenset({tombstone(SOURCE.key, one.entry_key)}))
    plain = Digest(source_key="mine", seen=1, drafts=(one,))
    decision = decide(SOURCE, STATE, plain, taken_down, log=LOG, mirror_images=True, now=NOW)
    assert nothing_written(decision)
    assert decision.changes.sightings == ()


# -- pages -------------------------------------------------------------------------------------------------------------

WAIT = PageFetch(article_id="article000000001", source_key="mine", url="https://mine.example/1", next_try=NOW)


def page_draft(**said: object) -> PageDraft:
    plain = PageDraft(
        article=draft().article,
        body=pack_body(Body(html=CleanHtml("<p>all</p>"), text="all", origin="page")),
        capture=pack_bytes(b"<html>"),
        images=("https://mine.example/1.png",),
        title_tokens="title",
        text_tokens="all",
    )
    return msgspec.structs.replace(plain, **said)


@pytest.mark.parametrize("mirror", [True, False])
def test_a_page_gives_its_article_a_text(*, mirror: bool) -> None:
    changes = decide_page(WAIT, page_draft(), mirror_images=mirror, now=NOW)
    assert changes.write is not None
    assert changes.capture is not None
    assert (changes.write.origin, changes.write.text_tokens) == ("page", "all")
    assert changes.write.images == (("https://mine.example/1.png",) if mirror else ())
    assert (changes.capture.kind, changes.capture.url, changes.capture.taken_at) == ("page", WAIT.url, NOW)
    assert (changes.retry, changes.error) == (None, None)


@pytest.mark.parametrize("lacks", ["body", "capture"])
def test_a_refused_page_changes_nothing_and_says_why(lacks: str) -> None:
    refused = page_draft(reason="does not look like it", **{lacks: None})
    changes = decide_page(WAIT, refused, mirror_images=True, now=NOW)
    assert (changes.write, changes.capture, changes.retry) == (None, None, None)
    assert changes.error == "does not look like it"


def test_a_page_is_tried_again_and_given_up_in_the_end() -> None:
    wait, tries = WAIT, 0
    while (changes := retry_page(wait, "answers 500", now=NOW)).retry is not None:
        wait, tries = changes.retry, tries + 1
        assert (wait.attempts, changes.error) == (tries, "answers 500")
        assert wait.next_try == NOW + timedelta(seconds=RETRIES_S[tries - 1])
    assert tries == len(RETRIES_S)
    assert changes.error == "answers 500"


def test_a_page_that_is_gone_is_given_up_at_once() -> None:
    assert retry_page(WAIT, "answers 404", now=NOW, final=True).retry is None


# -- laws --------------------------------------------------------------------------------------------------------------

ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "guid": st.none() | st.sampled_from(["g1", "g2", "g3", "g4"]),
            "link": st.none() | st.sampled_from(["/", "/1", "/2", "/2?utm_source=x", "/3"]),
            "title": st.sampled_from(["", "One", "Two", "新聞"]),
            "description": st.sampled_from(["", "text", "other text", "文字"]),
            "pubDate": st.none() | st.sampled_from(["Mon, 02 Feb 2026 10:00:00 GMT", "Tue, 03 Feb 2026 10:00:00 GMT"]),
        }
    ),
    max_size=7,
)


def read(items: list[dict[str, str | None]], *, window: dict[bytes, bytes] | None = None) -> Digest:
    body = "".join(
        "<item>" + "".join(f"<{tag}>{said}</{tag}>" for tag, said in item.items() if said is not None) + "</item>"
        for item in items
    )
    document = f"<rss version='2.0'><channel><title>T</title><link>https://mine.example/</link>{body}</channel></rss>"
    return digest_feed(
        FeedTask(
            source_key="mine",
            url="https://mine.example/feed",
            body=document.encode(),
            content_type="application/rss+xml",
            window=window or {},
            now=NOW,
        )
    )


def learned(decision: Decision, before: Knowledge = NOTHING) -> Knowledge:
    """What an archive would answer after these changes."""
    entries, urls = dict(before.entries), dict(before.urls)
    articles = {write.article.id: write.article for write in (*decision.changes.new, *decision.changes.edits)}
    for sighting in decision.changes.sightings:
        article = articles.get(sighting.article_id)
        if article is None:
            entries[sighting.entry_key] = msgspec.structs.replace(
                before.entries.get(sighting.entry_key) or next(iter(urls.values())),
                content_digest=sighting.content_digest,
            )
            continue
        fact = Known(
            article_id=article.id,
            source_key=article.source_key,
            title=article.title,
            content_digest=sighting.content_digest,
            clean_digest=article.clean_digest,
            first_seen=article.first_seen,
            published=article.published,
        )
        entries[sighting.entry_key] = fact
        if article.canonical:
            urls.setdefault(article.canonical, fact)
    return Knowledge(entries=entries, urls=urls)


@given(ITEMS)
def test_every_distinct_entry_is_accounted_for(items: list[dict[str, str | None]]) -> None:
    digest = read(items)
    decision = decide(SOURCE, STATE, digest, NOTHING, log=LOG, mirror_images=True, now=NOW)
    changes = decision.changes
    assert {sighting.entry_key for sighting in changes.sightings} == set(digest.window)
    assert len(changes.new) == len(changes.sightings) == len(changes.captures) == len(digest.window)
    assert len({write.article.id for write in changes.new}) == len(changes.new)
    assert decision.tally.seen == len(items)


@given(ITEMS)
def test_the_same_document_again_changes_nothing(items: list[dict[str, str | None]]) -> None:
    digest = read(items)
    first = decide(SOURCE, STATE, digest, NOTHING, log=LOG, mirror_images=True, now=NOW)
    again = decide(SOURCE, first.changes.state, digest, learned(first), log=LOG, mirror_images=True, now=NOW)
    assert nothing_written(again)
    assert again.changes.sightings == ()
    assert read(items, window=digest.window).drafts == ()


@given(ITEMS, ITEMS)
def test_whatever_comes_next_no_entry_is_lost(
    items: list[dict[str, str | None]], next_items: list[dict[str, str | None]]
) -> None:
    first = decide(SOURCE, STATE, read(items), NOTHING, log=LOG, mirror_images=True, now=NOW)
    knowledge, following = learned(first), read(next_items)
    second = decide(SOURCE, STATE, following, knowledge, log=LOG, mirror_images=True, now=NOW)
    accounted = set(knowledge.entries) | {sighting.entry_key for sighting in second.changes.sightings}
    assert set(following.window) <= accounted
    ids = {write.article.id for write in first.changes.new}
    assert not ids & {write.article.id for write in second.changes.new}
    assert {write.article.id for write in second.changes.edits} <= ids
