"""What a text says of the key in it or beside it: SQL, URLs, scripts, each known by its own words."""

import re
from typing import NamedTuple


class Telling(NamedTuple):
    """What texts of one kind look like, and what is reported of a key there: a code of `migrate.codes`, what is there, what to do."""

    pattern: re.Pattern[str]
    code: str
    message: str
    help: str


def _texts(*rows: tuple[str, str, str, str]) -> tuple[Telling, ...]:
    return tuple(Telling(re.compile(pattern, re.IGNORECASE | re.DOTALL), *reason) for pattern, *reason in rows)


TELLING = _texts(
    (r"aws configure|export\s+aws_|\A#!|setx aws_|docker run|-e aws_|\baws s3 (?:cp|ls|sync|mv|rm)\b", "AWS211", "a shell script or command contains the key",
     "let the script use a profile (AWS_PROFILE) or the machine's role"),
    (r"\bsqs://", "AWS204", "a broker URL contains the key",
     "remove the keys (`sqs://`) and set AWS_PROFILE for the worker: kombu then uses boto3's default credential chain"),
    (r"\bdynamodb://", "AWS204", "a result backend URL contains the key",
     "remove the keys (`dynamodb://@REGION/TABLE`) and set AWS_PROFILE for the worker"),
    (r"\bawsathena\+\w+://", "AWS204", "a database URL contains the key",
     "remove the keys and name the profile in the query: `awsathena+rest://:@athena.REGION.amazonaws.com:443/SCHEMA?profile_name=…`"),
    (r"(?<![a-z0-9])aws://", "AWS204", "an Airflow connection URL contains the key",
     'remove user and password, and name the profile: `aws:///?profile_name=…` (in JSON: "extra": {"profile_name": "…"})'),
    (r"\bs3[an]://|\bfs\.s3[an]?\.", "AWS203", "Spark and Hadoop accept keys, but not a profile name",
     "remove the keys, set fs.s3a.aws.credentials.provider to software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider "
     "(Hadoop 3.4 or newer), and start with AWS_PROFILE"),
    (r"aws_key_id\s*=|aws_secret_key\s*=", "AWS204", "SQL contains the key",
     "in Snowflake, use a STORAGE INTEGRATION with a role instead of CREDENTIALS"),
    (r"\bs3_(?:access_key_id|secret_access_key)\b|create\s+(?:or\s+replace\s+)?(?:persistent\s+|temporary\s+)?secret\b", "AWS204",
     "SQL for DuckDB contains the key", "CREATE SECRET (TYPE s3, PROVIDER credential_chain, CHAIN 'sso', PROFILE '…')"),
    (r"\baws_commons\.|\baws_s3\.|\bawsauth\s*=", "AWS204",
     "SQL contains the key", "give the database a role for S3 instead of keys"),
    (r"\bs3(?:cluster)?\(\s*'https?://", "AWS204", "SQL for ClickHouse contains the key",
     "remove the keys and give the server a role (use_environment_credentials), or use a named collection"),
    (r"\b(?:copy|unload)\b.*(?:access_key_id|credentials)|credentials\s+'aws_access_key_id", "AWS204",
     "SQL contains the key", "use IAM_ROLE (Redshift) or a credential chain instead of keys"),
    (r"(?:\A|\n)\s*\[[^\]\n]+\]\s*\n.*aws_access_key_id", "AWS204", "the content of a credentials file contains the key",
     "write a profile without keys (`aws configure sso`), or let `aws-sso-migrate config` make one"),
)  # fmt: skip
"""Texts that tell what a key is for, also where they only stand beside it."""
LOOSE = _texts(
    (r"aws4-hmac-sha256|\bcredential=|x-amz-credential|awsaccesskeyid=|aws4\Z", "AWS204", "a request is signed by hand",
     "sign with botocore.auth.SigV4Auth, or requests-aws4auth, and the credentials of boto3.Session(profile_name=…)"),
    (r"\bimport\s+boto|boto3\.|aws_access_key_id\s*=\s*['\"]", "AWS204", "code in a string contains the key",
     "let that code name a profile: boto3.Session(profile_name=…)"),
    (r"://", "AWS204", "a URL contains the key", "remove the key from the URL and set AWS_PROFILE, or use boto3 with a profile"),
)  # fmt: skip
"""Texts that tell it only of a key within them."""
