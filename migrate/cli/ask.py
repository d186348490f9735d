"""The one question. It is asked on stderr, since stdout may be a document or a pipe."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from migrate.cli.output import tell


def agreed(question: str) -> bool:
    """Asks; anything but yes is no, and so is a terminal that has gone away. Raises KeyboardInterrupt."""
    try:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        with _interruptible() as wait:
            wait()
        answer = getattr(sys.stdin, "buffer", sys.stdin).readline()
    except (OSError, ValueError):
        return False
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    if not said.endswith("\n"):
        tell([""])
    return said.strip().lower() in ("y", "yes")


class _Wait:
    """Waits until stdin has something to read, or a signal has come."""

    def __init__(self, signals: int) -> None:
        self._signals = signals

    def __call__(self) -> None:
        select.select([sys.stdin.fileno(), self._signals], [], [])


@contextmanager
def _interruptible() -> Iterator[_Wait]:
    """A Ctrl-C in the moment before a blocking read would wait with it for the next key. This one is woken by the signal itself.

    Python writes to the wake-up descriptor from the handler proper (https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd).
    """
    ours, theirs = os.pipe()
    try:
        os.set_blocking(theirs, False)
        before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
        try:
            yield _Wait(ours)
        finally:
            signal.set_wakeup_fd(before)
    finally:
        os.close(ours)
        os.close(theirs)
