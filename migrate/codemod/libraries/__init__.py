"""What is known of libraries, as data.

What takes AWS keys is described in one module for each library, found without a list: a new module with a `LIBRARY` in `clients/`, `storage/` or
`models/` is all that a library needs.
What both analyses know of others stands in `packages` (a line for each), `sessions`, `frameworks`, `records` and `standard`.
"""

import importlib
import pkgutil
from functools import cache

from migrate.codemod.libraries.spec import Library, SinkSpec, Style


@cache
def libraries() -> tuple[Library, ...]:
    """Return all libraries, by name."""
    found = []
    for info in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not info.name.endswith(".__main__") and (library := getattr(importlib.import_module(info.name), "LIBRARY", None)) is not None:
            found.append(library)
    return tuple(sorted(found, key=lambda x: x.name))


@cache
def library_of(callee: str) -> str:
    """Return the library of a callable, by the name that programs import; the library's own name where any object may have the callable."""
    first = callee.partition(".")[0]
    if first != "*":
        return first
    return next((library.name for library in libraries() if any(callee in spec.callees for spec in library.sinks)), first)


@cache
def by_callee() -> dict[str, SinkSpec]:
    """Return the callables that take keys, by dotted name."""
    return {callee: spec for library in libraries() for spec in library.sinks for callee in spec.callees}


@cache
def without_profile(name: str) -> SinkSpec | None:
    """Return the description of a callable that takes keys and no profile: by its own name, or by a package's (`pyspark.*`)."""
    table = by_callee()
    parts = name.split(".")
    for key in (name, *(".".join(parts[:n]) + ".*" for n in range(len(parts) - 1, 0, -1))):
        if (spec := table.get(key)) is not None:
            return spec if spec.style is Style.REPORT else None
    return None
