"""What a proof asks of everything around the calls, for keys that stand in a settings file instead of a source.

Whoever followed such a key gives the sources with its parts written where they are read. Who signs with it, and what of the sources goes, is
shown by following; this shows that the sessions, the patches, the hooks and the calls beside it allow a profile.
"""

import ast
from collections.abc import Collection
from collections.abc import Mapping as Pairs
from pathlib import Path

from migrate.codemod.proof.around.below import tree_below
from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.proof.case import Case, Rejected, Rejection, Rewritten
from migrate.codemod.proof.checks.around.standins import check_standins
from migrate.codemod.proof.checks.calls.sessions import by_text, check_surroundings, credentials_taken_out, own_user, session_only, unsigned
from migrate.codemod.proof.places import Places
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.signers import signers
from migrate.codemod.proof.sinks import Call, Signer
from migrate.codemod.proof.table import presigned
from migrate.codemod.proof.witness import after, before, not_converged, parts, places


class _Ambient(Case):
    """Clients that are made without any credentials sign with the key too: the file puts it into the environment."""

    def touches(self, call: Call) -> bool:
        return super().touches(call) or not call.roles


def check_beside(
    root: Path,
    settings: Path,
    old: dict[Path, ast.Module],
    new: dict[Path, ast.Module],
    profiles: Pairs[str, str | None],
    ambient: bool,
    signing: Collection[tuple[Path, int, int]] | None = None,
) -> Rejection | tuple[tuple[Path, int], ...]:
    """Return why what stands around the calls does not allow the rewrite; else the places where URLs are presigned with what they make.

    `settings` is the file that held the keys. `profiles` gives the profile of each key id that goes, None for the default chain; `ambient`: the
    key comes by the environment. `signing`: where each call stands that is known to get a part of a key, for keys that the program's own dicts
    and objects hold; then every place where a part stands has to be one that is understood here as well.
    """
    rewritten = Rewritten(root, old, new, profiles, lambda path: tree_below(root, path), Mentions(root, settings))
    changed = sorted(new) or sorted(old)[:1]
    try:
        values, found = before(rewritten, changed)
        held = Places(values, found, parts(rewritten, values, found))
        later = after(rewritten, changed)
        case = Case(rewritten, sorted(new), values, found, later, held.texts, held, set(old))
        check_surroundings(case)
        if signing is not None:
            places(rewritten, values, held)
            _check_known(case, signing)
        if ambient:
            case = _Ambient(rewritten, sorted(new), values, found, later, held.texts, held, set(old))
            for check in (check_standins, credentials_taken_out, unsigned, session_only, own_user, by_text):
                check(case)
        if not (values.converged and case.new.converged):  # a check may have asked for cells that were not filled before
            raise not_converged(changed)
    except Rejected as e:
        return e.rejection
    except RecursionError:
        return Rejection(Rule.TOO_DEEP.label, changed[0], 1, "the program is nested too deeply to verify")
    return tuple(sorted({place for call in found if case.touches(call) for place in presigned(case, call)}))


def _check_known(case: Case, signing: Collection[tuple[Path, int, int]]) -> None:
    """Raise Rejected where other calls get a part of a key than those that are known to, or these get it from elsewhere too."""
    found = {place: call for call in case.before if case.touches(call) and (place := _place(case, call)) is not None}
    for place, call in found.items():
        if place not in signing:
            raise Rejected(Rule.OPEN_CARRIER, place[0], call.node, "a call that was not followed may sign with the key")
        if any(who.kind is Signer.UNKNOWN for who in signers(case.old, call, case.rewritten.profiles)):
            raise Rejected(Rule.UNKNOWN_SIGNER, place[0], call.node, "this call may also sign with credentials that could not be analyzed")
    missing = next((place for place in sorted(signing) if place not in found), None)
    if missing is not None:
        raise Rejected(Rule.UNSIGNED, missing[0], None, "it could not be verified that this file signs with the key")


def _place(case: Case, call: Call) -> tuple[Path, int, int] | None:
    line = getattr(call.node, "lineno", None)
    return None if line is None else (case.unit(call.node).path, line, getattr(call.node, "col_offset", 0))
