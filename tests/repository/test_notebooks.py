"""Every notebook keeps the rules that make it readable, quick to check and safe to share."""

import ast
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from inspect import signature
from pathlib import Path

import nbformat
import normalise_notebooks
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from starters import filled, is_starter_of

from rnn_helpers.checking.feedback import State
from rnn_helpers.course.prediction import stored_answer
from rnn_helpers.lessons import catalogue

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in PATHS if not path.name.startswith("00")]

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[NotebookNode]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def code_of(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "code"))


def text_of(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "markdown"))


def lines(cell: NotebookNode) -> list[str]:
    return [line for line in cell.source.splitlines() if line.strip()]


def python(cell: NotebookNode) -> ast.Module:
    """Return the syntax tree of a cell, with IPython's own `name??` and `%magic` translated."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def test_there_are_notebooks() -> None:
    assert PATHS[0].stem == "00_start_here"
    assert LESSONS


@every_notebook
def test_is_run_and_normalised(path: Path) -> None:
    assert normalise_notebooks.check(path) == []


@every_notebook
def test_was_run_from_top_to_bottom(path: Path) -> None:
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_stores_no_error_and_no_warning(path: Path) -> None:
    outputs = [output for cell in cells(path, "code") for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []


# Numbers in brackets with blanks between them, or with a point and nothing behind it.
AS_NUMPY_PRINTS = re.compile(r"\[[^\[\],]*\d\s+[-+]?\d[^\],]*\]|\[\s*[-+]?\d+\.\s*\]|\barray\(")


def printed(outputs: list[dict]) -> str:
    return "".join(output.text for output in outputs if output.output_type == "stream")


@every_notebook
def test_prints_no_array_in_a_form_that_the_learner_may_have_changed(path: Path) -> None:
    """`np.set_printoptions` is the learner's: print `array.tolist()`, which it does not reach."""
    found = [AS_NUMPY_PRINTS.search(printed(cell.outputs)) for cell in cells(path, "code")]
    assert [match[0] for match in found if match] == []


ODD = """
import contextlib, io, json, sys
import numpy as np
np.set_printoptions(precision=1, threshold=2, edgeitems=1, linewidth=12, sign="+",
                    floatmode="fixed", formatter={"int": "<{}>".format})
scope, told = {"____": None}, []
for source in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as written:
        exec(source, scope)
    told.append(written.getvalue())
print(json.dumps(told))
"""


@pytest.mark.parametrize("name", ["02_forward_pass", "03_backpropagation_through_time"])
def test_prints_the_same_under_odd_print_options(name: str) -> None:
    """The two that print most arrays; the rule above finds nearly all others as they are stored."""
    code = cells(ROOT / "notebooks" / f"{name}.ipynb", "code")
    run = subprocess.run(
        [sys.executable, "-c", ODD],
        input=json.dumps([cell.source for cell in code]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [printed(cell.outputs) for cell in code]


@every_notebook
def test_stores_no_state_of_widgets(path: Path) -> None:
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


@every_notebook
def test_opens_with_a_question(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0]
    title = first.source.splitlines()[0]
    assert first.cell_type == "markdown"
    assert title.startswith("# ") and title.endswith("?")


@every_notebook
def test_every_cell_has_a_slide_type(path: Path) -> None:
    slides = [cell.metadata.get("slideshow") for cell in nbformat.read(path, as_version=4).cells]
    assert all(slide and slide["slide_type"] in normalise_notebooks.SLIDE_TYPES for slide in slides)


@every_notebook
def test_cells_are_short(path: Path) -> None:
    lengths = [len(lines(cell)) for cell in cells(path, "code")]
    assert statistics.median(lengths) <= 5
    assert max(lengths) <= 15


@every_lesson
def test_text_and_code_are_in_balance(path: Path) -> None:
    words = len(re.findall(r"[^\W\d_][\w'’-]*", re.sub(r"\$[^$]*\$", " ", text_of(path))))
    code_lines = sum(len(lines(cell)) for cell in cells(path, "code"))
    assert 10 <= words / code_lines <= 35, f"{words} words for {code_lines} lines of code"


@every_notebook
def test_imports_are_few_and_explicit(path: Path) -> None:
    set_up, *_ = cells(path, "code")
    assert any(isinstance(node, ast.Import | ast.ImportFrom) for node in python(set_up).body)
    assert len(lines(set_up)) <= 8
    imports = [
        node
        for cell in cells(path, "code")
        for node in ast.walk(python(cell))
        if isinstance(node, ast.ImportFrom)
    ]
    assert [node.module for node in imports if node.names[0].name == "*"] == []


@every_notebook
def test_uses_nothing_that_flickers(path: Path) -> None:
    slow = re.findall(r"\binteract\w*\b|\bOutput\(|\bclear_output\b", code_of(path))
    assert slow == []


@every_notebook
def test_names_no_place_on_the_machine_it_was_made_on(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    here = {str(ROOT), str(Path.home()), sys.prefix, tempfile.gettempdir() + "/"}
    assert [place for place in here if place in content] == []
    assert re.findall(r"/home/\w+|/Users/\w+|[A-Z]:\\\\+Users|file://", content) == []


@every_notebook
def test_fetches_nothing(path: Path) -> None:
    fetching_code = r"https?://|\burllib\b|\brequests\b|\burlopen\b|\b(?:pip|conda|curl|wget)\b"
    assert re.findall(fetching_code, code_of(path)) == []
    fetching_text = r"!\[[^\]]*\]\(\s*(?:https?:)?//\S*|<(?:img|script|iframe|link|video|audio)\b"
    assert re.findall(fetching_text, text_of(path)) == []


@every_lesson
def test_a_lesson_is_to_be_predicted_moved_and_tried(path: Path) -> None:
    code = code_of(path)
    assert code.count("predict(") >= 2
    panels = r"(?<!rnn_helpers\.)\bpanels\.\w+\(|\b(?:gates_over_name|force_gate)\("
    assert len(re.findall(panels, code)) >= 2
    assert code.count(".check(") >= 3


@every_notebook
def test_what_turned_out_right_is_read_aloud_not_picked_by_number(path: Path) -> None:
    """`reveal` takes a number with borders or statements by name, so no cell counts options."""
    assert ".options[" not in code_of(path)


@every_notebook
def test_every_picture_has_a_name_and_a_sentence(path: Path) -> None:
    outputs = [
        output.data for cell in cells(path, "code") for output in cell.outputs if "data" in output
    ]
    for data in outputs:
        if "image/png" in data:
            image, sentence = re.fullmatch(
                r'<div class="rnn-\S+">(<img [^>]*>)<p>(.+)</p></div>', data["text/html"]
            ).groups()
            name = re.search(r' alt="Picture: ([^"]+)"', image).group(1)
            assert sentence not in name, "it would be read twice"


@every_notebook
def test_no_answer_to_a_question_stands_in_view(path: Path) -> None:
    """Neither in the file nor after all cells were run: it lies in a box that is shut."""
    for cell in cells(path, "code"):
        if ".reveal(" in cell.source:
            shown = [output.data for output in cell.outputs if "data" in output]
            answers = [data for data in shown if stored_answer(data["text/html"])]
            assert len(answers) == 1, f"no answer is folded away below:\n{cell.source}"
            assert "Measured" not in answers[0]["text/plain"]
            assert not re.search(r"<details[^>]*\bopen\b", answers[0]["text/html"])


@every_notebook
def test_every_exercise_has_a_prompt_and_one_starter(path: Path) -> None:
    """The starter asks for what the reference takes, and is as it stands not attempted."""
    all_cells = nbformat.read(path, as_version=4).cells
    for number, exercise in enumerate(catalogue()[path.stem], start=1):
        places = [i for i, cell in enumerate(all_cells) if is_starter_of(exercise, cell)]
        assert len(places) == 1, f"{len(places)} cells end with the check of {exercise.id}"
        prompt = all_cells[places[0] - 1]
        assert prompt.cell_type == "markdown"
        assert prompt.source.startswith(f"### Exercise {number}: ")
        function = filled(exercise)
        assert list(signature(function).parameters) == list(exercise.signature.parameters)
        assert exercise.check(function).state == State.NOT_ATTEMPTED
