"""When a source is asked again: pure functions from its state and what happened to its next state.

Everything about intervals, back-off and holds lives here. Jitter comes from the source's key, so it is repeatable.
"""

from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

from broadsheet.model import SourceState, Validators, Value

LONGEST_INTERVAL_S = 7 * 86400.0
"""However long a publisher asks us to wait, a week is the most."""

LONGEST_BACKOFF_S = 86400.0
"""A failing source is asked at least daily; it never stops for good."""

SHORTEST_BACKOFF_S = 60.0

DEFAULT_HOLD_S = 3600.0
"""What a 429 without Retry-After means."""

LONGEST_HOLD_S = 7 * 86400.0


class Pace(Value, frozen=True, kw_only=True):
    """What bounds the time between two fetches of one source, in seconds.

    Attributes:
        own_interval_s: the user's own for this source; wins over what the publisher asks.
        asked_s: what the publisher asks for (ttl, max-age), 0 if nothing.
    """

    min_interval_s: float
    own_interval_s: float | None = None
    asked_s: float = 0.0

    @property
    def interval_s(self) -> float:
        """The time to wait after a success."""
        if self.own_interval_s is not None:
            return self.own_interval_s
        return min(max(self.min_interval_s, self.asked_s), max(LONGEST_INTERVAL_S, self.min_interval_s))


def after_success(state: SourceState, *, now: datetime, pace: Pace, validators: Validators) -> SourceState:
    """The state after an answer that could be used (200 or 304); failures are over."""
    return msgspec.structs.replace(
        state,
        validators=validators,
        next_due=now + timedelta(seconds=pace.interval_s),
        last_fetch=now,
        last_success=now,
        failing_since=None,
        failures=0,
        error_kind=None,
        error=None,
        held_until=None,
        gone=False,
    )


def after_failure(state: SourceState, *, now: datetime, pace: Pace, kind: str, message: str) -> SourceState:
    """The state after a failure: asked again later each time, with jitter, at least daily."""
    failures = state.failures + 1
    wait_s = _backoff_s(state.key, failures, base_s=max(pace.interval_s, SHORTEST_BACKOFF_S))
    return msgspec.structs.replace(
        state,
        next_due=now + timedelta(seconds=wait_s),
        last_fetch=now,
        failing_since=state.failing_since or now,
        failures=failures,
        error_kind=kind,
        error=message,
        held_until=None,
    )


def after_hold(
    state: SourceState, *, now: datetime, pace: Pace, message: str, retry_after_s: float | None
) -> SourceState:
    """The state after its host asked us to wait (429, 503 with Retry-After): held, which is not failed.

    When it is due is another matter: what is due and held waits, and is counted as held.
    """
    asked_s = DEFAULT_HOLD_S if retry_after_s is None else retry_after_s
    return msgspec.structs.replace(
        state,
        next_due=now + timedelta(seconds=min(pace.min_interval_s, pace.interval_s)),
        last_fetch=now,
        error_kind="held",
        error=message,
        held_until=now + timedelta(seconds=min(max(asked_s, 1.0), LONGEST_HOLD_S)),
    )


def after_gone(state: SourceState, *, now: datetime, message: str) -> SourceState:
    """The state after a 410: not asked again until its URL changes."""
    return msgspec.structs.replace(
        state,
        next_due=None,
        last_fetch=now,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        error_kind="status",
        error=message,
        held_until=None,
        gone=True,
    )


RETRIES_S = (3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0)
"""How long a page or image waits after each failed try; after the last one it is given up."""


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When a page or image that failed `attempts` times is tried again; `None` when it is given up."""
    if attempts > len(RETRIES_S):
        return None
    return now + timedelta(seconds=RETRIES_S[attempts - 1])


def _backoff_s(key: str, failures: int, *, base_s: float) -> float:
    doubled = base_s * 2.0 ** min(failures - 1, 16)
    spread = int.from_bytes(blake2b(f"{key}\0{failures}".encode(), digest_size=2).digest(), "big") / 65535.0
    return min(doubled, max(LONGEST_BACKOFF_S, base_s)) * (0.9 + 0.2 * spread)
