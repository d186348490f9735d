"""Conditions that ask only whether a key is there, and what they ask once the key is gone: whether the key or the profile is there.

Each is asked the same as before and has the same answer: where the variables come from outside, by them; where the file had the key, by the
profile that stands there now.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.along import Stuck, check_once, optional_read, within
from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Asked, Held, Leaf, Problem
from migrate.codemod.data.holding.edits import in_place_of, read_by
from migrate.codemod.data.reading.patterns import meets
from migrate.codemod.edit.kinds import DropStatement, Put
from migrate.codemod.rewrite.names import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.codemod.data.formats.entries import Path
    from migrate.codemod.data.rewriting import Rewriting

_CANNOT = "it is tested, and a profile cannot be passed along the path to this test"


def keep(rewriting: "Rewriting", profile: str, blank: bool) -> set[ast.AST]:
    """Have the reads behind all conditions read a profile's variable where there is no key; return the names that stay for it. Raises Stuck.

    `blank`: where there is none, it is empty.
    """
    kept: set[ast.AST] = set()
    for asked in rewriting.trail.asked:
        node = within(asked.node)
        leaf = _read(rewriting, node)
        if leaf is None:
            leaf = _source(rewriting, asked.file, node, kept)
        if leaf is None:
            raise Stuck(Problem(asked.file, asked.node, _CANNOT))
        if leaf.node not in rewriting.widened:
            rewriting.widened.add(leaf.node)
            said = _or_profile(rewriting, leaf, profile, blank)
            alone = isinstance(leaf.file.source.parents[leaf.node], ast.Assign | ast.AnnAssign)
            rewriting.add(leaf.file, Put(leaf.node, (f"({said})" if blank and not alone else said,)))
    return kept


def pointless(rewriting: "Rewriting") -> None:
    """Drop the conditions that ask only for the key, and do nothing but put it into a dict: both go with the key."""
    put = {use.keyword: use.home for use in rewriting.trail.uses if isinstance(use.keyword, ast.stmt)}
    asked = {one.node for one in rewriting.trail.asked}

    def goes(statement: ast.stmt) -> bool:
        if not isinstance(statement, ast.If):
            return statement in put
        return not statement.orelse and _terms(statement.test) <= asked and all(map(goes, statement.body))

    answered: set[ast.AST] = set()
    for statement, file in put.items():
        around: ast.stmt = statement
        while isinstance(up := file.source.parents[around], ast.stmt) and goes(up) and not file.source.code(up).startswith("elif"):
            around = up
        if around is not statement and around not in rewriting.gone[file]:
            rewriting.add(file, DropStatement(around))
            rewriting.gone[file].append(around)
            answered |= set(ast.walk(around))
    rewriting.trail.asked[:] = [one for one in rewriting.trail.asked if one.node not in answered]


def _terms(test: ast.expr) -> set[ast.expr]:
    """Return what a condition joins by `and`."""
    return {t for v in test.values for t in _terms(v)} if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else {test}


def _read(rewriting: "Rewriting", node: ast.AST) -> Leaf | None:
    return next((leaf for leaf in rewriting.trail.leaves if leaf.node is node), None)


def _source(rewriting: "Rewriting", file: File, node: ast.AST, kept: set[ast.AST]) -> Leaf | None:
    """The read that a name or an attribute holds, or an entry or field; every name on the way is kept, and the value of every entry."""
    if isinstance(node, ast.expr) and (found := read_by(rewriting, node)) is not None:
        entry = found[0]
        kept.add(entry.value)
        given = within(entry.value)
        return _read(rewriting, given) or _source(rewriting, entry.file, given, kept)
    for shared in rewriting.trail.shared:
        if any(one.node is node for one in shared.reads):
            kept.add(shared.binding)
            held_by = getattr(shared.file.source.parents[shared.binding], "value", None)
            return _read(rewriting, within(held_by)) if isinstance(held_by, ast.expr) else None
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    bound = file.bound(node) if isinstance(node, ast.Name) else None
    for held in rewriting.trail.held:
        if held.name != name or (bound is not None and held.binding is not bound):
            continue
        kept.add(held.binding)
        up = held.file.source.parents[held.binding]
        if isinstance(held.binding, ast.alias):
            there = rewriting.sources.imported(held.file, held.binding)
            home = rewriting.sources.file(there[0]) if there is not None else None
            origin = next((h for h in rewriting.trail.held if there is not None and h.file is home and h.name == there[1]), None)
            if origin is None or not isinstance(origin.binding, ast.Name):
                return None
            kept.add(origin.binding)
            held, up = origin, origin.file.source.parents[origin.binding]
        value = getattr(up, "value", None)
        if (
            isinstance(up, ast.Tuple)
            and isinstance(whole := held.file.source.parents[up], ast.Assign)
            and isinstance(whole.value, ast.Tuple)
        ):
            value = whole.value.elts[next(n for n, one in enumerate(up.elts) if one is held.binding)]
        if isinstance(up, ast.Assign | ast.AnnAssign | ast.Tuple) and value is not None:
            return _read(rewriting, within(value))
    return None


def _or_profile(rewriting: "Rewriting", leaf: Leaf, profile: str, blank: bool) -> str:
    """The read of a variable that reads a profile's where there is none."""
    code = leaf.file.source.code
    if not isinstance(leaf.key, ast.Constant):
        raise Stuck(Problem(leaf.file, leaf.node, _CANNOT))
    key, other = code(leaf.key), quoted(profile, code(leaf.key))
    if isinstance(leaf.node, ast.Subscript):
        function = f"{code(leaf.node.value)}.get"
        return f"{function}({key}) or {function}({other})" if blank else f"{function}({key}, {function}({other}))"
    assert isinstance(leaf.node, ast.Call)
    function = code(leaf.node.func)
    if blank:
        return f"{optional_read(leaf, key)} or {optional_read(leaf, other)}"
    if rewriting.sources.library(leaf.file, leaf.node.func) in ("os.getenv", "os.environ.get"):
        return f"{function}({key}, {function}({other}" + (", ''))" if leaf.blank else "))")
    return f"{function}({key}, default={function}({other}, default=None))"


def or_there(rewriting: "Rewriting", present: "Sequence[tuple[File, ast.Compare]]", profile: str) -> None:
    """Have questions whether a variable is in the environment ask for a profile's as well. Raises Stuck."""
    files = {held.file for held in rewriting.trail.held} | {use.file for use in rewriting.trail.uses}
    for file, node in present:
        if file not in files:
            raise Stuck(Problem(file, node, "it is tested in a file that does not use it"))
        code, negated = file.source.code, isinstance(node.ops[0], ast.NotIn)
        other = f"{quoted(profile, code(node.left))} {'not in' if negated else 'in'} {code(node.comparators[0])}"
        rewriting.add(file, Put(node, (f"({code(node)} {'and' if negated else 'or'} {other})",)))


def beside(rewriting: "Rewriting", names: "dict[Path, str]") -> None:
    """Have all conditions ask for the profile, under these names, where there is no key. Raises Stuck."""
    for asked in rewriting.trail.asked:
        node = within(asked.node)
        pair = rewriting.pair_of(asked.path)
        leaf = _read(rewriting, node)
        if pair is None:
            raise Stuck(Problem(asked.file, asked.node, _CANNOT))
        check_once(asked.file, node, rewriting.trail.leaves)
        said = asked.file.source.code(node)
        if leaf is not None and isinstance(leaf.key, ast.Constant):
            said = optional_read(leaf, asked.file.source.code(leaf.key)) if not leaf.optional or leaf.blank else said
            rewriting.widened.add(leaf.node)
        if asked.path == pair.id:
            profile = rewriting.along.profile(asked.file, asked.node, names[pair.id])
        else:
            profile = _of_the_secret(rewriting, asked, leaf, names[pair.id])
        rewriting.add(asked.file, Put(asked.node, (f"({profile} if {said} is None else {said})",)))


def _of_the_secret(rewriting: "Rewriting", asked: Asked, leaf: Leaf | None, name: str) -> str:
    """The expression that gives the profile where a condition asks for the secret."""
    if (beside_it := rewriting.along.next_to(within(asked.node), name)) is not None:
        return beside_it
    source = leaf or _source(rewriting, asked.file, within(asked.node), set())
    if source is None or source.file is not asked.file:
        raise Stuck(Problem(asked.file, asked.node, _CANNOT))
    if isinstance(source.key, ast.Constant):
        return optional_read(source, quoted(name, asked.file.source.code(source.key)))
    assert isinstance(source.node, ast.Attribute)
    return f"{asked.file.source.code(source.node.value)}.{name}"


def instead(rewriting: "Rewriting", names: "dict[Path, str]") -> None:
    """Have conditions that ask for a secret ask for the profile, which stands where the id stood, under these names. Raises Stuck."""
    for asked in rewriting.trail.asked:
        pair = rewriting.pair_of(asked.path)
        if pair is None or pair.id not in names:
            raise Stuck(Problem(asked.file, asked.node, _CANNOT))
        if meets(asked.path, pair.id):
            continue
        node = within(asked.node)
        if (said := in_place_of(rewriting, node, pair.id)) is not None:
            rewriting.add(asked.file, Put(asked.node, (said,)))
            continue
        leaf = _read(rewriting, node)
        if leaf is not None:
            rewriting.renamed(leaf, names[pair.id])
            continue
        id = next((h for h in rewriting.trail.held if meets(h.path, pair.id) and _alike(rewriting, asked, node, h)), None)
        if id is None:
            raise Stuck(Problem(asked.file, asked.node, _CANNOT))
        rewriting.as_named.add(id.binding)
        holder = f"{asked.file.source.code(node.value)}." if isinstance(node, ast.Attribute) else ""
        rewriting.add(asked.file, Put(asked.node, (f"{holder}{id.name}",)))


def _alike(rewriting: "Rewriting", asked: Asked, node: ast.AST, id: Held) -> bool:
    """Is an id held where the secret is held that a condition asks for?"""
    if isinstance(node, ast.Name):
        bound = asked.file.bound(node)
        return (
            bound is not None
            and id.file is asked.file
            and type(id.binding) is type(bound)
            and id.file.scope(id.binding) is asked.file.scope(bound)
        )
    return isinstance(node, ast.Attribute) and any(
        h.name == node.attr and h.file is id.file and h.file.scope(h.binding) is id.file.scope(id.binding)
        for h in rewriting.trail.held
        if h.path == asked.path
    )
