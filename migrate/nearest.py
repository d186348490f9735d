"""Suggestions for misspelled names."""

from collections.abc import Iterable


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return `Did you mean NAME?` for the most similar name, ignoring case; an empty string if none is similar."""
    near = nearest(name, names)
    return f"Did you mean {near}?" if near else ""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the most similar name, ignoring case; of equally similar ones the one that begins alike. None if none is similar."""
    from difflib import SequenceMatcher

    said = name.casefold()
    found = []
    for one in names:
        known = one.casefold()
        matcher = SequenceMatcher(None, known, said)
        if matcher.real_quick_ratio() >= 0.6 and matcher.quick_ratio() >= 0.6 and (ratio := matcher.ratio()) >= 0.6:
            found.append((ratio, _alike(said, known), one))
    return max(found)[2] if found else None


def _alike(one: str, other: str) -> int:
    """Return the number of characters that both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
