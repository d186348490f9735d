"""What a profile signs with, as botocore decides it from the two files alone: nothing is asked, run or waited for.

The order is that of `botocore.credentials.create_credential_resolver` and its `ProfileProviderBuilder`; a test holds the two together.
botocore itself takes ten milliseconds and 180 KiB for each profile, which for a file of thousands nobody waits for.
"""

from dataclasses import dataclass
from typing import Literal

from migrate.awsfiles.reading.document import Section, Setting, reading
from migrate.awsfiles.reading.facts import MOST_SOURCES
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.sso import quoted
from migrate.awsfiles.reading.vocabulary import LEGACY_SSO

Kind = Literal["sso", "static", "process", "web identity", "login", "machine", "none"]
"""Where credentials come from in the end. `machine`: from the environment, a container or an instance, by `credential_source`."""

_SHOWN = 5
"""How much of a circle is told."""

_CREDENTIAL_SOURCES = ("Ec2InstanceMetadata", "Environment", "EcsContainer")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why botocore refuses a profile. `profile` and `names` say where it stands, `session` where the other half of it does."""

    message: str
    profile: str
    names: tuple[str, ...] = ()
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a profile signs with: the kind of its credentials, the profiles that they come by (itself first), or what is wrong."""

    kind: Kind
    chain: tuple[str, ...]
    fault: Fault | None = None

    @property
    def signs_with_sso(self) -> bool:
        """Does the profile sign with SSO itself, without a role between?"""
        return self.kind == "sso" and len(self.chain) == 1 and self.fault is None


def resolve(files: AwsFiles, name: str) -> Resolved:
    """What botocore makes of the profile `name`, which must exist."""
    chain = [name]
    while True:
        if len(chain) > MOST_SOURCES:
            return Resolved(
                "none", tuple(chain), Fault(f"its chain of source profiles is longer than {MOST_SOURCES}", name, ("source_profile",))
            )
        profile = files.profiles[chain[-1]]
        # a source with keys of its own signs with them; only the profile that was asked for assumes its role first
        if not _assumes_role(profile) or (len(chain) > 1 and _has_static(profile)):
            return _own(files, profile, tuple(chain))
        fault = _role_fault(files, profile, chain)
        if fault is not None:
            return Resolved("none", tuple(chain), fault)
        source = profile.values.get("source_profile")
        if source is None:
            return Resolved("machine", tuple(chain))
        if source == profile.name:  # its own keys
            return _own(files, profile, (*chain, source))
        chain.append(source)


def sso_fault(files: AwsFiles, profile: Profile) -> Fault | None:
    """Why botocore refuses the profile's SSO setting; None where it takes it, or there is none."""
    values, name = profile.values, profile.name
    if "sso_role_name" not in values and "sso_account_id" not in values:
        return None
    wanted = dict(values)
    session = values.get("sso_session")
    if session is not None:
        if session not in files.sessions:
            return Fault(f"its session {session} does not exist", name, ("sso_session",))
        for setting, value in files.session_values(session).items():
            own = values.get(setting)
            if own is not None and reading(own) != reading(value):
                return Fault(f"{setting} {_both(setting, own, value)} in its session {session}", name, (setting,), session)
            wanted[setting] = value
    missing = [setting for setting in LEGACY_SSO if setting not in wanted]
    if missing:
        return Fault(f"its SSO setting is incomplete: {', '.join(missing)} missing", name, ("sso_session", *LEGACY_SSO), session)
    return None


def place_in_session(files: AwsFiles, fault: Fault) -> tuple[AwsFile, int] | None:
    """Where the session's half of a fault stands: file and 1-based line."""
    if fault.session is None or fault.session not in files.sessions:
        return None
    section = files.sessions[fault.session].section
    settings = files.config.document.settings(section)
    line = next((settings[name].line for name in fault.names if name in settings), section.line)
    return files.config, line + 1


def _own(files: AwsFiles, profile: Profile, chain: tuple[str, ...]) -> Resolved:
    """The credentials of a profile that assumes no role, or whose role was seen to."""
    values = profile.values
    if values.get("web_identity_token_file"):
        if not values.get("role_arn"):
            return Resolved("none", chain, Fault("it has a web identity without a role_arn", profile.name, ("web_identity_token_file",)))
        return Resolved("web identity", chain)
    if "sso_role_name" in values or "sso_account_id" in values:
        return Resolved("sso", chain, sso_fault(files, profile))
    if "aws_access_key_id" in (stored := _settings(files.credentials, profile.credentials)):
        return Resolved("static", chain, _key_fault(stored, profile.name))
    if "login_session" in values:
        return Resolved("login", chain)
    if "credential_process" in values:
        return Resolved("process", chain)
    if "aws_access_key_id" in (stored := _settings(files.config, profile.config)):
        return Resolved("static", chain, _key_fault(stored, profile.name))
    alone = len(chain) == 1
    return Resolved("none", chain, None if alone else Fault(f"its source {profile.name} has no credentials", profile.name))


def _settings(file: AwsFile, section: Section | None) -> dict[str, Setting]:
    return {} if section is None else file.document.settings(section)


def _key_fault(stored: dict[str, Setting], name: str) -> Fault | None:
    return None if "aws_secret_access_key" in stored else Fault("it has a key ID without a secret", name, ("aws_access_key_id",))


def _role_fault(files: AwsFiles, profile: Profile, chain: list[str]) -> Fault | None:
    source, machine = profile.values.get("source_profile"), profile.values.get("credential_source")
    names = ("source_profile", "credential_source", "role_arn")
    if source is not None and machine is not None:
        return Fault("it has both source_profile and credential_source", profile.name, names)
    if machine is not None:
        known = machine in _CREDENTIAL_SOURCES
        return None if known else Fault("its credential_source is not a valid value", profile.name, ("credential_source",))
    if source is None:
        return Fault("it has a role but no source_profile or credential_source", profile.name, names)
    if source not in files.profiles:
        return Fault(f"its source_profile {source} does not exist", profile.name, names)
    if source in chain and (source != profile.name or not _has_static(profile)):
        return Fault(
            f"its source profiles form a loop ({' > '.join([*chain, source][:_SHOWN])}{' …' if len(chain) >= _SHOWN else ''})",
            profile.name,
            names,
        )
    return None


def _assumes_role(profile: Profile) -> bool:
    return "role_arn" in profile.values and "web_identity_token_file" not in profile.values


def _has_static(profile: Profile) -> bool:
    return "aws_secret_access_key" in profile.values or "aws_access_key_id" in profile.values


def _both(setting: str, own: str, value: str) -> str:
    """The two values in words, where the setting is one that holds nothing secret."""
    if (setting in ("region", "output") or setting.startswith("sso_")) and own and value and "\n" not in own + value:
        return f"is {quoted(own)} in the profile, {quoted(value)}"
    return "has one value in the profile, and another"
