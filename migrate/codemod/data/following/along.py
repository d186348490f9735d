"""A profile's name passed along the way that an id takes: beside its read, its name, its parameter, its attribute."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Held, Leaf, Problem
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.holding.edits import put_beside, read_as, read_by, unused_name
from migrate.codemod.data.holding.kept import Kept
from migrate.codemod.edit.kinds import InsertAfter, InsertLine
from migrate.codemod.libraries.standard import CACHING
from migrate.codemod.rewrite.names import profile_name_for, quoted
from migrate.codemod.source.parameters import default_of

if TYPE_CHECKING:
    from migrate.codemod.data.rewriting import Rewriting


class Stuck(Exception):
    """Why the code cannot be rewritten."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def check_once(file: File, read: ast.expr, leaves: Iterable[Leaf]) -> None:
    """Raise Stuck where an argument that will be written twice calls a function of the program that may do more than give a value."""
    for call, found in _called(file, read, leaves):
        if not found or not all(map(_only_gives, found)):
            raise Stuck(Problem(file, call, f"`{_name(call)}` would be called more often, and may do more than give the key"))


def check_told(file: File, read: ast.AST, leaves: Iterable[Leaf]) -> None:
    """Raise Stuck where an argument that goes calls a function of the program that says something, or counts its calls."""
    for call, found in _called(file, read, leaves):
        if any(_is_noticed(n) for f in found if isinstance(f, ast.FunctionDef) for n in ast.walk(f)):
            raise Stuck(Problem(file, call, f"`{_name(call)}` would be called less often, and does more than give the key"))


_READING = frozenset({"get", "getenv", "get_secret_value", "strip"})
_NOTICED = frozenset(
    {"print", "debug", "info", "warning", "error", "exception", "critical", "log", "write", "append", "add", "next", "input", "sleep"}
)


def _is_noticed(node: ast.AST) -> bool:
    """Return whether somebody may notice how often this runs."""
    return isinstance(node, ast.Global | ast.Nonlocal | ast.AugAssign) or (isinstance(node, ast.Call) and _name(node) in _NOTICED)


def _name(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _called(file: File, read: ast.AST, leaves: Iterable[Leaf]) -> Iterator[tuple[ast.Call, list[ast.FunctionDef | ast.ClassDef]]]:
    """Yield each call within an expression that is no read of the settings, with the functions and classes that have its name."""
    leaves = list(leaves)
    reads = {leaf.node for leaf in leaves}
    trees = {leaf.file.source.tree for leaf in leaves} | {file.source.tree}
    for call in ast.walk(read):
        if isinstance(call, ast.Call) and call not in reads and _name(call) not in _READING:
            yield call, [n for t in trees for n in ast.walk(t) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == _name(call)]


def _only_gives(function: ast.FunctionDef | ast.ClassDef) -> bool:
    """Return whether a function is one `return`, or runs only once; of a class, whether nobody notices that an object is made."""
    if isinstance(function, ast.ClassDef):
        return not any(_is_noticed(n) for n in ast.walk(function))
    cached = any(CACHING & {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(d)} for d in function.decorator_list)
    body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return cached or (len(body) == 1 and isinstance(body[0], ast.Return) and not function.decorator_list)


class Along:
    """Puts a profile beside an id, once at each place."""

    def __init__(self, rewriting: "Rewriting") -> None:
        self.rewriting = rewriting
        self._made: dict[ast.AST, str] = {}

    def profile(self, file: File, node: ast.expr, name: str, needed: bool = False) -> str:
        """Return the expression that gives the profile where this one gives the id; what it needs is put beside. Raise Stuck.

        `needed`: it is evaluated only where there is no id, and then has to raise what a missing id raised.
        """
        node = within(node)
        leaf = next((one for one in self.rewriting.trail.leaves if one.node is node), None)
        if leaf is not None:
            if isinstance(leaf.key, ast.Constant):
                said = quoted(name, file.source.code(leaf.key))
                return required_read(leaf, said) if needed else optional_read(leaf, said)
            assert isinstance(node, ast.Attribute)
            return f"{file.source.code(node.value)}.{name}"
        if (found := read_by(self.rewriting, node)) is not None:
            return read_as(found[1], self._kept(found[0], name))
        for shared in self.rewriting.trail.shared:
            if (taken := next((one for one in shared.reads if one.node is node), None)) is not None:
                return read_as(taken, self._beside(shared.file, shared.binding, shared.name, name))
        if isinstance(node, ast.Name) and isinstance(bound := file.bound(node), ast.arg):
            return self._parameter(file, bound, name)
        if isinstance(node, ast.Name) and (bound := file.bound(node)) is not None:
            return self._beside(file, bound, node.id, name)
        if isinstance(node, ast.Attribute):
            for held in self.rewriting.trail.held:
                if held.name == node.attr and isinstance(held.binding, ast.Attribute):
                    return f"{file.source.code(node.value)}.{self._attribute(held, name)}"
                if held.name == node.attr and isinstance(held.binding, ast.Name):
                    return f"{file.source.code(node.value)}.{self._beside(held.file, held.binding, held.name, name)}"
        raise Stuck(Problem(file, node, "a profile cannot be passed along the path that the key takes to this call"))

    def next_to(self, node: ast.expr, name: str) -> str | None:
        """Return the expression that gives the profile in the dict, object or settings where this one gives a secret; None for any other."""
        trail = self.rewriting.trail
        if (found := read_by(self.rewriting, node)) is not None:
            ids = [one for one in trail.kept if one.home is found[0].home and self._is_id(one.path)]
            return read_as(found[1], self._kept(ids[0], name)) if len(ids) == 1 else None
        for shared in trail.shared:
            if (taken := next((one for one in shared.reads if one.node is node), None)) is not None:
                scope = shared.file.scope(shared.binding)
                its = [one for one in trail.shared if one.file.scope(one.binding) is scope and self._is_id(one.path)]
                return read_as(taken, self._beside(its[0].file, its[0].binding, its[0].name, name)) if len(its) == 1 else None
        return None

    def _is_id(self, path: Path) -> bool:
        return any(pair.id == path for pair in self.rewriting.pairs)

    def _kept(self, kept: Kept, name: str) -> str:
        """An entry or field for the profile beside one that holds the id."""
        if kept.value not in self._made:
            new = unused_name(kept, name)
            if new is None:
                raise Stuck(Problem(kept.file, kept.value, "there is no unused name for the profile"))
            self._made[kept.value] = new
            put_beside(self.rewriting, kept, new, name, self._apart)
        return self._made[kept.value]

    def _beside(self, file: File, binding: ast.AST, old: str, name: str) -> str:
        """A name for the profile beside one that holds the id."""
        if binding in self._made:
            return self._made[binding]
        like = name.upper() if old.isupper() else name.lower()
        new = like if like.isidentifier() and like not in taken_in(file) else profile_name_for(old, taken_in(file))
        up = file.source.parents[binding]
        if new is None:
            raise Stuck(Problem(file, binding, "there is no unused name for the profile"))
        if isinstance(binding, ast.alias) and isinstance(up, ast.ImportFrom) and (there := self.rewriting.sources.imported(file, binding)):
            home = self.rewriting.sources.file(there[0])
            source = next((h for h in self.rewriting.trail.held if h.file is home and h.name == there[1]), None)
            if source is None or "*" in file.source.code(up):
                raise Stuck(Problem(file, binding, "a profile cannot be passed along the path that the key takes to this call"))
            original = self._beside(source.file, source.binding, source.name, name)
            made = original if original not in taken_in(file) else new
            said = original if made == original else f"{original} as {made}"
            self.rewriting.add(file, InsertAfter(up, binding, (said,)))
            self._made[binding] = made
            return made
        value = up.value if isinstance(up, ast.Assign | ast.AnnAssign) else None
        whole = file.source.parents[up]
        if (
            isinstance(up, ast.Tuple)
            and isinstance(whole, ast.Assign)
            and isinstance(whole.value, ast.Tuple)
            and isinstance(binding, ast.expr)
        ):
            value, up = whole.value.elts[up.elts.index(binding)], whole
        if value is None or not isinstance(up, ast.stmt):
            raise Stuck(Problem(file, binding, "a profile cannot be passed along the path that the key takes to this call"))
        self._made[binding] = new
        self.rewriting.add(file, InsertLine(up, f"{new} = {self._apart(file, value, name)}"))
        return new

    def _apart(self, file: File, value: ast.expr, name: str) -> str:
        """Return the expression that gives the profile in a place of its own, where the id may be set; a missing one raises as before. Raise Stuck."""
        leaf = next((one for one in self.rewriting.trail.leaves if one.node is within(value)), None)
        said = self.profile(file, value, name, needed=True)
        if leaf is None or leaf.optional or not isinstance(leaf.key, ast.Constant):
            return said
        return f"None if {optional_read(leaf, file.source.code(leaf.key))} is not None else {said}"

    def _parameter(self, file: File, arg: ast.arg, name: str) -> str:
        """A parameter for the profile behind one that holds the id, which every call gives."""
        if arg in self._made:
            return self._made[arg]
        passed = next((p for p in self.rewriting.trail.passed if p.arg is arg), None)
        new = profile_name_for(arg.arg, taken_in(file))
        if passed is None or new is None:
            raise Stuck(Problem(file, arg, "a profile cannot be passed along the path that the key takes to this call"))
        self._made[arg] = new
        optional = default_of(passed.function.args, arg) is not None
        self.rewriting.add(file, InsertAfter(passed.function.args, arg, (f"{new}=None" if optional else new,)))
        for other, call, given in passed.calls:
            value = given.value if isinstance(given, ast.keyword) else given
            assert isinstance(value, ast.expr)
            said = self._apart(other, value, name)
            self.rewriting.add(other, InsertAfter(call, given, (f"{new}={said}" if isinstance(given, ast.keyword) else said,)))
        return new

    def _attribute(self, held: Held, name: str) -> str:
        """An attribute for the profile beside one that holds the id."""
        if held.binding in self._made:
            return self._made[held.binding]
        up = held.file.source.parents[held.binding]
        taken = {
            n for path in self.rewriting.sources.paths if (one := self.rewriting.sources.file(path)) is not None for n in taken_in(one)
        }
        new = profile_name_for(held.name, taken)
        if new is None or not isinstance(up, ast.Assign) or not isinstance(held.binding, ast.Attribute):
            raise Stuck(Problem(held.file, held.binding, "a profile cannot be passed along the path that the key takes to this call"))
        self._made[held.binding] = new
        holder = held.file.source.code(held.binding.value)
        self.rewriting.add(held.file, InsertLine(up, f"{holder}.{new} = {self._apart(held.file, up.value, name)}"))
        return new


def optional_read(leaf: Leaf, key: str) -> str:
    """The read of an entry as one that gives None where there is none."""
    node, source = leaf.node, leaf.file.source
    if isinstance(node, ast.Subscript):
        return f"{source.code(node.value)}.get({key})"
    assert isinstance(node, ast.Call)
    function = source.code(node.func)
    of_os = function.endswith(("getenv", "environ.get"))
    plain = of_os or (leaf.optional and len(node.args) == 1 and not node.keywords)
    return f"{function}({key})" if plain else f"{function}({key}, default=None)"


def required_read(leaf: Leaf, key: str) -> str:
    """Return the read of an entry by another key, which raises where the old one did: where there is none."""
    source = leaf.file.source
    whole, at = source.span(leaf.node), source.span(leaf.key)
    if leaf.optional or not whole.start <= at.start < at.end <= whole.end:
        return optional_read(leaf, key)
    return source.text[whole.start : at.start] + key + source.text[at.end : whole.end]


def within(node: ast.expr) -> ast.expr:
    """What is asked for its secret value, in `x.get_secret_value()`; any other expression itself."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_secret_value":
        return node.func.value
    return node


def taken_in(file: File) -> set[str]:
    """Every identifier of a file."""
    out = set(file.by_name)
    for node in file.source.parents:
        match node:
            case ast.Attribute(attr=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                out.add(name)
            case ast.alias():
                out.add((node.asname or node.name).split(".")[0])
    return out
