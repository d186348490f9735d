"""What goes on, on stderr, for whoever waits at a terminal: one line that is written over, from the second second on."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from migrate.cli.options import How
from migrate.masking import printable

_PATIENCE = 1.0
_WIDEST = 76


@contextmanager
def progress(how: How) -> Iterator[Callable[[str], None]]:
    """A function to be told what goes on; the line is gone in the end. Silent with --quiet and where stderr is no terminal."""
    if how.quiet or not sys.stderr.isatty():
        yield lambda text: None
        return
    begun = time.monotonic()
    shown = False

    def say(text: str) -> None:
        nonlocal shown
        if time.monotonic() - begun < _PATIENCE:
            return
        sys.stderr.write("\r\x1b[K" + printable(text)[:_WIDEST])
        sys.stderr.flush()
        shown = True

    try:
        yield say
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
