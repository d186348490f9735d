"""`demo`: a whole migration, with nothing of the user's read or changed, and no network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run


def test_it_shows_a_migration_and_leaves_nothing(home: Path, tmp_path: Path, run: Run) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile mine]\nregion = eu\n")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = run(
        "demo", env={**os.environ, "TMPDIR": str(temporary), "AWS_PROFILE": "nonsense", "AWS_CONFIG_FILE": str(home / ".aws/config")}
    )
    assert done.returncode == 0, done.stderr
    assert "sso_session = example" in done.stdout and "aws_secret_access_key = ****" in done.stdout and "mine" not in done.stdout
    assert sorted(p.relative_to(home).as_posix() for p in home.rglob("*")) == [".aws", ".aws/config"]
    assert not list(temporary.iterdir())
    assert not list(Path.cwd().iterdir())


def test_it_needs_no_network(tmp_path: Path) -> None:
    alone = ["unshare", "-r", "-n"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")
    done = subprocess.run([*alone, sys.executable, "-m", "migrate", "demo"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_kept_it_can_be_gone_on_with(tmp_path: Path, run: Run) -> None:
    place = tmp_path / "kept"
    done = run("demo", "--keep", str(place))
    assert done.returncode == 0 and str(place) in done.stdout
    env = {**os.environ, "HOME": str(place / "home")}
    assert run("undo", "--yes", env=env).returncode == 0
    while "There is nothing to undo" not in run("undo", "--yes", env=env).stderr:
        pass
    assert "aws_secret_access_key" in (place / "home/.aws/credentials").read_text()
    assert run("demo", "--keep", str(place)).returncode == 2  # it is not empty
    assert run("demo", "--keep", str(place / "home/.aws/config")).returncode == 2


def test_the_examples_keys_stand_nowhere_as_such() -> None:
    import migrate.demo
    from migrate.keys import KEY_ID, is_secret

    for path in Path(migrate.demo.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(not m.endswith("EXAMPLE") for m in KEY_ID.findall(text)), path
        assert not any(is_secret(word.strip("\"'`,.")) for word in text.split()), path


def test_quiet_shows_what_is_left_and_no_diffs(run: Run) -> None:
    done = run("demo", "-q")
    assert done.returncode == 0 and "AWS102" in done.stdout and "@@" not in done.stdout and "files changed" not in done.stdout
