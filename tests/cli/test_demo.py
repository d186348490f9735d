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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders of other users to choose from")
@pytest.mark.parametrize("there", [True, False], ids=["is there", "is to be made"])
def test_a_place_that_somebody_else_can_swap_is_refused(tmp_path: Path, run: Run, there: bool) -> None:
    """Its owner would put a link to a folder of root's in its place, and the example would be written there."""
    his = tmp_path / "his"
    (his / "kept").mkdir(parents=True)
    os.chown(his, 4321, 4321)
    if not there:
        (his / "kept").rmdir()
    done = run("demo", "--keep", str(his / "kept"))
    assert done.returncode == 2 and "another user can replace this folder" in done.stderr
    assert sorted(p.name for p in his.rglob("*")) == (["kept"] if there else [])


def test_a_place_that_everybody_may_write_in_is_refused(tmp_path: Path, run: Run) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert run("demo", "--keep", str(tmp_path / "open")).returncode == 2
    assert run("demo", "--keep", str(tmp_path / "open/kept")).returncode == 2
    (tmp_path / "open").chmod(0o1777)  # as /tmp: nobody takes away what is another's
    assert run("demo", "--keep", str(tmp_path / "open/kept"), "-q").returncode == 0


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
