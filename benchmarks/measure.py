"""Runs a command as a whole process and reads off its time, CPU and memory as the system accounts them."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a command took; children that it waited for are included in CPU.

    Attributes:
        peak_bytes: of all its processes together, memory that they share counted once (Linux; elsewhere of the
            largest one).
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    output: str


def cost(command: Sequence[str], **environment: str) -> Cost:
    """Runs it once.

    Raises:
        RuntimeError: it failed; its output is in the message.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )
    watch = Memory(process.pid)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-2000:]}")
    return Cost(
        wall_s=wall_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=watch.peak_bytes() or usage.ru_maxrss * 1024,
        output=output,
    )


class Memory:
    """Looks at a process and its children some ten times a second, from a thread."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak_bytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def peak_bytes(self) -> int:
        """The most that was seen; 0 where the system does not say. Ends the watch."""
        self._ended.set()
        self._thread.join()
        return self._peak_bytes

    def _watch(self) -> None:
        while not self._ended.wait(0.08):
            self._peak_bytes = max(self._peak_bytes, sum(_proportional_bytes(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [member for child in task.read_text().split() for member in _family(int(child))]
    return found


def _proportional_bytes(pid: int) -> int:
    """The process's share of the memory in use (PSS): what several share counts in parts."""
    try:
        said = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(said[1]) * 1024 if said else 0


def middle(run: Callable[[], Cost], *, times: int = 3) -> Cost:
    """The run with the median wall time."""
    costs = sorted((run() for _ in range(times)), key=lambda c: c.wall_s)
    return costs[len(costs) // 2]


def fast_folder() -> Path:
    """Where working folders go: in memory if the machine has such a place."""
    memory = Path("/dev/shm")  # noqa: S108 - the usual tmpfs; names below it are random
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108


@contextmanager
def sample_server(*, feeds: int, entries: int) -> Iterator[str]:
    """The base address of a server of sample feeds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", str(feeds), str(entries)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield (process.stdout.readline() if process.stdout else "").strip()
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(10)
