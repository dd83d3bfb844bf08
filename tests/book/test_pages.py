"""What Sphinx is given to read. What it makes of it is tried in tests/browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
from book import pages

FIRST = "# Why?\n\n*45 minutes. Builds on nothing.*"


def notebook() -> nbformat.NotebookNode:
    notes = nbformat.v4.new_markdown_cell(
        "say this", metadata={"slideshow": {"slide_type": "notes"}}
    )
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(FIRST), notes])


def test_a_page_links_to_its_slides_and_has_no_notes() -> None:
    before = notebook()
    shown = pages.with_link_to_slides(before, "02_small")
    assert [cell.source for cell in before.cells] == [FIRST, "say this"]
    assert [cell.source for cell in shown.cells][0] == FIRST
    assert 'href="02_small.slides.html"' in shown.cells[1].source and len(shown.cells) == 2


def test_the_first_page_lists_every_notebook_with_its_question_and_minutes(tmp_path: Path) -> None:
    pages.write_sources(tmp_path, {"01_one": notebook(), "02_two": notebook()})
    index = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "| [`02_two`](02_two.ipynb) | Why? | 45 |" in index
    assert index.rstrip().endswith("01_one\n02_two\n```")
    assert (tmp_path / "02_two.ipynb").exists()
