"""What each kind of edit makes of a statement, and which statements are not edited."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.codemod.edit.carried import carried_out
from migrate.codemod.edit.kinds import (
    AppendArgument,
    Drop,
    DropDeclared,
    DropPair,
    DropStatement,
    Edit,
    InsertAfter,
    InsertArgument,
    InsertEntry,
    InsertLine,
    KeepImport,
    NameArgument,
    NeedImport,
    Put,
    PutArgument,
    Rename,
    RenameDeclared,
    SupplyArgument,
    Unfit,
)
from migrate.codemod.source.python import Source, parse


def edited(text: str, edits: Callable[[Source, Any], list[Edit]], kind: type[ast.AST]) -> str:
    """Return a text with the edits that are made of its first node of a kind."""
    source = parse(Path("main.py"), text.encode())
    return carried_out(source, edits(source, next(n for n in ast.walk(source.tree) if isinstance(n, kind))))


def name(source: Source, id: str) -> ast.expr:
    """Return the last place where a name stands."""
    return next(n for n in reversed(list(ast.walk(source.tree))) if isinstance(n, ast.Name) and n.id == id)


CALLS: dict[str, tuple[str, Callable[[Source, Any], list[Edit]], str]] = {
    "an argument goes with its comment, a neighbour keeps its own": (
        "f(\n    a,  # of a\n    b,  # of b\n    c,  # of c\n)\n",
        lambda s, c: [Drop(c, c.args[1])],
        "f(\n    a,  # of a\n    c,  # of c\n)\n",
    ),
    "a comment above that speaks of the secret goes, another stays": (
        "f(\n    # our bucket\n    # the secret\n    b,\n    a,\n)\n",
        lambda s, c: [Drop(c, c.args[0])],
        "f(\n    # our bucket\n    a,\n)\n",
    ),
    "a comment above goes with all that it stands above": (
        "f(\n    # staging\n    a,\n    b,\n    # region\n    c,\n)\n",
        lambda s, c: [Drop(c, c.args[0]), Drop(c, c.args[1])],
        "f(\n    # region\n    c,\n)\n",
    ),
    "and stays with what is left of it": (
        "f(\n    # staging\n    a,\n    b,\n)\n",
        lambda s, c: [Drop(c, c.args[0])],
        "f(\n    # staging\n    b,\n)\n",
    ),
    "a comment on a line with a neighbour stays, unless it speaks of the secret": (
        "f(a, b,  # staging\n  c, d,  # the secret\n)\n",
        lambda s, c: [Drop(c, c.args[1]), Drop(c, c.args[3])],
        "f(a,  # staging\n  c\n)\n",
    ),
    "brackets in comments and strings are none": (
        "f(a, (b  # ) ,\n), ')')\n",
        lambda s, c: [Drop(c, c.args[1])],
        "f(a, ')')\n",
    ),
    "the last argument takes the comma before it": ("f(a , b )\n", lambda s, c: [Drop(c, c.args[1])], "f(a )\n"),
    "a call that loses all its arguments closes": ("f(\n    a,\n    b\n)\n", lambda s, c: [Drop(c, a) for a in c.args], "f()\n"),
    "another argument takes the place of one with its parentheses": (
        "f(a, k=(b), c=1)\n",
        lambda s, c: [PutArgument(c, c.keywords[0], ("n=", c.args[0]))],
        "f(a, n=a, c=1)\n",
    ),
    "arguments behind one that goes are named": (
        "f(a, b, c)\n",
        lambda s, c: [Drop(c, c.args[0]), NameArgument(c, c.args[1], "b"), NameArgument(c, c.args[2], "c")],
        "f(b=b, c=c)\n",
    ),
    "an argument comes behind all others, inside no parentheses": ("f((a))\n", lambda s, c: [AppendArgument(c, ("b=1",))], "f((a), b=1)\n"),
    "an argument comes behind the last comma's item": ("f(a,)\n", lambda s, c: [AppendArgument(c, ("b=1",))], "f(a, b=1,)\n"),
    "an argument comes into an empty call": ("f()\n", lambda s, c: [AppendArgument(c, ("b=1",))], "f(b=1)\n"),
    "an argument gets a line of its own behind another, which keeps its comment": (
        "f(\n    a,  # of a\n)\n",
        lambda s, c: [AppendArgument(c, ("b=1",))],
        "f(\n    a,  # of a\n    b=1,\n)\n",
    ),
    "an argument without a comma gets one": (
        "f(\n    a  # of a\n)\n",
        lambda s, c: [AppendArgument(c, ("b=1",))],
        "f(\n    a,  # of a\n    b=1\n)\n",
    ),
    "an argument gets a line of its own": (
        "f(\n    k=1,  # k\n)\n",
        lambda s, c: [InsertArgument(c, c.keywords[0], ("p=2",))],
        "f(\n    p=2,\n    k=1,  # k\n)\n",
    ),
    "an argument comes before another": ("f(k=1)\n", lambda s, c: [InsertArgument(c, c.keywords[0], ("p=2",))], "f(p=2, k=1)\n"),
    "an argument takes the place of one that goes": (
        "f(a, **b)\n",
        lambda s, c: [SupplyArgument(c, c.keywords[0], ("p=2",)), Drop(c, c.keywords[0])],
        "f(a, p=2)\n",
    ),
    "and comes before one that stays": ("f(a, **b)\n", lambda s, c: [SupplyArgument(c, c.keywords[0], ("p=2",))], "f(a, p=2, **b)\n"),
    "an argument comes behind another": ("f(a, b)\n", lambda s, c: [InsertAfter(c, c.args[0], ("n",))], "f(a, n, b)\n"),
    "a function becomes another, with what changes within": (
        "b.client('s3', k=(\n    K\n))\n",
        lambda s, c: [
            Put(c.func, (c.func.value, ".Session(p=", c.keywords[0].value, ").client")),
            Drop(c, c.keywords[0]),
            Rename(c.keywords[0].value, "P"),
        ],
        "b.Session(p=P).client('s3')\n",
    ),
    "an attribute and a keyword are renamed": (
        "a.old(old=old)\n",
        lambda s, c: [Rename(c.func, "new"), Rename(c.keywords[0], "new")],
        "a.new(new=old)\n",
    ),
    "characters beyond ASCII": ("f('ä€𝄞', b, 'é')\n", lambda s, c: [Drop(c, c.args[1])], "f('ä€𝄞', 'é')\n"),
    "in the head of a condition": ("if f(a, b):  # why :\n\tg()\n", lambda s, c: [Drop(c, c.args[0])], "if f(b):  # why :\n\tg()\n"),
    "in an elif": ("if x:\n    y\nelif f(a, b):\n    z\n", lambda s, c: [Drop(c, c.args[0])], "if x:\n    y\nelif f(b):\n    z\n"),
    "in an except": (
        "try:\n    x\nexcept f(a, b) as e:\n    z\n",
        lambda s, c: [Drop(c, c.args[0])],
        "try:\n    x\nexcept f(b) as e:\n    z\n",
    ),
    "in a case": (
        "match x:\n    case 1 if f(a, b):\n        z\n",
        lambda s, c: [Drop(c, c.args[0])],
        "match x:\n    case 1 if f(b):\n        z\n",
    ),
    "in a match": ("match f(a, b):\n    case 1:\n        z\n", lambda s, c: [Drop(c, c.args[0])], "match f(b):\n    case 1:\n        z\n"),
    "in a decorator of a method": (
        "class A:\n    @f(a, b)\n    def m(self): return 1\n",
        lambda s, c: [Drop(c, c.args[0])],
        "class A:\n    @f(b)\n    def m(self): return 1\n",
    ),
    "in with, for and while": (
        "with f(a, b) as c: pass\n",
        lambda s, c: [Drop(c, c.args[0])],
        "with f(b) as c: pass\n",
    ),
    "between semicolons": ("x = 1; f(a, b); y\n", lambda s, c: [Drop(c, c.args[0])], "x = 1; f(b); y\n"),
    "with the lines' own ends": ("f(\r\n\ta,\r\n\tb\r\n)\r\n", lambda s, c: [Drop(c, c.args[0])], "f(\r\n\tb\r\n)\r\n"),
}


@pytest.mark.parametrize("said", CALLS)
def test_an_argument(said: str) -> None:
    text, edits, wanted = CALLS[said]
    assert edited(text, edits, ast.Call) == wanted


OTHERS: dict[str, tuple[str, type[ast.AST], Callable[[Source, Any], list[Edit]], str]] = {
    "an entry of a dict goes": ("x = {'a': 1, 'b': (2), **c}\n", ast.Dict, lambda s, d: [Drop(d, d.values[1])], "x = {'a': 1, **c}\n"),
    "an entry comes before another": (
        "x = {'a': 1}\n",
        ast.Dict,
        lambda s, d: [InsertEntry(d, d.values[0], ("'p': ", d.values[0]))],
        "x = {'p': 1, 'a': 1}\n",
    ),
    "a tuple of one keeps a comma": ("x = a, (b)\n", ast.Tuple, lambda s, t: [Drop(t, t.elts[0])], "x = (b),\n"),
    "a tuple becomes what is left of it": (
        "for a, b in x: pass\n",
        ast.Tuple,
        lambda s, t: [Drop(t, t.elts[1]), Put(t, (t.elts[0],))],
        "for a in x: pass\n",
    ),
    "a tuple with its parentheses becomes what is left of it": (
        "x = ((a), b)\n",
        ast.Tuple,
        lambda s, t: [Put(t, (t.elts[0],))],
        "x = a\n",
    ),
    "a pair goes": ("a, b, c = 1, 2, 3\n", ast.Assign, lambda s, a: [DropPair(a, 1)], "a, c = 1, 3\n"),
    "of two pairs one is left": ("a, b = 1, 2  # x\n", ast.Assign, lambda s, a: [DropPair(a, 1)], "a = 1  # x\n"),
    "all pairs go": ("a, b = 1, 2\nc\n", ast.Assign, lambda s, a: [DropPair(a, 0), DropPair(a, 1)], "c\n"),
    "a target goes": ("a = b = 1\n", ast.Assign, lambda s, a: [Drop(a, a.targets[0])], "b = 1\n"),
    "the first term goes": ("if (a) and b and c: pass\n", ast.BoolOp, lambda s, b: [Drop(b, b.values[0])], "if b and c: pass\n"),
    "a later term goes": ("if (a and b) or c or d: pass\n", ast.BoolOp, lambda s, b: [Drop(b, b.values[1])], "if (a and b) or d: pass\n"),
    "one term is left": ("x = not (a and b)\n", ast.BoolOp, lambda s, b: [Drop(b, b.values[1])], "x = not (a)\n"),
    "a parameter goes with its default": (
        "def f(a, b: int = (1), *, c): ...\n",
        ast.arguments,
        lambda s, a: [Drop(a, a.args[1])],
        "def f(a, *, c): ...\n",
    ),
    "the star goes with the last behind it": (
        "def f(a, *, c): ...\n",
        ast.arguments,
        lambda s, a: [Drop(a, a.kwonlyargs[0])],
        "def f(a): ...\n",
    ),
    "the slash goes with the last before it": (
        "def f(a, /, c): ...\n",
        ast.arguments,
        lambda s, a: [Drop(a, a.posonlyargs[0])],
        "def f(c): ...\n",
    ),
    "a lambda loses its parameter": ("x = lambda a=1: 0\n", ast.arguments, lambda s, a: [Drop(a, a.args[0])], "x = lambda: 0\n"),
    "a parameter comes behind another": (
        "def f(a, b=1, **c): ...\n",
        ast.arguments,
        lambda s, a: [InsertAfter(a, a.args[1], ("p=None",)), Rename(a.args[0], "n")],
        "def f(n, b=1, p=None, **c): ...\n",
    ),
    "a global name goes": ("def f():\n    global a, b\n", ast.Global, lambda s, g: [DropDeclared(g, "a")], "def f():\n    global b\n"),
    "a global name is renamed": (
        "def f():\n    global a, b\n",
        ast.Global,
        lambda s, g: [RenameDeclared(g, "b", "c")],
        "def f():\n    global a, c\n",
    ),
    "an imported name goes": (
        "from m import (\n    a,  # a\n    b,\n)\n",
        ast.ImportFrom,
        lambda s, i: [Drop(i, i.names[0])],
        "from m import (\n    b,\n)\n",
    ),
    "an imported name is renamed": ("from m import a, b\n", ast.ImportFrom, lambda s, i: [Rename(i.names[0], "c")], "from m import c, b\n"),
    "an import of nothing goes": ("import a\nx\n", ast.Import, lambda s, i: [Drop(i, i.names[0])], "x\n"),
    "an import that does something stays": (
        "from a import b\nx\n",
        ast.ImportFrom,
        lambda s, i: [Drop(i, i.names[0]), KeepImport(i, "import a")],
        "import a\nx\n",
    ),
    "a new import takes the place of an old one": (
        "from boto3 import client\nx\n",
        ast.ImportFrom,
        lambda s, i: [Drop(i, i.names[0]), NeedImport("import boto3", i)],
        "import boto3\nx\n",
    ),
    "a new import": ("'''Doc.'''\n\nimport z\n", ast.Import, lambda s, i: [NeedImport("import a", i)], "'''Doc.'''\n\nimport a\nimport z\n"),
    "a line above a statement": ("if x:\n    y = 1\n", ast.Assign, lambda s, a: [InsertLine(a, "z = 2")] * 2, "if x:\n    z = 2\n    y = 1\n"),
    "a statement goes": ("a = 1  # a\nb = 2\n", ast.Assign, lambda s, a: [DropStatement(a)], "b = 2\n"),
    "a block keeps something": ("if x:\n    a = 1\n", ast.Assign, lambda s, a: [DropStatement(a)], "if x:\n    pass\n"),
    "a statement becomes another": ("del a, b\n", ast.Delete, lambda s, d: [Put(d, ("del ", d.targets[1]))], "del b\n"),
    "parentheses around an expression stay": ("x = (\n    a  # why\n)\n", ast.Name, lambda s, n: [Put(name(s, "a"), ("b",))], "x = (\n    b  # why\n)\n"),
    "what goes as a whole is not edited within": (
        "x = f(a)\ny\n",
        ast.Assign,
        lambda s, a: [DropStatement(a), Drop(a.value, a.value.args[0])],
        "y\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", OTHERS)
def test_a_statement(said: str) -> None:
    text, kind, edits, wanted = OTHERS[said]
    assert edited(text, edits, kind) == wanted


LARGE = {
    "operands": "x = f(" + " + ".join(["a"] * 2000) + ", b)\n",
    "pieces of a string": "x = f(" + " ".join(['"a"'] * 20_000) + ", b)\n",
    "calls of calls": "x = f(a" + ".b()" * 180 + ", b)\n",
    "entries": "x = f([" + "1, " * 50_000 + "], b)\n",
    "a guard": "match x:\n    case 1 if f(" + " ".join(['"a"'] * 300) + ", b):\n        pass\n",
    "a handler": "try:\n    pass\nexcept f(" + " ".join(['"a"'] * 300) + ", b):\n    pass\n",
}


@pytest.mark.parametrize("what", LARGE)
def test_too_large_a_statement_is_refused(what: str) -> None:
    source = parse(Path("main.py"), LARGE[what].encode())
    call = next(n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    with pytest.raises(Unfit) as refused:
        carried_out(source, [Drop(call, call.args[1])])
    assert source.span(refused.value.node).start < len(source.text)


def test_too_large_a_statement_may_go_as_a_whole() -> None:
    source = parse(Path("main.py"), (LARGE["operands"] + "y\n").encode())
    assert carried_out(source, [DropStatement(source.tree.body[0])]) == "y\n"


def test_edits_can_be_compared() -> None:
    call = ast.Call(ast.Name("f"), [ast.Name("a"), ast.Name("b")], [])
    assert Drop(call, call.args[0]) == Drop(call, call.args[0])
    assert Drop(call, call.args[0]) != Drop(call, call.args[1])
