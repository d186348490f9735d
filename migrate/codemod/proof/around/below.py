"""The files below a root that may say a name or put one file in the place of another, and what is in them, read once."""

import ast
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from migrate.codemod.source.python import Unreadable, decode, parse_text
from migrate.tree import installed
from migrate.tree.files import read

_SKIPPED = frozenset(
    {".git", "node_modules", "__pycache__", "site-packages", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_SOURCES = (".py", ".pyw", ".ipynb", ".wsgi", ".pyi", ".cgi", ".fcgi", ".tac", ".pyx", ".pxd", ".pyt", ".smk", ".mako", ".robot", ".resource", ".rmd", ".Rmd",
            ".qmd", ".spec")  # fmt: skip
"""Python, and what holds Python or imports modules by a language of its own."""
PROSE = (".rst", ".md", ".txt")
_SETTINGS = (".cfg", ".toml", ".ini", ".yaml", ".yml", ".json", ".conf", ".sh", ".html", ".htm", ".j2", ".jinja", ".jinja2", ".tpl", ".service", ".bash",
             ".zsh", ".fish", ".bat", ".cmd", ".ps1", ".pl", ".rb", ".awk", ".mk", ".xml", ".eml", ".vue", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".php",
             ".tf", ".tfvars", ".hcl", ".groovy", ".gradle", ".java", ".go", ".cs", ".lua", ".kt", ".scala", ".jl", ".R", ".r", ".nix", ".bzl", ".cron",
             ".mustache", ".envrc", ".config", ".command", ".sls", ".pp", ".nomad", ".erb", ".hbs", ".twig", ".tmpl", ".timer", ".plist", ".properties", *PROSE)  # fmt: skip
_NAMED = (
    "Dockerfile",
    "Containerfile",
    "Procfile",
    "Makefile",
    "makefile",
    "GNUmakefile",
    "Jenkinsfile",
    "justfile",
    "Justfile",
    "Vagrantfile",
)
_NO_SCRIPTS = (".md", ".rst", ".html", ".htm", ".csv", ".tsv", ".log", ".lock", ".svg", ".po", ".pot", ".css", ".map", ".png", ".jpg", ".gif", ".ico", ".pdf", ".zip",
               ".gz", ".whl", ".pyc", ".so", ".parquet", ".db", ".sqlite", ".sqlite3", ".woff", ".woff2", ".ttf", ".ipynb", ".patch", ".diff", ".xlsx")  # fmt: skip
_LARGEST = 1 << 20
_MOST = 40_000
_TREES = 64
"""Trees that are kept: one takes some ten times the room of its text."""


class Kept:
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


kept = Kept()


@lru_cache(maxsize=8)
def files(root: Path) -> tuple[tuple[Path, bool], ...]:
    """Return the files of a root that may say a name, those that git ignores too, and whether each is Python."""
    return tuple(_walk(root))


@lru_cache(maxsize=8)
def _all(root: Path) -> tuple[Path, ...]:
    """Return every file of a root, those of installed packages too."""
    out: list[Path] = []
    for folder, below, names in os.walk(root):
        below[:] = [b for b in below if b not in _SKIPPED]
        out += [Path(folder, name) for name in names]
    return tuple(out)


def module_name(path: Path) -> str:
    """Return the last part of a module's dotted name: a package is called as its folder."""
    return path.stem if path.stem != "__init__" else path.parent.name


def variable_files(root: Path) -> list[Path]:
    """Return the files of variables of a root: `.env`, `.env.local`, `prod.env`."""
    return [path for path in _all(root) if path.name.startswith(".env") or path.name.endswith(".env")]


@lru_cache(maxsize=8)
def texts(root: Path) -> tuple[tuple[Path, bool], ...]:
    """Return every file of a root that may put one file in the place of another, and whether it is Python."""
    python = {path for path, is_python in files(root) if is_python and path.suffix}
    out = [path for path in _all(root) if not path.name.lower().endswith(_NO_SCRIPTS)]
    return tuple((path, path in python) for path in out[:_MOST] if path in python or b"\0" not in kept[path][:1024])


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


@lru_cache(maxsize=_TREES)
def tree_below(root: Path, path: Path) -> ast.Module | None:
    """Return the tree of a file below the root; None where it lies outside, is large, or is not understood."""
    try:
        if not path.is_file() or not path.resolve().is_relative_to(root.resolve()) or path.stat().st_size > _LARGEST:
            return None
        tree, opaque = parse_text(decode(read(path))[0])
    except (OSError, Unreadable):
        return None
    return None if opaque else tree


def forget_files() -> None:
    """Forget which files there are, and what is in them."""
    files.cache_clear()
    _all.cache_clear()
    texts.cache_clear()
    kept.clear()
    tree_below.cache_clear()
    installed.forget()
