"""What the page can be filtered by: each repository, code, profile and library that occurs, and which change or finding is of which."""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from migrate.codes import CODES
from migrate.reports.html.markup import html, joined
from migrate.reports.view import ChangeView, FindingView, View


class Facts(NamedTuple):
    """What one change or finding is of, in the order of the filters."""

    repositories: Sequence[str]
    codes: Sequence[str]
    profiles: Sequence[str]
    libraries: Sequence[str]


_LABELS = (("r", "Repository"), ("c", "Code"), ("p", "Profile"), ("l", "Library"))


class Facets:
    """The filters of one page."""

    def __init__(self, view: View) -> None:
        self._codes_at: dict[str, list[str]] = defaultdict(list)
        for finding in view.findings:
            if finding.code not in self._codes_at[finding.path]:
                self._codes_at[finding.path].append(finding.code)
        self._converted = [p.name for p in view.profiles if p.action in ("sso", "remove")]
        counts: list[Counter[str]] = [Counter() for _ in _LABELS]
        for facts in (*map(self.of_finding, view.findings), *map(self.of_change, view.changes)):
            for counter, values in zip(counts, facts, strict=True):
                counter.update(values)
        for repository in view.repositories:
            counts[0].setdefault(repository.name, 0)
        self._counts = counts
        self._index = [{value: n for n, value in enumerate(sorted(counter))} for counter in counts]
        paths = [name for name in counts[0] if name.startswith("/")]
        self._common = os.path.commonpath([os.path.dirname(p) for p in paths]) if len(paths) > 1 else ""  # noqa: PTH120

    def of_finding(self, finding: FindingView) -> Facts:
        """What a finding is of."""
        return Facts(
            [finding.repository] if finding.repository else [],
            [finding.code],
            [finding.profile] if finding.profile else [],
            finding.libraries,
        )

    def of_change(self, change: ChangeView) -> Facts:
        """What a change is of: its codes are those of the findings in its file. Outside of repositories it is one of the AWS files."""
        return Facts(
            [change.repository] if change.repository else [],
            self._codes_at.get(change.path, ()),
            change.profiles if change.repository else self._converted,
            change.libraries,
        )

    def attributes(self, facts: Facts) -> Markup:
        """The attributes by which the script knows an item: numbers of the filters' options."""
        out = []
        for (letter, _), index, values in zip(_LABELS, self._index, facts, strict=True):
            numbers = " ".join(str(index[value]) for value in values)
            if numbers:
                out.append(html(' data-{}="{}"', letter, numbers))
        return joined(out)

    def attributes_of_repository(self, name: str) -> Markup:
        """The attribute by which the script knows a repository's row."""
        number = self._index[0].get(name)
        return html("") if number is None else html(' data-r="{}"', number)

    def repository(self, name: str) -> str:
        """A repository's name without the folder that all lie in."""
        return os.path.relpath(name, self._common) if self._common and name.startswith("/") else name

    def selects(self) -> Markup:
        """The choices: one for each kind of which there is something to choose."""
        out = []
        for (letter, label), index, counter in zip(_LABELS, self._index, self._counts, strict=True):
            if not index:
                continue
            options = joined(
                html('<option value="{}">{} ({:,})</option>', n, self._option(letter, value), counter[value]) for value, n in index.items()
            )
            out.append(
                html(
                    '<label><span>{}</span><select data-facet="{}" id="filter-{}"><option value="">all</option>{}</select></label>',
                    label,
                    letter,
                    label.lower(),
                    options,
                )
            )
        return joined(out)

    def _option(self, letter: str, value: str) -> str:
        if letter == "c" and value in CODES:
            return f"{value} {CODES[value].title}"
        return self.repository(value) if letter == "r" else value
