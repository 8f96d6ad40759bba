"""Rows of lists as markup: an article stands in many lists, and is rendered once for all of them."""

from collections.abc import Sequence

from minijinja import safe

from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row

_END = "\x01"
_ROOT = "\0"
"""Stand for the end of a row and for the site's root while rows are kept; no text of ours has them."""


class PrintedRows:
    """Rows of lists as markup, each rendered once, and put into pages at any depth of the site."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._kept: dict[tuple[str, str], str] = {}

    def of(self, rows: Sequence[Row], *, here: str, root: str) -> str:
        """The rows, ready to print; on a page at `here` nothing links to it."""
        return safe("".join([self._kept[row.id, _variant(row, here)] for row in rows]).replace(_ROOT, root))

    def prepare(self, rows: Sequence[Row], *, here: str) -> None:
        """Renders those rows that were not shown yet, all at once; to be called before `of`."""
        missing: dict[str, list[Row]] = {}
        for row in rows:
            variant = _variant(row, here)
            if (row.id, variant) not in self._kept:
                missing.setdefault(variant, []).append(row)
        for variant, some in missing.items():
            self._render(variant, some)

    def _render(self, variant: str, rows: Sequence[Row]) -> None:
        text = self._press.fragment("rows.html", rows=rows, root=_ROOT, here=variant, level=3, end=safe(_END))
        for row, markup in zip(rows, text.split(_END), strict=False):
            self._kept[row.id, variant] = markup


def _variant(row: Row, here: str) -> str:
    """Which of a row's links would lead to the page that it stands on."""
    if row.place_href == here:
        return "place"
    return "section" if row.section_href == here else ""
