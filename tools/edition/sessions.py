"""A page for each session of a path: all that it takes and nothing else, in order, to be printed.

How much of it fits when exercises are done in class is computed from the minutes of the sections
and of the exercises in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edition import cards, minutes, pages, sections
from edition.notes import Lesson
from edition.pages import page_name, table
from edition.solutions import Sentences
from rnn_helpers.course.paths import PATHS, Path, Stop

WITH_A_CLASS = 2  # times an exercise's minutes: a rule of thumb
FOR_QUESTIONS = 5  # minutes that a plan leaves free at least
STEP = 5  # minutes to which sums are rounded: they are estimates
SLOW = ("08", "09", "11", "12")  # take up to two minutes to run
FIRST = "00_start_here"
ALL_PATHS = (
    "A page for each session holds all that it takes, in order, to be read and printed. Minutes "
    "alone are those of somebody who reads and works alone. With a class plan twice as much for an "
    "exercise (a rule of thumb, not measured): the last two columns say what that comes to, and "
    f"how many exercises fit if {FOR_QUESTIONS} minutes at least are left for questions."
)


@dataclass(frozen=True)
class Taken:
    """A stop of a session: its lesson, and the sections that are taken of it."""

    stop: Stop
    lesson: Lesson
    sections: tuple[sections.Section, ...]

    @property
    def number(self) -> str:
        return self.stop.notebook[:2]

    def exercises(self) -> list[Timed]:
        """Return the exercises of these sections, in order."""
        return [
            Timed(self.number, section.title, task, minutes.of_exercise(section, task.cell))
            for section in self.sections
            for task in self.lesson.tasks
            if task.cell in {cell.id for cell in section.cells}
        ]


@dataclass(frozen=True)
class Timed:
    """An exercise with the number of its notebook, its section, and a learner's minutes."""

    number: str
    section: str
    task: cards.Task
    minutes: int

    @property
    def name(self) -> str:
        return self.task.title.partition(":")[0].lower()


def takes(path: Path, number: int, by_name: Mapping[str, Lesson]) -> list[Taken]:
    """Return what session ``number`` of a path takes, the first being 1."""
    return [
        Taken(
            stop,
            by_name[stop.notebook],
            tuple(sections.taken(by_name[stop.notebook].sections, stop.sections)),
        )
        for stop in path.sessions[number - 1].stops
    ]


# ---- what fits


@dataclass(frozen=True)
class Plan:
    """What a session holds: minutes alone, all its exercises, and those done with the class."""

    whole: int
    alone: int
    exercises: tuple[Timed, ...]
    together: tuple[Timed, ...]

    @property
    def at_home(self) -> tuple[Timed, ...]:
        return tuple(timed for timed in self.exercises if timed not in self.together)

    def minutes(self, together: Sequence[Timed]) -> int:
        """Return how long it takes with these exercises done in class, the others at home."""
        in_class = WITH_A_CLASS * sum(timed.minutes for timed in together)
        return self.alone - sum(timed.minutes for timed in self.exercises) + in_class


def plan(taken: Sequence[Taken], whole: int) -> Plan:
    """Choose exercises for the class: the first of each notebook, then what still fits in order."""
    exercises = [timed for one in taken for timed in one.exercises()]
    alone = sum(section.minutes for one in taken for section in one.sections)
    first = [one.exercises()[0] for one in taken if one.exercises()]
    room = whole - FOR_QUESTIONS - alone + sum(timed.minutes for timed in exercises)
    together = []
    for timed in [*first, *(timed for timed in exercises if timed not in first)]:
        if WITH_A_CLASS * timed.minutes <= room:
            together.append(timed)
            room -= WITH_A_CLASS * timed.minutes
    kept = tuple(timed for timed in exercises if timed in together)
    return Plan(whole, alone, tuple(exercises), kept)


def what_fits(held: Plan) -> list[str]:
    """Say in words and in a table what the minutes of a session hold."""
    count, listed = len(held.exercises), sum(timed.minutes for timed in held.exercises)
    if not count:
        return [f"It takes {held.alone} of {held.whole} minutes, and has no exercise."]
    told = (
        f"Somebody who reads and works alone takes {held.alone} minutes, about {_about(listed)} of "
        f"them for {_count(count, 'exercise')}. With a class plan twice as much for an exercise (a "
        "rule of thumb, not measured):"
    )
    some = held.together != held.exercises and held.together
    choices = [("no exercise: all at home", ())]
    choices += [(f"{_listed(held.together)}; the others at home", held.together)] if some else []
    choices += [("every exercise", held.exercises)]
    rows = [(what, *_of_the_session(held, done)) for what, done in choices]
    chosen = "The timetable has every exercise in class."
    if some:
        chosen = (
            "The timetable is for the middle line: the first exercise of each notebook, then what "
            f"still fits, and {FOR_QUESTIONS} minutes at least for questions."
        )
    best = held.together and (
        f"{chosen} Show one exercise yourself, and make a listed mistake first."
    )
    nothing = "None fits: the timetable is for the first line."
    return [
        told,
        table(("in class", "minutes in class", f"of {held.whole}"), rows),
        best or nothing,
    ]


def _of_the_session(held: Plan, together: Sequence[Timed]) -> tuple[str, str]:
    """Return about how many minutes that takes, and what is left of the session."""
    takes = _about(held.minutes(together))
    left = held.whole - takes
    told = f"{left} left" if left > 0 else f"{-left} too many" if left else "none left"
    return str(takes), f"about {told}" if left else told


def _about(number: int) -> int:
    """Round minutes that are added up from estimates; few stay as they are."""
    return STEP * round(number / STEP) if number > STEP else number


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _listed(timed: Sequence[Timed]) -> str:
    """Name exercises by notebook: "02: exercises 1 and 2; 06: exercise 1"."""
    numbers = {one.number: [] for one in timed}
    for one in timed:
        numbers[one.number].append(one.name.removeprefix("exercise "))
    return "; ".join(
        f"`{notebook}` exercise{'s' * (len(its) > 1)} {_and(its)}"
        for notebook, its in numbers.items()
    )


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


# ---- the timetable


def timetable(taken: Sequence[Taken], held: Plan) -> str:
    """Return the rows of a session, with a clock that runs through it."""
    rows, clock = [], 0
    for one in taken:
        on_slides = pages.slides_by_section(one.lesson)
        for section in one.sections:
            spent = _minutes(section, one, held)
            rows.append(
                (
                    pages.clock(clock),
                    str(spent),
                    one.number,
                    on_slides[section.title],
                    section.title,
                    _inside(one, section, held),
                    one.lesson.notes["sections"].get(section.title, ""),
                )
            )
            clock += spent
    left = f"{held.whole - clock} minutes left for questions"
    rows.append((pages.clock(clock), "", "", "", "", "", f"end of the plan: {left}"))
    heads = ("clock", "min", "nb", "slides", "section", "in it", "what to say or watch for")
    return table(heads, rows)


def _minutes(section: sections.Section, one: Taken, held: Plan) -> int:
    """Return the minutes of a section with a class: its exercises count double, or not at all."""
    its = [timed for timed in one.exercises() if timed.section == section.title]
    done = [timed for timed in its if timed in held.together]
    in_class = WITH_A_CLASS * sum(timed.minutes for timed in done)
    return section.minutes - sum(timed.minutes for timed in its) + in_class


def _inside(one: Taken, section: sections.Section, held: Plan) -> str:
    """Name what a section holds, with links; of an exercise, whether the class does it."""
    when = {
        timed.task.cell: f" (in class, {WITH_A_CLASS} × {timed.minutes} min)"
        if timed in held.together
        else f" (at home, {timed.minutes} min)"
        for timed in one.exercises()
    }
    return "; ".join(
        f"{link}{when.get(cell, '')}"
        for cell, link in pages.inside(one.lesson, section, one.number)
    )


# ---- the page


def session_page(
    path: Path, number: int, lessons: Sequence[Lesson], sentences: Mapping[str, Sentences]
) -> str:
    """Return all that a teacher needs for one session, and nothing else."""
    by_name = {lesson.notebook.name: lesson for lesson in lessons}
    taken = takes(path, number, by_name)
    held = plan(taken, path.sessions[number - 1].minutes)
    parts = [
        f"# {title(path, number)}",
        "\n\n".join([_where_we_are(path, number), *_not_run(taken, sentences)]),
        f"## What the {held.whole} minutes hold",
        *what_fits(held),
        "## Before the session",
        before(path, number),
        machines(held),
        brought(path, number, by_name),
        *lacking(taken, path, number),
        "## Timetable",
        "Minutes are about right, not more. **nb** is the notebook, **slides** are those of its "
        "walkthrough: the number and Enter go to one. Of a slide with ↓ a part lies below the "
        "screen, and the key that leads on goes there first. Slides that are not listed are left "
        "out. An exercise in class has twice the minutes that one takes alone.",
        timetable(taken, held),
        *left_over(taken, held),
        *pages.explained(timed.task for timed in held.exercises),
    ]
    for one in taken:
        parts += notebook_part(one, sentences.get(one.stop.notebook, {}))
    if number == len(path.sessions):
        parts += ["## An exam on this path", exam_of(path)]
    parts.insert(2, pages.contents(parts))
    return "\n\n".join(parts) + "\n"


def title(path: Path, number: int) -> str:
    """Return what a session is called."""
    name = path.name[0].upper() + path.name[1:]
    return name if len(path.sessions) == 1 else f"{name}, session {number} of {len(path.sessions)}"


def _where_we_are(path: Path, number: int) -> str:
    """Say whom the path is for, and link to the sessions beside this one."""
    told = f"For {path.whom}. All paths: [paths](paths.md)."
    if len(path.sessions) == 1:
        return told
    beside = [
        f"[{what}]({page_name(path, other)}.md)"
        for what, other in (("the session before", number - 1), ("the next session", number + 1))
        if 1 <= other <= len(path.sessions)
    ]
    return f"{told} This path: [its sessions]({page_name(path)}.md), {', '.join(beside)}."


def before(path: Path, number: int) -> str:
    """Say what to prepare for a session."""
    names = [stop.notebook for stop in path.sessions[number - 1].stops]
    slow = [f"`{name[:2]}`" for name in names if name[:2] in SLOW]
    on_path = {stop.notebook for session in path.sessions for stop in session.stops}
    home = (
        "Let everybody install the course at home. "
        if FIRST in on_path
        else f"Let everybody install the course and run `{FIRST}` at home: this path does not "
        "repeat its symbols and shapes. "
    )
    named = _and([f"`{name}`" for name in names])
    lasts = "on two cores most notebooks take less than half a minute"
    several = " For the next notebook go to its tab and press the button there." * (len(names) > 1)
    return (
        f"{home if number == 1 else ''}Open {named} and run all cells beforehand, "
        "also those that are left out, in the JupyterLab that you will show: "
        f"{lasts}{f', {_and(slow)} up to two' if slow else ''}. Keep that JupyterLab open; "
        "a page that is loaded anew keeps its panels alive. To show a notebook, press *Walk "
        "through this notebook* in its tool bar: Page Down, the space bar or a remote go on, "
        "Escape ends it. To run a cell of a slide again before the class, click on it and press "
        f"Control and Enter.{several}"
    )


def machines(held: Plan) -> str:
    """Say whether everybody needs a machine in class."""
    count = len(held.together)
    if not count:
        return "**Machines.** Nobody but you needs one: no exercise is done in class."
    does = "exercises are" if count > 1 else "exercise is"
    return f"**Machines.** Everybody needs one, or two share one: {count} {does} done in class."


def brought(path: Path, number: int, by_name: Mapping[str, Lesson]) -> str:
    """Say what the class brings along: exercises left for home, and what notebooks build on."""
    if number == 1:
        return "**What they bring.** Some Python, a little NumPy, the chain rule."
    earlier = takes(path, number - 1, by_name)
    last = plan(earlier, path.sessions[number - 2].minutes)
    home = _listed(last.at_home)
    told = (
        f"From home: {home}, left by the session before." if home else "Nothing was left for home."
    )
    stops = [stop for session in path.sessions[: number - 1] for stop in session.stops]
    seen = {stop.notebook for stop in stops if not stop.sections}
    known = [
        f"`{name[:2]}` ({what})"
        for one in takes(path, number, by_name)
        for name, what in one.lesson.notes["builds_on"].items()
        if name in seen
    ]
    words = f" What this session takes up: {'; '.join(dict.fromkeys(known))}." if known else ""
    return f"**What they bring.** {told}{words}"


def left_over(taken: Sequence[Taken], held: Plan) -> list[str]:
    """Name the extra sections that fit into what is left, of notebooks whose core is all taken."""
    spare = held.whole - held.minutes(held.together) - FOR_QUESTIONS
    fitting = []
    for one in taken:
        on_slides = pages.slides_by_section(one.lesson)
        for section in one.lesson.sections:
            shown = re.findall(r"\d+", on_slides[section.title])
            needs = section.minutes + _more_in_class(one.lesson, section)
            if section.core or one.stop.sections or not shown or needs > spare:
                continue
            slides = f"slides {shown[0]} to {shown[-1]}" if len(shown) > 1 else f"slide {shown[0]}"
            fitting.append(f"*{section.title}* (`{one.number}`, {slides}, {needs} min)")
    if not fitting:
        return []
    which = "this extra section fits" if len(fitting) == 1 else "each of these extra sections fits"
    left = f"{FOR_QUESTIONS} minutes for questions leave {spare} free, and {which}"
    return [f"**If time is left.** {left}: {'; '.join(fitting)}."]


def _more_in_class(lesson: Lesson, section: sections.Section) -> int:
    """Return how much longer a section takes if all its exercises are done in class."""
    ids = {cell.id for cell in section.cells}
    its = [minutes.of_exercise(section, task.cell) for task in lesson.tasks if task.cell in ids]
    return (WITH_A_CLASS - 1) * sum(its)


def _not_run(taken: Sequence[Taken], sentences: Mapping[str, Sentences]) -> list[str]:
    """Say that panels are silent, if some notebook with panels was not run."""
    silent = [pages.not_run([one.lesson], sentences.get(one.stop.notebook, {})) for one in taken]
    return next(filter(None, silent), [])


def notebook_part(one: Taken, sentences: Sentences) -> list[str]:
    """Return what a session needs of one notebook: how to open it, and its cards in order."""
    lesson, notes, stop = one.lesson, one.lesson.notes, one.stop
    listed = "; ".join(f"*{title}*" for title in stop.sections)
    part = f"a part of it: {listed}" if stop.sections else "all its core sections"
    whole = f"[The whole notebook]({stop.notebook}.md)"
    aim = "What the whole notebook aims at" if stop.sections else "What the class takes away"
    return [
        f"## {stop.notebook}: {lesson.notebook.question}",
        f"The session takes {part}. {whole} has a page of its own.",
        f"**{aim}.** {notes['goal']}",
        f"**How to open.** {notes['open_with']}",
        *(card for section in one.sections for card in _cards(one, section, sentences)),
    ]


def lacking(taken: Sequence[Taken], path: Path, number: int) -> list[str]:
    """Say what the notebooks build on that the path has left out before, if there is anything."""
    earlier = [stop for session in path.sessions[: number - 1] for stop in session.stops]
    lines = []
    for one in taken:
        whole = {stop.notebook for stop in earlier if not stop.sections} | {FIRST}
        partly = {stop.notebook for stop in earlier} - whole
        missing = [
            f"`{name}`{', of which a part was seen' if name in partly else ''} ({what})"
            for name, what in one.lesson.notes["builds_on"].items()
            if name not in whole
        ]
        lines += [f"- `{one.stop.notebook}` builds on {'; '.join(missing)}."] if missing else []
        earlier.append(one.stop)
    if not lines:
        return []
    told = (
        "**What this path leaves out.** Where a word of it comes up in what you show, say in a "
        "sentence what it is; the timetable does so where more is needed."
    )
    return [told, "\n".join(lines)]


def _cards(one: Taken, section: sections.Section, sentences: Sentences) -> Iterator[str]:
    """Give the cards of a section in the order of its cells."""
    lesson, number = one.lesson, one.number
    for cell in section.cells:
        for card in lesson.predictions:
            if cards.asks(cell, card):
                yield pages.prediction_card(card, lesson, number)
        for card in lesson.panels:
            if card.cell == cell.id:
                yield pages.panel_card(card, lesson, sentences, number)
        for task in lesson.tasks:
            if task.cell == cell.id:
                yield pages.exercise_card(task, lesson, number)


# ---- the paths


def path_page(path: Path, lessons: Sequence[Lesson], sentences: Mapping[str, Sentences]) -> str:
    """Return the page of a path: its only session, or a table of its sessions with links."""
    if len(path.sessions) == 1:
        return session_page(path, 1, lessons, sentences)
    parts = [
        f"# {path.name[0].upper()}{path.name[1:]}",
        f"For {path.whom}. Each session has a page of its own, to read and to print, with its "
        "timetable and all its predictions, panels and exercises. All paths: [paths](paths.md).",
        "## Sessions",
        sessions_table(path, lessons),
        "## An exam on this path",
        exam_of(path),
    ]
    return "\n\n".join(parts) + "\n"


def sessions_table(path: Path, lessons: Sequence[Lesson]) -> str:
    """Return the sessions of a path, with what they take and what fits."""
    by_name = {lesson.notebook.name: lesson for lesson in lessons}
    rows = []
    for number, session in enumerate(path.sessions, start=1):
        taken = takes(path, number, by_name)
        held = plan(taken, session.minutes)
        listed = "; ".join(f"`{one.stop.notebook}` {_titles(one)}" for one in taken)
        left = f"{held.alone} of {session.minutes}"
        done = f"{len(held.together)} of {len(held.exercises)}"
        every = _of_the_session(held, held.exercises)[0]
        name = f"[session {number}]({page_name(path, number)}.md)"
        rows.append((name, listed, left, every, done))
    heads = (
        "session",
        "takes",
        "minutes alone",
        "with all exercises in class",
        "exercises that fit",
    )
    return table(heads, rows)


def _titles(one: Taken) -> str:
    return f"({'; '.join(one.stop.sections) or 'all core sections'})"


def exam_of(path: Path) -> str:
    """Say how an exam on a path is made."""
    return (
        f'`make teacher EXAM_PATH="{path.name}"` makes [exam](exam.md) and [key](exam-key.md) '
        "about the sections that this path takes, and `SEED=7` beside it another one. Without "
        f'running a notebook: `.venv/bin/python tools/teacher.py --no-run --path "{path.name}"`.'
    )


def paths_page(lessons: Sequence[Lesson]) -> str:
    """Return all paths with their sessions, what these take, and what fits into each."""
    parts = ["# Paths through the course", ALL_PATHS]
    for path in PATHS:
        name = f"{path.name[0].upper()}{path.name[1:]}"
        parts += [
            f"## {name}",
            f"For {path.whom}. [The page of this path]({page_name(path)}.md)",
            sessions_table(path, lessons),
        ]
    return "\n\n".join(parts) + "\n"


def session_pages(lessons: Sequence[Lesson], sentences: Mapping[str, Sentences]) -> dict[str, str]:
    """Return the pages of all paths and of their sessions, by name."""
    made = {}
    for path in PATHS:
        made[page_name(path)] = path_page(path, lessons, sentences)
        for number in range(1, len(path.sessions) + 1):
            if (name := page_name(path, number)) not in made:
                made[name] = session_page(path, number, lessons, sentences)
    return made
