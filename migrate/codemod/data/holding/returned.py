"""Variables that a program puts where they are already: `os.environ["AWS_ACCESS_KEY_ID"] = os.getenv("AWS_ACCESS_KEY_ID")`."""

import ast

from migrate.codemod.data.environment.variables import Variables
from migrate.codemod.data.following.names import File, Sources


def put_back(sources: Sources, found: Variables) -> dict[ast.Assign, File]:
    """Return the statements that set a variable to what it is, by reading it there or under a name that holds just that."""
    reads = {read.node: read.name for read in found.reads if read.reader == "os"}
    out: dict[ast.Assign, File] = {}
    for problem in found.problems:
        file, target = problem.file, problem.node
        statement = file.source.parents.get(target)
        if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Constant):
            continue
        if not isinstance(statement, ast.Assign) or statement.targets != [target] or sources.library(file, target.value) != "os.environ":
            continue
        value: ast.expr | None = statement.value
        if isinstance(value, ast.Name):
            bound = file.bound(value)
            up = file.source.parents.get(bound) if bound is not None else None
            value = up.value if isinstance(up, ast.Assign | ast.AnnAssign) and not isinstance(bound, ast.alias) else None
        if value is not None and reads.get(value) == target.slice.value:
            out[statement] = file
    return out
