"""What an account id, a role name, a start URL, a region, scopes and a session's name may look like. For options, plan and files alike."""

import re
from urllib.parse import urlsplit

from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES, READ_BY_ALL
from migrate.keys import HIDDEN, mask

_ACCOUNT = re.compile(r"[0-9]{12}")
_DASHED = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}")
_ROLE = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_SCOPE = re.compile(r"[A-Za-z0-9_:.-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_USERINFO = re.compile(r"//[^/@\s]*@")
_LIKE_SECRET = re.compile(r"[A-Za-z0-9/+]{40,}")
_LONGEST = 80
_URL_TEXT = re.compile(r"[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")


def account_id_fault(text: str) -> str | None:
    """What is wrong with an account id, or None. Twelve digits, the leading zeros too."""
    return None if _ACCOUNT.fullmatch(text) else f"the account ID must have 12 digits, not {quoted(text)}"


def plain_account_id(text: str) -> str:
    """An account id without the dashes with which the AWS console shows it; any other text as it is."""
    return text.replace("-", "") if _DASHED.fullmatch(text) else text


def quoted(text: str) -> str:
    """What somebody gave, as a message may repeat it: whatever may be a key or a password is masked."""
    text = _USERINFO.sub(f"//{HIDDEN}@", text)
    text = _LIKE_SECRET.sub(HIDDEN, mask(text))
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def role_name_fault(text: str) -> str | None:
    """What is wrong with a role name, or None.

    It is the permission set's name as the access portal shows it, no ARN and no path. IAM's alphabet for role names:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    """
    if text.startswith("arn:") or "/" in text:
        return f"the role must be the name of a permission set, not an ARN or a path: {quoted(text)}"
    return (
        None if _ROLE.fullmatch(text) else f"the role name must have 1 to 64 characters out of A-Z a-z 0-9 and _+=,.@-, not {quoted(text)}"
    )


def region_fault(text: str) -> str | None:
    """What is wrong with a region, or None: `us-west-2`, `us-gov-east-1`, `cn-north-1`, `eusc-de-east-1`. An availability zone is none."""
    return None if _REGION.fullmatch(text) else f"the region must look like us-west-2, not {quoted(text)}"


def start_url_fault(text: str, schemes: tuple[str, ...] = ("https",)) -> str | None:
    """What is wrong with a start URL, or None.

    `https://NAME.awsapps.com/start`, with `/`, `#` or `/#/` behind it as browsers show it, and the portals of GovCloud, China and
    of whatever host AWS gives them next: the clients only hand it on, so any well-formed https address will do.
    """
    fault = f"the start URL must look like https://your-company.awsapps.com/start, not {quoted(text)}"
    if not _URL_TEXT.fullmatch(text):
        return fault
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return fault
    labels = host.split(".")
    well_formed = all(_LABEL.fullmatch(label) for label in labels) and (len(labels) > 1 or host == "localhost") and port != 0
    if parts.scheme.lower() not in schemes or not well_formed or parts.username is not None or parts.password is not None:
        return fault
    return None


def scopes_fault(text: str) -> str | None:
    """What is wrong with registration scopes (comma-separated), or None."""
    scopes = [scope.strip(" ") for scope in text.split(",")]
    return (
        None
        if all(_SCOPE.fullmatch(scope) for scope in scopes)
        else f"scopes must be separated by commas, like sso:account:access, not {quoted(text)}"
    )


def gives_accounts(scopes: str | None) -> bool:
    """Does a session with these scopes (None: the default ones) give credentials for accounts? An IDE's session does not."""
    return not scopes or DEFAULT_SCOPES in (scope.strip() for scope in scopes.split(","))


def session_name_fault(text: str) -> str | None:
    """What is wrong with a session's name, or None: some SDKs see no name with blanks, quotes or letters beyond ASCII."""
    return (
        None if READ_BY_ALL.fullmatch(text) else "a session name must consist of letters, digits and _-/.%@:+: some SDKs ignore other names"
    )


def same_portal(one: str, other: str) -> bool:
    """Do two start URLs name one portal? Browsers show `/start`, `/start/`, `/start#/` and `/start/#/` for the same."""
    return plain_url(one) == plain_url(other)


def plain_url(url: str) -> str:
    """A start URL in the one spelling that all spellings of its portal share."""
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme.lower() + sign + host.lower() + slash + path.removesuffix("/").removesuffix("#").rstrip("/")


def partition_of(region: str) -> str:
    """The partition of a region (botocore/data/partitions.json)."""
    for start, partition in (
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ):
        if region.startswith(start):
            return partition
    return "aws"
