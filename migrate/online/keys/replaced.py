"""The keys that earlier runs replaced: the journals name them masked, the backups hold them whole; and who still holds them now."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.changes.journal import SECRETS, Journal
from migrate.changes.undo import all_runs
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import KEY_ID, mask_key_id
from migrate.online.keys.retired import Records
from migrate.online.login.tokens import parse_time
from migrate.tree.files import project_root

_NOT_HELD = ("AWS330", "AWS331", "AWS332", "AWS338", "AWS339")
"""Findings of a scan that tell of backups, of what is kept on purpose, and of what could not be looked at."""

_LARGEST = 64 * 1024 * 1024
_ID_IN_BYTES = re.compile(KEY_ID.pattern.encode())


@dataclass(slots=True)
class Replaced:
    """A key that a run took out. `key` is whole; `profiles` take its place; `runs` are those whose backups hold it; `since` is the last such run."""

    key: str = field(repr=False)
    profiles: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A key that a run took out and whose whole id nobody has any more, or that two ids could be."""

    shown: str
    run: str
    why: str


def replaced_keys() -> tuple[list[Replaced], list[Lost]]:
    """All keys of runs that stand, the oldest first. Raises Refusal where there can be no state folder."""
    journals, damaged = all_runs()
    found: dict[str, Replaced] = {}
    lost = [Lost("", run, "its journal is damaged") for run in damaged]
    for journal in reversed(journals):
        if journal.state in ("undone", "undoing") or not journal.keys:
            continue
        ids = _ids_in_backups(journal)
        for entry in journal.keys:
            whole = [key for key in ids if mask_key_id(key) == entry.key]
            if len(whole) != 1:
                known = [key for key in found if mask_key_id(key) == entry.key]
                if not whole and len(known) == 1:
                    whole = known  # another run's backup still has it
                else:
                    why = (
                        "its backups contain several keys with this ending"
                        if whole
                        else "its backups were deleted"
                        if journal.purged
                        else "its backups do not contain it"
                    )
                    lost.append(Lost(entry.key, journal.run, why))
                    continue
            row = found.setdefault(whole[0], Replaced(whole[0]))
            if entry.profile is not None and entry.profile not in row.profiles:
                row.profiles.insert(0, entry.profile)
            if not journal.purged and journal.run not in row.runs:
                row.runs.append(journal.run)
            row.since = parse_time(journal.time) or row.since
    return list(found.values()), lost


def runs_with(key_id: str) -> list[str]:
    """The runs, undone ones too, whose backups hold a key."""
    return [journal.run for journal in all_runs()[0] if not journal.purged and key_id in _ids_in_backups(journal)]


def ended_keys(journal: Journal) -> list[Finding]:
    """The keys that taking a run back would bring into use again, though `retire` has made them inactive, or deleted them, since."""
    records = Records()
    if not records.all or journal.purged:
        return []
    out = []
    taken_out = {entry.key for entry in journal.keys}
    for key in _ids_in_backups(journal):
        last = records.last(key) if mask_key_id(key) in taken_out else None
        if last is None or last.action == "reactivate":
            continue
        if last.action == "delete":
            what, help = "deleted", "what signs with it will fail: do not undo the run, or create a new key for the user"
        else:
            what = "deactivated"
            help = "first run aws-sso-migrate retire --reactivate; after the run is undone, that needs --key KEY_ID and --profile NAME"
        message = f"key {last.key} of user {last.user}, which this restores, was {what} by `retire` on {last.time[:10]}"
        out.append(Finding("AWS194", _first_holder(journal, key), message, help=help, key=key))
    return out


def _first_holder(journal: Journal, key: str) -> str:
    """The first file of a run that held a key."""
    for entry in journal.files:
        if entry.backup is not None:
            with suppress(OSError):
                if key.encode() in (journal.folder / entry.backup).read_bytes():
                    return entry.path
    return str(journal.folder)


def _ids_in_backups(journal: Journal) -> list[str]:
    out: dict[str, None] = {}
    if journal.purged:
        return []
    for path in sorted(journal.folder.glob("*.backup")):
        if path.name == SECRETS:
            continue
        try:
            if path.stat().st_size <= _LARGEST:
                out |= dict.fromkeys(match.decode() for match in _ID_IN_BYTES.findall(path.read_bytes()))
        except OSError:
            continue
    return list(out)


def holders(key_ids: Iterable[str], files: AwsFiles) -> dict[str, list[tuple[str, int | None]]]:
    """Who still holds each key: path and line, in the AWS files, the files that runs changed, the environment, and wherever a scan of the
    home folder's places and of the checkouts that runs changed finds it with its secret.
    """
    wanted = set(key_ids)
    out: dict[str, list[tuple[str, int | None]]] = {key: [] for key in wanted}
    if os.environ.get("AWS_ACCESS_KEY_ID") in wanted:
        out[os.environ["AWS_ACCESS_KEY_ID"]].append(("environment", None))
    paths = {files.credentials.path: None, files.config.path: None}
    paths |= {Path(entry.path): None for journal in all_runs()[0] for entry in journal.files}
    for path in paths:
        try:
            data = look(path).data
        except Refusal:
            continue
        if data is None or len(data) > _LARGEST:
            continue
        for match in _ID_IN_BYTES.finditer(data):
            key = match.group().decode()
            if key in wanted:
                out[key].append((str(path), data.count(b"\n", 0, match.start()) + 1))
    for finding in _scanned() if wanted else ():
        key, place = finding.key or "", (finding.path, finding.line)
        if key in wanted and place not in out[key] and finding.path != "environment":
            out[key].append(place)
    return out


def _scanned() -> list[Finding]:
    """What a scan finds of keys, this program's own backups apart. What cannot be read was told by `scan`."""
    from migrate.scan.engine import ScanRequest, scan

    found: list[Finding] = []
    for request in (ScanRequest(), *(ScanRequest([root], home=False) for root in _checkouts())):
        with suppress(Refusal):
            found += scan(request).findings
    return [finding for finding in found if finding.code not in _NOT_HELD]


def _checkouts() -> list[Path]:
    """The checkouts that runs changed files in, else those files' folders, and the PATHs that runs were given; never the home folder as a whole, nor what is above it."""
    home = Path.home()
    out: dict[Path, None] = {}
    for journal in all_runs()[0]:
        if journal.command in ("code", "run"):
            for entry in journal.files:
                folder = Path(entry.path).parent
                root = project_root(folder)
                if root == home or root in home.parents:
                    root = folder
                if root.is_dir() and root != home and root not in home.parents and root != home / ".aws":
                    out[root] = None
            for path in map(Path, journal.paths):
                if path.exists() and path != home and path not in home.parents:
                    out[path] = None
    return [root for root in out if not any(other in out for other in root.parents)]
