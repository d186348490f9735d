"""What stands around a program: the AWS files that it reads, its environment as a whole, and stand-ins for the libraries that sign."""

import ast

from migrate.codemod.proof import dynamic
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.world import last_name

STANDIN = [
    r"sys\.modules\s*\[(?!\s*__name__)[^\]\n]*\]\s*=(?!=)",
    r"""patch\.dict\(\s*["']?sys\.modules""",
    r"setitem\(\s*sys\.modules",
    r"sys\.modules\.(?:update|setdefault|__setitem__)",
]
"""How a test puts a module in the place of another, as far as bytes show it."""


PATCHED = [
    rf"""["'](?:[\w.]*\.)?{dynamic.MAKER}["']""",
    rf"""["'][\w.]+\.{dynamic.LIBRARY}["']""",
    rf"(?<![\w.]){dynamic.LIBRARY}(?:\.\w+)*\.(?:client|resource|Session|create_client)\s*=(?!=)",
    rf"(?:setattr|object|patch)\(\s*{dynamic.LIBRARY}(?![\w])",
]
"""How a file puts something in the place of a library's callables."""


def check_own_files(case: Case) -> None:
    """Raise Rejected where a program says itself which AWS files are read: the profile may not be in them."""
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Constant) and node.value in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
                raise Rejected("own-files", unit, node, f"the program uses its own AWS files (`{node.value}`)")


def check_whole_environment(case: Case) -> None:
    """Raise Rejected where the program replaces or empties its environment: HOME, and with it the AWS files, may go."""
    for name in ("clear", "dict"):
        for call in case.old.world.calls.get(name, ()):
            base = call.func.value if name == "clear" and isinstance(call.func, ast.Attribute) else call.args[0] if call.args else None
            emptied = name == "clear" or any(k.arg == "clear" for k in call.keywords)
            named = isinstance(base, ast.Constant) and base.value == "os.environ"
            if base is not None and emptied and (named or last_name(base) == "environ"):
                raise Rejected(
                    "own-files", case.unit(call), call, "the program empties its environment, which says where the AWS files are"
                )
    for node in case.old.world.attributes.get("environ", ()):
        if isinstance(node.ctx, ast.Store):
            raise Rejected("own-files", case.unit(node), node, "the program replaces its environment, which says where the AWS files are")


def check_standins(case: Case) -> None:
    """Raise Rejected where a library that signs may be replaced by a stand-in of the repository, which may lack what the new text calls."""
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "sys.modules":
                raise Rejected("callee-replaced", unit, node, "`sys.modules` is changed, which may replace a library")
    found = case.rewritten.mentions.says(STANDIN, set())
    if found is not None:
        raise Rejected("callee-replaced", found[0], None, f"{found[0].name} changes `sys.modules`, which may replace a library")
    patched = case.rewritten.mentions.says(PATCHED, set(case.old.world.units))
    if patched is not None:
        raise Rejected("callee-replaced", patched[0], None, f"{patched[0].name}, which was not analyzed, may replace the library")
    libraries = {c.callee.split(".")[0] for c in case.before if case.touches(c)} & dynamic.LIBRARIES
    standin = case.rewritten.mentions.standin(libraries)
    if standin is not None:
        raise Rejected("callee-replaced", standin, None, f"{standin.name} may shadow the library with that name")
