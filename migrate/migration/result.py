"""Would the profiles sign with SSO once the AWS files are changed? botocore reads what they will hold, before anything is written.

What they will hold is given to it as files that have no name on any disk (memfd_create(2)); where there are none, as temporary files
that only their owner may read.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from migrate.awsfiles.convert import ConvertRequest
from migrate.findings import Finding
from migrate.outcome import ProfileRow

_VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_KEPT = ("AWS401", "AWS403", "AWS405", "AWS412", "AWS414")
"""What is wrong with a result. A login that is missing is a next step, and what was left has been told."""


def check_result(request: ConvertRequest, after: tuple[bytes, bytes], rows: Sequence[ProfileRow]) -> tuple[list[Finding], list[ProfileRow]]:
    """The problems of the converted profiles as `verify --offline` sees them, and the rows with what came of it. Asks nobody."""
    converted = {row.name for row in rows if row.action == "sso"}
    if not converted and not (request.plan and request.plan.keys):
        return [], list(rows)
    from migrate.online.verify import verify

    with ExitStack() as stack:
        names = [stack.enter_context(_as_file(data)) for data in after]
        stack.enter_context(_set(dict(zip(_VARIABLES, map(str, names), strict=True))))
        outcome = verify(names[0], names[1], plan=request.plan, offline=True)
    real = {str(n): str(path) for n, path in zip(names, (request.config_file, request.credentials_file), strict=True)}
    found = [
        replace(f, path=real.get(f.path, f.path))
        for f in outcome.findings
        if f.code in _KEPT and (f.profile in converted or f.code == "AWS414")
    ]
    wrong = {f.profile: f.message for f in found if f.leaves_work}
    return found, [replace(r, resolves=False, error=wrong[r.name]) if r.name in wrong else r for r in rows]


@contextmanager
def _as_file(data: bytes) -> Iterator[Path]:
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("aws-sso-migrate")
        try:
            with open(fd, "wb", closefd=False) as stream:
                stream.write(data)
            path = Path(f"/proc/self/fd/{fd}")
            if path.exists():
                yield path
                return
        finally:
            os.close(fd)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield Path(file.name)


@contextmanager
def _set(variables: dict[str, str]) -> Iterator[None]:
    """The environment with these variables, for as long as it takes."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
