"""Who AWS says that somebody is: STS's GetCallerIdentity, which needs no permission, and what its ARN tells.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

import re
from dataclasses import dataclass
from typing import Any

from migrate.online.failures import skew

_ARN = re.compile(r"arn:(?P<partition>[a-z-]+):(?:sts|iam)::(?P<account>\d{12}):(?P<what>.+)")
SSO_ROLE = re.compile(r"AWSReservedSSO_(?P<role>.+)_[0-9a-f]{16}")
"""How Identity Center names the role of a permission set
(https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`kind` is `user`, `role` (somebody assumed it), `root`, or what the ARN says; `name` is the user's or the role's, no path."""

    partition: str
    account_id: str
    kind: str
    name: str
    clock: float = 0.0  # seconds that this machine is ahead of AWS

    @property
    def sso_role(self) -> str | None:
        """The permission set's name, where this is a role of Identity Center's."""
        match = SSO_ROLE.fullmatch(self.name) if self.kind == "role" else None
        return match["role"] if match else None

    def __str__(self) -> str:
        role = self.sso_role
        return f"{f'SSO role {role}' if role else f'{self.kind} {self.name}'.strip()} in account {self.account_id}"


def who_is(client: Any) -> Identity:
    """Asks STS whose credentials the client signs with. Raises what `failures.failures` lists."""
    answer = client.get_caller_identity()
    return parse(answer["Arn"], skew(answer))


def parse(arn: str, clock: float = 0.0) -> Identity:
    """The identity that an ARN names. Raises ValueError where it is none."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ValueError("no ARN of a caller")
    account = match["account"]
    kind, _, rest = match["what"].partition("/")
    if kind == "assumed-role":
        return Identity(match["partition"], account, "role", rest.split("/")[0], clock)
    return Identity(match["partition"], account, kind, rest.split("/")[-1], clock)
