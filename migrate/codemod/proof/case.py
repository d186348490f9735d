"""What a proof is about, and how it ends: the trees before and after, all values of both, and the reason of a rejection."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from migrate.codemod.libraries import by_callee
from migrate.codemod.proof.around.loading.readers import Going
from migrate.codemod.proof.confinement.spread import Spread
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.world import Read, World
from migrate.codemod.proof.places import Places
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.sinks import Call
from migrate.outcome import SignedCall
from migrate.tree.unrelated import is_unrelated


class Mentions(Protocol):
    """Asks every file below the root for names (`migrate.codemod.proof.around.mentions`)."""

    def __call__(self, names: set[str], homes: set[Path], known: set[Path]) -> Iterator[tuple[Path, str]]:
        """Yield each file outside of `known` that says one of the names of the modules of `homes`, and the name."""

    def through_others(self, names: set[str], homes: set[Path], known: set[Path]) -> tuple[Path, str] | None:
        """Return a file outside of `known` that gets something of `homes`, however many imports lie between, and says one of the names that it may have."""

    def called_by_text(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a settings file that may name a function of `homes` as something to call, and the name."""

    def sets(self, variables: Collection[str]) -> tuple[Path, str] | None:
        """Return a file of variables that sets one of some variables, if a Python file below the root loads such files."""

    def names_file(self, homes: Collection[Path]) -> tuple[Path, str] | None:
        """Return a script, container file, template or list of what is left out that names one of some files, and its name."""

    def words(self, names: Collection[str], known: Collection[Path]) -> tuple[Path, str] | None:
        """Return a file outside of `known`, no documentation, that says one of some names, and the name."""

    def sample_of(self, homes: Collection[Path]) -> Path | None:
        """Return a file beside one of some files that looks like its sample."""

    def search_path(self) -> Path | None:
        """Return a script or settings file that says where Python looks for modules."""

    def loads(self, names: set[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that loads a module by a computed name and says one of some names, and the name."""

    def says(self, words: list[str], known: set[Path]) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that says one of some words (regular expressions), and what it says."""

    def all_that_say(self, words: list[str], known: set[Path]) -> Iterator[Path]:
        """Yield each Python file outside of `known` that says one of some words (regular expressions)."""

    def runs(self, path: Path) -> frozenset[Path]:
        """Return the files that the imports of a file run, as it is on the disk."""

    def share(self, path: Path, others: Collection[Path], lasting: bool = True) -> bool:
        """Return whether a file may run in one process with one of some others; `lasting`: what it does outlives the test that it is done for."""

    def asked(self, path: Path, question: Callable[[ast.Module, Any], Any], of: Any) -> Any:
        """Return the answer to a question about a file's tree, asked once for all proofs; None where the file is not understood."""

    def edits(self, names: set[str], homes: set[Path]) -> tuple[Path, str] | None:
        """Return a script or settings file, no Python, that may read or change the text of a file of `homes` and says a name in it, and the name."""

    def in_templates(self, word: str) -> Path | None:
        """Return a file, Python with a template in a text too, that says something (a regular expression) between the braces of a template."""

    def same_name(self, homes: set[Path]) -> Iterator[Path]:
        """Yield the modules of the root that have the name of one of `homes` and stand in another folder, none above it."""

    def standin(self, libraries: set[str]) -> Path | None:
        """Return a file or package of the root that has the name of a library and is not a copy of it."""

    def reads_whole(self, homes: set[Path], known: set[Path], going: Going) -> tuple[Path, str] | None:
        """Return a Python file outside of `known` that may read a module of `homes` without saying its names, and how it does so."""

    def reads_text(self, homes: set[Path], names: Collection[str]) -> tuple[Path, str] | None:
        """Return a Python file that may read the text of a file of `homes` by a path that is not written out, and how; `names`: those that go."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a rewrite is not accepted: the rule, the place in the old text, and words for it that hold no part of a key."""

    rule: str
    path: Path
    line: int
    reason: str
    code: str = "AWS230"


class Rejected(Exception):
    """Ends a proof."""

    def __init__(self, rule: Rule, unit: Unit | Path, node: ast.AST | None, reason: str, code: str = "AWS230") -> None:
        super().__init__(rule.label)
        path = unit.path if isinstance(unit, Unit) else unit
        self.rejection = Rejection(rule.label, path, getattr(node, "lineno", 1), reason, code)


@dataclass(eq=False)
class Known:
    """The values and calls of a program before its rewrites, which are the same for all proofs of it. `signers`: ids and profiles of all of these."""

    signers: frozenset[str]
    found: "dict[frozenset[Path], tuple[Evaluator, list[Call]]]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What is to be proved: the trees of a program before and after, and the profile of each key that went (None: the default chain).

    `new` holds the files that differ. `read` gives the tree of another file below the root, where the program imports it.
    """

    root: Path
    old: dict[Path, ast.Module]
    new: dict[Path, ast.Module]
    profiles: Mapping[str, str | None]
    read: Read
    mentions: Mentions
    signed: list[SignedCall] = field(default_factory=list)  # filled in where the proof holds
    cells: Mapping[Path, tuple[int, ...]] = field(default_factory=dict)  # the lines above the cells of notebooks, before
    new_cells: Mapping[Path, tuple[int, ...]] = field(default_factory=dict)  # and after
    known: "Known | None" = None  # what was found of the program before, for other rewrites of it


@dataclass(eq=False)
class After:
    """The new program. Its values are found when they are first asked for: of most rewrites that are rejected, the old ones suffice."""

    world: World
    settle: Callable[[World], tuple[Evaluator, list[Call]]]

    @cached_property
    def found(self) -> tuple[Evaluator, list[Call]]:
        """Return its values, and its calls that may sign."""
        return self.settle(self.world)


@dataclass(eq=False)
class Case:
    """A proof on its way: each step adds what the following ones go by."""

    rewritten: Rewritten
    changed: list[Path]
    old: Evaluator
    before: list[Call]
    after_rewrite: After
    texts: frozenset[str]
    held: Places
    homes: set[Path] = field(default_factory=set)  # files in which a part of a key stands
    spreads: dict[frozenset[ast.AST | None], Spread | None] = field(default_factory=dict)  # where holders of a key may be

    @property
    def new_world(self) -> World:
        """Return the files of the new program."""
        return self.after_rewrite.world

    @property
    def new(self) -> Evaluator:
        """Return all values of the new program."""
        return self.after_rewrite.found[0]

    @property
    def after(self) -> list[Call]:
        """Return the calls of the new program that may sign."""
        return self.after_rewrite.found[1]

    def unit(self, node: ast.AST) -> Unit:
        """Return the file that a node of the old program stands in."""
        return self.old.world.unit_of[node]

    def others(self) -> list[Unit]:
        """Return the files of the old program in which something may stand in the way: all but those that a person says are unrelated."""
        asked = {*self.changed, *self.homes}
        return [u for u in self.old.world.units.values() if u.path in asked or not is_unrelated(u.path)]

    def touches(self, call: Call) -> bool:
        """Return whether a call of the old program is given a part of a key."""
        return any(self.held.is_part(v) for vs in call.roles.values() for v in vs)


LOAD = ast.Load()
CREDENTIALS = frozenset(n for spec in by_callee().values() for n in (*spec.key_id, *spec.secret, *spec.token))
"""The names of all parameters that take a part of a key."""

PROFILES = frozenset(spec.profile for spec in by_callee().values())
"""The names of all parameters, settings and entries that take a profile."""


def function_of(unit: Unit, node: ast.AST) -> str:
    """Return the names of the functions and classes around a node."""
    names: list[str] = []
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(at.name)
        at = unit.parents.get(at)
    return ".".join(reversed(names))


def statement_of(unit: Unit, node: ast.AST) -> ast.AST:
    """Return the statement that a node stands in."""
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.stmt):
        at = unit.parents.get(at)
    return at if at is not None else node
