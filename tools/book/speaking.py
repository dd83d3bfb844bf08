"""Speaker notes for the slides: what the teacher's edition says of what stands on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import nbformat
from edition import cards
from edition.notes import Lesson
from edition.pages import measured, settings_in_words
from nbformat import NotebookNode


def speaker_notes(lesson: Lesson) -> dict[str, str]:
    """Return the notes of a lesson as Markdown, by the id of the cell that they belong to."""
    said: dict[str, list[str]] = {}
    for cell, text in _notes(lesson):
        said.setdefault(cell, []).append(text)
    return {cell: "\n\n".join(texts) for cell, texts in said.items()}


def _notes(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Give each note with the id of its cell."""
    notes = lesson.notes
    cells = [cell for section in lesson.sections for cell in section.cells]
    yield cells[0].id, f"**How to open.** {notes['open_with']}"
    for section in lesson.sections:
        if text := notes["sections"].get(section.title):
            yield next(c.id for c in section.cells if section.title in c.source), text
    for card in lesson.predictions:
        asking = next(cell.id for cell in cells if cards.asks(cell, card))
        yield asking, prediction_note(card, notes["predictions"][card.name])
    for panel in lesson.panels:
        moves = notes["panels"][panel.name]["moves"]
        lines = [f"- {move['ask']} ({settings_in_words(move['set'])})" for move in moves]
        yield panel.cell, "**Ask, then move the panel.**\n\n" + "\n".join(lines)
    for task in lesson.tasks:
        name = task.exercise.name
        yield task.cell, f"**Ask a student who is stuck.** {notes['exercises'][name]}"


def prediction_note(card: cards.Prediction, note: Mapping) -> str:
    """Return the answer, why the other options tempt, and what to ask next."""
    tempts = "\n".join(f"- {option}: {note['tempts'][option]}" for option in card.wrong)
    return f"**Right:** {measured(card, note)}\n\n{tempts}\n\n**Ask next.** {note['next']}"


def with_notes(notebook: NotebookNode, said: Mapping[str, str]) -> NotebookNode:
    """Return ``notebook`` with a cell of notes behind each cell that has any."""
    shown = nbformat.from_dict(notebook)
    cells = []
    for cell in shown.cells:
        cells.append(cell)
        if cell.id in said:
            mark = {"slideshow": {"slide_type": "notes"}}
            cells.append(nbformat.v4.new_markdown_cell(said[cell.id], metadata=mark))
    shown.cells = cells
    return shown
