"""What a new plan says of each kind of profile, and that `config` takes it as it was written, or filled in."""

import json
import re
from pathlib import Path

import pytest

from migrate.plan.read import Plan, parse_plan
from tests.awsfiles.homes import CORP_SECTION, Home, keys, text
from tests.conftest import Run
from tests.madeup import key_id, secret

A, B = "111122223333", "222233334444"
NEW = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
OLD_KEY = "AK" + "IAI" + "Q" * 4 + "WERTZ234567"
LEGACY = f"sso_start_url = https://client.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = {B}\nsso_role_name = Guest\n"


def planned(run: Run, *args: str) -> tuple[Plan, str, str]:
    """The plan that is written, its text, and what was said."""
    done = run("plan", *args)
    assert done.returncode == 0, done.stdout + done.stderr
    written = Path("sso-migration.ini").read_text()
    return parse_plan(written, Path("sso-migration.ini")), written, done.stdout


def filled(written: str) -> None:
    Path("sso-migration.ini").write_text(re.sub(r"(sso_role_name =)$", r"\1 Role", written, flags=re.M))


@pytest.mark.parametrize(
    ("config", "credentials"),
    [
        pytest.param(
            "[plugins]\nendpoint = awscli_plugin_endpoint\n[profile x]\ns3 =\n  endpoint_url = https://s3.fr-par.scw.cloud\n",
            f"[x]\n{keys('x')}", id="an endpoint in a nested block",
        ),
        pytest.param("[profile x]\nendpoint_url = https://minio.example.com\n", f"[x]\n{keys('x')}", id="an endpoint"),
        pytest.param("", "[x]\naws_access_key_id = SCWXXQ5T7Y2K4M6P8R0A\naws_secret_access_key = 6f2b1c34\n", id="an id of another store"),
        pytest.param("", "[x]\naws_access_key_id = " + "AK" + "IA7" * 5 + "7\naws_secret_access_key = x\n", id="an id that holds no account"),
    ],
)  # fmt: skip
def test_keys_of_other_stores_stay(home: Path, run: Run, config: str, credentials: str) -> None:
    before = Home(home).write(config, credentials).credentials.read_text()
    plan, _, _ = planned(run, *NEW)
    assert plan.profiles["x"].action == "keep"
    assert run("config", "--plan", "sso-migration.ini", "--yes").returncode == 0
    assert Home(home).credentials.read_text() == before


def test_the_old_form_of_sso_keeps_its_own_portal(home: Path, run: Run) -> None:
    place = Home(home).write(
        f"[profile left]\n{LEGACY}[profile alone]\n{LEGACY}region = r\n", f"[left]\n{keys('left')}[dev]\n{keys('dev')}"
    )
    plan, written, _ = planned(run, *NEW)
    assert (plan.profiles["left"].action, plan.profiles["alone"].action) == ("remove", "sso")
    alone = plan.profiles["alone"]
    assert (alone.sso_session, alone.sso_account_id, alone.sso_role_name) == ("client", B, "Guest")
    assert plan.sso_sessions["client"].sso_start_url == "https://client.awsapps.com/start" and plan.profiles["dev"].sso_session == "corp"
    filled(written)
    assert run("config", "--plan", "sso-migration.ini", "--yes").returncode == 0
    config = place.config.read_text()
    assert f"[profile left]\n{LEGACY}[profile alone]\nsso_session = client\n" in config and place.credentials.read_text() == ""
    assert planned(run)[1] == Path("sso-migration.ini").read_text()  # and nothing new


def test_a_session_of_the_same_portal_is_used_for_the_old_form(home: Path, run: Run) -> None:
    Home(home).write(
        f"[profile x]\n{LEGACY}[sso-session c]\nsso_start_url = https://client.awsapps.com/start/#/\nsso_region = us-east-1\n", None
    )
    plan, _, _ = planned(run)
    assert plan.profiles["x"].sso_session == "c" and list(plan.sso_sessions) == ["c"]


def test_a_session_without_the_scope_for_accounts_is_not_taken(home: Path, run: Run) -> None:
    Home(home).write(CORP_SECTION.replace("sso:account:access", "codewhisperer:completions"), f"[dev]\n{keys('dev')}")
    plan, written, said = planned(run)
    assert (
        plan.profiles["dev"].sso_session is None
        and not plan.sso_sessions
        and "config:5:1: AWS148 session corp is not used: it lacks the scope" in said
    )
    filled(written)
    done = run("config", "--plan", "sso-migration.ini", "--yes")
    assert done.returncode == 1 and "AWS118 the plan is incomplete for profile dev: sso_session" in done.stdout


@pytest.mark.parametrize("ending", ["/start", "/start/", "/start/#", "/start/#/"])
def test_spellings_of_one_portal(home: Path, run: Run, ending: str) -> None:
    Home(home).write(CORP_SECTION.replace("/start", ending), f"[dev]\n{keys('dev')}")
    for given in ("/start", "/start/", "/start/#"):
        plan, _, _ = planned(run, *NEW[:3], f"https://corp.awsapps.com{given}", *NEW[4:])
        assert plan.sso_sessions["corp"].sso_start_url.endswith(ending)
    assert run("plan", *NEW[:3], "https://other.awsapps.com/start").returncode == 2


def test_role_profiles_that_would_stop_working(home: Path, run: Run) -> None:
    role = f"role_arn = arn:aws:iam::{B}:role/X\nsource_profile = dev\n"
    config = (
        f"[profile mfa]\n{role}mfa_serial = arn:aws:iam::{A}:mfa/me\n[profile long]\n{role}duration_seconds = 7200\n[profile fine]\n{role}"
    )
    place = Home(home).write(config, f"[dev]\n{keys('dev')}")
    plan, written, _ = planned(run, *NEW)
    assert {name: plan.profiles[name].sso_account_id for name in ("mfa", "long")} == {"mfa": B, "long": B}
    assert written.count("stops working unless it is mapped") == 2 and "# [[fine]]" in written and "fine" not in plan.profiles
    only_dev = written.replace("[[dev]]", "[[dev]] #").partition("[[dev]] #")
    only_dev = only_dev[0] + only_dev[1] + only_dev[2].replace("sso_role_name =", "sso_role_name = Role", 1)
    Path("sso-migration.ini").write_text(only_dev)
    for command in ("config", "run"):
        done = run(command, "--plan", "sso-migration.ini", "--dry-run", "-q", "--no-color")
        assert done.returncode == 1 and done.stdout.count("stops working unless it is mapped") == 2, done.stdout
    filled(written)
    assert run("config", "--plan", "sso-migration.ini", "--yes").returncode == 0
    assert place.config.read_text().count("sso_session = corp") == 3
    place.write(config, f"[dev]\n{keys('dev')}")
    before, dev, after = only_dev.partition("[[dev]]")
    Path("sso-migration.ini").write_text(before + dev + after.replace("action = sso", "action = keep", 1))
    said = run("config", "--plan", "sso-migration.ini", "--dry-run").stdout
    assert "AWS140 profile mfa: sso_role_name must still be filled in" in said  # also where it has no key of its own
    Path("sso-migration.ini").write_text(before.replace("action = sso", "action = keep") + dev + after)
    done = run("config", "--plan", "sso-migration.ini", "--dry-run", "-q")
    assert done.returncode == 0 and done.stdout.count("stops working") == 2  # even where they are kept, and only what is left was asked for


def test_every_other_profile_is_named_with_the_reason_why_it_stays(home: Path, run: Run) -> None:
    sso = f"sso_session = corp\nsso_account_id = {A}\nsso_role_name = R\n"
    config = f"[profile done]\n{sso}{CORP_SECTION}[profile proc]\ncredential_process = p\n[profile log]\nlogin_session = s\n[profile none]\nx = 1\n"
    Home(home).write(config + "[profile broken]\n" + sso.replace("corp", "gone"), f"[dev]\n{keys('dev')}")
    _, written, said = planned(run)
    for name in ("done", "proc", "log", "none", "broken"):
        assert re.search(rf"^    # \[\[{name}\]\] +\S", written, flags=re.M), name
    assert "config:17:1: AWS148 profile broken is rejected by botocore: its session gone does not exist" in said
    assert planned(run)[1] == written


def test_accounts_of_keys_that_do_not_hold_them(home: Path, run: Run) -> None:
    old = f"aws_access_key_id = {OLD_KEY}\naws_secret_access_key = {secret('old')}\n"
    mfa = f"[profile m]\nmfa_serial = arn:aws:iam::{B}:mfa/me\n"
    pair = f"[x]\n{old.replace('AKIA', 'ASIA')}[x-long-term]\n{old}aws_mfa_device = arn:aws:iam::{A}:mfa/me\n"
    place = Home(home).write(mfa, f"[m]\n{old}[i]\n{old}aws_account_id = 2222-3333-4444\n{pair}[unknown]\n{old}")
    plan, written, _ = planned(run, *NEW)
    assert {n: p.sso_account_id for n, p in plan.profiles.items()} == {"m": B, "i": B, "x": A, "x-long-term": A, "unknown": None}
    assert "the long-term key that aws-mfa uses to renew x" in written
    Path("sso-migration.ini").write_text("[profiles]\n[[x-long-term]]\naction = remove\n")
    done = run("config", "--plan", "sso-migration.ini", "--yes", "--format", "json")
    assert "aws-mfa uses it to renew profile x" in done.stdout and "x-long-term" in place.credentials.read_text()


def test_keys_of_another_partition(home: Path, run: Run) -> None:
    place = Home(home).write(
        "[profile gov]\nregion = us-gov-west-1\n[profile dev]\nregion = eu-west-1\n", f"[gov]\n{keys('gov')}[dev]\n{keys('dev')}"
    )
    plan, written, said = planned(run, *NEW)
    assert (plan.profiles["gov"].sso_session, plan.profiles["dev"].sso_session) == (None, "corp")
    assert "config:2:1: AWS148 profile gov belongs to partition aws-us-gov" in said
    filled(written)
    assert run("config", "--plan", "sso-migration.ini", "--yes").returncode == 1 and "[gov]" in place.credentials.read_text()


def test_twins_and_sessions_that_are_not_there_are_told_at_once(home: Path, run: Run) -> None:
    config = "[default]\n[profile default]\n[profile dev]\nsso_session = nope\n"
    Home(home).write(config, f"[default]\n{keys('default')}[dev]\n{keys('dev')}")
    plan, written, said = planned(run, *NEW)
    assert plan.profiles["default"].action == "keep" and plan.profiles["dev"].sso_session == "corp"
    assert "config:2:1: AWS148 profile default has two sections" in said and "config:4:1: AWS148 profile dev uses session nope" in said
    Path("sso-migration.ini").write_text(written.replace("sso_session = corp", "sso_session = gone"))
    assert "uses session gone, which is not defined" in run("plan").stdout


def test_nothing_to_plan(home: Path, run: Run) -> None:
    assert "AWS149 nothing to plan: there is neither" in run("plan").stdout
    Home(home).write("[profile a]\ncredential_process = p\n", None)
    done = run("plan")
    assert done.returncode == 0 and "no profile has a static key (a: gets credentials from a process)" in done.stdout
    assert not Path("sso-migration.ini").exists()
    document = json.loads(run("plan", "--format", "json").stdout)
    assert [f["code"] for f in document["findings"]] == ["AWS149"]
    document = json.loads(run("plan", *NEW, "--format", "json").stdout)
    assert [f["code"] for f in document["findings"]] == ["AWS149"] and [(r["name"], r["action"]) for r in document["profiles"]] == [
        ("a", "none")
    ]


def test_a_plan_is_never_refused_as_it_was_written(home: Path, run: Run) -> None:
    """One home with most kinds of fault; nothing filled in, and everything."""
    config = text("""
        [default]
        output = text
        [profile default]
        [profile dev]
        sso_session = nope
        [profile x y]
        region = cn-north-1
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start/#
        sso_region = us-west-2
        output = json
        [sso-session two]
        sso_start_url = http://two
    """)
    names = ("default", "dev", "x y", "profile z", "münchen")
    place = Home(home).write(config, "".join(f"[{name}]\n{keys(name)}" for name in names))
    before = place.credentials.read_text()
    _, written, _ = planned(run)
    assert run("config", "--plan", "sso-migration.ini", "--yes").returncode == 1 and place.credentials.read_text() == before
    filled(written)
    done = run("config", "--plan", "sso-migration.ini", "--yes")
    assert done.returncode == 1 and f"[dev]\n{keys('dev')}" not in place.credentials.read_text(), done.stdout + done.stderr
    assert key_id("dev") not in done.stdout


def test_what_files_hold_gets_into_no_line_of_the_plan(home: Path, run: Run) -> None:
    """A value of several lines in a comment would be lines of the plan; and a secret in an odd place is not shown."""
    config = f"[profile a]\nrole_arn = x\nsource_profile = b\n  [[evil]]\n  {secret('s')}\n[profile b]\nrole_arn = x\nsource_profile = {secret('t')}\n"
    config += f"[profile c]\nsso_session = s\nsso_account_id = {A}\nsso_role_name = R\naws_x = {secret('c')}\n"
    config += "[sso-session s]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-west-2\naws_x = other\n"
    Home(home).write(config, f"[dev]\n{keys('dev')}")
    plan, written, said = planned(run)
    assert list(plan.profiles) == ["dev"] and not re.search(r"^\s*\[\[evil", written, flags=re.M)
    said += written + run("verify", "--offline").stdout
    assert not any(secret(name) in said for name in ("s", "t", "c"))
    assert "aws_x has one value in the profile, and another in its session s" in said
