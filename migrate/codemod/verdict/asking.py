"""Conditions that only ask whether a key is there: the profile's name answers for the id, and for the secret where it comes with the id."""

import ast

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Const, Origin, Store, Text, Value
from migrate.codemod.keys.cluster import Cluster, Credentials, roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.verdict.objects import is_lib
from migrate.keys import is_key_id, is_secret

_NEVER_RUN = (ast.Raise, ast.Expr, ast.Return, ast.Pass)
_DEEPEST = 6


class Asking:
    """Tells which uses of a key are questions that a rewrite can answer, and notes in the cluster what to do about each."""

    def __init__(self, interpreter: Interpreter, found: Credentials) -> None:
        self.interpreter = interpreter
        self.found = found

    def asked(self, cluster: Cluster, home: Module, node: ast.AST, origin: Origin) -> bool:
        """Return whether a condition asks no more than whether the key is there."""
        values = self.interpreter.values_of(node)
        always = all(isinstance(v, Text) and v.text for v in values)
        if not values or not isinstance(node, ast.expr) or not all((isinstance(v, Text) and v.text) or v == Const(None) for v in values):
            return False
        if always and self.filler(cluster, home, node):
            return True
        term, there = condition(home, node)
        around = home.source.parents.get(term)
        if (
            isinstance(around, ast.If | ast.Assert)
            and origin in self.found.secrets
            and self.by_itself(cluster, home, around, there, always)
        ):
            return True
        row = self.listed(home, term)
        if not self.counts_as_truth(home, home.source.parents[row] if row is not None else term):
            return False
        if origin in self.found.ids:
            cluster.asked.append((home, node))
            return True
        if isinstance(around, ast.BoolOp) and isinstance(around.op, ast.And) == there and (always or self.beside_id(home, around, node)):
            cluster.unasked.setdefault(around, (home, set()))[1].add(term)
            return True
        if row is not None and there and (always or self.beside_id(home, row, node)):
            cluster.unasked.setdefault(row, (home, set()))[1].add(term)
            return True
        return False

    def counts_as_truth(self, home: Module, term: ast.AST) -> bool:
        """Return whether only the truth of an expression counts where it stands: in a condition, or as what `bool(…)` is given."""
        if in_condition(home, term):
            return True
        while isinstance(up := home.source.parents.get(term), ast.BoolOp) or (isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not)):
            term = up
        asked = isinstance(up, ast.Call) and up.args == [term] and not up.keywords
        return asked and isinstance(up, ast.Call) and is_lib(self.interpreter.values_of(up.func), "bool")

    def filler(self, cluster: Cluster, home: Module, node: ast.expr) -> bool:
        """Return whether a key is compared with a text that it is not, in a question whose answer is known and that never leads anywhere."""
        term = home.source.parents.get(node)
        if not isinstance(term, ast.Compare) or not self.is_filler(term):
            return False
        around = home.source.parents.get(term)
        if isinstance(around, ast.BoolOp) and isinstance(around.op, ast.Or) and all(self.is_filler(v) for v in around.values):
            around = home.source.parents.get(around)
        elif isinstance(around, ast.BoolOp) and isinstance(around.op, ast.Or) == isinstance(term.ops[0], ast.Eq | ast.In):
            if not in_condition(home, term):
                return False
            cluster.unasked.setdefault(around, (home, set()))[1].add(term)
            return True
        if (
            not isinstance(around, ast.If)
            or around.orelse
            or home.source.code(around).startswith("elif")
            or isinstance(term.ops[0], ast.NotEq | ast.NotIn)
        ):
            return False
        if not all(isinstance(s, _NEVER_RUN) for s in around.body):
            return False
        if (home, around) not in cluster.pointless:
            cluster.pointless.append((home, around))
        return True

    def is_filler(self, term: ast.expr) -> bool:
        """Return whether an expression compares a key, which is there, with a text of another shape: `KEY == "YOUR_KEY"`."""
        if not isinstance(term, ast.Compare) or len(term.ops) != 1:
            return False
        other, values = term.comparators[0], self.interpreter.values_of(term.left)
        if isinstance(term.ops[0], ast.In | ast.NotIn) and isinstance(other, ast.Tuple | ast.List | ast.Set):
            fillers: list[ast.expr] = other.elts
        elif isinstance(term.ops[0], ast.Eq | ast.NotEq):
            fillers = [other]
        else:
            return False
        texts = [f.value for f in fillers if isinstance(f, ast.Constant) and (isinstance(f.value, str) or f.value is None)]
        if len(texts) != len(fillers) or not any(texts) or any(t and (is_key_id(t) or is_secret(t)) for t in texts):
            return False
        keys = bool(values) and all(isinstance(v, Text) and v.text and v.text not in texts for v in values)
        return keys and roles_of(values, self.found) in ({Role.KEY_ID}, {Role.SECRET})

    def listed(self, home: Module, term: ast.expr) -> ast.List | ast.Tuple | None:
        """Return the row that a term stands in where `all([…])` or `any([…])` asks for the truth of each."""
        row = home.source.parents.get(term)
        return row if isinstance(row, ast.List | ast.Tuple) and self.only_asked(home, row) else None

    def only_asked(self, home: Module, row: ast.AST | None) -> bool:
        """Return whether a row is written as the argument of `all` or `any`."""
        call = home.source.parents.get(row) if isinstance(row, ast.List | ast.Tuple) else None
        if not isinstance(call, ast.Call) or call.args != [row] or call.keywords:
            return False
        return is_lib(self.interpreter.values_of(call.func), "all", "any")

    def by_itself(self, cluster: Cluster, home: Module, around: ast.If | ast.Assert, there: bool, always: bool) -> bool:
        """Return whether a question for the secret alone can go: its answer is known and never leads anywhere, or it only fills in the secret."""
        if isinstance(around, ast.Assert):
            cluster.pointless += [(home, around)] if always and there else []
            return always and there
        if around.orelse or home.source.code(around).startswith("elif"):
            return False
        if always and not there and all(isinstance(s, _NEVER_RUN) for s in around.body):
            cluster.pointless.append((home, around))
            return True
        mine = {s.node: s for s in cluster.stores}
        targets = [t for s in around.body for t in (s.targets if isinstance(s, ast.Assign) else [None])]
        return all(
            t in mine and roles_of(mine[t].values, self.found) == {Role.SECRET} for t in targets
        )  # these go, and the question with them

    def beside_id(self, home: Module, whole: ast.BoolOp | ast.List | ast.Tuple, secret: ast.expr) -> bool:
        """Return whether one of the other terms is about an id that is there whenever this secret is."""
        for v in whole.values if isinstance(whole, ast.BoolOp) else whole.elts:
            for n in ast.walk(v):
                values = self.interpreter.values_of(n)
                if n is not secret and isinstance(n, ast.expr) and roles_of(values, self.found) == {Role.KEY_ID}:
                    if condition(home, n)[0] is v and self.together(self.interpreter.reads(n), self.interpreter.reads(secret)):
                        return True
        return False

    def together(self, ids: set[Store], secrets: set[Store], depth: int = 0) -> bool:
        """Return whether each binding of the one is beside one of the other, with both there or both None."""
        left = set(secrets)
        for i in ids:
            partner = next((s for s in left if self.beside(i, s)), None)
            if partner is None or not self.alike(i, partner, depth):
                return False
            left.discard(partner)
        return bool(ids) and not left

    def beside(self, i: Store, s: Store) -> bool:
        """Return whether two bindings are the arguments of one call, the defaults of one function, or bindings of one block."""
        if i.kind != s.kind or i.module is not s.module or i.owner is not s.owner:
            return False
        parents = i.module.source.parents
        if i.kind is StoreKind.ARGUMENT:
            return parents.get(i.node) is parents.get(s.node)
        if i.kind is StoreKind.DEFAULT:
            return True
        if i.kind not in (StoreKind.ASSIGN, StoreKind.ATTRIBUTE, StoreKind.UNPACK):
            return False
        one, other = i.module.source.statement(i.node), s.module.source.statement(s.node)
        up = parents.get(one)
        return up is parents.get(other) and any(
            one in block and other in block
            for name in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(up, name, None), list)
        )

    def alike(self, i: Store, s: Store, depth: int) -> bool:
        """Return whether two bindings are both there, or both None, always."""
        one, other = kinds(i.values), kinds(s.values)
        if one != other:
            return False
        if len(one) < 2:
            return True
        if depth > _DEEPEST or not isinstance(i.value, ast.Name | ast.Attribute) or not isinstance(s.value, ast.Name | ast.Attribute):
            return False
        return self.together(self.interpreter.reads(i.value), self.interpreter.reads(s.value), depth + 1)


def kinds(values: set[Value]) -> set[str]:
    """Return what kinds of things some values are."""
    return {"text" if isinstance(v, Text) and v.text else "none" if v == Const(None) else "else" for v in values}


def condition(home: Module, node: ast.expr) -> tuple[ast.expr, bool]:
    """Return the widest expression that asks for nothing but this string: itself, `… is None`, `not …`; and what it comes to where there is one."""
    term, there = node, True
    while True:
        up = home.source.parents.get(term)
        if isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not):
            term, there = up, not there
        elif isinstance(up, ast.Compare) and term is node and up.left is term and len(up.ops) == 1 and is_nothing(up.comparators[0]):
            if not isinstance(up.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
                return term, there
            term, there = up, isinstance(up.ops[0], ast.IsNot | ast.NotEq)
        else:
            return term, there


def is_nothing(node: ast.expr) -> bool:
    """Return whether an expression is `None` or an empty string."""
    return isinstance(node, ast.Constant) and node.value in (None, "")


def in_condition(home: Module, term: ast.AST) -> bool:
    """Return whether only the truth of an expression counts where it stands."""
    here = term
    while isinstance(up := home.source.parents.get(here), ast.BoolOp) or (isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not)):
        here = up
    return isinstance(up, ast.If | ast.While | ast.IfExp | ast.Assert) and up.test is here
