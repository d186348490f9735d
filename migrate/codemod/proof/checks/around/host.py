"""What stands around a program: the AWS files that it reads, its environment as a whole, and stand-ins for the libraries that sign."""

import ast
import re

from migrate.codemod.libraries.sessions import FILE_VARIABLES, HOME_VARIABLES
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.around.running import saying
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule

OWN = [
    r"""(?:setenv|delenv|putenv|unsetenv|setdefault|environ\.pop)\(\s*["'](?:HOME|USERPROFILE)["']""",
    r"""\[\s*["'](?:HOME|USERPROFILE)["']\s*\]\s*=(?!=)""",
    r"""expanduser\s*=(?!=)|["'][\w.]*\bexpanduser["']""",
    r"""(?:AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE)""",
    r"environb?\.clear\(",
]
"""How a file that was not followed, such as conftest.py, says where the AWS files are."""
_CHANGING = frozenset({"setenv", "delenv", "putenv", "unsetenv", "setdefault", "pop", "setitem", "delitem"})


def check_own_files(case: Case) -> None:
    """Raise Rejected where a program says itself which AWS files are read: the profile may not be in them."""
    for unit in case.others():
        for node in unit.parents:
            named = node.value if isinstance(node, ast.Constant) else node.arg if isinstance(node, ast.keyword) else None
            named = named.decode("latin-1") if isinstance(named, bytes) else named
            if named in FILE_VARIABLES:
                raise Rejected(Rule.OWN_FILES, unit, node, f"the program uses its own AWS files (`{named}`)")
            if (isinstance(node, ast.Constant) and node.value in HOME_VARIABLES and changes(unit, node)) or (
                isinstance(node, ast.keyword) and node.arg in HOME_VARIABLES and last_name(_called(unit, node)) in ("update", "dict", "run")
            ):
                raise Rejected(Rule.OWN_FILES, unit, node, "the program changes the home folder, where the AWS files are")
            if _takes_out(case, node):
                raise Rejected(
                    Rule.OWN_FILES, unit, node, "the program takes variables out of its environment, which says where the AWS files are"
                )
    if (found := case.rewritten.mentions.sets(FILE_VARIABLES | HOME_VARIABLES)) is not None:
        raise Rejected(
            Rule.OWN_FILES, found[0], None, f"{found[0].name}, which the program loads, sets `{found[1]}`: the profile may not be there"
        )
    for path in saying(case, OWN):
        if path.suffix == ".py" and case.rewritten.mentions.asked(path, _only_described, None):
            continue
        raise Rejected(Rule.OWN_FILES, path, None, f"{path.name} says where the AWS files are")


def _only_described(tree: ast.Module, of: None) -> bool:
    """Return whether a file says the names of the variables in docstrings and comments alone."""
    described = {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    said = re.compile("|".join(OWN))
    text = "\n".join(n.value for n in described if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return len(said.findall(ast.unparse(tree))) == len(said.findall(text))


def _called(unit: Unit, node: ast.keyword) -> ast.AST:
    call = unit.parents.get(node)
    return call.func if isinstance(call, ast.Call) else node


def changes(unit: Unit, node: ast.Constant) -> bool:
    """Return whether a variable's name stands where the environment is changed."""
    parent = unit.parents.get(node)
    if isinstance(parent, ast.Subscript):
        return not isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Call):
        return node in parent.args and last_name(parent.func) in _CHANGING
    call = unit.parents.get(parent) if isinstance(parent, ast.Dict) else None
    return isinstance(call, ast.Call) and last_name(call.func) in ("update", "dict")


def _takes_out(case: Case, node: ast.AST) -> bool:
    """Return whether variables go from the environment whose names are computed: `for name in os.environ: …`."""
    if isinstance(node, ast.Call) and last_name(node.func) == "pop" and node.args:
        environment = any(v.data == "os.environ.pop" for v in case.old.value(node.func))
        return environment and any(text_of(v) is None for v in case.old.value(node.args[0]))
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Del):
        environment = any(v.data == "os.environ" for v in case.old.value(node.value))
        return environment and any(text_of(v) is None for v in case.old.value(node.slice))
    return False


def check_whole_environment(case: Case) -> None:
    """Raise Rejected where the program replaces or empties its environment: HOME, and with it the AWS files, may go."""
    for name in ("clear", "dict"):
        for call in case.old.world.calls.get(name, ()):
            base = call.func.value if name == "clear" and isinstance(call.func, ast.Attribute) else call.args[0] if call.args else None
            emptied = name == "clear" or any(k.arg == "clear" for k in call.keywords)
            named = isinstance(base, ast.Constant) and base.value == "os.environ"
            if base is not None and emptied and (named or last_name(base) == "environ"):
                raise Rejected(
                    Rule.OWN_FILES, case.unit(call), call, "the program empties its environment, which says where the AWS files are"
                )
    for node in case.old.world.attributes.get("environ", ()):
        if isinstance(node.ctx, ast.Store):
            raise Rejected(
                Rule.OWN_FILES, case.unit(node), node, "the program replaces its environment, which says where the AWS files are"
            )
