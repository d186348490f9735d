"""Dicts and lists that hold a key: is each used only in ways that take out what is known?"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.codemod.flow.evaluation.elements import zipped
from migrate.codemod.flow.kinds import BoxKind
from migrate.codemod.flow.known.standard import starts
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, ClassRef, FuncRef, Items, PartialRef, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.libraries.frameworks import FLASK_ADDING
from migrate.codemod.libraries.standard import STARTING
from migrate.codemod.verdict.asking import in_condition, is_nothing
from migrate.codemod.verdict.objects import is_lib
from migrate.codemod.verdict.reasons import reason_for_container

if TYPE_CHECKING:
    from migrate.codemod.verdict.uses import Uses

_SAFE_METHODS = frozenset({"get", "pop", "items", "values", "keys", "copy", "update", "setdefault", "append"})


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a dict or list that holds a key may stand, and what stands around it. `flows`: what is around it gives the same one."""

    uses: "Uses"
    cluster: Cluster
    home: Module
    node: ast.AST
    parent: ast.AST | None
    box: Box
    flows: bool

    def calls(self, *names: str) -> bool:
        """Return whether the call around it calls a library's thing of one of these names."""
        return isinstance(self.parent, ast.Call) and is_lib(self.uses.interpreter.values_of(self.parent.func), *names)

    @property
    def holds_parts(self) -> bool:
        """Whether a part of a key is an element of the container itself."""
        return any(s in self.cluster.stores for s in self.box.all())


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
    use = Use(uses, cluster, home, node, parent, box, flows)
    if not any(form(use) for form in FORMS):
        uses.add(cluster, home, node, in_order(cluster.origins)[0], reason_for_container(uses.interpreter, home, node))


def stands_alone(use: Use) -> bool:
    """Return whether nothing is done with it, or one entry is taken."""
    return isinstance(use.parent, ast.Expr | ast.Subscript) and use.node is not getattr(use.parent, "slice", None)


def asked_for_truth(use: Use) -> bool:
    """Return whether a condition asks whether it, or what is in it, is not empty: what that comes to is looked at by the proof."""
    called = isinstance(use.parent, ast.Call) and use.uses.asking.only_asked(use.home, use.node) and in_condition(use.home, use.parent)
    return called or in_condition(use.home, use.node)


def compared_with_nothing(use: Use) -> bool:
    """Return whether it is compared with None or an empty text."""
    up = use.parent
    return isinstance(up, ast.Compare) and use.node is up.left and is_nothing(up.comparators[0]) and len(up.ops) == 1


def asked_for_entry(use: Use) -> bool:
    """Return whether `x in it` asks for an entry."""
    up = use.parent
    return isinstance(up, ast.Compare) and use.node in up.comparators and all(isinstance(op, ast.In | ast.NotIn) for op in up.ops)


def safe_method(use: Use) -> bool:
    """Return whether one of the methods is called that are followed."""
    if not isinstance(use.parent, ast.Attribute):
        return False
    return use.parent.attr in _SAFE_METHODS or (use.box is use.uses.interpreter.flask and use.parent.attr in FLASK_ADDING)


def handed_through(use: Use) -> bool:
    """Return whether `it or {}`, `it if x else y`, `(a := it)` gives it again."""
    return use.flows and isinstance(use.parent, ast.BoolOp | ast.IfExp | ast.NamedExpr | ast.Await)


def merged_into_another(use: Use) -> bool:
    """Return whether `it | other`, `it |= other` or `other |= it` gives a dict that is followed."""
    match use.parent:
        case ast.BinOp(op=ast.BitOr()):
            return merged(use.uses, use.parent, use.box)
        case ast.AugAssign(op=ast.BitOr()):
            return use.node is use.parent.target or merged(use.uses, use.parent.target, use.box)
    return False


def spread_out(use: Use) -> bool:
    """Return whether it is a tuple that is spread out in calls of the program alone."""
    written = isinstance(use.box.node, ast.Tuple | ast.List)
    return written and isinstance(use.parent, ast.Starred | ast.Call | ast.keyword) and only_spread(use.uses, use.box)


def passed_on(use: Use) -> bool:
    """Return whether a call gives it again, in an order that does not hang on the keys in it."""
    if not isinstance(use.parent, ast.Call) or not use.flows:
        return False
    return not (use.calls("sorted") and not in_order_of_names(use.uses, use.node) and orders(use.cluster, use.box))


def taken_into_another(use: Use) -> bool:
    """Return whether `update(it)`, `dict(it)` or `{**it}` takes its entries into a dict that is followed."""
    match use.parent:
        case ast.Call(func=ast.Attribute(attr="update")):
            return True
        case ast.Call():
            return use.box.kind is BoxKind.DICT and use.node in use.parent.args and use.calls("dict", "collections.OrderedDict")
        case ast.Dict():
            return use.node in use.parent.values and use.parent.keys[use.parent.values.index(use.node)] is None
    return False


def paired(use: Use) -> bool:
    """Return whether `zip` or `enumerate` goes through it, and a loop takes the rows apart."""
    return use.calls("enumerate") or (isinstance(use.parent, ast.Call) and use.calls("zip") and taken_apart(use.uses, use.home, use.parent))


def names_asked(use: Use) -> bool:
    """Return whether only the names of its entries are taken, or their number."""
    if use.holds_parts:
        return False
    by_name = use.box.kind is BoxKind.DICT and (
        (isinstance(use.parent, ast.Call) and names_alone(use.uses, use.parent, use.node))
        or (isinstance(use.parent, ast.keyword) and use.parent.arg == "choices")
    )
    return by_name or use.calls("len")


def gone_through_or_unpacked(use: Use) -> bool:
    """Return whether a loop goes through it, or an assignment takes it apart."""
    match use.parent:
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            return use.node is use.parent.iter
        case ast.Assign():
            return isinstance(use.parent.targets[0], ast.Tuple | ast.List)
    return False


def returned(use: Use) -> bool:
    """Return whether a function gives it back to callers that are all known."""
    function = use.uses.function_around(use.home, use.parent) if isinstance(use.parent, ast.Return) else None
    return function is not None and not function.escapes


def keywords_of_known(use: Use) -> bool:
    """Return whether `**it` gives it to something of the program, to `dict` or to a partial."""
    if not isinstance(use.parent, ast.keyword) or use.parent.arg is not None:
        return False
    call = use.home.source.parents.get(use.parent)
    functions = use.uses.interpreter.values_of(call.func) if isinstance(call, ast.Call) else set()
    return is_lib(functions, "dict", "functools.partial") or any(isinstance(f, FuncRef | ClassRef | PartialRef) for f in functions)


FORMS: tuple[Callable[[Use], bool], ...] = (
    stands_alone,
    safe_method,
    asked_for_truth,
    compared_with_nothing,
    asked_for_entry,
    handed_through,
    merged_into_another,
    spread_out,
    passed_on,
    taken_into_another,
    paired,
    names_asked,
    gone_through_or_unpacked,
    returned,
    keywords_of_known,
)
"""The ways in which a dict or list that holds a key may be used as a whole. Any other use is a problem."""


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


def in_order_of_names(uses: "Uses", node: ast.AST) -> bool:
    """Return whether what is sorted are a dict's pairs, which differ in their first parts, the keys."""
    values = uses.interpreter.values_of(node)
    home = uses.homes.get(node)
    call = home.source.parents.get(node) if home is not None else None
    by_key = isinstance(call, ast.Call) and any(k.arg != "reverse" and not by_name(k) for k in call.keywords)
    return bool(values) and not by_key and all(isinstance(v, Items) and v.pairs for v in values)


def orders(cluster: Cluster, box: Box) -> bool:
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
