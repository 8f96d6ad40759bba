"""The addresses of sections: one readable folder for each path of names, unique on every file system.

Addresses follow from the sections of all sources, in their order, so that the same archive always gives the same ones.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from urllib.parse import quote

from minijinja import safe

from broadsheet.editions.names import folded, folder_name
from broadsheet.model import Value

_NOT_IN_SLUGS = re.compile(r"[^\w+-]+")  # no dot: a folder can then never have the name of a file beside it
_LIST = "section/"
_LEVELS = 8
_SLUG_CHARS = 40
_PATH_CHARS = 120  # with the other folders and the edition's own, below the 260 of Windows


class Section(Value, frozen=True, kw_only=True):
    """One section at any level.

    Attributes:
        names: its path of names, as the configuration says it.
        path: its folder below the folder of all sections, `/` between levels.
        href: the address of its newest page, from the site's root.
    """

    names: tuple[str, ...]
    path: str
    href: str

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[-1]

    @property
    def folder(self) -> str:
        """Where its pages are in the site."""
        return folder_of(self.path)

    @property
    def list_name(self) -> str:
        """What the ledger calls the list of its articles."""
        return _LIST + self.path


class Atlas:
    """All sections that there are, and what their addresses are.

    Attributes:
        by_path: every section by its path.
    """

    def __init__(self, sections: Iterable[tuple[str, ...]]) -> None:
        """`sections` in the order of the sources: of two names that look alike, the first gets the plain address."""
        self.by_path: dict[str, Section] = {}
        self._found: dict[tuple[str, ...], Section] = {}
        self._taken: set[str] = set()
        for names in sections:
            self.levels(names)

    def levels(self, names: tuple[str, ...]) -> list[Section]:
        """The sections that hold this one, outermost first, itself last; the deepest levels share one page."""
        return [self._section(names[:depth]) for depth in range(1, min(len(names), _LEVELS) + 1)]

    def knows(self, list_name: str) -> bool:
        """It can tell which section a list is of."""
        return list_name.removeprefix(_LIST) in self.by_path

    def _section(self, names: tuple[str, ...]) -> Section:
        found = self._found.get(names)
        if found is None:
            above = self._section(names[:-1]).path + "/" if len(names) > 1 else ""
            path = self._free(above, slug(names[-1]), names)
            found = Section(names=names, path=path, href=link(folder_of(path)) + "index.html")
            self._found[names] = self.by_path[found.path] = found
            self._taken.add(folded(found.path))
        return found

    def _free(self, above: str, step: str, names: tuple[str, ...]) -> str:
        path = above + step
        if len(path) <= _PATH_CHARS and folded(path) not in self._taken:
            return path
        digest = hashlib.blake2b("\0".join(names).encode(), digest_size=4).hexdigest()
        return f"{path}-{digest}" if len(path) <= _PATH_CHARS else above + digest


def folder_of(path: str) -> str:
    """Where the pages of the section with this path are in the site."""
    return f"s/{path}/"


def slug(name: str) -> str:
    """A section's name as one step of an address: letters and digits of any script, `-`, `_` and `+`."""
    text = _NOT_IN_SLUGS.sub("-", folder_name(name[:_SLUG_CHARS]))
    return text.strip("-_") or "x"


@lru_cache(maxsize=8192)
def link(path: str) -> str:
    """A path of this site as it stands in an address: other scripts percent-encoded."""
    return quote(path, safe="/-_.+~")


def outside(url: str | None) -> str | None:
    """An address elsewhere, ready to print; `None` if it is none that a link may lead to."""
    return safe(escape(url)) if url and is_web(url) else None


def is_web(url: str) -> bool:
    """It is an address that a link may lead to; policy has seen to that already."""
    return url[:8].lower().startswith(("http://", "https://"))
