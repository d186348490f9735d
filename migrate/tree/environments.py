"""Virtual environments: packages that others wrote, and a few files that somebody may have written."""

import os
from operator import attrgetter

_OF_ENVIRONMENTS = (".venv", "venv")
_STARTS = ("activate", "postactivate", "preactivate", "predeactivate", "postdeactivate")
"""Scripts of a virtual environment to which people add variables of their own."""
_NAME = attrgetter("name")


def own_of_environment(folder: str) -> list[str]:
    """The files of a virtual environment that somebody may have written: beside its folders, and what starts it. None in other folders."""
    if not folder.endswith(_OF_ENVIRONMENTS) and not os.path.exists(f"{folder}/pyvenv.cfg"):  # noqa: PTH110 - hot
        return []
    out = []
    for here in (folder, f"{folder}/bin", f"{folder}/Scripts"):
        try:
            with os.scandir(here) as entries:
                listed = sorted((e for e in entries if e.is_file(follow_symlinks=False)), key=_NAME)
        except OSError:
            continue
        own = (e for e in listed if e.name.partition(".")[0] in _STARTS or (here == folder and e.name != "pyvenv.cfg"))
        out += [e.path for e in own if not e.name.endswith(".py")]
    return out
