"""`python -m migrate` is the console script `aws-sso-migrate`.

`python -m` looks for modules in the current folder first, which may be a stranger's repository: it is taken off before anything else is
loaded. (What Python itself loads before that, it may still find there: the console script and `python -P -m migrate` do not look at all.)
"""

import os
import sys

try:
    _here = os.getcwd()  # noqa: PTH109 - pathlib would be looked for there
except OSError:  # it is no longer there, which is told later
    _here = ""
if not sys.flags.safe_path and sys.path and sys.path[0] in ("", _here):
    del sys.path[0]

from migrate.cli.app import main

if __name__ == "__main__":
    main()
