"""Does every profile sign with SSO, and as the account and role that it says? The files are looked at first, then AWS is asked, all at once."""

import os
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from pathlib import Path

from migrate.awsfiles.reading.files import read_file
from migrate.awsfiles.reading.profiles import AwsFiles, merge, which_there_are
from migrate.awsfiles.silence import not_silenced
from migrate.errors import Refusal
from migrate.findings import Finding, about
from migrate.online.advice import advice
from migrate.online.bare import bare_sections
from migrate.online.check import Checked, check_offline, place
from migrate.online.clients import READ_SECONDS, Sessions
from migrate.online.failures import SKEW_SECONDS, code_of, failures, is_denied, reason, skew_text
from migrate.online.identity import Identity, who_is
from migrate.online.login.sso import usable_token
from migrate.online.login.tokens import NoLogin, SsoSession
from migrate.online.parallel import Pace, parallel
from migrate.online.patience import patiently
from migrate.outcome import Outcome
from migrate.plan import Plan

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/(?:.*/)?([^/]+)")
PER_SECOND = 40.0
"""Profiles begun in a second: a portal that two hundred threads fall upon in one moment answers 429 to most of them."""

ATTEMPTS = 1
"""A request that gets no answer is not made again by botocore: whoever waits, waits for one time-out. What breaks at once is, here."""

SHADOWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def verify(
    config_file: Path,
    credentials_file: Path,
    names: Sequence[str] = (),
    *,
    plan: Plan | None = None,
    offline: bool = False,
    only: Container[str] | None = None,
    timeout: float = READ_SECONDS,
    silence: bool = True,
    told: Callable[[int, int], None] = lambda done, all: None,
) -> Outcome:
    """What `verify` comes to: a row for each profile, a finding for each problem. `told` hears how many of how many were asked about.

    `only`: AWS is asked about these profiles alone, and the files about all. `silence`: do comments in the files silence findings?

    Raises Refusal where a file cannot be read, or a profile of `names` does not exist.
    """
    files = merge(read_file(config_file), read_file(credentials_file))
    missing = [name for name in names if name not in files.profiles]
    if missing:
        raise Refusal(f"there is no profile {missing[0]}", path=config_file, help=which_there_are(missing[0], files))
    chosen = [files.profiles[name] for name in (dict.fromkeys(names) or files.profiles)]
    checked = []
    for profile in chosen:
        checked.append(check_offline(files, profile, plan))
    general = [*_environment(), *([] if plan is None or names else _missing_of_plan(files, plan)), *([] if names else bare_sections(files))]
    if not offline:
        for one in checked:
            one.asked = one.asked and (only is None or one.profile.name in only)
        general += _ask(files, checked, Sessions(timeout=timeout, attempts=ATTEMPTS), told)
    found = [*general, *(finding for one in checked for finding in one.findings)]
    findings, silenced = not_silenced(files, found) if silence else (found, 0)
    return Outcome(
        "verify",
        findings=findings,
        profiles=[one.finished() for one in checked],
        files=sum(file.data is not None for file in (files.config, files.credentials)),
        silenced=silenced,
    )


def _environment() -> list[Finding]:
    found = [name for name in SHADOWS if os.environ.get(name)]
    if not found:
        return []
    what = f"{' and '.join(found)} {'is' if len(found) == 1 else 'are'} set: the environment overrides AWS_PROFILE and the default profile"
    if os.environ.get("AWS_PROFILE"):  # @aws-sdk/credential-provider-node, defaultProvider
        what += f" (botocore, the AWS CLI, the Go SDK); the JavaScript SDK still signs with profile {os.environ['AWS_PROFILE']}"
    return [
        Finding("AWS404", "environment", what, help=f"run unset {' '.join(found)}, and find where they are set with `aws-sso-migrate scan`")
    ]


def _missing_of_plan(files: AwsFiles, plan: Plan) -> list[Finding]:
    path = str(plan.path)
    out = [
        Finding("AWS405", path, f"profile {name} in the plan is in neither AWS file", profile_plan.line, 1, advice("AWS405"), profile=name)
        for name, profile_plan in plan.profiles.items()
        if name not in files.profiles and profile_plan.action == "sso"
    ]
    for key, name in plan.keys.items():
        if name not in files.profiles:
            out.append(
                Finding(
                    "AWS414", path, f"a key is mapped to profile {name}, which does not exist", help=advice("AWS414"), key=key, profile=name
                )
            )
    return out


def _ask(files: AwsFiles, checked: list[Checked], sessions: Sessions, told: Callable[[int, int], None]) -> list[Finding]:
    """Fills in what AWS says. The logins are looked at first, each once: two hundred profiles must not renew one login at the same time."""
    open_ones = [one for one in checked if one.asked and _opened(files, one, sessions)]
    logins = list(dict.fromkeys(one.sso for one in open_ones if one.sso is not None))
    problems = dict(zip(logins, parallel(lambda session: _login_problem(sessions, session), logins), strict=True))
    asked: list[Checked] = []
    for one in open_ones:
        problem = problems.get(one.sso) if one.sso is not None else None
        if problem is None:
            asked.append(one)
        else:
            _note(files, one, problem[0], problem[1], problem[2].replace("NAME", one.profile.name))
    pace = Pace(PER_SECOND)
    identities = parallel(lambda one: _ask_one(files, one, pace), asked, told=lambda done: told(done, len(asked)))
    skewed = [identity.clock for identity in identities if identity is not None and abs(identity.clock) > SKEW_SECONDS]
    return (
        [
            Finding(
                "AWS413",
                "clock",
                f"{skew_text(skewed[0])}; AWS rejects signatures that are more than five minutes off",
                help=advice("AWS413"),
            )
        ]
        if skewed
        else []
    )


def _opened(files: AwsFiles, one: Checked, sessions: Sessions) -> bool:
    """Has botocore credentials for it to ask for? It is asked itself, for it may be newer than what this program knows of it."""
    try:
        one.botocore = sessions.session(one.profile.name)
        found = one.botocore.get_credentials()
    except failures() as error:
        _note(files, one, "AWS401", f"botocore rejects it: {reason(error)}")
        return False
    method = getattr(found, "method", None)
    if found is None or (one.role_arn is None and method != "sso"):
        _note(files, one, "AWS401", f"botocore signs with {method or 'nothing'}, not with SSO")
        return False
    return True


def _login_problem(sessions: Sessions, session: SsoSession) -> tuple[str, str, str] | None:
    """Code, message and help of what is wrong with a login; None where it is good."""
    try:
        usable_token(sessions, session)
    except NoLogin as error:
        return "AWS406", error.message, error.help
    except Refusal as refusal:
        return "AWS408", refusal.message, refusal.help
    return None


def _ask_one(files: AwsFiles, one: Checked, pace: Pace) -> Identity | None:
    profile = one.profile
    pace.wait()
    try:
        patiently(lambda: one.botocore.get_credentials().get_frozen_credentials())
    except failures() as error:
        _refused(files, one, error)
        return None
    region = profile.values.get("region") or (one.sso.region if one.sso is not None else None) or "us-east-1"
    try:
        client = one.botocore.create_client("sts", region_name=region)
        identity = patiently(lambda: who_is(client))
    except failures() as error:
        _note(files, one, "AWS408", f"STS did not return its identity: {reason(error)}")
        return None
    _compare(files, one, identity)
    if not one.failed:
        one.row = replace(one.row, resolves=True)
    return identity


def _refused(files: AwsFiles, one: Checked, error: Exception) -> None:
    values = one.profile.values
    if type(error).__name__ == "UnauthorizedSSOTokenError":
        login = one.sso.login.replace("NAME", one.profile.name) if one.sso is not None else ""
        _note(files, one, "AWS406", "the portal no longer accepts the login", login)
    elif one.role_arn is not None and code_of(error) and is_denied(error):
        _note(files, one, "AWS407", f"its role cannot be assumed: {reason(error)}")
    elif code_of(error) in ("ForbiddenException", "ResourceNotFoundException"):
        what = f"the portal gives no credentials for role {values.get('sso_role_name')} in account {values.get('sso_account_id')}"
        _note(files, one, "AWS407", what, "check the access portal for the accounts and roles assigned to you")
    else:
        # botocore asks STS for a role in the profile's own region, and has none of its own to fall back on
        help = "add a region to the profile, or set AWS_REGION" if type(error).__name__ == "NoRegionError" else ""
        _note(files, one, "AWS408", f"no credentials: {reason(error)}", help)


def _compare(files: AwsFiles, one: Checked, identity: Identity) -> None:
    values = one.profile.values
    if one.role_arn is not None:
        match = _ROLE_ARN.fullmatch(one.role_arn)
        if match is not None and (identity.account_id, identity.name) != match.groups():
            _note(files, one, "AWS409", f"STS reports {identity}, but the profile names role {match[2]} in account {match[1]}")
        return
    wanted = (values.get("sso_account_id"), values.get("sso_role_name"))
    if (identity.account_id, identity.sso_role) != wanted:
        _note(files, one, "AWS409", f"STS reports {identity}, but the profile names SSO role {wanted[1]} in account {wanted[0]}")


def _note(files: AwsFiles, one: Checked, code: str, what: str, help: str = "") -> None:
    path, line = place(files, one.profile, "sso_session", "sso_account_id", "role_arn")
    one.findings.append(
        Finding(code, path, about(f"profile {one.profile.name}", what), line, 1, advice(code, help), profile=one.profile.name)
    )
