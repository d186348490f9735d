"""Makes a plan, or adds to one: from the AWS files, the session options, and what the plan already says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from migrate.awsfiles.reading.files import read_file
from migrate.awsfiles.reading.profiles import AwsFiles, merge
from migrate.awsfiles.reading.sso import region_fault, same_portal, scopes_fault, session_name_fault, start_url_fault
from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES, STATIC
from migrate.awsfiles.told import Told
from migrate.changes.change import Change
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.findings import Finding, Related
from migrate.outcome import Outcome, ProfileRow
from migrate.plan.portals import Portals
from migrate.plan.propose import Proposals, Proposed, propose
from migrate.plan.read import Plan, PlanSession, decode, parse_plan
from migrate.plan.seen import SeenKey, seen_keys
from migrate.plan.text import added_text, filled_text, new_text, representable, with_keys
from migrate.scan.wording import named

_SHOWN = 5


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
    portals = Portals(files, {**plan.sso_sessions, **_asked_for(options, plan, files, path)}, options.name)
    proposals = propose(files, portals)
    sessions = portals.known
    left_out = [profile for profile in proposals.profiles if not representable(profile.name)]
    profiles = [profile for profile in proposals.profiles if representable(profile.name)]
    stays = {name: why for name, why in proposals.stays.items() if representable(name)}
    if not seen.real.parent.is_dir():
        raise Refusal("its folder does not exist", path=path)
    nothing = [] if proposals.profiles or before is not None else [_nothing(files, proposals)]
    there = sum(file.data is not None for file in (files.config, files.credentials))
    if nothing and paths and seen_keys(paths, files, plan):
        nothing = []  # the keys of the code are something to plan
    if nothing and options.name is None:
        return Outcome("plan", findings=[*nothing, *portals.findings, *proposals.findings], files=there)
    found = None
    if discover is not None:
        found = discover(files, profiles, sessions, str(path))
        profiles = found.proposals
    if before is None:
        text = new_text(sessions, profiles, path.name, stays)
    else:
        text = added_text(before if found is None else filled_text(before, plan, profiles), plan, sessions, profiles, stays)
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
            *nothing,
            *portals.findings,
            *proposals.findings,
            *(found.findings if found is not None else ()),
            *_not_defined(after, files, path),
            *_still_missing(after, files, path),
            *_unmapped(after, keys, path),
            *(_left_out(profile) for profile in left_out),
        ],
        profiles=[
            ProfileRow(name, p.action, p.sso_session, p.sso_account_id, p.sso_role_name, *(found.known.get(name, ()) if found else ()))
            for name, p in after.profiles.items()
        ]
        + [ProfileRow(name, "none") for name in proposals.stays if name not in after.profiles],
        files=there + (before is not None),
    )


def _asked_for(options: SessionOptions, plan: Plan, files: AwsFiles, path: Path) -> dict[str, PlanSession]:
    """The session of the options, checked against the one of that name that stands. Raises Refusal."""
    given = {"--sso-start-url": options.start_url, "--sso-region": options.region, "--sso-registration-scopes": options.scopes}
    checks = (start_url_fault, region_fault, scopes_fault)
    for (option, value), fault in zip(given.items(), checks, strict=True):
        reason = None if value is None else fault(value)
        if reason is not None:
            raise Refusal(f"{option}: {reason}")
    name = options.name
    if name is None:
        used = [option for option, value in given.items() if value is not None]
        if used:
            raise Refusal(f"{' and '.join(used)} cannot be used without --sso-session", help="name the session with --sso-session")
        return {}
    place, stands = _standing(name, plan, files, path)
    for option, value, standing in zip(given, given.values(), stands, strict=True):
        same = value == standing or (option == "--sso-start-url" and value and standing and same_portal(value, standing))
        if value is not None and standing is not None and not same:
            raise Refusal(
                f"session {name} already exists with a value different from {option}",
                path=place[0] if place else None,
                line=place[1] if place else None,
                help="choose another name, or remove the option",
            )
    url, region = stands[0] or options.start_url, stands[1] or options.region
    if place is None and (reason := session_name_fault(name)) is not None:
        raise Refusal(f"--sso-session: {reason}")
    if url is None or region is None:
        what = "does not exist yet" if place is None else "is not complete"
        raise Refusal(f"session {name} {what}", help="a new session needs --sso-start-url and --sso-region")
    return {name: PlanSession(url, region, stands[2] or options.scopes or DEFAULT_SCOPES)}


def _standing(
    name: str, plan: Plan, files: AwsFiles, path: Path
) -> tuple[tuple[Path, int] | None, tuple[str | None, str | None, str | None]]:
    """Where a session of that name stands, in the plan or in the config file, and its URL, region and scopes as far as they do.

    Raises Refusal where it stands twice, or what stands is malformed.
    """
    planned = plan.sso_sessions.get(name)
    if planned is not None:
        return (path, planned.line), (planned.sso_start_url, planned.sso_region, planned.sso_registration_scopes)
    if name not in files.sessions:
        return None, (None, None, None)
    config, found = files.config, files.sessions[name]
    if found.twins:
        first = found.twins[0].line + 1
        what = f"session {name} has two sections, the first in line {first}"
        raise Refusal(what, path=config.path, line=found.section.line + 1, help="merge the two sections")
    settings = config.document.settings(found.section)
    for setting, check in (("sso_start_url", start_url_fault), ("sso_region", region_fault), ("sso_registration_scopes", scopes_fault)):
        reason = check(settings[setting].value) if setting in settings and settings[setting].value else None
        if reason is not None:
            raise Refusal(
                f"session {name}: {reason}", path=config.path, line=settings[setting].line + 1, help="correct the session's section"
            )
    values = [settings[s].value or None if s in settings else None for s in ("sso_start_url", "sso_region", "sso_registration_scopes")]
    if values[0] and values[1] and not values[2]:
        values[2] = DEFAULT_SCOPES
    return (config.path, found.section.line + 1), (values[0], values[1], values[2])


def _nothing(files: AwsFiles, proposals: Proposals) -> Finding:
    """There is nothing to plan: why that is so."""
    there = [file.path for file in (files.config, files.credentials) if file.data is not None]
    if not there:
        why = f"there is neither {files.config.path} nor {files.credentials.path}"
    elif not files.profiles:
        why = f"{' and '.join(map(str, there))} contain{'s' if len(there) == 1 else ''} no profiles"
    else:
        some = [f"{name}: {reason}" for name, reason in proposals.stays.items()]
        more = f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""
        why = f"no profile has a static key ({'; '.join(some[:_SHOWN])}{more})"
    help = "`aws-sso-migrate scan PATH...` looks for keys elsewhere; --config-file and --credentials-file read other files"
    return Finding("AWS149", str(files.credentials.path), f"nothing to plan: {why}", help=help)


def _not_defined(plan: Plan, files: AwsFiles, path: Path) -> list[Finding]:
    """The profiles of the plan whose session is neither in it nor in the config file: `config` would refuse the plan."""
    known = {*plan.sso_sessions, *files.sessions}
    return [
        Finding(
            "AWS148",
            str(path),
            f"profile {name} uses session {profile.sso_session}, which is not defined",
            profile.line,
            1,
            "define it under [sso_sessions], or use another session",
            profile=name,
        )
        for name, profile in plan.profiles.items()
        if profile.action == "sso" and profile.sso_session is not None and profile.sso_session not in known
    ]


def _still_missing(plan: Plan, files: AwsFiles, path: Path) -> list[Finding]:
    told = Told(files)
    only = len(plan.sso_sessions) == 1
    out = []
    for name, profile in plan.profiles.items():
        missing = Proposed(
            name, profile.action, profile.sso_session or ("-" if only else None), profile.sso_account_id, profile.sso_role_name
        ).missing
        if missing:
            there = files.profiles.get(name)
            help = "fill in the missing values, or set the action to keep or remove"
            out.append(
                Finding(
                    "AWS140",
                    str(path),
                    f"profile {name}: {', '.join(missing)} must still be filled in",
                    profile.line,
                    1,
                    help,
                    profile=name,
                    related=() if there is None else (told.related(there, f"profile {name}", *STATIC),),
                )
            )
    return out


def _unmapped(plan: Plan, keys: Sequence[SeenKey], path: Path) -> list[Finding]:
    """A note for each key of the code that has no profile yet."""
    out = []
    for one in keys:
        if one.key not in plan.keys:
            where, line = one.places[0]
            message = f"{where}:{line} contains {named(one.key)}, which is not mapped to a profile: {one.reason}"
            more = tuple(Related(other, "the same key", at) for other, at in one.places[1:])
            help = "enter the profile under [keys], and remove the #"
            out.append(Finding("AWS151", str(path), message, help=help, key=one.key, related=(Related(where, named(one.key), line), *more)))
    return out


def _left_out(profile: Proposed) -> Finding:
    path, line = profile.place
    return Finding("AWS141", path, "a profile's name cannot be written to a plan", line, 1, "map it with --map, or rename it")
