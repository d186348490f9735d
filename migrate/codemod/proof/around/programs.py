"""Which programs of a root are known whole: whoever starts them runs nothing but the files that they import.

Of a file that only such programs run it can be said that another one never runs beside it. Of all others it cannot: a server, a test runner or a
framework loads modules whose names stand in a command line, in a settings file, or nowhere, because the folder or the file is called as it is.
"""

import ast
import re
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from migrate.codemod.proof.around.below import files, kept, texts, tree_below
from migrate.codemod.proof.around.saying import imports, normal, said, words
from migrate.codemod.proof.around.saying import texts as spoken_texts

_STARTED = re.compile(
    r"(?:\bpython[\w.]*|\bpypy\d?|\buv run|(?<![\w.-])py)(?:[\"',\s]+-[uOBEsSI]+)*[\"',\s]+(?:-m[\"',\s]+([\w.]+)|([\w./\\-]+\.pyw?\b))"
)
"""How a command line starts a program."""
_COPIED = re.compile(r"(?im)^[ \t]*(?:COPY|ADD)[ \t][^\n]*")
_GUARD = re.compile(rb"^if[ (]+(?:__name__\s*==|[\"']__main__)", re.MULTILINE)
_TELLING = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".conf", ".txt", ".env", ".sh", ".bash", ".zsh", ".bat", ".cmd", ".ps1", ".mk", ".service",
            ".properties", ".xml", ".tf", ".config", ".plist", ".envrc", ".j2", ".tmpl", ".tpl", ".feature", ".nix", ".hcl", ".fish", ".sls", ".pp", ".nomad",
            ".cron", ".timer", ".command", ".gradle", ".groovy", ".tfvars")  # fmt: skip
"""Files, besides those without a suffix, that may tell somebody what to load."""
_LOADED_UNASKED = frozenset(
    {"dags", "plugins", "pages", "steps", "versions", "migrations", "cogs", "commands", "management", "addons", "extensions", "spiders", "startup",
     "templatetags", "hooks", "plugin", "extension", "handlers", "receivers", "listeners", "operators", "blueprints", "checks", "tasks", "flows", "jobs"}
)  # fmt: skip
"""Folders that somebody may load whole."""
_CALLED_SO = frozenset(
    {"wagtail_hooks", "cms_plugins", "cms_apps", "cms_toolbars", "cms_menus", "translation", "search_indexes", "documents", "receivers", "signals", "apps",
     "admin", "models", "urls", "settings", "wsgi", "asgi", "env", "environment", "noxfile", "fabfile", "tasks", "jobs", "dodo", "locustfile", "handlers",
     "__manifest__", "__openerp__", "conf", "hooks", "plugin", "plugins", "extensions", "routes", "views", "lambda_function", "setup", "SConstruct", "wscript"}
)  # fmt: skip
"""Modules that somebody may load because of their names."""
_OF_PROGRAMS = frozenset({"scripts", "bin", "tools", "script", "examples"})
"""Folders of programs, whose names are words of settings too."""
_RUN_BY_NAME = re.compile(rb"^(?:async )?def run\(", re.MULTILINE)
"""How a module of `scripts` says that django-extensions runs it."""
_TOLD = re.compile(
    rb"(?<![A-Za-z0-9_])(?:unsafe_load|full_load|UnsafeLoader|FullLoader|yaml\.load|joblib|read_pickle|allow_pickle|subprocess|popen|execv\w*|execl\w*|spawn\w*"
    rb"|posix_spawn|os\.system|system\(|create_subprocess\w+|add_provider)(?![A-Za-z0-9_])|(?<![A-Za-z0-9_.])(?:exec|eval|compile)[ \t]*\("
)
"""What loads modules that data name, or starts another program, which inherits the environment."""
_LOADERS = frozenset(
    {"importlib", "pkgutil", "runpy", "imp", "zipimport", "site", "pydoc", "unittest", "doctest", "logging.config", "cProfile", "profile", "trace", "timeit",
     "code", "codeop", "bdb", "pdb", "pickle", "shelve", "wsgiref", "copyreg", "marshal", "xmlrpc", "lib2to3", "distutils",
     "ensurepip", "venv", "idlelib", "turtledemo", "test", "builtins", "zipapp", "modulefinder"}
)  # fmt: skip
"""Modules of the standard library that load others by what they are told, or run a text."""
_PLAIN = frozenset(
    {"aioboto3", "aiobotocore", "awscli", "boto3", "botocore", "s3transfer", "mypy_boto3", "types_boto3", "requests", "urllib3", "httpx", "aiohttp", "certifi",
     "numpy", "pandas", "scipy", "matplotlib", "sklearn", "tqdm", "rich", "tabulate", "colorama", "termcolor", "yaml", "toml", "tomli", "simplejson", "orjson",
     "ujson", "dateutil", "pytz", "dotenv", "decouple", "environs", "attr", "attrs", "pydantic", "typing_extensions", "six", "psycopg2", "pymysql", "MySQLdb",
     "mysql", "pymongo", "redis", "PIL", "bs4", "lxml", "openpyxl", "xlrd", "xlsxwriter", "click", "fire", "docopt", "paramiko", "cryptography", "jwt", "git",
     "slack_sdk", "twilio", "sendgrid", "smart_open", "pyarrow", "polars", "tenacity", "backoff", "retrying", "retry", "pexpect", "psutil", "markdown",
     "google", "azure", "openai", "anthropic", "faker", "cachetools", "prettytable", "humanize", "elasticsearch", "opensearchpy", "requests_aws4auth",
     "botocore_types", "s3fs", "minio", "boto"}
)  # fmt: skip
"""Packages that load no module of a program."""


class Programs:
    """The programs of a root that are known whole, and the files that nobody else may run by what a text tells him or by their names."""

    def __init__(self, root: Path, every: list[Path], opens: Callable[[Path], bool], inits: Callable[[Path], set[Path]]) -> None:
        self._root = root
        self._every = every
        self._opens = opens
        """Whether a file may load others by names that are computed."""
        self._inits = inits
        self._modules = {_dotted(root, path): path for path in every if path.suffix in (".py", ".pyw") or "." not in path.name}
        self._folders = {parts[:end] for parts in self._modules for end in range(1, len(parts))}

    @cached_property
    def telling(self) -> list[Path]:
        """Return the files, no Python, that may tell somebody what to load."""
        python = set(self._every)
        found = dict.fromkeys(p for p, _ in (*files(self._root), *texts(self._root)) if p not in python)
        return [
            p for p in found if p.suffix.lower() in _TELLING or "." not in p.name or p.name.startswith((".env", "Dockerfile", "Makefile"))
        ]

    @cached_property
    def told(self) -> frozenset[str]:
        """Return the words of these files, without those that only start a program or copy it."""
        out: set[str] = set()
        for path in self.telling:
            text = _STARTED.sub(" ", said(path))
            out |= words(_COPIED.sub(" ", text) if "ocker" in path.name or "ontainer" in path.name else text)
        return frozenset(out)

    @cached_property
    def _started(self) -> frozenset[tuple[str, ...]]:
        """Return the programs that command lines start, by the names of their modules."""
        out: set[tuple[str, ...]] = set()
        for path in self.telling:
            for module, file in _STARTED.findall(said(path)):
                out.add(tuple(normal(module).split(".") if module else re.split(r"[/\\]", normal(file).rpartition(".")[0])))
        return frozenset(tuple(part for part in one if part not in ("", ".", "..")) for one in out)

    @cached_property
    def known(self) -> frozenset[Path]:
        """Return the files that programs run which are known whole."""
        out: set[Path] = set()
        for path in self._every:
            if path not in out and self._is_program(path) and (its := self._whole(path)) is not None:
                out |= its
        return frozenset(p for p in out if not self._found_by_name(p) and self._called(p) not in self.told)

    def _called(self, path: Path) -> str:
        parts = _dotted(self._root, path)
        return parts[-1] if parts else normal(self._root.name)

    def _found_by_name(self, path: Path) -> bool:
        """Return whether somebody may load a file because of its name, or of that of a folder that it stands in."""
        folders = [normal(part) for part in path.relative_to(self._root).parts[:-1]]
        if not _LOADED_UNASKED.isdisjoint(folders) or self._called(path) in _CALLED_SO or any(f.startswith(".") for f in folders):
            return True
        return "scripts" in folders and _RUN_BY_NAME.search(kept[path]) is not None

    @cached_property
    def _named_folders(self) -> frozenset[str]:
        """Return the names of folders that somebody may be told to load."""
        spoken = {w for path in self._every for name, _ in spoken_texts(said(path)) for w in name}
        return frozenset({part for parts in self._folders for part in parts} & (spoken | (self.told - _OF_PROGRAMS)))

    def _is_program(self, path: Path) -> bool:
        """Return whether somebody starts a file, and does not import it."""
        if path.suffix not in (".py", ""):
            return False
        parts = _dotted(self._root, path)
        if any(one and parts[-len(one) :] == one for one in self._started):
            return True
        if (path.parent / "__init__.py").is_file() or not self._named_folders.isdisjoint(parts[:-1]) or not _GUARD.search(kept[path]):
            return False
        tree = tree_below(self._root, path)
        return tree is not None and any(isinstance(s, ast.If) and "'__main__'" in ast.unparse(s.test) for s in tree.body)

    def _whole(self, program: Path) -> set[Path] | None:
        """Return the files that a program imports, and itself; None where one of them may load others, or runs what is not known to load none."""
        out = {program}
        todo = [program]
        while todo:
            path = todo.pop()
            if path.suffix not in (".py", "") or self._opens(path) or _TOLD.search(kept[path]):
                return None
            found = set(self._inits(path))
            for name, level in set(imports(said(path))):
                its = self._meant(path, program, name, level)
                if its is None:
                    return None
                found |= its
            todo += found - out
            out |= found
        return out

    def _meant(self, path: Path, program: Path, name: tuple[str, ...], level: int) -> set[Path] | None:
        """Return the files of the root that an import means, none for a package that loads no other; None where that is not known."""
        here = path.relative_to(self._root).parts[:-1]
        if level > len(here) + 1:
            return None
        starts = {here[: len(here) + 1 - level]} if level else {(), here, program.relative_to(self._root).parts[:-1]}
        out: set[Path] = set()
        known = bool(level)
        for start in starts:
            for end in range(len(name) + 1):
                whole = (*(normal(s) for s in start), *name[:end])
                if whole in self._modules and (end or level):
                    out.add(self._modules[whole])
                    known = True
                known = known or (end > 0 and whole in self._folders)
        if known:
            return out
        dotted = ".".join(name)
        plain = name[:1] and (name[0] in _PLAIN or name[0] in sys.stdlib_module_names) and name[0] not in _LOADERS
        return set() if plain and not any(dotted.startswith(one) for one in ("logging.config",)) else None


def _dotted(root: Path, path: Path) -> tuple[str, ...]:
    """Return the dotted name of a module as it is imported from the root; a package is called as its folder."""
    parts = tuple(normal(part) for part in (*path.relative_to(root).parent.parts, path.name.partition(".")[0]))
    return parts[:-1] if parts[-1] == "__init__" else parts
