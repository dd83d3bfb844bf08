"""How long a section takes, estimated from what it holds; the number in a notebook is corrected
by hand, since nobody reads a table and a proof at one pace."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbformat import NotebookNode

from edition.sections import Section

WORDS_A_MINUTE = 160
MINUTES = {"line of code": 0.1, "formula": 0.4, "blank": 1.2, "prediction": 0.7, "panel": 1.5}
WORD = r"[^\W\d_][\w'’-]*"


def estimate(section: Section, seconds: Mapping[str, float] = {}) -> float:
    """Return a learner's minutes: words, formulas, code, blanks, and run time by cell id."""
    return sum(_of_cell(cell) + seconds.get(cell.id, 0) / 60 for cell in section.cells)


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
        "panel": bool(re.search(r"^(panels\.|gates_over_name|force_gate)", lines[-1])),
    }
    return sum(number * MINUTES[kind] for kind, number in counts.items())
