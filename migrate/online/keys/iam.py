"""What IAM knows of a key, and what it can be told to do with it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html names the user of a key of one's own account
and its last use, which AWS reports with some delay.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from migrate.online.bounds import pages_of
from migrate.online.failures import code_of, failures, is_denied, reason

ADMIN = "AdministratorAccess"
_ROOT = "<root_account>"


class KeyProblem(Exception):
    """A key about which IAM does not say what is needed. `kind` is `unknown` or `denied` or `failed`; the message is fit to be shown."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What IAM says of a key. `status` is `Active`, `Inactive`, or None where that may not be asked; `why` says so then."""

    user: str
    status: str | None
    last_used: datetime | None
    service: str = ""
    region: str = ""
    created: datetime | None = None
    why: str = ""
    policies: tuple[str, ...] = field(default=())

    @property
    def used(self) -> str:
        """The last use in words, or `never`."""
        if self.last_used is None:
            return "never"
        where = " ".join(part for part in (self.service, self.region) if part and part != "N/A")
        return f"{self.last_used.astimezone(UTC):%Y-%m-%d %H:%M} {where}".strip()


def facts(iam: Any, key_id: str) -> KeyFacts:
    """Asks IAM about one key. Raises KeyProblem."""
    try:
        answer = iam.get_access_key_last_used(AccessKeyId=key_id)
    except failures() as error:
        if code_of(error) in ("NoSuchEntity", "ValidationError"):
            raise KeyProblem(
                "unknown", "IAM does not know the key in this account: it was deleted, or belongs to another account"
            ) from None
        raise KeyProblem("denied" if is_denied(error) else "failed", reason(error)) from None
    user = answer.get("UserName") or ""
    used = answer.get("AccessKeyLastUsed") or {}
    when, service, region = used.get("LastUsedDate"), used.get("ServiceName", ""), used.get("Region", "")
    if not user or user == _ROOT:
        return KeyFacts("root", None, when, service, region, why="it belongs to the root user, who alone can deactivate it, in the console")
    status, created, why = None, None, ""
    try:
        for page in pages_of(iam, "list_access_keys", UserName=user):
            for row in page["AccessKeyMetadata"]:
                if row["AccessKeyId"] == key_id:
                    status, created = row["Status"], row.get("CreateDate")
        if status is None:
            why = "IAM does not list it among the user's keys"
    except failures() as error:
        denied = "iam:ListAccessKeys is not allowed" if is_denied(error) else reason(error)
        why = f"whether it is active is unknown: {denied}"
    return KeyFacts(user, status, when, service, region, created, why)


def set_status(iam: Any, key_id: str, user: str, status: str) -> None:
    """Makes a key `Active` or `Inactive`. Raises KeyProblem."""
    _told(lambda: iam.update_access_key(UserName=user, AccessKeyId=key_id, Status=status))


def delete(iam: Any, key_id: str, user: str) -> None:
    """Deletes a key for good. Raises KeyProblem."""
    _told(lambda: iam.delete_access_key(UserName=user, AccessKeyId=key_id))


def _told(call: Any) -> None:
    try:
        call()
    except failures() as error:
        raise KeyProblem("denied" if is_denied(error) else "failed", reason(error)) from None


def policies_of(iam: Any, user: str) -> tuple[list[str], bool]:
    """The names of the policies that a user has, by himself and by his groups, inline ones too; and whether that is all of them.

    Each list that may not be read is left out.
    """
    names, complete = _policies(iam, "user", UserName=user)
    try:
        pages = pages_of(iam, "list_groups_for_user", UserName=user)
        groups = [group["GroupName"] for page in pages for group in page["Groups"]]
    except failures():
        groups, complete = [], False
    for group in groups:
        more, all_of_them = _policies(iam, "group", GroupName=group)
        names, complete = [*names, *more], complete and all_of_them
    return list(dict.fromkeys(names)), complete


def _policies(iam: Any, kind: str, **whose: str) -> tuple[list[str], bool]:
    names: list[str] = []
    complete = True
    try:
        for page in pages_of(iam, f"list_attached_{kind}_policies", **whose):
            names += [policy["PolicyName"] for policy in page["AttachedPolicies"]]
    except failures():
        complete = False
    try:
        for page in pages_of(iam, f"list_{kind}_policies", **whose):
            names += page["PolicyNames"]
    except failures():
        complete = False
    return names, complete
