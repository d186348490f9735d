"""`scan --baseline`: a repository that cannot be clean yet is told of new findings only."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret


def env(name: str) -> str:
    return f"AWS_ACCESS_KEY_ID={key_id(name)}\nAWS_SECRET_ACCESS_KEY={secret(name)}\n"


@pytest.fixture
def repo() -> Path:
    folder = Path("repo")
    (folder / "conf").mkdir(parents=True)
    (folder / "conf/.env").write_text(env("old"))
    return folder


def scan(run: Run, *args: str, status: int) -> str:
    done = run("scan", "repo", "--paths-only", *args)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_what_is_in_the_baseline_is_not_reported_and_what_is_new_is(run: Run, repo: Path) -> None:
    scan(run, "--baseline", "repo/baseline.json", "--write-baseline", status=0)
    out = scan(run, "--baseline", "repo/baseline.json", status=0)
    assert "1 finding in the baseline repo/baseline.json is not reported" in out
    assert "No new AWS keys found; 1 in the baseline; 2 files scanned." in out
    (repo / "conf/.env").write_text("# moved down\n\n" + env("old") + "[two]\n" + env("new"))
    (repo / "new.env").write_text(env("third"))
    out = scan(run, "--baseline", "repo/baseline.json", status=1)
    assert "2 new issues need manual action; 1 in the baseline" in out
    assert "conf/.env:6" in out and "new.env:1" in out and "conf/.env:3:19: AWS" not in out


def test_the_file_holds_no_key_and_is_the_same_wherever_the_repository_lies(run: Run, repo: Path) -> None:
    scan(run, "--baseline", "repo/baseline.json", "--write-baseline", status=0)
    text = (repo / "baseline.json").read_text()
    assert key_id("old") not in text and secret("old") not in text
    (row,) = json.loads(text)["findings"]
    assert (row["path"], row["key"]) == ("conf/.env", f"AKIA…{key_id('old')[-4:]}")
    repo.rename("elsewhere")
    done = run("scan", "elsewhere", "--paths-only", "--baseline", "elsewhere/baseline.json")
    assert done.returncode == 0, done.stdout


def test_what_is_fixed_is_told(run: Run, repo: Path) -> None:
    scan(run, "--baseline", "b.json", "--write-baseline", status=0)
    (repo / "conf/.env").unlink()
    assert "1 finding of the baseline is fixed: run again with --write-baseline" in scan(run, "--baseline", "b.json", status=0)


def test_another_key_in_the_same_place_is_new(run: Run, repo: Path) -> None:
    scan(run, "--baseline", "b.json", "--write-baseline", status=0)
    (repo / "conf/.env").write_text(env("new"))
    assert "conf/.env:1" in scan(run, "--baseline", "b.json", status=1)


def test_it_is_a_setting_that_counts_for_its_own_repository(run: Run, repo: Path, home: Path) -> None:
    (repo / "pyproject.toml").write_text('[tool.aws-sso-migrate]\nbaseline = "known.json"\n')
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {key_id('h')}\naws_secret_access_key = {secret('h')}\n")
    assert run("scan", "repo", "--write-baseline").returncode == 0
    assert len(json.loads((repo / "known.json").read_text())["findings"]) == 2
    done = run("scan", "repo")
    assert done.returncode == 1 and ".aws/credentials" in done.stdout and "conf/.env" not in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "there is no such baseline"), ("{", "is not a baseline"), ('{"version": 9, "findings": []}', "another version")],
)
def test_a_file_that_is_none_is_refused(run: Run, repo: Path, text: str | None, said: str) -> None:
    if text is not None:
        Path("b.json").write_text(text)
    assert said in scan(run, "--baseline", "b.json", status=2)
    assert "add --baseline FILE" in scan(run, "--write-baseline", status=2)


def test_neither_a_baseline_nor_a_report_keeps_code_from_rewriting_the_settings_files_that_they_name(run: Run) -> None:
    Path("app").mkdir()
    Path("app/.env").write_text(env("dev"))
    Path("app/main.py").write_text(
        "import os\nimport boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\n"
        's3 = boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"])\n'
    )
    assert run("scan", "app", "--paths-only", "--baseline", "app/keys.json", "--write-baseline").returncode == 0
    for name in ("app/report.json", "app/report.sarif", "app/report.md"):
        assert run("scan", "app", "--paths-only", "--report", name).returncode == 1
    done = run("code", "app", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile", "--yes")
    assert done.returncode == 0, done.stdout
    assert Path("app/.env").read_text() == "AWS_PROFILE=dev\n"
