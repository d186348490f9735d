"""What a proof asks of everything around the calls, for keys that stand in a settings file instead of a source.

Whoever followed such a key gives the sources with its parts written where they are read. Who signs with it, and what of the sources goes, is
shown by following; this shows that the sessions, the patches, the hooks and the calls beside it allow a profile.
"""

import ast
from collections.abc import Mapping as Pairs
from pathlib import Path

from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.proof.case import Case, Rejected, Rejection, Rewritten
from migrate.codemod.proof.checks.around.host import check_standins
from migrate.codemod.proof.checks.calls.sessions import by_text, check_surroundings, credentials_taken_out, own_user, session_only, unsigned
from migrate.codemod.proof.hook import tree_below
from migrate.codemod.proof.places import Places
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.sinks import Call
from migrate.codemod.proof.table import presigned
from migrate.codemod.proof.witness import not_converged, parts, settled


class _Ambient(Case):
    """Clients that are made without any credentials sign with the key too: the file puts it into the environment."""

    def touches(self, call: Call) -> bool:
        return super().touches(call) or not call.roles


def check_beside(
    root: Path, settings: Path, old: dict[Path, ast.Module], new: dict[Path, ast.Module], profiles: Pairs[str, str | None], ambient: bool
) -> Rejection | tuple[tuple[Path, int], ...]:
    """Return why what stands around the calls does not allow the rewrite; else the places where URLs are presigned with what they make.

    `settings` is the file that held the keys. `profiles` gives the profile of each key id that goes, None for the default chain; `ambient`: the
    key comes by the environment.
    """
    rewritten = Rewritten(root, old, new, profiles, lambda path: tree_below(root, path), Mentions(root, settings))
    changed = sorted(new) or sorted(old)[:1]
    try:
        values, before = settled(rewritten, old, changed, {})
        held = Places(values, before, parts(rewritten, values, before))
        after_values, after = settled(rewritten, {**old, **new}, changed, {})
        case = Case(rewritten, sorted(new), values, after_values, before, after, held.texts, held, set(old))
        check_surroundings(case)
        if ambient:
            case = _Ambient(rewritten, sorted(new), values, after_values, before, after, held.texts, held, set(old))
            for check in (check_standins, credentials_taken_out, unsigned, session_only, own_user, by_text):
                check(case)
        if not (values.converged and after_values.converged):  # a check may have asked for cells that were not filled before
            raise not_converged(changed)
    except Rejected as e:
        return e.rejection
    except RecursionError:
        return Rejection(Rule.TOO_DEEP.label, changed[0], 1, "the program is nested too deeply to verify")
    return tuple(sorted({place for call in before if case.touches(call) for place in presigned(case, call)}))
