"""The packages of the program: which may import which, and that no two files import each other."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import migrate

ROOT = Path(migrate.__file__).parent

ARROWS = {
    "source": {"tree"},
    "flow": {"source", "libraries", "tree"},
    "libraries": set(),
    "edit": {"source"},
    "keys": {"flow", "libraries"},
    "verdict": {"source", "flow", "keys", "libraries"},
    "rewrite": {"source", "flow", "libraries", "edit", "keys", "verdict", "tree"},
    "proof": {"source", "libraries", "tree"},
    "data": {"source", "flow", "libraries", "edit", "keys", "rewrite", "proof", "tree"},
    "run": {"source", "flow", "libraries", "edit", "keys", "verdict", "rewrite", "proof", "data", "tree"},
    "tree": set(),
}
"""What each package of `migrate.codemod`, and `migrate.tree`, may import of the others. The proof knows nothing of keys, verdict and rewrite."""


def name_of(path: Path) -> str:
    """Return a file's dotted name."""
    parts = ("migrate", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(p): p for p in sorted(ROOT.rglob("*.py"))}


def imports(path: Path) -> Iterator[str]:
    """Yield the files of the program that a file imports, those for type checking alone left out."""
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names)


@cache
def graph() -> dict[str, set[str]]:
    """Return what each file imports of the program."""
    return {name: {i for i in imports(path) if i in FILES and i != name} for name, path in FILES.items()}


def room(name: str) -> str | None:
    """Return the package of `ARROWS` that a file belongs to."""
    parts = name.split(".")
    if parts[:2] == ["migrate", "codemod"]:
        return parts[2] if len(parts) > 2 else None
    return "tree" if parts[1:2] == ["tree"] else None


def test_no_two_files_import_each_other() -> None:
    try:
        list(TopologicalSorter(graph()).static_order())
    except CycleError as e:
        pytest.fail(f"a circle of imports: {' -> '.join(e.args[1])}")


@pytest.mark.parametrize("one", sorted(ARROWS))
def test_a_package_imports_only_what_it_may(one: str) -> None:
    found = {(name, target) for name in FILES if room(name) == one for target in graph()[name] if room(target) not in (None, one)}
    assert found or not ARROWS[one], "the table allows what nobody needs"
    assert not {f"{name} imports {target}" for name, target in found if room(target) not in ARROWS[one]}


def test_no_package_has_more_than_fifteen_files() -> None:
    sizes = {folder: len(list(folder.glob("*.py"))) for folder in {path.parent for path in FILES.values()}}
    assert not {f"{folder.relative_to(ROOT)} has {size}" for folder, size in sizes.items() if size > 15}


def test_no_file_has_more_than_350_lines() -> None:
    tables = {"codes.py", "advice.py"}
    long = {f"{path.relative_to(ROOT)} has {n}" for path in FILES.values() if (n := len(path.read_text("utf-8").splitlines())) > 350}
    assert not {x for x in long if x.partition(" ")[0] not in tables}
