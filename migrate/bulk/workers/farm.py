"""Gives tasks to a crew, some at a time; takes results; tries again, after a pause, what may go well then."""

import heapq
import queue
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from migrate.bulk.task import Result, Task, failed
from migrate.bulk.workers.crew import Crew

_LONGEST_PAUSE = 60.0
_GRACE = 5.0
"""Seconds that what is under way may take after Ctrl-C, before it is ended."""
_LOOK = 2.0
_WORKERS_TRIED = 5
"""How many workers that are gone, or not fit, a task is given to before it is given up."""


class Farm:
    """One run over repositories."""

    def __init__(self, crew: Crew, retry: int) -> None:
        self._crew, self._retry = crew, retry
        self._came: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
        self._flying: dict[Future[Result], tuple[Task, int, int]] = {}
        self._due: list[tuple[float, int, Task, int, int]] = []
        self._count = 0
        self._silent = time.monotonic()

    def results(self, tasks: Iterable[Task], stop: "Stop") -> Iterator[tuple[Task, Result]]:
        """Each task with its result, as they come. Once `stop` is set it starts no more, and ends when what runs has, or soon.

        Raises CrewLost.
        """
        fresh = iter(tasks)
        more = True
        try:
            while True:
                while more and not stop.is_set and len(self._flying) < self._crew.room:
                    self._wake()
                    if len(self._flying) < self._crew.room:
                        task = next(fresh, None)
                        if task is None:
                            more = False
                        else:
                            self._submit(task, 0, 0)
                if stop.is_set:
                    if not self._wind_down(stop):
                        return
                else:
                    self._wake()
                    if not self._flying and not self._due and not more:
                        return
                yield from self._next(stop)
        finally:
            self._crew.end()

    def _wake(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic() and len(self._flying) < self._crew.room:
            _, _, task, attempt, lost = heapq.heappop(self._due)
            self._submit(task, attempt, lost)

    def _submit(self, task: Task, attempt: int, lost: int) -> None:
        future = self._crew.submit(task)
        self._flying[future] = task, attempt, lost
        future.add_done_callback(self._came.put)

    def _wind_down(self, stop: "Stop") -> bool:
        """Takes back what has not begun. Is there anything left to wait for?"""
        self._due.clear()
        for future in list(self._flying):
            if future.cancel():
                self._flying.pop(future, None)
        if self._flying and stop.seconds > _GRACE:
            self._flying.clear()  # the crew ends them
        return bool(self._flying)

    def _next(self, stop: "Stop") -> Iterator[tuple[Task, Result]]:
        """The result that comes next, if one comes soon."""
        until = min(_LOOK, max(0.0, self._due[0][0] - time.monotonic()) if self._due else _LOOK)
        try:
            future = self._came.get(timeout=0.2 if stop.is_set else max(until, 0.01))
        except queue.Empty:
            self._crew.wait(time.monotonic() - self._silent)
            return
        if future not in self._flying:
            return
        self._silent = time.monotonic()
        task, attempt, lost = self._flying.pop(future)
        try:
            result = future.result()
        except (CancelledError, Exception) as error:
            # of the engine's own, for `work_here` raises nothing; its text may hold anything
            result = failed("AWS601", f"the worker was lost ({type(error).__name__})", again=True, lost=True)
        if result.get("unfit") or result.get("lost"):
            self._crew.unfit()
        if (result.get("unfit") or result.get("lost")) and lost < _WORKERS_TRIED:
            self._later(task, attempt, lost + 1, 0.2 * 2**lost if lost else 0.0)
        elif result["status"] == "failed" and result["again"] and not result.get("lost") and attempt < self._retry:
            self._later(task, attempt + 1, lost, min(_LONGEST_PAUSE, 2.0**attempt))
        else:
            yield task, result

    def _later(self, task: Task, attempt: int, lost: int, seconds: float) -> None:
        self._count += 1
        heapq.heappush(self._due, (time.monotonic() + seconds, self._count, task, attempt, lost))


class Stop:
    """As a context, Ctrl-C sets it; a second one is a KeyboardInterrupt as ever."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._old: Any = None

    @property
    def is_set(self) -> bool:
        """Has Ctrl-C come?"""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """How long ago."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    def __enter__(self) -> "Stop":
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._old = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self._since is not None:
            raise KeyboardInterrupt
        self._since = time.monotonic()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._old is not None:
            with suppress(ValueError):
                signal.signal(signal.SIGINT, self._old)
