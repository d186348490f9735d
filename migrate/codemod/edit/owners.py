"""Which of LibCST's nodes has a row of items where, and how the row is put back."""

from typing import Any

import libcst as cst

from migrate.codemod.edit import rows
from migrate.codemod.edit.rows import NONE, Item, Row


def row_of(node: Any) -> Row:
    """Return the row of a call, display, import, declaration or function."""
    match node:
        case cst.Call():
            return Row(node.whitespace_before_args, tuple(rows.item(a, a.whitespace_after_arg) for a in node.args))
        case cst.List():
            return _between(node.lbracket.whitespace_after, node.elements, node.rbracket.whitespace_before)
        case cst.Dict() | cst.Set():
            return _between(node.lbrace.whitespace_after, node.elements, node.rbrace.whitespace_before)
        case cst.Tuple():
            closing = node.rpar[0].whitespace_before if node.rpar else NONE
            return _between(node.lpar[-1].whitespace_after if node.lpar else NONE, node.elements, closing)
        case cst.ImportFrom():
            closing = node.rpar.whitespace_before if node.rpar is not None else NONE
            return _between(node.lpar.whitespace_after if node.lpar is not None else NONE, node.names, closing)
        case cst.Import() | cst.Global() | cst.Nonlocal():
            return _between(NONE, node.names, NONE)
        case cst.FunctionDef():
            return Row(node.whitespace_before_params, tuple(_parameters(node.params)))
        case cst.Lambda():
            after = node.whitespace_after_lambda
            return Row(after if isinstance(after, cst.BaseParenthesizableWhitespace) else NONE, tuple(_parameters(node.params)))
    raise TypeError(type(node).__name__)


def _between(opening: rows.Blank, nodes: Any, closing: rows.Blank) -> Row:
    items = [rows.item(n, closing if i + 1 == len(nodes) else NONE) for i, n in enumerate(nodes)]
    return Row(opening, tuple(items) or ()) if items else Row(closing, ())


def _parameters(node: cst.Parameters) -> list[Item]:
    out = [rows.item(p, p.whitespace_after_param, "posonly_params") for p in node.posonly_params]
    if isinstance(node.posonly_ind, cst.ParamSlash):
        out.append(rows.item(node.posonly_ind, node.posonly_ind.whitespace_after, "posonly_ind"))
    out += [rows.item(p, p.whitespace_after_param, "params") for p in node.params]
    if isinstance(node.star_arg, cst.Param):
        out.append(rows.item(node.star_arg, node.star_arg.whitespace_after_param, "star_arg"))
    elif isinstance(node.star_arg, cst.ParamStar):
        out.append(rows.item(node.star_arg, NONE, "star_arg"))
    out += [rows.item(p, p.whitespace_after_param, "kwonly_params") for p in node.kwonly_params]
    if node.star_kwarg is not None:
        out.append(rows.item(node.star_kwarg, node.star_kwarg.whitespace_after_param, "star_kwarg"))
    return out


def laid_in(node: Any, row: Row) -> cst.CSTNode:
    """Return the owner of a row with another row."""
    made: list[Any] = rows.laid(row)
    closing = rows.rest(row)
    opening = row.opening if made else NONE
    match node:
        case cst.Call():
            if made:
                made = [
                    *[a.with_changes(whitespace_after_arg=NONE) for a in made[:-1]],
                    made[-1].with_changes(whitespace_after_arg=closing),
                ]
            return node.with_changes(args=made, whitespace_before_args=row.opening)
        case cst.List():
            brackets = {"lbracket": cst.LeftSquareBracket(opening), "rbracket": cst.RightSquareBracket(closing)}
            return node.with_changes(elements=made, **brackets)
        case cst.Dict() | cst.Set():
            braces = {"lbrace": cst.LeftCurlyBrace(opening), "rbrace": cst.RightCurlyBrace(closing)}
            return node.with_changes(elements=made, **braces)
        case cst.Tuple():
            if len(made) == 1 and not isinstance(made[0].comma, cst.Comma):
                made = [made[0].with_changes(comma=cst.Comma(NONE, NONE))]
            if not node.lpar:
                return node.with_changes(elements=made)
            return node.with_changes(
                elements=made,
                lpar=[*node.lpar[:-1], cst.LeftParen(opening)],
                rpar=[cst.RightParen(closing), *node.rpar[1:]],
            )
        case cst.ImportFrom() if node.lpar is not None:
            return node.with_changes(names=made, lpar=cst.LeftParen(opening), rpar=cst.RightParen(closing))
        case cst.Import() | cst.ImportFrom() | cst.Global() | cst.Nonlocal():
            return node.with_changes(names=[*made[:-1], made[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)])
        case cst.FunctionDef():
            return node.with_changes(params=_laid_parameters(row), whitespace_before_params=row.opening)
        case cst.Lambda():
            params = _laid_parameters(row)
            return node.with_changes(params=params, whitespace_after_lambda=row.opening if row.items else NONE)
    raise TypeError(type(node).__name__)


def _laid_parameters(row: Row) -> cst.Parameters:
    """Return the parameters of a row, without the `/` and the `*` that have nothing left to divide."""
    kinds = [i.kind for i in row.items]
    idle = [
        (isinstance(i.node, cst.ParamSlash) and "posonly_params" not in kinds)
        or (isinstance(i.node, cst.ParamStar) and "kwonly_params" not in kinds)
        for i in row.items
    ]
    row = rows.without(row, idle) if any(idle) else row
    made: list[Any] = rows.laid(row)
    for i, one in enumerate(made):
        behind = rows.rest(row) if i + 1 == len(made) else NONE
        if isinstance(one, cst.Param):
            made[i] = one.with_changes(whitespace_after_param=behind)
        elif isinstance(one, cst.ParamSlash):
            made[i] = one.with_changes(whitespace_after=behind)
    fields: dict[str, Any] = {}
    for one, old in zip(made, row.items, strict=True):
        if old.kind in ("params", "kwonly_params", "posonly_params"):
            fields.setdefault(old.kind, []).append(one)
        else:
            fields[old.kind] = one
    return cst.Parameters(**fields)
