"""The tokens of SSO logins: where every SDK keeps them, read and written in the form that botocore and the AWS CLI use.

The name is the SHA-1 of the session's name, or of the start URL where a profile has no session (botocore.utils.SSOTokenLoader);
the fields are those of botocore.tokens.SSOTokenProvider.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.awsfiles.reading.sso import same_portal
from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES
from migrate.changes.change import Change
from migrate.changes.single import write_single
from migrate.changes.state import make_private_folder
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.online.failures import keep_out

REFRESH_WINDOW = timedelta(minutes=15)
"""botocore tries to renew a token that is good for less (botocore.tokens.SSOTokenProvider)."""


@dataclass(frozen=True, slots=True)
class SsoSession:
    """A session as the config file or a plan has it. `name` is empty for a start URL in a profile of the old form."""

    name: str
    start_url: str
    region: str
    scopes: str = DEFAULT_SCOPES

    @property
    def key(self) -> str:
        """What the cache's file is called after."""
        return self.name or self.start_url

    @property
    def login(self) -> str:
        """The command that renews the login."""
        return f"aws-sso-migrate login {self.name}" if self.name else "aws sso login --profile NAME"


@dataclass(frozen=True, slots=True)
class Token:
    """A login. `raw` is the file's whole content."""

    access_token: str = field(repr=False)
    expires_at: datetime
    raw: dict[str, Any] = field(repr=False)

    @property
    def left(self) -> timedelta:
        """How long it is still good for; negative where it has expired."""
        return self.expires_at - datetime.now(UTC)

    @property
    def refreshable(self) -> bool:
        """Does it hold what a renewal needs, and is the registration still good?"""
        if not all(isinstance(self.raw.get(name), str) for name in ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt")):
            return False
        until = parse_time(self.raw["registrationExpiresAt"])
        return until is not None and until > datetime.now(UTC)


class NoLogin(Exception):
    """There is no login to use. The message says why, `help` gives the command that mends it."""

    def __init__(self, message: str, session: SsoSession) -> None:
        super().__init__(message)
        self.message = message
        self.help = session.login


def session_of(files: AwsFiles, name: str) -> SsoSession | None:
    """The session of that name in the config file, where it has a URL and a region; None otherwise."""
    if name not in files.sessions:
        return None
    values = files.session_values(name)
    url, region = values.get("sso_start_url"), values.get("sso_region")
    return SsoSession(name, url, region, values.get("sso_registration_scopes") or DEFAULT_SCOPES) if url and region else None


def cache_file(session: SsoSession) -> Path:
    """Where the session's token is kept. Raises Refusal where there is no home folder."""
    try:
        home = Path("~").expanduser()
    except RuntimeError:
        raise Refusal("the home directory, where logins are stored, is unknown", help="set HOME") from None
    return home / ".aws" / "sso" / "cache" / f"{sha1(session.key.encode()).hexdigest()}.json"


def read_token(session: SsoSession) -> Token:
    """The token that is kept for `session`, expired or not. Raises NoLogin where there is none that could be meant."""
    path = cache_file(session)
    called = f"session {session.name}" if session.name else session.start_url
    try:
        data = look(path).data
    except Refusal as refusal:
        raise NoLogin(f"the login of {called} cannot be read: {path} {refusal.message}", session) from None
    if data is None:
        raise NoLogin(f"you are not logged in to {called}", session)
    try:
        raw = json.loads(data)
        until = parse_time(raw["expiresAt"])
        access = raw["accessToken"]
    except (ValueError, KeyError, TypeError, RecursionError):
        until, access, raw = None, None, None
    if until is None or not isinstance(access, str) or not access or raw is None:
        raise NoLogin(f"the login of {called} is damaged ({path})", session)
    url = raw.get("startUrl")
    if isinstance(url, str) and not same_portal(url, session.start_url):
        raise NoLogin(f"the cached login for {called} belongs to another portal", session)
    keep_out(access, raw.get("refreshToken"), raw.get("clientSecret"))
    return Token(access, until, raw)


def write_token(session: SsoSession, raw: dict[str, Any]) -> Token:
    """Keeps a token, 0600, whole or not at all. Raises Refusal."""
    path = cache_file(session)
    try:
        make_private_folder(path.parent)
    except OSError as error:
        raise Refusal(f"the login cache folder cannot be created: {error.strerror}", path=path.parent) from None
    seen = look(path)
    write_single(Change(path, seen.data, json.dumps(raw, indent=2).encode(), mode=0o600), private=True)
    until = parse_time(raw["expiresAt"])
    assert until is not None
    return Token(raw["accessToken"], until, raw)


def parse_time(text: Any) -> datetime | None:
    """A time as the cache's files have it (`2026-11-25T03:00:00Z`; older tools wrote `…UTC`); None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.removesuffix("UTC").removesuffix("Z"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def format_time(when: datetime) -> str:
    """A time as botocore writes it into these files."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
