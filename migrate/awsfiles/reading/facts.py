"""What there is to know about one profile before anything is decided: small questions, each with its answer's source."""

import re
from collections.abc import Container

from migrate.awsfiles.reading.document import Document, Section, reading
from migrate.awsfiles.reading.endpoints import is_aws
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.sso import (
    account_id_fault,
    gives_accounts,
    partition_of,
    region_fault,
    scopes_fault,
    session_name_fault,
    start_url_fault,
)
from migrate.awsfiles.reading.vocabulary import OTHER_SOURCE, SOURCES, STATIC, header_read_by_all
from migrate.keys import KEY_ID, account_id

_SSO_PROCESS = re.compile(r"(?:^|[/\\\s\"'])(?:aws-sso-util|aws-sso-credential-process|aws-sso|granted|dgranted)(?:\.exe)?[\"']?(?:\s|$)")
_LIKE_A_SETTING = re.compile(r"\s*[A-Za-z][A-Za-z0-9_]{1,40}\s*[=:]\s*\S")

SSO_SERVICES = ("sso", "sso_oidc")
"""The portal's and the login's names in a `[services]` section (botocore's service ids in small letters, blanks as underscores)."""

MOST_SOURCES = 100
"""Sources beyond which nobody means it."""

LONG_TERM = "-long-term"
"""What aws-mfa calls the profile with the long-lived key: `dev-long-term` beside `dev` (https://github.com/broamski/aws-mfa)."""

LONGEST_CHAINED = 3600
"""Seconds that a role's session may last when it was assumed from another role's session
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html, role chaining)."""


def sections(files: AwsFiles, profile: Profile) -> list[tuple[AwsFile, Section]]:
    """The sections of a profile, the credentials file's first: its values win."""
    pairs = ((files.credentials, profile.credentials), (files.config, profile.config))
    return [(file, section) for file, section in pairs if section is not None]


def own_endpoint(profile: Profile) -> str | None:
    """The profile's `endpoint_url`, which holds for all services. An empty one is none (botocore.configprovider)."""
    url = profile.values.get("endpoint_url")
    return url or None


def service_endpoints(files: AwsFiles, profile: Profile) -> dict[str, str]:
    """Service to endpoint as the profile's `services` section says, and as nested blocks of the profile say (awscli-plugin-endpoint)."""
    found: dict[str, str] = {}
    values = dict(profile.values)
    services = files.services.get(profile.values.get("services", ""))
    if services is not None:
        values.update((s.name, s.value) for s in files.config.document.settings(services.section).values())
    for service, value in values.items():
        block = reading(value)
        if isinstance(block, dict) and block.get("endpoint_url"):
            found[service] = block["endpoint_url"]
    return found


def sso_endpoint(files: AwsFiles, profile: Profile) -> bool:
    """Would the SSO portal's calls of this profile go to a host of its `services` section's?"""
    services = files.services.get(profile.values.get("services", ""))
    if services is None:
        return False
    blocks = (reading(s.value) for s in files.config.document.settings(services.section).values() if s.name in SSO_SERVICES)
    return any(isinstance(block, dict) and block.get("endpoint_url") for block in blocks)


def foreign_endpoint(files: AwsFiles, profile: Profile) -> bool:
    """Is any endpoint of the profile, in it or in its `services` section, not AWS's?"""
    own = own_endpoint(profile)
    return any(not is_aws(url) for url in ([own] if own else []) + list(service_endpoints(files, profile).values()))


def inherits_sources(files: AwsFiles, profile: Profile, *, keys_only: bool = False) -> tuple[AwsFile, int] | None:
    """Where a section `[DEFAULT]` gives the profile what cannot be taken from it alone: file and 1-based line, or None.

    A setting of the profile's own hides it only until it is taken out. `keys_only` asks for keys alone; otherwise a config
    section that is yet to be made counts as well, for it would inherit too.
    """
    affected = [file for file, _ in sections(files, profile)]
    if not keys_only:
        affected.append(files.config)
    for file in affected:
        for name, setting in file.document.defaults.items():
            if name in STATIC or (not keys_only and (name in SOURCES or name.startswith("sso_"))):
                return file, setting.line + 1
    own = profile.credentials.settings if profile.credentials is not None and not keys_only else {}
    for name, setting in files.credentials.document.defaults.items():
        if name in own and own[name].value != setting.value:
            return files.credentials, setting.line + 1  # moved, it would no longer hide the one of [DEFAULT]
    return None


def would_inherit(files: AwsFiles, profile: Profile) -> tuple[AwsFile, int] | None:
    """Where `[DEFAULT]` of the config file holds what a section yet to be made would come to read: file and 1-based line, or None.

    A region or an output that the profile never had, or an endpoint that would be sent the SSO token. For NAME-source, which only
    signs in, the endpoint alone matters.
    """
    for name, setting in files.config.document.defaults.items():
        if (profile.config is None and name not in profile.values) or (names_itself(profile) and name in ("endpoint_url", "services")):
            return files.config, setting.line + 1
    return None


def swallows_settings(files: AwsFiles, profile: Profile, *, keys_only: bool = False) -> tuple[AwsFile, int] | None:
    """Where a setting that must go has lines below it that look like settings of their own: file and 1-based line, or None."""
    for file, section in sections(files, profile):
        for setting in section.settings.values():
            goes = setting.name in STATIC or (not keys_only and (setting.name in SOURCES or setting.name.startswith("sso_")))
            if goes and setting.end > setting.line + 1 and _swallows(file.document, setting.line + 1, setting.end):
                return file, setting.line + 1
    return None


def hides_keys(files: AwsFiles, profile: Profile) -> tuple[AwsFile, int] | None:
    """Where static keys stand in a nested block, in which no SDK reads them: file and 1-based line, or None."""
    for file, section in sections(files, profile):
        for setting in section.settings.values():
            block = reading(setting.value) if setting.nested else None
            if isinstance(block, dict) and any(name.lower() in STATIC for name in block):
                return file, setting.line + 1
    return None


def _swallows(document: Document, start: int, end: int) -> bool:
    return any(_LIKE_A_SETTING.match(line) for line in document.lines[start:end])


def header_is_plain(files: AwsFiles, profile: Profile) -> bool:
    """Does every SDK see the profile's section in the config file, or has it none yet?"""
    section = profile.config
    return section is None or header_read_by_all(files.config.document.lines[section.line], profile.name)


def session_is_plain(files: AwsFiles, name: str) -> bool:
    """Does every SDK see the session's section, or is it yet to be made?"""
    found = files.sessions.get(name)
    return found is None or header_read_by_all(files.config.document.lines[found.section.line], name)


def session_fault(files: AwsFiles, name: str) -> tuple[str, int, str] | None:
    """Why a session of the config file is not taken unless somebody names it: what is wrong, in which line (1-based), and what to do."""
    found, values = files.sessions[name], files.session_values(name)
    settings = files.config.document.settings(found.section)
    head = found.section.line + 1

    def line(setting: str) -> int:
        return settings[setting].line + 1 if setting in settings else head

    if found.twins:
        return f"it has two sections, the first in line {found.twins[0].line + 1}", head, "merge the two sections"
    if session_name_fault(name) is not None or not session_is_plain(files, name):
        return "some SDKs do not read its name or header", head, "rename it (letters, digits and _-/.%@:+)"
    for setting, check in (("sso_start_url", start_url_fault), ("sso_region", region_fault)):
        value = values.get(setting, "")
        if not value or (fault := check(value)) is not None:
            return f"it has no {setting}" if not value else fault or "", line(setting), "correct the session's section"
    scopes = values.get("sso_registration_scopes")
    if scopes and (fault := scopes_fault(scopes)) is not None:
        return fault, line("sso_registration_scopes"), "correct the session's section"
    if not gives_accounts(scopes):
        what = "it lacks the scope sso:account:access"
        return what, line("sso_registration_scopes"), "add the scope if this is the session for your accounts, or name another session"
    return None


def is_role(profile: Profile) -> bool:
    """Does it name a role to assume?"""
    return bool(profile.values.get("role_arn"))


def source_among(files: AwsFiles, profile: Profile, names: Container[str]) -> str | None:
    """The first of `names` that a role profile takes its credentials from, by other role profiles or at once; None where there is none."""
    seen = {profile.name}
    while is_role(profile):
        source = profile.values.get("source_profile", "")
        if source in names and source not in seen:
            return source
        if source in seen or source not in files.profiles or len(seen) > MOST_SOURCES:
            return None
        seen.add(source)
        profile = files.profiles[source]
        if profile.static:  # as a source it signs with its keys
            return None
    return None


def names_itself(profile: Profile) -> bool:
    """Has it keys, and a role whose source is itself?"""
    return profile.static and is_role(profile) and profile.values.get("source_profile") == profile.name


def wants_mfa(profile: Profile) -> bool:
    """Does it name an MFA device?"""
    return bool(profile.values.get("mfa_serial"))


def wants_longer(profile: Profile) -> bool:
    """Does it ask for a longer session than a chained role may have?"""
    value = profile.values.get("duration_seconds", "")
    return value.isascii() and value.isdigit() and int(value[:9]) > LONGEST_CHAINED


def account_of_key(profile: Profile) -> str | None:
    """The account that the profile's key id holds; None where it has no key, or one of before 2019."""
    found = KEY_ID.search(profile.values.get("aws_access_key_id", ""))
    return account_id(found.group()) if found else None


def account_of_arn(arn: str) -> str | None:
    """The account in an ARN; None where there is none."""
    parts = arn.strip().split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" and account_id_fault(parts[4]) is None else None


def partition_of_profile(profile: Profile) -> str | None:
    """The partition that a profile's key or role is one of, where its ARNs or its region tell; None where nothing does."""
    values = profile.values
    for setting in ("role_arn", "mfa_serial", "aws_mfa_device"):
        arn = values.get(setting, "").strip()
        if account_of_arn(arn) is not None:
            return arn.split(":")[1]
    region = values.get("region", "")
    return partition_of(region) if region_fault(region) is None else None


def renewed_by(name: str) -> str | None:
    """The profile that aws-mfa makes temporary keys for out of the one called `name`; None where that is no such name."""
    return name.removesuffix(LONG_TERM) if name.endswith(LONG_TERM) and name != LONG_TERM else None


def hands_out_sso(profile: Profile) -> bool:
    """Is its `credential_process` a tool that hands out the credentials of SSO itself (aws-sso-util, granted, aws-sso-cli)?"""
    return _SSO_PROCESS.search(profile.values.get("credential_process", "")) is not None


def has_other_source(profile: Profile) -> bool:
    """Has it, keys aside, any source of credentials but SSO?"""
    return any(profile.values.get(name) for name in OTHER_SOURCE)
