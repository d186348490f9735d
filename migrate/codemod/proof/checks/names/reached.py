"""Further ways to names that go: what overrides settings and attributes by keyword, the script as `__main__`, frames of callers, packages, `__all__`."""

import ast
from pathlib import Path

from migrate.codemod.libraries.frameworks import OVERRIDING
from migrate.codemod.proof.around.below import module_name
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.checks.around.running import apart
from migrate.codemod.proof.checks.names.patterns import check_matched
from migrate.codemod.proof.evaluation.containers.objects import entries
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, NONE, Kind, const
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule
from migrate.codemod.source.shown import shown

NAMESPACES = frozenset({"f_locals", "f_globals", "getargvalues", "formatargvalues"})
"""Attributes of frames, and functions of inspect, that give all names of another function or module."""
MAIN = [r"import\s+__main__", r"from\s+__main__\s+import", r"modules\s*\[\s*[\"']__main__", r"modules\.get\(\s*[\"']__main__",
        r"import_module\(\s*[\"']__main__"]  # fmt: skip
"""How a file reaches the script that is run, as a module."""


def check_reached(case: Case, names: set[str], removed: set[str]) -> None:
    """Raise Rejected where a name of a module, class or function (`names`) that goes or changes is set or read in one of these ways.

    `removed` are the names that no scope binds any more, those of functions included.
    """
    if names:
        overridden(case, names)
        check_matched(case, names)
        main_module(case)
    if removed:
        frames(case)
    submodules(case)
    exported(case)
    deleted(case)


def overridden(case: Case, names: set[str]) -> None:
    """Raise Rejected where a call overrides one of some names by keyword, or may do so by a dict."""
    for last in sorted(OVERRIDING):
        for call in case.old.world.calls.get(last, ()):
            for k in call.keywords:
                name = k.arg if k.arg is not None else next((n for n in sorted(names) if may_have(case, k.value, n)), None)
                if name in names:
                    raise Rejected(
                        Rule.OVERRIDDEN, case.unit(call), call, f"`{last}` sets `{name}` for a while, which would be removed or changed"
                    )
    words = "|".join(sorted(names))
    by_name = rf"(?:{'|'.join(sorted(OVERRIDING))})\s*\([^()]*\b(?:{words})\s*="
    by_dict = r"(?:override_settings|self\.settings|patch\.multiple)\s*\([^()]*\*\*"
    found = case.rewritten.mentions.says([by_name, by_dict], set(case.old.world.units))
    if found is not None:
        raise Rejected(
            Rule.OVERRIDDEN, found[0], None, f"{found[0].name}, which was not analyzed, may override a name that would be removed"
        )


def may_have(case: Case, spread: ast.expr, name: str) -> bool:
    """Return whether a dict that is spread into a call may hand over a name."""
    for v in case.old.value(spread):
        if v.kind is Kind.OBJECT:
            if entries(case.old, v, frozenset({const(name)})) - {MISSING}:
                return True
        elif v != NONE and v.kind not in ABSENT:
            return True
    return False


def main_module(case: Case) -> None:
    """Raise Rejected where a file reads the script that is run as a module: it may be one that loses names."""
    found = case.rewritten.mentions.says(MAIN, apart(case, MAIN))
    if found is not None:
        raise Rejected(Rule.REACHED_WITHOUT_A_NAME, found[0], None, f"{found[0].name} reads names of the script that is run (`__main__`)")


def frames(case: Case) -> None:
    """Raise Rejected where a file reads all names of a frame, which may be that of a function or module that loses some."""
    for name in sorted(NAMESPACES):
        for node in [
            *case.old.world.attributes.get(name, ()),
            *(c for c in case.old.world.calls.get(name, ()) if isinstance(c.func, ast.Name)),
        ]:
            raise Rejected(Rule.REACHED_WITHOUT_A_NAME, case.old.world.unit_of[node], node, f"`{name}` gives all names of a frame")


def submodules(case: Case) -> None:
    """Raise Rejected where an import goes that made a module an attribute of its package, and another file reads it there."""
    world = case.old.world
    for path in case.changed:
        for gone in case.old.world.runs(path, case.rewritten.old[path]) - case.old.world.runs(path, case.rewritten.new[path]):
            for use in world.attributes.get(module_name(gone), ()):
                if not any(v.kind is Kind.MODULE and v.data == gone for v in case.old.value(use)):
                    continue
                user = world.unit_of[use]
                bringing = {user.path, gone.parent / "__init__.py"} & world.units.keys()
                if not any(gone in case.old.world.runs(p, case.rewritten.new.get(p, world.units[p].tree)) for p in bringing):
                    raise Rejected(Rule.UNDEFINED, user, use, f"`{shown(use)}` may need an import of {path.name} that would be removed")
            package_elsewhere(case, gone, path)
            libraries_of(case, gone, path)


def package_elsewhere(case: Case, gone: Path, path: Path) -> None:
    """Raise Rejected where a file that was not followed reads a module as an attribute of its package, and does not import it itself."""
    init = gone.parent / "__init__.py"
    if init not in case.old.world.units and not init.is_file():
        return
    for other, last in case.rewritten.mentions({gone.stem}, {init}, set(case.old.world.units)):
        tree = case.rewritten.read(other) if other.suffix == ".py" else None
        if tree is None or gone in case.old.world.runs(other, tree):
            continue
        if any(isinstance(n, ast.Attribute) and n.attr == last and last_name(n.value) == gone.parent.name for n in ast.walk(tree)):
            raise Rejected(
                Rule.UNDEFINED, other, None, f"`{gone.parent.name}.{last}` may need an import of {path.name} that would be removed"
            )


def libraries_of(case: Case, gone: Path, path: Path) -> None:
    """Raise Rejected where a module that a file imports no more imports a part of a library (`import xml.dom`) that another file uses by `import xml`."""
    unit = case.old.world.unit(gone) if gone.suffix == ".py" else None
    parts = {a.name for n in unit.parents if isinstance(n, ast.Import) for a in n.names if "." in a.name} if unit is not None else set()
    for name in sorted(parts - {"os.path"}):
        for use in case.old.world.attributes.get(name.split(".")[1], ()):
            user = case.old.world.unit_of[use]
            own = any(
                a.name.startswith(name.rpartition(".")[0]) and "." in a.name
                for n in user.parents
                if isinstance(n, ast.Import)
                for a in n.names
            )
            if user.path != gone and not own and any(str(v.data) == name.split(".")[0] for v in case.old.value(use.value)):
                raise Rejected(
                    Rule.UNDEFINED, user, use, f"`{shown(use)}` may need an import of {gone.name}, which {path.name} would no longer run"
                )


def exported(case: Case) -> None:
    """Raise Rejected where the list of names that a module exports changes, and is read as a list."""
    for path in case.changed:
        was, now = _listed(case.rewritten.old[path]), _listed(case.rewritten.new[path])
        if was == now:
            continue
        unit = case.old.world.units[path]
        own = [n for n in unit.parents if isinstance(n, ast.Name) and n.id == "__all__" and isinstance(n.ctx, ast.Load)]
        for node in [*own, *(a for a in case.old.world.attributes.get("__all__", ()) if isinstance(a.ctx, ast.Load))]:
            raise Rejected(Rule.REACHED_WITHOUT_A_NAME, case.old.world.unit_of[node], node, "`__all__` is read here, and would lose a name")


def _listed(tree: ast.Module) -> list[str]:
    return [ast.dump(s) for s in tree.body if any(isinstance(n, ast.Name) and n.id == "__all__" for n in ast.walk(s))]


def deleted(case: Case) -> None:
    """Raise Rejected where the deletion of an attribute or entry would go: what reads it afterwards fails now, and would not."""
    for path in case.changed:
        gone, come = ([s for s in part if isinstance(s, ast.Delete) and any(not isinstance(t, ast.Name) for t in s.targets)]
                      for part in remains.changed(case.rewritten.old[path], case.rewritten.new[path]))  # fmt: skip
        for statement in gone:
            if len(gone) > len(come):
                raise Rejected(
                    Rule.UNTOUCHED,
                    case.old.world.units[path],
                    statement,
                    "a deletion would be removed, and what fails after it would not fail",
                )
