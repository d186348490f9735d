"""One file written atomically without a journal: a plan, which `undo` is not for, since the program only ever adds to it."""

from migrate.changes.apply import preflight
from migrate.changes.change import Change
from migrate.changes.folder import cut_name
from migrate.changes.interrupts import Interrupts
from migrate.changes.write import Step, Transaction, look
from migrate.errors import Refusal


def write_single(change: Change, private: bool = False) -> None:
    """Make one change, or none. `private`: the file is 0600 afterwards, whatever it was.

    Raise Refusal where the file is no longer what was read, or cannot be written; KeyboardInterrupt.
    """
    preflight([change])
    seen = look(change.path)
    if not seen.real.parent.is_dir():
        raise Refusal("its folder does not exist", path=change.path)
    # always the same name, so that what a killed run left is taken away by the next
    temporary = cut_name(".", seen.real.name, ".aws-sso-migrate.tmp")
    with Interrupts() as interrupts:
        transaction = Transaction(
            [Step(change.path, seen.real, change.before, change.after, change.mode, private=private)], lambda n: temporary, interrupts
        )
        try:
            transaction.prepare()
            transaction.commit()
        finally:
            transaction.clean()
