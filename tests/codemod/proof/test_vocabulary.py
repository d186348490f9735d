"""Which files are read for a question: at least all those that answer it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.codemod.proof.around.below import files, forget_files, kept
from migrate.codemod.proof.around.vocabulary import _FEW, forget_words, needed, sifted

PATTERNS = [
    rb"(?<![A-Za-z0-9_])(S3_KEY|S3_SECRET|OTHER)(?![A-Za-z0-9_])",
    rb"import\s+__main__|from\s+__main__\s+import|modules\s*\[\s*[\"']__main__",
    rb"(?:import|from)\s+(?!(?:flask_login)\b)flask_\w+",
    rb"(?i)pythonpath",
    rb"\.config\b",
    rb"_[A-Za-z][A-Za-z0-9_]*?(?:__key|__secret)(?![A-Za-z0-9_])",
    rb"(?:ab)?cd+|x{2}y",
    rb"(?:key)+s?",
    rb"(?:abc|)de(?:f|g)",
    rb"(?s)django\.conf.*?[.\"'](?:KEY|KEYS)(?![A-Za-z0-9_])",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_every_match_contains_what_it_is_said_to_need(pattern: bytes, data: st.DataObject) -> None:
    wanted = re.compile(pattern)
    text = data.draw(st.from_regex(wanted))
    if (found := wanted.search(text)) is not None and (parts := needed(wanted)) is not None:
        said = found.group().lower() if wanted.flags & re.IGNORECASE else found.group()
        assert any((part.lower() if wanted.flags & re.IGNORECASE else part) in said for part in parts)


def test_what_may_match_anything_leaves_no_file_out() -> None:
    assert needed(re.compile(rb"[a-z]+")) is None
    assert needed(re.compile(rb"(?:boto3)?x")) is None
    assert needed(re.compile(rb"(?:long|)")) is None


def test_a_large_tree_gives_the_files_that_match_in_order(tmp_path: Path) -> None:
    for n in range(2 * _FEW):
        text = "OTHER_THING = 1\n" if n % 7 else f"x = my_S3_KEY{'' if n % 2 else '_2'}\n"
        (tmp_path / f"m{n}.py").write_text(text)
    forget_files()
    forget_words()
    for pattern in (rb"S3_KEY\b", rb"(?i)s3_key", rb"(?<![A-Za-z0-9_])(S3_KEY|OTHER_THING)(?![A-Za-z0-9_])"):
        wanted = re.compile(pattern)
        read = [path for path, _ in sifted(tmp_path, wanted)]
        every = [path for path, _ in files(tmp_path)]
        assert [p for p in read if wanted.search(kept[p])] == [p for p in every if wanted.search(kept[p])]
        assert len(read) < len(every) or wanted.search(b"OTHER_THING")
