"""The site edition: what to make anew, in which order. Everything it shows comes from the desk and the ledger."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from broadsheet.editions.base import Desk, Output, Remembered, SourceHealth
from broadsheet.editions.site.catalogue import Catalogue
from broadsheet.editions.site.fixed import fingerprint, fixed_pages
from broadsheet.editions.site.press import Press
from broadsheet.editions.site.sections import Atlas
from broadsheet.ports import Ledger
from broadsheet.settings import EditionSettings, SiteSettings

FIXED = "site:fixed"
SOURCES = "site:sources"
PLACED = "site:placed"


class SiteEdition:
    """A static newspaper."""

    def __init__(self, settings: EditionSettings, site: SiteSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._site = site
        self._press: Press | None = None

    def fingerprint(self) -> str:
        """Changes with the site's settings, templates, words and code."""
        return fingerprint(self._settings, self._site)

    def update(self, dirty: Sequence[str], desk: Desk, ledger: Ledger) -> Iterator[Output]:
        """Everything that these articles touch; with none of them, what beside the articles has changed."""
        made_by = self.fingerprint()
        health = desk.sources()
        atlas = Atlas(one.face.section for one in health)
        fixed = ledger.get(FIXED) != made_by
        if dirty and not fixed and ledger.get(PLACED) not in {None, _placed(ledger)}:
            # A run was cut off after its articles took their places: which pages that touched is known to nobody.
            ledger.all_dirty()
            dirty, fixed = ledger.dirty(), True
        if fixed:
            yield from fixed_pages(self._open_press())
            yield Remembered(key=FIXED, value=made_by)
        if dirty or fixed:
            yield from self._print(dirty, atlas, desk, ledger, anew=fixed)
            yield Remembered(key=PLACED, value=_placed(ledger))
        yield from self._sources(health, atlas, ledger, [made_by], moved=bool(dirty))

    def _print(self, dirty: Sequence[str], atlas: Atlas, desk: Desk, ledger: Ledger, *, anew: bool) -> Iterator[Output]:
        from broadsheet.editions.site.printing import Printing  # a quiet publish does not pay for the import
        from broadsheet.editions.site.rows import Rows

        press = self._open_press()
        rows = Rows(desk, atlas, press.dates, press.messages)
        yield from Printing(press, self._settings, rows, desk=desk, ledger=ledger, dirty=dirty, anew=anew).outputs()

    def _sources(
        self, health: Sequence[SourceHealth], atlas: Atlas, ledger: Ledger, made_by: list[str], *, moved: bool
    ) -> Iterator[Output]:
        """The sources page, if it says anything new; `moved`: which sections have pages may have changed."""
        known, _, known_filled = (ledger.get(SOURCES) or "").partition(" ")
        said = _digest([*made_by, *map(msgspec.to_builtins, health)])
        if said == known and not moved:
            return
        catalogue = Catalogue(ledger, page_size=self._settings.page_size)
        filled = [section.list_name for section, _ in catalogue.sections(atlas)]
        if (said, _digest(filled)) == (known, known_filled):
            return
        from broadsheet.editions.site.overviews import Overviews

        yield Overviews(self._open_press()).sources(health, atlas, frozenset(filled))
        yield Remembered(key=SOURCES, value=f"{said} {_digest(filled)}")

    def _open_press(self) -> Press:
        """The press, made when there is something to print: a quiet run needs none."""
        if self._press is None:
            self._press = Press(self._site)
        return self._press


def _placed(ledger: Ledger) -> str:
    """What all lists hold: a run that is cut off leaves another than the last whole run remembered."""
    return _digest(ledger.lists(""))


def _digest(said: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()
