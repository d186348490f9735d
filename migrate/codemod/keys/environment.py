"""Keys that a program puts into its environment: `os.environ["AWS_ACCESS_KEY_ID"] = …` and its like are sinks too.

Variables with keys beat AWS_PROFILE (botocore, AWS CLI), so the rewrite takes such variables out of the environment where the
old code overwrote them: whatever the program was started with, it signs with the profile, as it signed with the key.
"""

import ast
from collections import defaultdict
from dataclasses import replace

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxRef, Lib, Text
from migrate.codemod.keys.sinks import Argument, Sink
from migrate.codemod.libraries.sessions import ENVIRONMENT, VARIABLES
from migrate.codemod.libraries.spec import Role

Write = tuple[str, ast.expr, ast.stmt, ast.AST]
UPDATE = replace(ENVIRONMENT, callees=("os.environ.update",), options=("0",), positional=("0",))


def find_environment(interpreter: Interpreter) -> list[Sink]:
    """Return the writes of AWS variables to `os.environ`, those of one block together."""
    groups: dict[tuple[Module, int], list[Write]] = defaultdict(list)
    sinks: list[Sink] = []
    for module in interpreter.modules.values():
        for node in module.source.parents:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
                target = node.targets[0]
                if is_environ(interpreter, target.value) and (name := variable(interpreter, target.slice)):
                    groups[module, block_of(module, node)].append((name, node.value, node, target.value))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_environ(interpreter, node.func.value):
                statement = module.source.parents.get(node)
                if (
                    node.func.attr == "setdefault"
                    and len(node.args) == 2
                    and (name := variable(interpreter, node.args[0]))
                    and isinstance(statement, ast.Expr)
                ):
                    groups[module, block_of(module, statement)].append((name, node.args[1], statement, node.func.value))
                elif node.func.attr == "update":
                    sinks += update(interpreter, module, node)
    for (module, _), writes in groups.items():
        writes.sort(key=lambda w: (w[2].lineno, w[2].col_offset))
        for together in separate(writes):
            first = next((w for w in together if VARIABLES[w[0]] is Role.KEY_ID), together[0])
            sink = Sink(module, first[2], "os.environ[]", ENVIRONMENT, first[3], [])  # type: ignore[arg-type]
            for name, value, statement, _ in together:
                sink.arguments.append(Argument(VARIABLES[name], name, interpreter.values_of(value), statement, value))  # type: ignore[arg-type]
            sinks.append(sink)
    return sinks


def separate(writes: list[Write]) -> list[list[Write]]:
    """Return the writes key by key: where a variable is written again, another key begins."""
    out: list[list[Write]] = [[]]
    for w in writes:
        if any(w[0] == other[0] for other in out[-1]):
            out.append([])
        out[-1].append(w)
    return out


def update(interpreter: Interpreter, module: Module, call: ast.Call) -> list[Sink]:
    """Return the sink of `os.environ.update(…)` with a dict or keywords; nothing where it writes no part of a key."""
    from migrate.codemod.keys.sinks import add_argument

    sink = Sink(module, call, "os.environ.update", UPDATE, call.func, list(call.args))
    for i, a in enumerate(call.args):
        add_argument(interpreter, sink, str(i), a, a)
    for k in call.keywords:
        if k.arg is not None:
            add_argument(interpreter, sink, k.arg, k, k.value)
        else:
            sink.open = True
    for _, values in sink.boxes:
        sink.open = sink.open or not all(isinstance(v, BoxRef) for v in values)
    return [sink] if sink.of(Role.KEY_ID, Role.SECRET) else []


def is_environ(interpreter: Interpreter, node: ast.expr) -> bool:
    """Return whether an expression is `os.environ`."""
    return any(isinstance(v, Lib) and v.name == "os.environ" for v in interpreter.values_of(node))


def variable(interpreter: Interpreter, node: ast.expr) -> str | None:
    """Return the AWS variable that an expression names."""
    names = [v.text for v in interpreter.values_of(node) if isinstance(v, Text)]
    return names[0] if len(names) == 1 and names[0] in VARIABLES else None


def block_of(module: Module, statement: ast.stmt) -> int:
    """Return a number that the statements of one block share."""
    parent = module.source.parents.get(statement)
    for name in ("body", "orelse", "finalbody"):
        body = getattr(parent, name, None)
        if isinstance(body, list) and statement in body:
            return id(parent) * 4 + ("body", "orelse", "finalbody").index(name)
    return id(statement)
