"""The place to bring a text to: what it says, and what it hands on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rnn_helpers.course.upload import NOTHING, TextUpload

CONTENT = "A line of a text, and no more than that.\n" * 300


def bring(upload: TextUpload, content: bytes, name: str = "mine.txt") -> None:
    """Do what the browser does when a file was chosen."""
    file = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
    upload.button.set_trait("value", (file | {"last_modified": datetime.now(UTC)},))


@pytest.fixture
def upload() -> Iterator[TextUpload]:
    TextUpload._brought = None
    yield TextUpload()
    TextUpload._brought = None


def test_nothing_is_there_at_first(upload: TextUpload) -> None:
    assert upload.text is None and upload.said == NOTHING
    assert NOTHING in upload.line.value


def test_a_file_is_read_and_told(upload: TextUpload) -> None:
    bring(upload, CONTENT.encode())
    assert upload.text.content == CONTENT and upload.text.name == "mine"
    assert upload.said.startswith("mine: 12,300 bytes") and "run the next cell" in upload.said


def test_another_file_takes_the_place_of_the_first(upload: TextUpload) -> None:
    bring(upload, CONTENT.encode())
    bring(upload, CONTENT.upper().encode(), "other.txt")
    assert upload.text.name == "other"


def test_a_file_that_cannot_be_used_is_not_passed_over_in_silence(upload: TextUpload) -> None:
    bring(upload, b"%PDF-1.7 <b>" * 2000, "<i>my.pdf")
    assert upload.said.startswith("<i>my.pdf is a PDF") and "<i>" not in upload.line.value
    with pytest.raises(ValueError, match="is a PDF, not plain text"):
        _ = upload.text


def test_the_encoding_can_be_chosen_before_and_after(upload: TextUpload) -> None:
    bring(upload, CONTENT.replace("text", "café").encode("cp1252"))
    assert "Most likely it is cp1252" in upload.said
    upload.encoding.value = "cp1252"
    assert "café" in upload.text.content and upload.said.startswith("mine: ")


def test_what_was_brought_is_there_when_the_cell_is_run_again(upload: TextUpload) -> None:
    bring(upload, CONTENT.encode())
    again = TextUpload()
    assert again.text == upload.text and again.said == upload.said


def test_without_a_kernel_it_says_what_it_is(upload: TextUpload) -> None:
    data, _ = upload._repr_mimebundle_()
    assert data["text/plain"].startswith("Choose a text: ")
    bring(upload, CONTENT.encode())
    assert upload._repr_mimebundle_()[0]["text/html"] == data["text/html"]  # files agree
