"""What is said of keys that are left: the code, the line, and advice that fits what the key is for."""

from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
HEAD = f'K = "{KEY}"\nS = "{SECRET}"\n'

CASES = {
    "boto 2": ("import boto\nc = boto.connect_s3(K, S)", "AWS203", "boto3.Session"),
    "Spark by a builder": (
        'from pyspark.sql import SparkSession\ns = SparkSession.builder.config("spark.hadoop.fs.s3a.access.key", K).config("x", S)',
        "AWS203",
        "ProfileCredentialsProvider",
    ),
    "Spark that came as a parameter": ('def f(spark):\n    spark.conf.set("fs.s3a.access.key", K)\n    g(S)', "AWS203", "AWS_PROFILE"),
    "a URL for Spark": ('def f(spark):\n    return spark.read.parquet(f"s3a://{K}:{S}@b/p")', "AWS203", "ProfileCredentialsProvider"),
    "Redshift": ("""q = f"COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id={K};aws_secret_access_key={S}'\"""", "AWS204", "IAM_ROLE"),
    "Redshift by format": ("""q = "UNLOAD ('x') TO 's3://b' ACCESS_KEY_ID '{}' SECRET_ACCESS_KEY '{}'".format(K, S)""", "AWS204", "IAM_ROLE"),
    "Snowflake": ("""q = "COPY INTO t FROM s3://b CREDENTIALS=(AWS_KEY_ID='%s' AWS_SECRET_KEY='%s')" % (K, S)""", "AWS204", "STORAGE INTEGRATION"),
    "DuckDB": ("""import duckdb\nduckdb.sql(f"CREATE OR REPLACE SECRET x (TYPE s3, KEY_ID '{K}', SECRET '{S}')")""", "AWS204", "credential_chain"),
    "ClickHouse": ("""def f(c):\n    c.query(f"SELECT * FROM s3('https://b.s3.amazonaws.com/x', '{K}', '{S}')")""", "AWS204", "named collection"),
    "Delta": (
        'from deltalake import DeltaTable\nt = DeltaTable("s3://b", storage_options={"AWS_ACCESS_KEY_ID": K, "AWS_SECRET_ACCESS_KEY": S})',
        "AWS203",
        "AWS_PROFILE",
    ),
    "Celery": ('from celery import Celery\na = Celery("x", broker=f"sqs://{K}:{S}@")', "AWS204", "sqs://"),
    "Airflow": ('from airflow.models import Connection\nc = Connection(conn_id="a", conn_type="aws", login=K, password=S)', "AWS203", "profile_name"),
    "Airflow by a URL": ('uri = f"aws://{K}:{S}@/"', "AWS204", "profile_name"),
    "Athena by a URL": ('uri = f"awsathena+rest://{K}:{S}@athena.eu-west-1.amazonaws.com:443/x"', "AWS204", "profile_name"),
    "SES by SMTP": ('import smtplib\ns = smtplib.SMTP("email-smtp.eu-west-1.amazonaws.com")\ns.login(K, S)', "AWS203", "sesv2"),
    "signed by hand": ('import hmac\nprint(hmac.new(("AWS4" + S).encode(), b"x", "sha256"), K)', "AWS203", "SigV4Auth"),
    "a program's environment": (
        'import os, subprocess\nsubprocess.run(["x"], env={**os.environ, "AWS_ACCESS_KEY_ID": K, "AWS_SECRET_ACCESS_KEY": S})',
        "AWS211",
        "AWS_PROFILE",
    ),
    "a copy of the environment": (
        'import os\nenv = os.environ.copy()\nenv["AWS_ACCESS_KEY_ID"] = K\nenv["AWS_SECRET_ACCESS_KEY"] = S',
        "AWS211",
        "AWS_PROFILE",
    ),
    "a shell line": ('import os\nos.system(f"aws configure set aws_access_key_id {K}; aws configure set aws_secret_access_key {S}")', "AWS211", "AWS_PROFILE"),
    "a file of keys": ('open("c", "w").write(f"[default]\\naws_access_key_id = {K}\\naws_secret_access_key = {S}\\n")', "AWS204", "aws configure sso"),
    "JSON": ('import json\njson.dump({"k": K, "s": S}, open("c", "w"))', "AWS207", "role or a profile"),
    "a request": ('import requests\nrequests.post("https://x", json={"k": K, "s": S})', "AWS207", "role or a profile"),
    "sent to AWS": ('import boto3\nboto3.client("glue").start_job_run(JobName="x", Arguments={"--k": K, "--s": S})', "AWS207", "a role instead of a key"),
    "code in a text": ("exec(f\"import boto3; boto3.client('s3', aws_access_key_id='{K}', aws_secret_access_key='{S}')\")", "AWS204", "boto3.Session"),
    "a model without keys": ('from pynamodb.connection import Connection\nc = Connection(aws_access_key_id=K, aws_secret_access_key=S)', "AWS203", "AWS_PROFILE"),
    "a database in RDS": ("""q = f"select aws_commons.create_aws_credentials('{K}', '{S}', '')\"""", "AWS204", "a role"),
    "a function's environment": ('from aws_cdk import aws_lambda as lam\nlam.Function(None, "f", environment={"K": K, "S": S})', "AWS203", "a role"),
    "a pipe": ('import webdataset\nwebdataset.WebDataset(f"pipe:AWS_ACCESS_KEY_ID={K} AWS_SECRET_ACCESS_KEY={S} aws s3 cp s3://b/x -")', "AWS211", "AWS_PROFILE"),
    "a class that inherits": ('from storages.backends.s3 import S3Storage\nclass M(S3Storage):\n    access_key = K\n    secret_key = S', "AWS202", "session_profile"),
    "unknown": ('from parcel import Uploader\nu = Uploader("https://x", key=K, secret=S)', "AWS202", "its documentation"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_advice_fits(case: str, tmp_path: Path) -> None:
    text, code, advice = CASES[case]
    (tmp_path / "main.py").write_text(HEAD + text + "\n", encoding="utf-8")
    outcome = rewrite_code(CodeRequest([tmp_path], KeyMap({KEY: "dev"}), jobs=1))
    assert not outcome.changes
    assert (code, True) in {(f.code, advice in f.help) for f in outcome.findings}
    assert all((f.line or 0) > 2 for f in outcome.findings)
    assert not any(KEY in t or SECRET in t for f in outcome.findings for t in (f.message, f.help or ""))


@pytest.mark.parametrize(
    "text",
    [
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as ex:\n    k, s = next(ex.map(tuple, [(S, K)]))",
        "k, s = list(map(lambda n: {'a': ('SECRET', 'KEY')}[n], ['a']))[0]",
        "run(*[('SECRET', 'KEY')][0])",
        "x = {'a': ['SECRET', 'KEY'], 'b': 2}.popitem()",
    ],
)
def test_no_piece_of_a_key_is_shown_where_a_finding_quotes_an_expression(text: str, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(HEAD + text.replace("SECRET", SECRET).replace("KEY", KEY) + "\n", encoding="utf-8")
    outcome = rewrite_code(CodeRequest([tmp_path], KeyMap({KEY: "dev"}), jobs=1))
    said = " ".join(t for f in outcome.findings for t in (f.message, f.help or ""))
    assert outcome.findings
    assert not any(part[i : i + 6] in said for part in (KEY[4:], SECRET) for i in range(len(part) - 5))
