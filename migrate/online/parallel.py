"""Many requests at once, and not too many in a second. Threads that hang keep nobody from ending the program."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 256
"""Requests wait for the network and not for the processor: with a thread for each, a time-out is waited for once, not in turn."""


def parallel(
    work: Callable[[Item], Result], items: Sequence[Item], *, workers: int = WORKERS, told: Callable[[int], None] | None = None
) -> list[Result]:
    """`work` on each item, results in the items' order. `told` hears how many are done. What `work` raises is raised here, the first of it.

    The threads are daemons: after Ctrl-C nobody waits for those that are still in the middle of a request.
    """
    jobs: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | None, BaseException | None]] = queue.SimpleQueue()
    for number in range(len(items)):
        jobs.put(number)

    def run() -> None:
        while True:
            try:
                number = jobs.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, work(items[number]), None))
            except BaseException as error:
                done.put((number, None, error))

    for _ in range(min(workers, len(items))):
        threading.Thread(target=run, daemon=True).start()
    results: dict[int, Result] = {}
    for finished in range(len(items)):
        number, result, error = _next(done)
        if error is not None:
            raise error
        results[number] = result  # type: ignore[assignment]
        if told is not None:
            told(finished + 1)
    return [results[number] for number in range(len(items))]


def _next(done: "queue.SimpleQueue[Result]") -> Result:
    while True:
        try:
            return done.get(timeout=0.5)  # in slices: a signal's handler runs between them on every system
        except queue.Empty:
            continue


class Pace:
    """Lets so many requests a second through, evenly; `wait` is called before each, by any thread."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Returns when it is this request's turn."""
        with self._lock:
            now = time.monotonic()
            mine = max(self._next, now)
            self._next = mine + self._gap
        if mine > now:
            time.sleep(mine - now)
