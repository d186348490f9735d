"""What may stand in a key's module's place, or read it by way of something else: another file at deployment, a framework's object, Django's settings."""

import ast

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.around.running import imports_any
from migrate.codemod.proof.evaluation.frameworks.outside import settings_modules
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.rules import Rule


def check_replaced(case: Case, constants: set[str]) -> None:
    """Raise Rejected where a module that changes may be another file where the program runs, or is read by others through an object.

    `constants` are the names of modules that go.
    """
    kept_modules(case)
    lazy_packages(case)
    if constants:
        django_readers(case, constants)
    shared = {
        p for p in case.homes & set(case.changed) if any(imports_any(case, case.old.world.units[q], {p}) for q in case.changed if q != p)
    }
    if shared and (found := case.rewritten.mentions.names_file(shared)) is not None:
        raise Rejected(
            Rule.REPLACED_FILE, found[0], None, f"{found[0].name} names {found[1]}: another file may replace it where the program runs"
        )
    if (sample := case.rewritten.mentions.sample_of(shared)) is not None:
        raise Rejected(Rule.REPLACED_FILE, sample, None, f"{sample.name} is a sample: other machines may have a file of their own")


def kept_modules(case: Case) -> None:
    """Raise Rejected where a module that holds a key is stored or returned as an object: `app.state.settings = conf`."""
    for unit in list(case.old.world.units.values()):
        if not (unit.path in case.homes or imports_any(case, unit, case.homes)):
            continue
        for node in unit.parents:
            if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            if node not in unit.scope_of or not any(v.kind is Kind.MODULE and v.data in case.homes for v in case.old.value(node)):
                continue
            at: ast.AST = node
            while isinstance(parent := unit.parents.get(at), ast.IfExp | ast.BoolOp):
                at = parent
            match unit.parents.get(at):
                case ast.Attribute() | ast.Expr() | ast.Compare():
                    continue  # only its names are read, or it is compared
                case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[first, *_]) if first is at:
                    continue  # names that are computed are asked for elsewhere
                case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()) | ast.NamedExpr():
                    continue  # another name for it
            raise Rejected(Rule.MODULE_HANDED_ON, unit, node, "the module that holds the key is stored or returned, and may be read there")


def lazy_packages(case: Case) -> None:
    """Raise Rejected where a package gives names of a module that changes by a `__getattr__` of its own (PEP 562), which imports it by a text."""
    for path in case.changed:
        for folder in path.parents[: len(path.relative_to(case.rewritten.root).parts) - 1]:
            init = folder / "__init__.py"
            unit = case.old.world.units.get(init)
            tree = unit.tree if unit is not None else case.rewritten.read(init)
            for node in tree.body if tree is not None else ():
                if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
                    raise Rejected(Rule.REACHED_WITHOUT_A_NAME, init, node, "`__getattr__` of the package may give what would change")


def django_readers(case: Case, constants: set[str]) -> None:
    """Raise Rejected where `django.conf.settings` is asked for a name that goes: the module may be Django's settings under any name."""
    for name in sorted(constants):
        for node in case.new_world.attributes.get(name, ()):
            if isinstance(node.ctx, ast.Load) and any(str(v.data).startswith("django.conf") for v in case.new.value(node.value)):
                unit = case.new_world.unit_of[node]
                raise Rejected(Rule.FRAMEWORK_SETTINGS, unit, node, f"Django's settings are asked for `{name}`, which would be removed")
    uses_django = case.rewritten.mentions.says([r"django\.conf"], set()) is not None
    if _is_django(case) or (uses_django and not set(case.changed).isdisjoint(settings_modules(case.old))):
        named_anywhere(case, {n for n in constants if n.isupper()})
    words = "|".join(sorted(constants))
    found = case.rewritten.mentions.says([rf"(?s)django\.conf.*?[.\"'](?:{words})(?![A-Za-z0-9_])"], set(case.old.world.units))
    if found is not None:
        raise Rejected(
            Rule.FRAMEWORK_SETTINGS,
            found[0],
            None,
            f"{found[0].name}, which was not analyzed, may ask Django's settings for a name that goes",
        )


COMPUTED = [r"getattr\(\s*\w*(?:settings|conf|site)\w*\s*,\s*(?![\"'])", r"(?:dir|vars)\(\s*\w*settings"]
"""How a file asks Django's settings for names that are computed."""


def named_anywhere(case: Case, settings: set[str]) -> None:
    """Raise Rejected where anything below the root may ask Django for a setting that goes: whoever is given its settings may."""
    if not settings:
        return
    said = case.rewritten.mentions.words(settings, set(case.old.world.units))
    if said is not None:
        raise Rejected(
            Rule.FRAMEWORK_SETTINGS, said[0], None, f"{said[0].name} may read Django's setting `{said[1]}`, which would be removed"
        )
    for unit in list(case.new_world.units.values()):
        for node in unit.parents:
            asked = node.attr if isinstance(node, ast.Attribute) else node.value if isinstance(node, ast.Constant) else None
            if asked in settings and not _is_known(case, node):
                raise Rejected(Rule.FRAMEWORK_SETTINGS, unit, node, f"Django's settings may be asked for `{asked}`, which would be removed")
    found = case.rewritten.mentions.says(COMPUTED, set())
    if found is not None:
        raise Rejected(Rule.FRAMEWORK_SETTINGS, found[0], None, f"{found[0].name} may ask Django's settings for any name")
    for path in case.rewritten.mentions.all_that_say([r"django\s*\.\s*conf|from\s+django\s+import"], set()):
        if (at := case.rewritten.mentions.asked(path, handed_on, frozenset(settings))) is not None:
            raise Rejected(
                Rule.FRAMEWORK_SETTINGS, path, at, "Django's settings are handed on or asked for names that are not written out here"
            )


def handed_on(tree: ast.Module, names: frozenset[str]) -> ast.AST | None:
    """Return where a file does more with `django.conf.settings` than to read settings by their names: whoever has the object may ask for any."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    called = {a.asname or a.name for n in imports if n.module == "django.conf" for a in n.names if a.name in ("settings", "*")}
    modules = {a.asname or a.name for n in imports if n.module == "django" for a in n.names if a.name == "conf"}
    modules |= {a.asname for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names if a.name == "django.conf" and a.asname}
    for node in parents:
        if isinstance(node, ast.Attribute) and node.attr == "settings":
            its = ast.unparse(node.value) == "django.conf" or (isinstance(node.value, ast.Name) and node.value.id in modules)
        else:
            its = isinstance(node, ast.Name) and node.id in called
        if not its:
            continue
        match parents[node]:
            case ast.Attribute(attr=attr, ctx=ctx) if not attr.startswith("_") and (isinstance(ctx, ast.Load) or attr not in names):
                continue
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[first, ast.Constant(), *_]) if first is node:
                continue
        return node
    return None


_DJANGO = frozenset({"INSTALLED_APPS", "ROOT_URLCONF", "DATABASES", "MIDDLEWARE"})


def _is_django(case: Case) -> bool:
    """Return whether a module that loses names is Django's settings, or a part of them."""
    for path in case.changed:
        for unit in list(case.old.world.units.values()):
            if _DJANGO & unit.module.bindings.keys() and (unit.path == path or imports_any(case, unit, {path})):
                return True
    return False


def _is_known(case: Case, node: ast.AST) -> bool:
    """Return whether an attribute is read from what is surely no object of Django's: a module, class or object of the program."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return isinstance(node, ast.Attribute)
    base = case.new.value(node.value)
    return bool(base) and all(v.kind in (Kind.MODULE, Kind.CLASS, Kind.INSTANCE) for v in base)
