"""What a rewrite took out and put in, statement by statement: each part of it has to be accounted for."""

import ast
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

Line = tuple[int, ast.AST, str]
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def flat(tree: ast.Module) -> list[Line]:
    """Return all statements in order, each without its blocks: depth, node, and a text that is equal where they are."""
    out: list[Line] = []

    def visit(node: ast.AST, depth: int) -> None:
        for name in _BLOCKS:
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            for child in block:
                if not isinstance(child, ast.Pass):
                    out.append((depth, child, f"{depth}{name}{head(child)}"))
                visit(child, depth + 1)

    visit(tree, 0)
    return out


def head(node: ast.AST) -> str:
    """Return a statement's dump, its blocks apart."""
    parts = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name in _BLOCKS and isinstance(value, list):
            parts.append(name if value and name != "body" else "")
        elif isinstance(value, ast.AST):
            parts.append(ast.dump(value))
        elif isinstance(value, list):
            parts.append("[" + ",".join(ast.dump(v) if isinstance(v, ast.AST) else str(v) for v in value) + "]")
        else:
            parts.append(repr(value))
    return "|".join(parts)


def changed(old: ast.Module, new: ast.Module) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the statements of the old tree that the new one does not have where they stood, and the other way round."""
    a, b = flat(old), flat(new)
    gone: list[ast.AST] = []
    come: list[ast.AST] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, [x[2] for x in a], [x[2] for x in b], autojunk=False).get_opcodes():
        if tag != "equal":
            gone += [x[1] for x in a[i1:i2]]
            come += [x[1] for x in b[j1:j2]]
    return gone, come


def own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement's nodes, those in its blocks apart."""
    todo: list[ast.AST] = [node]
    while todo:
        at = todo.pop()
        yield at
        for name, value in ast.iter_fields(at):
            if name in _BLOCKS and isinstance(value, list) and isinstance(at, ast.stmt | ast.ExceptHandler | ast.match_case):
                continue
            if isinstance(value, ast.AST):
                todo.append(value)
            elif isinstance(value, list):
                todo += [v for v in value if isinstance(v, ast.AST)]


def counted(nodes: list[ast.AST], kinds: type[ast.AST] | tuple[type[ast.AST], ...]) -> Counter[str]:
    """Count the nodes of some kinds in some statements, by their names or texts."""
    out: Counter[str] = Counter()
    for statement in nodes:
        for node in own(statement):
            if isinstance(node, kinds):
                out[label(node)] += 1
    return out


def label(node: ast.AST) -> str:
    """Return what a node is counted by."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Constant():
            return repr(node.value)
        case ast.Call():
            return label(node.func)
        case ast.arg():
            return node.arg
        case ast.keyword():
            return node.arg or "**"
        case ast.alias():
            return node.name
    return type(node).__name__


COMING = frozenset({"Session", "client", "resource", "create_client", "get_credentials", "pop", "getenv", "get", "AioSession", "set_config_variable",
                    "update", "setdefault", "dict", "setup_default_session", "Credentials", "profile_name"})  # fmt: skip
"""What a rewrite may call that the old text did not: the makers of sessions, and what takes a variable out of the environment."""


def tests(nodes: list[ast.AST]) -> list[ast.If | ast.While | ast.IfExp | ast.Assert]:
    """Return what asks a condition in some statements, in order."""
    return [n for s in nodes for n in own(s) if isinstance(n, ast.If | ast.While | ast.IfExp | ast.Assert)]
