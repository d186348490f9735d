"""What was asked for: options, plan and files made into one action for each profile and one list of sessions. Options win over the plan."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from migrate.awsfiles.reading.facts import partition_of_profile, session_fault
from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.awsfiles.reading.sso import (
    account_id_fault,
    gives_accounts,
    partition_of,
    plain_account_id,
    quoted,
    region_fault,
    role_name_fault,
    same_portal,
    scopes_fault,
    session_name_fault,
    start_url_fault,
)
from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES
from migrate.errors import Refusal
from migrate.keys import mask
from migrate.nearest import did_you_mean

if TYPE_CHECKING:
    from migrate.plan import Plan

_MAP = re.compile(r"(?P<profile>.+?)=(?P<account>[0-9]{12}|[0-9]{4}-[0-9]{4}-[0-9]{4})/(?P<role>.+)", re.DOTALL)
_MAP_LOOSE = re.compile(r"(?P<profile>[^=]+)=(?P<account>[^/]*)/(?P<role>.*)", re.DOTALL)

_MAP_FORM = "--map takes PROFILE=ACCOUNT_ID/ROLE_NAME[@SESSION]"


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """What `config` was asked: the files, the plan, and the options as they were typed."""

    config_file: Path
    credentials_file: Path
    plan: "Plan | None" = None
    session: str | None = None
    start_url: str | None = None
    region: str | None = None
    scopes: str | None = None
    maps: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    other_accounts: tuple[str, ...] = ()  # profiles that may be mapped to another account than their key's
    left: frozenset[str] = frozenset()  # profiles whose conversion a person left in a review


@dataclass(frozen=True, slots=True)
class Target:
    """Where a profile goes: session, account, role."""

    session: str
    account_id: str
    role_name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall become of one profile. `path` and `line` say where in the plan it stands (None: it was an option).

    `missing` are settings that the plan leaves empty: the profile is then left. `other_account`: to another account than its key's, on purpose.
    """

    action: Literal["sso", "keep", "remove"]
    target: Target | None = None
    path: Path | None = None
    line: int | None = None
    missing: tuple[str, ...] = ()
    other_account: bool = False


@dataclass(slots=True)
class Session:
    """A session as it shall be. `missing` are the settings that one that stands lacks; of a new one `exists` is False."""

    name: str
    start_url: str | None = None
    region: str | None = None
    scopes: str | None = None
    exists: bool = False
    missing: dict[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        """The settings of a new session, in the order in which they are written."""
        return {
            "sso_start_url": self.start_url or "",
            "sso_region": self.region or "",
            "sso_registration_scopes": self.scopes or DEFAULT_SCOPES,
        }


@dataclass(frozen=True, slots=True)
class Mapping:
    """The wish for each profile that was named, every session that stands or may be made, and the profiles that shall stay as they are.

    `problems` are refusals that can wait until all of them are known.
    """

    wishes: dict[str, Wish]
    sessions: dict[str, Session]
    left: frozenset[str] = frozenset()
    problems: tuple[Refusal, ...] = ()


def resolve(request: ConvertRequest, files: AwsFiles) -> Mapping:
    """Options, plan and files made into one mapping. Raises Refusal for everything about them that is malformed or in conflict."""
    sessions, default = _sessions(request, files)
    problems: list[Refusal] = []
    wishes = dict(_planned(request, default, sessions, files, problems))
    named: set[str] = set()
    for text in request.maps:
        name, target = _parse_map(text, default, sessions)
        if name in named:
            raise Refusal(f"profile {name} is mapped twice", help="use one --map for each profile")
        named.add(name)
        wishes[name] = Wish("sso", target, other_account=_other_account(request, name))
    for name in request.keeps:
        if name in named:
            raise Refusal(f"profile {name} is both mapped and kept", help="use either --map or --keep for it")
        wishes[name] = Wish("keep")
    for name in dict.fromkeys(w.target.session for w in wishes.values() if w.target is not None):
        _check_usable(sessions[name], files)
    for name in request.other_accounts:
        if name not in wishes or wishes[name].action != "sso":
            raise Refusal(f"--other-account names profile {quoted(name)}, which is not mapped", help="map it with --map or in the plan")
    left = request.left
    return Mapping({name: wish for name, wish in wishes.items() if name not in left}, sessions, left, tuple(problems))


def _other_account(request: ConvertRequest, name: str) -> bool:
    planned = request.plan.profiles.get(name) if request.plan is not None else None
    return name in request.other_accounts or (planned is not None and planned.other_account)


def _sessions(request: ConvertRequest, files: AwsFiles) -> tuple[dict[str, Session], str | None]:
    sessions: dict[str, Session] = {}
    for name in files.sessions:
        values = files.session_values(name)
        sessions[name] = Session(name, values.get("sso_start_url") or None, values.get("sso_region") or None, exists=True)
    planned = request.plan.sso_sessions if request.plan is not None else {}
    default = request.session
    if default is None:
        only = list(planned) or [name for name in files.sessions if _may_be_meant(files, name)]
        default = only[0] if len(only) == 1 else None
    options = (request.start_url, request.region, request.scopes)
    if default is None and any(value is not None for value in options):
        raise Refusal("an SSO start URL, region or scope was given without a session name", help="add --sso-session NAME")
    _check_options(request)
    for name, plan in planned.items():
        given = options if name == default else (None, None, None)
        url, region, scopes = given[0] or plan.sso_start_url, given[1] or plan.sso_region, given[2] or plan.sso_registration_scopes
        _define(sessions, files, Session(name, url, region, scopes), request.plan.path if request.plan else None, plan.line)
    if default is not None and default not in planned:
        _define(sessions, files, Session(default, *options))
    return sessions, default


def _may_be_meant(files: AwsFiles, name: str) -> bool:
    """May a session of the file be meant where none is named? Not one without the scope for accounts, an IDE's say, nor one that stands twice."""
    return gives_accounts(files.session_values(name).get("sso_registration_scopes")) and not files.sessions[name].twins


def _check_options(request: ConvertRequest) -> None:
    checks = (
        ("--sso-session", request.session, session_name_fault),
        ("--sso-start-url", request.start_url, start_url_fault),
        ("--sso-region", request.region, region_fault),
        ("--sso-registration-scopes", request.scopes, scopes_fault),
    )
    for option, value, check in checks:
        fault = check(value) if value is not None else None
        # a name with blanks may be that of a session that stands: it is looked at where it is used
        if fault and check is not session_name_fault:
            raise Refusal(f"{option}: {fault}")
        if fault and not value:
            raise Refusal(f"{option} is empty")


def _define(sessions: dict[str, Session], files: AwsFiles, wanted: Session, path: Path | None = None, line: int | None = None) -> None:
    """Adds a session, or holds it against the one that stands. Raises Refusal where it is incomplete, malformed or another."""
    stands = sessions.get(wanted.name)
    if stands is None or not stands.exists:
        _check_new(wanted, path, line)
        sessions[wanted.name] = wanted
        return
    section = files.sessions[wanted.name].section
    settings = files.config.document.settings(section)
    for name, old, new in (("sso_start_url", stands.start_url, wanted.start_url), ("sso_region", stands.region, wanted.region)):
        if new is None:
            continue
        if old is None:
            stands.missing[name] = new
        elif not (same_portal(old, new) if name == "sso_start_url" else old == new):
            raise Refusal(
                f"sso-session {wanted.name} already exists with a different {name}",
                path=files.config.path,
                line=settings[name].line + 1,
                help="use its settings, or choose another name for the new session",
            )
    stands.start_url, stands.region = stands.start_url or wanted.start_url, stands.region or wanted.region


def _check_new(wanted: Session, path: Path | None, line: int | None) -> None:
    fault = session_name_fault(wanted.name)
    if fault:
        raise Refusal(f"sso-session {wanted.name}: {fault}", path=path, line=line)
    for option, value in (("--sso-start-url", wanted.start_url), ("--sso-region", wanted.region)):
        if not value:
            raise Refusal(
                f"sso-session {wanted.name} is new and needs {option}",
                path=path,
                line=line,
                help="a new session needs both a start URL and a region",
            )
    for value, check in ((wanted.start_url, start_url_fault), (wanted.region, region_fault), (wanted.scopes, scopes_fault)):
        fault = check(value) if value else None
        if fault:
            raise Refusal(f"sso-session {wanted.name}: {fault}", path=path, line=line)


def _check_usable(session: Session, files: AwsFiles) -> None:
    """A session that profiles shall use, and that stands in the file: is it whole, and there once?"""
    if not session.exists:
        return
    found = files.sessions[session.name]
    path, line = files.config.path, found.section.line + 1
    if found.twins:
        first = found.twins[0].line + 1
        raise Refusal(
            f"sso-session {session.name} has two sections, the first in line {first}", path=path, line=line, help="merge the two sections"
        )
    settings = files.config.document.settings(found.section)
    for name, value, check in (("sso_start_url", session.start_url, None), ("sso_region", session.region, region_fault)):
        if not value:
            raise Refusal(f"sso-session {session.name} has no {name}", path=path, line=line, help="add it, or set it with the options")
        fault = start_url_fault(value, ("https", "http")) if check is None else check(value)
        if fault:
            where = settings[name].line + 1 if name in settings else line
            raise Refusal(f"sso-session {session.name}: {fault}", path=path, line=where, help="correct the session's section")


def _planned(
    request: ConvertRequest, default: str | None, sessions: dict[str, Session], files: AwsFiles, problems: list[Refusal]
) -> Iterator[tuple[str, Wish]]:
    """The wishes of the plan. What it leaves empty is a wish that lacks something; what is wrong with it is added to `problems`."""
    if request.plan is None:
        return
    mapped = {name for name, _ in (_split_map(text) for text in request.maps)}
    for name, entry in request.plan.profiles.items():
        if name in mapped or name in request.keeps:
            continue
        if entry.action != "sso":
            yield name, Wish(entry.action, None, request.plan.path, entry.line)
            continue
        account, role, session = entry.sso_account_id or "", entry.sso_role_name or "", entry.sso_session
        path, line = request.plan.path, entry.line
        if session is None and default is not None and not is_foreign(files, name, sessions[default]):
            whole = default in request.plan.sso_sessions or not sessions[default].exists or session_fault(files, default) is None
            session = default if whole else None
        if session is not None and session not in sessions:
            what = f"profile {name} uses the session {quoted(session)}, which is not defined"
            problems.append(Refusal(what, path=path, line=line, help=_session_help(sessions, session)))
            session = None
        values = {"sso_session": session, "sso_account_id": account, "sso_role_name": role}
        missing = tuple(setting for setting, value in values.items() if not value)
        fault = (account_id_fault(account) if account else None) or (role_name_fault(role) if role else None)
        if fault:
            problems.append(Refusal(f"profile {name}: {fault}", path=path, line=line, help="correct the plan"))
        if missing or session is None:
            yield name, Wish("sso", None, path, line, missing)
        else:
            yield name, Wish("sso", Target(session, account, role), path, line, other_account=_other_account(request, name))


def is_foreign(files: AwsFiles, name: str, session: Session) -> bool:
    """Is the profile one of another partition (GovCloud, China …) than the session's portal, as far as the files tell?"""
    profile = files.profiles.get(name)
    partition = partition_of_profile(profile) if profile is not None else None
    return partition is not None and session.region is not None and partition != partition_of(session.region)


def _split_map(text: str) -> tuple[str, tuple[str, str]]:
    match = _MAP.fullmatch(text) or _MAP_LOOSE.fullmatch(text)
    if match is None:
        raise Refusal(f"--map {quoted(text)} is malformed", help=_MAP_FORM)
    return match["profile"], (plain_account_id(match["account"]), match["role"])


def _parse_map(text: str, default: str | None, sessions: dict[str, Session]) -> tuple[str, Target]:
    name, (account, role) = _split_map(text)
    session = default
    head, sign, tail = role.rpartition("@")
    if sign:
        role, session = head, tail
    fault = account_id_fault(account) or role_name_fault(role)
    if fault:
        raise Refusal(f"--map for profile {mask(name)}: {fault}", help=_MAP_FORM)
    if session is None:
        raise Refusal(f"--map for profile {mask(name)} names no session", help=_session_help(sessions))
    if session not in sessions:
        what = f"--map for profile {mask(name)} names the session {quoted(session)}, which is not defined"
        help = (
            f"{_session_help(sessions, session)}\nfor a role with an @ in its name, append its session: {role}@{tail}@SESSION"
            if sign
            else ""
        )
        raise Refusal(what, help=help or _session_help(sessions, session))
    return name, Target(session, account, role)


def _session_help(sessions: Iterable[str], name: str = "") -> str:
    if near := did_you_mean(name, sessions):
        return near
    known = ", ".join(sessions)
    return f"the sessions are: {known}" if known else "add --sso-session NAME --sso-start-url URL --sso-region REGION"
