"""Several edits in one statement, wherever it stands: the new text parses, and means what was asked for."""

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.codemod.edit.carried import carried_out
from migrate.codemod.edit.kinds import AppendArgument, Drop, Edit, Put, PutArgument, Rename
from migrate.codemod.source.python import parse

PLACES = (
    "{}",
    "x = {}  # = (\n",
    "if {}:  # :\n    pass",
    "if x:\n\tpass\nelif ({}):\n\tpass",
    "while not {} or y: pass",
    "for i in {}: print(i); break",
    "with {} as c, d:\n    c",
    "def f(a={}, *, b): return a",
    "class A:\n    @dec({})  # )\n    @other\n    def f(self): pass",
    "class A({}, metaclass=M): ...",
    "match {}:\n    case 1: pass",
    "match x:\n    case [1, y] if {}:\n        pass",
    "try:\n    pass\nexcept {} as e:\n    pass",
    "async def f():\n    async with {}: pass",
    "def f():\n    return [z for z in {} if z], \\\n        1",
    "a = b; c = {}; d = 'é'",
    "x: dict[str, 'int'] = {{'k': {}}}",
    "del ({}).x, y",
    "assert {}, 'no'",
    "lambda: {}",
)
GAPS = st.sampled_from(["", " ", "\n      ", "  # ')\n  ", "\n  # ({\n      "])


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Draw a call with a constant, a condition and a keyword, in some layout."""
    gaps = [draw(GAPS) for _ in range(8)]
    condition = f"(p{gaps[5] or ' '}and (secret) and{gaps[6] or ' '}r)"
    comma = draw(st.sampled_from(["", ","]))
    return f"m.f({gaps[0]}'é'{gaps[1]},{gaps[2]}{condition}{gaps[3]},{gaps[4]}key=('K'){comma}{gaps[7]})"


@given(st.sampled_from(PLACES), calls())
@settings(max_examples=200, deadline=None)
def test_edits_of_one_statement(place: str, call: str) -> None:
    text = place.format(call) + "\n"
    source = parse(Path("main.py"), text.encode())
    node = next(n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "f")
    condition, keyword = node.args[1], node.keywords[0]
    assert isinstance(condition, ast.BoolOp) and isinstance(node.func, ast.Attribute)
    edits: list[Edit] = [
        Put(node.func, (node.func.value, ".Session(n=", keyword.value, ").g")),
        Put(keyword.value, ("'P'",)),
        Drop(node, node.args[0]),
        Drop(condition, condition.values[1]),
        Rename(condition.values[0], "q"),
        PutArgument(node, keyword, ("new=", condition.values[2])),
        AppendArgument(node, ("last=1",)),
    ]
    new = carried_out(source, edits)
    wanted = place.format("m.Session(n='P').g((q and r), new=r, last=1)") + "\n"
    assert ast.dump(ast.parse(new)) == ast.dump(ast.parse(wanted))
    start = text.index("m.f(")
    assert new.startswith(text[:start])
    assert new.endswith(text[start + len(call) :])
