"""From the analysis of one program to changes and findings: bytes, places, words fit to be shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from migrate.changes.change import Change
from migrate.codemod.keys.cluster import Problem
from migrate.codemod.keys.mapping import KeyMap, call_settings, presigned_finding, region_finding, regions, settings_finding
from migrate.codemod.rewrite.check import clean_prose, reads_docstrings
from migrate.codemod.rewrite.copies import secrets_in
from migrate.codemod.rewrite.prose import clean_comments
from migrate.codemod.run.applying import Result
from migrate.codemod.run.notebooks import Notebook
from migrate.codemod.source.python import Source, Unreadable
from migrate.codemod.source.silence import Silence
from migrate.findings import Finding, Related
from migrate.keys import is_key_id, is_placeholder, mask, mask_key_id, real_ids
from migrate.outcome import Group, ReplacedKey, SignedCall

_HANDLER = re.compile(r"^(?:async )?def (?:lambda_)?handler\(\s*event\s*(?::[^,]*)?,\s*_?context", re.M)


@dataclass(slots=True)
class Decided:
    """What became of one program. All of it can be sent from one process to another."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    replaced: dict[str, str | None] = field(default_factory=dict)
    touched: set[Path] = field(default_factory=set)
    groups: list[Group] = field(default_factory=list)
    names: dict[str, set[Path]] = field(default_factory=dict)
    callables: set[str] = field(default_factory=set)
    silenced: int = 0


def passed_through(result: Result) -> Decided:
    """Return what a survey of a program found: the files and names that its keys pass through."""
    return Decided(touched=set(result.touched), names={n: set(result.touched) for n in result.names}, callables=set(result.callables))


def hand_over(result: Result, sources: dict[Path, Source], hits: Iterable[Path], mapping: KeyMap, ignore: frozenset[str]) -> Decided:
    """Changes and findings of a program. `hits` are the files that may hold keys, `ignore` the codes not asked for."""
    out = replace(passed_through(result), replaced=dict(result.replaced))
    silences = {p: Silence(s.text) for p, s in sources.items()}
    for problem in result.problems:
        finding = _finding(problem, result.secrets[problem.module.path])
        source = problem.module.source
        line = getattr(problem.node, "lineno", 1)
        if problem.code in ignore or silences[source.path].covers(line, problem.code):
            out.silenced += 1
        elif finding not in out.findings:
            out.findings.append(finding)
    for path, text in sorted(result.texts.items()):
        source = sources[path]
        after = source.encode(text)
        if after != source.data:
            out.changes.append(_change(source, after, result, result.secrets[path]))
            out.findings += _lambda_warning(source, mapping)
    for path in sorted(set(hits) & set(sources)):
        _leftovers(sources[path], result, mapping, silences[path], out)
    out.groups = [replace(g, signed=[_placed(c, sources[c.path]) for c in g.signed]) for g in _groups(out, result.groups)]
    out.findings += _regions(out, silences) + _settings(out, silences) + _presigned(out, silences, sources)
    kept = [f for f in out.findings if f.code not in ignore]
    out.silenced += len(out.findings) - len(kept) + result.silenced
    out.findings = kept
    return out


def _regions(out: Decided, silences: dict[Path, Silence]) -> list[Finding]:
    """The calls that named no region: it came from the default profile, and comes from their own now."""
    calls = {(c.path, c.line, c.profile) for g in out.groups for c in g.signed if not c.names_region and c.profile is not None}
    known = regions() if calls else {}
    if "default" not in known:
        return []  # such a call had no region, or one of the environment, which goes before a profile's
    found = [region_finding(str(path), line, profile, known) for path, line, profile in sorted(calls)]
    return [f for f in found if f is not None and not silences[Path(f.path)].covers(f.line or 1, f.code)]


def _settings(out: Decided, silences: dict[Path, Silence]) -> list[Finding]:
    """The first call of each file and profile, where that has other settings than the default profile, which the calls used."""
    calls: dict[tuple[Path, str], int] = {}
    for c in (c for g in out.groups for c in g.signed if c.profile is not None):
        calls[c.path, str(c.profile)] = min(c.line, calls.get((c.path, str(c.profile)), c.line))
    known = call_settings() if calls else {}
    found = [settings_finding(str(path), line, profile, known) for (path, profile), line in sorted(calls.items())]
    return [f for f in found if f is not None and not silences[Path(f.path)].covers(f.line or 1, f.code)]


def _presigned(out: Decided, silences: dict[Path, Silence], sources: dict[Path, Source]) -> list[Finding]:
    """The URLs that are presigned with a role's session now, and end with it."""
    calls = {(path, line, c.profile) for g in out.groups for c in g.signed for path, line in c.presigned if c.profile is not None}
    found = []
    for path, line, profile in sorted(calls):
        source = sources.get(path)
        if path in silences and silences[path].covers(line, "AWS232"):
            continue
        shown = source.places(line, 1)[0] if isinstance(source, Notebook) else line
        found.append(presigned_finding(str(path), shown, profile))
    return found


def _placed(call: SignedCall, source: Source) -> SignedCall:
    """Return a call with its line in the file: a notebook's cells are analysed as one text."""
    return replace(call, line=source.places(call.line, 1)[0], new_line=None) if isinstance(source, Notebook) else call


def _groups(out: Decided, rewritten: Iterable[Group]) -> list[Group]:
    """The changes in groups. A file in which only comments or outputs are cleaned is one by itself."""
    changed = {c.path for c in out.changes}
    groups = [replace(g, paths=g.paths & changed) for g in rewritten if g.paths & changed]
    grouped = frozenset[Path]().union(*(g.paths for g in groups))
    for change in out.changes:
        keys = real_ids(change.before.decode("utf-8", "replace")) if change.before is not None else set()
        keys -= real_ids((change.after or b"").decode("utf-8", "replace"))
        gone = [ReplacedKey(k, out.replaced[k]) for k in sorted(keys) if k in out.replaced]
        if change.path not in grouped:
            groups.append(Group(frozenset({change.path}), gone))
            continue
        at = next(n for n, g in enumerate(groups) if change.path in g.paths)
        groups[at] = replace(groups[at], replaced=list(dict.fromkeys([*groups[at].replaced, *gone])))
    return groups


def _change(source: Source, after: bytes, result: Result, secrets: set[str]) -> Change:
    path = source.path
    return Change(path, source.data, after, frozenset(secrets),
                  libraries=tuple(sorted(result.libraries[path])), profiles=tuple(sorted(result.profiles[path])))  # fmt: skip


def _finding(problem: Problem, secrets: set[str]) -> Finding:
    source = problem.module.source
    line, column = getattr(problem.node, "lineno", 1), getattr(problem.node, "col_offset", 0) + 1
    message = mask(problem.message, secrets)
    if isinstance(source, Notebook):
        message = f"cell {source.cell_number(line)}: {message}"
        line, column = source.places(line, column)
    related = _keys(problem, str(source.path), line)
    return Finding(problem.code, str(source.path), message, line, column, mask(problem.help, secrets), problem.key,
                   libraries=problem.libraries, related=related, rule=problem.rule)  # fmt: skip


def _keys(problem: Problem, path: str, line: int) -> tuple[Related, ...]:
    """Return where the keys are that stay because of a problem, but for the place of the problem itself."""
    out: dict[tuple[str, str, int], Related] = {}
    for key, module, node in problem.keys:
        at, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        if isinstance(module.source, Notebook):
            at, column = module.source.places(at, column)
        where = str(module.path)
        if (where, at) != (path, line):
            out.setdefault((key, where, at), Related(where, f"key {mask_key_id(key)} is here", at, column))
    return tuple(out.values())


def _lambda_warning(source: Source, mapping: KeyMap) -> list[Finding]:
    """A handler runs where no profile exists."""
    m = _HANDLER.search(source.text)
    if m is None or mapping.chain:
        return []
    return [Finding("AWS214", str(source.path), "this is a Lambda handler, and Lambda has no profiles",
                    source.line_of(m.start()), 1, "use --target default-chain for code that is deployed to Lambda")]  # fmt: skip


def _leftovers(source: Source, result: Result, mapping: KeyMap, silence: Silence, out: Decided) -> None:
    """Keys outside of code (comments, docstrings, a notebook's outputs and prose): taken out where mapped, else reported."""
    path = source.path
    change = next((c for c in out.changes if c.path == path), None)
    text = result.texts.get(path, source.text)
    named = any(f.path == str(path) and f.code != "AWS214" for f in out.findings)
    secrets = set(result.secrets[path])
    out.findings += _notes(source)
    out.findings += _unseen(source, text, result, silence)
    cleaned, left = clean_comments(source, text, mapping, silence)
    after: bytes | None = None
    if source.frozen is not None:
        cleaned = text
    elif isinstance(source, Notebook):
        after, more = _notebook(source, cleaned, mapping, secrets, path in result.texts)
        out.findings += more
    else:
        after = source.encode(cleaned)
    if after is not None and after != (change.after if change else source.data):
        if change is not None:
            out.changes.remove(change)
        out.changes.append(_change(source, after, result, secrets))
        for key in real_ids(source.text) - real_ids(cleaned):
            if key in mapping:
                out.replaced.setdefault(key, mapping.profile(key))
    for key, line, column in left:
        if not named and not silence.covers(line, "AWS219"):
            place = source.places(line, column) if isinstance(source, Notebook) else (line, column)
            out.findings.append(_unmapped(mapping, key, str(path), "a comment or docstring", *place))


def _unmapped(mapping: KeyMap, key: str, path: str, what: str, line: int, column: int) -> Finding:
    """A key outside of code that is not mapped, or not to a profile of its account."""
    why = mapping.unmapped(key)
    if why.code == "AWS235":
        return Finding(
            why.code, path, f"{what} contains a key that is mapped to another account: {why.reason}", line, column, why.help, key
        )
    help = "map it with --map-key, or remove it by hand"
    return Finding("AWS219", path, f"{what} contains a key that is not mapped", line, column, help, key)


def _unseen(source: Source, text: str, result: Result, silence: Silence) -> list[Finding]:
    """A key in the file that nothing of the analysis has met: in syntax newer than the running Python, in an annotation, in a docstring that is read."""
    prose = {k for k in real_ids(text) if k not in clean_prose(text, {k})} if not reads_docstrings(source) else set()
    findings = []
    for key in sorted(real_ids(text) - result.met - prose):
        line = text[: text.index(key)].count("\n") + 1
        if is_placeholder(key) or any(n.key == key for n in source.notes) or silence.covers(line, "AWS202"):
            continue
        place = source.places(line, 1) if isinstance(source, Notebook) else (line, 1)
        findings.append(Finding("AWS202", str(source.path), "this line contains a key in a form that could not be analyzed", *place,
                                "remove it by hand, and let the code use a profile", key))  # fmt: skip
    return findings


def _notebook(source: Notebook, text: str, mapping: KeyMap, secrets: set[str], rewritten: bool) -> tuple[bytes | None, list[Finding]]:
    """A notebook's bytes with outputs and markdown free of what its code holds no more, and findings for what stays."""
    path = str(source.path)
    findings = []
    elsewhere = set().union(*(real_ids(t) for _, _, t in source.prose() if "AKIA" in t or "ASIA" in t))
    in_code = real_ids(text)
    gone = {k for k in elsewhere | real_ids(source.text) if k in mapping and k not in in_code}
    if gone or rewritten:  # what goes is a rewrite's; the secrets of a key that was left stay in the outputs as well
        gone |= {s for s in secrets | secrets_in(source.text) if s not in text and len(s) >= 16 and not is_key_id(s)}
    for key in sorted(k for k in elsewhere if k not in mapping and k not in in_code):
        line, column, cell = source.line_of_string(key)
        where = f"cell {cell}" if cell else "the metadata"
        findings.append(_unmapped(mapping, key, path, f"{where}: text or output", line, column))
    try:
        return source.write(text, gone), findings
    except Unreadable as e:
        findings.append(Finding("AWS213", path, e.reason, 1, 1, "remove it by hand"))
        return None, findings


def _notes(source: Source) -> list[Finding]:
    """Keys in magics, in shell lines and in cells of another language."""
    findings = []
    for note in source.notes:
        place, where = (note.line, 1), ""
        if isinstance(source, Notebook):
            place, where = source.places(note.line, 1), f"cell {source.cell_number(note.line)}: "
        other = "another language" in note.what or "%sql" in note.what or "%scala" in note.what or "%r" in note.what.split()
        help = "let that code use a profile or a role" if other else "replace it with `%env AWS_PROFILE=…` or `--profile` by hand"
        findings.append(Finding("AWS215", str(source.path), f"{where}{note.what} contains a key", *place, help, note.key))
    return findings
