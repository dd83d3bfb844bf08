"""What a teacher needs and no program can know: the hand-written fields of each notebook.

They stand in ``rnn_helpers/lessons/<name>/teaching.toml``:

    goal, open_with             a sentence or two each
    [open_from]                 heading = how to open where the notebook is taken from that section
                                on, as some path takes it
    [builds_on]                 notebook = what it takes from there
    [taught_in.NOTEBOOK]        a part of what is taken from there = the heading that teaches it,
                                where a path may take the notebook without that section
    [sections]                  heading = what to say or to watch for, of every core section
    [[without]]                 what to say (``say``) in the row of the section ``at``, on a path
                                that lacks a section of this notebook (``lacks`` = its heading),
                                another notebook, or a section of it ("NOTEBOOK: heading");
                                with ``has`` only if that notebook or section was taken
    [predictions.NAME]          NAME is the variable in the notebook
        next                    what to ask when the class has seen the answer (and its answer)
        measured                numbers, where the notebook leaves them to the next cell
        [tempts]                option = why it tempts, for every option that turned out wrong
    [[panels.NAME.moves]]       NAME is the function; ask = what to ask there (and its answer);
                                set = the controls, by the labels beside them and as the screen
                                shows their values; needs = the section without which it is
                                left out, if it needs one that a path may lack
                                opens = true if the panel opens so: then one looks first
                                seen = true if the question is about what is seen there: then one
                                sets it first, and asks before it otherwise
    [panels.NAME]               say = how to set them, where that is not plain
    [exercises]                 name = what to ask a student who is stuck
    [solved_on]                 name = the ids of other cells that show its solution, or most of it
    first_in_class              the exercise on which the notebook turns, or a list of them, if it
                                is not the first
    pause                       the heading before which a notebook for two sittings has its pause
    [exam.NAME]                 an item of the exam, whose numbers ``quizzes`` draws under this name
        section                 the heading of the section after which it can be answered
        asks, answer, because   with the numbers in braces, as Python's ``format`` takes them
        wrong                   a list of wrong options, each with the mistake that gives it

A question that is meant for the class ends with its answer in brackets. ``{slide CELL}`` stands for
the number of the slide with the cell of this id.

``problems`` finds a field that is missing and one that speaks of something that is not there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from edition import cards, fits, sections
from rnn_helpers.course.map import NOTEBOOKS, Notebook
from rnn_helpers.lessons import catalogue

LESSONS = Path(__file__).resolve().parents[2] / "rnn_helpers" / "lessons"
FIELDS = (
    "goal",
    "open_with",
    "open_from",
    "builds_on",
    "taught_in",
    "sections",
    "without",
    "predictions",
    "panels",
    "exercises",
    "solved_on",
    "exam",
    "first_in_class",
    "pause",
)
EXAM = {"section", "asks", "answer", "because", "wrong"}
ELSEWHERE = r"next cell|are below|Below|picture|table"  # where a notebook has its numbers
SLIDE = re.compile(r"\{slide ([\w-]+)\}")


@dataclass(frozen=True)
class Lesson:
    """A notebook with all that the edition says of it."""

    notebook: Notebook
    sections: list[sections.Section]
    predictions: list[cards.Prediction]
    panels: list[cards.PanelCard]
    tasks: list[cards.Task]
    notes: dict[str, Any]
    slides: dict[str, int]  # the number of its slide for the id of each cell that is on one


def read(notebook: Notebook) -> dict[str, Any]:
    """Return the hand-written fields of a notebook; those that are not there are empty."""
    text = (LESSONS / notebook.lesson / "teaching.toml").read_text(encoding="utf-8")
    empty = {"goal": "", "open_with": ""} | {f: {} for f in FIELDS[2:]} | {"without": []}
    return empty | tomllib.loads(text)


def lessons() -> list[Lesson]:
    """Return every notebook of the course with its cards and its notes."""
    listed = catalogue()
    made = []
    for notebook in NOTEBOOKS:
        cells = sections.read(notebook.name).cells
        slides = _slides(notebook.name, cells)
        made.append(
            Lesson(
                notebook,
                sections.cut(cells),
                cards.predictions(cells),
                cards.panels(cells, notebook.lesson),
                cards.tasks(cells, listed[notebook.name]),
                _with_slides(read(notebook), slides),
                slides,
            )
        )
    return made


def _slides(name: str, cells: list[NotebookNode]) -> dict[str, int]:
    """Return the number of its slide for the id of each cell that is on one."""
    slides = enumerate(fits.slides_of(name), start=1)
    return {cells[place].id: number for number, slide in slides for place in slide.cells}


def _with_slides(value: Any, slides: dict[str, int]) -> Any:
    """Return nested notes with the numbers of slides in the place of the ids of their cells."""
    if isinstance(value, dict):
        return {key: _with_slides(part, slides) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_slides(part, slides) for part in value]

    def numbered(found: re.Match) -> str:
        number = slides.get(found[1])
        return found[0] if number is None else f"slide {number} of the walkthrough"

    return SLIDE.sub(numbered, value) if isinstance(value, str) else value


def problems(lesson: Lesson) -> list[str]:
    """Return what is missing from the notes of a lesson, and what speaks of something else."""
    notes, amiss = lesson.notes, []
    amiss += [f"{field!r} is no field" for field in notes if field not in FIELDS]
    amiss += [f"{field} is empty" for field in FIELDS[:2] if not notes[field].strip()]
    amiss += _of_sections(lesson)
    amiss += _same("prediction", notes["predictions"], [p.name for p in lesson.predictions])
    amiss += _same("panel", notes["panels"], [panel.name for panel in lesson.panels])
    amiss += _same("exercise", notes["exercises"], [task.exercise.name for task in lesson.tasks])
    amiss += _of_the_graph(lesson)
    amiss += _of_what_is_left_out(lesson)
    amiss += _of_solved(lesson)
    amiss += [
        f"first_in_class: there is no exercise {name!r}"
        for name in first_in_class(notes)
        if name not in notes["exercises"]
    ]
    if notes["pause"] not in [{}, *(section.title for section in lesson.sections)]:
        amiss.append(f"pause: there is no section {notes['pause']!r}")
    for prediction in lesson.predictions:
        amiss += _of_prediction(prediction, notes["predictions"].get(prediction.name, {}))
    for panel in lesson.panels:
        amiss += _of_panel(panel, notes["panels"].get(panel.name, {}), lesson.notebook)
    for name, text in notes["exam"].items():
        if text.keys() != EXAM or len(text["wrong"]) < 2:
            amiss.append(f"exam {name!r} needs section, asks, answer, because, two wrong options")
        if text.get("section") not in [s.title for s in lesson.sections]:
            amiss.append(f"exam {name!r}: there is no section {text.get('section')!r}")
    amiss += [f"no slide has the cell {cell!r}" for cell in SLIDE.findall(str(notes))]
    return amiss + [f"{place} is empty" for place in _empty(notes)]


def first_in_class(notes: Mapping[str, Any]) -> list[str]:
    """Return the names of the exercises that come first in class, as the notes have them."""
    named = notes["first_in_class"] or []
    return [named] if isinstance(named, str) else named


def _same(what: str, told: Iterable[str], there: list[str]) -> list[str]:
    """Say which names are told and are not there, and the reverse."""
    amiss = [f"there is no {what} {name!r}" for name in told if name not in there]
    missing = [name for name in there if name not in told]
    return amiss + [f"{what} {name!r} has no notes" for name in missing]


def _of_sections(lesson: Lesson) -> list[str]:
    """Find notes on sections that are not there, and core sections without notes."""
    told, there = lesson.notes["sections"], {s.title: s.core for s in lesson.sections}
    amiss = [f"there is no section {title!r}" for title in told if title not in there]
    missing = [title for title, core in there.items() if core and title not in told]
    amiss += [f"core section {title!r} has no notes" for title in missing]
    asks = [title for title, text in told.items() if _never_answered(text)]
    return amiss + [f"section {title!r}: what is the answer to what is asked?" for title in asks]


def _never_answered(text: str) -> bool:
    """Say whether a text asks something, or tells to ask, and no brackets behind it answer."""
    asked = [found.end() for found in re.finditer(r"(?<!not )\b[Aa]sk\b|(?<!\?)\?(?!\?)", text)]
    return bool(asked) and "(" not in text[asked[-1] :]


def _of_what_is_left_out(lesson: Lesson) -> list[str]:
    """Find what is said of sections that are not there."""
    own, amiss = [section.title for section in lesson.sections], []
    for note in lesson.notes["without"]:
        if note.keys() - {"has"} != {"lacks", "at", "say"}:
            amiss.append(f"without: needs lacks, at and say, got {note}")
            continue
        notebook, title = of_section(note["lacks"], lesson.notebook.name)
        amiss += [] if note["at"] in own else [f"without: there is no section {note['at']!r}"]
        amiss += _no_such(notebook, title)
        amiss += _no_such(*of_section(note.get("has", ""), lesson.notebook.name))
    amiss += [
        f"open_from: there is no section {t!r}" for t in lesson.notes["open_from"] if t not in own
    ]
    for notebook, parts in lesson.notes["taught_in"].items():
        told = lesson.notes["builds_on"].get(notebook, "")
        amiss += [f"builds_on {notebook!r} has no {part!r}" for part in parts if part not in told]
        amiss += [said for title in parts.values() for said in _no_such(notebook, title)]
    return amiss


def of_section(text: str, own: str) -> tuple[str, str]:
    """Return the notebook that a section is of, and its heading: "" for the whole notebook."""
    name, _, title = text.partition(": ")
    if name in {notebook.name for notebook in NOTEBOOKS}:
        return name, title
    return own, text


def _no_such(notebook: str, title: str) -> list[str]:
    there = [section.title for section in sections.of(notebook)]
    return [f"{notebook} has no section {title!r}"] if title and title not in there else []


def _of_solved(lesson: Lesson) -> list[str]:
    """Find exercises and cells that are not there."""
    names = [task.exercise.name for task in lesson.tasks]
    told = lesson.notes["solved_on"]
    amiss = [f"solved_on: there is no exercise {name!r}" for name in told if name not in names]
    cells = [cell for its in told.values() for cell in its]
    return amiss + [f"solved_on: no slide has {c!r}" for c in cells if c not in lesson.slides]


def _unanswered(text: str) -> bool:
    """Say whether a text asks the class something and does not end with the answer in brackets."""
    return "?" in text and (not text.endswith(")") or text.endswith("?)"))


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
    if re.search(ELSEWHERE, prediction.evidence) and not note.get("measured"):
        amiss.append(f"{where}: the notebook leaves its numbers to another cell: measured?")
    if _unanswered(note.get("next", "")):
        amiss.append(f"{where}: what is the answer to what is asked next?")
    return amiss + ([] if note.get("next") else [f"{where}: what to ask next?"])


def _of_panel(panel: cards.PanelCard, note: dict[str, Any], notebook: Notebook) -> list[str]:
    source, owner = cards.controls_in(panel, notebook.lesson), notebook.name
    amiss: list[str] = []
    moves = note.get("moves", [])
    for move in moves:
        controls = move.get("set", {})
        if not controls or not move.get("ask"):
            amiss.append(f"panel {panel.name!r}: a move needs set and ask, got {move}")
        elif move.get("opens") and move.get("seen"):
            amiss.append(f"panel {panel.name!r}: what it opens with is seen, got {move}")
        elif _unanswered(move["ask"]):
            amiss.append(f"panel {panel.name!r}: no answer in brackets ends {move['ask']!r}")
        amiss += _no_such(owner, move.get("needs", ""))
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
