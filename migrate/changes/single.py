"""One file written atomically without a journal: a plan, which `undo` is not for, since the program only ever adds to it."""

from migrate.changes.apply import preflight
from migrate.changes.change import Change
from migrate.changes.interrupts import Interrupts
from migrate.changes.write import Step, Transaction, look
from migrate.errors import Refusal


def write_single(change: Change) -> None:
    """Makes one change, or none. Raises Refusal where the file is no longer what was read, or cannot be written; KeyboardInterrupt."""
    preflight([change])
    seen = look(change.path)
    if not seen.real.parent.is_dir():
        raise Refusal("its folder does not exist", path=change.path)
    # always the same name, so that what a killed run left is taken away by the next
    temporary = f".{seen.real.name[:200]}.aws-sso-migrate.tmp"
    with Interrupts() as interrupts:
        transaction = Transaction([Step(change.path, seen.real, change.before, change.after, change.mode)], lambda n: temporary, interrupts)
        try:
            transaction.prepare()
            transaction.commit()
        finally:
            transaction.clean()
