"""Programs in processes of their own, without the half second that an interpreter and its imports take to start.

`Starter(modules)` starts one clean process, which imports the modules and from then on only forks: `run(["-m", "migrate", ...])` does what
`subprocess.run([sys.executable, "-m", "migrate", ...])` does, in a fork that gets arguments, environment, folder, umask and streams as a new
process would; `popen` does what `subprocess.Popen` does. What a fork cannot give gets a process in the usual way: a stream that is closed, a
function that runs before the program, and another value of a variable that Python or one of the modules reads when it starts (which these are,
the process notes).

Two things are more than `subprocess` has: `terminal=True` makes the streams, which are a terminal, that of the program's own session; and with
`clock=10` the program's seconds are tenths (`time.sleep` and `time.monotonic`; what waits for the network is as ever).
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AT_START = ("PYTHON", "LC_", "LANG", "LD_", "DYLD_", "TZ", "MALLOC_", "OPENSSL_")
"""What the interpreter and its libraries in C read when they start, by the beginnings of the names."""
HOME = "/nonexistent/home-of-the-one-that-forks"
"""The home folder while the modules are imported. Where one of them keeps it, each fork puts its own there."""
SERVER = Path(__file__).with_name("fork_server.py")
BOTOCORE = ("boto3", "botocore.client", "botocore.tokens", str(SERVER.with_name("botocore_data.py")))


class _Forked(subprocess.Popen[Any]):
    """A process that a Starter forks: only its start and its end are others than those of a Popen."""

    def __init__(self, control: socket.socket, args: Sequence[str], more: dict[str, Any], **settings: Any) -> None:
        self._control, self._more = control, more
        super().__init__(args, **settings)

    def _execute_child(self, args: Any, executable: Any, preexec: Any, close: Any, keep: Any, cwd: Any, env: Any, *rest: Any) -> None:
        pipes = rest[3:9]  # the ends of each stream's, first of stdin; -1 where it is this process's own
        self._status, theirs = socket.socketpair()
        here = os.open(cwd or ".", getattr(os, "O_PATH", os.O_RDONLY))
        try:
            streams = [given if given != -1 else n for n, given in enumerate((pipes[0], pipes[3], pipes[5]))]
            socket.send_fds(self._control, [b"."], [theirs.fileno(), here, *streams])
            wanted = {
                "args": list(args[1:]),
                "env": dict(os.environ if env is None else env),
                "umask": _umask(),
                "ignored": _ignored(),
                **self._more,
            }
            self._status.sendall(json.dumps(wanted).encode())
            self._status.shutdown(socket.SHUT_WR)
            (self.pid,) = struct.unpack("i", self._status.recv(4))
        finally:
            os.close(here)
            theirs.close()
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._status.settimeout(timeout)
            try:
                (status,) = struct.unpack("i", self._status.recv(4))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
            self.returncode = os.waitstatus_to_exitcode(status)
            self._status.close()
        return self.returncode

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None


def _ignored() -> list[int]:
    """The signals that a new process would find ignored, but for those that Python ignores itself."""
    return [n for n in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ} if signal.getsignal(n) == signal.SIG_IGN]


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _umask() -> int:
    with contextlib.suppress(OSError), open("/proc/self/status") as status:  # without setting it, which other threads would notice
        return next(int(line.split()[1], 8) for line in status if line.startswith("Umask"))
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


class Starter:
    """A process that has imported `modules` and all below them with the environment `env`. It starts when it is first needed."""

    def __init__(self, modules: Sequence[str], env: dict[str, str]) -> None:
        self.modules, self.env = modules, env
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, args: Sequence[str], *, input: Any = None, timeout: float | None = None, **settings: Any) -> Any:
        """What `subprocess.run([sys.executable, *args], ...)` does, but for `check`."""
        if input is not None:
            settings["stdin"] = subprocess.PIPE
        if settings.pop("capture_output", False):
            settings["stdout"] = settings["stderr"] = subprocess.PIPE
        with self.popen(args, **settings) as process:
            try:
                out, err = process.communicate(input, timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def popen(self, args: Sequence[str], *, terminal: bool = False, clock: float = 1, **settings: Any) -> "subprocess.Popen[Any]":
        """What `subprocess.Popen([sys.executable, *args], ...)` does."""
        if self.process is None and hasattr(os, "fork"):
            self._begin()
        command = [sys.executable, *args]
        if self.can_fork(settings, terminal):
            return _Forked(self.control, command, {"terminal": terminal, "clock": clock}, **settings)
        if terminal:
            settings |= {"start_new_session": True, "preexec_fn": _take_terminal}
        return subprocess.Popen(command, **settings)

    def can_fork(self, settings: dict[str, Any], terminal: bool = False) -> bool:
        """Is a fork the same as a new process with these settings of a Popen?"""
        plain = {"stdin", "stdout", "stderr", "capture_output", "text", "encoding", "errors", "env", "cwd", "timeout", "input", "bufsize"}
        if self.process is None or settings.keys() - plain:
            return False
        for name, stream in (("stdin", sys.__stdin__), ("stdout", sys.__stdout__), ("stderr", sys.__stderr__)):
            given = settings.get(name, subprocess.PIPE if settings.get("capture_output") else None)
            fd = given if isinstance(given, int) else given.fileno() if given is not None else stream.fileno() if stream else -1
            if fd not in (subprocess.PIPE, subprocess.DEVNULL, subprocess.STDOUT) and (fd < 0 or os.isatty(fd) != terminal):
                return False
        env = settings.get("env")
        now = os.environ if env is None else env
        names = {name for name in (*now, *self.env) if name.startswith(AT_START)} | self.reads
        return all(now.get(name) == self.env.get(name) for name in names)

    def stop(self) -> None:
        """End the process, where one was started."""
        if self.process is not None:
            self.control.close()
            self.process.communicate()
            self.process = None

    def _begin(self) -> None:
        self.control, theirs = socket.socketpair()
        command = [sys.executable, str(SERVER), str(theirs.fileno()), *self.modules]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=self.env | {"HOME": HOME}, stdin=pipe, stdout=pipe, pass_fds=[theirs.fileno()])
        theirs.close()
        assert self.process.stdout, "see what it wrote to stderr"
        self.reads = set(json.loads(self.process.stdout.readline())) - {"HOME"}


PROGRAM = Starter(["migrate.*", "typer.rich_utils", "rich.markup", *BOTOCORE], {})
"""Starts the program under test; tests/conftest.py gives it its environment, and ends it."""
