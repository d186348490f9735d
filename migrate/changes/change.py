"""A change: the path of a file and its bytes before and after.

All that reads and decides hands these over; only `migrate.changes.apply` writes.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["edit", "create", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """One file's change. `before` is what was read (None: there was no file), `after` what shall stand there (None: no file).

    `secrets` are values that the file holds and that no display may show, whatever their shape; `mode` is for a new
    file (0600 unless told; an existing file keeps its own). `repository`, `libraries` and `profiles` are for those who review it: the
    root that the file is under, whose calls change, and which profiles come in.
    """

    path: Path
    before: bytes | None
    after: bytes | None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    mode: int = 0o600
    repository: str | None = None
    libraries: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What happens to the file, in the words of `--format json`."""
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "edit"
