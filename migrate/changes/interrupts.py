"""Signals that arrive while files are being written: noted, and acted upon between two steps, where everything can be put back."""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_deaf: list[Any] = []
"""The handler of Ctrl-C, while it is not listened to."""


def listen_again() -> None:
    """For whoever goes on after changes were made (`demo`): Ctrl-C counts again."""
    if _deaf:
        signal.signal(signal.SIGINT, _deaf[0])
        _deaf.clear()


class Interrupts:
    """As a context, keeps Ctrl-C, SIGTERM and SIGHUP from cutting a write in two; `check` says when one has come.

    A signal that comes after the last `check` finds everything done: Ctrl-C is dropped then, the others end the program. And
    once all is done Ctrl-C is not listened to any more, for what is left is to say so: 130 would look as if nothing had been done.
    """

    def __init__(self) -> None:
        self._came: int | None = None
        self._old: dict[int, Any] = {}

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for name in _SIGNALS:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._old[number] = signal.signal(number, self._note)
        return self

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._came = number

    def check(self) -> None:
        """Raises KeyboardInterrupt after Ctrl-C, SystemExit (128 and the number, as shells have it) after the others."""
        came, self._came = self._came, None
        if came == signal.SIGINT:
            raise KeyboardInterrupt
        if came is not None:
            raise SystemExit(128 + came)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._old.items():
            if number == signal.SIGINT and kind is None:
                _deaf.append(handler)
                signal.signal(number, signal.SIG_IGN)
            else:
                signal.signal(number, handler)
        if self._came is not None and self._came != signal.SIGINT:
            os.kill(os.getpid(), self._came)
