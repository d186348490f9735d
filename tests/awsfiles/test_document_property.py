"""For any text, botocore and the document agree on sections, names and values, or both refuse."""

from pathlib import Path

import pytest
from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.awsfiles.reading.document import Document
from migrate.awsfiles.reading.edits import Edits
from migrate.errors import Refusal
from tests.awsfiles.ini_texts import texts
from tests.examples import examples

# the file is written anew for every example, so sharing the folder does no harm
shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


@given(text=texts)
@settings(parent=shared_folder, max_examples=examples(500))
def test_the_document_reads_what_botocore_reads_or_both_refuse(text: str, tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        text.encode()
        document = Document(text, file)
    except (Refusal, UnicodeEncodeError):
        with pytest.raises(ConfigParseError):
            raw_config_parse(str(file))
        return
    assert document.read() == raw_config_parse(str(file))


@given(text=texts)
@settings(deadline=None, max_examples=examples(500))
def test_the_text_comes_back_to_the_byte(text: str) -> None:
    try:
        document = Document(text, "file")
    except Refusal:
        return
    assert "".join(document.lines) == text
    assert Edits(document).text() == text


@given(text=texts)
@settings(deadline=None, max_examples=examples(500))
def test_a_refusal_names_a_line_of_the_text_and_quotes_nothing(text: str) -> None:
    try:
        Document(text, "file")
    except Refusal as refusal:
        assert refusal.path == "file"
        assert refusal.line is not None
        assert 1 <= refusal.line <= len(text.splitlines()) + 1


@given(text=texts, data=st.data())
@settings(parent=shared_folder, max_examples=examples(500))
def test_a_setting_taken_out_is_all_that_botocore_misses(text: str, data: st.DataObject, tmp_path: Path) -> None:
    try:
        document = Document(text, "file")
    except Refusal:
        return
    places = [(s.name, t.name) for s in document.sections.values() for t in s.settings.values()]
    if not places or document.defaults:
        return
    section, name = data.draw(st.sampled_from(places))
    edits = Edits(document)
    edits.delete_setting(document.sections[section].settings[name])
    expected = document.read()
    del expected[section][name]
    file = tmp_path / "after"
    file.write_bytes(edits.text().encode())
    assert raw_config_parse(str(file)) == expected
