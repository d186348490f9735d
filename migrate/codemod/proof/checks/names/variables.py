"""The environment: who reads the variables that a rewrite takes away, in the program, in libraries and in other files."""

import ast
import sys
from collections.abc import Collection
from pathlib import Path

from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.sessions import READ_VARIABLES
from migrate.codemod.proof.case import Case, Rejected, statement_of
from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.rules import Rule


def environment_read(case: Case) -> None:
    """Raise Rejected where the program looks at the variables of the environment that a rewrite takes away."""
    for unit in list(case.old.world.units.values()):
        imported = {a.asname or a.name for n in unit.parents if isinstance(n, ast.ImportFrom) for a in n.names if a.name == "environ"}
        for node in unit.parents:
            if isinstance(node, ast.Constant) and node.value in READ_VARIABLES:
                statement = statement_of(unit, node)
                gone, _ = remains.changed(unit.tree, case.rewritten.new.get(unit.path, unit.tree))
                if statement not in gone:
                    raise Rejected(Rule.ENVIRONMENT_READ, unit, node, f"`{node.value}` is also read from the environment here")
            elif isinstance(node, ast.Attribute) and node.attr == "from_prefixed_env":
                raise Rejected(Rule.ENVIRONMENT_READ, unit, node, "Flask's settings are read from the environment as a whole")
            elif _is_environ(case, node, imported):
                parent = unit.parents.get(node)
                if not (isinstance(parent, ast.Attribute) and parent.attr in ("get", "pop", "setdefault", "update")) and not (
                    isinstance(parent, ast.Subscript) and parent.value is node
                ):
                    raise Rejected(Rule.ENVIRONMENT_READ, unit, node, "the environment is read or passed on as a whole")


def _is_environ(case: Case, node: ast.AST, imported: set[str]) -> bool:
    if isinstance(node, ast.Name):
        named = node.id in imported and isinstance(node.ctx, ast.Load)
    else:
        named = isinstance(node, ast.Attribute) and node.attr == "environ"
    return named and any(v.data == "os.environ" for v in case.old.value(node))


def other_file(case: Case, words: list[str], what: str, without: Collection[Path] = ()) -> None:
    """Raise Rejected where a Python file below the root that was not followed, and is none of `without`, says one of some words."""
    found = case.rewritten.mentions.says(words, {*case.old.world.units, *without})
    if found is not None:
        raise Rejected(
            Rule.MENTIONED_ELSEWHERE, found[0], None, f"{found[0].name}, which was not analyzed, contains `{found[1]}` and {what}"
        )


def check_readers(case: Case) -> None:
    """Raise Rejected where keys leave the environment, and a library that is not known may read them there."""
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                for name in names if not getattr(node, "level", 0) else ():
                    found = case.old.world.find(unit.path, name, 0)
                    top = name.split(".")[0]
                    if found.kind is not Kind.MODULE and top not in having(Trait.READS_NO_KEYS) and top not in sys.stdlib_module_names:
                        raise Rejected(Rule.ENVIRONMENT_READ, unit, node, f"`{top}` may read the keys in the environment")
            elif isinstance(node, ast.Attribute) and node.attr in ("expandvars", "environb"):
                raise Rejected(Rule.ENVIRONMENT_READ, unit, node, f"`{node.attr}` may read the keys in the environment")
            elif isinstance(node, ast.Constant) and node.value in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
                raise Rejected(Rule.ENVIRONMENT_READ, unit, node, f"the program already uses `{node.value}`")
    other_file(case, [*READ_VARIABLES, "AWS_DEFAULT_PROFILE", "load_dotenv"], "may use the same variables")
    if sum(c.callee == "os.environ" for c in case.before) > 1 and any(case.old.world.calls.get("setdefault", ())):
        raise Rejected(
            Rule.ENVIRONMENT_READ, case.changed[0], None, "keys are set in the environment in several places, some only if none are set"
        )
