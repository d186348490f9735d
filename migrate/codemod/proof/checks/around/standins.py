"""Stand-ins for the libraries that sign: what a file that runs beside the program puts in the place of one of their modules or callables."""

import ast
import re
from pathlib import Path

from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.sessions import SDKS
from migrate.codemod.proof.around import dynamic
from migrate.codemod.proof.around.below import kept, module_name
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.around.running import beside
from migrate.codemod.proof.checks.around.undone import for_good
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


_TABLE = [r"sys\.modules", r"from\s+sys\s+import\s[^\n]*modules"]
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
"""How a file puts something in the place of a library's callables, as far as bytes show it."""
_DOTTED = re.compile(rf"\b{dynamic.MAKER}$|\.{dynamic.LIBRARY}$")
_IN_MODULE = re.compile(rf"(?:[\w.]*\.)?(\w+)\.{dynamic.LIBRARY}")
_LIBRARY = re.compile(dynamic.LIBRARY)
_OTHERWISE = re.compile("|".join(dynamic.OTHERWISE))
_SETTING = frozenset({"setattr", "delattr", "object", "patch"})


def _replaces(tree: ast.Module, modules: frozenset[str]) -> ast.AST | None:
    """Return where a file puts something in the place of a library's callable, or of a library in one of some modules.

    `modules` are the names of those that the program consists of: `patch("app.jobs.boto3")` replaces a name of `jobs` alone.
    """
    described = {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200 and node not in described:
            inside = _IN_MODULE.fullmatch(node.value)
            elsewhere = inside is not None and inside.group(1) not in modules
            if _DOTTED.search(node.value) and not elsewhere:
                return node
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            whole = ast.unparse(node.value)
            if node.attr != "DEFAULT_SESSION" and (
                _of_library(node.value) or whole in ("Session", "AioSession") or _OTHERWISE.search(f"{whole}.{node.attr} = 0")
            ):
                return node
        elif isinstance(node, ast.Call):
            name = last_name(node.func)
            if name == "import_module" and node.args and isinstance(one := node.args[0], ast.Constant) and _LIBRARY.match(str(one.value)):
                return node
            if name in _SETTING and node.args and (_of_library(node.args[0]) or _OTHERWISE.search(ast.unparse(node))):
                return node
            if any(isinstance(a, ast.Name) and _LIBRARY.fullmatch(a.id) for a in node.args):
                return node
    return None


def _of_library(node: ast.AST) -> bool:
    """Return whether a dotted name has a library that signs among its parts."""
    while isinstance(node, ast.Attribute):
        if _LIBRARY.fullmatch(node.attr):
            return True
        node = node.value
    return isinstance(node, ast.Name) and bool(_LIBRARY.fullmatch(node.id))


def _module_names(tree: ast.Module, known: frozenset[str]) -> ast.AST | None:
    """Return where a file changes `sys.modules` for a module that is among some (`known`), or for one that is not written there."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node, parent in parents.items():
        names: list[ast.expr] | None = None
        if isinstance(node, ast.alias) and node.name == "modules":
            return node  # under this name, or another, it may be changed anywhere
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == "sys.modules":
            if _may_be_among(_keys(node.args[1:], node), known):
                return node
        if not isinstance(node, ast.Name | ast.Attribute) or ast.unparse(node) not in ("sys.modules", "modules"):
            continue
        match parent:
            case ast.Compare() | ast.Attribute(value=ast.Name(id="sys")):
                continue
            case ast.Subscript(slice=key, ctx=ctx):
                names = [] if isinstance(ctx, ast.Load) else [key]
            case ast.Attribute(attr="get" | "keys" | "copy" | "items" | "values"):
                continue
            case ast.Attribute(attr="pop" | "setdefault") if isinstance(call := parents.get(parent), ast.Call) and call.args:
                names = call.args[:1]
            case ast.Attribute(attr="update") if isinstance(call := parents.get(parent), ast.Call):
                names = _keys(call.args, call)
            case ast.Call() if node in parent.args and last_name(parent.func) in ("setitem", "delitem"):
                names = parent.args[1:2]
            case ast.Call() if node in parent.args[:1] and last_name(parent.func) == "dict":
                names = _keys(parent.args[1:], parent)
        if _may_be_among(names, known):
            return node
    return None


def _keys(given: list[ast.expr], call: ast.Call) -> list[ast.expr] | None:
    """Return the names that a dict hands over, or that stand as keywords; None where they are not written there."""
    out: list[ast.expr] = [ast.Constant(k.arg) for k in call.keywords if k.arg not in (None, "clear")]
    for one in given:
        if not isinstance(one, ast.Dict) or None in one.keys:
            return None
        out += [k for k in one.keys if k is not None]
    return None if any(k.arg is None for k in call.keywords) else out


def _may_be_among(names: list[ast.expr] | None, known: frozenset[str]) -> bool:
    """Return whether one of some names is among those that are known, or is not written out. None: nothing is known of them."""
    return names is None or any(not isinstance(n, ast.Constant) or not known.isdisjoint(str(n.value).split(".")) for n in names)


def _patched_elsewhere(case: Case) -> None:
    """Raise Rejected where a file that was not followed sets an attribute of what it imports from a library that signs, under whatever name.

    A module of boto3 or botocore that is handed on, looped over or returned may get one too.
    """
    libraries = having(Trait.SDK) | {c.callee.split(".")[0] for c in case.before if case.touches(c)} - {"*"}
    importing = rf"(?:import|from)\s[^\n]*\b(?:{'|'.join(sorted(map(re.escape, libraries)))})\b"
    mentions = case.rewritten.mentions
    for path in mentions.all_that_say([importing], set(case.old.world.units)):
        if (node := mentions.asked(path, _patch, frozenset(libraries))) is not None and beside(case, path):
            raise Rejected(Rule.CALLEE_REPLACED, path, node, f"{path.name}, which was not analyzed, may replace the library")


def _patch(tree: ast.Module, libraries: frozenset[str]) -> ast.AST | None:
    """Return where a file sets an attribute of some libraries, or hands a module of theirs on."""
    names, modules = _imported(tree, libraries)
    looked_into = {n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr != "__dict__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if _root(node) in names and node.attr != "DEFAULT_SESSION":
                return node
        elif isinstance(node, ast.Call) and node.args and last_name(node.func) in _SETTING:
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
    mentions = case.rewritten.mentions
    modules = _modules(case)
    for path in mentions.all_that_say([*STANDIN, *_TABLE], set()):
        if _is_documentation(path) or not beside(case, path):
            continue
        understood = _is_understood(case, path)
        node = mentions.asked(path, _module_names, modules) if understood else None
        if node is not None or (not understood and _changes_table(path)):
            raise Rejected(Rule.CALLEE_REPLACED, path, node, f"{path.name} changes `sys.modules`, which may replace a library")
    stems = frozenset(module_name(p) for p in {*case.changed, *case.homes, *case.old.world.units})
    for path in mentions.all_that_say(PATCHED, set(case.old.world.units)):
        understood = _is_understood(case, path)
        node = mentions.asked(path, _replaces, stems) if understood else None
        scoped = understood and isinstance(node, ast.Constant) and mentions.asked(path, for_good, tuple(PATCHED)) is False
        if (node is not None or not understood) and beside(case, path, not scoped):
            raise Rejected(Rule.CALLEE_REPLACED, path, node, f"{path.name}, which was not analyzed, may replace the library")
    _patched_elsewhere(case)
    libraries = {c.callee.split(".")[0] for c in case.before if case.touches(c)} & having(Trait.SDK)
    standin = case.rewritten.mentions.standin(libraries)
    if standin is not None:
        raise Rejected(Rule.CALLEE_REPLACED, standin, None, f"{standin.name} may shadow the library with that name")


def _is_understood(case: Case, path: Path) -> bool:
    return path.suffix == ".py" and case.rewritten.mentions.asked(path, _has_tree, None) is not None


def _has_tree(tree: ast.Module, of: None) -> bool:
    return True


def _changes_table(path: Path) -> bool:
    """Return whether a file that is not understood changes `sys.modules`, as far as its bytes show."""
    return any(re.search(expression.encode(), kept[path]) for expression in STANDIN)


def _is_documentation(path: Path) -> bool:
    """Return whether a file is the configuration of Sphinx, whose process imports modules and calls nothing of them."""
    return path.name == "conf.py" and b"extensions" in kept[path] and b"sphinx" in kept[path]


def _modules(case: Case) -> frozenset[str]:
    """Return the names of the modules that the program consists of or imports, and of those whose answers are counted on."""
    out = {part for one in (*dynamic.COUNTED_ON, *SDKS) for part in one.split(".")[:1]}
    for unit in case.old.world.units.values():
        out.add(module_name(unit.path))
        for node in unit.parents:
            if isinstance(node, ast.Import):
                out |= {part for a in node.names for part in a.name.split(".")}
            elif isinstance(node, ast.ImportFrom):
                out |= {*(node.module or "").split("."), *(a.name for a in node.names)}
    return frozenset(out)
