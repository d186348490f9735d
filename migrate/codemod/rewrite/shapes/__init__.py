"""How each style of sink looks afterwards (`migrate.codemod.libraries.spec.Style`)."""

from collections.abc import Callable

from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.shapes.base import check_beside, drop_empty_profile, stop
from migrate.codemod.rewrite.shapes.clients import as_client
from migrate.codemod.rewrite.shapes.keywords import as_keyword
from migrate.codemod.rewrite.shapes.objects import as_credentials, as_method
from migrate.codemod.rewrite.shapes.surroundings import as_environment

SHAPES: dict[Style, Callable[[Plan, Sink], None]] = {
    Style.KEYWORD: as_keyword,
    Style.SIGNER: as_keyword,
    Style.OPTIONS: as_keyword,
    Style.CLIENT: as_client,
    Style.CREDENTIALS: as_credentials,
    Style.STATEMENT: as_method,
    Style.ENVIRONMENT: as_environment,
}
"""What plans the edits of a call that signs, for each style. A style that is not here takes no profile."""


def sink_edits(plan: Plan, sink: Sink) -> None:
    """Plan the edits of one sink."""
    check_beside(plan, sink)
    if sink.spec.style in (Style.KEYWORD, Style.SIGNER):
        drop_empty_profile(plan, sink)
    for a in sink.of(*ROLES):
        if a.node is not None and not (plan.carry and a.role is Role.KEY_ID):
            plan.kill(a.node)
    shape = SHAPES.get(sink.spec.style)
    if shape is None:
        stop(sink, Rule.NO_PROFILE, "AWS203", "this call does not accept a profile")
    shape(plan, sink)
