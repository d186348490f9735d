"""Runs repositories at once: a thread for each job, and under it a process for each repository, so that none takes another down."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from migrate.bulk.remotes import Remote

_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What is to be done in each repository. `map_key` holds whole key ids."""

    branch: str
    push: bool = False
    then: str | None = field(default=None, repr=False)
    map_key: tuple[str, ...] = field(default=(), repr=False)
    plan: str | None = None
    profile: str | None = None
    target: str | None = None
    exclude: tuple[str, ...] = ()
    dry_run: bool = False
    known: str = ""  # tells the keys that have profiles, of the AWS files too, from others

    @property
    def print(self) -> str:
        """Tells these settings from others; with the plan's contents, for those may change."""
        plan = Path(self.plan).read_bytes() if self.plan else b""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode("utf-8", "surrogateescape") + plan).hexdigest()[:20]


class Farm:
    """Works on repositories; `stop` ends it."""

    def __init__(self, folder: Path, settings: Settings, jobs: int, seconds: float, retry: int) -> None:
        self._folder, self._settings, self._jobs, self._seconds, self._retry = folder, settings, jobs, seconds, retry
        self._print = settings.print
        self._stop = threading.Event()
        self._running: set[int] = set()
        self._lock = threading.Lock()

    def results(self, remotes: Sequence[Remote]) -> Iterator[tuple[Remote, dict[str, Any]]]:
        """Each repository with its result, as they come. After an exception in whoever takes them, all has ended."""
        with ThreadPoolExecutor(self._jobs) as pool:
            waiting = {pool.submit(self._one, remote): remote for remote in remotes}
            try:
                for done in as_completed(waiting):
                    with suppress(CancelledError):
                        yield waiting.pop(done), done.result()
            finally:
                if waiting:
                    self.stop()
                    pool.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """Starts no more, and ends what runs. A push is whole or not made, so the next run can go on."""
        self._stop.set()
        with self._lock:
            for pid in self._running:
                _end(pid)

    def _one(self, remote: Remote) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for attempt in range(self._retry + 1):
            if attempt and self._stop.wait(min(_LONGEST_PAUSE, 2.0 ** (attempt - 1))):
                break
            result = self._attempt(remote)
            if result["status"] != "failed" or not result["again"]:
                break
        return result

    def _attempt(self, remote: Remote) -> dict[str, Any]:
        task = {**asdict(self._settings), "url": remote.url, "folder": str(self._folder), "settings": self._print}
        command = [sys.executable, "-P", "-m", "migrate.bulk.work"]
        with self._lock:
            if self._stop.is_set():
                return _lost("stopped")
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
            )
            self._running.add(process.pid)
        late = threading.Event()
        timer = threading.Timer(self._seconds, _too_late(process.pid, late))
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            with suppress(OSError):
                process.stdin.write(json.dumps(task).encode() + b"\n")
                process.stdin.flush()
            said = process.stdout.read()  # stdin stays open: its end would end the process
        finally:
            timer.cancel()
            with self._lock:
                self._running.discard(process.pid)
                _end(process.pid)  # what it may have left running, too
            with suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]
            process.stdout.close()  # type: ignore[union-attr]
            process.wait()
        try:
            result: dict[str, Any] = json.loads(said)
        except ValueError:
            self._sweep(remote)
            return _lost(f"took longer than {self._seconds:g} seconds" if late.is_set() else "its process died")
        return result

    def _sweep(self, remote: Remote) -> None:
        """Clones that a process which was ended has left half made."""
        for left in (self._folder / "clones").glob(f"part-{remote.id}-*"):
            shutil.rmtree(left, ignore_errors=True)


def _too_late(pid: int, late: threading.Event) -> Callable[[], None]:
    def end() -> None:
        late.set()
        _end(pid)

    return end


def _end(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _lost(why: str) -> dict[str, Any]:
    return {"status": "failed", "code": "AWS601", "why": why, "again": True, "changes": [], "findings": [], "files": 0}
