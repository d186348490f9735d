"""`--review`: each change by itself, and the question what is to become of it, as `git add -p` asks.

What is shown goes where the diff goes (stdout, or stderr beside a document), the question to stderr. Nothing is written here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrate.changes.change import Change
from migrate.cli.ask import answer
from migrate.cli.editor import edited
from migrate.cli.options import How, is_terminal
from migrate.cli.output import put, screen, tell
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.masking import printable
from migrate.reports import text
from migrate.reports.view import View, change_view, error_view, finding_view, shown

_WORDS = {"yes": "y", "no": "n", "all": "a", "quit": "q", "edit": "e", "help": "?"}
_HELP = (
    "y - accept this change",
    "n - skip this change",
    "a - accept this change and all remaining ones",
    "q - skip this change and all remaining ones; changes accepted so far are applied",
    "e - edit the new text, then show it again",
    "? - show this help",
    "Ctrl-C - quit without changing anything",
)


@dataclass(frozen=True)
class Reviewable:
    """One change under review: what to call it, what it changes, its new texts (file name and bytes), and what takes an edit of them.

    `edit` raises Refusal where the edit would not do. No texts: there is nothing to edit. `breaks` are warnings that accepting it causes.
    """

    title: str
    changes: Callable[[], Sequence[Change]]
    texts: Callable[[], Sequence[tuple[str, bytes]]]
    edit: Callable[[Sequence[bytes]], None]
    breaks: Callable[[], Sequence[Finding]] = tuple


class Review:
    """The answers of one run: `all the rest` holds for every change that comes after."""

    def __init__(self, how: How) -> None:
        self._how = how
        self._rest: bool | None = None

    def takes(self, change: Reviewable, number: int, of: int) -> bool:
        """Is the change to be taken? Shows it and asks, as often as it takes. Raises KeyboardInterrupt."""
        if self._rest is not None:
            return self._rest
        if not change.changes():  # nothing to see, nothing to ask
            return True
        self._show(change)
        while True:
            try:
                said = answer(f"({number}/{of}) Accept this change [y,n,a,q,e,?]? ")
            except (OSError, ValueError):
                raise KeyboardInterrupt from None
            if said is None and not is_terminal():  # not Ctrl-D: the terminal has gone away, and with it whoever took the others
                raise KeyboardInterrupt
            if said == "":
                continue
            letter = "q" if said is None else _WORDS.get(said.lower(), said.lower())
            if letter in ("a", "q"):
                self._rest = letter == "a"
            if letter in ("y", "n", "a", "q"):
                return letter in ("y", "a")
            if letter == "e":
                self._edit(change)
            else:
                tell(_HELP)

    def _show(self, change: Reviewable) -> None:
        on = screen(self._how) if self._how.format == "text" else text.PLAIN
        diff = text.diff_lines(View("", 0, [change_view(one) for one in change.changes()]), on)
        breaks = [finding_view(finding) for finding in change.breaks()]
        warning = ["", "If you accept this change:", *(line for one in breaks for line in text.finding_lines(one, on))] if breaks else []
        lines = [printable(shown(change.title)), *diff, *warning]
        if self._how.format == "text":
            put(lines)
        else:
            tell(lines)

    def _edit(self, change: Reviewable) -> None:
        try:
            texts = change.texts()
            if not texts:
                tell(["There is nothing to edit: the keys are removed without a replacement."])
                return
            new = edited(texts)
            if new == [data for _, data in texts]:
                tell(["The text was not changed."])
                return
            change.edit(new)
        except Refusal as refusal:
            tell(["The edit was not accepted.", *text.error_lines(error_view(refusal))])
            return
        self._show(change)
