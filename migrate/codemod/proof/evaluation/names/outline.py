"""What one file has: its names, scopes and calls. Found once for a tree, for all programs and proofs that it is a part of."""

import ast
from collections import OrderedDict
from pathlib import Path

from migrate.codemod.proof.evaluation.names.reaching import Reaching
from migrate.codemod.proof.evaluation.names.scopes import Unit


class Outline:
    """A file's unit, what reaches its names, and its nodes by what they are."""

    def __init__(self, path: Path, tree: ast.Module, cells: tuple[int, ...]) -> None:
        self.unit = Unit(path, tree, cells)
        self.reaching = Reaching(self.unit)
        self.calls: list[ast.Call] = []
        self.attributes: list[ast.Attribute] = []
        self.names: list[ast.Name] = []
        self.functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        self.aliases: list[tuple[str, str]] = []  # of `from m import NAME as other`
        self.stores: dict[ast.Subscript, ast.expr] = {}  # `x[k] = v`
        self.deletes: list[ast.Subscript] = []
        for node in self.unit.parents:
            if isinstance(node, ast.Name):
                self.names.append(node)
            elif isinstance(node, ast.Attribute):
                self.attributes.append(node)
            elif isinstance(node, ast.Call):
                self.calls.append(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions.append(node)
            elif isinstance(node, ast.alias):
                if node.asname and node.asname != node.name and isinstance(self.unit.parents.get(node), ast.ImportFrom):
                    self.aliases.append((node.name, node.asname))
            elif isinstance(node, ast.Subscript):
                if isinstance(node.ctx, ast.Del):
                    self.deletes.append(node)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Subscript):
                        self.stores[target] = node.value
                    elif isinstance(target, ast.Tuple | ast.List):
                        self.stores |= {t: t for t in ast.walk(target) if isinstance(t, ast.Subscript) and isinstance(t.ctx, ast.Store)}
            elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For) and isinstance(node.target, ast.Subscript):
                self.stores[node.target] = node.target


_MOST = 400_000
"""Nodes of all the trees whose outlines are kept."""
_kept: OrderedDict[tuple[ast.Module, Path, tuple[int, ...]], Outline] = OrderedDict()


def outlined(path: Path, tree: ast.Module, cells: tuple[int, ...] = ()) -> Outline:
    """Return the outline of a file. It is never changed: the same one serves whoever asks for this tree."""
    key = tree, path, cells
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    found = _kept[key] = Outline(path, tree, cells)
    size = sum(len(o.unit.parents) for o in _kept.values())
    while size > _MOST and len(_kept) > 1:
        size -= len(_kept.popitem(last=False)[1].unit.parents)
    return found


def forget_outlines() -> None:
    """Keep nothing."""
    _kept.clear()


def last_name(node: ast.AST) -> str:
    """Return the last identifier of `a.b.c`; empty for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
