"""Writes the example. Its keys are composed here, so that no scanner takes this package for one that holds live ones."""

import base64
import re
from hashlib import sha256
from pathlib import Path

from migrate.changes.state import make_private_folder
from migrate.changes.write import write_new

SESSION = ["--sso-session", "example", "--sso-start-url", "https://example.awsapps.com/start", "--sso-region", "eu-central-1"]
ROLES = {"default": "ReadOnlyAccess", "dev": "PowerUserAccess", "reports": "DataAnalyst"}
"""What the person of the example fills into the plan: the role of each profile."""

_ACCOUNTS = {"default": "111122223333", "dev": "444455556666", "reports": "777788889999"}
_PLACEHOLDER = re.compile(r"<(id|secret):(\w+)>")

CONFIG = """\
# the team's profiles
[default]
region = eu-central-1
output = json

[profile dev]
region = eu-west-1
s3 =
    addressing_style = path
    max_concurrent_requests = 20

[profile deploy]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = dev

[profile audit]
role_arn = arn:aws:iam::444455556666:role/Audit
source_profile = dev
mfa_serial = arn:aws:iam::444455556666:mfa/kim

[profile minio]
endpoint_url = http://localhost:9000
"""
CREDENTIALS = """\
[default]
aws_access_key_id = <id:default>
aws_secret_access_key = <secret:default>

[dev]
; rotated in spring
aws_access_key_id=<id:dev>
aws_secret_access_key=<secret:dev>
region = eu-west-1

[reports]
aws_access_key_id = <id:reports>
aws_secret_access_key = <secret:reports>

[minio]
aws_access_key_id = minio
aws_secret_access_key = minio-example
"""
BASHRC = """\
alias ll='ls -l'
export AWS_ACCESS_KEY_ID=<id:default>
export AWS_SECRET_ACCESS_KEY=<secret:default>
"""
COPY = """\
[reports]
aws_access_key_id = <id:reports>
aws_secret_access_key = <secret:reports>
"""
REPOSITORIES = {
    "backup/backup.py": '''\
"""Copies yesterday's dump to the bucket."""

import boto3

s3 = boto3.client(
    "s3",
    aws_access_key_id="<id:dev>",
    aws_secret_access_key="<secret:dev>",
    region_name="eu-west-1",
)


def main() -> None:
    s3.upload_file("dump.sql", "example-backups", "dump.sql")
''',
    "backup/.env": """\
BUCKET=example-backups
AWS_ACCESS_KEY_ID=<id:dev>
AWS_SECRET_ACCESS_KEY=<secret:dev>
""",
    "reports/settings.py": """\
AWS_KEY = "<id:reports>"
AWS_SECRET = "<secret:reports>"
BUCKET = "example-reports"
""",
    "reports/main.py": """\
import boto3

import settings

session = boto3.Session(settings.AWS_KEY, settings.AWS_SECRET)
table = session.resource("dynamodb").Table("reports")
""",
}


def write_example(folder: Path) -> tuple[Path, Path]:
    """Makes the example below `folder`, which exists; gives the home folder and that of the repositories. Raises OSError."""
    home, repositories = folder / "home", folder / "repositories"
    for path, text in {
        home / ".aws/config": CONFIG,
        home / ".aws/credentials": CREDENTIALS,
        home / ".aws/credentials.bak": COPY,
        home / ".bashrc": BASHRC,
        **{repositories / name: text for name, text in REPOSITORIES.items()},
    }.items():
        make_private_folder(path.parent)
        write_new(path, _PLACEHOLDER.sub(_made_up, text).encode())
    return home, repositories


def fill_in(plan: str) -> str:
    """The plan as the person of the example edits it: each profile's role filled in, and the keys that the sources hold."""
    name = ""
    lines = []
    for line in plan.split("\n"):
        section = re.match(r"\s*\[\[(.+?)\]\]", line)
        if section:
            name = section[1]
        lines.append(f"{line} {ROLES[name]}" if line.endswith("sso_role_name =") and name in ROLES else line)
    text = "\n".join(lines)
    return text + "".join(f"    {_PLACEHOLDER.sub(_made_up, f'<id:{name}>')} = {name}\n" for name in ("dev", "reports"))


def _made_up(match: re.Match[str]) -> str:
    kind, name = match.groups()
    noise = sha256(f"example {kind} {name}".encode()).digest()
    if kind == "secret":
        return base64.b64encode(noise).decode()[:37].replace("=", "a") + "kY7"
    account = (int(_ACCOUNTS[name]) << 7 | 1 << 47).to_bytes(6, "big")
    return "AKIA" + base64.b32encode(account + noise[:4]).decode()
