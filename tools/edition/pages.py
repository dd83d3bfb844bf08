"""The pages of the teacher's edition, as Markdown: from the notebooks, the exercises, the notes."""

from __future__ import annotations

import ast
import difflib
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from edition import cards, fits, formulas, room, sections
from edition.notes import Lesson, of_section
from rnn_helpers.checking.known import Mistake, source_of
from rnn_helpers.course.copies import CLASS
from rnn_helpers.course.paths import PATHS, Path
from rnn_helpers.course.self_test import QUESTIONS

SOLVED = "Solved notebooks lie in `solutions`. "
PAGES_ALONE = (
    "**These are the pages alone.** What panels say, and the solved notebooks, are missing: "
    "`make teacher` runs the notebooks and puts them here."
)
NOT_RUN = (
    "**Made without running notebooks.** What a panel says after a move is not on this page; the "
    "answer to the question stands in brackets behind it. `make teacher`, typed in the folder of "
    "the course, runs the notebooks and adds the sentences."
)
SECOND = "*The second time:*"
SECOND_TIME = (
    f"{SECOND} in a table of mistakes is what the course adds when a learner makes the same "
    "mistake again."
)
LOOK_FIRST, ASK_THEN_SET, SET_THEN_ASK = "Look first, then ask", "Ask, then set", "Set, then ask"
BELOW = (
    "The minutes are those of somebody who reads and works alone. The number of a slide of the "
    "walkthrough and Enter go to it; ↓ marks one of which a part lies below the screen."
)


DIGITS = re.compile(r"\b\d+\.\d+\b|(?<=, )\d(?=\)`$)")  # of a decimal; of rounding


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
    top = [
        f"# {notebook.name}: {notebook.question}",
        f"{notebook.minutes} minutes, {notebook.core} of them core, {_added_up(lesson)}. "
        f"{_builds_on(lesson)}",
        f"**What the class takes away.** {notes['goal']}",
        f"**How to open.** {notes['open_with']}",
    ]
    parts = [
        "## Timetable",
        BELOW,
        timetable(lesson),
        *explained(lesson.tasks),
        "## Does it fit the projector?",
        *projector(fits.of(notebook.name)),
        "## Predictions",
        *(prediction_card(card, lesson) for card in lesson.predictions),
        "## Panels",
        *(panel_card(card, lesson, sentences) for card in lesson.panels),
        "## Exercises",
        *(exercise_card(task, lesson) for task in lesson.tasks),
    ]
    top += not_run([lesson], sentences)
    return "\n\n".join([*top, contents(parts), *parts]) + "\n"


def not_run(lessons: Iterable[Lesson], sentences: Mapping[str, object]) -> list[str]:
    """Say that panels are silent, if there are panels of which no sentence is known."""
    panels = (panel.name for lesson in lessons for panel in lesson.panels)
    return [NOT_RUN] if any(name not in sentences for name in panels) else []


def explained(tasks: Iterable[cards.Task]) -> list[str]:
    """Say what *the second time* is, if a mistake in these exercises has such a line."""
    return [SECOND_TIME] if any(m.more for task in tasks for m in task.exercise.known) else []


def _added_up(lesson: Lesson) -> str:
    """Say what the sections of a lesson come to, which a notebook rounds."""
    whole = sum(section.minutes for section in lesson.sections)
    core = sum(section.minutes for section in lesson.sections if section.core)
    return f"rounded; the minutes of its sections come to {whole}, {core} of them core"


def _builds_on(lesson: Lesson) -> str:
    reasons = [f"`{name}` ({what})" for name, what in lesson.notes["builds_on"].items()]
    return f"Builds on {', '.join(reasons)}." if reasons else "Builds on nothing but some Python."


def contents(parts: Iterable[str]) -> str:
    """Return a list of links to the headings of a page, those of the cards in one line."""
    found: list[tuple[str, list[str]]] = []
    for part in parts:
        heading = re.match(r"(##+) (.+)", part)
        if heading and heading[1] == "##":
            found.append((link(heading[2]), []))
        elif heading:
            name = re.sub(r" of \d\d\b", "", heading[2].partition(":")[0])
            found[-1][1].append(link(heading[2], name))
    return "\n".join(f"- {': '.join(filter(None, [top, '; '.join(its)]))}" for top, its in found)


def link(heading: str, name: str = "") -> str:
    """Return a link to a heading of the same page."""
    return f"[{name or heading}](#{formulas.slug(heading)})"


def timetable(lesson: Lesson) -> str:
    """Return the sections with a clock that runs through the core."""
    rows, minute = [], 0
    on_slides = slides_by_section(lesson)
    for section in lesson.sections:
        rows.append(
            (
                clock(minute) if section.core else "",
                str(section.minutes),
                on_slides[section.title],
                section.title,
                section.part,
                "; ".join(
                    f"{linked}{answers(lesson, section).get(cell, '')}"
                    for cell, linked in inside(lesson, section)
                ),
                said_of(lesson, section),
            )
        )
        minute += section.minutes if section.core else 0
    rows.append((clock(minute), "", "", "end of the core", "", "", ""))
    heads = ("clock", "min", "slides", "section", "part", "in it", "what to say or watch for")
    return table(heads, rows)


def said_of(lesson: Lesson, section: sections.Section) -> str:
    """Return what to say in a section, and what more to a class that has left something out."""
    notes = [note for note in lesson.notes["without"] if note["at"] == section.title]
    more = [f"*If {left_out(note['lacks'], lesson)}:* {note['say']}" for note in notes]
    return " ".join([lesson.notes["sections"].get(section.title, ""), *more]).strip()


def left_out(lacks: str, lesson: Lesson) -> str:
    """Say that a section or a notebook is left out."""
    notebook, title = of_section(lacks, lesson.notebook.name)
    if not title:
        return f"`{notebook[:2]}` is left out"
    where = "" if notebook == lesson.notebook.name else f" of `{notebook[:2]}`"
    return f"“{title}”{where} is left out"


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def slides_by_section(lesson: Lesson) -> dict[str, str]:
    """Return the numbers of the slides on which each section stands, ↓ where one goes on below."""
    owner = [section.title for section in lesson.sections for _ in section.cells]
    measured = fits.of(lesson.notebook.name)
    found: dict[str, list[str]] = {section.title: [] for section in lesson.sections}
    for number, slide in enumerate(fits.slides_of(lesson.notebook.name), start=1):
        below = number <= len(measured) and max(measured[number - 1].windows) > 1
        found[owner[slide.cells[0]]].append(f"{number}{'↓' if below else ''}")
    return {title: " ".join(numbers) for title, numbers in found.items()}


def inside(lesson: Lesson, section: sections.Section, of: str = "") -> list[tuple[str, str]]:
    """Return links to the cards of a section in order, each with the id of its cell.

    ``of`` is the number of the notebook, on a page with cards of several.
    """
    found = []
    for cell in section.cells:
        on_slide = _on_slide(cell.id, lesson)
        for number, card in enumerate(lesson.predictions, start=1):
            if cards.asks(cell, card):
                heading = prediction_heading(card, lesson, of)
                found.append((cell.id, link(heading, f"prediction {number}{on_slide}")))
        for card in lesson.panels:
            if card.cell == cell.id:
                found.append((cell.id, link(panel_heading(card, lesson, of), f"panel{on_slide}")))
        for task in lesson.tasks:
            if task.cell == cell.id:
                name = task.title.partition(":")[0].lower()
                heading = exercise_heading(task, lesson, of)
                found.append((cell.id, link(heading, f"{name}{on_slide}")))
    return found


def prediction_heading(card: cards.Prediction, lesson: Lesson, of: str = "") -> str:
    cells = (cell for section in lesson.sections for cell in section.cells)
    on_slide = _on_slide(next(cell.id for cell in cells if cards.asks(cell, card)), lesson)
    return f"Prediction {lesson.predictions.index(card) + 1}{_of(of)}{on_slide}: {card.question}"


def panel_heading(card: cards.PanelCard, lesson: Lesson, of: str = "") -> str:
    """Return the title of a panel, with its section where another panel has the same title."""
    alike = sum(other.title == card.title for other in lesson.panels) > 1
    where = f" (in *{_where(lesson, lambda cell: cell.id == card.cell)}*)" if alike else ""
    return f"Panel{_of(of)}{_on_slide(card.cell, lesson)}: {card.title}{where}"


def exercise_heading(task: cards.Task, lesson: Lesson, of: str = "") -> str:
    name, _, rest = task.title.partition(":")
    return f"{name}{_of(of)}{_on_slide(task.cell, lesson)}:{rest}"


def _on_slide(cell: str, lesson: Lesson) -> str:
    return f", slide {lesson.slides[cell]}" if cell in lesson.slides else ""


def _of(number: str) -> str:
    return f" of {number}" if number else ""


def answers(lesson: Lesson, section: sections.Section) -> dict[str, str]:
    """Return for each cell with a question where its answer is shown once the class has voted."""
    return {
        cell.id: f" ({answered_on(card, cell.id, lesson)})"
        for cell in section.cells
        for card in lesson.predictions
        if cards.asks(cell, card)
    }


def answered_on(card: cards.Prediction, cell: str, lesson: Lesson) -> str:
    """Say on which slide the answer to a question stands."""
    cells = (cell for section in lesson.sections for cell in section.cells)
    revealing = next(c.id for c in cells if re.search(rf"\b{card.name}\.reveal\(", c.source))
    asked, answered = lesson.slides[cell], lesson.slides[revealing]
    return "its answer below it" if answered == asked else f"its answer on slide {answered}"


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


def prediction_card(card: cards.Prediction, lesson: Lesson, of: str = "") -> str:
    note = lesson.notes["predictions"][card.name]
    options = "\n".join(f"- {'**' + o + '**' if o == card.right else o}" for o in card.options)
    return "\n\n".join(
        [
            f"### {prediction_heading(card, lesson, of)}",
            f"In *{_where(lesson, lambda cell: cards.asks(cell, card))}*.",
            options,
            f"**Measured:** {measured(card, note)}",
            table(("who chooses", "why it tempts"), [(o, note["tempts"][o]) for o in card.wrong]),
            f"**Ask next.** {note['next']}",
        ]
    )


def measured(card: cards.Prediction, note: Mapping[str, str]) -> str:
    """Return the right option, what the notebook says of it, and numbers that it has elsewhere."""
    said = (f"{card.right.rstrip('.')}.", card.evidence, note.get("measured", ""))
    return " ".join(filter(None, said))


def panel_card(
    card: cards.PanelCard,
    lesson: Lesson,
    sentences: Mapping[str, list[str]],
    of: str = "",
    taken: Collection[str] | None = None,
) -> str:
    """Return the card of a panel, without the moves that need a section that is not taken."""
    moves = moves_of(card, lesson)
    fits_here = [is_taken(move, taken) for move in moves]
    rows = [(_set(move), _ask(move)) for move in moves]
    heads = ("set (the rest as it opens)", "ask")
    if said := sentences.get(card.name):
        heads += ("what it says then",)
        rows = [(*row, says) for row, says in zip(rows, said, strict=True)]
    rows = list(itertools.compress(rows, fits_here))
    return "\n\n".join(
        [
            f"### {panel_heading(card, lesson, of)}",
            f"In *{_where(lesson, lambda cell: cell.id == card.cell)}*. It opens with: {card.says}",
            *filter(None, [lesson.notes["panels"][card.name].get("say", "")]),
            table(heads, rows),
        ]
    )


def moves_of(card: cards.PanelCard, lesson: Lesson) -> list[dict[str, Any]]:
    """Return what the notes ask to set in a panel."""
    return lesson.notes["panels"][card.name]["moves"]


def is_taken(move: Mapping[str, Any], taken: Collection[str] | None) -> bool:
    """Say whether the section that a move needs is taken, if it needs one."""
    return taken is None or move.get("needs") in {None, *taken}


def _set(move: Mapping[str, Any]) -> str:
    opens = " (it opens so)" if move.get("opens") else ""
    return f"{settings_in_words(move['set'])}{opens}"


def _ask(move: Mapping[str, Any]) -> str:
    """Return what to ask at a move, and whether before the class sees it."""
    order = SET_THEN_ASK if move.get("seen") else ASK_THEN_SET
    return f"{LOOK_FIRST if move.get('opens') else order}: {move['ask']}"


def settings_in_words(controls: Mapping[str, object]) -> str:
    """Return the settings of a panel as Markdown, by the labels that the screen shows."""
    return ", ".join(f"**{label}** {_value(value)}" for label, value in controls.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(map(str, value))
    return f"“{value}”" if isinstance(value, str) else f"{value:g}"


def exercise_card(task: cards.Task, lesson: Lesson, of: str = "") -> str:
    exercise = task.exercise
    hints = "\n".join(f"{n}. {hint}" for n, hint in enumerate(exercise.hints, start=1))
    rows = mistakes(exercise.reference, exercise.known)
    return "\n\n".join(
        [
            f"### {exercise_heading(task, lesson, of)}",
            task.prompt,
            fenced(task.starter),
            f"**Ask a student who is stuck.** {lesson.notes['exercises'][exercise.name]}",
            "**Hints**, as the course gives them:",
            hints,
            " ".join(["**Solution**", *shown_elsewhere(task, lesson)]),
            fenced(exercise.solution_source()),
            "**Mistakes that the course knows by name**",
            table(("wrong line", "what the course says"), rows),
        ]
    )


def solved_on(task: cards.Task, lesson: Lesson) -> list[int]:
    """Return the numbers of the other slides that show the solution of an exercise."""
    cells = lesson.notes["solved_on"].get(task.exercise.name, [])
    return sorted({lesson.slides[cell] for cell in cells})


def shown_elsewhere(task: cards.Task, lesson: Lesson) -> list[str]:
    """Say on which slides the solution of an exercise, or most of it, can be read."""
    numbers = solved_on(task, lesson)
    return [f"(see also {slides_in_words(numbers)})"] if numbers else []


def slides_in_words(numbers: Sequence[int]) -> str:
    """Return "slide 8", or "slides 17 and 19"."""
    listed = " and ".join(map(str, numbers))
    return f"slide{'s' * (len(numbers) > 1)} {listed}"


def mistakes(reference: object, known: Iterable[Mistake]) -> list[tuple[str, str]]:
    """Return the rows of a table of mistakes: one for all that are one slip.

    They are if they are told the same, or differ in the digits of a decimal or of rounding alone.
    """
    told: dict[str, tuple[str, list[str]]] = {}
    for mistake in known:
        says, line = _says(mistake), wrong_line(reference, mistake)
        key = DIGITS.sub("#", line) if DIGITS.search(line) else says
        told.setdefault(key, (says, []))[1].append(line)
    return [(" or ".join(dict.fromkeys(lines)), says) for says, lines in told.values()]


def _says(mistake: Mistake) -> str:
    again = f" {SECOND} {mistake.more}" if mistake.more else ""
    symbol = re.match(r"\w+⟨", mistake.says)  # a symbol keeps its case
    first = mistake.says[0] if symbol else mistake.says[0].upper()
    return f"{first}{mistake.says[1:]}{again}"


def wrong_line(reference: object, mistake: Mistake) -> str:
    """Return the lines in which a mistake differs from the reference, as inline code."""
    right, wrong = (_body(source_of(f)) for f in (reference, mistake.function))
    changes = list(difflib.ndiff(right, wrong))
    added = [line[2:].strip() for line in changes if line.startswith("+ ")]
    if added := [_as_typed(line) for line in added if line and not _changes_nothing(line)]:
        return "; ".join(map(inline, added))
    gone = [line[2:].strip() for line in changes if line.startswith("- ")]
    return f"without {'; '.join(inline(line) for line in gone if line)}"


def _changes_nothing(line: str) -> bool:
    """Say whether a line sets a name to itself, which stands for a line that was left out."""
    left, _, right = line.partition(" = ")
    return bool(right) and left == right


def _as_typed(line: str) -> str:
    """Return a line without brackets that nobody types: round a single name, or doubled."""
    line = re.sub(r"(?<![\w\])])\((\w+)\)", r"\1", re.sub(r" +\)", ")", line))
    for place, start in enumerate(line):
        if start != "(" or (place and re.match(r"[\w\])]", line[place - 1])):
            continue
        end = _closing(line, place)
        whole = re.fullmatch(r"return |\w+ = ", line[:place]) and end == len(line) - 1
        doubled = line[place + 1 : place + 2] == "(" and _closing(line, place + 1) == end - 1
        bare = line[:place] + line[place + 1 : end] + line[end + 1 :]
        if (whole or doubled) and _means_the_same(line, bare):
            return _as_typed(bare)
    return line


def _closing(line: str, place: int) -> int:
    """Return where the bracket is closed that opens at a place."""
    depth = 0
    for end in range(place, len(line)):
        depth += (line[end] in "([{") - (line[end] in ")]}")
        if not depth:
            return end
    return -1


def _means_the_same(line: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(line)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


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
    paths = ", ".join(f"[{path.name}]({page_name(path)}.md)" for path in PATHS)
    return (
        "\n\n".join(
            [
                "# The course on a page",
                f"{len(lessons)} notebooks: {minutes / 60:.0f} hours for all of it, "
                f"{core / 60:.0f} hours for the core. [Paths through it](paths.md), with "
                f"minutes and a page for each session: {paths}. "
                "[Exam items](exam.md) and their "
                f"[key](exam-key.md). {SOLVED if run else ''}"
                f"[{CLASS}.ipynb]({CLASS}.ipynb) shows where the class is stuck, from what "
                "learners shared.",
                table(("notebook", "question", "minutes (core)", "builds on", "takes away"), rows),
                *([] if run else [PAGES_ALONE]),
                *room.in_a_room(),
                *room.to_send(),
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


def page_name(path: Path, number: int | None = None) -> str:
    """Return the name of the page of a path, or of one of its sessions: one page if it has one."""
    name = f"path-{path.name.replace(' ', '-')}"
    return name if number is None or len(path.sessions) == 1 else f"{name}-{number}"


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
