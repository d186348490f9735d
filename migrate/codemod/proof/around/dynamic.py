"""What reaches names without naming them: where any of it can get at the carrier of a key, the carrier is left as it is."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.records import MODELS, SETTINGS
from migrate.codemod.libraries.sessions import STATE
from migrate.codemod.libraries.standard import GETTING, HOLDING, PURE, REORDERING, SAME, SHELLING
from migrate.codemod.proof.evaluation.values import Kind, text_of
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator
    from migrate.codemod.proof.evaluation.names.scopes import Unit

WHOLE = frozenset({"globals", "vars", "locals", "dir", "exec", "eval", "compile", "__import__"})
"""Builtins that give all names at once, or run a text."""
BY_NAME = frozenset({"getattr", "setattr", "delattr", "hasattr"})
FRAMES = frozenset(
    {
        "f_globals",
        "f_locals",
        "f_builtins",
        "f_back",
        "f_code",
        "tb_frame",
        "gi_frame",
        "cr_frame",
        "ag_frame",
        "cell_contents",
        "_getframe",
        "_get_kwargs",  # of an argparse.Namespace
        "_get_args",
    }
)
"""Attributes of frames, generators and cells: all names of a scope at once."""
PLAIN = frozenset(
    {
        "__name__", "__qualname__", "__module__", "__doc__", "__file__", "__version__", "__class__", "__init__", "__new__", "__enter__", "__exit__",
        "__aenter__", "__aexit__", "__call__", "__iter__", "__next__", "__len__", "__str__", "__repr__", "__eq__", "__hash__", "__contains__",
        "__getitem__", "__post_init__", "__init_subclass__", "__set_name__", "__del__", "__all__", "__author__", "__path__", "__members__", "__func__",
        "__self__", "__cause__", "__context__", "__traceback__", "__notes__", "__add__", "__or__", "__bool__", "__int__", "__float__", "__lt__", "__le__",
    }
)  # fmt: skip
"""Special attributes that give no name of the program, and change none. Any other may (`__dict__`, `__globals__`, `__kwdefaults__`, …)."""


def reaching(name: str) -> bool:
    """Return whether an attribute gets at names without naming them."""
    return name in FRAMES or (name.startswith("__") and name.endswith("__") and name not in PLAIN)


MODULES = frozenset({"inspect", "fire", "gc", "ctypes", "runpy", "code", "pdb", "dis", "marshal"})
FUNCTIONS = frozenset({"import_module", "reload", "attrgetter", "methodcaller", "run_path", "run_module", "signature", "getmembers", "get_type_hints",
                       "asdict", "astuple", "fields"})  # fmt: skip


def uses(unit: "Unit", ev: "Evaluator") -> Iterator[tuple[ast.AST, str]]:
    """Yield each place of a file that reaches names without naming them, and how."""
    for node in unit.parents:
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            plain = isinstance(node.func, ast.Name) and unit.cell(node.func) is None
            if plain and name in WHOLE:
                if (
                    name == "vars"
                    and node.args
                    and not any(
                        v.kind in (Kind.MODULE, Kind.CLASS, Kind.INSTANCE, Kind.UNKNOWN, Kind.LIBRARY) for v in ev.value(node.args[0])
                    )
                ):
                    continue
                yield node, f"`{name}()`"
            elif plain and name in ("setattr", "delattr"):
                yield node, f"`{name}()`"
            elif plain and name in BY_NAME and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant):
                if any(text_of(v) is None for v in ev.value(node.args[1])):
                    yield node, f"`{name}()` with a computed name"
            elif name in FUNCTIONS:
                if name == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
                    continue
                yield node, f"`{name}()`"
        elif isinstance(node, ast.Attribute) and reaching(node.attr):
            yield node, f"`.{node.attr}`"
        elif isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            yield node, "`sys.modules`"
        elif isinstance(node, ast.Name) and node.id in ("__annotations__", "__builtins__"):
            yield node, f"`{node.id}`"
        elif isinstance(node, ast.alias):
            if node.name.split(".")[0] in MODULES:
                yield node, f"the module `{node.name.split('.')[0]}`"


def uses_of(unit: "Unit", ev: "Evaluator", held: "Callable[[ast.AST], bool]") -> Iterator[tuple[ast.AST, str]]:
    """Yield each place of a file that reaches the names of what holds a key, in a file that has nothing else to do with it."""
    for node in unit.parents:
        if isinstance(node, ast.Call) and node.args and last_name(node.func) in BY_NAME | WHOLE | FUNCTIONS and held(node.args[0]):
            if (
                last_name(node.func) in BY_NAME
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
                and last_name(node.func) in ("getattr", "hasattr")
            ):
                continue
            yield node, f"`{last_name(node.func)}()`"
        elif isinstance(node, ast.Attribute) and reaching(node.attr) and held(node.value):
            yield node, f"`.{node.attr}`"


def spoken(unit: "Unit", names: set[str]) -> Iterator[tuple[ast.Constant, str]]:
    """Yield each string of a file that says one of some names: alone, at the end of a dotted path, or as a field of a format string."""
    wanted = re.compile(r"(?:^|[.:{($\s])(" + "|".join(re.escape(n) for n in sorted(names)) + r")(?:$|[})\s:!.\[])") if names else None
    if wanted is None:
        return
    for node in unit.parents:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 4000:
            if (m := wanted.search(node.value)) and not isinstance(unit.parents.get(node), ast.Expr):
                yield node, m.group(1)


def session_state(unit: "Unit", ev: "Evaluator", near: bool) -> Iterator[tuple[ast.AST, str]]:
    """Yield each place of a file that changes what a session gives its clients; away from the key only where it may be a session that is asked."""
    for node in unit.parents:
        if isinstance(node, ast.Attribute) and node.attr in STATE:
            base = ev.value(node.value)
            if near or any(
                v.kind is Kind.UNKNOWN or (v.kind is Kind.LIBRARY and str(v.data).split(".")[0] in having(Trait.SDK)) for v in base
            ):
                yield node, node.attr


def children(unit: "Unit") -> Iterator[tuple[ast.AST, str]]:
    """Yield each place of a file that starts a program, which inherits the environment."""
    for node in unit.parents:
        if isinstance(node, ast.alias):
            parent = unit.parents.get(node)
            module = (parent.module or "") if isinstance(parent, ast.ImportFrom) else node.name
            if module.split(".")[0] in having(Trait.STARTS_PROGRAMS):
                yield node, f"`{module.split('.')[0]}`"
        elif isinstance(node, ast.Call) and last_name(node.func) in SHELLING:
            yield node, f"`{last_name(node.func)}()`"


LIBRARY = r"(?:aio)?(?:boto3|botocore)"
MAKER = rf"{LIBRARY}[\w.]*\.(?:client|resource|Session|session|create_client|get_session)"
"""How texts name a library that signs, and what makes its clients and sessions."""
REPLACED = re.compile(rf"\b{MAKER}$|(?:^|\.){LIBRARY}$")


COUNTED_ON = (
    SAME | HOLDING | REORDERING | GETTING | PURE | MODELS | SETTINGS | {f"builtins.{name}" for name in ("zip", "next", "setattr", "super")}
    | {"argparse.ArgumentParser.parse_args", "argparse.ArgumentParser.parse_known_args"}
)  # fmt: skip
"""Callables outside of the program whose answers are known: another one in their place would give another."""


OTHERWISE = [
    rf"(?<![\w.])(?:{'|'.join(sorted(re.escape(name) for one in COUNTED_ON for name in (one, one.rpartition('.')[0]) if '.' in name))})\s*=(?!=)",
    rf"""setattr\(\s*(?:{"|".join(sorted({re.escape(one.rpartition(".")[0]) for one in COUNTED_ON}))})\s*,\s*["'](?:{
        "|".join(sorted({one.rpartition(".")[2] for one in COUNTED_ON}))
    })["']""",
]
"""How a file that was not followed puts something else in the place of one of them."""


def _may_be_meant(owner: str, attribute: str | None, meant: frozenset[str]) -> bool:
    """Return whether an attribute of something outside of the program (None: of any name) may be a callable that is counted on."""
    if "(" in owner:
        return False
    if owner.split(".")[0] in having(Trait.SDK):
        return attribute != "DEFAULT_SESSION"
    name = owner if attribute is None else f"{owner}.{attribute}"
    return any(one == name or one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in meant)


def replaced(unit: "Unit", ev: "Evaluator", callees: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """Yield each place of a file that puts something else where a library's callable is.

    `callees` are the calls that sign. Callables of Python's own that the evaluation counts on are looked at, too.
    """
    meant = callees | COUNTED_ON
    for node in unit.parents:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            for v in ev.value(node.value):
                if v.kind is Kind.LIBRARY and _may_be_meant(str(v.data), node.attr, meant):
                    yield node, f"{v.data}.{node.attr}"
        elif isinstance(node, ast.Call) and last_name(node.func) in ("setattr", "object", "patch", "delattr", "replace", "vars"):
            named = node.args[1] if len(node.args) > 1 else None
            attribute = named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else None
            if node.args and any(v.kind is Kind.LIBRARY and _may_be_meant(str(v.data), attribute, meant) for v in ev.value(node.args[0])):
                yield node, last_name(node.args[0]) or "a library"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200 and REPLACED.search(node.value):
            parent = unit.parents.get(node)
            if not isinstance(parent, ast.Expr):
                called = last_name(parent.func) if isinstance(parent, ast.Call) else ""
                if called not in (
                    "getLogger",
                    "find_spec",
                    "version",
                    "importorskip",
                    "get_distribution",
                    "set_stream_logger",
                ):
                    yield node, node.value.rpartition(".")[2]
