"""The home folder's places: the AWS files, copies beside them, shell start-up files, settings of other tools, this program's backups."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import is_key_id, is_placeholder
from migrate.scan.files import SDK_CACHES, look
from migrate.scan.kinds import code_of
from migrate.scan.pairs import silenced_by
from migrate.scan.places import Places, listed, look_into, unreadable
from migrate.scan.startup import scan_startup
from migrate.scan.wording import named

_OTHER_TOOLS = (".s3cfg", ".boto", ".passwd-s3fs", ".config/rclone/rclone.conf", ".rclone.conf", ".mc/config.json", ".s5cfg", ".fog",
                ".netrc", ".config/litestream.yml", ".mrjob.conf", ".terraformrc", ".duplicityrc")  # fmt: skip
_HISTORIES = (".zsh_history", ".ash_history", ".local/share/fish/fish_history", ".python_history", ".viminfo")
_DOWNLOADS = ("", "Downloads", "Desktop", "Documents")
_CONSOLE = re.compile(r"(?:accesskeys|rootkey|_credentials)[^/]*\.csv$", re.I)


def scan_home() -> Places:
    """Everything within reach that is not under a path that somebody named."""
    places = Places()
    aws = [path for path in (_aws_path("AWS_CONFIG_FILE", "config"), _aws_path("AWS_SHARED_CREDENTIALS_FILE", "credentials")) if path]
    if len(aws) == 2:
        _aws_files(aws[0], aws[1], places)
        _copies(aws, places)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where this leaves "~"
    if home.is_absolute():
        scan_startup(home, places)
        for name in (*_OTHER_TOOLS, *_HISTORIES):
            look_into(home / name, code_of(str(home / name), b""), places)
        for folder in _DOWNLOADS:
            for path in listed(home / folder):
                if _CONSOLE.search(path.name):
                    look_into(path, "AWS302", places)
    _backups(places)
    return places


def _aws_path(variable: str, name: str) -> Path | None:
    from migrate.awsfiles.files import default_path

    with suppress(Refusal):
        return default_path(None, variable, name)
    return None


def _aws_files(config: Path, credentials: Path, places: Places) -> None:
    """The profiles of the two files as the SDKs read them, then whatever else stands in them (comments, sections nobody reads)."""
    from migrate.awsfiles.profiles import merge

    seen: set[str] = set()
    with suppress(Refusal):
        from migrate.awsfiles.files import read_file

        files = merge(read_file(config), read_file(credentials))
        from migrate.awsfiles.facts import foreign_endpoint
        from migrate.awsfiles.vocabulary import STATIC

        for name, profile in files.profiles.items():
            key, secret = (profile.values.get(n, "").strip() for n in STATIC[:2])
            if not key or not secret:
                continue
            file, line = files.place(profile, *STATIC)
            seen.add(key)
            if is_placeholder(key) or "EXAMPLE" in secret:
                continue
            above = file.document.lines[line - 2] if line > 1 else ""
            whole = key if is_key_id(key) else None
            if foreign_endpoint(files, profile):
                note = f"profile {name} signs for another store than AWS"
                _add(places, Finding("AWS331", str(file.path), note, line, 1, key=whole, profile=name), above)
                continue
            complete = files.sso_is_complete(profile.values)
            if whole is None and len(secret) < 40 and not complete:
                continue  # `minio`, `test`: nobody's key at AWS
            beside = ", beside its SSO setting, and some SDKs prefer it" if complete else ""
            message = f"profile {name} holds {named(whole)}{beside}"
            help = "aws-sso-migrate config takes it out; then retire it: aws-sso-migrate retire"
            _add(places, Finding("AWS301", str(file.path), message, line, 1, help, whole, name), above)
    for path in (config, credentials):
        try:
            hit = look(str(path), raw=True)
        except FileNotFoundError:
            continue
        except OSError as e:
            places.findings.append(unreadable(path, e.strerror))
            continue
        places.files += path.is_file()
        places.looked.add(os.path.realpath(path))
        for pair in hit.pairs if hit else ():
            if pair.key not in seen and not pair.covers("AWS301"):
                seen.add(pair.key)
                message = f"a comment, or a section that no SDK reads, holds {named(pair.key)}"
                help = "delete it; retire the key if it is live"
                places.findings.append(Finding("AWS301", str(path), message, pair.line, pair.column, help, pair.key))


def _add(places: Places, finding: Finding, above: str) -> None:
    """Adds a finding unless a comment on the line above silences it: in an AWS file a line's end can hold none."""
    codes = silenced_by(above) if above.lstrip().startswith(("#", ";")) else frozenset()
    if "*" not in codes and finding.code not in codes:
        places.findings.append(finding)


def _copies(aws: list[Path], places: Places) -> None:
    """Everything else in the folder of the AWS files; in a folder that is not theirs alone, what is named like them."""
    own = {os.path.realpath(path) for path in aws}
    for folder in dict.fromkeys([*(path.parent for path in aws), Path(os.path.expanduser("~/.aws"))]):  # noqa: PTH111 - may have no home
        alone = folder.name == ".aws"
        names = tuple(path.name for path in aws if path.parent == folder)
        for path in _below(folder) if alone else listed(folder):
            named = any(name in path.name for name in names) or _CONSOLE.search(path.name)
            if (alone or named) and os.path.realpath(path) not in own:
                look_into(path, "AWS302", places, raw=True)


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not os.path.join(here, f).endswith(SDK_CACHES) and f != ".git")  # noqa: PTH118
        for name in sorted(files):
            yield Path(here, name)


def scan_environment(environment: Iterable[tuple[str, str]]) -> list[Finding]:
    """The keys of the environment: those that the SDKs read, whatever they look like, and others that are keys by their shape."""
    from migrate.keys import is_secret

    values = {name: value.strip() for name, value in environment}
    key = values.get("AWS_ACCESS_KEY_ID", "")
    help = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN, and find out who sets them"
    out: list[Finding] = []
    secret = values.get("AWS_SECRET_ACCESS_KEY", "")
    if (key or secret) and not is_placeholder(key) and "EXAMPLE" not in secret:
        whole = key if is_key_id(key) else None
        name = "AWS_ACCESS_KEY_ID" if key else "AWS_SECRET_ACCESS_KEY"
        of = f" to {named(whole)}" if whole else ""
        out.append(Finding("AWS304", "environment", f"{name} is set{of}, and beats every profile", help=help, key=whole))
    if any(is_secret(value) for value in values.values()):
        for name, value in values.items():
            if name != "AWS_ACCESS_KEY_ID" and value != key and is_key_id(value) and not is_placeholder(value):
                out.append(Finding("AWS304", "environment", f"{name} holds {named(value)}", help="unset it, and its secret", key=value))
    return out


def _backups(places: Places) -> None:
    """The runs whose backups still hold keys: a note, since `undo` needs them."""
    from migrate.changes.state import state_folder

    with suppress(Refusal):
        for folder in listed(state_folder() / "runs"):
            if any(path.name.endswith(".backup") for path in listed(folder)):
                message = f"the backups of run {folder.name} hold live keys"
                help = f"when everything works: aws-sso-migrate undo --purge {folder.name}"
                places.findings.append(Finding("AWS330", str(folder), message, help=help))
