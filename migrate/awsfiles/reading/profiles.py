"""Both files as the SDKs merge them: profiles, sso-sessions and services.

As botocore does it (`botocore.configloader.build_profile_map`, `botocore.session.Session.full_config`): in the config file
`[profile NAME]` with the quoting of a shell, or `[default]`; in the credentials file the header is the name. A profile's values
are those of the config file, overlaid by those of the credentials file.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from migrate.awsfiles.reading.document import Document, Section
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.vocabulary import LEGACY_SSO, SSO, STATIC
from migrate.nearest import did_you_mean

_SHOWN = 10
_PLAIN = re.compile(r"[^\s'\"\\]+[ \t]+([^\s'\"\\]+)")


@dataclass(slots=True)
class Named:
    """A section of the config file that has a name of its own, and others that bear the same name: the last one counts for botocore."""

    name: str
    section: Section
    twins: list[Section] = field(default_factory=list)


@dataclass(slots=True)
class Profile:
    """One profile: its sections, and its settings as merged. `values` are raw: a nested block begins with a line end."""

    name: str
    config: Section | None
    credentials: Section | None
    twins: list[Section]
    values: dict[str, str] = field(repr=False)

    @property
    def static(self) -> bool:
        """Does any setting of a static key reach this profile?"""
        values = self.values
        return any(key in values for key in STATIC)


@dataclass(slots=True)
class AwsFiles:
    """Both files, read and merged."""

    config: AwsFile
    credentials: AwsFile
    profiles: dict[str, Profile]
    sessions: dict[str, Named]
    services: dict[str, Named]

    def place(self, profile: Profile, *names: str) -> tuple[AwsFile, int]:
        """Where (file, 1-based line) the first of `names` stands that the profile has; else where the profile itself does."""
        for name in names:
            for file, section in ((self.credentials, profile.credentials), (self.config, profile.config)):
                if section is not None and (setting := file.document.settings(section).get(name)):
                    return file, setting.line + 1
        if profile.config is not None:
            return self.config, profile.config.line + 1
        assert profile.credentials is not None
        return self.credentials, profile.credentials.line + 1

    def session_values(self, name: str) -> dict[str, str]:
        """The settings of a session that stands in the config file."""
        return {s.name: s.value for s in self.config.document.settings(self.sessions[name].section).values()}

    def sso_is_complete(self, values: dict[str, str], made: Mapping[str, dict[str, str]] = MappingProxyType({})) -> bool:
        """Is this a whole SSO setting, session or legacy form, that every SDK could sign with? `made`: sessions that this run makes."""
        if any(not values.get(name) for name in ("sso_account_id", "sso_role_name")):
            return False
        session = values.get("sso_session")
        if session is not None:
            if session in self.sessions and not self.sessions[session].twins:
                own = {**self.session_values(session), **made.get(session, {})}
            else:
                own = made.get(session, {})
            # botocore refuses a profile whose own URL or region differs from its session's
            return all(own.get(name) and values.get(name, own[name]) == own[name] for name in ("sso_start_url", "sso_region"))
        return all(values.get(name) for name in LEGACY_SSO)


def which_there_are(name: str, files: AwsFiles) -> str:
    """What to tell somebody who named a profile that does not exist. (The AWS CLI v1 has no `aws configure list-profiles`.)"""
    if near := did_you_mean(name, files.profiles):
        return near
    some = list(files.profiles)[:_SHOWN]
    more = f" and {len(files.profiles) - len(some)} more" if len(files.profiles) > len(some) else ""
    return f"the profiles are: {', '.join(some)}{more}" if some else "there are no profiles"


def own_sso(values: dict[str, str]) -> dict[str, str]:
    """A profile's SSO settings."""
    return {name: value for name, value in values.items() if name.startswith("sso_")}


def has_mapping(values: dict[str, str], session: str, account: str, role: str) -> bool:
    """Does the profile hold exactly this SSO setting?"""
    return own_sso(values) == dict(zip(SSO, (session, account, role), strict=True))


def section_name(header: str, kind: str) -> str | None:
    """The name in a header of the config file such as `profile dev` or `profile "my dev"`; None where botocore sees none."""
    if not header.startswith(kind):
        return None
    plain = _PLAIN.fullmatch(header)
    if plain:
        return plain[1]
    try:
        parts = shlex.split(header)
    except ValueError:
        return None
    return parts[1] if len(parts) == 2 else None


def profile_name(header: str) -> str | None:
    """The profile that a header of the config file stands for, or None."""
    return header if header == "default" else section_name(header, "profile")


def merge(config: AwsFile, credentials: AwsFile) -> AwsFiles:
    """Both files as botocore merges them."""
    named: dict[str, Named] = {}
    sessions: dict[str, Named] = {}
    services: dict[str, Named] = {}
    for header, section in config.document.sections.items():
        if header.startswith("profile") or header == "default":
            _add(named, profile_name(header), section)
        elif header.startswith("sso-session"):
            _add(sessions, section_name(header, "sso-session"), section)
        elif header.startswith("services"):
            _add(services, section_name(header, "services"), section)
    profiles = {
        name: Profile(name, found.section, None, found.twins, _values(config.document, found.section)) for name, found in named.items()
    }
    for name, section in credentials.document.sections.items():
        values = _values(credentials.document, section)
        profile = profiles.get(name)
        if profile is None:
            profiles[name] = Profile(name, None, section, [], values)
        else:
            profile.credentials = section
            profile.values.update(values)
    return AwsFiles(config, credentials, profiles, sessions, services)


def _add(where: dict[str, Named], name: str | None, section: Section) -> None:
    if name is None:
        return
    found = where.get(name)
    if found is None:
        where[name] = Named(name, section)
    else:
        found.twins.append(found.section)
        found.section = section


def _values(document: Document, section: Section) -> dict[str, str]:
    return {name: setting.value for name, setting in document.settings(section).items()}
