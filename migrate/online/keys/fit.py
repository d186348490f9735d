"""Which role of the portal fits what a user's policies allow.

By what the policies of both say where that may be read, else by their names; and the reason is always told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrate.online.keys.grants import Grants, Relation, relation

_LEVELS = (
    (3, re.compile(r"admin(?!.*read)", re.IGNORECASE)),
    (0, re.compile(r"read.?only|view.?only|audit|billing.?read", re.IGNORECASE)),
    (2, re.compile(r"power.?user|full.?access.*all", re.IGNORECASE)),
)
"""How much a policy or permission set of such a name allows: AWS's job functions
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html) and what people name after them."""

_WORDS = re.compile(r"(?:access|policy|role|permissionset)$|[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Fit:
    """The role to propose, or None; and why, in words fit for a comment."""

    role: str | None
    why: str


_SAID: dict[Relation, str] = {"same": "the same", "less": "less", "more": "MORE", "other": "something else"}


def fit_by_policies(roles: Sequence[str], user: Grants, of_roles: Mapping[str, Grants]) -> Fit:
    """The role that fits best by what is known of the user's policies and of the roles', names aside where they need not be trusted."""
    found = {role: relation(user, of_roles[role]) for role in roles if user.known and role in of_roles and of_roles[role].known}
    has = f"the user has {_listed(user.names)}" if user.names else "the user has no policy"
    has += ", narrowed by a permissions boundary" if user.boundary else ""
    same = [role for role, said in found.items() if said == "same"]
    if len(same) == 1:
        return Fit(
            same[0],
            f"it has the same policies as the user: {_listed(user.names)}" if user.names else "neither it nor the user has a policy",
        )
    if same:
        return Fit(None, f"several have the user's policies: {_listed(same)}")
    if len(found) == len(roles) > 1:
        return Fit(None, f"one of {_listed([f'{role} ({_SAID[said]})' for role, said in found.items()])}; {has}")
    fit = best_fit(roles, user.names if user.names or user.listed else None, complete=user.listed, contents=_levels(user))
    if fit.role in found:
        return Fit(fit.role, f"{'the only role there' if len(roles) == 1 else fit.why}; it allows {_SAID[found[fit.role]]}: {has}")
    return Fit(fit.role, f"{fit.why}, narrowed by a permissions boundary") if user.boundary and fit.role else fit


def _levels(user: Grants) -> dict[str, int | None]:
    """What the documents of policies say, by the policies' names, where they could be read."""
    return {grant.name: grant.level for grant in user.grants if grant.document is not None}


def best_fit(
    roles: Sequence[str], policies: Sequence[str] | None, *, complete: bool = True, contents: Mapping[str, int | None] | None = None
) -> Fit:
    """The role that fits best by names.

    `policies` are the names of the user's policies, None where none may be read; `complete`: are they all? `contents`: how much those
    policies allow whose documents were read. A role that may allow more is proposed only where it is the only one or bears a policy's
    name, and then the reason says so.
    """
    contents = contents or {}
    fit = _fit(roles, policies, contents)
    if fit.role is not None and policies and (narrow := _narrower(fit.role, policies, contents)):
        fit = Fit(fit.role, f"{fit.why}; it may allow MORE: {narrow[0]} allows less than its name suggests")
    return fit if complete or not policies else Fit(fit.role, f"{fit.why}; the user's other policies could not be read")


def _narrower(role: str, policies: Sequence[str], contents: Mapping[str, int | None]) -> list[str]:
    """The policies on whose names a role was chosen, and which allow less than the role's own name says."""
    level = _level(role)
    if level is None or any((contents[p] if p in contents else _level(p)) == 3 for p in policies):
        return []
    return [
        policy
        for policy in policies
        if policy in contents and (contents[policy] or 0) < level and (_level(policy) == level or _plain(policy) == _plain(role))
    ]


def _fit(roles: Sequence[str], policies: Sequence[str] | None, contents: Mapping[str, int | None]) -> Fit:
    if not roles:
        return Fit(None, "the portal offers no role there")
    if policies is not None and policies:
        same = [(role, policy) for policy in _widest_first(policies, contents) for role in roles if _plain(role) == _plain(policy)]
        if same:
            role, policy = same[0]
            widest = _level_of(policies, contents)
            if widest is None or (_level(role) or 0) >= widest or len(policies) == 1:
                others = [name for name in policies if name != policy]
                also = f"; the user also has {', '.join(others[:3])}" if others else ""
                return Fit(role, f"named like the user's policy {policy}{also}")
        widest = _level_of(policies, contents)
        alike = [role for role in roles if widest is not None and _level(role) == widest]
        if len(alike) == 1:
            return Fit(alike[0], f"its name suggests the same access as the user's policy {_widest_first(policies, contents)[0]}")
        if alike:
            return Fit(None, f"several fit: {_listed(alike)}")
    if len(roles) == 1:
        return Fit(roles[0], f"the only role there;  {_compared(roles[0], policies, contents)}")
    nothing = "the user's policies are unknown" if policies is None else "the user has no policy"
    known = f"the user has {', '.join(policies[:3])}" if policies else nothing
    return Fit(None, f"one of {_listed(roles)}; {known}")


def _compared(role: str, policies: Sequence[str] | None, contents: Mapping[str, int | None]) -> str:
    if policies is not None and not policies:
        return "it allows MORE: the user has no policy"
    if policies is None:
        return "the user's policies are unknown, so it may allow more or less than the key"
    level, widest = _level(role), _level_of(policies, contents)
    has = f"the user has {', '.join(policies[:3])}"
    if level is None or widest is None:
        return f"it may allow more or less: {has}"
    return f"it allows {'MORE' if level > widest else 'less'}: {has}"


def _plain(name: str) -> str:
    return _WORDS.sub("", _WORDS.sub("", name.lower())).replace("administrator", "admin")


def _level(name: str) -> int | None:
    return next((level for level, words in _LEVELS if words.search(name)), None)


def _allows(policy: str, contents: Mapping[str, int | None]) -> int | None:
    """How much a policy allows, by what it says where that is plain, else by its name."""
    said = contents.get(policy)
    return _level(policy) if said is None else said


def _level_of(policies: Sequence[str], contents: Mapping[str, int | None]) -> int | None:
    """How much all policies together allow; None where one of them does not tell."""
    levels = [_allows(policy, contents) for policy in policies]
    known = [level for level in levels if level is not None]
    if known and max(known) == 3:
        return 3
    return max(known) if known and len(known) == len(levels) else None


def _widest_first(policies: Sequence[str], contents: Mapping[str, int | None]) -> list[str]:
    def width(name: str) -> int:
        level = _allows(name, contents)
        return -1 if level is None else -10 * level - 5

    return sorted(policies, key=width)


def _listed(roles: Sequence[str]) -> str:
    return ", ".join(roles[:8]) + (f" and {len(roles) - 8} more" if len(roles) > 8 else "")
