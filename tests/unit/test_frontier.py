"""When a source is asked again, after whatever happened to it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.frontier import (
    DEFAULT_HOLD_S,
    LONGEST_BACKOFF_S,
    LONGEST_HOLD_S,
    LONGEST_INTERVAL_S,
    RETRIES_S,
    Pace,
    after_failure,
    after_gone,
    after_hold,
    after_success,
    next_try,
)
from broadsheet.model import SourceState, Validators

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = Pace(min_interval_s=3600)
NEW = SourceState(key="https://a.example/feed")


def wait_s(state: SourceState) -> float:
    assert state.next_due is not None
    return (state.next_due - NOW).total_seconds()


@pytest.mark.parametrize(
    ("pace", "interval_s"),
    [
        (Pace(min_interval_s=3600), 3600),
        (Pace(min_interval_s=3600, asked_s=60), 3600),
        (Pace(min_interval_s=3600, asked_s=7200), 7200),
        (Pace(min_interval_s=3600, asked_s=1e12), LONGEST_INTERVAL_S),
        (Pace(min_interval_s=LONGEST_INTERVAL_S * 2, asked_s=1e12), LONGEST_INTERVAL_S * 2),
        (Pace(min_interval_s=3600, own_interval_s=60, asked_s=7200), 60),
        (Pace(min_interval_s=3600, own_interval_s=LONGEST_INTERVAL_S * 9), LONGEST_INTERVAL_S * 9),
    ],
)
def test_the_interval_is_the_users_own_or_what_user_and_publisher_agree_on(pace: Pace, interval_s: float) -> None:
    assert pace.interval_s == interval_s


def test_success_ends_all_trouble_and_keeps_what_else_is_known() -> None:
    troubled = msgspec.structs.replace(
        NEW,
        feed_title="Title",
        failures=3,
        failing_since=NOW - HOUR,
        error_kind="status",
        error="answers 500",
        held_until=NOW,
        gone=True,
    )
    etag = Validators(etag='"1"')
    state = after_success(troubled, now=NOW, pace=HOURLY, validators=etag)
    assert state == msgspec.structs.replace(
        NEW, feed_title="Title", validators=etag, next_due=NOW + HOUR, last_fetch=NOW, last_success=NOW
    )


def test_failures_wait_twice_as_long_each_time_and_at_most_a_day() -> None:
    state, waits = NEW, []
    for _ in range(12):
        state = after_failure(state, now=NOW, pace=HOURLY, kind="dns", message="no such host")
        waits.append(wait_s(state))
    assert state.failures == 12
    assert (state.failing_since, state.last_fetch, state.last_success) == (NOW, NOW, None)
    assert (state.error_kind, state.error) == ("dns", "no such host")
    for number, waited_s in enumerate(waits):
        assert 0.9 <= waited_s / min(3600 * 2**number, LONGEST_BACKOFF_S) <= 1.1


def test_failing_since_is_when_the_first_of_them_was() -> None:
    first = after_failure(NEW, now=NOW, pace=HOURLY, kind="dns", message="")
    second = after_failure(first, now=NOW + HOUR, pace=HOURLY, kind="tls", message="")
    assert (second.failing_since, second.last_fetch, second.error_kind) == (NOW, NOW + HOUR, "tls")


def test_sources_that_fail_together_do_not_come_back_together() -> None:
    waits = {
        wait_s(after_failure(SourceState(key=str(n)), now=NOW, pace=HOURLY, kind="dns", message="")) for n in range(50)
    }
    assert len(waits) > 45


def test_a_hurried_source_that_fails_waits_a_minute_at_least() -> None:
    state = after_failure(NEW, now=NOW, pace=Pace(min_interval_s=0), kind="dns", message="")
    assert wait_s(state) >= 54


def test_a_slow_source_that_fails_is_not_asked_more_often_than_one_that_works() -> None:
    weekly = Pace(min_interval_s=3600, own_interval_s=7 * 86400)
    assert wait_s(after_failure(NEW, now=NOW, pace=weekly, kind="dns", message="")) >= 0.9 * 7 * 86400


@given(failures=st.integers(0, 10**6), interval_s=st.floats(0, 1e9))
def test_back_off_is_bounded_whatever_happened(failures: int, interval_s: float) -> None:
    before = msgspec.structs.replace(NEW, failures=failures)
    pace = Pace(min_interval_s=interval_s)
    waited_s = wait_s(after_failure(before, now=NOW, pace=pace, kind="dns", message=""))
    assert 54 <= waited_s <= 1.1 * max(LONGEST_BACKOFF_S, interval_s) + 1


@pytest.mark.parametrize(
    ("retry_after_s", "held_s"),
    [(120.0, 120), (7200.0, 7200), (None, DEFAULT_HOLD_S), (0.0, 1), (-5.0, 1), (1e12, LONGEST_HOLD_S)],
)
def test_a_hold_lasts_as_long_as_the_host_asked_within_reason(retry_after_s: float | None, held_s: float) -> None:
    state = after_hold(NEW, now=NOW, pace=HOURLY, message="answers 429", retry_after_s=retry_after_s)
    assert state.held_until == NOW + timedelta(seconds=held_s)
    assert (state.error_kind, state.error, state.last_fetch) == ("held", "answers 429", NOW)


def test_a_hold_changes_nothing_about_when_the_source_is_due() -> None:
    state = after_hold(NEW, now=NOW, pace=HOURLY, message="", retry_after_s=86400)
    assert wait_s(state) == 3600


def test_a_hold_is_no_failure_and_ends_none() -> None:
    held = after_hold(NEW, now=NOW, pace=HOURLY, message="", retry_after_s=60)
    assert (held.failures, held.failing_since) == (0, None)
    failing = after_failure(NEW, now=NOW - HOUR, pace=HOURLY, kind="dns", message="")
    assert after_hold(failing, now=NOW, pace=HOURLY, message="", retry_after_s=60).failures == 1


def test_a_failure_ends_a_hold() -> None:
    held = after_hold(NEW, now=NOW, pace=HOURLY, message="", retry_after_s=60)
    assert after_failure(held, now=NOW + HOUR, pace=HOURLY, kind="dns", message="").held_until is None


def test_what_is_gone_is_not_asked_again() -> None:
    state = after_gone(NEW, now=NOW, message="answers 410")
    assert (state.gone, state.next_due, state.failures, state.failing_since) == (True, None, 1, NOW)
    assert (state.error_kind, state.error, state.last_fetch) == ("status", "answers 410", NOW)
    failing = after_failure(NEW, now=NOW - HOUR, pace=HOURLY, kind="dns", message="")
    assert after_gone(failing, now=NOW, message="").failing_since == NOW - HOUR


def test_a_page_is_tried_as_often_as_the_schedule_says_and_then_given_up() -> None:
    tries = [next_try(attempts, now=NOW) for attempts in range(1, len(RETRIES_S) + 3)]
    assert tries[: len(RETRIES_S)] == [NOW + timedelta(seconds=seconds) for seconds in RETRIES_S]
    assert tries[len(RETRIES_S) :] == [None, None]
