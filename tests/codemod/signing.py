"""Run as a program: `signing.py FOLDER SCRIPT` runs a script with the real boto3, once in each environment, and prints what came of it.

SIGNING is JSON: `envs`, the environments; `rows`, the profiles that may be there with their keys; `home`. No call leaves the process.
Keys are told by the profile that holds the same key.
"""

import json
import os
import runpy
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import boto3
import botocore.client

folder, script = sys.argv[1:3]
ASKED = json.loads(os.environ.pop("SIGNING"))
NAMES = {key: name for name, key, _ in ASKED["rows"]}


class Answer(dict):  # type: ignore[type-arg]
    def __missing__(self, key: str) -> list[object]:
        return []


def run(env: dict[str, str]) -> dict[str, object]:
    log: list[list[object]] = []

    def call(self: object, operation: str, parameters: object) -> Answer:
        credentials = self._request_signer._credentials  # type: ignore[attr-defined]
        key = credentials.access_key if credentials is not None else None
        meta = self.meta  # type: ignore[attr-defined]
        log.append([meta.service_model.service_name, operation, meta.region_name, NAMES.get(key, key), repr(parameters)])
        return Answer()

    botocore.client.BaseClient._make_api_call = call
    there = {"default", *env.pop("PROFILES", "dev,prod").split(",")}
    text = "".join(f"[{n}]\naws_access_key_id={i}\naws_secret_access_key={s}\n" for n, i, s in ASKED["rows"] if n in there)
    Path(ASKED["home"], ".aws/credentials").write_text(text)
    os.environ.update(env)
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
    return {"log": log, "error": error, "out": out.getvalue()}


assert boto3
results = []
for env in ASKED["envs"]:  # a process for each: what a program leaves behind is gone with it
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.write(theirs, json.dumps(run(env)).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as pipe:
        results.append(json.loads(pipe.read()))
    os.wait()
print(json.dumps(results))
