"""From a cluster without problems to the edits that take its key out and put a profile in."""

import ast

from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.values import Class, Const, Outside, Scope
from migrate.codemod.keys.cluster import Cluster, roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.admission import check_sink
from migrate.codemod.rewrite.conditions import ask_no_more
from migrate.codemod.rewrite.dicts import check_keys_of_dicts, convert_box, convertible
from migrate.codemod.rewrite.plan import Facts, Plan, Rewrite, sink_profiles
from migrate.codemod.rewrite.removal.sweep import sweep
from migrate.codemod.rewrite.renaming import carry_profiles
from migrate.codemod.rewrite.shapes import sink_edits
from migrate.codemod.rewrite.shapes.fallback import plan_fallback
from migrate.codemod.rewrite.shapes.surroundings import settings


def plan_rewrite(facts: Facts, cluster: Cluster, carry: bool = False) -> Rewrite:
    """Return the edits for a cluster. `carry`: the profile's name has to take the way of the key id.

    Raise Blocked if the cluster cannot be rewritten.
    """
    for sink in cluster.sinks:
        check_sink(facts, sink)
    fallback = any(isinstance(v, Outside) for sink in cluster.sinks for a in sink.of(Role.KEY_ID, Role.SECRET) for v in a.values)
    carry = not fallback and (carry or must_carry(facts, cluster))
    plan = Plan(facts, Rewrite(cluster, carried=carry or fallback), carry)
    ask_no_more(plan)
    if fallback:
        plan_fallback(plan)
    else:
        plan.converted.update(convertible(plan))
        for sink in cluster.sinks:
            sink_edits(plan, sink)
        for box, name in plan.converted.items():
            convert_box(plan, box, name)
        settings(plan)
        if carry:
            carry_profiles(plan)
    sweep(plan)
    check_keys_of_dicts(plan)
    return plan.rewrite


def must_carry(facts: Facts, cluster: Cluster) -> bool:
    """Return whether the profile's name has to take the way that the key id took."""
    if facts.mapping.chain:
        return any(Const(None) in a.values for sink in cluster.sinks for a in sink.of(Role.KEY_ID))
    if cluster.asked:
        return True
    for sink in cluster.sinks:
        if len(sink_profiles(facts, sink)) > 1 or any(v == Const(None) for a in sink.of(Role.KEY_ID) for v in a.values):
            return True
    for s in cluster.stores:
        if (
            s.kind in (StoreKind.ARGUMENT, StoreKind.DEFAULT, StoreKind.SPLAT)
            and isinstance(s.owner, Scope | Class)
            and Role.KEY_ID in roles_of(s.values, facts.found)
        ):
            return True
        if s.kind in (StoreKind.LOOP, StoreKind.PAIR, StoreKind.EACH):
            return True
        if s.kind is StoreKind.UNPACK and isinstance(statement := s.module.source.statement(s.node), ast.Assign):
            if not isinstance(statement.value, ast.Tuple | ast.List | ast.Call):
                return True
    return False
