"""Writes docs/libraries/ anew: `python -m migrate.codemod.libraries docs/libraries`."""

import re
import sys
from pathlib import Path

from migrate.codemod.libraries import libraries
from migrate.codemod.libraries.spec import Library, Style

_HEAD = """\
# Libraries

Made from `migrate/codemod/libraries` by `python -m migrate.codemod.libraries docs/libraries`. A library that takes keys and is not listed here is
[reported](../codes/README.md); its keys are not touched.

"""


def page_name(library: Library) -> str:
    """Return the file name of a library's page."""
    return re.sub(r"[^a-z0-9]+", "-", library.name.lower()).strip("-") + ".md"


def pages() -> dict[str, str]:
    """Return the pages: file name to text, one for each library and an index."""
    out = {"README.md": _HEAD + "".join(f"- [{library.name}]({page_name(library)})\n" for library in libraries())}
    for library in libraries():
        out[page_name(library)] = page(library)
    return out


def page(library: Library) -> str:
    """Return one library's page: before, after, why, what else takes keys, and where its documentation says how a profile is named."""
    parts = [f"# {library.name}\n"]
    if library.before:
        parts.append(f"Before:\n\n```python\n{library.before}\n```\n\nAfter:\n\n```python\n{library.after}\n```\n")
    parts.append(f"{library.why}\n\nThe library's documentation: <{library.documentation}>\n")
    rewritten = sorted({c for t in library.sinks if t.style is not Style.REPORT for c in t.callees})
    if rewritten:
        parts.append("## What is rewritten\n\n" + "".join(f"- `{c}`\n" for c in rewritten))
    reported = [(c, t.advice) for t in library.sinks if t.style is Style.REPORT for c in t.callees]
    if reported:
        parts.append("## What is reported, and what to do instead\n\n" + "".join(f"- `{c}`: {advice}\n" for c, advice in reported))
    return "\n".join(parts)


def main() -> None:
    """Write the pages into the folder named on the command line, and remove those that nothing makes any more."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
