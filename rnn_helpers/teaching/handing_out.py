"""Hand a notebook out with nbgrader or Otter: the exercises' own checks become their tests.

    from rnn_helpers.teaching.handing_out import for_nbgrader, for_otter

    for_nbgrader("02_forward_pass", "source/week1")    the notebook, for an assignment "week1"
    for_otter("02_forward_pass", "tests")              a test file for each exercise

or ``python -m rnn_helpers.teaching.handing_out nbgrader 02_forward_pass source/week1``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnn_helpers.checking.blanks import BLANK
from rnn_helpers.course import copies

POINTS = 1
RIGHT = 'assert exercises.{name}.check({name}).state == "right"'
# Hidden, since a test that learners have would stop Run All at the first exercise left blank.
HIDDEN = "### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
CHECK = re.compile(r"^exercises\.(\w+)\.check\(\1\)$", re.MULTILINE)
OTTER = """\
OK_FORMAT = True

test = {{
    "name": {name!r},
    "points": {points},
    "suites": [
        {{
            "cases": [{{"code": {code!r}, "hidden": False, "locked": False}}],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }}
    ],
}}
"""


def for_nbgrader(notebook: str, folder: str | os.PathLike, points: int = POINTS) -> Path:
    """Write a notebook of the course into ``folder``, with a hidden test below each exercise.

    Each right answer is worth ``points``. The cells of the exercises are not marked: nbgrader would
    empty them. Return the path. Raise ValueError if there is no such notebook, FileExistsError if
    it is in the folder already.
    """
    name, content = _original(notebook)
    cells = []
    for cell in content["cells"]:
        cells.append(cell)
        if exercise := _exercise_of(cell):
            cells.append(_test_cell(exercise, points))
    content["cells"] = cells
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    with open(path, "x", encoding="utf-8") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
    return path


def for_otter(notebook: str, folder: str | os.PathLike, points: int = POINTS) -> list[Path]:
    """Write a test file of Otter's for each exercise of a notebook; return their paths.

    Raise ValueError if there is no such notebook, FileExistsError if a file is there already.
    """
    _, content = _original(notebook)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in filter(None, map(_exercise_of, content["cells"])):
        code = f">>> {RIGHT.format(name=name)}\n"
        with open(folder / f"{name}.py", "x", encoding="utf-8") as file:
            file.write(OTTER.format(name=name, points=points, code=code))
        written.append(folder / f"{name}.py")
    return written


def _original(notebook: str) -> tuple[str, dict[str, Any]]:
    name = copies.find(notebook).name
    text = (copies.originals() / f"{name}.ipynb").read_text(encoding="utf-8")
    return name, json.loads(text)


def _exercise_of(cell: dict[str, Any]) -> str:
    """Return the name of the exercise whose starter a cell holds, or ""."""
    source = "".join(cell["source"])
    check = CHECK.search(source) if cell["cell_type"] == "code" and BLANK in source else None
    return check[1] if check else ""


def _test_cell(exercise: str, points: int) -> dict[str, Any]:
    marks = {"grade": True, "grade_id": f"test_{exercise}", "locked": True, "points": points}
    marks |= {"schema_version": 3, "solution": False, "task": False, "cell_type": "code"}
    source = HIDDEN.format(test=RIGHT.format(name=exercise))
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"test-{exercise.replace('_', '-')}",
        "metadata": {"nbgrader": marks, "slideshow": {"slide_type": "skip"}},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return 0, or 2 after a sentence about what went wrong."""
    parser = argparse.ArgumentParser(prog="handing_out", description=__doc__.splitlines()[0])
    parser.add_argument("tool", choices=["nbgrader", "otter"])
    parser.add_argument("notebook", help="such as 02_forward_pass")
    parser.add_argument("folder", help="source/ASSIGNMENT for nbgrader, tests for Otter")
    parser.add_argument("--points", type=int, default=POINTS, help="for each exercise")
    chosen = parser.parse_args(arguments)
    make = for_nbgrader if chosen.tool == "nbgrader" else for_otter
    try:
        made = make(chosen.notebook, chosen.folder, chosen.points)
        print(*(made if isinstance(made, list) else [made]), sep="\n")
    except (OSError, ValueError) as error:
        print(f"handing_out: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
