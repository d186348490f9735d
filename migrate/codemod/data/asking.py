"""What a program asks of a session but to sign: which profile it has, where its keys come from, the keys themselves without their token.

Asked of the bytes of a source: none of these answers stays as it was where a profile takes the place of a key.
"""

import ast
import re

_PROFILE = re.compile(
    rb"\.profile_name\b|\.available_profiles\b|\.full_config\b|\bget_scoped_config\b|\bget_config_variable\(\s*(?![\"']region)|"
    rb"\b(?:session|sess|_session|get_session\(\))\.profile\b"
)
_METHOD = re.compile(rb"\.method\b")


def asks(data: bytes, profile: bool = True) -> tuple[int, str] | None:
    """Return where a source asks for what a rewrite changes, and what it is; None where it does not. `profile`: does the profile count?"""
    if profile and (found := _PROFILE.search(data)) is not None:
        return found.start(), "this program asks for the profile"
    if b"get_credentials" in data:
        if (found := _METHOD.search(data)) is not None:
            return found.start(), "this program asks where the credentials come from"
        if (at := _taken_apart(data)) is not None:
            return at, "this program takes the session's credentials apart, and may leave their token behind"
    return None


_THREE = {"access_key", "secret_key", "token"}
_PARTS = {*_THREE, "get_frozen_credentials"}
_LOOKING_ON = {"bool", "callable", "id", "isinstance", "print", "type"}


def _taken_apart(data: bytes) -> int | None:
    """Return where credentials are read by index, unpacked, by name, or given to a function of the program; None where they are not."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    names = {
        target.id if isinstance(target, ast.Name) else target.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _gives_credentials(node.value)
        for target in node.targets
        if isinstance(target, ast.Name | ast.Attribute)
    }

    def are(node: ast.AST) -> bool:
        return (
            _gives_credentials(node)
            or (isinstance(node, ast.Name) and node.id in names)
            or (isinstance(node, ast.Attribute) and node.attr in names)
        )

    whole = {
        n for call in ast.walk(tree) if isinstance(call, ast.Call) and {n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)} >= _THREE
        for a in (*call.args, *(k.value for k in call.keywords)) for n in ast.walk(a)
    }  # fmt: skip
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="access_key" | "secret_key"):
                taken = node not in whole
            case ast.Attribute(value=value, attr=name) if name not in _PARTS:
                taken = are(value)
            case ast.Subscript(value=value) | ast.Starred(value=value) | ast.YieldFrom(value=value):
                taken = are(value)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                taken = are(value)
            case ast.Assign(targets=[*_, ast.Tuple() | ast.List()], value=value):
                taken = are(value)
            case ast.Call(func=ast.Name(id=name), args=args) if name[:1].islower():
                taken = name not in _LOOKING_ON and any(map(are, args))
            case _:
                continue
        if taken:
            lines = data.splitlines(keepends=True)
            return sum(map(len, lines[: getattr(node, "lineno", 1) - 1]))
    return None


def _gives_credentials(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get_credentials", "get_frozen_credentials")
    )
