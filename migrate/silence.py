"""Comments that silence findings on a line: `aws-sso-migrate: ignore` and `ignore[AWS101, AWS102]`. One that is not closed silences nothing."""

import re

_IGNORE = re.compile(r"(?:#|//|;|--|/\*|<!--)\s*aws-sso-migrate:\s*ignore(?:\[([A-Z0-9,\s]+)\]|(?![\w\[-]))")


def silenced_by(line: str) -> frozenset[str]:
    """The codes that a comment in this line silences; `*` stands for all."""
    m = _IGNORE.search(line)
    if m is None:
        return frozenset()
    return frozenset(c.strip() for c in m.group(1).split(",")) if m.group(1) else frozenset("*")


def silenced_above(above: str, code: str) -> bool:
    """Does the line above silence a finding of an AWS file? At the end of a line there a comment would be a part of the value."""
    codes = silenced_by(above) if above.lstrip().startswith(("#", ";")) else frozenset()
    return "*" in codes or code in codes
