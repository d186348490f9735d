"""The home folder's places: the AWS files, copies beside them, shell start-up files, settings of other tools, this program's backups."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import is_key_id, is_placeholder
from migrate.scan.aws_files import scan_aws_files
from migrate.scan.files import SDK_CACHES, Exclusion, Listing, list_files
from migrate.scan.kinds import code_of
from migrate.scan.places import Places, listed, look_into
from migrate.scan.startup import scan_startup
from migrate.scan.wording import named

_OTHER_TOOLS = (".s3cfg", ".boto", ".passwd-s3fs", ".config/rclone/rclone.conf", ".rclone.conf", ".mc/config.json", ".s5cfg", ".fog",
                ".netrc", ".config/litestream.yml", ".mrjob.conf", ".terraformrc", ".duplicityrc")  # fmt: skip
_HISTORIES = (".zsh_history", ".ash_history", ".local/share/fish/fish_history", ".python_history", ".viminfo")
_OTHER_FOLDERS = (".steampipe/config",)
_DOTFILES = (".local/share/chezmoi", ".local/share/yadm", ".config/yadm", ".dotfiles", "dotfiles", ".homesick/repos", ".dots")
"""Where dotfile managers keep the sources of what they put into the home folder: chezmoi, yadm, homesick, and by custom."""
_DOWNLOADS = ("", "Downloads", "Desktop", "Documents")
_CONSOLE = re.compile(r"(?:accesskeys|rootkey|_credentials)[^/]*\.csv$", re.I)


def scan_home() -> Places:
    """Everything within reach that is not under a path that somebody named."""
    places = Places()
    aws = [path for path in (_aws_path("AWS_CONFIG_FILE", "config"), _aws_path("AWS_SHARED_CREDENTIALS_FILE", "credentials")) if path]
    if len(aws) == 2:
        scan_aws_files(aws[0], aws[1], places)
        _copies(aws, places)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where this leaves "~"
    if home.is_absolute():
        scan_startup(home, places)
        for name in (*_OTHER_TOOLS, *_HISTORIES):
            look_into(home / name, code_of(str(home / name), b""), places)
        for path in (path for folder in _OTHER_FOLDERS for path in listed(home / folder)):
            look_into(path, "AWS312", places)
        for folder in _DOTFILES:
            _sources(home / folder, places)
        for folder in _DOWNLOADS:
            for path in listed(home / folder):
                if _CONSOLE.search(path.name):
                    look_into(path, "AWS302", places)
    _backups(places)
    return places


def _sources(folder: Path, places: Places) -> None:
    """Every file that a dotfile manager keeps."""
    if folder.is_dir():
        listing = Listing()
        with suppress(Refusal):
            list_files(folder, Exclusion(()), frozenset(), listing)
        for name in listing.files:
            look_into(Path(name), None, places)


def _aws_path(variable: str, name: str) -> Path | None:
    from migrate.awsfiles.reading.files import default_path

    with suppress(Refusal):
        return default_path(None, variable, name)
    return None


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
    help = "run unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN, and find out what sets them"
    out: list[Finding] = []
    secret = values.get("AWS_SECRET_ACCESS_KEY", "")
    if (key or secret) and not is_placeholder(key) and "EXAMPLE" not in secret:
        whole = key if is_key_id(key) else None
        name = "AWS_ACCESS_KEY_ID" if key else "AWS_SECRET_ACCESS_KEY"
        of = f" to {named(whole)}" if whole else ""
        out.append(
            Finding("AWS304", "environment", f"{name} is set{of} and overrides AWS_PROFILE and the default profile", help=help, key=whole)
        )
    if any(is_secret(value) for value in values.values()):
        for name, value in values.items():
            if name != "AWS_ACCESS_KEY_ID" and value != key and is_key_id(value) and not is_placeholder(value):
                out.append(
                    Finding(
                        "AWS304",
                        "environment",
                        f"{name} contains {named(value)}",
                        help="unset it and the variable with its secret",
                        key=value,
                    )
                )
    return out


def _backups(places: Places) -> None:
    """The runs whose backups still hold keys: a note, since `undo` needs them."""
    from migrate.changes.state import state_folder

    with suppress(Refusal):
        folders = [f for f in listed(state_folder() / "runs") if any(path.name.endswith(".backup") for path in listed(f))]
        if not folders:
            return
        runs = [folder.name for folder in folders]
        if len(runs) == 1:
            where, message, run = folders[0], f"the backups of run {runs[0]} may contain working keys", runs[0]
        else:
            where, message, run = folders[0].parent, f"the backups of {len(runs)} runs may contain working keys: {', '.join(runs)}", "RUN"
        help = f"once everything works, run aws-sso-migrate undo --purge {run}{'' if len(runs) == 1 else ' for each of them'}"
        places.findings.append(Finding("AWS330", str(where), message, help=help))
