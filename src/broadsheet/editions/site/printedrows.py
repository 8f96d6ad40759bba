"""Rows of lists as markup: an article stands in many lists, and is rendered once for all of them."""

from collections.abc import Sequence

from minijinja import safe

from broadsheet.editions.site.press import Press
from broadsheet.editions.site.rows import Row

_END = "\x01"
_ROOT = "\0"
"""Stand for the end of a row and for the site's root while rows are kept; no text of ours has them."""


class PrintedRows:
    """Rows of lists as markup, and put into pages at any depth of the site.

    A row is kept as most lists show it; how the few pages show it that it links to is rendered for them alone.
    """

    def __init__(self, press: Press) -> None:
        self._press = press
        self._kept: dict[str, str] = {}

    def of(self, rows: Sequence[Row], *, here: str, root: str) -> dict[str, str]:
        """The rows of a page by their ids, ready to print; on a page at `here` nothing links to it."""
        printed: dict[str, str] = {}
        missing: dict[str, list[Row]] = {}
        for row in rows:
            variant = _variant(row, here)
            if not variant and row.id in self._kept:
                printed[row.id] = self._kept[row.id]
            else:
                missing.setdefault(variant, []).append(row)
        for variant, some in missing.items():
            fresh = self._render(variant, some)
            printed |= fresh
            if not variant:
                self._kept |= fresh
        return {article_id: markup.replace(_ROOT, root) for article_id, markup in printed.items()}

    def _render(self, variant: str, rows: Sequence[Row]) -> dict[str, str]:
        text = self._press.fragment("rows.html", rows=rows, root=_ROOT, here=variant, level=3, end=safe(_END))
        return {row.id: markup for row, markup in zip(rows, text.split(_END), strict=False)}


def _variant(row: Row, here: str) -> str:
    """Which of a row's links would lead to the page that it stands on."""
    if row.place_href == here:
        return "place"
    return "section" if row.section_href == here else ""
