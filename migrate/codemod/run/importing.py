"""Who imports some files: the question that is put to the import statements of all."""

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.flow.module import last_name

if TYPE_CHECKING:
    from migrate.codemod.run.gather import Gathering

_FROM = re.compile(r"\bfrom\s+(\.*)\s*([\w.]*)\s*import\b\s*(.*)", re.S)
_IMPORT = re.compile(r"\bimport\s+(.*)", re.S)
_CALLED = re.compile(r"""import(?:_module)?(?:__)?\s*\(\s*["']([\w.]+)""")
IDENTIFIER = re.compile(r"[^\W\d]\w*")


class Asking:
    """The question who imports some files, put to the import statements of all."""

    def __init__(self, gathering: "Gathering", files: set[Path]) -> None:
        self.gathering = gathering
        self.files = files
        self.tainted = {f: gathering.tainted(gathering.taken[f])[0] if f in gathering.taken else set[str]() for f in files}
        if gathering.large:
            self.files = {f for f in files if self.tainted[f]}
        self.by_stem: dict[str, set[str]] = defaultdict(set)
        for f in self.files:
            self.by_stem[last_name(f)] |= self.tainted[f]

    @property
    def stems(self) -> set[str]:
        """The last names of the modules asked for."""
        return set(self.by_stem)

    def accept(self, path: str, statements: list[bytes], data: bytes) -> bool:
        """Does a file count? In a small tree each does whose imports name one of the files."""
        return not self.gathering.large or any(self.leads(path, s.decode("utf-8", "replace"), data) for s in statements)

    def leads(self, path: str, statement: str, data: bytes) -> bool:
        """Does an import statement lead to one of the files, and in a large tree to a name there that has to do with a key?"""
        importer, large = Path(path), self.gathering.large
        if m := _FROM.search(statement):
            base, level = m.group(2), len(m.group(1))
            listed = set(IDENTIFIER.findall(re.sub(r"#[^\n]*", "", m.group(3))))
            if large and listed & self.by_stem.get(base.rpartition(".")[2], set()):
                return True  # also where it leads to no file: its `sys.path` may be another
            if not large or "*" in m.group(3):
                if self.gathering.found(importer, base, level) & self.files:
                    return True
            modules = [(f"{base}.{n}" if base else n, level) for n in sorted(listed) if not large or n in self.by_stem]
        elif m := _CALLED.search(statement):
            modules = [(m.group(1), 0)]
        elif m := _IMPORT.search(statement):
            modules = [(n, 0) for n in re.findall(r"[^\W\d][\w.]*", m.group(1))]
        else:
            return False
        for name, lvl in modules:
            for file in self.gathering.found(importer, name, lvl) & self.files:
                if not large or any(n.encode() in data for n in self.tainted[file]):
                    return True
        return False
