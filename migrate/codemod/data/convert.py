"""One settings file with a key: it and the code that reads it are rewritten together, or both are left with the reason."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from migrate.codemod.data.around.documents import documents
from migrate.codemod.data.around.mentions import Mention, mentions
from migrate.codemod.data.environment.variables import CHOOSERS, STANDARD
from migrate.codemod.data.following.along import Stuck, taken_in
from migrate.codemod.data.following.calls import ROLES
from migrate.codemod.data.following.follower import Follower
from migrate.codemod.data.following.objects import follow_methods
from migrate.codemod.data.following.trail import Problem, Style, Trail, together
from migrate.codemod.data.formats.entries import Format, Odd, Path, edited
from migrate.codemod.data.formats.pairs import Pair, format_of, pairs_of
from migrate.codemod.data.holding.exports import check_exports
from migrate.codemod.data.holding.fallback import behind_environment
from migrate.codemod.data.holding.spread import by_sessions
from migrate.codemod.data.left import MOST_REASONS, Left, Place, place_of, readers
from migrate.codemod.data.proved import check_around, check_literally
from migrate.codemod.data.reading.dotenv import check_others, environment, unread
from migrate.codemod.data.reading.openings import Openings
from migrate.codemod.data.reading.patterns import paths_at
from migrate.codemod.data.reading.reads import Finder
from migrate.codemod.data.reading.roots import Reads
from migrate.codemod.data.rewriting import Rewriting
from migrate.codemod.data.strict import against
from migrate.codemod.data.tree import Tree
from migrate.codemod.keys.mapping import KeyMap, Unmapped
from migrate.codemod.keys.sinks import is_aws
from migrate.codemod.proof.around.flask import shown
from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.rewrite.names import profile_name_for
from migrate.outcome import SignedCall

STYLES: tuple[Style, ...] = ("dict", "ini", "both")
_GENERAL = (*CHOOSERS, "PROFILE", "PROFILE_NAME")
"""Variables that may well be set for other purposes."""
_CHOOSE = (*CHOOSERS, "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
"""Variables that decide which profile counts, and which profiles there are."""


@dataclass(slots=True)
class Converted:
    """What becomes of a settings file: old and new bytes of it and of the sources that read it, or why all are left.

    `regions` are the calls whose region may be another now, `readers` the places that read the file.
    """

    files: dict[FilePath, tuple[bytes, bytes]] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    reason: str = ""
    places: list[Place] = field(default_factory=list)
    regions: list[tuple[FilePath, int, str]] = field(default_factory=list)
    calls: set[tuple[str, int]] = field(default_factory=set)
    signed: list[SignedCall] = field(default_factory=list)
    readers: list[Place] = field(default_factory=list)
    unmapped: Unmapped | None = None
    samples: list[Mention] = field(default_factory=list)  # documents that name a variable that is no longer read from the file
    instead: str = ""  # the variable that is
    unrelated: Sequence[FilePath] = ()  # files in the way of which a person may say that they have nothing to do with it
    target: bool = False  # is it a matter of saying what the code signs with?


def convert(tree: Tree, target: FilePath, data: bytes, mapping: KeyMap) -> Converted:
    """What becomes of one settings file."""
    out = Converted()
    try:
        one = One(tree, target, data, mapping)
        out.pairs, out.readers = one.pairs, one.reading
        out.files = one.files()
        if (why := against(tree, target, out.files, one.readers, one.followed)) is not None:
            out.files = {}
            out.target = why.elsewhere
            raise Left(why.reason, places=[Place(why.path, why.line, why.reason)])
        out.regions, out.calls, out.signed = one.regions, one.calls, one.signed
        if one.form.name == "dotenv":
            now = one.form.entries(out.files[target][1].decode("utf-8"))
            out.samples, out.instead = documents(tree.files, target, [e.path[-1] for e in one.entries], [e.path[-1] for e in now])
    except Odd as odd:
        out.reason = odd.reason
    except Stuck as stuck:
        out.reason, out.places = "the code that reads it cannot be rewritten", [place_of(stuck.problem)]
    except Left as left:
        out.reason, out.places = left.reason, left.places
        out.unmapped, out.unrelated = left.unmapped, left.unrelated
    except RecursionError:
        out.reason = "the code that reads it is nested too deeply"
    return out


class One:
    """The work on one file."""

    def __init__(self, tree: Tree, target: FilePath, data: bytes, mapping: KeyMap) -> None:
        self.tree, self.target, self.mapping, self.data = tree, target, mapping, data
        self.regions: list[tuple[FilePath, int, str]] = []
        self.calls: set[tuple[str, int]] = set()
        self.signed: list[SignedCall] = []
        self.loaders: set[FilePath] = set()  # sources that put a key of the standard variables into the environment
        self.readers: set[FilePath] = set()  # sources whose calls get a whole table
        self.followed: set[FilePath] = set()  # sources in which what comes from the file is followed
        self.reading: list[Place] = []
        self.pairs: list[Pair] = []
        self.outside = False  # do variables of the environment go before the file, and still sign afterwards?
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Odd("it is not valid UTF-8") from None
        form = format_of(target, self.text)
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
        """The new bytes of everything. Raises Left, Odd, Stuck."""
        same = [f for f in self.tree.files if f.rpartition("/")[2] == self.target.name and f != str(self.target)]
        reads = Finder(self.tree.sources, self.target, bool(same)).find()
        self.reading += readers(reads)
        dotenv = self.form.name == "dotenv"
        names = [p.id[-1] for p in self.pairs] + [p.secret[-1] for p in self.pairs]
        told = list(mentions(self.tree.files, self.target, names if dotenv else (), self.tree.python))
        if told:
            places = [Place(m.path, m.line, f"{m.what} is mentioned here") for m in told[:MOST_REASONS]]
            may_be = () if any(m.sure for m in told) else [m.path for m in told]
            raise Left("it is used elsewhere too", (), places, unrelated=may_be)
        entries = re.compile(rf"""["'](?:{"|".join(sorted(map(re.escape, names)))})["']""")
        reads.problems += [p for p in reads.unrelated if entries.search(p.file.source.text)]  # who names both file and entry reads it
        if reads.problems:
            raise Left("the code that reads it cannot be traced", reads.problems)
        if (key := next((p.key for p in self.pairs if p.key not in self.mapping), None)) is not None:
            why = self.mapping.unmapped(key)
            raise Left(why.reason, (), readers(reads), why)
        if self.tree.patched is not None:
            raise Left("the code that reads it cannot be traced", [self.tree.patched])
        if self.tree.endpoint is not None:
            raise Left("the code that reads it cannot be traced", [self.tree.endpoint])
        if self.tree.default_session is not None:
            raise Left("the code that reads it cannot be traced", [self.tree.default_session])
        if (opening := Openings(self.tree.sources, self.target, reads.paths).first()) is not None:
            raise Left("other code may read it", [opening])
        if not dotenv:
            return self.carried(reads)
        if any(e.path[-1].upper().startswith("AWS_ENDPOINT_URL") and e.value and not is_aws(e.value) for e in self.entries):
            raise Left("it sets an endpoint that does not belong to AWS")
        if (chooser := next((e.path[-1] for e in self.entries if e.path[-1].upper() in _CHOOSE), None)) is not None:
            raise Left(f"it sets {chooser} as well")
        if any(name in STANDARD for name in names):
            self.loaders = {file.path for file, _ in reads.loaders}
        return environment(self, reads, same)

    def carried(self, reads: Reads) -> dict[FilePath, tuple[bytes, bytes]]:
        """The profile's name takes the id's place in the file."""
        streamlit = self.target.parts[-2:] == (".streamlit", "secrets.toml")
        exported = [p for p in self.pairs if len(p.id) == 1] if streamlit else []
        if streamlit and any(p.id[0] == "connections" for p in self.pairs):
            raise Left("Streamlit reads its connections by itself", (), readers(reads))
        if exported and not unread(self.tree, exported):
            raise Left("Streamlit also exports its top-level entries to the environment", (), readers(reads))
        if not reads.roots:
            raise Left("no code was found that reads it by a known path")
        if reads.flask:
            self.not_by_flask(reads)
        trails = []
        data = self.form.load(self.text)
        for style in STYLES:
            follower = Follower(self.tree.sources, [path for p in self.pairs for path in p.paths], style, data)
            follower.of_file = True
            for root in reads.roots:
                if root.style == style:
                    follower.value(root.file, root.node, ())
            trails.append(follower.close())
            self.followed |= follower.files
        if made := [one for trail in trails for one in trail.made]:
            follower = Follower(self.tree.sources, [path for p in self.pairs for path in p.paths], "object", data)
            for one in made:
                follow_methods(follower, one)
                follower.value(one.file, one.call, one.path)
            trails.append(follower.close())
            self.followed |= follower.files
        trail = together(trails)
        if trail.problems:
            raise Left("the key is used in a way that cannot be traced", trail.problems)
        self.uniform(trail, data)
        if not trail.uses and not trail.spreads and not trail.exports:
            raise Left("no call was found that uses its key", (), readers(reads))
        if reads.outside:
            return self.beside_environment(reads, trail)
        if trail.fallbacks:
            return self.whole(*behind_environment(self, trail))
        whole = self.tables(trail)
        kept = [pair for pair in self.pairs if self.mapping.profile(pair.key) is not None]
        names = {pair: "profile_name" if pair in whole else self.name_for(pair, outside=pair in exported) for pair in kept}
        put = {pair.id: (name, self.profile(pair)) for pair, name in names.items()}
        drop = [path for p in self.pairs for path in p.paths if path not in put]
        rewriting = Rewriting(self.tree.sources, trail, self.pairs, self.tree.default_set_by)
        check_others(self.tree, exported, rewriting)
        rewriting.carried({path: name for path, (name, _) in put.items()}, self.mapping.chain)
        by_sessions(rewriting)
        if trail.exports:
            self.set_by_hand(trail, {path: name for path, (name, _) in put.items()})
        return self.whole(put, drop, rewriting)

    def not_by_flask(self, reads: Reads) -> None:
        """Raises Left where Flask, or a template, may read the key out of the application's settings."""
        paths = [path for p in self.pairs for path in p.paths]
        if any(path[-1] in ("SECRET_KEY", "SECRET_KEY_FALLBACKS") or len(path) > 1 for path in paths):
            raise Left("Flask reads one of its entries by itself", (), readers(reads))
        if (template := shown(Mentions(self.tree.root), {path[-1] for path in paths})) is not None:
            raise Left("a template may show it", (), [Place(template, 1, "it reads settings of the application")])

    def set_by_hand(self, trail: Trail, names: dict[Path, str]) -> None:
        """Check a program that puts the key into its environment itself, as the same program with the key written in it. Raises Left, Stuck."""
        check_exports(self.tree, trail)
        self.loaders = {one.file.path for one in trail.exports}
        literal = Rewriting(self.tree.sources, trail, self.pairs, self.tree.default_set_by)
        literal.literal = {pair.id: self.profile(pair) for pair in self.pairs}
        literal.carried(names, self.mapping.chain)
        literal.texts()
        check_literally(self.tree, self.target, literal, {pair.key: self.mapping.profile(pair.key) for pair in self.pairs})
        for one in trail.exports:
            for pair in (p for p in self.pairs if p.id == one.path):
                row = SignedCall(one.file.path, one.statement.lineno, "os.environ", pair.key, self.profile(pair), "readers")
                self.signed.append(row)
                if not self.says_region(pair):
                    self.regions.append((one.file.path, one.statement.lineno, self.profile(pair)))

    def beside_environment(self, reads: Reads, trail: Trail) -> dict[FilePath, tuple[bytes, bytes]]:
        """The program has the file's values where nothing else has the names: what comes from outside signs as before. Raises Left."""
        if len(reads.outside) != len(reads.roots) or trail.spreads or trail.made or trail.exports:
            raise Left("it is read in several ways", (), readers(reads))
        rewriting = Rewriting(self.tree.sources, trail, self.pairs, self.tree.default_set_by)
        put: dict[Path, tuple[str, str]] = {}
        taken = {n for f in {u.file for u in trail.uses} for n in taken_in(f) if n.isupper()} | reads.taken
        for pair in () if self.mapping.chain else self.pairs:
            name = self.name_for(pair, [*taken, *(n for n, _ in put.values())], outside=True)
            put[pair.id] = (name, self.profile(pair))
        if not self.mapping.chain:
            rewriting.either({path: name for path, (name, _) in put.items()})
        elif trail.asked:
            raise Left(
                "the key is used in a way that cannot be traced", [Problem(trail.asked[0].file, trail.asked[0].node, "it is tested")]
            )
        else:
            rewriting.optional()
        return self.whole(put, [path for p in self.pairs for path in p.paths if path not in put], rewriting)

    def tables(self, trail: Trail) -> list[Pair]:
        """The keys that calls get with a whole table by `**`. Raises Left where there is more in it than a session takes."""
        out = []
        for spread in trail.spreads:
            table: object = self.form.load(self.text)
            for key in spread.path:
                table = table.get(key) if isinstance(table, dict) else None
            pair = next((p for p in self.pairs if p.id[:-1] == spread.path), None)
            roles = [*ROLES][: len(pair.paths)] if pair is not None else []
            said = (
                isinstance(table, dict)
                and pair is not None
                and [p[-1] for p in pair.paths] == roles
                and table.keys() <= {*roles, "region_name"}
            )
            if not said or pair is None or self.mapping.chain:
                raise Left(
                    "the code that reads it cannot be traced", [Problem(spread.file, spread.call, "all of it is passed to this call")]
                )
            out.append(pair)
            self.readers.add(spread.file.path)
        return out

    def uniform(self, trail: Trail, data: Any) -> None:
        """Raises Left where a read of one of several entries may read one that is no half of a key that goes."""
        roles = {path: role for p in self.pairs for role, path in zip(ROLES, p.paths, strict=False)}
        for leaf in trail.leaves:
            if len({roles.get(path) for path in paths_at(data, leaf.path)}) != 1:
                problem = Problem(leaf.file, leaf.node, "not every entry that may be read here belongs to a key")
                raise Left("the key is used in a way that cannot be traced", [problem])

    def name_for(self, pair: Pair, more: Iterable[str] = (), outside: bool = False) -> str:
        """The entry's name when it names a profile. `outside`: the environment is asked for it before the file."""
        taken = {part for e in self.entries for part in e.path if isinstance(part, str)} - {pair.id[-1]}
        taken |= set(more)  # in no table of the file: code that goes through tables may read the name in one that holds no key
        refused = {*_GENERAL, *(n.lower() for n in _GENERAL)} if outside else set()
        refused |= {n for said in os.environ for n in (said, said.lower())} if outside else set()  # set where this runs: it would go first
        name = profile_name_for(pair.id[-1], taken | refused)
        if outside and (name is None or pair.id[-1].upper() in STANDARD):
            name = "AWS_PROFILE_NAME" if pair.id[-1].isupper() else "aws_profile_name"
        if name is None or name in taken:
            raise Odd("there is no unused name for the profile in it")
        return name

    def profile(self, pair: Pair) -> str:
        """The profile of a key that is mapped."""
        profile = self.mapping.profile(pair.key)
        assert profile is not None
        return profile

    def whole(
        self, put: dict[Path, tuple[str, str]], drop: Sequence[Path], rewriting: Rewriting, *more: Rewriting
    ) -> dict[FilePath, tuple[bytes, bytes]]:
        """The settings file and the sources, checked: no trace of the key is left in any. `more` share their edits with the first."""
        text = edited(self.form, self.text, put, drop)
        out = {self.target: (self.data, text.encode("utf-8")), **rewriting.texts()}
        profiles = {pair.key: self.mapping.profile(pair.key) for pair in self.pairs}
        others = ("outside",) if self.outside else ()
        presigned = check_around(self.tree.root, self.target, (rewriting, *more), profiles, sorted(self.loaders))
        for pair in self.pairs:
            for value in (pair.key, *pair.secrets):
                if any(value.encode() in after for _, after in out.values()):
                    raise Odd("it contains the key a second time")
            profile = self.mapping.profile(pair.key)
            for spread in (s for s in rewriting.trail.spreads if s.path == pair.id[:-1]):
                at = spread.file.path, spread.call.lineno
                self.signed.append(SignedCall(*at, "boto3", pair.key, profile, "readers", presigned=presigned, others=others))
                self.calls.add((str(spread.file.path), spread.call.lineno))
                if profile is not None and not self.says_region(pair):
                    self.regions.append((spread.file.path, spread.call.lineno, profile))
            if profile is not None and pair.id[-1] == "AWS_ACCESS_KEY_ID" and self.form.name == "dotenv" and not self.says_region(pair):
                self.regions.append((self.target, self.text.count("\n", 0, self.text.index(pair.key)) + 1, profile))
            for file, call, its in [found for one in (rewriting, *more) for found in one.calls()]:
                self.calls.add((str(file.path), call.node.lineno))
                if "aws-sso-migrate: ignore" in "".join(file.source.text.splitlines(True)[call.node.lineno - 1 : call.node.end_lineno]):
                    raise Odd("a comment at a call that uses the key says to ignore it")
                if pair in rewriting.taken.get(call.node, ()) or its is pair or its.key == pair.key:
                    name = f"{call.library}.{'Session' if call.session else getattr(call.node.func, 'attr', 'client')}"
                    at = file.path, call.node.lineno
                    self.signed.append(SignedCall(*at, name, pair.key, profile, "readers", presigned=presigned, others=others))
                    if profile is not None and not call.region:
                        self.regions.append((file.path, call.node.lineno, profile))
        return out

    def says_region(self, pair: Pair) -> bool:
        """Return whether the file names a region beside a key."""
        return any("REGION" in e.path[-1].upper() for e in self.entries if e.path[:-1] == pair.id[:-1])
