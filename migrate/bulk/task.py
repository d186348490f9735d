"""What is to be done in a repository, as it goes to whoever does it: a process here, or a worker of a cluster.

Nobody needs the plan or the AWS files to do it, for the keys and their profiles are in it (key ids, never a secret), and so is who
commits and when: the same task comes to the same commit wherever and however often it is done.
"""

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from migrate import __version__
from migrate.bulk.remotes import Remote

Result = dict[str, Any]
"""What came of a repository, fit to be shown: `status` (changed, clean, left, failed), `why`, `changes`, `findings`, `files`; where it
failed `code` and `again` (may another try help?); where no repository is at fault but the worker, `unfit` with the reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The same for all repositories. Whole key ids are in `known` (AWS files and backups), `planned` (None: no plan) and `pairs`."""

    branch: str
    push: bool = False
    then: str | None = field(default=None, repr=False)
    known: dict[str, str] = field(default_factory=dict, repr=False)
    planned: dict[str, str] | None = field(default=None, repr=False)
    pairs: tuple[str, ...] = field(default=(), repr=False)
    profile: str | None = None
    target: str | None = None
    exclude: tuple[str, ...] = ()
    dry_run: bool = False
    hooks: bool = False
    identities: tuple[tuple[str, str], ...] = ()  # author and committer, name and e-mail; none: git's own where it is done
    environment: bool = False
    targets: tuple[tuple[str, Literal["profile", "default-chain"]], ...] = ()  # the plan's
    message: str | None = None  # template of the commit message
    accounts: dict[str, str] = field(default_factory=dict)  # of profiles, but for those that may be of another account than their keys
    body: str | None = None  # template of the pull request's body, for the command of `then`
    shared: tuple[
        tuple[str, str | None, str | None], ...
    ] = ()  # profile and its sections of the AWS config, without secrets, for that body
    unrelated: tuple[str, ...] = ()  # patterns of files that have nothing to do with keys elsewhere

    @property
    def print(self) -> str:
        """Tells these settings, under this version of the program, from others."""
        mine = {name: value for name, value in asdict(self).items() if name != "shared"}  # only told: nothing is done anew for it
        what = json.dumps([__version__, mine], sort_keys=True)
        return hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Task:
    """One repository. Its text, which a cluster's log may show, tells no URL and no key."""

    url: str = field(repr=False)
    settings: Settings = field(repr=False)
    print: str
    run: str
    """Tells this run's tasks from those of other runs."""
    date: int
    """When the work on the repository was first begun, which is the time of its commit. Seconds since 1970."""
    seconds: float
    memory: int = 0
    """MiB that each of its processes may take; 0: what `limits` has for its share of the machine."""
    folder: str | None = None
    """The working folder, where the clone is made and, without a push, kept; None: a temporary folder of whoever does it."""
    version: str = __version__

    @property
    def remote(self) -> Remote:
        """The repository."""
        return Remote.of(self.url)

    def packed(self) -> bytes:
        """As one line of text."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    def compressed(self) -> bytes:
        """As bytes in which nothing can be read."""
        return zlib.compress(self.packed())

    @staticmethod
    def uncompressed(data: bytes) -> "Task":
        """Out of such bytes."""
        return Task.unpacked(zlib.decompress(data))

    @staticmethod
    def unpacked(line: bytes) -> "Task":
        """Out of such a line."""
        data = json.loads(line)
        settings = data.pop("settings")
        for name in ("pairs", "exclude", "unrelated"):
            settings[name] = tuple(settings[name])
        for name in ("identities", "targets", "shared"):
            settings[name] = tuple(map(tuple, settings[name]))
        return Task(settings=Settings(**settings), **data)


def failed(code: str, why: str, *, again: bool, **more: Any) -> Result:
    """The result of a repository that nothing came of; `why` must be fit to be shown."""
    return {"changes": [], "findings": [], "files": 0, **more, "status": "failed", "code": code, "why": why, "again": again}


def unfit(why: str) -> Result:
    """The result of a worker that cannot work on any."""
    return failed("AWS601", f"no worker could process it: {why}", again=False, unfit=why)
