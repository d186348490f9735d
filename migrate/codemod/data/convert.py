"""One settings file with a key: it and the code that reads it are rewritten together, or both are left with the reason."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from migrate.codemod.data.formats.entries import Format, Odd, Path, edited
from migrate.codemod.data.formats.pairs import Pair, format_of, pairs_of
from migrate.codemod.data.guards import guarded
from migrate.codemod.data.mentions import mentions
from migrate.codemod.data.names import File
from migrate.codemod.data.openings import Openings
from migrate.codemod.data.order import Order, signers
from migrate.codemod.data.reads import Finder, Reads
from migrate.codemod.data.rewriting import Rewriting, Stuck, taken_in
from migrate.codemod.data.settings_class import SettingsClass
from migrate.codemod.data.strict import against
from migrate.codemod.data.trail import Follower, Problem, Trail
from migrate.codemod.data.tree import Tree
from migrate.codemod.data.variables import CHOOSERS, STANDARD, Variables, find_reads, processes
from migrate.codemod.keys.mapping import Mapping
from migrate.codemod.keys.sinks import is_aws
from migrate.codemod.rewrite.names import profile_name_for
from migrate.outcome import SignedCall

_MOST_REASONS = 4
_GENERAL = (*CHOOSERS, "PROFILE")
"""Variables that may well be set for other purposes."""
_CHOOSE = (*CHOOSERS, "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
"""Variables that decide which profile counts, and which profiles there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a finding names beside its own: who reads the file, or what is in the way."""

    path: FilePath
    line: int
    said: str


@dataclass(slots=True)
class Converted:
    """What becomes of a settings file: old and new bytes of it and of the sources that read it, or why all are left.

    `regions` are the calls whose region may be another now.
    """

    files: dict[FilePath, tuple[bytes, bytes]] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    reason: str = ""
    places: list[Place] = field(default_factory=list)
    regions: list[tuple[FilePath, int, str]] = field(default_factory=list)
    calls: set[tuple[str, int]] = field(default_factory=set)
    signed: list[SignedCall] = field(default_factory=list)
    unmapped: bool = False
    target: bool = False  # is it a matter of saying what the code signs with?


class _Left(Exception):
    def __init__(self, reason: str, problems: Sequence[Problem] = (), places: Sequence[Place] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = [*places, *(place_of(p) for p in problems[:_MOST_REASONS])]


def place_of(problem: Problem) -> Place:
    """Where a problem stands."""
    return Place(problem.file.path, getattr(problem.node, "lineno", 1), problem.reason)


def convert(tree: Tree, target: FilePath, data: bytes, mapping: Mapping) -> Converted:
    """What becomes of one settings file."""
    out = Converted()
    try:
        one = _One(tree, target, data, mapping)
        out.pairs = one.pairs
        out.files = one.files()
        if (why := against(tree, target, out.files)) is not None:
            out.files = {}
            out.target = why.elsewhere
            raise _Left(why.reason, places=[Place(why.path, why.line, why.reason)])
        out.regions, out.calls, out.signed = one.regions, one.calls, one.signed
    except Odd as odd:
        out.reason = odd.reason
    except Stuck as stuck:
        out.reason, out.places = "the code that reads it cannot be rewritten", [place_of(stuck.problem)]
    except _Left as left:
        out.reason, out.places = left.reason, left.places
        out.unmapped = left.reason == _UNMAPPED
    except RecursionError:
        out.reason = "the code that reads it is nested too deeply"
    return out


_UNMAPPED = "the key is not mapped to a profile"


class _One:
    """The work on one file."""

    def __init__(self, tree: Tree, target: FilePath, data: bytes, mapping: Mapping) -> None:
        self.tree, self.target, self.mapping, self.data = tree, target, mapping, data
        self.regions: list[tuple[FilePath, int, str]] = []
        self.calls: set[tuple[str, int]] = set()
        self.signed: list[SignedCall] = []
        self.pairs: list[Pair] = []
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Odd("it is not valid UTF-8") from None
        form = format_of(target)
        if form is None:
            raise Odd("files of this kind are not rewritten")
        self.form: Format = form
        self.entries = form.entries(self.text)
        self.pairs = pairs_of(self.entries)
        if not self.pairs:
            raise Odd("the key is not in plain entries")
        names = "|".join(re.escape(path[-1]) for p in self.pairs for path in p.paths)
        if re.search(rf"(?i)(?:%\(|\$\{{?[\w.:]*?)(?:{names})(?!\w)", self.text):
            raise Odd("another entry is built from the key")

    def files(self) -> dict[FilePath, tuple[bytes, bytes]]:
        """The new bytes of everything. Raises _Left, Odd, Stuck."""
        same = [f for f in self.tree.files if f.rpartition("/")[2] == self.target.name and f != str(self.target)]
        reads = Finder(self.tree.sources, self.target, bool(same)).find()
        dotenv = self.form.name == "dotenv"
        names = [p.id[-1] for p in self.pairs] + [p.secret[-1] for p in self.pairs]
        told = list(mentions(self.tree.files, self.target, names if dotenv else (), self.tree.python))
        if told:
            raise _Left(
                "it is used elsewhere too", (), [Place(m.path, m.line, f"{m.what} is mentioned here") for m in told[:_MOST_REASONS]]
            )
        if reads.problems:
            raise _Left("the code that reads it cannot be traced", reads.problems)
        if any(p.key not in self.mapping for p in self.pairs):
            raise _Left(_UNMAPPED, (), _readers(reads))
        if self.tree.patched is not None:
            raise _Left("the code that reads it cannot be traced", [self.tree.patched])
        if self.tree.default_session is not None:
            raise _Left("the code that reads it cannot be traced", [self.tree.default_session])
        if (opening := Openings(self.tree.sources, self.target).first()) is not None:
            raise _Left("other code may read it", [opening])
        if not dotenv:
            return self.carried(reads)
        if len(self.pairs) > 1:
            raise _Left("it contains several keys", (), _readers(reads))
        if any(e.path[-1].upper().startswith("AWS_ENDPOINT_URL") and e.value and not is_aws(e.value) for e in self.entries):
            raise _Left("it sets an endpoint that does not belong to AWS")
        if (chooser := next((e.path[-1] for e in self.entries if e.path[-1].upper() in _CHOOSE), None)) is not None:
            raise _Left(f"it sets {chooser} as well")
        return self.environment(reads, same)

    def carried(self, reads: Reads) -> dict[FilePath, tuple[bytes, bytes]]:
        """The profile's name takes the id's place in the file."""
        if self.target.parts[-2:] == (".streamlit", "secrets.toml") and any(len(p.id) == 1 for p in self.pairs):
            raise _Left("Streamlit also exports its top-level entries to the environment", (), _readers(reads))
        if not reads.roots:
            raise _Left("no code was found that reads it by a known path")
        trails = []
        for style in ("dict", "ini"):
            follower = Follower(self.tree.sources, [path for p in self.pairs for path in p.paths], style)
            for root in reads.roots:
                if root.style == style:
                    follower.value(root.file, root.node, ())
            trails.append(follower.close())
        trail = _together(trails)
        if trail.problems:
            raise _Left("the key is used in a way that cannot be traced", trail.problems)
        if not trail.uses:
            raise _Left("no call was found that uses its key", (), _readers(reads))
        put: dict[Path, tuple[str, str]] = {}
        for pair in self.pairs:
            profile = self.mapping.profile(pair.key)
            if profile is not None:
                put[pair.id] = (self.name_for(pair), profile)
        drop = [path for p in self.pairs for path in p.paths if path not in put]
        rewriting = Rewriting(self.tree.sources, trail, self.pairs)
        rewriting.carried({path: name for path, (name, _) in put.items()}, self.mapping.chain)
        return self.whole(put, drop, rewriting)

    def name_for(self, pair: Pair, more: Iterable[str] = (), outside: bool = False) -> str:
        """The entry's name when it names a profile. `outside`: the environment is asked for it before the file."""
        taken = {e.path[-1] for e in self.entries if e.path[:-1] == pair.id[:-1]} - {pair.id[-1]} | set(more)
        refused = {*_GENERAL, *(n.lower() for n in _GENERAL)} if outside else set()
        name = profile_name_for(pair.id[-1], taken | refused)
        if name is None and outside:
            name = "AWS_PROFILE_NAME" if pair.id[-1].isupper() else "aws_profile_name"
        if name is None or name in taken:
            raise Odd("there is no unused name for the profile in it")
        return name

    def environment(self, reads: Reads, same: Sequence[str]) -> dict[FilePath, tuple[bytes, bytes]]:
        """A `.env`: read as a dict, into the environment, by decouple, or by a settings class."""
        (pair,) = self.pairs
        names = {path[-1] for path in pair.paths}
        standard = all(STANDARD.get(path[-1]) == role for path, role in zip(pair.paths, ("id", "secret", "token"), strict=False))
        found = find_reads(self.tree.sources, {*names, *(STANDARD if standard else ())})
        own = [r for r in found.reads if r.reader == "decouple"]
        ways = [bool(reads.roots), bool(reads.loaders), bool(reads.classes), bool(own)]
        if not any(ways) and self.target.name == ".env" and not same and (flask := self.tree.flask) is not None:
            reads.loaders.append(flask)  # `flask run` and `app.run()` read it, as load_dotenv does
            ways[1] = True
        if sum(ways) != 1:
            raise _Left("it is read in several ways" if any(ways) else "no code was found that reads it", (), _readers(reads))
        if reads.roots:
            return self.carried(reads)
        if own and self.target.name != ".env" and not reads.named:
            raise _Left("no code was found that reads it")
        for other in same if (reads.classes or own) else ():
            raise _Left("there are several files with that name", (), [Place(FilePath(other), 1, "another one")])
        if reads.classes:
            return self.by_class(pair, reads)
        return self.by_variables(pair, found, standard, bool(reads.loaders), reads)

    def by_class(self, pair: Pair, reads: Reads) -> dict[FilePath, tuple[bytes, bytes]]:
        """pydantic-settings: the fields become optional, and one for the profile comes beside."""
        if len(reads.classes) > 1:
            raise _Left("several settings classes read it", (), [Place(f.path, c.lineno, f"class {c.name}") for f, c in reads.classes])
        if self.mapping.chain:
            raise _Left("the fields of the settings class would be left without values")
        file, cls = reads.classes[0]
        known = SettingsClass(self.tree.sources, file, cls)
        fields = {path: known.named(path[-1]) for path in pair.paths}
        lowered = {path: (field,) for path, field in fields.items() if field is not None}
        if len(lowered) < len(fields):
            missing = next(path[-1] for path in pair.paths if path not in lowered)
            raise _Left(
                "the key is used in a way that cannot be traced",
                [Problem(file, cls, f"{missing} is not a plain field of the settings class")],
            )
        trail = known.trail(list(lowered.values()))
        if trail.problems:
            raise _Left("the key is used in a way that cannot be traced", trail.problems)
        if not trail.uses:
            raise _Left("no call was found that uses its key", (), _readers(reads))
        self.unguarded(known.made)
        low = Pair(pair.key, lowered[pair.id], lowered[pair.secret], lowered[pair.token] if pair.token else None, pair.secrets)
        rewriting = Rewriting(self.tree.sources, trail, [low])
        name = self.name_for(pair, outside=True)
        field = known.name_of(name)
        if field is None:
            raise _Left("the code that reads it cannot be rewritten", [Problem(file, cls, "there is no unused name for the profile in it")])
        rewriting.either({low.id: field})
        known.edit(rewriting.of(file), [p[0] for p in low.paths], low.id[0], field)
        return self.whole({pair.id: (name, self.profile(pair))}, [p for p in pair.paths if p != pair.id], rewriting)

    def profile(self, pair: Pair) -> str:
        profile = self.mapping.profile(pair.key)
        assert profile is not None
        return profile

    def by_variables(self, pair: Pair, found: Variables, standard: bool, loaded: bool, reads: Reads) -> dict[FilePath, tuple[bytes, bytes]]:
        """The file is read into the environment, or by decouple."""
        asked = replace(pair, token=pair.token or ("AWS_SESSION_TOKEN",)) if standard and loaded else pair
        problems = list(found.problems)
        if loaded:
            problems += [p for p in (processes(self.tree.sources), self.tree.other_signers) if p is not None]
        if problems:
            raise _Left("the key is used in a way that cannot be traced", problems)
        follower = Follower(self.tree.sources, [(path[-1],) for path in asked.paths], "dict")
        for read in found.reads:
            follower.leaf(read.file, read.node, (read.name,), read.key, read.optional)
        trail = follower.close()
        if trail.problems:
            raise _Left("the key is used in a way that cannot be traced", trail.problems)
        self.unguarded((leaf.file, leaf.node) for leaf in trail.leaves if not leaf.optional)
        rewriting = Rewriting(self.tree.sources, trail, [asked])
        if self.mapping.chain:
            if not trail.uses:
                raise _Left("no call was found that uses its key", (), _readers(reads))
            if standard:
                rewriting.dropped()
            else:
                rewriting.optional()
            return self.whole({}, list(pair.paths), rewriting)
        if loaded and standard and not reads.apart:
            self.in_order(reads)
            rewriting.dropped()
            rest = [p for p in pair.paths if p != pair.id]
            return self.whole({pair.id: ("AWS_PROFILE", self.profile(pair))}, rest, rewriting)
        if not trail.uses:
            raise _Left("no call was found that uses its key", (), _readers(reads))
        taken = {n for f in {u.file for u in trail.uses} for n in taken_in(f) if n.isupper()}
        if standard and reads.apart:
            self.alone(rewriting)
        name = self.name_for(pair, taken, outside=True)
        rewriting.either({pair.id: name})
        return self.whole({pair.id: (name, self.profile(pair))}, [p for p in pair.paths if p != pair.id], rewriting)

    def unguarded(self, reads: Iterable[tuple[File, ast.AST]]) -> None:
        """Raises _Left where something may catch what one of these raises if a variable is missing: it is optional afterwards."""
        for file, node in reads:
            if (caught := guarded(self.tree.sources, file, node)) is not None:
                raise _Left("the program does something else where the key is missing", [caught])

    def alone(self, rewriting: Rewriting) -> None:
        """Raises _Left where more than these calls signs: with the variables in the environment, it would sign with them."""
        mine = {call.node.func for _, call, _ in rewriting.calls()}
        other = next(((f, n) for f, n in signers(self.tree.sources) if n not in mine), None)
        if other is not None:
            raise _Left("it is unclear whether the variables get into the environment", [Problem(*other, "this would sign with them")])

    def in_order(self, reads: Reads) -> None:
        """Raises _Left where something may sign before the file is read: a session keeps what it found then."""
        if (early := Order(self.tree.sources, reads.loaders).first_unsure()) is not None:
            raise _Left("something may sign before the file is read", [early])

    def whole(self, put: dict[Path, tuple[str, str]], drop: Sequence[Path], rewriting: Rewriting) -> dict[FilePath, tuple[bytes, bytes]]:
        """The settings file and the sources, checked: no trace of the key is left in any."""
        text = edited(self.form, self.text, put, drop)
        out = {self.target: (self.data, text.encode("utf-8")), **rewriting.texts()}
        for pair in self.pairs:
            for value in (pair.key, *pair.secrets):
                if any(value.encode() in after for _, after in out.values()):
                    raise Odd("it contains the key a second time")
            profile = self.mapping.profile(pair.key)
            for file, call, its in rewriting.calls():
                self.calls.add((str(file.path), call.node.lineno))
                if "aws-sso-migrate: ignore" in "".join(file.source.text.splitlines(True)[call.node.lineno - 1 : call.node.end_lineno]):
                    raise Odd("a comment at a call that uses the key says to ignore it")
                if its is pair or its.key == pair.key:
                    name = f"{call.library}.{'Session' if call.session else getattr(call.node.func, 'attr', 'client')}"
                    self.signed.append(SignedCall(file.path, call.node.lineno, name, pair.key, profile, "readers"))
                    if profile is not None and not call.region:
                        self.regions.append((file.path, call.node.lineno, profile))
        return out


def _together(trails: Sequence[Trail]) -> Trail:
    whole = Trail()
    for trail in trails:
        whole.leaves += trail.leaves
        whole.held += trail.held
        whole.uses += trail.uses
        whole.problems += trail.problems
        whole.handed = whole.handed or trail.handed
    return whole


def _readers(reads: Reads) -> list[Place]:
    """Who reads the file."""
    out = [Place(r.file.path, getattr(r.node, "lineno", 1), "it is read here") for r in reads.roots]
    out += [Place(f.path, getattr(n, "lineno", 1), "it is read into the environment here") for f, n in reads.loaders]
    return out + [Place(f.path, c.lineno, f"class {c.name} reads it") for f, c in reads.classes]
