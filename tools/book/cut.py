"""Where one slide ends and the next begins.

A notebook's own marks (slide, subslide) are kept. More are made, so that a slide shows one idea:

- an exercise ends its slide, and so does the question of a prediction: what comes next, the answer
  above all, stands on another one;
- at most ``CELLS`` cells share a slide, and no more lines than about fit the screen.

What still does not fit (a long text, a tall picture) scrolls inside its slide, by the same keys.
"""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

CELLS = 4
LINES = 21  # of text, on a slide of 1280 by 720
WIDTH = 92  # characters in a line of text
PICTURE = 15  # lines that a picture with its sentence is as tall as


def cut(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of ``notebook`` whose marks are the beginnings of slides, and nothing else.

    A slide that begins without a heading of its own has the section's in ``running_title``.
    """
    shown = copy.deepcopy(notebook)
    section, filled, cells, ended = "", 0, 0, True
    for cell in shown.cells:
        mark = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if mark in ("skip", "notes"):
            cell.metadata.slideshow = {"slide_type": mark}
            continue
        lines = lines_of(cell)
        full = cells >= CELLS or (cells and filled + lines > LINES)
        begins = mark in ("slide", "subslide") or ended or full or heading(cell)
        if begins:
            filled, cells = 0, 0
            cell.metadata.running_title = "" if heading(cell) else section
        section = heading(cell, level=2) or section
        cell.metadata.slideshow = {"slide_type": kind(mark, bool(begins))}
        filled, cells, ended = filled + lines, cells + 1, ends_its_slide(cell)
    return shown


def kind(mark: str, begins: bool) -> str:
    """Return the mark of a cell: beside the others, below the one before, or on its slide."""
    if not begins:
        return "-"
    return "slide" if mark == "slide" else "subslide"


def heading(cell: NotebookNode, level: int = 3) -> str:
    """Return the heading that a cell begins with, up to ``level``, or ""."""
    found = re.match(rf"#{{1,{level}}} (.+)", cell.source) if cell.cell_type == "markdown" else None
    return found[1] if found else ""


def ends_its_slide(cell: NotebookNode) -> bool:
    """Say whether nothing may follow ``cell`` on its slide: an exercise, a question."""
    outputs = (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
    ending = ('<div class="book-exercise"', '<div class="book-predict"')
    return any(markup.startswith(ending) for markup in outputs)


def lines_of(cell: NotebookNode) -> float:
    """Return about how many lines of a slide a cell fills."""
    lines = [1 + len(line) // WIDTH for line in cell.source.splitlines() if line.strip()]
    return 0.5 + sum(lines) + sum(map(lines_of_output, cell.get("outputs", [])))


def lines_of_output(output: NotebookNode) -> float:
    """Return about how many lines of a slide an output fills."""
    markup = output.get("data", {}).get("text/html", "")
    if "<img" in markup:
        return PICTURE
    if "book-exercise" in markup:
        return 2 + markup.count("<details>")
    if "book-predict" in markup:
        return 2 + markup.count("<li>")
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    return 0.5 + len(text.splitlines())
