"""This process's stations: one for each repository that is under way, kept for the next one.

The same here and in a worker of a cluster: `work_here` is what is submitted.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from migrate import __version__
from migrate.bulk.task import Result, Task, failed, unfit

_GRACE = 30.0
"""Seconds that a station may take more than the task may, before it is ended itself."""

_idle: dict[str, list["_Station"]] = {}
_busy: dict[str, list["_Station"]] = {}
_ended: set[str] = set()
_lock = threading.Lock()


def work_packed(data: bytes) -> Result:
    """The same for a task as it goes to a cluster: compressed, since Dask logs what a worker cannot read as it stands."""
    try:
        task = Task.uncompressed(data)
    except (TypeError, ValueError, KeyError):  # made by a version whose tasks are others
        return unfit(f"it has another version of aws-sso-migrate: {__version__}")
    return work_here(task)


def work_here(task: Task) -> Result:
    """What came of a repository, whatever it does to the process that works on it. Raises nothing: what is raised may be logged."""
    if task.version != __version__:
        return unfit(f"it has aws-sso-migrate {__version__} instead of {task.version}")
    try:
        with _lock:
            if task.run in _ended:
                return failed("AWS601", "stopped", again=True)
            idle = _idle.setdefault(task.run, [])
            station = idle.pop() if idle else _Station()
            _busy.setdefault(task.run, []).append(station)
    except OSError as error:
        return unfit(f"a process cannot be started: {error.strerror}")
    try:
        result = station.result(task)
    finally:
        with _lock:
            if station in _busy.get(task.run, ()):
                _busy[task.run].remove(station)
            if station.fit and task.run not in _ended:
                _idle[task.run].append(station)
            else:
                station.end()
    return result


def end(run: str) -> None:
    """Ends all stations of a run, and what they are at."""
    with _lock:
        _ended.add(run)
        for station in [*_idle.pop(run, ()), *_busy.pop(run, ())]:
            station.end()


class _Station:
    """The process of `migrate.bulk.workers.station`. Used from one thread at a time; `end` from any. Raises OSError where it cannot be started."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "migrate.bulk.workers.station"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        self.fit = True

    def result(self, task: Task) -> Result:
        """Has the task done."""
        assert self._process.stdin is not None
        line = b""
        with suppress(OSError, ValueError):  # it died, or was ended
            self._process.stdin.write(task.packed())
            line = self._line(time.monotonic() + task.seconds + _GRACE)
        with suppress(ValueError):
            result: Result = json.loads(line)
            return result
        self.fit = False
        return failed("AWS601", "its process died", again=True)

    def _line(self, until: float) -> bytes:
        assert self._process.stdout is not None
        answer = self._process.stdout.fileno()
        out = bytearray()
        while not out.endswith(b"\n"):
            if not select.select([answer], [], [], max(0, until - time.monotonic()))[0]:
                break
            piece = os.read(answer, 1 << 16)
            if not piece:
                break
            out += piece
        return bytes(out)

    def end(self) -> None:
        """Ends the process; its child ends with it."""
        self.fit = False
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(1)  # it takes its clones away
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
