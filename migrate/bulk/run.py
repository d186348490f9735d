"""One run of `bulk`: what is known of earlier ones, a crew, and what comes of each repository."""

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from shutil import rmtree

from migrate.bulk.remotes import Remote
from migrate.bulk.state import State
from migrate.bulk.task import Result, Settings, Task, failed
from migrate.bulk.workers.crew import Crew, CrewLost, Local
from migrate.bulk.workers.farm import Farm, Stop
from migrate.errors import Refusal

_IDENTITY = re.compile(r"(.*) <(.*)> \d+ [+-]\d{4}")

_PART = re.compile(r"part-[0-9a-f]{20}-\w+")
"""A clone of the program's making (`migrate.bulk.clones`)."""


class Run:
    """A run over some repositories in a working folder."""

    def __init__(self, remotes: Sequence[Remote], folder: Path, seconds: float, memory: int, retry: int, settings: Settings) -> None:
        self.folder = folder
        self.stopped = False
        """Was it stopped before all was done?"""
        self.earlier: frozenset[str] = frozenset()
        """The ids of what an earlier run has done, once there are results."""
        self._remotes, self._seconds, self._memory, self._retry = remotes, seconds, memory, retry
        self._settings = replace(settings, identities=_identities(folder))
        self._id = token_hex(8)
        self._alone = True

    def crew(self, jobs: int | None, scheduler: str | None, say: Callable[[str], None]) -> Crew:
        """Whoever is to work. Raises Refusal."""
        if scheduler is None:
            from migrate.tree.processes import cores

            return Local(self._id, jobs or cores())
        from migrate.bulk.workers.cluster import Cluster

        self._alone = False
        return Cluster(scheduler, self._id, self._seconds, say)

    def results(self, crew: Crew, say: Callable[[int, int, str], None]) -> dict[str, Result]:
        """Each repository's id with what came of it, now or earlier; after Ctrl-C of those that came to something. Raises Refusal.

        `say` is told how many are done, how many of them now, and the last one's name.
        """
        print, writes = self._settings.print, not self._settings.dry_run
        clones = self.folder / "clones"
        _sweep(clones)  # of a run that was killed
        state = State(self.folder / "state.sqlite", print)
        try:
            (self.folder / "run").write_text(self._id, encoding="ascii")
            known = state.done() if writes else {}
            results = {r.id: known[r.id] for r in self._remotes if r.id in known and known[r.id]["status"] != "failed"}
            self.earlier = frozenset(results)
            waiting = [r for r in self._remotes if r.id not in results]
            now = int(time.time())
            begun = state.begin([(r.id, r.clean) for r in waiting], now) if writes else {}
            # a clone that stays has to be where the person is; one that goes may be wherever the work is done
            folder = str(self.folder) if self._alone or (writes and not self._settings.push) else None
            tasks = (
                Task(r.url, self._settings, print, self._id, begun.get(r.id, now), self._seconds, self._memory, folder) for r in waiting
            )
            ids = {r.url: r.id for r in waiting}
            names = {r.url: r.clean for r in waiting}
            before = len(results)
            with Stop() as stop:
                try:
                    for task, result in Farm(crew, self._retry).results(tasks, stop):
                        if writes:
                            state.keep(ids[task.url], result)
                        results[ids[task.url]] = result
                        say(len(results), len(results) - before, names[task.url])
                except CrewLost as lost:
                    for r in waiting:
                        results.setdefault(r.id, failed("AWS601", str(lost), again=True))
                self.stopped = stop.is_set and len(results) < len(self._remotes)
        finally:
            crew.end()
            state.close()
            _sweep(clones)
            with suppress(OSError):
                (self.folder / "run").unlink()
        return results


def _sweep(clones: Path) -> None:
    for left in clones.glob("part-*"):
        if _PART.fullmatch(left.name) and not left.is_symlink():
            rmtree(left, ignore_errors=True)


def _identities(folder: Path) -> tuple[tuple[str, str], ...]:
    """Author and committer as git has them here, so that workers commit as this person; none where git knows none. Raises Refusal."""
    out = []
    for who in ("AUTHOR", "COMMITTER"):
        try:
            done = subprocess.run(["git", "-C", str(folder), "var", f"GIT_{who}_IDENT"], capture_output=True, check=False)
        except OSError:
            raise Refusal("git is not installed") from None
        match = _IDENTITY.match(done.stdout.decode("utf-8", "replace"))
        if done.returncode or match is None:
            return ()
        out.append((match[1], match[2]))
    return tuple(out)
