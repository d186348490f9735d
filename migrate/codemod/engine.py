"""A run over files and folders: search, take in what belongs together, analyse, and hand over changes and findings."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrate.changes.change import Change
from migrate.codemod.files import Found, Walk, interesting, read, walk
from migrate.codemod.flow.module import Imports, imported_names
from migrate.codemod.program import Result, analyse
from migrate.codemod.rewrite import Mapping
from migrate.codemod.silence import Silence
from migrate.codemod.source import Source, Unreadable, parse
from migrate.findings import Finding
from migrate.keys import KEY_ID, mask
from migrate.outcome import Outcome, ReplacedKey

_MOST_TAKEN_IN = 400


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a run of `code` is asked."""

    paths: Sequence[Path]
    mapping: Mapping
    exclude: Sequence[str] = ()
    ignore: frozenset[str] = frozenset()
    jobs: int = 1


def rewrite_code(request: CodeRequest) -> Outcome:
    """The changes and findings for a tree. Reads, decides, writes nothing.

    Raises Refusal where a path does not exist.
    """
    found = walk(request.paths, request.exclude)
    roots: dict[Path, list[Found]] = defaultdict(list)
    for f in found.files:
        roots[f.root].append(f)
    changes: list[Change] = []
    findings: list[Finding] = [Finding("AWS212", str(p), f"cannot be read: {why}") for p, why in found.unreadable]
    replaced: dict[str, str | None] = {}
    for root, files in sorted(roots.items()):
        program = Program(root, files, request)
        program.run()
        changes += program.changes
        findings += program.findings
        replaced.update(program.replaced)
    findings.sort(key=lambda f: (f.path, f.line or 0, f.column or 0, f.code))
    return Outcome(
        "code", changes, findings, replaced=tuple(ReplacedKey(k, p) for k, p in sorted(replaced.items())), files=len(found.files)
    )  # fmt: skip


class Program:
    """The sources under one root."""

    def __init__(self, root: Path, files: list[Found], request: CodeRequest) -> None:
        self.root = root
        self.request = request
        self.paths = [f.path for f in files]
        self.notebooks = {f.path for f in files if f.notebook}
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self.replaced: dict[str, str | None] = {}
        self._data: dict[Path, bytes] = {}
        self._sources: dict[Path, Source | None] = {}

    def run(self) -> None:
        """Everything for this root."""
        hits = self.search()
        if not hits:
            return
        imports = Imports(self.root, set(self.paths) - self.notebooks)
        taken: dict[Path, Source] = {}
        self.take_in(hits, imports, taken)
        self.take_importers(hits & set(taken), imports, taken)
        result = Result()
        for _ in range(4):
            result = analyse(imports, taken, self.request.mapping)
            before = len(taken)
            self.take_importers(result.touched & set(taken), imports, taken)
            self.take_mentioning(result.names, imports, taken)
            if len(taken) == before:
                break
        self.hand_over(result, taken, hits)

    def search(self) -> set[Path]:
        """The files whose bytes may hold a key."""
        hits: set[Path] = set()
        for path in self.paths:
            try:
                data = read(path)
            except OSError as e:
                self.findings.append(Finding("AWS212", str(path), f"cannot be read: {e.strerror or e}", help="see its rights, then run again"))
                continue
            if interesting(data):
                hits.add(path)
                self._data[path] = data
        return hits

    def source(self, path: Path) -> Source | None:
        """A parsed source, once; None with a finding where it cannot be parsed and may hold a key."""
        if path in self._sources:
            return self._sources[path]
        made: Source | None = None
        try:
            data = self._data.get(path)
            if data is None:
                data = self._data[path] = read(path)
            if path in self.notebooks:
                from migrate.codemod.notebooks import parse_notebook

                made = parse_notebook(path, data)
            else:
                made = parse(path, data)
        except OSError as e:
            self.findings.append(Finding("AWS212", str(path), f"cannot be read: {e.strerror or e}"))
        except Unreadable as e:
            if interesting(self._data[path]):
                line = e.line or self.first_line(self._data[path])
                self.findings.append(Finding("AWS212", str(path), f"left as it is: {e.reason}", line, 1, "mend it and run again, or take the key out by hand"))
        self._sources[path] = made
        return made

    @staticmethod
    def first_line(data: bytes) -> int:
        """The line of the first key id, or 1."""
        m = re.search(rb"(?:AKIA|ASIA)[A-Z2-7]{16}", data)
        return data[: m.start()].count(b"\n") + 1 if m else 1

    def take_in(self, paths: Iterable[Path], imports: Imports, taken: dict[Path, Source], depth: int = 3) -> None:
        """Files and what they import from this tree, some levels deep."""
        level = [p for p in sorted(paths) if p not in taken]
        while level and depth and len(taken) < _MOST_TAKEN_IN:
            following: set[Path] = set()
            for path in level:
                source = self.source(path)
                if source is None or path in taken:
                    continue
                taken[path] = source
                following |= self.imported(source, imports) - set(taken)
            level, depth = sorted(following), depth - 1

    def imported(self, source: Source, imports: Imports) -> set[Path]:
        """The files of this tree that a source imports."""
        import ast

        out: set[Path] = set()
        for node in ast.walk(source.tree):
            names: list[tuple[str, int]] = []
            if isinstance(node, ast.Import):
                names = [(a.name, 0) for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "", node.level)]
                names += [(f"{node.module}.{a.name}" if node.module else a.name, node.level) for a in node.names]
            for name, level in names:
                if (found := imports.find(source.path, name, level)) is not None:
                    out.add(found)
                parts = name.split(".")
                for i in range(1, len(parts)):
                    if (found := imports.find(source.path, ".".join(parts[:i]), level)) is not None:
                        out.add(found)
        return out

    def take_importers(self, paths: set[Path], imports: Imports, taken: dict[Path, Source]) -> None:
        """Files that import some others: they may use the same constants or call the same functions."""
        stems = {p.stem if p.name != "__init__.py" else p.parent.name for p in paths if p not in self.notebooks}
        if not stems:
            return
        wanted = re.compile(rb"(?:import|from|import_module)\b[^\n]*\b(?:" + b"|".join(re.escape(s.encode()) for s in sorted(stems)) + rb")\b", re.M)
        dotted = re.compile(rb"^\s*(?:" + b"|".join(re.escape(s.encode()) for s in sorted(stems)) + rb"),?\s*(?:as|#|\n|\)|,)", re.M)
        for path in self.paths:
            if path in taken:
                continue
            try:
                data = self._data.get(path) or read(path)
            except OSError:
                continue
            if not (wanted.search(data) or dotted.search(data)):
                continue
            self._data[path] = data
            source = self.source(path)
            if source is not None and (self.imported(source, imports) & paths or imported_names(source.tree) & stems or b"import_module" in data):
                self.take_in([path], imports, taken)

    def take_mentioning(self, names: set[str], imports: Imports, taken: dict[Path, Source]) -> None:
        """Files in which a name that goes stands in any way: the analysis has to see what they do with it."""
        telling = sorted(n for n in names if len(n) > 5 and "_" in n)
        if not telling:
            return
        word = re.compile(rb"\b(?:" + b"|".join(re.escape(n.encode()) for n in telling) + rb")\b")
        for path in self.paths:
            if path not in taken and path not in self._sources:
                try:
                    data = self._data.get(path) or read(path)
                except OSError:
                    continue
                if word.search(data):
                    self._data[path] = data
                    self.take_in([path], imports, taken)

    # -- results

    def hand_over(self, result: Result, taken: dict[Path, Source], hits: set[Path]) -> None:
        """Changes and findings from the analysis."""
        texts = dict(result.texts)
        silences = {p: Silence(s.text) for p, s in taken.items()}
        for problem in result.problems:
            source = problem.module.source
            line, column = position(source, problem.node)
            if silences[source.path].covers(line, problem.code) or problem.code in self.request.ignore:
                continue
            self.findings.append(
                Finding(problem.code, str(source.path), mask(problem.message, result.secrets[source.path]), line, column,
                        mask(problem.help, result.secrets[source.path]), problem.key)  # fmt: skip
            )
        self.replaced.update(result.replaced)
        for path, text in sorted(texts.items()):
            source = taken[path]
            if path in self.notebooks:
                from migrate.codemod.notebooks import write_notebook

                after = write_notebook(source, text)
            else:
                after = source.encode(text)
            if after == source.data:
                continue
            self.changes.append(Change(path, source.data, after, frozenset(result.secrets[path])))
            self.lambda_warning(source, path)
        self.leftovers(result, taken, hits)

    def lambda_warning(self, source: Source, path: Path) -> None:
        """A handler runs where no profile exists."""
        m = re.search(r"^(?:async )?def (?:lambda_)?handler\(\s*event\s*(?::[^,]*)?,\s*_?context", source.text, re.M)
        if m and not self.request.mapping.chain:
            self.findings.append(Finding("AWS214", str(path), "a Lambda handler stands here, and a Lambda has no profiles",
                                         source.line_of(m.start()), 1, "use --target default-chain for code that is deployed"))  # fmt: skip

    def leftovers(self, result: Result, taken: dict[Path, Source], hits: set[Path]) -> None:
        """Keys in comments and docstrings of files that nothing else touched."""
        from migrate.codemod.prose import leftovers

        changed = {c.path: c for c in self.changes}
        named = {f.path for f in self.findings}
        for path in sorted(hits & set(taken)):
            source = taken[path]
            if path in self.notebooks:
                continue
            data = changed[path].after if path in changed else source.data
            assert data is not None
            text = result.texts.get(path, source.text)
            if not KEY_ID.search(text):
                continue
            change, more = leftovers(source, text, self.request.mapping, str(path) in named)
            if change is not None:
                if path in changed:
                    self.changes.remove(changed[path])
                self.changes.append(Change(path, source.data, source.encode(change), changed[path].secrets if path in changed else frozenset()))
            self.findings += more


def position(source: Source, node: object) -> tuple[int, int]:
    """Line and column of a node, or of the file's start; in a notebook, of the cell's line in the file."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    places = getattr(source, "places", None)
    return places(line, column) if places is not None else (line, column)


_ = Walk
