"""What a root comes to beside its Python sources: settings files with keys, variables handed over by hand, modules that git ignores.

Runs after the sources are decided, and sees them as they will be. Nothing here is silent: a live key in a settings file is taken out with
the code that reads it, or it is a finding.
"""

import shlex
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.changes.change import Change
from migrate.codemod.data.around.links import Links
from migrate.codemod.keys.mapping import KeyMap, presigned_finding
from migrate.findings import Finding, Related
from migrate.outcome import Group, ReplacedKey, SignedCall
from migrate.tree.files import CARRIES, TEXTS, Beside
from migrate.tree.processes import cores, in_processes
from migrate.tree.search import Found

if TYPE_CHECKING:
    from migrate.codemod.data.around.mentions import Mention
    from migrate.codemod.data.convert import Converted
    from migrate.codemod.data.following.names import NotebookReader
    from migrate.codemod.data.tree import Tree
    from migrate.codemod.run.engine import CodeRequest, Repository
    from migrate.scan.files import Hit

_REWRITTEN = ("AWS306", "AWS313")
_LARGEST = 8 << 20
_FEW = 600
_NAMED = 2
_SAM = (b"AWSTemplateFormatVersion", b"AWS::Serverless", b"Transform:")
_BY_KIND = {
    "AWS302": "delete it once the profile works without the key",
    "AWS308": "remove the key, and let the SDK use a profile or a role",
    "AWS309": "let the job assume a role with OpenID Connect, then remove the key",
    "AWS310": "set a profile in the provider (`profile =`), or use a role in CI; then remove the key ID and the secret",
    "AWS311": "give the task, pod or instance a role; on a laptop, mount ~/.aws and set AWS_PROFILE; then remove the key ID and the secret",
    "AWS312": "let the tool use a profile or the default credential chain, if it can; then remove the key ID and the secret",
    "AWS314": "remove the key once nothing reads it",
}
_AS_ABOVE = "see the first finding for this key in the file"
_TEMPLATE = "give the function or task a role, or use a dynamic reference to a secret in the template ({{resolve:secretsmanager:…}})"


def look_beside(
    one: "Repository", files: list[str], beside: Beside, searched: Found, request: "CodeRequest", notebook: "NotebookReader | None" = None
) -> "Repository":
    """A root's result with all of this added."""
    from migrate.codemod.data.around.ignored import ignored_modules

    work = _Work(one, request, files, notebook)
    work.settings(beside.settings, beside.others)
    if work.changes.keys() - {c.path for c in one.changes}:
        from migrate.repositories.colleagues import for_each_developer

        work.findings += for_each_developer(list(work.changes.values()))
    told = {f.path for f in one.findings if f.code in ("AWS201", "AWS202")}
    work.findings += ignored_modules(one.root, files, beside, searched, told, request.mapping.keys)
    asked = request.environment  # then whatever reads the variables is rewritten or named
    if asked or (searched.standard and any(b"aws_secret_access_key" in _bytes(p) for p in [*searched.standard, *searched.hits])):
        from migrate.codemod.data.environment.ambient import by_hand_or_told

        by_hand_or_told(work, [Path(p) for p in searched.standard], files)
    return work.result(one)


def _bytes(path: str) -> bytes:
    from migrate.tree.files import read

    try:
        return read(path)
    except OSError:
        return b""


class _Work:
    """Changes, findings and groups of a root, added to step by step."""

    def __init__(self, one: "Repository", request: "CodeRequest", files: list[str], notebook: "NotebookReader | None") -> None:
        self.root, self.request, self.notebook = one.root, request, notebook
        self.asked = {Path(f) for f in files}
        self.mapping: KeyMap = request.mapping
        self.changes = {c.path: c for c in one.changes}
        self.findings: list[Finding] = []
        self.replaced = dict(one.replaced)
        self.groups = list(one.groups)
        self._tree: Tree | None = None
        self._links = Links(one.root)
        self.rewritten: set[tuple[str, int]] = set()  # calls that the engine could only take for computed

    @property
    def after(self) -> dict[Path, bytes]:
        """What this run leaves in the files that it changes."""
        return {path: c.after for path, c in self.changes.items() if c.after is not None}

    def result(self, one: "Repository") -> "Repository":
        """The root with what was added."""
        name = str(self.root)
        ignore = self.request.ignore
        more = [replace(f, repository=name) for f in self.findings if f.code not in ignore]
        if not more and len(self.changes) == len(one.changes) and self.groups == list(one.groups):
            return one
        changes = [replace(c, repository=name) for c in self.changes.values()]
        kept = [f for f in one.findings if f.code != "AWS205" or (f.path, f.line) not in self.rewritten]
        return replace(one, changes=changes, findings=[*kept, *more], replaced=self.replaced, groups=self.groups)

    def settings(self, paths: list[str], others: list[str]) -> None:
        """Every settings file with a key: rewritten with the code that reads it, or a finding; and every other text with a mapped key."""
        from migrate.changes.state import state_folder
        from migrate.codemod.data.around.halves import lone_ids, lone_secrets
        from migrate.codemod.data.around.naming import naming
        from migrate.errors import Refusal
        from migrate.scan.files import Searched, search

        if not self.mapping.keys:
            paths = [p for p in paths if not only_text(p)]
        jobs = self.request.jobs or cores()
        texts = naming(others, self.mapping.keys, jobs)
        with suppress(Refusal):
            backups = state_folder()
            texts = [p for p in texts if backups not in Path(p).parents]
        only = {p for p in paths if only_text(p)}.union(texts)
        paths = [*paths, *texts]
        looked = Searched()
        for share, part in in_processes(search, paths, jobs if len(paths) >= _FEW else 1):
            got = part if part is not None else search(share)
            looked.hits += got.hits
            looked.unreadable += got.unreadable
        seen = {hit.path for hit in looked.hits} | {path for path, _ in looked.unreadable}
        self.findings += [
            Finding("AWS212", p, f"cannot be read: {why}", help="check its permissions and run again, or skip it with --exclude")
            for p, why in looked.unreadable
        ]
        own = {str(p) for p in aws_files()}
        paired = {hit.path: {p.key for p in hit.pairs} for hit in looked.hits}
        apart = [p for p in paths if p not in own and (p in paired or p not in seen)]
        self.findings += lone_ids(apart, paired, self.mapping.keys, jobs)
        self.findings += lone_secrets([p for p in apart if p not in paired and p not in only], jobs)
        for hit in looked.hits:
            if hit.path in only and not any(p.key in self.mapping.keys for p in hit.pairs):
                continue  # prose and samples name keys that are nobody's; `scan` looks at those
            if hit.path not in own and not all(p.covers("AWS225") for p in hit.pairs):
                self.one(hit)

    def one(self, hit: "Hit") -> None:
        """One settings file."""
        from migrate.codemod.data.convert import Converted
        from migrate.codemod.data.tree import Tree
        from migrate.scan.kinds import code_of
        from migrate.tree.files import read

        kind = code_of(hit.path, hit.opening)
        path = Path(hit.path)
        template = kind == "AWS313" and any(word in hit.opening for word in _SAM)
        came = Converted(reason="files of this kind are not rewritten")
        data = b""
        if kind in _REWRITTEN and not template:
            with suppress(OSError):
                data = read(path)
            if not data or len(data) > _LARGEST:
                came = Converted(reason="it is too large to rewrite")
            else:
                try:
                    if self._tree is None:
                        self._tree = Tree(self.root, self.after, self.notebook)
                    came = self.converted(self._tree, path, data)
                except Exception as e:  # one file of many must not end the run; the type is told, its words may quote a file
                    came = Converted(reason=f"the analysis failed ({type(e).__name__}); please report this")
        if came.files and {p.key for p in hit.pairs} <= {p.key for p in came.pairs}:
            self.take(
                came.files,
                {p.key: self.mapping.profile(p.key) for p in came.pairs},
                {s for p in came.pairs for s in p.secrets},
                came.signed,
            )
            self.told(came.regions)
            presigned = {(path, line, row.profile) for row in came.signed for path, line in row.presigned if row.profile is not None}
            self.findings += [presigned_finding(str(path), line, profile) for path, line, profile in sorted(presigned)]
            self.rewritten |= came.calls
            self.findings += (_documented(mention, path, came.instead) for mention in came.samples)
            return
        advice = _TEMPLATE if template else _BY_KIND.get(kind)
        for pair in hit.pairs:
            if not pair.covers("AWS225"):
                first = _left(hit, kind, pair.key, pair.line, pair.column, came, advice)
                first = replace(first, help=first.help + self.unrelated(came)) if first.help else first
                self.findings += [first, *again(first, data or read_or_nothing(path))]

    def unrelated(self, came: "Converted") -> str:
        """Return what to say of files that merely mention a settings file."""
        files = [shlex.quote(p.relative_to(self.root).as_posix()) for p in came.unrelated[:_NAMED]]
        have = "have" if len(files) > 1 else "has"
        return (
            f"; or, if {' and '.join(files)} {have} nothing to do with this key, run again with --unrelated {' --unrelated '.join(files)}"
            if files
            else ""
        )

    def converted(self, tree: "Tree", path: Path, data: bytes) -> "Converted":
        """What becomes of a settings file, as the targets of the code that reads it have it."""
        from migrate.codemod.data.around.links import link_words
        from migrate.codemod.data.around.targets import Places
        from migrate.codemod.data.convert import Converted, convert
        from migrate.codemod.data.left import Place

        came = convert(tree, path, data, self.mapping)
        outside = sorted(p for p in came.files if p != path and p not in self.asked)
        if outside:
            place = Place(outside[0], 1, "it would have to change, but is not among the given paths")
            return Converted(pairs=came.pairs, reason="code that reads it is ignored, excluded, or outside the given paths", places=[place])
        if came.files and (linked := self._links.to(p for p in came.files if p != path)) is not None:
            place = Place(linked[0], 1, link_words(linked[1].relative_to(self.root).as_posix()))
            return Converted(pairs=came.pairs, reason="a symbolic link leads to the code that reads it", places=[place])
        targets = self.request.targets
        code = [p for p in came.files if p != path]
        if not code or targets.all is not None or self.mapping.chain:
            return came
        said = {targets.of(self.root, p) for p in code}
        if said == {"default-chain"}:
            return convert(tree, path, data, self.mapping.for_chain())
        if said == {"profile"}:
            return came
        found = Places(self.root, [str(p) for p in tree.sources.paths], self.after).why(code)
        if "default-chain" in said:
            return Converted(
                pairs=came.pairs, reason="some of the code that reads it signs with a profile, and some with the default chain"
            )
        if found is not None:
            place = Place(found[0], 1, found[1])
            return Converted(
                pairs=came.pairs, reason="the code that reads it runs where there are no profiles", places=[place], target=True
            )
        return came

    def take(
        self, files: dict[Path, tuple[bytes, bytes]], keys: dict[str, str | None], secrets: set[str], signed: Sequence[SignedCall] = ()
    ) -> None:
        """Takes changes in, over those that the run has made already."""
        self._tree = None  # what was read is as it was before
        names = tuple(sorted(p for p in keys.values() if p is not None))
        for path, (before, after) in files.items():
            old = self.changes.get(path)
            if old is None:
                self.changes[path] = Change(path, before, after, frozenset(secrets), libraries=("boto3",), profiles=names)
            else:
                profiles = tuple(sorted({*old.profiles, *names}))
                self.changes[path] = replace(old, after=after, secrets=old.secrets | secrets, profiles=profiles)
        self.replaced.update(keys)
        paths, gone = frozenset(files), [ReplacedKey(k, p) for k, p in sorted(keys.items())]
        for other in [g for g in self.groups if not g.paths.isdisjoint(paths)]:
            self.groups.remove(other)
            paths, gone = paths | other.paths, [*gone, *(r for r in other.replaced if r not in gone)]
            signed = [*other.signed, *signed]
        self.groups.append(Group(paths, gone, signed))

    def told(self, calls: Iterable[tuple[Path, int, str]]) -> None:
        """Calls that name no region, where the profile's is another than the one that held."""
        from migrate.codemod.keys.mapping import region_finding, regions

        known = regions()
        found = (region_finding(str(path), line, profile, known) for path, line, profile in calls)
        self.findings += [f for f in found if f is not None]


def _documented(mention: "Mention", settings: Path, instead: str) -> Finding:
    """A sample or document that tells people to set what is no longer read from the settings file."""
    message = f"names {mention.what}, which {settings.name} no longer sets{f'; it sets {instead} instead' if instead else ''}"
    help = f"name {instead} here as well" if instead else "say here that a profile is used"
    related = (Related(str(settings), f"{settings.name} is changed here"),)
    return Finding("AWS237", str(mention.path), message, mention.line, 1, help, related=related)


def read_or_nothing(path: Path) -> bytes:
    """A file's bytes; nothing where it cannot be read, or is large."""
    from migrate.tree.files import read

    with suppress(OSError):
        if path.stat().st_size <= _LARGEST:
            return read(path)
    return b""


def again(first: Finding, data: bytes) -> list[Finding]:
    """The findings for all other places of a file in which its key id stands."""
    from migrate.codemod.data.around.naming import places
    from migrate.scan.wording import named

    message = f"left unchanged: this file contains {named(first.key)} here as well"
    found = places(data, {first.key}) if first.key is not None else []
    where = [(line, column) for _, line, column in found if line != first.line]
    return [replace(first, message=message, line=line, column=column, help=_AS_ABOVE, related=()) for line, column in where]


def only_text(path: str) -> bool:
    """Return whether a file is told of only for keys that are mapped: prose, templates, data that no reader of settings knows."""
    name = path.rpartition("/")[2]
    return TEXTS.fullmatch(name) is not None and CARRIES.fullmatch(name) is None


def aws_files() -> list[Path]:
    """The AWS files of whoever runs this, which `config` is for."""
    from migrate.awsfiles.reading.files import default_path
    from migrate.errors import Refusal

    out = []
    for variable, name in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
        with suppress(Refusal):
            out.append(default_path(None, variable, name).absolute())
    return out


def _left(hit: "Hit", kind: str, key: str, line: int, column: int, came: "Converted", advice: str | None) -> Finding:
    from migrate.keys import mask_key_id
    from migrate.scan.kinds import WORDS
    from migrate.scan.wording import named

    words = WORDS[kind][0]
    moved = came.unmapped is not None and came.unmapped.code == "AWS235"
    if came.unmapped is not None and moved:
        help = came.unmapped.help
    elif came.unmapped is not None:
        help = f"map the key: --map-key KEY_ID=PROFILE, or `{mask_key_id(key)} = PROFILE` with the full key ID under [keys] in the plan"
    elif came.target:
        help = "specify what that code signs with: a pattern under [targets] in the plan, target in pyproject.toml, or --target"
    else:
        below = "let that code use a profile or the default credential chain; then remove the key ID and the secret from the file"
        nobody = "let the code that reads the file use a profile or the default credential chain; then remove the key ID and the secret from the file"
        help = advice or (below if came.places else nobody)
    reason = f", left unchanged: {came.reason}" if came.reason else ""
    code = "AWS227" if came.target else "AWS235" if moved else "AWS225"
    related = tuple(dict.fromkeys(Related(str(place.path), place.said, place.line) for place in came.places))
    message = f"{words} contains {named(key)} and its secret{reason}"
    return Finding(code, hit.path, message, line, column, help, key, related=related)
