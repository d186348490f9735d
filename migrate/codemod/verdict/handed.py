"""Classes that hold a key and that nothing outside of the program is given: what is not understood is no object of one of these."""

import ast

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import ScopeKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Class, ClassRef, Instance, Scope, Store
from migrate.codemod.keys.cluster import Cluster

_ASKING = frozenset({"isinstance", "issubclass", "len", "bool"})
_TOLD = frozenset({"__name__", "__doc__", "__module__", "__qualname__", "__class__", "__init__"})


def kept_names(interpreter: Interpreter, cluster: Cluster) -> set[str]:
    """Return the names of a cluster that only classes have which are never handed on: they are no names of modules or other objects."""
    of_classes: dict[str, set[Class]] = {}
    others: set[str] = set()
    for store in cluster.stores:
        cls = class_of(interpreter, store)
        if cls is not None:
            of_classes.setdefault(store.name, set()).add(cls)
        else:
            others.add(store.name)
    handed = {cls: is_handed(interpreter, cls) for cls in set().union(*of_classes.values())}
    return {name for name, found in of_classes.items() if name not in others and not any(handed[c] for c in found)}


def class_of(interpreter: Interpreter, store: Store) -> Class | None:
    """Return the class whose attribute a binding is, or that of its objects."""
    if isinstance(store.owner, Class):
        return store.owner
    if not (isinstance(store.owner, Scope) and store.owner.kind is ScopeKind.CLASS):
        return None
    return interpreter.classes.get(store.owner.node)


def is_handed(interpreter: Interpreter, cls: Class) -> bool:
    """Return whether a class, one above or below it, or an object of these stands where it is not only called, asked or kept under a name."""
    family = cls.lineage()
    if any(c.outside or c.node.decorator_list or c.node.keywords for c in family if isinstance(c.node, ast.ClassDef)):
        return True
    for module in interpreter.modules.values():
        for node in module.source.parents:
            if isinstance(node, ast.Name | ast.Attribute | ast.Call) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                found = interpreter.values_of(node)
                if any(isinstance(v, Instance | ClassRef) and v.cls in family for v in found) and not _stays(interpreter, module, node):
                    return True
    return False


def _stays(interpreter: Interpreter, module: Module, node: ast.expr) -> bool:
    """Return whether an expression that may be an object or its class stands where nothing else gets it."""
    parent = module.source.parents.get(node)
    match parent:
        case ast.Attribute():
            return parent.attr in _TOLD or not parent.attr.startswith("__")
        case ast.Call():
            return parent.func is node or (isinstance(parent.func, ast.Name) and parent.func.id in _ASKING)
        case ast.Assign():
            return all(isinstance(t, ast.Name) or _is_followed(interpreter, t) for t in parent.targets)
        case ast.AnnAssign():
            return isinstance(parent.target, ast.Name) or _is_followed(interpreter, parent.target)
        case ast.Compare():
            return all(isinstance(op, ast.Is | ast.IsNot) for op in parent.ops)
        case ast.ClassDef():
            return node in parent.bases
    return isinstance(
        parent,
        ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.Return | ast.BoolOp | ast.IfExp | ast.If | ast.While | ast.Expr | ast.NamedExpr
        | ast.Await | ast.withitem | ast.UnaryOp | ast.Dict | ast.List | ast.Tuple | ast.FormattedValue | ast.For | ast.Assert,
    )  # fmt: skip


def _is_followed(interpreter: Interpreter, target: ast.expr) -> bool:
    """Return whether a target is an attribute of an object of the program."""
    return isinstance(target, ast.Attribute) and all(isinstance(v, Instance | ClassRef) for v in interpreter.values_of(target.value))
