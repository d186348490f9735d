"""git with a remote: fetch and push, with the user's own ssh and credential helpers, and nothing that a repository names.

The URL goes by the environment (https://git-scm.com/docs/git-config, GIT_CONFIG_COUNT), where no list of processes shows it and no
clone's configuration keeps it.
"""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

from migrate.bulk.remotes import Remote, clean_url
from migrate.keys import HIDDEN
from migrate.masking import printable
from migrate.reports.view import shown
from migrate.repositories.git import safely

_PROTOCOLS = "file:git:http:https:ssh"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+")


class RemoteError(Exception):
    """The remote did not do it; the text may be shown."""


def with_remote(folder: Path, remote: Remote, *args: str) -> str:
    """The output of a git command that talks to the remote `bulk`. Raises RemoteError with what git said, without passwords."""
    command, env = safely(folder, *args)
    for name in ("GIT_CONFIG_NOSYSTEM", "GIT_NO_LAZY_FETCH"):
        env.pop(name, None)  # credential helpers are in the system's configuration
    env |= {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GCM_INTERACTIVE": "never", "GIT_ASKPASS": os.environ.get("GIT_ASKPASS", "true")}
    env["GIT_SSH_COMMAND"] = os.environ.get("GIT_SSH_COMMAND") or _configured_ssh(folder) or "ssh -oBatchMode=yes"
    count = int(env["GIT_CONFIG_COUNT"])
    env[f"GIT_CONFIG_KEY_{count}"], env[f"GIT_CONFIG_VALUE_{count}"] = "remote.bulk.url", remote.url
    env["GIT_CONFIG_COUNT"] = str(count + 1)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env, check=False)
    if done.returncode:
        raise RemoteError(_reason(done.stderr.decode("utf-8", "replace"), remote) or f"git {args[0]} failed")
    return done.stdout.decode("utf-8", "surrogateescape")


def _configured_ssh(folder: Path) -> str:
    """The user's own core.sshCommand; a clone has none, it was made here."""
    done = subprocess.run(["git", "config", "--global", "core.sshCommand"], cwd=folder, capture_output=True, text=True, check=False)
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
