"""Questions. They are asked on stderr, since stdout may be a document or a pipe."""

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
        return (answer(f"{question} [y/N] ") or "").lower() in ("y", "yes")
    except (OSError, ValueError):
        return False


def answer(question: str) -> str | None:
    """What is answered, without blanks around it; None at the end of the input (Ctrl-D).

    Raises KeyboardInterrupt, and OSError or ValueError where the terminal has gone away.
    """
    sys.stderr.write(question)
    sys.stderr.flush()
    with _interruptible() as wait:
        wait()
    line = getattr(sys.stdin, "buffer", sys.stdin).readline()
    said = line.decode("utf-8", "replace") if isinstance(line, bytes) else str(line)
    if not said.endswith("\n"):
        tell([""])
    return said.strip() if said else None


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
