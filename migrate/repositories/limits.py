"""What git may take: memory, size of what it writes, and time after us. A tree of ten trees of ten trees … is a few kilobytes, and has no end.

Only what a process allocates is counted (RLIMIT_DATA), not the packs that it maps, which may be larger than the memory.

The limits are put on by a shell that then becomes git, and not by a function between fork and exec: for that, all that this program has in
memory is copied for each call of git, which takes several times as long as the call.
"""

import ctypes
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

MEMORY = 2 << 30
_PR_SET_PDEATHSIG = 1
_LIMITED = """[ "$PPID" = "$1" ] || exit 1
ulimit -S -d "$2"; ulimit -S -f "$3"; ulimit -S -c 0
shift 3
exec "$@"
"""
"""A limit that is lower already stays: `ulimit` fails then, and that does no harm."""


def held_back(command: list[str], largest: int) -> tuple[list[str], Callable[[], None] | None]:
    """Return the command line and the `preexec_fn` with which a command takes no more than `MEMORY`, writes no file of more than `largest` bytes,
    and ends when we do. Raise FileNotFoundError where there is no such command.

    Its parent has to live in the thread that made it (prctl(2), PR_SET_PDEATHSIG).
    """
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(command[0])
    ending = _ending()
    if ending is None:
        return command, _limits(largest)
    # what `ulimit` counts in: kilobytes of memory, blocks of 512 bytes of a file
    units = [str(MEMORY >> 10), str(largest >> 9)]
    return [*ending, "/bin/sh", "-c", _LIMITED, "sh", str(os.getpid()), *units, *command], None


@functools.cache
def _ending() -> tuple[str, ...] | None:
    """Return the words before a command that end it when we end; None where nothing here can, or there is no shell."""
    if not os.access("/bin/sh", os.X_OK):
        return None
    if sys.platform != "linux":
        return ()
    # of util-linux; that of busybox cannot. TERM, on which git takes its lock files away: what KILL leaves keeps the next run out
    words = ("setpriv", "--pdeathsig", "TERM", "--")
    with suppress(OSError):
        silent = subprocess.DEVNULL
        if subprocess.run([*words, "true"], stdin=silent, stdout=silent, stderr=silent, check=False).returncode == 0:
            return words
    return None


def _limits(largest: int) -> Callable[[], None]:
    """Return what does all of that in a child before it becomes the command."""
    prctl = None
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def limit() -> None:
        import resource

        for kind, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, largest), (resource.RLIMIT_CORE, 0)):
            with suppress(OSError, ValueError):
                _, hard = resource.getrlimit(kind)
                resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return limit
