"""`config` as one function: reads both files, decides, checks that the result reads back as intended, hands over changes and findings."""

from contextlib import suppress

from migrate.awsfiles.decide import decide
from migrate.awsfiles.mapping import ConvertRequest, Mapping, resolve
from migrate.awsfiles.readback import check, rejected
from migrate.awsfiles.reading import facts
from migrate.awsfiles.reading.commented import commented_keys, own_end
from migrate.awsfiles.reading.document import Document
from migrate.awsfiles.reading.files import AwsFile, is_null, read_file
from migrate.awsfiles.reading.profiles import AwsFiles, Profile, merge
from migrate.awsfiles.reading.vocabulary import COMMENTED_KEY, SECRET, SSO
from migrate.awsfiles.rewrite import rewrite
from migrate.awsfiles.silence import not_silenced
from migrate.awsfiles.verdicts import Decision, Rejection, Verdict, source_name
from migrate.changes.change import Change
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import KEY_ID, is_secret, mask_key_id
from migrate.outcome import Outcome, ProfileRow, ReplacedKey

__all__ = ["ConvertRequest", "convert"]


def convert(request: ConvertRequest, files: AwsFiles | None = None) -> Outcome:
    """What `config` would change, and what it found. Writes nothing. Raises Refusal for all that the contract refuses.

    `files` are the two files, where they have been read before: several answers for the same text.
    """
    if files is None:
        files = read_files(request)
    mapping = resolve(request, files)
    decision, texts = settled(files, mapping)
    found = sorted([*decision.findings, *_comments(files, decision)], key=lambda f: (f.path, f.line or 0))
    findings, silenced = not_silenced(files, found)
    changes = [c for f, text in zip((files.config, files.credentials), texts, strict=True) if (c := _change(f, text)) is not None]
    return Outcome(
        "config",
        changes,
        findings,
        [_row(profile, decision.verdicts[profile.name]) for profile in files.profiles.values()],
        replaced=_replaced(files, decision),
        files=sum(file.data is not None for file in (files.config, files.credentials)),
        silenced=silenced,
    )


def settled(files: AwsFiles, mapping: Mapping) -> tuple[Decision, tuple[str, str]]:
    """The decision, and the texts that it comes to, once nothing is left in it that botocore would refuse. Raises Refusal."""
    refused: dict[str, Rejection] = {}
    while True:
        decision = decide(files, mapping, refused)
        texts = rewrite(files, mapping, decision)
        same = texts == (files.config.document.text, files.credentials.document.text)
        after = files if same else check(files, mapping, decision, texts)
        more = {name: why for name, why in rejected(files, after, mapping, decision).items() if name not in refused}
        if not more:
            return decision, texts
        refused |= more  # each time round there is one less to be converted


def read_files(request: ConvertRequest) -> AwsFiles:
    """The two files of a request. Raises Refusal where they are one, or cannot be read as botocore reads them."""
    _check_two_files(request)
    return merge(read_file(request.config_file), read_file(request.credentials_file))


def _check_two_files(request: ConvertRequest) -> None:
    with suppress(OSError, ValueError):
        if request.config_file.samefile(request.credentials_file) and not is_null(request.config_file):
            raise Refusal(
                "the config file and the credentials file are the same file", path=request.config_file, help="use two separate files"
            )


def _change(file: AwsFile, text: str) -> Change | None:
    after = text.encode("utf-8")
    if file.data == after or (file.data is None and not after):
        return None
    return Change(file.path, file.data, after, secrets(file.document))


def secrets(document: Document) -> frozenset[str]:
    """Every value of the file that may not be shown: secrets and tokens of all sections, those commented out too."""
    found = {s.value for section in document.sections.values() for name in SECRET if (s := section.settings.get(name)) is not None}
    found |= {document.defaults[name].value for name in SECRET if name in document.defaults}
    for line in document.lines:
        if line.lstrip().startswith(("#", ";")) and (match := COMMENTED_KEY.match(line)) is not None:
            found.add(match["value"])
    return frozenset(found - {""})


def _row(profile: Profile, verdict: Verdict) -> ProfileRow:
    if verdict.target is not None and verdict.action == "sso":
        target = verdict.target
        return ProfileRow(profile.name, "sso", target.session, target.account_id, target.role_name)
    action = {"strip": "sso", "source": "none", "sso": "sso"}.get(verdict.action, verdict.action)
    return ProfileRow(profile.name, action, *(profile.values.get(name) for name in SSO))  # type: ignore[arg-type]


GOES = ("sso", "source", "strip", "remove")
"""The verdicts with which a profile's keys go."""


def _replaced(files: AwsFiles, decision: Decision) -> list[ReplacedKey]:
    """The keys that go, each with the profile in its place. A key that another profile goes on using is not replaced."""
    out: dict[ReplacedKey, None] = {}
    used: set[str] = set()
    for name, verdict in decision.verdicts.items():
        profile = files.profiles[name]
        successor = None if verdict.action == "remove" else source_name(name) if verdict.action == "source" else name
        counts = profile.values.get("aws_access_key_id", "")
        for file, section in facts.sections(files, profile):
            setting = section.settings.get("aws_access_key_id")
            key = KEY_ID.search(setting.value) if setting is not None else None
            if verdict.action in GOES:
                for _, old in commented_keys(file.document, section):
                    if (found := KEY_ID.search(old)) is not None:
                        out[ReplacedKey(found.group(), successor)] = None
            if key is None or setting is None:
                continue
            if verdict.action not in GOES:
                used.add(key.group())
            else:
                # a key of the config file that the credentials file's hides was nobody's
                out[ReplacedKey(key.group(), successor if setting.value == counts else None)] = None
    return [replaced for replaced in out if replaced.key not in used]


def _comments(files: AwsFiles, decision: Decision) -> list[Finding]:
    """Comments in converted profiles that hold a key: settings that were commented out go with the profile's, all else stays."""
    out = []
    for name, verdict in decision.verdicts.items():
        if verdict.action not in GOES:
            continue
        for file, section in facts.sections(files, files.profiles[name]):
            going = dict(commented_keys(file.document, section))
            end = own_end(file.document, section)
            for number in range(section.line + 1, section.end):
                line = file.document.lines[number]
                if number in going:
                    key = KEY_ID.search(going[number])
                    if key is not None:
                        message = f"profile {name}: the commented-out key {mask_key_id(key.group())} is removed as well"
                        out.append(Finding("AWS128", str(file.path), message, number + 1, key=key.group(), profile=name))
                    continue
                if not line.lstrip().startswith(("#", ";")):
                    continue
                if number >= end and COMMENTED_KEY.match(line) and not KEY_ID.search(line):
                    continue  # the other half of a key that is told of
                if KEY_ID.search(line) or any(is_secret(word.strip("\"',;:=")) for word in line.split()):
                    whose = f"a comment in profile {name}" if number < end else f"a commented-out section below profile {name}"
                    message = f"{whose} still contains a key"
                    out.append(Finding("AWS124", str(file.path), message, number + 1, profile=name))
    return out
