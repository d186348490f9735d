"""The keys of the two AWS files: each once, with the profiles that sign with it as the SDKs read the files."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import Refusal
from migrate.findings import Finding, Related
from migrate.keys import KEY_ID, is_placeholder
from migrate.scan.files import look
from migrate.scan.places import Places, unreadable
from migrate.scan.wording import named
from migrate.silence import silenced_above

if TYPE_CHECKING:
    from migrate.awsfiles.reading.files import AwsFile
    from migrate.awsfiles.reading.profiles import AwsFiles

_HELP = "remove it with aws-sso-migrate config, then retire it with aws-sso-migrate retire"


@dataclass(slots=True)
class _Held:
    """One key: where it stands first, who holds it, and what there is to know of it there."""

    path: str
    line: int
    key: str | None
    profiles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: list[Related] = field(default_factory=list)


def scan_aws_files(config: Path, credentials: Path, places: Places) -> None:
    """The profiles of the two files as the SDKs read them, then whatever else stands in them (comments, sections nobody reads).

    A file that cannot be read is a finding of its own, and hides nothing of the other one.
    """
    from migrate.awsfiles.reading.document import Document
    from migrate.awsfiles.reading.files import AwsFile, read_file
    from migrate.awsfiles.reading.profiles import merge

    broken: dict[Path, Finding] = {}
    read: list[AwsFile] = []
    for path in (config, credentials):
        try:
            read.append(read_file(path))
        except Refusal as refusal:
            message = refusal.message if refusal.line is None else f"botocore cannot read this file: {refusal.message}"
            broken[path] = Finding("AWS339", str(path), message, refusal.line, help=refusal.help or "fix the file, and scan again")
            read.append(AwsFile(path, None, Document("", path)))
    places.findings += broken.values()
    seen = _profiles(merge(*read), places)
    for path in (config, credentials):
        _rest(path, broken.get(path), seen, places)


def _profiles(files: "AwsFiles", places: Places) -> set[str]:
    """Adds the keys of the profiles; gives all key ids that profiles hold, those too that a comment silences."""
    from migrate.awsfiles.reading.facts import foreign_endpoint, sections
    from migrate.awsfiles.reading.vocabulary import STATIC

    seen: set[str] = set()
    held: dict[str, _Held] = {}
    for name, profile in files.profiles.items():
        raw, secret = (profile.values.get(setting, "").strip() for setting in STATIC[:2])
        found = KEY_ID.search(raw)
        whole = found.group() if found else None
        for file, section in sections(files, profile):
            own = section.settings.get("aws_access_key_id")
            hidden = KEY_ID.search(own.value) if own is not None else None
            if own is not None and hidden is not None and hidden.group() != whole and hidden.group() not in seen:
                seen.add(hidden.group())
                if not is_placeholder(hidden.group()) and not _silenced(file, own.line, "AWS301", places):
                    where = _Held(str(file.path), own.line + 1, hidden.group(), [name], ["which the other file's key hides"])
                    held.setdefault(hidden.group(), where)
        if not raw or not secret:
            continue
        seen.add(whole or raw)
        if is_placeholder(whole or raw) or "EXAMPLE" in secret:
            continue
        file, line = files.place(profile, *STATIC)
        if foreign_endpoint(files, profile):
            if not _silenced(file, line - 1, "AWS331", places):
                note = f"profile {name} signs for a store other than AWS"
                places.findings.append(Finding("AWS331", str(file.path), note, line, 1, key=whole, profile=name))
            continue
        complete = files.sso_is_complete(profile.values)
        if whole is None and len(secret) < 40 and not complete:
            continue  # `minio`, `test`: nobody's key at AWS
        if _silenced(file, line - 1, "AWS301", places):
            continue
        one = held.setdefault(whole or f"{name}\0", _Held(str(file.path), line, whole))
        if one.profiles:
            one.others.append(Related(str(file.path), f"profile {name} has it as well", line))
        one.profiles.append(name)
        if complete:
            one.notes.append("next to its SSO setting, and some SDKs prefer it")
        if whole is not None and whole != raw:
            one.notes.append("with extra characters that botocore treats as part of the key ID")
    for one in held.values():
        places.findings.append(_finding(one))
    return seen


def _finding(one: _Held) -> Finding:
    names = one.profiles
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    who = f"profile {names[0]} has" if len(names) == 1 else f"profiles {', '.join(names[:5])}{more} have"
    message = ", ".join([f"{who} {named(one.key)}", *dict.fromkeys(one.notes)])
    return Finding("AWS301", one.path, message, one.line, 1, _HELP, one.key, names[0], related=tuple(one.others))


def _rest(path: Path, broken: Finding | None, seen: set[str], places: Places) -> None:
    """Adds the keys of a file that no profile has."""
    try:
        hit = look(str(path), raw=True)
    except FileNotFoundError:
        return
    except OSError as e:
        if broken is None:
            places.findings.append(unreadable(path, e.strerror))
        return
    places.files += path.is_file()
    places.looked.add(os.path.realpath(path))
    for pair in hit.pairs if hit else ():
        if pair.key in seen:
            continue
        seen.add(pair.key)
        if pair.covers("AWS301"):
            places.silenced.append(str(path))
        else:
            where = "a comment or a section that no SDK reads" if broken is None else "a file that botocore cannot read"
            help = (
                "delete it; retire the key if it is still active"
                if broken is None
                else "the key may be active: fix the file, and scan again"
            )
            message = f"{where} contains {named(pair.key)}"
            places.findings.append(Finding("AWS301", str(path), message, pair.line, pair.column, help, pair.key))


def _silenced(file: "AwsFile", number: int, code: str, places: Places) -> bool:
    """Does a comment on the line above silence it? Then it is counted."""
    if number < 1 or not silenced_above(file.document.lines[number - 1], code):
        return False
    places.silenced.append(str(file.path))
    return True
