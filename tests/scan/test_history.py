"""`scan --history`: each key once, with the first and the last commit that hold it."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id
from tests.scan.test_scan import found, ini, write

WHO = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "kim"), ("EMAIL", "kim@example.org"))}


def git(*args: str, cwd: Path = Path("repo")) -> str:
    cwd.mkdir(exist_ok=True)
    return subprocess.run(["git", *args], cwd=cwd, env={**os.environ, **WHO}, capture_output=True, text=True, check=True).stdout.strip()


def commit(files: dict[str, str | None], cwd: Path = Path("repo")) -> str:
    for name, text in files.items():
        if text is None:
            (cwd / name).unlink()
        else:
            write(cwd / name, text)
    git("add", "-A", cwd=cwd)
    git("commit", "-q", "--allow-empty", "-m", "x", cwd=cwd)
    return git("rev-parse", "HEAD", cwd=cwd)


@pytest.fixture
def repo() -> Path:
    git("init", "-q", "-b", "main")
    return Path("repo")


def lives(run: Run, *args: str) -> dict[str, tuple[str, str, str]]:
    """Key to code, first and last commit; each key is named once."""
    findings = [f for f in found(run, *args, "--history") if f["first_commit"]]
    assert len({f["key"] for f in findings}) == len(findings)
    return {f["key"]: (f["code"], f["first_commit"], f["last_commit"]) for f in findings}


def masked(name: str) -> str:
    return f"AKIA…{key_id(name)[-4:]}"


def test_a_key_that_is_gone_from_the_files(repo: Path, run: Run) -> None:
    commit({"a": "1"})
    first = commit({"x.ini": ini("gone")})
    last = commit({"a": "2"})
    commit({"x.ini": None})
    commit({"a": "3"})
    assert found(run, "repo", status=0) == []
    assert lives(run, "repo") == {masked("gone"): ("AWS315", first, last)}
    done = run("scan", "repo", "--history")
    assert f"({first[:12]} to {last[:12]})" in done.stdout and "x.ini" in done.stdout and done.returncode == 1


def test_a_key_that_still_stands_is_named_once(repo: Path, run: Run) -> None:
    first = commit({"x.ini": ini("here")})
    last = commit({"a": "1"})
    assert lives(run, "repo") == {masked("here"): ("AWS313", first, last)}
    assert len(found(run, "repo", "--history")) == 1


def test_moved_edited_removed_and_back_again(repo: Path, run: Run) -> None:
    first = commit({"x.ini": ini("k")})
    commit({"x.ini": "# more\n" + ini("k")})
    commit({"x.ini": None, "y.txt": ini("k")})
    commit({"y.txt": "clean"})
    back = commit({"z.txt": ini("k") + ini("other")})
    commit({"z.txt": None})
    assert lives(run, "repo") == {masked("k"): ("AWS315", first, back), masked("other"): ("AWS315", back, back)}


def test_branches_tags_and_merges(repo: Path, run: Run) -> None:
    commit({"a": "1"})
    git("checkout", "-q", "-b", "side")
    first = commit({"x.ini": ini("side")})
    git("checkout", "-q", "main")
    commit({"b": "1"})
    git("merge", "-q", "--no-ff", "-m", "m", "side")
    merged = git("rev-parse", "HEAD")
    commit({"x.ini": None})
    git("checkout", "-q", "-b", "only")
    tagged = commit({"t.ini": ini("tag")})
    git("tag", "v1")
    git("checkout", "-q", "main")
    git("branch", "-q", "-D", "only", "side")
    assert lives(run, "repo") == {masked("side"): ("AWS315", first, merged), masked("tag"): ("AWS315", tagged, tagged)}


def test_every_repository_under_a_path_and_a_bare_one(repo: Path, run: Run) -> None:
    one = commit({"x.ini": ini("one")})
    git("init", "-q", cwd=Path("repo/nested"))
    two = commit({"y.ini": ini("two")}, Path("repo/nested"))
    git("clone", "-q", "--bare", "repo/nested", "bare.git", cwd=Path())
    assert lives(run, ".") == {masked("one"): ("AWS313", one, one), masked("two"): ("AWS313", two, two)}
    assert lives(run, "bare.git") == {masked("two"): ("AWS315", two, two)}
    assert lives(run, "repo/x.ini") == {masked("one"): ("AWS313", one, one)}


def test_what_is_left_out(repo: Path, run: Run) -> None:
    commit({"old/x.ini": ini("a"), "y.ini": ini("b")})
    commit({"old/x.ini": None, "y.ini": None})
    assert set(lives(run, "repo", "--exclude", "old/")) == {masked("b")}
    commit({"pyproject.toml": '[tool.aws-sso-migrate]\nhistory = true\nexclude = ["y.ini"]\n'})
    assert {f["key"] for f in found(run, "repo")} == {masked("a")}
    assert found(run, "repo", "--no-history", status=0) == []


def test_strange_names_and_binary_files(repo: Path, run: Run) -> None:
    name = "a b\n:\x01é.ini"
    first = commit({name: ini("n"), "bin": "\0\0" + ini("bin")})
    commit({name: None, "bin": None})
    assert lives(run, "repo") == {masked("n"): ("AWS315", first, first)}


def test_empty_broken_and_shallow_repositories(repo: Path, run: Run) -> None:
    assert found(run, "repo", "--history", status=0) == []
    commit({"x.ini": ini("a")})
    commit({"x.ini": None})
    git("clone", "-q", "--depth", "1", f"file://{repo.absolute()}", "shallow", cwd=Path())
    assert {f["code"] for f in found(run, "shallow", "--history", status=0)} == {"AWS332"}
    (repo / ".git/HEAD").write_text("nonsense")
    assert {f["code"] for f in found(run, "repo", "--history")} == {"AWS338"}


def test_the_repository_is_not_trusted(repo: Path, run: Run, tmp_path: Path) -> None:
    commit({"x.ini": ini("a"), ".gitattributes": "* diff=evil filter=evil\n"})
    proof = tmp_path / "proof"
    program = write(tmp_path / "evil", f"#!/bin/sh\ntouch {proof}\n")
    program.chmod(0o755)
    for setting in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "core.sshCommand",
    ):
        git("config", setting, str(program))
    assert len(lives(run, "repo")) == 1
    assert not proof.exists()


def test_many_blobs_by_two_processes(repo: Path, run: Run) -> None:
    commit({f"{n % 30}/{n}.txt": f"{n}\n{ini(str(n)) if n % 500 == 3 else 'x' * 80}\n" for n in range(2600)})
    assert len(lives(run, "repo")) == 6
