"""`--report FILE`: written beside and renamed once the command has ended well.

So a report never tells of a run that did not come off. Its place is looked at first: a repository that is looked into may bring a
`report.md` that is a link to somebody's `authorized_keys`, and a name in CI may be any file's.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from migrate.changes.folder import Folder, Identity, cut_name
from migrate.errors import Refusal
from migrate.reports.view import View


class ReportFile:
    """As a context: `write` makes the report ready, `keep` gives it its name, and whatever was not kept is gone at the end."""

    def __init__(self, path: Path | None) -> None:
        """Raises Refusal where no report may be written there."""
        self._path: Path | None = None
        self._mode: int | None = None
        self._owner: tuple[int, int] | None = None
        if path is not None:
            self._path, self._mode, self._owner = _place(path)
        self._made: Identity | None = None
        self._data = b""
        self._new = "" if self._path is None else cut_name(".", self._path.name, f".{os.getpid()}.tmp")

    def __enter__(self) -> "ReportFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._path is not None:
            with suppress(OSError), Folder(self._path.parent) as folder:
                folder.unlink(self._new)

    def write(self, view: View) -> None:
        """Makes the report in the form that the file's ending names. Raises Refusal where it cannot be written."""
        if self._path is not None:
            self.write_text(render(self._path.suffix.lower(), view))

    def write_text(self, text: str) -> None:
        """Makes a document ready that is rendered already. Raises Refusal where it cannot be written."""
        if self._path is None:
            return
        try:
            with Folder(self._path.parent) as folder:
                with suppress(FileNotFoundError):
                    folder.unlink(self._new)
                mode = 0o666 & ~_umask() if self._mode is None else self._mode
                self._data = text.encode("utf-8", "backslashreplace")
                self._made = folder.write_new(self._new, self._data, mode, owner=self._owner)
        except OSError as error:
            raise Refusal(f"the report cannot be written: {error.strerror}", path=self._path) from None

    def keep(self) -> None:
        """Gives the report its name. Raises Refusal where that fails."""
        if self._path is None:
            return
        try:
            with Folder(self._path.parent) as folder, os.fdopen(folder.held(self._new, self._made, self._data), "rb"):
                folder.rename(self._new, self._path.name)
                folder.sync()
                about = folder.about(self._path.name)
                if (about.st_dev, about.st_ino) != self._made:
                    raise OSError(errno.ESTALE, "it was replaced by another file")
        except OSError as error:
            raise Refusal(f"the report cannot be written: {error.strerror}", path=self._path) from None


def require_place(path: Path) -> None:
    """Raise the Refusal that writing a report there would end in, as far as can be told beforehand."""
    _place(path)


def _place(path: Path) -> tuple[Path, int | None, tuple[int, int] | None]:
    """Where a report really goes, and the rights and owner of the one that is there. Raises Refusal where none may go there."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symlinks are looked at one by one
    for part in (absolute, *absolute.parents):
        if part.is_symlink() and (part == absolute or _is_brought(part)):
            raise Refusal("is a symlink; reports are not written through symlinks", path=part, help="name the target file itself")
    real = Path(os.path.realpath(absolute.parent)) / absolute.name
    try:
        about = real.lstat()
    except OSError:
        about = None
    if about is not None and not stat.S_ISREG(about.st_mode):
        kind = "a directory" if stat.S_ISDIR(about.st_mode) else "not a regular file"
        raise Refusal(f"the report cannot be written here: it is {kind}", path=path, help="name another file")
    if _is_ours_or_aws(real, about):
        raise Refusal("a report cannot overwrite an AWS file or a file of this program", path=path, help="name another file")
    return (real, None, None) if about is None else (real, stat.S_IMODE(about.st_mode), (about.st_uid, about.st_gid))


def _is_brought(link: Path) -> bool:
    """May a link have come with what is worked on: does it lie in the working folder, or in a git checkout?"""
    folder = link.parent
    return Path.cwd() in (folder, *folder.parents) or any((f / ".git").exists() for f in (folder, *folder.parents))


def _is_ours_or_aws(real: Path, about: os.stat_result | None) -> bool:
    from migrate.awsfiles.reading.files import default_path
    from migrate.changes.state import state_folder

    with suppress(Refusal, RuntimeError):
        for name, file in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
            aws = Path(os.path.realpath(default_path(None, name, file)))
            with suppress(OSError):
                if real == aws or (about is not None and os.path.samestat(about, aws.stat())):
                    return True
    with suppress(Refusal, RuntimeError):
        home = Path(os.path.realpath(Path("~").expanduser()))
        folders = [home / ".aws" / name for name in ("sso", "cli", "login")] + [Path(os.path.realpath(state_folder()))]
        return any(folder in real.parents for folder in folders)
    return False


def render(ending: str, view: View) -> str:
    """The report in the form of that ending."""
    if ending == ".json":
        from migrate.reports import json

        return json.render(view)
    if ending == ".sarif":
        from migrate.reports import sarif

        return sarif.render(view)
    if ending == ".html":
        from migrate.reports import html

        return html.render(view)
    from migrate.reports import markdown

    return markdown.render(view)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
