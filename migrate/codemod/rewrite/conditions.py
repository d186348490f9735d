"""Conditions that ask for a key: they ask for the profile afterwards, or not at all."""

import ast
import re
from itertools import pairwise

from migrate.codemod.edit.kinds import Drop
from migrate.codemod.keys.rules import Rule
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.plan import Plan

_AND_OR = re.compile(r"[\s\\()]*(?:and|or)[\s\\()]*")  # and no comment, of which nobody knows whose it is


def ask_no_more(plan: Plan) -> None:
    """Make conditions ask for the profile instead of the key, and no more for the secret.

    Raise Blocked where that is not possible.
    """
    for home, node in plan.cluster.asked if plan.facts.mapping.chain else ():
        raise Blocked(
            home, node, Rule.TESTED, "AWS207", "the code tests whether there is a key", "test for something else instead, then run again"
        )
    for whole, (home, terms) in plan.cluster.unasked.items():
        if not isinstance(whole, ast.BoolOp):
            if all(v in terms for v in whole.elts):
                raise Blocked(
                    home,
                    whole,
                    Rule.TESTED,
                    "AWS207",
                    "the code tests whether there is a key",
                    "test for the profile instead, then run again",
                )
            for term in sorted(terms, key=lambda t: (t.lineno, t.col_offset)):
                plan.add(home, Drop(whole, term))
            plan.roots |= terms
            continue
        spans = [home.source.span(v) for v in whole.values]
        between = [home.source.text[a.end : b.start] for a, b in pairwise(spans)]
        if all(v in terms for v in whole.values) or not all(_AND_OR.fullmatch(text) for text in between):
            raise Blocked(
                home, whole, Rule.TESTED, "AWS207", "the code tests whether there is a key", "test for the profile instead, then run again"
            )
        for term in (v for v in whole.values if v in terms):
            plan.add(home, Drop(whole, term))
        plan.roots |= terms
    for home, statement in plan.cluster.pointless:
        if statement not in plan.roots:
            plan.drop_statement(home, statement)
