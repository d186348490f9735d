"""The last look before anything is handed over: do the new texts read as was decided, and is everything else as it was?

It knows the decision, not the edits. A mistake in `rewrite` thus ends in a refusal and not in somebody's files.
"""

from migrate.awsfiles.decide import Decision, source_name
from migrate.awsfiles.document import Document
from migrate.awsfiles.files import AwsFile
from migrate.awsfiles.mapping import Mapping
from migrate.awsfiles.profiles import AwsFiles, Named, merge
from migrate.awsfiles.rewrite import must_go
from migrate.awsfiles.vocabulary import SSO, STATIC
from migrate.errors import Refusal


def check(files: AwsFiles, mapping: Mapping, decision: Decision, texts: tuple[str, str]) -> None:
    """Raises Refusal where the new texts do not read as they must."""
    config, credentials = texts
    try:
        after = merge(_file(files.config, config), _file(files.credentials, credentials))
    except Refusal as refusal:
        raise _refusal(f"the new text would not be readable: {refusal.message}") from None
    expected = _expected(files, decision)
    for name in after.profiles.keys() | expected.keys():
        got, want = after.profiles.get(name), expected.get(name)
        if want is None or got is None or got.values != want:
            if want == {} and got is None:
                continue  # nothing was left of it
            raise _refusal(f"profile {name} would not read as it must")
        if got.static and decision.verdicts.get(name) and decision.verdicts[name].action in ("sso", "source", "strip", "remove"):
            raise _refusal(f"profile {name} would keep a key")
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
    return AwsFile(file.path, None, Document(text, file.path))


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


def _expected(files: AwsFiles, decision: Decision) -> dict[str, dict[str, str]]:
    """Every profile's settings as they must read afterwards."""
    out: dict[str, dict[str, str]] = {}
    for name, profile in files.profiles.items():
        verdict = decision.verdicts[name]
        values = {n: v for n, v in profile.values.items() if not must_go(verdict, n)}
        if verdict.target is not None:
            three = (verdict.target.session, verdict.target.account_id, verdict.target.role_name)
            if verdict.action == "sso":
                values = {**_defaults_of_new(files, name), **values, **dict(zip(SSO, three, strict=True))}
            elif profile.static:
                values["source_profile"] = source_name(name)
                out[source_name(name)] = {**_defaults(files), **dict(zip(SSO, three, strict=True))}
        if name in decision.new_sources:
            values["source_profile"] = decision.new_sources[name]
        out[name] = values
    return out


def _defaults_of_new(files: AwsFiles, name: str) -> dict[str, str]:
    """What `[DEFAULT]` of the config file gives to a section that is only made now."""
    profile = files.profiles[name]
    return {n: v for n, v in _defaults(files).items() if n not in STATIC} if profile.config is None else {}
