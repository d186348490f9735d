"""Would the profiles sign with SSO once the AWS files are changed? What they will hold is looked at before anything is written.

What they will hold is given to it as files that have no name on any disk (memfd_create(2)); where there are none, as temporary files
that only their owner may read.
"""

import os
import tempfile
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.awsfiles.convert import ConvertRequest
from migrate.findings import Finding
from migrate.outcome import ProfileRow

_VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_KEPT = ("AWS401", "AWS403", "AWS405", "AWS407", "AWS409", "AWS412", "AWS413", "AWS414")
"""What is wrong with a result. A login that is missing is a next step, and what was left has been told."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the check: problems, the rows with it, and the sessions whose login turned out not to be accepted any more."""

    findings: list[Finding]
    rows: list[ProfileRow]
    not_logged_in: frozenset[str] = frozenset()


def check_result(
    request: ConvertRequest, after: tuple[bytes, bytes], rows: Sequence[ProfileRow], *, offline: bool, not_logged_in: Container[str] = ()
) -> Checked:
    """The converted profiles as `verify` sees them. AWS is asked about those whose session has a login, unless `offline`.

    `not_logged_in`: the sessions that have none.
    """
    converted = {row.name: row for row in rows if row.action == "sso"}
    if not converted and not (request.plan and request.plan.keys):
        return Checked([], list(rows))
    from migrate.online.verify import verify

    asked = {name for name, row in converted.items() if row.sso_session and row.sso_session not in not_logged_in}
    with ExitStack() as stack:
        names = [stack.enter_context(_as_file(data)) for data in after]
        stack.enter_context(_set(dict(zip(_VARIABLES, map(str, names), strict=True))))
        outcome = verify(names[0], names[1], plan=request.plan, offline=offline or not asked, only=asked, silence=False)
    real = {str(n): str(path) for n, path in zip(names, (request.config_file, request.credentials_file), strict=True)}
    told = [replace(f, path=real.get(f.path, f.path)) for f in outcome.findings]
    found = [f for f in told if f.code in _KEPT and (f.profile in converted or f.code in ("AWS413", "AWS414"))]
    unasked = [f for f in told if f.code == "AWS408" and f.profile in asked]
    if unasked:
        first = unasked[0]
        what = f"{len(unasked)} of the converted profiles could not be checked ({first.message})"
        found.append(Finding("AWS410", first.path, what, first.line, first.column, "run aws-sso-migrate verify when AWS can be reached"))
    refused = frozenset(converted[f.profile].sso_session or "" for f in told if f.code == "AWS406" and f.profile in asked and f.profile)
    wrong = {f.profile: f.message for f in found if f.leaves_work}
    good = {row.name for row in outcome.profiles if row.resolves and row.name in asked}
    return Checked(found, [_row(row, wrong.get(row.name), row.name in good) for row in rows], refused)


def _row(row: ProfileRow, error: str | None, good: bool) -> ProfileRow:
    return replace(row, resolves=False, error=error) if error else replace(row, resolves=True) if good else row


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
