"""What the files below a root import, each read once for all proofs. Trees are not kept: those of a large tree take gigabytes."""

import ast
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from migrate.codemod.proof.around.below import tree_below
from migrate.codemod.proof.evaluation.world import World

PARSED = (".py", ".pyw", ".wsgi", ".cgi", ".fcgi", ".tac")
"""Files whose trees are what Python runs: no notebooks, and no other languages with imports."""


@lru_cache(maxsize=50_000)
def run_by(root: Path, path: Path) -> frozenset[Path]:
    """Return the files of a root that the imports of a file run, those of the packages around them included."""
    tree = tree_below(root, path)
    return frozenset(world(root).runs(path, tree)) if tree is not None else frozenset()


@lru_cache(maxsize=2)
def world(root: Path) -> World:
    """Return the files of a root, to ask what an import means."""
    return World(root, {}, lambda path: None)


@lru_cache(maxsize=50_000)
def asked(root: Path, path: Path, question: Callable[[ast.Module, Any], Any], of: Any) -> Any:
    """Return the answer to a question about a file's tree; None where the file is not understood."""
    tree = tree_below(root, path)
    return question(tree, of) if tree is not None else None


def forget_imports() -> None:
    """Forget what has been read."""
    run_by.cache_clear()
    world.cache_clear()
    asked.cache_clear()
