"""Where slides end: in made-up notebooks, and in those of the course."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from book import cells
from book.cut import CELLS, LINES, cut, lines_of
from book.media import Media
from normalise_notebooks import NOTEBOOKS

COURSE = sorted(NOTEBOOKS.glob("*.ipynb"))


def notebook(*marked: tuple[str, str]) -> nbformat.NotebookNode:
    """Return a notebook of cells of text, each with its mark."""
    cells_ = [
        nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": mark}})
        for text, mark in marked
    ]
    return nbformat.v4.new_notebook(cells=cells_)


def divided(shown: nbformat.NotebookNode) -> list[list[nbformat.NotebookNode]]:
    """Return the cells of each slide."""
    slides: list[list[nbformat.NotebookNode]] = []
    for cell in shown.cells:
        if cell.metadata.slideshow.slide_type in ("slide", "subslide"):
            slides.append([])
        slides[-1].append(cell)
    return slides


def test_at_most_so_many_cells_share_a_slide() -> None:
    many = notebook(("## Title", "slide"), *[("a line", "fragment")] * 9)
    assert max(map(len, divided(cut(many)))) == CELLS


def test_a_slide_without_a_heading_is_called_like_its_section() -> None:
    long = "\n\n".join(["A line."] * (LINES - 3))
    parts = notebook(("## The section", "slide"), (long, "-"), (long, "-"), ("### Part", "-"))
    titles = [slide[0].metadata.running_title for slide in divided(cut(parts))]
    assert titles == ["", "The section", ""]


def test_notes_stay_notes() -> None:
    shown = cut(notebook(("## Title", "slide"), ("say this", "notes"), ("more", "-")))
    assert [cell.metadata.slideshow.slide_type for cell in shown.cells] == ["slide", "notes", "-"]


def on_a_slide(cell: nbformat.NotebookNode) -> bool:
    return cell.metadata.slideshow.slide_type not in ("skip", "notes")


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_an_exercise_and_a_question_end_their_slides(
    path: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(Media, "picture", lambda self, png: "media/one.png")
    shown = cells.prepared(nbformat.read(path, as_version=4), path.stem, {}, Media(tmp_path))
    slides = divided(cut(shown))
    exercises = 0
    for slide in (list(filter(on_a_slide, slide)) for slide in slides):
        texts = ["".join(o.get("data", {}).get("text/html", "") for o in c.get("outputs", []))
                 for c in slide]  # fmt: skip
        for text in texts[:-1]:
            assert "book-exercise" not in text and "book-predict" not in text
        exercises += "book-exercise" in texts[-1]
        assert "Exercise" not in slide[0].metadata.get("running_title", "")
        assert len(slide) <= CELLS
        assert len(slide) == 1 or sum(map(lines_of, slide)) <= LINES
    assert exercises >= 1
