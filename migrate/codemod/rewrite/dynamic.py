"""The last net: names that a rewrite takes away or renames must not be reached in ways that the analysis does not see."""

import ast
import re
from itertools import pairwise

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module, last_name
from migrate.codemod.flow.values import BoxRef, Class, Lib, Scope, Store, Unknown
from migrate.codemod.keys.cluster import Cluster, Problem
from migrate.codemod.keys.rules import Rule
from migrate.codemod.rewrite.plan import Rewrite
from migrate.codemod.source.magics import runs, runs_inside
from migrate.codemod.verdict.handed import kept_names
from migrate.tree.unrelated import is_unrelated

_LONGEST_NAME = 200
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def dynamic_uses(interpreter: Interpreter, cluster: Cluster, rewrite: Rewrite) -> list[Problem]:
    """Return problems with attributes of unknown objects, and with strings, that may mean a name that goes."""
    names = {
        s.name for s in cluster.stores
        if s.kind in (StoreKind.ASSIGN, StoreKind.ATTRIBUTE, StoreKind.UNPACK, StoreKind.IMPORT) and ((isinstance(s.owner, Scope) and s.owner.kind in (ScopeKind.MODULE, ScopeKind.CLASS)) or isinstance(s.owner, Class))
    }  # fmt: skip
    names |= {n.name for m, n in rewrite.functions}
    names |= {
        s.name for s in holders(interpreter, cluster) if isinstance(s.owner, Scope) and s.owner.kind in (ScopeKind.MODULE, ScopeKind.CLASS)
    }
    within = names | {
        s.name for s in cluster.stores if s.kind in (StoreKind.ASSIGN, StoreKind.UNPACK, StoreKind.WALRUS) and isinstance(s.owner, Scope)
    }
    homes = {s.module for s in cluster.stores if s.name in names and s.owner is s.module.scope}
    kept = kept_names(interpreter, cluster)
    loose = names - kept
    problems: list[Problem] = by_dotted_name(interpreter, cluster, names) + looked_through(interpreter, cluster)
    problems += [
        Problem(
            m,
            m.source.tree.body[0],
            "AWS210",
            "the notebook runs a file that sees its names (`%run -i`)",
            "rewrite both files by hand",
            rule=Rule.REACHED_BY_NAME.label,
        )
        for m in homes
        if runs_inside(m.source.hidden)
    ]
    problems += [found for m in homes if (found := read_by_framework(m, names)) is not None]
    own = {m.path for m in cluster.modules}
    for module in interpreter.modules.values():
        if module.path not in own and is_unrelated(module.path):
            continue
        if runner := run_by(module, homes - {module}, names):
            problems.append(runner)
        running = has_exec(module)
        for node in module.source.parents:
            if (
                suspicious(interpreter, module, node, names, loose, running)
                or (running and in_text(node, within, kept))
                or (isinstance(node, ast.Call) and whole_module(interpreter, module, node, homes, bool(cluster.sinks)))
            ):
                problems.append(
                    Problem(
                        module,
                        node,
                        "AWS210",
                        "the name that holds the key may be accessed indirectly here",
                        "rewrite by hand",
                        rule=Rule.REACHED_BY_NAME.label,
                    )
                )
        if names & module.source.opaque:
            problems.append(
                Problem(
                    module,
                    module.source.tree.body[0],
                    "AWS210",
                    "the name that holds the key is used in syntax that this Python version cannot parse",
                    rule=Rule.UNPARSED_USE.label,
                )
            )
    places: dict[tuple[Module, int], Problem] = {}
    for problem in problems:
        places.setdefault((problem.module, getattr(problem.node, "lineno", 0)), problem)
    return list(places.values())[:3]


def holders(interpreter: Interpreter, cluster: Cluster) -> list[Store]:
    """Return the bindings of the containers that hold something of a cluster."""
    return [s for s in interpreter.stores() if any(isinstance(v, BoxRef) and v.box in cluster.boxes for v in s.values)]


def by_dotted_name(interpreter: Interpreter, cluster: Cluster, names: set[str]) -> list[Problem]:
    """Return problems with strings that name what goes with its module or class, as `mock.patch("app.config.KEY")` does."""
    homes = {m.path.stem for m in cluster.modules} | {m.path.parent.name for m in cluster.modules if m.path.name == "__init__.py"}
    homes |= {s.owner.node.name for s in cluster.stores if isinstance(s.owner, Class | Scope) and isinstance(s.owner.node, ast.ClassDef)}
    problems = []
    for module in interpreter.modules.values():
        for node in module.source.parents:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value and len(node.value) < _LONGEST_NAME:
                parts = node.value.split(".")
                if any(a in homes and b in names for a, b in pairwise(parts)) and all(p.isidentifier() for p in parts):
                    problems.append(
                        Problem(
                            module,
                            node,
                            "AWS210",
                            "a string contains the name that holds the key",
                            "change the test or lookup by hand as well",
                            rule=Rule.REACHED_BY_NAME.label,
                        )
                    )
    return problems


def looked_through(interpreter: Interpreter, cluster: Cluster) -> list[Problem]:
    """Return problems with functions that look at all of their own names, when one of these holds the key."""
    problems = []
    for scope in {s.owner for s in cluster.stores if isinstance(s.owner, Scope) and s.owner.kind is ScopeKind.FUNCTION}:
        for node in ast.walk(scope.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not interpreter.reads(node.func):
                every = node.func.id in ("locals", "vars", "dir") and not node.args
                if every or node.func.id in ("eval", "exec"):
                    problems.append(
                        Problem(
                            scope.module,
                            node,
                            "AWS210",
                            "the local names of this function, including the key's, are accessed as a whole",
                            rule=Rule.REACHED_BY_NAME.label,
                        )
                    )
    return problems


def suspicious(interpreter: Interpreter, module: Module, node: ast.AST, names: set[str], loose: set[str], running: bool) -> bool:
    """Return whether a node may reach one of these names. `loose`: those that something may have which is not known; `running`: the module runs code from text."""
    if isinstance(node, ast.Attribute) and node.attr in loose and isinstance(node.ctx, ast.Load) and not interpreter.reads(node):
        base = interpreter.values_of(node.value)
        return not base or any(isinstance(v, Unknown) or (isinstance(v, Lib) and v.name.startswith("importlib.")) for v in base)
    if isinstance(node, ast.MatchClass):
        return not names.isdisjoint(node.kwd_attrs)  # what is matched is not followed
    if (
        isinstance(node, ast.Call)
        and names
        and isinstance(node.func, ast.Name)
        and node.func.id in ("globals", "locals", "vars", "dir")
        and not node.args
    ):
        parent = module.source.parents.get(node)
        return not isinstance(parent, ast.Subscript) and any(s.name in names for stores in module.scope.stores.values() for s in stores)
    if isinstance(node, ast.Constant) and node.value in names and isinstance(node.value, str):
        parent = module.source.parents.get(node)
        if isinstance(parent, ast.Call) and parent in getattr(module.source.parents.get(parent), "decorator_list", ()):
            return True  # `@field_validator("key")`
        if isinstance(parent, ast.Subscript) and node is parent.slice:
            if node.value not in loose:
                return False
            base = interpreter.values_of(parent.value)
            if BoxRef(interpreter.flask) in base and node.value not in interpreter.flask.keys():
                return True  # the application takes its settings from somewhere that is not seen
            return any(isinstance(v, Unknown) for v in base) or (any(isinstance(v, Lib) and v.name != "os.environ" for v in base))
        if isinstance(parent, ast.Call) and node in parent.args:
            if isinstance(parent.func, ast.Attribute) and parent.func.attr in _PATCHING and not interpreter.reads(parent):
                return True  # monkeypatch.setattr(conf, "KEY", …), patch.object(conf, "KEY")
            functions = {v.name for v in interpreter.values_of(parent.func) if isinstance(v, Lib)}
            if functions & {"getattr", "setattr", "hasattr", "delattr", "operator.attrgetter"}:
                return not interpreter.reads(parent)
            if not isinstance(parent.func, ast.Attribute) or parent.func.attr != "get" or functions & {"os.environ.get"}:
                return False
            if node.value not in loose:
                return False
            base = interpreter.values_of(parent.func.value)
            if BoxRef(interpreter.flask) in base and node.value not in interpreter.flask.keys():
                return True
            return any(isinstance(v, Unknown | Lib) for v in base)
    return running and isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load) and not interpreter.reads(node)


def run_by(module: Module, homes: set[Module], names: set[str]) -> Problem | None:
    """Return the finding for a notebook that runs a file which loses a name (`%run ./keys`), and reads that name."""
    if not homes or runs(module.source.data).isdisjoint(m.path.stem for m in homes):
        return None
    if names.isdisjoint(_IDENTIFIER.findall(module.source.text)):
        return None
    node = next((n for n in module.source.parents if isinstance(n, ast.Name) and n.id in names), module.source.tree.body[0])
    return Problem(
        module,
        node,
        "AWS210",
        "the name that holds the key is defined by executing its file",
        "rewrite both files by hand",
        rule=Rule.REACHED_BY_NAME.label,
    )


_READS_MODULE = {"from_object", "config_from_object", "from_pyfile", "import_string", "run_path", "run_module", "from_mapping"}


def of_flask(interpreter: Interpreter, call: ast.Call) -> bool:
    """Return whether a call is `from_object` or `from_pyfile` of a Flask application's settings: what reads them is left to the witness."""
    given = call.args[0] if len(call.args) == 1 else None
    other = isinstance(given, ast.Constant) or (isinstance(given, ast.Name) and given.id == "__name__")
    if not (other and isinstance(call.func, ast.Attribute) and call.func.attr in ("from_object", "from_pyfile")):
        return False
    return BoxRef(interpreter.flask) in interpreter.values_of(call.func.value)


def whole_module(interpreter: Interpreter, module: Module, call: ast.Call, homes: set[Module], signed: bool) -> bool:
    """Return whether a call is given a module that loses a name: `app.config.from_object(__name__)`, `config_from_object("celeryconfig")`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in _READS_MODULE or (signed and of_flask(interpreter, call)):
        return False
    for arg in [*call.args, *(k.value for k in call.keywords)]:
        if isinstance(arg, ast.Name) and arg.id == "__name__" and module in homes:
            return True
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
            parts = set(re.split(r"[./:\\]", arg.value))
            if any(last_name(m.path) in parts for m in homes):
                return True
    return False


_FRAMEWORKS = {
    "Scrapy": ({"BOT_NAME", "SPIDER_MODULES"}, {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}),
    "Django": ({"INSTALLED_APPS", "EMAIL_BACKEND", "EMAIL_HOST"}, {"EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"}),
}
"""Settings by which a framework's settings module is known, and those that it reads itself
(https://docs.scrapy.org/en/latest/topics/settings.html, https://docs.djangoproject.com/en/stable/ref/settings/)."""


def read_by_framework(module: Module, names: set[str]) -> Problem | None:
    """Return the finding for a setting that a framework reads out of a module by itself."""
    for by, (marks, read) in _FRAMEWORKS.items():
        if not names.isdisjoint(read) and not marks.isdisjoint(module.scope.stores):
            node = next(s.node for name, stores in module.scope.stores.items() if name in names for s in stores)
            help = f"{by} cannot read a profile from its settings: remove the keys and set AWS_PROFILE"
            return Problem(module, node, "AWS210", f"{by} reads this setting itself", help, rule=Rule.READ_ELSEWHERE.label)
    return None


_PATCHING = {"setattr", "delattr", "getattr", "hasattr", "object", "multiple", "attrgetter", "setitem", "delitem"}


def in_text(node: ast.AST, names: set[str], kept: set[str]) -> bool:
    """Return whether a node is a text that mentions one of these names, as code that is run from text would. `kept`: those that alone mean nothing."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or node.value.strip() in kept:
        return False
    return not names.isdisjoint(_IDENTIFIER.findall(node.value))


def has_exec(module: Module) -> bool:
    """Return whether a module runs code from text."""
    return any(isinstance(n, ast.Name) and n.id in ("exec", "eval", "execfile") for n in module.source.parents)
