"""Runs over trees: which files, which settings, which mapping, and files that nobody would want."""

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
AFTER = 'import boto3\n\ns3 = boto3.Session(profile_name="dev").client("s3")\n'
MAP = ["--map-key", f"{KEY}=dev"]


def write(path: str, text: str = CODE) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_ignored_excluded_and_linked_files_stay(run: Run) -> None:
    Path("r/.git").mkdir(parents=True)
    write("r/.gitignore", "build/\n*_gen.py\n!keep_gen.py\n")
    stay = [write(p) for p in ("r/build/a.py", "r/a_gen.py", "r/venv/b.py", "r/node_modules/c.py", "r/old/d.py", "elsewhere/e.py")]
    go = [write(p) for p in ("r/app.py", "r/keep_gen.py", "r/sub/f.py")]
    Path("r/link.py").symlink_to("../elsewhere/e.py")
    Path("r/linked").symlink_to("../elsewhere")
    Path("r/loop").mkdir()
    Path("r/loop/round").symlink_to(".")
    assert run("code", "r", "--yes", *MAP, "--exclude", "old/").returncode == 0
    assert {p.read_text() for p in stay} == {CODE} and {p.read_text() for p in go} == {AFTER}


def test_a_repository_below_is_one_of_its_own(run: Run) -> None:
    for name in ("one", "two"):
        Path(f"src/{name}/.git").mkdir(parents=True)
        write(f"src/{name}/app.py")
    done = run("code", "src", "--yes", *MAP)
    assert done.returncode == 0
    rows = [line for line in done.stdout.splitlines() if line.rstrip().endswith(("src/one", "src/two"))]
    assert len(rows) == 2 and all(row.split()[:3] == ["1", "1", "0"] for row in rows)


def test_an_ignore_comment_leaves_a_key_and_says_nothing(run: Run) -> None:
    text = CODE.replace('")\n', '")  # aws-sso-migrate: ignore\n')
    file = write("app.py", text)
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 0 and file.read_text() == text


def test_an_ignore_comment_with_a_code_silences_that_finding(run: Run) -> None:
    write("app.py", CODE.replace('")\n', '")  # aws-sso-migrate: ignore[AWS201]\n'))
    assert run("code", ".", "--dry-run").returncode == 0
    write("app.py", CODE.replace('")\n', '")  # aws-sso-migrate: ignore[AWS202]\n'))
    assert run("code", ".", "--dry-run").returncode == 1


def test_settings_of_a_repository_count_and_the_command_line_wins(run: Run) -> None:
    write("pyproject.toml", f'[tool.aws-sso-migrate]\nexclude = ["old/"]\nmap-key = {{ {KEY} = "from-file" }}\n')
    write("app.py"), write("old/b.py")
    done = run("code", ".", "--dry-run")
    assert done.returncode == 0 and "from-file" in done.stdout and "old/b.py" not in done.stdout
    assert 'profile_name="dev"' in run("code", ".", "--dry-run", *MAP).stdout


def test_each_repository_below_a_path_has_its_own_settings(run: Run) -> None:
    write("pyproject.toml", f'[tool.aws-sso-migrate]\nmap-key = {{ {KEY} = "of-the-folder" }}\n')
    for name in ("one", "two", "three"):
        write(f"{name}/app.py"), write(f"{name}/old/b.py"), write(f"{name}/gen/c.py")
        Path(name, ".git").mkdir()
    write("one/pyproject.toml", f'[tool.aws-sso-migrate]\nexclude = ["old/"]\nmap-key = {{ {KEY} = "of-one" }}\n')
    write("two/pyproject.toml", '[tool.aws-sso-migrate]\nprofile = "of-two"\n')
    done = run("code", ".", "--yes", "--exclude", "two/gen")
    assert done.returncode == 0, done.stderr
    signs = {str(p): next((w for w in ("of-one", "of-two", "of-the-folder") if w in p.read_text()), "") for p in Path().rglob("*.py")}
    assert signs == {
        "one/app.py": "of-one", "one/old/b.py": "", "one/gen/c.py": "of-one",
        "two/app.py": "of-two", "two/old/b.py": "of-two", "two/gen/c.py": "",
        "three/app.py": "of-the-folder", "three/old/b.py": "of-the-folder", "three/gen/c.py": "of-the-folder",
    }  # fmt: skip
    assert run("code", ".", "--check", "--exclude", "two/gen", "--exclude", "old").returncode == 0
    write("two/pyproject.toml", "[tool.aws-sso-migrate]\nprofle = 'x'\n")
    done = run("code", ".", "--yes")
    assert done.returncode == 1 and "two/pyproject.toml:2:" in done.stdout  # that repository's finding: the others are done


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("[tool.aws-sso-migrate]\nprofle = 'x'\n", 2),
        ("[tool.aws-sso-migrate]\n\nexclude = 'x'\n", 3),
        ("[tool.aws-sso-migrate]\nmap-key = ['nonsense']\n", None),
        ("[tool.aws-sso-migrate]\ntarget = 'x'\n", 2),
        ("[tool.aws-sso-migrate]\nignore = ['AWS999']\n", 2),
        ("# aws-sso-migrate\n[tool\n", 2),
        ("[tool]\naws-sso-migrate = 3\n", 2),
    ],
)
def test_malformed_settings_are_refused_with_file_and_line(run: Run, lines: str, line: int | None) -> None:
    write("pyproject.toml", lines)
    file = write("app.py")
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 2 and file.read_text() == CODE
    assert line is None or f"pyproject.toml:{line}:" in done.stderr


def test_the_profile_of_the_credentials_file_takes_a_key_s_place(run: Run, home: Path) -> None:
    write(f"{home}/.aws/credentials", f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    file = write("app.py")
    assert run("code", ".", "--yes").returncode == 0 and file.read_text() == AFTER


def test_after_config_the_backups_know_the_key(run: Run, home: Path) -> None:
    write(f"{home}/.aws/credentials", f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    session = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "eu-west-1"]
    assert run("config", "--yes", *session, "--map", "dev=111122223333/Dev").returncode == 0
    file = write("app.py")
    assert run("code", ".", "--yes").returncode == 0 and file.read_text() == AFTER


def test_a_profile_that_assumes_a_role_does_not_sign_as_its_key(run: Run, home: Path) -> None:
    role = "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = dev\n"
    write(f"{home}/.aws/credentials", f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n{role}")
    file = write("app.py")
    assert run("code", ".", "--yes").returncode == 1 and file.read_text() == CODE


def test_the_option_wins_over_the_credentials_file(run: Run, home: Path) -> None:
    write(f"{home}/.aws/credentials", f"[other]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    file = write("app.py")
    assert run("code", ".", "--yes", *MAP).returncode == 0 and file.read_text() == AFTER


@pytest.mark.parametrize("value", ["", "x", KEY, f"{KEY}=", f"{KEY[:-1]}=dev", "=dev"])
def test_a_malformed_map_key_is_refused_and_not_quoted(run: Run, value: str) -> None:
    write("app.py")
    done = run("code", ".", "--yes", f"--map-key={value}")
    assert done.returncode == 2 and KEY not in done.stderr


def test_one_key_with_two_profiles_is_refused(run: Run) -> None:
    assert run("code", ".", "--yes", *MAP, "--map-key", f"{KEY}=other").returncode == 2


HOSTILE = {
    "brackets": "(" * 100_000 + f'"{KEY}"' + ")" * 100_000,
    "minuses": "x = " + "-" * 100_000 + f'1\nk = "{KEY}"\n',
    "additions": f'k = "{KEY}"\nx = ' + "+".join(['"a"'] * 20_000) + "\n",
    "additions in newer syntax": f'k = "{KEY}"\ntype X = int\nx = ' + "+".join(['"a"'] * 20_000) + "\n",
    "NUL": f'k = "{KEY}"\x00\n',
    "long line": f'k = "{KEY}"; x = "' + "a" * 10_000_000 + '"\n',
    "long file": f'k = "{KEY}"\n' + "x = 1\n" * 8_000_000,
    "Python 2": f'print "{KEY}"\n',
    "conflict": f'<<<<<<< HEAD\nk = "{KEY}"\n=======\n>>>>>>> x\n',
    "elif": f'k = "{KEY}"\nif k == 0:\n    pass\n' + "".join(f"elif k == {n}:\n    pass\n" for n in range(3000)),
    "dots": f'k = "{KEY}"\nx = k' + ".a" * 50_000 + "\n",
}


SECONDS = "additions in newer syntax"
"""LibCST does not come to an end with it, and is waited for."""


@pytest.mark.parametrize("kind", [pytest.param(k, marks=pytest.mark.slow) if k == SECONDS else k for k in HOSTILE])
def test_files_that_no_parser_likes_are_reported_and_the_rest_goes_on(run: Run, kind: str) -> None:
    Path("bad.py").write_text(HOSTILE[kind])
    good = write("good.py")
    done = run("code", ".", "--yes", *MAP, timeout=300)
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr
    assert done.returncode == 1 and "bad.py" in done.stdout, done.stdout + done.stderr
    assert Path("bad.py").read_text() == HOSTILE[kind] and good.read_text() == AFTER


def test_files_that_are_none_or_cannot_be_read(run: Run, run_without_powers: Run) -> None:
    os.mkfifo("pipe.py")
    good = write("good.py")
    Path("latin.py").write_bytes(b"k = '" + KEY.encode() + b"\xff'\n")
    Path("dangling.py").symlink_to("nowhere.py")
    write("secret.py").chmod(0)
    done = run_without_powers("code", ".", "--yes", *MAP)
    assert done.returncode == 1 and all(name in done.stdout for name in ("pipe.py", "latin.py", "secret.py"))
    assert good.read_text() == AFTER and "dangling" not in done.stdout
    assert run("code", "nowhere", "--yes").returncode == 2 and run("code", "pipe.py", "--yes").returncode == 2


def test_many_programs_are_rewritten_by_several_processes(run: Run) -> None:
    files = [write(f"app{n}.py") for n in range(20)]
    assert run("code", ".", "--yes", *MAP, "--jobs", "3").returncode == 0
    assert {f.read_text() for f in files} == {AFTER}


def test_in_a_large_tree_the_users_of_a_constant_are_found(run: Run) -> None:
    write("pkg/__init__.py", "")
    write("pkg/settings.py", f'REGION = "eu-west-1"\nKEY = "{KEY}"\nSECRET = "{SECRET}"\n')
    write("pkg/again.py", "from .settings import KEY, SECRET\n")
    use = 'import boto3\n\nfrom pkg.again import KEY, SECRET\n\ns3 = boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n'
    user = write("bin/user.py", use)
    module = write("bin/module.py", use.replace("from pkg.again import KEY, SECRET", "import pkg.settings as s").replace("=KEY", "=s.KEY").replace("=SECRET", "=s.SECRET"))  # fmt: skip
    for n in range(400):
        write(f"many/m{n}.py", "import pkg.settings\n\nprint(pkg.settings.REGION)\n")
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 0, done.stdout
    assert user.read_text() == AFTER and module.read_text() == AFTER
    assert Path("pkg/settings.py").read_text() == 'REGION = "eu-west-1"\n'


@pytest.mark.slow
def test_installed_packages_are_left_alone(run: Run) -> None:
    site = Path(sys.modules["pytest"].__file__ or "").parents[1]
    done = run(
        "code", *(str(p) for p in sorted(site.iterdir()) if (p / "__init__.py").exists()), "--check", "--profile", "dev", timeout=1200
    )
    assert "nested too deeply" not in done.stdout and "analysis failed" not in done.stdout and "internal error" not in done.stderr
    assert done.returncode in (0, 1) and "+++" not in done.stdout
