"""Where a program reads variables of its environment: `os.environ`, `getenv`, decouple, environs, django-environ."""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from migrate.codemod.data.environment.required import Required, required
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.source.python import Source
from migrate.tree.unrelated import is_unrelated

Reader = Literal["os", "decouple", "env"]
"""What reads: the standard library, decouple's `config` (which reads `.env` itself), an `Env` of environs or django-environ."""
STANDARD = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
CHOOSERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_ENVS = {"environs.Env", "environs.FileAwareEnv", "environ.Env", "environ.FileAwareEnv"}
_DECOUPLE = {"decouple.config", "decouple.AutoConfig", "decouple.Config"}
_ENVIRONMENTS = {"os.environ", "os.environb", "posix.environ", "nt.environ"}
_MAY_READ = (b"environ", b"getenv", b"decouple", b"prefix")
_ALL = {"dump", "prefixed", "get_value", "parse_value", "items", "keys", "values"}
"""Methods of an `Env` that read variables by other ways than their names."""
_ASKING = {"getenv", "getenvb", "get", "pop", "__getitem__", "config", "str"}
"""Calls that give the variable that they are asked for."""
_STARTERS = {"subprocess", "pexpect", "sh", "plumbum", "invoke", "fabric", "delegator", "pty", "ptyprocess"}
"""Modules that exist to start other programs: importing anything of them counts."""
_STARTING = (
    "os.system",
    "os.popen",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "posix.system",
    "asyncio.create_subprocess",
    "asyncio.subprocess",
)
_PROCESSES = re.compile(
    rf"\b(?:{'|'.join([*sorted(_STARTERS), 'system', 'popen', 'exec[lv]', 'spawn', 'posix_spawn', 'create_subprocess'])})".encode()
)


@dataclass(frozen=True, slots=True)
class Read:
    """One read of a variable. `key` is the literal with its name; `optional`: a missing one is None."""

    file: File
    node: ast.expr
    name: str
    key: ast.Constant
    optional: bool
    reader: Reader
    blank: bool = False  # a missing one is an empty text


@dataclass(slots=True)
class Variables:
    """All reads of some variables, and what is not followed. `present`: questions whether one is in the environment at all.

    `required`: lists of names of which this is asked one by one.
    """

    reads: list[Read] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    present: list[tuple[File, ast.Compare]] = field(default_factory=list)
    required: list[Required] = field(default_factory=list)


def find_reads(sources: Sources, names: Collection[str], present: bool = False) -> Variables:
    """Every read of these variables below the root. `present`: questions whether one is there are no problem."""
    out = _found(sources, names)
    out.problems = [p for p in out.problems if not is_unrelated(p.file.path) or _surely_reads(p, names)]
    if not present:
        out.problems += asked_whether(out)
    return out


def asked_whether(found: Variables) -> list[Problem]:
    """Return the places that ask whether a variable is set."""
    listed = [(one.file, element) for one in found.required for element in one.elements]
    return [Problem(file, node, "it is tested whether the variable is set") for file, node in (*found.present, *listed)]


def _surely_reads(problem: Problem, names: Collection[str]) -> bool:
    """Return whether one of some variables is read where it is named in full, whatever a person says of the file."""
    node = problem.node
    call = problem.file.source.parents.get(node) if isinstance(node, ast.Constant) else node
    match call:
        case ast.Call(func=ast.Attribute(attr=attr) | ast.Name(id=attr), args=[ast.Constant(value=str() as name), *_]):
            return name in names and attr in _ASKING
        case ast.Subscript(value=ast.Attribute(attr=attr) | ast.Name(id=attr), slice=ast.Constant(value=name), ctx=ast.Load()):
            return name in names and attr in ("environ", "environb")
    return False


def _found(sources: Sources, names: Collection[str]) -> Variables:  # noqa: C901 - a case for each way of reading a variable
    out = Variables()
    for path in sources.paths:
        data = sources.data(path)
        named = [n for n in names if n.encode() in data]
        if not named and not any(word in data for word in _MAY_READ):
            continue
        file = sources.file(path)
        if file is None:
            if named:
                out.problems.append(whole_file(path))
            continue
        lists = list(required(sources, file, names)) if named else []
        out.required += lists
        asking = {
            n for one in lists for n in (*one.elements, *one.tests, *(t.comparators[0] for t in one.tests if isinstance(t, ast.Compare)))
        }
        asking |= {call.func.value for call in asking if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)}
        for node in file.source.parents:
            if node in asking:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value in names:
                    _named(sources, file, node, out)
                elif any(n in node.value for n in named):
                    _in_text(file, node, named, out)
            elif isinstance(node, ast.Constant) and isinstance(node.value, bytes) and node.value.decode("latin-1") in names:
                out.problems.append(Problem(file, node, f"{node.value.decode()} is tested or used in a way that cannot be traced"))
            elif isinstance(node, ast.Attribute | ast.Name) and sources.library(file, node) in _ENVIRONMENTS:
                _whole(sources, file, node, names, out)
            elif (prefix := by_prefix(node)) is not None and (prefix == "" or any(n.upper().startswith(prefix.upper()) for n in names)):
                out.problems.append(Problem(file, node, "variables are read by prefix"))
            elif isinstance(node, ast.Call):
                _computed(sources, file, node, out)
        for nodes in file.by_name.values():
            read = [n for n in nodes if isinstance(n.ctx, ast.Load)]
            if read and _is_reader(sources, file, read[0]):  # a name is asked once
                for node in read:
                    _reader_itself(sources, file, node, out)
    return out


def reader_of(sources: Sources, file: File, call: ast.Call) -> Reader | None:
    """What reads the variable that this call's first argument names; None where it is nothing of the kind."""
    name = sources.library(file, call.func)
    if name in ("os.getenv", "os.environ.get"):
        return "os"
    if name == "decouple.config" or is_decouple(sources, file, call.func):
        return "decouple"
    holder = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "str" else call.func
    return "env" if env_of(sources, file, holder) is not None else None


def is_decouple(sources: Sources, file: File, function: ast.expr) -> bool:
    """Return whether this is an object of decouple's `AutoConfig()` or `Config(…)`, or its method `get`."""
    holder = function.value if isinstance(function, ast.Attribute) and function.attr == "get" else function
    made = _made_by(sources, file, holder)
    if made is None or sources.library(file, made.func) not in _DECOUPLE:
        return False
    return sources.library(file, made.func) == "decouple.Config" or not (made.args or made.keywords)


def env_of(sources: Sources, file: File, node: ast.expr) -> str | None:
    """Return the library whose `Env` this name is: `environs`, which may or may not fill the environment, or `environ` (django-environ)."""
    if sources.library(file, node) == "environs.env":
        return "environs"
    made = _made_by(sources, file, node)
    name = sources.library(file, made.func) if made is not None else None
    return name.partition(".")[0] if name in _ENVS else None


def _made_by(sources: Sources, file: File, node: ast.expr) -> ast.Call | None:
    """The call that makes what a name holds, here or where the name is imported from."""
    if not isinstance(node, ast.Name):
        return None
    bound = file.bound(node)
    if isinstance(bound, ast.alias) and (there := sources.imported(file, bound)) is not None and there[1] is not None:
        home = sources.file(there[0])
        found = home.binds[home.source.tree].get(there[1], []) if home is not None else []
        return _assigned(home, found[0]) if home is not None and len(found) == 1 else None
    return _assigned(file, bound) if bound is not None else None


def _assigned(file: File, bound: ast.AST) -> ast.Call | None:
    up = file.source.parents.get(bound)
    return up.value if isinstance(up, ast.Assign) and isinstance(up.value, ast.Call) else None


def _named(sources: Sources, file: File, node: ast.Constant, out: Variables) -> None:
    """A literal is just a variable's name."""
    up = file.source.parents[node]
    name = str(node.value)
    if isinstance(up, ast.Subscript) and up.slice is node and sources.library(file, up.value) == "os.environ":
        if isinstance(up.ctx, ast.Load):
            out.reads.append(Read(file, up, name, node, False, "os"))
        else:
            out.problems.append(Problem(file, up, f"{name} is set here"))
        return
    if isinstance(up, ast.Call) and up.args and up.args[0] is node and (reader := reader_of(sources, file, up)) is not None:
        given = [*up.args[1:], *(k.value for k in up.keywords if k.arg == "default")]
        strange = [
            k for k in up.keywords if k.arg != "default" and not (k.arg == "cast" and _is_str(k.value) and not given)
        ]  # str(None) is a text
        if strange or len(given) > 1 or (given and reader == "decouple" and up.args[1:]) or any(not _nothing(d) for d in given):
            out.problems.append(Problem(file, up, f"{name} is read with a default or a cast"))
            return
        blank = any(isinstance(d, ast.Constant) and d.value == "" for d in given)
        out.reads.append(Read(file, up, name, node, bool(given) or reader == "os", reader, blank))
        return
    if isinstance(up, ast.Compare) and up.left is node and len(up.ops) == 1 and isinstance(up.ops[0], ast.In | ast.NotIn):
        if sources.library(file, up.comparators[0]) == "os.environ":
            out.present.append((file, up))
            return
    if not _of_settings(up):
        out.problems.append(Problem(file, node, f"{name} is tested or used in a way that cannot be traced"))


def _of_settings(up: ast.AST) -> bool:
    """Does it name an entry of `app.config`, which is no environment?"""
    if isinstance(up, ast.Subscript):
        return isinstance(up.value, ast.Attribute) and up.value.attr == "config" and isinstance(up.ctx, ast.Load)
    base = up.func.value if isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute) and up.func.attr == "get" else None
    return isinstance(base, ast.Attribute) and base.attr == "config"


def _is_str(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "str"


def _nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or node.value == "")


def _in_text(file: File, node: ast.Constant, named: list[str], out: Variables) -> None:
    """A variable's name within a longer text: a message is harmless, a command is not."""
    up = file.source.parents[node]
    text = str(node.value)
    signs = ("$", "${", "%", "=")
    harmless = isinstance(up, ast.Expr) or (" " in text and not any((sign + name) in text for name in named for sign in signs))
    words = "".join(c if c.isalnum() or c == "_" else " " for c in text).split()
    if not harmless and any(n in words for n in named):
        out.problems.append(Problem(file, node, "a variable that holds half of the key is mentioned in a string"))


def _whole(sources: Sources, file: File, node: ast.expr, names: Collection[str], out: Variables) -> None:
    """What is done with `os.environ` itself."""
    up = file.source.parents[node]
    if isinstance(up, ast.Subscript) and up.value is node:
        key = up.slice
        if not isinstance(key, ast.Constant):
            out.problems.append(Problem(file, up, "a variable with a computed name is read"))
        elif not isinstance(up.ctx, ast.Load) and isinstance(key.value, str) and key.value in CHOOSERS:
            out.problems.append(Problem(file, up, f"{key.value} is set here"))
    elif isinstance(up, ast.Attribute) and up.value is node:
        call = file.source.parents[up]
        first = call.args[0] if isinstance(call, ast.Call) and call.func is up and call.args else None
        if up.attr not in ("get", "setdefault", "pop") or first is None:
            out.problems.append(Problem(file, up, "the whole environment is used"))
        elif not isinstance(first, ast.Constant):
            out.problems.append(Problem(file, up, "a variable with a computed name is read"))
        elif up.attr != "get" and isinstance(first.value, str) and (first.value in CHOOSERS or first.value in names):
            out.problems.append(Problem(file, up, f"{first.value} is changed here"))
    elif not (isinstance(up, ast.Compare) and isinstance(up.left, ast.Constant) and len(up.ops) == 1):
        out.problems.append(Problem(file, node, "the whole environment is used"))


def _computed(sources: Sources, file: File, call: ast.Call, out: Variables) -> None:
    name = sources.library(file, call.func)
    decouple = name == "decouple.config" or is_decouple(sources, file, call.func)
    if (decouple or name in ("os.getenv", "os.getenvb")) and (not call.args or not isinstance(call.args[0], ast.Constant)):
        out.problems.append(Problem(file, call, "a variable with a computed name is read"))
    elif name in ("os.putenv", "os.unsetenv"):
        out.problems.append(Problem(file, call, "the environment is changed here"))


def _is_reader(sources: Sources, file: File, node: ast.Name) -> bool:
    """Is a name decouple's `config`, or an object that reads variables as it does?"""
    library = sources.library(file, node) == "decouple.config"
    return library or env_of(sources, file, node) is not None or is_decouple(sources, file, node)


def _reader_itself(sources: Sources, file: File, node: ast.Name, out: Variables) -> None:
    """A name that is decouple's `config` or an `Env`: it is called, or one of its plain methods is; anything else may show all variables."""
    if not _is_reader(sources, file, node):
        return
    env = env_of(sources, file, node) is not None
    up = file.source.parents[node]
    if isinstance(up, ast.Attribute) and isinstance(call := file.source.parents[up], ast.Call) and call.func is up:
        if (up.attr.startswith("_") or up.attr in _ALL) if env else up.attr != "get":
            out.problems.append(Problem(file, call, f"{node.id}.{up.attr} reads more variables than can be traced"))
    elif not (isinstance(up, ast.Call) and up.func is node):
        out.problems.append(Problem(file, up, f"{node.id} is used in a way that cannot be traced"))


def by_prefix(node: ast.AST) -> str | None:
    """Return the beginning of the variables that something reads by it, "" where it is not written down; None for anything else."""
    match node:
        case ast.keyword(arg=str() as name, value=value) | ast.Assign(targets=[ast.Name(id=name)], value=value):
            found = _prefix(name, value)
        case ast.Dict(keys=keys, values=values):
            said = (
                _prefix(k.value, v) for k, v in zip(keys, values, strict=True) if isinstance(k, ast.Constant) and isinstance(k.value, str)
            )
            found = next((one for one in said if one is not None), None)
        case _:
            found = None
    return found


def _prefix(name: str, value: ast.expr) -> str | None:
    if not name.endswith("prefix") or (isinstance(value, ast.Constant) and not value.value):
        return None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return "" if name.startswith(("auto_env", "env", "environ")) else None


def processes(sources: Sources) -> Problem | None:
    """Does the program start others, which inherit its environment?"""
    for path in sources.paths:
        if _PROCESSES.search(sources.data(path)) is None or (file := sources.file(path)) is None:
            continue
        for node in file.source.parents:
            if (
                (isinstance(node, ast.Import) and any(alias.name.split(".")[0] in _STARTERS for alias in node.names))
                or (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] in _STARTERS)
                or (isinstance(node, ast.Attribute | ast.Name) and (sources.library(file, node) or "").startswith(_STARTING))
            ):
                return Problem(file, node, "the program starts other programs, which inherit its environment")
    return None


def whole_file(path: Path) -> Problem:
    """Return the problem of a file that could not be read as Python, or is a notebook."""
    empty = ast.parse("pass")
    return Problem(File(Source(path, b"", "", "utf-8", False, empty)), empty.body[0], "a file that cannot be traced mentions it")
