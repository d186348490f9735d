"""What botocore would refuse is never written, whoever asks for it; what it makes of two files is known without asking it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrate.awsfiles.reading.files import read_file
from migrate.awsfiles.reading.profiles import merge
from migrate.awsfiles.reading.resolve import resolve
from migrate.errors import Refusal
from migrate.plan import load_plan
from tests.awsfiles.homes import CORP_SECTION, Home, codes, keys, text
from tests.awsfiles.test_convert_property import config_files, credentials_files
from tests.conftest import Run
from tests.examples import examples
from tests.madeup import key_id, secret

A, B = "111122223333", "444455556666"
DEV = f"dev={A}/Admin"


def signs(home: Home, name: str) -> str:
    """What botocore signs with, or that it refuses."""
    before = {n: os.environ.get(n) for n in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
    os.environ.update(AWS_CONFIG_FILE=str(home.config), AWS_SHARED_CREDENTIALS_FILE=str(home.credentials))
    try:
        session = botocore.session.Session(profile=name)
        resolver = session.get_component("credential_provider")
        for provider in ("container-role", "iam-role", "ec2-credentials-file", "boto-config"):  # nothing that waits
            with suppress(Exception):
                resolver.remove(provider)
        found: Any = session.get_credentials()
        return str(found.method) if found is not None else "nothing"
    except Exception as error:
        return type(error).__name__
    finally:
        for n, value in before.items():
            os.environ.pop(n) if value is None else os.environ.__setitem__(n, value)


@pytest.mark.parametrize(
    ("config", "line", "other"),
    [
        pytest.param(f"[profile dev]\noutput = text\n{CORP_SECTION}output = json\n", 2, 8, id="an output that differs"),
        pytest.param(f"[profile dev]\nregion = eu-west-1\n{CORP_SECTION}region = us-west-2\n", 2, 8, id="a region that differs"),
        pytest.param(f"[DEFAULT]\noutput = json\n[profile dev]\noutput = text\n{CORP_SECTION}", 4, 2, id="one of [DEFAULT]"),
        pytest.param("[DEFAULT]\noutput = json\n[profile dev]\noutput = text\n", 4, 2, id="one of [DEFAULT], that a new session gets too"),
        pytest.param(f"[profile dev]\nx = 1\n{CORP_SECTION}sso_account_id = {B}\n", None, 8, id="the session's account"),
        pytest.param(f"[profile dev]\ns3 =\n  a = 1\n{CORP_SECTION}s3 =\n  a = 2\n", 2, 9, id="a nested block"),
    ],
)
def test_a_setting_that_profile_and_session_share(home: Path, config: str, line: int | None, other: int) -> None:
    place = Home(home).write(config, f"[ok]\n{keys('ok')}[dev]\n{keys('dev')}")
    outcome = place.convert(DEV, f"ok={A}/Read") if "sso_account_id" not in config else place.convert(DEV)
    found = {finding.profile: finding for finding in outcome.findings if finding.code == "AWS115"}
    assert found["dev"].leaves_work and f"{place.config}:{other})" in found["dev"].message
    assert line is None or (found["dev"].path, found["dev"].line) == (str(place.config), line)
    before = signs(place, "dev")
    place.after(outcome)
    assert signs(place, "dev") == before == "shared-credentials-file"
    if "sso_account_id" not in config and "[DEFAULT]" not in config:
        assert signs(place, "ok") == "sso"  # the others are converted


def test_the_same_value_in_both_is_no_contradiction(home: Path) -> None:
    place = Home(home).write(f"[profile dev]\noutput = json\n{CORP_SECTION}output = json\n", f"[dev]\n{keys('dev')}")
    outcome = place.convert(DEV)
    assert codes(outcome) == []
    place.after(outcome)
    assert signs(place, "dev") == "sso"


def test_leftover_keys_stay_where_the_sso_setting_beside_them_is_refused(home: Path) -> None:
    sso = f"sso_session = corp\nsso_account_id = {A}\nsso_role_name = Admin\n"
    place = Home(home).write(f"[profile dev]\n{sso}output = text\n{CORP_SECTION}output = json\n", f"[dev]\n{keys('dev')}")
    outcome = place.convert(session=None)
    assert not outcome.changes and codes(outcome) == [("AWS115", "dev")]


def test_a_profile_that_stands_is_not_broken_by_what_a_session_gains(home: Path) -> None:
    """The session lacks its region, which one profile gives it; with another region it would contradict that profile."""
    config = (
        f"[profile old]\nsso_session = corp\nsso_account_id = {A}\nsso_role_name = R\nsso_region = eu-west-1\n"
        + "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n"
    )
    place = Home(home).write(config, f"[dev]\n{keys('dev')}")
    before = signs(place, "old")
    outcome = place.convert(DEV)
    place.after(outcome)
    assert signs(place, "old") == before and ("AWS115", "dev") in codes(outcome) and not outcome.changes


def test_a_session_without_the_scope_for_accounts(home: Path) -> None:
    config = CORP_SECTION.replace("sso:account:access", "codewhisperer:completions, sso:account:acces")
    place = Home(home).write(config, f"[dev]\n{keys('dev')}")
    outcome = place.convert(DEV)
    assert not outcome.changes and codes(outcome) == [("AWS117", "dev")] and outcome.findings[0].line == 5
    with pytest.raises(Refusal, match="names no session"):
        place.convert(DEV, session=None)  # it is nobody's choice


def test_another_account_than_the_keys(home: Path, run: Run) -> None:
    place = Home(home).write(
        CORP_SECTION, f"[dev]\n{keys('dev')}[b]\naws_access_key_id = {key_id('b', B)}\naws_secret_access_key = {secret('b')}\n"
    )
    maps = ["--map", f"dev={B}/Admin", "--map", "b=4444-5555-6666/Admin", "--format", "json"]
    done = run("config", "--yes", *maps)
    assert done.returncode == 1 and f"mapped to account {B}, but its key belongs to account {A}" in done.stdout
    assert signs(place, "b") == "sso" and signs(place, "dev") == "shared-credentials-file"
    assert run("config", "--yes", *maps, "--other-account", "b").returncode == 1
    assert run("config", "--yes", *maps[:2], "--other-account", "nobody").returncode == 2
    assert run("config", "--yes", *maps[:2], "--other-account", "dev").returncode == 0
    assert signs(place, "dev") == "sso"


@pytest.mark.parametrize(("said", "converts"), [("", False), ("other_account = yes", True), ("other_account = no", False)])
def test_another_account_in_the_plan(home: Path, said: str, converts: bool) -> None:
    plan = home / "plan.ini"
    plan.write_text(f"[profiles]\n[[dev]]\nsso_session = corp\nsso_account_id = 4444-5555-6666\nsso_role_name = R\n{said}\n")
    outcome = Home(home).write(CORP_SECTION, f"[dev]\n{keys('dev')}").convert(session=None, plan=load_plan(plan))
    assert bool(outcome.changes) == converts and ("AWS116" in {f.code for f in outcome.findings}) != converts


def test_what_is_wrong_with_a_plan_is_told_at_once(home: Path) -> None:
    plan = home / "plan.ini"
    plan.write_text(
        text(f"""
        [profiles]
            [[a]]
                sso_session = gone
                sso_account_id = {A}
                sso_role_name = R
            [[b]]
                sso_session = corp
            [[default]]
                sso_session = corp
                sso_account_id = {A}
                sso_role_name = R
        """)
    )
    place = Home(home).write("[default]\n[profile default]\n" + CORP_SECTION, "".join(f"[{n}]\n{keys(n)}" for n in ("a", "b", "default")))
    with pytest.raises(Refusal, match="uses the session 'gone', which is not defined") as caught:
        place.convert(session=None, plan=load_plan(plan))
    assert caught.value.line == 2
    assert f"{place.config}:2: profile default has two sections" in caught.value.help
    assert f"{plan}:6: profile b: sso_account_id, sso_role_name must still be filled in" in caught.value.help


def test_what_is_not_filled_in_is_left_and_the_rest_converted(home: Path) -> None:
    plan = home / "plan.ini"
    plan.write_text(f"[profiles]\n[[a]]\nsso_role_name = R\n[[dev]]\nsso_account_id = {A}\nsso_role_name = R\n")
    place = Home(home).write(CORP_SECTION, f"[a]\n{keys('a')}[dev]\n{keys('dev')}")
    outcome = place.convert(session=None, plan=load_plan(plan))
    (finding,) = outcome.findings
    assert (finding.code, finding.profile, finding.path, finding.line, finding.leaves_work) == ("AWS118", "a", str(plan), 2, True)
    place.after(outcome)
    assert (signs(place, "a"), signs(place, "dev")) == ("shared-credentials-file", "sso")


def test_a_section_that_is_commented_out_is_nobodys(home: Path) -> None:
    theirs = f"# [private]\n;aws_access_key_id = {key_id('private')}\n;aws_secret_access_key = {secret('private')}\n"
    own = f"# aws_access_key_id = {key_id('old')}\n"
    place = Home(home).write(CORP_SECTION, f"[dev]\n{own}{keys('dev')}\n{theirs}\n[b]\nx = 1\n")
    outcome = place.convert(DEV)
    assert [(f.code, f.line) for f in outcome.findings] == [("AWS128", 2), ("AWS124", 7)]
    assert [(r.key, r.profile) for r in outcome.replaced] == [(key_id("old"), "dev"), (key_id("dev"), "dev")]
    assert place.after(outcome)[1] == f"{theirs}\n[b]\nx = 1\n"
    assert not place.convert(DEV).changes


def test_settings_below_a_commented_header_are_the_profiles(home: Path) -> None:
    """botocore reads on: what is not commented out belongs to the section above."""
    place = Home(home).write(
        CORP_SECTION, f"[dev]\naws_access_key_id = {key_id('dev')}\n#[x]\n# y\naws_secret_access_key = {secret('dev')}\nregion = r\n"
    )
    config, credentials = place.after(place.convert(DEV))
    assert credentials == "#[x]\n# y\n" and config is not None and "region = r" in config


METHODS = {"sso": "sso", "static": "shared-credentials-file", "process": "custom-process", "login": "login", "none": "nothing"}


@given(
    config=config_files,
    credentials=credentials_files,
    extra=st.sampled_from(["", "sso_account_id = 1\n", "output = text\n", "region = eu-west-1\n"]),
)
@settings(
    deadline=None, max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
)
def test_it_is_resolved_as_botocore_does_it(config: str, credentials: str, extra: str, tmp_path: Path) -> None:
    if "[sso-session" in config:
        config += extra
    quick = [text.replace("credential_process = p", "credential_process = true") for text in (config, credentials)]
    home = Home(tmp_path).write(*quick)
    try:
        files = merge(read_file(home.config), read_file(home.credentials))
    except Refusal:
        assume(False)
    ran = ("custom-process", "CredentialRetrievalError", "JSONDecodeError")
    for name in files.profiles:
        here, there = resolve(files, name), signs(home, name)
        if here.fault is not None:
            assert there.endswith(("Error", "nothing")), (name, here, there)
        elif len(here.chain) > 1:
            assert there in ("assume-role", *(ran if here.kind == "process" else ())), (name, here, there)
        elif here.kind == "process":
            assert there in ran, (name, here, there)
        elif here.kind == "static":
            assert there in ("shared-credentials-file", "config-file"), (name, here, there)
        else:
            assert there == METHODS[here.kind], (name, here, there)


def test_what_an_earlier_run_made_is_looked_at_again(home: Path) -> None:
    """A profile that is its own source was split; then its session got a setting that contradicts the new profile's."""
    role = f"[profile dev]\nrole_arn = arn:aws:iam::{B}:role/X\nsource_profile = dev-source\n"
    sso = f"[profile dev-source]\nsso_session = corp\nsso_account_id = {A}\nsso_role_name = Admin\noutput = text\n"
    outcome = Home(home).write(f"{role}{sso}{CORP_SECTION}output = json\n", None).convert(DEV)
    assert ("AWS115", "dev") in codes(outcome) and not outcome.changes
