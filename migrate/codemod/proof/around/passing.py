"""Who gets names of some modules through other files: `pkg/__init__.py` imports one from `pkg/store.py`, and a third file imports it from `pkg`.

A name may be another on the way (`import connect as s3`, `s3 = connect`), and what is made of it there counts as well: a subclass, a function that
hands its own parameters to it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.proof.around.below import files, kept, module_name
from migrate.codemod.proof.around.imports import PARSED, asked, world
from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.codemod.proof.evaluation.names.scopes import parameters
from migrate.codemod.proof.evaluation.values import Kind
from migrate.tree.search import import_statements

_IMPORTED = re.compile(rb"[^\W\d][A-Za-z0-9_\x80-\xff]*|[\x80-\xff][A-Za-z0-9_\x80-\xff]*")
_RELATIVE = re.compile(rb"(?<![A-Za-z0-9_])from\s*\.")
_WORD = re.compile(r"[^\W\d]\w*")


class Import(NamedTuple):
    """A name that a file imports: what it calls it, from where, and what it is there (None: the module itself, `*`: all of its names)."""

    local: str
    module: str
    level: int
    name: str | None


class Statement(NamedTuple):
    """A statement of a module: the names that it binds, all words in it, those of what it gives, names that it is an alias for, callables that it wraps.

    A function gives what it returns or yields, and what it binds outside of itself; it has what it asks for itself.
    """

    binds: frozenset[str]
    words: frozenset[str]
    gives: frozenset[str]
    alias: frozenset[str]
    wraps: frozenset[str]


class Outline(NamedTuple):
    """What a file imports, in functions too, and the statements of its module."""

    imports: tuple[Import, ...]
    statements: tuple[Statement, ...]


class Passed(NamedTuple):
    """The files that get something of the modules, with the modules; and the names that it may have anywhere."""

    files: frozenset[Path]
    names: frozenset[str]


@lru_cache(maxsize=256)
def passed(root: Path, homes: frozenset[Path], names: frozenset[str]) -> Passed:
    """Return the files that get something that has to do with one of some names of the modules `homes`, by imports, however many lie between."""
    passing = _Passing(root, homes, names)
    passing.follow()
    return Passed(frozenset(passing.given), frozenset(passing.names))


@lru_cache(maxsize=2)
def _importers(root: Path) -> dict[bytes, list[Path]]:
    """Return the Python files of a root by the words of their import statements; by a dot those that import from packages around them."""
    out: dict[bytes, list[Path]] = defaultdict(list)
    for path, python in files(root):
        if python:
            said = set(_IMPORTED.findall(b" ".join(import_statements(data := kept[path]))))
            if _RELATIVE.search(data):
                said.add(b".")
            for word in said:
                out[word].append(path)
    return out


def says(path: Path, names: Collection[str]) -> str | None:
    """Return the first of some names that a file says."""
    any_name = rf"(?<![A-Za-z0-9_])({'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])"
    found = re.search(any_name.encode("utf-8", "surrogateescape"), kept[path]) if names else None
    return found.group(1).decode("utf-8", "replace") if found is not None else None


def forget_passed() -> None:
    """Forget what has been read."""
    passed.cache_clear()
    _importers.cache_clear()


class _Passing:
    def __init__(self, root: Path, homes: frozenset[Path], names: frozenset[str]) -> None:
        self.root = root
        self.names = set(names)
        self.given: dict[Path, set[str]] = {
            home: set() for home in homes
        }  # the names of each file that have to do with the names asked for
        self.modules: dict[Path, dict[str, Path]] = {}  # the names that each file has for such a file
        self.homes = homes
        self._named: dict[str, list[Path]] = defaultdict(list)  # the files known, by their modules' last names
        self._unread: set[Path] = set()  # files that are not understood: whatever is imported from one may have to do with the names
        for home in sorted(homes):
            self._named[module_name(home)].append(home)

    def _add(self, path: Path) -> set[str]:
        if path not in self.given:
            self.given[path] = set()
            self._named[module_name(path)].append(path)
        return self.given[path]

    def follow(self) -> None:
        """Look at whoever may import one of the files that are known, until nothing is new."""
        todo = set(self.homes)
        while todo:
            said = len(self.names)
            for home in self.homes & todo:
                if (outline := self._outline(home)) is not None:
                    self._take(home, outline, self.names)
                else:
                    self._unread.add(home)
            fresh = {path for path in self._candidates(todo) if self._look(path)}
            todo = set(self.given) if said != len(self.names) else fresh

    def _look(self, path: Path) -> bool:
        """Look at a file that may import one of those known; return whether anything was new."""
        before = self._size(path)
        outline = self._outline(path)
        if outline is None:
            if says(path, self.names) is not None:
                self._add(path)  # not understood: it may
                self._unread.add(path)
            return before != self._size(path)
        local, modules = self._imported(path, outline)
        if local or modules or path in self.given:
            self.modules.setdefault(path, {}).update(modules)
            self._add(path).update(local, modules)
            self._take(path, outline, set())
        return before != self._size(path)

    def _size(self, path: Path) -> tuple[int, int]:
        return (len(self.given.get(path, ())) + (path in self.given), len(self.modules.get(path, ())))

    def _outline(self, path: Path) -> Outline | None:
        found: Outline | None = asked(self.root, path, outline_of, None) if path.suffix in (*PARSED, "") else None
        return found

    def _candidates(self, changed: Iterable[Path]) -> Iterable[Path]:
        """Return the files that may import one of some: they say its name, or import from the package that they are in."""
        index = _importers(self.root)
        out: dict[Path, None] = {}
        for e in changed:
            out.update(dict.fromkeys(index.get(module_name(e).encode("utf-8", "surrogateescape"), ())))
            if e.name == "__init__.py":
                out.update((p, None) for p in index.get(b".", ()) if e.parent in p.parents)
        return [p for p in out if p not in self.homes]

    def _imported(self, path: Path, outline: Outline) -> tuple[set[str], dict[str, Path]]:
        """Return the names by which a file has something of the files known, and those by which it has such a file."""
        local: set[str] = set()
        modules: dict[str, Path] = {}
        for one in outline.imports:
            if one.name is None:
                modules.update((one.local, found) for found in self._found(path, one.module, one.level) if self._asks(outline, found))
                continue
            for found in self._found(path, f"{one.module}.{one.name}".lstrip("."), one.level) if one.name != "*" else ():
                if self._asks(outline, found):
                    modules[one.local] = found
            for base in self._found(path, one.module, one.level):
                given = self.given[base]
                if one.name == "*":
                    local |= given | (self.names if base in self._unread else set())
                elif one.name in given or base in self._unread:
                    local.add(one.local)
                    if one.name in self.modules.get(base, {}):
                        modules[one.local] = self.modules[base][one.name]
                    if one.name in self.names:
                        self.names.add(one.local)
        return local, modules

    def _asks(self, outline: Outline, module: Path) -> bool:
        """Return whether who imports a module may have something by it: one that has no more than other modules is asked for one of these by name."""
        own = self.given[module]
        return (
            module in self.homes
            or module in self._unread
            or not own <= set(self.modules.get(module, ()))
            or any(not own.isdisjoint(s.words) for s in outline.statements)
        )

    def _found(self, path: Path, module: str, level: int) -> list[Path]:
        """Return the files known that an import may mean; where it leads to none of the tree (`sys.path`), those with the same last name."""
        meant = world(self.root).find(path, module, level)
        if meant.kind is Kind.MODULE:
            inits = (meant.data, meant.data / "__init__.py")
            return [p for p in inits if p in self.given]
        last = module.rpartition(".")[2]
        return list(self._named.get(last, ())) if meant.kind is Kind.UNKNOWN or "." in module else []

    def _take(self, path: Path, outline: Outline, seeds: set[str]) -> None:
        """Add the names of a file that are made with one that is known."""
        given, modules = self.given[path], self.modules.get(path, {})
        grown = True
        while grown:
            grown = False
            for s in outline.statements:
                through = any(m in s.gives and not s.gives.isdisjoint(self.given[f] | self.names) for m, f in modules.items())
                plain = given.difference(modules)
                if s.binds <= given or not (through or not s.gives.isdisjoint(plain) or not s.gives.isdisjoint(seeds)):
                    continue
                given |= s.binds
                grown = True
                if not (s.alias | s.wraps).isdisjoint(self.names):
                    self.names |= s.binds


def outline_of(tree: ast.Module, _: object) -> Outline:
    """Return what a file imports, and the statements of its module."""
    imports: list[Import] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += (Import(a.asname or a.name.split(".")[0], a.name, 0, None) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            imports += (Import(a.asname or a.name, node.module or "", node.level, a.name) for a in node.names)
    return Outline(tuple(imports), tuple(_statement(s) for s in _of_the_module(tree.body)))


def _of_the_module(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """Yield the statements that run when a module is imported, those in branches one by one."""
    for s in body:
        inner = [part for field in ("body", "orelse", "finalbody") for part in getattr(s, field, ())]
        if isinstance(s, ast.If | ast.Try | ast.TryStar | ast.With | ast.For | ast.While):
            yield from _of_the_module([*inner, *(p for h in getattr(s, "handlers", ()) for p in h.body)])
        elif not isinstance(s, ast.Import | ast.ImportFrom):
            yield s


def _statement(s: ast.stmt) -> Statement:
    words, binds = _words(s)
    if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef):
        wraps = frozenset(_wrapped(s))
        own = {s.name, *(a.arg for a in parameters(s.args))}
        return Statement(frozenset({s.name}), words, _returned(s) | wraps | own, frozenset(), wraps)
    if isinstance(s, ast.ClassDef):
        return Statement(frozenset({s.name}), words, words, frozenset(), frozenset(_wrapped(s)))
    value = getattr(s, "value", None) if isinstance(s, ast.Assign | ast.AnnAssign | ast.AugAssign) else None
    return Statement(binds, words, words, frozenset(_given_on(value)), frozenset())


def _words(s: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """Return all words of a part of a file, and the names that it binds."""
    words: set[str] = set()
    binds: set[str] = set()
    for node in ast.walk(s):
        match node:
            case ast.Name(id=name):
                words.add(name)
                if not isinstance(node.ctx, ast.Load):
                    binds.add(name)
            case ast.Attribute(attr=name) | ast.arg(arg=name):
                words.add(name)
            case ast.keyword(arg=str() as name):
                words.add(name)
            case ast.MatchClass(kwd_attrs=names):
                words.update(names)
            case ast.Constant(value=str() as text):
                words.update(_WORD.findall(text) if len(text) < 200 else ())
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                words.add(name)
    return frozenset(words), frozenset(binds)


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Return the words of what a function may return, yield, keep or hand to its decorators, through names of its own too."""
    gives: set[str] = set().union(*(_words(d)[0] for d in function.decorator_list))
    kept_as: list[tuple[frozenset[str], frozenset[str]]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value is not None:
            gives |= _words(node.value)[0]
        elif isinstance(node, ast.Global | ast.Nonlocal):
            gives.update(node.names)
        elif isinstance(
            node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For | ast.AsyncFor | ast.withitem | ast.comprehension
        ):
            value = getattr(node, "value", None) or getattr(node, "iter", None) or getattr(node, "context_expr", None)
            targets = getattr(node, "targets", None) or [getattr(node, "target", None) or getattr(node, "optional_vars", None)]
            kept_as.append(
                (frozenset().union(*(_words(t)[0] for t in targets if t is not None)), _words(value)[0] if value else frozenset())
            )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [*node.args, *(k.value for k in node.keywords)]
            kept_as.append((_words(node.func.value)[0], frozenset().union(*(_words(a)[0] for a in given))))  # `found.append(x)`
    size = -1
    while size != len(gives):
        size = len(gives)
        for target, value in kept_as:
            if not target.isdisjoint(gives):
                gives |= value
    return frozenset(gives)


def _given_on(value: ast.expr | None) -> Iterable[str]:
    """Yield the names of what a value may be, or has in it; what a call is given in capitals is no function that it wraps."""
    match value:
        case ast.Name() | ast.Attribute():
            yield last_name(value)
        case ast.Call():
            yield from (last_name(a) for a in value.args if not last_name(a).isupper())
        case (
            ast.Dict() | ast.List() | ast.Tuple() | ast.Set() | ast.IfExp() | ast.BoolOp() | ast.Lambda() | ast.NamedExpr() | ast.Starred()
        ):
            for part in ast.iter_child_nodes(value):
                yield from _given_on(part if isinstance(part, ast.expr) else None)


def _wrapped(s: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterable[str]:
    """Yield the names of what a class is made of, and of what a function, or a method, hands its own parameters or attributes to."""
    if isinstance(s, ast.ClassDef):
        yield from (
            last_name(n) for b in [*s.bases, *(k.value for k in s.keywords)] for n in ast.walk(b) if isinstance(n, ast.Name | ast.Attribute)
        )
    yield from (last_name(d.func if isinstance(d, ast.Call) else d) for d in s.decorator_list)
    for function in ast.walk(s):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        own = {a.arg for a in parameters(function.args)}
        for call in ast.walk(function) if own else ():
            if isinstance(call, ast.Call) and _hands_on(call, own):
                yield last_name(call.func)


def _hands_on(call: ast.Call, own: Collection[str]) -> bool:
    given = [*call.args, *(k.value for k in call.keywords)]
    return any(isinstance(n, ast.Name) and n.id in own for g in given for n in ast.walk(g))
