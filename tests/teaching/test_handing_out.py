"""Notebooks for nbgrader and tests for Otter: of the form that both were tried with."""

import json
from pathlib import Path

import nbformat
import normalise_notebooks
import pytest

from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching.handing_out import for_nbgrader, for_otter, main

LESSON = "02_forward_pass"


@pytest.mark.parametrize("lesson", catalogue())
def test_each_exercise_has_a_hidden_test_below_it(tmp_path: Path, lesson: str) -> None:
    path = for_nbgrader(lesson, tmp_path / "source" / "week1", points=2)
    assert path == tmp_path / "source" / "week1" / f"{lesson}.ipynb"
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    tests = [place for place, cell in enumerate(made.cells) if "nbgrader" in cell.metadata]
    assert len(tests) == len(catalogue()[lesson])
    for place, exercise in zip(tests, catalogue()[lesson], strict=True):
        cell, marks = made.cells[place], made.cells[place].metadata.nbgrader
        assert f"exercises.{exercise.name}.check({exercise.name})" in made.cells[place - 1].source
        first, *between, last = cell.source.splitlines()
        assert (first, last) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
        assert between == [
            f'assert exercises.{exercise.name}.check({exercise.name}).state == "right"'
        ]
        assert marks.grade and marks.locked and not marks.solution and marks.points == 2


def test_the_normal_form_keeps_the_tests(tmp_path: Path) -> None:
    made = nbformat.read(for_nbgrader(LESSON, tmp_path), as_version=4)
    after = normalise_notebooks.normalise(made)
    assert [cell.metadata for cell in made.cells] == [cell.metadata for cell in after.cells]
    assert [cell.source for cell in made.cells] == [cell.source for cell in after.cells]


def test_a_test_of_otters_asks_the_check(tmp_path: Path) -> None:
    paths = for_otter(LESSON, tmp_path / "tests", points=3)
    assert [path.stem for path in paths] == [exercise.name for exercise in catalogue()[LESSON]]
    scope: dict = {}
    exec(paths[0].read_text(encoding="utf-8"), scope)
    (suite,) = scope["test"]["suites"]
    assert scope["OK_FORMAT"] and scope["test"]["points"] == 3
    (case,) = suite["cases"]
    code = case["code"].removeprefix(">>> ")
    (exercise,) = (e for e in catalogue()[LESSON] if e.name == paths[0].stem)
    given = {"exercises": type("Exercises", (), {exercise.name: exercise})}
    exec(code, given | {exercise.name: exercise.reference})
    with pytest.raises(AssertionError):
        exec(code, given | {exercise.name: lambda *_: None})


def test_nothing_is_written_over(tmp_path: Path, capsys) -> None:
    assert main(["nbgrader", "02", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "02_forward_pass.ipynb")
    before = json.loads((tmp_path / "02_forward_pass.ipynb").read_text(encoding="utf-8"))
    assert main(["nbgrader", "02", str(tmp_path)]) == 2
    assert main(["otter", "02", str(tmp_path)]) == 0
    assert main(["otter", "02", str(tmp_path)]) == 2
    assert main(["otter", "99", str(tmp_path)]) == 2
    assert "no notebook" in capsys.readouterr().err
    assert json.loads((tmp_path / "02_forward_pass.ipynb").read_text(encoding="utf-8")) == before
