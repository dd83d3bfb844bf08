"""The pages of the teacher's edition, as Markdown: from the notebooks, the exercises, the notes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from nbformat import NotebookNode

from edition import cards, fits, sections
from edition.notes import Lesson
from edition.solutions import Sentences
from rnn_helpers.checking.known import Mistake, source_of
from rnn_helpers.course.copies import CLASS
from rnn_helpers.course.paths import PATHS, Session
from rnn_helpers.course.self_test import QUESTIONS

SOLVED = "Solved notebooks lie in `solutions`. "
PAGES_ALONE = (
    "**These are the pages alone.** What panels say, and the solved notebooks, are missing: "
    "`make teacher` runs the notebooks and puts them here."
)
BEFORE = (
    "**Before the session.** Let everybody install the course and run `00_start_here` at home: no "
    "path repeats its symbols and shapes. Run all cells of each notebook of the session "
    "beforehand, in the JupyterLab that you will show: on two cores most take less than half a "
    "minute, `08`, `09`, `11` and `12` up to two. Keep that JupyterLab open; a page that is "
    "loaded anew keeps its panels alive.\n\n"
    "**The minutes are those of somebody who reads and works alone.** With a class plan "
    "twice as much for an exercise (a rule of thumb, not measured): set one of each notebook, do "
    "one yourself, wrongly first, and send the "
    "rest home. In the walkthrough the number of a slide and Enter go to it; the timetables have "
    "the numbers."
)
NOT_RUN = "(said when the notebook is run: `make teacher`)"


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a bar or a line's end within a cell does not break it."""
    lines = [list(heading), *([_cell(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text.strip()).replace("|", r"\|")


def fenced(code: str) -> str:
    return f"```python\n{code.strip()}\n```"


def inline(code: str) -> str:
    """Return a line of code as Markdown, whatever backticks it has."""
    ticks = "``" if "`" in code else "`"
    return f"{ticks}{code}{ticks}"


# ---- a notebook


def lesson_page(lesson: Lesson, sentences: Mapping[str, list[str]]) -> str:
    """Return all that the edition says of one notebook."""
    notebook, notes = lesson.notebook, lesson.notes
    parts = [
        f"# {notebook.name}: {notebook.question}",
        f"{notebook.minutes} minutes, {notebook.core} of them core. {_builds_on(lesson)}",
        f"**What the class takes away.** {notes['goal']}",
        f"**How to open.** {notes['open_with']}",
        "## Timetable",
        timetable(lesson),
        "## Does it fit the projector?",
        *projector(fits.of(notebook.name)),
        "## Predictions",
        *(prediction_card(card, lesson) for card in lesson.predictions),
        "## Panels",
        *(panel_card(card, lesson, sentences) for card in lesson.panels),
        "## Exercises",
        *(exercise_card(task, lesson) for task in lesson.tasks),
    ]
    return "\n\n".join(parts) + "\n"


def _builds_on(lesson: Lesson) -> str:
    reasons = [f"`{name}` ({what})" for name, what in lesson.notes["builds_on"].items()]
    return f"Builds on {', '.join(reasons)}." if reasons else "Builds on nothing but some Python."


def timetable(lesson: Lesson) -> str:
    """Return the sections with a clock that runs through the core."""
    rows, clock = [], 0
    first: dict[str, int] = {}  # the slide on which a section begins
    for number, slide in enumerate(fits.slides_of(lesson.notebook.name), start=1):
        first.setdefault(slide.section, number)
    for section in lesson.sections:
        when = f"{clock // 60}:{clock % 60:02}" if section.core else ""
        clock += section.minutes if section.core else 0
        what = lesson.notes["sections"].get(section.title, "")
        rows.append(
            (
                when,
                str(section.minutes),
                str(first.get(section.title, "")),
                section.title,
                section.part,
                _inside(lesson, section),
                what,
            )
        )
    rows.append((f"{clock // 60}:{clock % 60:02}", "", "", "end of the core", "", "", ""))
    heads = ("clock", "min", "slide", "section", "part", "in it", "what to say or watch for")
    return table(heads, rows)


def _inside(lesson: Lesson, section: sections.Section) -> str:
    """Name the predictions, panels and exercises of a section."""
    ids = {cell.id for cell in section.cells}
    found = [
        f"prediction {number}"
        for number, card in enumerate(lesson.predictions, start=1)
        if any(cards.asks(cell, card) for cell in section.cells)
    ]
    found += [f"panel: {card.title}" for card in lesson.panels if card.cell in ids]
    found += [task.title.partition(":")[0].lower() for task in lesson.tasks if task.cell in ids]
    return "; ".join(found)


def projector(measured: Sequence[fits.Fit]) -> list[str]:
    """Return how the slides of a walkthrough fit the screen, and which of them go on below it."""
    large, small = (f"{width}×{height}" for width, height in fits.SCREENS)
    whole = [sum(fit.windows[screen] == 1 for fit in measured) for screen in range(2)]
    most = max(fit.cells for fit in measured)
    told = (
        f"`present()` shows it on {len(measured)} slides of at most {most} cells. On a projector "
        f"of {large}, {whole[0]} of them stand on the screen whole, on one of {small} {whole[1]}. "
        "The others go on below the screen: the key that leads to the next slide (Page Down, "
        "space, a remote) first goes down to their end. No picture is higher than the screen. "
        "Measured in JupyterLab with every panel live."
    )
    rows = [
        (str(number), fit.section, str(fit.cells), *map(str, fit.windows))
        for number, fit in enumerate(measured, start=1)
        if max(fit.windows) > 1
    ]
    head = ("slide", "section", "cells", f"screens at {large}", f"screens at {small}")
    return [told, table(head, rows)] if rows else [told]


def _where(lesson: Lesson, is_there: Callable[[NotebookNode], bool]) -> str:
    """Return the title of the section with a cell of which that is true."""
    return next(s.title for s in lesson.sections if any(map(is_there, s.cells)))


def prediction_card(card: cards.Prediction, lesson: Lesson) -> str:
    note = lesson.notes["predictions"][card.name]
    number = lesson.predictions.index(card) + 1
    options = "\n".join(f"- {'**' + o + '**' if o == card.right else o}" for o in card.options)
    return "\n\n".join(
        [
            f"### Prediction {number}: {card.question}",
            f"In *{_where(lesson, lambda cell: cards.asks(cell, card))}*.",
            options,
            f"**Measured:** {card.right.rstrip('.')}. {card.evidence}",
            table(("who chooses", "why it tempts"), [(o, note["tempts"][o]) for o in card.wrong]),
            f"**Ask next.** {note['next']}",
        ]
    )


def panel_card(card: cards.PanelCard, lesson: Lesson, sentences: Mapping[str, list[str]]) -> str:
    moves = lesson.notes["panels"][card.name]["moves"]
    said = sentences.get(card.name) or [NOT_RUN] * len(moves)
    rows = [
        (settings_in_words(move["set"]), move["ask"], says)
        for move, says in zip(moves, said, strict=True)
    ]
    return "\n\n".join(
        [
            f"### Panel: {card.title}",
            f"In *{_where(lesson, lambda cell: cell.id == card.cell)}*. It opens with: {card.says}",
            table(("set (the rest as it opens)", "ask before you do", "what it says then"), rows),
        ]
    )


def settings_in_words(controls: Mapping[str, object]) -> str:
    """Return the settings of a panel as Markdown, by the labels that the screen shows."""
    return ", ".join(f"**{label}** {_value(value)}" for label, value in controls.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(map(str, value))
    return f"“{value}”" if isinstance(value, str) else f"{value:g}"


def exercise_card(task: cards.Task, lesson: Lesson) -> str:
    exercise = task.exercise
    hints = "\n".join(f"{n}. {hint}" for n, hint in enumerate(exercise.hints, start=1))
    rows = [(wrong_line(exercise.reference, m), _says(m)) for m in exercise.known]
    return "\n\n".join(
        [
            f"### {task.title}",
            task.prompt,
            fenced(task.starter),
            f"**Ask a student who is stuck.** {lesson.notes['exercises'][exercise.name]}",
            "**Hints**, as the course gives them:",
            hints,
            "**Solution**",
            fenced(exercise.solution_source()),
            "**Mistakes that the course knows by name**",
            table(("wrong line", "what the course says"), rows),
        ]
    )


def _says(mistake: Mistake) -> str:
    again = f" *The second time:* {mistake.more}" if mistake.more else ""
    return f"{mistake.says[0].upper()}{mistake.says[1:]}{again}"


def wrong_line(reference: object, mistake: Mistake) -> str:
    """Return the lines in which a mistake differs from the reference, as inline code."""
    right, wrong = (_body(source_of(f)) for f in (reference, mistake.function))
    changes = list(difflib.ndiff(right, wrong))
    added = [line[2:].strip() for line in changes if line.startswith("+ ")]
    if added := [line for line in added if line]:
        return "; ".join(map(inline, added))
    gone = [line[2:].strip() for line in changes if line.startswith("- ")]
    return f"without {'; '.join(inline(line) for line in gone if line)}"


def _body(source: str) -> list[str]:
    """Return the lines of a function without its first one and its docstring."""
    return re.sub(r'""".*?"""', "", source, flags=re.DOTALL).splitlines()[1:]


# ---- the course on a page


def course_page(lessons: list[Lesson], picture: str, run: bool = True) -> str:
    """Return the course on a page: notebooks, what builds on what, what one must know before."""
    rows = [
        (
            f"[{lesson.notebook.name}]({lesson.notebook.name}.md)",
            lesson.notebook.question,
            f"{lesson.notebook.minutes} ({lesson.notebook.core})",
            ", ".join(name[:2] for name in lesson.notes["builds_on"]),
            lesson.notes["goal"],
        )
        for lesson in lessons
    ]
    minutes = sum(lesson.notebook.minutes for lesson in lessons)
    core = sum(lesson.notebook.core for lesson in lessons)
    return (
        "\n\n".join(
            [
                "# The course on a page",
                f"{len(lessons)} notebooks, {minutes / 60:.0f} hours, "
                f"{core / 60:.0f} of them core. [Paths through it](paths.md), with minutes. "
                "[Exam items](exam.md) and their "
                f"[key](exam-key.md). {SOLVED if run else ''}"
                f"[{CLASS}.ipynb]({CLASS}.ipynb) shows where the class is stuck, from what "
                "learners shared.",
                table(("notebook", "question", "minutes (core)", "builds on", "takes away"), rows),
                *([] if run else [PAGES_ALONE]),
                "## What builds on what",
                f"![{graph_in_words(lessons)}]({picture})",
                f"{graph_in_words(lessons)} (An arrow that follows from others is not drawn.)",
                "## What one must know before",
                "Python, a little NumPy, the chain rule. `00_start_here` asks these ten questions; "
                "each option answers with a sentence.",
                table(("question", "right", "because"), map(_question, QUESTIONS)),
            ]
        )
        + "\n"
    )


def _question(question: object) -> tuple[str, str, str]:
    right = question.right()
    return question.asks, inline(right), question.says[right]


def graph_in_words(lessons: list[Lesson]) -> str:
    parts = [
        f"{lesson.notebook.name[:2]} on {', '.join(name[:2] for name in lesson.notes['builds_on'])}"
        for lesson in lessons
        if lesson.notes["builds_on"]
    ]
    return f"What builds on what: {'; '.join(parts)}."


def paths_page(lessons: list[Lesson]) -> str:
    """Return every path with its sessions, their sections and minutes."""
    by_name = {lesson.notebook.name: lesson for lesson in lessons}
    parts = ["# Paths through the course", BEFORE]
    for path in PATHS:
        parts += [f"## {path.name[0].upper()}{path.name[1:]}", f"For {path.whom}."]
        for number, session in enumerate(path.sessions, start=1):
            parts += _session(number, session, by_name)
    return "\n\n".join(parts) + "\n"


def _session(number: int, session: Session, by_name: Mapping[str, Lesson]) -> list[str]:
    rows, used = [], 0
    for stop in session.stops:
        lesson = by_name[stop.notebook]
        taken = sections.taken(lesson.sections, stop.sections)
        minutes = sum(section.minutes for section in taken)
        used += minutes
        whole = "all core sections" if not stop.sections else "; ".join(stop.sections)
        rows.append((f"[{stop.notebook}]({stop.notebook}.md)", str(minutes), whole))
    left = session.minutes - used
    return [
        f"**Session {number}**: {used} minutes of {session.minutes}, {left} left for questions.",
        table(("notebook", "min", "sections"), rows),
    ]


def pages(
    lessons: list[Lesson], sentences: Mapping[str, Sentences], picture: str
) -> dict[str, str]:
    """Return every page of the edition by its name, without the exam."""
    made = {"index": course_page(lessons, picture, bool(sentences)), "paths": paths_page(lessons)}
    for lesson in lessons:
        made[lesson.notebook.name] = lesson_page(lesson, sentences.get(lesson.notebook.name, {}))
    return made
