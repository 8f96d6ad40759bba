"""Whether a site's robots.txt (RFC 9309) lets us read a page. Asks for it through whatever `read` it is given."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from protego import Protego

from broadsheet.errors import ErrorKind, SourceError
from broadsheet.fetcher.target import Target, shown
from broadsheet.model import FetchRequest, FetchResponse, Value

AGENT = "broadsheet"
LIMIT_BYTES = 5_000_000
READ_BYTES = 512_000  # RFC 9309 wants at least 500 KiB read; what comes after is ignored
MOST_CRAWL_DELAY_S = 30.0

_KEPT_S = 86_400.0
_FAILURE_KEPT_S = 3600.0
_MOST_ORIGINS = 20_000
_OTHER_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*(?P<name>[^\s#]*)", re.IGNORECASE)
# These say something about the page as well, more than "its robots.txt could not be read".
_PASSED_ON: frozenset[ErrorKind] = frozenset({"held", "refused", "dns"})
_TOO_MANY_REQUESTS = 429


class Rules(Value, frozen=True, kw_only=True):
    """What an origin's robots.txt says.

    Attributes:
        parsed: `None` if there are no rules.
        failure: why nothing may be read there, `None` if it may.
        crawl_delay_s: the pause it asks for, at most `MOST_CRAWL_DELAY_S`.
    """

    parsed: Protego | None = None
    failure: SourceError | None = None
    crawl_delay_s: float = 0.0


class Robots:
    """Remembers the rules of each origin for a day.

    Args:
        read: gets a document, as `Fetcher.fetch` does.
        clock: seconds, monotonic.
        slow_down: told the crawl delay of a place that has one.
    """

    def __init__(
        self,
        *,
        read: Callable[[FetchRequest], Awaitable[FetchResponse]],
        clock: Callable[[], float],
        slow_down: Callable[[str, float], None],
    ) -> None:
        self._read = read
        self._clock = clock
        self._slow_down = slow_down
        self._known: dict[str, tuple[float, asyncio.Task[Rules]]] = {}

    async def check(self, target: Target) -> None:
        """Returns if the target may be read.

        Raises:
            SourceError: `robots`, or why its robots.txt could not be had.
        """
        rules = await asyncio.shield(self._rules(target))
        if rules.failure is not None:
            raise SourceError(
                rules.failure.kind, str(rules.failure), retry_after_s=rules.failure.retry_after_s
            ) from rules.failure
        if rules.parsed is not None and not rules.parsed.can_fetch(target.url, AGENT):
            raise SourceError("robots", f"robots.txt of {target.host} does not allow {shown(target.url)}")

    async def close(self) -> None:
        """Stops whatever is still being read."""
        tasks = [task for _, task in self._known.values()]
        self._known.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _rules(self, target: Target) -> asyncio.Task[Rules]:
        """The rules of an origin, read once for all who ask for them."""
        expires, task = self._known.get(target.origin, (0.0, None))
        if task is None or expires <= self._clock():
            self._make_room()
            task = asyncio.create_task(self._load(target))
            self._known[target.origin] = (self._clock() + _KEPT_S, task)
        return task

    def _make_room(self) -> None:
        while len(self._known) >= _MOST_ORIGINS:
            oldest = next(iter(self._known))
            if not self._known[oldest][1].done():
                return
            del self._known[oldest]

    async def _load(self, target: Target) -> Rules:
        request = FetchRequest(
            url=f"{target.origin}/robots.txt", accept="text/plain,*/*;q=0.1", limit_bytes=LIMIT_BYTES
        )
        try:
            rules = read_rules(target, await self._read(request))
        except SourceError as error:
            rules = Rules(failure=_failure(target, error))
        if rules.failure is not None and (known := self._known.get(target.origin)):
            kept_s = min(_FAILURE_KEPT_S, rules.failure.retry_after_s or _FAILURE_KEPT_S)
            self._known[target.origin] = (self._clock() + kept_s, known[1])
        if rules.crawl_delay_s > 0:
            self._slow_down(target.place, rules.crawl_delay_s)
        return rules


def read_rules(target: Target, response: FetchResponse) -> Rules:
    """The rules that an answer for robots.txt means (RFC 9309 2.3.1)."""
    if response.status >= 500 or response.status == _TOO_MANY_REQUESTS:  # noqa: PLR2004 - the class of server errors
        error = SourceError("robots", f"answers {response.status}", retry_after_s=response.retry_after_s)
        return Rules(failure=_failure(target, error))
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the class of successes
        return Rules()
    parsed = Protego.parse(_ours(response.body[:READ_BYTES].decode("utf-8", "replace")))
    delay_s = parsed.crawl_delay(AGENT) or 0.0
    return Rules(parsed=parsed, crawl_delay_s=min(delay_s, MOST_CRAWL_DELAY_S))


def _ours(text: str) -> str:
    """The file with all other agents under one name: thousands of them would each be given every rule."""
    return "\n".join(_rename(line) for line in text.lstrip("\ufeff").splitlines())


def _rename(line: str) -> str:
    match = _OTHER_AGENT.match(line)
    if match is None or match["name"] == "*" or match["name"].lower() == AGENT:
        return line
    return "User-agent: -"


def _failure(target: Target, error: SourceError) -> SourceError:
    if error.kind in _PASSED_ON:
        return error
    return SourceError(
        "robots", f"robots.txt of {target.host} cannot be read: {error}", retry_after_s=error.retry_after_s
    )
