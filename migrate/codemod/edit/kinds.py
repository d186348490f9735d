"""The edits: what a rule may ask to be done to a source. Each names nodes of the source's tree, and holds no text of the source.

A text that an edit puts into a source is a tuple of pieces. A piece is text as it stands, or a node that stands for its own code, with
the edits that fall inside it carried out.
"""

import ast
from dataclasses import dataclass, fields

Pieces = tuple[str | ast.AST, ...]


class Unfit(Exception):
    """Why an edit cannot be carried out. The text never quotes the source."""

    def __init__(self, node: ast.AST, reason: str) -> None:
        super().__init__(reason)
        self.node = node.pattern if isinstance(node, ast.match_case) else node  # a case has no place of its own
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Put:
    """Put other code in the place of an expression or a simple statement. Parentheses around an expression stay."""

    node: ast.AST
    code: Pieces


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a name, an attribute, a parameter, a keyword or an imported name another name."""

    node: ast.AST
    name: str


@dataclass(frozen=True, slots=True)
class RenameDeclared:
    """Give a name another name in `global` or `nonlocal`."""

    statement: ast.Global | ast.Nonlocal
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DropDeclared:
    """Take a name out of `global` or `nonlocal`, which keeps another."""

    statement: ast.Global | ast.Nonlocal
    name: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Take an item out of its owner.

    An argument out of a call, a value (with its key) out of a dict, an element out of a list, tuple or set, a name out of an import, a
    parameter out of `ast.arguments`, a term out of `and` or `or`, a target out of `a = b = x`.
    """

    owner: ast.AST
    item: ast.AST


@dataclass(frozen=True, slots=True)
class DropPair:
    """Take a target and its value out of `a, b = x, y`."""

    statement: ast.Assign
    index: int


@dataclass(frozen=True, slots=True)
class DropStatement:
    """Take out a statement."""

    statement: ast.stmt


@dataclass(frozen=True, slots=True)
class NameArgument:
    """Pass an argument by its name instead of its position."""

    call: ast.Call
    argument: ast.expr
    name: str


@dataclass(frozen=True, slots=True)
class PutArgument:
    """Put another argument in the place of one, with its name and its parentheses."""

    call: ast.Call
    argument: ast.AST
    code: Pieces


@dataclass(frozen=True, slots=True)
class InsertArgument:
    """Put an argument before another one."""

    call: ast.Call
    before: ast.AST
    code: Pieces


@dataclass(frozen=True, slots=True)
class SupplyArgument:
    """Put an argument in the place of one that goes; where that one stays after all, before it."""

    call: ast.Call
    place: ast.AST
    code: Pieces


@dataclass(frozen=True, slots=True)
class AppendArgument:
    """Put an argument behind all others."""

    call: ast.Call
    code: Pieces


@dataclass(frozen=True, slots=True)
class InsertAfter:
    """Put an item behind another one of its owner: a call's argument, a parameter, an imported name."""

    owner: ast.AST
    item: ast.AST
    code: Pieces


@dataclass(frozen=True, slots=True)
class InsertEntry:
    """Put an entry before the entry of a dict that has this value."""

    display: ast.Dict
    value: ast.expr
    code: Pieces


@dataclass(frozen=True, slots=True)
class InsertLine:
    """Put a line above a statement. The same line twice is one."""

    statement: ast.stmt
    line: str


@dataclass(frozen=True, slots=True)
class NeedImport:
    """Import a module at the top of the file, for the sake of a node."""

    line: str
    user: ast.AST


@dataclass(frozen=True, slots=True)
class KeepImport:
    """Leave this line behind where an import loses all its names, because its module does something when it is imported."""

    statement: ast.Import | ast.ImportFrom
    line: str


NodeEdit = (
    Put
    | Rename
    | RenameDeclared
    | DropDeclared
    | Drop
    | NameArgument
    | PutArgument
    | InsertArgument
    | SupplyArgument
    | AppendArgument
    | InsertAfter
    | InsertEntry
)
"""What changes a statement from within."""

Edit = NodeEdit | DropPair | DropStatement | InsertLine | NeedImport | KeepImport


def described(edit: Edit) -> str:
    """Return an edit in one line, for tests and debugging: its kind, and where its nodes stand (line and column, from 1).

    Whoever shows it to somebody masks it, as everything that is shown.
    """
    return " ".join([type(edit).__name__, *(_said(getattr(edit, f.name)) for f in fields(edit))])


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "`" + "".join(p if isinstance(p, str) else f"<{_said(p)}>" for p in value) + "`"
    if isinstance(value, ast.AST):
        at = f"@{getattr(value, 'lineno', 0)}:{getattr(value, 'col_offset', 0) + 1}" if hasattr(value, "lineno") else ""
        return f"{type(value).__name__}{at}"
    return str(value)
