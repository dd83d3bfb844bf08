"""How long a section takes, estimated from what it holds; the number in a notebook is corrected
by hand, since nobody reads a table and a proof at one pace.

    python tools/section_minutes.py     prints both, for each section
"""

from __future__ import annotations

import re

from nbformat import NotebookNode

from edition.sections import Section

WORDS_A_MINUTE = 160
MINUTES = {
    "line of code": 0.1,
    "formula": 0.4,
    "blank": 1.2,
    "prediction": 0.7,
    "panel": 1.5,
    "training": 0.2,  # what it takes to run
}
WORD = r"[^\W\d_][\w'’-]*"
PANEL = r"^(panels\.|gates_over_name\(|force_gate\()"
TRAINING = r"\b(train|learn\w*|fit|repeat)\("


def estimate(section: Section) -> float:
    """Return a learner's minutes, from words, formulas, lines of code, blanks and run time."""
    return sum(map(_of_cell, section.cells))


def of_exercise(section: Section, cell: str) -> int:
    """Return a learner's minutes for the exercise in the cell of this id, with its text."""
    place = [its.id for its in section.cells].index(cell)
    return max(1, round(sum(map(_of_cell, section.cells[place - 1 : place + 1]))))


def _of_cell(cell: NotebookNode) -> float:
    if cell.cell_type == "markdown":
        formulas = len(re.findall(r"\$\$.+?\$\$", cell.source, flags=re.DOTALL))
        text = re.sub(r"\$\$.+?\$\$|\$[^$]*\$", " x ", cell.source, flags=re.DOTALL)
        return len(re.findall(WORD, text)) / WORDS_A_MINUTE + formulas * MINUTES["formula"]
    lines = [line for line in cell.source.splitlines() if line.strip()]
    counts = {
        "line of code": len(lines),
        "blank": cell.source.count("____"),
        "prediction": cell.source.count("predict("),
        "panel": bool(re.search(PANEL, lines[-1])),
        "training": bool(re.search(TRAINING, cell.source)),
    }
    return sum(number * MINUTES[kind] for kind, number in counts.items())
