"""What takes AWS keys, one module for each library, found without a list: a new module here with `TAKES` is all that a library needs."""

import importlib
import pkgutil
from functools import cache

from migrate.codemod.libraries.spec import Library, Style, Takes


@cache
def libraries() -> tuple[Library, ...]:
    """All libraries, by name."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        if info.name not in ("spec", "__main__"):
            found.append(importlib.import_module(f"{__name__}.{info.name}").LIBRARY)
    return tuple(sorted(found, key=lambda x: x.name))


@cache
def library_of(callee: str) -> str:
    """The library of a callable, by the name that programs import; the library's own name where any object may have the callable."""
    first = callee.partition(".")[0]
    if first != "*":
        return first
    return next((library.name for library in libraries() if any(callee in takes.callees for takes in library.takes)), first)


@cache
def by_callee() -> dict[str, Takes]:
    """The callables that take keys, by dotted name."""
    return {callee: takes for library in libraries() for takes in library.takes for callee in takes.callees}


@cache
def without_profile(name: str) -> Takes | None:
    """The description of a callable that takes keys and no profile: by its own name, or by a package's (`pyspark.*`)."""
    table = by_callee()
    parts = name.split(".")
    for key in (name, *(".".join(parts[:n]) + ".*" for n in range(len(parts) - 1, 0, -1))):
        if (takes := table.get(key)) is not None:
            return takes if takes.style is Style.REPORT else None
    return None
