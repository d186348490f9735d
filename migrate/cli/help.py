"""How `--help` looks: commands and options in groups, examples, environment variables. Plain text, as wide as the terminal."""

import re
from collections.abc import Collection
from typing import Any

COMMAND_GROUPS = {
    "Assess": ("demo", "scan", "explain"),
    "Plan": ("login", "plan"),
    "Migrate": ("run", "config", "code"),
    "Verify": ("verify", "undo"),
    "Clean up": ("retire",),
    "Scale": ("bulk", "report"),
}
"""The commands in the order of work."""

WIDEST = 110
"""Columns that help takes at most: longer lines are hard to read."""

OPTION_GROUPS = {
    "Mapping": (
        "--plan", "--map", "--keep", "--other-account", "--map-key", "--profile", "--target", "--environment", "--allow-missing-profile",
    ),
    "SSO session": ("--sso-session", "--sso-start-url", "--sso-region", "--sso-registration-scopes"),
    "Actions": ("--deactivate", "--reactivate", "--delete", "--list", "--purge"),
    "Files": ("--output", "--credentials-file", "--config-file", "--exclude", "--unrelated", "--baseline", "--write-baseline", "--workdir"),
    "Git": ("--git-branch", "--git-commit", "--branch", "--commit-message", "--push", "--hooks", "--pull-request-body", "--then", "--host"),
    "Execution": ("--offline", "--jobs", "--scheduler", "--timeout", "--memory", "--retry"),
    "Applying changes": ("--yes", "--dry-run", "--check", "--review", "--force"),
    "Output": ("--format", "--report", "--stat", "--quiet", "--verbose", "--no-color"),
}  # fmt: skip
"""Options by their long name, in the order of each group; those in no group come first, as `Options`."""

OWN_GROUPS = {("demo", "--keep"): "Files", ("retire", "--profile"): "Options"}
"""Options that mean something else in one command than elsewhere."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("See a complete migration without touching your files:", "aws-sso-migrate demo"),
        ("Find every key on this machine and in a project:", "aws-sso-migrate scan ~/src/project"),
        ("Write a plan, then carry it out:", "aws-sso-migrate plan --discover ~/src/project"),
        ("", "aws-sso-migrate run ~/src/project"),
    ),
    "scan": (
        ("Scan the home directory and the environment:", "aws-sso-migrate scan"),
        ("Scan a project, including its git history:", "aws-sso-migrate scan ~/src/project --history"),
        ("Scan only the project, in CI:", "aws-sso-migrate scan --paths-only --format sarif ."),
        ("Report only new findings from now on:", "aws-sso-migrate scan . --baseline aws-keys.json --write-baseline"),
        ("", "aws-sso-migrate scan . --baseline aws-keys.json"),
    ),
    "plan": (
        ("Write a plan from the AWS files alone:", "aws-sso-migrate plan --sso-session corp --sso-start-url https://corp.awsapps.com/start --sso-region eu-west-1"),
        ("Query AWS for accounts and roles, and list the keys in a project:", "aws-sso-migrate plan --discover ~/src/project"),
    ),
    "config": (
        ("Convert the profiles of a plan:", "aws-sso-migrate config --plan sso-migration.ini"),
        ("Convert one profile without a plan:", "aws-sso-migrate config --sso-session corp --map dev=123456789012/PowerUserAccess"),
        ("Show what would change:", "aws-sso-migrate config --plan sso-migration.ini --dry-run"),
    ),
    "code": (
        ("Rewrite a project, using the keys of a plan:", "aws-sso-migrate code ~/src/project --plan sso-migration.ini"),
        ("Rewrite on a new branch and commit:", "aws-sso-migrate code . --profile dev --git-branch remove-keys --git-commit"),
        ("Fail in CI if anything would change:", "aws-sso-migrate code . --check"),
    ),
    "run": (
        ("Carry out the plan for the AWS files and a project:", "aws-sso-migrate run ~/src/project --plan sso-migration.ini"),
        ("Accept or skip each change:", "aws-sso-migrate run ~/src/project --review"),
    ),
    "login": (
        ("Log in to the only session:", "aws-sso-migrate login"),
        ("Log in on a machine without a browser:", "aws-sso-migrate login corp --no-browser"),
    ),
    "verify": (
        ("Check all profiles:", "aws-sso-migrate verify"),
        ("Compare two profiles with the plan, without querying AWS:", "aws-sso-migrate verify dev prod --plan sso-migration.ini --offline"),
    ),
    "undo": (
        ("Undo the latest run:", "aws-sso-migrate undo"),
        ("List all runs:", "aws-sso-migrate undo --list"),
        ("Delete the backups of a run, which contain the old keys:", "aws-sso-migrate undo --purge RUN"),
    ),
    "retire": (
        ("List the replaced keys and their last use:", "aws-sso-migrate retire"),
        ("Deactivate them, and delete them a week later:", "aws-sso-migrate retire --deactivate"),
        ("", "aws-sso-migrate retire --delete"),
    ),
    "bulk": (
        ("Show what would change in the repositories of an organization:", "gh repo list ORG --json sshUrl --jq '.[].sshUrl' | aws-sso-migrate bulk - --plan sso-migration.ini --dry-run"),
        ("Rewrite, push and open pull requests:", "aws-sso-migrate bulk repositories.txt --plan sso-migration.ini --push --then 'gh pr create --title \"$AWS_SSO_MIGRATE_TITLE\" --body-file \"$AWS_SSO_MIGRATE_BODY\"'"),
    ),
    "demo": (("Keep the example for your own tests:", "aws-sso-migrate demo --keep /tmp/demo"),),
    "explain": (("Print the page of a finding code:", "aws-sso-migrate explain AWS202"),),
    "report": (
        ("Plot the remaining keys of several runs:", "aws-sso-migrate report trend scan-*.json -o trend.html"),
        ("Create the review page of a run:", "aws-sso-migrate report html run.json -o run.html"),
    ),
    "report trend": (("Plot the reports of several runs:", "aws-sso-migrate report trend scan-*.json -o trend.html"),),
    "report html": (("Create a page from a JSON report:", "aws-sso-migrate report html run.json -o run.html"),),
}  # fmt: skip
"""What it does, and the command line. No description: the command belongs to the one above."""

_FILES = (
    ("AWS_CONFIG_FILE", "The config file (default: ~/.aws/config)."),
    ("AWS_SHARED_CREDENTIALS_FILE", "The credentials file (default: ~/.aws/credentials)."),
)
_STATE = (("XDG_STATE_HOME", "Parent folder of backups and the journal (default: ~/.local/state)."),)
_NETWORK = (
    ("HTTPS_PROXY, AWS_CA_BUNDLE", "Proxy and certificates for requests to AWS."),
    ("AWS_ENDPOINT_URL_<SERVICE>", "Custom endpoint of a service."),
)
_EDITOR = (("VISUAL, EDITOR", "Editor for answer e of --review."),)
_PAGER = (("PAGER", "Program that shows long diffs on a terminal (default: less; cat turns it off)."),)
ENVIRONMENT: dict[str, tuple[tuple[str, str], ...]] = {
    "": (*_FILES, *_STATE, *_PAGER, ("NO_COLOR", "Set to any value to turn colors off.")),
    "scan": (*_FILES, *_STATE),
    "plan": (*_FILES, *_NETWORK),
    "config": (*_FILES, *_STATE, *_EDITOR, *_PAGER),
    "code": (*_FILES, *_STATE, *_EDITOR, *_PAGER),
    "run": (*_FILES, *_STATE, *_NETWORK, *_EDITOR, *_PAGER),
    "login": (*_FILES, ("AWS_PROFILE", "Its session is the default."), *_NETWORK),
    "verify": (*_FILES, *_NETWORK),
    "undo": (*_STATE, *_PAGER),
    "retire": (*_FILES, *_STATE, *_NETWORK),
}


def write_commands(names: Collection[str], context: Any, group: Any, formatter: Any) -> None:
    """Write the commands of a group under their headings, with whole summaries."""
    known = set(names)
    grouped = {name for commands in COMMAND_GROUPS.values() for name in commands}
    rest = tuple(name for name in names if name not in grouped)
    for title, commands in (*COMMAND_GROUPS.items(), ("Commands", rest)):
        rows = [(name, _summary(group.get_command(context, name))) for name in commands if name in known]
        if rows:
            width = max(map(len, known))
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in rows])


def write_options(context: Any, command: Any, formatter: Any) -> None:
    """Write arguments and options, each group under its heading."""
    arguments = []
    groups: dict[str, list[tuple[str, str]]] = {"Options": [], **{title: [] for title in OPTION_GROUPS}, "Help": []}
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is None:
            continue
        if param.param_type_name == "argument":
            arguments.append((record[0].strip("[]{}"), record[1].replace("  [required]", "")))
        else:
            groups[group_of(param, command.name)].append((record[0], _plain(record[1])))
    for title, rows in (("Arguments", arguments), *groups.items()):
        if rows:
            order = OPTION_GROUPS.get(title, ())
            with formatter.section(title):
                formatter.write_dl(sorted(rows, key=lambda row: next((n for n, name in enumerate(order) if name in row[0].split(" ")), -1)))


def _plain(said: str) -> str:
    """A help text without the notation of ranges: a value out of one is refused with it."""
    return re.sub(r"(default: \d+)\.0(?=\])", r"\1", re.sub(r"; x>=[\d.]+\]$", "]", re.sub(r"\s*\[x>=[\d.]+\]$", "", said)))


def write_more(path: str, formatter: Any) -> None:
    """Write the examples and the environment variables of a command (`report trend`; the program itself: an empty path)."""
    if path in EXAMPLES:
        with formatter.section("Examples"):
            for n, (said, line) in enumerate(EXAMPLES[path]):
                if said:
                    formatter.write("\n" if n else "")
                    formatter.write_text(said)
                formatter.write(f"    {line}\n")
    if path in ENVIRONMENT:
        with formatter.section("Environment variables"):
            formatter.write_dl(ENVIRONMENT[path])


def usage_piece(text: str) -> str:
    """Return an argument as a usage line has it: Typer puts braces around a required one."""
    return text[1:-1] if text.startswith("{") else text


def group_of(param: Any, command: str | None = None) -> str:
    """Return the heading that an option stands under."""
    if "--help" in param.opts:
        return "Help"
    for name in param.opts:
        if (command, name) in OWN_GROUPS:
            return OWN_GROUPS[command or "", name]
    return next((title for title, names in OPTION_GROUPS.items() if not set(names).isdisjoint(param.opts)), "Options")


def _summary(command: Any) -> str:
    return str(command.get_short_help_str(limit=1000)).removesuffix(".")
