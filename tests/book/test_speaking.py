"""Speaker notes come from the teacher's edition, and stand beside what they speak of."""

from __future__ import annotations

import nbformat
import pytest
from book.slides import slides
from book.speaking import speaker_notes, with_notes
from edition import notes

LESSONS = notes.lessons()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda of: of.notebook.name)
def test_whatever_a_teacher_is_told_stands_in_the_notes(lesson: notes.Lesson) -> None:
    said = speaker_notes(lesson)
    sources = {cell.id: cell.source for section in lesson.sections for cell in section.cells}
    assert set(said) <= set(sources)
    whole, told = "\n".join(said.values()), lesson.notes
    assert told["open_with"] in said[next(iter(sources))]
    for title, text in told["sections"].items():
        assert any(title in sources[cell] for cell, note in said.items() if text in note)
    for card in lesson.predictions:
        (cell,) = (c for c, text in sources.items() if f"\n{card.name} = predict(" in f"\n{text}")
        assert card.evidence in said[cell]
        assert told["predictions"][card.name]["next"] in said[cell]
    assert all(m["ask"] in whole for panel in told["panels"].values() for m in panel["moves"])
    assert all(text in whole for text in told["exercises"].values())


def test_notes_are_on_the_slide_of_their_cell() -> None:
    marks = {"slideshow": {"slide_type": "slide"}}
    cells = [
        nbformat.v4.new_markdown_cell(f"## {title}", metadata=marks, id=title.lower())
        for title in ("One", "Two", "Three")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert len(with_notes(notebook, {"two": "say **this**"}).cells) == 4
    assert len(notebook.cells) == 3
    page = slides(notebook, "02_small", {"two": "say **this**"})
    note = page.index("say <strong>this")
    assert page.index("Two") < note < page.index('<h2 id="Three"')
    assert page[page.index("Two") : note].count("</section>") == 0
