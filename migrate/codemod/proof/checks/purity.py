"""Whether something can be left out with no one noticing: calls, functions, the import of a file."""

import ast
from pathlib import Path

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation import classes, objects
from migrate.codemod.proof.evaluation.scopes import Unit
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.evaluation.world import World, last_name

PURE = frozenset(
    f"{module}.{name}"
    for module, names in {
        "os": ("getenv", "environ.get"),
        "builtins": (
            "str",
            "bytes",
            "dict",
            "list",
            "tuple",
            "set",
            "frozenset",
            "len",
            "sorted",
            "zip",
            "enumerate",
            "getattr",
            "isinstance",
            "bool",
            "all",
            "any",
            "reversed",
            "property",
            "staticmethod",
            "classmethod",
            "object",
        ),
        "collections": ("namedtuple", "OrderedDict"),
        "types": ("SimpleNamespace",),
        "typing": ("cast", "NamedTuple", "TypeVar", "NewType"),
        "dataclasses": ("field", "dataclass", "replace"),
        "attr": ("ib", "s", "define", "field", "frozen"),
        "attrs": ("field", "define", "frozen"),
        "pydantic": ("SecretStr", "Field"),
        "functools": ("partial",),
        "copy": ("copy", "deepcopy"),
        "boto3": ("Session", "Session().get_credentials"),
        "botocore": ("config.Config", "session.Session", "credentials.Credentials", "credentials.ReadOnlyCredentials"),
        "aiobotocore": ("session.AioSession",),
        "pathlib": ("Path",),
        "re": ("compile",),
        "logging": ("getLogger",),
        "enum": ("auto",),
    }.items()
    for name in names
)
"""Callables outside the program that give an answer and do nothing else."""


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
    return all(pure(case, n, depth + 1) for n in nodes if isinstance(n, ast.Call))


def check_imports(case: Case) -> None:
    """Raise Rejected where a file is no longer imported that does something when it is."""
    for path in case.changed:
        was, now = imported(case.old.world, case.rewritten.old, path), imported(case.new.world, case.rewritten.new, path)
        for module in was - now:
            unit = case.old.world.units.get(module)
            if unit is None and (tree := case.rewritten.read(module)) is not None:
                unit = case.old.world.add(module, tree)
            if unit is None or not quiet(case, unit, set()):
                raise Rejected(
                    "import-effects", path, None, f"{module.name} would no longer be imported, and importing it may have side effects"
                )


def quiet(case: Case, unit: Unit, seen: set[Path]) -> bool:
    seen.add(unit.path)
    for statement in unit.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.decorator_list or not all(
                pure(case, c)
                for d in [*statement.args.defaults, *statement.args.kw_defaults]
                if d is not None
                for c in ast.walk(d)
                if isinstance(c, ast.Call)
            ):
                return False
            continue
        for cls in ast.walk(statement):
            if isinstance(cls, ast.ClassDef) and (classes.bases(case.old, cls)[0] or not classes.bases(case.old, cls)[1]):
                return False
        for n in ast.walk(statement):
            if isinstance(n, ast.Call) and not pure(case, n) and not within_function(unit, n):
                return False
            if isinstance(n, ast.Raise | ast.Delete | ast.While | ast.For | ast.With) and not within_function(unit, n):
                return False
            if isinstance(n, ast.Attribute | ast.Subscript) and isinstance(n.ctx, ast.Store) and not within_function(unit, n):
                return False
    for module in imported(case.old.world, {unit.path: unit.tree}, unit.path):
        inner = case.old.world.unit(module) if module.suffix == ".py" else None
        if inner is not None and module not in seen and not quiet(case, inner, seen):
            return False
    return True


def within_function(unit: Unit, node: ast.AST) -> bool:
    at = unit.parents.get(node)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return True
        at = unit.parents.get(at)
    return False


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
