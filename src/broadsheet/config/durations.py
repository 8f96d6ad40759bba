"""Durations as people write them."""

import math
import re

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
LONGEST_S = 3650 * 86400.0
"""Ten years: more is a slip, and would leave the calendar."""

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


def seconds(written: str | float) -> float:
    """Seconds of `20s`, `1h30m`, `7d`, or of a plain number.

    Raises:
        ValueError: it is neither, or not between nothing and ten years.
    """
    duration_s = _number(written) if isinstance(written, str) else written
    if duration_s < 0:
        raise ValueError(f"{written} is negative")
    if math.isnan(duration_s) or duration_s > LONGEST_S:
        raise ValueError(f"{written} is too long; the most is ten years")
    return float(duration_s)


def _number(written: str) -> float:
    text = written.strip().lower()
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f'"{written}" is not a duration; write it as in "20s", "30m", "1h" or "7d"')
    return sum(float(number) * _UNITS_S[unit] for number, unit in parts)


def written(duration_s: float) -> str:
    """The shortest way to write it: `1h`, `90s`."""
    for unit in ("w", "d", "h", "m", "s"):
        if duration_s >= _UNITS_S[unit] and duration_s % _UNITS_S[unit] == 0:
            return f"{duration_s / _UNITS_S[unit]:.0f}{unit}"
    return f"{duration_s:g}s"
