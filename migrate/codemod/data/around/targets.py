"""Code that runs where no profile is: a Lambda function, a container, a DAG, a job, a script of CI.

It has a role there, and a profile's name would fail. On a laptop the same code wants a profile. Which it is, somebody has to say: by
`--target`, in `pyproject.toml`, or by patterns under `[targets]` in the plan. Where nobody did, such code is left.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from migrate.codemod.data.around.ci import run_in_ci
from migrate.codemod.data.around.deployed import described
from migrate.codemod.data.around.images import run_in_images
from migrate.codemod.data.around.mentions import files_below
from migrate.codemod.data.around.programs.handlers import has_handler
from migrate.codemod.data.around.programs.loaded import loaded, started, starts_programs
from migrate.findings import Finding

if TYPE_CHECKING:
    from migrate.codemod.run.engine import CodeRequest, Repository
    from migrate.outcome import Group

Target = Literal["profile", "default-chain"]
_SIGNS = (
    (re.compile(r"^(?:from|import) chalice\b", re.M), "a Chalice app"),
    (
        re.compile(r"^(?:from|import) (?:mangum|apig_wsgi|serverless_wsgi|awsgi|aws_lambda_powertools|aws_lambda_typing)\b", re.M),
        "a Lambda handler",
    ),
    (re.compile(r"^(?:from|import) (?:functions_framework|azure\.functions)\b", re.M), "a function of a cloud"),
    (re.compile(r"^(?:from|import) awsglue\b", re.M), "a Glue job"),
    (re.compile(r"[\"']SM_(?:MODEL_DIR|CHANNEL_\w+|OUTPUT_DATA_DIR)[\"']|[\"']/opt/ml/"), "a SageMaker job"),
)
_DAG = re.compile(r"^(?:from|import) airflow\b", re.M)
_DAG_MADE = re.compile(r"\bDAG\(|^@dag\b", re.M)
_TEMPLATES = {
    "template.yaml": "a SAM template", "template.yml": "a SAM template", "sam.yaml": "a SAM template", "template.json": "a SAM template",
    "serverless.yml": "serverless.yml", "serverless.yaml": "serverless.yml", "zappa_settings.json": "zappa_settings.json",
    "zappa_settings.toml": "zappa_settings.toml",
}  # fmt: skip
_NAMED_HANDLER = re.compile(r"""(?im)["']?(?:handler|app_function|lambda_handler)["']?\s*[:=]\s*["']?([\w./-]+)\.\w+""")
_HELP = (
    "specify what it signs with: a pattern under [targets] in the plan (`{pattern} = default-chain` or `profile`), "
    "target in pyproject.toml, or --target default-chain or --target profile"
)
_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(:[A-Za-z_]\w*)?")
_LONGEST = 200
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Targets:
    """What somebody said. `all`: by an option, for everything; `patterns`: by the plan; `rest`: by `pyproject.toml`, for what no pattern names."""

    all: Target | None = None
    patterns: tuple[tuple[str, Target], ...] = ()
    rest: Target | None = None
    repository: str = ""

    def of(self, root: Path, path: Path) -> Target | None:
        """What was said of a file; None where nobody said anything."""
        if self.all is not None:
            return self.all
        relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        for pattern, target in self.patterns:
            spec = _spec(pattern)
            names = dict.fromkeys(filter(None, (self.repository, root.name)))
            if spec is not None and (spec.match_file(relative) or any(spec.match_file(f"{name}/{relative}") for name in names)):
                return target
        return self.rest


def _spec(pattern: str) -> Any:
    from migrate.tree.files import ignore_spec

    return ignore_spec([pattern])


class Places:
    """Which files of a root run where no profile is, and why. Looks only when it is asked."""

    def __init__(self, root: Path, files: Sequence[str], after: dict[Path, bytes] | None = None) -> None:
        self.root = root
        self.files = [Path(f) for f in files]
        self.after = after or {}
        self._known: dict[Path, str] | None = None
        self._alone: dict[Path, str] = {}  # tests: what they import runs on laptops, too

    def why(self, paths: Iterable[Path]) -> tuple[Path, str] | None:
        """A file of these that runs where no profile is, and what says so."""
        for path in sorted(paths):
            if (reason := self.known.get(path)) is not None:
                return path, reason
        return None

    @property
    def known(self) -> dict[Path, str]:
        """Every such file: the ones that are run, and what they import."""
        if self._known is None:
            self._known = self._reached(self._entries())
            self._known = {**self._alone, **self._known}
        return self._known

    def _text(self, path: Path) -> str:
        try:
            if path.is_symlink() or path.stat().st_size > _LARGEST:
                return ""
            return path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def _entries(self) -> dict[Path, str]:
        out: dict[Path, str] = {}
        for path in self.files:
            text = self._text(path)
            if path.suffix == ".ipynb" or not text:
                continue
            if has_handler(text):
                out[path] = "a Lambda handler"
            elif _DAG.search(text) and _DAG_MADE.search(text):
                out[path] = "an Airflow DAG"
            else:
                for sign, what in _SIGNS:
                    if sign.search(text):
                        out[path] = what
        for folder in {f for p in self.files for f in (p.parent, *p.parents) if f == self.root or self.root in f.parents}:
            self._described(folder, out)
        below = files_below(self.root)
        for path, what in run_in_images(self.root, below, self.files, self._text):
            out.setdefault(path, what)
        for path, what, test in run_in_ci(self.root, below, self.files, self._text):
            (self._alone if test else out).setdefault(path, what)
        for written, what in described(self.root, below, self.files, self._text):
            self._named(self.root, partial(_written_as, self.root, written.lstrip("./")), what, out)
        return out

    def _described(self, folder: Path, out: dict[Path, str]) -> None:
        """What the templates of a folder run."""
        try:
            names = sorted(p.name for p in folder.iterdir())
        except OSError:
            return
        for name in names:
            if name in _TEMPLATES:
                text = self._text(folder / name)
                for m in _NAMED_HANDLER.finditer(text):
                    module = m.group(1).replace(".", "/") if "/" not in m.group(1) else m.group(1)
                    self._named(folder, partial(_is_module, module.lstrip("./")), _TEMPLATES[name], out)

    def _named(self, folder: Path, is_it: Callable[[Path], bool], what: str, out: dict[Path, str]) -> None:
        for path in self.files:
            if folder in path.parents and path not in out and is_it(path):
                out[path] = what

    def _reached(self, entries: dict[Path, str]) -> dict[Path, str]:
        """The entries and what they import from the tree."""
        import ast

        from migrate.codemod.data.following.names import Sources
        from migrate.tree.files import read

        sources = Sources(self.root, [str(f) for f in self.files], lambda p: self.after[p] if p in self.after else read(p))
        out = dict(entries)
        todo = list(entries)
        while todo:
            path = todo.pop()
            file = sources.file(path)
            found: list[Path] = []
            starts = starts_programs(self._text(path))
            anything = not out[path].startswith("CI ")
            for node in file.source.parents if file is not None else ():
                found += loaded(self.root, path, node, self.files, anything)
                if starts:
                    found += started(self.root, path, node, self.files)
                if isinstance(node, ast.alias) and file is not None and (there := sources.imported(file, node)) is not None:
                    found.append(there[0])
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found += self._by_text(path, node.value, out[path])
            for one in found:
                if one not in out:
                    out[one] = f"{out[path]}, in {path.name}" if path in entries else out[path]
                    todo.append(one)
        return out

    def _by_text(self, path: Path, text: str, what: str) -> list[Path]:
        """What a text in a file names that is imported by it: a module by its dotted name, and all of a Django project."""
        if text == "DJANGO_SETTINGS_MODULE" and not what.startswith("CI "):  # there it makes migrations and tests
            project = path.parent if path.name == "manage.py" else path.parent.parent
            return [p for p in self.files if project in p.parents]
        if len(text) > _LONGEST or (m := _DOTTED.fullmatch(text)) is None or not ("." in m.group(1) or m.group(2)):
            return []
        module = m.group(1).replace(".", "/")
        shorter = module.rpartition("/")[0] if module.count("/") > 1 else module  # one that names a function of it
        return [p for one in {module, shorter} for p in self._by_name.get(one.rpartition("/")[2], ()) if _is_module(one, p)]

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        out: dict[str, list[Path]] = {}
        for path in self.files:
            out.setdefault(path.stem, []).append(path)
        return out


def _is_module(module: str, path: Path) -> bool:
    return path.as_posix().removesuffix(".py").endswith("/" + module)


def _written_as(root: Path, written: str, path: Path) -> bool:
    """Is a path of a description, which may be that of another machine, a file's below the root?"""
    relative = path.relative_to(root).as_posix()
    if written.endswith("/"):
        return f"/{written}" in f"/{relative}"
    return relative == written or relative.endswith(f"/{written}") or written.endswith(f"/{relative}")


def settle_targets(one: "Repository", files: list[str], request: "CodeRequest", again: "Callable[[list[str]], Repository]") -> "Repository":
    """A root's result as the targets have it: what is for the default chain is decided anew, what nobody spoke of is left.

    `again` decides some of the files under `--target default-chain`.
    """
    targets = request.targets
    if targets.all is not None or not one.changes:
        return one
    places = Places(one.root, files)
    chain: set[Path] = set()
    left: list[tuple[Group, Path, str]] = []
    for group in one.groups:
        said = {path: targets.of(one.root, path) for path in group.paths}
        if request.mapping.chain:
            if (first := next((p for p in sorted(said) if said[p] == "profile"), None)) is not None:
                left.append((group, first, "the plan says profile, but pyproject.toml says default-chain"))
            continue
        if set(said.values()) == {"profile"}:
            continue
        if set(said.values()) == {"default-chain"}:
            chain |= group.paths
        elif "default-chain" in said.values():
            first = next(p for p in sorted(said) if said[p] == "default-chain")
            left.append((group, first, "it shares a key with files that sign with a profile"))
        elif (found := places.why(p for p, t in said.items() if t is None)) is not None:
            left.append((group, found[0], f"{found[1]} references it" if found[1].endswith(("template", ".yml", ".json")) else found[1]))
    if not chain and not left:
        return one
    gone = chain | {p for group, _, _ in left for p in group.paths}
    out = replace(
        one,
        changes=[c for c in one.changes if c.path not in gone],
        groups=[g for g in one.groups if g.paths.isdisjoint(gone)],
        findings=[f for f in one.findings if not (f.code == "AWS214" and Path(f.path) in gone)],
        replaced={},
    )
    findings = list(out.findings)
    for group, path, why in left:
        key = next(iter(group.replaced), None)
        where = next((c for c in one.changes if c.path == path and c.before is not None), None)
        for change in [where] if where is not None else [c for c in one.changes if c.path in group.paths][:1]:
            findings.append(_needs_word(one.root, change.path, change.before or b"", why, key.key if key else None, path))
    changes, groups = list(out.changes), list(out.groups)
    if chain:
        more = again(sorted(map(str, chain)))
        changes += more.changes
        groups += more.groups
        findings = [f for f in findings if Path(f.path) not in chain] + list(more.findings)
    replaced = {r.key: r.profile for g in groups for r in g.replaced}
    return replace(out, changes=changes, groups=groups, findings=findings, replaced=replaced)


def _needs_word(root: Path, path: Path, before: bytes, why: str, key: str | None, entry: Path) -> Finding:
    found = re.search(rb"(?:AKIA|ASIA)[A-Z2-7]{16}", before)
    line = before[: found.start()].count(b"\n") + 1 if found else 1
    relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    pattern = f"{relative.rpartition('/')[0]}/**" if "/" in relative else relative
    beside = f" ({entry.name})" if entry != path else ""
    message = f"left unchanged: {why}{beside}, and its target is not specified"
    return Finding("AWS227", str(path), message, line, 1, _HELP.format(pattern=pattern), key)
