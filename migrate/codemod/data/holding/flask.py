"""Names of a class that a Flask application takes as its settings: `app.config.from_object(Config)`, then `app.config["KEY"]`.

Flask copies all upper-case names. Whatever is called `config` anywhere counts as these settings, and is followed.
"""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.proof.around.flask import shown
from migrate.codemod.proof.around.mentions import Mentions

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower

_EXTENSION = re.compile(rb"(?m)^\s*(?:from|import)\s+flask_")
_BY_ITSELF = {"SECRET_KEY", "SECRET_KEY_FALLBACKS"}


def taking(sources: Sources, file: File, node: ast.AST) -> ast.Attribute | None:
    """Return the settings that take all names of this: `app.config` of `app.config.from_object(…)`; None where it stands elsewhere."""
    call = file.source.parents[node]
    if not isinstance(call, ast.Call) or call.args != [node] or call.keywords or not isinstance(call.func, ast.Attribute):
        return None
    config = call.func.value
    if call.func.attr != "from_object" or not isinstance(config, ast.Attribute) or config.attr != "config":
        return None
    if not isinstance(file.source.parents[call], ast.Expr) or not isinstance(config.value, ast.Name):
        return None
    bound = file.bound(config.value)
    up = file.source.parents.get(bound) if bound is not None else None
    made = up.value if isinstance(up, ast.Assign) and isinstance(up.value, ast.Call) else None
    return config if made is not None and sources.library(file, made.func) == "flask.Flask" else None


def by_its_name(sources: Sources, home: File, name: str) -> Iterator[tuple[File, ast.Constant]]:
    """Yield the texts by which applications take a class: `from_object("config.Config")`."""
    for path in sources.holding(name.encode()):
        file = sources.file(path)
        for node in file.source.parents if file is not None else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and file is not None:
                module, _, last = node.value.replace(":", ".").rpartition(".")
                if last == name and module.rpartition(".")[2] == home.path.stem and taking(sources, file, node) is not None:
                    yield file, node


def problem(follower: "Follower", name: str) -> str | None:
    """Return what else may read a setting of this name, or is an application of its own."""
    sources = follower.sources
    if name in _BY_ITSELF or not name.isupper():
        return f"Flask reads {name} by itself, or does not take it"
    if any(_EXTENSION.search(sources.data(p)) for p in sources.paths):
        return "an extension of Flask may read the settings"
    made = 0
    for path in sources.holding(b"flask"):
        file = sources.file(path)
        calls = [n for n in file.source.parents if isinstance(n, ast.Call)] if file is not None else []
        made += sum(file is not None and sources.library(file, call.func) == "flask.Flask" for call in calls)
    if made != 1:
        return "there are several applications"
    return "a template may show the settings" if shown(Mentions(sources.root), {name}) is not None else None


def settings(sources: Sources) -> Iterator[tuple[File, ast.expr]]:
    """Yield whatever may be the settings of an application."""
    for path in sources.holding(b"config"):
        file = sources.file(path)
        for node in file.source.parents if file is not None else ():
            if isinstance(node, ast.Attribute) and node.attr == "config" and file is not None:
                if (sources.library(file, node) or "flask.current_app").startswith("flask."):
                    yield file, node
