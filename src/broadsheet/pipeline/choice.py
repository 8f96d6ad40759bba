"""Which sources people mean by the words that they give on a command line. Pure."""

from collections.abc import Iterable, Sequence

from broadsheet.errors import UsageError
from broadsheet.model import Source
from broadsheet.urls import mask


def meant(sources: Sequence[Source], words: Iterable[str]) -> list[Source]:
    """The sources that any of the words means, in their order: as it is configured, or a part of that or its section.

    Raises:
        UsageError: a word means none of them.
    """
    keys: set[str] = set()
    for word in words:
        exact = {source.key for source in sources if _is(source, word)}
        found = exact or {source.key for source in sources if _has(source, word)}
        if not found:
            raise UsageError(f'no source is or contains "{mask(word)}"; see: broadsheet sources')
        keys |= found
    return [source for source in sources if source.key in keys]


def _is(source: Source, word: str) -> bool:
    return word in {source.key, source.ref, source.url, mask(source.ref)}


def _has(source: Source, word: str) -> bool:
    return word.casefold() in f"{source.key} {source.ref} {'/'.join(source.section)}".casefold()
