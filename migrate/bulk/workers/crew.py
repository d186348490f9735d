"""Who works on repositories: threads of this process, each with a process at its side, or the workers of a Dask cluster.

Either is a `concurrent.futures.Executor` to which `stations.work_here` is submitted; all else (what is next, what is tried again, what
is written down) is the farm's, and the same for both.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from migrate.bulk.task import Result, Task
from migrate.bulk.workers.stations import end, work_here


class CrewLost(Exception):
    """There is nobody left to work, and none will come. The text may be shown."""


class Crew(Protocol):
    """Whoever works."""

    @property
    def room(self) -> int:
        """How many tasks to have under way at once."""

    def submit(self, task: Task) -> "Future[Result]":
        """Has a task done. The future is cancelled, or has an exception, where whoever was at it is gone. Raises CrewLost."""

    def unfit(self) -> None:
        """Told that a task came back from a worker that is gone, or can work on none."""

    def wait(self, seconds: float) -> None:
        """Told now and then that nothing has come for so long. Raises CrewLost where nothing will come any more."""

    def end(self) -> None:
        """Ends what is under way, and all that was started for this run."""


class Local:
    """Processes on this machine."""

    def __init__(self, run: str, jobs: int) -> None:
        self._run = run
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="bulk")
        self.room = jobs

    def submit(self, task: Task) -> "Future[Result]":
        """As Crew has it."""
        return self._pool.submit(work_here, task)

    def unfit(self) -> None:
        """As Crew has it. There is no other worker."""

    def wait(self, seconds: float) -> None:
        """As Crew has it. Each task has its time-out."""

    def end(self) -> None:
        """As Crew has it."""
        end(self._run)
        self._pool.shutdown(wait=True, cancel_futures=True)
