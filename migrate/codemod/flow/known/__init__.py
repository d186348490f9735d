"""Library calls whose answer is known: those in the registry, and what is made of texts by all others."""

from migrate.codemod.flow.evaluation.texts import inside
from migrate.codemod.flow.known import records, standard
from migrate.codemod.flow.known.registry import KNOWN, Answer, LibraryCall
from migrate.codemod.flow.state import canonical, of_library
from migrate.codemod.flow.values import UNKNOWN, Tainted, Value, origins_of
from migrate.codemod.libraries.standard import TRANSFORMING, TRANSFORMING_CALLS

__all__ = ["LibraryCall", "library", "records", "standard"]


def library(call: LibraryCall) -> set[Value]:
    """Return what a call of something outside the program may be."""
    answer = _answer(call.name)
    found = answer(call) if answer is not None else None
    if found is not None:
        return found
    if call.name.partition(".")[0] in TRANSFORMING or call.name in TRANSFORMING_CALLS:
        values = call.values()
        origins = origins_of(values | inside(values))
        return {Tainted(origins), UNKNOWN} if origins else {UNKNOWN}
    return {of_library(canonical(call.name + "()"))}


def _answer(name: str) -> Answer | None:
    """Return what is known of a name, or of how it ends."""
    if name.endswith((".Env()", "getenv")):
        return standard.environment
    if name.endswith("add_argument") and name.startswith("argparse."):
        return standard.option
    return KNOWN.get(name)
