"""Names that went or came: nothing reaches them in a way that was not followed, and nothing names what is no longer there."""

import ast
import builtins
from typing import NamedTuple

from migrate.codemod.proof.around import dynamic
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.checks.around.frameworks import check_settings
from migrate.codemod.proof.checks.around.paths import check_paths
from migrate.codemod.proof.checks.around.running import imports_any
from migrate.codemod.proof.checks.changes import (
    bound_names,
    changed_classes,
    changed_constructors,
    changed_functions,
    class_lost,
    class_names,
    entry_names,
    field_names,
    knows,
    lost,
    lost_anywhere,
    new_attributes,
    signatures,
)
from migrate.codemod.proof.checks.names.confined import may_have_lost
from migrate.codemod.proof.checks.names.declared import check_overloads, check_protocols
from migrate.codemod.proof.checks.names.hiding import check_hidden
from migrate.codemod.proof.checks.names.holding import Holding, callables, check_readers, going
from migrate.codemod.proof.checks.names.reached import check_reached, may_have
from migrate.codemod.proof.checks.names.replaced import check_replaced
from migrate.codemod.proof.checks.names.spoken import (
    attribute_by_name,
    by_computed_module,
    by_name,
    check_private,
    doctest,
    for_environment,
    imported_in_examples,
    imports_another,
    key_of_a_dict,
    means_home,
    only_told,
    still_there,
)
from migrate.codemod.proof.evaluation.containers.classes import is_private
from migrate.codemod.proof.evaluation.containers.objects import entries
from migrate.codemod.proof.evaluation.frameworks.click import is_command
from migrate.codemod.proof.evaluation.names.reads import reads
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit, parameters
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, NONE, UNKNOWN, Kind, Values, const
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule


class Said(NamedTuple):
    """Names that a text may mean: those that went or came, and functions whose parameters changed."""

    gone: set[str]
    came: set[str]
    functions: set[str]


def check_strings(case: Case, unit: Unit, names: Said) -> None:
    """Raise Rejected where a string in a file may mean a name that went, came, or whose parameters changed."""
    for node, name in dynamic.spoken(unit, names.gone | names.came | names.functions):
        if name in names.functions - names.gone - names.came and node.value == name and not by_name(unit, node):
            continue  # `client("s3")` beside a function of that name
        if (
            name not in names.functions
            and case.old.world.find(unit.path, str(node.value), 0).kind is Kind.MODULE
            and not attribute_by_name(unit, node)
        ):
            continue  # `proj.settings` beside a name `settings`
        if only_told(case, unit, node, name):
            continue  # `raise ValueError("AWS_KEY is not set")`
        if still_there(case, unit, node) and not for_environment(case, unit, node) and not key_of_a_dict(case, unit, node):
            raise Rejected(Rule.SPOKEN_NAME, unit, node, f"the string may refer to `{name}`, which would be removed or changed")


def check_names(case: Case) -> None:
    """Raise Rejected where a name that went may still be reached, or one that came may mean something already."""
    old, new = case.old.world, case.new_world
    removed: set[str] = set()
    for path in case.changed:
        before, after = bound_names(old.units[path]), bound_names(new.units[path])
        gone = set(before - after)
        removed |= gone
        if gone:
            case.homes.add(path)
    check_hidden(case)
    check_paths(case)
    wide: set[str] = set()
    for path in case.changed:
        before, after = bound_names(old.units[path], outer=True), bound_names(new.units[path], outer=True)
        wide |= set(before - after)
    functions = changed_functions(case)
    made = changed_constructors(case)
    if wide:
        check_settings(case, wide)
    check_private(case, {n for n in wide | functions if is_private(n)})
    came = new_attributes(case)
    new_parameters(case)
    check_overloads(case, functions)
    check_protocols(case, wide)
    other = changed_classes(case)

    def held(node: ast.AST) -> bool:
        return case.held.is_holder(node) or any(v.kind in (Kind.INSTANCE, Kind.CLASS) and v.data in other for v in case.old.value(node))

    said_somewhere = Said(wide, came, functions | made)
    near_files = {
        unit.path
        for unit in list(old.units.values())
        if unit.path in case.homes or unit.path in case.changed or imports_any(case, unit, case.homes)
    }
    holding = carriers(case)
    said = wide | functions | made | holding
    goes = going(case, said, removed | holding | came, functions | made | (callables(case) & holding), near_files)
    modules = Holding(case, goes)
    asked = {unit.path for unit in case.others()}
    for unit in list(old.units.values()):
        near = unit.path in near_files
        uses = dynamic.uses(unit, case.old) if near else dynamic.uses_of(unit, case.old, held)
        for node, how in uses if unit.path in asked else ():
            if not near or modules.reached(unit, node):
                raise Rejected(Rule.REACHED_WITHOUT_A_NAME, unit, node, f"{how} may access what holds the key")
        check_strings(case, unit, said_somewhere)
        if near and functions | wide and (example := doctest(unit, functions | wide)) is not None:
            raise Rejected(
                Rule.SPOKEN_NAME, unit, example[0], f"an example in a docstring uses `{example[1]}`, which would be removed or changed"
            )
    check_readers(case, near_files, goes)
    imported_in_examples(case)
    by_computed_module(case, wide | functions, near_files)
    imports_another(case, wide | functions, near_files)
    check_reached(case, said, removed)
    check_entries(case)
    constants = _constants_gone(case)
    if constants and (script := case.rewritten.mentions.edits(constants, case.homes)) is not None:
        raise Rejected(
            Rule.MENTIONED_ELSEWHERE, script[0], None, f"{script[0].name} may read or change `{script[1]}` in the text of its file"
        )
    for path, name in case.rewritten.mentions(said, case.homes, set(old.units)):
        if path.suffix != ".py" or means_home(case, path, said):
            raise Rejected(Rule.MENTIONED_ELSEWHERE, path, None, f"`{name}` is mentioned in {path.name}, which was not analyzed")
    if (further := case.rewritten.mentions.through_others(said, case.homes, set(old.units))) is not None:
        raise Rejected(
            Rule.MENTIONED_ELSEWHERE,
            further[0],
            None,
            f"{further[0].name}, which was not analyzed, uses `{further[1]}` through an import of an import",
        )
    by_text = functions | made
    if by_text and (caller := case.rewritten.mentions.called_by_text(by_text, case.homes)) is not None:
        raise Rejected(Rule.MENTIONED_ELSEWHERE, caller[0], None, f"{caller[0].name} may name `{caller[1]}` as something to call")


def check_new_names(case: Case) -> None:
    """Raise Rejected where the new program names what is no longer there, or what went may be replaced in tests."""
    check_undefined(case)
    check_replaced(case, _constants_gone(case))


def _constants_gone(case: Case) -> set[str]:
    """Return the names of modules that went."""
    old, new = case.old.world, case.new_world
    return {n for p in case.changed for n in set(old.units[p].module.bindings) - set(new.units[p].module.bindings)}


def carriers(case: Case) -> set[str]:
    """Return the names of modules and classes that hold a part of a key, and of functions that give one: what they give is another thing now."""
    out: set[str] = set()
    for path in case.changed:
        for scope in case.old.world.units[path].scopes.values():
            if not (scope.is_module or scope.is_class):
                continue
            for name, bindings in scope.bindings.items():
                for b in bindings:
                    function = b.node if isinstance(b.node, ast.FunctionDef | ast.AsyncFunctionDef) else None
                    values = case.old.returned(function) if function else case.old.bound(path, b) if b.kind is BindingKind.VALUE else ()
                    if any(case.held.is_part(v) or case.held.has_part(v) for v in values):
                        out.add(name)
    return out


def new_parameters(case: Case) -> None:
    """Raise Rejected where a parameter is new, and calls of the program hand over something by that name already.

    They can only where the function takes any name: for another, such a call was an error before.
    """
    came: set[str] = set()
    for path in case.changed:
        was, now = signatures(case.rewritten.old[path]), signatures(case.rewritten.new[path])
        open_ones = {name for name in now if name in was and "**" in was[name].split(",")}
        came |= {a for name in open_ones for a in now[name].split(",") if a not in was[name].split(",")}
    for calls in list(case.old.world.calls.values()) if came else ():
        for call in calls:
            own = any(f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.UNKNOWN) for f in case.old.value(call.func))
            for k in call.keywords if own else ():
                names = {k.arg} if k.arg is not None else {n for n in came if may_have(case, k.value, n)}
                if names & came:
                    raise Rejected(
                        Rule.NAME_IN_USE, case.unit(call), call, f"`{min(names & came)}` would be a parameter, but is already passed"
                    )


def check_entries(case: Case) -> None:
    """Raise Rejected where an entry is new in some dict, and is asked for in something that may be the dict."""
    came: set[str] = set()
    for path in case.changed:
        came |= set(entry_names(case.rewritten.new[path]) - entry_names(case.rewritten.old[path]))
    for unit in list(case.old.world.units.values()) if came else ():
        for node in unit.parents:
            if not isinstance(node, ast.Constant) or node.value not in came:
                continue
            parent = unit.parents.get(node)
            base: ast.expr | None = None
            if isinstance(parent, ast.Subscript) and node is parent.slice:
                base = parent.value
            elif isinstance(parent, ast.Call) and node in parent.args[:1] and isinstance(parent.func, ast.Attribute):
                base = parent.func.value if parent.func.attr in ("get", "pop", "setdefault") else None
            elif isinstance(parent, ast.Compare) and node is parent.left:
                base = parent.comparators[0]
            if base is not None and any(v.kind is Kind.UNKNOWN or case.held.has_part(v) for v in case.old.value(base)):
                raise Rejected(Rule.NAME_IN_USE, unit, node, f"the entry `{node.value}` would be new, but is already asked for")


def check_early(case: Case) -> None:
    """Raise Rejected where what came names a module or maker of sessions that may be bound only later."""
    for path in case.changed:
        _, come = remains.changed(case.rewritten.old[path], case.rewritten.new[path])
        unit = case.new_world.units[path]
        for statement in come:
            for node in remains.own(statement):
                if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node not in unit.scope_of:
                    continue
                if not any(v.kind is Kind.LIBRARY for v in case.new.value(node)):
                    continue
                cell, bindings, missing = reads(unit, case.new_world.reaching[path], node)
                here = cell is not None and cell.scope is unit.scope_of[node]
                late = cell is not None and not here and all(b.node.lineno > node.lineno for b in bindings)  # type: ignore[attr-defined]
                if cell is not None and ((here and missing) or late):
                    raise Rejected(Rule.BOUND_LATER, path, None, f"`{node.id}` may not be assigned yet where it would be used")


def check_undefined(case: Case) -> None:
    """Raise Rejected where the new program names something that is no longer there."""
    check_early(case)
    ev = case.new
    vanished = lost_anywhere(case)
    entries_gone = {e for p in case.changed for e in entry_names(case.rewritten.old[p]) - entry_names(case.rewritten.new[p])}
    fields_gone = {f for p in case.changed for f in field_names(case.rewritten.old[p]) - field_names(case.rewritten.new[p])}
    functions = changed_functions(case) | {n for p in case.changed for n in class_names(case.rewritten.new[p])}
    for unit in list(ev.world.units.values()):
        had = case.old.world.units.get(unit.path)
        for node in unit.parents:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node in unit.scope_of:
                if unit.cell(node) is None and not hasattr(builtins, node.id) and not node.id.startswith("__"):
                    if not any(s.stars for s in unit.scopes.values()) and had is not None and knows(had, node.id):
                        raise Rejected(Rule.UNDEFINED, unit, node, f"`{node.id}` would no longer be defined")
            elif isinstance(node, ast.alias):
                check_import(case, unit, node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                if node.attr in vanished:
                    attribute_gone(case, unit, node)
                elif node.attr in fields_gone:
                    field_gone(case, unit, node)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in entries_gone:
                if isinstance(node.ctx, ast.Load) and not there(ev.value(node)):
                    raise Rejected(Rule.UNDEFINED, unit, node, f"the entry `{node.slice.value}` would no longer exist")
            elif isinstance(node, ast.Call) and (
                last_name(node.func) in functions or last_name(node.func) in ("", "cls") or ev.matters(node)
            ):
                check_call(case, unit, node)


def there(values: Values) -> bool:
    """Return whether a look-up may give anything; where nothing is known of it, it may."""
    return not values or any(v.kind not in ABSENT for v in values)


def attribute_gone(case: Case, unit: Unit, node: ast.Attribute) -> None:
    """Raise Rejected where an attribute is read that the new program does not have, or may not have."""
    ev = case.new
    base = ev.value(node.value)
    for v in base:
        if v.kind is Kind.MODULE and v.data in case.changed and lost(case, v.data, node.attr):
            raise Rejected(Rule.UNDEFINED, unit, node, f"`{node.attr}` would no longer be in its module")
    if UNKNOWN in base and class_lost(case, node.attr) and may_have_lost(case, node.attr, node.value):
        raise Rejected(Rule.UNKNOWN_READER, unit, node, f"`.{node.attr}` is read from an object that could not be analyzed")
    gone = not any(v != NONE and v.kind not in ABSENT for v in ev.value(node))
    if gone and any(v.kind in (Kind.INSTANCE, Kind.CLASS) for v in base) and class_lost(case, node.attr):
        raise Rejected(Rule.UNDEFINED, unit, node, f"`.{node.attr}` would no longer exist")


def field_gone(case: Case, unit: Unit, node: ast.Attribute) -> None:
    """Raise Rejected where a field is read that an object which holds fields and no more, as SimpleNamespace, does not have any longer."""
    made = [v for v in case.new.value(node.value) if v.kind is Kind.OBJECT and isinstance(v.data, ast.Call)]
    if any(entries(case.new, v, frozenset({const(node.attr)})) <= {MISSING} for v in made):
        raise Rejected(Rule.UNDEFINED, unit, node, f"`.{node.attr}` would no longer exist")


def check_import(case: Case, unit: Unit, node: ast.alias) -> None:
    parent = unit.parents.get(node)
    if isinstance(parent, ast.ImportFrom) and node.name != "*":
        found = case.new_world.find(unit.path, parent.module or "", parent.level)
        if found.kind is Kind.MODULE and lost(case, found.data, node.name):
            raise Rejected(Rule.UNDEFINED, unit, node, f"`{node.name}` would no longer be in its module")


def check_call(case: Case, unit: Unit, call: ast.Call) -> None:
    for f in case.new.value(call.func):
        if f.kind in (Kind.FUNCTION, Kind.BOUND) and isinstance(f.data, ast.FunctionDef | ast.AsyncFunctionDef):
            if is_command(case.new, f.data):
                continue  # it takes a command line
            arguments = f.data.args
            if arguments.kwarg is None:
                known = {a.arg for a in parameters(arguments)}
                bad = [k.arg for k in call.keywords if k.arg is not None and k.arg not in known]
                if bad and case.new_world.unit_of[f.data].path in case.changed:
                    raise Rejected(Rule.UNDEFINED, unit, call, f"`{last_name(call.func)}` would no longer accept `{bad[0]}`")
            places = len(arguments.posonlyargs) + len(arguments.args) - (f.kind is Kind.BOUND)
            given = [a for a in call.args if not isinstance(a, ast.Starred)]
            required = [a.arg for a in [*arguments.posonlyargs, *arguments.args]][f.kind is Kind.BOUND :]
            required = required[: len(required) - len(arguments.defaults)] if arguments.defaults else required
            named = {k.arg for k in call.keywords}
            spread = {v for k in call.keywords if k.arg is None for v in case.new.value(k.value)}
            if len(given) == len(call.args) and case.new_world.unit_of[f.data].path in case.changed:
                for name in required[len(given) :]:
                    if name not in named and not any(
                        v.kind is not Kind.OBJECT or entries(case.new, v, frozenset({const(name)})) != {MISSING} for v in spread
                    ):
                        raise Rejected(Rule.UNDEFINED, unit, call, f"`{last_name(call.func)}` would not receive `{name}`")
            if arguments.vararg is None and len(given) > places and len(given) == len(call.args):
                if case.new_world.unit_of[f.data].path in case.changed and f.data.name in changed_functions(case) | {"__init__", "__new__"}:
                    raise Rejected(Rule.UNDEFINED, unit, call, f"`{last_name(call.func)}` would no longer accept as many arguments")
