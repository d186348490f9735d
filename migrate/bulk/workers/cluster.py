"""The workers of a Dask cluster (https://distributed.dask.org), as a crew.

The cluster's own engine chooses workers, and gives a task to another where one dies. What goes there is a `Task`: a clone URL without a
password and key ids. The texts that Dask shows and logs of a task name neither.
"""

import logging
import re
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from migrate import __version__
from migrate.bulk.task import Result, Task
from migrate.bulk.workers.crew import CrewLost
from migrate.bulk.workers.stations import end, work_packed
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.reports.view import shown

_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?|ucxx?)://)?[^\s/@]+:\d+/?")
_CONNECT = 10.0
_RECONNECT = 90.0
_LEAST_ROOM = 16
_FRESH = 2.0
_PATIENCE = 10.0

Say = Callable[[str], None]


class Cluster:
    """A Dask scheduler and whatever workers it has, now or later."""

    def __init__(self, address: str, run: str, seconds: float, say: Say) -> None:
        """Connects. `seconds` is how long it may be without workers. `say` is told which of them get no work.

        Raises Refusal where there is no scheduler, where Dask is not installed, and where each worker that it has is unfit.
        """
        try:
            import distributed
        except ImportError:
            raise Refusal("--scheduler requires Dask", help="pip install 'aws-sso-migrate[dask]'") from None
        if not _ADDRESS.fullmatch(address):
            raise Refusal(
                "--scheduler requires the address of a Dask scheduler",
                help="use the address printed by `dask scheduler`, such as tcp://HOST:8786",
            )
        self._distributed: Any = distributed
        self._address, self._run, self._seconds, self._say = address, run, seconds, say
        for name in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is told in our own words
        self._client = self._connected()
        if self._client is None:
            raise Refusal(
                "no Dask scheduler responds at this address",
                path=address,
                help="`dask scheduler` prints its address, such as tcp://HOST:8786",
            )
        self._unfit: dict[str, str] = {}
        self._executor: Any = None
        self._chosen: set[str] = set()  # the workers that alone are given work, where some are unfit
        self._looked = float("-inf")
        self._seen: dict[str, int] = {}
        self._asked = float("-inf")
        self._without: float | None = None  # since when there have been no workers
        self._look()
        workers = self._workers()
        if workers and not workers.keys() - self._unfit.keys():
            self.end()
            raise Refusal(
                "no worker of the cluster can be used",
                path=address,
                help=f"install git and the same version of aws-sso-migrate ({__version__}) on the workers",
            )

    def _connected(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self._distributed.Client(self._address, timeout=_CONNECT, set_as_default=False, name="aws-sso-migrate")
            except (OSError, ValueError, TypeError, RuntimeError, ImportError):
                return None

    def _workers(self) -> dict[str, int]:
        """The addresses of the workers that the scheduler has, with their threads. Asked for now and then; none while it is away."""
        if time.monotonic() - self._asked > _FRESH:
            self._seen = {}
            with suppress(Exception):
                if self._client.status == "running":
                    self._seen = dict(self._client.nthreads(callback_timeout=_PATIENCE))
            self._asked = time.monotonic()
        return self._seen

    @property
    def room(self) -> int:
        """As Crew has it: enough for each thread of each worker, and as much again to wait there."""
        return max(_LEAST_ROOM, 2 * sum(self._workers().values()))

    def submit(self, task: Task) -> "Future[Result]":
        """As Crew has it."""
        until = time.monotonic() + _RECONNECT
        while True:
            with suppress(Exception):  # it gave up while its scheduler was away
                if self._client.status in ("running", "connecting"):
                    future: Future[Result] = self._current().submit(work_packed, task.compressed())
                    return future
            if time.monotonic() > until:
                raise CrewLost("the connection to the scheduler was lost")
            time.sleep(1)
            new = self._connected()
            if new is not None:
                with suppress(Exception):
                    self._client.close(timeout=1)
                self._client, self._executor = new, None

    def _current(self) -> Any:
        """An executor that leaves the unfit out as long as there is another."""
        if self._executor is None:
            self._chosen = self._workers().keys() - self._unfit.keys() if self._unfit else set()
            self._executor = self._client.get_executor(pure=False, **({"workers": sorted(self._chosen)} if self._chosen else {}))
        return self._executor

    def unfit(self) -> None:
        """As Crew has it: looks again which workers are."""
        if time.monotonic() - self._looked > 1:
            self._look()

    def _look(self) -> None:
        """Asks each worker whether it has git and this version of the package, and tells of those that have not."""
        try:
            self._asked = float("-inf")
            said = self._client.run(_probe(), on_error="return") if self._workers() else {}
            self._looked = time.monotonic()
        except Exception:  # whatever Dask makes of a worker that goes meanwhile
            return
        for worker, answer in said.items():
            why = _why_unfit(answer)
            if why and worker not in self._unfit:
                self._say(f"worker {printable(shown(worker))} is not used: {why}")
            if why:
                self._unfit[worker] = why
            else:
                self._unfit.pop(worker, None)
        self._executor = None

    def wait(self, seconds: float) -> None:
        """As Crew has it."""
        workers = self._workers()
        if self._chosen and self._chosen.isdisjoint(workers):  # what waits for them would wait for ever
            self._take_back()
            self._look()
        if workers:
            self._without = None
            return
        if self._without is None:
            self._without = time.monotonic()
            self._say("the cluster has no workers; waiting for workers")
        if time.monotonic() - self._without > self._seconds:
            raise CrewLost("the cluster has no workers")

    def _take_back(self) -> None:
        """Cancels what is under way."""
        with suppress(Exception):
            if self._executor is not None:
                self._executor.shutdown(wait=False)
        self._executor = None

    def end(self) -> None:
        """As Crew has it."""
        self._take_back()
        with suppress(Exception):
            fit = sorted(self._workers().keys() - self._unfit.keys())
            if self._client.status == "running" and fit:
                self._client.run(end, self._run, workers=fit, on_error="return")
        with suppress(Exception):
            self._client.close(timeout=5)


def _probe() -> Callable[[], str]:
    """A function that a worker without the package understands: it travels as a whole, being none of a module's."""

    def look() -> str:
        from shutil import which

        try:
            from migrate import __version__
        except ImportError:
            return "-"
        return __version__ if which("git") else "git"

    return look


def _why_unfit(answer: Any) -> str:
    if answer == __version__:
        return ""
    if answer == "-":
        return "aws-sso-migrate is not installed there"
    if answer == "git":
        return "git is not installed there"
    if isinstance(answer, str):
        return f"it has aws-sso-migrate {printable(shown(answer))} instead of {__version__}"
    return f"it did not respond ({type(answer).__name__})"
