"""What a visit to a source says of it: its next state, and the line for the fetch log. Pure."""

from datetime import datetime

import msgspec

from broadsheet.errors import SourceError
from broadsheet.frontier import Pace, after_failure, after_gone, after_hold, after_success
from broadsheet.identity import body_digest
from broadsheet.model import (
    Digest,
    FetchLogLine,
    FetchResponse,
    Scheduled,
    SourceState,
    Validators,
    Value,
)
from broadsheet.pipeline.context import OK
from broadsheet.pipeline.report import Outcome
from broadsheet.settings import FetchSettings

NOT_MODIFIED, GONE, TOO_MANY, UNAVAILABLE = 304, 410, 429, 503
PERMANENT = frozenset({301, 308})


class Visit(Value, frozen=True, kw_only=True):
    """What fetching one source came to, before anything is decided."""

    item: Scheduled
    at: datetime
    response: FetchResponse | None = None
    digest: Digest | None = None
    error: SourceError | None = None


def next_state(visit: Visit, settings: FetchSettings) -> tuple[SourceState, FetchLogLine]:
    """The source's state after this visit, and the line for the fetch log."""
    response, error = visit.response, visit.error
    if response is None:
        failure = error or SourceError("connect", "gave no answer")
        if failure.kind == "held":
            return _held(visit, settings, str(failure), failure.retry_after_s)
        return _failed(visit, settings, failure.kind, str(failure))
    if response.status == NOT_MODIFIED or (response.status == OK and visit.digest is None):
        return _succeeded(visit, response, settings, "unchanged")
    if response.status == OK and visit.digest is not None:
        digest = visit.digest
        if digest.fatal or (not digest.seen and digest.problems):
            return _failed(visit, settings, digest.fatal or "format", digest.problems[0] if digest.problems else "")
        return _succeeded(visit, response, settings, "fetched", ttl_s=digest.ttl_s)
    return _refused(visit, response, settings)


def _refused(visit: Visit, response: FetchResponse, settings: FetchSettings) -> tuple[SourceState, FetchLogLine]:
    status, message = response.status, f"answers {response.status}"
    if status == GONE and visit.item.state.moved_url is None:
        state = after_gone(visit.item.state, now=visit.at, message="answers 410: it is gone for good")
        return state, _log(visit, "failed", kind="status")
    if status == TOO_MANY or (status == UNAVAILABLE and response.retry_after_s is not None):
        return _held(visit, settings, message, response.retry_after_s)
    return _failed(visit, settings, "status", message)


def _succeeded(
    visit: Visit, response: FetchResponse, settings: FetchSettings, outcome: Outcome, ttl_s: int | None = None
) -> tuple[SourceState, FetchLogLine]:
    before = visit.item.state
    asked_s = max(float(ttl_s or 0), max_age_s(response.headers.get("cache-control")))
    pace = _pace(visit, settings, asked_s=asked_s)
    is_whole = response.status == OK and response.cut is None  # else it has to be asked for again, all of it
    validators = response.validators if is_whole else before.validators
    state = after_success(before, now=visit.at, pace=pace, validators=validators)
    state = msgspec.structs.replace(state, moved_url=_moved_url(visit.item, response))
    if outcome == "fetched" and is_whole:
        state = msgspec.structs.replace(state, body_digest=body_digest(response.body))
    return state, _log(visit, outcome)


def _moved_url(item: Scheduled, response: FetchResponse) -> str | None:
    """Where the feed is for good: as far as the redirects were permanent ones (RFC 9110 15.4.2, 15.4.9)."""
    url = item.state.moved_url or item.source.url
    for hop in response.redirects:
        if hop.status not in PERMANENT:
            break
        url = hop.url
    return None if url == item.source.url else url


def _failed(visit: Visit, settings: FetchSettings, kind: str, message: str) -> tuple[SourceState, FetchLogLine]:
    before = visit.item.state
    if before.moved_url is not None:  # it may have moved on, which only the configured URL can tell
        before = msgspec.structs.replace(before, moved_url=None, validators=Validators())
    state = after_failure(
        before, now=visit.at, pace=_pace(visit, settings), kind=kind, message=message or "could not be read"
    )
    return state, _log(visit, "failed", kind=kind)


def _held(
    visit: Visit, settings: FetchSettings, message: str, retry_after_s: float | None
) -> tuple[SourceState, FetchLogLine]:
    state = after_hold(
        visit.item.state, now=visit.at, pace=_pace(visit, settings), message=message, retry_after_s=retry_after_s
    )
    return state, _log(visit, "held", kind="status")


def _pace(visit: Visit, settings: FetchSettings, *, asked_s: float = 0.0) -> Pace:
    return Pace(min_interval_s=settings.min_interval_s, own_interval_s=visit.item.source.interval_s, asked_s=asked_s)


def _log(visit: Visit, outcome: Outcome, *, kind: str | None = None) -> FetchLogLine:
    response = visit.response
    return FetchLogLine(
        source_key=visit.item.source.key,
        at=visit.at,
        status=response.status if response else None,
        outcome=outcome,
        error_kind=kind,
        wire_bytes=response.wire_bytes if response else 0,
        duration_s=response.duration_s if response else 0.0,
    )


def max_age_s(cache_control: str | None) -> float:
    """Seconds of `max-age` in a Cache-Control header, 0 if it does not say (RFC 9111 5.2.2.1)."""
    for part in (cache_control or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.strip('"').isdecimal() and value.isascii():
            return float(value.strip('"')[:9])
    return 0.0
