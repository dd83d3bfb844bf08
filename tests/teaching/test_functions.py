"""Finding the answers in a notebook, without running any of it."""

import json
from pathlib import Path

import classroom
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.lessons import catalogue
from rnn_helpers.teaching import functions
from rnn_helpers.teaching.functions import Answer, NotebookError, answer, read

COLUMN = catalogue()["00_start_here"][0]
RIGHT = "def column(token, n_x):\n    return np.eye(n_x)[:, [token]]"
SET_UP = "import numpy as np\nfrom rnn_helpers.lessons.start_here import exercises"


def found(tmp_path: Path, *cells: str, name: str = "x.ipynb", of: Exercise = COLUMN) -> Answer:
    path = classroom.save(
        new_notebook(cells=[new_code_cell(text) for text in cells]), tmp_path / name
    )
    return answer(read(path), of)


def text_of(homework: functions.Homework, made: Answer) -> list[str]:
    return [functions.ast.unparse(functions._at(homework, place)) for place in made.needs]


@pytest.mark.parametrize("lesson", catalogue())
def test_every_starter_is_found_and_is_not_attempted(tmp_path: Path, lesson: str) -> None:
    homework = read(classroom.save(classroom.notebook(lesson), tmp_path / "copy of it (3).ipynb"))
    assert homework.lesson == lesson
    for exercise in homework.exercises:
        made = answer(homework, exercise)
        assert exercise._before_running(made.function).state == "not attempted"


def test_with_an_answer_goes_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    cells = [
        SET_UP, "slow = train()", "rows, unused = 3, 4",
        "def helper(n):\n    return np.eye(n) * rows",
        "def column(token, n_x):\n    slow = helper(n_x)\n    return slow[:, [token]]",
    ]  # fmt: skip
    path = classroom.save(
        new_notebook(cells=[new_code_cell(c) for c in cells]), tmp_path / "x.ipynb"
    )
    homework = read(path)
    needed = text_of(homework, answer(homework, COLUMN))
    assert needed[:2] == ["import numpy as np", "rows, unused = (3, 4)"]
    assert [line.split("(")[0] for line in needed[2:]] == ["def helper", "def column"]


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "column = lambda token, n_x: np.eye(n_x)[:, [token]]",
        "if True:\n    " + RIGHT.replace("\n", "\n    "),
        "%%time\n" + RIGHT,
        "%matplotlib inline\n!ls\n" + RIGHT + "\nx = !pwd\ncolumn?",
        "from functools import cache\n\n@cache\n" + RIGHT,
        "def one(token, n_x):\n    return np.eye(n_x)[:, [token]]\ncolumn = one",
    ],
)
def test_an_answer_may_be_written_in_many_ways(tmp_path: Path, text: str) -> None:
    made = found(tmp_path, SET_UP, text)
    assert made.missing == "" and made.function.__name__ in ("column", "<lambda>")
    assert COLUMN._before_running(made.function) is None


MINE = RIGHT.replace("def column", "def mine")
ANOTHER = "def mine(token, n_x):\n    return 0\nexercises.row.check(mine)"
CLASS = "class Net:\n    @staticmethod\n    def one(token, n_x):\n        return np.eye(n_x)"


@pytest.mark.parametrize(
    ("cells", "needed"),
    [
        ((f"{MINE}\nexercises.column.check(mine)", ANOTHER), "def mine"),
        ((MINE, "told = exercises.column.check(answer=mine)\nprint(told)", ANOTHER), "def mine"),
        (("def column(token, n_x):\n    return ____", MINE, "e.column.check(mine)"), "def mine"),
        ((CLASS, "exercises.column.check(Net.one)"), "class Net"),
        ((CLASS, "net = Net()\nexercises.column.check(net.one)"), "class Net"),
        (("exercises.column.check(lambda token, n_x: np.eye(n_x))",), "import numpy as np"),
    ],
)
def test_an_answer_of_another_name_is_what_the_check_was_given(
    tmp_path: Path, cells: tuple[str, ...], needed: str
) -> None:
    path = classroom.save(
        new_notebook(cells=[new_code_cell(text) for text in (SET_UP, *cells)]), tmp_path / "a.ipynb"
    )
    homework = read(path)
    made = answer(homework, COLUMN)
    assert made.missing == "" and COLUMN._before_running(made.function) is None
    assert needed in "\n".join(text_of(homework, made)[:-1])
    assert text_of(homework, made)[-1].startswith("column = ")
    assert "return 0" not in "\n".join(text_of(homework, made))


def test_blanks_are_seen_under_another_name_too(tmp_path: Path) -> None:
    made = found(
        tmp_path, SET_UP, "def mine(token, n_x):\n    return ____\nexercises.column.check(mine)"
    )
    assert COLUMN._before_running(made.function).state == "not attempted"


def test_the_last_answer_that_was_checked_counts(tmp_path: Path) -> None:
    made = classroom.answered("start_here", column=RIGHT.replace("np.eye", "np.first"))
    again = RIGHT.replace("np.eye", "np.again") + "\n\nexercises.column.check(column)"
    made.cells.append(new_code_cell(again))
    homework = read(classroom.save(made, tmp_path / "a.ipynb"))
    assert "np.again" in text_of(homework, answer(homework, COLUMN))[-1]


def test_what_an_import_with_a_star_brings_goes_along(tmp_path: Path) -> None:
    text = RIGHT.replace("np.eye", "eye")
    path = classroom.save(
        new_notebook(cells=[new_code_cell(c) for c in (SET_UP, "from numpy import *", text)]),
        tmp_path / "a.ipynb",
    )
    homework = read(path)
    assert "from numpy import *" in text_of(homework, answer(homework, COLUMN))
    assert "eye" in homework.scope


def test_an_answer_checked_counts_then_one_in_its_own_cell_then_the_last(
    tmp_path: Path,
) -> None:
    made = classroom.answered("start_here", column=RIGHT.replace("np.eye", "np.own"))
    made.cells.append(new_code_cell(RIGHT.replace("np.eye", "np.later")))
    homework = read(classroom.save(made, tmp_path / "a.ipynb"))
    assert "np.own" in text_of(homework, answer(homework, COLUMN))[-1]
    for cell in made.cells:
        cell["id"] = f"new{cell['id']}"[:60]
    homework = read(classroom.save(made, tmp_path / "b.ipynb"))
    assert "np.own" in text_of(homework, answer(homework, COLUMN))[-1]
    plain = found(tmp_path, SET_UP, RIGHT.replace("np.eye", "np.own"), RIGHT)
    assert plain.needs[-1] == (2, 0)


def test_an_answer_in_another_cell_counts_where_its_own_has_blanks(tmp_path: Path) -> None:
    made = classroom.notebook("start_here")
    made.cells.append(new_code_cell(RIGHT))
    homework = read(classroom.save(made, tmp_path / "a.ipynb"))
    assert "np.eye" in text_of(homework, answer(homework, COLUMN))[-1]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ((SET_UP,), "there is no `column` in the notebook"),
        ((SET_UP, "def column(token, n_x)\n    return 1"), "is no Python: expected ':'"),
        ((SET_UP, "%%bash\ndef column(): pass"), "there is no `column`"),
        ((SET_UP, RIGHT + " " * 60_000), "is longer than 50,000 characters"),
        ((SET_UP, "def column(t, n):\n    return " + "(" * 5000 + ")" * 5000), "is no Python"),
        ((SET_UP, "def column(t, n):\n    return " + "-" * 40_000 + "1"), "is no Python"),
        ((SET_UP, "def column(t, n):\n    return '\0'"), "is no Python"),
        ((SET_UP, "def column(t, n):\n    return '\ud800'"), "is no Python"),
        ((SET_UP, "def column(t, n):\n\treturn 1\n        return 2"), "is no Python"),
        ((SET_UP, "def column(t, n):\n    return [(1"), "is no Python"),
    ],
)
def test_a_missing_answer_is_told_why(tmp_path: Path, cells: tuple[str, ...], why: str) -> None:
    assert why in found(tmp_path, *cells).missing


@pytest.mark.parametrize("chain", ["1" + "+1" * 12_000, "a" + ".b" * 12_000, "not " * 9000 + "a"])
def test_deeply_nested_code_ends_nothing(tmp_path: Path, chain: str) -> None:
    made = found(tmp_path, SET_UP, f"def column(token, n_x):\n    return {chain}")
    assert made.missing or made.function is not None


def test_nothing_of_a_notebook_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    touch = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    made = found(
        tmp_path, SET_UP, touch, f"@print({touch})\ndef column(token, n_x=({touch})):\n    {touch}"
    )
    assert made.function is not None
    COLUMN._before_running(made.function)
    assert not mark.exists()


# ---- files


@pytest.mark.parametrize(
    ("name", "text", "lesson"),
    [
        ("06_gru", "", "06_gru"),
        ("07_lstm (2)", "", "07_lstm"),
        ("maria", "def lstm_step(): ...", "06_gru"),
        ("07_lstm", "from rnn_helpers.lessons.gru import panel", "06_gru"),
    ],
)
def test_one_more_import_decides_nothing_by_chance(
    tmp_path: Path, name: str, text: str, lesson: str
) -> None:
    """Between lessons that are imported as often, the order of a set would be drawn by chance."""
    imported = [f"from rnn_helpers.lessons.{of} import exercises" for of in ("gru", "lstm")]
    cells = [new_code_cell(source) for source in (*imported, text)]
    assert read(classroom.save(new_notebook(cells=cells), tmp_path / f"{name}.ipynb")).lesson == (
        lesson
    )


def test_between_equals_the_names_that_are_defined_decide(tmp_path: Path) -> None:
    imported = "".join(f"import rnn_helpers.lessons.{of}\n" for of in ("gru", "start_here"))
    path = classroom.save(
        new_notebook(cells=[new_code_cell(imported), new_code_cell(RIGHT)]), tmp_path / "a.ipynb"
    )
    assert read(path).lesson == "00_start_here"


def test_the_lesson_is_known_by_its_import_its_name_or_its_functions(tmp_path: Path) -> None:
    both = "def from_pytorch(a):\n    return a"
    assert found(tmp_path, both, name="me_06_gru.ipynb", of=catalogue()["06_gru"][5]).function
    homework = read(tmp_path / "me_06_gru.ipynb")
    assert homework.lesson == "06_gru"
    imported = "from rnn_helpers.lessons.lstm import exercises"
    path = classroom.save(new_notebook(cells=[new_code_cell(imported)]), tmp_path / "06_gru.ipynb")
    assert read(path).lesson == "07_lstm"
    path = classroom.save(new_notebook(cells=[new_code_cell(RIGHT)]), tmp_path / "a.ipynb")
    assert read(path).lesson == "00_start_here"
    path = classroom.save(new_notebook(cells=[new_code_cell("a = 1")]), tmp_path / "b.ipynb")
    with pytest.raises(NotebookError, match="is of no lesson"):
        read(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"[" * 200_000, "damaged"),
        (b"{}", "is no notebook"),
        (b"[]", "is no notebook"),
        (b'{"cells": 3}', "is no notebook"),
        (b'{"worksheets": []}', "of an old format"),
        (json.dumps({"cells": [{"cell_type": "code"}] * 2001}).encode(), "more than 2000 cells"),
        (b'{"cells": [null, 3, {"cell_type": "code", "source": [1, null]}]}', "of no lesson"),
        (b'{"cells": [{"cell_type": "code", "source": {"a": 1}, "id": {}}]}', "of no lesson"),
    ],
)
def test_what_is_no_notebook_is_told_why(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match=why):
        read(path)


def test_no_link_is_followed_and_nothing_too_large_read(tmp_path: Path, monkeypatch) -> None:
    path = classroom.save(classroom.notebook("start_here"), tmp_path / "a.ipynb")
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    with pytest.raises(NotebookError, match="is a link"):
        read(link)
    monkeypatch.setattr(functions, "LARGEST", 100)
    with pytest.raises(NotebookError, match="is too large"):
        read(path)


def test_imports_are_of_the_package_alone(tmp_path: Path) -> None:
    cells = (
        "import os, numpy as np\nfrom rnn_helpers import cells, no_such\nimport rnn_helpers.losses"
    )
    path = classroom.save(
        new_notebook(cells=[new_code_cell(SET_UP), new_code_cell(cells)]), tmp_path / "a.ipynb"
    )
    assert {"np", "cells", "rnn_helpers", "exercises"} == set(read(path).scope)
