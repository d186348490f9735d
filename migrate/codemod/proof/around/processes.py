"""Which files of a root may run in one process: what a test replaces, or a script sets, concerns only what runs beside it.

A file may run another that it imports, that one of its texts names (`INSTALLED_APPS`, `include=["tasks"]`, `patch("app.jobs.client")`), that its
package or a conftest.py above it brings, or that it may load by a computed name. Two files share a process where some file may run both. What is read
here are the words of imports and texts, not trees: that may find too many files, and is fast.

Who loads a file need not stand in any file: a server, a scheduler or a framework finds it by its folder. So files that are no tests share a process
too, unless one of them is run by none but programs that are known whole (`programs.py`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from pathlib import Path

from migrate.codemod.proof.around.below import files, kept
from migrate.codemod.proof.around.programs import Programs
from migrate.codemod.proof.around.saying import imports, normal, said, scripts, texts, words
from migrate.codemod.proof.around.vocabulary import sifted_anywhere

_LOADING = re.compile(
    rb"(?<![A-Za-z0-9_])(?:import_module|__import__|resolve_name|import_string|load_source|module_from_spec|exec_module|load_module|run_path|run_module"
    rb"|load_entry_point|entry_points|iter_entry_points|pydoc\.locate|iter_modules|walk_packages|spec_from_file_location|loadTestsFromNames?"
    rb"|load_extensions?|reload_extension|load_cogs?|instantiate|fileConfig|dictConfig|symbol_by_name|namedAny|namedModule|load_object|load_plugins?|load_class"
    rb"|load_backend|load_from_string|load_app|load_modules?|import_object|import_class|import_attribute|import_from_string|import_by_path|import_path|get_class"
    rb"|LightningCLI|CLIManager|register_modules|config\.scan|scan_package|import_submodules|class_path|_target_|DottedNameResolver|maybe_resolve"
    rb"|imp\.find_module|zipimporter|import_name|locate_class|find_spec|include_from_path|autodiscover|autodiscover_modules|autodiscover_tasks|find_modules|from_object|config_from_object|SourceFileLoader|runpy|pluggy|stevedore|importorskip|EntryPoint)(?![A-Za-z0-9_])"
    rb"|(?<![A-Za-z0-9_.])(?:exec|eval|locate)[ \t]*(?=\()"
)
"""What may load a module by a name that is not written beside it, or run a text."""
_RUNNER = re.compile(
    rb"(?<![A-Za-z0-9_])(?:(?:pytest|unittest|nose)\.main|TestLoader|defaultTestLoader|TextTestRunner|execute_from_command_line|call_command)(?![A-Za-z0-9_])"
)
"""What runs tests, of whatever names."""
_DJANGO = re.compile(rb"(?<![A-Za-z0-9_])(?:execute_from_command_line|call_command|get_[aw]sgi_application|django\.setup)(?![A-Za-z0-9_])")
_BY_CONVENTION = frozenset({"commands", "models", "admin", "apps", "signals", "tasks", "urls", "migrations", "templatetags"})
"""Modules of an app that Django loads unasked."""
_FIXED = re.compile(rb"\s*\(\s*[rbRBuU]?[\"'][^\"'\n]*[\"']\s*[,)]")
_BELOW = re.compile(rb"\s*\(\s*(?:[fF]?[\"'](\w[\w.]*)\.(?:\{|%s|[\"']\s*\+))")
"""A name that begins with that of a package."""
_PLAINLY = re.compile(
    rb"[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+(?:import_module|import_string|resolve_name|autodiscover_modules)[ \t]*(?:#[^\n]*)?\r?\n"
)
_TEST = re.compile(r"(?i)test.*|.*_tests?|.*[a-z]Tests?|conftest")
_ALWAYS = frozenset({"sitecustomize.py", "usercustomize.py", "gunicorn.conf.py", "gunicorn_conf.py", "celeryconfig.py", "environment.py"})
"""Files that each process runs, or that a server, Celery or behave runs without being told."""
_PLUGINS = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", ".pth", "noxfile.py")
"""Files that name what a test runner or the interpreter loads by itself."""


_PLUGIN = re.compile(
    rb"(?:(?<![\w-])-p[\"', =]*|PYTEST_PLUGINS[\"'\]\s=:]*|pytest_plugins[\"'\s=:\[(]*)(?P<told>[\w.,]+)|pytest11(?P<listed>[^\x00]{0,400})"
)
"""What is told to pytest on its command line, in the environment, or by the package that has it."""
_LISTED = re.compile(rb"=\s*[\"']?([\w.]+)")
_PATTERNS = re.compile(
    rb"(?<![A-Za-z0-9_])(?:(?:python_files|testMatch)(?![A-Za-z0-9_])[^\x00]{0,300}|(?:pattern\s*=|discover(?![A-Za-z0-9_]))[^\n\x00]{0,200})"
)
_PATTERN = re.compile(r"[\w.\[\]-]*[*?][\w*?.\[\]-]*py|(?<=[\"'= ])[\w-]+\.py")
"""By which names tests are looked for."""


class Processes:
    """The files that each Python file of a root may run, found once for all questions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._all = [path for path, python in files(root) if python]
        self._by_last: dict[str, list[tuple[tuple[str, ...], Path]]] = defaultdict(list)
        for path in self._all:
            parts = tuple(normal(part) for part in (*path.relative_to(root).parent.parts, path.name.partition(".")[0]))
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts:
                self._by_last[parts[-1]].append((parts, path))
        self._runs: dict[Path, frozenset[Path]] = {}
        self._closures: dict[frozenset[Path], frozenset[Path]] = {}
        self._means: dict[tuple[tuple[str, ...], bool], set[Path]] = {}
        self._packages: dict[Path, set[Path]] = {}
        self._programs = Programs(root, self._all, self._opens, self._around)

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
            groups = [frozenset(starts), *([self._tested] if lasting else [])]
            return any(not wanted.isdisjoint(self._reached(group)) for group in groups)
        if path in self._reached(self._running(wanted)):
            return True
        tests = frozenset(p for p in wanted if is_test(self.root, p))
        if tests and not self._plugins.isdisjoint(self._running(frozenset({path}))):
            return True
        if all(p.suffix == ".ipynb" for p in (path, *wanted)):
            return False  # each has an interpreter of its own
        return tests != wanted and not self._is_confined(path) and not all(map(self._is_confined, wanted - tests))

    def _is_confined(self, path: Path) -> bool:
        """Return whether none but programs that are known whole, and tests, may run a file."""
        return all(is_test(self.root, p) or (p in self._programs.known and p not in self._tests) for p in self._running(frozenset({path})))

    def _is_found(self, path: Path) -> bool:
        """Return whether a file is a test by its name, by that of a folder that it stands in, or as a runner is told to look for tests."""
        return is_test(self.root, path) or any(fnmatchcase(path.name, one) for one in self._patterns)

    @cached_property
    def _known(self) -> frozenset[Path]:
        return frozenset(self._all)

    @cached_property
    def _finds_otherwise(self) -> bool:
        """Return whether a test runner finds its tests by other names than those that are usual, or runs the examples of any file."""
        word = re.compile(rb"(?<![A-Za-z0-9_])(?:python_files|doctest-modules|doctest_modules)(?![A-Za-z0-9_])")
        return self._is_said(word)

    @cached_property
    def _patterns(self) -> frozenset[str]:
        """Return the patterns of names by which tests are looked for, besides those that are usual; all Python where examples of any are run."""
        out: set[str] = set()
        for path in sifted_anywhere(self.root, _PATTERNS):
            for found in _PATTERNS.finditer(kept[path]):
                out |= set(_PATTERN.findall(found.group().decode("utf-8", "replace")))
        return frozenset(out)

    @cached_property
    def _tests(self) -> frozenset[Path]:
        if self._runs_examples:
            return frozenset(self._all)
        return frozenset(p for p in self._all if self._is_found(p))

    @cached_property
    def _runs_examples(self) -> bool:
        word = re.compile(rb"doctest[-_](?:modules|glob)")
        return self._is_said(word)

    def _is_said(self, word: re.Pattern[bytes]) -> bool:
        return any(word.search(kept[path]) for path in sifted_anywhere(self.root, word))

    @cached_property
    def _tested(self) -> frozenset[Path]:
        """Return the tests, and what starts the frameworks of a root: where there are some, tests may have them load what they find."""
        return self._tests | frozenset(p for p in self._all if _DJANGO.search(kept[p]))

    @cached_property
    def _plugins(self) -> frozenset[Path]:
        """Return the files that pytest is told to load, and the packages that they are."""
        out: set[Path] = set()
        for path in sifted_anywhere(self.root, _PLUGIN):
            for found in _PLUGIN.finditer(kept[path]):
                told = found.group("told").split(b",") if found.group("told") else _LISTED.findall(found.group("listed"))
                for one in told:
                    out |= self._meant(path, tuple(one.decode("utf-8", "replace").split(".")), 0)
        return frozenset(out)

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
            data = kept[path]
            text = said(path)
            out = set(self._around(path))
            if path.suffix in (".py", ".pyw", ".wsgi"):
                for name, level in {*imports(text), *scripts(text)}:
                    out |= self._meant(path, name, level)
                for name, whole in set(texts(text)):
                    out |= self._meant(path, name, 0) | (self._below(name) if whole else set())
            else:
                for word in words(text):
                    out |= self._meant(path, (word,), 0)
            for found in _LOADING.finditer(data):
                out |= self._loadable(data, found)
            if _RUNNER.search(data):
                out = out | self._tests
            if _DJANGO.search(data):
                out = out | {p for p in self._all if not _BY_CONVENTION.isdisjoint((*p.relative_to(self.root).parts[:-1], p.stem))}
            self._runs[path] = frozenset(out)
        return self._runs[path]

    def _loadable(self, data: bytes, found: re.Match[bytes]) -> set[Path]:
        """Return the files that may be loaded where something is said that loads modules: any, unless the name or its first parts are written there."""
        if _FIXED.match(data, found.end()) or _PLAINLY.match(data, data.rfind(b"\n", 0, found.start()) + 1):
            return set()
        if below := _BELOW.match(data, found.end()):
            parts = set(normal(below.group(1).decode("utf-8", "replace")).split("."))
            return {p for p in self._all if parts <= {normal(one) for one in p.relative_to(self.root).parts[:-1]}}
        return set(self._all)  # whatever it is told: by a text, a message, or on the command line

    def _opens(self, path: Path) -> bool:
        """Return whether a file may load others by names that are computed, or that it is told."""
        data = kept[path]
        return any(word.search(data) for word in (_RUNNER, _DJANGO, _LOADING))

    def _around(self, path: Path) -> set[Path]:
        if path in self._packages:
            return self._packages[path]
        out: set[Path] = set()
        for folder in path.parents:
            if not folder.is_relative_to(self.root):
                break
            out |= {init for name in ("__init__.py", "conftest.py") if (init := folder / name) in self._known}
        if not self._is_found(path):
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
            out = self._of_that_name(name, bool(level))
            above = {at + 1 for at, part in enumerate(name) if part == normal(self.root.name)}  # the root may be a package itself
            for at in above | ({1} if self.root / "__init__.py" in self._known else set()):
                out |= self._of_that_name(name[at:], True)
            self._means[key] = out
        return self._means[key]

    def _below(self, name: tuple[str, ...]) -> set[Path]:
        """Return the modules of the packages that a dotted name means: whoever is told a package may load all of it."""
        found = {p.parent for whole, p in self._by_last.get(name[-1], ()) if whole[-len(name) :] == name and p.name == "__init__.py"}
        return {p for p in self._all if not found.isdisjoint(p.parents)} if found else set()

    def _of_that_name(self, name: tuple[str, ...], level: bool) -> set[Path]:
        out: set[Path] = set()
        for end in range(len(name), 0, -1):
            part = name[:end]
            for whole, other in self._by_last.get(part[-1], ()):
                if whole[-end:] == part or (level and whole == part):
                    out |= {other} | self._around(other)
        return {p for p in out if p.name != "conftest.py"}

    def _is_plugin(self, path: Path) -> bool:
        """Return whether a file is named where a test runner or the interpreter looks for what it loads by itself."""
        if path.name == "conftest.py" or path.stem in ("__init__", "setup"):
            return False
        word = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(path.stem)}(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))
        return any(
            other.name.endswith(_PLUGINS) and other != path and word.search(kept[other]) for other in sifted_anywhere(self.root, word)
        )


def is_test(root: Path, path: Path) -> bool:
    """Return whether a file is run by a test runner: by its name, or by that of a folder that it stands in."""
    return bool(_TEST.fullmatch(path.stem)) or any(_TEST.fullmatch(part) for part in path.relative_to(root).parts[:-1])


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
