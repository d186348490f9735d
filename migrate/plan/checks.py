"""What a value in a plan must look like. Each check gives the value, or raises ValueError with a reason that does not quote it.

Forms: an account id is 12 digits; role names are IAM's (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html,
`[\\w+=,.@-]+`, 64 at most); region names are those of every partition (`us-gov-west-1`, `cn-north-1`, `eusc-de-east-1`).
"""

import re

_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]{1,2}")
_URL = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[!-~]*)?")
_SCOPES = re.compile(r"[A-Za-z0-9_:.*-]+(?:\s*,\s*[A-Za-z0-9_:.*-]+)*")
_NAME = re.compile(r"[^\x00-\x1f\x7f]+")


def account(value: str) -> str:
    """An account id, or nothing yet."""
    return _must(value, _ACCOUNT, "is no account id (12 digits)")


def role(value: str) -> str:
    """A role (permission set) name, or nothing yet."""
    if value.startswith("arn:"):
        raise ValueError("is an ARN: the name of the permission set is wanted")
    return _must(value, _ROLE, "is no role name (letters, digits and _+=,.@- only, 64 at most)")


def session(value: str) -> str:
    """The name of an SSO session, or nothing yet."""
    return _must(value, _NAME, "is no session name")


def start_url(value: str) -> str:
    """The start URL of a session."""
    return _needed(value, _URL, "is no start URL (https://…)")


def region(value: str) -> str:
    """The region of a session's portal."""
    return _needed(value, _REGION, "is no region (us-east-1, say)")


def scopes(value: str) -> str:
    """Registration scopes, separated by commas."""
    return _needed(value, _SCOPES, "is no list of scopes")


def profile(value: str) -> str:
    """A profile's name."""
    return _needed(value, _NAME, "is no profile name")


def _must(value: str, form: re.Pattern[str], reason: str) -> str:
    return _needed(value, form, reason) if value else value


def _needed(value: str, form: re.Pattern[str], reason: str) -> str:
    if not value:
        raise ValueError("is empty")
    if not form.fullmatch(value):
        raise ValueError(reason)
    return value
