"""What went and what came, statement by statement: each deletion is a part of a key, or something that only such parts needed."""

import ast
from pathlib import Path

from migrate.codemod.libraries.sessions import READ_VARIABLES
from migrate.codemod.proof.case import CREDENTIALS, LOAD, PROFILES, Case, Rejected, statement_of
from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.checks.purity import may_fail, properties, pure, pure_function, stores_key
from migrate.codemod.proof.evaluation.names.conditions import truth
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import Kind, text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule
from migrate.keys import is_secret


def check_remains(case: Case) -> None:
    """Raise Rejected where a statement changed that has nothing to do with a key, or something went that is not a key's."""
    for path in case.changed:
        gone, come = remains.changed(case.rewritten.old[path], case.rewritten.new[path])
        unit = case.old.world.units[path]
        check_literals(case, unit, gone, come)
        check_properties(case, unit, gone)
        for statement in gone:
            if not about_key(case, unit, statement, gone):
                raise Rejected(Rule.UNTOUCHED, unit, statement, "a statement unrelated to the key would change")
        check_new_texts(case, unit, gone, come)
        misnamed(case, path)
        check_calls(case, unit, gone, come)
        check_emptied(case, unit, gone, come)
        check_lookups(case, unit, gone, come)
        check_arguments(case, unit, gone, come)
        check_conditions(case, unit, path, gone, come)
        more = remains.counted(come, ast.Call) - remains.counted(gone, ast.Call)
        for name in set(more) - remains.COMING:
            raise Rejected(Rule.NEW_CALL, unit, gone[0] if gone else None, f"`{name}` would be called, which it was not before")
        for kind in (ast.Await, ast.Yield, ast.Return):
            if remains.counted([s for s in gone if not within(unit, s, gone, come)], kind) - remains.counted(come, kind):
                raise Rejected(Rule.DELETED_FLOW, unit, gone[0], f"a `{kind.__name__.lower()}` would be removed")


def check_literals(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a text went that is no part of a key."""
    for text in remains.counted(gone, ast.Constant) - remains.counted(come, ast.Constant):
        value = ast.literal_eval(text)
        word = value.decode("latin-1") if isinstance(value, bytes) else value
        if not isinstance(word, str) or not word or is_label(case, word, gone):
            continue
        if word.strip() not in case.texts and not any(t in word for t in case.texts) and not any(word in t for t in case.texts):
            at = next((n for s in gone for n in remains.own(s) if isinstance(n, ast.Constant) and repr(n.value) == text), None)
            raise Rejected(Rule.DELETED_LITERAL, unit, at, "a string would be removed that no call uses together with the key")


def check_properties(case: Case, unit: Unit, gone: list[ast.AST]) -> None:
    """Raise Rejected where a property is not read any more that may do something."""
    for node in (node for statement in gone for node in remains.own(statement)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if not all(pure_function(case, f, 0) for f in properties(case, node)):
                reason = f"`.{node.attr}` would no longer be read, and reading it may have side effects"
                raise Rejected(Rule.DELETED_CALL, unit, node, reason)


def check_calls(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a call went that neither signs nor stores a key, and that may do something."""
    signing = {c.node for c in case.before if case.touches(c)}  # these are compared one by one
    calls = [n for s in gone if not isinstance(s, ast.Raise | ast.Assert) for n in remains.own(s) if isinstance(n, ast.Call)]
    for name in remains.counted(gone, ast.Call) - remains.counted(come, ast.Call):
        running = [n for n in calls if remains.label(n.func) == name and not is_dead(case, unit, n)]
        lost = next((n for n in running if n not in signing and not pure(case, n) and not stores_key(case, n)), None)
        if lost is not None:
            raise Rejected(Rule.DELETED_CALL, unit, lost, f"the call of `{name}` would be removed, and it may have side effects")


def is_dead(case: Case, unit: Unit, node: ast.AST) -> bool:
    """Return whether a node stands in a statement that never runs."""
    at: ast.AST | None = node
    while at is not None:
        if at in case.old.dead:
            return True
        at = unit.parents.get(at)
    return False


def check_emptied(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a dict or list would be empty that held a part of a key: whoever asks whether it is there gets another answer."""

    def empty(statements: list[ast.AST]) -> int:
        found = (n for s in statements for n in remains.own(s) if isinstance(n, ast.Dict | ast.List | ast.Tuple))
        return sum(
            not (n.keys if isinstance(n, ast.Dict) else n.elts) and not isinstance(getattr(n, "ctx", LOAD), ast.Store) for n in found
        )

    if empty(come) > empty(gone):
        raise Rejected(Rule.EMPTIED, unit, gone[0] if gone else None, "a dict or list that holds the key would be empty")


def check_lookups(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a look-up went that may fail, and that gives no part of a key: somebody may rely on its exception."""

    def lookups(statements: list[ast.AST]) -> list[ast.Subscript]:
        return [n for s in statements for n in remains.own(s) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Load)]

    kept = {ast.dump(n) for n in lookups(come)}
    keys = {ast.dump(n.slice) for n in lookups(come)}
    signing = {c.node for c in case.before if case.touches(c)}
    for node in lookups(gone):
        around = any(n in signing for n in ast.walk(node.value))  # what a rewritten call gives is asked as before
        there = ast.dump(node.slice) in keys if around else ast.dump(node) in kept
        if not there and node in unit.scope_of and not case.held.holds(node) and may_fail(case, node):
            raise Rejected(Rule.DELETED_CALL, unit, node, "a lookup that may fail would be removed")


def check_halves(case: Case) -> None:
    """Raise Rejected where a secret would be left whose id goes: it stands beside the id in one call, row or dict."""
    for path in case.changed:
        left = {n.value for n in ast.walk(case.rewritten.new[path]) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for node in ast.walk(case.rewritten.old[path]):
            if not isinstance(node, ast.Tuple | ast.List | ast.Dict | ast.Call):
                continue
            parts = [c.value if isinstance(c, ast.keyword) else c for c in ast.iter_child_nodes(node)]
            texts = [(n, n.value) for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            if any(text.strip() in case.rewritten.profiles for _, text in texts):
                half = next((n for n, text in texts if is_secret(text) and text in left), None)
                if half is not None:
                    raise Rejected(Rule.HALF_LEFT, path, half, "the secret would be left without its key ID")


def about_key(case: Case, unit: Unit, statement: ast.AST, gone: list[ast.AST]) -> bool:
    """Return whether a statement has to do with a key, or only stands in one that has."""
    if not isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.Delete):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    if unit.parents.get(statement) in gone:
        return True
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant) and not statement.value.value:
        return True
    if isinstance(statement, ast.Delete | ast.Assign):
        targets = statement.targets
        new = case.new_world.units[unit.path]
        names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if names and (names == {"__all__"} or not any(names & set(scope.bindings) for scope in new.scopes.values())):
            return True  # what nothing binds any more; that nothing reads it either is looked at by itself
    made = {v.more for c in case.before if case.touches(c) and isinstance(c.node, ast.Call) for v in case.old.value(c.node.func)}
    for node in remains.own(statement):
        if node in made or any(c.node is node for c in case.before if case.touches(c)):
            return True
        if isinstance(node, ast.expr) and node in unit.scope_of and isinstance(getattr(node, "ctx", LOAD), ast.Load):
            if case.held.holds(node) or any(v.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.MAKER) for v in case.old.value(node)):
                return True
        if isinstance(node, ast.Dict) and any(isinstance(k, ast.Constant) and k.value in CREDENTIALS for k in node.keys):
            return True
    return False


def misnamed(case: Case, path: Path) -> None:
    """Raise Rejected where a profile's name would stand under a name that everybody takes for an access key's."""
    for node in ast.walk(case.rewritten.new[path]):
        pairs: list[tuple[object, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(getattr(t, "id", getattr(t, "attr", "")), node.value) for t in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(getattr(node.target, "id", getattr(node.target, "attr", "")), node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [(k.value, v) for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)]
        for name, value in pairs:
            if isinstance(value, ast.Constant) and value.value in case.rewritten.profiles.values() and value.value is not None:
                if str(name).lower() in MISLEADING:
                    raise Rejected(Rule.MISNAMED, path, None, f"`{name}` would hold a profile name")


MISLEADING = frozenset(
    {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_s3_access_key_id", "aws_s3_secret_access_key", "aws_access_key", "aws_secret_key"}
)  # fmt: skip


def check_new_texts(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a text came that is no profile's name, and no name of a parameter, setting or variable that takes one."""
    came = remains.counted(come, ast.Constant) - remains.counted(gone, ast.Constant)
    for text in came:
        value = ast.literal_eval(text)
        word = value.decode("latin-1") if isinstance(value, bytes) else value
        if (
            not isinstance(word, str)
            or word in case.rewritten.profiles.values()
            or word in PROFILES
            or word in (*READ_VARIABLES, "AWS_DEFAULT_PROFILE")
            or word.startswith("profile")
        ):
            continue
        if any(isinstance(n, ast.Constant) and n.value == word for u in list(case.old.world.units.values()) for n in u.parents):
            continue
        fields = {
            w for s in gone for n in remains.own(s) if isinstance(n, ast.Constant) and isinstance(n.value, str) for w in n.value.split()
        }
        if all(w in fields or w.startswith("profile") for w in word.split()):
            continue  # the fields of a namedtuple
        doc = any(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and s.value.value == word for s in come)
        if not doc and "removed)" not in word:
            raise Rejected(Rule.NEW_LITERAL, unit, gone[0] if gone else None, "a string would be added that is not a profile name")


def check_arguments(case: Case, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where an argument or a name would go that holds nothing of a key."""
    lost = remains.counted(gone, ast.keyword) - remains.counted(come, ast.keyword)
    for name in lost:
        some = [n for s in gone for n in remains.own(s) if isinstance(n, ast.keyword) and remains.label(n) == name]
        if not any(case.held.holds(n.value) or name in CREDENTIALS or name in ("default", "repr", "init", "default_factory") for n in some):
            raise Rejected(Rule.DELETED_ARGUMENT, unit, some[0], f"the argument `{name}` would be removed")
    names = remains.counted(gone, ast.Name) - remains.counted(come, ast.Name)
    for name in names:
        nodes = [n for s in gone for n in remains.own(s) if isinstance(n, ast.Name) and n.id == name]
        if any(not isinstance(n.ctx, ast.Load) or case.held.holds(n) or is_plain(case, n) for n in nodes):
            continue
        raise Rejected(Rule.DELETED_NAME, unit, nodes[0], f"`{name}` would no longer be read here")


def is_plain(case: Case, node: ast.Name) -> bool:
    """Return whether a name stands for something whose reading does nothing: a callable, a module, a type, or what lacks a key by itself."""
    return all(v.kind in (Kind.FUNCTION, Kind.CLASS, Kind.MODULE, Kind.LIBRARY, Kind.MAKER, Kind.CONST, Kind.OBJECT, Kind.OUTSIDE, Kind.INSTANCE, Kind.MISSING, Kind.RAISES)
               for v in case.old.value(node))  # fmt: skip


def check_conditions(case: Case, unit: Unit, path: Path, gone: list[ast.AST], come: list[ast.AST]) -> None:
    """Raise Rejected where a condition would test something else, or no longer, although it may go either way."""
    was, now = remains.tests(gone), remains.tests(come)
    now = [
        n
        for n in now
        if not (
            isinstance(n, ast.IfExp) and isinstance(n.orelse, ast.Constant) and n.orelse.value is None and "is None" in ast.unparse(n.test)
        )
    ]
    if len(was) == len(now):
        for one, two in zip(was, now, strict=True):
            old, new = truth(case.old, one.test), truth(case.new, two.test)
            if old != new or (old is None and skeleton(case, one.test) != skeleton(case, two.test, True)):
                raise Rejected(Rule.CONDITION, unit, one, "a condition would test something else")
        return
    asked = {skeleton(case, one.test).replace("secret", "id") for one in was if "id" in skeleton(case, one.test)}
    for two in now:
        value, shape = truth(case.new, two.test), skeleton(case, two.test, True)
        if not any(
            type(one) is type(two) and truth(case.old, one.test) == value and (value is not None or skeleton(case, one.test) == shape)
            for one in was
        ):
            raise Rejected(Rule.CONDITION, unit, was[0] if was else None, "a new condition would be tested")
    for one in was:
        if skeleton(case, one.test) == "secret" and any("id" in a for a in asked):
            continue  # asked for each half by itself; the id's question stays
        if isinstance(one.test, ast.Name | ast.Attribute) and last_name(one.test) == "TYPE_CHECKING":
            continue
        if truth(case.old, one.test) is None and not any(skeleton(case, one.test) == skeleton(case, two.test, True) for two in now):
            if not within(unit, statement_of(unit, one), gone, come):
                raise Rejected(Rule.CONDITION, unit, one, "a condition would no longer be tested, although it may be true or false")


def skeleton(case: Case, node: ast.AST, new: bool = False) -> str:
    """Return a condition's shape: the parts of a key by their role alone, a secret beside an id left out."""
    ev = case.new if new else case.old
    if isinstance(node, ast.BoolOp):
        parts = sorted({s for v in node.values if (s := skeleton(case, v, new)) != "secret"})
        return parts[0] if len(parts) == 1 else f"{type(node.op).__name__}({','.join(parts)})"
    if isinstance(node, ast.UnaryOp):
        inner = skeleton(case, node.operand, new)
        return inner if inner == "secret" else f"{type(node.op).__name__}({inner})"
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        inner = skeleton(case, node.left, new)
        return inner if inner == "secret" else f"{type(node.ops[0]).__name__}({inner},{skeleton(case, node.comparators[0], new)})"
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.NamedExpr):
        texts = {(text_of(v) or "").strip() for v in ev.value(node)}
        if texts & (set(case.rewritten.profiles) | ({str(p) for p in case.rewritten.profiles.values()} if new else set())):
            return "id"
        if texts & case.texts:
            return "secret"
    known = case.texts | {str(p) for p in case.rewritten.profiles.values()}
    if any(isinstance(n, ast.expr) and getattr(n, "ctx", LOAD).__class__ is ast.Load and {(text_of(v) or "").strip() for v in ev.value(n)} & known
           for n in ast.walk(node)):  # fmt: skip
        return f"{type(node).__name__}:{remains.label(node)}"
    return ast.dump(node)


def within(unit: Unit, statement: ast.AST, gone: list[ast.AST], come: list[ast.AST]) -> bool:
    """Return whether a statement stands in a function that went as a whole."""
    at = unit.parents.get(statement)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef) and at in gone:
            if not any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == at.name for s in come):
                return True
        at = unit.parents.get(at)
    return False


def is_label(case: Case, word: str, gone: list[ast.AST]) -> bool:
    """Return whether a text names a parameter, setting or entry, or says what is wrong in a `raise`, wherever it stands in some statements."""
    for statement in gone:
        for node in remains.own(statement):
            if isinstance(node, ast.Dict) and any(isinstance(v, ast.Constant) and v.value == word for v in node.values):
                return False
            if (
                isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.NamedExpr | ast.keyword)
                and isinstance(node.value, ast.Constant)
                and node.value.value == word
            ):
                return False
    return True
