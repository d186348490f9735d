"""`run` as one function: the AWS files and the code decided together, the result checked, and what is left listed. Writes nothing."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from migrate.awsfiles.advice import HELP, IN_PLAN
from migrate.awsfiles.convert import ConvertRequest, convert
from migrate.awsfiles.reading.document import Document
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import merge
from migrate.changes.change import Change
from migrate.codemod.run.engine import CodeRequest, outcome_of, rewrite_roots
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import KEY_ID, TEMPORARY, mask_key_id
from migrate.migration.result import Checked, check_result
from migrate.outcome import Outcome, ProfileRow, ReplacedKey
from migrate.scan.engine import ScanRequest, scan

_LONG_ENOUGH = timedelta(minutes=16)
"""botocore renews a login that is good for fifteen minutes or less."""

_REFUSED = ("AWS407", "AWS409")
"""What AWS says of a profile that would not sign as it is meant to. Of any other answer it is not known whether it would."""

_TOLD_ALREADY = frozenset({"AWS301", "AWS330", "AWS331"})
"""What `config` says of the AWS files itself, and what every run says of its backup."""


@dataclass(frozen=True, slots=True)
class WholeRequest:
    """What a whole migration is asked. `code` makes the requests for the code, given what the two AWS files will hold."""

    convert: ConvertRequest
    paths: Sequence[Path]
    exclude: Sequence[str]
    offline: bool = field(default=False, kw_only=True)
    code: Callable[[tuple[bytes, bytes]], Sequence[CodeRequest]]
    progress: Callable[[str], None] = field(default=lambda text: None, compare=False)
    refused: Mapping[str, Finding] = field(default_factory=dict)
    """The profiles that would stop working, and why: they are left as they are (`without_refused`)."""
    checked: tuple[tuple[bytes, bytes], Checked] | None = None
    """What AWS has said of the two files with these contents."""


def decide(request: WholeRequest) -> Outcome:
    """Every change and finding of the migration, as one outcome. Raises Refusal as `convert` does, and for a path that does not exist."""
    request = without_refused(request)
    files = convert(request.convert)
    return together(request, files, code_outcome(request, files))


def without_refused(request: WholeRequest) -> WholeRequest:
    """Return the request without the profiles for which AWS, asked now, gives no credentials or those of somebody else.

    Raises Refusal as `convert` does.
    """
    files = convert(request.convert)
    after = _after(request, files)
    checked = _check(request, files, after)
    refused = {f.profile: f for f in checked.findings if f.code in _REFUSED and f.profile is not None}
    if not refused:
        return replace(request, checked=(after, checked))
    return replace(request, convert=replace(request.convert, left=request.convert.left | set(refused)), refused=refused)


def _check(request: WholeRequest, files: Outcome, after: tuple[bytes, bytes]) -> Checked:
    if request.checked is not None and request.checked[0] == after:
        return request.checked[1]
    missing = sessions_of(Outcome("run", profiles=files.profiles), after[0])
    if not request.offline and missing != _sessions(files.profiles):
        request.progress("checking the profiles with AWS")
    # a login that would be renewed first is left alone: what is only looked at writes nothing
    short = sessions_of(Outcome("run", profiles=files.profiles), after[0], _LONG_ENOUGH)
    return check_result(request.convert, after, files.profiles, offline=request.offline, not_logged_in=short)


def _as_refused(finding: Finding, refused: Mapping[str, Finding]) -> Finding:
    """A profile that is left because AWS refuses it, with what AWS said."""
    why = refused.get(finding.profile or "")
    if finding.code != "AWS193" or why is None:
        return finding
    return replace(finding, code=why.code, message=f"{why.message}; the profile was left unchanged", help=why.help)


def code_outcome(request: WholeRequest, files: Outcome) -> Outcome:
    """What the code comes to, given what the AWS files come to. Raises Refusal for a path that does not exist."""
    request.progress("reading the AWS files")
    if not request.paths:
        return outcome_of((), ())
    roots, stray = [], []
    for one in request.code(_after(request, files)):
        more, lost = rewrite_roots(one)
        roots += more
        stray += lost
    found = outcome_of(roots, stray)
    return replace(found, findings=[by_plan(f) for f in found.findings])


def by_plan(finding: Finding) -> Finding:
    """Return a finding with the advice of a command that has no option for the mapping: to say it in the plan."""
    if finding.code in IN_PLAN and finding.help == HELP[finding.code].format(name=finding.profile):
        return replace(finding, help=IN_PLAN[finding.code])
    if "--other-account" in finding.help:
        return replace(
            finding, help="map the key to another profile, or confirm the account: other_account = yes for the profile in the plan"
        )
    if "--map-key" not in finding.help or finding.key is None:
        return finding
    _, *more = finding.help.split("\n")
    said = (
        f"add `{mask_key_id(finding.key)} = PROFILE` with the full key ID under [keys] in the plan; aws-sso-migrate plan PATH adds the line"
    )
    return replace(finding, help="\n".join([said, *more]))


def _after(request: WholeRequest, files: Outcome) -> tuple[bytes, bytes]:
    return will_hold(request.convert.config_file, files.changes), will_hold(request.convert.credentials_file, files.changes)


def together(request: WholeRequest, files: Outcome, code: Outcome) -> Outcome:
    """Both halves as one outcome: what comes of them checked, and what is left after them. Writes nothing."""
    after = _after(request, files)
    missing = sessions_of(Outcome("run", profiles=files.profiles), after[0])
    checked = _check(request, files, after)
    missing = list(dict.fromkeys([*missing, *checked.not_logged_in]))
    why = request.refused
    rows = [replace(row, resolves=False, error=why[row.name].message) if row.name in why else row for row in checked.rows]
    changes = [*files.changes, *code.changes]
    told = [*(_as_refused(by_plan(f), why) for f in files.findings), *code.findings, *checked.findings]
    scanned = scan(ScanRequest(request.paths, False, request.exclude, progress=request.progress))
    told += _still_there(scanned.findings, changes, code.findings)
    replaced = list(dict.fromkeys([*files.replaced, *code.replaced]))
    return Outcome(
        "run",
        changes,
        [*told, *_next_steps(request.convert, missing, replaced, after, {f.key for f in told if f.leaves_work})],
        rows,
        replaced=replaced,
        groups=code.groups,
        files=files.files + code.files,
        silenced=files.silenced + code.silenced + sum(not _counted(path, request.convert) for path in scanned.silenced_in),
    )


def _sessions(rows: Sequence[ProfileRow]) -> list[str]:
    return list(dict.fromkeys(r.sso_session for r in rows if r.action == "sso" and r.sso_session))


def sessions_of(outcome: Outcome, config: bytes, needed: timedelta = timedelta(0)) -> list[str]:
    """The sessions of the converted profiles for which no login is kept that is still good. `config`: what the config file will hold."""
    from migrate.online.login.tokens import NoLogin, read_token, session_of

    path = Path("config")
    files = merge(AwsFile(path, None, Document(config.decode("utf-8-sig"), path)), AwsFile(path, None, Document("", path)))
    out = []
    for name in _sessions(outcome.profiles):
        session = session_of(files, name)
        try:
            if session is None or read_token(session).left <= needed:
                out.append(name)
        except (NoLogin, Refusal):
            out.append(name)
    return out


def will_hold(path: Path, changes: Sequence[Change]) -> bytes:
    """The bytes of an AWS file once the changes are made."""
    for change in changes:
        if change.path == path:
            return change.after or b""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _still_there(found: Sequence[Finding], changes: Sequence[Change], code: Sequence[Finding]) -> list[Finding]:
    """What a scan finds now and would find afterwards, but for what the two halves tell themselves."""
    after = {str(c.path.absolute()): c.after or b"" for c in changes}
    told = {str(Path(f.path).absolute()) for f in code if f.leaves_work}
    settings = {(str(Path(f.path).absolute()), f.key) for f in code if f.code in ("AWS225", "AWS227", "AWS235")}
    out = []
    for finding in found:
        if finding.code in _TOLD_ALREADY or (finding.code in ("AWS307", "AWS339") and finding.path in told):
            continue
        if (finding.path, finding.key) in settings:
            continue
        gone = finding.path in after and (finding.key is None or finding.key.encode() not in after[finding.path])
        if gone and finding.code != "AWS305":  # what git tracks stands in its history all the same
            continue
        out.append(finding)
    return out


def _counted(path: str, request: ConvertRequest) -> bool:
    """Does one of the halves count what is silenced in a file?"""
    return path.endswith((".py", ".ipynb")) or Path(path) in (request.config_file, request.credentials_file)


def _next_steps(
    request: ConvertRequest,
    not_logged_in: Sequence[str],
    replaced: Sequence[ReplacedKey],
    after: tuple[bytes, bytes],
    used: Container[str | None],
) -> list[Finding]:
    """What comes after: told, and no reason for another exit status than 0. `used`: keys that an issue is about."""
    if not replaced:
        return []
    path = str(request.config_file)
    steps = [
        Finding("AWS191", path, f"log in to session {name}", help=f"aws-sso-migrate login {name}, then aws-sso-migrate verify")
        for name in not_logged_in
    ]
    standing = {key for data in after for key in KEY_ID.findall(data.decode("utf-8", "replace"))}
    ended = (r.key for r in replaced if r.key not in standing and not r.key.startswith(TEMPORARY))
    keys = [key for key in dict.fromkeys(ended) if key not in used]
    if keys:
        shown = ", ".join(map(mask_key_id, keys[:10])) + (f" and {len(keys) - 10} more" if len(keys) > 10 else "")
        steps.append(Finding("AWS192", path, f"retire these keys once everything works: {shown}", help="aws-sso-migrate retire"))
    return steps
