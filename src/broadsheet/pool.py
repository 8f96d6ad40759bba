"""Where the CPU stage runs: in this process while there is little to do, in others when there is much.

Workers start lazily, by spawn, and end with their parent. A document that crashes a worker costs only itself.
"""

import asyncio
import contextlib
import gc
import importlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from typing import TypeVar

from broadsheet.errors import SourceError

Task = TypeVar("Task")
Result = TypeVar("Result")

INLINE_BYTES = 400_000
"""Documents up to this much in all are handled in this process: starting a worker costs about 0.3 s of CPU."""

TASK_TIMEOUT_S = 120.0
"""No document may take longer; the worst of 10 MB takes a few seconds."""


GC_THRESHOLD = 50_000
"""Articles make many objects and no cycles: looking for garbage more rarely saves a tenth of the time."""

DOCUMENTS_A_WORKER = 2000
"""Then a new one takes over: the XML library keeps every name that it has ever met."""

QUEUE_A_WORKER = 32
"""Long enough to keep a worker busy while this process writes a batch to the archive; short enough for the time limit
to count work and not waiting in line."""

MOST_WORKERS = 8
"""More would wait for the one process that writes the archive."""


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin_work() -> None:
    """What a worker does first: it ends as soon as its parent is gone, however that went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(GC_THRESHOLD, 20, 50)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """A worker that starts in here never hears of Ctrl+C, which reaches a whole group of processes at once."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _get_ready() -> None:
    """Imports what every document needs, while there is none yet."""
    importlib.import_module("broadsheet.drafting")


class CpuPool:
    """Runs picklable functions of one document.

    Args:
        workers: processes to use once there is enough work; 0 keeps everything in this process.
        inline_bytes: documents up to this much in all are handled in this process.
        timeout_s: the most that a document may take.
        documents_a_worker: then new workers take over.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        inline_bytes: int = INLINE_BYTES,
        timeout_s: float = TASK_TIMEOUT_S,
        documents_a_worker: int = DOCUMENTS_A_WORKER,
    ) -> None:
        self._workers = min(_cores(), MOST_WORKERS) if workers is None else workers
        self._inline_bytes_left = inline_bytes
        self._timeout_s = timeout_s
        self._shift = documents_a_worker * max(1, self._workers)
        self._begun = 0
        self._executor: ProcessPoolExecutor | None = None
        self._retired: list[ProcessPoolExecutor] = []
        self._alone = asyncio.Lock()
        self._room = asyncio.Semaphore(max(1, self._workers) * QUEUE_A_WORKER)

    async def run(self, function: Callable[[Task], Result], task: Task, *, size_bytes: int) -> Result:
        """The function's result for this task.

        Raises:
            SourceError: the document crashed or blocked its worker.
        """
        if self._workers == 0 or self._inline_bytes_left >= size_bytes:
            self._inline_bytes_left -= size_bytes
            return function(task)
        async with self._room:
            executor = self._on_duty()
            try:
                return await self._within(executor, function, task)
            except (BrokenProcessPool, TimeoutError):
                if self._executor is executor:
                    self._executor = None
                _end(executor)
        return await self._again_alone(function, task)

    def expect_much(self) -> None:
        """Starts all workers now, so that they are ready when documents come; for when there will be many."""
        if self._workers:
            self._inline_bytes_left = 0
            executor = self._on_duty()
            with _deaf():
                for _ in range(self._workers):
                    executor.submit(_get_ready)

    def _on_duty(self) -> ProcessPoolExecutor:
        """The workers, new ones after each shift; those before them end what they have begun.

        `max_tasks_per_child` would do that, but leaves tasks lying for ever when all workers end at once (gh-115634).
        """
        if self._executor is not None and self._begun >= self._shift:
            self._executor.shutdown(wait=False)
            self._retired = [self._executor]
            self._executor = None
        if self._executor is None:
            self._executor = _executor(self._workers)
            self._begun = 0
        self._begun += 1
        return self._executor

    async def _again_alone(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Another document may have broken the pool: only one that breaks it alone is to blame."""
        async with self._alone:
            executor = _executor(1)
            try:
                return await self._within(executor, function, task)
            except BrokenProcessPool as error:
                raise SourceError("format", "crashed the process that read it") from error
            except TimeoutError as error:
                raise SourceError("format", f"could not be read within {self._timeout_s:g} s") from error
            finally:
                _end(executor)

    async def _within(self, executor: ProcessPoolExecutor, function: Callable[[Task], Result], task: Task) -> Result:
        with _deaf():
            future = asyncio.get_running_loop().run_in_executor(executor, function, task)
        return await asyncio.wait_for(future, self._timeout_s)

    @property
    def is_started(self) -> bool:
        """Workers are there already."""
        return self._executor is not None

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """The function's results in order; while the workers are busy, this process does its share.

        What a worker that broke has left is done here as well. For synchronous callers, who trust the tasks.
        """
        if self._workers == 0:
            yield from map(function, tasks)
            return
        self._on_duty()
        begun: deque[Callable[[], Result]] = deque()
        busy: deque[Future[Result]] = deque()
        for task in tasks:
            while busy and busy[0].done():
                busy.popleft()
            future = self._submitted(function, task) if len(busy) < 2 * self._workers else None
            if future is not None:
                busy.append(future)
                begun.append(partial(self._outcome, function, task, future))
            else:
                begun.append(partial(_itself, function(task)))
            while len(begun) > 4 * self._workers:
                yield begun.popleft()()
        while begun:
            yield begun.popleft()()

    def _submitted(self, function: Callable[[Task], Result], task: Task) -> "Future[Result] | None":
        """What comes of the task in a worker; `None` where none is left."""
        if self._executor is None:
            return None
        try:
            with _deaf():
                return self._on_duty().submit(function, task)
        except BrokenProcessPool:
            return None

    def _outcome(self, function: Callable[[Task], Result], task: Task, future: "Future[Result]") -> Result:
        try:
            return future.result(self._timeout_s)
        except (BrokenProcessPool, CancelledError, TimeoutError):
            self.close()
            return function(task)

    def close(self) -> None:
        """Ends the workers."""
        for executor in (*self._retired, *(() if self._executor is None else (self._executor,))):
            _end(executor)
        self._executor, self._retired = None, []


def _itself(result: Result) -> Result:
    return result


def _executor(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work)


def _end(executor: ProcessPoolExecutor) -> None:
    """Ends workers at once, busy ones too: `shutdown` alone would wait for a document that blocks its worker."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with contextlib.suppress(OSError):
            process.terminate()
