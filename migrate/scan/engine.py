"""`scan` as one function: the home folder's places, the environment, and every file under some paths. Reads, and writes nothing."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.outcome import Outcome
from migrate.scan.files import Exclusion, Hit, Listing, Searched, list_files, search
from migrate.scan.home import scan_environment, scan_home
from migrate.scan.kinds import code_of, is_aws_file
from migrate.scan.places import Places, unreadable
from migrate.scan.wording import finding_for, named
from migrate.tree.files import project_root
from migrate.tree.processes import cores, in_processes
from migrate.tree.pyproject import Settings, settings_for

_FEW = 600
"""Below so many files a second process costs more than it saves."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What a scan is asked. `home`: the home folder's places and the environment too. `jobs` 0: as many as there are cores."""

    paths: Sequence[Path] = ()
    history: bool | None = None
    exclude: Sequence[str] = ()
    home: bool = True
    jobs: int = 0
    progress: Callable[[str], None] = field(default=lambda text: None, compare=False)


def scan(request: ScanRequest) -> Outcome:
    """Every key within reach, as findings. Raises Refusal where a path does not exist, or a repository's settings are none."""
    places = scan_home() if request.home else Places()
    findings = [_in_git(f) if f.code == "AWS302" and f.key is not None and _is_tracked(f.path) else f for f in places.findings]
    if request.home:
        findings += scan_environment(os.environ.items())
        findings += [_tracked(f) for f in sorted({f.path for f in places.findings if f.code == "AWS301"}) if _is_tracked(f)]
    skip = _own_folders()
    files, silenced = places.files, list(places.silenced)
    done: set[str] = set(places.looked)
    histories: set[str] = set()
    for path in request.paths:
        settings = _settings(path)
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symlinks stay as they were named
        base = absolute if absolute.is_dir() else Path.cwd()
        exclude = Exclusion([(base, request.exclude), (settings.path.parent if settings.path else base, settings.exclude)])
        listing = Listing()
        list_files(path, exclude, skip, listing)
        wanted = [f for f in listing.files if f not in done] if done else listing.files
        done.update(wanted)
        request.progress(f"{len(wanted)} files")
        in_files, hidden = _in_files(wanted, request.jobs or settings.jobs or cores())
        silenced += hidden
        found = [*in_files, *(unreadable(p, why) for p, why in listing.unreadable)]
        if any(f.code in ("AWS306", "AWS313") for f in found):
            from migrate.scan.readers import with_readers

            found = with_readers(found, absolute, len(listing.files))
        if request.history if request.history is not None else settings.history:
            from migrate.scan.history import scan_history

            found = scan_history(absolute, listing.repositories, found, exclude, histories, request.progress)
        found = [other for one in found for other in (one, *_elsewhere_in_file(one))]
        kept = [f for f in found if f.code not in settings.ignore]
        silenced += [f.path for f in found if f.code in settings.ignore]
        findings += _in_repositories(kept, listing.repositories)
        files += len(wanted)
    findings = _with_profiles(findings)
    findings.sort(key=lambda f: (f.path, f.line or 0, f.column or 0, f.code))
    return Outcome("scan", (), findings, files=files, silenced=len(silenced), silenced_in=silenced)


def _settings(path: Path) -> Settings:
    absolute = path.absolute()
    return settings_for(absolute, project_root(absolute if absolute.is_dir() else absolute.parent))


def _own_folders() -> frozenset[str]:
    """Where this program keeps its backups."""
    from migrate.changes.state import state_folder

    with suppress(Refusal):
        return frozenset({str(state_folder()), os.path.realpath(state_folder())})
    return frozenset()


def _in_files(files: list[str], jobs: int) -> tuple[list[Finding], list[str]]:
    """The findings of some files, and the path of each that a comment silences."""
    whole = Searched()
    for share, part in in_processes(search, files, jobs if len(files) >= _FEW else 1):
        got = part if part is not None else search(share)
        whole.hits += got.hits
        whole.unreadable += got.unreadable
    findings = [unreadable(path, why) for path, why in whole.unreadable]
    silenced = []
    for hit in whole.hits:
        found = _of_hit(hit)
        findings += found
        silenced += [hit.path] * (len(hit.pairs) - len(found))
    return findings, silenced


def _of_hit(hit: Hit) -> list[Finding]:
    code = code_of(hit.path, hit.opening)
    if code == "AWS302" and is_aws_file(hit.path, hit.opening) and _is_tracked(hit.path):
        code = "AWS305"
    return [finding_for(code, hit.path, pair) for pair in hit.pairs if not pair.covers(code)]


def _elsewhere_in_file(first: Finding) -> list[Finding]:
    """The findings for all other places of a file in which a key stands that was found with its secret."""
    from migrate.codemod.data.beside import again, read_or_nothing

    if first.key is None or first.line is None or not os.path.isabs(first.path):  # noqa: PTH117 - a str everywhere here
        return []
    message = f"this file contains {named(first.key)} here as well"
    return [replace(f, message=message) for f in again(first, read_or_nothing(Path(first.path)))]


def _is_tracked(path: str) -> bool:
    """Does git track this file?"""
    folder = Path(os.path.realpath(path)).parent
    if not any((f / ".git").exists() for f in (folder, *folder.parents)):
        return False
    from migrate.repositories.git import tracks

    return tracks(Path(os.path.realpath(path)))


def _tracked(path: str) -> Finding:
    return Finding(
        "AWS305", path, "git tracks this AWS file, which contains the key", help="run git rm --cached on it, and retire the key now"
    )


def _in_git(finding: Finding) -> Finding:
    """A copy of an AWS file that git tracks: the same key, and a worse place."""
    help = "run git rm --cached on it, and retire the key now"
    return replace(finding, code="AWS305", message=f"git tracks this copy of an AWS file, which contains {named(finding.key)}", help=help)


def _in_repositories(findings: list[Finding], repositories: list[str]) -> list[Finding]:
    """The findings, each with the repository that it lies in."""
    if not repositories:
        return findings
    known = {Path(top): top for top in repositories}
    return [replace(f, repository=next((known[p] for p in Path(f.path).parents if p in known), None)) for f in findings]


def _with_profiles(findings: list[Finding]) -> list[Finding]:
    """The findings, each with the profile that has its key, as far as the AWS files and the backups tell."""
    if not any(f.key is not None and f.profile is None for f in findings):
        return findings
    from migrate.codemod.keys.mapping import known_profiles

    known: dict[str, str] = defaultdict(str)
    with suppress(Refusal, OSError):
        known.update(known_profiles())
    return [replace(f, profile=known[f.key]) if f.key is not None and f.profile is None and known[f.key] else f for f in findings]
