"""What every archive must do, whatever it is stored in. A store passes by subclassing and saying how it is opened."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from archive_samples import (
    DAY,
    HOUR,
    NOW,
    article_id,
    body,
    changes,
    digest,
    entry_key,
    first_fetch,
    page_fetch,
    page_of,
    quiet,
    sighting,
    source,
    sources,
    stored,
    write,
)

from broadsheet.model import (
    Enclosure,
    MediaChanges,
    MediaFetch,
    PageChanges,
    SourceState,
    Validators,
)
from broadsheet.packing import pack_body
from broadsheet.ports import Archive, Counts
from broadsheet.tokens import query_text

Opener = Callable[[], Archive]


def ids(*pairs: tuple[int, int]) -> list[str]:
    return [article_id(number, entry) for number, entry in pairs]


def found(archive: Archive, query: str) -> list[str]:
    return [article.id for article in archive.search(query_text(query), limit=50)]


class Filled:
    """Subclass it with a fixture `archive` that gives a new, empty archive."""

    @pytest.fixture
    def filled(self, archive: Archive) -> Archive:
        """Three sources; the first two brought three and two articles."""
        archive.register(sources(3), now=NOW)
        assert archive.apply([first_fetch(0, 3), first_fetch(1, 2)]) == [None, None]
        return archive


class ArchiveSuite(Filled):
    """What is written, and what becomes of it; reading is in `reading_suite`."""

    # -- sources

    def test_a_new_archive_is_empty_and_has_an_identity(self, archive: Archive) -> None:
        assert archive.counts() == Counts(
            sources=0, articles=0, revisions=0, sightings=0, media=0, pending_pages=0, pending_media=0
        )
        assert len(archive.identity()) >= 16
        assert archive.identity() == archive.identity()

    def test_sources_keep_every_setting_and_their_order(self, archive: Archive) -> None:
        odd = msgspec.structs.replace(
            source(7), full_text="never", rights="permission: by mail", interval_s=90.5, section=("新媒体", "源", "x")
        )
        archive.register([source(2), odd, source(1)], now=NOW)
        rows = archive.sources(now=NOW)
        assert [row.source for row in rows] == [source(2), odd, source(1)]
        assert all(row.active and row.articles == 0 and row.new_per_day == 0 for row in rows)
        assert rows[0].state == SourceState(key="source-2")

    def test_a_source_that_is_no_longer_configured_keeps_its_articles(self, filled: Archive) -> None:
        filled.register([source(2), source(1)], now=NOW)
        assert [(row.source.key, row.active) for row in filled.sources(now=NOW)] == [
            ("source-2", True),
            ("source-1", True),
            ("source-0", False),
        ]
        assert filled.article(article_id(0, 0)) is not None
        assert "source-0" not in {item.source.key for item in filled.scheduled(now=NOW, keys=None, everything=True)}
        filled.register(sources(3), now=NOW)
        assert [row.active for row in filled.sources(now=NOW)] == [True, True, True]

    def test_due_sources_are_scheduled_longest_overdue_first(self, archive: Archive) -> None:
        archive.register(sources(4), now=NOW)
        archive.apply([quiet(0, at=NOW), quiet(2, at=NOW - 3 * HOUR), quiet(3, at=NOW - 2 * HOUR)])

        def keys(**how: object) -> list[str]:
            return [item.source.key for item in archive.scheduled(**{"now": NOW, "keys": None, **how})]  # type: ignore[arg-type]

        assert keys(everything=False) == ["source-1", "source-2", "source-3"]
        assert keys(everything=True) == ["source-1", "source-2", "source-3", "source-0"]
        assert keys(everything=False, keys=["source-3", "source-0", "nobody"]) == ["source-3"]
        assert keys(everything=True, keys=["source-0"]) == ["source-0"]
        assert keys(everything=True, keys=[]) == []

    def test_held_and_gone_sources_stay_out_whatever_is_asked(self, archive: Archive) -> None:
        archive.register(sources(3), now=NOW)
        held = msgspec.structs.replace(
            quiet(0), state=SourceState(key="source-0", held_until=NOW + HOUR, next_due=NOW - HOUR)
        )
        gone = msgspec.structs.replace(quiet(1), state=SourceState(key="source-1", gone=True))
        archive.apply([held, gone])
        assert [item.source.key for item in archive.scheduled(now=NOW, keys=None, everything=True)] == ["source-2"]
        later = archive.scheduled(now=NOW + HOUR, keys=None, everything=False)
        assert {item.source.key for item in later} == {"source-0", "source-2"}

    def test_what_is_due_and_held_is_counted(self, archive: Archive) -> None:
        archive.register(sources(4), now=NOW)
        due = SourceState(key="source-0", held_until=NOW + DAY, next_due=NOW + HOUR)
        later = SourceState(key="source-1", held_until=NOW + DAY, next_due=NOW + 2 * HOUR)
        gone = SourceState(key="source-2", held_until=NOW + DAY, gone=True)
        states = enumerate((due, later, gone))
        archive.apply([msgspec.structs.replace(quiet(number), state=state) for number, state in states])

        def held(**how: object) -> int:
            return archive.held(**{"now": NOW + HOUR, "keys": None, "everything": False, **how})  # type: ignore[arg-type]

        assert (held(now=NOW), held(), held(now=NOW + 2 * HOUR), held(now=NOW + DAY)) == (0, 1, 2, 0)
        assert held(everything=True) == 2
        assert held(everything=True, keys=["source-1", "source-3"]) == 1
        assert held(keys=[]) == 0

    def test_the_state_and_the_window_come_back_whole(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        state = SourceState(
            key="source-0",
            moved_url="https://new.example/",
            validators=Validators(etag='W/"ä b"', last_modified="yesterday, about noon"),
            body_digest=b"\0\1",
            feed_title="标题 ☂",
            feed_link="https://site0.example/",
            next_due=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            last_fetch=NOW,
            last_success=NOW - DAY,
            failing_since=NOW - HOUR,
            failures=3,
            error_kind="dns",
            error="no such host",
            held_until=NOW - HOUR,
            problems=("one", "二"),
            last_new=datetime(9999, 12, 31, tzinfo=UTC),
        )
        for window in ({b"k" * 16: b"d" * 8, b"l" * 16: b"e" * 8}, {b"k" * 16: b"d", b"l": b""}, {}):
            archive.apply([msgspec.structs.replace(quiet(0), state=state, window=window)])
            archive.apply([msgspec.structs.replace(quiet(0), state=state, window=None)])
            (item,) = archive.scheduled(now=NOW, keys=None, everything=False)
            assert item.state == state
            assert item.window == window

    def test_a_new_url_starts_polling_anew_but_keeps_the_window(self, filled: Archive) -> None:
        failing = msgspec.structs.replace(
            quiet(0, at=NOW + HOUR),
            state=SourceState(
                key="source-0",
                moved_url="https://elsewhere.example/",
                validators=Validators(etag="x"),
                body_digest=b"1",
                next_due=NOW + DAY,
                failures=2,
                gone=True,
                error_kind="status",
                error="gone",
                held_until=NOW + DAY,
                last_success=NOW,
            ),
        )
        filled.apply([failing])
        moved = msgspec.structs.replace(source(0), url="https://other.example/feed.xml")
        filled.register([moved, source(1), source(2)], now=NOW)
        item = filled.scheduled(now=NOW, keys=["source-0"], everything=False)[0]
        assert item.source == moved
        assert item.state == SourceState(key="source-0", last_success=NOW)
        assert len(item.window) == 3

    def test_a_new_url_on_the_same_host_is_still_held(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        held = SourceState(key="source-0", held_until=NOW + HOUR, next_due=NOW + HOUR)
        archive.apply([msgspec.structs.replace(quiet(0), state=held)])
        archive.register([msgspec.structs.replace(source(0), url="https://site0.example/atom")], now=NOW)
        assert archive.scheduled(now=NOW, keys=None, everything=True) == []
        assert len(archive.scheduled(now=NOW + HOUR, keys=None, everything=False)) == 1

    @pytest.mark.parametrize("change", [{"section": ("Elsewhere",)}, {"rights": "own"}])
    def test_a_new_section_or_right_publishes_the_articles_anew(
        self, filled: Archive, change: dict[str, object]
    ) -> None:
        filled.apply([msgspec.structs.replace(quiet(2), sightings=(sighting(2, 0, write(1, 0)),))])
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        filled.register([source(0), source(1), msgspec.structs.replace(source(2), **change)], now=NOW)
        assert ledger.dirty() == ids((1, 0))
        filled.register([source(0), msgspec.structs.replace(source(1), **change), source(2)], now=NOW)
        assert set(ledger.dirty()) == set(ids((1, 0), (1, 1)))

    def test_a_feed_with_another_title_or_link_publishes_its_articles_anew(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        names: tuple[dict[str, str], ...] = (
            {"feed_title": "A"},
            {"feed_title": "A", "feed_link": "https://a.example/"},
        )
        for hour, name in enumerate(names, start=1):
            at = NOW + hour * HOUR
            state = SourceState(key="source-0", last_success=at, **name)  # type: ignore[arg-type]
            change = msgspec.structs.replace(quiet(0, at=at), state=state, window={})
            filled.apply([change])
            assert ledger.dirty() == ids((0, 0), (0, 1), (0, 2))
            ledger.settle(ledger.dirty(), values={})
            filled.apply([change, first_fetch(1, 2)])
            assert ledger.dirty() == []
        moved = [msgspec.structs.replace(source(number), url="https://b.example/") for number in range(2)]
        filled.register([*moved, source(2)], now=NOW)
        assert ledger.dirty() == ids((1, 0), (1, 1))

    def test_other_settings_and_registering_again_publish_nothing(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        filled.register(sources(3), now=NOW)
        filled.register([source(1), msgspec.structs.replace(source(0), full_text="always")], now=NOW)
        assert ledger.dirty() == []

    def test_new_per_day_leaves_out_the_backlog(self, archive: Archive) -> None:
        archive.register(sources(2), now=NOW)
        archive.apply([quiet(1, at=NOW - 100 * DAY), first_fetch(0, 5)])
        archive.apply([changes(1, [write(1, 0, first_seen=NOW - 20 * DAY)], at=NOW - 20 * DAY)])
        archive.apply([changes(1, [write(1, n, first_seen=NOW - n * DAY) for n in range(1, 8)], at=NOW - DAY)])
        backlog, steady = archive.sources(now=NOW)
        assert (backlog.articles, backlog.new_per_day) == (5, 0.0)
        assert (steady.articles, steady.new_per_day) == (8, 0.5)
        later = [write(0, n, first_seen=NOW + 2 * DAY) for n in range(10, 14)]
        archive.apply([changes(0, later, at=NOW + 2 * DAY)])
        young, _ = archive.sources(now=NOW + 2 * DAY)
        assert (young.articles, young.new_per_day) == (9, 2.0)

    # -- ingestion

    def test_an_article_comes_back_as_it_was_written(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        item = write(0, 1, title="标题 \U0001f600 'quoted\"", images=("https://i.example/ä.png",), published=NOW - DAY)
        full = msgspec.structs.replace(
            body("text", "https://i.example/ä.png"), enclosures=(Enclosure(url="u", length_bytes=5),)
        )
        item = msgspec.structs.replace(item, body=pack_body(full))
        bare = write(0, 2)
        empty = msgspec.structs.replace(
            bare.article, url=None, canonical=None, title="", author=None, tags=(), language=None, lead_image=None
        )
        bare = msgspec.structs.replace(bare, article=empty)
        archive.apply([changes(0, [item, bare])])
        first, second = archive.records(ids((0, 1), (0, 2)))
        assert first.article == msgspec.structs.replace(item.article, arrival=first.article.arrival)
        assert first.body == full
        assert first.also_in == ("source-0",)
        assert second.article == msgspec.structs.replace(empty, arrival=second.article.arrival)
        assert 0 < first.article.arrival < second.article.arrival
        assert archive.article("a" * 16) is None

    def test_applying_again_changes_nothing(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        edited = write(0, 1, text="Edited", changed_at=NOW + HOUR, changed=("text",))
        batch = [changes(0, [write(0, 9)], edits=[edited], pages=[page_fetch(0, 9)], at=NOW + HOUR), first_fetch(1, 2)]
        filled.apply(batch)
        filled.apply_pages([page_of(0, 9, "Whole page")])
        ledger.settle(ledger.dirty(), values={})
        before = (
            filled.counts(),
            list(filled.records(ids((0, 0), (0, 1), (0, 9)))),
            filled.revisions(article_id(0, 1)),
            filled.capture(article_id(0, 1)),
            filled.fetch_log(source_key=None, limit=99),
            filled.sources(now=NOW),
        )
        assert filled.apply(batch) == [None, None]
        assert filled.apply(batch) == [None, None]
        after = (
            filled.counts(),
            list(filled.records(ids((0, 0), (0, 1), (0, 9)))),
            filled.revisions(article_id(0, 1)),
            filled.capture(article_id(0, 1)),
            filled.fetch_log(source_key=None, limit=99),
            filled.sources(now=NOW),
        )
        assert after == before
        assert ledger.dirty() == []
        assert filled.pending_pages(now=NOW + DAY, limit=9) == []
        assert found(filled, "Whole") == ids((0, 9))

    def test_what_is_known_of_entries_and_urls(self, filled: Archive) -> None:
        item = write(0, 1)
        known = filled.known([("source-0", entry_key(0, 1)), ("source-1", entry_key(0, 1)), ("nobody", b"x" * 16)])
        assert list(known) == [("source-0", entry_key(0, 1))]
        value = known["source-0", entry_key(0, 1)]
        assert (value.article_id, value.source_key, value.title) == (item.article.id, "source-0", item.article.title)
        assert value.content_digest == sighting(0, 1, item).content_digest
        assert value.clean_digest == item.article.clean_digest
        assert (value.first_seen, value.published) == (NOW, None)
        twin = msgspec.structs.replace(write(2, 0).article, canonical="https://site0.example/1", title="Twin")
        filled.apply([changes(2, [msgspec.structs.replace(write(2, 0), article=twin)])])
        urls = filled.known_urls(["https://site0.example/1", "https://site1.example/0", "https://nobody.example/"])
        assert {url: known.article_id for url, known in urls.items()} == {
            "https://site0.example/1": article_id(0, 1),
            "https://site1.example/0": article_id(1, 0),
        }
        assert filled.known([]) == {}
        assert filled.known_urls([]) == {}

    def test_many_at_once(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        archive.apply([changes(0, [write(0, n) for n in range(199)])])
        many = ids(*((0, n) for n in range(199))) + [f"{n:016d}" for n in range(70_000)]
        assert len(list(archive.records(many[::-1]))) == 199
        assert [article.id for article in archive.articles(many)] == many[:199]
        assert len(archive.known_urls([f"https://site0.example/{n}" for n in range(70_000)])) == 199
        assert archive.media(many) == {}

    def test_an_article_of_one_source_seen_in_another(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        seen = msgspec.structs.replace(quiet(2), sightings=(sighting(2, 5, write(0, 1), at=NOW + HOUR),))
        filled.apply([seen])
        assert ledger.dirty() == ids((0, 1))
        assert next(filled.records(ids((0, 1)))).also_in == ("source-0", "source-2")
        assert filled.known([("source-2", entry_key(2, 5))])["source-2", entry_key(2, 5)].source_key == "source-0"
        ledger.settle(ledger.dirty(), values={})
        noise = msgspec.structs.replace(seen.sightings[0], content_digest=b"other")
        filled.apply([seen, msgspec.structs.replace(quiet(2, at=NOW + HOUR), sightings=(noise,))])
        assert ledger.dirty() == []
        assert filled.known([("source-2", entry_key(2, 5))])["source-2", entry_key(2, 5)].content_digest == b"other"

    def test_an_edit_becomes_a_revision(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        before = filled.article(article_id(0, 1))
        assert before is not None
        for hour in (1, 2):
            at = NOW + hour * HOUR
            edited = write(0, 1, title=f"New {hour}", text=f"Words {hour}", changed_at=at, changed=("title", "text"))
            assert filled.apply([changes(0, edits=[edited], at=at)]) == [None]
        now = filled.article(article_id(0, 1))
        assert now is not None
        assert (now.article.title, now.body.text, now.article.changed_at) == ("New 2", "Words 2", NOW + 2 * HOUR)
        assert (now.article.arrival, now.article.first_seen) == (before.article.arrival, NOW)
        second, first = filled.revisions(article_id(0, 1))
        assert (second.title, second.body.text, second.seen_at) == ("New 1", "Words 1", NOW + 2 * HOUR)
        assert (first.title, first.body, first.seen_at) == (before.article.title, before.body, NOW + HOUR)
        assert first.changed == ("title", "text")
        assert ledger.dirty() == ids((0, 1))
        assert len(filled.capture(article_id(0, 1))) == 3
        assert filled.capture(article_id(0, 1))[0].startswith(b"<item><title>New 2")

    def test_what_does_not_fit_costs_only_its_own_source(self, filled: Archive) -> None:
        lost = msgspec.structs.replace(quiet(0, at=NOW + HOUR), sightings=(sighting(0, 8, write(2, 7)),))
        surrogate = write(1, 7)
        surrogate = msgspec.structs.replace(
            surrogate, article=msgspec.structs.replace(surrogate.article, title="\ud800")
        )
        words = msgspec.structs.replace(write(1, 7), text_tokens="\udfff")
        number = write(1, 7)
        number = msgspec.structs.replace(number, article=msgspec.structs.replace(number.article, length_chars=2**70))
        good = changes(2, [write(2, 3)], at=NOW + HOUR)
        unknown = quiet(99, at=NOW + HOUR)
        results = filled.apply(
            [
                lost,
                *(changes(1, [write(1, 6), bad], at=NOW + HOUR) for bad in (surrogate, words, number)),
                good,
                unknown,
                quiet(0, at=NOW + 2 * HOUR),
            ]
        )
        assert [result is None for result in results] == [False, False, False, False, True, False, True]
        assert all(result is None or "\n" not in result for result in results)
        assert filled.counts().articles == 6
        assert list(filled.known([("source-1", entry_key(1, 6))])) == []
        assert found(filled, '"entry 6"') == []
        assert found(filled, '"entry 3"') == ids((2, 3))
        (arrival,) = (article.arrival for article in filled.articles(ids((2, 3))))
        assert arrival == 6
        states = {item.source.key: item.state for item in filled.scheduled(now=NOW + DAY, keys=None, everything=True)}
        assert states["source-1"].last_fetch == NOW
        assert states["source-0"].last_fetch == NOW + 2 * HOUR

    def test_one_batch_may_bring_an_article_see_it_elsewhere_and_edit_it(self, archive: Archive) -> None:
        archive.register(sources(2), now=NOW)
        seen = msgspec.structs.replace(quiet(1), sightings=(sighting(1, 0, write(0, 0)),))
        edited = write(0, 0, text="Second words", changed_at=NOW + HOUR, changed=("text",))
        batch = [first_fetch(0, 2), seen, changes(0, edits=[edited], at=NOW + HOUR)]
        assert archive.apply(batch) == [None, None, None]
        assert found(archive, "Second words") == ids((0, 0))
        assert found(archive, '"entry 0"') == []
        assert next(archive.records(ids((0, 0)))).also_in == ("source-0", "source-1")
        assert len(archive.revisions(article_id(0, 0))) == 1

    # -- enrichment

    def test_a_pending_page_is_kept_until_it_is_done_or_given_up(self, filled: Archive) -> None:
        waits = [page_fetch(0, n, at=NOW + n * HOUR) for n in range(3)]
        filled.apply([msgspec.structs.replace(quiet(0, at=NOW + HOUR), pages=tuple(waits))])
        assert filled.pending_pages(now=NOW + HOUR, limit=9) == waits[:2]
        assert filled.pending_pages(now=NOW + DAY, limit=1) == waits[:1]
        assert filled.counts().pending_pages == 3
        again = msgspec.structs.replace(waits[0], attempts=1, next_try=NOW + 9 * HOUR)
        filled.apply_pages(
            [
                PageChanges(article_id=waits[0].article_id, retry=again, error="timeout"),
                PageChanges(article_id=waits[1].article_id, error="answers 404"),
                page_of(0, 2, "The whole text"),
                PageChanges(article_id="z" * 16, error="nobody knows it"),
            ]
        )
        assert filled.pending_pages(now=NOW + DAY, limit=9) == [again]
        assert filled.counts().pending_pages == 1

    def test_a_page_shows_its_text_and_is_no_revision(self, filled: Archive) -> None:
        ledger = filled.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        feed = filled.article(article_id(0, 2))
        assert feed is not None
        page = page_of(0, 2, "Only on the page", images=("https://i.example/p.png",))
        filled.apply_pages([page])
        record = filled.article(article_id(0, 2))
        assert record is not None
        assert (record.body.text, record.body.origin) == ("Only on the page", "page")
        assert (record.article.author, record.article.length_chars) == ("Page author", 16)
        assert record.article.clean_digest == feed.article.clean_digest
        assert record.article.arrival == feed.article.arrival
        assert filled.feed_body(article_id(0, 2)) == feed.body
        assert filled.revisions(article_id(0, 2)) == []
        assert filled.capture(article_id(0, 2))[0] == b"<html>page"
        assert ledger.dirty() == ids((0, 2))
        assert found(filled, "only on the page") == ids((0, 2))
        assert found(filled, '"entry 2"') == []
        assert [wait.url for wait in filled.pending_media(now=NOW + DAY, limit=9)] == ["https://i.example/p.png"]
        ledger.settle(ledger.dirty(), values={})
        filled.apply_pages([page])
        assert ledger.dirty() == []

    def test_an_edit_after_enrichment_shows_the_feed_and_keeps_what_was_shown(self, filled: Archive) -> None:
        filled.apply_pages([page_of(0, 2, "Only on the page")])
        edited = write(0, 2, text="Now all of it in the feed", changed_at=NOW + HOUR, changed=("text",))
        filled.apply([changes(0, edits=[edited], at=NOW + HOUR)])
        record = filled.article(article_id(0, 2))
        assert record is not None
        assert record.body.text == "Now all of it in the feed"
        (revision,) = filled.revisions(article_id(0, 2))
        assert (revision.body.text, revision.body.origin) == ("Only on the page", "page")
        assert found(filled, "only on the page") == []

    def test_an_edit_that_awaits_the_page_keeps_its_text_until_then(self, filled: Archive) -> None:
        filled.apply_pages([page_of(0, 2, "Only on the page")])
        edited = write(0, 2, title="Retitled", text="Short", changed_at=NOW + HOUR, changed=("title", "text"))
        filled.apply([changes(0, edits=[edited], pages=[page_fetch(0, 2)], at=NOW + HOUR)])
        record = filled.article(article_id(0, 2))
        feed = filled.feed_body(article_id(0, 2))
        assert record is not None
        assert feed is not None
        assert (record.article.title, record.body.text, feed.text) == ("Retitled", "Only on the page", "Short")
        assert record.article.length_chars == 16
        assert record.article.clean_digest == edited.article.clean_digest
        assert found(filled, "retitled page") == ids((0, 2))
        filled.apply_pages([page_of(0, 2, "New on the page")])
        assert [revision.body.text for revision in filled.revisions(article_id(0, 2))] == ["Only on the page"]
        assert found(filled, "only") == []
        assert found(filled, "new page") == ids((0, 2))

    def test_a_page_that_does_not_fit_is_given_up_alone(self, filled: Archive) -> None:
        filled.apply([msgspec.structs.replace(quiet(0), pages=(page_fetch(0, 0), page_fetch(0, 1)))])
        bad = page_of(0, 0, "x")
        assert bad.write is not None
        bad = msgspec.structs.replace(bad, write=msgspec.structs.replace(bad.write, text_tokens="\ud800"))
        filled.apply_pages([bad, page_of(0, 1, "Good page")])
        assert filled.pending_pages(now=NOW + DAY, limit=9) == []
        shown = [record.body.origin for record in filled.records(ids((0, 0), (0, 1)))]
        assert shown == ["feed", "page"]

    # -- media

    def test_an_image_waits_is_stored_and_publishes_who_shows_it(self, archive: Archive) -> None:
        archive.register(sources(2), now=NOW)
        both, one, none = "https://i.example/both.png", "https://i.example/one.png", "https://i.example/none.png"
        archive.apply([changes(0, [write(0, 0, images=(both, one)), write(0, 1)])])
        archive.apply([changes(1, [write(1, 0, images=(both, none))], at=NOW + HOUR)])
        ledger = archive.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        assert [wait.url for wait in archive.pending_media(now=NOW, limit=9)] == [both, one]
        assert archive.pending_media(now=NOW + HOUR, limit=9)[2] == MediaFetch(url=none, next_try=NOW + HOUR)
        later = MediaFetch(url=one, attempts=1, next_try=NOW + DAY)
        archive.apply_media(
            [
                MediaChanges(url=both, stored=stored("both.png"), at=NOW + HOUR),
                MediaChanges(url=one, retry=later, error="timeout", at=NOW + HOUR),
            ]
        )
        assert ledger.dirty() == ids((0, 0), (1, 0))
        assert archive.pending_media(now=NOW + 2 * DAY, limit=9) == [MediaFetch(url=none, next_try=NOW + HOUR), later]
        ledger.settle(ledger.dirty(), values={})
        archive.apply_media([MediaChanges(url=none, error="answers 404", at=NOW + HOUR)])
        assert ledger.dirty() == ids((1, 0))
        states = archive.media([both, one, none, "https://i.example/nobody.png"])
        assert set(states) == {both, one, none}
        assert states[both].stored == stored("both.png")
        assert (states[one].stored, states[one].error) == (None, None)
        assert (states[none].stored, states[none].error) == (None, "answers 404")
        counts = archive.counts()
        assert (counts.media, counts.pending_media) == (1, 1)

    def test_an_image_that_is_applied_again_publishes_nothing(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        url = "https://i.example/a.png"
        archive.apply([changes(0, [write(0, 0, images=(url,))])])
        change = MediaChanges(url=url, stored=stored("a.png"), at=NOW)
        archive.apply_media([change])
        ledger = archive.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        archive.apply_media([change])
        assert ledger.dirty() == []
        archive.apply_media([])

    # -- taking down

    def test_a_takedown_removes_everything_and_leaves_a_tombstone(self, archive: Archive) -> None:
        archive.register(sources(2), now=NOW)
        mine, shared = "https://i.example/mine.png", "https://i.example/shared.png"
        archive.apply(
            [
                changes(0, [write(0, 0, images=(mine, shared)), write(0, 1)], pages=[page_fetch(0, 0)]),
                changes(1, [write(1, 0, images=(shared,))]),
            ]
        )
        archive.apply_media([MediaChanges(url=url, stored=stored(url[-8:]), at=NOW) for url in (mine, shared)])
        archive.apply(
            [changes(0, edits=[write(0, 0, text="Later", changed_at=NOW + HOUR, changed=("text",))], at=NOW + HOUR)]
        )
        ledger = archive.ledger("site")
        ledger.settle(ledger.dirty(), values={})
        assert archive.take_down(ids((0, 0)), digests=[b"one", b"two"], now=NOW) == [stored(mine[-8:]).name]
        assert archive.article(article_id(0, 0)) is None
        assert archive.revisions(article_id(0, 0)) == []
        assert archive.capture(article_id(0, 0)) == []
        assert archive.known([("source-0", entry_key(0, 0))]) == {}
        assert found(archive, "Later") == []
        assert found(archive, "entry") == ids((0, 1), (1, 0)) or found(archive, "entry") == ids((1, 0), (0, 1))
        assert set(archive.media([mine, shared])) == {shared}
        assert archive.pending_pages(now=NOW + DAY, limit=9) == []
        assert archive.tombstoned([b"one", b"three", b"two"]) == {b"one", b"two"}
        assert ledger.dirty() == ids((0, 0))
        assert archive.take_down(ids((0, 0)), digests=[b"one"], now=NOW) == []

    def test_a_place_in_the_order_of_arrival_is_never_given_twice(self, filled: Archive) -> None:
        last = filled.articles(ids((1, 1)))[0].arrival
        filled.take_down(ids((1, 1)), digests=[], now=NOW)
        filled.apply([changes(2, [write(2, 0)])])
        assert filled.articles(ids((2, 0)))[0].arrival > last

    def test_nothing_is_tombstoned_at_first(self, archive: Archive) -> None:
        assert archive.tombstoned([digest(n) for n in range(5)]) == set()
