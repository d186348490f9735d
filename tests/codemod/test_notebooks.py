"""Notebooks as a user sees them: what goes, what stays to the byte, what is reported and where."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CLIENT = ["import boto3\n", f's3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")']


def code(source: object, outputs: list[object] | None = None) -> dict[str, object]:
    return {"cell_type": "code", "execution_count": None, "id": "a1", "metadata": {}, "outputs": outputs or [], "source": source}


def markdown(source: object) -> dict[str, object]:
    return {"cell_type": "markdown", "id": "m1", "metadata": {}, "source": source}


def book(*cells: dict[str, object], language: str = "python") -> dict[str, object]:
    return {"cells": list(cells), "metadata": {"language_info": {"name": language}}, "nbformat": 4, "nbformat_minor": 5}


def rewrite(run: Run, text: str, *more: str, name: str = "n.ipynb") -> tuple[int, str, str]:
    """Exit status, output, and the notebook's new text."""
    Path(name).write_text(text, encoding="utf-8")
    done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev", *more)
    assert SECRET not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr, Path(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("indent", [1, 2, 4, None], ids=lambda n: f"indent {n}")
@pytest.mark.parametrize("ascii_only", [True, False], ids=["escaped", "as it is"])
@pytest.mark.parametrize("as_list", [True, False], ids=["lines", "one text"])
def test_the_layout_of_the_json_stays(run: Run, indent: int | None, ascii_only: bool, as_list: bool) -> None:
    def source(lines: list[str]) -> object:
        return lines if as_list else "".join(lines)

    before = book(
        markdown(source(["# Übung é 😀"])), code(source(["%matplotlib inline\n", "x = 'ü'"])), code(source(CLIENT)), code(source([]))
    )
    status, _, after = rewrite(run, json.dumps(before, indent=indent, ensure_ascii=ascii_only) + "\n")
    assert status == 0
    new = 's3 = boto3.Session(profile_name="dev").client("s3")'
    before["cells"][2]["source"] = source(["import boto3\n", new])  # type: ignore[index]
    assert after == json.dumps(before, indent=indent, ensure_ascii=ascii_only) + "\n"


def test_magics_shell_lines_and_cells_of_other_languages_stay(run: Run) -> None:
    lines = [
        "%%time\nimport os\n",
        "!pip install boto3 \\\n   --quiet\nfiles = !ls\n%timeit sum(range(3))\nlen?\n?len\nfor f in files:\n    !echo {f}\nx = (7\n % 4)\n",
        "%%bash\necho done; for i in 1; do true; done",
        "print 'Python 2'",
        "".join(CLIENT),
        "text = '''\n%not a magic\n'''",
    ]
    status, output, after = rewrite(run, json.dumps(book(*map(code, lines)), indent=1))
    assert status == 0, output
    sources = [c["source"] for c in json.loads(after)["cells"]]
    assert [s for n, s in enumerate(sources) if n != 4] == [s for n, s in enumerate(lines) if n != 4]
    assert KEY not in after and SECRET not in after


@pytest.mark.parametrize(
    "source",
    [
        f"%env AWS_ACCESS_KEY_ID={KEY}\n%env AWS_SECRET_ACCESS_KEY={SECRET}",
        f"!aws configure set aws_access_key_id {KEY}",
        f"%%bash\nexport AWS_ACCESS_KEY_ID={KEY}\nexport AWS_SECRET_ACCESS_KEY={SECRET}",
        f"%%writefile settings.py\nKEY = '{KEY}'",
    ],
    ids=["env", "shell line", "shell cell", "file"],
)
def test_a_key_in_a_magic_is_reported_and_the_notebook_left(run: Run, source: str) -> None:
    text = json.dumps(book(code("import os"), code(source), code("".join(CLIENT))), indent=1)
    status, output, after = rewrite(run, text)
    assert status == 1 and after == text
    line = next(n for n, row in enumerate(text.splitlines(), 1) if KEY in row)
    assert f"n.ipynb:{line}:" in output and "AWS215" in output and "cell 2:" in output


def test_outputs_and_markdown_lose_the_key_with_the_code(run: Run) -> None:
    outputs: list[object] = [
        {"name": "stdout", "output_type": "stream", "text": [f"{KEY}\n", "other\n"]},
        {"data": {"text/html": f"<b>{SECRET}</b>", "text/plain": ["'x'"]}, "metadata": {}, "output_type": "display_data"},
    ]
    cells = [markdown([f"key {KEY}\n", f"secret {SECRET}\n"]), code(CLIENT, outputs)]
    status, _, after = rewrite(run, json.dumps(book(*cells), indent=1) + "\n")
    assert status == 0 and KEY not in after and SECRET not in after
    assert json.loads(after)["cells"][1]["outputs"][0]["text"][1] == "other\n"


def test_an_output_with_an_unmapped_key_is_reported_where_it_stands(run: Run) -> None:
    other = key_id("other")
    text = json.dumps(book(code(["1"], [{"name": "stdout", "output_type": "stream", "text": [f"{other}\n"]}])), indent=1)
    status, output, after = rewrite(run, text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if other in row)
    assert status == 1 and after == text and f"n.ipynb:{line}:" in output and "AWS219" in output


def test_a_notebook_and_the_module_it_imports_change_together(run: Run) -> None:
    Path("cfg.py").write_text(f'KEY = "{KEY}"\nSECRET = "{SECRET}"\nTABLE = "t"\n')
    cells = [
        code(["import boto3\n", "from cfg import KEY, SECRET, TABLE"]),
        code(["r = boto3.resource('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)"]),
    ]
    status, _, after = rewrite(run, json.dumps(book(*cells), indent=1))
    sources = ["".join(c["source"]) for c in json.loads(after)["cells"]]
    assert status == 0 and sources[0] == "import boto3\nfrom cfg import TABLE"
    assert sources[1] == "r = boto3.Session(profile_name='dev').resource('s3')"
    assert Path("cfg.py").read_text() == 'TABLE = "t"\n'


def test_a_magic_that_reads_the_name_keeps_the_notebook(run: Run) -> None:
    cells = [code([f'KEY = "{KEY}"\n', f'SECRET = "{SECRET}"']), code(["import boto3\n", "boto3.client('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)"]),
             code(["!echo $KEY"])]  # fmt: skip
    text = json.dumps(book(*cells), indent=1)
    status, _, after = rewrite(run, text)
    assert status == 1 and after == text


@pytest.mark.parametrize(
    "text",
    [
        f"not json {KEY}",
        f'{{"a": "{KEY}"}}',
        json.dumps({"worksheets": [{"cells": [{"input": KEY}]}], "nbformat": 3}),
        "[" * 100_000 + f'"{KEY}"',
    ],
    ids=["not valid JSON", "no cells", "format 3", "deep"],
)
def test_what_is_no_notebook_is_reported_and_left(run: Run, text: str) -> None:
    status, output, after = rewrite(run, text)
    assert status == 1 and after == text and "AWS212" in output and "n.ipynb:" in output


SLASHED = "ab/dEf0123+/xyzABCdefGHI456jklMNO789pqrS"
"""A secret with all the characters that HTML, URLs and JSON escape."""


@pytest.mark.parametrize(
    "copy",
    [
        SLASHED.replace("/", "&#x2F;").replace("+", "&#43;"),
        SLASHED.replace("/", "%2F").replace("+", "%2B"),
        json.dumps({"s": SLASHED}).replace("/", "\\/"),
        f"{SLASHED[:20]}\n{SLASHED[20:]}",
        f"\x1b[1m{KEY[:4]}\x1b[0m{KEY[4:]}",
    ],
    ids=["HTML", "URL", "JSON in a text", "over two lines", "coloured"],
)
def test_a_copy_in_an_output_goes_however_it_is_spelled(run: Run, copy: str) -> None:
    cell = code([line.replace(SECRET, SLASHED) for line in CLIENT], [{"name": "stdout", "output_type": "stream", "text": f"x {copy} y"}])
    status, output, after = rewrite(run, json.dumps(book(cell), indent=1))
    text = json.loads(after)["cells"][0]["outputs"][0]["text"]
    assert status == 0, output
    assert "removed)" in text and text.startswith("x ") and text.rstrip('}"').endswith(" y")
    assert not any(piece in text for piece in (SLASHED[:20], SLASHED[-15:], KEY[4:]))


@pytest.mark.parametrize(
    "output",
    [
        {"name": "stdout", "output_type": "stream", "text": [f"{KEY[:8]}\n", f"{KEY[8:]}\n"]},
        {"data": {"application/json": {KEY: "x"}}, "metadata": {}, "output_type": "display_data"},
    ],
    ids=["over two items", "a name"],
)
def test_a_copy_that_cannot_be_taken_out_keeps_the_notebook(run: Run, output: object) -> None:
    text = json.dumps(book(code(CLIENT, [output])), indent=1)
    status, said, after = rewrite(run, text)
    assert status == 1 and after == text and "AWS213" in said


def test_a_notebook_of_prose_alone_loses_a_mapped_key(run: Run) -> None:
    status, _, after = rewrite(run, json.dumps(book(markdown([f"key `{KEY}`, secret `{SECRET}`"])), indent=1))
    assert status == 0 and KEY not in after and SECRET not in after


@pytest.mark.parametrize("counts", [(1, 2, 3, 4), (1, 4, 3, 5), (None, None, None, None)])
def test_cells_that_rebind_a_name_may_be_run_in_any_order(run: Run, counts: tuple[int | None, ...]) -> None:
    use = "boto3.client('s3', aws_access_key_id=K, aws_secret_access_key=S)"
    sources = [f'import boto3\nK = "{KEY}"\nS = "{SECRET}"', f"a = {use}", f'K = "{key_id("prod")}"\nS = "{secret("prod")}"', f"b = {use}"]
    cells = [code(s) | {"execution_count": n} for s, n in zip(sources, counts, strict=True)]
    status, output, after = rewrite(run, json.dumps(book(*cells), indent=1), "--map-key", f"{key_id('prod')}=prod")
    assert status == 0, output
    made = ["".join(c["source"]) for c in json.loads(after)["cells"]]
    name = made[0].splitlines()[1].partition(" = ")[0]
    assert made[0].endswith(f'{name} = "dev"') and made[2] == f'{name} = "prod"'
    assert made[1].endswith(f"boto3.Session(profile_name={name}).client('s3')") and made[3].endswith(made[1][4:])


def test_a_name_that_a_later_cell_makes_none_leaves_the_notebook(run: Run) -> None:
    use = "boto3.client('s3', aws_access_key_id=K, aws_secret_access_key=S)"
    text = json.dumps(book(code(f'import boto3\nK = "{KEY}"\nS = "{SECRET}"'), code(use), code("K = S = None")), indent=1)
    status, said, after = rewrite(run, text)
    assert status == 1 and after == text and "AWS2" in said


RUN_HEAD = (
    f'import boto3\nKEY = "{KEY}"\nSECRET = "{SECRET}"\ns3 = boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n'
)


@pytest.mark.parametrize(
    ("use", "status"), [("boto3.client('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)", 1), ("s3.list_buckets()", 0)]
)
@pytest.mark.parametrize("kind", ["file", "notebook", "Databricks"])
def test_a_file_that_a_notebook_runs_keeps_the_names_that_it_reads(run: Run, kind: str, use: str, status: int) -> None:
    if kind == "notebook":
        Path("keys.ipynb").write_text(json.dumps(book(code(RUN_HEAD)), indent=1))
    else:
        Path("keys.py").write_text("# Databricks notebook source\n" * (kind == "Databricks") + RUN_HEAD)
    if kind == "Databricks":
        Path("job.py").write_text(f"# Databricks notebook source\n# MAGIC %run ./keys\n\n# COMMAND ----------\n\nimport boto3\n{use}\n")
        done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev")
        got, output = done.returncode, done.stdout
    else:
        got, output, _ = rewrite(run, json.dumps(book(code("%run ./keys"), code(f"import boto3\n{use}"))))
    assert got == status, output
    assert (KEY in Path("keys.ipynb" if kind == "notebook" else "keys.py").read_text()) is (status == 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# Databricks notebook source\n# MAGIC %sql\n# MAGIC COPY INTO t WITH (CREDENTIAL (AWS_ACCESS_KEY = '{KEY}'))\n", 3),
        (f"# Databricks notebook source\n# MAGIC %sh aws configure set aws_access_key_id {KEY}\n", 2),
        (f"# %%\n# %env AWS_ACCESS_KEY_ID={KEY}\n# %%\nimport boto3\n", 2),
        (f'# %% language="bash"\n# export AWS_ACCESS_KEY_ID={KEY}\n', 2),
    ],
    ids=["Databricks SQL", "Databricks shell", "Jupytext", "Jupytext, a cell of bash"],
)
def test_a_comment_that_runs_is_code(run: Run, text: str, line: int) -> None:
    status, output, after = rewrite(run, text, name="n.py")
    assert status == 1 and after == text and f"n.py:{line}:" in output and "AWS215" in output


def test_a_comment_that_does_not_run_is_prose(run: Run) -> None:
    text = f"# Databricks notebook source\n# MAGIC %md\n# MAGIC the key {KEY}\n\n# COMMAND ----------\n\n# and {KEY}\nprint(1)\n"
    status, _, after = rewrite(run, text, name="n.py")
    assert status == 0 and after == text.replace(KEY, "(access key ID removed)")


AWS4AUTH = f'from requests_aws4auth import AWS4Auth\na = AWS4Auth("{KEY}", "{SECRET}", "eu-west-1", "es")'


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        (["!pip install boto3", AWS4AUTH], 1),
        (["%%bash\nls", AWS4AUTH], 1),
        (["%%bash\nls", f"x = 1\n{AWS4AUTH}"], 1),
        ([AWS4AUTH, "import boto3"], 0),
        (["import os", "%%bash\nls", AWS4AUTH.replace("from", "import sys\nfrom")], 2),
    ],
    ids=["after a shell line", "after a cell of bash", "with no import at its head", "before a later import", "beside the last imports"],
)
def test_a_new_import_comes_where_python_runs_it_in_time(run: Run, cells: list[str], at: int) -> None:
    status, output, after = rewrite(run, json.dumps(book(*map(code, cells)), indent=1))
    made = ["".join(c["source"]) for c in json.loads(after)["cells"]]
    assert status == 0, output
    assert next(n for n, source in enumerate(made) if "import boto3" in source.splitlines()) == at
    assert all(new == old for new, old in zip(made, cells, strict=True) if old.startswith(("!", "%%")))


def test_a_cell_with_one_long_line_takes_no_square_of_time(run: Run) -> None:
    source = ["x = 1  # " + "a b " * 250_000 + "\n"]
    key = f'boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": [*source, "import boto3\n", key]}
    Path("nb.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    done = run("code", "nb.ipynb", "--yes", "--map-key", f"{key_id('dev')}=dev", timeout=300)
    assert done.returncode == 0 and secret("dev") not in Path("nb.ipynb").read_text()


ENVIRONMENT = f'import os, boto3\nos.environ["AWS_ACCESS_KEY_ID"] = "{KEY}"\nos.environ["AWS_SECRET_ACCESS_KEY"] = "{SECRET}"'


@pytest.mark.parametrize("line", ["!sh up.sh", "%%bash\necho hello", "files = !ls", "%sx date"])
def test_programs_that_a_notebook_starts_keep_the_keys_in_the_environment(run: Run, line: str) -> None:
    text = json.dumps(book(code(ENVIRONMENT), code(line), code('boto3.client("s3").list_buckets()')), indent=1)
    status, said, after = rewrite(run, text)
    assert status == 1 and after == text and "AWS211" in said


def test_a_file_that_runs_among_a_notebooks_names_keeps_them(run: Run) -> None:
    text = json.dumps(book(code(RUN_HEAD), code("%run -i other.py")), indent=1)
    status, said, after = rewrite(run, text)
    assert status == 1 and after == text and "AWS210" in said
