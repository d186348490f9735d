"""Runs a function in a forked process that is killed, by a real SIGKILL, at its n-th system call that changes the disk."""

import functools
import gc
import importlib
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import migrate

CHANGES_DISK = ("write", "fsync", "replace", "rename", "link", "unlink", "rmdir", "mkdir", "chmod", "fchmod", "fchown", "open")


def in_child(work: Callable[[], int], *, kill_at: int = 0, after: bool = False, wait: bool = True, log: Path | None = None) -> int:
    """The wait status of a child that runs `work` and dies before (or just after) its `kill_at`-th change of the disk.

    Its output goes to `log`. With kill_at 0 it lives, and its status tells what `work` gave.
    """
    _import_all()
    pid = os.fork()
    if pid == 0:
        code = 99
        gc.freeze()  # a collection here would touch, and so copy, all that the tests have in memory
        try:
            fd = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for number in (1, 2):
                os.dup2(fd, number)
            sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
            sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")
            if kill_at:
                _arm(kill_at, after)
            code = work()
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] if wait else pid


@functools.cache
def _import_all() -> None:
    """Import what a command may need, once and before the forks: it takes longer than what most of them do."""
    for found in pkgutil.walk_packages(migrate.__path__, "migrate."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in ("filelock", "hmac", "rich.markup", "typer.rich_utils"):
        importlib.import_module(name)


def _arm(kill_at: int, after: bool) -> None:
    count = 0

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal count
            if name == "open" and not args[1] & os.O_CREAT:  # changes nothing
                return real(*args, **more)
            count += 1
            if count == kill_at and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            last = count == kill_at
            try:
                return real(*args, **more)
            finally:
                if last:
                    os.kill(os.getpid(), signal.SIGKILL)

        return call

    for name in CHANGES_DISK:
        setattr(os, name, wrap(name, getattr(os, name)))


def was_killed(status: int) -> bool:
    """Did the child die of the SIGKILL?"""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def code_of(status: int) -> int:
    """The child's exit status."""
    return os.waitstatus_to_exitcode(status)
