"""Runs one command line and turns whatever comes of it into output and an exit status. No traceback reaches a user."""

import re
import traceback
from pathlib import Path
from typing import Any

import typer

from migrate.changes.interrupts import listen_again
from migrate.cli.commands import program
from migrate.cli.options import EVERYWHERE
from migrate.cli.output import begin, has_done_something, put, put_document, set_up_streams, tell
from migrate.errors import Refusal
from migrate.keys import mask
from migrate.masking import printable
from migrate.nearest import did_you_mean
from migrate.reports import text
from migrate.reports.view import error_view, refused

# Typer brings its own Click since 0.26, and used the package before: its exceptions are found by what it exports
_ClickError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def run(args: list[str]) -> int:
    """The exit status of `aws-sso-migrate` with these arguments. Raises KeyboardInterrupt, nothing else."""
    listen_again()
    set_up_streams()
    begin()
    EVERYWHERE.quiet = EVERYWHERE.verbose = EVERYWHERE.no_color = False
    try:
        status = program().main(args=args, prog_name="aws-sso-migrate", standalone_mode=False)
        put(())  # what is still buffered
    except Refusal as refusal:
        if has_done_something():  # 2 would say that nothing was written
            tell([*text.error_lines(error_view(refusal)), "    changes made before this error remain"])
            return 1
        return _refuse(refusal, args)
    except _ClickError as error:
        return _bad_usage(error, args)
    except typer.Abort as error:
        return 130 if isinstance(error.__cause__, KeyboardInterrupt) else 1
    except BrokenPipeError:
        return 1
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 2
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # it came while a module was imported, and a class in it made
            raise KeyboardInterrupt from None
        if isinstance(error, FileNotFoundError) and _nowhere():
            return _refuse(Refusal("the current directory no longer exists", help="change to an existing directory"), args)
        return _bug(error, args)
    return status if isinstance(status, int) else 0


def _nowhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _refuse(refusal: Refusal, args: list[str]) -> int:
    form = _form(args)
    whole = refused(_command_of(args), refusal)
    tell(text.error_lines(error_view(refusal)))
    try:
        from migrate.reports.forms import DOCUMENTS, document

        if form in DOCUMENTS:
            put_document(document(form, whole))
    except Refusal:
        pass
    return 2


def _bad_usage(error: Exception, args: list[str]) -> int:
    """What Typer says of bad arguments may quote one, and that may be a key."""
    context = getattr(error, "ctx", None)
    message = mask(_said(error))
    if type(error).__name__ == "NoArgsIsHelpError" or not args:
        tell([program().make_context("aws-sso-migrate", [], resilient_parsing=True).get_help()])
        return 2
    usage = [context.get_usage()] if context is not None else []
    tell(usage)
    refusal = Refusal(message, help=f"`{context.command_path if context is not None else 'aws-sso-migrate'} --help` shows all options")
    return _refuse(refusal, args)


def _said(error: Exception) -> str:
    """Return the message of a usage error; for an unknown option with the nearest one."""
    if type(error).__name__ == "NoSuchOption":
        context: Any = getattr(error, "ctx", None)
        known = [name for param in context.command.get_params(context) for name in param.opts] if context is not None else []
        option = str(getattr(error, "option_name", ""))
        return f"No such option: {option}. {did_you_mean(option, known)}".rstrip()
    message = str(getattr(error, "format_message", lambda: "invalid usage")())
    unknown = re.match(r"No such command '([^']*)'", message)
    context = getattr(error, "ctx", None)
    if unknown is not None and context is not None:  # Typer itself suggests a command since 0.16 or so
        return f"{unknown.group()}. {did_you_mean(unknown.group(1), context.command.list_commands(context))}".rstrip()
    return message


def _bug(error: Exception, args: list[str]) -> int:
    """A mistake of the program's own. The exception's text is not shown: it may quote a line of somebody's file."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    if EVERYWHERE.verbose or "-v" in args or "--verbose" in args:
        tell(printable(mask(f"{frame.filename}:{frame.lineno} in {frame.name}")) for frame in frames)
    return _refuse(Refusal(f"internal error: {type(error).__name__}{where}", help="please report this bug; -v shows the call stack"), args)


def _form(args: list[str]) -> str:
    """The `--format` of arguments that may not have been read to the end."""
    form = "text"
    for n, arg in enumerate(args):
        if arg == "--":
            break
        if arg == "--format" and n + 1 < len(args):
            form = args[n + 1]
        elif arg.startswith("--format="):
            form = arg.removeprefix("--format=")
    return form


def _command_of(args: list[str]) -> str:
    from migrate.cli.commands import COMMANDS

    return next((arg for arg in args if arg in COMMANDS), "")
