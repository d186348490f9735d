"""The one exception that ends a command with status 2: bad usage, bad input, a conflict, AWS said no."""

from collections.abc import Sequence
from pathlib import Path


class Refusal(Exception):
    """What a person or their files caused, told so that they can mend it.

    `message` says what is wrong (never quoting a line that may hold a secret), `path` and `line` (1-based) where,
    and `help` what to do about it. The command line prints it and ends with 2; nothing was written by then,
    or what had been written was put back.
    """

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.help = help

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: " if self.path and self.line else f"{self.path}: " if self.path else ""
        return where + self.message


def together(refusals: Sequence[Refusal]) -> Refusal:
    """Several refusals as one, so that a person can put all of it right in one go: the first as it is, the others in its help."""
    first, *rest = refusals
    if not rest:
        return first
    more = [f"also: {refusal}" for refusal in rest]
    return Refusal(first.message, path=first.path, line=first.line, help="\n".join(filter(None, [first.help, *more])))
