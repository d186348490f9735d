"""A `.env` and the code that reads it: into the environment, by decouple or environs, by a settings class, or as a dict."""

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from migrate.codemod.data.environment.required import either
from migrate.codemod.data.environment.variables import STANDARD, Variables, asked_whether, find_reads, processes
from migrate.codemod.data.following.along import taken_in
from migrate.codemod.data.following.conditions import or_there
from migrate.codemod.data.following.follower import Follower
from migrate.codemod.data.following.guards import guarded
from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.formats.pairs import Pair
from migrate.codemod.data.holding.returned import put_back
from migrate.codemod.data.left import Left, Place, readers
from migrate.codemod.data.order import Order, signers
from migrate.codemod.data.reading.reads import loaders
from migrate.codemod.data.reading.roots import Reads
from migrate.codemod.data.reading.settings_class import SettingsClass
from migrate.codemod.data.rewriting import Rewriting
from migrate.codemod.data.tree import Tree

if TYPE_CHECKING:
    from migrate.codemod.data.convert import One

_UNTRACED = "the key is used in a way that cannot be traced"
_UNUSED = "no call was found that uses its key"
Files = dict[FilePath, tuple[bytes, bytes]]


def environment(one: "One", reads: Reads, same: Sequence[str]) -> Files:
    """Return the new bytes of a `.env` and of the sources that read it. Raises Left, Odd, Stuck."""
    tree = one.tree
    names = {path[-1] for pair in one.pairs for path in pair.paths}
    standard = [pair for pair in one.pairs if _is_standard(pair)]
    found = find_reads(tree.sources, {*names, *(STANDARD if standard else ())}, present=True)
    own = [r for r in found.reads if r.reader == "decouple"]
    ways = [bool(reads.roots), bool(reads.loaders), bool(reads.classes), bool(own)]
    if not any(ways) and one.target.name == ".env" and not same and (flask := tree.flask) is not None:
        reads.loaders.append(flask)  # `flask run` and `app.run()` read it, as load_dotenv does
        ways[1] = True
    if sum(ways) != 1:
        raise Left("it is read in several ways" if any(ways) else "no code was found that reads it", (), readers(reads))
    if reads.roots:
        return one.carried(reads)
    if reads.over and (len(reads.over) != len(reads.loaders) or len(standard) != len(one.pairs) or len(standard) != 1 or one.mapping.chain):
        raise Left("the code that reads it cannot be traced", [Problem(f, n, "it overrides the environment") for f, n in reads.loaders])
    if own and one.target.name != ".env" and not reads.named:
        raise Left("no code was found that reads it")
    if own and not reads.named and (ini := next((f for f in tree.files if f.endswith("/settings.ini")), None)) is not None:
        raise Left("it is unclear which file decouple reads", (), [Place(FilePath(ini), 1, "decouple reads this file first")])
    _read_alike(one, bool(own), reads)
    one.outside = not reads.over
    for other in same if (reads.classes or own) else ():
        raise Left("there are several files with that name", (), [Place(FilePath(other), 1, "another one")])
    return _by_class(one, found, reads) if reads.classes else _by_variables(one, found, standard, reads)


def unread(tree: Tree, pairs: Sequence[Pair]) -> bool:
    """Return whether the program reads none of these variables from the environment, and starts none that may.

    What signs with the standard ones is asked by itself: `check_others`.
    """
    names = {path[-1] for pair in pairs for path in pair.paths}
    found = find_reads(tree.sources, names)  # a literal may be the key of an entry in the file itself
    return processes(tree.sources) is None and not found.reads and not any(not isinstance(p.node, ast.Constant) for p in found.problems)


def check_others(tree: Tree, pairs: Sequence[Pair], rewriting: Rewriting) -> None:
    """Raises Left where something else than the calls that change may sign with these variables, which are no longer in the environment."""
    if {path[-1] for pair in pairs for path in pair.paths}.isdisjoint(STANDARD):
        return
    mine = {call.node.func for _, call, _ in rewriting.calls()}
    problems = [p for p in (tree.other_signers,) if p is not None]
    problems += [Problem(file, node, "this would sign with them") for file, node in signers(tree.sources) if node not in mine]
    if problems or rewriting.trail.spreads:
        raise Left("the variables that Streamlit exports may sign other calls too", problems[:4])


def _read_alike(one: "One", decouple: bool, reads: Reads) -> None:
    """Raises Left where the file's reader has another idea of a line with a part of the key: decouple of `export`, it and django-environ of comments."""
    django = any(isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "read_env" for _, n in reads.loaders)
    paths = {path for pair in one.pairs for path in pair.paths}
    for entry in one.entries if decouple or (django and not reads.apart) else ():
        before, after = one.text[entry.whole[0] : entry.key_at[0]], one.text[entry.value_at[1] : entry.whole[1]]
        if entry.path in paths and ("#" in after or (decouple and before.strip())):
            raise Left("the library that reads it takes a comment or `export` for a part of the entry", (), readers(reads))


def _is_standard(pair: Pair) -> bool:
    return all(STANDARD.get(path[-1]) == role for path, role in zip(pair.paths, ("id", "secret", "token"), strict=False))


def _by_class(one: "One", found: Variables, reads: Reads) -> Files:
    """pydantic-settings: the fields become optional, and one for the profile comes beside."""
    if len(reads.classes) > 1:
        raise Left("several settings classes read it", (), [Place(f.path, c.lineno, f"class {c.name}") for f, c in reads.classes])
    if one.mapping.chain:
        raise Left("the fields of the settings class would be left without values")
    file, cls = reads.classes[0]
    known = SettingsClass(one.tree.sources, file, cls)
    fields = {}
    for path in [path for pair in one.pairs for path in pair.paths]:
        field = known.named(path[-1])
        if field is None:
            raise Left(_UNTRACED, [Problem(file, cls, f"{path[-1]} is not a plain field of the settings class")])
        fields[path] = (field,)
    # the class asks the environment first: whatever may set a variable there, or names it elsewhere than as a field's alias
    strange = [p for p in (*found.problems, *asked_whether(found)) if not known.says(p.node)]
    if strange:
        raise Left(_UNTRACED, strange)
    trail = known.trail(list(fields.values()))
    if trail.problems:
        raise Left(_UNTRACED, trail.problems)
    if not trail.uses:
        raise Left(_UNUSED, (), readers(reads))
    _unguarded(one.tree, known.made)
    lows = {
        pair: Pair(pair.key, fields[pair.id], fields[pair.secret], fields[pair.token] if pair.token else None, pair.secrets)
        for pair in one.pairs
    }
    rewriting = Rewriting(one.tree.sources, trail, list(lows.values()), one.tree.default_set_by)
    put: dict[Path, tuple[str, str]] = {}
    names: dict[Path, str] = {}
    for pair, low in lows.items():
        name = one.name_for(pair, [n for n, _ in put.values()], outside=True)
        new = known.name_of(name)
        if new is None:
            raise Left("the code that reads it cannot be rewritten", [Problem(file, cls, "there is no unused name for the profile in it")])
        put[pair.id], names[low.id] = (name, one.profile(pair)), new
    rewriting.either(names)
    for low in lows.values():
        for edit in known.edits([p[0] for p in low.paths], low.id[0], names[low.id]):
            rewriting.add(file, edit)
    _each_is_used(one.pairs, [(rewriting, {low: pair for pair, low in lows.items()})], reads)
    return one.whole(put, [p for pair in one.pairs for p in pair.paths if p != pair.id], rewriting)


def _by_variables(one: "One", found: Variables, standard: Collection[Pair], reads: Reads) -> Files:
    """The file is read into the environment, by environs or by decouple."""
    loaded = bool(reads.loaders)
    by_chain = list(standard) if loaded and not reads.apart and not one.mapping.chain else []
    same = put_back(one.tree.sources, found) if len(by_chain) == len(one.pairs) and not reads.over else {}
    problems = [p for p in found.problems if p.node not in {s.targets[0] for s in same}]
    if loaded:
        problems += [p for p in (processes(one.tree.sources), one.tree.other_signers) if p is not None]
    if reads.apart:
        problems += [
            Problem(r.file, r.node, "it is unclear whether the variable gets into the environment") for r in found.reads if r.reader == "os"
        ]
    if (
        (found.required and (not loaded or reads.apart or reads.over or len(loaders(one.tree.sources)) != len(reads.loaders)))
        or problems
        or (len(by_chain) < len(one.pairs) and found.present)
    ):
        problems += asked_whether(found)
    if problems:
        raise Left(_UNTRACED, problems)
    put: dict[Path, tuple[str, str]] = {}
    used: list[Rewriting] = []
    own = [pair for pair in one.pairs if pair not in by_chain]
    if by_chain:
        _in_order(one.tree, reads)
        _unguarded(one.tree, [(file, statement) for statement, file in same.items()])  # where the variable is missing, it raises
        rewriting = _followed(one, by_chain, found, loaded, same)
        rewriting.dropped("AWS_PROFILE", blank=bool(reads.over))
        or_there(rewriting, found.present, "AWS_PROFILE")
        either(rewriting, found.required, by_chain, {pair.id: "AWS_PROFILE" for pair in by_chain})
        if reads.over:  # keys from outside went, and would go before a profile: they are overwritten as before
            put[by_chain[0].id] = (by_chain[0].id[-1], "")
            put[by_chain[0].secret] = ("AWS_PROFILE", one.profile(by_chain[0]))
        else:
            put[by_chain[0].id] = ("AWS_PROFILE", one.profile(by_chain[0]))
        used.append(rewriting)
    if own:
        rewriting = _followed(one, own, found, loaded)
        if used:
            rewriting.share(used[0])
        if not rewriting.trail.uses:
            raise Left(_UNUSED, (), readers(reads))
        if one.mapping.chain:
            if found.required:
                raise Left(_UNTRACED, asked_whether(found))
            if (asked := next(iter(rewriting.trail.asked), None)) is not None:
                raise Left(_UNTRACED, [Problem(asked.file, asked.node, "it is tested")])
            (rewriting.dropped if standard and len(own) == 1 else rewriting.optional)()
            used.append(rewriting)
        else:
            if standard and reads.apart:
                _alone(one.tree, rewriting)
            names = {}
            taken = {n for f in {u.file for u in rewriting.trail.uses} for n in taken_in(f) if n.isupper()}
            for pair in own:
                name = one.name_for(pair, [*taken, *(n for n, _ in put.values())], outside=True)
                names[pair.id], put[pair.id] = name, (name, one.profile(pair))
            rewriting.either(names)
            either(rewriting, found.required, own, names)
            used.append(rewriting)
        _each_is_used(own, [(rewriting, {pair: pair for pair in own})], reads)
    return one.whole(put, [p for pair in one.pairs for p in pair.paths if p not in put], *used)


def _followed(one: "One", pairs: Sequence[Pair], found: Variables, loaded: bool, same: Collection[ast.AST] = ()) -> Rewriting:
    """The rewriting of the calls that some keys reach, followed from their variables."""
    asked = [replace(p, token=p.token or ("AWS_SESSION_TOKEN",)) if loaded and _is_standard(p) else p for p in pairs]
    names = {path[-1] for pair in asked for path in pair.paths}
    follower = Follower(one.tree.sources, [(name,) for name in names], "dict")
    follower.put_back = same
    for read in found.reads:
        if read.name in names:
            follower.leaf(read.file, read.node, (read.name,), read.key, read.optional, read.blank)
    trail = follower.close()
    one.followed |= follower.files
    if trail.problems:
        raise Left(_UNTRACED, trail.problems)
    _unguarded(one.tree, ((leaf.file, leaf.node) for leaf in trail.leaves if not leaf.optional))
    return Rewriting(one.tree.sources, trail, asked, one.tree.default_set_by)


def _each_is_used(pairs: Sequence[Pair], made: Sequence[tuple[Rewriting, dict[Pair, Pair]]], reads: Reads) -> None:
    """Raises Left where several keys stand in the file, and one of them signs nothing: which halves belong together is known by use."""
    used = {its.key for rewriting, _ in made for _, _, its in rewriting.calls()}
    if len(pairs) > 1 and any(pair.key not in used for pair in pairs):
        raise Left("no call was found that uses one of its keys", (), readers(reads))


def _unguarded(tree: Tree, reads: Iterable[tuple[File, ast.AST]]) -> None:
    """Raises Left where something may catch what one of these raises if a variable is missing: it is optional afterwards."""
    for file, node in reads:
        if (caught := guarded(tree.sources, file, node)) is not None:
            raise Left("the program does something else where the key is missing", [caught])


def _alone(tree: Tree, rewriting: Rewriting) -> None:
    """Raises Left where more than these calls signs: with the variables in the environment, it would sign with them."""
    mine = {call.node.func for _, call, _ in rewriting.calls()}
    other = next(((f, n) for f, n in signers(tree.sources) if n not in mine), None)
    if other is not None:
        raise Left("it is unclear whether the variables get into the environment", [Problem(*other, "this would sign with them")])


def _in_order(tree: Tree, reads: Reads) -> None:
    """Raises Left where something may sign before the file is read: a session keeps what it found then."""
    if (early := Order(tree.sources, reads.loaders).first_unsure()) is not None:
        raise Left("something may sign before the file is read", [early])
