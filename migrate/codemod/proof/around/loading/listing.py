"""Loops over all names of a module that let nothing but classes and functions through."""

import ast

from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Unit

_KINDS = frozenset({"isclass", "isfunction", "isroutine", "ismethod", "iscoroutinefunction", "isgeneratorfunction"})
"""Functions of `inspect` that are true of classes and functions alone."""
_PLAIN = frozenset({"Text", "ByteString", "Any", "Sequence", "Mapping", "Collection", "Iterable", "Sized", "Container", "Hashable", "Iterator", "Reversible",
                    "MutableMapping", "MutableSequence", "NoneType", "NamedTuple", "Protocol", "AnyStr", "Buffer"})  # fmt: skip
"""Classes that a text, a tuple or a dict may be an object of."""
_TEXTS = frozenset({"startswith", "endswith", "isupper", "islower", "lower", "upper", "isidentifier", "match", "fullmatch", "search"})


class Filter:
    """Tells what of a file's tests and loops lets nothing through but classes, functions and objects of classes of the program."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def only_kinds(self, predicate: ast.expr) -> bool:
        """Return whether the predicate that `inspect.getmembers` is given is true of classes and functions alone."""
        if isinstance(predicate, ast.Lambda):
            names = {a.arg for a in predicate.args.args}
            return len(names) == 1 and self.lets_through(predicate.body, names)
        return self._asks_kind(predicate)

    def lets_through(self, test: ast.expr, values: set[str]) -> bool:
        """Return whether a test is true only where one of some names is a class, a function, or an object of a class of the program."""
        match test:
            case ast.BoolOp(op=ast.And(), values=parts):
                at = next((n for n, part in enumerate(parts) if self.lets_through(part, values)), None)
                return at is not None and all(map(_is_quiet, parts[:at]))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return all(self.lets_through(part, values) for part in parts)
            case ast.Call(func=func, args=[ast.Name(id=name)], keywords=[]) if name in values:
                return self._asks_kind(func)
            case ast.Call(func=ast.Name(id="isinstance") as func, args=[ast.Name(id=name), cls]) if name in values:
                return self._is_builtin(func) and all(map(self._is_own, cls.elts if isinstance(cls, ast.Tuple) else [cls]))
            case ast.Call(func=ast.Name(id="issubclass") as func, args=[ast.Name(id=name), _]) if name in values:
                return self._is_builtin(func)  # it fails for all others
        return False

    def keeps_out(self, test: ast.expr, values: set[str]) -> bool:
        """Return whether a test is true of all but classes, functions and objects of classes of the program: `not inspect.isclass(v)`."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.lets_through(inner, values)
            case ast.BoolOp(op=ast.Or(), values=parts):
                at = next((n for n, part in enumerate(parts) if self.keeps_out(part, values)), None)
                return at is not None and all(map(_is_quiet, parts[:at]))
        return False

    def _asks_kind(self, func: ast.expr) -> bool:
        """Return whether a function is `callable`, or one of `inspect` that tells classes or functions."""
        match func:
            case ast.Name(id="callable"):
                return self._is_builtin(func)
            case ast.Name(id=name):
                return name in _KINDS and all(b.kind is BindingKind.FROM and b.module == "inspect" for b in self._bindings(func))
            case ast.Attribute(value=ast.Name() as base, attr=name):
                return name in _KINDS and all(b.kind is BindingKind.IMPORT and b.module == "inspect" for b in self._bindings(base))
        return False

    def _is_own(self, cls: ast.expr) -> bool:
        """Return whether a class is none that a text, tuple or dict is an object of: `type`, or one that is imported or made in the file."""
        first = cls
        while isinstance(first, ast.Attribute):
            first = first.value
        if not isinstance(first, ast.Name):
            return False
        if self._is_builtin(first):
            return cls is first and first.id == "type"
        last = cls.attr if isinstance(cls, ast.Attribute) else first.id
        made = all(
            (b.kind is BindingKind.CLASS and isinstance(b.node, ast.ClassDef) and not b.node.bases)
            or (b.kind in (BindingKind.FROM, BindingKind.IMPORT) and b.name.split(".")[-1] not in _PLAIN and self._is_installed(b))
            for b in self._bindings(first)
        )
        return made and last[:1].isupper() and last not in _PLAIN

    def _is_installed(self, b: Binding) -> bool:
        """Return whether an import is of no file of the tree, as far as names of files and folders show: a class from there may be another name for `str`."""
        first = b.module.split(".")[0]
        around = self.unit.path.parents
        return not b.level and not any((up / first).is_dir() or (up / f"{first}.py").is_file() for up in around)

    def _bindings(self, node: ast.Name) -> list[Binding]:
        """Return all that binds a name; something that is not understood for a builtin."""
        cell = self.unit.cell(node) if node in self.unit.scope_of else None
        found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
        return found or [Binding(BindingKind.UNKNOWN, node)]

    def _is_builtin(self, node: ast.Name) -> bool:
        return node in self.unit.scope_of and self.unit.cell(node) is None and not any(s.stars for s in self.unit.scopes.values())

    def loop(self, loop: ast.For, listed: str, module: str | None) -> bool:
        """Return whether a loop over all names of a module does nothing with what is no class or function.

        `listed`: whether its target is each `name`, each `value`, or a `pair` of both. `module` is the name of the module, for `getattr(module, name)`.
        """
        names: set[str] = set()
        values: set[str] = set()
        match listed, loop.target:
            case "pair", ast.Tuple(elts=[ast.Name(id=name), ast.Name(id=value)]):
                names.add(name)
                values.add(value)
            case "name", ast.Name(id=name):
                names.add(name)
            case "value", ast.Name(id=value):
                values.add(value)
            case _:
                return False
        for statement in loop.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=given) if is_entry(given, names, module):
                    values.add(name)
                case ast.If(test=test, body=[ast.Continue()], orelse=[]) if self.keeps_out(test, values):
                    break
                case ast.If(test=test, body=[ast.Continue()], orelse=[]) if _is_quiet(test):
                    continue
                case ast.If() if self._chain(statement, values):
                    if _ends_otherwise(statement):
                        break
                case ast.Pass() | ast.AnnAssign(value=None) | ast.Expr(value=ast.Constant()):
                    continue
                case _:
                    return False
        return not any(self._is_read_after(loop, name) for name in names | values)

    def _is_read_after(self, loop: ast.For, name: str) -> bool:
        """Return whether a loop's variable is read outside of it, and of other loops that bind it."""
        inside = {loop.target, *loop.body}  # what stands below `else` is run after it
        for node in ast.walk(self.unit.scope_of[loop].node):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                at: ast.AST | None = node
                while at is not None and at not in inside and (at is loop or not _binds(at, name)):
                    at = self.unit.parents.get(at)
                if at is None:
                    return True
        return False

    def _chain(self, statement: ast.If, values: set[str]) -> bool:
        """Return whether each branch of `if … elif … else` is for classes and functions, or does nothing."""
        at: ast.If | None = statement
        while at is not None:
            if not self.lets_through(at.test, values) and not self._all_own(at.test, values):
                return False
            match at.orelse:
                case [] | [ast.Continue() | ast.Pass()]:
                    at = None
                case [ast.If() as following]:
                    at = following
                case _:
                    return False
        return True

    def _all_own(self, test: ast.expr, values: set[str]) -> bool:
        """Return whether a test asks for a tuple or list, and that each of what is in it is an object of a class of the program."""
        match test:
            case ast.BoolOp(
                op=ast.And(),
                values=[
                    ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), _]),
                    ast.Call(
                        func=ast.Name(id="all"),
                        args=[
                            ast.GeneratorExp(
                                elt=elt, generators=[ast.comprehension(target=ast.Name(id=each), iter=ast.Name(id=of), ifs=[])]
                            )
                        ],
                    ),
                ],
            ) if name in values and of == name:
                return self.lets_through(elt, {each})
        return False


def _ends_otherwise(statement: ast.If) -> bool:
    """Return whether nothing goes on below an `if … elif …` of which no test is true."""
    while len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        statement = statement.orelse[0]
    return len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.Continue)


def _binds(node: ast.AST, name: str) -> bool:
    """Return whether a loop or comprehension binds a name."""
    targets = [node.target] if isinstance(node, ast.For | ast.comprehension) else [g.target for g in getattr(node, "generators", [])]
    return any(isinstance(n, ast.Name) and n.id == name for t in targets for n in ast.walk(t))


def is_entry(value: ast.expr, names: set[str], module: str | None) -> bool:
    """Return whether an expression is `getattr(module, name)` for one of some names."""
    match value:
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id=base), ast.Name(id=name), *_]):
            return base == module and name in names
    return False


def _is_quiet(test: ast.expr) -> bool:
    """Return whether asking a test does nothing, whatever it is asked of."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and node.func.attr in _TEXTS):
            if not (isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "len", "hasattr", "callable")):
                return False
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom | ast.Subscript | ast.Starred):
            return False
    return True
