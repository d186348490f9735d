"""Python that CI runs: by its path, as a module, by its installed name, as a test, or by way of make, tox, nox and scripts of the shell."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from migrate.codemod.data.around.commands import Runs, commands, made, recipes

_FOLDERS = (".github/", ".circleci/", ".buildkite/", ".azuredevops/", ".woodpecker/", ".gitlab/", ".harness/")
_FILES = re.compile(
    r"(?i)\.?(?:gitlab-ci|travis|drone|woodpecker|appveyor|cirrus|semaphore)\.ya?ml|.*\.gitlab-ci\.ya?ml|bitbucket-pipelines\.ya?ml|"
    r"azure-pipelines.*\.ya?ml|buildspec.*\.ya?ml|cloudbuild.*\.(?:ya?ml|json)|Jenkinsfile.*|action\.ya?ml"
)
_ENDINGS = (".yml", ".yaml", ".json", ".sh", ".py", "")
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


def run_in_ci(root: Path, files: Sequence[str], python: Sequence[Path], text_of: Callable[[Path], str]) -> Iterator[tuple[Path, str, bool]]:
    """Yield each Python file that CI runs, what says so, and whether it is a test. `files` are all files below the root."""
    below = {Path(f).relative_to(root).as_posix(): Path(f) for f in files if Path(f).is_relative_to(root)}
    sources = {p.relative_to(root).as_posix(): p for p in python if p.is_relative_to(root)}
    installed: dict[str, str] | None = None
    for relative, path in sorted(below.items()):
        if not (_FILES.fullmatch(path.name) or (relative.startswith(_FOLDERS) and path.suffix in _ENDINGS)):
            continue
        what = f"CI runs it ({path.name})"
        for runs in _all_of(text_of(path), below, text_of):
            if installed is None and runs.programs:
                installed = _installed(below, text_of)
            runs.modules |= {(installed or {})[p] for p in runs.programs if p in (installed or {})}
            for name, source in sources.items():
                if runs.names(name):
                    yield source, what, False
                elif runs.tests and _TEST.fullmatch(source.name):
                    yield source, what, True


def _all_of(text: str, below: dict[str, Path], text_of: Callable[[Path], str]) -> Iterator[Runs]:
    """Yield what a text runs, and what the files run to which it hands on."""
    todo = [(text, "")]
    seen: set[tuple[str, str]] = set()
    while todo:
        one, folder = todo.pop()
        if (one, folder) in seen:
            continue
        seen.add((one, folder))
        runs = commands(one, folder)
        yield runs
        for relative, path in below.items():
            if any(relative == s or relative.endswith("/" + s) for s in (w.removeprefix("./") for w in runs.shell)):
                if path.suffix != ".py":
                    todo.append((text_of(path), relative.rpartition("/")[0]))
        for called, names in _HELPERS:
            if called.search(one) is None:
                continue
            targets = [*made(one)]
            for relative, path in below.items():
                if names.fullmatch(path.name) and _of(relative.rpartition("/")[0], runs):
                    its = text_of(path)
                    rules = "akefile" in path.name or "ustfile" in path.name or path.suffix == ".mk"
                    todo.append((recipes(its, targets) if rules else its, relative.rpartition("/")[0]))


def _of(folder: str, runs: Runs) -> bool:
    """Return whether a command may find its file in a folder: the root, one that is named, or any where a name is computed."""
    return not folder or any("$" in f or folder == f.strip("./").rstrip("/") or folder.endswith("/" + f.strip("./")) for f in runs.folders)


def _installed(below: dict[str, Path], text_of: Callable[[Path], str]) -> dict[str, str]:
    """Return the programs that installing the project gives, and their modules."""
    out = {}
    for path in below.values():
        if path.name in ("pyproject.toml", "setup.py", "setup.cfg"):
            out.update({name: module.replace(".", "/") for name, module in _INSTALLED.findall(text_of(path))})
    return out
