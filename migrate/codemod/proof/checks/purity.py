"""Whether something can be left out with no one noticing: calls, functions, the import of a file."""

import ast
from pathlib import Path

from migrate.codemod.libraries.standard import KEEPING, PURE, TYPED
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers import classes, objects
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit
from migrate.codemod.proof.evaluation.values import RAISES, Kind
from migrate.codemod.proof.evaluation.world import World, last_name
from migrate.codemod.proof.rules import Rule


def pure(case: Case, call: ast.Call, depth: int = 0) -> bool:
    """Return whether leaving a call out changes nothing but its value."""
    if depth > 6:
        return False
    for f in case.old.value(call.func):
        if f.kind is Kind.LIBRARY and str(f.data) in PURE:
            continue
        if f.kind is Kind.MAKER or (f.kind is Kind.METHOD and f.more in (objects.READING | objects.TEXTS)):
            continue
        if f.kind in (Kind.FUNCTION, Kind.BOUND):
            if pure_function(case, f.data, depth):
                continue
            return False
        if f.kind is Kind.CLASS:
            body = f.data.body
            if not any(
                isinstance(n, ast.Call) and not pure(case, n, depth + 1)
                for s in body
                if getattr(s, "name", "__init__") in ("__init__", "__post_init__")
                for n in ast.walk(s)
            ):
                continue
            return False
        return False
    return True


def stores_key(case: Case, call: ast.Call) -> bool:
    """Return whether a call puts a part of a key into a dict or the environment, and does nothing else."""
    if last_name(call.func) not in ("setdefault", "update", "append", "add"):
        return False
    known = all(
        f.kind is Kind.METHOD or (f.kind is Kind.LIBRARY and str(f.data).startswith("os.environ.")) for f in case.old.value(call.func)
    )
    return known and any(case.held.holds(n) for n in [*call.args, *(k.value for k in call.keywords)])


def properties(case: Case, node: ast.Attribute) -> list[ast.AST]:
    """Return the properties of the program's classes that reading an attribute may call."""
    out: list[ast.AST] = []
    for v in case.old.value(node.value):
        if v.kind is Kind.INSTANCE:
            for cls in classes.line(case.old, v.data)[0]:
                scope = case.old.world.unit_of[cls].scopes[cls]
                out += [b.node for b in scope.bindings.get(node.attr, ()) if classes.has_decorator(b.node, "property", "cached_property")]
    return out


def pure_function(case: Case, function: ast.AST, depth: int) -> bool:
    """Return whether running a function does nothing but give its answer."""
    nodes = [n for n in ast.walk(function) if n is not function]
    if any(
        isinstance(n, ast.Global | ast.Nonlocal | ast.Raise | ast.Delete | ast.Yield | ast.Import | ast.ImportFrom | ast.Assert)
        for n in nodes
    ):
        return False
    if any(isinstance(n, ast.Attribute | ast.Subscript) and isinstance(n.ctx, ast.Store) for n in nodes):
        return False
    if any(isinstance(n, ast.Subscript) and not case.held.holds(n) and may_fail(case, n) for n in nodes):
        return False
    return all(pure(case, n, depth + 1) for n in nodes if isinstance(n, ast.Call))


def may_fail(case: Case, node: ast.Subscript) -> bool:
    """Return whether `x[k]` may end with an exception: what is not known to have the entry may lack it."""
    base = case.old.value(node.value)
    known = all(v.kind in (Kind.OBJECT, Kind.ROW) or (v.kind is Kind.LIBRARY and is_type(str(v.data))) for v in base)
    return not known or RAISES in case.old.value(node)


def is_type(name: str) -> bool:
    """Return whether something of a library is a type, which `[…]` gives parameters (`Optional[str]`, `dict[str, int]`)."""
    return "(" not in name and name.rstrip("[]").rpartition(".")[0] in TYPED


def check_imports(case: Case) -> None:
    """Raise Rejected where a file is no longer imported that does something when it is."""
    for path in case.changed:
        was, now = imported(case.old.world, case.rewritten.old, path), imported(case.new_world, case.rewritten.new, path)
        for module in was - now:
            unit = case.old.world.units.get(module)
            if unit is None and (tree := case.rewritten.read(module)) is not None:
                unit = case.old.world.add(module, tree)
            if unit is None or not quiet(case, unit, set()):
                raise Rejected(
                    Rule.IMPORT_EFFECTS, path, None, f"{module.name} would no longer be imported, and importing it may have side effects"
                )


def quiet(case: Case, unit: Unit, seen: set[Path]) -> bool:
    """Return whether importing a file binds names and does nothing else, those that it imports included."""
    seen.add(unit.path)
    if not all(quiet_statement(case, unit, s) for s in unit.tree.body):
        return False
    for module in imported(case.old.world, {unit.path: unit.tree}, unit.path):
        inner = case.old.world.unit(module) if module.suffix == ".py" else None
        if inner is not None and module not in seen and not quiet(case, inner, seen):
            return False
    return True


def quiet_statement(case: Case, unit: Unit, node: ast.stmt) -> bool:
    """Return whether a statement of a module or class does nothing but bind names. What is not listed may do something."""

    def all_quiet(statements: list[ast.stmt]) -> bool:
        return all(quiet_statement(case, unit, s) for s in statements)

    match node:
        case ast.Pass() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr():
            return quiet_value(case, node.value)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None]
            return all(classes.keeps(d, KEEPING) for d in node.decorator_list) and all(quiet_value(case, d) for d in defaults)
        case ast.ClassDef():
            own, plain = classes.bases(case.old, node)
            return plain and not own and all_quiet(node.body)
        case ast.Assign():
            return all(_names(t) for t in node.targets) and quiet_value(case, node.value)
        case ast.AnnAssign():
            return _names(node.target) and quiet_value(case, node.value)
        case ast.AugAssign(target=ast.Name() as name):
            cell = unit.cell(name)
            own_name = cell is not None and not any(
                b.kind in (BindingKind.IMPORT, BindingKind.FROM, BindingKind.STAR) for b in cell.scope.bindings[cell.name]
            )
            return own_name and quiet_value(case, node.value)
        case ast.If():
            return quiet_value(case, node.test) and all_quiet([*node.body, *node.orelse])
        case ast.Try():
            return all_quiet([*node.body, *(s for h in node.handlers for s in h.body), *node.orelse, *node.finalbody])
    return False


def _names(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple | ast.List) and all(_names(e) for e in target.elts))


PLAIN_VALUES = (ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.UnaryOp, ast.BoolOp,
                ast.Compare, ast.IfExp, ast.Starred, ast.keyword, ast.Slice)  # fmt: skip


def quiet_value(case: Case, node: ast.AST | None) -> bool:
    """Return whether an expression gives a value and does nothing else, a failure included."""
    if node is None or isinstance(node, ast.Lambda | ast.expr_context | ast.operator | ast.boolop | ast.unaryop | ast.cmpop):
        return True
    match node:
        case ast.Call():
            if not pure(case, node):
                return False
        case ast.Subscript():
            if may_fail(case, node):
                return False
        case ast.Attribute():
            if RAISES in case.old.value(node):
                return False
        case _ if not isinstance(node, PLAIN_VALUES):
            return False
    return all(quiet_value(case, child) for child in ast.iter_child_nodes(node))


def imported(world: World, trees: dict[Path, ast.Module], path: Path) -> set[Path]:
    out: set[Path] = set()
    for node in ast.walk(trees[path]):
        found = []
        if isinstance(node, ast.Import):
            found = [world.find(path, name, 0) for a in node.names for name in above(a.name)]
        elif isinstance(node, ast.ImportFrom):
            found = [world.find(path, name, node.level) for name in above(node.module or "")]
            found += [
                world.find(path, f"{node.module}.{a.name}" if node.module else a.name, node.level) for a in node.names if a.name != "*"
            ]
        for v in found:
            if v.kind is Kind.MODULE and v.data.suffix == ".py":
                out.add(v.data)
    return out


def above(name: str) -> list[str]:
    """Return a module's name and those of the packages around it."""
    parts = name.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]
