"""How lines fit a terminal: breaks between words, short paths, colors."""

import os
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass

_NARROWEST = 40
_CODE = re.compile(r"`[^`]{1,60}`")
_HELD = "\0"
_SGR = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True, slots=True)
class Screen:
    """What shows the lines: with colors or without, so many columns wide. `width` is None where lines are not broken.

    `details`: also what only `--verbose` shows.
    """

    color: bool = False
    width: int | None = None
    details: bool = False


def colored(text: str, color: str) -> str:
    """Return a text with the escapes of a color; the text itself must hold none."""
    return f"\x1b[{_SGR[color]}m{text}\x1b[0m" if color else text


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
    whole = _CODE.sub(lambda code: code.group().replace(" ", _HELD), text)  # what may be copied stays in one line
    lines = textwrap.wrap(
        whole, width, initial_indent=indent, subsequent_indent=indent + more, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_HELD, " ") for line in lines] or [indent + text]


def short_path(path: str) -> str:
    """Return a path relative to the current directory if it is inside; else, on a terminal, with `~` for the home directory.

    What is not read by a person keeps the whole path of other files: `~` means nothing to an editor.
    """
    if not path.startswith(os.sep):
        return path
    home = os.environ.get("HOME") if terminal_width() is not None else None
    for folder, start in ((_here(), ""), (home or "", "~" + os.sep)):
        prefix = folder.rstrip(os.sep) + os.sep
        if len(prefix) > 1 and path.startswith(prefix):
            return start + path[len(prefix) :]
    return path


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  Path.cwd() resolves nothing either, and costs an import
    except FileNotFoundError:
        return ""
