"""The last look before anything is handed over: do the new texts read as was decided, and is everything else as it was?

It knows the decision, not the edits. A mistake in `rewrite` thus ends in a refusal and not in somebody's files.
"""

from collections.abc import Iterator

from migrate.awsfiles.mapping import Mapping
from migrate.awsfiles.reading.document import Document
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Named, merge
from migrate.awsfiles.reading.resolve import Resolved, place_in_session, resolve
from migrate.awsfiles.reading.vocabulary import SSO, STATIC
from migrate.awsfiles.rewrite import must_go
from migrate.awsfiles.verdicts import Decision, Rejection, source_name
from migrate.errors import Refusal
from migrate.findings import Related


def check(files: AwsFiles, mapping: Mapping, decision: Decision, texts: tuple[str, str]) -> AwsFiles:
    """The new texts as they read. Raises Refusal where that is not as it must be."""
    config, credentials = texts
    try:
        after = merge(_file(files.config, config), _file(files.credentials, credentials))
    except Refusal as refusal:
        raise _refusal(f"the new text could not be read back: {refusal.message}") from None
    known: set[str] = set()
    for name, want in _expected(files, decision):
        known.add(name)
        got = after.profiles.get(name)
        if got is None and not want:
            continue  # nothing was left of it
        if got is None or got.values != want:
            raise _refusal(f"profile {name} would not have the expected settings")
        if got.static and name in decision.verdicts and decision.verdicts[name].action in ("sso", "source", "strip", "remove"):
            raise _refusal(f"profile {name} would still contain a key")
    if not known.issuperset(after.profiles):
        raise _refusal("an unexpected profile would be created")
    if _sections(after.services, after) != _sections(files.services, files):
        raise _refusal("a services section would change")
    used = {v.target.session for v in decision.verdicts.values() if v.target is not None}
    sessions = _sections(files.sessions, files)
    for name in used:
        session = mapping.sessions[name]
        sessions[name] = {**sessions[name], **session.missing} if session.exists else {**_defaults(files), **session.settings()}
    if _sections(after.sessions, after) != sessions:
        raise _refusal("an sso-session would not have the expected settings")
    return after


def rejected(files: AwsFiles, after: AwsFiles, mapping: Mapping, decision: Decision) -> dict[str, Rejection]:
    """The converted profiles that botocore would not sign with SSO for, or that would keep it from signing for others, each with why.

    `after` is what the files will read as. All profiles are looked at, also those that nobody asked to change.
    """
    out: dict[str, Rejection] = {}
    for name, verdict in decision.verdicts.items():
        if verdict.action in ("sso", "strip", "source"):
            now = resolve(after, source_name(name) if verdict.action == "source" else name)
            if not now.signs_with_sso:
                out[name] = _rejection(files, after, name, now)
    for name, verdict in decision.verdicts.items():
        if name in after.profiles and verdict.action not in ("sso", "strip") and not out:
            now = resolve(after, name)
            if now.fault is None or now.fault.session is None or resolve(files, name).fault is not None:
                continue
            # it is not the profile that changed, but its session, which gained a setting for those that come to use it
            for other, its in decision.verdicts.items():
                if its.target is not None and its.target.session == now.fault.session and mapping.sessions[its.target.session].missing:
                    out[other] = _rejection(files, after, name, now)
    return out


def _rejection(files: AwsFiles, after: AwsFiles, name: str, now: Resolved) -> Rejection:
    fault = now.fault
    if fault is None:
        return Rejection(f"profile {name} would sign with {now.kind}, not with SSO", files.place(files.profiles[name], *STATIC))
    told = f"botocore would reject profile {name}: {fault.message}"
    profile = files.profiles.get(fault.profile) or files.profiles[name]
    place = files.place(profile, *fault.names)
    second = place_in_session(files, fault) or place_in_session(after, fault)
    if second is None:
        return Rejection(told, place)
    there = Related(str(second[0].path), f"its session {fault.session}", second[1])
    return Rejection(f"{told} ({there.path}:{there.line})", place, (there,))


def _file(file: AwsFile, text: str) -> AwsFile:
    document = Document(text, file.path)
    document.lines.clear()  # only what it reads is asked for, and memory is dear here
    return AwsFile(file.path, None, document)


def _refusal(message: str) -> Refusal:
    return Refusal(
        f"{message}; nothing was written",
        help="this is a bug in aws-sso-migrate: please report it with the structure of both files, but without the keys",
    )


def _defaults(files: AwsFiles) -> dict[str, str]:
    return {s.name: s.value for s in files.config.document.defaults.values()}


def _sections(named: dict[str, Named], files: AwsFiles) -> dict[str, dict[str, str]]:
    document = files.config.document
    return {name: {s.name: s.value for s in document.settings(found.section).values()} for name, found in named.items()}


def _expected(files: AwsFiles, decision: Decision) -> Iterator[tuple[str, dict[str, str]]]:
    """Every profile, and its settings as they must read afterwards."""
    for name, profile in files.profiles.items():
        verdict = decision.verdicts[name]
        values = {n: v for n, v in profile.values.items() if not must_go(verdict, n)}
        if verdict.target is not None:
            three = dict(zip(SSO, (verdict.target.session, verdict.target.account_id, verdict.target.role_name), strict=True))
            if verdict.action == "sso":
                values = {**values, **three}
            elif profile.static:
                values["source_profile"] = source_name(name)
                if source_name(name) not in files.profiles:
                    yield source_name(name), {**_defaults(files), **three}
        if name in decision.new_sources:
            values["source_profile"] = decision.new_sources[name]
        yield name, values
