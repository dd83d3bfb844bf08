"""What stands in a page in the place of what needs a kernel."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from book import cells
from book.media import Media
from normalise_notebooks import NOTEBOOKS

from rnn_helpers.course.prediction import predict, stored_answer

COURSE = sorted(NOTEBOOKS.glob("*.ipynb"))


def markup(cell: nbformat.NotebookNode) -> list[str]:
    return [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]


def stored(shown: object) -> nbformat.NotebookNode:
    """Return the output that a notebook stores of what a cell has shown."""
    data, _ = shown._repr_mimebundle_()
    return nbformat.v4.new_output("execute_result", data=data)


def test_a_prediction_keeps_its_question_its_options_and_what_was_measured() -> None:
    guess = predict("Which is <larger>?", ["a. b", "the other", "a"])
    question = nbformat.v4.new_code_cell('guess = predict("…")\nguess', outputs=[stored(guess)])
    answer = stored(guess.reveal("a. b", "It is 3 to 2."))
    measured = nbformat.v4.new_code_cell('guess.reveal("…")', outputs=[answer])
    questions: dict[str, list[str]] = {}
    asked = cells.without_kernel(question, question.outputs[0], questions)
    told = cells.without_kernel(measured, measured.outputs[0], questions)
    assert questions == {"guess": ["a. b", "the other", "a"]}
    assert "Which is &lt;larger&gt;?" in asked.data["text/html"]
    assert "You predicted just that." in told.data["text/html"]
    assert '"remarks": {"": ' in told.data["text/html"]


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_every_prediction_and_every_exercise_of_the_course_is_found(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    questions: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if found := cells.CHECK.search(cell.source):
            task = cells.exercise_of(path.stem, found[1])
            assert cells.exercise(task).count("<details>") == len(task.hints) + 1
        for output, text in zip(cell.get("outputs", []), markup(cell)):
            if "rnn-predict" in text or stored_answer(text):
                shown = cells.without_kernel(cell, output, questions)
                assert shown.data["text/html"].startswith('<div class="book-')
    assert questions


def test_pictures_leave_the_page_and_keep_what_they_are_called(tmp_path: Path) -> None:
    path = NOTEBOOKS / "00_start_here.ipynb"
    shown = cells.prepared(nbformat.read(path, as_version=4), path.stem, {}, Media(tmp_path))
    pictures = [text for cell in shown.cells for text in markup(cell) if "<img" in text]
    assert pictures and all(' alt="Picture: ' in text for text in pictures)
    assert not any("data:image" in text for text in pictures)
    assert any(tmp_path.glob("*.png"))


def test_a_training_is_said_to_need_jupyterlab(tmp_path: Path) -> None:
    path = NOTEBOOKS / "06_gru.ipynb"
    shown = cells.prepared(nbformat.read(path, as_version=4), path.stem, {}, Media(tmp_path))
    runs = [text for cell in shown.cells for text in markup(cell) if "rnn-live-run-still" in text]
    assert runs and all(cells.NEEDS_LAB["run"] in text for text in runs)


def test_a_panel_says_which_settings_are_drawn() -> None:
    moving = {"kind": "range", "label": "lag"}
    typed = {"kind": "fixed", "label": "word"}
    drawn = {"frames": [0] * 1200, "together": True, "thinned": False, "controls": [moving]}
    assert cells.drawn_ahead(drawn) == "Drawn ahead: 1,200 settings, all that there are."
    drawn |= {"together": False, "thinned": True, "controls": [moving, typed]}
    said = cells.drawn_ahead(drawn)
    assert "one control at a time" in said and "stop more often" in said
    assert "Another <em>word</em> needs JupyterLab." in said
