"""A key out of a settings file that the program puts into its environment: `os.environ["AWS_ACCESS_KEY_ID"] = config["aws"]["key"]`.

Variables with a key beat AWS_PROFILE, and AWS_DEFAULT_PROFILE beats it too: both were overwritten or without effect, and are taken out.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.environment.variables import STANDARD, find_reads, processes
from migrate.codemod.data.following.along import Stuck
from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Export, Problem, Trail
from migrate.codemod.data.left import Left
from migrate.codemod.data.order import Order
from migrate.codemod.edit.kinds import Put
from migrate.codemod.rewrite.names import quoted

if TYPE_CHECKING:
    from migrate.codemod.data.rewriting import Rewriting
    from migrate.codemod.data.tree import Tree


def check_exports(tree: "Tree", trail: Trail) -> None:
    """Raise Left where something may sign before the variables are set, or may read them but for the default credential chain."""
    exports = trail.exports
    mine: set[ast.AST] = {one.statement.targets[0] for one in exports} | {leaf.key for leaf in trail.leaves}
    found = find_reads(tree.sources, STANDARD)
    problems = [p for p in found.problems if p.node not in mine]
    problems += [Problem(read.file, read.node, "it is read from the environment here") for read in found.reads]
    problems += [p for p in (processes(tree.sources), tree.other_signers) if p is not None]
    for word in (b"AWS_PROFILE", b"AWS_DEFAULT_PROFILE"):
        problems += [Problem(file, file.source.tree.body[0], f"{word.decode()} is used in this file") for file in tree.parsed(word)]
    if not problems:
        last = max(exports, key=lambda one: one.statement.lineno)
        early = Order(tree.sources, [(last.file, last.statement.value), *_calls(tree, last)]).first_unsure()
        problems += [early] if early is not None else []
    if problems:
        raise Left("the key is put into the environment, and is used there in a way that cannot be traced", problems)


def _calls(tree: "Tree", export: Export) -> list[tuple[File, ast.AST]]:
    """Return the calls of a plain function that always sets the variables."""
    file, statement = export.file, export.statement
    function = file.scope(statement)
    if not isinstance(function, ast.FunctionDef) or function.decorator_list or file.scope(function) is not file.source.tree:
        return []
    if statement not in function.body or any(isinstance(n, ast.Return | ast.Yield | ast.YieldFrom) for n in ast.walk(function)):
        return []
    places = [(file, name) for name in file.readers(function, function.name) or ()]
    for other, alias in tree.sources.importers(file.path, function.name):
        places += [(other, name) for name in other.readers(alias, alias.asname or alias.name) or ()]
    calls = [(other, other.source.parents[name], name) for other, name in places]
    return [(other, call) for other, call, name in calls if isinstance(call, ast.Call) and call.func is name]


def by_profile(rewriting: "Rewriting", chain: bool) -> None:
    """Have the program set AWS_PROFILE where it set the key's variables. Raise Stuck."""
    exports = rewriting.trail.exports
    if not exports:
        return
    file, first = exports[0].file, exports[0].statement
    pair = rewriting.pair_of(exports[0].path)
    roles = dict(zip(pair.paths, ("id", "secret", "token"), strict=False)) if pair is not None else {}
    whole = len(exports) == len(roles) == len({one.path for one in exports})
    if not whole or any(roles.get(one.path) != STANDARD[one.name] for one in exports):
        raise Stuck(Problem(file, first, "one half of the key is put into the environment, or several keys are"))
    up = file.source.parents[first]
    blocks = [block for name in ("body", "orelse", "finalbody") if first in (block := getattr(up, name, []))]
    if chain or rewriting.trail.uses or not blocks or any(one.file is not file or one.statement not in blocks[0] for one in exports):
        raise Stuck(Problem(file, first, "the key is put into the environment in a way that cannot be rewritten"))
    for one in exports:
        target = one.statement.targets[0]
        assert isinstance(target, ast.Subscript)
        code, source = file.source.code, file.source
        receiver, like = code(target.value), code(target.slice)
        pop = f"{receiver}.pop({quoted(one.name, like)}, None)"
        if roles[one.path] != "id":
            rewriting.add(file, Put(one.statement, (pop,)))
            continue
        indent = source.text[source.lines[one.statement.lineno - 1] : source.span(one.statement).start]
        gap = source.newline + indent if not indent.strip() else "; "
        other = f"{receiver}.pop({quoted('AWS_DEFAULT_PROFILE', like)}, None)"
        rewriting.add(
            file, Put(one.statement, (f"{pop}{gap}{other}{gap}{receiver}[{quoted('AWS_PROFILE', like)}] = ", one.statement.value))
        )
