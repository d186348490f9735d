"""One program (the sources under one root): analyse, plan what can be rewritten, say what cannot and why."""

import ast
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from migrate.codemod.edit.edits import Edits
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.values import Class, Outside, Scope, in_order
from migrate.codemod.keys.cluster import Cluster, Clusters, Credentials, Problem, find_credentials
from migrate.codemod.keys.environment import find_environment
from migrate.codemod.keys.mapping import Mapping
from migrate.codemod.keys.reach import mark_reach
from migrate.codemod.keys.settings import find_settings
from migrate.codemod.keys.sinks import Sink, elsewhere, find_sinks
from migrate.codemod.libraries import library_of
from migrate.codemod.proof.hook import not_proved
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.check import Checked, check_text
from migrate.codemod.rewrite.dynamic import dynamic_uses
from migrate.codemod.rewrite.rewriter import Rewrite, Rewriter
from migrate.codemod.rewrite.unused import check_unused
from migrate.codemod.source.python import Source, imported_roots, written
from migrate.codemod.source.silence import Silence
from migrate.codemod.verdict.uses import Uses
from migrate.keys import is_placeholder, is_secret
from migrate.outcome import Group, ReplacedKey, SignedCall


@dataclass(slots=True)
class Result:
    """What came of a program: new texts, problems, and the secrets that were seen (for the masker)."""

    texts: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    secrets: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))
    replaced: dict[str, str | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # module and class level names that held keys
    profiles: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))  # that come into a file
    libraries: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))  # whose calls change in a file
    groups: list[Group] = field(default_factory=list)  # files that are rewritten together or not at all
    met: set[str] = field(default_factory=set)  # ids that the analysis has decided on, one way or the other
    silenced: int = 0  # clusters at which an ignore comment stands
    touched: set[Path] = field(default_factory=set)  # files that a cluster, rewritten or not, passes through


def analyse(imports: Imports, sources: dict[Path, Source], mapping: Mapping) -> Result:
    """Everything about one program. Writes nothing."""
    result = Result()
    modules = [Module(s) for s in sources.values()]
    interpreter = Interpreter(imports, modules)
    interpreter.run()
    sinks = find_sinks(interpreter) + find_environment(interpreter) + find_settings(interpreter)
    mark_reach(interpreter, sinks)
    found = find_credentials(interpreter, sinks)
    computed_sinks(interpreter, sinks, found, result)
    if not found.all:
        return result
    sinks = [s for s in sinks if any(_origins(a.values) & found.all for a in s.of("id", "secret", "token"))]
    uses = Uses(interpreter, found, sinks)
    clusters = Clusters(interpreter, sinks, found).clusters
    rewriter = Rewriter(interpreter, found, uses, mapping)
    silences = {m: Silence(m.source.text) for m in modules if "aws-sso-migrate" in m.source.text}
    accepted: list[Rewrite] = []
    for cluster in clusters:
        result.met |= cluster.ids
        for m in cluster.modules:
            result.touched.add(m.path)
        result.names |= {
            s.name for s in cluster.stores if isinstance(s.owner, Scope | Class) and getattr(s.owner, "kind", "class") != "function"
        }
        shown = {text for o in cluster.origins for text in written(o.module.source, o.node)}
        for m in cluster.modules:
            result.secrets[m.path] |= shown
        if silenced(cluster, silences):
            result.silenced += 1
            continue
        rewrite = plan_cluster(cluster, uses, rewriter, interpreter)
        if rewrite is None:
            result.problems += [replace(p, keys=cluster.places(found)) for p in cluster.problems]
        else:
            accepted.append(rewrite)
    apply(accepted, found, mapping, result)
    proved(Path(imports.root), sources, accepted, rewriter, result)
    return result


def proved(root: Path, sources: dict[Path, Source], accepted: list[Rewrite], rewriter: Rewriter, result: Result) -> None:
    """Drop each rewrite that the witness does not accept, and make the edits of the others anew.

    A call that names its profile as a constant loses what the way to its key could do: fail, or not be there. Where that is the
    reason, the profile's name is sent the way of the key instead, once.
    """
    found, mapping = rewriter.found, rewriter.mapping
    while result.texts:
        profiles = {key: mapping.profile(key) for rewrite in accepted for key in rewrite.cluster.ids}
        signed: list[SignedCall] = []
        rejection = not_proved(root, sources, result.texts, profiles, signed)
        if rejection is None:
            result.groups = [with_calls(g, signed) for g in result.groups]
            return
        dropped = [r for r in accepted if rejection.path in {m.path for m in r.cluster.modules} | {m.path for _, m, _ in r.steps}]
        for rewrite in dropped or list(accepted):
            accepted.remove(rewrite)
            if rejection.rule in ("signers", "clients") and (other := carried(rewrite, rewriter)) is not None:
                accepted.append(other)
                continue
            first = in_order(rewrite.cluster.origins)[0]
            module = next((m for m in rewriter.interpreter.modules.values() if m.path == rejection.path), None)
            place = ast.Pass(lineno=rejection.line, col_offset=0)
            result.problems.append(
                Problem(
                    module or first.module,
                    place if module is not None else first.node,
                    rejection.code,
                    f"left unchanged: {rejection.reason}",
                    "rewrite it by hand, or remove the obstacle and run again",
                    min(rewrite.cluster.ids, default=None),
                    rule=rejection.rule,
                    keys=rewrite.cluster.places(found),
                )
            )
        for made in (result.texts, result.replaced, result.profiles, result.libraries):
            made.clear()
        result.groups = []
        apply(accepted, found, mapping, result)


def carried(rewrite: Rewrite, rewriter: Rewriter) -> Rewrite | None:
    """Return the rewrite of the same cluster that sends the profile's name the way of the key id; None where there is none."""
    if rewrite.carried or rewriter.mapping.chain:
        return None
    try:
        other = rewriter.plan(rewrite.cluster, carry=True)
    except Blocked:
        return None
    return None if dynamic_uses(rewriter.interpreter, rewrite.cluster, other) else other


def with_calls(group: Group, signed: Sequence[SignedCall]) -> Group:
    """Return a group with the calls that signed with its keys."""
    keys = {r.key for r in group.replaced}
    return replace(group, signed=[c for c in signed if c.key in keys and c.path in group.paths])


def silenced(cluster: Cluster, silences: dict[Module, Silence]) -> bool:
    """Does a bare ignore comment stand at one of its literals or calls? Then nothing of it is changed or reported."""
    nodes = [(o.module, o.node) for o in cluster.origins] + [(s.module, s.call) for s in cluster.sinks]
    return any(
        m in silences and any(silences[m].covers(line, "") for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for m, node in nodes
    )


def plan_cluster(cluster: Cluster, uses: Uses, rewriter: Rewriter, interpreter: Interpreter) -> Rewrite | None:
    """The edits of a cluster; None with its problems filled in where there are none."""
    if stand_in(cluster, rewriter):
        return None
    uses.check(cluster)
    unmapped = sorted(k for k in cluster.ids if k not in rewriter.mapping)
    if unmapped and not any(p.code == "AWS201" for p in cluster.problems):
        for o in in_order(cluster.origins):
            if rewriter.found.ids.get(o, set()) & set(unmapped):
                cluster.problems.insert(0, Problem(o.module, o.node, "AWS201", "this key is not mapped to a profile",
                                                   "map it: --map-key KEY_ID=PROFILE", unmapped[0]))  # fmt: skip
    if not cluster.ids:
        return None
    for module in sorted((m for m in cluster.modules if m.source.frozen), key=lambda m: m.path):
        at = next((o.node for o in cluster.origins if o.module is module), module.source.tree.body[0])
        if (why := module.source.frozen) is not None:
            cluster.problems.append(Problem(module, at, why.code, why.reason, why.help))
    if not cluster.problems:
        try:
            check_unused(cluster, uses)
            rewrite = rewriter.plan(cluster)
            cluster.problems += dynamic_uses(interpreter, cluster, rewrite)
            if not cluster.problems:
                return rewrite
        except Blocked as e:
            cluster.problems.append(e.problem)
    soften(cluster, rewriter.found)
    first = min(cluster.ids, default=None)
    cluster.problems[:] = [replace(p, key=p.key or first, libraries=libraries_at(cluster, p)) for p in cluster.problems]
    return None


def libraries_at(cluster: Cluster, problem: Problem) -> tuple[str, ...]:
    """Whose call a problem is about: that of the call where it stands, else all that the cluster's keys reach."""
    there = {library_of(s.callee) for s in cluster.sinks if s.call is problem.node}
    return tuple(sorted(there or {library_of(s.callee) for s in cluster.sinks}))


_STAND_INS = {"moto", "localstack", "localstack_client", "pytest_localstack", "placebo", "vcr", "responses"}
_STUBBER = "botocore.stub"


def stand_in(cluster: Cluster, rewriter: Rewriter) -> bool:
    """Is it no AWS key at all: a filler, one for a store that is not AWS's, or one of a test with a stand-in for AWS?

    A key that is mapped by name is never taken for one.
    """
    if not cluster.ids or any(k in rewriter.mapping.keys for k in cluster.ids):
        return False
    if all(is_placeholder(k) for k in cluster.ids):
        return True
    if cluster.sinks and all(elsewhere(s) is True for s in cluster.sinks):
        return True
    return all(not imported_roots(o.module.source).isdisjoint(_STAND_INS) or _STUBBER in o.module.source.text for o in cluster.origins)


def soften(cluster: Cluster, found: Credentials) -> None:
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
                )
            )
        return
    cluster.problems[:] = [
        Problem(first.module, first.node, "AWS218", "this is a key ID without its secret", "retire the key once nothing needs it", next(iter(cluster.ids)))
    ]  # fmt: skip


def apply(accepted: list[Rewrite], found: Credentials, mapping: Mapping, result: Result) -> None:
    """Makes the edits of all clusters; a cluster whose file does not come out right is dropped, and the rest made anew."""
    while True:
        edits: dict[Module, Edits] = {}
        for phase in (0, 1, 2):
            for rewrite in accepted:
                for p, module, step in rewrite.steps:
                    if p == phase:
                        step(edits.setdefault(module, Edits(module.source)))
        keys: dict[Module, set[str]] = defaultdict(set)
        for rewrite in accepted:
            for m in {m for _, m, _ in rewrite.steps} | {o.module for o in rewrite.cluster.origins}:
                keys[m] |= rewrite.cluster.ids
                keys[m] |= {t for o in rewrite.cluster.origins & found.secrets if (t := _text(o.node)) is not None}
                edits.setdefault(m, Edits(m.source))
        bad: Checked | None = None
        texts: dict[Path, str] = {}
        for module, e in edits.items():
            checked = check_text(module, e, keys[module])
            if checked.problem is not None:
                bad = checked
                break
            if checked.text != module.source.text:
                texts[module.path] = checked.text
        if bad is None:
            result.texts = texts
            result.groups = grouped(accepted, mapping)
            for rewrite in accepted:
                for key in rewrite.cluster.ids:
                    result.replaced[key] = mapping.profile(key)
                names = {name for key in rewrite.cluster.ids if (name := mapping.profile(key)) is not None}
                for path in {m.path for _, m, _ in rewrite.steps} | {o.module.path for o in rewrite.cluster.origins}:
                    result.profiles[path] |= names
                    result.libraries[path] |= {library_of(s.callee) for s in rewrite.cluster.sinks}
            return
        dropped = [
            r for r in accepted if any(m is bad.module for _, m, _ in r.steps) or any(o.module is bad.module for o in r.cluster.origins)
        ]
        for r in dropped:
            assert bad.problem is not None
            result.problems.append(replace(bad.problem, keys=r.cluster.places(found)))
            accepted.remove(r)
        if not dropped:
            return


def grouped(accepted: list[Rewrite], mapping: Mapping) -> list[Group]:
    """The files of all rewrites in groups, no two of which share a file: any of them may be left without the others noticing.

    What goes into the environment, or comes out of it, is seen by the whole program; so is, under `--target default-chain`, what a
    call without a key signs with. These are one group.
    """
    parts: list[tuple[set[Path], set[str]]] = []
    everywhere: tuple[set[Path], set[str]] | None = None
    for rewrite in accepted:
        cluster = rewrite.cluster
        part = ({m.path for m in cluster.modules} | {m.path for _, m, _ in rewrite.steps} | {m.path for m, _ in rewrite.functions},
                set(cluster.ids))  # fmt: skip
        if mapping.chain or any(
            s.takes.style == "environment" or any(isinstance(v, Outside) for a in s.arguments for v in a.values) for s in cluster.sinks
        ):
            everywhere = part if everywhere is None else (everywhere[0] | part[0], everywhere[1] | part[1])
        else:
            parts.append(part)
    merged: list[tuple[set[Path], set[str]]] = []
    for paths, keys in [*parts, *([everywhere] if everywhere is not None else [])]:
        for other in [m for m in merged if not m[0].isdisjoint(paths)]:
            merged.remove(other)
            paths, keys = paths | other[0], keys | other[1]
        merged.append((paths, keys))
    return [Group(frozenset(paths), [ReplacedKey(k, mapping.profile(k)) for k in sorted(keys)]) for paths, keys in merged]


def computed_sinks(interpreter: Interpreter, sinks: list[Sink], found: Credentials, result: Result) -> None:
    """Keys that a call gets from literals by computation, with nothing key-shaped in the text."""
    from migrate.codemod.flow.values import Murk, Text

    for sink in sinks:
        args = sink.of("id", "secret")
        if any(_origins(a.values) & found.all for a in args) or not args:
            continue
        murky = [a for a in args if any(isinstance(v, Murk) for v in a.values)]
        loose = [
            a
            for a in args
            if a.role == "secret" and any(isinstance(v, Text) and is_secret(v.text) and "EXAMPLE" not in v.text for v in a.values)
        ]
        ids = [v for a in sink.of("id") for v in a.values]
        if elsewhere(sink) is True or any(isinstance(v, Text) for v in ids):
            continue
        if len(murky) == len(args) or (murky and loose):
            result.problems.append(
                Problem(
                    sink.module,
                    sink.call,
                    "AWS205",
                    "the key passed to this call is computed from literals",
                    "rewrite by hand",
                    libraries=(library_of(sink.callee),),
                )
            )
            result.touched.add(sink.module.path)
        elif loose and sink.takes.style != "report":
            result.problems.append(
                Problem(
                    sink.module,
                    sink.call,
                    "AWS208",
                    "only the secret is hardcoded here; the key ID comes from elsewhere",
                    "remove both halves together",
                    libraries=(library_of(sink.callee),),
                )
            )
            result.touched.add(sink.module.path)
            for a in loose:
                result.secrets[sink.module.path] |= {v.text for v in a.values if isinstance(v, Text)}


def _origins(values: object) -> frozenset[object]:
    from migrate.codemod.flow.values import origins_of

    return origins_of(values)  # type: ignore[arg-type]


def _text(node: ast.expr) -> str | None:
    from migrate.codemod.keys.cluster import literal_text

    return literal_text(node)
