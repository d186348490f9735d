"""Keys in comments and docstrings where no code holds them: taken out where mapped, reported where not."""

from pathlib import Path

from migrate.codemod.check import clean_prose
from migrate.codemod.cluster import real_ids
from migrate.codemod.rewrite import Mapping
from migrate.codemod.source import Source, Unreadable, parse_text
from migrate.findings import Finding


def leftovers(source: Source, text: str, mapping: Mapping, reported: bool) -> tuple[str | None, list[Finding]]:
    """The text with its prose cleaned of mapped keys (None where nothing is to do), and findings for the rest."""
    keys = {k for k in real_ids(text) if k in mapping}
    unmapped = {k for k in real_ids(text) if k not in mapping}
    new = clean_prose(text, keys) if keys else text
    for k in list(keys):
        if k in new and k in clean_prose(text, {k}):
            new = new if k not in new else text  # it stands in code as well, which was left: then all of it stays
            if new is text:
                break
    findings = []
    if new != text:
        try:
            parse_text(new)
        except Unreadable:
            new = text
    for k in sorted(unmapped):
        if not reported:
            line = text[: text.index(k)].count("\n") + 1
            if k not in clean_prose(text, {k}):
                findings.append(Finding("AWS219", str(source.path), "a comment or docstring holds a key that nothing maps", line, 1,
                                        "map it with --map-key, or take it out by hand", k))  # fmt: skip
    return (new if new != text else None), findings


_ = Path
