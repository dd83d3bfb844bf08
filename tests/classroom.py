"""Simulated learners: what they share, and the notebooks that they hand in."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from starters import NOTEBOOKS, is_starter_of

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.known import source_of
from rnn_helpers.course import facts
from rnn_helpers.course.progress import Choice, Entry, Progress
from rnn_helpers.data.stored import predictions
from rnn_helpers.lessons import catalogue

WEEK = "2026-W48"
LESSONS = ("00_start_here", "01_why_sequences", "02_forward_pass")


def learned(seed: int) -> Progress:
    """Return the progress of one learner, who may have stopped anywhere in three notebooks."""
    rng = np.random.default_rng(seed)
    kept = Progress()
    for lesson in LESSONS[: rng.integers(1, 4)]:
        for exercise in catalogue()[lesson]:
            if rng.random() < 0.95:
                kept.exercises[exercise.id] = _worked(exercise, rng)
        for name, asked in predictions().items():
            if name.startswith(f"{lesson[3:]}.") and rng.random() < 0.9:
                weights = np.arange(len(asked["options"]), 0, -1.0) ** 2
                option = int(rng.choice(len(weights), p=weights / weights.sum()))
                kept.predictions[name] = Choice(asked["options"][option], option == 0)
    return kept


def _worked(exercise: Exercise, rng: np.random.Generator) -> Entry:
    wrong = int(rng.geometric(0.45)) - 1
    right = bool(rng.random() < 0.8)
    entry = Entry(attempts=wrong + right or 1, right=right, hints=int(rng.integers(0, 2)))
    entry.tries = entry.attempts if right else 0
    entry.unaided = right and not entry.hints
    for _ in range(entry.attempts - right):
        if rng.random() < 0.7:
            place = min(int(rng.geometric(0.5)) - 1, len(exercise.known) - 1)
            counts, key = entry.mistakes, exercise.known[place].key
        else:
            counts, key = (
                entry.failures,
                str(rng.choice(["wrong shape", "repaired", "unknown_name"])),
            )
        counts[key] = counts.get(key, 0) + 1
    return entry


def share(seed: int, number: int = 1, week: str = WEEK) -> dict:
    """Return what this learner shares."""
    return facts.to_share(learned(seed), f"{seed:032x}", number, week)


def share_into(folder: Path, learners: int) -> None:
    """Fill a folder as the class's folder is filled, and spoil some of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(learners):
        (folder / f"progress-{seed:032x}.json").write_text(json.dumps(share(seed)))
    for name, content in SPOILT.items():
        (folder / name).write_bytes(content)


def _changed(**changes: object) -> bytes:
    content = share(0) | changes
    return json.dumps(content | {"check": facts.checksum(content)}).encode()


def _text(seed: int) -> str:
    return json.dumps(share(seed))


SPOILT = {
    "cut off.json": _text(1)[:300].encode(),
    "by hand.json": _text(2).replace('"attempts": 1', '"attempts": 2').encode(),
    "older.json": _changed(version=0),
    "newer.json": _changed(version=99),
    "the progress file.json": b'{"version": 1, "exercises": {}}',
    "doubled, older.json": json.dumps(share(3, week="2026-W47")).encode(),
    "foreign.csv": b"name;mark\nx;1\n",
    "a picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "named.json": _changed(name="Maria Huber"),
}

# ---- notebooks -----------------------------------------------------------------------------------

MARK = re.compile(r"^exercises\.\w+\.check\(\w+\)$", re.MULTILINE)


def notebook(lesson: str) -> NotebookNode:
    """Return a notebook of the course without its outputs, which a learner may not have saved."""
    (path,) = NOTEBOOKS.glob(f"*{lesson}.ipynb")
    made = copy.deepcopy(nbformat.read(path, as_version=4))
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made


def starters_of(made: NotebookNode, lesson: str) -> Iterator[tuple[Exercise, NotebookNode]]:
    """Yield each exercise of a lesson with the cell that holds its starter."""
    (name,) = (name for name in catalogue() if name.endswith(lesson))
    for exercise in catalogue()[name]:
        (cell,) = (cell for cell in made.cells if is_starter_of(exercise, cell))
        yield exercise, cell


def answered(lesson: str, **answers: str) -> NotebookNode:
    """Return a notebook with these sources in the cells of the exercises, above their checks."""
    made = notebook(lesson)
    for exercise, cell in starters_of(made, lesson):
        if exercise.name in answers:
            check = f"exercises.{exercise.name}.check({exercise.name})"
            cell.source = f"{answers[exercise.name].strip()}\n\n\n{check}"
    return made


def solution(exercise: Exercise) -> str:
    """Return the reference as learners write it."""
    return exercise.solution_source()


def mistaken(exercise: Exercise, place: int) -> str:
    """Return a known mistake as a learner writes it."""
    function = exercise.known[place % len(exercise.known)].function
    text = source_of(function)
    return re.sub(rf"\b{function.__name__}\b", exercise.name, text)


def save(made: NotebookNode, path: Path) -> Path:
    """Write a notebook, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


# Answers that no exercise foresaw: they take what the starter takes.
UNFORESEEN = (
    "return 0",
    "return {first}",
    "print({first})",
    "return undefined",
    "raise ValueError",
)


def class_of(learners: int, folder: Path) -> None:
    """Fill a folder with what a class hands in: solutions, known and unforeseen mistakes, blanks.

    Each hands in one of the notebooks 01 to 12, in a folder of their own, as nbgrader collects it.
    """
    lessons = [name for name in catalogue() if name[:2] not in ("00", "13")]
    for learner in range(learners):
        rng = np.random.default_rng(learner)
        lesson = lessons[learner % len(lessons)]
        answers = {e.name: _somehow(e, rng) for e in catalogue()[lesson]}
        made = answered(lesson, **{name: text for name, text in answers.items() if text})
        save(made, folder / f"learner{learner:02}" / "week1" / f"{lesson}.ipynb")


def _somehow(exercise: Exercise, rng: np.random.Generator) -> str:
    kind = rng.choice(["right", "known", "unforeseen", "blank"], p=[0.55, 0.25, 0.12, 0.08])
    if kind == "right":
        return solution(exercise)
    if kind == "known":
        return mistaken(exercise, int(rng.integers(99)))
    arguments = list(exercise.signature.parameters)
    body = str(rng.choice(UNFORESEEN)).format(first=arguments[0])
    defined = f"def {exercise.name}({', '.join(arguments)}):\n    {body}"
    return defined if kind == "unforeseen" else ""
