"""What tells a finding from others, in this run and in later ones: stable where lines move or words change, and without a secret."""

import os
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from migrate.reports.view import FindingView


def fingerprints(findings: Sequence[FindingView], folder: str) -> list[str]:
    """Return a fingerprint for each finding: of its code, its path from `folder`, its masked key or its profile, and how many alike come before it.

    Lines and messages are not in it, so that a finding is the same one after an edit elsewhere in its file.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    out = []
    for finding in findings:
        what = (finding.code, place_of(finding.path, folder), finding.key or finding.profile or "")
        seen[what] += 1
        out.append(sha256("\0".join([*what, str(seen[what])]).encode("utf-8", "backslashreplace")).hexdigest()[:32])
    return out


def place_of(path: str, folder: str) -> str:
    """Return a path from `folder` on, with `~` for one elsewhere below the home folder: the same on every machine."""
    absolute = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - it may be an environment variable, or outside
    if absolute.startswith(folder.rstrip("/") + "/"):
        return absolute[len(folder.rstrip("/")) + 1 :]
    try:
        home = str(Path.home()).rstrip("/")
    except RuntimeError:
        return absolute
    return f"~{absolute[len(home) :]}" if home and absolute.startswith(home + "/") else absolute
