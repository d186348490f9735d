"""How a plan for a cluster ends where something stands against it."""

import ast

from migrate.codemod.flow.module import Module
from migrate.codemod.keys.cluster import Problem
from migrate.codemod.keys.rules import Rule


class Blocked(Exception):
    """Why a cluster cannot be rewritten after all."""

    def __init__(self, module: Module, node: ast.AST, rule: Rule, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(module, node, code, message, help, rule=rule.label)
