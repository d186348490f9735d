"""`run`: the whole migration, as one diff, one question, one run to undo."""

import json
import os
import resource
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

PLAN = """\
[sso_sessions]
    [[corp]]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-west-2
[profiles]
    [[dev]]
        action = sso
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Admin
    [[both]]
        action = sso
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Read
"""


def ini(name: str) -> str:
    return f"aws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


def call(name: str) -> str:
    return f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id(name)}", aws_secret_access_key="{secret(name)}")\n'


@pytest.fixture
def laptop(home: Path) -> Path:
    """Two profiles, one with a role of its own, and a repository that uses their keys."""
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[dev]\n{ini('dev')}[both]\n{ini('both')}")
    (home / ".aws/config").write_text("[profile both]\nrole_arn = arn:aws:iam::111122223333:role/X\nsource_profile = both\n")
    Path("repo").mkdir()
    Path("repo/a.py").write_text(call("dev"))
    Path("repo/b.py").write_text(call("both"))
    Path("plan.ini").write_text(PLAN)
    return home


def files(home: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in (*home.joinpath(".aws").iterdir(), *Path("repo").rglob("*")) if p.is_file()}


def document(done: Any) -> Any:
    return json.loads(done.stdout)


def test_all_of_it_at_once_and_back(laptop: Path, run: Run) -> None:
    before = files(laptop)
    done = run("run", "repo", "--plan", "plan.ini", "--yes", "--format", "json")
    whole = document(done)
    assert done.returncode == 0, done.stdout + done.stderr
    after = files(laptop)
    assert "aws_" not in after["credentials"] and after["config"].count("sso_session = corp") == 2
    assert 'profile_name="dev"' in after["a.py"] and 'profile_name="both-source"' in after["b.py"]
    assert [Path(c["path"]).name for c in whole["changes"]] == ["config", "credentials", "a.py", "b.py"]
    assert {f["code"] for f in whole["findings"]} >= {"AWS191", "AWS192"} and whole["summary"]["left"] == 0
    assert whole["command"] == "run" and len(document(run("undo", "--list", "--format", "json"))["runs"]) == 1
    assert run("run", "repo", "--plan", "plan.ini", "--check").returncode == 0  # nothing more to do
    assert run("undo", "--yes").returncode == 0
    assert files(laptop) == before


def test_statuses(laptop: Path, run: Run) -> None:
    before = files(laptop)
    args = ("run", "repo", "--plan", "plan.ini")
    assert {how: run(*args, *how.split()).returncode for how in ("--dry-run", "--check", "")} == {"--dry-run": 0, "--check": 1, "": 2}
    assert files(laptop) == before
    assert run("run", "nowhere", "--plan", "plan.ini", "--yes").returncode == 2
    assert run("run", "--plan", "none.ini", "--yes").returncode == 2
    Path("plan.ini").write_text(PLAN + "[profile]\n")
    assert run(*args, "--yes").returncode == 2
    assert files(laptop) == before and "plan.ini:" in run(*args, "--yes").stderr


def test_what_is_left(laptop: Path, run: Run) -> None:
    Path("repo/.env").write_text(ini("env"))
    Path("repo/c.py").write_text(call("unknown"))
    (laptop / ".aws/credentials").write_text((laptop / ".aws/credentials").read_text() + f"[stray]\n{ini('stray')}")
    (laptop / ".bashrc").write_text("export AWS_ACCESS_KEY_ID=x\n")
    statuses = [run("run", "repo", "--plan", "plan.ini", how, "--format", "json") for how in ("--dry-run", "--yes")]
    assert [done.returncode for done in statuses] == [1, 1]
    for done in statuses:
        left = {(f["code"], Path(f["path"]).name) for f in document(done)["findings"] if f["severity"] == "error"}
        assert left == {("AWS101", "credentials"), ("AWS201", "c.py"), ("AWS225", ".env"), ("AWS303", ".bashrc")}
    assert 'profile_name="dev"' in Path("repo/a.py").read_text()


def test_the_ending_tells_what_comes_next(laptop: Path, run: Run) -> None:
    def next_of(*args: str) -> list[str]:
        return run("run", "repo", "--plan", "plan.ini", *args).stdout.partition("Next:\n")[2].split("\n    ")

    again = "    aws-sso-migrate run repo --plan plan.ini --exclude 'a b'"
    assert next_of("--dry-run", "--exclude", "a b") == [again + "\n"]
    retire = "aws-sso-migrate retire   # after the change is merged and deployed\n"
    done = ["    aws-sso-migrate login corp", "aws-sso-migrate verify", retire]
    assert next_of("--yes") == done and next_of("--yes") == done  # nothing is left to change, but to log in
    Path("repo/c.py").write_text(call("nobody"))
    left = next_of("--yes")
    assert left[:2] == done[:2] and left[3].startswith("aws-sso-migrate run repo --plan plan.ini   # after fixing the issues above")
    cache = laptop / ".aws/sso/cache"
    cache.mkdir(parents=True)
    login = {"startUrl": "https://corp.awsapps.com/start", "accessToken": "x", "expiresAt": "2099-01-01T00:00:00Z"}
    (cache / f"{sha1(b'corp').hexdigest()}.json").write_text(json.dumps(login))
    Path("repo/c.py").unlink()
    assert next_of("--yes") == ["    aws-sso-migrate verify", done[2]]
    assert "Next" not in run("run", "repo", "--plan", "plan.ini", "--yes", "-q").stdout


def next_steps(said: str) -> list[str]:
    return [line.strip() for line in said.partition("Next:\n")[2].splitlines()]


def test_a_plan_that_is_not_filled_in_is_filled_in_next(laptop: Path, run: Run) -> None:
    Path("plan.ini").write_text(PLAN.replace("sso_role_name = Admin", "sso_role_name =").replace("sso_role_name = Read", "sso_role_name ="))
    done = run("run", "--plan", "plan.ini", "--dry-run")
    assert "Nothing to change" in done.stdout and "AWS118" in done.stdout
    assert next_steps(done.stdout) == ["aws-sso-migrate run --plan plan.ini   # after fixing the issues above"]


def test_a_key_that_is_still_used_is_not_to_be_retired_yet(laptop: Path, run: Run) -> None:
    Path("plan.ini").write_text(PLAN.partition("    [[both]]")[0])
    (laptop / ".aws/credentials").write_text(f"[dev]\n{ini('dev')}")
    Path("repo/b.py").unlink()
    Path("repo/deploy.sh").write_text(f"export AWS_ACCESS_KEY_ID={key_id('dev')}\nexport AWS_SECRET_ACCESS_KEY={secret('dev')}\n")
    done = run("run", "repo", "--plan", "plan.ini", "--yes")
    assert done.returncode == 1 and "AWS192" not in done.stdout
    assert [step.split()[1] for step in next_steps(done.stdout)] == ["login", "verify", "run"]


def test_after_code_the_profile_is_converted_before_its_key_is_retired(laptop: Path, run: Run) -> None:
    done = run("code", "repo/a.py", "--yes")
    assert next_steps(done.stdout) == ["run your tests", "aws-sso-migrate plan   # profile dev still has static keys"]
    run("undo", "--yes")
    done = run("code", "repo/a.py", "--yes", "--plan", "plan.ini")
    assert next_steps(done.stdout)[1] == "aws-sso-migrate config --plan plan.ini   # profile dev still has static keys"
    run("undo", "--yes")
    run("config", "--yes", "--plan", "plan.ini")
    done = run("code", "repo/a.py", "--yes", "--plan", "plan.ini")
    assert next_steps(done.stdout)[1:] == ["aws-sso-migrate verify", "aws-sso-migrate retire   # after the change is merged and deployed"]


def test_a_verify_that_fails_does_not_name_retire(laptop: Path, run: Run) -> None:
    run("config", "--yes", "--plan", "plan.ini")
    (laptop / ".bashrc").write_text("")
    done = run("verify", "dev", env={**os.environ, "AWS_ACCESS_KEY_ID": key_id("x"), "AWS_SECRET_ACCESS_KEY": secret("x")})
    assert done.returncode == 1 and "retire" not in done.stdout


def test_only_the_aws_files(laptop: Path, run: Run) -> None:
    done = run("run", "--plan", "plan.ini", "--yes")
    assert done.returncode == 0 and "aws-sso-migrate login corp" in done.stdout and "undo" in done.stderr
    assert key_id("dev") in Path("repo/a.py").read_text()


def test_a_result_that_would_not_sign(laptop: Path, run: Run) -> None:
    Path("plan.ini").write_text(PLAN + f"[keys]\n    {key_id('other')} = nobody\n")
    refused = run("run", "repo", "--plan", "plan.ini", "--dry-run")
    assert refused.returncode == 2 and "there is no profile nobody in the AWS files" in refused.stderr
    done = run("run", "repo", "--plan", "plan.ini", "--dry-run", "--allow-missing-profile", "--format", "json")
    assert done.returncode == 1 and {f["code"] for f in document(done)["findings"] if f["severity"] == "error"} == {"AWS414"}


def test_a_failure_leaves_all_as_it_was(laptop: Path, run: Run) -> None:
    Path("repo/b.py").write_text(call("both") + "# a long file\n" * 20_000)
    before = files(laptop)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # noqa: E731
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # its data file is large as well
    done = run("run", "repo", "--plan", "plan.ini", "--yes", preexec_fn=limit, env=plain)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert files(laptop) == before
    assert run("run", "repo", "--plan", "plan.ini", "--yes", "--report", "no-folder/x.json").returncode == 2
    assert files(laptop) == before


def test_no_secret_in_any_report(laptop: Path, run: Run) -> None:
    texts = []
    for ending in ("json", "sarif", "html", "md"):
        done = run("run", "repo", "--plan", "plan.ini", "--dry-run", "--report", f"r.{ending}", "-v")
        texts += [done.stdout, done.stderr, Path(f"r.{ending}").read_text()]
    for name in ("dev", "both"):
        assert not any(secret(name) in text or key_id(name) in text for text in texts)
