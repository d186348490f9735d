"""A fork of tests/forking.py is to a test what a new process is."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PLAIN, Run
from tests.forking import Starter

TELLS = """
import atexit, getpass, json, os, signal, sys, tempfile, threading
print(json.dumps({
    "argv": sys.argv, "env": dict(os.environ), "here": os.getcwd(), "umask": os.umask(0), "path": sys.path, "flags": list(sys.flags),
    "name": __name__, "in": sys.stdin.read(), "temporary": tempfile.gettempdir(), "threads": threading.active_count(),
    "descriptors": [n for n in range(3, 300) if os.path.exists(f"/proc/self/fd/{n}") and os.path.realpath(f"/proc/self/fd/{n}") != f"/proc/{os.getpid()}/fd"],
    "streams": [[s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.isatty(), s.newlines] for s in (sys.stdin, sys.stdout, sys.stderr)],
    "signals": {n: str(signal.getsignal(n)) for n in signal.valid_signals()}, "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "home": __import__("keeps").HOME, "class": __import__("keeps").Keeps.HOME, "default": __import__("keeps").default(),
}))
sys.stderr.write("an error\\n")
atexit.register(print, "at the end")
"""
KEEPS = """
import os
HOME = os.path.expanduser("~/x")
SAID = os.environ.get("READ_AT_START")
class Keeps:
    HOME = HOME
def default(home=HOME):
    return home
"""


@pytest.fixture
def forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Starter]:
    """A starter of its own, with a module that keeps the home folder."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/keeps.py").write_text(KEEPS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    starter = Starter(["keeps"], dict(os.environ))
    yield starter
    starter.stop()


def both(starter: Starter, script: str, *args: str, forks: bool = True, **settings: Any) -> "subprocess.CompletedProcess[str]":
    """A script in a fork, after a look that a new process gives the same."""
    Path("script.py").write_text(script)
    settings = {**PLAIN, **settings}
    new = subprocess.run([sys.executable, "script.py", *args], **settings)
    forked = starter.run(["script.py", *args], **settings)
    assert starter.can_fork(settings) == forks
    assert (forked.returncode, forked.stdout, forked.stderr) == (new.returncode, new.stdout, new.stderr)
    return forked  # type: ignore[no-any-return]


def test_what_a_program_sees(forks: Starter, tmp_path: Path) -> None:
    told = json.loads(both(forks, TELLS, "one", "zwei ü", env={**os.environ, "NEW": "ü"}).stdout.splitlines()[0])
    assert told["argv"] == ["script.py", "one", "zwei ü"] and told["env"]["NEW"] == "ü" and "PATH" in told["env"]
    assert told["home"] == told["class"] == told["default"] == os.environ["HOME"] + "/x"
    (tmp_path / "there").mkdir()
    old = os.umask(0o027)
    try:
        done = both(forks, "import os; print(os.getcwd(), os.umask(0), input())", input="said\n", stdin=None)
        assert done.stdout.split()[1:] == ["23", "said"]
    finally:
        os.umask(old)


@pytest.mark.parametrize(
    "script", ["", "exit(3)", "exit('why')", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "import os; os._exit(7)"]
)
def test_how_a_program_ends(forks: Starter, script: str) -> None:
    both(forks, script)


def test_a_program_that_is_too_slow(forks: Starter) -> None:
    Path("script.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(600)\n")
    with pytest.raises(subprocess.TimeoutExpired):
        forks.run(["script.py"], **{**PLAIN, "timeout": 1})
    assert both(forks, "print(1)").stdout == "1\n"


def test_streams_that_a_test_gives(forks: Starter) -> None:
    with open("/dev/full", "w") as full:
        done = both(forks, "print(1)", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 120 and "No space left" in done.stderr
    assert (
        both(forks, "import sys; print(1, file=sys.stderr)", capture_output=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        == "1\n"
    )


ON_A_TERMINAL = """
import os, signal, sys
print([[s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.isatty(), s.newlines] for s in (sys.stdin, sys.stdout, sys.stderr)])
print(os.getsid(0) == os.getpid(), os.isatty(os.open("/dev/tty", os.O_RDWR)), os.tcgetpgrp(0) == os.getpgrp())
print({n: str(signal.getsignal(n)) for n in signal.valid_signals()})
print(input("a question? "))
signal.pause()
"""


@pytest.mark.parametrize("hangs_on", [False, True])
def test_a_terminal_of_its_own(forks: Starter, hangs_on: bool) -> None:
    Path("script.py").write_text(ON_A_TERMINAL)
    seen = []
    for more in ({}, {"READ_AT_START": "x"}):  # the other takes a new process
        ours, theirs = pty.openpty()
        settings = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "env": {**os.environ, **more}}
        old = signal.signal(signal.SIGHUP, signal.SIG_IGN if hangs_on else signal.SIG_DFL)
        process = forks.popen(["script.py"], terminal=True, **settings)
        signal.signal(signal.SIGHUP, old)
        assert forks.can_fork(settings, terminal=True) == (not more)
        os.close(theirs)
        text = b""
        while b"a question? " not in text:
            text += os.read(ours, 10_000)
        os.write(ours, b"an answer\n")
        while text.count(b"an answer\r\n") < 2:
            text += os.read(ours, 10_000)
        if hangs_on:
            process.send_signal(signal.SIGTERM)
        os.close(ours)
        seen.append((text, process.wait(20)))
    assert seen[0] == seen[1] and seen[0][1] == (-signal.SIGTERM if hangs_on else -signal.SIGHUP)


def test_a_clock_that_is_fast(forks: Starter) -> None:
    script = "import time\nbegun = time.monotonic()\ntime.sleep(50)\nprint(time.monotonic() - begun >= 50)\n"
    Path("script.py").write_text(script)
    begun = time.monotonic()
    done = forks.run(["script.py"], clock=100, **PLAIN)
    assert done.stdout == "True\n" and 0.5 <= time.monotonic() - begun < 40


def test_what_is_read_at_the_start_takes_a_new_process(forks: Starter) -> None:
    said = "import keeps; print(keeps.SAID)"
    assert both(forks, said).stdout == "None\n"
    assert both(forks, said, env={**os.environ, "READ_AT_START": "x"}, forks=False).stdout == "x\n"
    both(forks, "import sys; print(sys.stdout.encoding)", env={**os.environ, "PYTHONIOENCODING": "latin-1"}, forks=False)
    assert both(forks, "", preexec_fn=lambda: os.umask(0), forks=False).returncode == 0


@pytest.mark.parametrize(
    "args", [["--version"], ["plan", "--help"], ["config", "--dry-run"], ["nonsense"], ["verify", "--offline"]], ids=" ".join
)
def test_the_program(run: Run, starter: Starter, home: Path, args: list[str]) -> None:
    new = subprocess.run([sys.executable, "-m", "migrate", *args], **PLAIN)  # type: ignore[call-overload]
    forked = run(*args)
    assert starter.can_fork(PLAIN) and (forked.returncode, forked.stdout, forked.stderr) == (new.returncode, new.stdout, new.stderr)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
