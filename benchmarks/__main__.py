"""Measures everything and prints a table: `make bench`, or `python -m benchmarks NAME…` for a part of it."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Cost, cost, fast_folder, middle, sample_server

BROADSHEET = [sys.executable, "-m", "broadsheet"]
Row = tuple[str, str, str]


@contextmanager
def folder() -> Iterator[Path]:
    """A working folder that goes away."""
    path = Path(tempfile.mkdtemp(prefix="broadsheet-bench-", dir=fast_folder()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def config(path: Path, base: str, *, feeds: int, edition: str = "hexo") -> Path:
    """A configuration for the sample feeds; the server is ours, so it may be asked as fast as we like."""
    host = base.removeprefix("http://")
    lines = [
        '[site]\ntitle = "Bench"\nurl = "https://bench.example"\n[images]\nmode = "link"\n',
        f'[fetch]\nallow_private = ["{host}"]\nmin_interval = "0s"\n',
        f'[fetch.hosts."{host}"]\nper_host = 16\nhost_delay = "0s"\n',
        f'[editions.{edition}]\npath = "out/_posts"\n',
    ]
    lines += [
        f'[[sources]]\nurl = "{base}/feed/{number}"\nsection = ["Bench", "Site {number % 20}", "{number}"]\n'
        f'full_text = "never"\n'
        for number in range(feeds)
    ]
    target = path / "broadsheet.toml"
    target.write_text("\n".join(lines), encoding="utf-8")
    return target


def run(path: Path, command: str = "run") -> Cost:
    """One `broadsheet run` with this configuration."""
    return cost([*BROADSHEET, command, "--quiet", "--config", str(path)])


def first_run() -> Iterator[Row]:
    """200 feeds x 20 entries into archive and posts, against `reader` updating the same feeds."""
    feeds, entries = 200, 20
    with sample_server(feeds=feeds, entries=entries) as base:

        def ours() -> Cost:
            with folder() as path:
                return run(config(path, base, feeds=feeds))

        def theirs() -> Cost:
            with folder() as path:
                return cost([sys.executable, "-m", "benchmarks.peers", "reader", base, str(feeds), str(path)])

        mine, peer = middle(ours), middle(theirs)
        posts = feeds * entries
        yield (
            f"first run, {feeds} feeds x {entries}, with posts",
            f"{mine.wall_s:.2f} s",
            f"{posts / mine.wall_s:.0f}/s",
        )
        yield "  the same in reader, without posts", f"{peer.wall_s:.2f} s", f"{posts / peer.wall_s:.0f}/s"
        yield "  times as fast as reader (at least 3, goal 5)", f"{peer.wall_s / mine.wall_s:.1f} x", "wall"
        yield "  CPU: ours, reader's", f"{mine.cpu_s:.2f} s", f"{peer.cpu_s:.2f} s"
        yield "  peak memory (under 200 MB)", f"{mine.peak_bytes / 1e6:.0f} MB", f"{peer.peak_bytes / 1e6:.0f} MB"


def unchanged_run() -> Iterator[Row]:
    """A run in which every source answers 304: CPU a source beyond start-up."""
    feeds = 1000
    with sample_server(feeds=feeds, entries=3) as base, folder() as path:
        chosen = config(path, base, feeds=feeds)
        run(chosen)
        (path / "empty").mkdir()
        empty = config(path / "empty", base, feeds=0)
        run(empty)
        nothing = middle(lambda: run(empty))
        full = middle(lambda: run(chosen))
        each_ms = (full.cpu_s - nothing.cpu_s) / feeds * 1000
        yield f"{feeds} sources answering 304 (at most 1 ms CPU each)", f"{each_ms:.2f} ms", f"{full.wall_s:.2f} s"


def startup() -> Iterator[Row]:
    """`broadsheet --help`."""
    got = middle(lambda: cost([*BROADSHEET, "--help"]), times=9)
    yield "broadsheet --help (under 0.25 s)", f"{got.wall_s:.2f} s", ""


def quiet_publish() -> Iterator[Row]:
    """`publish` with nothing new, at 10,000 articles: time, and that no file is touched."""
    feeds, entries = 200, 50
    with sample_server(feeds=feeds, entries=entries) as base, folder() as path:
        for edition in ("hexo", "site"):
            place = path / edition
            place.mkdir()
            chosen = config(place, base, feeds=feeds, edition=edition)
            first = run(chosen)
            before = touched(place / "out")
            quiet = middle(lambda chosen=chosen: run(chosen, "publish"), times=5)
            same = "no file touched" if touched(place / "out") == before else "FILES TOUCHED"
            yield (
                f"{edition}: first run with {feeds * entries:,} articles",
                f"{first.wall_s:.2f} s",
                f"{first.peak_bytes / 1e6:.0f} MB",
            )
            yield f"{edition}: publish with nothing new (under 0.3 s)", f"{quiet.wall_s:.2f} s", same


def touched(path: Path) -> dict[str, tuple[int, int]]:
    """Time and inode of every file below a folder."""
    status = {str(file): file.stat() for file in path.rglob("*") if file.is_file()}
    return {name: (found.st_mtime_ns, found.st_ino) for name, found in status.items()}


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "startup": startup,
    "first": first_run,
    "unchanged": unchanged_run,
    "quiet": quiet_publish,
}


def main() -> None:
    """Prints a Markdown table as the measurements come in."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, Python {platform.python_version()}, work in {fast_folder()}\n")
    print("| what | measured | |\n|---|---|---|")
    for name in wanted:
        for what, measured, more in BENCHMARKS[name]():
            print(f"| {what} | {measured} | {more} |", flush=True)


if __name__ == "__main__":
    main()
