"""What kind of place a file is, by its name and its first bytes: the code of its finding, and what to do about it there."""

import re
from pathlib import PurePath

_CI = re.compile(
    r"(?:^|/)(?:\.github/(?:workflows|actions)/|\.circleci/|\.buildkite/|\.gitlab/ci/|\.woodpecker/|\.gitlab-ci[^/]*\.ya?ml$|Jenkinsfile[^/]*$"
    r"|azure-pipelines[^/]*\.ya?ml$|bitbucket-pipelines\.ya?ml$|\.travis\.yml$|\.drone\.(?:yml|jsonnet|star)$|buildspec[^/]*\.ya?ml$|appveyor\.ya?ml$"
    r"|\.semaphore/|\.teamcity/|cloudbuild\.ya?ml$)"
)
_OTHER_TOOLS = re.compile(
    r"(?:^|/)(?:\.s3cfg|\.boto|boto\.cfg|rclone\.conf|\.passwd-s3fs|passwd-s3fs|\.s3ql/.*|authinfo2|\.mc/config\.json|\.s5cfg|\.duplicityrc"
    r"|\.cyberduck.*|\.fog|\.ec2/.*|\.elasticbeanstalk/.*|\.netrc|\.pypirc|\.mrjob\.conf|mrjob\.conf|\.dvc/config(?:\.local)?|s3cmd\.(?:conf|ini)"
    r"|\.litestream\.yml|litestream\.yml|core-site\.xml|hdfs-site\.xml|credentials\.tfrc\.json)$"
)
_DOTENV = re.compile(r"(?:^|/)(?:\.env(?:rc)?(?:[._-][^/]*)?|[^/]+\.env(?:\.[^/]+)?|env(?:\.[a-z]+)?|\.flaskenv)$", re.I)
_CONTAINER = re.compile(
    r"(?:^|/)(?:(?:Dockerfile|Containerfile)[^/]*|[^/]+\.(?:dockerfile|containerfile)|(?:docker-)?compose[^/]*\.ya?ml|podman[^/]*\.ya?ml"
    r"|devcontainer\.json|values[^/]*\.ya?ml)$",
    re.I,
)
_MANIFEST = re.compile(rb"(?m)^kind:\s*\w")
_TERRAFORM = re.compile(r"\.(?:tf|tfvars|tofu|hcl|tfstate)(?:\.json|\.backup)?$|(?:^|/)(?:\.terraformrc|terraform\.rc|Pulumi\.[^/]*ya?ml)$")
_PYTHON = (".py", ".pyw", ".ipynb")
_CODE = frozenset(
    [
        "js",
        "mjs",
        "cjs",
        "ts",
        "mts",
        "jsx",
        "tsx",
        "vue",
        "svelte",
        "java",
        "kt",
        "kts",
        "scala",
        "groovy",
        "go",
        "rs",
        "rb",
        "php",
        "cs",
        "fs",
        "vb",
        "c",
        "h",
        "cc",
        "cpp",
        "hpp",
        "m",
        "mm",
        "swift",
        "dart",
        "pl",
        "pm",
        "r",
        "jl",
        "lua",
        "ex",
        "exs",
        "erl",
        "clj",
        "hs",
        "ml",
        "sh",
        "bash",
        "zsh",
        "fish",
        "ps1",
        "psm1",
        "bat",
        "cmd",
        "sql",
        "html",
        "htm",
        "gradle",
        "pyi",
        "rmd",
    ]
)
_SETTINGS = frozenset(
    [
        "yml",
        "yaml",
        "json",
        "json5",
        "jsonc",
        "toml",
        "ini",
        "cfg",
        "conf",
        "cnf",
        "config",
        "properties",
        "xml",
        "plist",
        "hjson",
        "edn",
        "cson",
    ]
)
_AWS_NAME = re.compile(r"(?:^|/)(?:\.aws/[^/]+|[^/]*credentials[^/]*)$", re.I)
_AWS_TEXT = re.compile(rb"(?m)^\s*\[[^\]\n]+\]")
_CONSOLE = re.compile(r"(?:accesskeys|rootkey|_credentials)[^/]*\.csv$", re.I)

WORDS = {
    "AWS302": ("a copy of an AWS file", "delete it once the profile works without the key"),
    "AWS306": (
        "a file of environment variables",
        "make the program that reads it use a profile or the default credential chain, then delete the key ID and the secret; AWS_PROFILE can replace them",
    ),
    "AWS307": ("Python code", "rewrite it with aws-sso-migrate code"),
    "AWS308": ("source code", "remove the key, and let the SDK use a profile or a role"),
    "AWS309": ("a CI file", "let the job assume a role with OpenID Connect; until then, keep the key in the CI system's secrets"),
    "AWS310": ("an infrastructure code or state file", "set a profile in the provider, or remove the key ID and the secret"),
    "AWS311": ("a container or cluster file", "give the container a role, or mount ~/.aws and set AWS_PROFILE"),
    "AWS312": ("another tool's settings file", "let the tool use a profile or the default credential chain, if it can"),
    "AWS313": ("a settings file", "make the program that reads it use a profile name, then delete the key ID and the secret"),
    "AWS314": ("a file", "remove the key"),
}
"""What each kind is called in a message, and what to do, in short. `migrate.codes` has it at length."""


def code_of(path: str, opening: bytes) -> str:
    """The code of a key in this file. One that is AWS's own credentials file is AWS302; whether git tracks it is another question."""
    if _CONSOLE.search(path) or is_aws_file(path, opening):
        return "AWS302"
    suffix = PurePath(path).suffix.lower()
    if _OTHER_TOOLS.search(path):
        return "AWS312"
    if suffix in _PYTHON:
        return "AWS307"
    if _DOTENV.search(path):
        return "AWS306"
    if _CI.search(path):
        return "AWS309"
    if _TERRAFORM.search(path):
        return "AWS310"
    if _CONTAINER.search(path) or (suffix in (".yml", ".yaml") and _MANIFEST.search(opening)):
        return "AWS311"
    if suffix[1:] in _CODE:
        return "AWS308"
    return "AWS313" if suffix[1:] in _SETTINGS else "AWS314"


def is_aws_file(path: str, opening: bytes) -> bool:
    """Is this an AWS credentials or config file, by its name and by what stands in it?"""
    return _AWS_NAME.search(path) is not None and _AWS_TEXT.search(opening) is not None and b"aws_" in opening
