"""The program on a terminal of its own, as a person sees it."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from tests.forking import PROGRAM
from tests.madeup import key_id, secret

COLORS = re.compile(r"\x1b\[[0-9;]*m")
QUESTION = "[y,n,a,q,e,?]? "


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, args: list[str], columns: int = 0, lines: int = 40, **env: str) -> None:
        self.ours, theirs = pty.openpty()
        if columns:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.text = ""
        self.process = PROGRAM.popen(
            ["-m", "migrate", *args],
            terminal=True,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **env},
        )
        os.close(theirs)

    def until(self, words: str, seconds: float = 300, times: int = 1) -> str:
        """Reads until the words have appeared so often, or the program has ended."""
        end = time.monotonic() + seconds
        while self.text.count(words) < times and time.monotonic() < end:
            if select.select([self.ours], [], [], 0.2)[0]:
                try:
                    data = os.read(self.ours, 65536)
                except OSError:
                    break
                if not data:
                    break
                self.text += data.decode("utf-8", "replace")
        return self.text

    def say(self, text: str) -> None:
        """Types."""
        os.write(self.ours, text.encode())

    def end(self) -> int:
        """Reads the rest, and gives the exit status."""
        self.until("\0never\0")
        status = self.process.wait(timeout=300)
        os.close(self.ours)
        return status


def answered(args: list[str], *answers: str) -> tuple[int, str]:
    """Status and screen of a review in which each question gets the next answer, and there are no more. No secret is on that screen."""
    terminal = Terminal(args)
    for n, given in enumerate(answers):
        terminal.until(QUESTION, times=n + 1)
        terminal.say(given if given in ("\x03", "\x04") else given + "\n")
    status = terminal.end()
    for name in ("dev", "ops", "old", "one", "two", "three"):
        assert secret(name) not in terminal.text and key_id(name) not in terminal.text
    assert terminal.text.count(QUESTION) == len(answers), terminal.text
    return status, COLORS.sub("", terminal.text)
