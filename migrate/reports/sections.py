"""One report as several: a part for each repository, which is a pull request of its own, and one for this machine, which is for none."""

from collections.abc import Sequence
from dataclasses import replace

from migrate.reports.view import ChangeView, FindingView, View


def sections(view: View) -> Sequence[tuple[str | None, View]]:
    """Return the parts of a report by the names of their repositories, and last what belongs to none; the whole where it is one part."""
    rows: list[ChangeView | FindingView] = [*view.changes, *view.findings]
    roots = sorted({row.repository for row in rows if row.repository is not None})
    if not roots or view.command not in ("code", "run"):
        return [(None, view)]
    names = _names(roots)
    out: list[tuple[str | None, View]] = []
    for root in roots:
        part = _part(view, roots, root)
        if part.changes or part.findings:
            out.append((names[root], part))
    rest = _part(view, roots, None)
    rest = replace(rest, profiles=view.profiles, keys=view.keys)
    return [*out, (None, rest)] if rest.changes or rest.findings or rest.profiles else out


def _part(view: View, roots: Sequence[str], root: str | None) -> View:
    changes = [c for c in view.changes if (c.repository or _root(c.path, roots)) == root]
    findings = [f for f in view.findings if (f.repository or _root(f.path, roots)) == root]
    signers = [s for s in view.signers if _root(s.path, roots) == root]
    setup = [s for s in view.setup if s.name in {row.profile for row in signers}]
    return replace(
        view,
        changes=changes,
        findings=findings,
        signers=signers,
        setup=setup,
        profiles=(),
        keys=(),
        changed=len(changes),
        left=sum(f.severity == "error" for f in findings),
        silenced=0,
    )


def _root(path: str, roots: Sequence[str]) -> str | None:
    return max((root for root in roots if path == root or path.startswith(root.rstrip("/") + "/")), key=len, default=None)


def _names(roots: Sequence[str]) -> dict[str, str]:
    """Return a name for each root: its last part, or all of it where two have the same."""
    last = [root.rstrip("/").rpartition("/")[2] for root in roots]
    return {root: name if name and last.count(name) == 1 else root for root, name in zip(roots, last, strict=True)}
