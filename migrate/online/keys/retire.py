"""What `retire` comes to: which keys there are, what IAM says of them, what may be done; and the doing.

A key is touched only if a run replaced it or `--key` names it, and only if no guard speaks against it (or `--force` was given).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from migrate.awsfiles.reading.profiles import AwsFiles, which_there_are
from migrate.errors import Refusal
from migrate.findings import Finding, about
from migrate.keys import account_id, is_key_id, mask_key_id
from migrate.online.advice import advice
from migrate.online.clients import Sessions
from migrate.online.failures import failures, reason
from migrate.online.hosts import ENDPOINT
from migrate.online.keys.admins import is_last_admin
from migrate.online.keys.iam import KeyFacts, KeyProblem, delete, facts, set_status
from migrate.online.keys.replaced import Lost, Replaced, holders, replaced_keys
from migrate.online.keys.retired import Action, Records, note
from migrate.online.login.sso import usable_token
from migrate.online.login.tokens import NoLogin, format_time, session_of
from migrate.online.parallel import parallel
from migrate.outcome import KeyRow

_NAMED = 3
"""Profiles that a sentence names."""
_AT_ONCE = 8
"""Keys asked about at the same time: IAM is one slow service for the whole account, and throttles."""


@dataclass(frozen=True, slots=True)
class RetireRequest:
    """The options of `retire`. `keys` are whole key ids."""

    keys: tuple[str, ...] = field(default=(), repr=False)
    profile: str | None = None
    action: Action | None = None
    after: int = 7
    force: bool = False


@dataclass(slots=True)
class KeyCase:
    """One key: what is known of it, what speaks against the action, and whether it is to be done."""

    replaced: Replaced
    account: str | None
    asked_by: str | None = None
    iam: Any = None
    facts: KeyFacts | None = None
    status: str | None = None
    findings: list[Finding] = field(default_factory=list)
    do: bool = False

    @property
    def key(self) -> str:
        """The whole key id."""
        return self.replaced.key

    @property
    def shown(self) -> str:
        """The key as it may be shown."""
        return mask_key_id(self.key)

    def row(self) -> KeyRow:
        """The key's row of the table."""
        known = self.facts
        profile = self.replaced.profiles[0] if self.replaced.profiles else self.asked_by
        if known is None:
            return KeyRow(self.key, self.account, status=self.status, profile=profile)
        return KeyRow(self.key, self.account, known.user, self.status or known.status, known.used, profile)

    def found(self, code: str, message: str, path: str = "", line: int | None = None, help: str = "") -> None:
        """Adds a finding about the key. Where no file is meant, the key itself stands in the path's place."""
        self.findings.append(
            Finding(
                code,
                path or self.shown,
                about(f"key {self.shown}", message),
                line,
                None,
                advice(code, help),
                key=self.key,
                profile=self.asked_by,
            )
        )


def decide(request: RetireRequest, files: AwsFiles, sessions: Sessions, records: Records) -> tuple[list[KeyCase], list[Finding]]:
    """Every key in question, and what concerns none of them. Asks IAM, changes nothing. Raises Refusal for bad options."""
    for key in request.keys:
        if not is_key_id(key):
            raise Refusal("--key: this is not a key ID", help="a key ID is AKIA followed by 16 capital letters or digits from 2 to 7")
    if request.profile is not None and request.profile not in files.profiles:
        raise Refusal(f"there is no profile {request.profile}", path=files.config.path, help=which_there_are(request.profile, files))
    known, lost = replaced_keys()
    by_key = {row.key: row for row in known}
    chosen = [by_key.get(key, Replaced(key)) for key in dict.fromkeys(request.keys)] or known
    general = [] if request.keys else [_lost(row) for row in lost if not records.has_deleted(row.shown)]
    cases = [KeyCase(row, account_id(row.key)) for row in chosen if request.keys or not row.key.startswith("ASIA")]
    names = list(dict.fromkeys(name for case in cases for name in _candidates(case, request, files)))
    # one after the other, since several may share a login that is to be renewed; in a thread, since whoever writes a login in the
    # main thread does not listen to Ctrl-C any more, and the question is still to come
    problems = parallel(lambda name: _login_problem(sessions, files, name), names, workers=1)
    logins = {name: problem for name, problem in zip(names, problems, strict=True) if problem}
    parallel(lambda case: _ask(case, request, files, sessions, records, logins), cases, workers=_AT_ONCE)
    ends = request.action in ("deactivate", "delete")
    held = holders([case.key for case in cases], files) if ends else {case.key: [] for case in cases}
    for case in cases:
        _judge(case, request, records, held[case.key])
    return cases, general


def perform(cases: Sequence[KeyCase], request: RetireRequest, records: Records, tell: Callable[[str], None]) -> None:
    """Does what was decided, one key after the other, each noted before and after. What fails becomes a finding of its key.

    Raises Refusal where the note cannot be written (nothing more is done then).
    """
    action = request.action
    assert action is not None
    any_done = False
    for case in cases:
        if not case.do or case.facts is None:
            continue
        case.do = False
        if action == "deactivate" and not request.force and _used_meanwhile(case):
            continue
        try:
            records.add(note(case.key, action, case.account or "", case.facts.user, done=False))
        except Refusal as refusal:
            if not any_done:
                raise
            case.found("AWS508", f"was left unchanged because the action could not be recorded: {refusal.message}")
            continue
        if _do(case, action, records):
            case.do = any_done = True
            tell(f"{_PAST[action].capitalize()} {case.shown} of user {case.facts.user} in account {case.account or 'unknown'}.")


def _do(case: KeyCase, action: Action, records: Records) -> bool:
    """Has AWS done it? What went wrong is a finding then, also where it was done and could not be noted."""
    assert case.facts is not None
    user = case.facts.user
    try:
        if action == "delete":
            delete(case.iam, case.key, user)
        else:
            set_status(case.iam, case.key, user, "Inactive" if action == "deactivate" else "Active")
    except KeyProblem as problem:
        case.found("AWS508", f"could not be {_PAST[action]}: {problem.message}")
        return False
    case.status = _STATUS[action]
    try:
        records.add(note(case.key, action, case.account or "", user, done=True))
    except Refusal as refusal:
        case.found(
            "AWS508", f"was {_PAST[action]}, but this could not be recorded: {refusal.message}", help="make a note of the date yourself"
        )
    return True


_STATUS = {"deactivate": "Inactive", "reactivate": "Active", "delete": "Deleted"}


def step_text(case: KeyCase, action: Action) -> str:
    """What is about to be done, in one line."""
    assert case.facts is not None
    return f"{action} {case.shown} of user {case.facts.user} in account {case.account or 'unknown'} (using profile {case.asked_by})"


_PAST = {"deactivate": "deactivated", "reactivate": "reactivated", "delete": "deleted"}


def _lost(row: Lost) -> Finding:
    if not row.shown:
        return Finding("AWS507", f"run {row.run}", f"it is unknown which keys run {row.run} replaced: {row.why}")
    return Finding("AWS507", f"run {row.run}", f"key {row.shown} was replaced by run {row.run}, but {row.why}", help="name it with --key")


def _candidates(case: KeyCase, request: RetireRequest, files: AwsFiles) -> list[str]:
    """The profiles to ask with: the one named, else those that took the key's place, then others of its account."""
    if request.profile is not None:
        return [request.profile]
    sso = {name: p.values["sso_account_id"] for name, p in files.profiles.items() if p.values.get("sso_account_id") and not p.static}
    took = [name for name in case.replaced.profiles if name in sso and case.account in (None, sso[name])]
    return list(dict.fromkeys([*took, *(name for name, account in sso.items() if account == case.account)]))


def _login_problem(sessions: Sessions, files: AwsFiles, name: str) -> str:
    session = session_of(files, files.profiles[name].values.get("sso_session", ""))
    if session is None:
        return ""
    try:
        usable_token(sessions, session)
    except NoLogin as error:
        return f"{error.message}: `{error.help}`"
    except Refusal as refusal:
        return refusal.message
    return ""


def _ask(case: KeyCase, request: RetireRequest, files: AwsFiles, sessions: Sessions, records: Records, logins: dict[str, str]) -> None:
    last = records.last(case.key)
    if last is not None and last.action == "delete":
        case.status = "Deleted"
        case.account = case.account or last.account_id or None
        return
    names = _candidates(case, request, files)
    if not names:
        account = f"account {case.account}" if case.account else "the key's account, which its ID does not reveal"
        case.found("AWS501", f"no converted profile belongs to {account}", help="name a profile of that account with --profile")
        return
    problems: dict[str, list[str]] = {}  # what is wrong, and with which profiles
    for name in names:
        case.asked_by = name
        if name in logins:
            problems.setdefault(logins[name], []).append(name)
            continue
        values = files.profiles[name].values
        own = values.get("sso_account_id")
        try:
            session = sessions.session(name)
            case.iam = session.create_client("iam", region_name=_region(files, values))
            case.facts = facts(case.iam, case.key)
        except KeyProblem as problem:
            if problem.kind == "unknown" and own and case.account and own != case.account:
                problems.setdefault(f"it belongs to account {own}, but the key belongs to account {case.account}", []).append(name)
                continue
            problems.setdefault(problem.message, []).append(name)
            if problem.kind == "unknown" and case.account is not None:
                case.status = "Unknown"
                break
            continue
        except failures() as error:
            problems.setdefault(reason(error), []).append(name)
            continue
        case.account = case.account or own
        return
    told = "; ".join(f"{_profiles(those)}: {message}" for message, those in problems.items())
    case.found("AWS501", f"could not be queried: {told}", help=_help_for(problems, logins))


def _profiles(names: Sequence[str]) -> str:
    """Return the names of profiles for a sentence: a few, and the number of the others."""
    if len(names) == 1:
        return f"profile {names[0]}"
    more = len(names) - _NAMED
    return f"profiles {', '.join(names[:_NAMED])}{f' and {more} more' if more > 0 else ''}"


def _help_for(problems: Collection[str], logins: dict[str, str]) -> str:
    """Return what to do where all that went wrong is of one kind; empty for the general advice."""
    if all(message in logins.values() for message in problems):
        return "log in, then run again"
    if all(ENDPOINT in message for message in problems):
        return "correct the endpoint: unset AWS_ENDPOINT_URL, or name IAM's own with AWS_ENDPOINT_URL_IAM"
    return ""


def _region(files: AwsFiles, values: dict[str, str]) -> str:
    """IAM has one endpoint for each partition; which one it is, the region tells."""
    session = session_of(files, values.get("sso_session", ""))
    return values.get("region") or (session.region if session else "") or values.get("sso_region") or "us-east-1"


def _judge(case: KeyCase, request: RetireRequest, records: Records, held: list[tuple[str, int | None]]) -> None:
    known = case.facts
    if known is None:
        return
    if known.status is None:
        case.found("AWS509", known.why)
    action = request.action
    if action is None or known.user == "root":
        return
    status, since = known.status, case.replaced.since
    if action == "reactivate":
        mine = records.deactivated_since(case.key) is not None
        case.do = status != "Active" and (mine or case.key in request.keys)
        return
    if action == "deactivate" and status == "Inactive":
        return
    against: list[tuple[str, str, str, int | None]] = []
    if since is not None and known.last_used is not None and known.last_used > since:
        against.append(("AWS502", f"was used ({known.used}) after the run that replaced it ({format_time(since)})", "", None))
    against += [("AWS503", "is still present here", path, line) for path, line in held]
    if action == "deactivate" and is_last_admin(case.iam, known.user, case.iam.meta.partition):
        against.append(("AWS505", f"user {known.user} is the only one in the account with AdministratorAccess", "", None))
    if action == "delete":
        why = _too_soon(status, records.deactivated_since(case.key), request.after)
        if why:
            against.append(("AWS504", why, "", None))
    for code, message, path, line in against:
        if request.force:
            case.found("AWS506", message, path, line, "this cannot be undone" if action == "delete" else "")
        else:
            case.found(code, message, path, line)
    case.do = request.force or not against


def _too_soon(status: str | None, inactive: timedelta | None, days: int) -> str:
    if status != "Inactive":
        return "is active: deactivate it first" if status else "may still be active"
    if inactive is None:
        return "is inactive, but was not deactivated by this program, so it is unknown since when"
    left = timedelta(days=days) - inactive
    if left > timedelta(0):
        hours = int(inactive.total_seconds() // 3600)
        number, unit = (inactive.days, "day") if inactive.days else (hours, "hour")
        since = f"{number} {unit}{'' if number == 1 else 's'}" if number else "less than an hour"
        return f"has been inactive for {since}; it may be deleted after {days} days"
    return ""


def _used_meanwhile(case: KeyCase) -> bool:
    """Was it used while the question stood open? Its finding is added then."""
    assert case.facts is not None
    before: datetime | None = case.facts.last_used
    try:
        now = facts(case.iam, case.key)
    except KeyProblem as problem:
        case.found("AWS508", f"could not be checked again: {problem.message}")
        return True
    if now.last_used != before:
        case.facts = now
        case.found("AWS502", f"was used just now ({now.used})")
        return True
    return False
