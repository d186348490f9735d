"""The rewriter broken on purpose: each right result of fixtures/ is spoilt in one place, and the witness has to notice."""

import ast
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.codemod.proof.proving import proof
from tests.codemod.test_fixtures import EXAMPLES

Files = dict[str, str]
ALL = "AWS_SSO_MIGRATE_ALL_MUTANTS" in os.environ
"""Every mutant; else a third of them, the same each time."""


def texts(example: str, state: str) -> Files:
    """The Python files of an example."""
    files = EXAMPLES[example].before if state == "before" else EXAMPLES[example].after
    return {name: text for name, text in sorted((files or {}).items()) if name.endswith(".py")}


def broken(before: Files, after: Files) -> Iterator[tuple[str, str, str]]:
    """Yield what a broken rewriter might have made of a file: what was broken, the file, its text."""
    for name, text in after.items():
        if text == before.get(name):
            continue
        tree = ast.parse(text)
        for at, node in enumerate(ast.walk(tree)):
            for what in ("profile", "argument", "statement", "condition"):
                spoilt = ast.parse(text)
                twin = list(ast.walk(spoilt))[at]
                if spoil(what, node, twin, spoilt):
                    yield f"{what} {at}", name, ast.unparse(ast.fix_missing_locations(spoilt)) + "\n"


def spoil(what: str, node: ast.AST, twin: ast.AST, tree: ast.Module) -> bool:
    """Break one thing at a node's twin in a tree of its own; False where there is nothing of the kind."""
    if what == "profile" and isinstance(twin, ast.Constant) and twin.value in ("dev", "prod"):
        twin.value = "prod" if twin.value == "dev" else "dev"
        return True
    if what == "argument" and isinstance(twin, ast.Call):
        kept = [k for k in twin.keywords if k.arg not in ("profile_name", "profile", "region_name")]
        if len(kept) < len(twin.keywords):
            twin.keywords = kept
            return True
    if what == "statement" and isinstance(twin, ast.Module) and len(twin.body) > 2:
        calls = [s for s in twin.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
        if calls:
            twin.body.remove(calls[-1])
            return True
    if what == "condition" and isinstance(twin, ast.If):
        twin.test = ast.UnaryOp(ast.Not(), twin.test)
        return True
    return False


WITH_RESULT = [e for e in EXAMPLES if texts(e, "after")]


@pytest.mark.parametrize("share", range(4))
def test_every_mutant_is_noticed(share: int, tmp_path: Path) -> None:
    made, missed = 0, []
    for example in WITH_RESULT[share::4]:
        before, after = texts(example, "before"), texts(example, "after")
        for n, (what, name, text) in enumerate(broken(before, after)):
            if not ALL and zlib.crc32(f"{example} {n}".encode()) % 3:
                continue
            folder = tmp_path / example / str(n)
            if proof(folder, before, {**after, name: text}) is None:
                missed.append((example, what, text))
            made += 1
    assert made >= 60
    assert missed == [], f"{len(missed)} of {made}"
