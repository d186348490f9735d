"""A run or an undo that is killed at any moment leaves each file old or new, can be run again, and can be undone."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.cli.invoke import run
from tests.changes.home import (
    CONFIG,
    CREDENTIALS,
    NEW_CONFIG,
    NEW_CREDENTIALS,
    apply_all,
    everything,
    make,
    state,
    strangers,
)
from tests.changes.killing import code_of, in_child, was_killed
from tests.madeup import key_id, secret


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In memory where the system has such a place: hundreds of runs that sync everything take minutes on a disk."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        monkeypatch.setenv("HOME", folder + "/home")
        os.mkdir(folder + "/home")  # noqa: PTH102
        yield Path(folder, "home")


def undo_all(*more: str) -> int:
    return run(["undo", "--yes", *more])


def check_files(config: Path, credentials: Path) -> None:
    """Old or new, rights as they were, and never the credentials before the config."""
    pair = config.read_bytes(), credentials.read_bytes()
    assert pair in ((CONFIG, CREDENTIALS), (NEW_CONFIG, CREDENTIALS), (NEW_CONFIG, NEW_CREDENTIALS))
    assert config.stat().st_mode & 0o777 == 0o644
    assert credentials.stat().st_mode & 0o777 == 0o600


def check_rights(home: Path) -> None:
    """Whatever holds a secret is for its owner only, and the journal holds none."""
    for path, data in everything(home):
        if secret("dev").encode() in data:
            assert path.stat().st_mode & 0o077 == 0, path
        if path.name == "journal.json":
            assert secret("dev").encode() not in data and key_id("dev").encode() not in data
    for path in state(home).rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
def test_a_run_killed_at_any_write(home: Path, tmp_path: Path, after: bool) -> None:
    log = tmp_path / "log"
    for n in range(1, 500, 3 if after else 1):
        config, credentials = make(home)
        status = in_child(lambda: apply_all(home), kill_at=n, after=after, log=log)
        check_files(config, credentials)
        check_rights(home)
        if not was_killed(status):
            assert code_of(status) == 0
            break
        # what was begun can be undone …
        copy = home.parent / "copy"
        shutil.copytree(home, copy, symlinks=True)
        assert code_of(in_child(undo_all, log=log)) == 0
        assert (config.read_bytes(), credentials.read_bytes()) == (CONFIG, CREDENTIALS) or not (state(home) / "runs").exists()
        assert strangers(home) == []
        # … or finished, and undone afterwards run by run
        shutil.rmtree(home)
        copy.rename(home)
        assert code_of(in_child(lambda: apply_all(home), log=log)) == 0
        assert (config.read_bytes(), credentials.read_bytes()) == (NEW_CONFIG, NEW_CREDENTIALS)
        assert strangers(home) == []
        assert code_of(in_child(undo_all, log=log)) == 0
        assert code_of(in_child(undo_all, log=log)) == 0
        assert (config.read_bytes(), credentials.read_bytes()) == (CONFIG, CREDENTIALS)
        _empty(home)
    else:
        raise AssertionError("the run never came to its end")
    assert n > 20  # the kills did reach into it
    _empty(home)
    assert secret("dev") not in log.read_text() and key_id("dev") not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
def test_an_undo_killed_at_any_write_can_be_run_again(home: Path, tmp_path: Path, after: bool) -> None:
    log = tmp_path / "log"
    for n in range(1, 500, 3 if after else 1):
        config, credentials = make(home)
        assert code_of(in_child(lambda: apply_all(home), log=log)) == 0
        status = in_child(undo_all, kill_at=n, after=after, log=log)
        check_files(config, credentials)
        check_rights(home)
        if not was_killed(status):
            break
        assert code_of(in_child(undo_all, log=log)) == 0
        assert (config.read_bytes(), credentials.read_bytes()) == (CONFIG, CREDENTIALS)
        assert strangers(home) == []
        _empty(home)
    else:
        raise AssertionError("the undo never came to its end")
    assert n > 10
    _empty(home)
    assert "Traceback" not in log.read_text()


def _empty(home: Path) -> None:
    shutil.rmtree(home)
    os.mkdir(home)  # noqa: PTH102
