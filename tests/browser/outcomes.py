"""Outcomes for the pages: a large dry run, as `code` would hand it over, with keys in every place that a key can be in."""

from pathlib import Path

from migrate.changes.change import Change
from migrate.findings import Finding
from migrate.outcome import Outcome
from tests.madeup import key_id, secret

LIBRARIES = ("boto3", "s3fs", "pandas", "aiobotocore")
PROFILES = ("dev", "prod", "data-lake")
CODES = ("AWS201", "AWS203", "AWS206", "AWS205", "AWS214", "AWS218")
KEYS = [(key_id(f"k{n}"), secret(f"k{n}")) for n in range(40)]

BEFORE = '''"""Nightly export of {name}."""

import boto3

BUCKET = "exports-{name}"
REGION = "eu-west-1"


def plan(day):
    """Which prefixes belong to a day."""
    return [f"{{day:%Y/%m/%d}}/{{part:04d}}" for part in range(24)]


def client():
    # the export user's key
    return boto3.client(
        "s3",
        region_name=REGION,
        aws_access_key_id="{key}",
        aws_secret_access_key="{secret}",
    )


def total(rows):
    out = 0
    for row in rows:
        out += row["size"]
    return out
'''
AFTER = """    return boto3.Session(profile_name="{profile}").client(
        "s3",
        region_name=REGION,
    )
"""


def change(n: int, root: str) -> Change:
    """One file of a dry run."""
    key, hidden = KEYS[n % len(KEYS)]
    profile = PROFILES[n % len(PROFILES)]
    before = BEFORE.format(name=f"service-{n}", key=key, secret=hidden)
    start = before.index("    return boto3.client(")
    end = before.index("    )\n", start) + len("    )\n")
    after = before[:start] + AFTER.format(profile=profile) + before[end:]
    libraries = (LIBRARIES[n % len(LIBRARIES)],)
    path = Path(f"{root}/app/service_{n}/export.py")
    return Change(path, before.encode(), after.encode(), frozenset([hidden]), repository=root, libraries=libraries, profiles=(profile,))


def finding(n: int, root: str) -> Finding:
    """One finding of a dry run."""
    code = CODES[n % len(CODES)]
    key, hidden = KEYS[n % len(KEYS)]
    return Finding(
        code,
        f"{root}/app/service_{n}/other.py",
        f"the key {key} goes to `Bucket_{n}` with {hidden}",
        n % 300 + 1,
        5,
        "map it: --map-key KEY_ID=PROFILE" if code == "AWS201" else f"see what service {n} needs, then rewrite by hand",
        key,
        PROFILES[n % len(PROFILES)] if n % 2 else None,
        repository=root,
        libraries=(LIBRARIES[n % len(LIBRARIES)],),
    )


def dry_run(changes: int, findings: int, repositories: int = 20) -> Outcome:
    """A dry run of that size."""
    roots = [f"/srv/checkouts/team-{n % 4}/repository-{n:02d}" for n in range(repositories)]
    return Outcome(
        "code",
        [change(n, roots[n % repositories]) for n in range(changes)],
        [finding(n, roots[n % repositories]) for n in range(findings)],
        files=12 * changes,
    )
