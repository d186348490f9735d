"""What the parts of a removal share: what goes, and how to ask and plan. `migrate.codemod.rewrite.removal` has the answers."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Store

if TYPE_CHECKING:
    from migrate.codemod.rewrite.rewriter import Rewrite, Rewriter


class Sweep:
    """The base of the removal's parts."""

    rewriter: "Rewriter"
    rewrite: "Rewrite"
    removed: set[Store]
    roots: set[ast.AST]

    def dead(self, node: ast.AST) -> bool:
        """Does it stand in something that goes?"""
        raise NotImplementedError

    def unread(self, s: Store) -> bool:
        """Is every reader of a binding gone?"""
        raise NotImplementedError

    def drop_statement(self, module: Module, statement: ast.stmt) -> None:
        """Plans a statement's removal."""
        raise NotImplementedError

    def mend_all(self, s: Store) -> None:
        """Plans what `__all__` loses with a binding."""
        raise NotImplementedError
