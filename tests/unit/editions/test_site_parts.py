"""The small parts of the site edition, each by itself: dates, colours, languages, list arithmetic, addresses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import MemoryLedger, Newsroom, article_id, view

from broadsheet.editions.site import SiteEdition, front
from broadsheet.editions.site.colour import PAPER_DARK, PAPER_LIGHT, contrast, readable
from broadsheet.editions.site.dates import Dates, iso
from broadsheet.editions.site.languages import direction_of, language_of
from broadsheet.editions.site.lists import Neighbours, Shelf
from broadsheet.editions.site.sections import Atlas, link, outside
from broadsheet.messages import messages_for

NOON = datetime(2025, 3, 9, 12, 0, 0, 987654, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "day", "at"),
    [
        ("en", "UTC", "Sunday 9 March 2025", "9 March 2025, 12:00"),
        ("en", "Asia/Shanghai", "Sunday 9 March 2025", "9 March 2025, 20:00"),
        ("zh-CN", "Pacific/Auckland", "2025年3月10日 星期一", "2025年3月10日 01:00"),
    ],
)
def test_dates_in_zone_and_language(language: str, zone: str, day: str, at: str) -> None:
    dates = Dates(zone, messages_for(language))
    assert dates.day(dates.day_key(NOON)) == day
    assert dates.at(NOON) == at


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["UTC", "Pacific/Kiritimati", "America/Adak"]))
def test_no_date_is_too_far_away(at: datetime, zone: str) -> None:
    dates = Dates(zone, messages_for("en"))
    assert dates.at(at)
    assert len(dates.day_key(at)) == 10
    assert datetime.fromisoformat(iso(at)) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("at", "zone", "key"),
    [
        (datetime.min.replace(tzinfo=UTC), "America/Adak", "0001-01-01"),
        (datetime.max.replace(tzinfo=UTC), "Pacific/Kiritimati", "9999-12-31"),
    ],
)
def test_the_ends_of_the_calendar_stay_in_it(at: datetime, zone: str, key: str) -> None:
    assert Dates(zone, messages_for("en")).day_key(at) == key


@given(st.integers(0, 0xFFFFFF), st.sampled_from([(PAPER_LIGHT, "#000000"), (PAPER_DARK, "#ffffff")]))
def test_any_accent_can_be_read(colour: int, paper: tuple[str, str]) -> None:
    chosen = readable(f"#{colour:06x}", paper[0], towards=paper[1])
    assert contrast(chosen, paper[0]) >= 4.5


def test_a_readable_accent_stays_as_it_is() -> None:
    assert readable("#9a3324", PAPER_LIGHT, towards="#000000") == "#9a3324"


@pytest.mark.parametrize(
    ("said", "text", "language", "direction"),
    [
        ("pt-BR", "x", "pt-BR", "ltr"),
        (" he ", "x", "he", "rtl"),
        ("english please", "x", "", "ltr"),
        (None, "Straße über München", "", "ltr"),
        (None, "12:30 שלום", "", "rtl"),
        (None, "👍", "", "ltr"),
        (None, "「雨」のち晴れ", "ja", "ltr"),
    ],
)
def test_languages(said: str | None, text: str, language: str, direction: str) -> None:
    assert language_of(said, text) == language
    assert direction_of(language, text) == direction


@given(st.integers(1, 9), st.integers(0, 80))
def test_pages_and_index_cover_a_list_without_a_gap(size: int, used: int) -> None:
    shelf = Shelf(name="x", members=used, used=used, size=size)
    older = shelf.older_than_index
    numbered = {p for number in range(1, (older or 0) + 1) for p in range(*shelf.range_of(number))}
    assert numbered | set(range(shelf.index_start, used)) == set(range(used))
    assert numbered.isdisjoint(range(shelf.index_start, used))


@pytest.mark.parametrize(
    ("positions", "added", "pages"),
    [
        ([], [], []),
        ([12], [12], []),  # on the index page only
        ([3], [], [1]),  # an old article changed
        ([9], [9], [1, 2]),  # page 2 is full: page 1 gets its link to it
        ([4, 9], [9], [1, 2]),
    ],
)
def test_which_pages_a_change_touches(positions: list[int], added: list[int], pages: list[int]) -> None:
    assert Shelf(name="x", members=13, used=13, size=5).touched(positions, added) == pages


@given(st.sets(st.integers(0, 700), max_size=40), st.integers(0, 700))
def test_neighbours_are_the_nearest_members(members: set[int], position: int) -> None:
    ledger = MemoryLedger()
    ledger.lists_["x"] = [str(at) if at in members else None for at in range(701)]
    beside = Neighbours(ledger, Shelf(name="x", members=len(members), used=701, size=5))  # type: ignore[arg-type]
    before, after = beside.before(position), beside.after(position)
    assert (before.position if before else None) == max((at for at in members if at < position), default=None)
    assert (after.position if after else None) == min((at for at in members if at > position), default=None)


@given(st.lists(st.lists(st.text(max_size=70), min_size=1, max_size=10).map(tuple), max_size=12))
def test_every_section_has_an_address_of_its_own(sections: list[tuple[str, ...]]) -> None:
    atlas = Atlas(sections)
    levels = {section.names: section for names in sections for section in atlas.levels(names)}
    folders = [section.folder for section in levels.values()]
    assert len({folder.casefold() for folder in folders}) == len(folders)
    for folder in folders:
        assert len(folder) < 250
        assert not {".", "..", ""} & set(folder.rstrip("/").split("/"))
        assert link(folder).isascii()


def test_addresses_elsewhere_are_web_addresses_or_nothing() -> None:
    assert outside("https://a.example/?a=1&b='2'") == "https://a.example/?a=1&amp;b=&#x27;2&#x27;"
    assert [outside(url) for url in ("javascript:alert(1)", "data:text/html,x", "//a.example", "", None)] == [None] * 5


def test_what_the_front_page_remembers_can_be_damaged() -> None:
    assert front.recall("[]") is None
    assert front.recall(None) is None
    room = Newsroom()
    room.publish(*(view(number) for number in range(1, 9)))
    room.ledger.values["site:recent"] = "{"
    room.publish(view(9))
    assert article_id(9) in room.text("index.html")
    assert article_id(1) in room.text("index.html")


def test_the_front_page_is_found_anew_when_too_much_of_it_is_removed() -> None:
    room = Newsroom()
    room.publish(*(view(number) for number in range(1, 700)))
    room.publish(gone=[article_id(number) for number in range(1, 260)])
    page = room.text("index.html")
    assert [article_id(number) in page for number in (259, 260, 359, 360)] == [False, True, True, False]


def test_an_article_that_vanished_without_a_word_is_passed_over() -> None:
    room = Newsroom()
    room.publish(view(1), view(2), view(3))
    del room.desk.all[article_id(2)]
    room.publish(view(4), view(3, title="Edited"))
    assert article_id(2) not in room.text("s/City/index.html")
    assert "Edited" in room.text("index.html")


def test_the_fingerprint_follows_the_settings() -> None:
    prints = {
        SiteEdition(room.settings, room.site).fingerprint()
        for room in (Newsroom(), Newsroom(title="Other"), Newsroom(page_size=9), Newsroom(accent="#004488"))
    }
    assert len(prints) == 4
    assert SiteEdition(Newsroom().settings, Newsroom().site).fingerprint() in prints
