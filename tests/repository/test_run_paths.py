"""Running a path without its extras finds what fails and what says something else."""

import copy
from types import SimpleNamespace

import nbformat
import pytest
import run_paths
from edition import sections
from nbformat import NotebookNode

from rnn_helpers.course.paths import Session, Stop


def notebook(*sources: str) -> NotebookNode:
    """Return a notebook with an extra section between two core ones, a code cell each."""
    cells = []
    for title, part, source in zip("ABC", ("core", "extra", "core"), sources, strict=True):
        cells.append(nbformat.v4.new_markdown_cell(f"## {title}"))
        sections.mark(cells[-1], 1, part)
        cells.append(nbformat.v4.new_code_cell(source))
    made = nbformat.v4.new_notebook(cells=cells)
    return run_paths.normalise_notebooks.execute(made, sections.NOTEBOOKS / "made_up.ipynb")


def without_extras(whole: NotebookNode) -> list[str]:
    part = copy.deepcopy(whole)
    part.cells = sections.taken_cells(part.cells)
    return run_paths.run_part(part, whole, "made_up")


def test_a_cell_that_fails_without_the_rest_is_named() -> None:
    (said,) = without_extras(notebook("x = [1]", "y = 2", "print(x, y)"))
    assert "NameError: name 'y' is not defined" in said


def test_a_cell_that_says_something_else_is_named() -> None:
    """What was appended to no reading of names can see."""
    (said,) = without_extras(notebook("x = [1]", "x.append(2)", "print(len(x))"))
    assert said == "the cell 'print(len(x))' says something else without the rest"


def test_what_does_not_need_the_rest_is_left_in_peace() -> None:
    assert without_extras(notebook("x = [1]", "y = 2", "print(x)")) == []


def test_every_stop_of_every_path_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    core, some, one = Stop("02_a"), Stop("01_b", ("A", "B")), Stop("01_b", ("A",))
    paths = [
        SimpleNamespace(sessions=[Session(50, (core, some)), Session(50, (one,))]),
        SimpleNamespace(sessions=[Session(90, (Stop("02_a"), one))]),
    ]
    monkeypatch.setattr(run_paths, "PATHS", paths)
    assert run_paths.stops() == [one, some, core]
