"""What a response's headers say, as values."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}")
_MOST_S = 999_999_999.0


def flatten(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers under lower-case names, repeated ones joined; those that are not UTF-8 are left out.

    They could neither be kept as text nor sent back byte for byte.
    """
    flat: dict[str, str] = {}
    for name, value in headers:
        if not value.isascii() and not _is_text(value):
            continue
        key = name.lower()
        flat[key] = f"{flat[key]}, {value}" if key in flat else value
    return flat


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait that a Retry-After header asks for (RFC 9110 10.2.3), `None` if it cannot be read."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    if text.isascii() and text.isdigit():
        return _MOST_S
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(_MOST_S, max(0.0, (aware - now).total_seconds()))


def _is_text(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
