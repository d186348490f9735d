"""Whatever a program does with its keys: after the rewrite the same calls are signed by the keys' profiles, or nothing was changed."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.codemod.generated import KEYS, programs
from tests.codemod.running import as_profiles, signed

MAPPING = KeyMap({i: name for name, (i, _) in KEYS.items()})


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_each_call_is_signed_by_the_profile_of_the_key_that_signed_it(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        try:
            before = {mode: signed(folder, mode=mode) for mode in ("", "x")}
        except Exception:  # a program that does not run says nothing about the rewrite
            return
        outcome = rewrite_code(CodeRequest([folder], MAPPING, jobs=1))
        changed = {c.path.name: c.after for c in outcome.changes}
        for file, after in changed.items():
            assert after is not None
            (folder / file).write_bytes(after)
        for mode, calls in before.items():
            wanted = as_profiles(calls, KEYS)
            got = as_profiles(signed(folder, mode=mode), KEYS)
            assert got == wanted
        if not any(f.leaves_work for f in outcome.findings):
            left = b"".join((folder / file).read_bytes() for file in files)
            assert not any(k.encode() in left for pair in KEYS.values() for k in pair)
        again = rewrite_code(CodeRequest([folder], MAPPING, jobs=1))
        assert not again.changes
