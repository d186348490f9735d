"""Advice names options that the command has which gives it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import migrate
from migrate.awsfiles.advice import HELP, IN_PLAN
from migrate.cli.commands import program
from migrate.findings import Finding
from migrate.migration.whole import by_plan
from tests.madeup import key_id

ROOT = Path(migrate.__file__).parent
OPTION = re.compile(r"(?<![\w`-])--[a-z][a-z-]+")
OTHERS = {"--program", "--directory", "--from", "--name", "--file", "--version", "--nbmake", "--nbval", "--python"}
"""Of LibCST's command, and of tools that the code looks at."""


def options(command: str) -> set[str]:
    """The options of a command."""
    found = program().commands[command]
    return {name for option in found.params for name in (*option.opts, *option.secondary_opts)}


def advice_of_code() -> Iterator[str]:
    """The texts in the codemod that name an option, docstrings apart."""
    for path in sorted(ROOT.glob("codemod/**/*.py")):
        if path.name == "command.py":
            continue
        tree = ast.parse(path.read_text())
        plain = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in plain else ""
            if OPTION.search(text) and "\\" not in text and "to the program" not in text:  # a pattern, another program's option
                yield text


@pytest.mark.parametrize("code", HELP)
def test_advice_about_profiles(code: str) -> None:
    help = HELP[code].format(name="dev")
    assert set(OPTION.findall(help)) <= options("config")
    assert set(OPTION.findall(by_plan(Finding(code, "config", "", help=help, profile="dev")).help)) <= options("run")


def test_the_plan_s_advice_is_no_other_than_that_of_options() -> None:
    assert set(IN_PLAN) == {code for code, help in HELP.items() if not set(OPTION.findall(help)) <= options("run")} | {"AWS193"}


@pytest.mark.parametrize("text", sorted(set(advice_of_code())))
def test_advice_about_code(text: str) -> None:
    named = set(OPTION.findall(text)) - OTHERS
    assert named <= options("code")
    finding = Finding("AWS201", "a.py", "", help=text, key=key_id("dev"))
    if text.startswith(("--map-key requires", "--profile requires", "--map-key maps")):
        return  # refusals of the option itself
    assert set(OPTION.findall(by_plan(finding).help)) - OTHERS <= options("run"), by_plan(finding).help
