"""Asks the witness about texts: files before and after in, the rule that rejects them out."""

import ast
from collections.abc import Mapping
from pathlib import Path

from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.proof.case import Rejection, Rewritten
from migrate.codemod.proof.witness import prove
from tests.madeup import key_id, secret

DEV, PROD = key_id("dev"), key_id("prod")
PROFILES: dict[str, str | None] = {DEV: "dev", PROD: "prod"}


def filled(text: str) -> str:
    """`<id:dev>` and `<secret:dev>` become keys of the right shape."""
    for name in ("dev", "prod"):
        text = text.replace(f"<id:{name}>", key_id(name)).replace(f"<secret:{name}>", secret(name))
    return text


def proof(
    folder: Path, before: Mapping[str, str], after: Mapping[str, str], profiles: Mapping[str, str | None] | None = None
) -> Rejection | None:
    """What the witness says of a rewrite of the Python files `before` (laid into `folder`) to `after`, which lists those that change.

    Files in the folder `unseen` are laid down and do not belong to the program.
    """
    for name, text in before.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(filled(text), encoding="utf-8")
    trees = {folder / n: ast.parse(filled(t)) for n, t in before.items() if n.endswith(".py") and not n.startswith("unseen/")}
    new = {folder / n: ast.parse(filled(t)) for n, t in after.items() if filled(t) != filled(before[n])}
    text = "".join(filled(t) for t in before.values())
    left = "".join(filled(after.get(n, t)) for n, t in before.items())
    gone = {k: p for k, p in (profiles or PROFILES).items() if k in text and k not in left}
    return prove(Rewritten(folder, trees, new, gone, lambda path: None, Mentions(folder)))
