"""The examples of fixtures/code: programs before and after, and the findings.

An example is a file `TOPIC/NAME.txt`, in which a line `--- before/PATH` begins a file of the program, `--- after/PATH` one of what comes of it, and
`--- findings` what is told. Where every byte counts, it is a folder `TOPIC/NAME` with `before`, `after` and `findings.txt`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.madeup import key_id, secret, token

ROOT = Path(__file__).parents[2] / "fixtures" / "code"
NAMES = ("dev", "prod", "other")


@dataclass(frozen=True)
class Example:
    """One program: its files by their path, with placeholders for keys, and what comes of them (None where nothing does)."""

    before: dict[str, str]
    after: dict[str, str] | None
    findings: tuple[str, ...]


def filled(text: str) -> str:
    """Return a text with keys of the right shape in place of `<id:dev>` and the like."""
    for n in NAMES:
        text = text.replace(f"<id:{n}>", key_id(n)).replace(f"<secret:{n}>", secret(n)).replace(f"<token:{n}>", token(n))
    return text


@cache
def examples() -> dict[str, Example]:
    """Return all examples by their name."""
    found = {}
    for topic in sorted(ROOT.iterdir()):
        for path in sorted(topic.iterdir()):
            assert path.stem not in found, f"two examples are called {path.stem}"
            found[path.stem] = _of_folder(path) if path.is_dir() else _of_file(path)
    return dict(sorted(found.items()))


def _of_file(path: Path) -> Example:
    pieces = re.split(r"(?m)^--- (before/\S+|after/\S+|findings)\n", path.read_text(encoding="utf-8"))
    assert pieces[0] == "", path
    texts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    before, after = (
        {name.removeprefix(state): text for name, text in texts.items() if name.startswith(state)} for state in ("before/", "after/")
    )
    return Example(before, after or None, tuple(texts.get("findings", "").splitlines()))


def _of_folder(path: Path) -> Example:
    def files(folder: Path) -> dict[str, str]:
        return {str(p.relative_to(folder)): p.read_bytes().decode() for p in sorted(folder.rglob("*")) if p.is_file()}

    told = path / "findings.txt"
    after = files(path / "after") if (path / "after").exists() else None
    return Example(files(path / "before"), after, tuple(told.read_text(encoding="utf-8").splitlines()) if told.exists() else ())


def lay(files: dict[str, str], folder: Path) -> dict[str, str]:
    """Put files into a folder, with keys in them, and return their texts by path."""
    done = {name: filled(text) for name, text in files.items()}
    for name, text in done.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return done
