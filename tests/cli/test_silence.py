"""Comments that silence findings: each command that has them counts what they hide, and one that is not closed hides nothing."""

import json
from pathlib import Path

import pytest

from tests.bulk.places import identity, remote
from tests.conftest import Run
from tests.madeup import key_id, secret

SESSION = "[sso_sessions]\n    [[corp]]\n        sso_start_url = https://corp.awsapps.com/start\n        sso_region = eu-west-1\n"
COMMANDS = {
    "scan": ["scan", "--paths-only", "app"],
    "scan at home": ["scan"],
    "code": ["code", "app", "--check"],
    "config": ["config", "--keep", "dev", "--check"],
    "verify": ["verify", "--offline"],
    "run": ["run", "app", "--plan", "plan.ini", "--dry-run"],
    "bulk": ["bulk", "list.txt", "--dry-run"],
}
SILENCED = {"scan": 2, "scan at home": 2, "code": 1, "config": 2, "verify": 2, "run": 4, "bulk": 2}
"""How many findings the comments of `lay` hide, in each command."""


def keys(name: str) -> str:
    """A key with its secret, as an AWS file has them."""
    return f"aws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


def lay(home: Path, comment: str) -> None:
    """A home folder and a repository in which a comment hides all that would need manual action."""
    identity(home)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile dev]\nregion = eu-west-1\n")
    (home / ".aws/credentials").write_text(f"[ops]\n# {comment}\n{keys('ops')}[dev]\n# {comment}\n{keys('dev')}")
    files = {
        "app.py": f'import boto3\n\nc = boto3.client("s3", aws_access_key_id="{key_id("x")}", aws_secret_access_key="{secret("x")}")  # {comment}\n',
        "keys.txt": f"{key_id('y')} {secret('y')} # {comment}\n",
    }
    Path("app").mkdir()
    for name, text in files.items():
        (Path("app") / name).write_text(text)
    Path("plan.ini").write_text(f"{SESSION}[profiles]\n    [[dev]]\n        action = keep\n")
    Path("list.txt").write_text(f"{remote('one', files['app.py'], **{'keys.txt': files['keys.txt']})}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_silenced_is_counted_in_the_ending(name: str, home: Path, run: Run) -> None:
    lay(home, "aws-sso-migrate: ignore")
    done = run(*COMMANDS[name])
    number = SILENCED[name]
    assert done.returncode == 0, done.stdout + done.stderr
    assert f", {number} silenced." in done.stdout, done.stdout
    document = json.loads(run(*COMMANDS[name], "--format", "json").stdout)
    assert document["summary"]["silenced"] == number and document["status"] == 0


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("comment", ["ignore[AWS101, AWS201", "ignore[", "ignored", "ignore-not"])
def test_a_comment_that_is_not_closed_silences_nothing(name: str, comment: str, home: Path, run: Run) -> None:
    lay(home, f"aws-sso-migrate: {comment}")
    done = run(*COMMANDS[name])
    assert done.returncode == 1 and "silenced" not in done.stdout, done.stdout


def test_of_several_codes_each_is_silenced_and_no_other(home: Path, run: Run) -> None:
    lay(home, "aws-sso-migrate: ignore[AWS301,AWS101]")
    assert run(*COMMANDS["config"]).returncode == 0
    assert run(*COMMANDS["scan at home"]).returncode == 0
    assert run(*COMMANDS["verify"]).returncode == 1
