"""A JSON text with the place of every string in it, so that one value can be replaced and all else stays to the byte."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_UNIT = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.S)


@dataclass(eq=False, slots=True)
class Node:
    """An object, an array or a string, and where it stands. Numbers, `true` and the like have no node."""

    start: int
    end: int = 0
    kind: str = "string"
    members: dict[str, "Node"] = field(default_factory=dict)
    items: list["Node"] = field(default_factory=list)

    def strings(self) -> Iterator["Node"]:
        """Every string value in it, in order (names of members are none)."""
        todo = [self]
        while todo:
            node = todo.pop()
            if node.kind == "string":
                yield node
            else:
                todo += reversed([*node.members.values(), *node.items])


def parse(raw: str) -> Node:
    """The places of a JSON text whose whole is an object or an array.

    Raises ValueError where it is no JSON, or another kind of JSON; RecursionError where it nests too deep.
    """
    json.loads(raw)
    stack: list[Node] = []
    names: list[str | None] = []
    root: Node | None = None
    name: str | None = None
    expects_name = False

    def place(node: Node) -> None:
        if stack and stack[-1].kind == "object":
            stack[-1].members.setdefault("", node) if name is None else stack[-1].members.__setitem__(name, node)
        elif stack:
            stack[-1].items.append(node)

    for m in _TOKEN.finditer(raw):
        token = m.group()
        first = token[0]
        if first == '"':
            if expects_name:
                name, expects_name = json.loads(token), False
            else:
                place(Node(m.start(), m.end()))
        elif first in "{[":
            node = Node(m.start(), 0, "object" if first == "{" else "array")
            if root is None:
                root = node
            place(node)
            stack.append(node)
            names.append(name)
            expects_name = first == "{"
        elif first in "}]":
            stack.pop().end = m.end()
            name = names.pop()
            expects_name = False
        elif first == ",":
            expects_name = bool(stack) and stack[-1].kind == "object"
    if root is None:
        raise ValueError("neither an object nor an array")
    return root


def decoded(raw: str, node: Node) -> str:
    """The text that a string node stands for."""
    text = json.loads(raw[node.start : node.end])
    assert isinstance(text, str)
    return text


def offset_in(raw: str, node: Node, index: int) -> int:
    """Where in the raw text the character `index` of a string stands."""
    at = node.start + 1
    for n, m in enumerate(_UNIT.finditer(raw, at, node.end - 1)):
        if n >= index:
            return m.start()
        at = m.end()
    return at


def respelled(raw: str, node: Node, new: str, ascii_only: bool) -> str:
    """A string's token with its value replaced: what begins and ends alike keeps its own spelling of escapes."""
    units = _UNIT.findall(raw[node.start + 1 : node.end - 1])
    old = decoded(raw, node)
    if len(units) != len(old):
        return json.dumps(new, ensure_ascii=ascii_only)
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    tail = next((i for i in range(shortest - head) if old[-1 - i] != new[-1 - i]), shortest - head)
    middle = json.dumps(new[head : len(new) - tail], ensure_ascii=ascii_only)[1:-1]
    return '"' + "".join(units[:head]) + middle + "".join(units[len(units) - tail :]) + '"'
