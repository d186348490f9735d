"""Whether an import may bring in another file of the tree, because the program changes where Python looks (`sys.path`)."""

import ast

from migrate.codemod.proof.case import Case, Rejected, statement_of
from migrate.codemod.proof.checks.running import saying
from migrate.codemod.proof.evaluation.scopes import Unit

_UPWARDS = frozenset({"sys", "path", "os", "insert", "append", "dirname", "abspath", "realpath", "join", "pardir", "__file__", "Path", "resolve", "parent",
                      "parents", "pathlib", "str", "normpath", "getcwd", "fspath"})  # fmt: skip
"""Names of which a path is made that leads to a folder above the file."""


_CHANGES = [r"sys\.path\s*(?:\.(?:insert|extend|append|reverse|sort)\b|\[|\+?=(?!=))", "addsitedir"]
"""How a file that was not followed changes it, as far as bytes show it."""


def check_paths(case: Case) -> None:
    """Raise Rejected where a folder that is none above the file goes on `sys.path`, and the tree has another module of a key's module's name."""
    other = case.rewritten.mentions.same_name(case.homes)
    if other is None:
        return
    for node in case.old.world.attributes.get("path", ()):
        unit = case.unit(node)
        if (
            any(v.data == "sys" for v in case.old.value(node.value))
            and _is_changed(unit, node)
            and not _leads_upwards(statement_of(unit, node))
        ):
            raise Rejected("another-module", unit, node, f"`sys.path` is changed here, and another {other.name} may be imported instead")
    for path in saying(case, _CHANGES):
        raise Rejected("another-module", path, None, f"{path.name} changes `sys.path`, and another {other.name} may be imported")


def _is_changed(unit: Unit, node: ast.Attribute) -> bool:
    parent = unit.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("insert", "extend", "append", "__setitem__", "reverse", "sort", "remove", "pop")
    return not isinstance(node.ctx, ast.Load) or (isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load))


def _leads_upwards(statement: ast.AST) -> bool:
    """Return whether a statement names nothing but folders above the file."""
    for node in ast.walk(statement):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(name, str) and name not in _UPWARDS:
            return False
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip("./") != "":
            return False
    return True
