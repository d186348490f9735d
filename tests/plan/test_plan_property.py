"""For any two files that botocore reads: what `plan` writes is never refused, filled in or not, and nothing that signed stops untold."""

import re
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrate.awsfiles.reading.files import read_file
from migrate.awsfiles.reading.profiles import merge
from migrate.awsfiles.reading.resolve import resolve
from migrate.errors import Refusal
from migrate.plan import load_plan
from migrate.plan.make import SessionOptions, make_plan
from tests.awsfiles.homes import Home
from tests.awsfiles.test_convert_property import config_files, credentials_files
from tests.examples import examples

MORE = st.sampled_from(["", "output = text\n", "region = us-east-1\n", "sso_account_id = 111122223333\n", "sso_registration_scopes = x\n"])
DEFAULTS = st.sampled_from(["", "[DEFAULT]\noutput = text\n", "[DEFAULT]\nregion = eu-west-1\n", "[DEFAULT]\nsso_region = us-west-2\n"])
TOLD = ("AWS102", "AWS103", "AWS114", "AWS127")
OPTIONS = SessionOptions("corp", "https://corp.awsapps.com/start", "us-west-2")


@given(config=config_files, credentials=credentials_files, more=MORE, default=DEFAULTS, named=st.booleans())
@settings(
    deadline=None, max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
)
def test_a_plan_is_taken_and_breaks_nothing(config: str, credentials: str, more: str, default: str, named: bool, tmp_path: Path) -> None:
    home = Home(tmp_path).write(default + config + (more if "[sso-session" in config else ""), credentials)
    plan = tmp_path / "plan.ini"
    plan.unlink(missing_ok=True)
    try:
        before = merge(read_file(home.config), read_file(home.credentials))
        made = make_plan(plan, home.config, home.credentials, OPTIONS if named else SessionOptions())
    except Refusal:
        assume(False)
    assume(made.changes)
    written = (made.changes[0].after or b"").decode()
    plan.write_text(written)
    home.convert(session=None, plan=load_plan(plan))  # is not refused
    text = re.sub(r"(sso_role_name =)$", r"\1 Role", written, flags=re.M)
    plan.write_text(re.sub(r"(sso_account_id =)$", r"\1 111122223333", text, flags=re.M))
    outcome = home.convert(session=None, plan=load_plan(plan))
    home.after(outcome)
    after = merge(read_file(home.config), read_file(home.credentials))
    told = {finding.profile for finding in outcome.findings if finding.code in TOLD}
    actions = {row.name: row.action for row in outcome.profiles}
    for name, profile in after.profiles.items():
        now = resolve(after, name)
        was = before.profiles.get(name)
        if actions.get(name) == "sso" and (was is None or was.values != profile.values):
            assert now.signs_with_sso, (name, now)
        if was is not None and resolve(before, name).fault is None and actions[name] != "remove":
            assert now.fault is None or name in told, (name, now)
