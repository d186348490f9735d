"""What one profile signs with, as botocore sees it, without asking anybody; and what would make others see it otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from migrate.awsfiles.reading.facts import (
    foreign_endpoint,
    hands_out_sso,
    header_is_plain,
    is_role,
    session_is_plain,
    wants_longer,
    wants_mfa,
)
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.resolve import Fault, Resolved, place_in_session, resolve, sso_fault
from migrate.awsfiles.reading.vocabulary import OTHER_SOURCE, READ_BY_ALL, SSO, STATIC
from migrate.findings import Finding, Related, about
from migrate.online.advice import advice
from migrate.online.login.tokens import SsoSession, session_of
from migrate.outcome import ProfileRow
from migrate.plan import Plan

_NOT_ASKED = ("credential_process", "credential_source", "web_identity_token_file", "login_session")
"""Sources that would run a program, or that only the machine that they are meant for has."""


@dataclass(slots=True)
class Checked:
    """One profile: what was found, and what is left to be asked. `asked`: is there something to ask; `botocore`: with this session."""

    profile: Profile
    row: ProfileRow
    findings: list[Finding] = field(default_factory=list)
    sso: SsoSession | None = None
    botocore: Any = None
    role_arn: str | None = None
    asked: bool = False

    @property
    def failed(self) -> bool:
        """Is anything wrong with it so far?"""
        return any(finding.leaves_work for finding in self.findings)

    def finished(self) -> ProfileRow:
        """Its row, with the first reason why it does not resolve."""
        errors = [finding.message for finding in self.findings if finding.leaves_work]
        return replace(self.row, resolves=False, error=errors[0]) if errors else self.row


def check_offline(files: AwsFiles, profile: Profile, plan: Plan | None) -> Checked:
    """Everything that the files tell of a profile. Raises nothing."""
    values = profile.values
    row = ProfileRow(
        profile.name, "none", values.get("sso_session"), values.get("sso_account_id"), values.get("sso_role_name"), resolves=None
    )
    checked = Checked(profile, row)
    wanted = plan.profiles.get(profile.name) if plan is not None else None
    has_sso = bool(values.get("sso_account_id") or values.get("sso_role_name"))
    if wanted is not None and wanted.action == "keep" and not has_sso:
        return _mentioned(files, checked, "AWS411", "is kept, as the plan says", "keep")
    if foreign_endpoint(files, profile) and profile.static and not has_sso:
        return _mentioned(files, checked, "AWS411", "signs with keys at an endpoint that does not belong to AWS", "keep")
    if wanted is not None:
        _compare_with_plan(files, checked, plan)
    if has_sso:
        _check_beside_sso(files, checked)
    elif profile.static and not values.get("role_arn"):
        _found(files, checked, "AWS402", "signs with a static key, not with SSO", "aws_access_key_id", "aws_secret_access_key")
        return checked
    _judge(files, checked, has_sso)
    return checked


def place(files: AwsFiles, profile: Profile, *names: str) -> tuple[str, int]:
    """Path and line to show for a profile."""
    file, line = files.place(profile, *names)
    return str(file.path), line


def _found(files: AwsFiles, checked: Checked, code: str, what: str, *names: str, help: str = "", related: Sequence[Related] = ()) -> None:
    path, line = place(files, checked.profile, *names)
    name = checked.profile.name
    message = about(f"profile {name}", what)
    checked.findings.append(Finding(code, path, message, line, 1, advice(code, help), profile=name, related=tuple(related)))


def _there(files: AwsFiles, profile: Profile, message: str, *names: str) -> Related:
    """Where another profile stands, or the first of its settings `names`."""
    path, line = place(files, profile, *names)
    return Related(path, message, line)


def _mentioned(files: AwsFiles, checked: Checked, code: str, what: str, action: Any = "none") -> Checked:
    _found(files, checked, code, what)
    checked.row = replace(checked.row, action=action)
    return checked


def _compare_with_plan(files: AwsFiles, checked: Checked, plan: Plan | None) -> None:
    assert plan is not None
    profile = checked.profile
    wanted = plan.profiles[profile.name]
    if wanted.action == "keep":
        return
    if wanted.action == "remove":
        if profile.static:
            _found(files, checked, "AWS405", "the plan removes its keys, but they are still there", "aws_access_key_id")
        return
    filled = wanted.sso_account_id is not None and wanted.sso_role_name is not None
    if not filled and not any(profile.values.get(name) for name in SSO):
        return  # the plan does not say yet
    pairs = (("sso_session", wanted.sso_session), ("sso_account_id", wanted.sso_account_id), ("sso_role_name", wanted.sso_role_name))
    values = profile.values
    if values.get("role_arn") and f"{profile.name}-source" in files.profiles:
        values = files.profiles[f"{profile.name}-source"].values  # a profile with keys and a role of its own was split in two
    for name, value in pairs:
        if value is not None and values.get(name) != value:
            said = f"the plan has {name} = {value}, the file has {values.get(name) or 'no value'}"
            there = Related(str(plan.path), f"the plan has {name} = {value}", wanted.line)
            _found(files, checked, "AWS405", said, name, related=[there])
            return


def _check_beside_sso(files: AwsFiles, checked: Checked) -> None:
    profile = checked.profile
    if profile.static:
        what = "it has both static keys and SSO settings: botocore and the AWS CLI sign with SSO, the JavaScript and Go SDKs with the keys"
        _found(files, checked, "AWS403", what, "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token")
    others = [name for name in OTHER_SOURCE if profile.values.get(name)]
    if hands_out_sso(profile):
        others.remove("credential_process")  # aws-sso-util's or granted's: the same SSO, for what reads no SSO setting
    if others:
        what = f"it has {', '.join(others)} as well as SSO settings: SDKs differ in which one they use"
        _found(files, checked, "AWS412", what, *others)
    if not header_is_plain(files, profile):
        what = "some SDKs do not read its section header: botocore signs with SSO, the JavaScript SDK finds no profile"
        _found(files, checked, "AWS412", what, "sso_session", help="write the header as [profile NAME]")
    if profile.twins:
        what = f"it has two sections, the first in line {profile.twins[0].line + 1}: botocore reads the last, other SDKs the first or both"
        there = Related(str(files.config.path), "the first", profile.twins[0].line + 1)
        _found(files, checked, "AWS412", what, "sso_session", help="merge the two sections", related=[there])
    session = profile.values.get("sso_session", "")
    if session in files.sessions and not (READ_BY_ALL.fullmatch(session) and session_is_plain(files, session)):
        what = f"some SDKs do not read the header of its session {session}: botocore signs with SSO, the JavaScript SDK finds no session"
        _found(
            files,
            checked,
            "AWS412",
            what,
            "sso_session",
            help="write the header as [sso-session NAME], with a name without spaces or quotes",
            related=[Related(str(files.config.path), f"session {session}", files.sessions[session].section.line + 1)],
        )
    if sso_fault(files, profile) is None and not files.sso_is_complete(profile.values):
        _found(files, checked, "AWS401", "its SSO setting is incomplete: a value is empty", "sso_session", "sso_account_id")


def _judge(files: AwsFiles, checked: Checked, has_sso: bool) -> None:
    """What botocore makes of the profile, by the files alone, and whether somebody is to be asked about it."""
    name = checked.profile.name
    found = resolve(files, name)
    chain = [files.profiles[link] for link in found.chain]
    last = chain[-1].values
    others = [
        setting for link in chain for setting in _NOT_ASKED if link.values.get(setting) and not _goes_before(link, found, setting, has_sso)
    ]
    if others:
        # asking botocore would run a program or wait for an instance's metadata; beside SSO it has been reported already
        if not has_sso:
            _mentioned(files, checked, "AWS410", f"signs with {others[0]}; not checked")
        return
    roles = [link for link in chain if is_role(link)]
    over_sso = found.kind == "sso"
    source = [_there(files, chain[-1], "an SSO source profile", *SSO)] if over_sso and len(chain) > 1 else []
    if any(wants_mfa(link) for link in roles):
        what = "needs an MFA code" + (" with an SSO source profile, which AssumeRole does not accept" if over_sso else "; not checked")
        _found(files, checked, "AWS401" if over_sso else "AWS410", what, "mfa_serial", related=source)
        return
    if over_sso and any(wants_longer(link) for link in roles):
        what = "requests more than one hour with an SSO source profile, which AssumeRole refuses: role chaining is limited to one hour"
        _found(
            files,
            checked,
            "AWS401",
            what,
            "duration_seconds",
            help="set duration_seconds = 3600, or map the profile itself",
            related=source,
        )
        return
    if found.fault is not None:
        _refused(files, checked, found.fault)
        return
    if not has_sso and not roles:
        _mentioned(files, checked, "AWS410", "has no credentials; nothing to check")
        return
    if has_sso and not found.signs_with_sso:
        if not checked.failed:
            by = "a role" if roles else found.kind
            _found(files, checked, "AWS401", f"botocore signs with {by}, not with SSO", "sso_account_id")
        return
    checked.row = replace(checked.row, action="sso" if has_sso else "none")
    if not over_sso:
        there = _there(files, chain[-1], f"profile {chain[-1].name}", *STATIC)
        said = f"assumes its role with the static key of profile {chain[-1].name}"
        _found(files, checked, "AWS402", said, "source_profile", related=[there])
        return
    checked.asked = True
    checked.sso = _session(files, last)
    checked.role_arn = None if has_sso else checked.profile.values["role_arn"]


def _goes_before(link: Profile, found: Resolved, setting: str, has_sso: bool) -> bool:
    """Does botocore sign with the SSO of the last profile of the chain, without a look at another source that it has?

    A profile with SSO of its own and such a source is told of, and not asked about, but where that source hands out the same SSO.
    """
    if found.kind != "sso" or setting not in ("credential_process", "login_session") or link.name != found.chain[-1]:
        return False
    return hands_out_sso(link) if has_sso else True


def _refused(files: AwsFiles, checked: Checked, fault: Fault) -> None:
    """botocore refuses the profile: told with both places, where there are two."""
    second = place_in_session(files, fault) if fault.names and fault.session is not None else None
    where = f" ({second[0].path}:{second[1]})" if second is not None else ""
    related = () if second is None else (Related(str(second[0].path), f"its session {fault.session}", second[1]),)
    help = "make the two values equal, or remove one of them" if second is not None else ""
    at = files.profiles[fault.profile]
    whose = "" if at is checked.profile else f"its source {at.name}: "
    path, line = place(files, at, *fault.names)
    message = f"profile {checked.profile.name}: botocore rejects it: {whose}{fault.message}{where}"
    checked.findings.append(
        Finding("AWS401", path, message, line, 1, advice("AWS401", help), profile=checked.profile.name, related=related)
    )


def _session(files: AwsFiles, values: dict[str, str]) -> SsoSession | None:
    if "sso_session" in values:
        return session_of(files, values["sso_session"])
    url, region = values.get("sso_start_url"), values.get("sso_region")
    return SsoSession("", url, region) if url and region else None
