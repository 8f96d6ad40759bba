"""What the readers of all kinds share while they read one document: its address, settings and problems."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from broadsheet import urls
from broadsheet.feeds.dates import read_date
from broadsheet.feeds.problems import Problems

_MAX_URL_CHARS: Final = urls.MAX_URL_CHARS
_ORIGIN: Final = re.compile(r"[a-z]{1,10}://[^/?#]*", re.IGNORECASE)


class Context:
    """One document that is being read.

    Attributes:
        url: where it was fetched from; "" if unknown.
        keep_raw: whether entries keep their own bytes.
        has_base: whether the document has any xml:base.
        raw_left: how many more bytes of entries may be kept; bounds what a hostile document can blow up.
    """

    __slots__ = ("_now", "_zone", "has_base", "keep_raw", "problems", "raw_left", "url")

    def __init__(
        self,
        *,
        url: str,
        problems: Problems,
        keep_raw: bool = False,
        now: datetime | None = None,
        zone: tzinfo = UTC,
        size: int = 0,
        has_base: bool = False,
    ) -> None:
        self.url = url
        self.problems = problems
        self.keep_raw = keep_raw
        self.has_base = has_base
        self.raw_left = 8 * size + 1_000_000
        self._now = now
        self._zone = zone

    def date(self, text: str) -> datetime | None:
        """The instant that the text names; what is wrong with it is noted."""
        moment, problem = read_date(text, now=self._now, zone=self._zone)
        if problem:
            self.problems.note(problem, text.strip())
        return moment

    def absolute(self, href: str, base: str) -> str | None:
        """The URL made absolute; one that is absolute already stays as it is written. `None` if it cannot be."""
        href = href.strip()
        if href.startswith(("http://", "https://")) and len(href) <= _MAX_URL_CHARS:
            return href if href.isprintable() else "".join(filter(str.isprintable, href))
        if not href:
            return None
        if href.startswith("www."):
            return "http://" + href
        found = urls.absolute(href, base)
        if found is None:
            self.problems.note("an address that is not a web address, or relative to nothing", href)
        return found

    def first_absolute(self, *hrefs: str | None) -> str:
        """The first of the addresses that is absolute; "" if none is."""
        return next((href for href in hrefs if href and href.startswith(("http://", "https://"))), "")


def origin(url: str) -> str:
    """Scheme and host of an absolute URL, as they are written."""
    found = _ORIGIN.match(url)
    return found[0] if found else url
