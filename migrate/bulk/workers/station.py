"""A process that works on one repository after another, each in a child that it ends: `python -m migrate.bulk.workers.station`.

Tasks come as lines on stdin, results go as lines to stdout. The child is forked, so what is imported once is there for all; it has a
process group of its own, limits, and a clone, and nothing is left of them when the station takes the next task. When stdin ends,
whoever asked is gone: the station ends, and a child whose station is gone ends too.
"""

import gc
import json
import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

from migrate.bulk.clones import Clones
from migrate.bulk.remote_git import configured_ssh
from migrate.bulk.task import Result, Task, failed, unfit
from migrate.bulk.workers.limits import default_memory, hold_in

_LARGEST_RESULT = 64 << 20
_PIECE = 1 << 16


def main() -> None:
    """Does what comes until no more comes."""
    answers = os.dup(1)
    os.dup2(2, 1)  # stdout is the answers' alone
    tasks = sys.stdin.buffer
    with suppress(OSError):
        configured_ssh()  # once for all children
    alive, hold = os.pipe()  # the station alone holds the other end
    clones = Clones()
    warm = False
    try:
        while line := tasks.readline():
            result = _attempt(Task.unpacked(line), clones, (answers, hold), alive)
            _write(answers, json.dumps(result).encode("ascii") + b"\n")
            if not warm:
                _warm_up()  # from the second on: for one repository alone it would cost more than it saves
                warm = True
    except BrokenPipeError:
        pass
    finally:
        clones.close()


def _warm_up() -> None:
    """Imports what most repositories with keys need, where every child inherits it."""
    import migrate.bulk.work
    import migrate.codemod.run.gather
    import migrate.codemod.run.handover
    import migrate.codemod.run.program
    import migrate.repositories.record  # noqa: F401

    gc.collect()
    gc.freeze()


def _attempt(task: Task, clones: Clones, ours: tuple[int, ...], alive: int) -> Result:
    """The result of a task, whatever becomes of the process that works on it."""
    from shutil import which

    if which("git") is None:
        return unfit("git is not installed")
    try:
        clone = clones.new(task)
    except FileNotFoundError:
        return unfit("it cannot access the working folder, where clones are kept without --push")
    except OSError as error:
        return failed("AWS601", f"the clone cannot be created: {error.strerror}", again=True)
    pipe, theirs = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        for end in (*ours, pipe):
            os.close(end)
        _child(task, str(clone), theirs, alive)
    os.close(theirs)
    with suppress(OSError):
        os.setpgid(pid, pid)
    said, late = _listen(pipe, time.monotonic() + task.seconds, pid)
    os.close(pipe)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # and what it may have left running
    _, status = os.waitpid(pid, 0)
    clones.drop(clone)
    with suppress(ValueError):
        result: Result = json.loads(said)
        return result
    if late:
        return failed("AWS601", f"took longer than {task.seconds:g} seconds", again=True)
    if len(said) > _LARGEST_RESULT:
        return failed("AWS601", f"its result is larger than {_LARGEST_RESULT >> 20} MiB", again=False)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return failed("AWS601", "its process was killed, possibly because memory ran out", again=True)
    return failed("AWS601", "its process died", again=True)


def _listen(pipe: int, until: float, pid: int) -> tuple[bytes, bool]:
    """What comes out of the pipe, and whether the time was over before its end. Ends all where stdin has ended."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    poll.register(0, select.POLLIN)
    pieces: list[bytes] = []
    size = 0
    while (left := until - time.monotonic()) > 0:
        for end, _ in poll.poll(min(left, 60) * 1000):
            if end == 0:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
                raise BrokenPipeError
            piece = os.read(pipe, _PIECE)
            size += len(piece)
            if not piece or size > _LARGEST_RESULT:
                return b"".join([*pieces, piece]), False
            pieces.append(piece)
    return b"".join(pieces), True


def _child(task: Task, clone: str, answer: int, alive: int) -> NoReturn:
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        threading.Thread(target=_end_with_station, args=(alive,), daemon=True).start()
        hold_in(task.memory or default_memory())
        from migrate.bulk.work import work

        _write(answer, json.dumps(work(task, clone)).encode("ascii"))
        os._exit(0)
    finally:
        os._exit(1)  # no handler or buffer of the station's runs twice


def _end_with_station(alive: int) -> None:
    os.read(alive, 1)
    os.killpg(0, signal.SIGKILL)


def _write(to: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(to, view) :]


if __name__ == "__main__":
    main()
