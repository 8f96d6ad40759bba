"""Where documents are read: here or in other processes, and what happens when one of them ends a process."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.pool import CpuPool

# Functions of a task that other processes can import.


def whose(_: object) -> int:
    return os.getpid()


def double(number: int) -> int:
    return 2 * number


def deadly(number: int) -> int:
    if number < 0:
        os._exit(9)
    return whose(number)


def stuck(number: int) -> int:
    if number < 0:
        time.sleep(1000)
    return number


def wrong(_: object) -> int:
    raise ZeroDivisionError("on purpose")


@contextlib.contextmanager
def pool(**how: float) -> Iterator[CpuPool]:
    made = CpuPool(**{"workers": 1, "inline_bytes": 0, **how})  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def run(made: CpuPool, function: object, *tasks: int, size_bytes: int = 1000) -> list[object]:
    async def everything() -> list[object]:
        calls = (made.run(function, task, size_bytes=size_bytes) for task in tasks)  # type: ignore[arg-type]
        return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(everything())


def test_little_work_stays_here_and_starts_nothing() -> None:
    with pool(inline_bytes=2000) as made:
        assert run(made, whose, 1, 2) == [os.getpid()] * 2
        assert not made.is_started


def test_much_work_goes_elsewhere() -> None:
    with pool(inline_bytes=2000) as made:
        first, second, third = run(made, whose, 1, 2, 3)
        assert (first, second) == (os.getpid(), os.getpid())
        assert third != os.getpid()
        assert made.is_started


def test_without_workers_everything_stays_here() -> None:
    with pool(workers=0) as made:
        made.expect_much()
        assert run(made, whose, 1, size_bytes=10**9) == [os.getpid()]


def test_there_are_as_many_workers_as_cores_at_most() -> None:
    made = CpuPool()
    made.close()
    assert not made.is_started


def test_a_document_that_ends_its_process_costs_only_itself() -> None:
    with pool(workers=2) as made:
        results = run(made, deadly, 1, 2, -1, 3, 4)
        dead = results.pop(2)
        assert isinstance(dead, SourceError)
        assert (dead.kind, str(dead)) == ("format", "crashed the process that read it")
        assert all(isinstance(result, int) for result in results)
        assert run(made, double, 21) == [42]


def test_a_document_that_never_ends_costs_only_itself() -> None:
    with pool(timeout_s=5) as made:
        late, good = run(made, stuck, -1, 7)
        assert isinstance(late, SourceError)
        assert (late.kind, str(late)) == ("format", "could not be read within 5 s")
        assert good == 7


def test_an_exception_is_passed_on_from_wherever_it_was() -> None:
    with pool(inline_bytes=1000) as made:
        here, there = run(made, wrong, 1, 2)
        assert isinstance(here, ZeroDivisionError)
        assert isinstance(there, ZeroDivisionError)


def test_new_workers_take_over_after_a_shift_and_nothing_is_left_lying() -> None:
    with pool(workers=2, documents_a_worker=5) as made:
        assert run(made, double, *range(60)) == [2 * number for number in range(60)]
        processes = {run(made, whose, 1)[0] for _ in range(25)}
        assert 2 <= len(processes) <= 6


# -- for those who do not wait in asyncio --------------------------------------------------------------------------------


def test_a_map_gives_results_in_order() -> None:
    with pool(workers=2) as made:
        made.expect_much()
        assert list(made.map(double, range(40))) == [2 * number for number in range(40)]


def test_a_map_shares_the_work_with_this_process() -> None:
    with pool(workers=1) as made:
        found = list(made.map(whose, range(40)))
        assert len(found) == 40
        assert os.getpid() in found
        assert len(set(found)) == 2


def test_a_map_does_here_what_a_broken_worker_has_left() -> None:
    with pool(workers=1) as made:
        found: list[int] = []
        elsewhere: list[int] = []
        for result in made.map(whose, range(12)):
            if result != os.getpid() and not elsewhere:
                elsewhere.append(result)
                os.kill(result, signal.SIGKILL)
            found.append(result)
        assert len(found) == 12
        assert elsewhere
        assert found[-1] == os.getpid()


def test_a_map_without_workers_stays_here() -> None:
    with pool(workers=0) as made:
        assert list(made.map(whose, range(3))) == [os.getpid()] * 3


# -- the end -----------------------------------------------------------------------------------------------------------

PARENT = """
import asyncio, os, sys, time
sys.path.insert(0, {here!r})
import test_pool
from broadsheet.pool import CpuPool

async def work():
    pool = CpuPool(workers=2, inline_bytes=0)
    first = asyncio.ensure_future(pool.run(test_pool.stuck, -1, size_bytes=1))
    print(await pool.run(test_pool.whose, 1, size_bytes=1), flush=True)
    {then}

if __name__ == "__main__":
    asyncio.run(work())
"""


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def parent(folder: Path, then: str) -> "subprocess.Popen[str]":
    script = folder / "parent.py"
    script.write_text(PARENT.format(here=str(Path(__file__).parent), then=then))
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with parent(tmp_path, "await first") as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert is_alive(worker)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait(timeout=30)
        deadline = time.monotonic() + 30
        while any(is_alive(int(child)) for child in (worker, *children)):
            assert time.monotonic() < deadline, "a worker outlives its parent"
            time.sleep(0.05)


def test_a_program_that_closes_its_pool_ends_at_once_whatever_is_at_work(tmp_path: Path) -> None:
    started = time.monotonic()
    with parent(tmp_path, "first.cancel(); pool.close()") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert time.monotonic() - started < 60
