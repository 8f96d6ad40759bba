"""Values to columns and back: times, lists, windows, articles. No statements are run here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from struct import iter_unpack
from typing import Any, Final

import msgspec

from broadsheet.model import Article, Packed, Source, SourceState, Validators

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EMPTY_LIST: Final = "[]"

Row = Sequence[Any]

_ENCODER = msgspec.json.Encoder()
_TEXTS = msgspec.json.Decoder(tuple[str, ...])
_WINDOW_ENCODER = msgspec.msgpack.Encoder()
_WINDOW = msgspec.msgpack.Decoder(dict[bytes, bytes])

_KEY_BYTES: Final = 16
_ANY_SIZES: Final = 0


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def micros_or_none(at: datetime | None) -> int | None:
    """Microseconds since 1970, `None` for `None`."""
    return None if at is None else micros(at)


def moment(at: int) -> datetime:
    """The time that `micros` was given."""
    return EPOCH + timedelta(microseconds=at)


def moment_or_none(at: int | None) -> datetime | None:
    """The time that `micros_or_none` was given."""
    return None if at is None else EPOCH + timedelta(microseconds=at)


def pack_list(texts: Sequence[str]) -> str:
    """Texts as a JSON list."""
    return _ENCODER.encode(texts).decode() if texts else EMPTY_LIST


def unpack_list(column: str) -> tuple[str, ...]:
    """The texts that `pack_list` was given."""
    return () if column == EMPTY_LIST else _TEXTS.decode(column)


def json_of(items: Sequence[str] | Sequence[int]) -> str:
    """A JSON list for `json_each`: one parameter for any number of values, so that a statement is prepared once."""
    return _ENCODER.encode(items).decode()


def pack_window(window: dict[bytes, bytes]) -> bytes:
    """Key and digest of each entry one after the other, behind a byte that gives the size of a digest.

    That byte is 0 where sizes differ, and the rest is MessagePack then.
    """
    sizes = set(map(len, window.values()))
    size = sizes.pop() if len(sizes) == 1 else 0
    if sizes or not 0 < size < 256 or any(len(key) != _KEY_BYTES for key in window):  # noqa: PLR2004 - one byte
        return bytes([_ANY_SIZES]) + _WINDOW_ENCODER.encode(window)
    return bytes([size]) + b"".join(chain.from_iterable(window.items()))


def unpack_window(column: bytes | None) -> dict[bytes, bytes]:
    """The window that `pack_window` was given; empty for `None`."""
    if not column:
        return {}
    if column[0] == _ANY_SIZES:
        return _WINDOW.decode(column[1:])
    return dict(iter_unpack(f"{_KEY_BYTES}s{column[0]}s", memoryview(column)[1:]))


SOURCE_COLUMNS: Final = "s.key, s.ref, s.url, s.section, s.full_text, s.rights, s.interval_s"


def source_of(row: Row) -> Source:
    """The source in `SOURCE_COLUMNS`."""
    return Source(
        key=row[0],
        ref=row[1],
        url=row[2],
        section=unpack_list(row[3]),
        full_text=row[4],
        rights=row[5],
        interval_s=row[6],
    )


STATE_COLUMNS: Final = (
    "s.next_due, s.held_until, s.gone, s.moved_url, s.etag, s.last_modified, s.body_digest, s.feed_title, s.feed_link,"
    " s.last_fetch, s.last_success, s.failing_since, s.failures, s.error_kind, s.error, s.problems, s.last_new"
)


def state_of(key: str, row: Row) -> SourceState:
    """The state in `STATE_COLUMNS`."""
    return SourceState(
        key=key,
        next_due=moment_or_none(row[0]),
        held_until=moment_or_none(row[1]),
        gone=bool(row[2]),
        moved_url=row[3],
        validators=Validators(etag=row[4], last_modified=row[5]),
        body_digest=row[6],
        feed_title=row[7],
        feed_link=row[8],
        last_fetch=moment_or_none(row[9]),
        last_success=moment_or_none(row[10]),
        failing_since=moment_or_none(row[11]),
        failures=row[12],
        error_kind=row[13],
        error=row[14],
        problems=unpack_list(row[15]),
        last_new=moment_or_none(row[16]),
    )


ARTICLE_COLUMNS: Final = (
    "a.id, a.arrival, s.key, a.url, a.canonical, a.title, a.author, a.published, a.updated, a.first_seen, a.changed_at,"
    " a.tags, a.lead_image, a.language, a.license, a.rights, a.summary, a.clean_digest, a.length_chars, a.withdrawn_at"
)
ARTICLE_WIDTH: Final = 20


def article_of(row: Row) -> Article:
    """The article in `ARTICLE_COLUMNS`; more columns may follow."""
    return Article(
        id=row[0],
        arrival=row[1],
        source_key=row[2],
        url=row[3],
        canonical=row[4],
        title=row[5],
        author=row[6],
        published=moment_or_none(row[7]),
        updated=moment_or_none(row[8]),
        first_seen=moment(row[9]),
        changed_at=moment_or_none(row[10]),
        tags=unpack_list(row[11]),
        lead_image=row[12],
        language=row[13],
        license=row[14],
        rights=row[15],
        summary=row[16],
        clean_digest=row[17],
        length_chars=row[18],
        withdrawn_at=moment_or_none(row[19]),
    )


def packed_of(row: Row) -> Packed:
    """The packed bytes in `codec, dictionary, data`."""
    return Packed(codec=row[0], dictionary=row[1], data=row[2])
