"""Programs in which it matters when the settings file is read, or what they do where a variable is missing."""

from tests.codemod.carriers import FROM_C, HANDED, JSON, LOAD, OUTSIDE, OWN, PAIR, READ_JSON, SERVER, SETTINGS, STANDARD, Case, call, dotenv

IMPORTS = "import os\nimport boto3\nfrom dotenv import load_dotenv\n"
EARLY = "boto3.client('sqs', region_name='eu-west-1')"
LIST = "c.list_queues()\n"
QUEUE = "import boto3\nsqs = boto3.client('sqs', region_name='eu-west-1')\n"
READS = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nB = 'b'\n"
LISTED = "boto3.client('s3').list_objects_v2(Bucket=settings.B)\n"

REWRITTEN = {
    "settings are imported first": Case({".env": STANDARD, "settings.py": READS, "main.py": "import settings\nimport boto3\n" + LISTED}, [{}, SERVER]),
    "a function that stands below": dotenv(IMPORTS + "load_dotenv()\ndef f():\n    " + EARLY + ".list_queues()\nf()\n" + HANDED, STANDARD, SERVER),
    "a session in an annotation": dotenv(IMPORTS + "def f(s: boto3.Session):\n    return s\nload_dotenv()\n" + HANDED, STANDARD, SERVER),
    "a script of its own": Case({".env": STANDARD, "main.py": LOAD + HANDED, "other.py": QUEUE}, [{}, SERVER]),
    "imported after it is read": Case({".env": STANDARD, "aws.py": QUEUE, "main.py": LOAD + "import aws\naws.sqs.list_queues()\n" + HANDED}, [{}, SERVER]),
    "an except of something else": dotenv(
        LOAD + "from botocore.exceptions import ClientError\ndef f():\n    " + OWN + "try:\n    f()\nexcept ClientError:\n    pass\n", PAIR, OUTSIDE
    ),
}  # fmt: skip

LEFT = {
    "client before": dotenv(IMPORTS + "c = " + EARLY + "\nload_dotenv()\n" + LIST + HANDED, STANDARD),
    "session before": dotenv(IMPORTS + "s = boto3.Session()\nload_dotenv()\ns.client('sqs').list_queues()\n", STANDARD),
    "the same call before": dotenv(IMPORTS + call("os.getenv('AWS_ACCESS_KEY_ID')", "os.getenv('AWS_SECRET_ACCESS_KEY')") + "load_dotenv()\n" + HANDED, STANDARD),
    "a client with other keys before": dotenv(IMPORTS + call("'x'", "'y'") + "load_dotenv()\n" + HANDED, STANDARD),
    "imported before": Case({".env": STANDARD, "aws.py": QUEUE, "main.py": "import aws\n" + LOAD + "aws.sqs.list_queues()\n" + HANDED}),
    "imported before through another": Case({
        ".env": STANDARD, "aws.py": QUEUE, "work.py": "import aws\n", "main.py": "import work\n" + LOAD + "import aws\naws.sqs.list_queues()\n" + HANDED}),
    "settings are imported last": Case({".env": STANDARD, "settings.py": READS, "main.py": "import boto3\nc = boto3.client('s3')\nimport settings\n" + LISTED}),
    "modules that import each other": Case({
        ".env": STANDARD, "settings.py": "import aws\n" + READS, "aws.py": "import settings\n" + QUEUE, "main.py": "import settings\nimport boto3\n" + LISTED}),
    "a function that is called before": dotenv(IMPORTS + "def f():\n    " + EARLY + ".list_queues()\nf()\nload_dotenv()\n" + HANDED, STANDARD),
    "a default that is made before": dotenv(IMPORTS + f"def f(c={EARLY}):\n    {LIST}load_dotenv()\nf()\n" + HANDED, STANDARD),
    "another name for boto3.client": dotenv(IMPORTS + "make = boto3.client\nc = make('sqs', region_name='eu-west-1')\nload_dotenv()\n" + LIST + HANDED, STANDARD),
    "client imported by its name": dotenv("from boto3 import client\n" + IMPORTS + "c = client('sqs')\nload_dotenv()\n" + LIST + HANDED, STANDARD),
    "getattr": dotenv(IMPORTS + "c = getattr(boto3, 'client')('sqs')\nload_dotenv()\n" + LIST + HANDED, STANDARD),
    "botocore": dotenv(IMPORTS + "import botocore.session\nc = botocore.session.get_session().create_client('sqs')\nload_dotenv()\n" + LIST, STANDARD),
    "a notebook that reads it": Case({".env": STANDARD, "main.py": LOAD + HANDED, "a.ipynb": '{"cells": [{"cell_type": "code", "source": ["import boto3\\n", "c = boto3.client(\'s3\')\\n", "from dotenv import load_dotenv\\n", "load_dotenv()"], "metadata": {}, "outputs": []}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'}),
    "another variable that chooses": dotenv(LOAD + HANDED, STANDARD + "AWS_DEFAULT_PROFILE=prod\n"),
    "KeyError": dotenv(LOAD + "try:\n    K = os.environ['UPLOAD_KEY']\nexcept KeyError:\n    raise SystemExit('no')\n" + call("K", "os.environ['UPLOAD_SECRET']")),
    "KeyError, standard": dotenv(LOAD + "try:\n    K = os.environ['AWS_ACCESS_KEY_ID']\nexcept KeyError:\n    raise SystemExit('no')\n" + call("K", "os.environ['AWS_SECRET_ACCESS_KEY']"), STANDARD),
    "Exception around a caller": dotenv(LOAD + "def f():\n    " + OWN + "try:\n    f()\nexcept Exception:\n    boto3.client('s3').list_buckets()\n"),
    "LookupError around an object": dotenv(LOAD + "class A:\n    def __init__(self):\n        " + OWN + "try:\n    A()\nexcept LookupError:\n    boto3.client('s3').list_buckets()\n"),
    "a try around an import": Case({
        ".env": PAIR, "aws.py": LOAD + "c = " + OWN, "main.py": "import boto3\ntry:\n    import aws\nexcept KeyError:\n    boto3.client('s3').list_buckets()\n"}),
    "suppress": dotenv(LOAD + "import contextlib\nwith contextlib.suppress(KeyError):\n    " + OWN),
    "settings that may be invalid": dotenv(SETTINGS.replace("s = Settings()\n", "try:\n    s = Settings()\nexcept ValueError:\n    raise SystemExit(1)\n") + call("s.upload_key", "s.upload_secret")),
    "read to see whether it is there": dotenv(LOAD + "os.environ['AWS_ACCESS_KEY_ID']\nboto3.client('s3').list_buckets()\n", STANDARD),
    "an entry read to see whether it is there": Case({"conf.json": JSON, "main.py": READ_JSON + "c['aws']['secret']\n" + FROM_C}),
    "asked of the environment": dotenv(LOAD + "if 'UPLOAD_KEY' in os.environ:\n    " + OWN),
}  # fmt: skip
