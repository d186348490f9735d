"""Files that a program runs by its imports, and that were not followed: they hold no key, but may change the ground that it stands on."""

import ast
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from migrate.codemod.proof.case import Case
from migrate.codemod.proof.checks.around.undone import for_good
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit
from migrate.codemod.proof.evaluation.values import Kind


def saying(case: Case, words: list[str]) -> Iterator[Path]:
    """Yield each file outside of the program that says one of some words (regular expressions) and that runs in one process with the program."""
    run: set[Path] | None = None
    for path in case.rewritten.mentions.all_that_say(words, set(case.old.world.units)):
        lasting = case.rewritten.mentions.asked(path, for_good, tuple(words)) is not False
        if beside(case, path, lasting):
            yield path
            continue
        run = imported(case) if run is None else run
        if path in run:
            yield path


def beside(case: Case, path: Path, lasting: bool = True) -> bool:
    """Return whether a file may run in one process with what changes; `lasting`: what it does outlives the test that it is done for."""
    return case.rewritten.mentions.share(path, {*case.changed, *case.homes}, lasting)


def apart(case: Case, words: list[str]) -> set[Path]:
    """Return the files that say one of some words (regular expressions) and never run in one process with what changes."""
    return {path for path in case.rewritten.mentions.all_that_say(words, set()) if not beside(case, path)}


def imported(case: Case) -> set[Path]:
    """Return the files that a program runs by its imports, those that were not followed included."""
    return run_from(case, case.old.world.units)


def run_from(case: Case, files: Iterable[Path]) -> set[Path]:
    """Return the files that some files run by their imports, however far down."""
    world = case.old.world
    out: set[Path] = set()
    todo = list(files)
    while todo:
        path = todo.pop()
        fresh = (world.runs(path, world.units[path].tree) if path in world.units else set(case.rewritten.mentions.runs(path))) - out
        out |= fresh
        todo += fresh - world.units.keys()
    return out


def imports_any(case: Case, unit: Unit, homes: Collection[Path]) -> bool:
    """Return whether a file imports one of some modules, or names of it: `import a.b`, `from a.b import c`, `from a import b`."""
    for scope in unit.scopes.values():
        for bindings in [*scope.bindings.values(), scope.stars]:
            for b in bindings:
                if b.kind not in (BindingKind.IMPORT, BindingKind.FROM, BindingKind.STAR):
                    continue
                names = [b.module]
                if b.kind is BindingKind.FROM and isinstance(b.node, ast.alias):
                    names.append(f"{b.module}.{b.node.name}" if b.module else b.node.name)
                found = (case.old.world.find(unit.path, name, b.level) for name in names)
                if any(f.kind is Kind.MODULE and f.data in homes for f in found):
                    return True
    return False
