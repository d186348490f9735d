"""An expression as a finding quotes it: short, and without the texts in it, of which a cut piece could no longer be masked."""

import ast
import copy

_LONGEST_TEXT = 12  # shorter than any part of a key


class _WithoutTexts(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Return a text that is long as an ellipsis."""
        value = node.value
        return ast.Name("…", ast.Load()) if isinstance(value, str | bytes) and len(value) > _LONGEST_TEXT else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Return an f-string as an ellipsis."""
        return ast.Name("…", ast.Load())


def shown(node: ast.AST, most: int = 60) -> str:
    """Return an expression in at most so many characters, each text in it that may be a part of a key as `…`."""
    text = ast.unparse(_WithoutTexts().visit(copy.deepcopy(node)))
    return text if len(text) <= most else text[: most - 1] + "…"
