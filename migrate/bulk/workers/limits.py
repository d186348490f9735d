"""What one repository may take of the machine: https://man7.org/linux/man-pages/man2/setrlimit.2.html.

RLIMIT_DATA counts the memory that a process writes to, and not the pack files that git maps; it holds for each process, git's too,
and only Linux keeps to it. Where the whole of a run is to be held in, cgroups do it (`systemd-run -p MemoryMax=`).
"""

import os
import resource
from contextlib import suppress
from pathlib import Path

MOST = 4096
_FIRST_TO_GO = "500"


def default_memory() -> int:
    """MiB for each process: the machine's memory over its cores, and 4096 at most."""
    try:
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    except (ValueError, OSError):
        return MOST
    return max(512, min(MOST, whole // (os.cpu_count() or 1)))


def hold_in(memory: int) -> None:
    """Limits this process and those it will start to `memory` MiB each. No core dumps: they would hold keys."""
    for what, most in ((resource.RLIMIT_DATA, memory << 20), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    with suppress(OSError):
        # where memory runs out all the same, this one is to go and not whoever waits for it
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
