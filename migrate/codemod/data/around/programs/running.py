"""What a text of command lines runs of a tree's Python: also by way of make, tox, scripts of the shell and other such files, and by computed names."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from migrate.codemod.data.around.programs.commands import Runs, commands, made, matching, recipes

_HELPERS = (
    (re.compile(r"(?<![\w-])(?:make|gmake|\$\(MAKE\))(?![\w-])"), re.compile(r"(?i)(?:GNU)?Makefile|.*\.mk")),
    (re.compile(r"(?<![\w-])just(?![\w-])"), re.compile(r"(?i)\.?justfile")),
    (re.compile(r"(?<![\w-])task\s"), re.compile(r"(?i)Taskfile\.ya?ml")),
    (re.compile(r"(?<![\w-])tox(?![\w-])"), re.compile(r"tox\.ini|setup\.cfg|pyproject\.toml|tox\.toml")),
    (re.compile(r"(?<![\w-])nox(?![\w-])"), re.compile(r"noxfile\.py")),
    (re.compile(r"(?<![\w-])(?:inv|invoke)\s"), re.compile(r"tasks\.py")),
    (re.compile(r"(?<![\w-])(?:npm|yarn|pnpm)\s"), re.compile(r"package\.json")),
    (re.compile(r"(?<![\w-])(?:poe|poethepoet|hatch|pdm|taskipy|pipenv)\s"), re.compile(r"pyproject\.toml|Pipfile|hatch\.toml")),
)
"""Programs that a line of CI calls, and the files in which stands what they do."""
_INSTALLED = re.compile(r"""(?m)^[\s\["']*([\w.-]+)["']?\s*=\s*["']?([A-Za-z_][\w.]*):[A-Za-z_][\w.]*""")
_TEST = re.compile(r"test_.*\.py|.*_tests?\.py|conftest\.py|tests?\.py")
_TESTS = {"test", "tests"}
_MENTIONED = re.compile(r"[\w./*?-]+\.(?:py|ipynb)\b")
_HANDED_ON = re.compile(
    r"""(?:\b(?:local|template|include|extends)\s*:\s*|\bansible-playbook\s[^\n]*?|\bload[\s(]+)["']?([\w./-]+\.(?:ya?ml|groovy|jenkinsfile))\b"""
)
_INCLUDED = re.compile(r"(?m)^include:[ \t]*\n((?:[ \t]*-[^\n]*\n)+)")
"""Files of steps that a file of CI takes in: templates, what GitLab includes, playbooks."""


class Running:
    """The Python below a folder, and what a text runs of it."""

    def __init__(self, folder: Path, files: Iterable[str | Path], python: Iterable[Path], text_of: Callable[[Path], str]) -> None:
        self.below = {Path(f).relative_to(folder).as_posix(): Path(f) for f in files if Path(f).is_relative_to(folder)}
        self.sources = {p.relative_to(folder).as_posix(): p for p in python if p.is_relative_to(folder)}
        self.text_of = text_of
        self._installed: dict[str, str] | None = None

    def of(self, text: str, folder: str = "") -> Iterator[tuple[Path, bool]]:
        """Yield each Python file that the lines of a text run, and whether it is a test. `folder` is the text's own."""
        seen: list[str] = []
        some = False
        for runs, its in self._all_of(text, folder):
            seen.append(its)
            some = some or runs.some
            if runs.programs:
                runs.modules |= {self.installed[p] for one in runs.programs if (p := one.rpartition("/")[2]) in self.installed}
            for name, source in self.sources.items():
                if runs.names(name):
                    yield source, False
                elif (runs.tests and _is_test(name)) or (runs.notebooks and source.suffix == ".ipynb"):
                    yield source, True
            yield from ((source, False) for source in self._elsewhere(runs))
        if some:
            yield from ((source, False) for source in self._meant(seen))

    def _elsewhere(self, runs: Runs) -> Iterator[Path]:
        """Yield what a script is that does not stand where its path says, as far as that is understood."""
        for script in runs.scripts:
            written = script.rpartition("$")[2].rpartition("../")[2].lstrip("./")
            if not written.endswith((".py", ".ipynb")) or any(Runs(scripts={script}, folders=runs.folders).names(n) for n in self.sources):
                continue
            yield from (source for name, source in self.sources.items() if f"/{name}".endswith(f"/{written}"))

    def _meant(self, texts: Iterable[str]) -> list[Path]:
        """Return what a variable may stand for: a script that the texts name, or any where they name none."""
        named = {w.removeprefix("./") for text in texts for w in _MENTIONED.findall(text)}
        out = [source for name, source in self.sources.items() if any(f"/{name}".endswith(f"/{w}") or matching(w, name) for w in named)]
        return out or [*self.sources.values()]

    def _all_of(self, text: str, folder: str) -> Iterator[tuple[Runs, str]]:
        """Yield what a text runs, and what the files run to which it hands on, each with its text."""
        todo = [(text, folder)]
        seen: set[tuple[str, str]] = set()
        while todo:
            one, folder = todo.pop()
            if (one, folder) in seen:
                continue
            seen.add((one, folder))
            runs = commands(one, folder)
            yield runs, one
            handed = {w.removeprefix("./").lstrip("/") for w in (*runs.shell, *_handed_on(one))}
            handed |= {w.rpartition("/")[2] for w in runs.shell if w.startswith(("/", "$", "~"))}  # where it is installed
            for relative, path in self.below.items() if handed else ():
                if path.suffix != ".py" and any(relative == s or relative.endswith("/" + s) for s in handed):
                    todo.append((self.text_of(path), relative.rpartition("/")[0]))
            for called, names in _HELPERS:
                if called.search(one) is None:
                    continue
                targets = [*made(one)]
                for relative, path in self.below.items():
                    if names.fullmatch(path.name) and _of(relative.rpartition("/")[0], runs):
                        its = self.text_of(path)
                        rules = "akefile" in path.name or "ustfile" in path.name or path.suffix == ".mk"
                        todo.append((recipes(its, targets) if rules else its, relative.rpartition("/")[0]))

    @property
    def installed(self) -> Mapping[str, str]:
        """The programs that installing the project gives, and their modules."""
        if self._installed is None:
            self._installed = {}
            for path in self.below.values():
                if path.name in ("pyproject.toml", "setup.py", "setup.cfg"):
                    self._installed.update({name: m.replace(".", "/") for name, m in _INSTALLED.findall(self.text_of(path))})
        return self._installed


def _handed_on(text: str) -> list[str]:
    listed = "\n".join(f"include: {line.strip(' -')}" for block in _INCLUDED.findall(text) for line in block.splitlines())
    return _HANDED_ON.findall(f"{text}\n{listed}")


def _is_test(relative: str) -> bool:
    *folders, name = relative.split("/")
    return _TEST.fullmatch(name) is not None or not _TESTS.isdisjoint(folders)


def _of(folder: str, runs: Runs) -> bool:
    """Return whether a command may find its file in a folder: the root, one that is named, or any where a name is computed."""
    return not folder or any("$" in f or folder == f.strip("./").rstrip("/") or folder.endswith("/" + f.strip("./")) for f in runs.folders)
