"""What git may take: memory, size of what it writes, and time after us. A tree of ten trees of ten trees … is a few kilobytes, and has no end.

Only what a process allocates is counted (RLIMIT_DATA), not the packs that it maps, which may be larger than the memory.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

MEMORY = 2 << 30
_PR_SET_PDEATHSIG = 1


def held_back(largest: int) -> Callable[[], None]:
    """Return what a child does before it becomes git: no more than `MEMORY`, no file of more than `largest` bytes, and it ends when we do.

    Its parent has to live in the thread that made it (prctl(2), PR_SET_PDEATHSIG).
    """
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
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return limit
