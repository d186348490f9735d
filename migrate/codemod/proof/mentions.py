"""Every file below the root, asked by its bytes whether it says a name that goes: the analysis follows Python, and not all that reads a name is."""

import os
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from migrate.tree import installed
from migrate.tree.files import read

_SKIPPED = frozenset(
    {".git", "node_modules", "__pycache__", "site-packages", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_SOURCES = (".py", ".pyw", ".ipynb", ".wsgi", ".pyi", ".cgi", ".fcgi", ".tac", ".pyx", ".pxd", ".pyt", ".smk", ".mako", ".robot", ".resource", ".rmd", ".Rmd",
            ".qmd")  # fmt: skip
"""Python, and what holds Python or imports modules by a language of its own."""
_PROSE = (".rst", ".md", ".txt")
_OF_TEXT = re.compile(
    rb"\b(?:sed|grep|egrep|rg|awk|gawk|perl|cut|head|tail|cat|tee|envsubst|lineinfile|blockinfile|replace|patch|regexp|source)\b|(?:^|[;&|\s])\.\s+\S",
    re.M,
)
"""What works on the text of files, in scripts and in Ansible's tasks."""
_EXAMPLE = re.compile(rb"^[ \t>]*(?:>>>|\.\.\.) .*$", re.MULTILINE)
"""What doctest runs of a text (https://docs.python.org/3/library/doctest.html)."""
_SETTINGS = (".cfg", ".toml", ".ini", ".yaml", ".yml", ".json", ".conf", ".sh", ".html", ".htm", ".j2", ".jinja", ".jinja2", ".tpl", ".service", ".bash",
             ".zsh", ".fish", ".bat", ".cmd", ".ps1", ".pl", ".rb", ".awk", ".mk", ".xml", ".eml", ".vue", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".php",
             ".tf", ".tfvars", ".hcl", ".groovy", ".gradle", ".java", ".go", ".cs", ".lua", ".kt", ".scala", ".jl", ".R", ".r", ".nix", ".bzl", ".cron",
             ".mustache", ".hbs", ".twig", ".tmpl", ".timer", ".plist", ".properties", *_PROSE)  # fmt: skip
_NAMED = ("Dockerfile", "Procfile", "Makefile", "Jenkinsfile")
_TOOLS = frozenset({"pyproject.toml", "setup.cfg", "tox.ini", "mypy.ini", "pytest.ini", "pylintrc", ".pre-commit-config.yaml", "codecov.yml", ".codecov.yml",
                    "ruff.toml", ".ruff.toml", "pyrightconfig.json", "sonar-project.properties", ".coveragerc", ".flake8", ".pylintrc"})  # fmt: skip
"""Settings of tools that look at sources, and put none in the place of another."""
_LEAVING_OUT = frozenset(
    {
        ".gitignore",
        ".dockerignore",
        ".gcloudignore",
        ".ebignore",
        ".cfignore",
        ".slugignore",
        ".helmignore",
        ".rsyncignore",
        ".rsync-filter",
    }
)
_SAMPLES = "sample|example|dist|default|template|tmpl|tpl|j2|jinja2|in"
_LARGEST = 1 << 20
_DEVICE = re.compile(
    rb"(?:(?<![A-Za-z0-9_.])(exec|compile|__import__)|(?<![A-Za-z0-9_])"
    rb"(import_module|spec_from_file_location|SourceFileLoader|run_path|run_module|iter_modules|walk_packages))\s*\("
)
"""What takes a module, or the text of one, by a name or path that it is given."""
_TABLE = re.compile(rb"(?<![A-Za-z0-9_])modules\s*(?:\.(?:values|items|get)\b|\[(?!\s*__name__)[^\"'\]]*\](?!\s*=[^=]))")
"""What takes a module out of the table of all of them by a computed name."""
_RUNNING = frozenset({b"exec", b"compile", b"run_path", b"run_module"})
_FIXED = re.compile(rb"\s*[rbRBuU]?[\"'][^\"'\n]*[\"']\s*[,)]")
_PREFIX = re.compile(rb"\s*(?:[fF][\"']([A-Za-z_][A-Za-z0-9_.]*)\.\{|[\"']([A-Za-z_][A-Za-z0-9_.]*)\.[\"']\s*\+)")
"""The package that a computed name begins with."""
_PYTHON_FILE = re.compile(rb"[\"'][^\"'\n]*\.py[\"']")
_WHOLE = re.compile(rb"(?<![A-Za-z0-9_])(?:vars|dir|getmembers)\s*\(|__dict__|getattr\s*\(\s*[A-Za-z0-9_.]+\s*,\s*[^\"'\s]|import\s*\*")
"""What then reads all its names, or one that is computed."""
_LOADING = re.compile(
    rb"(?<![A-Za-z0-9_])(import_module|__import__|resolve_name|import_string|load_source|find_spec|module_from_spec|spec_from_file_location"
    rb"|exec_module|load_module|run_path|run_module|load_entry_point|pydoc\.locate|locate(?=\())(?![A-Za-z0-9_])"
)
"""What gives a module, or something of one, by a name that may be computed."""
_BRACES = re.compile(rb"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAINLY = re.compile(rb"[ \t]*(?:from|import)[ \t](?!.*[ \t]as[ \t])")
_LOADS_VARIABLES = re.compile(rb"dotenv|read_env|environs|env_file|prefixed_env|EnvFile")
_MOST = 40_000


@lru_cache(maxsize=8)
def files(root: Path) -> tuple[tuple[Path, bool], ...]:
    """Return the files of a root that may say a name, those that git ignores too, and whether each is Python."""
    return tuple(_walk(root))


@lru_cache(maxsize=8)
def _variable_files(root: Path) -> tuple[Path, ...]:
    """Return the files of variables of a root: `.env`, `.env.local`, `prod.env`."""
    out = []
    for folder, below, names in os.walk(root):
        below[:] = [b for b in below if b not in _SKIPPED]
        out += [Path(folder, name) for name in names if name.startswith(".env") or name.endswith(".env")]
    return tuple(out[:_MOST])


@lru_cache(maxsize=8)
def _deploying(root: Path) -> tuple[Path, ...]:
    """Return the files of a root that may put one file in the place of another: no settings of tools that only check sources."""
    out = [p for p, python in files(root) if not python and p.suffix not in _PROSE and p.name not in _TOOLS]
    for folder, below, names in os.walk(root):
        below[:] = [b for b in below if b not in _SKIPPED]
        out += [Path(folder, name) for name in names if name in _LEAVING_OUT]
        scripts = (Path(folder, name) for name in names if "." not in name and not name.startswith(_NAMED))
        out += [p for p in scripts if _kept[p].startswith(b"#!") and b"python" not in _kept[p].split(b"\n", 1)[0]]
    return tuple(out[:_MOST])


def _walk(root: Path) -> Iterator[tuple[Path, bool]]:
    count = 0
    for folder, below, names in os.walk(root):
        below[:] = [b for b in below if b not in _SKIPPED]
        if any(b.endswith(".dist-info") for b in below):  # what pip put there is no part of the program
            below[:] = [b for b in below if not b.endswith(".dist-info") and not installed.is_installed(folder, b)]
            names = [n for n in names if not (n.endswith(".py") and installed.is_installed(folder, n.removesuffix(".py")))]
        for name in names:
            python = name.endswith(_SOURCES) or "." not in name
            if python or name.endswith(_SETTINGS) or name.startswith(_NAMED):
                count += 1
                if count > _MOST:
                    return
                yield Path(folder, name), python and not name.startswith(_NAMED)


class Mentions:
    """Asks the files of a root for names. `settled`: a settings file that changes too, whose variables are followed."""

    def __init__(self, root: Path, settled: Path | None = None) -> None:
        self.root = root
        self.settled = settled

    def says(self, words: list[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that says one of some words (regular expressions), and what it says."""
        return next((f for f in _saying(self.root, tuple(words)) if f[0] not in known), None)

    def edits(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a script or settings file, no Python, that may read or change the text of a file of `homes` and says a name in it, and the name."""
        files_of = re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(sorted(re.escape(p.name) for p in homes))})(?![A-Za-z0-9_])".encode())
        any_name = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode())
        for path, python in files(self.root):
            if python or path.suffix in _PROSE or not files_of.search(data := _kept[path]):
                continue
            if (found := any_name.search(data)) and (path.suffix in (".pl", ".rb", ".awk") or _OF_TEXT.search(data)):
                return path, found.group(1).decode()
        return None

    def sets(self, variables: Collection[str]) -> tuple[Path, str] | None:
        """Return a file of variables (`.env` and its kin) that sets one of some variables, if a Python file of the root loads such files."""
        setting = re.compile(rf"(?m)^[ \t]*(?:export[ \t]+)?({'|'.join(sorted(variables))})[ \t]*=[ \t]*[^\s#]".encode())
        found = next(
            ((path, said) for path in _variable_files(self.root) if path != self.settled and (said := setting.search(_kept[path]))), None
        )
        if found is None or not any(python and _LOADS_VARIABLES.search(_kept[path]) for path, python in files(self.root)):
            return None
        return found[0], found[1].group(1).decode()

    def names_file(self, homes: Collection[Path]) -> tuple[Path, str] | None:
        """Return a script, container file, template or list of what is left out that names one of some files, and its name."""
        names = sorted({f"{p.parent.name}/{p.name}" if p.name == "__init__.py" else p.name for p in homes})
        wanted = re.compile(rf"(?<![A-Za-z0-9_.-])({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_.-])".encode())
        found = ((path, wanted.search(_kept[path])) for path in _deploying(self.root))
        return next(((path, said.group(1).decode()) for path, said in found if said is not None), None)

    @staticmethod
    def sample_of(homes: Collection[Path]) -> Path | None:
        """Return a file beside one of some files that looks like its sample: `config.example.py`, `config_sample.py`, `config.py.dist`."""
        for home in sorted(homes):
            like = re.compile(
                rf"{re.escape(home.stem)}(?:[._-]?(?:{_SAMPLES})\.py|\.py[._-]?(?:{_SAMPLES}))|(?:{_SAMPLES})[._-]?{re.escape(home.stem)}\.py",
                re.I,
            )
            try:
                beside = sorted(home.parent.iterdir())
            except OSError:
                continue
            if (found := next((p for p in beside if like.fullmatch(p.name)), None)) is not None:
                return found
        return None

    def search_path(self) -> Path | None:
        """Return a script or settings file that says where Python looks for modules (PYTHONPATH, pytest's `pythonpath`)."""
        return next((p for p, python in files(self.root) if not python and b"pythonpath" in _kept[p].lower()), None)

    def in_templates(self, word: str) -> Path | None:
        """Return a file, Python with a template in a text too, that says something (a regular expression) between the braces of a template."""
        wanted = re.compile(word.encode())
        found = (p for p, _ in files(self.root) if any(wanted.search(m.group()) for m in _BRACES.finditer(_kept[p])))
        return next(found, None)

    def same_name(self, homes: set[Path]) -> Path | None:
        """Return a module of the root that has the name of one of `homes` and stands in another folder, none above it."""
        names = {_module_name(p) for p in homes}
        found = (p for p, python in files(self.root) if python and p not in homes and _module_name(p) in names)
        return next((p for p in found if not any(_folder(p) in (_folder(h), *_folder(h).parents) for h in homes)), None)

    def standin(self, libraries: set[str]) -> Path | None:
        """Return a file or package of the root that has the name of a library and is not a copy of it."""
        return _standin(self.root, frozenset(libraries))

    def reads_whole(self, homes: set[Path], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that may read a module of `homes` without saying its names, and how it does so."""
        stems = "|".join(sorted({re.escape(p.stem if p.stem != "__init__" else p.parent.name) for p in homes}))
        if not stems:
            return None
        any_stem = re.compile(rf"(?<![A-Za-z0-9_])(?:{stems})(?![A-Za-z0-9_])".encode())
        by_path = re.compile(rf"[\"'/]({'|'.join(sorted({re.escape(p.name) for p in homes}))})[\"']".encode())
        for path, python in files(self.root):
            if not python or path in known:
                continue
            data = _kept[path]
            if (said := by_path.search(data)) is not None:
                return path, said.group(1).decode()
            named = any_stem.search(data) is not None
            whole = _WHOLE.search(data) is not None
            for found in _DEVICE.finditer(data):
                device = found.group(1) or found.group(2)
                fixed = _FIXED.match(data, found.end()) is not None or (not named and _of_package(data, found.end(), homes))
                if device in _RUNNING:
                    reads = named or not (fixed or _PYTHON_FILE.search(data))
                else:
                    reads = whole and (named or not fixed)
                if reads:
                    return path, device.decode()
            if _TABLE.search(data) and (whole or named):
                return path, "sys.modules"
        return None

    def loads(self, names: set[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that loads a module by a computed name and says one of some names, and the name."""
        if not names:
            return None
        any_name = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode())
        for path, python in files(self.root):
            if python and path not in known and (found := any_name.search(data := _kept[path])) and computes_modules(data):
                return path, found.group(1).decode()
        return None

    def called_by_text(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a settings file that says one of the names and the module of `homes` that has it, where a Python file imports what it is told."""
        stems = {p.stem if p.stem != "__init__" else p.parent.name for p in homes}
        if not stems or not any(python and self._imports_by_text(path) for path, python in files(self.root)):
            return None
        any_name = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])".encode())
        any_stem = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(sorted(map(re.escape, stems)))})(?![A-Za-z0-9_])".encode())
        for path, python in files(self.root):
            if not python and (found := any_name.search(data := _kept[path])) and any_stem.search(data):
                return path, found.group(1).decode()
        return None

    @staticmethod
    def _imports_by_text(path: Path) -> bool:
        data = _kept[path]
        return any(
            (m.group(1) or m.group(2)) in (b"import_module", b"__import__") and not _FIXED.match(data, m.end())
            for m in _DEVICE.finditer(data)
        )

    def __call__(self, names: set[str], homes: set[Path], known: set[Path]) -> Iterator[tuple[Path, str]]:
        """Yield each file outside of `known` that says one of the names together with the module of `homes` that has it, and the name."""
        stems = {p.stem if p.stem != "__init__" else p.parent.name for p in homes}
        telling = {n for n in names if n.isidentifier() and not n.startswith("__")}
        if not telling or not stems:
            return
        word = "|".join(sorted(map(re.escape, telling)))
        stem = "|".join(sorted(map(re.escape, stems)))
        any_name = re.compile(rf"(?<![A-Za-z0-9_])({word})(?![A-Za-z0-9_])".encode())
        any_stem = re.compile(rf"(?<![A-Za-z0-9_])({stem})(?![A-Za-z0-9_])".encode())
        imported = re.compile(rf"(?<![A-Za-z0-9_])(?:from|import)[ \t]+(?:[A-Za-z0-9_]+\.)*(?:{stem})(?![A-Za-z0-9_])".encode())
        dotted = re.compile(rf"(?<![A-Za-z0-9_])(?:{stem})[.:]({word})(?![A-Za-z0-9_])".encode())
        for path, python in files(self.root):
            if path in known:
                continue
            data = _kept[path]
            if path.suffix in _PROSE:
                data = b"\n".join(_EXAMPLE.findall(data))
            found = any_name.search(data) if python or imported.search(data) else dotted.search(data)
            stub = path.suffix == ".pyi" and (path.stem in stems or path.parent.name in stems)
            if found is not None and (not python or stub or any_stem.search(data)):
                yield path, found.group(1).decode()


def computes_modules(data: bytes) -> bool:
    """Return whether a file loads a module by a name that is not written where it is loaded."""
    for found in _LOADING.finditer(data):
        if data[found.end() : found.end() + 1] == b"(":
            if not _FIXED.match(data, found.end() + 1):
                return True
        elif not _PLAINLY.match(data, data.rfind(b"\n", 0, found.start()) + 1):
            return True  # under another name, or handed to something
    return False


def _module_name(path: Path) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


def _folder(path: Path) -> Path:
    return path.parent.parent if path.name == "__init__.py" else path.parent


def _of_package(data: bytes, at: int, homes: set[Path]) -> bool:
    """Return whether a module's name begins with a package that none of some modules is in: `f"plugins.{name}"`."""
    found = _PREFIX.match(data, at)
    package = (found.group(1) or found.group(2)).decode().rpartition(".")[2] if found is not None else ""
    return bool(package) and not any(package in (p.name for p in home.parents) for home in homes)


class _Kept:
    """What is in the files that each rewrite asks again, up to some size of them all."""

    MOST = 48 << 20  # bytes

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Keep nothing."""
        self._texts: dict[Path, bytes] = {}
        self._size = 0

    def __getitem__(self, path: Path) -> bytes:
        """Return what is in a file; nothing of one that is large or cannot be read."""
        if path not in self._texts:
            try:
                data = read(path) if path.stat().st_size <= _LARGEST else b""
            except OSError:
                return b""
            if self._size + len(data) > self.MOST:
                self.clear()
            self._texts[path] = data
            self._size += len(data)
        return self._texts[path]


_kept = _Kept()


@lru_cache(maxsize=32)
def _saying(root: Path, words: tuple[str, ...]) -> tuple[tuple[Path, str], ...]:
    """Return the Python files of a root that say one of some words, each with what it says."""
    wanted = re.compile("|".join(words).encode())
    found = ((path, wanted.search(_kept[path])) for path, python in files(root) if python)
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
    files.cache_clear()
    _variable_files.cache_clear()
    _deploying.cache_clear()
    _saying.cache_clear()
    _standin.cache_clear()
    _kept.clear()
    installed.forget()
