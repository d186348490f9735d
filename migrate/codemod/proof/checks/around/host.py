"""What stands around a program: the AWS files that it reads, its environment as a whole, and stand-ins for the libraries that sign."""

import ast
import re

from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.sessions import FILE_VARIABLES, HOME_VARIABLES, SDKS
from migrate.codemod.proof.around import dynamic
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.around.running import saying
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule

STANDIN = [
    r"sys\.modules\s*\[(?!\s*__name__)[^\]\n]*\]\s*=(?!=)",
    r"""patch\.dict\(\s*["']?sys\.modules""",
    r"setitem\(\s*(?:sys\.)?modules",
    r"(?<![\w.])modules\s*\[(?!\s*__name__)[^\]\n]*\]\s*=(?!=)",
    r"sys\.modules\.(?:update|setdefault|__setitem__)",
]
"""How a test puts a module in the place of another, as far as bytes show it."""


PATCHED = [
    rf"""["'](?:[\w.]*\.)?{dynamic.MAKER}["']""",
    rf"""["'][\w.]+\.{dynamic.LIBRARY}["']""",
    rf"(?<![\w.]){dynamic.LIBRARY}(?:\.(?!DEFAULT_SESSION)\w+)+\s*=(?!=)",
    rf"(?:setattr|object|patch)\(\s*{dynamic.LIBRARY}(?![\w])",
    r"(?<![\w.])(?:Aio)?Session\.\w+\s*=(?!=)",
    rf"""import_module\(\s*["']{dynamic.LIBRARY}""",
    rf"[(,]\s*{dynamic.LIBRARY}\s*[,)]",
    *dynamic.OTHERWISE,
]
"""How a file puts something in the place of a library's callables."""


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
    for unit in list(case.old.world.units.values()):
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
        raise Rejected(Rule.OWN_FILES, path, None, f"{path.name} says where the AWS files are")


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


def _patched_elsewhere(case: Case) -> None:
    """Raise Rejected where a file that was not followed sets an attribute of what it imports from a library that signs, under whatever name.

    A module of boto3 or botocore that is handed on, looped over or returned may get one too.
    """
    libraries = having(Trait.SDK) | {c.callee.split(".")[0] for c in case.before if case.touches(c)} - {"*"}
    importing = rf"(?:import|from)\s[^\n]*\b(?:{'|'.join(sorted(map(re.escape, libraries)))})\b"
    mentions = case.rewritten.mentions
    for path in mentions.all_that_say([importing], set(case.old.world.units)):
        if (node := mentions.asked(path, _patch, frozenset(libraries))) is not None:
            raise Rejected(Rule.CALLEE_REPLACED, path, node, f"{path.name}, which was not analyzed, may replace the library")


def _patch(tree: ast.Module, libraries: frozenset[str]) -> ast.AST | None:
    """Return where a file sets an attribute of some libraries, or hands a module of theirs on."""
    names, modules = _imported(tree, libraries)
    looked_into = {n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr != "__dict__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if _root(node) in names and node.attr != "DEFAULT_SESSION":
                return node
        elif isinstance(node, ast.Call) and node.args and last_name(node.func) in ("setattr", "delattr", "object", "patch"):
            if _root(node.args[0]) in names:
                return node
        elif isinstance(node, ast.Name) and node.id in modules and isinstance(node.ctx, ast.Load) and node not in looked_into:
            return node
    return None


def _imported(tree: ast.Module, libraries: frozenset[str] | set[str]) -> tuple[set[str], set[str]]:
    """Return the names that a file binds to some libraries and to what it imports from them; and those that are modules of boto3 or botocore."""
    names: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            its = {a.asname or a.name.split(".")[0]: a.name.split(".")[0] for a in node.names if a.name.split(".")[0] in libraries}
            names |= its.keys()
            modules |= {name for name, library in its.items() if library in SDKS}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in libraries and not node.level:
            names |= {a.asname or a.name for a in node.names}
            modules |= {a.asname or a.name for a in node.names if a.name in ("session", "client") and (node.module or "") in SDKS}
    return names, modules


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def check_standins(case: Case) -> None:
    """Raise Rejected where a library that signs may be replaced by a stand-in of the repository, which may lack what the new text calls."""
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "sys.modules":
                raise Rejected(Rule.CALLEE_REPLACED, unit, node, "`sys.modules` is changed, which may replace a library")
    found = case.rewritten.mentions.says(STANDIN, set())
    if found is not None:
        raise Rejected(Rule.CALLEE_REPLACED, found[0], None, f"{found[0].name} changes `sys.modules`, which may replace a library")
    patched = case.rewritten.mentions.says(PATCHED, set(case.old.world.units))
    if patched is not None:
        raise Rejected(Rule.CALLEE_REPLACED, patched[0], None, f"{patched[0].name}, which was not analyzed, may replace the library")
    _patched_elsewhere(case)
    libraries = {c.callee.split(".")[0] for c in case.before if case.touches(c)} & having(Trait.SDK)
    standin = case.rewritten.mentions.standin(libraries)
    if standin is not None:
        raise Rejected(Rule.CALLEE_REPLACED, standin, None, f"{standin.name} may shadow the library with that name")
