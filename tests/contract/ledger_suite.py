"""What the memory of an edition must do, whatever it is stored in."""

from collections.abc import Mapping
from itertools import count

import pytest
from archive_samples import HOUR, NOW, article_id, changes, first_fetch, sources, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.model import Page
from broadsheet.ports import Archive, Ledger, Place


def ids(*pairs: tuple[int, int]) -> list[str]:
    return [article_id(number, entry) for number, entry in pairs]


def page(path: str, article: str | None = None) -> Page:
    return Page(path=path, content=b"unused", article_id=article)


class LedgerSuite:
    """Subclass it with a fixture `archive` that gives a new, empty archive."""

    @pytest.fixture
    def ledger(self, archive: Archive) -> Ledger:
        """Of a new edition, over two sources with three and two articles."""
        archive.register(sources(3), now=NOW)
        archive.apply([first_fetch(0, 3), first_fetch(1, 2)])
        return archive.ledger("site")

    def test_a_new_edition_has_everything_dirty_in_order_of_arrival(self, archive: Archive, ledger: Ledger) -> None:
        everything = ids((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))
        assert ledger.dirty() == everything
        ledger.settle(everything[1:], values={})
        assert archive.ledger("site").dirty() == everything[:1]
        assert archive.ledger("hexo").dirty() == everything

    def test_each_edition_has_its_own_outbox(self, archive: Archive, ledger: Ledger) -> None:
        other = archive.ledger("hexo")
        ledger.settle(ledger.dirty(), values={})
        other.settle(other.dirty(), values={})
        archive.apply(
            [changes(2, [write(2, 0)], at=NOW + HOUR), changes(0, edits=[write(0, 1, changed_at=NOW)], at=NOW + HOUR)]
        )
        assert ledger.dirty() == other.dirty() == ids((0, 1), (2, 0))
        ledger.settle(ids((0, 1)), values={})
        assert (ledger.dirty(), other.dirty()) == (ids((2, 0)), ids((0, 1), (2, 0)))

    def test_values_are_remembered_when_all_is_settled(self, archive: Archive, ledger: Ledger) -> None:
        assert ledger.get("fingerprint") is None
        ledger.settle([], values={"fingerprint": "1", "列": "二"})
        ledger.settle(ids((0, 0)), values={"fingerprint": "2"})
        assert (ledger.get("fingerprint"), ledger.get("列")) == ("2", "二")
        assert archive.ledger("hexo").get("fingerprint") is None
        ledger.settle([], values={})

    def test_a_planned_page_is_known_and_its_digest_is_not(self, ledger: Ledger) -> None:
        first, second = ids((0, 0), (0, 1))
        ledger.plan([page("a.html", first), page("b.html", second), page("list.html")])
        assert ledger.pages(["a.html", "list.html", "no.html"]) == {"a.html": b"", "list.html": b""}
        ledger.written({"a.html": b"1", "list.html": b"2"}, removed=[])
        assert ledger.pages(["a.html", "b.html"]) == {"a.html": b"1", "b.html": b""}
        ledger.plan([page("a.html", first)])
        assert ledger.pages(["a.html"]) == {"a.html": b""}
        assert ledger.pages_of([first, second, "nobody"]) == {first: ["a.html"], second: ["b.html"]}
        assert list(ledger.all_pages()) == ["a.html", "b.html", "list.html"]
        assert ledger.count_pages() == 3
        ledger.written({"new.html": b"3"}, removed=["a.html", "no.html"])
        assert list(ledger.all_pages()) == ["b.html", "list.html", "new.html"]
        assert ledger.pages_of([first]) == {}
        ledger.plan([])
        ledger.written({}, removed=[])

    def test_pages_may_be_removed_while_they_are_listed(self, ledger: Ledger) -> None:
        paths = [f"{number:05d}.html" for number in range(12_000)]
        ledger.written(dict.fromkeys(paths, b"x"), removed=[])
        seen = []
        for path in ledger.all_pages():
            seen.append(path)
            if len(seen) % 3000 == 0:
                ledger.written({}, removed=seen[-3000:])
        assert seen == paths
        assert ledger.count_pages() == 0

    def test_a_removed_article_that_has_a_page_is_dirty_last(self, archive: Archive, ledger: Ledger) -> None:
        gone, *rest = ledger.dirty()
        ledger.plan([page("gone.html", gone)])
        ledger.settle(ledger.dirty(), values={})
        archive.take_down([gone], digests=[], now=NOW)
        assert ledger.dirty() == [gone]
        ledger.settle([gone], values={})
        ledger.all_dirty()
        assert ledger.dirty() == [*rest, gone]

    def test_a_forgotten_edition_starts_anew_but_knows_its_pages(self, archive: Archive, ledger: Ledger) -> None:
        gone = ids((0, 0))[0]
        ledger.plan([page("gone.html", gone)])
        ledger.place({gone: ["all"]})
        ledger.settle(ledger.dirty(), values={})
        archive.ledger("hexo")
        archive.forget_editions(["hexo", "never configured"])
        archive.take_down([gone], digests=[], now=NOW)
        archive.apply([changes(2, [write(2, 0)])])
        again = archive.ledger("site")
        assert again.dirty() == [*ids((0, 1), (0, 2), (1, 0), (1, 1), (2, 0)), gone]
        assert list(again.all_pages()) == ["gone.html"]
        assert again.places_of([gone]) == [Place(list="all", position=0, article_id=gone)]
        archive.forget_editions(["hexo", "site"])

    def test_places_are_given_in_order_and_never_move(self, ledger: Ledger) -> None:
        added = ledger.place({"a": ["all", "x"], "b": ["all"], "c": ["x", "all", "x"]})
        assert set(added) == {
            Place(list="all", position=0, article_id="a"),
            Place(list="x", position=0, article_id="a"),
            Place(list="all", position=1, article_id="b"),
            Place(list="all", position=2, article_id="c"),
            Place(list="x", position=1, article_id="c"),
        }
        assert ledger.place({"a": ["x", "all"], "b": ["all"]}) == []
        removed = ledger.place({"a": ["x"], "b": []})
        assert {(place.list, place.position, place.article_id) for place in removed} == {
            ("all", 0, "a"),
            ("all", 1, "b"),
        }
        assert ledger.place({"b": ["all"]}) == [Place(list="all", position=3, article_id="b")]
        assert [place.position for place in ledger.members("all", start=0, stop=9)] == [2, 3]
        assert [place.position for place in ledger.members("all", start=3, stop=4)] == [3]
        assert [place.article_id for place in ledger.newest("all", limit=1)] == ["b"]
        assert ledger.newest("nowhere", limit=1) == []
        assert ledger.lists("") == [("all", 2, 4), ("x", 2, 2)]
        assert ledger.place({}) == []

    def test_lists_by_the_beginning_of_their_names(self, archive: Archive, ledger: Ledger) -> None:
        ledger.place({"a": ["s/科技", "s/科技/源", "s%", "s_", "S/x", "t"]})
        ledger.place({"a": ["s/科技", "s%", "s_", "S/x", "t"]})
        assert ledger.lists("s/") == [("s/科技", 1, 1), ("s/科技/源", 0, 1)]
        assert ledger.lists("s%") == [("s%", 1, 1)]
        assert ledger.lists("nothing") == []
        assert archive.ledger("hexo").lists("") == []
        assert archive.ledger("hexo").places_of(["a"]) == []

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("xyz"), max_size=4), max_size=5),
            max_size=12,
        )
    )
    def test_positions_never_move_and_holes_stay(self, archive: Archive, steps: list[dict[str, list[str]]]) -> None:
        ledger = archive.ledger(f"edition {next(_numbers)}")
        model = _Model()
        for step in steps:
            changed = ledger.place(step)
            assert sorted(map(_key, changed)) == sorted(model.place(step))
            for name in "xyz":
                places = ledger.members(name, start=0, stop=1000)
                assert {place.position: place.article_id for place in places} == model.members[name]
                assert ledger.newest(name, limit=1000) == places[::-1]
            assert ledger.lists("") == [
                (name, len(model.members[name]), used) for name, used in sorted(model.used.items()) if used
            ]
            everywhere = [_key(place) for place in ledger.places_of(list("abcdefgh"))]
            assert sorted(everywhere) == sorted(
                (name, position, article) for name in "xyz" for position, article in model.members[name].items()
            )


_numbers = count()  # every example gets an edition of its own


def _key(place: Place) -> tuple[str, int, str]:
    return place.list, place.position, place.article_id


class _Model:
    """The same in plain dictionaries."""

    def __init__(self) -> None:
        self.members: dict[str, dict[int, str]] = {name: {} for name in "xyz"}
        self.used: dict[str, int] = dict.fromkeys("xyz", 0)

    def place(self, step: Mapping[str, list[str]]) -> list[tuple[str, int, str]]:
        changed = []
        for article, names in step.items():
            for name, members in self.members.items():
                positions = [position for position, member in members.items() if member == article]
                if positions and name not in names:
                    del members[positions[0]]
                    changed.append((name, positions[0], article))
            for name in dict.fromkeys(names):
                if article not in self.members[name].values():
                    self.members[name][self.used[name]] = article
                    changed.append((name, self.used[name], article))
                    self.used[name] += 1
        return changed
