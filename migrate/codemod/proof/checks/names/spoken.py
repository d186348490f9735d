"""Names that went, in texts and in files that were not followed: whether a string, an example or another file means them."""

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from migrate.codemod.proof.around.below import module_name
from migrate.codemod.proof.around.mentions import computes_modules
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import UNKNOWN, Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule


def imports_another(case: Case, names: set[str], near: set[Path]) -> None:
    """Raise Rejected where a file that was followed to another module of the same name may mean one that loses names."""
    for path, unit in list(case.old.world.units.items()):
        if path not in near and not names.isdisjoint(imported_names(unit)) and means_home(case, path, names, unit.tree):
            raise Rejected(Rule.MENTIONED_ELSEWHERE, unit, None, f"{path.name} may import the module that holds the key")


def imported_in_examples(case: Case) -> None:
    """Raise Rejected where an example in a docstring (`>>> from keys import …`) imports a module that holds the key: what it reads is not followed."""
    stems = "|".join(sorted({re.escape(module_name(p)) for p in case.homes}))
    words = [rf">>>[^\n]*\b(?:from|import)\b[^\n]*(?<![A-Za-z0-9_])(?:{stems})(?![A-Za-z0-9_])"]
    for path in case.rewritten.mentions.all_that_say(words, set()) if stems else ():
        raise Rejected(Rule.SPOKEN_NAME, path, None, f"an example in a docstring of {path.name} imports the module that holds the key")


def by_computed_module(case: Case, names: set[str], near: set[Path]) -> None:
    """Raise Rejected where a file loads a module by a computed name, and names that go are asked of something like it."""
    read = case.rewritten.mentions.loads(names, set(case.old.world.units))
    if read is not None:
        raise Rejected(Rule.READ_WHOLE, read[0], None, f"{read[0].name}, which was not analyzed, may read `{read[1]}` of any module")
    for path, unit in list(case.old.world.units.items()):
        if path in near or names.isdisjoint(imported_names(unit)) or not computes_modules(ast.unparse(unit.tree).encode()):
            continue
        for node in unit.parents:
            if isinstance(node, ast.Attribute) and node.attr in names:
                if any(v.kind is Kind.UNKNOWN or (v.kind is Kind.LIBRARY and "(" in str(v.data)) for v in case.old.value(node.value)):
                    raise Rejected(Rule.READ_WHOLE, unit, node, f"`.{node.attr}` may be read from a module with a computed name")


@lru_cache(maxsize=256)
def imported_names(unit: Unit) -> frozenset[str]:
    """Return the names that a file imports from modules, or reads as attributes."""
    return frozenset(n.attr if isinstance(n, ast.Attribute) else n.name for n in unit.parents if isinstance(n, ast.Attribute | ast.alias))


def means_home(case: Case, path: Path, names: set[str], known: ast.Module | None = None) -> bool:
    """Return whether a file that was not followed, and says some names and the stem of a module that has them, may mean that module.

    It does not where all its imports of that stem are another file, or the stem is no more than a word of its own.
    """
    tree = known or case.rewritten.read(path)
    if tree is None:
        return True
    stems = {module_name(p) for p in case.homes}
    used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in names and last_name(n.value) in stems}
    paths_change = case.rewritten.mentions.says([r"sys\.path\b", "addsitedir", "PYTHONPATH"], set()) is not None
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            base, level = (node.module or "", node.level) if isinstance(node, ast.ImportFrom) else ("", 0)
            dotted = {".".join(filter(None, [base, a.name])) for a in node.names if a.name.split(".")[-1] in stems} | {base}
            taken = {a.name for a in node.names} & names if isinstance(node, ast.ImportFrom) else set()
            for name in (d for d in dotted if stems & set(d.split("."))):
                found = case.old.world.find(path, name, level)
                elsewhere = case.old.world.unit(found.data) if found.kind is Kind.MODULE and found.data not in case.homes else None
                if elsewhere is None or paths_change or not (taken | used) <= set(elsewhere.module.bindings):
                    return True  # the home, something that is not here, or a file that does not have these names itself
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and known is None:
            words = set(re.findall(r"\w+", node.value))
            if words & stems and (words & names or node.value.replace("/", ".").removesuffix(".py").split(".")[-1] in stems):
                return True
    if known is not None:
        return False
    imported = {a.asname or a.name.split(".")[-1] for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
    return any(
        isinstance(n, ast.Attribute) and n.attr in names and last_name(n.value) in stems and last_name(n.value) not in imported
        for n in ast.walk(tree)
    )


def check_private(case: Case, names: set[str]) -> None:
    """Raise Rejected where a private name that went is reached from outside of its class, as Python mangles it (`_Store__key`)."""
    if not names:
        return
    mangled = rf"_[A-Za-z][A-Za-z0-9_]*?(?:{'|'.join(sorted(map(re.escape, names)))})(?![A-Za-z0-9_])"
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            said = next(
                (v for field in ("attr", "id", "arg", "name", "asname", "value") if isinstance(v := getattr(node, field, None), str)), ""
            )
            if isinstance(said, str) and len(said) < 4000 and re.search(mangled, said):
                raise Rejected(Rule.SPOKEN_NAME, unit, node, "a private name that would be removed is used from outside its class")
    found = case.rewritten.mentions.says([mangled], set(case.old.world.units))
    if found is not None:
        raise Rejected(
            Rule.MENTIONED_ELSEWHERE, found[0], None, f"{found[0].name}, which was not analyzed, uses a private name that would be removed"
        )


def doctest(unit: Unit, names: set[str]) -> tuple[ast.AST, str] | None:
    """Return a docstring with an example (`>>> …`) that says one of some names, and the name."""
    for node in unit.parents:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
            code = " ".join(line for line in node.value.splitlines() if line.lstrip().startswith((">>>", "...")))
            found = names & set(re.findall(r"\w+", code))
            if found:
                return node, min(found)
    return None


def by_name(unit: Unit, node: ast.AST) -> bool:
    """Return whether a text is given to something that looks a name up."""
    parent = unit.parents.get(node)
    return isinstance(parent, ast.Call) and last_name(parent.func) in LOOKING_UP


def attribute_by_name(unit: Unit, node: ast.AST) -> bool:
    """Return whether a text is given to something that looks an attribute of an object up: `setattr(app, "config", …)`."""
    parent = unit.parents.get(node)
    return by_name(unit, node) and isinstance(parent, ast.Call) and node in parent.args[1:]


LOOKING_UP = frozenset({"object", "patch", "getattr", "setattr", "delattr", "hasattr", "attrgetter", "methodcaller", "import_string", "Mock", "MagicMock",
                        "multiple", "resolve", "locate"})  # fmt: skip


def for_environment(case: Case, unit: Unit, node: ast.AST) -> bool:
    """Return whether a text names a variable of the environment."""
    parent = unit.parents.get(node)
    if isinstance(parent, ast.Call):
        return any(v.kind is Kind.LIBRARY and str(v.data).startswith("os.") for v in case.old.value(parent.func))
    if isinstance(parent, ast.Subscript):
        return any(v.kind is Kind.LIBRARY and str(v.data).startswith("os.environ") for v in case.old.value(parent.value))
    return False


def key_of_a_dict(case: Case, unit: Unit, node: ast.AST) -> bool:
    """Return whether a text is the key of a dict that is known, or asks one for an entry."""
    parent = unit.parents.get(node)
    if isinstance(parent, ast.Dict):
        return node in parent.keys
    if isinstance(parent, ast.Subscript) and node is parent.slice:
        return UNKNOWN not in case.old.value(parent.value)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in ("get", "pop", "setdefault"):
        return all(v.kind is Kind.METHOD for v in case.old.value(parent.func))
    return isinstance(parent, ast.Compare)


_SHOWING = ("logging.", "warnings.warn", "sys.exit", "builtins.exit", "builtins.quit", "builtins.print")
"""How the names begin of what only shows the texts that it is given to somebody."""


def only_told(case: Case, unit: Unit, node: ast.Constant, name: str) -> bool:
    """Return whether a sentence that says a name is only shown to somebody: printed, logged, or the message of an exception that is raised."""
    if not re.search(rf"(?:^|\s){re.escape(name)}(?:$|[\s.:!])", node.value) or " " not in node.value.strip():  # type: ignore[arg-type,union-attr]
        return False
    if re.search(rf"[{{($]{re.escape(name)}", node.value):  # type: ignore[arg-type]
        return False  # a field of a template as well
    at: ast.AST = node
    while isinstance(up := unit.parents.get(at), ast.JoinedStr):
        at = up
    if not isinstance(up, ast.Call) or at not in up.args:
        return False
    callees = {str(v.data) if v.kind is Kind.LIBRARY else "" for v in case.old.value(up.func)}
    if isinstance(raised := unit.parents.get(up), ast.Raise) and raised.exc is up:
        return bool(callees) and all(c.startswith("builtins.") for c in callees)
    return bool(callees) and all(c.startswith(_SHOWING) for c in callees)


def still_there(case: Case, unit: Unit, node: ast.Constant) -> bool:
    """Return whether the new text has such a string as well."""
    if unit.path not in case.changed:
        return True
    after = Counter(n.value for n in ast.walk(case.rewritten.new[unit.path]) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return after[str(node.value)] > 0
