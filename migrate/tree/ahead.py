"""The search begins while the walk goes on: a process looks through the files that are known so far.

On a tree without keys walk and search are all there is to do, and a walk alone uses one core.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrate.tree.processes import Running, many
from migrate.tree.search import FEW, Found, search, search_share

_MOST = 2500
"""So many files at a time: what is left when the walk ends is shared by all processes, and none has to be waited for long."""


@dataclass(slots=True)
class _Root:
    known: int = 0  # so many of the root's first files are searched, or being searched
    found: Found = field(default_factory=Found)
    missed: list[str] = field(default_factory=list)  # their process died


@dataclass(slots=True)
class Ahead:
    """A search that is fed by a walk. Only roots of many files are worth it."""

    jobs: int
    roots: dict[Path, _Root] = field(default_factory=dict)
    running: tuple[_Root, Sequence[str], Running[Found]] | None = None

    def notice(self, root: Path, files: list[str]) -> None:
        """Takes in what a walk knows by now (`migrate.tree.files.Notice`)."""
        if len(files) < FEW or not many(self.jobs):
            return
        if self.running is not None:
            if not self.running[2].ready():
                return
            self._collect()
        about = self.roots.setdefault(root, _Root())
        if len(files) - about.known >= FEW:
            share = files[about.known : about.known + _MOST]
            about.known += len(share)
            self.running = (about, share, Running.of(search_share, share))

    def search(self, root: Path, files: Sequence[str]) -> Found:
        """What the search comes to over all files of a root: those that nothing has looked through are searched now."""
        about = self.roots.pop(root, _Root())
        # the process that is still at a share goes on meanwhile
        found = search(files[about.known :], self.jobs, of=len(files))
        if self.running is not None:
            self._collect()
        found.add(about.found)
        if about.missed:
            found.add(search(about.missed, self.jobs, of=len(files)))
        return found

    def _collect(self) -> None:
        assert self.running is not None
        about, share, running = self.running
        self.running = None
        got = running.result()
        if got is None:
            about.missed += share
        else:
            about.found.add(got)
