"""`plan --discover`: STS and IAM by moto, the portal by our own."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from migrate.awsfiles.reading.sso import partition_of
from migrate.online.identity import parse
from migrate.online.keys.fit import best_fit
from migrate.online.keys.grants import Grant, Grants, relation
from migrate.plan import load_plan
from tests.awsfiles.homes import CORP_SECTION, Home, keys
from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.online.aws import Portal, assume, logged_in
from tests.online.test_retire import Account, managed  # noqa: F401 - a fixture

A, B = "111122223333", "777788889999"
_SAYS = {
    "AdministratorAccess": '"Action": "*"',
    "PowerUserAccess": '"NotAction": ["iam:*", "organizations:*"]',
    "ReadOnlyAccess": '"Action": ["s3:Get*", "ec2:Describe*"]',
}


def document(name: str) -> str:
    """What a policy of such a name says; one of any other name allows S3."""
    said = _SAYS.get(name, '"Action": "s3:*"')
    return f'{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {said}, "Resource": "*"}}]}}'


@pytest.fixture
def account(portal: Portal) -> Account:
    return Account(portal)


def profile(name: str, key: tuple[str, str], more: str = "") -> str:
    return f"[{name}]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n{more}"


def user(account: Account, name: str, *policies: str) -> tuple[str, str]:
    key = account.user(name)
    for policy in policies:
        account.iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=document(policy))
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
    account.iam.put_group_policy(GroupName="readers", PolicyName="ReadOnlyAccess", PolicyDocument=document("ReadOnlyAccess"))
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
    assert "user kim" in written and "the same access as the user's policy ReadOnlyAccess" in written
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
    assert "# one of AdministratorAccess, ReadOnly; the user's policies are unknown" in written
    assert load_plan(Path("sso-migration.ini")).profiles["dev"].sso_role_name is None


def test_groups_that_may_not_be_read_are_said(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", user(account, "kim", "PowerUserAccess")))
    portal.iam_denies = {"ListGroupsForUser"}
    portal.roles = {A: ["PowerUserAccess", "ReadOnly"]}
    logged_in(home)
    assert run("plan", "--discover").returncode == 0
    assert "; the user's other policies could not be read" in Path("sso-migration.ini").read_text()


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
    assert "AdministratorAccess  # the only role there; it allows MORE" in Path("sso-migration.ini").read_text()


def permission_set(account: Account, name: str, *arns: str, inline: str | None = None) -> None:
    """The role that Identity Center makes of a permission set in an account."""
    role = f"AWSReservedSSO_{name}_0123456789abcdef"
    account.iam.create_role(RoleName=role, Path="/aws-reserved/sso.amazonaws.com/eu-west-1/", AssumeRolePolicyDocument="{}")
    for arn in arns:
        account.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    if inline is not None:
        account.iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=inline)


def proposed(run: Run) -> tuple[str | None, str]:
    """The role that is proposed for `dev`, and its reason."""
    assert run("plan", "--discover").returncode == 0
    line = next(line for line in Path("sso-migration.ini").read_text().splitlines() if "sso_role_name" in line)
    return load_plan(Path("sso-migration.ini")).profiles["dev"].sso_role_name, line.partition("#")[2]


S3, EC2 = "arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/AmazonEC2FullAccess"


@pytest.fixture
def kim(home: Path, portal: Portal, managed: None, account: Account) -> str:  # noqa: F811
    """User kim, whose key is that of profile `dev`, with one policy attached and another one by a group."""
    Home(home).write(CORP_SECTION, profile("dev", account.user("kim")))
    account.iam.attach_user_policy(UserName="kim", PolicyArn=S3)
    account.iam.create_group(GroupName="team")
    account.iam.put_group_policy(GroupName="team", PolicyName="team", PolicyDocument=document("team"))
    account.iam.add_user_to_group(GroupName="team", UserName="kim")
    portal.roles = {A: ["AmazonS3FullAccess", "Storage", "Everything"]}
    logged_in(home)
    return "kim"


# the same as the group's, in another order and spelling
TEAM = '{"Version": "2012-10-17", "Statement": {"Sid": "X", "Resource": ["*"], "Action": ["s3:*"], "Effect": "Allow"}}'


def test_the_role_with_the_same_policies_whatever_its_name(kim: str, account: Account, run: Run) -> None:
    permission_set(account, "AmazonS3FullAccess", S3, EC2, inline=TEAM)
    permission_set(account, "Storage", S3, inline=TEAM)
    role, why = proposed(run)
    assert role == "Storage" and "it has the same policies as the user: AmazonS3FullAccess, team" in why


def test_roles_that_allow_more_or_less_are_told_and_not_chosen(kim: str, account: Account, run: Run) -> None:
    permission_set(account, "AmazonS3FullAccess", S3)
    permission_set(account, "Storage", S3, EC2)
    permission_set(account, "Everything", "arn:aws:iam::aws:policy/AdministratorAccess")
    role, why = proposed(run)
    assert role is None
    assert "one of AmazonS3FullAccess (less), Storage (something else), Everything (MORE); the user has AmazonS3FullAccess, team" in why


def test_the_only_role_with_more_in_it(kim: str, account: Account, portal: Portal, run: Run) -> None:
    portal.roles = {A: ["Storage"]}
    permission_set(account, "Storage", S3, EC2, inline=TEAM)
    role, why = proposed(run)
    assert role == "Storage" and "the only role there; it allows MORE" in why


@pytest.mark.parametrize(
    ("user", "role", "said"),
    [
        ("s3", "s3", "same"),
        ("s3 ec2", "s3", "less"),
        ("s3", "s3 ec2", "more"),
        ("s3", "ec2", "other"),
        ("all", "s3", "less"),
        ("s3", "all", "more"),
        ("all", "AWS", "same"),
        ("s3 not-iam", "s3", "other"),
        ("s3 not-iam", "s3 not-iam", "same"),
        ("", "", "same"),
        ("", "s3", "more"),
        ("s3 boundary", "s3", "more"),
        ("s3 ec2 boundary", "s3", "other"),
    ],
)
def test_what_a_role_allows_beside_a_user(user: str, role: str, said: str) -> None:
    def grants(words: str) -> Grants:
        out = []
        for word in set(words.split()) - {"boundary"}:
            allowed = {"Effect": "Allow", "Action": "*" if word == "all" else f"{word}:*", "Resource": "*"}
            denied = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
            arn = "arn:aws-cn:iam::aws:policy/AdministratorAccess" if word == "AWS" else None
            out.append(Grant(word, arn, None if arn else {"Statement": [denied if word == "not-iam" else allowed]}))
        return Grants(tuple(out), boundary="boundary" in words)

    assert relation(grants(user), grants(role)) == said


def test_roles_that_may_not_be_looked_at_go_by_name(kim: str, account: Account, portal: Portal, run: Run) -> None:
    permission_set(account, "Storage", S3, inline=TEAM)
    portal.iam_denies = {"ListRoles"}
    role, why = proposed(run)
    assert role == "AmazonS3FullAccess" and "named like the user's policy AmazonS3FullAccess; the user also has team" in why


def test_a_policy_that_allows_less_than_its_name_says(home: Path, portal: Portal, account: Account, run: Run) -> None:
    key = account.user("kim")
    Home(home).write(CORP_SECTION, profile("dev", key))
    account.iam.put_user_policy(UserName="kim", PolicyName="AdministratorAccess", PolicyDocument=document("own"))
    portal.roles = {A: ["AdministratorAccess", "ReadOnly"]}
    logged_in(home)
    role, why = proposed(run)
    assert role == "AdministratorAccess" and "it may allow MORE: AdministratorAccess allows less than its name suggests" in why


def test_and_one_that_allows_more(home: Path, portal: Portal, account: Account, run: Run) -> None:
    Home(home).write(CORP_SECTION, profile("dev", account.user("kim")))
    made = account.iam.create_policy(PolicyName="team", PolicyDocument=document("AdministratorAccess"))["Policy"]["Arn"]
    account.iam.attach_user_policy(UserName="kim", PolicyArn=made)
    portal.roles = {A: ["Admin", "ReadOnly"]}
    logged_in(home)
    role, why = proposed(run)
    assert role == "Admin" and "the same access as the user's policy team" in why


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
    done = run("plan", "--discover", *session, clock=10)
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


def test_a_role_name_that_two_accounts_share(home: Path, portal: Portal, account: Account, run: Run) -> None:
    """Each key gets the one of its own account; and a profile that names the other's is told by `verify`."""
    Home(home).write(CORP_SECTION, profile("one", account.user("kim")) + profile("two", Account(portal, B).user("kim")))
    portal.roles = {A: ["Admin"], B: ["Admin"]}
    logged_in(home)
    done = run("plan", "--discover")
    assert done.returncode == 0, done.stdout
    plan = Path("sso-migration.ini")
    assert {n: (p.sso_account_id, p.sso_role_name) for n, p in load_plan(plan).profiles.items()} == {
        "one": (A, "Admin"),
        "two": (B, "Admin"),
    }
    assert run("config", "--plan", str(plan), "--yes").returncode == 0 and run("verify", "--plan", str(plan)).returncode == 0
    config = home / ".aws/config"
    config.write_text(config.read_text().replace(A, B))
    done = run("verify", "--plan", str(plan), "--format", "json")
    assert done.returncode == 1 and codes(done) == [("AWS405", "one")]
    portal.given[B, "Admin"] = portal.given[A, "Admin"]  # credentials of another account than was asked for
    done = run("verify", "two", "--format", "json")
    assert done.returncode == 1 and codes(done) == [("AWS409", "two")]


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
