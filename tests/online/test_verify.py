"""`verify` against the portal on the loopback and moto's STS."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.awsfiles.homes import CORP_SECTION, Home, keys
from tests.conftest import Run
from tests.forking import Starter
from tests.madeup import key_id, secret
from tests.online.aws import Portal, logged_in, token_file

A, B = "111122223333", "777788889999"


def sso(name: str, account: str = A, role: str = "Admin", more: str = "", session: str = "corp") -> str:
    """A profile's section."""
    return f"[profile {name}]\nsso_session = {session}\nsso_account_id = {account}\nsso_role_name = {role}\n{more}\n"


def rows(text: str) -> dict[str, tuple[bool | None, str | None]]:
    """The profiles of the document: whether they resolve, and why not."""
    return {row["name"]: (row["resolves"], row["error"]) for row in json.loads(text)["profiles"]}


def test_profiles_that_sign_with_sso_and_one_that_may_not(home: Path, portal: Portal, run: Run) -> None:
    deploy = f"[profile deploy]\nrole_arn = arn:aws:iam::{B}:role/ci/Deploy\nsource_profile = dev\nregion = eu-west-1\n"
    Home(home).write(sso("dev") + sso("at", B, "Power@User") + sso("denied", B, "Nope") + deploy + CORP_SECTION, None)
    portal.roles = {A: ["Admin"], B: ["Power@User"]}
    logged_in(home)
    done = run("verify", "--format", "json")
    found = rows(done.stdout)
    assert done.returncode == 1 and done.stderr == ""
    assert {name: row[0] for name, row in found.items()} == {"dev": True, "at": True, "denied": False, "deploy": True}, found
    assert f"no credentials for role Nope in account {B}" in (found["denied"][1] or "")
    [finding] = json.loads(done.stdout)["findings"]
    assert (finding["code"], finding["profile"], finding["line"]) == ("AWS407", "denied", 12)
    assert run("verify", "dev", "at", "deploy").returncode == 0
    text = run("verify", "dev", "denied").stdout
    assert "4 sign" not in text and "2 profiles: 1 signs with SSO, 1 does not" in text and "yes" in text and "NO" in text


def test_a_role_profile_without_a_region(home: Path, portal: Portal, run: Run) -> None:
    """botocore asks STS in the profile's region: nothing of time-outs or proxies helps."""
    deploy = f"[profile deploy]\nrole_arn = arn:aws:iam::{B}:role/Deploy\nsource_profile = dev\n"
    Home(home).write(sso("dev") + deploy + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    done = run("verify", "deploy")
    assert done.returncode == 1 and "the region is unknown\n    add a region to the profile, or set AWS_REGION\n" in done.stdout


def test_another_role_than_the_profile_says(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(sso("dev") + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    portal.other_role = {"Admin": "ReadOnly"}
    logged_in(home)
    done = run("verify")
    assert done.returncode == 1 and "AWS409" in done.stdout and "SSO role ReadOnly" in done.stdout


@pytest.mark.parametrize(
    ("login", "told"),
    [
        (None, "you are not logged in to session corp"),
        ("{", "is damaged"),
        ('{"accessToken": 5, "expiresAt": "2099-01-01T00:00:00Z"}', "is damaged"),
        ('{"accessToken": "a-token", "expiresAt": "2020-01-01T00:00:00Z"}', "expired at 2020-01-01T00:00:00Z"),
        ('{"accessToken": "a-token", "expiresAt": "2020-01-01T00:00:00UTC"}', "expired at 2020-01-01T00:00:00Z"),
        ('{"accessToken": "a-token", "expiresAt": "2099-01-01T00:00:00Z", "startUrl": "https://x.awsapps.com/start"}', "another portal"),
        ('{"accessToken": "revoked", "expiresAt": "2099-01-01T00:00:00Z"}', "no longer accepts the login"),
    ],
)
def test_no_usable_login(home: Path, portal: Portal, run: Run, login: str | None, told: str) -> None:
    Home(home).write(sso("dev") + sso("prod") + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    if login is not None:
        logged_in(home).write_text(login)
    done = run("verify")
    assert done.returncode == 1 and done.stdout.count("AWS406") == 2, done.stdout
    assert told in done.stdout and "aws-sso-migrate login corp" in done.stdout and "revoked" not in done.stdout


def test_a_login_that_has_expired_is_renewed_once(home: Path, portal: Portal, run: Run) -> None:
    names = [f"p{n}" for n in range(10)]
    Home(home).write("".join(map(sso, names)) + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    portal.refresh_tokens = {"refresh-me"}
    until = "2099-01-01T00:00:00Z"
    login = {"refreshToken": "refresh-me", "clientId": "c", "clientSecret": "s", "registrationExpiresAt": until}
    logged_in(home, "old", expiresAt="2020-01-01T00:00:00Z", **login)
    done = run("verify")
    assert done.returncode == 0, done.stdout
    assert portal.asked.count("/token") == 1
    assert json.loads(token_file(home).read_text())["refreshToken"] in portal.refresh_tokens - {"refresh-me"}


@pytest.mark.slow
def test_two_hundred_profiles_of_which_thirty_fail(home: Path, portal: Portal, run: Run) -> None:
    good = {f"good{n}": ("Admin", A) for n in range(170)}
    bad = {f"bad{n}": (["Slow", "Broken", "Denied"][n % 3], B) for n in range(30)}
    text = "".join(sso(name, account, role) for name, (role, account) in {**good, **bad}.items())
    Home(home).write(text + CORP_SECTION, None)
    portal.roles = {A: ["Admin"], B: ["Slow", "Broken"]}
    portal.slow, portal.broken = {"Slow"}, {"Broken"}
    logged_in(home)
    done = run("verify", "--timeout", "10")
    lines = [line for line in done.stdout.splitlines() if ": AWS40" in line]
    assert done.returncode == 1 and len(lines) == 30, done.stdout
    assert sum("no response" in line for line in lines) == 10
    assert sum("is invalid" in line for line in lines) == 10
    assert sum("AWS407" in line for line in lines) == 10
    assert "170 sign with SSO, 30 do not" in done.stdout
    assert portal.most_waiting == 10  # all at once, so it takes one time-out and not their sum; and nobody asked twice
    assert portal.asked.count("/federation/credentials") == 200


def test_throttling_is_waited_out(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(sso("dev") + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    portal.throttle = 2
    logged_in(home)
    begun = time.monotonic()
    assert run("verify", clock=10).returncode == 0
    assert (time.monotonic() - begun) * 10 > 3  # 1 and 2
    portal.throttle = 99
    done = run("verify", clock=10)
    assert done.returncode == 1 and "throttled" in done.stdout


def test_offline_asks_nobody(home: Path, portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(
        sso("dev") + sso("both") + sso("lost", session="nowhere") + sso("mixed", more="credential_process = /bin/true") + CORP_SECTION,
        f"[both]\n{keys('both')}[static]\n{keys('static')}[minio]\nendpoint_url = https://minio.example.com\n{keys('minio')}",
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id("env"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret("env"))
    done = run("verify", "--offline", "--format", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 1 and portal.asked == []
    found = {(finding["code"], finding["profile"]) for finding in document["findings"]}
    assert found == {
        ("AWS404", None),
        ("AWS403", "both"),
        ("AWS401", "lost"),
        ("AWS412", "mixed"),
        ("AWS402", "static"),
        ("AWS411", "minio"),
    }
    assert {name: row[0] for name, row in rows(done.stdout).items()} == {
        "dev": None, "both": False, "lost": False, "mixed": False, "static": False, "minio": None,
    }  # fmt: skip
    for hidden in (key_id("env"), secret("env"), key_id("static"), secret("static")):
        assert hidden not in done.stdout + done.stderr


def test_the_plan_is_held_against_the_files(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(sso("dev") + sso("prod") + CORP_SECTION, f"[old]\n{keys('old')}[kept]\n{keys('kept')}")
    Path("plan.ini").write_text(
        "[profiles]\n[[dev]]\naction = sso\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"
        "[[prod]]\naction = sso\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
        f"[[old]]\naction = remove\n[[kept]]\naction = keep\n[[gone]]\naction = sso\n[keys]\n{key_id('x')} = nobody\n"
    )
    done = run("verify", "--offline", "--plan", "plan.ini", "--format", "json")
    found = [(f["code"], f["profile"]) for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]
    assert done.returncode == 1
    assert found == [("AWS405", "gone"), ("AWS414", "nobody"), ("AWS405", "prod"), ("AWS405", "old"), ("AWS402", "old")]
    assert key_id("x") not in done.stdout


def test_a_plan_that_is_not_filled_in_says_nothing_of_a_profile(home: Path, run: Run) -> None:
    role = f"[profile role]\nrole_arn = arn:aws:iam::{B}:role/X\nsource_profile = dev\n"
    Home(home).write(role + sso("dev") + CORP_SECTION, None)
    Path("plan.ini").write_text("[profiles]\n[[role]]\naction = sso\nsso_session = corp\nsso_account_id = 777788889999\n")
    assert run("verify", "--offline", "--plan", "plan.ini").returncode == 0


def test_a_wrong_clock_is_said(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(sso("dev") + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    portal.clock = 1200
    logged_in(home)
    done = run("verify")
    assert done.returncode == 0 and "AWS413" in done.stdout and "clock is 20 minutes behind" in done.stdout


def test_nothing_to_verify_and_a_profile_that_is_not_there(home: Path, portal: Portal, run: Run) -> None:
    assert run("verify").returncode == 0
    done = run("verify", "nope")
    assert done.returncode == 2 and "no profile nope" in done.stderr


def test_a_dead_portal(home: Path, portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(sso("dev") + CORP_SECTION, None)
    logged_in(home)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")
    done = run("verify")
    assert done.returncode == 1 and "no connection to 127.0.0.1" in done.stdout
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "http://192.0.2.7:80")
    done = run("verify")
    assert done.returncode == 1 and "not https" in done.stdout and "AWS408" in done.stdout


def test_ctrl_c_does_not_wait_for_those_who_do_not_answer(home: Path, portal: Portal, starter: Starter) -> None:
    Home(home).write("".join(sso(f"p{n}", role="Slow") for n in range(5)) + CORP_SECTION, None)
    portal.roles, portal.slow = {A: ["Slow"]}, {"Slow"}
    logged_in(home)
    with starter.popen(["-m", "migrate", "verify"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        end = time.monotonic() + 300
        while portal.asked.count("/federation/credentials") < 5 and time.monotonic() < end:
            time.sleep(0.1)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.wait(300) == 130 and time.monotonic() - begun < 60
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.read() == b"" and b"Traceback" not in child.stderr.read()


def test_a_kept_profile_that_signs_with_sso_is_checked_all_the_same(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(sso("dev", role="Nope") + CORP_SECTION, None)
    Path("plan.ini").write_text("[profiles]\n[[dev]]\naction = keep\n")
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    assert run("verify", "--plan", "plan.ini").returncode == 1


def test_what_other_sdks_would_do(home: Path, portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where botocore signs with SSO and others see something else, or the other way round."""
    sections = sso("plain") + sso("quoted").replace("[profile quoted]", "[profile 'quoted']") + sso("twice").replace("Admin", "Other")
    sections += sso("twice").replace("[profile twice]", '[profile "twice"]') + sso("spaced", session="my corp")
    Home(home).write(sections + CORP_SECTION + CORP_SECTION.replace("sso-session corp", "sso-session 'my corp'"), None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id("env"))
    monkeypatch.setenv("AWS_PROFILE", "plain")
    document = json.loads(run("verify", "--offline", "--format", "json").stdout)
    told = {finding["profile"]: finding["message"] for finding in document["findings"]}
    assert "plain" not in told and "the JavaScript SDK still signs with profile plain" in told[None]
    assert "has two sections" in told["twice"] and "header of its session my corp" in told["spaced"]


def test_offline_says_what_botocore_and_sts_would_refuse(home: Path, run: Run) -> None:
    """A role over SSO for more than one hour; a setting that profile and session both have; what old SDKs alone read."""
    role = f"role_arn = arn:aws:iam::{B}:role/X\nsource_profile = dev\n"
    config = sso("dev") + f"[profile long]\n{role}duration_seconds = 7200\n[profile hour]\n{role}duration_seconds = 3600\n"
    config += (
        sso("odd", more="output = text", session="other")
        + f"[old]\nregion = eu-west-1\n[client]\n{role}[plugins]\nregion = x\n{CORP_SECTION}"
    )
    place = Home(home).write(config + CORP_SECTION.replace("corp]", "other]") + "output = json\n", None)
    document = json.loads(run("verify", "--offline", "--format", "json").stdout)
    found = {(f["code"], f["profile"]): f for f in document["findings"]}
    assert set(found) == {("AWS401", "long"), ("AWS401", "odd"), ("AWS415", "old"), ("AWS415", "client")}
    assert "more than one hour" in found["AWS401", "long"]["message"] and "duration_seconds = 3600" in found["AWS401", "long"]["help"]
    odd = found["AWS401", "odd"]
    assert f"output is 'text' in the profile, 'json' in its session other ({place.config}:36)" in odd["message"] and odd["line"] == 18
    assert "make the two values equal" in odd["help"] and document["status"] == 1


def test_what_hands_out_sso_by_a_process_is_no_contradiction(home: Path, run: Run) -> None:
    legacy = f"sso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = {A}\nsso_role_name = R\n"
    more = "sso_auto_populated = true\ncredential_process = aws-sso-util credential-process --profile {0}\n"
    granted = "granted_sso_account_id = 1\ncredential_process = /usr/local/bin/granted credential-process --profile {0}\n"
    names = [f"p{n}" for n in range(30)]
    sections = [f"[profile {name}]\n{legacy}{(more if n % 2 else granted).format(name)}" for n, name in enumerate(names)]
    Home(home).write("".join(sections), None)
    done = run("verify", "--offline")
    assert done.returncode == 0 and "AWS412" not in done.stdout


def test_many_that_say_the_same_are_told_once_with_their_number(home: Path, run: Run) -> None:
    names = [f"p{n}" for n in range(1200)]
    Home(home).write(CORP_SECTION, "".join(f"[{name}]\n{keys(name)}" for name in names) + f"[profile x]\n{keys('x')}")
    done = run("verify", "--offline")
    lines = [line for line in done.stdout.splitlines() if "AWS402" in line]
    assert done.returncode == 1 and len(lines) == 1, lines
    assert "1,201 profiles (p0, p1, p2 and 1,198 more): signs with a static key" in lines[0]
    document = json.loads(run("verify", "--offline", "--format", "json").stdout)
    assert sum(f["code"] == "AWS402" for f in document["findings"]) == 1201  # programs have each
