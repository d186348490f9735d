"""Makes a plan, or adds to one: from the AWS files, the session options, and what the plan already says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from migrate.awsfiles.files import read_file
from migrate.awsfiles.profiles import AwsFiles, merge
from migrate.awsfiles.sso import region_fault, scopes_fault, session_name_fault, start_url_fault
from migrate.awsfiles.vocabulary import DEFAULT_SCOPES
from migrate.changes.change import Change
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.outcome import Outcome, ProfileRow
from migrate.plan.propose import Proposed, propose_profiles, propose_sessions
from migrate.plan.read import Plan, PlanSession, decode, parse_plan
from migrate.plan.seen import SeenKey, seen_keys
from migrate.plan.text import added_text, filled_text, new_text, representable, with_keys
from migrate.scan.wording import named


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """`--sso-session` and what belongs to it."""

    name: str | None = None
    start_url: str | None = None
    region: str | None = None
    scopes: str | None = None


class Discovered(Protocol):
    """What asking AWS adds: proposals with more in them, findings, and for each profile whether AWS knows its key and why not."""

    proposals: list[Proposed]
    findings: list[Finding]
    known: dict[str, tuple[bool, str | None]]


Discover = Callable[[AwsFiles, Sequence[Proposed], dict[str, PlanSession], str], Discovered]
"""Asks AWS about proposals and sessions (`migrate.online.discover`); the last argument is the plan's path."""


def make_plan(
    path: Path,
    config_file: Path,
    credentials_file: Path,
    options: SessionOptions,
    *,
    discover: Discover | None = None,
    paths: Sequence[Path] = (),
) -> Outcome:
    """What `plan` comes to: one change of the plan file, and a note for whatever is still to be filled in. Writes nothing.

    `discover` asks AWS; without it nobody is asked. The keys that stand under `paths` get lines in `[keys]`.

    Raises Refusal where a file cannot be read or is no AWS file or plan, and where the options contradict what stands.
    """
    files = merge(read_file(config_file), read_file(credentials_file))
    seen = look(path)
    before = None if seen.data is None else decode(seen.data, path)
    plan = Plan(path=path) if before is None else parse_plan(before, path)
    known = {**propose_sessions(files), **plan.sso_sessions}
    sessions = {**known, **_asked_for(options, known, path)}
    profiles = propose_profiles(files, options.name or (next(iter(sessions)) if len(sessions) == 1 else None))
    left_out = [profile for profile in profiles if not representable(profile.name)]
    profiles = [profile for profile in profiles if representable(profile.name)]
    found = None
    if discover is not None:
        found = discover(files, profiles, sessions, str(path))
        profiles = found.proposals
    if before is None:
        text = new_text(sessions, profiles, path.name)
    else:
        text = added_text(before if found is None else filled_text(before, plan, profiles), plan, sessions, profiles)
    after = parse_plan(text, path)
    keys: list[SeenKey] = []
    if paths:
        keys = seen_keys(paths, files, after)
        text = with_keys(text, after, keys)
        after = parse_plan(text, path)
    mark = b"\xef\xbb\xbf" if seen.data is not None and seen.data.startswith(b"\xef\xbb\xbf") else b""
    return Outcome(
        "plan",
        changes=[] if text == before else [Change(path, seen.data, mark + text.encode("utf-8"))],
        findings=[
            *(found.findings if found is not None else ()),
            *_still_missing(after, path),
            *_unmapped(after, keys, path),
            *(_left_out(profile) for profile in left_out),
        ],
        profiles=[
            ProfileRow(name, p.action, p.sso_session, p.sso_account_id, p.sso_role_name, *(found.known.get(name, ()) if found else ()))
            for name, p in after.profiles.items()
        ],
        files=sum(file.data is not None for file in (files.config, files.credentials)) + (before is not None),
    )


def _asked_for(options: SessionOptions, known: dict[str, PlanSession], path: Path) -> dict[str, PlanSession]:
    """The session of the options, checked. Raises Refusal."""
    given = {"--sso-start-url": options.start_url, "--sso-region": options.region, "--sso-registration-scopes": options.scopes}
    checks = (start_url_fault, region_fault, scopes_fault)
    for (option, value), fault in zip(given.items(), checks, strict=True):
        reason = None if value is None else fault(value)
        if reason is not None:
            raise Refusal(f"{option}: {reason}")
    if options.name is None:
        used = [option for option, value in given.items() if value is not None]
        if used:
            raise Refusal(f"{' and '.join(used)} without --sso-session", help="name the session with --sso-session")
        return {}
    old = known.get(options.name)
    if old is not None:
        for option, value, standing in (
            ("--sso-start-url", options.start_url, old.sso_start_url),
            ("--sso-region", options.region, old.sso_region),
            ("--sso-registration-scopes", options.scopes, old.sso_registration_scopes),
        ):
            if value is not None and value != standing:
                raise Refusal(
                    f"session {options.name} exists, and with something else than {option} says",
                    path=path if old.line else None,
                    line=old.line or None,
                    help="take another name, or leave the option out",
                )
        return {}
    reason = session_name_fault(options.name)
    if reason is not None:
        raise Refusal(f"--sso-session: {reason}")
    if options.start_url is None or options.region is None:
        raise Refusal(f"session {options.name} does not exist yet", help="a new session needs --sso-start-url and --sso-region")
    return {options.name: PlanSession(options.start_url, options.region, options.scopes or DEFAULT_SCOPES)}


def _still_missing(plan: Plan, path: Path) -> list[Finding]:
    only = len(plan.sso_sessions) == 1
    out = []
    for name, profile in plan.profiles.items():
        missing = Proposed(
            name, profile.action, profile.sso_session or ("-" if only else None), profile.sso_account_id, profile.sso_role_name
        ).missing
        if missing:
            help = "fill it in, or set the action to keep or remove"
            out.append(
                Finding(
                    "AWS140", str(path), f"profile {name}: {', '.join(missing)} still to be filled in", profile.line, 1, help, profile=name
                )
            )
    return out


def _unmapped(plan: Plan, keys: Sequence[SeenKey], path: Path) -> list[Finding]:
    """A note for each key of the code that has no profile yet."""
    out = []
    for one in keys:
        if one.key not in plan.keys:
            where, line = one.places[0]
            message = f"{where}:{line} holds {named(one.key)}, and no profile is given to it: {one.reason}"
            out.append(Finding("AWS148", str(path), message, help="fill in the profile under [keys], and take the # away", key=one.key))
    return out


def _left_out(profile: Proposed) -> Finding:
    path, line = profile.place
    return Finding("AWS141", path, "a profile whose name no plan can hold", line, 1, "map it with --map, or give it another name")
