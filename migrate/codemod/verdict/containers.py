"""Dicts and lists that hold a key: is each used only in ways that take out what is known?"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.flow.elements import zipped
from migrate.codemod.flow.known.standard import starts
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxKind, BoxRef, ClassRef, FuncRef, Items, PartialRef, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.libraries.frameworks import FLASK_ADDING
from migrate.codemod.libraries.standard import STARTING
from migrate.codemod.verdict.asking import in_condition, is_nothing
from migrate.codemod.verdict.objects import is_lib
from migrate.codemod.verdict.reasons import reason_for_container

if TYPE_CHECKING:
    from migrate.codemod.verdict.uses import Uses

_SAFE_METHODS = frozenset({"get", "pop", "items", "values", "keys", "copy", "update", "setdefault", "append"})


def container(uses: "Uses", cluster: Cluster, node: ast.AST, box: Box) -> None:
    """Check one expression that may stand for a dict or list which holds something of the cluster."""
    home = uses.homes.get(node)
    if home is None or node in uses.carried or node in uses.splatted or node in uses.splats or uses.inside_consumed(node):
        return
    parent = home.source.parents.get(node)
    values = uses.interpreter.values_of(parent) if parent is not None else set()
    flows = any(isinstance(v, BoxRef | Items) and v.box is box for v in values)
    if any(isinstance(v, Items) and v.box is box for v in uses.interpreter.values_of(node)) and not gone_through(uses, parent):
        parent = None  # what `.values()` and `.items()` give is followed in loops alone
    match parent:
        case ast.Expr() | ast.Subscript() if node is not getattr(parent, "slice", None):
            return
        case ast.Call() if uses.asking.only_asked(home, node) and in_condition(home, parent):
            return
        case ast.Attribute():
            if parent.attr in _SAFE_METHODS or (box is uses.interpreter.flask and parent.attr in FLASK_ADDING):
                return
        case ast.BoolOp() | ast.IfExp() | ast.NamedExpr() | ast.Await() if flows:
            return
        case ast.BinOp(op=ast.BitOr()) if merged(uses, parent, box):
            return
        case ast.Starred() | ast.Call() | ast.keyword() if isinstance(box.node, ast.Tuple | ast.List) and only_spread(uses, box):
            return
        case ast.AugAssign(op=ast.BitOr()) if node is parent.target or merged(uses, parent.target, box):
            return
        case ast.Call() if flows and not (
            is_lib(uses.interpreter.values_of(parent.func), "sorted") and not in_order_of_names(uses, node) and orders(uses, cluster, box)
        ):
            return
        case ast.Call() if isinstance(parent.func, ast.Attribute) and parent.func.attr == "update":
            return
        case ast.Call() if (
            box.kind is BoxKind.DICT
            and node in parent.args
            and is_lib(uses.interpreter.values_of(parent.func), "dict", "collections.OrderedDict")
        ):
            return
        case ast.Call() if is_lib(uses.interpreter.values_of(parent.func), "zip") and taken_apart(uses, home, parent):
            return
        case ast.Call() if is_lib(uses.interpreter.values_of(parent.func), "enumerate"):
            return
        case ast.Call() if box.kind is BoxKind.DICT and names_alone(uses, parent, node) and not of_parts(uses, cluster, box):
            return
        case ast.keyword(arg="choices") if box.kind is BoxKind.DICT and not of_parts(uses, cluster, box):
            return
        case ast.Call() if is_lib(uses.interpreter.values_of(parent.func), "len") and not of_parts(uses, cluster, box):
            return
        case ast.Compare() if node is parent.left and is_nothing(parent.comparators[0]) and len(parent.ops) == 1:
            return
        case _ if in_condition(home, node):
            return  # that it is not empty then is looked at by the proof
        case ast.Compare() if node in parent.comparators and all(isinstance(op, ast.In | ast.NotIn) for op in parent.ops):
            return
        case ast.For() | ast.AsyncFor() | ast.comprehension() if node is parent.iter:
            return
        case ast.Assign() if isinstance(parent.targets[0], ast.Tuple | ast.List):
            return
        case ast.Return():
            function = uses.function_around(home, parent)
            if function is not None and not function.escapes:
                return
        case ast.Dict() if node in parent.values and parent.keys[parent.values.index(node)] is None:
            return
        case ast.keyword() if isinstance(call := home.source.parents.get(parent), ast.Call):
            functions = uses.interpreter.values_of(call.func)
            if parent.arg is None and (
                is_lib(functions, "dict", "functools.partial") or any(isinstance(f, FuncRef | ClassRef | PartialRef) for f in functions)
            ):
                return
    origin = in_order(cluster.origins)[0]
    uses.add(cluster, home, node, origin, reason_for_container(uses.interpreter, home, node))


def names_alone(uses: "Uses", call: ast.Call, node: ast.AST) -> bool:
    """Return whether a call takes only the keys of a dict: `list(ACCOUNTS)`, `", ".join(ACCOUNTS)`."""
    if node not in call.args:
        return False
    joined = isinstance(call.func, ast.Attribute) and call.func.attr == "join"
    return joined or is_lib(uses.interpreter.values_of(call.func), "list", "tuple", "sorted", "set", "iter", "enumerate", "random.choice")


def gone_through(uses: "Uses", parent: ast.AST | None) -> bool:
    """Return whether what `.items()` or `.values()` gives stands where a loop, or a call that gives the same to a loop, takes it."""
    if isinstance(parent, ast.Call):
        return is_lib(uses.interpreter.values_of(parent.func), "list", "tuple", "sorted", "reversed", "iter", "enumerate")
    return isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension | ast.Expr | ast.NamedExpr | ast.Attribute | ast.Return)


def taken_apart(uses: "Uses", home: Module, call: ast.Call) -> bool:
    """Return whether a loop takes the rows that `zip(…)` gives apart, one target for each argument."""
    loop = home.source.parents.get(call)
    return isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension) and loop.iter is call and zipped(loop.target, call) is not None


def of_parts(uses: "Uses", cluster: Cluster, box: Box) -> bool:
    """Return whether a part of a key is an element of a container ituses."""
    return any(s in cluster.stores for s in box.all())


def in_order_of_names(uses: "Uses", node: ast.AST) -> bool:
    """Return whether what is sorted are a dict's pairs, which differ in their first parts, the keys."""
    values = uses.interpreter.values_of(node)
    home = uses.homes.get(node)
    call = home.source.parents.get(node) if home is not None else None
    by_key = isinstance(call, ast.Call) and any(k.arg != "reverse" and not by_name(k) for k in call.keywords)
    return bool(values) and not by_key and all(isinstance(v, Items) and v.pairs for v in values)


def orders(uses: "Uses", cluster: Cluster, box: Box) -> bool:
    """Return whether sorting what is in a list would compare keys first."""
    rows = [v.box for s in box.all() for v in s.values if isinstance(v, BoxRef)]
    return any(s in cluster.stores for b in (box, *rows) for s in (b.all() if b is box else b.at(0)))


def only_spread(uses: "Uses", box: Box) -> bool:
    """Return whether a tuple is taken apart nowhere but by `*` in calls of the program's functions, and as a thread's arguments."""
    for node in uses.by_box.get(box, ()):
        home = uses.homes.get(node)
        parent = home.source.parents.get(node) if home is not None else None
        if home is None or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)) or node in uses.carried:
            continue
        if isinstance(node, ast.Starred):
            call, parent = parent, None
        elif isinstance(parent, ast.Starred):
            call = home.source.parents.get(parent)
        else:
            call = home.source.parents.get(parent) if isinstance(parent, ast.keyword) and parent.arg == "args" else None
        if not isinstance(call, ast.Call) or not calls_known(uses, call, in_star=not isinstance(parent, ast.keyword)):
            return False
    return True


def calls_known(uses: "Uses", call: ast.Call, in_star: bool) -> bool:
    """Return whether a call calls functions of the program and nothing else, or starts a thread that does."""
    functions = uses.interpreter.values_of(call.func)
    if in_star:
        return bool(functions) and all(isinstance(f, FuncRef | ClassRef) for f in functions)
    targets = [uses.interpreter.values_of(k.value) for k in call.keywords if k.arg == "target"]
    return is_lib(functions, *STARTING) and starts(call) and all(isinstance(f, FuncRef) for t in targets for f in t)


def merged(uses: "Uses", node: ast.expr, box: Box) -> bool:
    """Return whether `a | b`, or `a` after `a |= b`, gives a dict into which a box goes."""
    return any(isinstance(v, BoxRef) and box in v.box.whole() for v in uses.interpreter.values_of(node))


def by_name(keyword: ast.keyword) -> bool:
    """Return whether pairs are put in order by their first part: `key=lambda pair: pair[0]`."""
    function = keyword.value
    if keyword.arg != "key" or not isinstance(function, ast.Lambda) or len(function.args.args) != 1:
        return False
    return ast.unparse(function.body) == f"{function.args.args[0].arg}[0]"
