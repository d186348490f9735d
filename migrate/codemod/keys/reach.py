"""What signs with a session's keys: the clients that it makes, and the endpoints that they talk to.

A session names no endpoint, its clients do. A session with an SSO profile whose client talks to MinIO would send AWS's session token there,
so such clients count as the session's own (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
"""

import ast
import re

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib
from migrate.codemod.keys.sinks import ROLES, Sink, collect, is_aws, match_spec
from migrate.codemod.libraries.sessions import SESSIONS, SET_DEFAULT
from migrate.codemod.libraries.spec import Role, Style


def _setting(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"""\[\s*["']{name}["']\s*\]\s*=[^=]      # os.environ["AWS_ENDPOINT_URL"] = …
        |(setdefault|[pP]utenv|setenv)\(\s*["']{name}
        |environ\.update\([^)]*{name}
        |environ\s*\|=[^}}]*{name}""",
        re.VERBOSE,
    )


_SETS_ENDPOINT = _setting(r"AWS_ENDPOINT_URL(?:_\w+)?")
_OTHERS = r"(?:AWS_ENDPOINT|(?:AWS_|MLFLOW_|FSSPEC_)?S3_ENDPOINT(?:_URL)?)"
_SETS_ANOTHER = _setting(_OTHERS)
"""Endpoints that not the SDKs read, but what signs with the environment's keys: MLflow, GDAL, TensorFlow, fsspec, object_store."""
_WRANGLER = re.compile(r"\bconfig\.\w+_endpoint_url\s*=[^=]|WR_\w+_ENDPOINT_URL")
"""awswrangler's own endpoints, for the clients that it makes of a session."""
_PLAINLY = re.compile(rf"""(?m)^os\.environ\[\s*["'](AWS_ENDPOINT_URL(?:_S3)?|{_OTHERS})["']\s*\]\s*=\s*["']([^"'\n]+)["']""")
"""A statement that always runs, with the endpoint as it is."""


def mark_reach(interpreter: Interpreter, sinks: list[Sink]) -> None:
    """Fill in `reach` of the sinks that are sessions, and `surroundings` where the program itself sets AWS_ENDPOINT_URL."""
    setting = [m for m in interpreter.modules.values() if "AWS_ENDPOINT_URL" in m.source.text and _SETS_ENDPOINT.search(m.source.text)]
    if setting:
        in_tests_alone = all(is_test(m) for m in setting)  # a conftest.py for LocalStack says nothing of what runs outside
        for sink in sinks:
            sink.surroundings = not sink.of(Role.ENDPOINT) and (is_test(sink.module) or not in_tests_alone)
    if any("awswrangler" in m.source.text and _WRANGLER.search(m.source.text) for m in interpreter.modules.values()):
        for sink in sinks:
            sink.surroundings = sink.surroundings or (is_session(sink) and not sink.of(Role.ENDPOINT))
    if another := [m for m in interpreter.modules.values() if "ENDPOINT" in m.source.text and _SETS_ANOTHER.search(m.source.text)]:
        for sink in (s for s in sinks if s.spec.style is Style.ENVIRONMENT):
            sink.surroundings = sink.surroundings or is_test(sink.module) or not all(is_test(m) for m in another)
    sessions = [s for s in sinks if is_session(s)]
    for client in keyless_clients(interpreter) if sessions else ():
        for sink in sessions:
            if may_make(interpreter, sink, client):
                sink.reach.append(client)
    for sink in (s for s in sinks if s.surroundings):
        found = [m for module in {*setting, *another} for m in _PLAINLY.findall(module.source.text)]
        urls = {url for name, url in found if name == "AWS_ENDPOINT_URL" or (sink.spec.style is Style.ENVIRONMENT and not sink.reach)}
        sink.away = bool(urls) and not any(is_aws(url) for url in urls)


def is_test(module: Module) -> bool:
    """Return whether a file is run by a test runner alone, by its name."""
    path = module.path
    return (
        path.name == "conftest.py"
        or path.stem.startswith("test_")
        or path.stem.endswith("_test")
        or bool({"test", "tests"} & set(path.parts))
    )


def is_session(sink: Sink) -> bool:
    """Return whether a sink gives its keys to clients that are made elsewhere."""
    return sink.callee in SESSIONS + SET_DEFAULT or sink.spec.style in (Style.STATEMENT, Style.ENVIRONMENT)


def keyless_clients(interpreter: Interpreter) -> list[Sink]:
    """Return the calls that make a client with no keys of its own."""
    found = []
    for call, functions in interpreter.invoked.items():
        if not isinstance(call, ast.Call) or call not in interpreter.scopes:
            continue
        match = match_spec(call, call.func, functions)
        if match is None or match[1].style is not Style.CLIENT:
            continue
        client = Sink(interpreter.scopes[call].module, call, match[0], match[1], call.func, list(call.args))
        collect(interpreter, client)
        if not client.of(*ROLES):
            found.append(client)
    return found


def may_make(interpreter: Interpreter, sink: Sink, client: Sink) -> bool:
    """Return whether a session could make a client: it could, unless the client is plainly another's."""
    own = "Session()" in client.callee
    if sink.callee in SET_DEFAULT:
        return not own
    if sink.callee in SESSIONS and not own:
        return False
    if sink.callee.split(".")[0] != client.callee.split(".")[0] and sink.spec.style is Style.STATEMENT:
        return False
    receiver = client.function.value if isinstance(client.function, ast.Attribute) else None
    if not own or not isinstance(receiver, ast.Name | ast.Attribute | ast.Call):
        return True
    makers = [receiver] if isinstance(receiver, ast.Call) else [s.value for s in interpreter.reads(receiver)]
    if not makers or not all(isinstance(m, ast.Call) and makes_session(interpreter, m) for m in makers):
        return True
    if sink.spec.style is Style.ENVIRONMENT:  # only sessions without anything of their own look into the environment
        return any(isinstance(m, ast.Call) and not any((k.arg or "").startswith(("aws_", "profile")) for k in m.keywords) for m in makers)
    return sink.call in makers or sink.spec.style is Style.STATEMENT


def makes_session(interpreter: Interpreter, call: ast.Call) -> bool:
    """Return whether a call is a session's constructor itself, and no function that gives one."""
    return any(isinstance(v, Lib) and v.name in SESSIONS for v in interpreter.values_of(call.func))
