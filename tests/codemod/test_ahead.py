"""A search that begins while the walk goes on finds what one after the walk finds, whatever becomes of its processes."""

import os
import signal
from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from migrate.outcome import Outcome
from migrate.tree import ahead
from migrate.tree.search import Found, search_share
from tests.madeup import key_id, secret

KEYED = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two repositories, the first one large enough to be searched in several rounds; one file in 40 holds a key."""
    for n in range(1500):
        path = tmp_path / ("big" if n < 1400 else "small") / f"p{n % 60:02}" / f"m{n}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(KEYED if n % 40 == 7 else f"x = {n}\n")
    for name in ("big", "small"):
        (tmp_path / name / ".git").mkdir()
    return tmp_path


def rewritten(tree: Path, jobs: int) -> Outcome:
    return rewrite_code(CodeRequest([tree / "big", tree / "small"], KeyMap({key_id("dev"): "dev"}), jobs=jobs))


def same(one: Outcome, other: Outcome) -> bool:
    return {c.path: c.after for c in one.changes} == {c.path: c.after for c in other.changes} and one.files == other.files


def in_small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of this size is searched as one of five thousand files."""
    monkeypatch.setattr(ahead, "FEW", 90)
    monkeypatch.setattr(ahead, "_MOST", 750)


def test_any_number_of_processes_finds_the_same(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = rewritten(tree, 1)
    assert len(alone.changes) == 38 and alone.files == 1500
    in_small_rounds(monkeypatch)
    for jobs in (2, 5):
        assert same(rewritten(tree, jobs), alone)


def test_a_process_that_dies_loses_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = rewritten(tree, 1)
    here = os.getpid()

    def dies(part: list[str]) -> Found:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return search_share(part)

    in_small_rounds(monkeypatch)
    monkeypatch.setattr(ahead, "search_share", dies)
    assert same(rewritten(tree, 2), alone)
