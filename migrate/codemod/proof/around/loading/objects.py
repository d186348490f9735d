"""Who has a module as an object: whatever does more with it than to read names of it that are written out may hand it on, or read all of them."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.proof.around.below import kept
from migrate.codemod.proof.around.dynamic import reaching
from migrate.codemod.proof.around.imports import PARSED, asked, world
from migrate.codemod.proof.around.loading.following import VALUE, Following
from migrate.codemod.proof.around.loading.named import may_be_any, names_of
from migrate.codemod.proof.around.vocabulary import sifted
from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Cell, Unit
from migrate.codemod.proof.evaluation.values import Kind, Value
from migrate.tree.unrelated import is_unrelated

_BY_PATH = frozenset({"import_string", "resolve_name", "locate", "load_entry_point", "import_from_string", "load_object", "symbol_by_name", "import_by_path",
                      "import_object", "import_dotted_path", "namedAny", "get_obj_by_name", "safeimport", "importfile"})  # fmt: skip
"""What gives a module, or something of one, by a path that it is given."""
_OF_ALL = frozenset(
    {"__globals__", "f_globals", "getmodule", "get_objects", "get_referrers", "get_referents", "py_object", "getattr_static"}
)
"""What gives any object at all."""
_OTHER_SCRIPT = re.compile(rb"#!(?![^\n]*python)")


class Holders(NamedTuple):
    """The files that have a module under a name of their own, and itself; and the names that they give it."""

    files: frozenset[Path]
    names: frozenset[str]


class Asked(NamedTuple):
    """What is asked of a file: where it is, the modules, the names of them and of the packages around them, and others that files give them."""

    root: Path
    path: Path
    homes: frozenset[Path]
    names: frozenset[str]
    aliases: frozenset[str]


@lru_cache(maxsize=256)
def holders(root: Path, homes: frozenset[Path]) -> Holders | None:
    """Return the files that have a module of `homes`, or one that has such a module, under a name of their own, and `homes` themselves.

    None where a file may have one of them as an object: then it may be anything of which nothing is known.
    """
    aliases: frozenset[str] = frozenset()
    while True:
        before = homes, aliases
        inside = [home.relative_to(root).parts for home in homes]
        names = frozenset(name for parts in inside for name in parts[:-1]) | {home.stem for home in homes}
        for path in _candidates(root, names, aliases):
            bound = asked(root, path, bound_or_none, Asked(root, path, homes, names, aliases)) if path.suffix in (*PARSED, "") else None
            if bound is None:
                return None
            if bound:
                homes |= {path}
                aliases |= bound
        if before == (homes, aliases):
            return Holders(homes, names | aliases)


@lru_cache(maxsize=256)
def sharing(root: Path, homes: frozenset[Path]) -> tuple[frozenset[Path], Holders]:
    """Return the files that have all names of a module of `homes` by a star, with `homes`, and who has one of all these under a name of its own."""
    files: frozenset[Path] = frozenset()
    aliases: frozenset[str] = frozenset()
    while True:
        before = homes, files, aliases
        names = frozenset(name for home in homes for name in home.relative_to(root).parts[:-1]) | {home.stem for home in homes}
        for path in _candidates(root, names, aliases):
            of = Asked(root, path, homes, names, aliases)
            found = asked(root, path, bound_or_starred, of) if path.suffix in (*PARSED, "") else None
            bound, starred = found if found is not None else (frozenset(), True)  # what is not understood may have all of them
            homes |= {path} if starred else frozenset()
            files |= {path} if bound else frozenset()
            aliases |= bound
        if before == (homes, files, aliases):
            return homes, Holders(files, aliases)


def bound_or_starred(tree: ast.Module, of: Asked) -> tuple[frozenset[str], bool]:
    """Return the names by which a file has a module, whatever it does with it, and whether it takes all names of one."""
    holding = _Holding(tree, of)
    return holding.bound, any(holding.of.homes & {holding.meant(b)} for scope in holding.unit.scopes.values() for b in scope.stars)


def _candidates(root: Path, names: frozenset[str], aliases: frozenset[str]) -> Iterator[Path]:
    """Yield the files that may import such a module as an object, read it from another module, or take it by a path."""
    either = "|".join(sorted(map(re.escape, names | aliases)))
    patterns = [
        rf"(?<![A-Za-z0-9_])import(?![A-Za-z0-9_])(?:[ \t]*\([^)]*|(?:[^\n]|\\\n)*)(?:(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])|\*)",
        rf"(?<![A-Za-z0-9_])(?:{'|'.join(sorted(_BY_PATH | _OF_ALL))})(?![A-Za-z0-9_])",
    ]
    either_way = re.compile("|".join(patterns).encode("utf-8", "surrogateescape"))
    found = (path for path, python in sifted(root, either_way) if python and either_way.search(kept[path]) is not None)
    return (path for path in found if not is_unrelated(path) and (path.suffix or not _OTHER_SCRIPT.match(kept[path])))


def bound_or_none(tree: ast.Module, of: Asked) -> frozenset[str] | None:
    """Return the names by which a file has a module, or a package around it; None where it does more with one than to read names of it."""
    holding = _Holding(tree, of)
    return None if any(True for _ in holding.handed_on()) else holding.bound


class _Holding:
    def __init__(self, tree: ast.Module, of: Asked) -> None:
        self.unit = Unit(of.path, tree)
        self.of = of
        self.either = of.names | of.aliases
        self.packages = {up for home in of.homes for up in home.parents}
        self.cells = {
            Cell(scope, name): bs
            for scope in self.unit.scopes.values()
            for name, bs in scope.bindings.items()
            if any(map(self._is_module, bs))
        }
        self.bound = frozenset(name for scope, name in self.cells if scope.is_module or scope.is_class)

    def handed_on(self) -> Iterator[ast.AST]:
        """Yield each place that has a module as an object."""
        unit = self.unit
        if any(self.meant(b) is not None for scope in unit.scopes.values() for b in scope.stars):
            yield unit.tree
        starred = any(scope.stars for scope in unit.scopes.values())
        for node in unit.parents:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node in unit.scope_of:
                cell = unit.cell(node)
                mine = cell in self.cells if cell is not None else starred and node.id in self.either
                if mine and not self._is_base(node, self._one(self.cells[cell]) if cell is not None else None):
                    yield node
            elif _last(node) in _OF_ALL or (isinstance(node, ast.Call) and self._gives_module(node)):
                yield node

    def _one(self, bindings: list[Binding]) -> Path | None:
        found = {self.meant(b) for b in bindings}
        return found.pop() if len(found) == 1 else None

    def _is_module(self, b: Binding) -> bool:
        """Return whether a name may be bound to one of the modules, or a package around one."""
        if self.meant(b) is not None:
            return True
        stems = {home.stem for home in self.of.homes}
        if b.kind is BindingKind.IMPORT:
            last = b.module.rpartition(".")[2]
            found = self._find(b, b.module).kind
            return (found is Kind.UNKNOWN and last in self.either) or (found is Kind.LIBRARY and last in stems)  # where `sys.path` changes
        if b.kind is not BindingKind.FROM or b.name not in self.either:
            return False
        base = self._find(b, b.module).kind
        return base is Kind.UNKNOWN or (base is Kind.LIBRARY and b.name in stems) or (base is Kind.MODULE and b.name in self.of.aliases)

    def _find(self, b: Binding, name: str) -> Value:
        return world(self.of.root).find(self.of.path, name, b.level)

    def meant(self, b: Binding) -> Path | None:
        """Return the module, or the package around one, that an import gives."""
        if b.kind not in (BindingKind.IMPORT, BindingKind.FROM, BindingKind.STAR):
            return None
        found = self._find(b, f"{b.module}.{b.name}".lstrip(".") if b.kind is BindingKind.FROM else b.module)
        return self._around(found.data) if found.kind is Kind.MODULE else None

    def _around(self, module: Path) -> Path | None:
        if module in self.of.homes:
            return module
        folder = module.parent if module.name == "__init__.py" else module
        return folder if folder in self.packages else None

    def _is_base(self, node: ast.expr, module: Path | None) -> bool:
        """Return whether a module is only asked for a name that is written out, and so is a module that it has by that name."""
        parent = self.unit.parents.get(node)
        match parent:
            case ast.Attribute(attr=attr) if parent.value is node:
                if reaching(attr) or attr == "__all__":
                    return False
                below = self._around(module / attr) or self._around(module / f"{attr}.py") if module is not None else None
                again = below is not None or attr in (self.of.aliases if module is not None else self.either)
                return not again or not isinstance(parent.ctx, ast.Load) or self._is_base(parent, below)
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[first, ast.Constant(value=str() as name), *_]) if first is node:
                return name not in self.either
            case ast.Expr():
                return True
        return False

    def _gives_module(self, call: ast.Call) -> bool:
        """Return whether something may be one of the modules by the path that it is given, and more is done with it than calling it."""
        if (
            last_name(call.func) not in _BY_PATH
            or self._is_of_the_program(call.func)
            or not call.args
            or not may_be_any(names_of(self.unit, call.args[0]), self.of.homes)
        ):
            return False
        following = Following(self.unit)
        following.follow(call, VALUE)
        return following.whole or bool(following.exposed) or not following.names.isdisjoint(self.of.names)

    def _is_of_the_program(self, func: ast.expr) -> bool:
        """Return whether a function that is named as one of a library's is imported from a file of the program, or made in this one."""
        cell = self.unit.cell(func) if isinstance(func, ast.Name) and func in self.unit.scope_of else None
        found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
        own = (b.kind is BindingKind.DEF or (b.kind is BindingKind.FROM and self._find(b, b.module).kind is Kind.MODULE) for b in found)
        return bool(found) and all(own)


def _last(node: ast.AST) -> str:
    if isinstance(node, ast.alias):
        return node.name
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
