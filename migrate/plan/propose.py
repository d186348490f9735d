"""What the AWS files tell of a plan, without asking anybody: what becomes of each profile, and why some stay as they are."""

import re
from dataclasses import dataclass, field

from migrate.awsfiles.reading import facts
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.resolve import resolve
from migrate.awsfiles.reading.sso import account_id_fault, plain_account_id, role_name_fault
from migrate.findings import Finding, Related
from migrate.keys import KEY_ID, account_id, mask, mask_key_id
from migrate.masking import printable
from migrate.plan.portals import Portals
from migrate.plan.read import Action

_HELP = "fix this, then run `aws-sso-migrate plan` again"
_TELLS_ACCOUNT = ("mfa_serial", "aws_mfa_device", "aws_account_id")
"""Settings that name the account of a key which does not: of AWS's, of aws-mfa's, of botocore's."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A profile as a new plan would have it: None is what nobody knows yet. `comment` stands beside its name, `reason`
    beside its role; both are fit to be shown."""

    name: str
    action: Action = "sso"
    sso_session: str | None = None
    sso_account_id: str | None = None
    sso_role_name: str | None = None
    comment: str = ""
    reason: str = ""
    place: tuple[str, int] = field(default=("", 0), compare=False)

    @property
    def missing(self) -> list[str]:
        """The settings that a person has still to fill in."""
        if self.action != "sso":
            return []
        values = {"sso_session": self.sso_session, "sso_account_id": self.sso_account_id, "sso_role_name": self.sso_role_name}
        return [name for name, value in values.items() if not value]


@dataclass(slots=True)
class Proposals:
    """What there is to say of each profile: entries of the plan, those that stay and why, and what somebody should know."""

    profiles: list[Proposed] = field(default_factory=list)
    stays: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def stay(self, name: str, why: str) -> None:
        """The profile is only named."""
        self.stays[name] = _joined(mask(why))


def propose(files: AwsFiles, portals: Portals) -> Proposals:
    """Every profile, in the order of the files. `portals` knows the sessions, and gains those that the old form of SSO needs."""
    out = Proposals()
    for profile in files.profiles.values():
        if profile.static:
            out.profiles.append(_with_keys(files, profile, portals, out))
    converted = {proposed.name for proposed in out.profiles if proposed.action == "sso"}
    for profile in files.profiles.values():
        if not profile.static:
            _without_keys(files, profile, portals, converted, out)
    order = {name: number for number, name in enumerate(files.profiles)}
    out.profiles.sort(key=lambda proposed: order[proposed.name])
    return out


def _with_keys(files: AwsFiles, profile: Profile, portals: Portals, out: Proposals) -> Proposed:
    values, name = profile.values, profile.name
    file, line = files.place(profile, "aws_access_key_id", "aws_secret_access_key")
    place = (str(file.path), line)
    raw = values.get("aws_access_key_id", "").strip()
    found = KEY_ID.search(raw)
    key = found.group() if found else ""
    shown = mask_key_id(key) if key else ""
    stays = _not_of_aws(files, profile, raw, key)
    if profile.twins and profile.config is not None:
        first = profile.twins[0].line + 1
        _tell(out, files, profile, f"has two sections, the first in line {first}: merge them before it is mapped")
        stays = stays or "has two sections in the config file: merge them, then plan again"
    if stays:
        return Proposed(name, "keep", comment=_joined(shown, stays), place=place)
    if resolve(files, name).signs_with_sso:
        session = values.get("sso_session") or portals.of_legacy(values)
        signs = _with_session(files, values)  # either may be the session's
        account, role = plain_account_id(signs.get("sso_account_id", "")), signs.get("sso_role_name", "")
        account, role = account if account_id_fault(account) is None else "", role if role_name_fault(role) is None else ""
        if not _unfit(files, profile):
            comment = _joined(shown, "leftover keys next to an SSO setting, which stays")
            return Proposed(name, "remove", session, account or None, role or None, comment, place=place)
        comment = _joined(shown, "leftover keys next to an SSO setting, and another source of credentials or endpoint")
        known = session if session in portals.known else None
        return Proposed(name, "sso", known, account or None, role or None, comment, place=place)
    if key.startswith("ASIA"):
        shown = _joined(shown, "temporary keys written by another tool")
    pair = facts.renewed_by(name)
    if pair in files.profiles:
        shown = _joined(shown, f"the long-term key that aws-mfa uses to renew {pair}: remove it once {pair} is mapped")
    if facts.is_role(profile) and not facts.names_itself(profile):
        account_of = facts.account_of_arn(values["role_arn"]) or account_of_profile(files, profile)
    else:
        account_of = account_of_profile(files, profile)
    role = values.get("sso_role_name", "")
    session = _session(files, profile, portals, out)
    return Proposed(name, "sso", session, account_of, role if role and role_name_fault(role) is None else None, shown, place=place)


def _with_session(files: AwsFiles, values: dict[str, str]) -> dict[str, str]:
    session = values.get("sso_session")
    return {**files.session_values(session), **values} if session in files.sessions and session is not None else values


def account_of_profile(files: AwsFiles, profile: Profile) -> str | None:
    """The account of a profile's key: as the id holds it, else as another setting or aws-mfa's profile beside it tells."""
    account = facts.account_of_key(profile)
    if account is not None:
        return account
    for values in (profile.values, getattr(files.profiles.get(profile.name + facts.LONG_TERM), "values", {})):
        told = [facts.account_of_arn(values.get(name, "")) or plain_account_id(values.get(name, "").strip()) for name in _TELLS_ACCOUNT]
        key = KEY_ID.search(values.get("aws_access_key_id", ""))
        told += [account_id(key.group()) or "" if key else "", plain_account_id(values.get("sso_account_id", ""))]
        known = next((text for text in told if text and account_id_fault(text) is None), None)
        if known is not None:
            return known
    return None


def _not_of_aws(files: AwsFiles, profile: Profile, raw: str, key: str) -> str:
    """Why a key is none of AWS's; empty where it may be one."""
    if facts.foreign_endpoint(files, profile):
        return "its endpoint_url does not belong to AWS"
    if raw and not key:
        return "not the format of an AWS key ID"
    impossible = key and key[4] not in "IJ" and account_id(key) is None and not re.search(r"EXAMPLE|(.)\1{15}", key)
    return "not the format of an AWS key ID" if impossible else ""


def _without_keys(files: AwsFiles, profile: Profile, portals: Portals, converted: set[str], out: Proposals) -> None:
    name, values = profile.name, profile.values
    file, line = files.place(profile, "role_arn", "sso_session", "sso_start_url", "credential_process", "login_session")
    place = (str(file.path), line)
    source = facts.source_among(files, profile, converted)
    if source is not None:
        why = "needs an MFA device" if facts.wants_mfa(profile) else "requests more than one hour" if facts.wants_longer(profile) else ""
        if why:
            comment = f"stops working unless it is mapped: {why}, but its source {source} becomes an SSO profile"
            account = facts.account_of_arn(values["role_arn"])
            session = _session(files, profile, portals, out)
            out.profiles.append(Proposed(name, "sso", session, account, None, _joined(comment), place=place))
        else:
            out.stay(name, f"a role with source {source}; keeps working")
        return
    found = resolve(files, name)
    if found.kind == "sso" and len(found.chain) == 1:
        if found.fault is not None:
            out.stay(name, f"botocore rejects it: {found.fault.message}")
            _tell(out, files, profile, f"is rejected by botocore: {found.fault.message}", *found.fault.names)
        elif "sso_session" in values:
            out.stay(name, "already signs with SSO")
        elif (
            account_id_fault(values["sso_account_id"])
            or role_name_fault(values["sso_role_name"])
            or _unfit(files, profile)
            or (session := portals.of_legacy(values)) is None
        ):
            out.stay(name, "signs with SSO in the legacy format")
        else:
            comment = "has SSO in the legacy format: gets a session for the same portal"
            out.profiles.append(Proposed(name, "sso", session, values["sso_account_id"], values["sso_role_name"], comment, place=place))
        return
    out.stay(name, _why_it_stays(files, profile))


def _unfit(files: AwsFiles, profile: Profile) -> bool:
    """Would `config` leave it, or does it sign otherwise beside?"""
    return bool(
        profile.twins
        or facts.has_other_source(profile)
        or facts.own_endpoint(profile)
        or facts.sso_endpoint(files, profile)
        or not facts.header_is_plain(files, profile)
        or facts.inherits_sources(files, profile)
    )


def _why_it_stays(files: AwsFiles, profile: Profile) -> str:
    values = profile.values
    if facts.is_role(profile) and values.get("source_profile"):
        return f"a role with source {values['source_profile']}"
    for setting, why in (
        ("credential_process", "gets credentials from a process"),
        ("login_session", "gets credentials from `aws login`"),
        ("web_identity_token_file", "gets credentials from a web identity"),
        ("credential_source", "uses the role of the machine it runs on"),
        ("role_arn", "a role without a source of credentials"),
    ):
        if values.get(setting):
            return why
    if facts.hides_keys(files, profile):
        return "has keys in a nested block, where no SDK reads them"
    return "has no credentials"


def _session(files: AwsFiles, profile: Profile, portals: Portals, out: Proposals) -> str | None:
    """The session that a profile would sign in with: its own, else the only one of its partition that is taken by default."""
    own = profile.values.get("sso_session")
    if own is not None and own in portals.known:
        return own
    if own is not None and own not in files.sessions:
        _tell(out, files, profile, f"uses session {own}, which is not defined", "sso_session")
    partition = facts.partition_of_profile(profile)
    session = portals.default(partition)
    if session is None and partition is not None and (other := portals.default(None)) is not None:
        _tell(out, files, profile, f"belongs to partition {partition}, but session {other} does not: it needs its own session", "region")
    return session


def _tell(out: Proposals, files: AwsFiles, profile: Profile, what: str, *names: str) -> None:
    file, line = files.place(profile, *names)
    related: tuple[Related, ...] = ()
    if profile.twins and not names and profile.config is not None:
        file, line = files.config, profile.config.line + 1
        related = (Related(str(file.path), "the first", profile.twins[0].line + 1),)
    message = f"profile {profile.name} {what}"
    out.findings.append(Finding("AWS148", str(file.path), message, line, 1, _HELP, profile=profile.name, related=related))


def _joined(*texts: str) -> str:
    """One line, fit for a comment of the plan, wherever its parts came from."""
    return ", ".join(" ".join(printable(re.sub(r"[\x00-\x1f\x7f]", " ", text)).split()) for text in texts if text)
