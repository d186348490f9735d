"""What going through a value gives, one after the other: in a loop, in `map(f, rows)`, in `enumerate(rows)`."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.flow.values import UNKNOWN, BoxKind, BoxRef, Items, StoreKind, Value

if TYPE_CHECKING:
    from migrate.codemod.flow.module import Module
    from migrate.codemod.flow.tables import Tables


def elements(tables: "Tables", source: ast.expr, values: set[Value], at: ast.AST, module: "Module") -> set[Value]:
    """Return the elements of some values, and note that `source` reads them. The pairs that `.items()` gives are known by the node `at`."""
    out: set[Value] = set()
    for v in values:
        if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ:
            for stores in v.box.items.values():
                tables.read(source, stores)
                out |= set[Value]().union(*(x.values for x in stores))
            if v.box.open:
                out.add(UNKNOWN)
        elif isinstance(v, Items):
            stores = v.box.all()
            tables.read(source, stores)
            inside = set[Value]().union(*(x.values for x in stores))
            if v.pairs:
                pair = tables.box(BoxKind.SEQ, module, at)
                tables.put(pair, 0, tables.store(StoreKind.PAIR, module, at, "0", None, {UNKNOWN}, pair))
                tables.put(pair, 1, tables.store(StoreKind.PAIR, module, at, "1", None, inside, pair))
                out.add(BoxRef(pair))
            else:
                out |= inside
        else:
            out.add(UNKNOWN)
    return out
