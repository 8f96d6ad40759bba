"""Broadsheet: from a list of sources to an archive, a static news site, posts and data.

What may be imported from here is `__all__`, described in docs/python.md; it is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.api import ArchiveReader, inspect, open_archive, parse
    from broadsheet.errors import ArchiveError, BroadsheetError
    from broadsheet.model import (
        Article,
        ArticleRecord,
        Body,
        Enclosure,
        Entry,
        Feed,
        Image,
        ParsedFeed,
        Revision,
        Source,
        SourceState,
    )
    from broadsheet.ports import SourceRow

__version__ = "0.1.0"

__all__ = [
    "ArchiveError",
    "ArchiveReader",
    "Article",
    "ArticleRecord",
    "Body",
    "BroadsheetError",
    "Enclosure",
    "Entry",
    "Feed",
    "Image",
    "ParsedFeed",
    "Revision",
    "Source",
    "SourceRow",
    "SourceState",
    "__version__",
    "inspect",
    "open_archive",
    "parse",
]

_MODULES = ("api", "errors", "model", "ports")


def __getattr__(name: str) -> object:
    """A public name, its module imported now: the command line starts without them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    modules = (import_module(f"broadsheet.{module}") for module in _MODULES)
    found: object = next(getattr(module, name) for module in modules if hasattr(module, name))
    return found


def __dir__() -> list[str]:
    return __all__
