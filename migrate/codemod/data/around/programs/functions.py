"""Functions and jobs of a cloud that a text makes: by CDK, Terraform, Pulumi, CloudFormation, SageMaker's library or AWS's command line."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

_FUNCTION = re.compile(
    r"aws_lambda_function|AWS::(?:Serverless|Lambda)::Function|[lL]ambda_?\.Function|PythonFunction|Code\.(?:from_?asset)|Code\.from[aA]sset"
)
_HANDLER = re.compile(r"""(?im)\b(?:handler|lambda_handler)["']?\s*[:=]\s*["']([\w./-]+)\.\w+["']|^\s*handler:\s*([\w./-]+)\.\w+\s*$""")
_ASSET = re.compile(r"""(?i)(?:from_?asset\(|\bentry\s*[:=]|\bsource_dir\s*=|\bCodeUri:)([^)\n]*)""")
_TEXT = re.compile(r"""["']([^"'\n]*)["']""")
_COMMAND = re.compile(r"\blambda\s+(?:create-function|update-function-(?:code|configuration))\b")
_ASKED = re.compile(r"""--handler[\s=]+["']?([\w./-]+)\.\w+""")
_PACKED = re.compile(r"(?m)^.*\bzip\b.*$")
_SAGEMAKER = re.compile(r"\bsagemaker\b")
_ENTRY = re.compile(r"""\b(?:entry_point|code|submit_app|preprocessing_script)\s*[=:]\s*["']([\w./-]+\.py)["']""")
_LOCATION = re.compile(r"""(?i)["']?script_?location["']?\s*[:=]\s*["']?[^\s"']*?([\w-]+\.py)\b""")
_NOTEBOOK = re.compile(r"""\bnotebook_path\s*:\s*["']?([\w./-]+)""")
_SCRIPT = re.compile(r"[\w./-]+\.py\b")


def functions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of functions and jobs that a text makes, and the folders that they are made of, each with what it is."""
    if _FUNCTION.search(text) is not None:
        yield from ((written, "a Lambda function") for written in _made(text))
    if _COMMAND.search(text) is not None:
        yield from ((f"{_path(m)}.py", "a Lambda function") for m in _ASKED.findall(text))
        yield from ((script, "a Lambda function") for line in _PACKED.findall(text) for script in _SCRIPT.findall(line))
    if _SAGEMAKER.search(text) is not None:
        yield from ((script, "a SageMaker job") for script in _ENTRY.findall(text))
    yield from ((script, "a Glue job") for script in _LOCATION.findall(text))
    for path in _NOTEBOOK.findall(text):
        yield from ((path.rpartition("../")[2].removesuffix(".ipynb").removesuffix(".py") + end, "a job") for end in (".py", ".ipynb"))


def _made(text: str) -> Iterator[str]:
    """Yield the modules of Lambda functions and the folders that they are made of."""
    for m in _HANDLER.finditer(text):
        yield _path(m.group(1) or m.group(2)) + ".py"
    for m in _ASSET.finditer(text):
        parts = [part for said in _TEXT.findall(m.group(1)) or [m.group(1).strip()] for part in PurePosixPath(said).parts]
        folder = "/".join(part for part in parts if part not in ("..", ".", "/") and "$" not in part)
        if folder and not folder.endswith((".zip", ".jar")):
            yield folder + "/"


def _path(module: str) -> str:
    return module if "/" in module else module.replace(".", "/")
