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
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many processes may run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(function: Callable[[Sequence[T]], R], items: Sequence[T], jobs: int) -> list[tuple[Sequence[T], R | None]]:
    """`function` over `jobs` shares of the items. Gives each share with its result, None where its process died."""
    if jobs <= 1 or len(items) < 2 or not hasattr(os, "fork"):
        return [(items, function(items))]
    shares = [items[n::jobs] for n in range(min(jobs, len(items)))]
    children = [_start(function, share) for share in shares[1:]]
    try:
        mine = function(shares[0])
    except BaseException:
        for pid, pipe in children:
            os.close(pipe)
            os.waitpid(pid, 0)
        raise
    return [(shares[0], mine), *((share, _result(*child)) for share, child in zip(shares[1:], children, strict=True))]


def isolated(function: Callable[[T], R], item: T, seconds: float) -> R | None:
    """`function(item)` in a process of its own, for what may crash or hang; None where it did.

    Where there is no `fork` it is called here.
    """
    if not hasattr(os, "fork"):
        return function(item)
    pid, pipe = _start(function, item)
    ready, _, _ = select.select([pipe], [], [], seconds)
    if not ready:
        os.kill(pid, signal.SIGKILL)
    result: R | None = _result(pid, pipe)
    return result


def _start(function: Callable[[T], R], share: T) -> tuple[int, int]:
    ours, theirs = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    try:
        os.close(ours)
        data = pickle.dumps(function(share), pickle.HIGHEST_PROTOCOL)
        with open(theirs, "wb") as pipe:
            pipe.write(data)
        os._exit(0)
    finally:
        os._exit(1)  # whatever went wrong: the parent sees that nothing came; no handler or buffer of the parent's runs twice


def _result(pid: int, pipe: int) -> Any:
    with open(pipe, "rb") as stream:
        data = stream.read()
    _, status = os.waitpid(pid, 0)
    return pickle.loads(data) if status == 0 and data else None
