"""Runs a program against the stand-ins and tells who signed what."""

import os
import runpy
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.codemod import standins

_OURS = ("boto3", "boto3.session", "signing_record", "keyring_")


def signed(folder: Path, script: str = "main.py", mode: str = "") -> list[tuple[str, str]]:
    """The calls that `script` makes, each with who signs it. Raises whatever the program raises."""
    before = dict(sys.modules)
    environ = dict(os.environ)
    path = list(sys.path)
    for name in _OURS:
        sys.modules.pop(name, None)
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ["MODE"] = mode
    sys.path[:0] = [str(standins.path), str(folder)]
    sys.dont_write_bytecode = True
    here = Path.cwd()
    os.chdir(folder)
    try:
        with redirect_stdout(StringIO()):
            runpy.run_path(str(folder / script), run_name="__main__")
        return list(sys.modules["signing_record"].CALLS)
    finally:
        os.chdir(here)
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environ)
        for name in [n for n in sys.modules if n not in before or n in _OURS]:
            del sys.modules[name]
        sys.modules.update(before)


def as_profiles(calls: list[tuple[str, str]], keys: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """What a right rewrite must record: the profile of the key that signed."""
    table = {f"key {i}/{s}": f"profile {name}" for name, (i, s) in keys.items()}
    by_id = {i: name for name, (i, _) in keys.items()}
    out = []
    for call, who in calls:
        if who.startswith("key ") and who not in table:
            name = by_id.get(who[4:24])
            who = f"profile {name}" if name else who
        out.append((call, table.get(who, who)))
    return out
