"""For any two files that botocore reads: what is converted reads as SSO, all else as before, a second run changes nothing."""

from pathlib import Path
from typing import Any

import botocore.session
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrate.errors import Refusal
from tests.awsfiles.homes import Home
from tests.examples import examples
from tests.madeup import key_id, secret

NAMES = ["default", "dev", "prod", "dev-source", "deploy"]
STATIC = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"}
SOURCES = {"role_arn", "source_profile", "mfa_serial", "credential_process", "duration_seconds"}

_settings = st.lists(
    st.sampled_from(
        [
            "region = eu-west-1", "Output: json", "s3 =\n  a = 1\n  b = 2", "cli_pager =", "services = sv", "x_tool=a=b # c",
            f"aws_access_key_id = {key_id('a')}", f"AWS_ACCESS_KEY_ID={key_id('b')}", f"aws_secret_access_key : {secret('a')}",
            "aws_session_token = one\n  two", f"#aws_secret_access_key = {secret('old')}", "# note", "; note", "", "  ",
            "role_arn = arn:aws:iam::444455556666:role/Deploy", "source_profile = dev", "source_profile = deploy", "mfa_serial = m",
            "duration_seconds = 7200", "credential_process = p", "endpoint_url = http://localhost:9000", "sso_session = corp",
            "sso_account_id = 111122223333", "sso_role_name = Admin", "sso_start_url = https://old.awsapps.com/start",
            "sso_region = us-east-1",
        ]
    ),
    max_size=7,
    unique_by=lambda line: line.split("=")[0].split(":")[0].strip().lower() if line.strip() and line[0] not in "#;" else object(),
)  # fmt: skip


@st.composite
def a_file(draw: st.DrawFn, headers: list[str]) -> str:
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    lines: list[str] = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4)):
        header = "[default]" if name == "default" else draw(st.sampled_from(headers)).format(name)
        blanks = draw(st.sampled_from(["", "", "", "  ", "\t"]))
        body = [blanks + line for setting in draw(_settings) for line in setting.split("\n")]
        lines += [draw(st.sampled_from(["", "", " "])) + header, *body, *draw(st.sampled_from([[], [""], ["", "# next"]]))]
    return end.join(lines) + draw(st.sampled_from(["", end, end]))


config_files = st.builds(
    lambda body, tail: body + tail,
    a_file(["[profile {}]", "[profile {}]", '[profile "{}"]', "[profile {}] # c"]),
    st.sampled_from(
        ["", "\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n", "\n[services sv]\n"]
    ),
)
credentials_files = a_file(["[{}]"])


def read(home: Home) -> dict[str, Any]:
    """Both files as botocore has them."""
    files = {"config_file": (None, None, str(home.config), None), "credentials_file": (None, None, str(home.credentials), None)}
    return dict(botocore.session.Session(session_vars=files).full_config)


def but(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names and not name.startswith("sso_")}


@given(config=config_files, credentials=credentials_files, maps=st.sets(st.sampled_from(NAMES)), keeps=st.sets(st.sampled_from(NAMES)))
@settings(
    deadline=None, max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
)
def test_conversion(config: str, credentials: str, maps: set[str], keeps: set[str], tmp_path: Path) -> None:
    home = Home(tmp_path).write(config, credentials)
    try:
        before = read(home)
    except Exception:
        assume(False)
    names = sorted(name for name in maps if name in before["profiles"])
    options = [f"{name}=111122223333/Admin" for name in names]
    kept = {"keeps": tuple(sorted(keeps - maps))}
    try:
        outcome = home.convert(*options, **kept)
    except Refusal as refusal:
        assert "mistake" not in refusal.help, refusal
        return
    home.after(outcome)
    after = read(home)
    actions = {row.name: row.action for row in outcome.profiles}
    repointed = {f.profile for f in outcome.findings if f.code == "AWS126"}
    for name, values in before["profiles"].items():
        now = after["profiles"].get(name, {})
        if actions[name] == "sso":
            assert not STATIC & now.keys()
            assert but(now, set()) == but(values, STATIC | (SOURCES if name in names else set()))
            if name in names:
                assert {k: v for k, v in now.items() if k.startswith("sso_")} == {
                    "sso_session": "corp",
                    "sso_account_id": "111122223333",
                    "sso_role_name": "Admin",
                }
        elif name in names and now != values:
            assert now["source_profile"] == f"{name}-source"  # it had keys and was its own source
        elif name not in repointed:
            assert now == values
    assert after["services"] == before["services"]
    assert not home.convert(*options, **kept).changes
    for change in outcome.changes:
        if b"\r\n" in (change.before or b"") and change.before is not None and b"\n" not in change.before.replace(b"\r\n", b""):
            assert change.after is not None
            assert b"\n" not in change.after.replace(b"\r\n", b"")
