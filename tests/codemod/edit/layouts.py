"""Generated rows of items (arguments, entries, elements, parameters, imported names) in hostile layouts, some of whose items go."""

import ast
from dataclasses import dataclass

from hypothesis import strategies as st

KINDS = ("call", "keywords", "dict", "list", "tuple", "set", "def", "lambda", "import")
OPENING = {
    "call": "x = f(",
    "keywords": "x = f(",
    "dict": "x = {",
    "list": "x = [",
    "tuple": "x = (",
    "set": "x = {",
    "def": "def f(",
    "lambda": "x = lambda ",
    "import": "from m import (",
}
CLOSING = {
    "call": ")",
    "keywords": ")",
    "dict": "}",
    "list": "]",
    "tuple": ")",
    "set": "}",
    "def": "): pass",
    "lambda": ": 0",
    "import": ")",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A row. `gone` are the places of the items that go.

    `alone` are those that have lines of their own, `ends` those behind which a line ends, and a comment, a blank line or the bracket follows.
    """

    kind: str
    text: str
    count: int
    gone: frozenset[int]
    alone: frozenset[int]
    ends: frozenset[int]


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Draw a layout."""
    kind = draw(st.sampled_from(KINDS))
    count = draw(st.integers(1, 5))
    flat = kind == "lambda"
    text = OPENING[kind]
    breaks = draw(_gap("open", "a0", flat))
    alone: set[int] = set()
    closed: set[int] = set()
    text += breaks
    starts = [breaks.strip(" \\\n") != "" or "\n" in breaks]
    for i in range(count):
        text += draw(_item(kind, i))
        last = i + 1 == count
        comma = (not last or draw(st.booleans())) and not (last and flat)
        if last and count == 1 and kind == "tuple":
            comma = True
        if comma:
            text += ("" if flat else draw(st.sampled_from(["", " ", ""]))) + ","
        gap = draw(_gap(f"a{i}", "end" if last else f"a{i + 1}", flat))
        if last and not comma and "#" in gap and gap.lstrip(" ").startswith("\\"):
            gap = ""
        text += gap
        ends = "\n" in gap and "\\" not in gap
        if starts[-1] and ends:
            alone.add(i)
        if ends and (last or "# above" in gap):
            closed.add(i)
        starts.append("\n" in gap and "\\" not in gap)
    gone = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=max(1, count - (kind in ("import", "set", "tuple")))))
    if kind in ("import", "set", "tuple") and len(gone) == count:
        gone = set()
    return Layout(kind, text + CLOSING[kind] + "\n", count, frozenset(gone), frozenset(alone), frozenset(closed))


def _gap(behind: str, above: str, flat: bool) -> st.SearchStrategy[str]:
    if flat:
        return st.sampled_from(["", " ", "  "]) if behind != "open" else st.just("")
    return st.sampled_from(
        [
            "",
            " ",
            "\n    ",
            " \\\n  ",
            f"  # behind {behind} )]\n    ",
            f"\n    # above {above} ({{\n    ",
            f" # behind {behind} ,\n\n    # above {above} \"'\n    ",
        ]
    )


def _item(kind: str, i: int) -> st.SearchStrategy[str]:
    values = [f"a{i}", f"(a{i})", f"( a{i}  # in a{i} )\n    )", f"[a{i}, ')']", f"(\n      a{i}\n)"]
    match kind:
        case "keywords":
            return st.sampled_from([f"k{i}={v}" for v in values] + [f"k{i} = {values[0]}", f"**a{i}"])
        case "dict":
            return st.sampled_from([f"'k{i}': {v}" for v in values] + [f"('k{i}') :a{i}", f"**a{i}"])
        case "def":
            return st.sampled_from([f"a{i}={v}" for v in ("1", "(1)", f"(1  # in a{i} )\n )")] + [f"a{i}: int = 1"])
        case "lambda":
            return st.sampled_from([f"a{i}=1", f"a{i}=(1)"])
        case "import":
            return st.sampled_from([f"a{i}", f"a{i} as b{i}"])
        case "call" | "list" | "tuple" | "set":
            return st.sampled_from([*values, f"*a{i}"])
    return st.sampled_from(values)


def row(tree: ast.Module, kind: str) -> tuple[ast.AST, list[ast.AST]]:
    """Return the owner of the items in a tree, and the items."""
    statement = tree.body[0]
    match kind, statement:
        case _, ast.FunctionDef(args=arguments) | ast.Assign(value=ast.Lambda(args=arguments)):
            return arguments, list(arguments.args)
        case _, ast.ImportFrom(names=names):
            return statement, list(names)
        case _, ast.Assign(value=ast.Call(args=args, keywords=keywords) as call):
            return call, [*args, *keywords]
        case _, ast.Assign(value=ast.Dict(values=values) as display):
            return display, list(values)
        case _, ast.Assign(value=ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts)) if isinstance(statement, ast.Assign):
            return statement.value, list(elts)
    raise AssertionError(ast.dump(statement))


def without(tree: ast.Module, kind: str, gone: frozenset[int]) -> str:
    """Return the dump of a tree whose items went, made on the tree itself."""
    owner, items = row(tree, kind)
    out = [items[i] for i in gone]
    match owner:
        case ast.arguments():
            stay = [i for i in range(len(items)) if i not in gone]
            owner.args, owner.defaults = [owner.args[i] for i in stay], [owner.defaults[i] for i in stay]
        case ast.ImportFrom():
            owner.names = [n for n in owner.names if n not in out]
        case ast.Call():
            owner.args = [a for a in owner.args if a not in out]
            owner.keywords = [k for k in owner.keywords if k not in out]
        case ast.Dict():
            left = [(k, v) for k, v in zip(owner.keys, owner.values, strict=True) if v not in out]
            owner.keys, owner.values = [k for k, _ in left], [v for _, v in left]
        case ast.List() | ast.Tuple() | ast.Set():
            owner.elts = [e for e in owner.elts if e not in out]
    return ast.dump(tree)
