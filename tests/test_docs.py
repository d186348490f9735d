"""README and docs: links resolve, pages made from the code are current, commands exist, and recipes run."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from migrate import __version__, reference
from migrate.cli.commands import program
from migrate.tree.pyproject import SETTINGS, read_settings
from tests.conftest import Run
from tests.madeup import key_id, secret

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^(`{3,}).*?^\1", "", read(path)))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and MkDocs make them."""
    heads = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^(`{3,}).*?^\1", "", read(path)))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", head.lower()).strip()) for head in heads}


def test_every_link_between_pages_resolves() -> None:
    broken = []
    for page in PAGES:
        for match in _LINK.finditer(prose(page)):
            target, _, anchor = (match[1] or match[2]).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = page if not target else (page.parent / target).resolve()
            if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
                broken.append(f"{page.relative_to(ROOT)}: {match[0]}")
    assert broken == []


def test_the_site_has_every_page() -> None:
    text = read(ROOT / "mkdocs.yml")
    named = set(re.findall(r"[\w/-]+\.md", text.partition("\nnav:")[2]))
    assert named - {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")} == set()
    assert {p.name for p in DOCS.glob("*.md")} - named - {"style-guide.md"} == set()  # that one is for those who work on the program


def test_the_reference_and_the_man_page_are_current() -> None:
    """After a change of a command, a setting or the plan: `python -m migrate.reference`."""
    assert {path.name: read(path) for path in (DOCS / "reference").glob("*.md")} == reference.pages()
    assert read(ROOT / "man/aws-sso-migrate.1") == reference.man_page()


def test_every_setting_of_the_reference_is_taken() -> None:
    values = {
        "a list of strings": "[]",
        "a list of strings or a table": "[]",
        "a string": '"profile"',
        "a number": "1",
        "true or false": "true",
    }
    for name, setting in SETTINGS.items():
        text = f"[tool.aws-sso-migrate]\n{name} = {values[setting.kind]}\n"
        assert read_settings(text.encode(), Path("pyproject.toml")) is not None


def commands(page: Path) -> Iterator[list[str]]:
    """The command lines of this program in a page's code, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", read(page))
    for match in re.finditer(r"(?m)^[\s-]*(?:run: )?(sh ')?(?:\.venv/bin/)?aws-sso-migrate (.+)$|^\s+args: (.*)$", text):
        for part in (match[2].removesuffix("'") if match[1] else match[2] or match[3]).split(" && aws-sso-migrate "):
            yield shlex.split(re.split(r" (?:\|\|?|>) ", part)[0], comments=True)


def test_every_command_in_the_pages_exists_with_its_options() -> None:
    top = program()
    seen = 0
    for page in PAGES:
        for words in commands(page):
            if not words or words[0] in ("…", "COMMAND") or words[0].startswith("-"):
                continue
            seen += 1
            context = top.make_context("aws-sso-migrate", [], resilient_parsing=True)
            command, args = top.get_command(context, words[0]), words[1:]
            assert command is not None, (page.name, words)
            if hasattr(command, "commands"):
                assert args and args[0] in command.commands, (page.name, words)
                command, args = command.commands[args[0]], args[1:]
            known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}
            given = {word.partition("=")[0] for word in args if re.match(r"--?[a-z]", word)}
            assert given <= known, (page.relative_to(ROOT), words, given - known)
    assert seen > 50


def lay_project() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text(
        f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'
    )


def test_the_migration_of_the_readme(run: Run, home: Path) -> None:
    lay_project()
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n")
    before = (home / ".aws/credentials").read_bytes(), Path("src/app.py").read_bytes()
    lines = list(commands(ROOT / "README.md"))
    scan, plan, whole, login, verify, undo, retire = [
        words for words in lines if words[0] in ("scan", "plan", "run", "login", "verify", "undo", "retire")
    ][:7]
    assert run(*scan).returncode == 1
    done = run(*plan)
    assert done.returncode == 0, done.stderr
    file = Path("sso-migration.ini")
    file.write_text(re.sub(r"(?m)^(\s*)#?\s*sso_role_name =.*$", r"\1sso_role_name = Developer", file.read_text()))
    done = run(*whole, "--yes", "--offline")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'profile_name="dev"' in Path("src/app.py").read_text() and (home / ".aws/credentials").read_text() == ""
    assert run(*verify, "--offline").returncode == 0 and login == ["login", "corp"] and retire == ["retire"]
    assert run(*undo, "--yes").returncode == 0
    assert ((home / ".aws/credentials").read_bytes(), Path("src/app.py").read_bytes()) == before


@pytest.mark.parametrize("found", [True, False], ids=["a key", "clean"])
def test_the_recipes_for_ci_run(run: Run, found: bool) -> None:
    if found:
        lay_project()
    wanted = [words for words in commands(DOCS / "ci.md") if words[0] == "scan"]
    action = yaml.safe_load(read(ROOT / "action.yml"))
    wanted.append(shlex.split(action["inputs"]["args"]["default"]))
    assert len(wanted) > 6
    for words in wanted:
        done = run(*words)
        clean = not found or "--baseline" in words
        assert done.returncode == (0 if clean else 1), (words, done.stdout, done.stderr)


def test_the_reference_of_the_plan_names_every_setting() -> None:
    from migrate.reference import EXITS, PLAN, exit_page, plan_page

    page = plan_page()
    assert all(f"| `{name}` |" in page for _, known in PLAN.values() for name in known)
    assert all(f"| `{status}` |" in exit_page() for status in EXITS) and {129, 130, 143} <= EXITS.keys()


def test_the_version_comes_from_one_place() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))
    assert project["project"]["dynamic"] == ["version"] and project["tool"]["hatch"]["version"]["path"] == "migrate/__init__.py"
    for page in (ROOT / "README.md", DOCS / "ci.md", DOCS / "guide-team.md"):
        assert set(re.findall(r"(?:rev: v|@v(?=\d+\.\d+\.\d)|aws_sso_migrate-)(\d+\.\d+\.\d+)", read(page))) <= {__version__}
