"""Which role of the portal fits what a user's policies allow. A name is all there is to go by, so the reason is always told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


def best_fit(roles: Sequence[str], policies: Sequence[str] | None, *, complete: bool = True) -> Fit:
    """The role that fits best. `policies` are the names of the user's policies, None where none may be read; `complete`: are they all?

    A role that may allow more is proposed only where it is the only one, and then the reason says so.
    """
    fit = _fit(roles, policies)
    return fit if complete or not policies else Fit(fit.role, f"{fit.why}; other policies of the user could not be read")


def _fit(roles: Sequence[str], policies: Sequence[str] | None) -> Fit:
    if not roles:
        return Fit(None, "the portal offers no role there")
    if policies is not None and policies:
        same = [(role, policy) for policy in _widest_first(policies) for role in roles if _plain(role) == _plain(policy)]
        if same:
            role, policy = same[0]
            widest = _level_of(policies)
            if widest is None or (_level(role) or 0) >= widest or len(policies) == 1:
                others = [name for name in policies if name != policy]
                also = f"; the user has {', '.join(others[:3])} too" if others else ""
                return Fit(role, f"named as policy {policy} of the user{also}")
        widest = _level_of(policies)
        alike = [role for role in roles if widest is not None and _level(role) == widest]
        if len(alike) == 1:
            return Fit(alike[0], f"by its name as wide as policy {_widest_first(policies)[0]} of the user")
        if alike:
            return Fit(None, f"several fit: {_listed(alike)}")
    if len(roles) == 1:
        return Fit(roles[0], f"the only one there; {_compared(roles[0], policies)}")
    nothing = "the policies of the user are not known" if policies is None else "the user has no policy"
    known = f"the user has {', '.join(policies[:3])}" if policies else nothing
    return Fit(None, f"one of {_listed(roles)}; {known}")


def _compared(role: str, policies: Sequence[str] | None) -> str:
    if policies is not None and not policies:
        return "it allows MORE: the user has no policy"
    if policies is None:
        return "the policies of the user are not known, so it may allow more or less than the key"
    level, widest = _level(role), _level_of(policies)
    has = f"the user has {', '.join(policies[:3])}"
    if level is None or widest is None:
        return f"it may allow more or less: {has}"
    return f"it allows {'MORE' if level > widest else 'less'}: {has}"


def _plain(name: str) -> str:
    return _WORDS.sub("", _WORDS.sub("", name.lower())).replace("administrator", "admin")


def _level(name: str) -> int | None:
    return next((level for level, words in _LEVELS if words.search(name)), None)


def _level_of(policies: Sequence[str]) -> int | None:
    """How much all policies together allow; None where one of them has a name that does not tell."""
    levels = [_level(policy) for policy in policies]
    known = [level for level in levels if level is not None]
    if known and max(known) == 3:
        return 3
    return max(known) if known and len(known) == len(levels) else None


def _widest_first(policies: Sequence[str]) -> list[str]:
    return sorted(policies, key=lambda name: -1 if _level(name) is None else -10 * (_level(name) or 0) - 5)


def _listed(roles: Sequence[str]) -> str:
    return ", ".join(roles[:8]) + (f" and {len(roles) - 8} more" if len(roles) > 8 else "")
