"""SIGTERM ends a command as Ctrl+C does: cleanly, with what was read archived. Nothing else is decided here."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM
"""Exit codes, as shells have them."""


@contextmanager
def terminable() -> Iterator[Callable[[int], int]]:
    """While it lasts, SIGTERM interrupts; gives a function that makes an exit code say so."""
    received: list[int] = []

    def on_terminate(number: int, frame: FrameType | None) -> None:
        received.append(number)
        interrupt = signal.getsignal(signal.SIGINT)  # while a loop runs asyncio's own, which ends its tasks first
        if callable(interrupt):
            interrupt(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, on_terminate)
    except ValueError:  # not in the main thread, where signals never arrive
        yield lambda code: code
        return
    try:
        yield lambda code: TERMINATED if code == INTERRUPTED and received else code
    finally:
        if signal.getsignal(signal.SIGTERM) is on_terminate:
            signal.signal(signal.SIGTERM, before)
