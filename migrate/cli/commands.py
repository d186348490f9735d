"""The commands: a name, and where its function is. A module is imported only when its command is called (or listed by `--help`)."""

from collections.abc import Callable, Iterator, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from migrate import __doc__ as about
from migrate import __version__
from migrate.cli import help
from migrate.cli.options import EVERYWHERE
from migrate.errors import Refusal

COMMANDS = {
    "demo": "migrate.cli.command.demo:demo",
    "scan": "migrate.cli.command.scan:scan",
    "explain": "migrate.cli.command.explain:explain",
    "login": "migrate.cli.command.login:login",
    "plan": "migrate.cli.command.plan:plan",
    "run": "migrate.cli.command.run:run",
    "config": "migrate.cli.command.config:config",
    "code": "migrate.cli.command.code:code",
    "verify": "migrate.cli.command.verify:verify",
    "undo": "migrate.cli.command.undo:undo",
    "retire": "migrate.cli.command.retire:retire",
    "bulk": "migrate.cli.command.bulk:bulk",
    "report": "migrate.cli.command.report:report",
}
"""In the order of work."""
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": help.WIDEST}


class _Lazy(MutableMapping[str, Any]):
    """Command name to command, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            module, function = COMMANDS[name].split(":")
            self._made[name] = _command(name, getattr(import_module(module), function))
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, where in COMMANDS.items() if find_spec(where.split(":")[0]) is not None)

    def __len__(self) -> int:
        return len(list(iter(self)))


class _Group(TyperGroup):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Lazy()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        self.format_commands(ctx, formatter)
        help.write_options(ctx, self, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        help.write_commands(self.list_commands(ctx), ctx, self, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        help.write_more("", formatter)
        with formatter.section("More"):
            formatter.write_text("aws-sso-migrate COMMAND --help shows the options and examples of a command.")
            formatter.write_text("Exit status: 0 done, 1 issues need manual action, 2 error (nothing was changed).")


class Group(TyperGroup):
    """A group of commands below one of the program's, with the same look."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        help.write_commands(self.list_commands(ctx), ctx, self, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        self.format_commands(ctx, formatter)
        help.write_options(ctx, self, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        help.write_more(ctx.command_path.partition(" ")[2], formatter)


class Command(TyperCommand):
    """A command that refuses what Click lets pass: the first of two values of an option, dropped without a word."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [help.usage_piece(piece) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        help.write_options(ctx, self, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        help.write_more(ctx.command_path.partition(" ")[2], formatter)

    def make_parser(self, ctx: Any) -> Any:
        """As Click's, but it raises Refusal where an option that takes one value has two."""
        parser = super().make_parser(ctx)
        parse = parser.parse_args

        def once(args: list[str]) -> Any:
            options, rest, order = parse(args)
            valued = [p for p in order if p.param_type_name == "option" and not p.multiple and not getattr(p, "is_flag", False)]
            for param in valued:
                if sum(other is param for other in valued) > 1:
                    raise Refusal(f"{param.opts[0]} can be given only once", help="remove one of the two")
            return options, rest, order

        parser.parse_args = once  # type: ignore[method-assign]
        return parser


def _plain() -> typer.Typer:
    # plain help: rich's takes longer to import than all the rest together, and reads brackets in texts as markup
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


def _command(name: str, function: Callable[..., Any] | typer.Typer) -> Any:
    if isinstance(function, typer.Typer):  # a group of commands
        group = get_command(function)
        group.name = name
        return group
    app = _plain()
    app.command(name, cls=Command, context_settings=SETTINGS)(function)
    return get_command(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aws-sso-migrate {__version__}")
        raise typer.Exit


def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only issues that need manual action, and what stops working.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show more details.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Do not use colors (same as NO_COLOR=1).")] = False,
) -> None:
    EVERYWHERE.quiet, EVERYWHERE.verbose, EVERYWHERE.no_color = quiet, verbose, no_color


def program() -> Any:
    """The whole command line as a Typer group."""
    app = typer.Typer(
        cls=_Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
        help=about,
    )
    app.callback()(_top)
    return get_command(app)
