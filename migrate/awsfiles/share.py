"""The sections of the AWS config that a colleague needs to sign with the same SSO profiles. They hold no secret."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from migrate.awsfiles.reading.document import Document
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, merge
from migrate.errors import Refusal

_PROFILE = ("sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name", "region", "output")
_SESSION = ("sso_start_url", "sso_region", "sso_registration_scopes")
_PLAIN = re.compile(r"[A-Za-z0-9_\-/.%@:+]+")


@dataclass(frozen=True, slots=True)
class SharedProfile:
    """A profile to copy: its section of the config file, and its session's (None where it has none). No section: the config has no SSO for it."""

    name: str
    section: str | None = None
    session: str | None = None


def shared_profiles(names: Iterable[str], config: bytes) -> list[SharedProfile]:
    """Return the sections of these profiles in a config file's bytes. One that cannot be read has none."""
    path = Path("config")
    try:
        document = Document(config.decode("utf-8-sig"), path)
        files = merge(AwsFile(path, None, document), AwsFile(path, None, Document("", path)))
    except (Refusal, UnicodeDecodeError):
        return [SharedProfile(name) for name in names]
    return [_shared(files, name) for name in names]


def _shared(files: AwsFiles, name: str) -> SharedProfile:
    profile = files.profiles.get(name)
    if profile is None or not files.sso_is_complete(profile.values):
        return SharedProfile(name)
    header = "[default]" if name == "default" else f"[profile {name if _PLAIN.fullmatch(name) else chr(34) + name + chr(34)}]"
    session = profile.values.get("sso_session")
    section = _section(header, profile.values, _PROFILE if session is None else ("sso_session", *_PROFILE[3:]))
    return SharedProfile(
        name, section, None if session is None else _section(f"[sso-session {session}]", files.session_values(session), _SESSION)
    )


def _section(header: str, values: dict[str, str], wanted: Iterable[str]) -> str:
    return "\n".join([header, *(f"{name} = {values[name]}" for name in wanted if values.get(name))])
