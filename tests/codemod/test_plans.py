"""The edits that are planned for a program: for each style of call, and for what goes with it."""

from pathlib import Path

import pytest

from migrate.codemod.edit.kinds import described
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.keys.cluster import Clusters, find_credentials
from migrate.codemod.keys.environment import find_environment
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.keys.sinks import find_sinks
from migrate.codemod.rewrite.plan import facts_of
from migrate.codemod.rewrite.planner import plan_rewrite
from migrate.codemod.source.python import parse
from migrate.codemod.verdict.uses import Uses
from tests.madeup import key_id, secret


def planned(text: str) -> list[str]:
    """Return the edits of a program of one file, in words and sorted. <I> and <S> in it are an id and its secret."""
    text = text.replace("<I>", f'"{key_id("dev")}"').replace("<S>", f'"{secret("dev")}"')
    source = parse(Path("/nowhere/main.py"), text.encode())
    interpreter = Interpreter(Imports(Path("/nowhere"), {str(source.path)}), [Module(source)])
    interpreter.run()
    sinks = find_sinks(interpreter) + find_environment(interpreter)
    found = find_credentials(interpreter, sinks)
    facts = facts_of(interpreter, found, Uses(interpreter, found, sinks), KeyMap({key_id("dev"): "dev"}))
    (cluster,) = Clusters(interpreter, sinks, found).clusters
    return sorted(described(edit) for _, edit in plan_rewrite(facts, cluster).edits)


PROGRAMS: dict[str, tuple[str, list[str]]] = {
    "a client is made by a session": (
        "import boto3\nboto3.client('s3', aws_access_key_id=<I>, aws_secret_access_key=<S>)\n",
        [
            "Drop Call@2:1 keyword@2:20",
            "Drop Call@2:1 keyword@2:62",
            'Put Attribute@2:1 `<Name@2:1>.Session(profile_name="dev").client`',
        ],
    ),
    "a session takes the profile": (
        "import boto3\nboto3.Session(aws_access_key_id=<I>, aws_secret_access_key=<S>)\n",
        [
            "Drop Call@2:1 keyword@2:57",
            'PutArgument Call@2:1 keyword@2:15 `profile_name="dev"`',
        ],
    ),
    "names go with what they held": (
        "import boto3\nKEY, SECRET = <I>, <S>\nboto3.Session(KEY, SECRET, None, 'eu-west-1')\n",
        [
            "Drop Call@3:1 Constant@3:28",
            "Drop Call@3:1 Name@3:20",
            "DropPair Assign@2:1 0",
            "DropPair Assign@2:1 1",
            "NameArgument Call@3:1 Constant@3:34 region_name",
            'PutArgument Call@3:1 Name@3:15 `profile_name="dev"`',
        ],
    ),
    "a name that takes the id's way is renamed": (
        "import boto3\ndef connect(key, secret):\n    return boto3.Session(key, secret)\nconnect(<I>, <S>)\n",
        [
            "Drop Call@3:12 Name@3:31",
            "Drop Call@4:1 Constant@4:33",
            "Drop arguments arg@2:18",
            'Put Constant@4:9 `"dev"`',
            "PutArgument Call@3:12 Name@3:26 `profile_name=<Name@3:26>`",
            "Rename Name@3:26 profile",
            "Rename arg@2:13 profile",
        ],
    ),
    "a dict names the profile": (
        "import boto3\nCONF = {'aws_access_key_id': <I>, 'aws_secret_access_key': <S>}\nboto3.Session(**CONF)\n",
        [
            "Drop Dict@2:8 Constant@2:79",
            'Put Constant@2:30 `"dev"`',
            "Put Constant@2:9 `'profile_name'`",
        ],
    ),
    "the environment": (
        "import os\nos.environ['AWS_ACCESS_KEY_ID'] = <I>\nos.environ['AWS_SECRET_ACCESS_KEY'] = <S>\n",
        [
            'Put Assign@2:1 `os.environ.pop("AWS_ACCESS_KEY_ID", None)\nos.environ.pop("AWS_DEFAULT_PROFILE", None)\nos.environ["AWS_PROFILE"] = "dev"`',
            'Put Assign@3:1 `os.environ.pop("AWS_SECRET_ACCESS_KEY", None)`',
        ],
    ),
    "a default for something from outside": (
        "import boto3, os\nboto3.client('s3', aws_access_key_id=os.getenv('K', <I>), aws_secret_access_key=os.getenv('S', <S>))\n",
        [
            "Drop Call@2:100 Constant@2:115",
            "Drop Call@2:38 Constant@2:53",
            "Put Attribute@2:1 `<Name@2:1>.Session(profile_name='dev' if os.getenv('K') is None else None).client`",
        ],
    ),
}


@pytest.mark.parametrize("said", PROGRAMS)
def test_the_edits_of_a_program(said: str) -> None:
    text, wanted = PROGRAMS[said]
    assert planned(text) == wanted
