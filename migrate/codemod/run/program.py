"""One program (the sources under one root): analyse, plan what can be rewritten, say what cannot and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import ScopeKind
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.values import Class, Scope, in_order
from migrate.codemod.keys.cluster import Cluster, Clusters, Credentials, Problem, find_credentials
from migrate.codemod.keys.environment import find_environment
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.keys.reach import mark_reach
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.settings import find_settings
from migrate.codemod.keys.sinks import Sink, elsewhere, find_sinks
from migrate.codemod.libraries import library_of
from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.dynamic import dynamic_uses
from migrate.codemod.rewrite.plan import Facts, Rewrite, facts_of
from migrate.codemod.rewrite.planner import plan_rewrite
from migrate.codemod.rewrite.unused import check_unused
from migrate.codemod.run.applying import Result, apply
from migrate.codemod.run.proving import proved
from migrate.codemod.source.python import Source, imported_roots, written
from migrate.codemod.source.silence import Silence
from migrate.codemod.verdict.uses import Uses
from migrate.keys import is_placeholder, is_secret


@dataclass(frozen=True, slots=True)
class Followed:
    """All values of a program: its keys, and the calls that get a part of one. `problems` and `touched` tell of keys that a call computes."""

    interpreter: Interpreter
    sinks: list[Sink]
    found: Credentials
    computed: Result

    def result(self) -> Result:
        """Return what is told of the program so far, to be added to."""
        out = Result(problems=list(self.computed.problems), touched=set(self.computed.touched))
        for path, secrets in self.computed.secrets.items():
            out.secrets[path] |= secrets
        return out


def survey(followed: Followed) -> Result:
    """Return which files and names of modules and classes the keys of a program pass through: what more belongs to it is found by them."""
    result = followed.result()
    if followed.found.all:
        for cluster in Clusters(followed.interpreter, followed.sinks, followed.found).clusters:
            _note(cluster, result)
    return result


def follow(imports: Imports, sources: dict[Path, Source]) -> Followed:
    """Follow all values of a program."""
    interpreter = Interpreter(imports, [Module(s) for s in sources.values()])
    interpreter.run()
    sinks = find_sinks(interpreter) + find_environment(interpreter) + find_settings(interpreter)
    mark_reach(interpreter, sinks)
    found = find_credentials(interpreter, sinks)
    computed = Result()
    computed_sinks(interpreter, sinks, found, computed)
    sinks = [s for s in sinks if any(_origins(a.values) & found.all for a in s.of(Role.KEY_ID, Role.SECRET, Role.TOKEN))]
    return Followed(interpreter, sinks, found, computed)


def _note(cluster: Cluster, result: Result) -> None:
    """Note the files and the names of modules and classes that a cluster passes through."""
    result.touched |= {m.path for m in cluster.modules}
    result.names |= {
        s.name
        for s in cluster.stores
        if isinstance(s.owner, Class) or (isinstance(s.owner, Scope) and s.owner.kind is not ScopeKind.FUNCTION)
    }
    result.callables |= {name for s in cluster.stores for name in _around(s.owner)}


def _around(owner: object) -> Iterator[str]:
    """Yield the names of the functions and classes around a name that a key passes through."""
    scope = owner if isinstance(owner, Scope) else owner.scope if isinstance(owner, Class) else None
    while scope is not None:
        if (name := getattr(scope.node, "name", None)) is not None:
            yield name
        scope = scope.parent


def analyse(imports: Imports, sources: dict[Path, Source], mapping: KeyMap, followed: Followed) -> Result:
    """Everything about one program. Writes nothing."""
    result = followed.result()
    interpreter, sinks, found = followed.interpreter, followed.sinks, followed.found
    if not found.all:
        return result
    uses = Uses(interpreter, found, sinks)
    clusters = Clusters(interpreter, sinks, found).clusters
    facts = facts_of(interpreter, found, uses, mapping)
    silences = {m: Silence(m.source.text) for m in interpreter.modules.values() if "aws-sso-migrate" in m.source.text}
    accepted: list[Rewrite] = []
    for cluster in clusters:
        result.met |= cluster.ids
        _note(cluster, result)
        shown = {text for o in cluster.origins for text in written(o.module.source, o.node)}
        for m in cluster.modules:
            result.secrets[m.path] |= shown
        if silenced(cluster, silences):
            result.silenced += 1
            continue
        rewrite = plan_cluster(cluster, facts)
        if rewrite is None:
            result.problems += [replace(p, keys=cluster.places(found)) for p in cluster.problems]
        else:
            accepted.append(rewrite)
    apply(accepted, found, mapping, result)
    proved(Path(imports.root), sources, accepted, facts, result)
    return result


def silenced(cluster: Cluster, silences: dict[Module, Silence]) -> bool:
    """Does a bare ignore comment stand at one of its literals or calls? Then nothing of it is changed or reported."""
    nodes = [(o.module, o.node) for o in cluster.origins] + [(s.module, s.call) for s in cluster.sinks]
    return any(
        m in silences and any(silences[m].covers(line, "") for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for m, node in nodes
    )


def plan_cluster(cluster: Cluster, facts: Facts) -> Rewrite | None:
    """The edits of a cluster; None with its problems filled in where there are none."""
    if stand_in(cluster, facts):
        return None
    facts.uses.check(cluster)
    unmapped = sorted(k for k in cluster.ids if k not in facts.mapping)
    if unmapped and not any(p.code in ("AWS201", "AWS235") for p in cluster.problems):
        why = facts.mapping.unmapped(unmapped[0])
        for o in in_order(cluster.origins):
            if facts.found.ids.get(o, set()) & set(unmapped):
                cluster.problems.insert(
                    0, Problem(o.module, o.node, why.code, why.reason, why.help, unmapped[0], rule=Rule.NOT_MAPPED.label)
                )
    if not cluster.ids:
        return None
    for module in sorted((m for m in cluster.modules if m.source.frozen), key=lambda m: m.path):
        at = next((o.node for o in cluster.origins if o.module is module), module.source.tree.body[0])
        if (frozen := module.source.frozen) is not None:
            cluster.problems.append(Problem(module, at, frozen.code, frozen.reason, frozen.help, rule=Rule.NOT_WRITABLE.label))
    if not cluster.problems:
        try:
            check_unused(cluster, facts.uses)
            rewrite = plan_rewrite(facts, cluster)
            cluster.problems += dynamic_uses(facts.interpreter, cluster, rewrite)
            if not cluster.problems:
                return rewrite
        except Blocked as e:
            cluster.problems.append(e.problem)
    mention_lone_ids(cluster, facts.found)
    first = min(cluster.ids, default=None)
    cluster.problems[:] = [replace(p, key=p.key or first, libraries=libraries_at(cluster, p)) for p in cluster.problems]
    return None


def libraries_at(cluster: Cluster, problem: Problem) -> tuple[str, ...]:
    """Whose call a problem is about: that of the call where it stands, else all that the cluster's keys reach."""
    there = {library_of(s.callee) for s in cluster.sinks if s.call is problem.node}
    return tuple(sorted(there or {library_of(s.callee) for s in cluster.sinks}))


_STUBBER = "botocore.stub"


def stand_in(cluster: Cluster, facts: Facts) -> bool:
    """Is it no AWS key at all: a filler, one for a store that is not AWS's, or one of a test with a stand-in for AWS?

    A key that is mapped by name is never taken for one.
    """
    if not cluster.ids or any(k in facts.mapping.keys for k in cluster.ids):
        return False
    if all(is_placeholder(k) for k in cluster.ids):
        return True
    if cluster.sinks and all(elsewhere(s) is True for s in cluster.sinks):
        return True
    return all(
        not imported_roots(o.module.source).isdisjoint(having(Trait.STANDS_IN)) or _STUBBER in o.module.source.text for o in cluster.origins
    )


def mention_lone_ids(cluster: Cluster, found: Credentials) -> None:
    """An id alone is no credential: where no secret belongs to it, it is only mentioned."""
    has_secret = any(o in found.secrets for o in cluster.origins)
    if has_secret or cluster.sinks or any(o in found.embedded for o in cluster.origins):
        return
    first = in_order(cluster.origins)[0]
    if first.module in found.shaped:
        if not any(p.code != "AWS218" for p in cluster.problems):
            cluster.problems.append(
                Problem(
                    first.module,
                    first.node,
                    "AWS202",
                    "a string in this file may be this key's secret, but nothing uses the two together",
                    "rewrite by hand",
                    rule=Rule.UNCERTAIN_SECRET.label,
                )
            )
        return
    cluster.problems[:] = [
        Problem(
            first.module,
            first.node,
            "AWS218",
            "this is a key ID without its secret",
            "retire the key once nothing needs it",
            next(iter(cluster.ids)),
            rule=Rule.ID_ALONE.label,
        )
    ]


def computed_sinks(interpreter: Interpreter, sinks: list[Sink], found: Credentials, result: Result) -> None:
    """Keys that a call gets from literals by computation, with nothing key-shaped in the text."""
    from migrate.codemod.flow.values import Tainted, Text

    for sink in sinks:
        args = sink.of(Role.KEY_ID, Role.SECRET)
        if any(_origins(a.values) & found.all for a in args) or not args:
            continue
        tainted = [a for a in args if any(isinstance(v, Tainted) for v in a.values)]
        loose = [
            a
            for a in args
            if a.role is Role.SECRET and any(isinstance(v, Text) and is_secret(v.text) and "EXAMPLE" not in v.text for v in a.values)
        ]
        ids = [v for a in sink.of(Role.KEY_ID) for v in a.values]
        if elsewhere(sink) is True or any(isinstance(v, Text) for v in ids):
            continue
        if len(tainted) == len(args) or (tainted and loose):
            result.problems.append(
                Problem(
                    sink.module,
                    sink.call,
                    "AWS205",
                    "the key passed to this call is computed from literals",
                    "rewrite by hand",
                    rule=Rule.COMPUTED.label,
                    libraries=(library_of(sink.callee),),
                )
            )
            result.touched.add(sink.module.path)
        elif loose and sink.spec.style is not Style.REPORT:
            result.problems.append(
                Problem(
                    sink.module,
                    sink.call,
                    "AWS208",
                    "only the secret is hardcoded here; the key ID comes from elsewhere",
                    "remove the key ID and the secret together",
                    rule=Rule.HALF_ALONE.label,
                    libraries=(library_of(sink.callee),),
                )
            )
            result.touched.add(sink.module.path)
            for a in loose:
                result.secrets[sink.module.path] |= {v.text for v in a.values if isinstance(v, Text)}


def _origins(values: object) -> frozenset[object]:
    from migrate.codemod.flow.values import origins_of

    return origins_of(values)  # type: ignore[arg-type]
