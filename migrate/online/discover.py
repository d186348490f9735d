"""`plan --discover`: whose each key is, what its user may do, and which account and role of the portal would take its place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.sso import partition_of
from migrate.errors import Refusal
from migrate.findings import Finding, about
from migrate.keys import is_key_id
from migrate.masking import printable
from migrate.online.advice import advice
from migrate.online.clients import Sessions
from migrate.online.failures import code_of, failures, is_unknown_key, reason
from migrate.online.identity import Identity, who_is
from migrate.online.keys.fit import fit_by_policies
from migrate.online.keys.grants import Grants, grants_of_roles, grants_of_user
from migrate.online.keys.iam import KeyProblem, facts
from migrate.online.login.portal import PER_SECOND, AccessPortal
from migrate.online.login.sso import usable_token
from migrate.online.login.tokens import NoLogin, SsoSession
from migrate.online.parallel import Pace, parallel
from migrate.online.patience import patiently
from migrate.plan.propose import Proposed
from migrate.plan.read import PlanSession

_WORKERS = 32
_STS_PER_SECOND = 50.0
_REGIONS = ("us-east-1", "us-gov-west-1", "cn-north-1")
"""One region of each partition: a key is unknown everywhere but in its own."""

_DEAD = ("ExpiredToken", "ExpiredTokenException")


@dataclass(slots=True)
class Discovery:
    """What was found out: proposals with more in them, findings, and for each profile whether AWS knows its key and why not."""

    proposals: list[Proposed]
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, tuple[bool, str | None]] = field(default_factory=dict)


@dataclass(slots=True)
class _Key:
    """One profile's key, as AWS sees it."""

    proposed: Proposed
    identity: Identity | None = None
    grants: Grants = field(default_factory=lambda: Grants(listed=False))
    iam: Any = field(default=None, repr=False)
    last_used: str = ""
    problem: tuple[str, str] | None = None


@dataclass(slots=True)
class _Login:
    """One session's portal, and what it offers."""

    session: SsoSession
    portal: AccessPortal | None = None
    accounts: dict[str, str] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    problem: Finding | None = None


def discover(
    files: AwsFiles,
    proposals: Sequence[Proposed],
    sessions: dict[str, PlanSession],
    plan_path: str,
    told: Callable[[int, int], None] = lambda done, all: None,
) -> Discovery:
    """Asks AWS about each key and each session. Nothing that goes wrong stops it: every failure is a finding of its own."""
    maker = Sessions()
    asked = [proposed for proposed in proposals if proposed.action == "sso" and files.profiles[proposed.name].static]
    pace = Pace(_STS_PER_SECOND)
    ask = lambda proposed: _ask_key(maker, files.profiles[proposed.name], proposed, pace)  # noqa: E731
    keys = {key.proposed.name: key for key in parallel(ask, asked, workers=_WORKERS, told=lambda done: told(done, len(asked)))}
    portals = [SsoSession(name, s.sso_start_url, s.sso_region, s.sso_registration_scopes) for name, s in sessions.items()]
    slow = Pace(PER_SECOND)
    logins = {
        login.session.name: login
        for login in parallel(lambda session: _log_in(maker, session, plan_path, slow, session.name not in files.sessions), portals)
    }
    out = Discovery([])
    out.findings += [login.problem for login in logins.values() if login.problem is not None]
    wanted = {
        (login, account) for key in keys.values() for login in logins for account in [_account(key)] if account in logins[login].accounts
    }
    _list_roles(logins, sorted(wanted), out, plan_path)
    of_roles = _roles_of_accounts(list(keys.values()), logins)
    for proposed in proposals:
        key = keys.get(proposed.name)
        out.proposals.append(proposed if key is None else _propose(key, logins, of_roles, out))
    return out


def _ask_key(maker: Sessions, profile: Profile, proposed: Proposed, pace: Pace) -> _Key:
    values = profile.values
    key_id, secret = values.get("aws_access_key_id", "").strip(), values.get("aws_secret_access_key", "").strip()
    out = _Key(proposed)
    if not is_key_id(key_id) or not secret:
        out.problem = ("AWS142", "it has no complete key to query AWS with")
        return out
    signing = {
        "aws_access_key_id": key_id,
        "aws_secret_access_key": secret,
        "aws_session_token": values.get("aws_session_token") or values.get("aws_security_token") or None,
    }
    try:
        session = maker.session(profile.name)
        for region in [values["region"]] if values.get("region") else _REGIONS:
            pace.wait()
            try:
                sts = session.create_client("sts", region_name=region, **signing)
                out.identity = patiently(lambda sts=sts: who_is(sts))  # type: ignore[misc]
                break
            except failures() as error:
                if not is_unknown_key(error) or region == _REGIONS[-1] or values.get("region"):
                    raise
        if out.identity is not None and out.identity.kind == "user":
            _ask_user(session.create_client("iam", region_name=region, **signing), key_id, out)
    except failures() as error:
        refused = is_unknown_key(error) or code_of(error) in _DEAD
        out.problem = (
            ("AWS142", f"AWS rejects its key: {reason(error)}") if refused else ("AWS147", f"STS could not be queried: {reason(error)}")
        )
    return out


def _ask_user(iam: Any, key_id: str, out: _Key) -> None:
    """The user's policies and the key's last use, where the user may read them himself."""
    assert out.identity is not None
    try:
        known = facts(iam, key_id)
        out.last_used = "never used" if known.last_used is None else f"last used {known.last_used:%Y-%m-%d}"
    except KeyProblem:
        pass
    out.iam = iam
    out.grants = grants_of_user(iam, out.identity.name)


def _log_in(maker: Sessions, session: SsoSession, plan_path: str, pace: Pace, planned: bool) -> _Login:
    command = session.login + (f" --plan {plan_path}" if planned else "")
    login = _Login(session)
    try:
        token = usable_token(maker, session)
        login.portal = AccessPortal(maker, session, token, pace)
        login.accounts = login.portal.accounts()
    except NoLogin as error:
        help = f"log in with {command}, then run this command again"
        login.problem = Finding("AWS143", plan_path, f"{error.message}: its accounts and roles are unknown", help=help)
    except Refusal as refusal:
        login.problem = Finding("AWS143", plan_path, f"session {session.name}: {refusal.message}", help=refusal.help)
    except failures() as error:
        if code_of(error) == "UnauthorizedException":
            what = f"the portal of session {session.name} no longer accepts the login"
            login.problem = Finding("AWS143", plan_path, what, help=f"run {command}, then run this command again")
        else:
            login.problem = Finding(
                "AWS147", plan_path, f"the portal of session {session.name} could not be queried: {reason(error)}", help=advice("AWS147")
            )
    else:
        if not login.accounts:
            login.problem = Finding(
                "AWS144", plan_path, f"the portal of session {session.name} lists no accounts for you", help=advice("AWS144")
            )
    return login


def _list_roles(logins: dict[str, _Login], wanted: list[tuple[str, str]], out: Discovery, plan_path: str) -> None:
    def ask(pair: tuple[str, str]) -> list[str] | Finding:
        login, account = logins[pair[0]], pair[1]
        assert login.portal is not None
        try:
            return login.portal.roles(account)
        except failures() as error:
            return Finding(
                "AWS147", plan_path, f"the roles of account {account} could not be listed: {reason(error)}", help=advice("AWS147")
            )

    for (name, account), roles in zip(wanted, parallel(ask, wanted, workers=_WORKERS), strict=True):
        if isinstance(roles, Finding):
            out.findings.append(roles)
        else:
            logins[name].roles[account] = roles


def _account(key: _Key) -> str | None:
    return key.identity.account_id if key.identity is not None else key.proposed.sso_account_id


def _roles_of_accounts(keys: Iterable[_Key], logins: dict[str, _Login]) -> dict[str, dict[str, Grants]]:
    """What the portal's roles may do, account by account, where one of its keys may look at the account's roles."""
    offered: dict[str, dict[str, None]] = {}
    for login in logins.values():
        for account, roles in login.roles.items():
            offered.setdefault(account, {}).update(dict.fromkeys(roles))
    clients = {account: [key.iam for key in keys if key.iam is not None and _account(key) == account] for account in offered}

    def ask(account: str) -> dict[str, Grants]:
        for iam in clients[account]:
            found = grants_of_roles(iam, list(offered[account]))
            if found is not None:
                return found
        return {}

    return dict(zip(offered, parallel(ask, list(offered), workers=_WORKERS), strict=True))


def _propose(key: _Key, logins: dict[str, _Login], of_roles: dict[str, dict[str, Grants]], out: Discovery) -> Proposed:
    proposed, identity = key.proposed, key.identity
    name = proposed.name
    path, line = proposed.place

    def found(code: str, what: str, help: str = "") -> None:
        out.findings.append(Finding(code, path, about(f"profile {name}", what), line, 1, advice(code, help), profile=name))

    if key.problem is not None:
        found(*key.problem)
        out.known[name] = (False, key.problem[1])
        return replace(proposed, comment=_joined(proposed.comment, "AWS rejects this key" if key.problem[0] == "AWS142" else ""))
    assert identity is not None
    out.known[name] = (True, None)
    who = f"{identity.kind} {identity.name}" if identity.kind in ("user", "role") else identity.kind
    comment = _joined(proposed.comment, key.last_used, who, "" if identity.partition == "aws" else f"partition {identity.partition}")
    account = identity.account_id
    proposed = replace(proposed, sso_account_id=account, comment=comment)
    offering = [n for n, login in logins.items() if account in login.accounts and proposed.sso_session in (None, n)]
    if len(offering) > 1:
        found("AWS145", f"several sessions offer account {account} ({', '.join(offering)})", "choose one in the plan")
        return proposed
    if not offering:
        asked = [n for n, login in logins.items() if login.accounts and proposed.sso_session in (None, n)]
        if asked:
            found("AWS145", f"account {account} is not offered to you by {' or '.join(asked)}{_elsewhere(identity, logins, asked)}")
        return proposed
    login = logins[offering[0]]
    proposed = replace(proposed, sso_session=offering[0])
    roles = login.roles.get(account)
    if roles is None or proposed.sso_role_name:
        return proposed
    if identity.kind == "root":
        return replace(proposed, reason="a key of the root user: no role is equivalent; one of " + ", ".join(roles[:8]))
    fit = fit_by_policies(roles, key.grants, of_roles.get(account, {}))
    return replace(proposed, sso_role_name=fit.role, reason=_one_line(fit.why))


def _elsewhere(identity: Identity, logins: dict[str, _Login], names: list[str]) -> str:
    partitions = {partition_of(logins[name].session.region) for name in names}
    return "" if identity.partition in partitions else f": it belongs to partition {identity.partition}, which needs its own session"


def _joined(*texts: str) -> str:
    return ", ".join(filter(None, (_one_line(text) for text in texts)))


def _one_line(text: str) -> str:
    """Fit for a comment of the plan, wherever it came from."""
    return " ".join(printable(text).split())
