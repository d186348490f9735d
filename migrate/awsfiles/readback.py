"""The last look before anything is handed over: do the new texts read as was decided, and is everything else as it was?

It knows the decision, not the edits. A mistake in `rewrite` thus ends in a refusal and not in somebody's files.
"""

from collections.abc import Iterator

from migrate.awsfiles.decide import Decision, source_name
from migrate.awsfiles.document import Document
from migrate.awsfiles.files import AwsFile
from migrate.awsfiles.mapping import Mapping
from migrate.awsfiles.profiles import AwsFiles, Named, merge
from migrate.awsfiles.rewrite import must_go
from migrate.awsfiles.vocabulary import SSO
from migrate.errors import Refusal


def check(files: AwsFiles, mapping: Mapping, decision: Decision, texts: tuple[str, str]) -> None:
    """Raises Refusal where the new texts do not read as they must."""
    config, credentials = texts
    try:
        after = merge(_file(files.config, config), _file(files.credentials, credentials))
    except Refusal as refusal:
        raise _refusal(f"the new text would not be readable: {refusal.message}") from None
    known: set[str] = set()
    for name, want in _expected(files, decision):
        known.add(name)
        got = after.profiles.get(name)
        if got is None and not want:
            continue  # nothing was left of it
        if got is None or got.values != want:
            raise _refusal(f"profile {name} would not read as it must")
        if got.static and name in decision.verdicts and decision.verdicts[name].action in ("sso", "source", "strip", "remove"):
            raise _refusal(f"profile {name} would keep a key")
    if not known.issuperset(after.profiles):
        raise _refusal("a profile would come to be that nobody asked for")
    if _sections(after.services, after) != _sections(files.services, files):
        raise _refusal("a services section would change")
    used = {v.target.session for v in decision.verdicts.values() if v.target is not None}
    sessions = _sections(files.sessions, files)
    for name in used:
        session = mapping.sessions[name]
        sessions[name] = {**sessions[name], **session.missing} if session.exists else {**_defaults(files), **session.settings()}
    if _sections(after.sessions, after) != sessions:
        raise _refusal("an sso-session would not read as it must")


def _file(file: AwsFile, text: str) -> AwsFile:
    document = Document(text, file.path)
    document.lines.clear()  # only what it reads is asked for, and memory is dear here
    return AwsFile(file.path, None, document)


def _refusal(message: str) -> Refusal:
    return Refusal(
        f"{message}; nothing was written",
        help="this is a mistake in aws-sso-migrate: please report it, with the two files' structure but without their keys",
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
