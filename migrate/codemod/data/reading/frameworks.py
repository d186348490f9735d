"""Settings files that a framework reads: Streamlit's secrets, Flask's configuration, decouple's repositories, classes of pydantic-settings."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.data.environment.variables import whole_file
from migrate.codemod.data.following.names import File
from migrate.codemod.data.reading.opened import STREAMS
from migrate.codemod.data.reading.paths import where
from migrate.codemod.data.reading.roots import Root

if TYPE_CHECKING:
    from migrate.codemod.data.reading.reads import Finder


def streamlit_secrets(finder: "Finder", path: Path) -> None:
    """`st.secrets` is the whole of `.streamlit/secrets.toml`."""
    file = finder.sources.file(path)
    if file is None:
        finder.reads.problems.append(whole_file(path))
        return
    for node in file.source.parents:
        if isinstance(node, ast.Attribute | ast.Name) and finder.sources.library(file, node) == "streamlit.secrets":
            finder.reads.roots.append(Root(file, node, "both"))


def flask_config(finder: "Finder", file: File, call: ast.Call) -> bool:
    """Flask's `app.config.from_file("name", load=…)`, or `from_pyfile("name")`: whatever is called `config` anywhere counts as this table."""
    config = call.func.value if isinstance(call.func, ast.Attribute) else None
    app = config.value if isinstance(config, ast.Attribute) and config.attr == "config" else None
    bound = file.bound(app) if isinstance(app, ast.Name) else None
    up = file.source.parents.get(bound) if bound is not None else None
    made = up.value if isinstance(up, ast.Assign) and isinstance(up.value, ast.Call) else None
    if made is None or finder.sources.library(file, made.func) != "flask.Flask" or made.keywords:
        return False
    if len(made.args) != 1 or not isinstance(made.args[0], ast.Name) or made.args[0].id != "__name__" or len(call.args) != 1:
        return False
    said = {k.arg: k.value for k in call.keywords}
    if isinstance(call.func, ast.Attribute) and call.func.attr == "from_pyfile":
        if said.keys() - {"silent"}:
            return False
    elif said.keys() - {"load", "text"} or "load" not in said or finder.sources.library(file, said["load"]) not in STREAMS:
        return False
    if where(finder.sources, file, call.args[0]) != finder.target.name or finder.target.parent != file.path.parent:
        return False
    if any(re.search(rb"(?m)^\s*(?:from|import)\s+flask_", finder.sources.data(p)) for p in finder.sources.paths):
        return False  # an extension reads settings by names of its own
    for path in finder.sources.holding(b"config"):
        if (other := finder.sources.file(path)) is None:
            return False
        for node in other.source.parents:
            if isinstance(node, ast.Attribute) and node.attr == "config" and node is not config:
                if (finder.sources.library(other, node) or "flask.current_app").startswith("flask."):
                    finder.reads.roots.append(Root(other, node, "dict"))
    finder.reads.flask = True
    return True


def only_config(finder: "Finder", file: File, call: ast.Call) -> bool:
    """Is it `Config(RepositoryEnv(path))`, and the one such object of the program?"""
    up = file.source.parents[call]
    whole = (
        isinstance(up, ast.Call) and finder.sources.library(file, up.func) == "decouple.Config" and len(up.args) == 1 and not up.keywords
    )
    if not whole or not isinstance(file.source.parents[up], ast.Assign) or len(call.args) != 1:
        return False
    return sum(len(re.findall(rb"RepositoryEnv\(|AutoConfig\(", finder.sources.data(p))) for p in finder.sources.paths) == 1


def config_of(file: File, table: ast.Dict, node: ast.expr) -> ast.ClassDef | None:
    """The class whose `model_config = {"env_file": …}` this is."""
    key = table.keys[table.values.index(node)] if node in table.values else None
    up, scope = file.source.parents[table], file.scope(table)
    named = isinstance(up, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "model_config" for t in up.targets)
    if named and isinstance(scope, ast.ClassDef) and isinstance(key, ast.Constant) and key.value == "env_file":
        return scope
    return None
