"""The checks that the configspec names: each gives what is wrong with a value, or None. What is still empty is no fault here."""

from collections.abc import Callable

from migrate.awsfiles.reading.sso import account_id_fault, plain_account_id, region_fault, role_name_fault, scopes_fault, start_url_fault


def _may_wait(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """A setting that a plan may leave empty until somebody knows."""
    return lambda text: check(text) if text else None


def _name_fault(text: str) -> str | None:
    if not text:
        return "a name is missing"
    return None if text.isprintable() else "the name contains invalid characters"


FAULTS: dict[str, Callable[[str], str | None]] = {
    "start_url": start_url_fault,
    "region": region_fault,
    "scopes": scopes_fault,
    "session": _may_wait(_name_fault),
    "account": _may_wait(lambda text: account_id_fault(plain_account_id(text))),
    "role": _may_wait(role_name_fault),
    "profile": _name_fault,
}
