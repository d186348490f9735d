"""The document's refusals, one of each kind, with the line and without what stands in it."""

import pytest

from migrate.awsfiles.reading.document import Document
from migrate.errors import Refusal
from tests.madeup import secret

SECRET = secret("document")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(f"aws_secret_access_key = {SECRET}\n", 1, id="a setting before any header"),
        pytest.param(f"[a]\nx = 1\n{SECRET}\n", 3, id="a line that is neither header nor setting"),
        pytest.param(f"[a]\n= {SECRET}\n", 2, id="a setting without a name"),
        pytest.param(f"[a]\nk = 1\n[b]\n[a]\nk = {SECRET}\n", 4, id="a section twice"),
        pytest.param(f"[a]\nKey = 1\nkey = {SECRET}\n", 3, id="a setting twice, spelled differently"),
        pytest.param(f"[a]\naws_secret_access_key =\n  {SECRET}\n", 2, id="a nested block without an equals sign"),
        pytest.param(f"[profile dev\nk = {SECRET}\n", 1, id="a header that is not closed"),
        pytest.param(f"<<<<<<< HEAD\n[a]\nk = {SECRET}\n", 1, id="a merge conflict"),
        pytest.param(f"[a]\r\nx = 1\r{SECRET}\r\n", 3, id="lines counted with any line end"),
        pytest.param(f"[a]\n{SECRET} = x\n{SECRET}=y\n", 3, id="a secret as the name of a doubled setting"),
    ],
)
def test_what_botocore_rejects_is_refused_with_its_line_and_nothing_quoted(text: str, line: int) -> None:
    with pytest.raises(Refusal) as caught:
        Document(text, "credentials")
    assert caught.value.line == line
    assert SECRET not in f"{caught.value} {caught.value.help}"
    assert SECRET.lower() not in f"{caught.value} {caught.value.help}"


def test_a_long_value_of_many_lines_takes_time_in_proportion() -> None:
    lines = 200_000
    document = Document("[a]\nk = 1\n" + "  x\n" * lines, "config")
    assert document.sections["a"].settings["k"].value.count("\n") == lines
