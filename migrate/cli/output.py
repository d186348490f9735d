"""Where output goes: a reader that has gone away, a full disk and a terminal without UTF-8 are met here, once."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from migrate.cli.options import How
from migrate.errors import Refusal
from migrate.reports.layout import Screen, terminal_width


class _Done:
    """Has this run changed anything for good? Then 2, "nothing was written", would not be true whatever fails afterwards."""

    something = False


def begin() -> None:
    """Nothing is done yet."""
    _Done.something = False


def done_something() -> None:
    """Note that something was changed for good."""
    _Done.something = True


def has_done_something() -> bool:
    """Was anything changed for good?"""
    return _Done.something


def set_up_streams() -> None:
    """Makes stdout and stderr take any text: what their encoding has not comes out as an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        else:
            with suppress(AttributeError, ValueError):
                stream.reconfigure(errors="backslashreplace")


def use_color(how: How) -> bool:
    """Are colours wanted and seen?"""
    if how.color is not None:
        return how.color
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") not in ("", "dumb") and sys.stdout.isatty()


def screen(how: How) -> Screen:
    """Return what stdout is: with colors or without, and how wide."""
    return Screen(use_color(how), terminal_width(), how.verbose)


def put(lines: Iterable[str]) -> None:
    """Lines to stdout. Raises Refusal where they cannot be written; a reader that has gone away is no reason to stop."""
    try:
        write = sys.stdout.write
        for line in lines:
            write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(1)
    except OSError as error:
        _drop(1)
        raise Refusal(f"the output cannot be written: {error.strerror}") from None


def put_document(text: str) -> None:
    """One document to stdout, in UTF-8 whatever the terminal speaks. Raises Refusal as `put` does."""
    try:
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(text)
        else:
            buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(1)
    except OSError as error:
        _drop(1)
        raise Refusal(f"the output cannot be written: {error.strerror}") from None


def tell(lines: Iterable[str]) -> None:
    """Lines to stderr; where nobody takes them they are lost, and nothing else is."""
    try:
        for line in lines:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        _drop(2)


def _drop(number: int) -> None:
    """Sends what is still buffered, and all that comes, nowhere; else the interpreter complains when it ends."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, number)
        os.close(null)
