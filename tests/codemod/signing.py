"""Run as a program: `signing.py FOLDER SCRIPT` runs a script with the real boto3 and prints, as JSON, each call with who signs it.

No call leaves the process. Keys are told by the profile that holds the same key.
"""

import json
import os
import runpy
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import botocore.client

LOG: list[list[object]] = []
PROFILES = json.loads(os.environ.pop("SIGNING_PROFILES"))


class Answer(dict):  # type: ignore[type-arg]
    def __missing__(self, key: str) -> list[object]:
        return []


def call(self: object, operation: str, parameters: object) -> Answer:
    credentials = self._request_signer._credentials  # type: ignore[attr-defined]
    key = credentials.access_key if credentials is not None else None
    meta = self.meta  # type: ignore[attr-defined]
    LOG.append([meta.service_model.service_name, operation, meta.region_name, PROFILES.get(key, key), repr(parameters)])
    return Answer()


botocore.client.BaseClient._make_api_call = call
folder, script = sys.argv[1:3]
os.chdir(folder)
sys.path.insert(0, folder)
sys.argv = [script]
error, out = None, StringIO()
with redirect_stdout(out):
    try:
        with suppress(SystemExit):
            runpy.run_path(str(Path(folder) / script), run_name="__main__")
    except Exception as e:
        error = f"{type(e).__name__}: {e}"
print(json.dumps({"log": LOG, "error": error, "out": out.getvalue()}))
