"""Attributes of the program's own objects that hold what was read: `self.key = …`, and names of a class that its objects give.

Which object an attribute is read from is not asked. Every attribute of that name, of whatever object in whatever file, counts as this one: it must
be set once, and each read of it is followed. So no alias, container or function can hide one.
"""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.holding.flask import by_its_name, taking
from migrate.codemod.data.holding.kept import is_held

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path

_WHOLE = (
    b"__dict__",
    b"vars(",
    b"asdict",
    b"astuple",
    b"__getattr",
    b"__setattr",
    b"getattr(",
    b"setattr(",
    b"attrgetter",
    b"__slots__",
    b"pickle",
    b"dir(",
    b"getmembers",
    b"render_template",
    b"jinja",
    b".render(",
    b"mako",
)
"""What reads or sets attributes without their names, or by names that stand elsewhere: in a template, say."""


def class_of(file: File, function: ast.AST) -> ast.ClassDef | None:
    """Return the plain class that a function is a method of: one that inherits and decorates nothing."""
    cls = file.scope(function)
    return cls if isinstance(cls, ast.ClassDef) and plain(file, cls) else None


def plain(file: File, cls: ast.ClassDef) -> bool:
    """Return whether a class of a module has no bases, decorators or metaclass that may read its attributes."""
    bases = [b for b in cls.bases if not (isinstance(b, ast.Name) and b.id == "object")]
    return not bases and not cls.keywords and not cls.decorator_list and file.scope(cls) is file.source.tree


def of_self(file: File, target: ast.Attribute) -> bool:
    """Return whether this is an attribute that the making of an object always sets."""
    function = file.scope(target)
    if not isinstance(function, ast.FunctionDef) or class_of(file, function) is None or function.name != "__init__":
        return False
    for up in file.source.ancestors(target):
        if up is function:
            break
        if not isinstance(up, ast.Assign | ast.With):
            return False  # on a condition: without it, a read of the attribute fails, and would not any more
    mine = function.args.args[0].arg if function.args.args else None
    return not function.decorator_list and isinstance(target.value, ast.Name) and target.value.id == mine


def follow(follower: "Follower", file: File, target: ast.Attribute, path: "Path") -> None:
    """Follows what an attribute of an object holds."""
    _everywhere(follower, file, target.attr, {target}, path)


def follow_class_name(follower: "Follower", file: File, cls: ast.ClassDef, binding: ast.AST, name: str, path: "Path") -> None:
    """Follows what a name of a class holds, through the class and through its objects."""
    if not plain(file, cls):
        follower.stop(file, cls, "it is in a class that is not plain")
        return
    takers: dict[ast.Attribute, File] = {}
    texts = list(by_its_name(follower.sources, file, cls.name))
    for other, node in _named(follower, cls.name):
        follower.files.add(other.path)
        up = other.source.parents[node]
        called = isinstance(up, ast.Call) and up.func is node and not up.args and not up.keywords
        if (taker := taking(follower.sources, other, node)) is not None:
            takers[taker] = other
        elif not called and not isinstance(up, ast.Attribute) and not annotates(up, node):
            follower.stop(other, node, f"{cls.name} is passed on as a whole")
    takers |= {taker: other for other, text in texts if (taker := taking(follower.sources, other, text)) is not None}
    if takers:
        follower.holders.setting(file, binding, name, path, takers)
    if path in follower.credentials or is_held(path):
        follower.closed(cls.name, {node for _, node in _named(follower, cls.name)} | {text for _, text in texts})
    _everywhere(follower, file, name, {binding}, path)


def _everywhere(follower: "Follower", file: File, name: str, stores: set[ast.AST], path: "Path") -> None:
    for word in _WHOLE:
        for other in follower.sources.holding(word):
            if (found := follower.sources.file(other)) is not None:
                follower.stop(found, found.source.tree.body[0], f"attributes may be read in another way in {other.name}")
                return
    known: set[ast.AST] = set(stores)
    for where in follower.sources.holding(name.encode()):
        other_file = follower.sources.file(where)
        if other_file is None:
            follower.stop(file, file.source.tree.body[0], f"{name} may be read in {where.name}")
            continue
        for node in other_file.source.parents:
            if isinstance(node, ast.Attribute) and node.attr == name and node not in stores:
                known.add(node)
                if isinstance(node.ctx, ast.Load):
                    follower.value(other_file, node, path)
                else:
                    follower.stop(other_file, node, f"{name} is set a second time")
            elif _defines(other_file, node, name) and node not in stores:
                follower.stop(other_file, node, f"{name} is defined a second time")
    if path in follower.credentials or is_held(path):
        follower.closed(name, known)


def _defines(file: File, node: ast.AST, name: str) -> bool:
    """Does a class define a name: by a method, or by an assignment?"""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name == name and isinstance(file.scope(node), ast.ClassDef)
    if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load) and isinstance(file.scope(node), ast.ClassDef):
        up = file.source.parents[node]
        return not (isinstance(up, ast.AnnAssign) and up.value is None)
    return False


def _named(follower: "Follower", name: str) -> Iterator[tuple[File, ast.expr]]:
    """Every mention of a class, by its name or through its module."""
    for path in follower.sources.holding(name.encode()):
        file = follower.sources.file(path)
        for node in file.source.parents if file is not None else ():
            if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name):
                assert file is not None
                yield file, node
            elif isinstance(node, ast.alias) and node.name == name and node.asname is not None:
                assert file is not None
                follower.stop(file, node, f"{name} gets another name")


def annotates(up: ast.AST, node: ast.expr) -> bool:
    """Return whether what stands above a name has it as an annotation."""
    return (isinstance(up, ast.arg | ast.AnnAssign) and up.annotation is node) or (isinstance(up, ast.FunctionDef) and up.returns is node)
