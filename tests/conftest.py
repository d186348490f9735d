"""A home folder of its own for each test, and the program run in it as a user would."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

# a shell that starts this in the background has SIGINT ignored, and every child would inherit that
with suppress(ValueError):
    signal.signal(signal.SIGINT, signal.default_int_handler)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; the test works in a folder `work` beside it. Nothing of the user's environment gets through."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "XDG_", "AWS_SSO_MIGRATE")) or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(work)
    return folder


@pytest.fixture
def run() -> Run:
    """`run("config", "--yes", ...)`: the program in a process of its own, without a terminal."""

    def start(*args: str, **more: object) -> "subprocess.CompletedProcess[str]":
        settings: dict[str, object] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60, **more}
        return subprocess.run([sys.executable, "-m", "migrate", *args], **settings)  # type: ignore[call-overload,no-any-return]

    return start
