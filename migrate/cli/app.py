"""The program's entry. Kept small: what it imports, `--help` and a Ctrl-C in the first tenth of a second pay for."""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

PROGRAM = "aws-sso-migrate"


def _be_careful() -> None:
    """No program is taken out of the current folder, which may be a stranger's, and no core dump, which would hold keys, is left lying."""
    if "PATH" in os.environ:
        os.environ["PATH"] = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if part.startswith(os.sep))
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, OSError, ValueError):
        pass


def _say_interrupted() -> None:
    """Tell whoever pressed Ctrl-C that nothing was changed, where that is so. Imports nothing: it may come in the first moment."""
    output = sys.modules.get("migrate.cli.output")
    changed = output is not None and output.has_done_something()
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write("\nInterrupted.\n" if changed else "\nInterrupted. Nothing was changed.\n")
        sys.stderr.flush()


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line (`args` or sys.argv) and ends the program with its status: 0, 1, 2, or 130 after Ctrl-C."""
    if sys.platform == "win32":  # before anything is imported that needs what it lacks
        sys.stderr.write(f"{PROGRAM}: Windows is not supported\n    use it in WSL 2 (wsl --install): see docs/windows.md\n")
        sys.exit(2)
    try:
        _be_careful()
        gc.set_threshold(
            50_000, 20, 20
        )  # imports make many objects that stay: looking through them again and again was a tenth of the start
        from migrate.cli.invoke import run

        status = run(list(sys.argv[1:] if args is None else args))
        if status == 130:
            _say_interrupted()
        # all is said and done: a Ctrl-C while the interpreter tidies up must not make it look otherwise
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except (KeyboardInterrupt, RuntimeError) as error:
        # before Python 3.12, a Ctrl-C while a class is made comes as the cause of a RuntimeError
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        status = 130
        _say_interrupted()
    gc.freeze()  # what is left goes with the process, without being looked through once more
    sys.exit(status)
