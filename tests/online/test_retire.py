"""`retire` against moto's IAM: the keys that `config` replaced, end to end."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.awsfiles.homes import CORP_SECTION, Home
from tests.conftest import Run
from tests.madeup import key_id
from tests.online.aws import Portal, assume, client_of, logged_in
from tests.terminal import Terminal

A = "111122223333"


class Account:
    """An account of moto's, asked as its administrator."""

    def __init__(self, portal: Portal, account: str = A) -> None:
        self._portal = portal
        given = assume(portal.moto, account, "Admin")
        self.iam = self.client("iam", given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])

    def client(self, service: str, key: str, secret: str, token: str | None = None) -> Any:
        return client_of(self._portal.moto, service, key, secret, token)

    def user(self, name: str) -> tuple[str, str]:
        """A new user with a key."""
        self.iam.create_user(UserName=name)
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def status(self, name: str) -> list[str]:
        return [row["Status"] for row in self.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]


@pytest.fixture
def account(portal: Portal) -> Account:
    portal.roles = {A: ["Admin"]}
    return Account(portal)


@pytest.fixture
def converted(home: Path, portal: Portal, account: Account, run: Run) -> tuple[str, str]:
    """A key of user kim's in profile `dev`, which a run has replaced; somebody is logged in."""
    key, secret = account.user("kim")
    Home(home).write(CORP_SECTION, f"[dev]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    done = run("config", "--yes", "--map", f"dev={A}/Admin")
    assert done.returncode == 0, done.stderr
    logged_in(home)
    return key, secret


def age(home: Path, days: int) -> None:
    """Sets back what the program noted."""
    path = home / ".local/state/aws-sso-migrate/retired.json"
    content = json.loads(path.read_text())
    for row in content["keys"]:
        row["time"] = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(json.dumps(content))


def codes(text: str) -> list[str]:
    return [finding["code"] for finding in json.loads(text)["findings"]]


def test_from_the_table_to_the_end(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    key, secret = converted
    done = run("retire", "--format", "json")
    assert done.returncode == 0, done.stdout
    [row] = json.loads(done.stdout)["keys"]
    shown = f"AKIA…{key[-4:]}"
    assert row == {"key": shown, "account_id": A, "user": "kim", "status": "Active", "last_used": "never", "profile": "dev"}
    text = run("retire")
    assert shown in text.stdout and "with some delay" in text.stdout and account.status("kim") == ["Active"]

    assert run("retire", "--deactivate").returncode == 2  # no terminal, and nothing said
    assert run("retire", "--deactivate", "--dry-run").returncode == 0
    assert run("retire", "--deactivate", "--check").returncode == 1
    assert account.status("kim") == ["Active"]
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 0 and "Deactivated" in done.stdout, done.stdout + done.stderr
    assert account.status("kim") == ["Inactive"]
    assert "0 of 1 key to " in run("retire", "--deactivate", "--yes").stdout

    done = run("retire", "--delete", "--yes", "--format", "json")
    assert done.returncode == 1 and codes(done.stdout) == ["AWS504"] and account.status("kim") == ["Inactive"]
    assert run("retire", "--reactivate", "--yes").returncode == 0 and account.status("kim") == ["Active"]
    assert run("retire", "--delete", "--after", "0", "--yes").returncode == 1 and account.status("kim") == ["Active"]
    assert run("retire", "--deactivate", "--yes").returncode == 0
    age(home, 8)
    done = run("retire", "--delete", "--yes", "--purge")
    assert done.returncode == 0 and "Deleted" in done.stdout and "Deleted the backups" in done.stderr and account.status("kim") == []
    state = home / ".local/state/aws-sso-migrate"
    for path in state.rglob("*"):
        assert path.is_dir() or key not in path.read_text()
    assert run("undo", "--yes").returncode in (0, 2)
    done = run("retire")
    assert done.returncode == 0 and "There are no replaced keys" in done.stdout
    assert secret not in done.stdout


def test_a_key_that_was_used_since_is_not_deactivated(account: Account, run: Run, converted: tuple[str, str]) -> None:
    account.client("sts", *converted).get_caller_identity()
    done = run("retire", "--deactivate", "--yes", "--format", "json")
    assert done.returncode == 1 and codes(done.stdout) == ["AWS502"] and account.status("kim") == ["Active"]
    assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d sts us-east-1", json.loads(done.stdout)["keys"][0]["last_used"])
    done = run("retire", "--deactivate", "--yes", "--force", "--format", "json")
    assert done.returncode == 0 and codes(done.stdout) == ["AWS506"] and account.status("kim") == ["Inactive"]


def test_a_key_that_still_stands_somewhere_is_not_deactivated(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    place = Home(home)
    place.credentials.write_text(f"[other]\nregion = x\naws_access_key_id = {converted[0]}\naws_secret_access_key = {converted[1]}\n")
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and f"{place.credentials}:3" in done.stdout and "AWS503" in done.stdout
    assert account.status("kim") == ["Active"] and converted[0] not in done.stdout + done.stderr


@pytest.mark.parametrize("place", [".aws/credentials.bak", ".bashrc", "repo/.env"])
def test_nor_one_that_a_scan_would_find(home: Path, account: Account, run: Run, converted: tuple[str, str], place: str) -> None:
    """Copies of the AWS files, shell start-up files, and files beside those that a run of `code` rewrote."""
    key, secret = converted
    Path("repo/sub").mkdir(parents=True)
    Path("repo/.git").mkdir()
    Path("repo/sub/a.py").write_text(f'import boto3\n\nboto3.client("s3", aws_access_key_id="{key}", aws_secret_access_key="{secret}")\n')
    assert run("code", "repo", "--yes").returncode == 0
    path = home / place if place.startswith((".aws", ".bash")) else Path(place).absolute()
    path.write_text(f"export AWS_ACCESS_KEY_ID={key}\nexport AWS_SECRET_ACCESS_KEY={secret}\n")
    done = run("retire", "--deactivate", "--yes")
    shown = path if place.startswith(".") else place
    assert done.returncode == 1 and f"{shown}:1" in done.stdout and "AWS503" in done.stdout and account.status("kim") == ["Active"]
    path.unlink()
    assert run("retire", "--deactivate", "--yes").returncode == 0 and account.status("kim") == ["Inactive"]


@pytest.fixture
def managed(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own policies, which moto loads when it makes an account, if asked."""
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def test_the_last_admin_is_not_deactivated(managed: None, account: Account, run: Run, converted: tuple[str, str]) -> None:
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    account.iam.attach_user_policy(UserName="kim", PolicyArn=admin)
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and "AWS505" in done.stdout and account.status("kim") == ["Active"]
    account.user("lee")
    account.iam.attach_user_policy(UserName="lee", PolicyArn=admin)
    assert run("retire", "--deactivate", "--yes").returncode == 0


_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def _trust(**principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("denied", [set(), {"GetAccountAuthorizationDetails"}])
def test_the_last_admin_in_a_group(
    managed: None, account: Account, portal: Portal, run: Run, converted: tuple[str, str], denied: set[str]
) -> None:
    account.iam.create_group(GroupName="admins")
    account.iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    account.iam.add_user_to_group(GroupName="admins", UserName="kim")
    portal.iam_denies = denied
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and "AWS505" in done.stdout and account.status("kim") == ["Active"]
    account.user("lee")
    account.iam.add_user_to_group(GroupName="admins", UserName="lee")
    assert run("retire", "--deactivate", "--yes").returncode == 0


@pytest.mark.parametrize(
    ("role", "trust"),
    [
        ("people", {"Federated": "arn:aws:iam::111122223333:saml-provider/x"}),
        ("others", {"AWS": "arn:aws:iam::777788889999:root"}),
        ("AWSReservedSSO_Admin_0123456789abcdef", {}),
    ],
)
def test_the_last_admin_by_what_policies_say(
    account: Account, run: Run, converted: tuple[str, str], role: str, trust: dict[str, str]
) -> None:
    """Not by their names; and a role that only a service may assume is nobody."""
    account.iam.put_user_policy(UserName="kim", PolicyName="own", PolicyDocument=json.dumps(_ALL))
    account.user("lee")
    account.iam.put_user_policy(
        UserName="lee", PolicyName="AdministratorAccess", PolicyDocument=json.dumps(_ALL).replace('"*"', '"s3:*"', 1)
    )
    account.iam.create_role(RoleName="machine", AssumeRolePolicyDocument=_trust(Service="lambda.amazonaws.com"))
    account.iam.put_role_policy(RoleName="machine", PolicyName="all", PolicyDocument=json.dumps(_ALL))
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and "AWS505" in done.stdout and account.status("kim") == ["Active"]
    account.iam.create_role(RoleName=role, AssumeRolePolicyDocument=_trust(**trust))
    account.iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=json.dumps(_ALL))
    assert run("retire", "--deactivate", "--yes").returncode == 0 and account.status("kim") == ["Inactive"]


def test_a_run_that_was_undone_replaced_nothing(account: Account, run: Run, converted: tuple[str, str]) -> None:
    assert run("undo", "--yes").returncode == 0
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 0 and "There are no replaced keys" in done.stdout and account.status("kim") == ["Active"]


def test_undo_tells_of_keys_that_were_ended_since(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    """It does what it was told, but nobody should wonder afterwards why AWS refuses everything."""
    key, _ = converted
    assert run("retire", "--deactivate", "--yes").returncode == 0
    done = run("undo", "--dry-run")
    assert done.returncode == 0 and f"AWS194 key AKIA…{key[-4:]} of user kim, which this restores, was deactivated" in done.stdout
    assert "retire --reactivate" in done.stdout and key not in done.stdout
    assert run("retire", "--reactivate", "--yes").returncode == 0
    assert "AWS194" not in run("undo", "--dry-run").stdout
    run("retire", "--deactivate", "--yes")
    assert run("retire", "--delete", "--after", "0", "--yes").returncode == 0
    done = run("undo", "--yes", "--format", "json")
    assert done.returncode == 0 and codes(done.stdout) == ["AWS194"] and "was deleted" in done.stdout


def test_a_key_that_no_run_replaced_is_touched_only_by_name(account: Account, run: Run, converted: tuple[str, str]) -> None:
    other, _ = account.user("lee")
    assert run("retire", "--deactivate", "--yes").returncode == 0
    assert account.status("lee") == ["Active"]
    assert run("retire", "--key", other, "--profile", "dev", "--deactivate", "--yes").returncode == 0
    assert account.status("lee") == ["Inactive"]


def test_keys_that_cannot_be_asked_about(account: Account, run: Run, converted: tuple[str, str]) -> None:
    done = run("retire", "--key", key_id("nobody", A), "--deactivate", "--yes")
    assert done.returncode == 1 and "AWS501" in done.stdout and "IAM does not know the key" in done.stdout
    done = run("retire", "--key", key_id("nobody", "999988887777"))
    assert done.returncode == 1 and "no converted profile belongs to account 999988887777" in done.stdout
    done = run("retire", "--key", key_id("nobody", "999988887777"), "--profile", "dev")
    assert done.returncode == 1 and f"profile dev: it belongs to account {A}" in done.stdout
    done = run("retire", "--key", "AKIAbutnot")
    assert done.returncode == 2 and "AKIAbutnot" not in done.stderr
    assert run("retire", "--profile", "nope").returncode == 2
    assert run("retire", "--delete", "--deactivate").returncode == 2


def test_nobody_is_logged_in(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    for path in (home / ".aws/sso/cache").iterdir():
        path.unlink()
    done = run("retire")
    assert done.returncode == 1 and "aws-sso-migrate login corp" in done.stdout and "AWS501" in done.stdout
    assert "log in, then run again" in done.stdout
    config = home / ".aws/config"
    more = "".join(f"[profile p{n}]\nsso_session = corp\nsso_account_id = {A}\nsso_role_name = Admin\n" for n in range(5))
    config.write_text(config.read_text() + more)
    said = run("retire").stdout
    assert "profiles dev, p0, p1 and 3 more: you are not logged in" in said and said.count("not logged in") == 1


def test_an_endpoint_that_is_not_taken_is_what_to_correct(
    account: Account, run: Run, converted: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_IAM")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://iam.example.com")
    said = run("retire").stdout
    assert "AWS501" in said and "correct the endpoint" in said and "log in" not in said


def test_the_next_step_keeps_the_profile(account: Account, run: Run, converted: tuple[str, str]) -> None:
    assert "    aws-sso-migrate retire --profile dev --deactivate\n" in run("retire", "--profile", "dev").stdout
    assert "aws-sso-migrate retire --profile dev --reactivate" in run("retire", "--profile", "dev", "--deactivate", "--yes").stderr


def test_backups_that_were_wiped(run: Run, account: Account, converted: tuple[str, str]) -> None:
    [journal] = json.loads(run("undo", "--list", "--format", "json").stdout)["runs"]
    assert run("undo", "--purge", journal["run"], "--yes").returncode == 0
    done = run("retire")
    assert done.returncode == 0 and "AWS507" in done.stdout and "--key" in done.stdout
    assert run("retire", "--key", converted[0], "--deactivate", "--yes").returncode == 0
    assert account.status("kim") == ["Inactive"]


def test_a_user_whose_keys_may_not_be_listed(home: Path, account: Account, portal: Portal, run: Run, converted: tuple[str, str]) -> None:
    portal.iam_denies = {"ListAccessKeys"}
    done = run("retire", "--format", "json")
    assert done.returncode == 0 and codes(done.stdout) == ["AWS509"] and "iam:ListAccessKeys is not allowed" in done.stdout
    portal.iam_denies = {"GetAccessKeyLastUsed"}
    done = run("retire")
    assert done.returncode == 1 and "AWS501" in done.stdout and "AccessDenied" in done.stdout
    portal.iam_denies = {"UpdateAccessKey"}
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and "AWS508" in done.stdout and account.status("kim") == ["Active"]


def test_the_question(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    terminal = Terminal(["retire", "--deactivate"])
    assert "deactivate AKIA…" in terminal.until("Apply? [y/N]")
    terminal.say("n\n")
    assert terminal.end() == 1 and account.status("kim") == ["Active"]
    terminal = Terminal(["retire", "--deactivate"])
    terminal.until("Apply? [y/N]")
    terminal.say("y\n")
    assert terminal.end() == 0 and account.status("kim") == ["Inactive"]
    assert "has been inactive for less than an hour" in run("retire", "--delete", "--dry-run").stdout
    age(home, 8)
    terminal = Terminal(["retire", "--delete"])
    assert "This permanently deletes 1 key, and cannot be undone." in terminal.until("Apply? [y/N]")
    terminal.say("y\n")
    terminal.until("Delete the backups")
    terminal.say("y\n")
    assert terminal.end() == 0 and account.status("kim") == []
    assert not list((home / ".local/state/aws-sso-migrate/runs").rglob("*.backup"))


def test_a_damaged_note_stops_everything(home: Path, account: Account, run: Run, converted: tuple[str, str]) -> None:
    path = home / ".local/state/aws-sso-migrate/retired.json"
    path.write_text("{")
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 2 and str(path) in done.stderr and account.status("kim") == ["Active"]


def test_a_key_that_was_deactivated_by_somebody_else_is_not_deleted(account: Account, run: Run, converted: tuple[str, str]) -> None:
    account.iam.update_access_key(UserName="kim", AccessKeyId=converted[0], Status="Inactive")
    done = run("retire", "--delete", "--yes", "--after", "0")
    assert done.returncode == 1 and "was not deactivated by this program" in done.stdout and account.status("kim") == ["Inactive"]
    assert "0 of 1 key to " in run("retire", "--reactivate", "--yes").stdout and account.status("kim") == ["Inactive"]
    assert run("retire", "--reactivate", "--yes", "--key", converted[0]).returncode == 0 and account.status("kim") == ["Active"]


def test_a_key_that_still_stands_below_a_runs_path_is_not_ended(home: Path, account: Account, run: Run) -> None:
    """In a folder that the run looked through and changed nothing in: not in the home folder, and in no checkout that it changed."""
    key, secret = account.user("kim")
    Home(home).write(CORP_SECTION, f"[dev]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    for name in ("one", "two"):
        Path("all", name, ".git").mkdir(parents=True)
    Path("all/one/app.py").write_text(
        f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key}", aws_secret_access_key="{secret}")\n'
    )
    Path("all/two/.env").write_text(f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}\n")
    assert run("code", "all", "--yes").returncode in (0, 1)
    assert run("config", "--yes", "--map", f"dev={A}/Admin").returncode == 0
    logged_in(home)
    done = run("retire", "--deactivate", "--yes")
    assert done.returncode == 1 and "two/.env:1" in done.stdout and "AWS503" in done.stdout and account.status("kim") == ["Active"]
