"""Whether a profile may go where it is mapped to: the session that it would sign in with, and the account."""

from typing import NamedTuple

from migrate.awsfiles.mapping import Mapping, Target
from migrate.awsfiles.reading import facts
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.sso import gives_accounts
from migrate.awsfiles.reading.vocabulary import READ_BY_ALL, STATIC


class Unfit(NamedTuple):
    """Why a target will not do: a finding's code and message, and where it stands (None: at the profile's keys)."""

    code: str
    message: str
    place: tuple[AwsFile, int] | None = None
    names: tuple[str, ...] = STATIC


def unfit(files: AwsFiles, mapping: Mapping, profile: Profile, target: Target) -> Unfit | None:
    """What is wrong with the target, None where it will do."""
    name, session = profile.name, target.session
    if not READ_BY_ALL.fullmatch(session) or not facts.session_is_plain(files, session):
        return Unfit("AWS112", f"profile {name} is mapped to sso-session {session}, which some SDKs do not read")
    if not gives_accounts(_scopes(files, mapping, session)):
        what = f"profile {name} is mapped to sso-session {session}, which lacks the scope sso:account:access"
        return Unfit("AWS117", what, _place_of_scopes(files, session))
    account = facts.account_of_key(profile)
    if account is not None and account != target.account_id and not _may_change_account(files, mapping, profile, target):
        return Unfit("AWS116", f"profile {name} is mapped to account {target.account_id}, but its key belongs to account {account}")
    return None


def _scopes(files: AwsFiles, mapping: Mapping, session: str) -> str | None:
    if mapping.sessions[session].exists:
        return files.session_values(session).get("sso_registration_scopes")
    return mapping.sessions[session].scopes


def _place_of_scopes(files: AwsFiles, session: str) -> tuple[AwsFile, int] | None:
    if session not in files.sessions:
        return None
    section = files.sessions[session].section
    setting = files.config.document.settings(section).get("sso_registration_scopes")
    return files.config, (setting.line if setting is not None else section.line) + 1


def _may_change_account(files: AwsFiles, mapping: Mapping, profile: Profile, target: Target) -> bool:
    """Does something else than the key say which account the profile signs in, or did somebody say that it may be another?"""
    values = profile.values
    signs = values.get("sso_account_id") if files.sso_is_complete(values) else None
    if facts.names_itself(profile):
        return True  # it signs as its role, and goes on to: the key only assumes it
    if facts.is_role(profile):
        signs = facts.account_of_arn(values.get("role_arn", ""))
    return mapping.wishes[profile.name].other_account or signs == target.account_id
