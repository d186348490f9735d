"""Paths as other people may read them: relative to their repository, or with `~`, so that no report names a folder of this machine."""

import re
from collections.abc import Callable
from pathlib import Path

from migrate.reports.view import ChangeView, FindingView, View, shown_path


class Places:
    """Shortens the paths of one report."""

    def __init__(self, view: View) -> None:
        """`view` names the repositories that paths are relative to."""
        rows: list[ChangeView | FindingView] = [*view.changes, *view.findings]
        roots = {row.repository for row in rows if row.repository and row.repository.startswith("/")}
        self._several = len(roots) > 1
        self._roots = sorted(roots, key=len, reverse=True)
        self._here = _folder(Path.cwd)
        self._home = _folder(Path.home)
        known = [re.escape(root) for root in (*self._roots, self._here, self._home) if root and root != "/"]
        self._known = re.compile(rf"(?<![\w./-])(?:{'|'.join(known)})(?:/[^\s:,;'\"()`]*)?(?![\w-])") if known else None

    def path(self, path: str) -> str:
        """Return a path without the folders of this machine, where it lies below a repository, the working folder or the home folder."""
        for root in self._roots:
            if path == root or path.startswith(root + "/"):
                inner = path[len(root) + 1 :] or "."
                return f"{root.rpartition('/')[2]}/{inner}" if self._several else inner
        for folder, short in sorted(((self._here, ""), (self._home, "~/")), key=lambda pair: -len(pair[0])):
            if folder and folder != "/" and (path == folder or path.startswith(folder + "/")):
                return short + path[len(folder) + 1 :] or "."
        return path

    def text(self, text: str) -> str:
        """Return a message with the paths in it shortened."""
        return text if self._known is None else self._known.sub(lambda m: self.path(m.group()), text)

    def diff(self, diff: str) -> str:
        """Return a diff with the paths of its two headers shortened."""
        head, sep, rest = diff.partition("\n@@")
        lines = [f"{line[:4]}{self.path(line[4:])}" if line.startswith(("--- ", "+++ ")) else line for line in head.split("\n")]
        return "\n".join(lines) + sep + rest


def _folder(where: Callable[[], Path]) -> str:
    try:
        return shown_path(str(where()))
    except (OSError, RuntimeError):
        return ""
