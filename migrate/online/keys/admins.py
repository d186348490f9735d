"""Who administers an account: the guard that keeps `retire` from locking everybody out.

IAM tells it in one go (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html); where that may not be
asked, it tells at least who has AWS's own policy AdministratorAccess.
"""

from collections.abc import Iterable
from typing import Any

from migrate.online.bounds import pages_of
from migrate.online.failures import failures
from migrate.online.identity import SSO_ROLE
from migrate.online.keys.iam import ADMIN, policies_of

_WHAT = ["User", "Role", "Group", "LocalManagedPolicy"]


def is_last_admin(iam: Any, user: str, partition: str) -> bool:
    """Is the user an administrator, and nobody else: no other user, and no role that a person may come by? False where it may not be asked."""
    try:
        return _by_details(iam, user)
    except failures():
        pass
    try:
        return _by_entities(iam, user, partition)
    except failures():
        return False


def allows_everything(document: Any) -> bool:
    """Does a policy's document allow every action on everything, without conditions?"""
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return any(
        isinstance(s, dict)
        and s.get("Effect") == "Allow"
        and not s.get("Condition")
        and {"*", "*:*"} & set(listed(s.get("Action")))
        and "*" in listed(s.get("Resource"))
        for s in listed(statements)
    )


def listed(value: Any) -> list[Any]:
    """What a policy's document gives as one or as a list of them."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_admin_policy(arn: str) -> bool:
    """Is it AWS's own AdministratorAccess?"""
    return arn.endswith(f":iam::aws:policy/{ADMIN}")


def _by_details(iam: Any, user: str) -> bool:
    users: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    roles: list[Any] = []
    whole: set[str] = set()  # managed policies that allow everything
    for page in pages_of(iam, "get_account_authorization_details", Filter=_WHAT):
        users |= {row["UserName"]: row for row in page.get("UserDetailList", ())}
        groups |= {row["GroupName"]: row for row in page.get("GroupDetailList", ())}
        roles += page.get("RoleDetailList", ())
        for row in page.get("Policies", ()):
            documents = [version.get("Document") for version in row.get("PolicyVersionList", ()) if version.get("IsDefaultVersion")]
            if any(map(allows_everything, documents)):
                whole.add(row["Arn"])

    def administers(row: Any, inline: str) -> bool:
        attached = [policy["PolicyArn"] for policy in row.get("AttachedManagedPolicies", ())]
        documents = (policy.get("PolicyDocument") for policy in row.get(inline, ()))
        return any(is_admin_policy(arn) or arn in whole for arn in attached) or any(map(allows_everything, documents))

    of_groups = {name for name, row in groups.items() if administers(row, "GroupPolicyList")}
    admins = {
        name for name, row in users.items() if administers(row, "UserPolicyList") or not of_groups.isdisjoint(row.get("GroupList", ()))
    }
    if admins != {user}:
        return False
    return not any(administers(row, "RolePolicyList") and _for_people(row) for row in roles)


def _for_people(role: Any) -> bool:
    """May a person come by this role: is it a permission set's, or trusted with more than AWS services?"""
    if SSO_ROLE.fullmatch(role.get("RoleName", "")):
        return True
    trust = role.get("AssumeRolePolicyDocument")
    statements = trust.get("Statement", []) if isinstance(trust, dict) else [{"Effect": "Allow", "Principal": "*"}]
    principals = [s.get("Principal") for s in listed(statements) if isinstance(s, dict) and s.get("Effect") == "Allow"]
    return any(p == "*" or (isinstance(p, dict) and {"AWS", "Federated"} & set(p)) for p in principals)


def _by_entities(iam: Any, user: str, partition: str) -> bool:
    if ADMIN not in policies_of(iam, user)[0]:
        return False
    arn = f"arn:{partition}:iam::aws:policy/{ADMIN}"
    for page in pages_of(iam, "list_entities_for_policy", PolicyArn=arn):
        if page.get("PolicyRoles") or _others(page.get("PolicyUsers", ()), user):
            return False
        for group in page.get("PolicyGroups", ()):
            if any(_others(members["Users"], user) for members in pages_of(iam, "get_group", GroupName=group["GroupName"])):
                return False
    return True


def _others(rows: Iterable[Any], user: str) -> bool:
    return any(row["UserName"] != user for row in rows)
