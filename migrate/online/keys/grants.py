"""What a user or a role may do, as far as IAM lets it be read: the attached policies, the inline ones, those of groups; and how two compare.

Two sets of policies are compared by their parts: AWS's own policies by their names, all others statement by statement. Parts that are
in one and not in the other tell which allows more; what cannot be told so is said to be neither.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from migrate.online.bounds import pages_of
from migrate.online.failures import failures
from migrate.online.identity import SSO_ROLE
from migrate.online.keys.admins import allows_everything, is_admin_policy, listed
from migrate.online.patience import patiently

SSO_PATH = "/aws-reserved/sso.amazonaws.com/"
"""Where Identity Center puts the roles of permission sets
(https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html)."""

_READS = re.compile(r"[a-z0-9-]+:(?:Get|List|Describe|View|Head|BatchGet|Search|Lookup|Query|Scan|Select)[A-Za-z*]*")
_AWS_OWN = ":iam::aws:policy/"

Relation = Literal["same", "less", "more", "other"]
"""What a role allows, held against what a user may do."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One policy: its name, its ARN if it is a managed one, its document where that was read (AWS's own are known by their names)."""

    name: str
    arn: str | None = None
    document: Any = None

    @property
    def level(self) -> int | None:
        """3 everything, 2 all but the account's own affairs, 0 only looking; None where it is something else, or not known."""
        if self.document is None or not isinstance(self.document, dict):
            return None
        if allows_everything(self.document):
            return 3
        allowed = [s for s in listed(self.document.get("Statement")) if isinstance(s, dict) and s.get("Effect") == "Allow"]
        if any(s.get("NotAction") and "*" in listed(s.get("Resource")) and not s.get("Condition") for s in allowed):
            return 2
        actions = [action for s in allowed for action in listed(s.get("Action"))]
        return 0 if actions and all(isinstance(a, str) and _READS.fullmatch(a) for a in actions) else None


@dataclass(frozen=True, slots=True)
class Grants:
    """All policies of one user or role. `listed`: are these all? `boundary`: does a permissions boundary narrow them?"""

    grants: tuple[Grant, ...] = ()
    listed: bool = True
    boundary: bool = False

    @property
    def names(self) -> list[str]:
        """The policies' names."""
        return list(dict.fromkeys(grant.name for grant in self.grants))

    @property
    def known(self) -> bool:
        """Is all of it known, what the policies say too?"""
        return self.listed and all(grant.document is not None or _AWS_OWN in (grant.arn or "") for grant in self.grants)

    @property
    def everything(self) -> bool:
        """Is there a policy that allows everything?"""
        return any(is_admin_policy(grant.arn or "") or grant.level == 3 for grant in self.grants)

    def parts(self, effect: str) -> frozenset[str]:
        """What is allowed, or denied, in pieces that can be compared."""
        out = set()
        for grant in self.grants:
            if grant.document is None:
                if effect == "Allow":
                    out.add((grant.arn or "").partition(_AWS_OWN)[2])
                continue
            for statement in listed(grant.document.get("Statement") if isinstance(grant.document, dict) else None):
                if isinstance(statement, dict) and statement.get("Effect") == effect:
                    out.add(_canonical(statement))
        return frozenset(out)


def relation(user: Grants, role: Grants) -> Relation:
    """What `role` allows beside `user`. Both must be known."""
    found = _relation(user, role)
    if user.boundary:  # the user may do less than the policies say
        return "more" if found in ("same", "more") else "other"
    return found


def _relation(user: Grants, role: Grants) -> Relation:
    if user.parts("Deny") != role.parts("Deny"):
        return "other"
    if user.everything or role.everything:
        return "same" if user.everything and role.everything else "less" if user.everything else "more"
    ours, theirs = user.parts("Allow"), role.parts("Allow")
    return "same" if ours == theirs else "less" if theirs < ours else "more" if ours < theirs else "other"


def _canonical(statement: dict[str, Any]) -> str:
    """A statement in one spelling: order and single values make no difference (`Sid` names it and says nothing)."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        return sorted(json.dumps(inner, sort_keys=True) for inner in listed(value)) if isinstance(value, list | str) else value

    return json.dumps({key: plain(value) for key, value in statement.items() if key != "Sid"}, sort_keys=True)


def grants_of_user(iam: Any, user: str) -> Grants:
    """The policies of a user and of the user's groups. What may not be read is left out, and said. Raises nothing."""
    own = _grants(iam, "user", UserName=user)
    boundary = _or_none(lambda: iam.get_user(UserName=user)["User"].get("PermissionsBoundary"))
    try:
        groups = [group["GroupName"] for group in _all(iam, "list_groups_for_user", "Groups", UserName=user)]
    except failures():
        return Grants(own.grants, False, boundary is not None)
    of_groups = [_grants(iam, "group", GroupName=group) for group in groups]
    whole = [own, *of_groups]
    return Grants(tuple(g for part in whole for g in part.grants), all(part.listed for part in whole), boundary is not None)


def grants_of_roles(iam: Any, wanted: Sequence[str]) -> dict[str, Grants] | None:
    """The policies of the permission sets of these names in the account, as far as their roles may be read; None where roles may not be listed."""
    try:
        names = [role["RoleName"] for role in _all(iam, "list_roles", "Roles", PathPrefix=SSO_PATH)]
    except failures():
        return None
    by_set = {match["role"]: name for name in names if (match := SSO_ROLE.fullmatch(name))}
    return {name: _grants(iam, "role", RoleName=by_set[name]) for name in wanted if name in by_set}


def _grants(iam: Any, kind: str, **whose: str) -> Grants:
    found: list[Grant] = []
    complete = True
    try:
        rows = _all(iam, f"list_attached_{kind}_policies", "AttachedPolicies", **whose)
        found += [_managed(iam, row["PolicyName"], row["PolicyArn"]) for row in rows]
    except failures():
        complete = False
    try:
        found += [_inline(iam, kind, name, whose) for name in _all(iam, f"list_{kind}_policies", "PolicyNames", **whose)]
    except failures():
        complete = False
    return Grants(tuple(found), complete)


def _managed(iam: Any, name: str, arn: str) -> Grant:
    if _AWS_OWN in arn:
        return Grant(name, arn)

    def read() -> Any:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    return Grant(name, arn, _or_none(read))


def _inline(iam: Any, kind: str, name: str, whose: dict[str, str]) -> Grant:
    return Grant(name, None, _or_none(lambda: getattr(iam, f"get_{kind}_policy")(PolicyName=name, **whose)["PolicyDocument"]))


def _all(iam: Any, operation: str, rows: str, **arguments: str) -> list[Any]:
    """All pages of a list. Raises what `failures.failures` lists."""
    return patiently(lambda: [row for page in pages_of(iam, operation, **arguments) for row in page[rows]])


def _or_none(ask: Callable[[], Any]) -> Any:
    try:
        return patiently(ask)
    except failures():
        return None
