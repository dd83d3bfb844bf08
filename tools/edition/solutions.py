"""A notebook with every exercise solved and run, and what its panels say at the settings to show.

Nothing here is written into ``notebooks/``: the solved copies go to ``build/teacher``.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import normalise_notebooks
from nbformat import NotebookNode

from edition import sections
from edition.notes import Lesson
from rnn_helpers.checking.exercise import Exercise

NOTICE = (
    "*Teacher's edition: every exercise is solved in this copy, and below a panel stands what it "
    "says at some settings. Not for handing out.*"
)
MARK = "# what the panel above says at some settings"
RIGHT = "agrees with the reference"

Sentences = dict[str, list[str]]  # of each panel, one for each of its moves


class SolutionError(Exception):
    """A solved notebook that did not run, or in which a solution is not right."""


def solved(lesson: Lesson) -> NotebookNode:
    """Return the notebook with the solutions in place of the starters, not yet run."""
    notebook = sections.read(lesson.notebook.name)
    solutions = {task.cell: solution_cell(task.exercise) for task in lesson.tasks}
    for cell in notebook.cells:
        cell.source = solutions.get(cell.id, cell.source)
    return notebook


def solution_cell(exercise: Exercise) -> str:
    """Return the source of a cell that solves an exercise and checks it."""
    check = f"exercises.{exercise.name}.check({exercise.name})"
    return f"{exercise.solution_source().rstrip()}\n\n\n{check}"


def with_moves(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Return the notebook with a cell behind each panel that moves it and prints its sentences."""
    panels = {panel.cell: lesson.notes["panels"][panel.name]["moves"] for panel in lesson.panels}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id in panels:
            moves = [move["set"] for move in panels[cell.id]]
            cells.append(nbformat.v4.new_code_cell(_moving(moves)))
    notebook.cells = cells
    return notebook


def _moving(moves: list[dict[str, Any]]) -> str:
    return (
        f"{MARK}\nimport json as _json\n\n_panel = Out[max(Out)]\n_start = _panel.values\n"
        f"for _move in {moves!r}:\n    _panel.set(**_start | _panel.by_label(_move))\n"
        "    print(_json.dumps(_panel.sentence))\n_panel.set(**_start)"
    )


def run(lesson: Lesson) -> tuple[NotebookNode, Sentences]:
    """Run the solved notebook in a folder of its own; return it and what its panels said.

    Raise SolutionError if a cell fails or a solution is not right.
    """
    with tempfile.TemporaryDirectory() as folder:
        for path in sections.NOTEBOOKS.glob("*.ipynb"):
            shutil.copy(path, folder)
        place = Path(folder) / f"{lesson.notebook.name}.ipynb"
        try:
            notebook = normalise_notebooks.execute(with_moves(solved(lesson), lesson), place)
        except normalise_notebooks.NotebookError as error:
            raise SolutionError(f"{lesson.notebook.name}, solved: {error}") from None
    _check_solutions(notebook, lesson)
    return _told(notebook, lesson)


def _check_solutions(notebook: NotebookNode, lesson: Lesson) -> None:
    outputs = {cell.id: cell.get("outputs", []) for cell in notebook.cells}
    for task in lesson.tasks:
        shown = [o.data["text/plain"] for o in outputs[task.cell] if "data" in o]
        if not any(RIGHT in text for text in shown):
            raise SolutionError(f"{task.exercise.id} is not solved: {shown}")


def _told(notebook: NotebookNode, lesson: Lesson) -> tuple[NotebookNode, Sentences]:
    """Take the sentences out, and put them below the panels as text."""
    names = iter([panel.name for panel in lesson.panels])
    sentences: Sentences = {}
    for place, cell in enumerate(notebook.cells):
        if cell.source.startswith(MARK):
            name = next(names)
            printed = "".join(output.text for output in cell.outputs)
            sentences[name] = [json.loads(line) for line in printed.splitlines()]
            moves = lesson.notes["panels"][name]["moves"]
            lines = [f"- {m['ask']}\n  *{s}*" for m, s in zip(moves, sentences[name], strict=True)]
            notebook.cells[place] = nbformat.v4.new_markdown_cell("\n".join(lines))
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(NOTICE))
    notebook.metadata = nbformat.from_dict(normalise_notebooks.METADATA)
    return notebook, sentences


def keep(lesson: Lesson, folder: Path) -> Sentences:
    """Run a lesson and write its notebook, and its sentences beside it, into a folder."""
    notebook, sentences = run(lesson)
    folder.mkdir(parents=True, exist_ok=True)
    name = lesson.notebook.name
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
    (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(sentences, indent=1), encoding="utf-8")
    return sentences


def kept(lesson: Lesson, folder: Path) -> Sentences:
    """Return the sentences of an earlier run, or none for a panel whose moves have changed."""
    path = folder / f"{lesson.notebook.name}.json"
    sentences = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        name: told
        for name, told in sentences.items()
        if len(told) == len(lesson.notes["panels"].get(name, {}).get("moves", []))
    }
