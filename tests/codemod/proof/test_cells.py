"""Values that hang on each other are the same whichever of them is asked for first, and none is believed that is not known to the end."""

import ast
from itertools import permutations
from pathlib import Path

import pytest

from migrate.codemod.proof.evaluation import cells
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.values import NOTHING, Values, const
from migrate.codemod.proof.evaluation.world import World
from tests.codemod.proof.proving import proof

SWAPPED = """
a = "one"
b = "two"
while more():
    t = a
    a = b
    b = t
use(a, b)
"""


def reads(text: str) -> tuple[Evaluator, list[ast.Name]]:
    """Return the evaluator of a file, and all places where it reads a name."""
    path = Path("/nowhere/main.py")
    ev = Evaluator(World(path.parent, {path: ast.parse(text)}, lambda _: None), frozenset())
    return ev, [n for n in ev.world.units[path].parents if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in "abt"]


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_names_that_exchange_their_values_have_both_in_any_order(order: tuple[int, ...]) -> None:
    ev, names = reads(SWAPPED)
    for n in order:
        ev.value(names[n])
    assert [ev.value(n) for n in names] == [frozenset({const("one"), const("two")})] * 5


def test_a_rewrite_that_knows_one_of_two_keys_that_change_places_is_rejected(tmp_path: Path) -> None:
    loop = "while more():\n    t = a\n    a = b\n    b = t\n"
    before = f'import boto3\na = ("<id:dev>", "<secret:dev>")\nb = ("<id:prod>", "<secret:prod>")\n{loop}'
    before += 'boto3.client("s3", aws_access_key_id=b[0], aws_secret_access_key=b[1])\n'
    after = 'import boto3\na = "dev"\nb = "prod"\nboto3.Session(profile_name=b).client("s3")\n'
    rejection = proof(tmp_path, {"main.py": before}, {"main.py": after})
    assert rejection is not None
    assert rejection.rule == "signers"


def test_a_chain_that_is_longer_than_the_stack_ends_with_the_value() -> None:
    length = 5 * cells._DEEPEST
    text = 'a0 = "key"\n' + "".join(f"a{n + 1} = a{n}\n" for n in range(length)) + f"print(a{length})\n"
    path = Path("/nowhere/main.py")
    ev = Evaluator(World(path.parent, {path: ast.parse(text)}, lambda _: None), frozenset())
    last = ev.world.names[f"a{length}"][-1]
    assert ev.value(last) == frozenset({const("key")})


def test_values_that_undo_each_other_come_to_an_end() -> None:
    store = cells.Cells(lambda: 0)
    one, other = frozenset({const(1)}), frozenset({const(2)})

    def first() -> Values:
        return one if store.ask(("second",), second) == other else other

    def second() -> Values:
        return one if store.ask(("first",), first) == one else other

    assert store.ask(("first",), first) >= first()
    assert store.ask(("second",), second) >= second()
    assert store.converged


def test_what_was_computed_on_less_of_the_program_is_computed_again() -> None:
    read = [1]
    store = cells.Cells(lambda: read[0])

    def size() -> Values:
        return frozenset({const(read[0])})

    assert store.ask(("size",), size) == frozenset({const(1)})
    read[0] = 2
    assert store.ask(("size",), size) == frozenset({const(2)})


def test_values_that_take_too_long_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_WORK", 3)
    ev, names = reads(SWAPPED)
    assert ev.value(names[0]) != NOTHING
    assert not ev.converged


def test_a_class_body_reads_what_a_star_import_brings_where_its_own_name_is_not_bound(tmp_path: Path) -> None:
    texts = {
        "conf.py": 'KEY = "outer"\n',
        "main.py": 'from conf import *\n\n\nclass C:\n    if more():\n        KEY = "own"\n    print(KEY)\n',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    ev = Evaluator(World(tmp_path, {tmp_path / n: ast.parse(t) for n, t in texts.items()}, lambda _: None), frozenset())
    read = next(n for n in ev.world.names["KEY"] if isinstance(n.ctx, ast.Load))
    assert {const("own"), const("outer")} <= ev.value(read)
