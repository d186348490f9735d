"""What `code` is asked for a clone: the run's mapping, and what the repository's own `pyproject.toml` says."""

from pathlib import Path

from migrate.bulk.task import Settings
from migrate.codemod.data.around.targets import Targets
from migrate.codemod.keys.mapping import KeyMap, named_pairs
from migrate.codemod.run.engine import CodeRequest
from migrate.errors import Refusal
from migrate.plan.read import Plan
from migrate.tree.pyproject import settings_for


def request_for(clone: Path, settings: Settings, repository: str = "") -> CodeRequest:
    """The request, as `code` in the clone would make it, with keys and profiles from the run. `repository` is its name. Raises Refusal."""
    own = settings_for(clone, clone)
    planned, said = settings.planned, settings.targets
    confirmed = set(own.other_account)
    environment = settings.environment or own.environment
    if planned is None and own.plan is not None:
        theirs_plan = _plan(own.plan, clone)
        confirmed |= theirs_plan.other_account
        planned, said = theirs_plan.keys, tuple(theirs_plan.targets.items())
        environment = environment or theirs_plan.environment
    given = named_pairs(settings.pairs)
    theirs = {key: name for key, name in named_pairs(own.map_key).items() if key not in given}
    chain = (settings.target or own.target) == "default-chain"
    mapping = KeyMap(
        {**settings.known, **(planned or {}), **theirs, **given},
        settings.profile or own.profile,
        chain,
        accounts={name: account for name, account in settings.accounts.items() if name not in confirmed},
        known=settings.known,
    )
    patterns = [(None, list(settings.exclude)), (own.folder, own.exclude)]
    unrelated = [(None, list(settings.unrelated)), (own.folder, own.unrelated)]
    targets = Targets(settings.target, said, own.target, repository)  # type: ignore[arg-type]
    return CodeRequest([clone], mapping, patterns, own.ignore, 1, environment=environment, targets=targets, unrelated=unrelated)


def _plan(path: Path, clone: Path) -> Plan:
    """The repository's own plan. Raises Refusal where it leads out of the clone: nobody trusts it."""
    from migrate.plan import load_plan

    if not path.resolve().is_relative_to(clone):
        raise Refusal("pyproject.toml names a plan outside the repository", help="pass the plan with --plan")
    return load_plan(path)
