"""The person's own editor, on copies that nobody else can read and that are gone afterwards.

A copy may hold keys that are none of this run's business, so it is 0600 in a folder that is 0700 and in the state folder, beside the
backups. It is overwritten and removed whatever ends the editing; what a SIGKILL left goes with the next run.
"""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from migrate.changes.state import ready_state
from migrate.changes.write import write_new
from migrate.errors import Refusal

_FOLDER = "edit-"
_LARGEST = 64 * 1024 * 1024
_GIT_SECONDS = 10
_SHELL = re.compile(r"[|&;<>()$`\\*?\[#~%{!\n]")
"""Where one of these stands in a command, it takes a shell to read it."""


def edited(texts: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """What a person made of some texts, given as file name and bytes.

    Raises Refusal where there is no editor, it fails, or leaves what cannot be read; KeyboardInterrupt where Ctrl-C ended it.
    """
    command = editor()
    with _private_folder() as folder:
        paths = []
        try:
            for number, (name, data) in enumerate(texts):
                (folder / str(number)).mkdir(mode=0o700)
                paths.append(folder / str(number) / Path(name).name)
                write_new(paths[-1], data)
        except OSError as error:
            raise Refusal(f"a copy for editing could not be created: {error.strerror}", path=folder) from None
        _run(command, paths)
        return [_read(path) for path in paths]


def editor() -> str:
    """The editor to start, as a command of the shell: VISUAL, EDITOR, else what git would start (`git var GIT_EDITOR`), else vi.

    A repository's own settings are not asked: nobody trusts them.
    """
    for name in ("VISUAL", "EDITOR"):
        if os.environ.get(name, "").strip():
            return os.environ[name]
    with suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            ["git", "var", "GIT_EDITOR"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_GIT_SECONDS,
            env={**os.environ, "GIT_DIR": os.path.join(os.sep, "nonexistent")},  # noqa: PTH118 - no repository at all
            check=False,
        )
        if said.returncode == 0 and said.stdout.strip():
            return said.stdout.strip()
    return "vi"


def _run(command: str, paths: Sequence[Path]) -> None:
    """Raises Refusal where the editor does not start or says that it failed."""
    # where stdout is a document or a pipe, the editor gets the terminal that the questions are on
    stdout = None if sys.stdout.isatty() or not sys.stderr.isatty() else sys.stderr.fileno()
    with _terminal_kept(), _signals() as came:
        try:
            process = subprocess.Popen([*_words(command), *map(str, paths)], stdout=stdout)
        except OSError as error:
            raise Refusal(f"the editor cannot be started: {error.strerror}") from None
        try:
            status = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
    if status in (-signal.SIGINT, 128 + signal.SIGINT) or (came and status):
        raise KeyboardInterrupt
    if status:
        raise Refusal(f"the editor ended with status {status}", help="set VISUAL or EDITOR to choose an editor")


def _words(command: str) -> list[str]:
    """How to start an editor. By the shell only where that is needed: it would die of a Ctrl-C that the editor means to live through."""
    with suppress(ValueError):
        if not _SHELL.search(command) and (words := shlex.split(command)) and "=" not in words[0]:
            return words
    return ["/bin/sh", "-c", f'{command} "$@"', command]


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Ctrl-C is the editor's affair while it runs, as with git; SIGTERM and SIGHUP must not leave the copies behind."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    # functions, not SIG_IGN: an editor that is started inherits what is ignored
    wanted: dict[int, Any] = {signal.SIGINT: note, signal.SIGQUIT: note, signal.SIGTERM: end, signal.SIGHUP: end}
    old = {number: signal.signal(number, handler) for number, handler in wanted.items() if signal.getsignal(number) is not signal.SIG_IGN}
    try:
        yield came
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


@contextmanager
def _terminal_kept() -> Iterator[None]:
    """An editor that was killed may leave the terminal without echo and lines."""
    import termios

    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, ValueError, OSError):
        yield
        return
    try:
        yield
    finally:
        with suppress(termios.error, ValueError, OSError):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)


def _read(path: Path) -> bytes:
    try:
        # whatever an editor left there: not a pipe to wait at, not a link to follow
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refusal("the edited file is missing or not a regular file")
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise Refusal(f"the edited file cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise Refusal("the edited file is too large")
    return data


@contextmanager
def _private_folder() -> Iterator[Path]:
    state = ready_state()
    _clean_up(state)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=state))
    except OSError as error:
        raise Refusal(f"a copy for editing could not be created: {error.strerror}", path=state) from None
    try:
        yield folder
    finally:
        wipe_tree(folder)


def _clean_up(state: Path) -> None:
    """Removes the copies of editings that were killed: those whose process is no more."""
    with suppress(OSError):
        for folder in state.glob(f"{_FOLDER}*-*"):
            number = folder.name.removeprefix(_FOLDER).partition("-")[0]
            if number.isdigit() and not _alive(int(number)):
                wipe_tree(folder)


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def wipe_tree(folder: Path) -> None:
    """Overwrites and removes a folder's files, an editor's own swap files and backups too, and the folder. Raises nothing."""
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                descriptor = os.open(Path(root) / name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
                with open(descriptor, "wb") as file:
                    left = os.fstat(descriptor).st_size if stat.S_ISREG(os.fstat(descriptor).st_mode) else 0
                    while left > 0:
                        left -= file.write(b"\0" * min(left, 1 << 20))
                    file.flush()
                    os.fsync(descriptor)
    shutil.rmtree(folder, ignore_errors=True)
