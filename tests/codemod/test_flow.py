"""What the planner's analysis says that an expression may be: a snippet, and the values of its `x`."""

from pathlib import Path

import pytest

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.known.registry import KNOWN, known
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.values import Const, Lib, Outside, Tainted, Text, Unknown, Value
from migrate.codemod.source.python import parse

SNIPPETS: dict[str, tuple[str, set[object]]] = {
    "a name assigned again": ('a = "1"\na = "2"\nx = a', {"2"}),
    "two ways": ('a = "1"\nif input():\n    a = None\nx = a', {"1", None}),
    "an entry": ('d = {"k": "1", "l": "2"}\nx = d["l"]', {"2"}),
    "an attribute": ('class C:\n    def __init__(self, k):\n        self.k = k\nx = C("1").k', {"1"}),
    "a function": ("def f(a, b='2'):\n    return b\nx = f('1')", {"2"}),
    "a partial": ("import functools\ndef f(a, b):\n    return a\ng = functools.partial(f, '1')\nx = g('2')", {"1"}),
    "the environment": ('import os\nx = os.getenv("K", "1")', {Outside("K"), "1"}),
    "a library": ('import boto3\nx = boto3.client("s3")', {Lib("boto3.client()")}),
    "pieces": ('x = "1" + "2"', {"12"}),
    "a parameter that nobody gives": ("def f(a):\n    global x\n    x = a", {Unknown()}),
    "made in a way that is not followed": ('x = "21"[::-1]', {Tainted}),
    "elements": ('x = None\nfor x in ["1", "2"]:\n    pass', {"1", "2", None}),
    "a thread": (
        "import threading\nx = None\ndef f(a):\n    global x\n    x = a\nthreading.Thread(target=f, args=('1',)).start()",
        {"1", None},
    ),
    "a field": ("from dataclasses import dataclass, replace\n@dataclass\nclass C:\n    k: str\nx = replace(C('1'), k='2').k", {"1", "2"}),
    "an attribute by its name": ("class C:\n    k = '1'\nx = getattr(C, 'k')", {"1"}),
}


def plain(value: Value) -> object:
    """Return a value without the literals that it was made of."""
    return (
        value.text
        if isinstance(value, Text)
        else value.value
        if isinstance(value, Const)
        else Tainted
        if isinstance(value, Tainted)
        else value
    )


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_an_expression_may_be(name: str, tmp_path: Path) -> None:
    text, expected = SNIPPETS[name]
    path = tmp_path / "main.py"
    module = Module(parse(path, text.encode()))
    walk = Interpreter(Imports(tmp_path, {str(path)}), [module])
    walk.run()
    assert {plain(v) for s in module.scope.stores["x"] for v in s.values} == expected


def test_a_call_is_known_once() -> None:
    name = next(iter(KNOWN))
    with pytest.raises(ValueError, match="known twice"):
        known(name)(lambda call: None)


def test_every_known_call_says_what_it_answers() -> None:
    assert all(answer.__doc__ for answer in KNOWN.values())
