"""One file written atomically without a journal: a plan, which `undo` is not for, since the program only ever adds to it."""

import os
import re
from contextlib import suppress
from pathlib import Path

from migrate.changes.apply import preflight
from migrate.changes.change import Change
from migrate.changes.folder import Folder, cut_name
from migrate.changes.interrupts import Interrupts
from migrate.changes.write import Step, Transaction, look
from migrate.errors import Refusal

_LEFT = re.compile(r"\..*\.aws-sso-migrate-(\d{1,10})\.tmp", re.DOTALL)


def write_single(change: Change, private: bool = False) -> None:
    """Make one change, or none. `private`: the file is 0600 afterwards, whatever it was.

    Raise Refusal where the file is no longer what was read, or cannot be written; KeyboardInterrupt.
    """
    preflight([change])
    seen = look(change.path)
    if not seen.real.parent.is_dir():
        raise Refusal("its folder does not exist", path=change.path)
    _clean_up(seen.real)
    temporary = cut_name(".", seen.real.name, f".aws-sso-migrate-{os.getpid()}.tmp")
    with Interrupts() as interrupts:
        transaction = Transaction(
            [Step(change.path, seen.real, change.before, change.after, change.mode, private=private)], lambda n: temporary, interrupts
        )
        try:
            transaction.prepare()
            transaction.commit()
        finally:
            transaction.clean()


def _clean_up(real: Path) -> None:
    """Removes what a killed run left, not what another is just writing."""
    start = cut_name(".", real.name, ".aws-sso-migrate-00000000.tmp")[: -len("00000000.tmp")]
    with suppress(OSError), Folder(real.parent) as folder:
        for name in [p.name for p in real.parent.iterdir()]:
            match = _LEFT.fullmatch(name)
            if match is not None and name.startswith((start, f".{real.name}.")) and not _runs(int(match[1])):
                with suppress(OSError):
                    folder.unlink(name)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
