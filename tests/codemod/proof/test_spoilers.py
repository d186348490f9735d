"""Each example with one thing added that a rewrite may not know of: it is left, or the program still signs as it did.

Old and new program are run with the stand-ins, and their calls compared. A share of all pairs runs here, chosen by a number that does not change.
"""

import random
from pathlib import Path

import pytest

from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.codemod.programs import lay
from tests.codemod.running import as_profiles, signed
from tests.codemod.test_fixtures import ANSWERS_COUNT, EXAMPLES, KEYS, MAPPING, only_boto3
from tests.madeup import key_id, secret

OTHER = (key_id("other"), secret("other"))
PAIR = f"({OTHER[0]!r}, {OTHER[1]!r})"

TOP = {
    "globals in a loop": f"for _n in list(globals()):\n    if _n.isupper() and isinstance(globals()[_n], str) and 'KEY' in _n:\n        globals()[_n] = {OTHER[0]!r}\n",
    "vars of the module": "import sys as _sys\nvars(_sys.modules[__name__])['_x'] = 1\n",
    "exec of a text": "exec('_x = 1')\n",
    "eval of a text": "_x = eval('1')\n",
    "boto3.client replaced": "import boto3 as _b\n_real = _b.client\n_b.client = lambda *a, **k: _real(*a, **k)\n",
    "boto3.Session replaced": "import boto3 as _b\n\n\nclass _Session(_b.Session):\n    pass\n\n\n_b.Session = _Session\n",
    "a default session": "import boto3 as _b\n_b.setup_default_session(region_name='eu-west-3')\n",
    "AWS_PROFILE is read": "import os as _os\n_p = _os.environ.get('AWS_PROFILE')\n",
    "the key variables are read": "import os as _os\n_k = _os.environ.get('AWS_ACCESS_KEY_ID')\n",
    "setattr with a name": "import sys as _sys\nsetattr(_sys.modules[__name__], 'KEY_' + 'X', 1)\n",
    "getattr with a name": "import sys as _sys\n_v = [getattr(_sys.modules[__name__], n) for n in ('__name__',)]\n",
    "inspect": "import inspect as _i\n_f = _i.currentframe()\n",
    "a star import that is not there": "try:\n    from local_settings import *\nexcept ImportError:\n    pass\n",
    "a class of the same names": "class _Same:\n    profile = 'x'\n    profile_name = 'y'\n    key = secret = None\n",
    "names of a profile": "profile = 'mine'\nprofile_name = 'mine'\n",
    "a subprocess": "import subprocess as _s\n_s.run(['true'])\n",
    "json over the names": "import json as _j\nfor _n, _v in _j.loads('{}').items():\n    globals()[_n] = _v\n",
    "del in a loop": "for _n in ('NOT_THERE',):\n    globals().pop(_n, None)\n",
    "own AWS files": "import os as _os\n_os.environ.setdefault('AWS_CONFIG_FILE', _os.environ.get('AWS_CONFIG_FILE', ''))\n",
    "a session with an agent": "import boto3 as _b\n_s = _b.Session(region_name='eu-west-1')\n",
}
"""What is put below the imports of a program."""

END = {
    "names are printed": "print(sorted(n for n in globals() if n.isupper()))\n",
    "constants are printed": "print([v for n, v in sorted(globals().items()) if n.isupper() and isinstance(v, str)])\n",
    "constants are measured": "_lengths = {n: len(v) for n, v in globals().items() if n.isupper() and isinstance(v, str)}\nprint(_lengths)\n",
    "a subclass of each class": "for _c in [c for c in list(globals().values()) if isinstance(c, type)]:\n    type('Sub', (_c,), {}) if _c.__module__ == __name__ and not hasattr(_c, '__members__') else None\n",
    "vars of each object": "for _o in list(globals().values()):\n    if type(_o).__module__ == __name__ and hasattr(_o, '__dict__'):\n        print(sorted(vars(_o)))\n",
    "fields of each dataclass": "import dataclasses as _d\nfor _c in list(globals().values()):\n    if isinstance(_c, type) and _d.is_dataclass(_c):\n        print([f.name for f in _d.fields(_c)])\n",
    "signatures": "import inspect as _i\nfor _f in list(globals().values()):\n    if _i.isfunction(_f):\n        print(_i.signature(_f))\n",
    "reload by name": "import importlib as _il\n_il.import_module('json')\n",
    "a format of locals": "print('{__name__}'.format(**locals()))\n",
    "an annotation": "_note: 'dict[str, str]' = {}\n",
    "an exit handler": "import atexit as _a\n_a.register(lambda: None)\n",
    "a thread": "import threading as _t\n_t.Thread(target=lambda: None).start()\n",
    "a walrus": "print(bool(_w := 1))\n",
    "a comprehension": "print([key for key in ('a',)], [secret for secret in ('b',)])\n",
    "a match": "match {'key': 1}:\n    case {'key': key_found}:\n        print(key_found)\n",
    "try and finally": "try:\n    print('tried')\nfinally:\n    print('done')\n",
    "a deleted name": "_gone = 1\ndel _gone\n",
    "a client of nobody": "import boto3 as _b\n_b.client('sqs').list_queues()\n",
    "a session of nobody": "import boto3 as _b\n_b.Session().client('sqs').list_queues()\n",
    "an import again": "import boto3\n",
}
"""What is put at the end of a program."""

SPOILERS = [("top", n) for n in TOP] + [("end", n) for n in END]
RUNNABLE = [
    name for name, e in EXAMPLES.items() if "main.py" in e.before and e.after is not None and name not in ANSWERS_COUNT and only_boto3(name)
]
PAIRS = [(e, s) for e in RUNNABLE for s in SPOILERS]
SHARE = 1000


def spoilt(text: str, where: str, name: str) -> str:
    """A program with a spoiler: behind its docstring and imports from the future, or at its end."""
    if where == "end":
        return text.rstrip("\n") + "\n" + END[name]
    lines = text.split("\n")
    at = max((n + 1 for n, line in enumerate(lines[:30]) if line.startswith(("import ", "from "))), default=0)
    return "\n".join([*lines[:at], TOP[name].rstrip("\n"), *lines[at:]])


def outcome(folder: Path, mode: str) -> tuple[list[tuple[str, str]] | None, str]:
    """The calls of a program, or the kind of exception that ends it."""
    try:
        return signed(folder, mode=mode), ""
    except BaseException as e:
        return None, type(e).__name__


def test_there_are_forty_of_them() -> None:
    assert len(SPOILERS) >= 40


@pytest.mark.parametrize("share", range(6))
def test_a_spoilt_example_is_left_or_still_right(share: int, tmp_path: Path) -> None:
    chosen = random.Random(20).sample(PAIRS, SHARE)[share::6]
    wrong = []
    for n, (example, (where, name)) in enumerate(chosen):
        old, new = tmp_path / f"{n}o", tmp_path / f"{n}n"
        for folder in (old, new):
            folder.mkdir()
            files = lay(EXAMPLES[example].before, folder)
            main = folder / "main.py"
            main.write_text(spoilt(files["main.py"], where, name), encoding="utf-8")
        changed = rewrite_code(CodeRequest([new], MAPPING, jobs=1)).changes
        for change in changed:
            change.path.write_bytes(change.after or b"")
        if not changed:
            continue
        for mode in ("", "x"):
            (was, raised), (now, raises) = outcome(old, mode), outcome(new, mode)
            if raised != raises or (was is not None and now is not None and as_profiles(was, KEYS) != as_profiles(now, KEYS)):
                wrong.append((example, name, raised, raises))
                break
    assert not wrong
