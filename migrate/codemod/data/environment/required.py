"""Variables that a program requires by a list of their names: `for name in REQUIRED: if name not in os.environ: raise …`."""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.codemod.data.environment.missing import leaks, told
from migrate.codemod.data.following.along import Stuck
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.following.truth import only_asked
from migrate.codemod.edit.kinds import Put
from migrate.codemod.rewrite.names import quoted

if TYPE_CHECKING:
    from migrate.codemod.data.formats.pairs import Pair
    from migrate.codemod.data.rewriting import Rewriting

_READS = {"os.getenv", "os.environ.get"}
_Display = ast.List | ast.Tuple | ast.Set


@dataclass(frozen=True, slots=True)
class Required:
    """A list of names, and what asks of each whether it is set: `name in os.environ` or `os.getenv(name)`."""

    file: File
    names: _Display
    tests: tuple[ast.expr, ...]

    @property
    def elements(self) -> list[ast.Constant]:
        """The names, as they are written."""
        return [e for e in self.names.elts if isinstance(e, ast.Constant)]


def required(sources: Sources, file: File, names: Collection[str]) -> Iterator[Required]:
    """Yield each list of literals, some of these names among them, of which nothing else is asked but whether they are set."""
    for node in list(file.source.parents):
        if not isinstance(node, _Display) or not node.elts or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            continue
        if not all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in node.elts):
            continue
        if any(isinstance(e, ast.Constant) and e.value in names for e in node.elts):
            loops = _loops(sources, file, node)
            tests = [_tests(sources, file, target, over) for target, over in loops]
            if loops and all(tests):
                yield Required(file, node, tuple(t for some in tests for t in some))


def _loops(sources: Sources, file: File, node: _Display) -> list[tuple[ast.Name, ast.AST]]:
    """Return the loops over a list, each with its target and what may use it; none where the list is used in another way as well."""
    up = file.source.parents[node]
    uses: Sequence[ast.expr] = [node]
    if isinstance(up, ast.Assign | ast.AnnAssign) and up.value is node:
        target = up.targets[0] if isinstance(up, ast.Assign) and len(up.targets) == 1 else getattr(up, "target", None)
        scope = file.scope(node)
        if not isinstance(target, ast.Name) or isinstance(scope, ast.ClassDef) or list(sources.modules(file.path)):
            return []
        if list(sources.importers(file.path, target.id)) or list(sources.importers(file.path, "*")):
            return []
        uses = file.readers(target, target.id) or []
    out: list[tuple[ast.Name, ast.AST]] = []
    for use in uses:
        loop = file.source.parents[use]
        if isinstance(loop, ast.For) and loop.iter is use and isinstance(loop.target, ast.Name) and not loop.orelse:
            out.append((loop.target, loop))
        elif isinstance(loop, ast.comprehension) and loop.iter is use and isinstance(loop.target, ast.Name) and not loop.is_async:
            out.append((loop.target, file.source.parents[loop]))
        else:
            return []
    return out


def _tests(sources: Sources, file: File, target: ast.Name, over: ast.AST) -> list[ast.expr]:
    """Return the places that ask whether the variable is set; none where something else is done with its name."""
    tests: list[ast.expr] = []
    named: list[ast.Name] = []
    for name in ast.walk(over):
        if not isinstance(name, ast.Name) or name.id != target.id or name is target:
            continue
        if not isinstance(name.ctx, ast.Load):
            return []
        up = file.source.parents[name]
        if isinstance(up, ast.Compare) and up.left is name and len(up.ops) == 1 and isinstance(up.ops[0], ast.In | ast.NotIn):
            if sources.library(file, up.comparators[0]) != "os.environ":
                return []
            tests.append(up)
        elif isinstance(up, ast.Call) and up.args == [name] and not up.keywords and sources.library(file, up.func) in _READS:
            if not only_asked(file, up) and not _of_all(file, up):
                return []
            tests.append(up)
        else:
            named.append(name)
    return tests if all(told(file, name, over, tests) for name in named) and not leaks(file, target, over) else []


def _of_all(file: File, node: ast.expr) -> bool:
    """Is it what `all(… for name in …)` or `any` asks for each?"""
    up = file.source.parents[node]
    call = file.source.parents[up]
    return (
        isinstance(up, ast.GeneratorExp | ast.ListComp)
        and up.elt is node
        and isinstance(call, ast.Call)
        and call.args == [up]
        and isinstance(call.func, ast.Name)
        and call.func.id in ("all", "any")
        and file.home(call.func) is None
    )


def either(rewriting: "Rewriting", lists: Sequence[Required], pairs: "Sequence[Pair]", names: "dict[tuple[str, ...], str]") -> None:
    """Have lists require the key's variables where the id is set, and otherwise the profile's, under these names. Raise Stuck."""
    for one in lists:
        for pair in pairs:
            halves = {path[-1] for path in pair.paths}
            if found := [e for e in one.elements if e.value in halves]:
                _replaced(rewriting, one, found, pair, names[pair.id])


def _replaced(rewriting: "Rewriting", one: Required, found: Sequence[ast.Constant], pair: "Pair", profile: str) -> None:
    code = one.file.source.code
    test = one.tests[0]
    holder = next(n for n in ast.walk(test.func if isinstance(test, ast.Call) else test.comparators[0]) if isinstance(n, ast.Name))  # type: ignore[attr-defined]
    bound = one.file.bound(holder)
    if bound is None or one.file.scope(bound) is not one.file.source.tree or getattr(bound, "lineno", 1 << 30) >= one.names.lineno:
        raise Stuck(Problem(one.file, one.names, "the names of required variables stand before the environment is imported"))
    id = quoted(pair.id[-1], code(found[0]))
    if isinstance(test, ast.Compare):
        there = f"{id} in {code(test.comparators[0])}"
    else:
        assert isinstance(test, ast.Call)
        there = f"{code(test.func)}({id}) is not None"
    for half in found:
        rewriting.add(one.file, Put(half, (f"{code(half)} if {there} else {quoted(profile, code(half))}",)))
