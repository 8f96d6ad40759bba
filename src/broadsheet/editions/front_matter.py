"""Front matter for generators: YAML in which what a feed says is text and stays text.

Which keys a generator or theme wants is the editions' matter; what themes do to values is `inert`'s.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache

import yaml
from yaml import events

Fields = Mapping[str, str | bool | Sequence[str]]


class FrontMatter:
    """Writes front matter, one block after the other; keys and booleans plain, every other scalar in double quotes."""

    def __init__(self) -> None:
        """Writes with libyaml where PyYAML was built with it: the same text, ten times as fast."""
        self._sink = io.StringIO()
        dumper = getattr(yaml, "CDumper", yaml.Dumper)
        self._dumper = dumper(self._sink, allow_unicode=True, width=2**30)
        self._dumper.emit(events.StreamStartEvent(encoding=None))

    def block(self, fields: Fields) -> str:
        """One block, with the lines of hyphens around it."""
        emit = self._dumper.emit
        emit(_START)
        emit(_MAPPING)
        for key, value in fields.items():
            emit(_plain(key))
            if isinstance(value, str):
                emit(_quoted(value))
            elif isinstance(value, bool):
                emit(_plain("true" if value else "false"))
            else:
                self._list(value)
        emit(events.MappingEndEvent())
        emit(_END)
        text = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return f"{text}---\n"

    def _list(self, values: Sequence[str]) -> None:
        self._dumper.emit(_SEQUENCE)
        for value in values:
            self._dumper.emit(_quoted(value))
        self._dumper.emit(events.SequenceEndEvent())


_START = events.DocumentStartEvent(explicit=True)
_END = events.DocumentEndEvent(explicit=False)
_MAPPING = events.MappingStartEvent(None, None, implicit=True, flow_style=False)
_SEQUENCE = events.SequenceStartEvent(None, None, implicit=True, flow_style=False)


@cache
def _plain(text: str) -> events.ScalarEvent:
    return events.ScalarEvent(None, None, (True, True), text)


def _quoted(text: str) -> events.ScalarEvent:
    return events.ScalarEvent(None, None, (True, True), text, style='"')
