"""`plan --discover`: STS and IAM by moto, the portal by our own."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from migrate.online.discover import partition_of
from migrate.online.fit import best_fit
from migrate.online.identity import parse
from migrate.plan import load_plan
from tests.awsfiles.homes import CORP_SECTION, Home, keys
from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.online.aws import Portal, assume, logged_in
from tests.online.test_retire import Account

A, B = "111122223333", "777788889999"
_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


@pytest.fixture
def account(portal: Portal) -> Account:
    return Account(portal)


def profile(name: str, key: tuple[str, str], more: str = "") -> str:
    return f"[{name}]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n{more}"


def user(account: Account, name: str, *policies: str) -> tuple[str, str]:
    key = account.user(name)
    for policy in policies:
        account.iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=_POLICY)
    return key


def codes(done: Any) -> list[tuple[str, str | None]]:
    return [(finding["code"], finding["profile"]) for finding in json.loads(done.stdout)["findings"]]


def test_the_roles_that_fit(home: Path, portal: Portal, account: Account, run: Run) -> None:
    power, admin, own = (
        user(account, "kim", "PowerUserAccess"),
        user(account, "root-kim", "AdministratorAccess"),
        user(account, "ci", "own"),
    )
    account.iam.create_group(GroupName="readers")
    account.iam.put_group_policy(GroupName="readers", PolicyName="ReadOnlyAccess", PolicyDocument=_POLICY)
    reader = user(account, "lee")
    account.iam.add_user_to_group(GroupName="readers", UserName="lee")
    text = profile("power", power) + profile("admin", admin) + profile("own", own) + profile("reader", reader)
    Home(home).write(CORP_SECTION, text)
    portal.roles = {"000000000001": ["Zero"], B: ["Other"], A: ["ViewOnly", "power-user", "Admin"], "000000000002": ["Two"]}
    logged_in(home)
    done = run("plan", "--discover", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    plan = load_plan(Path("sso-migration.ini"))
    roles = {name: (p.sso_session, p.sso_account_id, p.sso_role_name) for name, p in plan.profiles.items()}
    assert roles == {
        "power": ("corp", A, "power-user"),
        "admin": ("corp", A, "Admin"),
        "own": ("corp", A, None),
        "reader": ("corp", A, "ViewOnly"),
    }
    written = Path("sso-migration.ini").read_text()
    assert "user kim" in written and "as wide as policy ReadOnlyAccess of the user" in written
    assert "# one of ViewOnly, power-user, Admin; the user has own" in written and "last used" in written
    assert codes(done) == [("AWS140", "own")]
    assert {row["name"]: row["resolves"] for row in json.loads(done.stdout)["profiles"]} == dict.fromkeys(roles, True)
    for key in (power, admin, own, reader):
        assert key[0] not in written and key[1] not in written + done.stdout
    assert run("plan", "--discover").returncode == 0 and Path("sso-migration.ini").read_text() == written


def test_a_plan_that_was_written_before_is_filled_in_and_nothing_else(home: Path, portal: Portal, account: Account, run: Run) -> None:
    kim, lee = user(account, "kim", "PowerUserAccess"), user(account, "lee", "PowerUserAccess")
    Home(home).write(CORP_SECTION, profile("dev", kim) + profile("mine", lee))
    assert run("plan").returncode == 0
    path = Path("sso-migration.ini")
    head, tail = path.read_text().replace("\n", "\r\n").rsplit("sso_role_name =", 1)
    path.write_bytes((head + "sso_role_name =   Chosen   # by me" + tail).encode())
    before = path.read_bytes().decode()
    portal.roles = {A: ["PowerUserAccess"]}
    logged_in(home)
    assert run("plan", "--discover").returncode == 0
    after = path.read_bytes().decode()
    assert (
        after
        == before.replace(
            "        sso_role_name =\r\n", "        sso_role_name = PowerUserAccess# named as the user's policy PowerUserAccess\r\n"
        ).replace("Access# named", "Access # named")
        or "sso_role_name =   Chosen   # by me\r\n" in after
    )
    plan = load_plan(path)
    assert (plan.profiles["dev"].sso_role_name, plan.profiles["mine"].sso_role_name) == ("PowerUserAccess", "Chosen")


def test_every_failure_is_a_line_of_its_own_and_the_plan_is_written(home: Path, portal: Portal, account: Account, run: Run) -> None:
    dead, elsewhere = (key_id("dead"), secret("dead")), user(account, "kim")
    text = profile("dead", dead) + profile("half", ("", "")) + profile("kim", elsewhere) + "[minio]\nendpoint_url = https://m.example.com\n"
    Home(home).write(CORP_SECTION, text + keys("minio"))
    portal.unknown = {dead[0]}
    portal.roles = {B: ["Other"]}
    logged_in(home)
    done = run("plan", "--discover", "--format", "json")
    assert done.returncode == 1
    found = [pair for pair in codes(done) if pair[0] != "AWS140"]
    assert found == [("AWS142", "dead"), ("AWS142", "half"), ("AWS145", "kim")]
    plan = load_plan(Path("sso-migration.ini"))
    assert plan.profiles["kim"].sso_account_id == A and plan.profiles["minio"].action == "keep"
    rows = {row["name"]: row["resolves"] for row in json.loads(done.stdout)["profiles"]}
    assert rows == {"dead": False, "half": False, "kim": True, "minio": None}


def test_users_who_may_read_nothing(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", user(account, "kim", "PowerUserAccess")))
    portal.iam_denies = {"GetAccessKeyLastUsed", "ListAttachedUserPolicies", "ListUserPolicies"}
    portal.roles = {A: ["AdministratorAccess", "ReadOnly"]}
    logged_in(home)
    done = run("plan", "--discover")
    assert done.returncode == 0
    written = Path("sso-migration.ini").read_text()
    assert "# one of AdministratorAccess, ReadOnly; the policies of the user are not known" in written
    assert load_plan(Path("sso-migration.ini")).profiles["dev"].sso_role_name is None


def test_groups_that_may_not_be_read_are_said(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", user(account, "kim", "PowerUserAccess")))
    portal.iam_denies = {"ListGroupsForUser"}
    portal.roles = {A: ["PowerUserAccess", "ReadOnly"]}
    logged_in(home)
    assert run("plan", "--discover").returncode == 0
    assert "of the user; other policies of the user could not be read" in Path("sso-migration.ini").read_text()


def test_keys_of_govcloud_and_china_need_sessions_of_their_own(home: Path, portal: Portal, run: Run) -> None:
    cloud = ("123456789012", "123456789012")
    Home(home).write(CORP_SECTION, f"[gov]\n{keys('gov')}[china]\n{keys('china')}[told]\nregion = cn-northwest-1\n{keys('told')}")
    portal.regions = {key_id("gov"): "us-gov-", key_id("china"): "cn-", key_id("told"): "cn-"}
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    done = run("plan", "--discover", "--format", "json")
    plan = load_plan(Path("sso-migration.ini"))
    assert {p.sso_account_id for p in plan.profiles.values()} == {*cloud}
    messages = [f["message"] for f in json.loads(done.stdout)["findings"] if f["code"] == "AWS145"]
    assert done.returncode == 1 and [m.split("partition ")[1].split(",")[0] for m in messages] == ["aws-us-gov", "aws-cn", "aws-cn"]


def test_a_wider_role_is_never_proposed_silently(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", user(account, "kim", "ReadOnlyAccess")))
    portal.roles = {A: ["AdministratorAccess"]}
    logged_in(home)
    assert run("plan", "--discover").returncode == 0
    assert "AdministratorAccess  # the only one there; it allows MORE" in Path("sso-migration.ini").read_text()


@pytest.mark.parametrize("case", ["none", "no accounts", "revoked", "throttled", "dead"])
def test_the_portal_cannot_tell(home: Path, portal: Portal, account: Account, run: Run, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    Home(home).write("", profile("dev", user(account, "kim")))
    session = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
    portal.roles = {A: ["Admin"]}
    if case != "none":
        logged_in(home, "revoked" if case == "revoked" else "a-token")
    if case == "no accounts":
        portal.roles = {}
    if case == "throttled":
        portal.throttle = 4
    if case == "dead":
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")
    done = run("plan", "--discover", *session)
    expected = {"none": "AWS143", "no accounts": "AWS144", "revoked": "AWS143", "dead": "AWS147", "throttled": "AWS140"}[case]
    if case == "throttled":
        assert done.returncode == 0 and load_plan(Path("sso-migration.ini")).profiles["dev"].sso_role_name == "Admin"
        return
    assert done.returncode == 1 and expected in done.stdout and "Traceback" not in done.stderr
    assert load_plan(Path("sso-migration.ini")).profiles["dev"].sso_account_id == A
    if case == "none":
        assert "aws-sso-migrate login corp --plan sso-migration.ini" in done.stdout
        assert run("login", "--plan", "sso-migration.ini", "--no-browser").returncode == 0
        assert run("plan", "--discover").returncode == 0
        assert load_plan(Path("sso-migration.ini")).profiles["dev"].sso_role_name == "Admin"


def test_two_sessions_and_keys_of_a_role(home: Path, portal: Portal, account: Account, run: Run) -> None:
    given = assume(portal.moto, A, "Admin")
    token = f"aws_session_token = {given['sessionToken']}\n"
    Home(home).write(
        CORP_SECTION + CORP_SECTION.replace("corp", "lab", 1),
        profile("temp", (given["accessKeyId"], given["secretAccessKey"]), token),
    )
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    logged_in(home, session="lab")
    done = run("plan", "--discover", "--format", "json")
    assert done.returncode == 1 and ("AWS145", "temp") in codes(done) and "corp, lab" in done.stdout
    assert given["sessionToken"] not in done.stdout + Path("sso-migration.ini").read_text()


def test_the_portal_is_asked_twenty_times_a_second_at_most(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", user(account, "kim")))
    portal.roles = {f"{n:012d}": ["X"] for n in range(1, 80)} | {A: ["Admin"]}
    logged_in(home)
    begun = time.monotonic()
    assert run("plan", "--discover").returncode == 0
    assert time.monotonic() - begun > 41 / 20  # 40 pages of accounts and one of roles


@pytest.mark.parametrize(
    ("roles", "policies", "role"),
    [
        (["Admin", "ReadOnly"], ["AdministratorAccess"], "Admin"),
        (["AdministratorAccess", "ReadOnlyAccess"], ["ReadOnlyAccess"], "ReadOnlyAccess"),
        (["ReadOnly", "PowerUser"], ["PowerUserAccess", "ReadOnlyAccess"], "PowerUser"),
        (["ReadOnly"], ["PowerUserAccess", "ReadOnlyAccess"], "ReadOnly"),
        (["data-team", "Admin"], ["DataTeam"], "data-team"),
        (["Admin", "SuperAdmin"], ["AdministratorAccess", "x"], "Admin"),
        (["SysAdmin", "SuperAdmin"], ["AdministratorAccess"], None),
        (["Admin", "PowerUser"], ["ReadOnlyAccess"], None),
        (["Admin", "PowerUser"], [], None),
        (["Admin", "PowerUser"], None, None),
        ([], ["AdministratorAccess"], None),
    ],
)
def test_which_role_fits(roles: list[str], policies: list[str] | None, role: str | None) -> None:
    fit = best_fit(roles, policies)
    assert fit.role == role and fit.why


def test_partitions() -> None:
    assert [partition_of(region) for region in ("us-east-1", "us-gov-west-1", "cn-north-1")] == ["aws", "aws-us-gov", "aws-cn"]
    found = parse(f"arn:aws-us-gov:sts::{A}:assumed-role/AWSReservedSSO_Power_User_0123456789abcdef/kim")
    assert (found.partition, found.sso_role) == ("aws-us-gov", "Power_User")
    found = parse(f"arn:aws-cn:iam::{A}:user/team/kim")
    assert (found.kind, found.name, found.sso_role) == ("user", "kim", None)
