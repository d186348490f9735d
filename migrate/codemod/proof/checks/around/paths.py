"""Whether an import may bring in another file of the tree, because the program changes where Python looks (`sys.path`)."""

import ast
from pathlib import Path

from migrate.codemod.proof.around.searching import added, first_of_tests, instead, literals
from migrate.codemod.proof.case import Case, Rejected, statement_of
from migrate.codemod.proof.checks.around.running import run_from, saying
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.rules import Rule

_CHANGES = [
    r"sys\.path\s*(?:\.(?:insert|extend|append|reverse|sort)\b|\[|\+?=(?!=))",
    "addsitedir",
    r"from\s+sys\s+import\s[^\n]*(?<![A-Za-z0-9_])path(?![A-Za-z0-9_])",
]
"""How a file that was not followed changes it, as far as bytes show it."""


def check_paths(case: Case) -> None:
    """Raise Rejected where a folder that is none above the file goes on `sys.path`, and the tree has another module of a key's module's name."""
    others = list(case.rewritten.mentions.same_name(case.homes))
    if not others:
        return
    for other in others:
        tests = any(p.name == "conftest.py" or p.name.startswith("test_") for p in other.parent.glob("*.py"))
        if tests and instead(other, case.homes, [first_of_tests(other.parent)]):
            raise Rejected(Rule.ANOTHER_MODULE, other, None, f"tests may import this {other.name} instead")
        for script in _scripts(other, case.homes):
            if not case.homes.isdisjoint(run_from(case, [script])):
                raise Rejected(
                    Rule.ANOTHER_MODULE, script, None, f"run as a script, {script.name} may import the {other.name} beside it instead"
                )
    other = others[0]
    if (said := case.rewritten.mentions.search_path()) is not None:
        raise Rejected(
            Rule.ANOTHER_MODULE, said, None, f"{said.name} says where modules are, and another {other.name} may be imported instead"
        )
    world = case.old.world
    names = {"path"} | world.aliases.get("path", set())
    for node in [n for name in names for n in [*world.attributes.get(name, ()), *world.names.get(name, ())]]:
        unit = case.unit(node)
        if _is_search_path(case, node) and not _is_asked(unit, node) and not _leads_upwards(statement_of(unit, node)):
            raise Rejected(Rule.ANOTHER_MODULE, unit, node, f"`sys.path` is changed here, and another {other.name} may be imported instead")
    for call in world.calls.get("addsitedir", ()):
        raise Rejected(
            Rule.ANOTHER_MODULE, case.unit(call), call, f"`sys.path` is changed here, and another {other.name} may be imported instead"
        )
    for path in saying(case, _CHANGES):
        folders = case.rewritten.mentions.asked(path, added, (case.rewritten.root, path))
        if (found := next((o for o in others if folders is None or instead(o, case.homes, folders)), None)) is not None:
            raise Rejected(Rule.ANOTHER_MODULE, path, None, f"{path.name} changes `sys.path`, and another {found.name} may be imported")


def _scripts(other: Path, homes: set[Path]) -> list[Path]:
    """Return the files that Python, where it runs them as scripts, looks beside for modules first, and finds another module instead of a key's."""
    folder = other.parent.parent if other.name == "__init__.py" else other.parent
    if (folder / "__init__.py").is_file() or not instead(other, homes, [folder]):
        return []
    return sorted(p for p in folder.glob("*.py") if p != other)


def _is_search_path(case: Case, node: ast.Attribute | ast.Name) -> bool:
    if isinstance(node, ast.Attribute):
        return any(v.data == "sys" for v in case.old.value(node.value))
    return isinstance(node.ctx, ast.Load) and any(v.data == "sys.path" for v in case.old.value(node))


def _is_asked(unit: Unit, node: ast.Attribute | ast.Name) -> bool:
    """Return whether the folders are only gone through, counted, printed, or asked for one: whatever else is done with them may change them."""
    parent = unit.parents.get(node)
    match parent:
        case ast.Compare() | ast.For() | ast.comprehension() | ast.FormattedValue():
            return isinstance(node.ctx, ast.Load)
        case ast.Subscript():
            return isinstance(parent.ctx, ast.Load)
        case ast.Call(func=ast.Name(id=name)):
            return name in ("print", "len", "list", "tuple", "set", "any", "all")
        case ast.Attribute():
            return parent.attr in ("index", "count", "copy")
    return False


def _leads_upwards(statement: ast.AST) -> bool:
    """Return whether a statement names nothing but folders above the file."""
    texts = literals(statement)
    return texts is not None and not any(text.strip("./") for text in texts)
