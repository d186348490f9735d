"""Lines that break between words at the width of the terminal."""

import os
import shutil
import sys
import textwrap

_NARROWEST = 40


def terminal_width() -> int | None:
    """Return the columns of the terminal on stdout; None if stdout is not a terminal, where lines stay whole."""
    try:
        if not sys.stdout.isatty():
            return None
    except ValueError:  # closed
        return None
    return max(shutil.get_terminal_size().columns, _NARROWEST)


def wrapped(text: str, width: int | None, indent: str = "", more: str = "") -> list[str]:
    """Return the lines of a text: `indent` starts the first, `indent + more` the others. Words longer than a line stay whole."""
    if width is None or len(indent) + len(text) <= width:
        return [indent + text]
    lines = textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent + more, break_long_words=False, break_on_hyphens=False
    )
    return lines or [indent + text]


def short_path(path: str) -> str:
    """Return a path relative to the current directory if it is inside, else with `~` for the home directory."""
    if not path.startswith(os.sep):
        return path
    for folder, start in ((_here(), ""), (os.environ.get("HOME") or "", "~" + os.sep)):
        prefix = folder.rstrip(os.sep) + os.sep
        if len(prefix) > 1 and path.startswith(prefix):
            return start + path[len(prefix) :]
    return path


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  Path.cwd() resolves nothing either, and costs an import
    except FileNotFoundError:
        return ""
