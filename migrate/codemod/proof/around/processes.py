"""Which files of a root may run in one process: what a test replaces, or a script sets, concerns only what runs beside it.

A file may run another that it imports, that one of its texts names (`INSTALLED_APPS`, `include=["tasks"]`, `patch("app.jobs.client")`), that its
package or a conftest.py above it brings, or that it may load by a computed name. Two files share a process where some file may run both. What is read
here are the words of imports and texts, not trees: that may find too many files, and is fast.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from migrate.codemod.proof.around.below import files, kept
from migrate.codemod.proof.around.vocabulary import sifted, sifted_texts

_IMPORT = re.compile(
    rb"(?:^|[;:])[ \t]*(?:from[ \t\\\n]+([.\w \t]+?)[ \t\\\n]+import[ \t\\\n]*(\([^)]*\)|(?:[^\n#;\\]|\\\r?\n)*)|import[ \t\\\n]+((?:[^\n#;\\]|\\\r?\n)*))",
    re.MULTILINE,
)
_TEXT = re.compile(rb"\"([\w./:\\-]{2,200})\"|'([\w./:\\-]{2,200})'")
_DOTTED = re.compile(r"[A-Za-z_]\w*")
_COMMENT = re.compile(rb"^([^\n#\"']*)#[^\n]*", re.MULTILINE)
"""A comment, where no text before it may have the sign in it."""
_LOADING = re.compile(
    rb"(?<![A-Za-z0-9_])(?:import_module|__import__|resolve_name|import_string|load_source|module_from_spec|exec_module|load_module|run_path|run_module"
    rb"|load_entry_point|entry_points|iter_entry_points|pydoc\.locate|iter_modules|walk_packages|spec_from_file_location|loadTestsFromNames?"
    rb"|autodiscover|autodiscover_modules|autodiscover_tasks|find_modules|from_object|config_from_object|SourceFileLoader|runpy|pluggy|stevedore|importorskip|EntryPoint)(?![A-Za-z0-9_])"
    rb"|(?<![A-Za-z0-9_.])(?:exec|eval|locate)[ \t]*(?=\()"
)
"""What may load a module by a name that is not written beside it, or run a text."""
_ENUMERATING = re.compile(
    rb"(?<![A-Za-z0-9_])(?:r?i?glob|listdir|iterdir|scandir|walk|walk_packages|iter_modules|discover|loadTestsFrom\w+)\s*\("
)
"""What goes through the files of folders."""
_ASKED = re.compile(
    rb"(?<![A-Za-z0-9_])(?:argv|ArgumentParser|getenv|environ(?!\.setdefault)|click|typer)(?![A-Za-z0-9_])|(?<![A-Za-z0-9_.])input\("
)
"""What gives a name that stands in no file: of the command line, of the environment."""
_RUNNER = re.compile(
    rb"(?<![A-Za-z0-9_])(?:(?:pytest|unittest|nose)\.main|TestLoader|defaultTestLoader|TextTestRunner|execute_from_command_line|call_command)(?![A-Za-z0-9_])"
)
"""What runs tests, of whatever names."""
_DJANGO = re.compile(rb"(?<![A-Za-z0-9_])(?:execute_from_command_line|call_command|get_[aw]sgi_application|django\.setup)(?![A-Za-z0-9_])")
_BY_CONVENTION = frozenset({"commands", "models", "admin", "apps", "signals", "tasks", "urls", "migrations", "templatetags"})
"""Modules of an app that Django loads unasked."""
_SCRIPT = re.compile(
    rb"(?<![\w.])(?:[\w.-]*/)*(\w+)\.py(?!\w)|(?<![\w-])-m[ \t]*([A-Za-z_][\w.]*)|[\"';][ \t]*(?:import|from)[ \t]+([A-Za-z_][\w.]*)"
)
"""What a command line, or a text that is run, says of a file."""
_FIXED = re.compile(rb"\s*\(\s*[rbRBuU]?[\"'][^\"'\n]*[\"']\s*[,)]")
_TEST = re.compile(r"(?i)test.*|.*_tests?|.*[a-z]Tests?|conftest")
_ALWAYS = frozenset({"sitecustomize.py", "usercustomize.py", "gunicorn.conf.py", "gunicorn_conf.py", "celeryconfig.py", "environment.py"})
"""Files that each process runs, or that a server, Celery or behave runs without being told."""
_PLUGINS = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", ".pth", "noxfile.py")
"""Files that name what a test runner or the interpreter loads by itself."""


class Processes:
    """The files that each Python file of a root may run, found once for all questions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._all = [path for path, python in files(root) if python]
        self._by_last: dict[str, list[tuple[tuple[str, ...], Path]]] = defaultdict(list)
        for path in self._all:
            parts = (*path.relative_to(root).parent.parts, path.name.partition(".")[0])
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts:
                self._by_last[parts[-1]].append((parts, path))
        self._runs: dict[Path, frozenset[Path]] = {}
        self._closures: dict[frozenset[Path], frozenset[Path]] = {}
        self._means: dict[tuple[tuple[str, ...], bool], set[Path]] = {}
        self._packages: dict[Path, set[Path]] = {}

    def share(self, path: Path, others: Collection[Path], lasting: bool = True) -> bool:
        """Return whether a file may run in one process with one of some others.

        `lasting`: what the file does outlives the test that it is done for, so that it also concerns what other tests run.
        """
        if path in others or path.name in _ALWAYS or path not in self._known or self._is_plugin(path):
            return True
        wanted = frozenset(others)
        if not wanted <= self._known:
            return True
        if is_test(self.root, path):
            starts = set(self._running(frozenset({path})))  # what it brings is used by those who import it
            if path.name == "conftest.py":
                starts |= {p for p in self._tests if p.is_relative_to(path.parent)}
                if starts <= {path} or self._finds_otherwise:
                    return True  # its tests are somewhere else
            groups = [frozenset(starts), *([self._tests] if lasting else [])]
            return any(not wanted.isdisjoint(self._reached(group)) for group in groups)
        return path in self._reached(self._running(wanted))

    @cached_property
    def _known(self) -> frozenset[Path]:
        return frozenset(self._all)

    @cached_property
    def _finds_otherwise(self) -> bool:
        """Return whether a test runner finds its tests by other names than those that are usual, or runs the examples of any file."""
        word = re.compile(rb"(?<![A-Za-z0-9_])(?:python_files|doctest-modules|doctest_modules)(?![A-Za-z0-9_])")
        return any(word.search(kept[p]) for p, _ in (*sifted(self.root, word), *sifted_texts(self.root, word)))

    @cached_property
    def _tests(self) -> frozenset[Path]:
        return frozenset(p for p in self._all if is_test(self.root, p))

    def _reached(self, starts: frozenset[Path]) -> frozenset[Path]:
        """Return the files that some files may run, by whatever others, and themselves."""
        if starts not in self._closures:
            self._closures[starts] = _closure(starts, self.runs)
        return self._closures[starts]

    def _running(self, wanted: frozenset[Path]) -> frozenset[Path]:
        """Return the files that may run one of some files, by whatever others, and themselves."""
        return _closure(wanted, lambda path: self._run_by.get(path, ()))

    @cached_property
    def _run_by(self) -> dict[Path, set[Path]]:
        out: dict[Path, set[Path]] = defaultdict(set)
        for path in self._all:
            for other in self.runs(path):
                out[other].add(path)
        return out

    def runs(self, path: Path) -> frozenset[Path]:
        """Return the files that a file may run by itself: by its imports, its texts, its packages and the conftest.py above it."""
        if path not in self._runs:
            data = _COMMENT.sub(rb"\1", kept[path]) if path.suffix == ".py" else kept[path]
            out = self._around(path)
            for name, level in set(_names(data, whole=path.suffix not in (".py", ".pyw", ".wsgi"))):
                out |= self._meant(path, name, level)
            if any(_FIXED.match(data, m.end()) is None for m in _LOADING.finditer(data)):
                out = out | self._loadable(path, frozenset(w for name, _ in _texts(data) for w in name))
            if _RUNNER.search(data):
                out = out | self._tests
            if _DJANGO.search(data):
                out = out | {p for p in self._all if not _BY_CONVENTION.isdisjoint((*p.relative_to(self.root).parts[:-1], p.stem))}
            self._runs[path] = frozenset(out)
        return self._runs[path]

    def _around(self, path: Path) -> set[Path]:
        if path in self._packages:
            return self._packages[path]
        out: set[Path] = set()
        for folder in path.parents:
            if not folder.is_relative_to(self.root):
                break
            out |= {init for name in ("__init__.py", "conftest.py") if (init := folder / name) in self._known}
        if not is_test(self.root, path):
            out = {p for p in out if p.name != "conftest.py"}
        self._packages[path] = out - {path}
        return self._packages[path]

    def _meant(self, path: Path, name: tuple[str, ...], level: int) -> set[Path]:
        """Return the files that a dotted name may mean, and those of the packages on the way."""
        if level:
            folder = path.parents[min(level, len(path.parents)) - 1]
            name = (*(folder.relative_to(self.root).parts if folder.is_relative_to(self.root) else ()), *name)
        key = (name, bool(level))
        if key not in self._means:
            self._means[key] = self._of_that_name(name, bool(level))
        return self._means[key]

    def _of_that_name(self, name: tuple[str, ...], level: bool) -> set[Path]:
        out: set[Path] = set()
        for end in range(len(name), 0, -1):
            part = name[:end]
            for whole, other in self._by_last.get(part[-1], ()):
                if whole[-end:] == part or (level and whole == part):
                    out |= {other} | self._around(other)
        return {p for p in out if p.name != "conftest.py"}

    def _loadable(self, loader: Path, words: frozenset[str]) -> set[Path]:
        """Return the files that one which loads modules by computed names may load: of its own package, or named in a text somewhere."""
        own = loader.relative_to(self.root).parts[:-1]
        if not own or _ASKED.search(kept[loader]) or _ENUMERATING.search(kept[loader]):
            return set(self._all)
        depth = self._depth(own)
        return {
            p
            for p in self._all
            if not words.isdisjoint((*(parts := p.relative_to(self.root).parts)[:-1], p.stem))
            or parts[:depth] == own[:depth]
            or p.stem in self._spoken
        }

    def _depth(self, own: tuple[str, ...]) -> int:
        """Return how many folders lead to the outermost package of a file in some folder, this package included."""
        depth = len(own)
        while depth > 1 and self.root.joinpath(*own[: depth - 1], "__init__.py") in self._known:
            depth -= 1
        return depth

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """Return the words of the texts of all Python files and of all settings files."""
        out: set[str] = set()
        for path, python in files(self.root):
            if python:
                out |= {w for name, _ in _texts(kept[path]) for w in name}
            elif path.suffix in (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".conf"):
                out |= set(_DOTTED.findall(kept[path].decode("utf-8", "replace")))
        return frozenset(out)

    def _is_plugin(self, path: Path) -> bool:
        """Return whether a file is named where a test runner or the interpreter looks for what it loads by itself."""
        if path.name == "conftest.py" or path.stem in ("__init__", "setup"):
            return False
        word = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(path.stem)}(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))
        return any(
            other.name.endswith(_PLUGINS) and other != path and word.search(kept[other])
            for other, _ in (*sifted(self.root, word), *sifted_texts(self.root, word))
        )


def is_test(root: Path, path: Path) -> bool:
    """Return whether a file is run by a test runner: by its name, or by that of a folder that it stands in."""
    return bool(_TEST.fullmatch(path.stem)) or any(_TEST.fullmatch(part) for part in path.relative_to(root).parts[:-1])


def _names(data: bytes, whole: bool) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the dotted names that imports and texts say, each with its number of leading dots. `whole`: each word counts."""
    if whole:
        yield from (((word,), 0) for word in set(_DOTTED.findall(data.decode("utf-8", "replace"))))
        return
    for found in _IMPORT.finditer(data):
        base, taken, plain = (g.decode("utf-8", "replace") if g is not None else "" for g in found.groups())
        if plain:
            for one in plain.split(","):
                yield tuple(_DOTTED.findall(one.partition(" as ")[0])), 0
            continue
        level = len(base.replace(" ", "")) - len(base.replace(" ", "").lstrip("."))
        start = tuple(_DOTTED.findall(base))
        if start or level:
            yield start, level
        for one in taken.strip("()").split(","):
            words = _DOTTED.findall(one.partition(" as ")[0])
            yield (*start, *words[:1]), level
    for script in _SCRIPT.finditer(data):
        yield tuple(_DOTTED.findall(next(g for g in script.groups() if g is not None).decode("utf-8", "replace"))), 0
    yield from _texts(data)


def _texts(data: bytes) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the dotted names and paths that short texts say."""
    for found in _TEXT.finditer(data):
        text = (found.group(1) or found.group(2)).decode("utf-8", "replace")
        words = tuple(_DOTTED.findall(text.removesuffix(".py")))
        if words:
            yield words, 0


def _closure(starts: frozenset[Path], following: Callable[[Path], Iterable[Path]]) -> frozenset[Path]:
    out = set(starts)
    todo = list(starts)
    while todo:
        fresh = set(following(todo.pop())) - out
        out |= fresh
        todo += fresh
    return frozenset(out)


@lru_cache(maxsize=2)
def processes(root: Path) -> Processes:
    """Return what is known of the processes of a root."""
    return Processes(root)


def forget_processes() -> None:
    """Forget what has been read."""
    processes.cache_clear()
