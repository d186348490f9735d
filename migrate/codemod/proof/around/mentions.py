"""Every file below the root, asked by its bytes whether it says a name that goes: the analysis follows Python, and not all that reads a name is."""

import ast
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from migrate.codemod.proof.around.below import PROSE, files, forget_files, kept, module_name, texts, variable_files
from migrate.codemod.proof.around.imports import asked, forget_imports, run_by
from migrate.codemod.proof.around.loading import objects, readers, sources
from migrate.codemod.proof.around.passing import forget_passed, passed, says
from migrate.codemod.proof.around.processes import forget_processes, processes
from migrate.codemod.proof.around.vocabulary import forget_words, sifted, sifted_anywhere, sifted_texts
from migrate.tree.files import ignore_spec
from migrate.tree.unrelated import forget_unrelated, is_unrelated

_OF_TEXT = re.compile(
    rb"\b(?:sed|grep|egrep|rg|awk|gawk|perl|cut|head|tail|cat|tee|envsubst|lineinfile|blockinfile|replace|patch|regexp|source)\b|(?:^|[;&|\s])\.\s+\S",
    re.M,
)
"""What works on the text of files, in scripts and in Ansible's tasks."""
_EXAMPLE = re.compile(rb"^[ \t>]*(?:>>>|\.\.\.) .*$", re.MULTILINE)
"""What doctest runs of a text (https://docs.python.org/3/library/doctest.html)."""
_TOOLS = frozenset({"pyproject.toml", "setup.cfg", "tox.ini", "mypy.ini", "pytest.ini", "pylintrc", ".pre-commit-config.yaml", "codecov.yml", ".codecov.yml",
                    "ruff.toml", ".ruff.toml", "pyrightconfig.json", "sonar-project.properties", ".coveragerc", ".flake8", ".pylintrc"})  # fmt: skip
"""Settings of tools that look at sources, and put none in the place of another."""
_COPYING = r"\b(?:cp|mv|ln|install|rsync|scp|cat|tee|copy|move|rename|envsubst|sed|unzip|curl|wget|aws|gsutil|ansible|write_text)\b|>"
"""Commands that put a file somewhere."""
_CHECKING = re.compile(
    rb"\b(?:flake8|ruff|pylint|black|mypy|isort|bandit|pytest|coverage|vulture|pyflakes|autopep8|yapf|pyright|detect-secrets|gitleaks)\b"
)
"""Commands that look at sources."""
_DESCRIBING = frozenset(
    {".secrets.baseline", "CODEOWNERS", "labeler.yml", "labeler.yaml", ".bandit", "mkdocs.yml", "mkdocs.yaml", ".gitleaks.toml"}
)
"""Files that tell of others and put none anywhere."""
_LOOKING = (
    ".prettier", ".eslint", ".stylelint", ".dvcignore", ".markdownlint", ".semgrep", ".gitleaks", ".trivy", ".checkov", ".codespell", ".ignore", ".rgignore",
    ".cursor", ".snyk", ".jscpd", ".sonar", ".pylint", ".yamllint", ".ansible-lint", ".tflint", ".hadolint", ".secrets", ".solhint", ".jshint", ".tern",
)  # fmt: skip
"""How the names begin of lists of what tools do not look at: they say nothing of what runs where."""
_SAMPLE_FOLDERS = ("example", "examples", "sample", "samples", "template", "templates")
_SAMPLES = "samples?|examples?|dist|default|template|tmpl|tpl|dummy|skel|skeleton|erb|j2|jinja2|in"
_LOADING = re.compile(
    rb"(?<![A-Za-z0-9_])(import_module|__import__|resolve_name|import_string|load_source|find_spec|module_from_spec|spec_from_file_location"
    rb"|exec_module|load_module|run_path|run_module|load_entry_point|pydoc\.locate|locate(?=\())(?![A-Za-z0-9_])"
)
"""What gives a module, or something of one, by a name that may be computed."""
_SEARCH_PATH = re.compile(rb"pythonpath", re.IGNORECASE)
_BRACES = re.compile(rb"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAINLY = re.compile(rb"[ \t]*(?:from|import)[ \t](?!.*[ \t]as[ \t])")
_LOADS_VARIABLES = re.compile(rb"dotenv|read_env|environs|env_file|prefixed_env|EnvFile")


class Mentions:
    """Asks the files of a root for names. `settled`: a settings file that changes too, whose variables are followed."""

    def __init__(self, root: Path, settled: Path | None = None) -> None:
        self.root = root
        self.settled = settled

    def says(self, words: list[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that says one of some words (regular expressions), and what it says."""
        return next((f for f in _saying(self.root, tuple(words)) if f[0] not in known and not is_unrelated(f[0])), None)

    def all_that_say(self, words: list[str], known: set[Path]) -> Iterator[Path]:
        """Yield each Python file outside of `known` that says one of some words (regular expressions)."""
        return (path for path, _ in _saying(self.root, tuple(words)) if path not in known and not is_unrelated(path))

    def runs(self, path: Path) -> frozenset[Path]:
        """Return the files that the imports of a file run, as it is on the disk."""
        return run_by(self.root, path)

    def share(self, path: Path, others: Collection[Path], lasting: bool = True) -> bool:
        """Return whether a file may run in one process with one of some others; `lasting`: what it does outlives the test that it is done for."""
        return processes(self.root).share(path, others, lasting)

    def asked(self, path: Path, question: Callable[[ast.Module, Any], Any], of: Any) -> Any:
        """Return the answer to a question about a file's tree, asked once for all proofs; None where the file is not understood."""
        return asked(self.root, path, question, of)

    def edits(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a script or settings file, no Python, that may read or change the text of a file of `homes` and says a name in it, and the name."""
        files_of = re.compile(
            rf"(?<![A-Za-z0-9_-])(?:{'|'.join(sorted(re.escape(p.name) for p in homes))})(?![A-Za-z0-9_])".encode(
                "utf-8", "surrogateescape"
            )
        )
        any_name = re.compile(
            rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        for path, python in sifted(self.root, any_name):
            if python or path.suffix in PROSE or not files_of.search(data := kept[path]):
                continue
            if (found := any_name.search(data)) and (path.suffix in (".pl", ".rb", ".awk") or _OF_TEXT.search(data)):
                return path, found.group(1).decode()
        return None

    def sets(self, variables: Collection[str]) -> tuple[Path, str] | None:
        """Return a file of variables (`.env` and its kin) that sets one of some variables, if a Python file of the root loads such files."""
        setting = re.compile(
            rf"(?m)^[ \t]*(?:export[ \t]+)?({'|'.join(sorted(variables))})[ \t]*=[ \t]*[^\s#]".encode("utf-8", "surrogateescape")
        )
        found = next(
            ((path, said) for path in variable_files(self.root) if path != self.settled and (said := setting.search(kept[path]))), None
        )
        if found is None or not any(python and _LOADS_VARIABLES.search(kept[path]) for path, python in sifted(self.root, _LOADS_VARIABLES)):
            return None
        return found[0], found[1].group(1).decode()

    def names_file(self, homes: Collection[Path]) -> tuple[Path, str] | None:
        """Return a file that names one of some files and may put another in its place, and the name: a script, a container file, a template."""
        names = sorted({f"{p.parent.name}/{p.name}" if p.name == "__init__.py" else p.name for p in homes})
        said = rf"(?<![A-Za-z0-9_.-])({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_.-])"
        copying, anywhere, in_command = (
            re.compile(p.encode("utf-8", "surrogateescape")) for p in (_COPYING, said, rf"(?:{_COPYING})[^\n]*?{said}")
        )
        may_name = {path for path, _ in sifted_texts(self.root, anywhere)}
        for path, python in texts(self.root):
            ignoring = path.name.startswith(".") and path.name.endswith("ignore") and not path.name.startswith(_LOOKING)
            if (not ignoring and path not in may_name) or is_unrelated(path):
                continue
            if ignoring:
                spec = ignore_spec(kept[path].decode("utf-8", "replace").splitlines())
                below = [h for h in homes if spec is not None and h.is_relative_to(path.parent)]
                if out := [h for h in below if spec.match_file(h.relative_to(path.parent).as_posix())]:
                    return path, out[0].name
            wanted = in_command if python or path.name in _TOOLS else anywhere
            for line in kept[path].split(b"\n") if path.name not in _DESCRIBING and wanted.search(kept[path]) else ():
                if (found := wanted.search(line)) and (not _CHECKING.search(line) or copying.search(line)):
                    return path, found.group(1).decode()
        return None

    def words(self, names: Collection[str], known: Collection[Path]) -> tuple[Path, str] | None:
        """Return a file outside of `known`, no documentation, that says one of some names, and the name."""
        wanted = re.compile(
            rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        found = ((p, wanted.search(kept[p])) for p in sifted_anywhere(self.root, wanted) if p not in known)
        return next(((p, m.group(1).decode()) for p, m in found if m is not None and p.suffix not in (".md", ".rst")), None)

    @staticmethod
    def sample_of(homes: Collection[Path]) -> Path | None:
        """Return a file beside one of some files that looks like its sample: `config.example.py`, `config_sample.py`, `config.py.dist`."""
        for home in sorted(homes):
            stem = re.escape(home.stem)
            like = re.compile(rf"{stem}[._-]?(?:{_SAMPLES})(?:\..+)?|{stem}\.py[._~-].+|(?:{_SAMPLES})[._-]?{stem}\.py", re.I)
            try:
                beside = sorted(home.parent.iterdir())
            except OSError:
                continue
            samples = [p for p in beside if p != home and like.fullmatch(p.name)]
            samples += [folder / home.name for folder in beside if folder.name in _SAMPLE_FOLDERS and (folder / home.name).is_file()]
            if samples:
                return samples[0]
        return None

    def search_path(self) -> Path | None:
        """Return a script or settings file that says where Python looks for modules (PYTHONPATH, pytest's `pythonpath`)."""
        found = (
            p
            for p, python in sifted_texts(self.root, _SEARCH_PATH)
            if not python and not p.name.startswith(("requirements", "constraints")) and not is_unrelated(p)
        )
        return next((p for p in found if _SEARCH_PATH.search(kept[p])), None)

    def in_templates(self, word: str) -> Path | None:
        """Return a file, Python with a template in a text too, that says something (a regular expression) between the braces of a template."""
        wanted = re.compile(word.encode("utf-8", "surrogateescape"))
        found = (p for p, _ in sifted(self.root, wanted) if any(wanted.search(m.group()) for m in _BRACES.finditer(kept[p])))
        return next(found, None)

    def same_name(self, homes: set[Path]) -> Iterator[Path]:
        """Yield the modules of the root that have the name of one of `homes` and stand in another folder, none above it."""
        names = {module_name(p) for p in homes}
        found = (p for p, python in files(self.root) if python and p not in homes and module_name(p) in names and not is_unrelated(p))
        yield from (p for p in found if not any(_folder(p) in (_folder(h), *_folder(h).parents) for h in homes))

    def standin(self, libraries: set[str]) -> Path | None:
        """Return a file or package of the root that has the name of a library and is not a copy of it."""
        return _standin(self.root, frozenset(libraries))

    def reads_whole(self, homes: set[Path], known: set[Path], going: readers.Going) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that may read a module of `homes` without saying its names, and how it does so."""
        return readers.reads_whole(self.root, homes, known, going, self)

    def reads_text(self, homes: set[Path], names: Collection[str]) -> tuple[Path, str] | None:
        """Return a Python file that may read the text of a file of `homes` by a path that is not written out, and how it does so.

        `names`: those of modules that go, which an application's settings may be asked for.
        """
        asked = [rf"""["'](?:{"|".join(sorted(map(re.escape, names)))})["']""", "get_namespace"]
        for path, how in sources.reads_text(self.root, homes):
            if not sources.of_flask(how) or next(self.all_that_say(asked, set()), None) is not None:
                return path, how
        return None

    def loads(self, names: set[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that loads a module by a computed name and says one of some names, and the name."""
        if not names:
            return None
        any_name = re.compile(
            rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        for path, python in sifted(self.root, any_name):
            if not python or path in known or is_unrelated(path):
                continue
            if (found := any_name.search(data := kept[path])) and computes_modules(data):
                return path, found.group(1).decode()
        return None

    def called_by_text(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a settings file that says one of the names and the module of `homes` that has it, where a Python file imports what it is told."""
        stems = {module_name(p) for p in homes}
        if not stems or not any(python and self._imports_by_text(path) for path, python in sifted(self.root, readers.DEVICE)):
            return None
        any_name = re.compile(
            rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        any_stem = re.compile(
            rf"(?<![A-Za-z0-9_])(?:{'|'.join(sorted(map(re.escape, stems)))})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        for path, python in sifted(self.root, any_name):
            if not python and (found := any_name.search(data := kept[path])) and any_stem.search(data):
                return path, found.group(1).decode()
        return None

    @staticmethod
    def _imports_by_text(path: Path) -> bool:
        data = kept[path]
        return any(
            (m.group(1) or m.group(2)) in (b"import_module", b"__import__") and not readers.FIXED.match(data, m.end())
            for m in readers.DEVICE.finditer(data)
        )

    def __call__(self, names: set[str], homes: set[Path], known: set[Path]) -> Iterator[tuple[Path, str]]:
        """Yield each file outside of `known` that says one of the names together with the module of `homes` that has it, and the name."""
        stems = {module_name(p) for p in homes}
        telling = {n for n in names if n.isidentifier() and not n.startswith("__")}
        if not telling or not stems:
            return
        word = "|".join(sorted(map(re.escape, telling)))
        stem = "|".join(sorted(map(re.escape, stems)))
        any_name = re.compile(rf"(?<![A-Za-z0-9_])({word})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))
        any_stem = re.compile(rf"(?<![A-Za-z0-9_])({stem})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))
        imported = re.compile(
            rf"(?<![A-Za-z0-9_])(?:from|import)[ \t]+(?:[A-Za-z0-9_]+\.)*(?:{stem})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape")
        )
        dotted = re.compile(rf"(?<![A-Za-z0-9_])(?:{stem})[.:]({word})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))
        for path, python in sifted(self.root, any_name):
            if path in known:
                continue
            data = kept[path]
            if path.suffix in PROSE:
                data = b"\n".join(_EXAMPLE.findall(data))
            found = any_name.search(data) if python or imported.search(data) else dotted.search(data)
            stub = path.suffix == ".pyi" and (path.stem in stems or path.parent.name in stems)
            if found is not None and (not python or stub or any_stem.search(data)):
                yield path, found.group(1).decode()

    def through_others(self, names: set[str], homes: set[Path], known: set[Path]) -> tuple[Path, str] | None:
        """Return a file outside of `known` that gets something of `homes`, however many imports lie between, and says one of the names that it may have."""
        telling = frozenset(n for n in names if n.isidentifier() and not n.startswith("__"))
        found = passed(self.root, frozenset(homes), telling)
        said = ((path, says(path, found.names)) for path in sorted(found.files - known))
        return next(((path, name) for path, name in said if name is not None), None) if telling else None


def computes_modules(data: bytes) -> bool:
    """Return whether a file loads a module by a name that is not written where it is loaded."""
    for found in _LOADING.finditer(data):
        if data[found.end() : found.end() + 1] == b"(":
            if not readers.FIXED.match(data, found.end() + 1):
                return True
        elif not _PLAINLY.match(data, data.rfind(b"\n", 0, found.start()) + 1):
            return True  # under another name, or handed to something
    return False


def _folder(path: Path) -> Path:
    return path.parent.parent if path.name == "__init__.py" else path.parent


@lru_cache(maxsize=32)
def _saying(root: Path, words: tuple[str, ...]) -> tuple[tuple[Path, str], ...]:
    """Return the Python files of a root that say one of some words, each with what it says."""
    wanted = re.compile("|".join(words).encode("utf-8", "surrogateescape"))
    found = ((path, wanted.search(kept[path])) for path, python in sifted(root, wanted) if python)
    return tuple((path, m.group().decode("utf-8", "replace")) for path, m in found if m is not None)


@lru_cache(maxsize=32)
def _standin(root: Path, libraries: frozenset[str]) -> Path | None:
    for path, python in files(root):
        if python and path.stem in libraries and path.suffix == ".py" and path.parent.name not in libraries:
            return path
        if path.name == "__init__.py" and path.parent.name in libraries and not (path.parent / "session.py").exists():
            return path
    return None


def forget() -> None:
    """Forget what has been read: a new run looks at the files as they are now."""
    forget_files()
    forget_words()
    forget_imports()
    forget_processes()
    forget_unrelated()
    objects.holders.cache_clear()
    forget_passed()
    _saying.cache_clear()
    _standin.cache_clear()
