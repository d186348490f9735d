"""Which folders a file puts on `sys.path`, where it says so in plain words, and whether a module is imported from one instead of a key's."""

import ast
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

_UPWARDS = frozenset({"sys", "path", "os", "insert", "append", "dirname", "abspath", "realpath", "join", "pardir", "__file__", "Path", "resolve", "parent",
                     "parents", "pathlib", "str", "normpath", "getcwd", "fspath"})  # fmt: skip
"""Names of which a path is made that leads to a folder above the file, or to one that a literal names."""
_MOST = 3
"""Literals that one statement may join."""


def added(tree: ast.Module, at: tuple[Path, Path]) -> frozenset[Path] | None:
    """Return the folders that a file may put on `sys.path`: those above it, and what literals name from there. None where others are among them.

    `at`: the root and the file.
    """
    root, path = at
    out = {f for f in path.parents if f.is_relative_to(root)}
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and (node.name in ("path", "addsitedir", "*") or (node.name == "sys" and node.asname)):
            return None
        if isinstance(node, ast.Attribute) and node.attr == "addsitedir":
            return None
        if not isinstance(node, ast.stmt):
            continue
        said = [n for part in ast.iter_child_nodes(node) if not isinstance(part, _BODIES) for n in ast.walk(part) if _is_search_path(n)]
        if said and not _asks(node):
            texts = literals(node) if len(said) == 1 and _adds(node) else None
            if texts is None or len(texts) > _MOST or not all(map(_is_relative, texts)):
                return None
            for text in texts:
                out |= {Path(*_normal((folder / text).parts)) for folder in out}
    return frozenset(out)


_BODIES = (ast.stmt, ast.ExceptHandler, ast.match_case)


def _is_search_path(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "path" and isinstance(node.value, ast.Name) and node.value.id == "sys"


def _asks(statement: ast.stmt) -> bool:
    """Return whether a statement only asks whether a folder is on it."""
    match statement:
        case ast.If(test=ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right])):
            return _is_search_path(right)
    return False


def _adds(statement: ast.stmt) -> bool:
    """Return whether a statement does nothing but add to it."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=base, attr="insert" | "append"))):
            return _is_search_path(base)
        case ast.AugAssign(target=target):
            return _is_search_path(target)
        case ast.Assign(targets=[ast.Subscript(value=base)]):
            return _is_search_path(base)
    return False


def literals(statement: ast.AST) -> list[str] | None:
    """Return the texts of a statement that puts folders on the path; None where it names anything but what leads from a file to others."""
    out: list[str] = []
    for node in ast.walk(statement):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(name, str) and name not in _UPWARDS:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            out.append(node.value)
    return out


def _is_relative(text: str) -> bool:
    return not PurePosixPath(text).is_absolute() and "\\" not in text and "~" not in text


def _normal(parts: Iterable[str]) -> list[str]:
    """Return the parts of a path without `.` and `..`."""
    out: list[str] = []
    for part in parts:
        if part == "..":
            out = out[:-1] or out
        elif part != ".":
            out.append(part)
    return out


def instead(other: Path, homes: Collection[Path], folders: Collection[Path]) -> bool:
    """Return whether a module may be imported, from one of some folders, by the name that one of the modules of `homes` has from some folder."""
    for folder in folders:
        if not other.is_relative_to(folder):
            continue
        name = _dotted(other.relative_to(folder))
        if name and any(_dotted(home)[-len(name) :] == name for home in homes):
            return True
    return False


def _dotted(path: Path) -> tuple[str, ...]:
    """Return the names by which a module is imported from a folder."""
    return path.parent.parts if path.name == "__init__.py" else (*path.parent.parts, path.stem)


def first_of_tests(folder: Path) -> Path:
    """Return the folder that pytest puts on `sys.path` for tests of a folder: the first one above that is no package (its `prepend` mode)."""
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
