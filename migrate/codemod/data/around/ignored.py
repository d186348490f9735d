"""Modules that `.gitignore` names and the program imports: keys that nobody looks into, or that are on other machines."""

import ast
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from migrate.codemod.source.python import Unreadable, parse
from migrate.findings import Finding
from migrate.tree.files import Beside, ignore_spec, interesting, read
from migrate.tree.search import Found, import_statements

_MOST_FILES = 200
_HELP = "name it (`aws-sso-migrate code FILE`) to rewrite it where it exists, or let the code that imports it use a profile"
_ALONE = "name it (`aws-sso-migrate code FILE`) to rewrite it"
_CREDENTIAL = re.compile(r"(?i)access_?key|secret|session_token")


def ignored_modules(root: Path, files: list[str], beside: Beside, searched: Found, told: set[str], keys: Collection[str]) -> list[Finding]:
    """Return a finding for each ignored module with a key that something imports, for each import of one that is not here, and for each ignored
    Python file, outside of ignored folders, with one of the mapped `keys`."""
    holding = [p for p in _modules(beside.ignored) if _holds(p)]
    found = {p: f for p in holding if (f := _imported(p, files)) is not None}
    alone = (_mapped(p, keys) for p in holding if p not in found and str(p) in beside.ignored)
    return [*found.values(), *(f for f in alone if f is not None), *_missing(root, searched.hits, told)]


def _modules(ignored: list[str]) -> list[Path]:
    """Ignored Python files, and those right inside of ignored folders that may be packages."""
    out = []
    for name in ignored:
        path = Path(name)
        if path.is_dir() and name.rpartition("/")[2].isidentifier():
            out += sorted(path.glob("*.py"))[:_MOST_FILES]
        elif name.endswith(".py"):
            out.append(path)
    return out[: 10 * _MOST_FILES]


def _holds(path: Path) -> bool:
    try:
        return interesting(read(path), mentions=False)
    except OSError:
        return False


def _mapped(path: Path, keys: Collection[str]) -> Finding | None:
    """The finding for an ignored file with a mapped key, which nothing is seen to import."""
    text = read(path).decode("utf-8", "replace")
    first = min(((text.index(k), k) for k in keys if k in text), default=None)
    if first is None:
        return None
    line = text.count("\n", 0, first[0]) + 1
    return Finding("AWS233", str(path), "a file that git ignores contains a key that is mapped", line, 1, _ALONE, first[1])


def _imported(module: Path, files: list[str]) -> Finding | None:
    """The finding for an ignored module, where a source imports it by its name."""
    names = {module.stem, module.parent.name} if module.name == "__init__.py" else {module.stem}
    words = re.compile(rb"(?<!\w)(?:" + b"|".join(re.escape(n.encode()) for n in names) + rb")(?!\w)")
    for name in files:
        try:
            data = read(name)
        except OSError:
            continue
        if words.search(data) and any(words.search(s) for s in import_statements(data)):
            line = data[: words.search(data).start()].count(b"\n") + 1  # type: ignore[union-attr]
            m = re.search(rb"(?:AKIA|ASIA)[A-Z2-7]{16}", read(module))
            where = read(module)[: m.start()].count(b"\n") + 1 if m else 1
            message = f"a module that git ignores contains a key and is imported by {Path(name).name}:{line}"
            return Finding("AWS229", str(module), message, where, 1, _HELP, m.group().decode() if m else None)
    return None


def _missing(root: Path, hits: list[str], told: set[str]) -> list[Finding]:
    """Imports, in files that hand keys to calls, of modules that `.gitignore` names and that are not here."""
    specs: dict[Path, Any] = {}
    out: list[Finding] = []
    if not (root / ".git").exists():
        return out
    for name in hits[:_MOST_FILES]:
        path = Path(name)
        if path.suffix == ".ipynb" or name in told:
            continue
        try:
            tree = parse(path, read(path)).tree
        except (Unreadable, OSError):
            continue
        given = {
            n.id
            for k in ast.walk(tree)
            if isinstance(k, ast.keyword) and k.arg and _CREDENTIAL.search(k.arg)
            for n in ast.walk(k.value)
            if isinstance(n, ast.Name)
        }
        for node in ast.walk(tree) if given else ():
            if isinstance(node, ast.ImportFrom | ast.Import) and (missing := _of(node, given, path, root, specs)) is not None:
                message = f"the keys of this program come from {missing}, which git ignores and which does not exist here"
                out.append(Finding("AWS229", name, message, node.lineno, node.col_offset + 1, _HELP))
    return out


def _of(node: ast.ImportFrom | ast.Import, given: set[str], path: Path, root: Path, specs: dict[Path, Any]) -> str | None:
    """The name of the ignored file that an import of these names means, where it is not here."""
    if not any((a.asname or a.name).split(".")[0] in given or a.name == "*" for a in node.names):
        return None
    names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for name in filter(None, names):
        below = name.replace(".", "/") + ".py"
        for folder in dict.fromkeys((path.parent, root)):
            file = folder / below
            if file.exists() or (folder / name.replace(".", "/")).is_dir():
                break
            for above in (root, *file.parents):
                if above == root or root in above.parents:
                    if above not in specs:
                        try:
                            specs[above] = ignore_spec(read(above / ".gitignore").decode("utf-8", "replace").splitlines())
                        except OSError:
                            specs[above] = None
                    if specs[above] is not None and specs[above].match_file(file.relative_to(above).as_posix()):
                        return file.relative_to(root).as_posix()
    return None
