"""Write the pages that are made from the code: `python -m migrate.reference` in the project's folder.

docs/reference (commands, settings, plan, exit status), docs/codes, docs/libraries, and the man page.
"""

from collections.abc import Iterator
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from migrate import __version__

EXITS = {
    0: "Done, or there was nothing to do.",
    1: "Issues need manual action, and each is listed with its file, line and reason; or the question was answered with no; or `--check` found something to change.",
    2: "Error: invalid usage, invalid input, a conflict, or a file that cannot be read or written. Nothing was changed, or what had been changed was put back.",
    129: "Stopped because the terminal was closed (SIGHUP).",
    130: "Stopped by Ctrl-C.",
    143: "Stopped by SIGTERM.",
}
"""What each exit status says."""

PLAN = {
    "sso_sessions": ("A section for each IAM Identity Center session.", {
        "sso_start_url": "Start URL of the access portal, `https://…awsapps.com/start`.",
        "sso_region": "Region of the Identity Center instance. It is not the profile's `region`.",
        "sso_registration_scopes": "Scopes of the login.",
    }),
    "profiles": ("A section for each profile of the AWS files.", {
        "action": "`sso`: convert it; `keep`: leave it unchanged; `remove`: remove its keys without a replacement.",
        "sso_session": "The session, by its name in `[sso_sessions]` or in the config file.",
        "sso_account_id": "Account ID, 12 digits. The dashes of the console are accepted.",
        "sso_role_name": "Name of the permission set, as the access portal shows it.",
        "other_account": "`yes` if the profile should use a different account than its key.",
    }),
    "code": ("What `code`, `run` and `bulk` do with Python code.", {
        "environment": "`yes` removes arguments that only pass standard variables, such as `AWS_ACCESS_KEY_ID`, as `--environment` does.",
    }),
    "targets": ("What code signs with if it runs without profiles: a pattern of paths or repositories, and `profile` or `default-chain`.", {}),
    "keys": ("Keys in source code: the whole key ID, and the profile that takes its place.", {}),
}  # fmt: skip
"""What each section of a plan and each of its settings says. `plan.configspec` has their types and defaults."""

_NOTE = "<!-- Made by `python -m migrate.reference`; change the code, not this page. -->\n"


class Option(NamedTuple):
    """An option or argument of a command, as the pages tell it."""

    names: str
    value: str
    said: str
    group: str


class Page(NamedTuple):
    """A command with its options and examples."""

    name: str
    about: list[str]
    arguments: list[Option]
    options: list[Option]


def commands() -> Iterator[Page]:
    """Return every command, in the order of work."""
    from migrate.cli.commands import program

    top = program()
    context = top.make_context("aws-sso-migrate", [], resilient_parsing=True)
    for name in top.list_commands(context):
        command = top.get_command(context, name)
        inner = getattr(command, "commands", None)
        for one, path in [(command, name)] if not inner else [(sub, f"{name} {key}") for key, sub in inner.items()]:
            yield _page(one, path, context)


def _page(command: Any, path: str, context: Any) -> Page:
    from migrate.cli.help import group_of

    arguments, options = [], []
    for param in command.get_params(context):
        if param.param_type_name == "argument":
            arguments.append(Option(str(param.metavar or param.name), "", param.help or "", ""))
        elif "--help" not in param.opts:
            names = [*sorted(param.opts, key=len), *param.secondary_opts]
            options.append(Option(", ".join(names), _value(param), _said(param), group_of(param, path)))
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    return Page(path, paragraphs, arguments, options)


def _value(param: Any) -> str:
    if param.is_flag:
        return ""
    choices = getattr(param.type, "choices", None)
    return "|".join(str(getattr(c, "value", c)) for c in choices) if choices else str(param.metavar or "TEXT")


def _said(param: Any) -> str:
    default = param.default
    default = int(default) if isinstance(default, float) and default.is_integer() else default
    shown = isinstance(default, int | float | str | Enum) and not isinstance(default, bool) and param.show_default
    text = (param.help or "").strip()
    return f"{text} Default: {getattr(default, 'value', default)}." if shown and str(default) else text


def commands_page() -> str:
    """Return the page of all commands and their options."""
    from migrate.cli.help import ENVIRONMENT, EXAMPLES

    out = ["# Commands\n", _NOTE]
    for page in commands():
        usage = " ".join(["aws-sso-migrate", page.name, "[OPTIONS]", *(argument.names for argument in page.arguments)])
        out += [f"## {page.name}\n", *(f"{_escaped(part)}\n" for part in page.about), f"```text\n{usage}\n```\n"]
        rows = [(argument.names, argument.said) for argument in page.arguments]
        rows += [(" ".join(filter(None, [option.names, option.value])), option.said) for option in page.options]
        out.append(_table(("Argument or option", "What it does"), rows))
        if lines := EXAMPLES.get(page.name):
            said = "\n".join(f"# {text.rstrip(':')}\n{line}" if text else line for text, line in lines)
            out.append(f"Examples:\n\n```sh\n{said}\n```\n")
        if variables := ENVIRONMENT.get(page.name):
            out.append(_table(("Environment variable", "What it does"), variables))
    return "\n".join(out)


def settings_page() -> str:
    """Return the page of the settings in `pyproject.toml`."""
    from migrate.tree.pyproject import SETTINGS

    rows = [(name, setting.kind, setting.commands, setting.said) for name, setting in SETTINGS.items()]
    return "\n".join(
        [
            "# Settings\n",
            _NOTE,
            "A repository's settings are in `[tool.aws-sso-migrate]` of its `pyproject.toml`, and count for its own files. The command line overrides them.\n",
            _table(("Setting", "Value", "Read by", "What it does"), rows),
        ]
    )


def plan_page() -> str:
    """Return the page of what a plan holds."""
    from configobj import ConfigObj

    text = (files("migrate.plan") / "plan.configspec").read_text(encoding="utf-8").splitlines()
    spec = ConfigObj(text, list_values=False, interpolation=False, _inspec=True)
    out = ["# Plan\n", _NOTE, "An INI file with nested sections (ConfigObj). `aws-sso-migrate plan` writes it, and you complete it.\n"]
    for section in spec.sections:
        about, known = PLAN[section]
        many = spec[section].get("__many__")
        out += [f"## [{section}]\n", f"{about}\n"]
        checks = many if hasattr(many, "scalars") else spec[section]
        if known:
            out.append(_table(("Setting", "What it says", "Default"), [(n, known[n], _default(checks[n])) for n in checks.scalars]))
    return "\n".join(out)


def _default(check: str) -> str:
    _, found, rest = check.partition("default=")
    value = rest.rstrip(")").strip("'")
    return "" if not found or not value else f"`{'no' if value == 'False' else value}`"


def exit_page() -> str:
    """Return the page of the exit statuses."""
    return "\n".join(["# Exit status\n", _NOTE, _table(("Status", "Meaning"), [(str(n), said) for n, said in EXITS.items()])])


def rules_page() -> str:
    """Return the page of the rules by which a rewrite is refused."""
    from migrate.codemod.keys.rules import Rule as Refusal
    from migrate.codemod.proof.rules import Rule as Check

    return "\n".join(
        [
            "# Rules\n",
            _NOTE,
            "A key in Python code that is left unchanged is left by a rule. `--verbose` prints its name at the end of the finding, JSON has it as `rule`. "
            "Findings of settings files (AWS225, AWS227) have no rule: they name the code that is in the way.\n",
            "## Why a rewrite is not planned\n",
            _table(("Rule", "What was found"), [(f"`{rule.label}`", rule.value) for rule in Refusal]),
            "## What a planned rewrite must keep\n",
            "Before a file is written, a second analysis checks the new text (AWS230, AWS231). What breaks one of these rules is left unchanged.\n",
            _table(("Rule", "What must hold"), [(f"`{rule.label}`", rule.value) for rule in Check]),
        ]
    )


def index_page() -> str:
    """Return the first page of the reference."""
    links = {
        "Commands and options": "commands.md",
        "Settings in pyproject.toml": "settings.md",
        "Plan": "plan.md",
        "Exit status": "exit-status.md",
        "Findings": "../codes/README.md",
        "Rules against a rewrite": "rules.md",
        "Libraries": "../libraries/README.md",
        "Output formats": "../output.md",
    }
    return "\n".join(["# Reference\n", _NOTE, *(f"- [{said}]({page})" for said, page in links.items()), ""])


def pages() -> dict[str, str]:
    """Return the pages of docs/reference: file name to text."""
    return {
        "README.md": index_page(),
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "plan.md": plan_page(),
        "exit-status.md": exit_page(),
        "rules.md": rules_page(),
    }


def man_page() -> str:
    """Return the man page: aws-sso-migrate(1)."""
    from migrate import __doc__ as about
    from migrate.cli.help import ENVIRONMENT, EXAMPLES

    out = [
        f'.TH AWS-SSO-MIGRATE 1 "" "aws-sso-migrate {__version__}"',
        ".SH NAME",
        _roff(f"aws-sso-migrate - {(about or '').strip().splitlines()[0].rstrip('.')}"),
        ".SH SYNOPSIS",
        ".B aws-sso-migrate",
        "COMMAND [OPTIONS]",
        ".SH COMMANDS",
    ]
    for page in commands():
        out += [f".SS {_roff(page.name)}"]
        for part in page.about:
            out += [_roff(part), ".PP"]
        for option in (*page.arguments, *page.options):
            out += [".TP", f".B {_roff(' '.join(filter(None, [option.names, option.value])))}", _roff(option.said or "-")]
        for said, line in EXAMPLES.get(page.name, ()):
            out += [".PP", *([_roff(said)] if said else []), ".RS", ".nf", _roff(line), ".fi", ".RE"]
    out.append(".SH EXIT STATUS")
    for n, said in EXITS.items():
        out += [".TP", f".B {n}", _roff(said)]
    out.append(".SH ENVIRONMENT")
    for name, said in dict(row for rows in ENVIRONMENT.values() for row in rows).items():
        out += [".TP", f".B {_roff(name)}", _roff(said)]
    out += [".SH SEE ALSO", _roff("aws(1), https://github.com/aws-sso-migrate/aws-sso-migrate")]
    return "\n".join(out) + "\n"


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def _table(head: tuple[str, ...], rows: Any) -> str:
    """Return a table whose first column holds names."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for row in rows:
        name, *rest = row
        code = name.replace("|", "\\|")
        lines.append(f"| `{code}` | {' | '.join(_escaped(cell) for cell in rest)} |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """Write all pages."""
    from migrate import codes
    from migrate.codemod.libraries.__main__ import pages as library_pages

    docs = Path("docs")
    for folder, wanted in ((docs / "reference", pages()), (docs / "codes", codes.pages()), (docs / "libraries", library_pages())):
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.md"):
            if path.name not in wanted:
                path.unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text, encoding="utf-8")
    Path("man").mkdir(exist_ok=True)
    Path("man/aws-sso-migrate.1").write_text(man_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
