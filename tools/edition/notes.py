"""What a teacher needs and no program can know: the hand-written fields of each notebook.

They stand in ``rnn_helpers/lessons/<name>/teaching.toml``:

    goal, open_with             a sentence or two each
    [builds_on]                 notebook = what it takes from there
    [sections]                  heading = what to say or to watch for (where there is something)
    [predictions.NAME]          NAME is the variable in the notebook
        next                    what to ask when the class has seen the answer
        [tempts]                option = why it tempts, for every option that turned out wrong
    [[panels.NAME.moves]]       NAME is the function; ask = what to ask there; set = the controls,
                                by the labels beside them and as the screen shows their values
    [exercises]                 name = what to ask a student who is stuck
    [exam.NAME]                 an item of the exam, whose numbers ``quizzes`` draws under this name
        section                 the heading of the section after which it can be answered
        asks, answer, because   with the numbers in braces, as Python's ``format`` takes them
        wrong                   a list of wrong options, each with the mistake that gives it

``problems`` finds a field that is missing and one that speaks of something that is not there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition import cards, sections
from rnn_helpers.course.map import NOTEBOOKS, Notebook
from rnn_helpers.lessons import catalogue

LESSONS = Path(__file__).resolve().parents[2] / "rnn_helpers" / "lessons"
FIELDS = (
    "goal",
    "open_with",
    "builds_on",
    "sections",
    "predictions",
    "panels",
    "exercises",
    "exam",
)
EXAM = {"section", "asks", "answer", "because", "wrong"}


@dataclass(frozen=True)
class Lesson:
    """A notebook with all that the edition says of it."""

    notebook: Notebook
    sections: list[sections.Section]
    predictions: list[cards.Prediction]
    panels: list[cards.PanelCard]
    tasks: list[cards.Task]
    notes: dict[str, Any]


def read(notebook: Notebook) -> dict[str, Any]:
    """Return the hand-written fields of a notebook; those that are not there are empty."""
    text = (LESSONS / notebook.lesson / "teaching.toml").read_text(encoding="utf-8")
    return {"goal": "", "open_with": ""} | {f: {} for f in FIELDS[2:]} | tomllib.loads(text)


def lessons() -> list[Lesson]:
    """Return every notebook of the course with its cards and its notes."""
    listed = catalogue()
    made = []
    for notebook in NOTEBOOKS:
        cells = sections.read(notebook.name).cells
        made.append(
            Lesson(
                notebook,
                sections.cut(cells),
                cards.predictions(cells),
                cards.panels(cells, notebook.lesson),
                cards.tasks(cells, listed[notebook.name]),
                read(notebook),
            )
        )
    return made


def problems(lesson: Lesson) -> list[str]:
    """Return what is missing from the notes of a lesson, and what speaks of something else."""
    notes, amiss = lesson.notes, []
    amiss += [f"{field!r} is no field" for field in notes if field not in FIELDS]
    amiss += [f"{field} is empty" for field in FIELDS[:2] if not notes[field].strip()]
    amiss += _same("section", notes["sections"], [s.title for s in lesson.sections], some=True)
    amiss += _same("prediction", notes["predictions"], [p.name for p in lesson.predictions])
    amiss += _same("panel", notes["panels"], [panel.name for panel in lesson.panels])
    amiss += _same("exercise", notes["exercises"], [task.exercise.name for task in lesson.tasks])
    amiss += _of_the_graph(lesson)
    for prediction in lesson.predictions:
        amiss += _of_prediction(prediction, notes["predictions"].get(prediction.name, {}))
    for panel in lesson.panels:
        amiss += _of_panel(panel, notes["panels"].get(panel.name, {}), lesson.notebook.lesson)
    for name, text in notes["exam"].items():
        if text.keys() != EXAM or len(text["wrong"]) < 2:
            amiss.append(f"exam {name!r} needs section, asks, answer, because, two wrong options")
        if text.get("section") not in [s.title for s in lesson.sections]:
            amiss.append(f"exam {name!r}: there is no section {text.get('section')!r}")
    return amiss + [f"{place} is empty" for place in _empty(notes)]


def _same(what: str, told: Iterable[str], there: list[str], some: bool = False) -> list[str]:
    """Say which names are told and are not there, and (unless ``some`` will do) the reverse."""
    amiss = [f"there is no {what} {name!r}" for name in told if name not in there]
    missing = [name for name in there if name not in told and not some]
    return amiss + [f"{what} {name!r} has no notes" for name in missing]


def _of_the_graph(lesson: Lesson) -> list[str]:
    """Compare what a notebook builds on with what its first cell says."""
    opening = lesson.sections[0].cells[0].source.splitlines()
    line = next(line for line in opening if "Builds on" in line)
    said = set(re.findall(r"`(\d\d_\w+)`", line.partition("Builds on")[2]))
    told = set(lesson.notes["builds_on"])
    amiss = [f"builds_on {n!r}: its first cell does not say so" for n in sorted(told - said)]
    return amiss + [f"builds_on lacks {n!r} of its first cell" for n in sorted(said - told)]


def _of_prediction(prediction: cards.Prediction, note: dict[str, Any]) -> list[str]:
    tempts, where = note.get("tempts", {}), f"prediction {prediction.name!r}"
    amiss = [f"{where}: no option is {o!r}" for o in tempts if o not in prediction.options]
    amiss += [f"{where}: why does {o!r} tempt?" for o in prediction.wrong if o not in tempts]
    return amiss + ([] if note.get("next") else [f"{where}: what to ask next?"])


def _of_panel(panel: cards.PanelCard, note: dict[str, Any], lesson: str) -> list[str]:
    source, amiss = cards.controls_in(panel, lesson), []
    moves = note.get("moves", [])
    for move in moves:
        controls = move.get("set", {})
        if not controls or not move.get("ask"):
            amiss.append(f"panel {panel.name!r}: a move needs set and ask, got {move}")
        unknown = [name for name in controls if f'"{name}"' not in source]
        amiss += [f"panel {panel.name!r} has no control labelled {n!r}" for n in unknown]
    return amiss + ([] if moves else [f"panel {panel.name!r}: what to move?"])


def _empty(value: Any, place: str = "") -> list[str]:
    """Return the places of empty strings in nested notes; a control may be set to one."""
    if isinstance(value, dict):
        parts = {key: part for key, part in value.items() if key not in ("set", *FIELDS[:2])}
        return [found for key, part in parts.items() for found in _empty(part, f"{place}.{key}")]
    if isinstance(value, list):
        return [found for part in value for found in _empty(part, place)]
    return [place.lstrip(".")] if isinstance(value, str) and not value.strip() else []
