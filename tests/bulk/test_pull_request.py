"""What `--then` gets to open a pull request with, and the team's own wording of it."""

import os
import shlex
from pathlib import Path

import pytest

from tests.bulk.places import KEY, SECRET, bulk, git, remote
from tests.bulk.places import identity as identify
from tests.conftest import Run

CONFIG = """[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = PowerUserAccess
region = eu-west-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
"""


@pytest.fixture(autouse=True)
def identity(home: Path) -> None:
    identify(home)
    (home / ".aws" / "config").write_text(CONFIG)


def opened(run: Run, *args: str) -> tuple[str, str]:
    """Title and body that a command of `--then` got for one repository."""
    said = Path("said").absolute()
    then = f'cp "$AWS_SSO_MIGRATE_BODY" {said} && echo "$AWS_SSO_MIGRATE_TITLE" > {said}.title'
    done = bulk(run, [str(remote("one"))], "--push", "--then", then, *args)
    assert done.returncode == 0, done.stdout + done.stderr
    body = said.read_text(encoding="utf-8")
    assert KEY not in body and SECRET not in body
    return Path(f"{said}.title").read_text().strip(), body


def test_the_body_says_who_signs_how_to_check_it_and_how_to_get_the_profile(run: Run, tmp_path: Path) -> None:
    title, body = opened(run)
    assert title == "Use AWS profiles instead of hardcoded keys"
    assert f"| `app.py:3` `boto3.client` | `AKIA…{KEY[-4:]}` | `dev` |" in body
    assert CONFIG.strip() in body and "aws sso login --sso-session corp" in body
    assert "How to check this" in body
    assert str(tmp_path) not in body and "undo" not in body and "<details>" not in body


def test_a_team_words_commit_and_body_itself(run: Run) -> None:
    Path("body.md").write_text("Ticket SEC-12 for $repository on $branch\n\n$signers\n\nCosts $$0.\n", encoding="utf-8")
    title, body = opened(run, "--commit-message", "SEC-12: keys out of $repository\n\n$keys\n", "--pull-request-body", "@body.md")
    assert title.startswith("SEC-12: keys out of ") and title.endswith("/one")
    assert body.startswith("Ticket SEC-12 for ") and "### Who signs (1)" in body and body.endswith("Costs $0.\n")
    assert f"AKIA…{KEY[-4:]}: profile dev" in git(Path("one.git"), "log", "-1", "--format=%B", "aws-sso-migrate")


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--commit-message", "x $key", "did you mean $keys?"),
        ("--pull-request-body", "$signer", "did you mean $signers?"),
        ("--pull-request-body", "100$", "write $$ for a dollar sign"),
        ("--commit-message", "@missing.txt", "cannot be read"),
    ],
)
def test_a_template_that_does_not_hold_is_refused_before_anything_is_cloned(run: Run, option: str, text: str, said: str) -> None:
    done = bulk(run, [str(remote("one"))], "--push", option, text)
    assert done.returncode == 2 and said in done.stderr
    assert "aws-sso-migrate" not in git(Path("one.git"), "branch")


def test_code_takes_the_message_too(run: Run) -> None:
    remote("one")
    work = Path("one-work")
    done = run("code", str(work), "--map-key", f"{KEY}=dev", "--yes", "--git-commit", "--commit-message", "keys out ($branch)")
    assert done.returncode == 0, done.stderr
    assert git(work, "log", "-1", "--format=%s") == "keys out (main)"
    assert run("code", str(work), "--yes", "--commit-message", "x").returncode == 2


def test_the_sample_of_the_documentation_opens_a_pull_request_with_that_body(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Path("tools")
    tools.mkdir()
    (tools / "gh").write_text('#!/bin/sh\necho "$@" > "$SAID"; while [ "$1" != --body-file ]; do shift; done; cat "$2" >> "$SAID"\n')
    (tools / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools.absolute()}:{os.environ['PATH']}")
    monkeypatch.setenv("SAID", str(Path("said").absolute()))
    remote("one")
    Path("repositories.txt").write_text(f"{Path('one.git').absolute()}\n")
    Path("plan.ini").write_text(f"[keys]\n    {KEY} = dev\n")
    text = (Path(__file__).parents[2] / "docs/bulk.md").read_text(encoding="utf-8").replace("\\\n", " ")
    line = next(line for line in text.splitlines() if line.startswith("aws-sso-migrate bulk") and "gh pr create" in line)
    done = run(*shlex.split(line)[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    said = Path("said").read_text(encoding="utf-8")
    assert said.startswith("pr create --head sso/keys --title Use AWS profiles instead of hardcoded keys --body-file ")
    assert "### Who signs (1)" in said and KEY not in said
