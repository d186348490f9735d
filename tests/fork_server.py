"""The process of tests/forking.py that forks: `fork_server.py DESCRIPTOR MODULE...`, where `package.*` is all below
a package, and a path is a module that has no name later.

It imports nothing of the tests, and is the main module of no program that it runs.
"""

import atexit
import contextlib
import fcntl
import gc
import importlib
import importlib.util
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

Put = Callable[[str], object]
"""Puts a home folder in a place where a module has kept that of its import."""


def main(descriptor: str, *modules: str) -> None:
    """Import, serve, and in each fork run what was asked for."""
    del sys.path[0]  # the tests' folder
    with noted() as reads:
        for name in modules:
            for found in below(name[:-2]) if name.endswith(".*") else [name]:
                load(found)
    homes = list(keepers(os.environ["HOME"]))
    print(json.dumps(sorted(reads)), flush=True)
    gc.freeze()
    args = serve(socket.socket(fileno=int(descriptor)), homes)
    status = run(args)
    # what follows in a process that ends by itself, but for the tidying up of all those modules
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # Python has its own words and status for this
        sys.exit(status)
    os._exit(status)


def load(name: str) -> None:
    """Import a module, by its name or, without leaving the name behind, by its path."""
    if name.endswith(".py"):
        spec = importlib.util.spec_from_file_location("preparation", name)
        assert spec and spec.loader
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    else:
        importlib.import_module(name)


def below(name: str) -> Iterator[str]:
    """The modules below a package, but for what runs when imported."""
    for found in pkgutil.walk_packages(getattr(importlib.import_module(name), "__path__", []), f"{name}."):
        if not found.name.endswith("__main__"):
            yield found.name


@contextlib.contextmanager
def noted() -> Iterator[set[str]]:
    """Notes which variables of the environment are read."""
    reads: set[str] = set()
    plain = type(os.environ)

    class Noting(plain):  # type: ignore[misc,valid-type]
        def __getitem__(self, name: str) -> str:
            reads.add(name)
            return str(super().__getitem__(name))

    os.environ.__class__ = Noting
    yield reads
    os.environ.__class__ = plain


def keepers(kept: str) -> Iterator[Put]:
    """The places that keep the home folder `kept`: variables of modules and classes, defaults of arguments."""

    def holds(value: object) -> bool:
        return type(value) is str and kept in value

    gc.collect()
    for owner in gc.get_objects():
        if isinstance(owner, dict):
            yield from (partial(in_dict, owner, key, value.partition(kept)[2]) for key, value in [*owner.items()] if holds(value))
        elif isinstance(owner, type):
            yield from (partial(in_class, owner, key, value.partition(kept)[2]) for key, value in [*vars(owner).items()] if holds(value))
        elif isinstance(owner, FunctionType):
            values = owner.__defaults__ or ()
            if any(map(holds, values)):
                yield partial(in_defaults, owner, values, kept)
        elif isinstance(owner, list | set | frozenset) and any(map(holds, owner)):
            raise SystemExit("a module keeps the home folder in a list or set, where this does not put it right")


def in_dict(owner: dict[Any, Any], key: object, tail: str, home: str) -> None:
    owner[key] = home + tail


def in_class(owner: type, key: str, tail: str, home: str) -> None:
    setattr(owner, key, home + tail)


def in_defaults(owner: FunctionType, values: tuple[Any, ...], kept: str, home: str) -> None:
    owner.__defaults__ = tuple(v.replace(kept, home) if isinstance(v, str) else v for v in values)


def run(args: Sequence[str]) -> int:
    """What `python *args` runs, a module (`-m`) or a script. Return its status."""
    sys.argv = list(args)
    try:
        if args[0] == "-m":
            sys.argv = list(args[1:])
            try:
                sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as Python puts it
            except OSError:
                sys.path.insert(0, "")
            runpy.run_module(args[1], run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, str(Path(args[0]).resolve().parent))
            runpy.run_path(args[0], run_name="__main__")
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            raise
        return (end.code or 0) & 0xFF
    return 0


def serve(control: socket.socket, homes: Sequence[Put]) -> list[str]:
    """Fork for each request and tell its asker the process and, at its end, its status. Returns in the forks alone, with the arguments."""
    awake, waker = socket.socketpair()
    for end in (awake, waker):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    asking: dict[int, socket.socket] = {}
    while True:
        if awake in select.select([control, awake], [], [])[0]:
            with contextlib.suppress(BlockingIOError):
                awake.recv(1000)
            while asking and (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with contextlib.suppress(OSError), asking.pop(ended[0]) as asker:
                    asker.send(struct.pack("i", ended[1]))
            continue
        data, fds, _, _ = socket.recv_fds(control, 1, 5)
        if not data:
            os._exit(0)
        pid = os.fork()
        if not pid:
            return become(fds, homes)
        asking[pid] = socket.socket(fileno=fds[0])
        asking[pid].send(struct.pack("i", pid))
        for fd in fds[1:]:
            os.close(fd)


def become(fds: list[int], homes: Sequence[Put]) -> list[str]:
    """Make this fork what a new process would be for the request. Return its arguments."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(fds[0], "rb", closefd=False) as file:
        wanted = json.load(file)
    os.fchdir(fds[1])
    for number, fd in enumerate(fds[2:]):
        os.dup2(fd, number)
    os.closerange(3, 1 << 16)
    if wanted["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if wanted["clock"] != 1:
        hurry(wanted["clock"])
    for number in wanted["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    os.umask(wanted["umask"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        old = getattr(sys, name)
        raw: Any = open(old.fileno(), f"{mode}b", closefd=False, buffering=0 if isinstance(old.buffer, io.RawIOBase) else -1)  # noqa: SIM115
        getattr(raw, "raw", raw).name = f"<{name}>"
        new = io.TextIOWrapper(raw, old.encoding, old.errors, "\n", old.line_buffering or raw.isatty(), old.write_through)
        new.mode = mode  # type: ignore[misc]
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)
    for put in homes:
        put(os.path.expanduser("~"))  # noqa: PTH111 - as modules find it
    return list(wanted["args"])


def hurry(times: float) -> None:
    """Let this program's seconds be shorter, so many times."""
    sleep, monotonic = time.sleep, time.monotonic
    time.sleep = lambda seconds: sleep(seconds / times)  # type: ignore[assignment]
    time.monotonic = lambda: monotonic() * times


if __name__ == "__main__":
    main(*sys.argv[1:])
