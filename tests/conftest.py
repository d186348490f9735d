"""A home folder of its own for each test, and the program run in it as a user would."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.forking import PROGRAM, Starter

# a shell that starts this in the background has SIGINT ignored, and every child would inherit that
with suppress(ValueError):
    signal.signal(signal.SIGINT, signal.default_int_handler)

# how long an example takes says how busy the machine is
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

Run = Callable[..., "subprocess.CompletedProcess[str]"]
PLAIN = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 300}
"""How the program is run where a test says nothing else."""

TESTS = Path(__file__).parent
SLOW = (
    "browser",
    "bulk",
    "changes/test_host.py",
    "changes/test_kill.py",
    "clients",
    "cli/test_hostile_folder.py",
    "codemod/proof/test_mutants.py",
    "codemod/proof/test_spoilers.py",
    "codemod/test_fuzz.py",
    "codemod/test_git_whole.py",
    "codemod/test_relevance.py",
    "test_promises.py",
)
"""Tests that start browsers, clusters and other people's clients, kill programs again and again, or run hundreds of them."""


THINNED = {
    "cli/test_silence.py::test_a_comment_that_is_not_closed_silences_nothing": 4,
    "codemod/test_installed.py::test_a_library_that_somebody_may_have_changed_is_a_part_of_the_program": 3,
    "codemod/test_settings_files.py::test_file_and_code_are_rewritten_together": 3,
    "test_no_secret.py::test_every_command": 3,
}
"""Tests of many cases that take long together: each third case is quick, and the others are slow tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `SLOW`, which `-m "not slow"` leaves out, and those of properties (tests/examples.py)."""
    cases: Counter[str] = Counter()
    for item in items:
        test = f"{item.path.relative_to(TESTS).as_posix()}::{getattr(item, 'originalname', item.name)}"
        if test in THINNED:
            if cases[test] % THINNED[test]:
                item.add_marker(pytest.mark.slow)
            cases[test] += 1
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.many)
        if item.path.relative_to(TESTS).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def _of_the_user(name: str) -> bool:
    return name.startswith(("AWS_", "XDG_")) or name in ("NO_COLOR", "FORCE_COLOR")


@pytest.fixture(scope="session", autouse=True)
def _environment() -> None:
    """What the one that forks starts with: it starts when a test first needs it."""
    PROGRAM.env = {name: value for name, value in os.environ.items() if not _of_the_user(name)}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; the test works in a folder `work` beside it. Nothing of the user's environment gets through."""
    for name in list(os.environ):
        if _of_the_user(name):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(work)
    return folder


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """What starts the program in a tenth of the time: tests/forking.py says how."""
    yield PROGRAM
    PROGRAM.stop()


@pytest.fixture
def run(starter: Starter) -> Run:
    """`run("config", "--yes", ...)`: the program in a process of its own, without a terminal."""

    def start(*args: str, **more: object) -> "subprocess.CompletedProcess[str]":
        settings: dict[str, object] = {**PLAIN, **more}
        return starter.run(["-m", "migrate", *args], **settings)  # type: ignore[no-any-return,arg-type]

    return start


@pytest.fixture
def run_without_powers() -> Run:
    """`run`, as somebody to whom the rights of files mean something: root is not held back by them, so root's power to pass over them is put off."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root reads everything, and there is no setpriv (util-linux) to put that off")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]

    def start(*args: str, **more: object) -> "subprocess.CompletedProcess[str]":
        settings: dict[str, object] = {**PLAIN, **more}
        return subprocess.run([*prefix, sys.executable, "-m", "migrate", *args], **settings)  # type: ignore[call-overload,no-any-return]

    return start
