"""Collects what was wrong with a feed, in words for people; bounded, however many things were wrong."""

_MOST_KINDS = 30
_EXAMPLE_CHARS = 60


class Problems:
    """Problems by kind: the first example of each, and how many more there were."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._count: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._first)

    def note(self, what: str, example: str = "") -> None:
        """Adds one case of a problem; `example` is what it was seen on."""
        if what not in self._first:
            if len(self._first) >= _MOST_KINDS:
                return
            self._first[what] = example
        self._count[what] = self._count.get(what, 0) + 1

    def texts(self) -> tuple[str, ...]:
        """One line for each kind of problem, in the order in which they were met."""
        return tuple(_line(what, example, self._count[what]) for what, example in self._first.items())


def _line(what: str, example: str, count: int) -> str:
    more = f" (and {count - 1} more)" if count > 1 else ""
    if not example:
        return what + more
    shown = example if len(example) <= _EXAMPLE_CHARS else example[: _EXAMPLE_CHARS - 1] + "…"
    return f"{what}: {shown!r}{more}"
