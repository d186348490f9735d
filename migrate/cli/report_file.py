"""`--report FILE`: written beside and renamed once the command has ended well.

So a report never tells of a run that did not come off.
"""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from migrate.changes.write import write_new
from migrate.errors import Refusal
from migrate.reports.view import View


class ReportFile:
    """As a context: `write` makes the report ready, `keep` gives it its name, and whatever was not kept is gone at the end."""

    def __init__(self, path: Path | None) -> None:
        self._path = None if path is None else Path(os.path.realpath(path))
        self._new = None if self._path is None else self._path.with_name(f".{self._path.name[:200]}.{os.getpid()}.tmp")

    def __enter__(self) -> "ReportFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._new is not None:
            with suppress(OSError):
                self._new.unlink()

    def write(self, view: View) -> None:
        """Makes the report in the form that the file's ending names. Raises Refusal where it cannot be written."""
        if self._path is not None:
            self.write_text(render(self._path.suffix.lower(), view))

    def write_text(self, text: str) -> None:
        """Makes a document ready that is rendered already. Raises Refusal where it cannot be written."""
        if self._path is None or self._new is None:
            return
        try:
            with suppress(FileNotFoundError):
                self._new.unlink()
            write_new(self._new, text.encode("utf-8", "backslashreplace"), 0o666 & ~_umask())
        except OSError as error:
            raise Refusal(f"the report cannot be written: {error.strerror}", path=self._path) from None

    def keep(self) -> None:
        """Gives the report its name. Raises Refusal where that fails."""
        if self._path is None or self._new is None:
            return
        try:
            self._new.replace(self._path)
        except OSError as error:
            raise Refusal(f"the report cannot be written: {error.strerror}", path=self._path) from None


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
