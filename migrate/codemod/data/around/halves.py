"""One half of a key in a text that does not hold the other: nothing can be rewritten there, and it is told."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from migrate.codemod.data.around.mentions import is_own
from migrate.codemod.data.around.naming import naming, places
from migrate.findings import Finding
from migrate.keys import is_secret
from migrate.scan.pairs import is_binary, may_hold
from migrate.silence import silenced_by
from migrate.tree.files import read, read_most
from migrate.tree.processes import in_processes

_FEW = 1500
_LARGEST = 1 << 20
_LIKELY = re.compile(
    r"(?i)[^/]*(?:env|secret|cred|conf|setting|aws|s3|key|account|local|prod|param|values|bucket)[^/]*|.*\.(?:ini|cfg|toml|properties|tfvars|txt)"
)
"""The names of files of settings that are read for a secret alone: not each of a thousand files of data."""
_SECRET = re.compile(
    rb"(?i)(?:secret_?access_?key|(?:aws|s3)_?[a-z0-9_]*secret[a-z0-9_]*)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[a-z0-9/+]{40})(?![a-z0-9/+=])"
)
_HELP = "find the code that combines the two, and let it use a profile"


def lone_ids(paths: Sequence[str], paired: dict[str, set[str]], keys: Collection[str], jobs: int) -> Iterator[Finding]:
    """Yield a finding for each mapped key id in a text that holds no secret with it: its other half may be anywhere. `paired`: those that do."""
    for path in naming(paths, keys, jobs):
        with suppress(OSError):
            data = read(Path(path))
            if b"aws-sso-migrate" in data or is_own(data):
                continue  # a plan, or settings of this program: they name keys without holding one
            for key, line, column in places(data, set(keys) - paired.get(path, set())):
                yield Finding("AWS225", path, "left unchanged: this file contains a key ID without its secret", line, column, _HELP, key)


def lone_secrets(paths: Sequence[str], jobs: int) -> Iterator[Finding]:
    """Yield a finding for each file of settings with a secret that is called AWS's, and no key id."""
    likely = [p for p in paths if _LIKELY.fullmatch(p.rpartition("/")[2])]
    for share, part in in_processes(_share, likely, jobs if len(likely) >= _FEW else 1):
        for path, line, column in part if part is not None else _share(share):
            yield Finding("AWS225", path, "left unchanged: this file contains a secret access key without its key ID", line, column, _HELP)


def _share(paths: Sequence[str]) -> list[tuple[str, int, int]]:
    out = []
    for path in paths:
        try:
            data = read_most(path)
        except OSError:
            continue
        if len(data) > _LARGEST or (b"ecret" not in data and b"ECRET" not in data) or may_hold(data) or is_binary(data):
            continue
        for m in _SECRET.finditer(data):
            value = m["value"].decode()
            start = data.rfind(b"\n", 0, m.start()) + 1
            line = data[start : data.find(b"\n", m.end()) % (len(data) + 1)]
            if is_secret(value) and "EXAMPLE" not in value.upper() and not silenced_by(line.decode("utf-8", "replace")):
                out.append((path, data.count(b"\n", 0, start) + 1, m.start() - start + 1))
                break
    return out
