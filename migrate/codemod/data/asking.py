"""What a program asks of a session but to sign: which profile it has, where its keys come from, the keys themselves without their token.

Asked of the bytes of a source: none of these answers stays as it was where a profile takes the place of a key.
"""

import re

_PROFILE = re.compile(
    rb"\.profile_name\b|\.available_profiles\b|\.full_config\b|\bget_scoped_config\b|\bget_config_variable\(\s*(?![\"']region)|"
    rb"\b(?:session|sess|_session|get_session\(\))\.profile\b"
)
_METHOD = re.compile(rb"\.method\b")
_HALVES = re.compile(rb"\.secret_key\b")


def asks(data: bytes, profile: bool = True) -> tuple[int, str] | None:
    """Return where a source asks for what a rewrite changes, and what it is; None where it does not. `profile`: does the profile count?"""
    if profile and (found := _PROFILE.search(data)) is not None:
        return found.start(), "this program asks for the profile"
    if b"get_credentials" in data:
        if (found := _METHOD.search(data)) is not None:
            return found.start(), "this program asks where the credentials come from"
        if (found := _HALVES.search(data)) is not None and b"token" not in data:
            return found.start(), "this program uses the session's credentials without their token"
    return None
