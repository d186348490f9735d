"""How a key that was found is told of."""

from migrate.findings import Finding
from migrate.keys import account_id, mask_key_id
from migrate.scan.kinds import WORDS
from migrate.scan.pairs import Pair


def named(key: str | None) -> str:
    """A key as a message names it: masked, with what the id tells of itself (its account, whether it is a temporary one)."""
    if key is None:
        return "a key"
    account = account_id(key)
    kind = "temporary key" if key.startswith("ASIA") else "key"
    return f"{kind} {mask_key_id(key)}" + (f" of account {account}" if account else "")


def finding_for(code: str, path: str, pair: Pair) -> Finding:
    """The finding for a key with its secret in a file."""
    if code == "AWS303":
        message, help = (
            f"a shell start-up file contains {named(pair.key)} and its secret",
            "delete the key ID and the secret, and start a new shell",
        )
    elif code == "AWS305":
        message, help = (
            f"git tracks an AWS credentials file that contains {named(pair.key)}",
            "run git rm --cached on it, and retire the key now",
        )
    else:
        kind, help = WORDS[code]
        message = f"{kind} contains {named(pair.key)} and its secret"
    return Finding(code, path, message, pair.line, pair.column, help, pair.key)
