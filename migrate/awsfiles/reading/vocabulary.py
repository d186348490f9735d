"""The settings and names that the conversion knows by name, each with where the fact comes from."""

import re

STATIC = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token")
"""A static key's settings. `aws_security_token` is boto's old name for the session token (botocore.credentials reads both)."""

SECRET = ("aws_secret_access_key", "aws_session_token", "aws_security_token")
"""Those among them that may never be shown."""

SOURCES = (
    "role_arn",
    "source_profile",
    "mfa_serial",
    "external_id",
    "role_session_name",
    "duration_seconds",
    "credential_process",
    "credential_source",
    "web_identity_token_file",
    "login_session",
)
"""Every other source of credentials with what belongs to it: one SDK or another prefers each to SSO
(botocore.credentials.create_credential_resolver; @aws-sdk/credential-provider-ini, resolveProfileData)."""

OTHER_SOURCE = ("role_arn", "credential_process", "credential_source", "web_identity_token_file", "login_session")
"""Those of them that are a source on their own."""

SSO = ("sso_session", "sso_account_id", "sso_role_name")
"""What an SSO profile consists of."""

LEGACY_SSO = ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name")
"""The same in the form of before `sso-session`."""

DEFAULT_SCOPES = "sso:account:access"

READ_BY_ALL = re.compile(r"[A-Za-z0-9_\-/.%@:+]+")
"""Names that every SDK reads in the config file (the JavaScript SDK's parseIni is the strictest: no blanks, quotes, or other letters)."""

_HEADER = re.compile(r"""\[(?P<prefix>[\w-]+)\s(?P<quote>["']?)(?P<name>[\w\-@+.%:/]+)(?P=quote)\]""", re.ASCII)
_COMMENT_BEHIND = re.compile(r"(?:^|\s)[;#].*", re.S)

COMMENTED_KEY = re.compile(
    r"""\s*[#;][#;\s]*  (?:(?:export|set)\s+)?  (?:aws_access_key_id|aws_secret_access_key|aws_session_token|aws_security_token)
        \s* [=:] \s* (?P<value>.*?) \s* \Z""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""A line that is one of the static settings, commented out."""


def header_read_by_all(line: str, name: str) -> bool:
    """Does every SDK see the header in this line as that of profile or session `name`, or only botocore?"""
    shown = _COMMENT_BEHIND.sub("", line).strip()
    if shown == "[default]":
        return name == "default"
    match = _HEADER.fullmatch(shown)
    return match is not None and match["prefix"] in ("profile", "sso-session") and match["name"] == name
