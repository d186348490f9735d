"""git with a remote: clone, fetch and push, with the user's own ssh and credential helpers, and nothing that a repository names.

git gets the URL without user and password: it hands a whole one to `git-remote-https` on its command line, which every user of the machine may
read, and keeps it in the clone. Where the list's URL holds them, a credential helper gives them out of the environment
(https://git-scm.com/docs/gitcredentials), for that host alone.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from migrate.bulk.remotes import Remote, clean_url
from migrate.keys import HIDDEN
from migrate.masking import printable
from migrate.reports.view import shown
from migrate.repositories.sealed import plainly

LARGEST_UNASKED = "1m"
"""Files above that are not fetched unless `code` reads them: at depth 1 they are what a partial clone saves (docs/benchmarks.md)."""

_NAME = "origin"
_HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$AWS_SSO_MIGRATE_USER" "$AWS_SSO_MIGRATE_PASSWORD"; }; f'
"""Its `printf` is the shell's own: no process has the password on its command line."""
_PROTOCOLS = "file:git:http:https:ssh"
_USERS_OWN = {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
              "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY", "GIT_ASKPASS"}  # fmt: skip
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+")
_NO_SHALLOW = re.compile(r"shallow|depth", re.IGNORECASE)
_NO_FILTER = re.compile(r"filter", re.IGNORECASE)


class RemoteError(Exception):
    """The remote did not do it; the text may be shown."""


def clone_into(folder: Path, remote: Remote, lasting: bool = True) -> bool:
    """Clones the remote's default branch into an empty folder, with nothing checked out; gives False where the remote is empty.

    Depth 1, without large files where the remote can leave them out, and whole where it refuses that. A clone that need not outlive a
    crash of the machine is not synced. Raises RemoteError.
    """
    sparing = ["--depth=1", f"--filter=blob:limit={LARGEST_UNASKED}"]
    fixed = ["--quiet", "--no-checkout", "--single-branch", "--no-tags", "--no-local", "--template=", f"--origin={_NAME}",
             "--config=core.symlinks=false", *([] if lasting else ["--config=core.fsync=none"])]  # fmt: skip
    while True:
        code, _, said = _run(folder, remote, "clone", *sparing, *fixed, "--", remote.clean, str(folder))
        if not code:
            return "empty repository" not in said
        if len(sparing) > 1 and _NO_FILTER.search(said):
            del sparing[1:]
        elif sparing and _NO_SHALLOW.search(said):
            sparing = []
        else:
            raise RemoteError(_reason(said, remote) or "git clone failed")


def with_remote(folder: Path, remote: Remote, *args: str, data: bytes | None = None) -> str:
    """The output of a git command in a clone, with its remote `origin` at hand.

    Raises RemoteError with what git said, without passwords.
    """
    code, out, said = _run(folder, remote, *args, data=data)
    if code:
        raise RemoteError(_reason(said, remote) or f"git {args[0]} failed")
    return out


def _run(folder: Path, remote: Remote, *args: str, data: bytes | None = None) -> tuple[int, str, str]:
    command, env = plainly(folder, *args)
    for name in ("GIT_CONFIG_NOSYSTEM", "GIT_NO_LAZY_FETCH"):
        env.pop(name, None)  # credential helpers are in the system's configuration
    env |= {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GCM_INTERACTIVE": "never", "GIT_ASKPASS": "true"}
    env |= {name: os.environ[name] for name in _USERS_OWN & os.environ.keys()}
    if "GIT_SSH" not in env:
        env.setdefault("GIT_SSH_COMMAND", configured_ssh() or "ssh -oBatchMode=yes")
    settings = [("fetch.recurseSubmodules", "false")]
    settings += _settings(os.environ)  # the user's own, with which build machines give credentials; ours come after them
    login = remote.login
    if login is not None:
        settings += [(f"credential.{remote.host}.helper", ""), (f"credential.{remote.host}.helper", _HELPER)]
        env["AWS_SSO_MIGRATE_USER"], env["AWS_SSO_MIGRATE_PASSWORD"] = login
    settings += [s for s in _settings(env) if s not in settings]
    env = {k: v for k, v in env.items() if not k.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))}
    env["GIT_CONFIG_COUNT"] = str(len(settings))
    for n, (name, value) in enumerate(settings):
        env[f"GIT_CONFIG_KEY_{n}"], env[f"GIT_CONFIG_VALUE_{n}"] = name, value
    done = (
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env, check=False)
        if data is None
        else subprocess.run(command, input=data, capture_output=True, env=env, check=False)
    )
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace")


def _settings(env: Mapping[str, str]) -> list[tuple[str, str]]:
    """The settings that an environment gives git."""
    count = env.get("GIT_CONFIG_COUNT", "0")
    numbers = range(int(count)) if count.isdecimal() else ()
    return [(env[k], env[v]) for n in numbers if (k := f"GIT_CONFIG_KEY_{n}") in env and (v := f"GIT_CONFIG_VALUE_{n}") in env]


@cache
def configured_ssh() -> str:
    """The user's own core.sshCommand; a clone has none, it was made here."""
    done = subprocess.run(["git", "config", "--global", "core.sshCommand"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _reason(said: str, remote: Remote) -> str:
    """The lines that matter, in one."""
    said = said.replace(remote.url, remote.clean)
    for part in re.split("[:/@?#&=]+", remote.url):
        if len(part) > 3 and part not in remote.clean:
            said = said.replace(part, HIDDEN).replace(unquote(part), HIDDEN)
    said = _URL.sub(lambda m: clean_url(m.group()), said)
    lines = [line.strip() for line in said.splitlines()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!", "ssh:"))]
    return printable(shown("; ".join((told or lines)[:4])))[:400]
