"""Whether what a file sets outlives the test that it is set for: what `monkeypatch`, `with patch(…)` and `@patch(…)` set is set back, nothing else is."""

import ast
import re
from collections.abc import Iterator

LASTING = [
    r"\.start\(",
    r"__enter__|MonkeyPatch\(|(?:session|package)_mocker|enterModuleContext",
    r"hookwrapper|hookimpl|pytest_(?:configure|sessionstart|load_initial_conftests|plugin_registered|collection\w*|runtestloop)",
    r"""scope\s*=\s*(?!["'](?:function|class|module)["'])""",
]
"""How a patch outlives the test that it is made for."""
_LASTS = re.compile("|".join(LASTING))
_PATCH = re.compile(r"(?:.*\.)?patch(?:\.(?:object|dict|multiple))?")
_BY_FIXTURE = re.compile(r"(?:(?:self|cls)\.)?(?:monkeypatch|(?:class_|module_)?mocker)\.(?:setattr|delattr|setenv|delenv|setitem|delitem|syspath_prepend|chdir"
                         r"|patch(?:\.(?:object|dict|multiple))?|spy|stub)")  # fmt: skip
_CONTEXT = re.compile(r"(?:pytest\.)?(?:MonkeyPatch|monkeypatch)\.context\(\)")
_ELSEWHERE = re.compile(r"expanduser|sys|addsitedir|import|boto")
"""What is no variable of the environment, and is not set back where that is."""
_FIXTURES = frozenset({"monkeypatch", "mocker", "class_mocker", "module_mocker"})


def for_good(tree: ast.Module, words: tuple[str, ...]) -> bool:
    """Return whether a file says one of some words (regular expressions) elsewhere than where it is set back after a test."""
    whole = ast.unparse(tree)
    if _LASTS.search(whole) or any(_binds(node) for node in ast.walk(tree)):
        return True
    said = re.compile("|".join(words))
    count = 0
    for node, environment in _undone(tree):
        found = [m.group() for m in said.finditer(ast.unparse(node))]
        count += len([one for one in found if not environment or not _ELSEWHERE.search(one)])
    return len(said.findall(whole)) > count


def _binds(node: ast.AST) -> bool:
    """Return whether a file gives the name of a fixture to something of its own."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.alias(name=name) | ast.alias(asname=name):
            return name in _FIXTURES
    return False


def _undone(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Yield what is set back, none of it inside of another, and whether only what it does to the environment is."""
    todo: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while todo:
        node, names = todo.pop()
        if _keeps_environment(node):
            yield node, True
            continue
        going: list[ast.AST] = []
        match node:
            case ast.With() | ast.AsyncWith():
                its = [i for i in node.items if _is_patch(i.context_expr)]
                going = [i.context_expr for i in its]
                names |= {
                    n for i in node.items if isinstance(i.optional_vars, ast.Name) and (n := _entered(i.context_expr, i.optional_vars.id))
                }
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                going = [d for d in node.decorator_list if _is_patch(d)]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in names:
                going = [node]
            case ast.Call() if _BY_FIXTURE.fullmatch(ast.unparse(node.func)):
                going = [node]
        yield from ((one, False) for one in going)
        if node not in going:
            inner = frozenset() if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else names
            todo += [(child, inner) for child in _children(node) if child not in going]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.withitem):
            yield from ast.iter_child_nodes(child)
        else:
            yield child


def _is_patch(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _PATCH.fullmatch(ast.unparse(node.func)) is not None


def _entered(manager: ast.expr, name: str) -> str:
    """Return the name of what sets back at the end of a `with` all that it is given; nothing of another."""
    return (
        name
        if _CONTEXT.fullmatch(ast.unparse(manager)) or re.fullmatch(r"(?:contextlib\.)?(?:Async)?ExitStack\(\)", ast.unparse(manager))
        else ""
    )


def _keeps_environment(node: ast.AST) -> bool:
    """Return whether the environment is, after a block or a call of a function, as it was before."""
    match node:
        case ast.With():
            made = [i.context_expr for i in node.items]
        case ast.FunctionDef():
            made = list(node.decorator_list)
        case _:
            return False
    kept = any(
        isinstance(m, ast.Call) and re.fullmatch(r"(?:\w+\.)*patch\.dict\(['\"]?(?:os\.)?environ\b.*", ast.unparse(m), re.DOTALL)
        for m in made
    )
    if not kept:
        return False
    below = [n for n in ast.walk(node) if n is not node]
    later = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    yields = isinstance(node, ast.FunctionDef) and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in below)
    return (
        not yields
        and not any(isinstance(n, later) for n in below)
        and "putenv" not in ast.unparse(node)
        and "unsetenv" not in ast.unparse(node)
    )
