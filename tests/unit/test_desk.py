"""What editions read: views in batches, pictures by mode, and the health of sources."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from PIL import Image
from pressroom import SOURCES, T0, article_id, fill, mirror, new_archive, settings

from broadsheet.desk import CHUNK, ArchiveDesk
from broadsheet.editions.base import Picture, SourceHealth
from broadsheet.media_store import FolderMediaStore
from broadsheet.model import Changes, FetchLogLine, MediaChanges, Sighting, SourceState
from broadsheet.ports import Archive, SourceRow
from broadsheet.settings import ImageSettings, SiteSettings

PUBLIC = SiteSettings(title="Test", url="https://news.example", audience="public", contact="https://news.example/me")
URL = "https://img.example/1.png"


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    archive = new_archive(tmp_path / "archive.db")
    yield archive
    archive.close()


def ids(numbers: Sequence[int]) -> list[str]:
    return [article_id(number) for number in numbers]


class Counting:
    """An archive that says what it was asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._archive, name)


class TestViews:
    def test_in_the_order_asked_without_the_unknown(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, range(5))
        desk = ArchiveDesk(archive, settings(tmp_path))
        wanted = [article_id(3), "nothinglikethis", article_id(1)]
        assert [view.article.id for view in desk.views(wanted)] == ids([3, 1])
        assert [view.article.id for view in desk.heads(wanted)] == ids([3, 1])
        assert list(desk.views([])) == []

    def test_in_batches(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, range(2 * CHUNK + 1))
        counting = Counting(archive)
        desk = ArchiveDesk(cast("Archive", counting), settings(tmp_path))
        assert len(list(desk.views(ids(range(2 * CHUNK + 1))))) == 2 * CHUNK + 1
        assert sorted(counting.asked) == sorted(["records", "media"] * 3 + ["sources"])

    def test_lazily(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, range(2 * CHUNK))
        counting = Counting(archive)
        desk = ArchiveDesk(cast("Archive", counting), settings(tmp_path))
        next(iter(desk.views(ids(range(2 * CHUNK)))))
        assert counting.asked.count("records") == 1

    def test_in_public_by_the_source_s_right(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1], size=100)
        fill(archive, [2], source="beta", size=100)
        desk = ArchiveDesk(archive, settings(tmp_path, site=PUBLIC))
        quoted, own = desk.views(ids([1, 2]))
        assert (quoted.full, quoted.pictures, quoted.lead) == (False, {}, None)
        assert (own.full, own.right, own.index) == (True, "own", True)
        heads = list(desk.heads(ids([1, 2])))
        assert [(head.full, head.summary) for head in heads] == [(False, quoted.summary), (True, own.summary)]
        assert len(quoted.summary) <= len(quoted.text) + 2

    def test_pictures_that_are_not_shown_are_not_looked_up(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, range(3))
        counting = Counting(archive)
        list(ArchiveDesk(cast("Archive", counting), settings(tmp_path, site=PUBLIC)).views(ids(range(3))))
        assert "media" not in counting.asked

    def test_who_else_has_it(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1])
        sighting = Sighting(
            source_key="beta", entry_key=b"e" * 16, article_id=article_id(1), content_digest=b"c", first_seen=T0
        )
        log = FetchLogLine(source_key="beta", at=T0, status=200, outcome="fetched")
        changes = Changes(source_key="beta", state=SourceState(key="beta"), sightings=(sighting,), log=log)
        assert archive.apply([changes]) == [None]
        (view,) = ArchiveDesk(archive, settings(tmp_path)).views(ids([1]))
        assert view.face.name == "Alpha"
        assert [face.name for face in view.also_in] == ["Beta"]


class TestPictures:
    def test_mirrored(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1])
        desk = ArchiveDesk(archive, settings(tmp_path))
        (waiting,) = desk.views(ids([1]))
        assert (waiting.pictures[URL].missing, waiting.lead) == (True, None)
        image = io.BytesIO()
        Image.new("RGB", (4, 3)).save(image, "PNG")
        media = FolderMediaStore(tmp_path / "media")
        mirror(archive, media, image.getvalue())
        (view,) = desk.views(ids([1]))
        name = media.put(image.getvalue()).name
        picture = Picture(original=URL, name=name, width=4, height=3)
        assert view.pictures == {URL: picture}
        assert view.lead == picture
        assert next(desk.heads(ids([1]))).lead == picture

    def test_that_could_not_be_had(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1])
        archive.apply_media([MediaChanges(url=URL, error="answers 404", at=T0)])
        (view,) = ArchiveDesk(archive, settings(tmp_path)).views(ids([1]))
        assert view.pictures[URL].missing

    @pytest.mark.parametrize(
        ("template", "url"),
        [
            ("https://proxy.example/?{url}", f"https://proxy.example/?{URL}"),
            (
                "https://proxy.example/?u={url_quoted}&w=9",
                "https://proxy.example/?u=https%3A%2F%2Fimg.example%2F1.png&w=9",
            ),
        ],
    )
    def test_through_the_proxy(self, archive: Archive, tmp_path: Path, template: str, url: str) -> None:
        fill(archive, [1])
        images = ImageSettings(mode="proxy", proxy=template)
        (view,) = ArchiveDesk(archive, settings(tmp_path, images=images)).views(ids([1]))
        assert view.pictures[URL].url == url
        assert view.lead == view.pictures[URL]

    def test_left_where_they_are(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1])
        (view,) = ArchiveDesk(archive, settings(tmp_path, images=ImageSettings(mode="link"))).views(ids([1]))
        assert view.pictures[URL].url == URL


def health(*states: SourceState) -> list[SourceHealth]:
    """What the desk says of sources in these states."""
    rows = [
        SourceRow(
            source=msgspec.structs.replace(SOURCES[0], key=state.key),
            state=state,
            active=True,
            articles=3,
            new_per_day=9.0,
        )
        for state in states
    ]
    archive = SimpleNamespace(sources=lambda **_: rows)
    return ArchiveDesk(cast("Archive", archive), settings(Path("/nowhere"))).sources()


def state(key: str = "a", **changes: Any) -> SourceState:
    return SourceState(**{"key": key, "last_fetch": T0, "last_success": T0, "last_new": T0, **changes})


class TestHealth:
    @pytest.mark.parametrize(
        ("changes", "word", "since", "reason"),
        [
            ({}, "ok", None, None),
            ({"last_fetch": None, "last_new": None}, "new", None, None),
            (
                {"failures": 3, "failing_since": T0, "error_kind": "status", "error": "answers 503"},
                "failing",
                T0,
                "answers 503",
            ),
            (
                {
                    "failures": 1,
                    "failing_since": T0,
                    "error_kind": "connect",
                    "error": "cannot connect to 10.0.0.1:503",
                },
                "failing",
                T0,
                "cannot be reached",
            ),
            ({"failures": 1, "error_kind": "odd", "error": "?"}, "failing", None, "fails"),
            (
                {
                    "failures": 1,
                    "gone": True,
                    "failing_since": T0,
                    "error_kind": "status",
                    "error": "answers 410: gone",
                },
                "gone",
                T0,
                "answers 410",
            ),
            ({"held_until": T0, "error_kind": "held", "error": "answers 429"}, "held", None, "answers 429"),
            ({"held_until": T0, "error_kind": "held", "error": "asked to wait"}, "held", None, "asked us to wait"),
            ({"last_new": None}, "quiet", None, None),
            ({"last_new": T0 - timedelta(days=31)}, "quiet", T0 - timedelta(days=31), None),
            ({"last_new": T0 - timedelta(days=29)}, "ok", None, None),
        ],
    )
    def test_in_words(self, changes: Any, word: str, since: datetime | None, reason: str | None) -> None:
        found, _ = health(state(**changes), state("other"))
        assert (found.state, found.since, found.reason, found.articles) == (word, since, reason, 3)

    def test_codes_beside_the_words(self) -> None:
        failing, refused, fine = health(
            state("a", failures=1, error_kind="status", error="answers 503"),
            state("b", failures=1, error_kind="refused", error="192.168.0.200 is at a private address"),
            state("c"),
        )
        assert [(one.kind, one.status) for one in (failing, refused, fine)] == [
            ("status", 503),
            ("refused", None),
            (None, None),
        ]
        assert "192.168" not in str(msgspec.to_builtins(refused))

    def test_a_quiet_poll_changes_nothing(self) -> None:
        later = {"last_fetch": T0 + timedelta(days=90), "last_success": T0 + timedelta(days=90)}
        assert health(state()) == health(state(**later))
        failing = {"failures": 1, "failing_since": T0, "error_kind": "status", "error": "answers 503"}
        assert health(state(**failing)) == health(state(**{**failing, **later, "failures": 9}))

    def test_sources_that_are_no_longer_configured_are_left_out(self, archive: Archive, tmp_path: Path) -> None:
        fill(archive, [1])
        archive.register(SOURCES[1:], now=T0)
        desk = ArchiveDesk(archive, settings(tmp_path))
        assert [one.face.key for one in desk.sources()] == ["beta"]
        (view,) = desk.views(ids([1]))
        assert view.face.name == "Alpha"
