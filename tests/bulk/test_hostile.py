"""`bulk` over repositories that are built to break out of their clone."""

import subprocess
from pathlib import Path

import pytest

from tests.bulk.places import AFTER, bulk, git, identity, remote
from tests.conftest import Run


@pytest.fixture(autouse=True)
def _identity(home: Path) -> None:
    identity(home)


def told(bare: Path, data: str, *args: str) -> str:
    """What git says of some input: trees that `git add` would never make."""
    return subprocess.run(["git", "-C", str(bare), *args], input=data, capture_output=True, text=True, check=True).stdout.strip()


def test_paths_that_lead_into_git_itself_or_above_are_not_written(run: Run) -> None:
    pwned = Path("pwned").absolute()
    hook = f"#!/bin/sh\ntouch {pwned}\n"
    bares = []
    for name, path in (("inside", ".git/hooks/post-checkout"), ("above", "../app.py")):
        bare = remote(name)
        parts = path.split("/")
        entry = f"100755 blob {told(bare, hook, 'hash-object', '-w', '--stdin')}\t{parts[-1]}\n"
        for part in reversed(parts[:-1]):
            entry = f"040000 tree {told(bare, entry, 'mktree')}\t{part}\n"
        tree = told(bare, git(bare, "ls-tree", "main") + "\n" + entry, "mktree")
        git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, "-m", "evil"))
        bares.append(bare)
    one = remote("one")
    done = bulk(run, [*map(str, bares), str(one)], "--push")
    assert done.returncode == 1 and not pwned.exists() and "1 changed, 2 failed" in done.stdout, done.stdout
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER
    assert not any(p.name == "post-checkout" for p in Path("aws-sso-migrate-bulk").rglob("*"))
