"""Run a notebook up to its last panel, and draw each panel ahead where it is made.

    PYTHONPATH=tools python -m book.run notebooks/02_forward_pass.ipynb panels.json media

It is a program of its own, since a notebook may change whatever the Python it runs in holds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell

from book.ahead import drawn
from book.media import Media
from rnn_helpers.course.panel import Panel


class RunError(Exception):
    """A cell of the notebook failed, or a panel shows something else than the notebook stores."""


def shown(notebook: Path, last: str) -> Iterator[tuple[nbformat.NotebookNode, Any]]:
    """Run the code cells up to the one with the id ``last``; give each, and what it shows."""
    shell = InteractiveShell.instance()
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        with contextlib.redirect_stdout(io.StringIO()) as said:
            done = shell.run_cell(cell.source)
        if not done.success:
            raise RunError(f"{notebook.name}, cell {cell.id}: {said.getvalue()}")
        yield cell, done.result
        if cell.id == last:
            return


def panels_of(notebook: Path, last: str, media: Media) -> dict[str, Any]:
    """Return for each cell that shows a panel, by its id, what a page needs to move it."""
    panels = {}
    for cell, result in shown(notebook, last):
        if isinstance(result, Panel):
            panels[cell.id] = drawn(result, media)
            check(notebook, cell, result.sentence)
    return panels


def check(notebook: Path, cell: nbformat.NotebookNode, sentence: str) -> None:
    """Raise RunError if the panel says something else than the notebook has stored."""
    ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
    stored = [output.data.get("text/plain") for output in cell.outputs if "data" in output]
    if not ignored and sentence not in stored:
        raise RunError(
            f"{notebook.name}, cell {cell.id}: the panel says {sentence!r}, the notebook has "
            f"stored {stored}. Run `make notebooks NOTEBOOKS={notebook.stem}`, then try again"
        )


def main(notebook: str, last: str, out: str, folder: str) -> None:
    """Write to the file ``out`` what ``panels_of`` returns; pictures go to ``folder``."""
    path, media = Path(notebook).resolve(), Media(Path(folder).resolve())
    target = Path(out).resolve()
    os.chdir(path.parent)  # where Jupyter runs a notebook
    target.write_text(json.dumps(panels_of(path, last, media)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
