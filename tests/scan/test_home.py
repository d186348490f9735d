"""The home folder's places and the environment."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.scan.test_scan import brief, found, ini, write

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]


def test_nothing_there(run: Run) -> None:
    done = run("scan")
    assert done.returncode == 0 and "No AWS keys found" in done.stdout


def test_the_aws_files(home: Path, run: Run) -> None:
    write(
        home / ".aws/credentials",
        f"[default]\n{ini('d')}[minio]\n{ini('m')}[split]\naws_access_key_id = {key_id('s')}\n"
        f"[doc]\naws_access_key_id = AKIA{'IOSFODNN7EXAMPLE'}\naws_secret_access_key = {secret('doc')}\n[role]\nrole_arn = x\n"
        f"[both]\n{ini('both')}# aws-sso-migrate: ignore\n[quiet]\n# aws-sso-migrate: ignore\n{ini('quiet')}# old: {key_id('o')} {secret('o')}\n",
    )
    write(
        home / ".aws/config",
        f"[profile minio]\nendpoint_url = http://localhost:9000\n[profile split]\naws_secret_access_key = {secret('s')}\n"
        "[profile both]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = R\n",
    )
    findings = found(run)
    assert {(f["code"], f["profile"], f["line"]) for f in findings} == {
        ("AWS301", "default", 2),
        ("AWS331", "minio", 5),
        ("AWS301", "split", 8),
        ("AWS301", "both", 15),
        ("AWS301", None, 22),
    }
    assert "prefer" in next(f["message"] for f in findings if f["profile"] == "both")


def test_files_elsewhere_and_files_that_are_none(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "x/keys", f"[a]\n{ini('a')}")
    write(home / "x/keys.bak", f"[a]\n{ini('b')}")
    write(home / "x/unrelated", f"[a]\n{ini('c')}")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/x/keys")
    assert brief(found(run)) == {("AWS301", "keys", 2), ("AWS302", "keys.bak", 2)}
    write(home / "x/keys", f"[a]\n{ini('a')}[a]\nno setting\n")  # botocore refuses it
    assert brief(found(run)) == {("AWS339", "keys", 4), ("AWS301", "keys", 2), ("AWS302", "keys.bak", 2)}
    (home / "x/keys").unlink()
    os.mkfifo(home / "x/keys")
    assert brief(found(run)) == {("AWS339", "keys", None), ("AWS302", "keys.bak", 2)}


def test_a_file_that_cannot_be_read_hides_nothing_of_the_other(home: Path, run: Run) -> None:
    write(home / ".aws/credentials", f"[dev]\n{ini('dev')}")
    write(home / ".aws/config", f"[profile dev]\n<<<<<<< HEAD\n[profile x]\n{ini('x')}")
    findings = {(f["code"], Path(f["path"]).name): f for f in found(run)}
    assert set(findings) == {("AWS339", "config"), ("AWS301", "config"), ("AWS301", "credentials")}
    assert "profile dev has" in findings["AWS301", "credentials"]["message"] and findings["AWS339", "config"]["line"] == 2
    assert "a file that botocore cannot read contains" in findings["AWS301", "config"]["message"]


def test_a_key_is_named_once_and_as_the_sdks_take_it(home: Path, run: Run) -> None:
    write(home / ".aws/credentials", f"[a]\n{ini('one')}[b]\n{ini('one')}[c]\n{ini('c').replace(key_id('c'), key_id('c') + ' # prod')}"
          f"[q]\n{ini('q').replace(key_id('q'), repr(key_id('q')))}[h]\n{ini('new')}")  # fmt: skip
    write(home / ".aws/config", f"[profile h]\n{ini('hidden')}")
    findings = found(run)
    assert [(f["key"][-4:], f["profile"]) for f in findings if f["path"].endswith("credentials")] == [
        (key_id(key)[-4:], profile) for key, profile in (("one", "a"), ("c", "c"), ("q", "q"), ("new", "h"))
    ]
    said = {f["profile"]: f["message"] for f in findings if f["path"].endswith("credentials")}
    assert "profiles a, b have key" in said["a"] and "part of the key ID" in said["c"] and "part of the key ID" in said["q"]
    (hidden,) = [f for f in findings if f["path"].endswith("config")]
    assert hidden["key"][-4:] == key_id("hidden")[-4:] and "which the other file's key hides" in hidden["message"]


def test_sources_of_dotfile_managers_and_other_places(home: Path, run: Run) -> None:
    places = {
        ".local/share/chezmoi/private_dot_aws/private_credentials": "AWS302",
        ".local/share/chezmoi/dot_zshrc": "AWS314",
        ".dotfiles/aws/credentials": "AWS302",
        ".steampipe/config/aws.spc": "AWS312",
        ".direnvrc": "AWS303",
        ".config/direnv/direnvrc": "AWS303",
    }
    for name in places:
        write(home / name, f"[x]\n{ini(name)}")
    assert {(f["path"].removeprefix(f"{home}/"), f["code"]) for f in found(run)} == set(places.items())
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=home / ".dotfiles", check=True)
    in_git = [f for f in found(run) if "/.dotfiles/" in f["path"]]
    assert [(f["code"], f["key"][-4:]) for f in in_git] == [("AWS305", key_id(".dotfiles/aws/credentials")[-4:])]


def test_copies_beside(home: Path, run: Run) -> None:
    for name in ("credentials.bak", "credentials~", "old/credentials", "config.2020", "kim_accessKeys.csv"):
        write(home / ".aws" / name, f"[x]\n{ini(name)}")
    write(home / ".aws/.credentials.swp", b"b0VIM 9.0\0\0\0" + ini("swap").replace("\n", "\0").encode() + b"\0" * 50)
    write(home / ".aws/cli/cache/x.json", ini("cache"))
    write(home / "Downloads/kim_accessKeys (1).csv", f"Access key ID,Secret access key\n{key_id('dl')},{secret('dl')}\n")
    findings = found(run)
    assert {f["code"] for f in findings} == {"AWS302"}
    assert {Path(f["path"]).name for f in findings} == {
        "credentials.bak", "credentials~", "credentials", "config.2020", "kim_accessKeys.csv", ".credentials.swp", "kim_accessKeys (1).csv",
    }  # fmt: skip


STARTUP = {
    ".bashrc": "alias x=y\nexport AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={secret}\n",
    ".zshrc": "  export AWS_ACCESS_KEY_ID=$(pass aws/id)\n",
    ".profile": 'if true; then AWS_ACCESS_KEY_ID="{id}"; export AWS_ACCESS_KEY_ID; fi\n',
    ".bash_profile": "declare -x AWS_SECRET_ACCESS_KEY='{secret}'\n",
    ".config/fish/config.fish": "set -gx AWS_ACCESS_KEY_ID {id}\n",
    ".config/fish/conf.d/aws.fish": "set --export AWS_ACCESS_KEY_ID {id}\n",
    ".cshrc": "setenv AWS_ACCESS_KEY_ID {id}\n",
    ".config/environment.d/aws.conf": "AWS_ACCESS_KEY_ID={id}\n",
    ".pam_environment": "AWS_ACCESS_KEY_ID DEFAULT={id}\n",
}


@pytest.mark.parametrize("name", STARTUP)
def test_a_startup_file_that_sets_keys(name: str, home: Path, run: Run) -> None:
    write(home / name, STARTUP[name].format(id=key_id(name), secret=secret(name)))
    findings = found(run)
    assert {f["code"] for f in findings} == {"AWS303"} and len(findings) == 1
    assert findings[0]["line"] == (2 if name == ".bashrc" else 1)


def test_what_a_startup_file_sources(home: Path, run: Run) -> None:
    write(home / ".bashrc", "[ -f ~/.keys ] && . ~/.keys\nsource $HOME/.bashrc\n")
    write(home / ".keys", "export AWS_ACCESS_KEY_ID=abc\n")
    assert brief(found(run)) == {("AWS303", ".keys", 1)}


def test_startup_files_that_set_none(home: Path, run: Run) -> None:
    write(
        home / ".bashrc",
        "# export AWS_ACCESS_KEY_ID=foo\nunset AWS_ACCESS_KEY_ID\nexport AWS_ACCESS_KEY_ID=\nexport AWS_PROFILE=dev\n"
        '[ -z "$AWS_ACCESS_KEY_ID" ] && echo no key\necho "AWS_ACCESS_KEY_ID is $AWS_ACCESS_KEY_ID"\nexport AWS_ACCESS_KEY_ID=""\n'
        f"export AWS_ACCESS_KEY_ID=AKIA{'IOSFODNN7EXAMPLE'}\n",
    )
    assert found(run, status=0) == []


def test_the_environment(run: Run) -> None:
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": key_id("e"), "AWS_SECRET_ACCESS_KEY": secret("e")}
    [finding] = found(run, env=environment)
    assert finding["code"] == "AWS304" and finding["key"] == f"AKIA…{key_id('e')[-4:]}"
    assert found(run, "--paths-only", ".", status=0, env=environment) == []
    assert found(run, status=0, env={**os.environ, "AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "x"}) == []
    [other] = found(run, env={**os.environ, "PROD_KEY": key_id("p"), "PROD_SECRET": secret("p")})
    assert "PROD_KEY" in other["message"]


def test_a_path_does_not_name_the_homes_places_twice(home: Path, run: Run) -> None:
    write(home / ".aws/credentials", f"[default]\n{ini('d')}")
    write(home / ".bashrc", f"export AWS_ACCESS_KEY_ID={key_id('b')}\nexport AWS_SECRET_ACCESS_KEY={secret('b')}\n")
    write(home / "project/.env", ini("p"))
    assert brief(found(run, str(home))) == {("AWS301", "credentials", 2), ("AWS303", ".bashrc", 1), ("AWS306", ".env", 1)}


def test_our_own_backups_are_mentioned(home: Path, run: Run) -> None:
    write(home / ".aws/credentials", f"[default]\n{ini('d')}")
    assert run("config", "--yes", *SESSION, "--map", "default=111122223333/R").returncode == 0
    [note] = found(run, str(home), status=0)
    assert note["code"] == "AWS330" and "--purge" in note["help"]


def test_dotfiles_in_git(home: Path, run: Run) -> None:
    write(home / ".aws/credentials", f"[default]\n{ini('d')}")
    subprocess.run(["git", "init", "-q", "."], check=True, cwd=home)
    subprocess.run(["git", "add", "."], check=True, cwd=home)
    assert {f["code"] for f in found(run)} == {"AWS301", "AWS305"}


def test_no_home(run: Run) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "HOME"} | {"HOME": ""}
    write(Path("a.ini"), ini("a"))
    done = run("scan", "a.ini", env=environment)
    assert done.returncode == 1 and "AWS313" in done.stdout
