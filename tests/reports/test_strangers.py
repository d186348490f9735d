"""What a stranger's repository brings in cannot steer the program: names of files, links in a report's way, patterns, TOML, encodings."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.test_hooks import entries

CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'
MAP = ["--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile"]
FORGED = "a\n::error file=x.py::forged\n+++ b\rx.py"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "report.md", "report.html", "report.json"])
def test_a_line_end_in_a_name_makes_no_line(run: Run, form: str) -> None:
    Path("p").mkdir()
    Path("p", FORGED.replace("/", "")).write_text(CODE)
    more = ["--format", form] if "." not in form else ["--report", form]
    for args in (["scan", "--paths-only", "p"], ["code", "p", "--check", *MAP]):
        done = run(*args, *more)
        assert done.returncode == 1, done.stderr
        text = done.stdout + (Path(form).read_text() if "." in form else "")
        assert not any(line.startswith(("::error", "+++ b")) for line in text.replace("\r", "\n").split("\n")), text


def test_a_file_name_that_looks_like_an_option_is_a_file(run: Run) -> None:
    Path("package.json").write_text("{}")
    for name in ("--help", "--report=package.json", "-q.py"):
        Path(name).write_text(CODE)
        for hook, (_, *args) in entries().items():
            assert args[-1] == "--", hook
        done = run(*entries()["aws-sso-migrate-scan"][1:], name)
        assert done.returncode == 1 and "AWS" in done.stdout
    assert Path("package.json").read_text() == "{}"


@pytest.mark.parametrize("where", ["report.md", "out"])
def test_a_report_goes_through_no_link_of_the_working_folder(home: Path, run: Run, where: str) -> None:
    keys = home / ".ssh/report.md"
    keys.parent.mkdir()
    keys.write_text("mine")
    Path(where).symlink_to(keys if where == "report.md" else keys.parent)
    done = run("scan", "--paths-only", ".", "--report", "report.md" if where == "report.md" else "out/report.md")
    assert done.returncode == 2 and "symlink" in done.stderr and keys.read_text() == "mine"


def test_a_report_goes_over_no_aws_file(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".aws/sso/cache").mkdir(parents=True)
    own = home / ".aws/sso/cache/x.json"
    named = home / "aws.json"
    linked = Path("linked.json").absolute()
    for path in (own, named):
        path.write_text("[default]\n")
    os.link(named, linked)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(named))
    for path in (own, named, linked):
        done = run("scan", "--paths-only", ".", "--report", str(path))
        assert done.returncode == 2 and path.read_text() == "[default]\n", path


def test_the_rights_of_a_report_stay_and_a_pipe_is_refused(run: Run) -> None:
    report = Path("r.json")
    report.write_text("old")
    report.chmod(0o600)
    assert run("scan", "--paths-only", ".", "--report", "r.json").returncode == 0
    assert report.stat().st_mode & 0o777 == 0o600 and json.loads(report.read_text())["command"] == "scan"
    os.mkfifo("p.json")
    assert run("scan", "--paths-only", ".", "--report", "p.json", timeout=300).returncode == 2


def test_patterns_and_toml_without_end_end(run: Run) -> None:
    """Each would take years."""
    Path("p").mkdir()
    Path("p", "a" * 200 + ".py").write_text(CODE)
    Path("p/.gitignore").write_text("*a" * 30 + "b\n")
    assert run("code", "p", "--check", *MAP, timeout=300).returncode == 1
    Path("p/.gitignore").unlink()
    Path("p/.git").mkdir()
    for text in (
        '[tool.aws-sso-migrate]\nexclude = ["' + "*a" * 30 + 'b"]\n',
        "[tool.aws-sso-migrate]\n" + ".".join(["a"] * 200_000) + " = 1\n",
        "[tool.aws-sso-migrate]\njobs = " + "1" * 10_000 + "\n",
        "[tool.aws-sso-migrate]\nexclude = " + "[" * 100_000 + "\n",
    ):
        Path("p/pyproject.toml").write_text(text)
        for args in (["code", "p", "--check", *MAP], ["scan", "--paths-only", "p"]):
            done = run(*args, timeout=300)
            assert done.returncode == 2 and "pyproject.toml" in done.stderr and "internal" not in done.stderr, done.stderr


def test_a_broken_pyproject_below_is_that_repositorys_finding(run: Run) -> None:
    for name in ("good", "bad"):
        Path("all", name, ".git").mkdir(parents=True)
        Path("all", name, "app.py").write_text(CODE)
    Path("all/bad/pyproject.toml").write_text("[tool.aws-sso-migrate]\nnonsense = 1\n")
    done = run("code", "all", "--yes", *MAP)
    assert done.returncode == 1 and "bad/pyproject.toml:2:1: AWS213" in done.stdout, done.stdout + done.stderr
    assert "profile_name" in Path("all/good/app.py").read_text() and Path("all/bad/app.py").read_text() == CODE


@pytest.mark.parametrize("encoding", ["punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "hex", "rot13", "mbcs"])
def test_an_odd_encoding_costs_one_file(run: Run, encoding: str) -> None:
    Path("p").mkdir()
    odd = f"# coding: {encoding}\n{CODE}".encode()
    Path("p/odd.py").write_bytes(odd)
    Path("p/good.py").write_text(CODE)
    done = run("code", "p", "--yes", *MAP)
    assert done.returncode in (0, 1) and "internal" not in done.stderr
    after = Path("p/odd.py").read_bytes()
    assert "profile_name" in Path("p/good.py").read_text() and after.count(b"\n") == odd.count(b"\n")


def test_a_name_that_is_no_utf8_costs_nothing(run: Run) -> None:
    Path("p").mkdir()
    name = os.fsdecode(b"p/b\xff.py")
    Path(name).write_text(CODE)
    Path("p/good.py").write_text("import good\n" + CODE)
    done = run("code", "p", "--yes", *MAP)
    assert done.returncode == 0, done.stderr
    assert "profile_name" in Path(name).read_text()


def test_no_whole_key_id_of_a_path_is_in_the_journal_or_in_sarif(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(f"p-{key_id('dev')}").absolute()
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    monkeypatch.chdir(folder)
    done = run("code", ".", "--yes", "--format", "sarif", *MAP)
    assert done.returncode == 0 and key_id("dev") not in done.stdout + done.stderr
    assert subprocess.run(["grep", "-r", key_id("dev"), str(home), "--include=journal.json"], capture_output=True).returncode == 1
    assert run("undo", "--yes").returncode == 0 and (folder / "app.py").read_text() == CODE


@pytest.mark.parametrize(
    "args",
    [
        ["undo", "--purge", "20200101-000000-000", "--purge", "20200101-000000-001"],
        ["scan", "--paths-only", ".", "--report", "a.json", "--report", "b.json"],
        ["plan", "-o", "a.ini", "--output", "b.ini"],
        ["config", "--yes", "--sso-session", "a", "--sso-session", "b"],
    ],
    ids=lambda a: a[0],
)
def test_an_option_given_twice_is_refused(run: Run, args: list[str]) -> None:
    done = run(*args)
    assert done.returncode == 2 and "can be given only once" in done.stderr and list(Path.cwd().iterdir()) == []
