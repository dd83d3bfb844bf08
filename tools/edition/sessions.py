"""A page for each session of a path: all that it takes and nothing else, in order, to be printed.

How much of it fits when exercises are done in class is computed from the minutes of the sections
and of the exercises in them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from edition import cards, minutes, needs, pages, room, sections
from edition.notes import Lesson, first_in_class, of_section
from edition.pages import page_name, table
from edition.solutions import Sentences
from rnn_helpers.course.paths import PATHS, Path, Stop

WITH_A_CLASS = 2  # times an exercise's minutes: a rule of thumb
FOR_A_VOTE = FOR_A_PANEL = 1  # minutes that a class needs on top: rules of thumb
ROWS_OF_A_PANEL = 2  # rows of settings within that minute: each further one takes a minute more
FOR_OPENING = 2  # minutes to open a notebook as its page says
FOR_HOMEWORK = 3  # minutes to take up what was done at home
FOR_CLOSING = 2  # minutes
FOR_QUESTIONS = 5  # minutes that a plan leaves free at least
RUNS = {"04": "about a minute"} | dict.fromkeys(("08", "09", "11", "12"), "up to two minutes")
RUN_OTHERS = "less than half a minute"  # on two cores
FIRST = "00_start_here"
AT_HOME, LATER, LEFT_OUT = "at home", "left for later", "left out"  # an exercise not in class
CLOSING = {  # what to end a path with that ends in the middle of a notebook
    "90 minutes": "Close all notebooks, and let the class say in a sentence each: what does a "
    "recurrent cell do, what does it forget, what is a gate? (It reads a letter and its own note, "
    "and writes a new note, by the same weights at each step. What was long ago: each step mixes "
    "and bends the note, and little of the first letter is left. A number between 0 and 1 for each "
    "unit and step, which the cell computes, and which says how much is written.)"
}
HOW_TO_READ = "\n".join(
    (
        "- **min**: about so many minutes, those of one who works alone and what was added above "
        "for a class. The first row of a notebook has its opening in it.",
        "- **nb**: the number of the notebook.",
        "- **slides**: those of its walkthrough; the number and Enter go to one. Of a slide with ↓ "
        "a part lies below the screen: the key for the next slide first scrolls down to it.",
        "- Pass over slides that are not listed. If an exercise is not done in class, read out "
        "what it asks, and go on.",
    )
)
ALL_PATHS = (
    "A page for each session holds all that it takes, in order, to be read and printed. Minutes "
    "alone are those of somebody who reads and works alone. With a class plan twice as much for an "
    "exercise, and more for votes, panels and openings, as each page says (rules of thumb, not "
    "measured): the last two columns say what that comes to, and "
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

    def with_a_class(self, section: sections.Section) -> int:
        """Return the minutes that its predictions and panels take more with a class."""
        ids = {cell.id for cell in section.cells}
        votes = sum(cards.asks(cell, p) for cell in section.cells for p in self.lesson.predictions)
        moved = [self._rows(panel) for panel in self.lesson.panels if panel.cell in ids]
        more = sum(max(0, rows - ROWS_OF_A_PANEL) for rows in moved)
        return FOR_A_VOTE * votes + FOR_A_PANEL * len(moved) + more

    def _rows(self, panel: cards.PanelCard) -> int:
        """Return how many rows of settings the page asks for."""
        taken = {section.title for section in self.sections}
        return sum(pages.is_taken(move, taken) for move in pages.moves_of(panel, self.lesson))

    def first_in_class(self) -> list[Timed]:
        """Return what comes first in class: the exercises of the notes, or else the first one."""
        its, named = self.exercises(), first_in_class(self.lesson.notes)
        return [timed for timed in its if timed.task.exercise.name in named] or its[:1]

    def slides(self) -> set[int]:
        """Return the numbers of the slides of these sections."""
        numbers = (self.lesson.slides.get(cell.id) for s in self.sections for cell in s.cells)
        return {number for number in numbers if number}

    def extras(self) -> list[sections.Section]:
        """Return the extra sections, if all the core is taken and it has any on a slide."""
        shown = pages.slides_by_section(self.lesson)
        all_core = not self.stop.sections
        return [s for s in self.lesson.sections if all_core and not s.core and shown[s.title]]

    def that_run(self) -> list[sections.Section]:
        """Return the extra sections on slides that go with what is taken."""
        shown, there = pages.slides_by_section(self.lesson), self.lesson.sections
        extra = [s for s in there if not s.core and shown[s.title]]
        return [s for s in extra if not self.stop.sections or self._can_take(s)]

    def _can_take(self, extra: sections.Section) -> bool:
        """Say whether the core section before an extra one, and all that it needs, is taken."""
        place = self.lesson.sections.index(extra)
        core = [section for section in self.lesson.sections[:place] if section.core]
        return bool(core) and core[-1] in self.sections and not self._lacking(extra)

    def _lacking(self, extra: sections.Section) -> list[needs.Need]:
        """Return what an extra section needs of sections that are not taken."""
        cells = [(cell, s) for s in self.lesson.sections for cell in s.cells]
        code = [(cell.source, s.title) for cell, s in cells if cell.cell_type == "code"]
        titles = {section.title for section in self.sections} | {extra.title}
        places = [place for place, (_, title) in enumerate(code) if title in titles]
        found = needs.needs([source for source, _ in code], places)
        return [need for need in found if code[need.user][1] == extra.title]

    def before(self, extra: sections.Section) -> str:
        """Return the heading after which an extra section belongs, or ""."""
        order = [section.title for section in self.lesson.sections]
        place = order.index(extra.title)
        taken = [s.title for s in self.sections if order.index(s.title) < place]
        return taken[-1] if taken else ""


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


def at_home(path: Path, number: int) -> str:
    """Return what becomes of an exercise that is not done in class."""
    if not path.one_day:
        return AT_HOME
    return LEFT_OUT if number == len(path.sessions) else LATER


def plan_of(path: Path, number: int, by_name: Mapping[str, Lesson]) -> Plan:
    """Return what session ``number`` of a path holds."""
    taken, whole = takes(path, number, by_name), path.sessions[number - 1].minutes
    more = FOR_HOMEWORK * bool(from_home(path, number, by_name))
    more += FOR_CLOSING * bool(closing(path, number))
    return plan(taken, whole, at_home(path, number), more)


def from_home(path: Path, number: int, by_name: Mapping[str, Lesson]) -> str:
    """Name the exercises that the session before has left for home, if there are any."""
    if path.one_day or number == 1:
        return ""
    return _listed(plan_of(path, number - 1, by_name).at_home)


def taken_up(home: str, path: Path, number: int, split: Break | None) -> str:
    """Return what the first row says of exercises from home: where their solutions are, too."""
    if not home:
        return ""
    numbers = dict.fromkeys(re.findall(r"`(\d\d)`", home))
    names = [stop.notebook for stop in path.sessions[number - 2].stops]
    links = [f"[`{n[:2]}`]({n}.md#exercises)" for n in names if n[:2] in numbers]
    told = (
        f"By show of hands: which exercise shall we take up, if any? Left for home: {home}. "
        f"Solutions: {_and(links)}; or open the solved notebook in `solutions`."
    )
    if split is None:
        return told
    begin = f" If you broke `{split.one.number}` at its pause, begin with the rest of it"
    waits = f"; {_listed(split.waits)} wait until that is done" * bool(split.waits)
    return f"{told}{begin}{waits}."


def closing(path: Path, number: int) -> str:
    """Return what to end the last session of a path with, if it needs more than a recap."""
    return CLOSING.get(path.name, "") if number == len(path.sessions) else ""


def seen(path: Path, number: int, by_name: Mapping[str, Lesson]) -> set[tuple[str, str]]:
    """Return all that a path has taken up to the end of a session: notebooks and headings."""
    return {
        (one.stop.notebook, section.title)
        for earlier in range(1, number + 1)
        for one in takes(path, earlier, by_name)
        for section in one.sections
    }


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
    shown: int = 0  # minutes that predictions, panels and openings take more with a class
    elsewhere: str = AT_HOME
    told: tuple[tuple[str, int], ...] = ()  # sections in which nothing is asked or moved, minutes

    @property
    def at_home(self) -> tuple[Timed, ...]:
        return tuple(timed for timed in self.exercises if timed not in self.together)

    def minutes(self, together: Sequence[Timed]) -> int:
        """Return how long it takes with these exercises done in class, and no other."""
        in_class = WITH_A_CLASS * sum(timed.minutes for timed in together)
        listed = sum(timed.minutes for timed in self.exercises)
        return self.alone - listed + self.shown + in_class


def plan(taken: Sequence[Taken], whole: int, elsewhere: str = AT_HOME, more: int = 0) -> Plan:
    """Choose exercises for the class: the first of each notebook, then what still fits in order.

    ``more`` are minutes for what belongs to no section.
    """
    exercises = [timed for one in taken for timed in one.exercises()]
    alone = sum(section.minutes for one in taken for section in one.sections)
    shown = sum(one.with_a_class(section) for one in taken for section in one.sections)
    shown += FOR_OPENING * len(taken) + more
    first = [timed for one in taken for timed in one.first_in_class()]
    room = whole - FOR_QUESTIONS - alone - shown + sum(timed.minutes for timed in exercises)
    together = []
    for timed in [*first, *(timed for timed in exercises if timed not in first)]:
        if WITH_A_CLASS * timed.minutes <= room:
            together.append(timed)
            room -= WITH_A_CLASS * timed.minutes
    kept = tuple(timed for timed in exercises if timed in together)
    busy = {(timed.number, timed.section) for timed in exercises}
    told = tuple(
        (f"*{section.title}* (`{one.number}`, {section.minutes} min)", section.minutes)
        for one in taken
        for section in one.sections
        if not one.with_a_class(section) and (one.number, section.title) not in busy
    )
    return Plan(whole, alone, tuple(exercises), kept, shown, elsewhere, told)


def what_fits(held: Plan) -> list[str]:
    """Say in words and in a table what the minutes of a session hold."""
    count, listed = len(held.exercises), sum(timed.minutes for timed in held.exercises)
    if not count:
        takes = held.minutes(())
        return [f"It takes {takes} of {held.whole} minutes, and has no exercise.", *too_long(held)]
    told = (
        f"Somebody who reads and works alone takes {held.alone} minutes, the sum of the sections "
        f"(a notebook rounds it), {listed} of them for {_count(count, 'exercise')}."
    )
    more = (
        f"With a class all takes longer. An exercise takes {WITH_A_CLASS} times as long. A vote, a "
        f"panel, and each row of a panel beyond {ROWS_OF_A_PANEL} take a minute more. To open a "
        f"notebook takes {FOR_OPENING} minutes; exercises from home take {FOR_HOMEWORK} and a "
        f"closing row {FOR_CLOSING}, where there are any. Beside the exercises that comes to "
        f"{held.shown}. These are rules of thumb, not measured."
    )
    some = held.together != held.exercises and held.together
    choices = [(f"no exercise: all {held.elsewhere}", ())]
    others = f"{_listed(held.together)}; the others {held.elsewhere}" if some else ""
    choices += [(others, held.together)] if some else []
    choices += [("every exercise", held.exercises)]
    rows = [(what, *_of_the_session(held, done)) for what, done in choices]
    chosen = "The timetable has every exercise in class."
    if some:
        chosen = (
            "The timetable is for the middle line. As far as they fit, it takes first of all the "
            "first exercise of each notebook, or those that matter most in it, and then others. "
            "At least "
            f"{FOR_QUESTIONS} minutes are left for questions."
        )
    best = held.together and f"{chosen}{on_your_screen(held)}"
    nothing = "None fits: the timetable is for the first line."
    return [
        told,
        more,
        table(("in class", "minutes in class", f"of {held.whole}"), rows),
        best or nothing,
        *too_long(held),
    ]


def on_your_screen(held: Plan) -> str:
    """Say with which exercise and mistake to end on the screen, within the minutes of a class."""
    timed = max(held.together, key=lambda timed: timed.minutes)
    rows = pages.mistakes(timed.task.exercise.reference, timed.task.exercise.known)
    lines = [line for line, _ in rows if not line.startswith("without ")]
    if not lines:
        return ""
    return (
        f" End {timed.name} of `{timed.number}` on your own screen, within its minutes: put the "
        f"wrong {'lines' if ';' in lines[0] else 'line'} {lines[0]} into an answer that is right. "
        "Let the class say what is wrong, and only then run it and mend it."
    )


def too_long(held: Plan) -> list[str]:
    """Say what to do if a session does not hold what it takes, even without an exercise."""
    missing = held.minutes(()) - held.whole
    if missing <= 0:
        return []
    longest = [name for name, _ in sorted(held.told, key=lambda named: -named[1])]
    named = f", the longest first: {'; '.join(longest)}" if longest else ""
    return [
        f"**It does not fit.** Even without an exercise {missing} minutes are too many. Leave out "
        f"sections in which nothing is voted on, moved or done{named}."
    ]


def _of_the_session(held: Plan, together: Sequence[Timed]) -> tuple[str, str]:
    """Return how many minutes that takes, and what is left of the session."""
    takes = held.minutes(together)
    left = held.whole - takes
    return str(takes), f"{left} left" if left > 0 else f"{-left} too many" if left else "none left"


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


def timetable(
    taken: Sequence[Taken],
    held: Plan,
    known: set[tuple[str, str]],
    home: str = "",
    close: str = "",
) -> str:
    """Return the rows of a session, with a clock that runs through it.

    ``known`` is what the path has taken up to its end: of what it lacks a row may have to speak.
    ``home`` is what to say of exercises from home, and ``close`` what to end with.
    """
    rows, clock = [], 0
    if home:
        rows.append((pages.clock(0), str(FOR_HOMEWORK), "", "", "From home", "", home))
        clock = FOR_HOMEWORK
    for one in taken:
        on_slides, notes = pages.slides_by_section(one.lesson), one.lesson.notes["sections"]
        for section in one.sections:
            spent = _minutes(section, one, held) + FOR_OPENING * (section is one.sections[0])
            rows.append(
                (
                    pages.clock(clock),
                    str(spent),
                    one.number,
                    on_slides[section.title],
                    section.title,
                    _inside(one, section, held),
                    " ".join(
                        [
                            *_pause(one, section),
                            notes.get(section.title, ""),
                            *say(one, section, known),
                        ]
                    ).strip(),
                )
            )
            clock += spent
    if close:
        rows.append((pages.clock(clock), str(FOR_CLOSING), "", "", "To close", "", close))
        clock += FOR_CLOSING
    left = f"{held.whole - clock} minutes left for questions"
    rows.append((pages.clock(clock), "", "", "", "", "", f"end of the plan: {left}"))
    heads = ("clock", "min", "nb", "slides", "section", "in it", "what to say or watch for")
    return table(heads, rows)


def _pause(one: Taken, section: sections.Section) -> list[str]:
    """Say that a notebook for two sittings has its pause before a section."""
    if section.title != one.lesson.notes["pause"] or section is one.sections[0]:
        return []
    return ["*The notebook is for two sittings, and makes its pause here.*"]


@dataclass(frozen=True)
class Break:
    """A session that may be broken at the pause of its last notebook, the rest coming next time."""

    one: Taken
    rest: tuple[sections.Section, ...]  # from the pause on
    spent: int  # minutes that the rest takes
    today: int  # minutes that are free today without it, beside those for questions
    spare: int  # minutes that the next session has free
    fit: tuple[Timed, ...]  # exercises before the pause that then fit today
    waits: tuple[Timed, ...]  # exercises after it that are not done in class
    cut: tuple[Timed, ...]  # exercises that the next session leaves for home to make room
    then: Plan  # the next session without these

    @property
    def pause(self) -> str:
        return self.rest[0].title

    @property
    def short(self) -> int:
        """Return how many minutes the next session has too few."""
        return max(0, self.spent - self.spare)


def broken(path: Path, number: int, by_name: Mapping[str, Lesson]) -> Break | None:
    """Return how a session may be broken at the pause of its last notebook, if it may.

    It may not if the next session has no room for the rest, even without its exercises.
    """
    if not 1 <= number < len(path.sessions):
        return None
    one = takes(path, number, by_name)[-1]
    titles = [section.title for section in one.sections]
    if one.lesson.notes["pause"] not in titles[1:]:
        return None
    rest = one.sections[titles.index(one.lesson.notes["pause"]) :]
    held, after = plan_of(path, number, by_name), plan_of(path, number + 1, by_name)
    spent = sum(_minutes(section, one, held) for section in rest)
    spare = after.whole - FOR_QUESTIONS - after.minutes(after.together)
    cut = fewest(after.together, spent - spare)
    if cut is None:
        return None
    later = {section.title for section in rest}
    left = [timed for timed in held.at_home if timed.number == one.number]
    today = room = held.whole - FOR_QUESTIONS - held.minutes(held.together) + spent
    fit = []
    for timed in (timed for timed in left if timed.section not in later):
        if WITH_A_CLASS * timed.minutes <= room:
            fit.append(timed)
            room -= WITH_A_CLASS * timed.minutes
    waits = tuple(timed for timed in left if timed.section in later)
    kept = tuple(timed for timed in after.together if timed not in cut)
    then = replace(after, together=kept)
    return Break(one, rest, spent, today, spare, tuple(fit), waits, cut, then)


def fewest(together: Sequence[Timed], missing: int) -> tuple[Timed, ...] | None:
    """Return the exercises that take the least time, and yet so many minutes, in class."""
    groups = (itertools.combinations(together, many) for many in range(len(together) + 1))
    enough = [group for group in itertools.chain(*groups) if in_class(group) >= missing]
    return min(enough, key=in_class, default=None)


def in_class(timed: Iterable[Timed]) -> int:
    """Return the minutes that exercises take in class."""
    return WITH_A_CLASS * sum(one.minutes for one in timed)


def two_sittings(path: Path, number: int, split: Break | None) -> list[str]:
    """Say what breaking at the pause leaves for today, and what the next session has to give up."""
    if split is None:
        return []
    of = f"`{split.one.number}`"
    told = [
        f"**Two sittings.** {of} is a notebook for two. Its pause comes before the row "
        f"*{split.pause}*. The timetable goes on without one. If you break there, {split.today} "
        "minutes are free today beside those for questions."
    ]
    if split.fit:
        told.append(f"In class then fit: {_listed(split.fit)} ({in_class(split.fit)} min).")
    told.append(f"What comes after the pause takes {split.spent} minutes.")
    told.append(room_for_the_rest(split, "The next session has", "there"))
    return [f"{' '.join(told)} {_page(path, number + 1)} says how it begins then."]


def room_for_the_rest(split: Break, has: str, where: str) -> str:
    """Say whether a session has room for the rest of the one before, and what it gives up."""
    if not split.short:
        return f"{has} {split.spare} to spare: it fits."
    left = f"leave {_listed(split.cut)} for home {where} ({in_class(split.cut)} min)"
    return f"{has} {split.spare} to spare, {split.short} too few: {left}."


def after_the_break(path: Path, number: int, split: Break | None) -> list[str]:
    """Say how a session begins if the one before was broken at its pause."""
    if split is None:
        return []
    name, of = split.one.stop.notebook, f"`{split.one.number}`"
    told = [
        f"**If you broke {of} at its pause.** Begin with what comes after it, from the row "
        f"*{split.pause}* on ({_page(path, number - 1, 'timetable')}). It takes {split.spent} "
        "minutes, and all rows below come so much later.",
        room_for_the_rest(split, "This plan has", "today"),
    ]
    screen = on_your_screen(split.then) if split.cut and split.then.together else ""
    if screen:
        told.append(f"Then{screen.replace(' End ', ' end ', 1).partition(':')[0]}.")
    music = any("Player(" in cell.source for section in split.rest for cell in section.cells)
    told.append(f"Open `{name}` as well, with its cells run{'; bring loudspeakers' * music}.")
    if split.waits:
        told.append(
            f"Its homework waits for you: {_listed(split.waits)} can be done only after today"
            f"{', and so can the extra sections after the pause' * bool(split.one.extras())}."
        )
    return [" ".join(told)]


def _page(path: Path, number: int, part: str = "") -> str:
    """Return a link to the page of a session, or to a part of it."""
    at = f"#{part}" * bool(part)
    return f"[{'Its' if not part else 'its'} {part or 'page'}]({page_name(path, number)}.md{at})"


def say(one: Taken, section: sections.Section, known: set[tuple[str, str]]) -> list[str]:
    """Return what to say in a section of what the path has left out."""
    told = []
    for note in one.lesson.notes["without"]:
        if note["at"] == section.title and applies(note, one.lesson, known):
            said = pages.left_out(note["lacks"], one.lesson)
            told.append(f"*Say it here ({said}):* {note['say']}")
    return told


def applies(note: Mapping[str, str], lesson: Lesson, known: set[tuple[str, str]]) -> bool:
    """Say whether what a note speaks of was left out, and what it is said beside was taken."""
    beside = note.get("has")
    return lacks(note["lacks"], lesson, known) and not (beside and lacks(beside, lesson, known))


def lacks(what: str, lesson: Lesson, known: set[tuple[str, str]]) -> bool:
    """Say whether a section, or all of a notebook, is not among what is known."""
    notebook, title = of_section(what, lesson.notebook.name)
    if title:
        return (notebook, title) not in known
    return notebook not in {name for name, _ in known}


def _minutes(section: sections.Section, one: Taken, held: Plan) -> int:
    """Return the minutes of a section with a class: its exercises count double, or not at all."""
    its = [timed for timed in one.exercises() if timed.section == section.title]
    done = [timed for timed in its if timed in held.together]
    in_class = WITH_A_CLASS * sum(timed.minutes for timed in done)
    alone = section.minutes - sum(timed.minutes for timed in its)
    return alone + one.with_a_class(section) + in_class


def _inside(one: Taken, section: sections.Section, held: Plan) -> str:
    """Name what a section holds, with links; of an exercise, whether the class does it."""
    when = {timed.task.cell: f" ({_when(one, timed, held)})" for timed in one.exercises()}
    when |= pages.answers(one.lesson, section)
    return "; ".join(
        f"{link}{when.get(cell, '')}"
        for cell, link in pages.inside(one.lesson, section, one.number)
    )


def _when(one: Taken, timed: Timed, held: Plan) -> str:
    """Say whether the class does an exercise, and which slides give its solution away."""
    own = one.lesson.slides[timed.task.cell]
    shown = [n for n in pages.solved_on(timed.task, one.lesson) if n in one.slides()]
    before, after = [n for n in shown if n < own], [n for n in shown if n > own]
    told = []
    if timed in held.together:
        told.append(f"in class, {WITH_A_CLASS} × {timed.minutes} min")
        as_code = f"they have seen most of it on {_on(before)}, and now write it as code"
        told += [as_code] if before else []
        told += [f"stay there until it is done: {_shows(after)}"] if after else []
    else:
        told.append(f"{held.elsewhere}, {timed.minutes} min")
        if shown and held.elsewhere != LEFT_OUT:
            told.append(f"they see most of it on {_on(shown)}, and then write it as code")
    return "; ".join(told)


def _on(numbers: Sequence[int]) -> str:
    return pages.slides_in_words(numbers)


def _shows(numbers: Sequence[int]) -> str:
    return f"{_on(numbers)} show{'s' * (len(numbers) == 1)} most of it"


# ---- the page


def session_page(
    path: Path, number: int, lessons: Sequence[Lesson], sentences: Mapping[str, Sentences]
) -> str:
    """Return all that a teacher needs for one session, and nothing else."""
    by_name = {lesson.notebook.name: lesson for lesson in lessons}
    taken = takes(path, number, by_name)
    held = plan_of(path, number, by_name)
    known = seen(path, number, by_name)
    split, before_this = (broken(path, which, by_name) for which in (number, number - 1))
    first = taken_up(from_home(path, number, by_name), path, number, before_this)
    parts = [
        f"# {title(path, number)}",
        "\n\n".join([_where_we_are(path, number), *_not_run(taken, sentences)]),
        f"## What the {held.whole} minutes hold",
        *what_fits(held),
        *two_sittings(path, number, split),
        *after_the_break(path, number, before_this),
        "## Before the session",
        before(path, number),
        *sound(taken),
        machines(held, split),
        *learners(path, number, held),
        brought(path, number, by_name),
        *lacking(path, number, by_name),
        "## Timetable",
        HOW_TO_READ,
        timetable(taken, held, known, first, closing(path, number)),
        *left_over(taken, held),
        *homework(path, number, taken, held),
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
    on_path = {stop.notebook for session in path.sessions for stop in session.stops}
    home = (
        f"{room.link(room.TO_SEND, 'Send the class this text')}: it says how to install the course "
        "at home, and how to start it."
    )
    if FIRST not in on_path:
        home += f" `{FIRST}` is run at home, too: this path does not repeat its symbols and shapes."
    named = _and([f"`{name}`" for name in names])
    several = " For the next notebook go to its tab and press the button there." * (len(names) > 1)
    things = [
        home if number == 1 else "",
        f"Open {named} in the JupyterLab that you will show, and run all cells beforehand, also "
        f"those that are left out: on two cores {run_time(names)}. Choose no answer to a question, "
        "or the class will see it.",
        "Keep that JupyterLab open. As long as it runs, its panels can be moved, also after the "
        "page was loaded anew.",
        "To show a notebook press *Walk through this notebook* in its tool bar; Escape ends it. "
        f"(`{FIRST}` puts the button there: keep it open beside the others, with its cells run.)"
        f"{several} {room.link(room.IN_A_ROOM, room.IN_A_ROOM)}: read it once.",
        "To run a cell once more while everybody watches, click on it and press Control and Enter.",
    ]
    return "\n".join(f"- {thing}" for thing in things if thing)


def sound(taken: Sequence[Taken]) -> list[str]:
    """Say what to bring where a session plays sound."""
    cells = [(one.number, cell) for one in taken for s in one.sections for cell in s.cells]
    playing = dict.fromkeys(f"`{number}`" for number, cell in cells if "Player(" in cell.source)
    if not playing:
        return []
    return [
        f"**Sound.** {_and(list(playing))} plays music: bring loudspeakers, and try them; learners "
        "at a machine need headphones."
    ]


def run_time(names: Sequence[str]) -> str:
    """Say how long it takes to run all cells of these notebooks."""
    slow = [f"`{name[:2]}` takes {RUNS[name[:2]]}" for name in names if name[:2] in RUNS]
    if len(slow) < len(names):
        slow.append(f"{'others' if slow else 'most notebooks'} take {RUN_OTHERS}")
    return ", ".join(slow)


def learners(path: Path, number: int, held: Plan) -> list[str]:
    """Say what everybody at a machine does first: an exercise needs the cells above it."""
    done = {timed.number for timed in held.together}
    stops = path.sessions[number - 1].stops
    names = [stop.notebook for stop in stops if stop.notebook[:2] in done]
    if not names:
        return []
    several = " (one after the other)" * (len(names) > 1)
    named = _and([f"`{name}`" for name in names])
    return [
        f"**Learners first of all.** Everybody at a machine opens {named} and chooses *Run → Run "
        f"All Cells*{several} while you open the session: an exercise needs the cells above it. "
        f"With two cores for each, {run_time(names)}."
    ]


def machines(held: Plan, split: Break | None = None) -> str:
    """Say whether everybody needs a machine in class, also if it is broken at a pause."""
    count = len(held.together)
    if not count:
        told = "**Machines.** Nobody but you needs one: no exercise is done in class."
        if not (split and split.fit):
            return told
        return (
            f"{told} If you break `{split.one.number}` at its pause, for the exercises that then "
            "fit everybody needs one, or two share one. They open it first of all and choose "
            f"*Run → Run All Cells*: it takes {RUNS.get(split.one.number, RUN_OTHERS)}."
        )
    does = "exercises are" if count > 1 else "exercise is"
    return f"**Machines.** Everybody needs one, or two share one: {count} {does} done in class."


def brought(path: Path, number: int, by_name: Mapping[str, Lesson]) -> str:
    """Say what the class brings along: exercises left for home, and what notebooks build on."""
    if number == 1:
        return "**What they bring.** Some Python, a little NumPy, the chain rule."
    last = plan_of(path, number - 1, by_name)
    left, read = _listed(last.at_home), _extras(takes(path, number - 1, by_name))
    if path.one_day:
        needed = "it" if len(last.at_home) == 1 else "them"
        told = f"Not done in class in the session before: {left}. No later cell needs {needed}."
        told *= bool(left)
    else:
        told = f"From home: {left}, left by the session before (first row)." if left else ""
        told = told or "No exercise was left for home."
        told += f" Perhaps read: the extra sections {read}." if read else ""
    known, parts = seen(path, number - 1, by_name), {}
    for one in takes(path, number, by_name):
        for name, what, lacking in built_on(one.lesson, known):
            if not lacking:
                parts.setdefault(name, {})[what] = None
    listed = [f"`{name[:2]}` ({', '.join(its)})" for name, its in parts.items()]
    words = f"What this session takes up: {'; '.join(listed)}." if listed else ""
    return " ".join(filter(None, ["**What they bring.**", told, words]))


def built_on(lesson: Lesson, known: set[tuple[str, str]]) -> Iterator[tuple[str, str, bool]]:
    """Give what a notebook builds on, part by part, and whether it is lacking on a path."""
    names = {name for name, _ in known} | {FIRST}
    for name, told in lesson.notes["builds_on"].items():
        taught = lesson.notes["taught_in"].get(name, {})
        for what in re.split(r", and |, | and ", told):
            title = taught.get(what)
            yield name, what, (name, title) not in known if title else name not in names


def homework(path: Path, number: int, taken: Sequence[Taken], held: Plan) -> list[str]:
    """Say what is done after a session, at home or later."""
    left, read = _listed(held.at_home), _extras(taken)
    if path.one_day:
        told = (
            f"**{at_home(path, number).capitalize()}.** {left}. To show one, take the solved copy "
            "of the notebook in `solutions`, which `make teacher` makes."
        )
        return [told] if left else []
    parts = [left] if left else []
    parts += [f"To read: the extra sections {read}"] if read else []
    return [f"**At home, after this session.** {'. '.join(parts)}."] if parts else []


def _extras(taken: Sequence[Taken]) -> str:
    """Name the extra sections of notebooks whose core is all taken."""
    return "; ".join(
        f"*{section.title}* (`{one.number}`, {section.minutes} min{_with_exercises(one, section)})"
        for one in taken
        for section in one.extras()
        if section.title != room.TEN
    )


def _with_exercises(one: Taken, section: sections.Section) -> str:
    ids = {cell.id for cell in section.cells}
    its = [task.title.partition(":")[0] for task in one.lesson.tasks if task.cell in ids]
    numbers = [name.removeprefix("Exercise ") for name in its]
    return f", with exercise{'s' * (len(its) > 1)} {_and(numbers)}" if its else ""


def left_over(taken: Sequence[Taken], held: Plan) -> list[str]:
    """Name the extra sections that fit into what is left, of notebooks whose core is all taken."""
    spare = held.whole - held.minutes(held.together) - FOR_QUESTIONS
    fitting = []
    for one in taken:
        on_slides = pages.slides_by_section(one.lesson)
        for section in one.that_run():
            shown = re.findall(r"\d+", on_slides[section.title])
            minutes_here = section.minutes + _more_in_class(one, section)
            if minutes_here > spare:
                continue
            slides = f"slides {shown[0]} to {shown[-1]}" if len(shown) > 1 else f"slide {shown[0]}"
            told = f"*{section.title}* (`{one.number}`, {slides}, {minutes_here} min"
            row = one.before(section)
            fitting.append(f"{told}{f', after the row *{row}*' * bool(row)})")
    if fitting:
        which = (
            "this extra section fits" if len(fitting) == 1 else "each of these extra sections fits"
        )
        left = f"{FOR_QUESTIONS} minutes for questions leave {spare} free, and {which}"
        return [f"**If time is left.** {left}: {'; '.join(fitting)}."]
    if shorter := [timed for timed in held.at_home if timed.minutes <= spare]:
        listed = "; ".join(f"{t.name} of `{t.number}` ({t.minutes} min)" for t in shorter)
        return [
            f"**If time is left.** Beside the questions {_count(spare, 'minute')} "
            f"{'is' if spare == 1 else 'are'} free. No extra section fits. Do an exercise on your "
            f"screen while the class tells you what to type: {listed}."
        ]
    if spare <= 0:
        return ["**If time is left.** The plan leaves none beside the questions."]
    return [
        f"**If time is left.** Beside the questions {_count(spare, 'minute')} "
        f"{'is' if spare == 1 else 'are'} free, and no extra section fits: take an *Ask next* that "
        "you passed over, or one more row of a panel."
    ]


def _more_in_class(one: Taken, section: sections.Section) -> int:
    """Return how much longer a section takes in class, with all its exercises."""
    ids = {cell.id for cell in section.cells}
    tasks = [task.cell for task in one.lesson.tasks if task.cell in ids]
    its = [minutes.of_exercise(section, cell) for cell in tasks]
    return (WITH_A_CLASS - 1) * sum(its) + one.with_a_class(section)


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
        f"**How to open**, in the place of reading slide 1. {opening(one)}",
        *(card for section in one.sections for card in _cards(one, section, sentences)),
    ]


def opening(one: Taken) -> str:
    """Say how to open a notebook, or a part of it."""
    notes = one.lesson.notes
    return notes["open_from"].get(one.sections[0].title, notes["open_with"])


def lacking(path: Path, number: int, by_name: Mapping[str, Lesson]) -> list[str]:
    """Say what the notebooks need that the path has left out, if there is anything."""
    known, lines = seen(path, number, by_name), []
    earlier = [stop for session in path.sessions[: number - 1] for stop in session.stops]
    read = set() if path.one_day else {stop.notebook for stop in earlier if not stop.sections}
    for one in takes(path, number, by_name):
        missing: dict[str, list[str]] = {}
        for name, what, lacks_it in built_on(one.lesson, known):
            told = f"{what}, left for reading at home" if name in read else what
            missing.setdefault(name, []).extend([told] if lacks_it else [])
        needs = [f"`{name}` ({', '.join(its)})" for name, its in missing.items() if its]
        lines += [f"- `{one.stop.notebook}` builds on {'; '.join(needs)}."] if needs else []
        own = not_taken(one, known)
        lines += [f"- `{one.stop.notebook}` is taken without {'; '.join(own)}."] if own else []
    if not lines:
        return []
    told = (
        "**What this session leaves out.** All of it stands in this list. Where a word of it comes "
        "up in what you show, say in a sentence what it is; the rows that are named give you one."
    )
    return [told, "\n".join(lines)]


def not_taken(one: Taken, known: set[tuple[str, str]]) -> list[str]:
    """Name every section of a notebook that was not taken, and the rows that speak of it."""
    rows = [section.title for section in one.sections]
    found = []
    for section in one.lesson.sections:
        if (one.stop.notebook, section.title) in known:
            continue
        at = [
            f"*{note['at']}*"
            for note in one.lesson.notes["without"]
            if note["lacks"] == section.title and note["at"] in rows
        ]
        named = f" (see the row{'s' * (len(at) > 1)} {_and(at)})" if at else ""
        found.append(f"*{section.title}*{named}")
    return found


def _cards(one: Taken, section: sections.Section, sentences: Sentences) -> Iterator[str]:
    """Give the cards of a section in the order of its cells."""
    lesson, number = one.lesson, one.number
    for cell in section.cells:
        for card in lesson.predictions:
            if cards.asks(cell, card):
                yield pages.prediction_card(card, lesson, number)
        for card in lesson.panels:
            if card.cell == cell.id:
                taken = {section.title for section in one.sections}
                yield pages.panel_card(card, lesson, sentences, number, taken)
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
        how_long(path),
        "## Sessions",
        sessions_table(path, lessons),
        "## An exam on this path",
        exam_of(path),
    ]
    return "\n\n".join(parts) + "\n"


def how_long(path: Path) -> str:
    """Say how long the sessions of a path are."""
    lasting = [session.minutes for session in path.sessions]
    parts = [f"{lasting.count(each)} × {each}" for each in dict.fromkeys(lasting)]
    breaks = "; breaks between them come on top" * path.one_day
    return f"It takes {_and(parts)} minutes{breaks}."


def sessions_table(path: Path, lessons: Sequence[Lesson]) -> str:
    """Return the sessions of a path, with what they take and what fits."""
    by_name = {lesson.notebook.name: lesson for lesson in lessons}
    rows = []
    for number, session in enumerate(path.sessions, start=1):
        taken = takes(path, number, by_name)
        held = plan_of(path, number, by_name)
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
            f"For {path.whom}. {how_long(path)} [The page of this path]({page_name(path)}.md)",
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
