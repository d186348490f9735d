"""The SSO login by device code, and its renewal (RFC 8628 as AWS's sso-oidc has it).

https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from migrate.errors import Refusal
from migrate.online.clients import Sessions
from migrate.online.failures import SKEW_SECONDS, code_of, failures, from_server, keep_out, reason, skew, skew_text
from migrate.online.hosts import is_loopback
from migrate.online.login.tokens import REFRESH_WINDOW, NoLogin, SsoSession, Token, format_time, read_token, write_token

_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL = 5.0
_SLOWER = 5.0
"""RFC 8628, 3.5: the interval where none is told, and what `slow_down` adds to it."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a person has to confirm in a browser: where, and the code that must stand there. `whole` is the address with the code in it."""

    url: str
    code: str
    whole: str


def log_in(sessions: Sessions, session: SsoSession, show: Callable[[Code], None], warn: Callable[[str], None]) -> Token:
    """Registers, shows the code, waits until it is confirmed, keeps the token. `warn` is told what is odd, such as a wrong clock.

    Raises Refusal on denial, expiry, or where the portal cannot be reached; KeyboardInterrupt passes through, nothing is kept then.
    """
    require_safe(session)
    try:
        client = sessions.unsigned(sessions.session(), "sso-oidc", session.region)
        registration = client.register_client(
            clientName="aws-sso-migrate",
            clientType="public",
            scopes=[scope for scope in (part.strip() for part in session.scopes.split(",")) if scope],
        )
        keep_out(_text(registration, "clientSecret"))
        seconds = skew(registration)
        if abs(seconds) > SKEW_SECONDS:
            warn(f"{skew_text(seconds)}: logins and signatures may be refused until it is set")
        device = client.start_device_authorization(
            clientId=registration["clientId"], clientSecret=registration["clientSecret"], startUrl=session.start_url
        )
        keep_out(_text(device, "deviceCode"))
        url = _text(device, "verificationUri")
        code = Code(
            url, _text(device, "userCode"), _text(device, "verificationUriComplete") if device.get("verificationUriComplete") else url
        )
        waiting = _within(device.get("interval"), _INTERVAL, 60.0), _within(device.get("expiresIn"), 600.0, 3600.0)
    except failures() as error:
        raise Refusal(
            f"the login to {session.start_url} could not be started: {_told(error)}", help=_HELP.get(code_of(error), "")
        ) from None
    show(code)
    answer = _wait(client, registration, device["deviceCode"], *waiting)
    try:
        content = _content(session, answer, registration["clientId"], registration["clientSecret"], _until(registration))
    except failures() as error:
        raise Refusal(f"the login failed: {_told(error)}", help="run login again") from None
    return write_token(session, content)


def usable_token(sessions: Sessions, session: SsoSession) -> Token:
    """The login of `session`, renewed if it expires within minutes and can be. Raises NoLogin where there is none, Refusal as `log_in`."""
    require_safe(session)
    token = read_token(session)
    if token.left > REFRESH_WINDOW:
        return token
    why = ""
    if token.refreshable and session.name:
        try:
            return _refresh(sessions, session, token)
        except failures() as error:
            why = f", and was not renewed: {_told(error)}"
        except Refusal as refusal:  # another program renewed it in the same moment, or the file cannot be written
            again = read_token(session)
            if again.left > timedelta(0):
                return again
            why = f", and the renewed login could not be saved: {refusal.message}"
    if token.left > timedelta(0):
        return token
    called = f"session {session.name}" if session.name else session.start_url
    raise NoLogin(f"the login of {called} expired at {format_time(token.expires_at)}{why}", session)


def require_safe(session: SsoSession) -> None:
    """Raises Refusal where the start URL is not https; an address of this machine's own may be anything."""
    parts = urlsplit(session.start_url)
    if parts.scheme.lower() != "https" and not is_loopback(parts.hostname or ""):
        raise Refusal(f"the start URL of session {session.name} is not https", help="correct sso_start_url in the config file")


def may_be_opened(url: str) -> bool:
    """May a browser be sent to an address that the server named?"""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _within(value: Any, default: float, most: float) -> float:
    """Seconds that a server named, within reason. Raises ValueError or TypeError for what is no number."""
    seconds = float(value or default)
    if not 0 < seconds < float("inf"):
        raise ValueError
    return min(seconds, most)


def _wait(client: Any, registration: Any, device_code: str, interval: float, seconds: float) -> Any:
    """Asks until somebody has confirmed, or will not any more. Raises Refusal."""
    ends = time.monotonic() + seconds
    lost = ""
    while time.monotonic() < ends:
        time.sleep(interval)
        try:
            return client.create_token(
                grantType=_DEVICE_CODE,
                deviceCode=device_code,
                clientId=registration["clientId"],
                clientSecret=registration["clientSecret"],
            )
        except failures() as error:
            code = code_of(error)
            if code == "AuthorizationPendingException":
                lost = ""
            elif code == "SlowDownException":
                interval += _SLOWER
            elif code == "ExpiredTokenException":
                break
            elif code == "AccessDeniedException":
                raise Refusal("the login was denied in the browser", help="run login again if that was a mistake") from None
            elif code and not _passing(error):
                raise Refusal(f"the login failed: {_told(error)}", help="run login again") from None
            else:
                lost = f"; the last response was: {_told(error)}"
    raise Refusal(f"the code expired before it was confirmed{lost}", help="run login again")


def _passing(error: Any) -> bool:
    """A failure of the server's that may be gone with the next request."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return bool(status >= 500 or status == 429)


def _text(answer: Any, name: str) -> str:
    """A text of an answer that must be there. Raises KeyError."""
    value = answer[name]
    if not isinstance(value, str) or not value:
        raise KeyError(name)
    return value


def _refresh(sessions: Sessions, session: SsoSession, token: Token) -> Token:
    client = sessions.unsigned(sessions.session(), "sso-oidc", session.region)
    raw = token.raw
    keep_out(raw["clientSecret"], raw["refreshToken"])
    answer = client.create_token(
        grantType="refresh_token", clientId=raw["clientId"], clientSecret=raw["clientSecret"], refreshToken=raw["refreshToken"]
    )
    content = _content(session, answer, raw["clientId"], raw["clientSecret"], raw["registrationExpiresAt"])
    return write_token(session, content)


def _content(session: SsoSession, answer: Any, client_id: str, client_secret: str, registered_until: str) -> dict[str, Any]:
    access, refresh = _text(answer, "accessToken"), answer.get("refreshToken")
    keep_out(access, refresh)
    content = {
        "startUrl": session.start_url,
        "region": session.region,
        "accessToken": access,
        "expiresAt": format_time(datetime.now(UTC) + timedelta(seconds=_within(answer["expiresIn"], 0, 90 * 86400))),
        "clientId": client_id,
        "clientSecret": client_secret,
        "registrationExpiresAt": registered_until,
    }
    if isinstance(refresh, str) and refresh:
        content["refreshToken"] = refresh
    return content


def _until(registration: Any) -> str:
    return format_time(datetime.fromtimestamp(registration.get("clientSecretExpiresAt") or time.time() + 3600, UTC))


_HELP = {"InvalidRequestException": "check that sso_start_url is correct and sso_region is the region of the Identity Center"}


def _told(error: BaseException) -> str:
    """sso-oidc puts its words into `error_description`, not where botocore looks for them."""
    response = getattr(error, "response", None)
    text = response.get("error_description") if isinstance(response, dict) else None
    return f"{code_of(error)}: {from_server(text)}" if text else reason(error)
