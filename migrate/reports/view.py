"""What may be shown of an outcome.

Every form of report is made from a View, and a View is made here alone, masked and without lone surrogates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from migrate.awsfiles.share import SharedProfile, shared_profiles
from migrate.changes.change import Change, Kind
from migrate.changes.diff import CONTEXT, masked_diff
from migrate.errors import Refusal
from migrate.findings import Finding, Related, Severity
from migrate.keys import mask_key_id
from migrate.masking import Masker, encodable, in_one_line
from migrate.outcome import KeyRow, Outcome, ProfileRow, Shown, SignedCall

_MASKER = Masker()
"""For texts in which nothing is known to be secret but by its shape."""

WIDE = 25
"""Unchanged lines around a change in the HTML report, where most of them are folded away."""


def now() -> str:
    """This moment, as reports say it: ISO 8601 in UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change as it may be shown: `diff` is masked."""

    path: str
    kind: Kind
    diff: str
    repository: str | None = None
    libraries: Sequence[str] = ()
    profiles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it may be shown: `key` is masked."""

    code: str
    severity: Severity
    path: str
    line: int | None
    column: int | None
    message: str
    help: str
    key: str | None
    profile: str | None
    first_commit: str | None
    last_commit: str | None
    repository: str | None = None
    libraries: Sequence[str] = ()
    related: Sequence[Related] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryView:
    """One of many repositories in a report of `bulk`: `changed` files, findings `left` for a person, and `why` in a few words."""

    name: str
    status: str
    changed: int
    left: int
    files: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SignerView:
    """A call that signed with a key (masked) and now signs with a profile (None: the default chain); the rest as `SignedCall` has it."""

    path: str
    line: int
    new_line: int | None
    function: str
    call: str
    key: str
    profile: str | None
    shown: Shown
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key in `retire`'s table, masked."""

    key: str
    account_id: str | None
    user: str | None
    status: str | None
    last_used: str | None
    profile: str | None


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Why a command was refused."""

    message: str
    path: str | None
    line: int | None
    help: str


@dataclass(frozen=True, slots=True)
class View:
    """One run of one command, fit to be shown. `status` is the exit status, `run` the journal's id, `date` when it was (ISO 8601, UTC).

    `wide` gives the masked diff of a change of this view with more unchanged lines around than its `diff` has; made only when asked for.
    """

    command: str
    status: int
    changes: Sequence[ChangeView] = ()
    findings: Sequence[FindingView] = ()
    profiles: Sequence[ProfileRow] = ()
    keys: Sequence[KeyView] = ()
    run: str | None = None
    files: int = 0
    changed: int = 0
    left: int = 0
    silenced: int = 0
    error: ErrorView | None = None
    applied: bool = field(default=False)
    repositories: Sequence[RepositoryView] = ()
    signers: Sequence[SignerView] = ()
    setup: Sequence[SharedProfile] = ()  # how a colleague gets the profiles that calls sign with now
    date: str = field(default_factory=now, compare=False)
    wide: Callable[[ChangeView], str] | None = field(default=None, repr=False, compare=False)


def view(outcome: Outcome, status: int, *, diffs: bool = True, config: bytes | None = None) -> View:
    """`outcome` as it may be shown; without the diffs, which cost the most, where nobody will look at them.

    `config`: what the AWS config file holds, or will hold, for the sections that a colleague needs; None: they are not asked for.
    """
    changes = [change_view(change, diffs) for change in outcome.changes]
    return View(
        command=outcome.command,
        status=status,
        changes=changes,
        findings=[finding_view(finding) for finding in outcome.findings],
        profiles=[_profile(row) for row in outcome.profiles],
        keys=[_key(row) for row in outcome.keys],
        files=outcome.files,
        changed=len(outcome.changes),
        left=sum(finding.leaves_work for finding in outcome.findings),
        silenced=outcome.silenced,
        setup=() if config is None else shared_setup(outcome, config),
        signers=[_signer(call) for call in outcome.signed],
        wide=_wide(outcome.changes, changes) if diffs else None,
    )


_MANY = 10
"""Findings of one kind beyond which a person is told how many there are rather than each of them."""


def grouped(findings: Sequence[FindingView]) -> list[FindingView]:
    """The findings for a person to read: many that say the same of different profiles are one, at the first's place, with their number."""
    alike: dict[tuple[str, str, str], list[FindingView]] = {}
    for finding in findings:
        alike.setdefault((finding.code, _but_name(finding), finding.help), []).append(finding)
    out = []
    for finding in findings:
        same = alike[finding.code, _but_name(finding), finding.help]
        if len(same) <= _MANY or finding.profile is None:
            out.append(finding)
        elif finding is same[0]:
            names = ", ".join(str(one.profile) for one in same[:3])
            message = f"{len(same):,} profiles ({names} and {len(same) - 3:,} more): {_but_name(finding).lstrip(': ')}"
            out.append(replace(finding, message=message, profile=None, key=None))
    return out


def _but_name(finding: FindingView) -> str:
    """What a finding says of its profile, without the profile's name."""
    start = f"profile {finding.profile}"
    return finding.message.removeprefix(start) if finding.profile is not None else finding.message


def refused(command: str, refusal: Refusal) -> View:
    """A refused command as it may be shown."""
    return View(command=command, status=2, error=error_view(refusal))


def error_view(refusal: Refusal) -> ErrorView:
    """A refusal as it may be shown."""
    return ErrorView(
        shown(refusal.message), None if refusal.path is None else shown_path(str(refusal.path)), refusal.line, shown(refusal.help)
    )


def shown(text: str) -> str:
    """A message, name or path as it may be shown."""
    return encodable(_MASKER.mask(text))


def shown_path(path: str) -> str:
    """A path as it may be shown, in one line. Name by name: a deep path would otherwise be taken for a secret, whose alphabet has the slash."""
    return in_one_line("/".join(shown(name) for name in path.split("/")))


def change_view(change: Change, diffs: bool = True) -> ChangeView:
    """A change as it may be shown."""
    return ChangeView(
        shown_path(str(change.path)),
        change.kind,
        _diff(change, CONTEXT) if diffs else "",
        None if change.repository is None else shown_path(change.repository),
        [shown(name) for name in change.libraries],
        [shown(name) for name in change.profiles],
    )


def _wide(changes: Sequence[Change], views: Sequence[ChangeView]) -> Callable[[ChangeView], str]:
    """Finds a view's change by which object it is: its path may be masked, and another's masked alike."""
    known = {id(shown): (shown, change) for shown, change in zip(views, changes, strict=True)}

    def diff(shown: ChangeView) -> str:
        return _diff(known[id(shown)][1], WIDE) if id(shown) in known else shown.diff

    return diff


def _diff(change: Change, context: int) -> str:
    return encodable(masked_diff(change, Masker(change.secrets), context=context))


def finding_view(finding: Finding) -> FindingView:
    """A finding as it may be shown."""
    return FindingView(
        code=finding.code,
        severity=finding.severity,
        path=shown_path(finding.path),
        line=finding.line,
        column=finding.column,
        message=shown(finding.message),
        help=shown(finding.help),
        key=None if finding.key is None else mask_key_id(finding.key),
        profile=_or_none(finding.profile),
        first_commit=finding.first_commit,
        last_commit=finding.last_commit,
        repository=None if finding.repository is None else shown_path(finding.repository),
        libraries=[shown(name) for name in finding.libraries],
        related=[Related(shown_path(r.path), shown(r.message), r.line, r.column) for r in finding.related],
        rule=finding.rule,
    )


def _profile(row: ProfileRow) -> ProfileRow:
    return ProfileRow(
        shown(row.name),
        row.action,
        _or_none(row.sso_session),
        _or_none(row.sso_account_id),
        _or_none(row.sso_role_name),
        row.resolves,
        _or_none(row.error),
    )


def _key(row: KeyRow) -> KeyView:
    return KeyView(mask_key_id(row.key), row.account_id, _or_none(row.user), row.status, row.last_used, _or_none(row.profile))


def shared_setup(outcome: Outcome, config: bytes) -> list[SharedProfile]:
    """How a colleague gets the profiles that calls sign with now, as it may be shown."""
    names = sorted({call.profile for call in outcome.signed if call.profile is not None})
    return [SharedProfile(shown(s.name), _or_none(s.section), _or_none(s.session)) for s in shared_profiles(names, config)]


def _signer(call: SignedCall) -> SignerView:
    return SignerView(
        shown_path(str(call.path)),
        call.line,
        call.new_line,
        shown(call.function),
        shown(call.call),
        mask_key_id(call.key),
        _or_none(call.profile),
        call.shown,
        call.others,
    )


def _or_none(text: str | None) -> str | None:
    return None if text is None else shown(text)
