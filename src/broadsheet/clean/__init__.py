"""Makes untrusted HTML clean, and says what clean HTML may hold.

`clean` for whole bodies, `sanitise` for HTML that needs no mending; nothing else makes `CleanHtml`. Both are imported
on first use: editions, which only read clean HTML, need no HTML parser.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.clean.body import clean
    from broadsheet.clean.policy import sanitise

__all__ = ["clean", "sanitise"]


def __getattr__(name: str) -> object:
    if name == "clean":
        from broadsheet.clean.body import clean

        return clean
    if name == "sanitise":
        from broadsheet.clean.policy import sanitise

        return sanitise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
