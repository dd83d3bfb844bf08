"""Every line of the source note has its place, and no reference in the table is dead."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"(?m)^\| (.+?) \| `(\d\d_\w+)` \| (.+) \|$",
    (ROOT / "docs" / "source-note.md").read_text(encoding="utf-8"),
)


@pytest.mark.parametrize(("line", "notebook", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_the_cell_is_there(line: str, notebook: str, words: str) -> None:
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    carriers = [cell for cell in cells if words in cell.source]
    assert carriers, f"no cell of {notebook} holds {words!r}, which is to carry {line!r}"


def test_every_row_is_read_and_every_lesson_carries_a_line() -> None:
    table = (ROOT / "docs" / "source-note.md").read_text(encoding="utf-8")
    assert len(ROWS) == sum(line.startswith("|") for line in table.splitlines()) - 2
    lessons = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - {"00_start_here"}
    assert {notebook for _, notebook, _ in ROWS} == lessons
