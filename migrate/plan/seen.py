"""The keys that stand in code and settings files under some paths, and the profile that fits each: lines for `[keys]`."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.errors import Refusal
from migrate.keys import KEY_ID, account_id, is_placeholder
from migrate.plan.read import Plan
from migrate.plan.values import plain_comment, value_of

_PYTHON = (".py", ".pyw", ".wsgi", ".ipynb")
_MOST_PLACES = 3


@dataclass(slots=True)
class SeenKey:
    """A key id, where it stands (path and line, in order), and the profile that fits with the reason, or None."""

    key: str = field(repr=False)
    places: list[tuple[str, int]]
    profile: str | None = None
    reason: str = ""


def seen_keys(paths: Sequence[Path], files: AwsFiles, plan: Plan) -> list[SeenKey]:
    """Every key id under the paths, each with its profile where one fits. Raises Refusal for a path that does not exist."""
    found: dict[str, list[tuple[str, int]]] = {}
    for key, path, line in _found(paths):
        place = (os.path.relpath(path), line)
        if place not in found.setdefault(key, []):
            found[key].append(place)
    by_key, by_account = _profiles(files, plan)
    out = []
    for key, places in sorted(found.items(), key=lambda item: item[1]):
        one = SeenKey(key, sorted(places))
        account = account_id(key)
        fits = sorted(by_account.get(account, set())) if account else []
        if key in by_key:
            one.profile, one.reason = by_key[key], "its own profile"
        elif len(fits) == 1:
            one.profile, one.reason = fits[0], "the only profile of its account"
        elif fits:
            one.reason = f"its account has several profiles: {', '.join(fits[:4])}"
        else:
            one.reason = "no profile matches"
        out.append(one)
    return out


def _found(paths: Sequence[Path]) -> Iterable[tuple[str, str, int]]:
    from migrate.scan.files import Exclusion, Listing, list_files, search
    from migrate.tree.files import read

    for path in paths:
        listing = Listing()
        list_files(path, Exclusion([]), frozenset(), listing)
        for hit in search([f for f in listing.files if not f.endswith(_PYTHON)]).hits:
            yield from ((pair.key, hit.path, pair.line) for pair in hit.pairs)
        for name in (f for f in listing.files if f.endswith(_PYTHON)):
            with suppress(OSError):
                data = read(name)
                if b"AKIA" in data or b"ASIA" in data:
                    text = data.decode("utf-8", "replace")
                    for m in KEY_ID.finditer(text):
                        if not is_placeholder(m.group()):
                            yield m.group(), name, text.count("\n", 0, m.start()) + 1


def _profiles(files: AwsFiles, plan: Plan) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The profile of each key, and the profiles of each account, by the AWS files, their backups and the plan."""
    from migrate.codemod.keys.mapping import known_profiles

    by_account: dict[str, set[str]] = {}
    for name, profile in files.profiles.items():
        key = profile.values.get("aws_access_key_id", "").strip()
        account = profile.values.get("sso_account_id") or (account_id(key) if key else None)
        if account and "role_arn" not in profile.values:
            by_account.setdefault(account, set()).add(name)
    for name, planned in plan.profiles.items():
        if planned.sso_account_id and planned.action == "sso":
            by_account.setdefault(planned.sso_account_id, set()).add(name)
    by_key: dict[str, str] = {}
    with suppress(Refusal, OSError):
        by_key = known_profiles()
    for name, profile in files.profiles.items():
        key = profile.values.get("aws_access_key_id", "").strip()
        if KEY_ID.fullmatch(key) and "role_arn" not in profile.values:
            by_key.setdefault(key, name)
    return by_key, by_account


def lines_for(keys: Sequence[SeenKey], blanks: str) -> str:
    """The lines of `[keys]`: filled in, or as comments ready to be."""
    out = []
    for one in keys:
        account = account_id(one.key)
        places = ", ".join(f"{path}:{line}" for path, line in one.places[:_MOST_PLACES])
        more = f" and {len(one.places) - _MOST_PLACES} more" if len(one.places) > _MOST_PLACES else ""
        said = ", ".join(filter(None, [f"account {account}" if account else "", one.reason]))
        comment = plain_comment(f"{said}; {len(one.places)} {'place' if len(one.places) == 1 else 'places'}: {places}{more}")
        start = f"{blanks}{one.key} = {value_of(one.profile)}" if one.profile is not None else f"{blanks}# {one.key} = "
        out.append(f"{start}    # {comment}\n")
    return "".join(out)
