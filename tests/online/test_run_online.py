"""`run` asks AWS about the converted profiles where somebody is logged in, before anything is written."""

import json
from pathlib import Path

import pytest

from tests.awsfiles.homes import Home, keys
from tests.conftest import Run
from tests.madeup import key_id, secret, token
from tests.online.aws import Portal, logged_in

A = "111122223333"
PLAN = f"""\
[sso_sessions]
    [[corp]]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-west-2
[profiles]
    [[dev]]
        sso_session = corp
        sso_account_id = {A}
        sso_role_name = Admin
    [[ops]]
        sso_session = corp
        sso_account_id = {A}
        sso_role_name = Nope
"""
ARGS = ("run", "--plan", "plan.ini", "--format", "json")


@pytest.fixture
def place(home: Path) -> Home:
    Path("plan.ini").write_text(PLAN)
    return Home(home).write("[profile dev]\nregion = us-west-2\n", f"[dev]\n{keys('dev')}[ops]\n{keys('ops')}")


def test_with_a_login_aws_is_asked(home: Path, place: Home, portal: Portal, run: Run) -> None:
    portal.roles = {A: ["Admin"]}
    login = logged_in(home)
    before = (place.config.read_text(), place.credentials.read_text(), login.read_text())
    done = run(*ARGS, "--dry-run")
    document = json.loads(done.stdout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert {row["name"]: row["resolves"] for row in document["profiles"]} == {"dev": True, "ops": False}
    (finding,) = [f for f in document["findings"] if f["severity"] == "error"]
    assert (finding["code"], finding["profile"], finding["path"]) == ("AWS407", "ops", str(place.credentials))
    assert "left unchanged" in finding["message"]
    assert (place.config.read_text(), place.credentials.read_text(), login.read_text()) == before
    asked = len(portal.asked)
    done = run(*ARGS, "--dry-run", "--offline")
    assert done.returncode == 0 and len(portal.asked) == asked
    assert run(*ARGS, "--yes").returncode == 1
    assert "[ops]" in place.credentials.read_text() and "[dev]" not in place.credentials.read_text()
    assert "ops" not in place.config.read_text() and "sso_role_name = Admin" in place.config.read_text()
    portal.roles = {A: ["Admin", "Nope"]}
    assert run(*ARGS, "--yes").returncode == 0 and place.credentials.read_text() == "" and "sso_session = corp" in place.config.read_text()


def test_without_a_login_nobody_is_asked_and_with_a_dead_one_it_is_a_next_step(home: Path, place: Home, portal: Portal, run: Run) -> None:
    portal.roles = {A: ["Admin", "Nope"]}
    done = run(*ARGS, "--dry-run")
    assert done.returncode == 0 and portal.asked == [] and "log in to session corp" in done.stdout
    logged_in(home, "revoked")
    done = run(*ARGS, "--dry-run")
    assert done.returncode == 0 and portal.asked and "log in to session corp" in done.stdout


def test_a_portal_that_does_not_answer_is_no_reason_to_fail(
    home: Path, place: Home, portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_in(home)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")
    done = run(*ARGS, "--dry-run")
    assert done.returncode == 0 and "2 of the converted profiles could not be checked" in done.stdout


def test_what_is_said_of_keys_is_so(home: Path, run: Run) -> None:
    """No backup that contains the old keys where none went; no temporary key to be retired."""
    temporary = (
        f"aws_access_key_id = {key_id('t', prefix='AS' + 'IA')}\naws_secret_access_key = {secret('t')}\naws_session_token = {token('t')}\n"
    )
    Path("plan.ini").write_text(PLAN.partition("    [[ops]]")[0])
    place = Home(home).write("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Environment\n", None)
    done = run("run", "--plan", "plan.ini", "--yes")
    assert done.returncode == 0 and "Backup: " in done.stderr and "contains the old keys" not in done.stderr and "AWS192" not in done.stdout
    place.write("", f"[dev]\n{temporary}")
    done = run("run", "--plan", "plan.ini", "--yes")
    assert done.returncode == 0 and "Backup (contains the old keys)" in done.stderr and " retire" not in done.stdout
