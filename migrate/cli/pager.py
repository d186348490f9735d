"""Long output through a pager, as git does it: only on a terminal, and only what is longer than the screen."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from migrate.cli.options import is_terminal


def paged(lines: Sequence[str]) -> bool:
    """Show the lines in the pager. False if they fit the screen, or there is no terminal or no pager: nothing is shown then."""
    command = os.environ.get("PAGER", "less").strip()
    if command in ("", "cat") or not is_terminal() or not sys.stdout.isatty():
        return False
    # of the terminal itself: LINES in the environment may be another window's
    height = os.get_terminal_size(sys.stdout.fileno()).lines
    if not height or len(lines) < height:
        return False
    # -F ends at once where all fits, -R passes colors on, -X leaves the text on the screen; less keeps no history of what was searched
    environment = {"LESS": "FRX", "LV": "-c", "LESSHISTFILE": "-", **os.environ}
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        process = subprocess.Popen(["/bin/sh", "-c", command], stdin=subprocess.PIPE, env=environment)
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.write("".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace"))
            with suppress(OSError):
                process.stdin.close()
        return process.wait() not in (126, 127)
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
