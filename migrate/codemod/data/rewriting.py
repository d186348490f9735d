"""The edits of the code that goes with a settings file: three forms, each complete or not at all.

carried: the profile's name takes the id's way. dropped: arguments go, since the default chain reads the same. either: what comes from
outside still signs, and the profile where nothing comes.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path as FilePath

from migrate.codemod.data.following.along import Along, Stuck, check_once, check_told, optional_read, taken_in, within
from migrate.codemod.data.following.calls import Call
from migrate.codemod.data.following.conditions import beside, instead, keep, pointless
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.objects import fields_of
from migrate.codemod.data.following.trail import Held, Leaf, Made, Passed, Problem, Trail
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.formats.pairs import Pair
from migrate.codemod.data.holding.edits import all_renamed, taken_out
from migrate.codemod.data.holding.exports import by_profile
from migrate.codemod.data.reading.patterns import Paths, meets
from migrate.codemod.data.reading.patterns import beside as beside_path
from migrate.codemod.edit.carried import carried_out
from migrate.codemod.edit.kinds import (
    Drop,
    DropPair,
    DropStatement,
    Edit,
    InsertArgument,
    KeepImport,
    NeedImport,
    Pieces,
    Put,
    Rename,
    Unfit,
)
from migrate.codemod.rewrite.names import profile_name_for, quoted, says_key
from migrate.codemod.source.python import Unreadable

_GOES_UNUSED = {"os", "os.environ", "os.getenv"}


class Rewriting:
    """Edits of the program's sources for the keys of one file. `default`: the call that sets the default session."""

    def __init__(self, sources: Sources, trail: Trail, pairs: Collection[Pair], default: ast.Call | None = None) -> None:
        self.sources = sources
        self.trail = trail
        self.pairs = pairs
        self.edits: dict[File, list[Edit]] = defaultdict(list)
        self.gone: dict[File, list[ast.AST]] = defaultdict(list)
        self.new: dict[File, str] = {}  # the texts of what changes, once they are made
        self.along = Along(self)
        self.default = default
        self.taken: dict[ast.Call, list[Pair]] = {}  # the keys that a call may take
        self.widened: set[ast.AST] = set()  # reads that have been made optional, or read a profile too
        self.literal: dict[Path, str] | None = None  # the profiles, to be written where they would be read: what the witness sees
        self.as_named: set[ast.AST] = set()  # ids that a condition asks for by their name

    def share(self, other: "Rewriting") -> None:
        """Has its edits go where another's go; what either leaves is written once."""
        self.edits, self.gone = other.edits, other.gone

    def add(self, file: File, edit: Edit) -> None:
        """Plan one more edit of a file."""
        self.edits[file].append(edit)

    def calls(self) -> list[tuple[File, Call, Pair]]:
        """The calls, each with the one key that it takes whole. Raises Stuck for half a key, and for one of several."""
        found: dict[ast.Call, tuple[File, Call, dict[str, Path]]] = {}
        for use in self.trail.uses:
            _, _, roles = found.setdefault(use.call.node, (use.file, use.call, {}))
            roles[use.call.credentials[use.keyword]] = use.path
        out = []
        for file, call, roles in found.values():
            pairs = self._whole(roles)
            if not pairs or set(roles) != set(call.credentials.values()):
                raise Stuck(Problem(file, call.node, "this call takes one half of the key from elsewhere"))
            self.taken[call.node] = pairs
            out.append((file, call, pairs[0]))
        if (alone := self.alone()) is not None:
            raise Stuck(alone)
        if self.default is not None and any(call.node is not self.default for _, call, _ in out):
            file, call, _ = next(one for one in out if one[1].node is not self.default)
            raise Stuck(Problem(file, call.node, "the default session has settings that this call would lose"))
        return out

    def _whole(self, roles: dict[str, Path]) -> list[Pair]:
        """The keys that a call may take, where all of them come to it whole; else none."""
        id, secret = roles.get("id", ()), roles.get("secret", ())
        out = [p for p in self.pairs if meets(id, p.id)]
        for pair in out:
            if beside_path(id, pair.id, secret) != pair.secret:
                return []
            if "token" in roles and beside_path(id, pair.id, roles["token"]) != pair.token:
                return []
        return out

    def alone(self) -> Problem | None:
        """The first condition that may come out otherwise: in a source that has nothing else to do with the key, or for None beside an empty text."""
        files = {one.file for some in (self.trail.held, self.trail.kept, self.trail.uses) for one in some}
        asked = next((one for one in self.trail.asked if one.file not in files), None)
        if asked is not None:
            return Problem(asked.file, asked.node, "it is tested in a file that does not use it")
        none = next((one for one in self.trail.asked if isinstance(one.file.source.parents[one.node], ast.Compare)), None)
        if none is not None and any(leaf.blank for leaf in self.trail.leaves):
            return Problem(none.file, none.node, "it is tested for None, and is empty where it is missing")
        return None

    def pair_of(self, path: Path) -> Pair | None:
        """The first key that has a half at a path."""
        return next((p for p in self.pairs if any(meets(path, half) for half in p.paths)), None)

    def named(self, path: Path, names: dict[Path, str]) -> str | None:
        """The name that an entry with an id gets; None for any other entry. Raises Stuck where it would be one of several."""
        found = {name for id, name in names.items() if meets(path, id)}
        if len(found) > 1:
            leaf = next(one for one in self.trail.leaves if one.path == path)
            raise Stuck(Problem(leaf.file, leaf.node, "the entries with the profiles would have different names"))
        return next(iter(found), None)

    def carried(self, names: dict[Path, str], chain: bool) -> None:
        """The profile's name stands where the id stood, under these names; secret and token go. `chain`: nothing takes their place."""
        self._not_handed()
        self._written_out()
        ids = Paths(names)
        if chain and self.trail.asked:
            raise Stuck(Problem(self.trail.asked[0].file, self.trail.asked[0].node, "it is tested"))
        instead(self, names)
        for leaf in self.trail.leaves:
            name = self.named(leaf.path, names)
            if name is not None and not chain:
                self.renamed(leaf, name)
        for made in self.trail.made:
            self._fields(made, names, chain)
        for held in self.trail.held:
            if held.path not in ids or chain:
                self.remove(held)
            else:
                self.rename(held)
        if (problem := all_renamed(self, ids, chain)) is not None:
            raise Stuck(problem)
        by_profile(self, chain)
        for passed in self.trail.passed:
            if passed.path not in ids or chain:
                self.unpass(passed)
        for file, call, _ in self.calls():
            for keyword, role in call.credentials.items():
                if role != "id" or chain or not call.session:
                    self.drop(file, call.node, keyword)
                elif isinstance(keyword, ast.keyword):
                    self.add(file, Rename(keyword, "profile_name"))
            if not chain and not call.session:
                keyword = next(k for k, role in call.credentials.items() if role == "id" and isinstance(k, ast.keyword))
                self.by_session(file, call, ("profile_name=", keyword.value))

    def renamed(self, leaf: Leaf, name: str) -> None:
        """A read reads the entry of another name."""
        if self.literal is not None:
            profile = next(said for id, said in self.literal.items() if meets(leaf.path, id))
            self.add(leaf.file, Put(leaf.node, (quoted(profile, '"'),)))
        elif isinstance(leaf.key, ast.Attribute):
            self.add(leaf.file, Rename(leaf.key, name))
        else:
            self.add(leaf.file, Put(leaf.key, (quoted(name, leaf.file.source.code(leaf.key)),)))

    def _fields(self, made: Made, names: dict[Path, str], chain: bool) -> None:
        """The field that held the id holds the profile's name; the others go. Raises Stuck."""
        fields = fields_of(made.cls)
        for path in (half for pair in self.pairs for half in pair.paths if half[:-1] == made.path):
            field, name = fields[path[-1]], names.get(path)
            if name is None or chain:
                self.add(made.home, DropStatement(field))
            elif not name.isidentifier() or any(getattr(n, "name", "") == name for n in made.cls.body) or name in fields:
                raise Stuck(Problem(made.home, field, "there is no unused name for the profile"))
            else:
                self.add(made.home, Put(field.target, (name,)))

    def by_session(self, file: File, call: Call, given: Pieces) -> None:
        """A client is made by a session. Raises Stuck where the call is not `boto3.client`."""
        if call.bound:
            raise Stuck(Problem(file, call.node, "the client is created by a session that the program already has"))
        if isinstance(call.of, ast.Name):  # `from boto3 import client`
            if call.library in taken_in(file):
                raise Stuck(Problem(file, call.node, "the function that creates the client is imported by its own name"))
            made = self.sources.library(file, call.of)
            self.add(file, NeedImport(f"import {call.library}", call.node))
            self.add(file, Put(call.of, (f"{call.library}.Session(", *given, f").{(made or '').rpartition('.')[2]}")))
            return
        if not isinstance(call.of, ast.Attribute) or not isinstance(call.of.value, ast.Name):
            raise Stuck(Problem(file, call.node, "the function that creates the client is reached in another way"))
        of = file.source.code(call.of.value)
        self.add(file, Put(call.of, (f"{of}.Session(", *given, f").{call.of.attr}")))

    def dropped(self, profile: str = "", blank: bool = False) -> None:
        """Arguments and the names that held them go. Conditions ask for a variable with a profile instead, where there is one.

        `blank`: the variables are there, and empty.
        """
        self._not_handed()
        if self.trail.asked and not profile:
            raise Stuck(Problem(self.trail.asked[0].file, self.trail.asked[0].node, "it is tested"))
        pointless(self)
        kept = keep(self, profile, blank)
        for held in self.trail.held:
            if held.binding not in kept:
                self.remove(held)
        for one in self.trail.kept:
            if one.value not in kept:
                taken_out(self, one)
        for passed in self.trail.passed:
            self.unpass(passed)
        for file, statement in self.trail.put_back:
            self.drop(file, statement.value, statement)  # type: ignore[arg-type]  # a statement is dropped whole
        homes = {use.keyword: use.home for use in self.trail.uses}
        for keyword, call in {keyword: one.node for _, one, _ in self.calls() for keyword in one.credentials}.items():
            check_told(homes[keyword], keyword, self.trail.leaves)
            self.drop(homes[keyword], call, keyword)

    def either(self, names: dict[Path, str]) -> None:
        """Reads become optional, and where nothing comes a profile signs, which is read beside the id under these names."""
        self._not_handed()
        self._written_out()
        beside(self, names)
        self.optional()
        for file, call, pair in self.calls():
            keyword = next(k for k, role in call.credentials.items() if role == "id" and isinstance(k, ast.keyword))
            check_once(file, keyword.value, self.trail.leaves)
            profile = self.along.profile(file, keyword.value, names[pair.id], needed=True)
            # one that is set and empty kept the file's out, too
            chosen: Pieces = ("profile_name=None if ", within(keyword.value), f" is not None else {profile}")
            if call.session:
                self.add(file, InsertArgument(call.node, keyword, chosen))
            else:
                self.by_session(file, call, chosen)

    def optional(self) -> None:
        """A missing entry is None everywhere."""
        for leaf in self.trail.leaves:
            if (not leaf.optional or leaf.blank) and leaf.node not in self.widened and isinstance(leaf.key, ast.Constant):
                self.widened.add(leaf.node)
                self.add(leaf.file, Put(leaf.node, (optional_read(leaf, leaf.file.source.code(leaf.key)),)))
        asked = {one.node for one in self.trail.asked}
        for file, call in self.trail.revealed:
            if call in asked:
                continue
            assert isinstance(call.func, ast.Attribute)
            self.add(file, Put(call, (f"{file.source.code(call)} if {file.source.code(call.func.value)} is not None else None",)))

    def unpass(self, passed: Passed) -> None:
        """Takes a parameter out of a function, and its argument out of every call."""
        self.add(passed.file, Drop(passed.function.args, passed.arg))
        for file, call, given in passed.calls:
            self.drop(file, call, given)

    def drop(self, file: File, call: ast.Call, keyword: ast.AST) -> None:
        """Take an argument out of a call, or the statement or entry that puts it into a dict for the call."""
        self.gone[file].append(keyword)
        if isinstance(keyword, ast.stmt):
            self.add(file, DropStatement(keyword))
        else:
            up = file.source.parents[keyword]
            self.add(file, Drop(up if isinstance(up, ast.Dict) else call, keyword))

    def _not_handed(self) -> None:
        """Raises Stuck where a function gives a part of a key to its callers."""
        if self.trail.handed:
            leaf = self.trail.leaves[0]
            raise Stuck(Problem(leaf.file, leaf.node, "the key passes through a function"))

    def _written_out(self) -> None:
        """Raises Stuck where a call gets its key in a dict: a profile would have to stand there under a condition."""
        for use in self.trail.uses:
            if not isinstance(use.keyword, ast.keyword):
                raise Stuck(Problem(use.home, use.keyword, "the key is put into a dict that a call gets"))

    def remove(self, held: Held) -> None:
        """Takes a name out that held a credential. Raises Stuck."""
        up = held.file.source.parents[held.binding]
        if isinstance(held.binding, ast.alias) and isinstance(up, ast.ImportFrom):
            if len(up.names) == sum(h.binding in up.names for h in self.trail.held if h.file is held.file):
                # the import ran the module: it goes on doing so
                self.add(held.file, KeepImport(up, f"import {up.module}" if up.module and not up.level else "pass"))
            self.add(held.file, Drop(up, held.binding))
        elif isinstance(up, ast.Assign | ast.AnnAssign):
            self.add(held.file, DropStatement(up))
            self.gone[held.file].append(up)
        elif (
            isinstance(up, ast.Tuple)
            and isinstance(whole := held.file.source.parents[up], ast.Assign)
            and isinstance(whole.value, ast.Tuple)
        ):
            index = up.elts.index(held.binding)  # type: ignore[arg-type]
            self.add(held.file, DropPair(whole, index))
            self.gone[held.file] += [up.elts[index], whole.value.elts[index]]
        else:
            raise Stuck(Problem(held.file, held.binding, "the name that holds the key cannot be removed"))

    def rename(self, held: Held) -> None:
        """A name that says key and holds a profile's name gets a name that says so, where nobody else knows it."""
        if not isinstance(held.binding, ast.Name) or not says_key(held.name):
            return
        if (
            held.binding in self.as_named
            or len([h for h in self.trail.held if h.name == held.name]) > 1
            or held.file.scope(held.binding) is not held.file.source.tree
        ):
            return
        if list(self.sources.modules(held.file.path)) or list(self.sources.importers(held.file.path, held.name)):
            return
        new = profile_name_for(held.name, taken_in(held.file))
        if new is not None:
            for node in (held.binding, *held.readers):
                self.add(held.file, Put(node, (new,)))

    def texts(self) -> dict[FilePath, tuple[bytes, bytes]]:
        """Old and new bytes of each file that changes. Raises Stuck where one does not come out as Python."""
        out = {}
        for file, edits in self.edits.items():
            self._unused(file)
            try:
                text = carried_out(file.source, edits)
                ast.parse(text)
                data = file.source.encode(text)
            except Unfit as e:
                raise Stuck(Problem(file, e.node, e.reason)) from None
            except (SyntaxError, ValueError, Unreadable):
                raise Stuck(Problem(file, file.source.tree.body[0], "the rewritten code would not be valid Python")) from None
            if data != file.source.data:
                self.new[file] = text
                out[file.path] = (file.source.data, data)
        return out

    def _unused(self, file: File) -> None:
        """An import of `os` that nothing else needs goes."""
        inside = {n for gone in self.gone[file] for n in ast.walk(gone)}
        for name in {n.id for n in inside if isinstance(n, ast.Name)}:
            readers = [n for n in file.by_name[name] if n not in inside]
            home = file.binds[file.source.tree].get(name, [])
            if readers or len(home) != 1 or not isinstance(alias := home[0], ast.alias):
                continue
            statement = file.source.parents[alias]
            first = next(n for n in inside if isinstance(n, ast.Name) and n.id == name)
            if self.sources.library(file, first) in _GOES_UNUSED and alias.name in ("os", "environ", "getenv"):
                if not re.search(rf"(?m)^__all__.*\b{name}\b", file.source.text) and not list(self.sources.importers(file.path, name)):
                    self.add(file, Drop(statement, alias))
