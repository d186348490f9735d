"""What went wrong between here and AWS, in one line each: what botocore raises, as a person can use it.

botocore's own messages may quote what was sent; none is passed on but the text of AWS's answer.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from migrate.keys import HIDDEN
from migrate.masking import Masker, printable
from migrate.online.bounds import Endless
from migrate.online.clients import UnsafeEndpoint

_LONGEST = 200
_RUN = re.compile(r"(?<![\w+/=~-])(?!arn:)[\w+/=~-]{24,}")
"""What may be a token, a code or a client secret where a server repeats what it was sent. Names in an ARN are none."""

_sent: set[str] = set()
"""Values that this process has sent or was given, and that no server's words may bring to light."""

_SKEWED = (
    "RequestExpired",
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "InvalidSignatureException",
)
_THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "RequestThrottled")
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ForbiddenException", "AuthorizationError")
_UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure")
SKEW_SECONDS = 240.0
"""AWS refuses signatures that are five minutes off
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html); what comes near it is said."""


def keep_out(*values: Any) -> None:
    """Note secret values (a token, a device code, a client secret): what a server says is shown without them."""
    _sent.update(value for value in values if isinstance(value, str) and len(value) >= 4)


def from_server(text: Any) -> str:
    """Return what a server said as it may be shown: one line, not long, no secret, no key id, nothing that looks like a token."""
    words = Masker(_sent).mask(" ".join(str(text).split()))
    shown = " ".join(w if w.startswith("arn:") else _RUN.sub(_hidden, w) for w in words.split(" "))
    return printable(_short(shown))


def _hidden(run: re.Match[str]) -> str:
    return HIDDEN if any(c.isdigit() for c in run.group()) and any(c.isalpha() for c in run.group()) else run.group()


def code_of(error: BaseException) -> str:
    """AWS's code of a refused request (`AccessDenied`); empty where the failure is another."""
    return from_server(_error_of(error).get("Code", ""))


def _error_of(error: BaseException) -> dict[str, Any]:
    response = getattr(error, "response", None)
    found = response.get("Error") if isinstance(response, dict) else None
    return found if isinstance(found, dict) else {}


def is_denied(error: BaseException) -> bool:
    """May whoever asked not ask this?"""
    return code_of(error) in _DENIED


def is_unknown_key(error: BaseException) -> bool:
    """Does AWS not know the key that signed?"""
    return code_of(error) in _UNKNOWN_KEY


def is_throttled(error: BaseException) -> bool:
    """Did AWS say that it is asked too often?"""
    return code_of(error) in _THROTTLED or _status(error) == 429


def breaks_off(error: BaseException) -> bool:
    """Is it a failure of the other side's that may be gone with the next request: an answer of 500 and more, a connection that was closed?"""
    from botocore import exceptions as known

    return _status(error) >= 500 or isinstance(error, (known.ConnectionClosedError, known.ProxyConnectionError))


def failures() -> tuple[type[Exception], ...]:
    """What a request may raise, all of which `reason` puts into words.

    botocore itself raises RuntimeError for credentials that expired before they came, and TypeError, AttributeError and the like where an
    answer is not of the form that its model has.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    odd = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError)
    return (BotoCoreError, ClientError, ResponseParserError, UnsafeEndpoint, Endless, OSError, *odd)


def reason(error: BaseException) -> str:
    """The failure in one line, fit to be shown: no secret, no key id, no token."""
    from botocore import exceptions as known
    from botocore.parsers import ResponseParserError

    if isinstance(error, (UnsafeEndpoint, Endless)):
        return printable(str(error))
    if code_of(error):
        return _answered(error)
    name = type(error).__name__
    if isinstance(error, known.UnauthorizedSSOTokenError):
        return "the portal no longer accepts the login"
    if isinstance(error, (known.ReadTimeoutError, known.ConnectTimeoutError)):
        return f"no response{_from(error)} in time"
    if isinstance(error, (known.EndpointConnectionError, known.ConnectionClosedError, known.HTTPClientError)):
        return f"no connection{_from(error, 'to')}"
    if type(error) is RuntimeError and "still expired" in str(error):
        return "the credentials had already expired when they arrived; check whether this machine's clock is ahead"
    if isinstance(error, (ResponseParserError, LookupError, TypeError, AttributeError, ArithmeticError)):
        return "the response is invalid; check the endpoint"
    if isinstance(error, known.NoRegionError):
        return "the region is unknown"
    if isinstance(error, (known.TokenRetrievalError, known.SSOTokenLoadError)):
        return "there is no valid login"
    if isinstance(error, known.BotoCoreError):
        return from_server(error)
    return f"{name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else name


def skew(response: Any) -> float:
    """Seconds by which this machine's clock is ahead of the one that answered (negative: behind); 0 where the answer does not tell."""
    try:
        there = parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, TypeError, ValueError, IndexError):
        return 0.0
    if there.tzinfo is None:
        return 0.0
    return (datetime.now(UTC) - there).total_seconds()


def skew_text(seconds: float) -> str:
    """How wrong this machine's clock is, in words."""
    minutes = round(abs(seconds) / 60)
    return f"this machine's clock is {minutes} minutes {'ahead' if seconds > 0 else 'behind'}"


def _answered(error: Any) -> str:
    code = code_of(error)
    seconds = skew(error.response)
    if code in _SKEWED and abs(seconds) > SKEW_SECONDS:
        return f"AWS rejects the signature: {skew_text(seconds)}"
    if is_throttled(error):
        return "AWS throttled the request, even after several attempts"
    text = str(_error_of(error).get("Message") or error.response.get("message") or "")
    if not text or text == code:
        status = _status(error)
        return f"AWS returned {code}" + (f" (HTTP {status})" if status and str(status) != code else "")
    return f"AWS returned {code}: {from_server(text)}"


def _status(error: Any) -> int:
    response = getattr(error, "response", None)
    found = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(response, dict) else 0
    return int(found or 0)


def _from(error: Any, word: str = "from") -> str:
    from urllib.parse import urlsplit

    url = getattr(error, "kwargs", {}).get("endpoint_url")
    host = urlsplit(str(url)).hostname if url else None
    return f" {word} {host}" if host else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
