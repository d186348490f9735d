"""Work spread over processes by `fork`: the children inherit what the parent has read, and send back only what came of it.

A pool of `concurrent.futures` costs more to start than most runs take. Where there is no `fork`, or one job is asked for,
the work is done here. A child that dies takes nothing down but its share.
"""

import os
import pickle
import select
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many processes may run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Running(Generic[R]):
    """A call that goes on in a process of its own."""

    pid: int
    pipe: int

    @classmethod
    def of(cls, function: Callable[[T], R], argument: T) -> "Running[R]":
        """Begins `function(argument)`, by `fork`."""
        ours, theirs = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            os.close(theirs)
            return cls(pid, ours)
        try:
            os.close(ours)
            data = pickle.dumps(function(argument), pickle.HIGHEST_PROTOCOL)
            with open(theirs, "wb") as pipe:
                pipe.write(data)
            os._exit(0)
        finally:
            os._exit(1)  # whatever went wrong: the parent sees that nothing came; no handler or buffer of the parent's runs twice

    def ready(self, seconds: float = 0) -> bool:
        """Has it something to say, or ended, within these seconds?"""
        return bool(select.select([self.pipe], [], [], seconds)[0])

    def result(self) -> R | None:
        """What came of it, waited for; None where its process died."""
        with open(self.pipe, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self.pid, 0)
        result: R | None = pickle.loads(data) if status == 0 and data else None
        return result


def many(jobs: int) -> bool:
    """Can and may work go on in several processes?"""
    return jobs > 1 and hasattr(os, "fork")


def in_processes(function: Callable[[Sequence[T]], R], items: Sequence[T], jobs: int) -> list[tuple[Sequence[T], R | None]]:
    """`function` over `jobs` shares of the items. Gives each share with its result, None where its process died."""
    if len(items) < 2 or not many(jobs):
        return [(items, function(items))]
    shares = [items[n::jobs] for n in range(min(jobs, len(items)))]
    children = [Running.of(function, share) for share in shares[1:]]
    try:
        mine = function(shares[0])
    except BaseException:
        for child in children:
            os.close(child.pipe)
            os.waitpid(child.pid, 0)
        raise
    return [(shares[0], mine), *((share, child.result()) for share, child in zip(shares[1:], children, strict=True))]


def isolated(function: Callable[[T], R], item: T, seconds: float) -> R | None:
    """`function(item)` in a process of its own, for what may crash or hang; None where it did.

    Where there is no `fork` it is called here.
    """
    if not hasattr(os, "fork"):
        return function(item)
    running = Running.of(function, item)
    if not running.ready(seconds):
        os.kill(running.pid, signal.SIGKILL)
    return running.result()
