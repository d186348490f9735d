"""Case patterns that read: `case object(key=k)` asks for an attribute and `case {"key": k}` for an entry, and neither is an expression of its own."""

import ast
import re
from collections.abc import Collection, Iterator

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers.classes import line
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule

_ITSELF = frozenset({"bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})
"""Classes whose one pattern by place is matched with the object itself (https://docs.python.org/3/reference/compound_stmts.html#class-patterns)."""
_ATTRIBUTE = r"(?m:^[ \t]*case\b(?s:.){{0,400}}?[(,]\s*(?:{})\s*=(?!=))"
_ENTRY = r"(?m:^[ \t]*case\b(?s:.){{0,400}}?[\"'](?:{})[\"']\s*:)"
"""How a file that was not followed matches an attribute, or an entry."""


def check_matched(case: Case, attributes: Collection[str], entries: Collection[str] = ()) -> None:
    """Raise Rejected where a case pattern asks for an attribute or entry of one of some names: what is matched is not followed."""
    if not attributes and not entries:
        return
    for unit in case.others():
        for node in unit.parents:
            for name in sorted(_asked(case, node, attributes, entries)):
                raise Rejected(Rule.UNKNOWN_READER, unit, node, f"a case pattern reads `{name}`, which may be a part of the key")
    for names, form in ((attributes, _ATTRIBUTE), (entries, _ENTRY)):
        words = [form.format("|".join(sorted(map(re.escape, names))))] if names else []
        for path in case.rewritten.mentions.all_that_say(words, set(case.old.world.units)) if words else ():
            if case.rewritten.mentions.share(path, case.homes):
                raise Rejected(Rule.UNKNOWN_READER, path, None, f"{path.name}, which was not analyzed, may match a part of the key")


def _asked(case: Case, node: ast.AST, attributes: Collection[str], entries: Collection[str]) -> set[str]:
    """Return the names of which a pattern asks."""
    if isinstance(node, ast.MatchMapping):
        return {str(k.value) for k in node.keys if isinstance(k, ast.Constant) and k.value in entries}
    if not isinstance(node, ast.MatchClass):
        return set()
    said = set(node.kwd_attrs) & set(attributes)
    if node.patterns and last_name(node.cls) not in _ITSELF:
        placed = _by_place(case, node.cls)
        said |= set(attributes) if placed is None else placed & set(attributes)
    return said


def _by_place(case: Case, node: ast.expr) -> set[str] | None:
    """Return the names that patterns by place of a class may read, those of its fields and `__match_args__`; None where these are not written out."""
    out: set[str] = set()
    for v in case.old.value(node):
        if v.kind is Kind.LIBRARY:
            continue
        if v.kind is not Kind.CLASS or not isinstance(v.data, ast.ClassDef):
            return None
        for cls in line(case.old, v.data)[0]:
            for statement in cls.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    out.add(statement.target.id)
                elif "__match_args__" in {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}:
                    texts = list(_texts(statement))
                    if not texts:
                        return None
                    out |= set(texts)
    return out


def _texts(node: ast.AST) -> Iterator[str]:
    return (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
