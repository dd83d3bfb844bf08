"""What a notebook gives the learner of an exercise: the starter, and the names defined above it."""

import ast
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from rnn_helpers.checking.exercise import Exercise

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def is_starter_of(exercise: Exercise, cell: NotebookNode) -> bool:
    """Say whether the last line of a cell is the check of ``exercise``."""
    check = f"exercises.{exercise.name}.check({exercise.name})"
    return cell.cell_type == "code" and cell.source.splitlines()[-1:] == [check]


def _cells_up_to(exercise: Exercise) -> list[NotebookNode]:
    lesson, _ = exercise.id.split(".")
    (path,) = NOTEBOOKS.glob(f"[0-9][0-9]_{lesson}.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    place = next(i for i, cell in enumerate(cells) if is_starter_of(exercise, cell))
    return cells[: place + 1]


def starter(exercise: Exercise) -> str:
    """Return the source of the function with its blanks, without the check."""
    return _cells_up_to(exercise)[-1].source.rpartition("\n")[0]


def filled(exercise: Exercise, *blanks: str, **names: Any) -> Callable:
    """Return the function of the starter, its first blanks filled in, with ``names`` at hand."""
    rest = iter(blanks)
    source = re.sub("____", lambda blank: next(rest, blank[0]), starter(exercise))
    scope = {"np": np, **names}
    exec(source, scope)
    return scope[exercise.name]


def names_above(exercise: Exercise) -> dict[str, Any]:
    """Return the names that the notebook itself has defined above an exercise.

    The set-up cell is run, and of the others the imports, functions and classes: what they compute
    may take long, and a solution should not need it.
    """
    sources = [cell.source for cell in _cells_up_to(exercise)[:-1] if cell.cell_type == "code"]
    set_up, *others = (TransformerManager().transform_cell(source) for source in sources)
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    scope: dict[str, Any] = {}
    exec(set_up, scope)
    for node in (node for source in others for node in ast.parse(source).body):
        if isinstance(node, kinds):
            with suppress(NameError):  # a default or a decorator that is computed
                exec(compile(ast.Module([node], type_ignores=[]), exercise.id, "exec"), scope)
    return scope
