"""Items go out of rows in every layout: what is left is what stayed, with its comments."""

import ast
from pathlib import Path

from hypothesis import given, settings

from migrate.codemod.edit.carried import carried_out
from migrate.codemod.edit.kinds import Drop
from migrate.codemod.source.python import parse
from tests.codemod.edit.layouts import Layout, layouts, row, without


def end_of_run(layout: Layout, at: int) -> int:
    """Return the last of the items that go together with one."""
    while at + 1 in layout.gone:
        at += 1
    return at


@given(layouts())
@settings(max_examples=300, deadline=None)
def test_what_is_left_is_what_stayed_with_its_comments(layout: Layout) -> None:
    source = parse(Path("main.py"), layout.text.encode())
    owner, items = row(source.tree, layout.kind)
    new = carried_out(source, [Drop(owner, items[i]) for i in layout.gone])
    assert ast.dump(ast.parse(new)) == without(ast.parse(layout.text), layout.kind, layout.gone)
    for i in range(layout.count):
        for place in ("in", "behind", "above"):
            comment = f"# {place} a{i} "
            if comment not in layout.text:
                continue
            if i not in layout.gone:
                assert comment in new
            elif place == "in" or (place == "behind" and i in layout.alone) or (place == "above" and end_of_run(layout, i) in layout.ends):
                assert comment not in new
    assert ("# behind open" in new) == ("# behind open" in layout.text)
    assert ("# above end" in new) == ("# above end" in layout.text)
