"""What going through a value gives, one after the other: in a loop, in `map(f, rows)`, in `enumerate(rows)`."""

import ast

from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.state import State
from migrate.codemod.flow.values import UNKNOWN, BoxRef, Items, Value


def elements(state: State, source: ast.expr, values: set[Value], at: ast.AST, module: Module) -> set[Value]:
    """Return the elements of some values, and note that `source` reads them. The pairs that `.items()` gives are known by the node `at`."""
    out: set[Value] = set()
    for v in values:
        if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ:
            for stores in v.box.items.values():
                state.read(source, stores)
                out |= set[Value]().union(*(x.values for x in stores))
            if v.box.open:
                out.add(UNKNOWN)
        elif isinstance(v, Items):
            stores = v.box.all()
            state.read(source, stores)
            inside = set[Value]().union(*(x.values for x in stores))
            if v.pairs:
                pair = state.box(BoxKind.SEQ, module, at)
                state.put(pair, 0, state.store(StoreKind.PAIR, module, at, "0", None, {UNKNOWN}, pair))
                state.put(pair, 1, state.store(StoreKind.PAIR, module, at, "1", None, inside, pair))
                out.add(BoxRef(pair))
            else:
                out |= inside
        else:
            out.add(UNKNOWN)
    return out


def zipped(target: ast.expr, call: ast.Call) -> list[tuple[ast.expr, ast.expr]] | None:
    """Return what goes through which argument where a loop takes the rows of `zip(…)` apart; None where it does not, one for one."""
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(call.args):
        return None
    if any(isinstance(n, ast.Starred) for n in [*target.elts, *call.args]):
        return None
    return list(zip(target.elts, call.args, strict=True))
