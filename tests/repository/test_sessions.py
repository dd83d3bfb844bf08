"""A page for each session of a path: exactly what it takes, once, and what its minutes hold."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

import pytest
from edition import cards, minutes, notes, pages, room, sessions

from rnn_helpers.course.paths import PATHS, Path, Session, Stop, path_named

LESSONS = notes.lessons()
BY_NAME = {lesson.notebook.name: lesson for lesson in LESSONS}
SESSIONS = [(path, number) for path in PATHS for number in range(1, len(path.sessions) + 1)]
every_session = pytest.mark.parametrize(
    ("path", "number"), SESSIONS, ids=[f"{path.name} {number}" for path, number in SESSIONS]
)


@cache
def page(path: Path, number: int) -> str:
    return sessions.session_page(path, number, LESSONS, {})


@cache
def plan_of(path: Path, number: int) -> sessions.Plan:
    return sessions.plan_of(path, number, BY_NAME)


# ---- the page


@every_session
def test_a_page_holds_exactly_what_the_session_takes_in_order(path: Path, number: int) -> None:
    text, expected = page(path, number), []
    for one in sessions.takes(path, number, BY_NAME):
        ids = [cell.id for section in one.sections for cell in section.cells]
        of = {
            task.cell: pages.exercise_heading(task, one.lesson, one.number)
            for task in one.lesson.tasks
        }
        of |= {
            panel.cell: pages.panel_heading(panel, one.lesson, one.number)
            for panel in one.lesson.panels
        }
        for section in one.lesson.sections:
            for cell in section.cells:
                for card in one.lesson.predictions:
                    if pages.cards.asks(cell, card):
                        of[cell.id] = pages.prediction_heading(card, one.lesson, one.number)
        expected += [of[cell] for cell in ids if cell in of]
    assert re.findall(r"^### (.+)$", text, flags=re.MULTILINE) == expected
    titles = [s.title for one in sessions.takes(path, number, BY_NAME) for s in one.sections]
    row = r"^\| \d:\d\d \| \d+ \| \d\d \| [\d ↓]* \| (.+?) \|"
    assert re.findall(row, text, flags=re.MULTILINE) == titles


@every_session
def test_no_text_stands_twice_on_a_page(path: Path, number: int) -> None:
    text = re.sub(r"```.*?```|\|[^\n]*\n\| ---", "", page(path, number), flags=re.DOTALL)
    long = [part for part in re.split(r"\n\n|\n(?=[-|])", text) if len(part.split()) > 8]
    assert len(long) > 10 and [part for part in long if long.count(part) > 1] == []


def test_a_short_lecture_says_what_it_left_out_and_how_its_exam_is_made() -> None:
    text = page(path_named("90 minutes"), 1)
    assert (
        "- `06_gru` builds on `03_backpropagation_through_time` (the gradient check and the total "
        "derivative); `04_training` (batches with a mask, Adam, clipping); "
        "`05_vanishing_gradients` (the measure `reach`).\n"
    ) in text.replace("check, the", "check and the")
    assert "`02_forward_pass` builds on" not in text, "00 is run at home"
    assert 'EXAM_PATH="90 minutes"' in text
    assert "`00_start_here` is run at home, too" in text and "and `08_sampling` in the" in text
    assert "is run at home, too" not in page(path_named("a day"), 1)
    assert "## An exam" not in page(path_named("a day"), 1)
    assert "## An exam" in page(path_named("a day"), 5)


def test_a_path_of_several_sessions_has_a_page_with_links_to_them() -> None:
    path = path_named("a day")
    made = sessions.session_pages(LESSONS, {})
    links = [f"[session {number}](path-a-day-{number}.md)" for number in range(1, 6)]
    assert all(link in made["path-a-day"] for link in links)
    beside = "[the session before](path-a-day-1.md), [the next session](path-a-day-3.md)"
    assert beside in made["path-a-day-2"]
    assert made["path-90-minutes"].startswith("# 90 minutes\n") and "path-90-minutes-1" not in made
    assert sessions.title(path, 2) == "A day, session 2 of 5"


# ---- what fits


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda of: of.notebook.name)
def test_a_section_is_longer_than_its_exercises(lesson: notes.Lesson) -> None:
    for section in lesson.sections:
        ids = [cell.id for cell in section.cells]
        its = [minutes.of_exercise(section, t.cell) for t in lesson.tasks if t.cell in ids]
        assert sum(its) < section.minutes, section.title


@every_session
def test_a_plan_fits_and_nothing_more_would(path: Path, number: int) -> None:
    held = plan_of(path, number)
    room = held.whole - sessions.FOR_QUESTIONS - held.minutes(held.together)
    assert room >= 0 or not held.together
    assert all(sessions.WITH_A_CLASS * timed.minutes > room for timed in held.at_home)
    twice = held.alone + sum(t.minutes for t in held.exercises)
    assert held.minutes(held.exercises) == twice + held.shown
    text = page(path, number)
    assert held.shown == more_in_class(path, number, text)
    assert ("**It does not fit.**" in text) == (held.minutes(()) > held.whole)


def more_in_class(path: Path, number: int, text: str) -> int:
    """Return the minutes for what is on a page beside what one reads and does alone."""
    shown = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    panels = [card for card in shown if card.startswith("Panel")]
    rows = [len(re.findall(r"^\| \*\*", card, flags=re.MULTILINE)) for card in panels]
    votes = sum(card.startswith("Prediction") for card in shown)
    openings = sessions.FOR_OPENING * len(path.sessions[number - 1].stops)
    home = sessions.FOR_HOMEWORK * ("| From home |" in text)
    close = sessions.FOR_CLOSING * ("| To close |" in text)
    return votes + sum(max(1, count - 1) for count in rows) + openings + home + close


@every_session
def test_the_clock_ends_where_the_plan_does(path: Path, number: int) -> None:
    held, text = plan_of(path, number), page(path, number)
    end = r"\| (\d):(\d\d) .*end of the plan: (\d+) minutes left"
    hour, minute, left = re.search(end, text).groups()
    assert 60 * int(hour) + int(minute) == held.minutes(held.together)
    assert int(left) == held.whole - held.minutes(held.together)


def test_the_first_exercise_of_each_notebook_comes_before_a_second_one() -> None:
    held = plan_of(path_named("90 minutes"), 1)
    assert [(timed.number, timed.name) for timed in held.together] == [("02", "exercise 1")]
    assert held.at_home and sessions._listed(held.together) in page(path_named("90 minutes"), 1)
    assert {timed.number for timed in plan_of(path_named("a day"), 4).together} == {"05", "06"}


def test_the_exercise_on_which_a_notebook_turns_comes_first() -> None:
    held = plan_of(path_named("a day"), 5)
    assert held.together[0].task.exercise.name == "one_text" and held.at_home


def test_what_comes_from_home_and_what_a_lecture_ends_with_have_rows() -> None:
    term, lecture = path_named("a term"), path_named("90 minutes")
    left = sessions._listed(plan_of(term, 6).at_home)
    solved = "Solutions: [`06`](06_gru.md#exercises); or open the solved notebook in `solutions`."
    assert f"if any? Left for home: {left}. {solved} |" in page(term, 7)
    assert page(term, 7).count("| 0:00 | 3 |") == 1 and "| From home |" not in page(term, 1)
    assert "| 2 |  |  | To close |  | Close all notebooks" in page(lecture, 1)
    assert "From home" not in page(path_named("a day"), 4)


def split_of(path: Path, number: int) -> sessions.Break | None:
    return sessions.broken(path, number, BY_NAME)


def test_a_notebook_for_two_sittings_is_broken_at_its_own_pause_and_nowhere_else() -> None:
    term = path_named("a term")
    text, split = page(term, 9), split_of(term, 9)
    assert split.pause == BY_NAME["09_sequence_types"].notes["pause"]
    assert text.count("makes its pause here.*") == 1 and "makes its pause here.* Play" in text
    told = text.partition("**Two sittings.** ")[2].splitlines()[0]
    assert re.findall(r"the row \*([^*]+)\*", told) == [split.pause]
    assert f"after the pause takes {split.spent} minutes" in told
    assert f"has {split.spare} to spare, {split.spent - split.spare} too few: leave `10`" in told
    assert "[Its page](path-a-term-10.md)" in told
    assert [key for key in SESSIONS if split_of(*key)] == [(term, 9)]


def test_what_a_broken_session_leaves_over_has_room_in_the_next_one() -> None:
    term = path_named("a term")
    split, after = split_of(term, 9), plan_of(term, 10)
    made = sessions.in_class(split.cut)
    assert split.spent <= split.spare + made
    fewer = sessions.in_class(split.cut[1:])
    assert split.spent > split.spare + fewer, "no more is cut than it takes"
    assert split.then.minutes(split.then.together) == after.minutes(after.together) - made
    assert sessions.in_class(split.fit) <= split.today
    titles = [section.title for section in split.rest]
    assert all(timed.section not in titles for timed in split.fit)
    assert sessions.fewest(after.together, 0) == () and sessions.fewest(after.together, 99) is None
    longer, shorter = sorted(after.together, key=lambda timed: -timed.minutes)
    assert sessions.fewest(after.together, 2 * shorter.minutes) == (shorter,)
    assert sessions.fewest(after.together, 2 * longer.minutes) == (longer,)


def test_the_next_page_knows_that_the_session_before_was_broken() -> None:
    term = path_named("a term")
    text, waits = page(term, 10), "`09` exercises 3, 5 and 6"
    told = text.partition("**If you broke `09` at its pause.** ")[2].splitlines()[0]
    assert told.startswith("Begin with what comes after it, from the row *One to many: music* on")
    assert "(path-a-term-9.md#timetable)" in told and "Open `09_sequence_types` as well" in told
    assert "bring loudspeakers" in told and f"{waits} can be done only after today" in told
    row = next(line for line in text.splitlines() if "| From home |" in line)
    assert f"at its pause, begin with the rest of it; {waits} wait until that is done." in row
    others = [key for key in SESSIONS if "If you broke" in page(*key)]
    assert others == [(term, 10)]


def test_a_session_without_an_exercise_says_that_a_break_makes_room_for_some() -> None:
    told = page(path_named("a term"), 9).partition("**Machines.** ")[2].splitlines()[0]
    assert "no exercise is done in class. If you break `09` at its pause" in told
    assert "everybody needs one, or two share one" in told and "up to two minutes" in told
    assert "at its pause" not in page(path_named("a term"), 10).partition("**Machines.**")[2][:200]


def test_a_session_with_music_asks_for_loudspeakers() -> None:
    assert "**Sound.** `09` plays music" in page(path_named("a term"), 9)
    assert "**Sound.**" not in page(path_named("a term"), 8)


def test_a_session_with_time_for_all_exercises_says_so_in_two_lines() -> None:
    held = plan_of(path_named("four sessions"), 2)
    assert held.together == held.exercises
    said = "\n".join(sessions.what_fits(held))
    assert "the others" not in said
    assert "The timetable has every exercise in class." in said


@every_session
def test_the_minutes_in_class_and_what_is_left_add_up(path: Path, number: int) -> None:
    held = plan_of(path, number)
    rows = re.findall(r"\| (\d+) \| (none|\d+) (left|too many) \|", page(path, number))
    assert len(rows) >= 2
    chosen = held.minutes(held.together)
    assert (str(chosen), str(held.whole - chosen), "left") in rows, "as the clock says"
    for took, rest, which in rows:
        more = 0 if rest == "none" else int(rest) if which == "left" else -int(rest)
        assert int(took) + more == held.whole


@every_session
def test_extra_sections_are_offered_exactly_where_they_fit(path: Path, number: int) -> None:
    held, text = plan_of(path, number), page(path, number)
    spare = held.whole - held.minutes(held.together) - sessions.FOR_QUESTIONS
    pattern = r"\*([^*]+)\* \(`(\d\d)`, slides? \d+(?: to \d+)?, (\d+) min(?:, after the row|\))"
    offered = re.findall(pattern, text)
    offers = text.partition("**If time is left.**")[2].splitlines()[0]
    nothing = "no extra section fits" in offers.lower() or "leaves none" in offers
    assert bool(offered) != nothing
    for title, notebook, took in offered:
        one = next(o for o in sessions.takes(path, number, BY_NAME) if o.number == notebook)
        section = next(s for s in one.lesson.sections if s.title == title)
        assert not section.core and section in one.that_run()
        assert section.minutes <= int(took) <= spare
    shorter = [
        (section.title, one.number)
        for one in sessions.takes(path, number, BY_NAME)
        for section in one.lesson.sections
        if not section.core and section in one.that_run()
        if 2 * section.minutes + one.with_a_class(section) <= spare
        if pages.slides_by_section(one.lesson)[section.title]
    ]
    assert set(shorter) <= {(title, notebook) for title, notebook, _ in offered}


def test_an_extra_section_is_offered_with_the_row_after_which_it_belongs() -> None:
    (one,) = sessions.takes(path_named("a day"), 5, BY_NAME)
    rows = {section.title: one.before(section) for section in one.that_run()}
    assert rows["Start token or zero vector?"] == "One in, many out"
    *_, last = sessions.takes(path_named("90 minutes"), 1, BY_NAME)
    assert last.that_run() == [], "the core section before it is left out"
    offers = re.findall(r" min, after the row \*([^*]+)\*\)", page(path_named("four sessions"), 3))
    assert offers, "there is time for an extra section"


def test_a_row_that_a_panel_opens_with_asks_to_look_first() -> None:
    text = page(path_named("90 minutes"), 1)
    assert "“tanh” (it opens so) | Look first, then ask: After how many steps" in text


@every_session
def test_each_row_of_a_panel_says_whether_to_ask_or_to_set_first(path: Path, number: int) -> None:
    text = page(path, number)
    rows = re.findall(r"^\| (\*\*.+?) \| (.+) \|$", text, flags=re.MULTILINE)
    for set_, ask in rows:
        order = ask.partition(":")[0]
        assert order in (pages.LOOK_FIRST, pages.ASK_THEN_SET, pages.SET_THEN_ASK), ask
        assert (order == pages.LOOK_FIRST) == ("(it opens so)" in set_)
    cards_ = text.split("\n### Panel")[1:]
    assert bool(rows) == bool(cards_) and "ask before you do" not in text


def test_a_question_about_what_is_seen_is_asked_when_it_is_seen() -> None:
    """What begins with what the class sees, or asks what has become of it, would give it away."""
    seen = re.compile(r"(All ways lie|The norm stays|It does not fade|Mostly dark|.* is the note)")
    for lesson in LESSONS:
        for panel in lesson.panels:
            for move in pages.moves_of(panel, lesson):
                if seen.match(move["ask"]):
                    assert move.get("seen") or move.get("opens"), move
    text = page(path_named("90 minutes"), 1)
    assert "| Set, then ask: The norm stays at 1." in text
    assert "| Ask, then set: After *maiasau*: what would you predict" in text


def test_what_a_lecture_of_90_minutes_names_has_a_line_where_it_comes_first() -> None:
    text = page(path_named("90 minutes"), 1)
    cells = [line.split(" | ") for line in text.splitlines() if re.match(r"\| \d:\d\d", line)]
    rows = {its[4]: its[-1] for its in cells}
    assert "*norm*" in rows["A note that is rewritten at every step"]
    assert "*lag*" in rows["A note that is rewritten at every step"]
    assert "called a *GRU*" in rows["The update gate"]
    assert "*reset gate*, which says" in rows["The update gate"]
    assert "*Temperature* is" in rows["Why draw at all?"]
    term = page(path_named("a term"), 7)
    assert "The slides check the gradient as a part of 06 does" in term


def test_a_session_says_who_needs_a_machine_and_what_is_brought() -> None:
    path = path_named("a day")
    assert "needs one, or two share one: 2 exercises are done in class." in page(path, 2)
    assert "**What they bring.** Some Python" in page(path, 1)
    assert "takes up: `02` (the unrolled cell" in page(path, 2)
    assert (
        "**What they bring.** Not done in class in the session before: `03` exercises 1 and 4."
        in (page(path, 3))
    )
    taken_up = page(path, 4).partition("What this session takes up: ")[2].splitlines()[0]
    assert re.findall(r"`(\d\d)` \(", taken_up) == ["03", "04"], "each notebook once"
    term = path_named("a term")
    assert "No exercise was left for home. Perhaps read: the extra sections" in page(term, 11)
    assert "**At home, after this session.** `05` exercises 2, 3, 4 and 5. To read:" in page(
        term, 5
    )
    nothing = dataclasses.replace(plan_of(path, 2), together=())
    assert sessions.machines(nothing).endswith("no exercise is done in class.")


@every_session
def test_a_session_made_without_running_says_so_once(path: Path, number: int) -> None:
    assert page(path, number).count(pages.NOT_RUN) == 1
    told = {
        lesson.notebook.name: {
            panel.name: [
                f"says {k}" for k, _ in enumerate(lesson.notes["panels"][panel.name]["moves"])
            ]
            for panel in lesson.panels
        }
        for lesson in LESSONS
    }
    assert pages.NOT_RUN not in sessions.session_page(path, number, LESSONS, told)


@every_session
def test_no_row_of_a_timetable_is_without_a_word(path: Path, number: int) -> None:
    rows = re.findall(r"^\| \d:\d\d \| \d+ .*\| (.*) \|$", page(path, number), flags=re.MULTILINE)
    assert rows and all(rows)


@every_session
def test_what_is_said_the_second_time_is_explained_once(path: Path, number: int) -> None:
    text = page(path, number)
    assert text.count(pages.SECOND_TIME) == (text.count(pages.SECOND) > 0)


def test_minutes_that_are_too_many_are_said_to_be() -> None:
    path = path_named("90 minutes")
    short = dataclasses.replace(path, sessions=(Session(50, path.sessions[0].stops),))
    said = "\n".join(sessions.what_fits(plan_of(short, 1)))
    assert re.search(r"\| every exercise \| \d+ \| \d+ too many \|", said)
    assert "**It does not fit.** Even without an exercise" in said
    assert "the longest first: *A note that is rewritten at every step* (`06`, 4 min)" in said
    assert "None fits: the timetable is for the first line." in said
    stop = Stop("05_vanishing_gradients", ("Does the first letter still matter?",))
    without = Session(20, (stop,))
    said = sessions.what_fits(plan_of(dataclasses.replace(path, sessions=(without,)), 1))
    assert said == ["It takes 10 of 20 minutes, and has no exercise."]


def test_the_paths_page_says_what_each_session_comes_to() -> None:
    text = sessions.paths_page(LESSONS)
    rows = re.findall(r"\| (\d+) of (\d+) \| (\d+) \| (\d+) of (\d+) \|", text)
    assert len(rows) == len(SESSIONS)
    assert all(int(fit) <= int(there) for *_, fit, there in rows)


@every_session
def test_between_sessions_of_one_day_nobody_is_at_home(path: Path, number: int) -> None:
    text = page(path, number)
    if path.one_day:
        during = text.replace("how to install the course at home", "")
        assert "at home" not in during.partition("\n## 0")[0] and "From home" not in text
    else:
        assert sessions.LATER not in text


def test_a_day_says_that_breaks_come_on_top() -> None:
    path = path_named("a day")
    said = "It takes 4 × 75 and 1 × 60 minutes; breaks between them come on top."
    assert said in sessions.path_page(path, LESSONS, {}) and said in sessions.paths_page(LESSONS)
    assert "breaks" not in sessions.path_page(path_named("a term"), LESSONS, {})


@every_session
def test_whoever_does_an_exercise_in_class_has_run_the_cells_above_it(
    path: Path, number: int
) -> None:
    told = "**Learners first of all.** Everybody at a machine opens"
    assert (told in page(path, number)) == bool(plan_of(path, number).together)


def test_a_notebook_that_takes_longer_to_run_is_named() -> None:
    assert "on two cores `04` takes about a minute." in page(path_named("a day"), 3)
    assert sessions.run_time(["05_vanishing_gradients", "08_sampling"]) == (
        "`08` takes up to two minutes, others take less than half a minute"
    )


def test_what_to_say_of_what_is_left_out_stands_where_it_is_left_out() -> None:
    lecture, day, term = (path_named(name) for name in ("90 minutes", "a day", "a term"))
    told = "In training the error goes back through the same steps"
    assert told in page(lecture, 1) and told not in page(day, 4)
    assert "A *skip* cell reads the state d steps back" in page(term, 5)
    assert "*Padding*, here as in 01" in page(day, 3) and "*Padding*" not in page(term, 4)
    assert "*Remedy 3: skip connections* (see the row *All cells on one axis*)" in page(term, 5)
    assert "`06_gru` builds on" not in page(day, 4), "`reach` is taught in this session"
    four = path_named("four sessions")
    started = "*Five starts*: in 01 the same networks were trained five times"
    assert started in page(four, 1)
    zero = "(“A standard network has one size” of `01` is left out):* The slide says"
    assert zero in page(four, 1) and zero not in page(day, 1), "nothing of 01 is taken"
    assert "`08_sampling` builds on `04_training` (truncated backpropagation)." in page(day, 5)
    read = "`04_training` (truncated backpropagation, left for reading at home)"
    assert read in page(term, 8)


def test_a_row_says_which_slides_give_an_exercise_away() -> None:
    text = page(path_named("a day"), 4)
    assert "2 × 6 min; stay there until it is done: slide 14 shows most of it)" in text
    assert "they see most of it on slide 26, and then write it as code)" in text
    before = "they have seen most of it on slides 17 and 19, and now write it as code)"
    assert before in page(path_named("a day"), 2)


@every_session
def test_no_slide_of_a_vote_is_to_be_skipped_for_an_exercise(path: Path, number: int) -> None:
    text = page(path, number)
    assert "skip it" not in text and "skip them" not in text
    for one in sessions.takes(path, number, BY_NAME):
        votes = {
            str(one.lesson.slides[cell.id])
            for section in one.sections
            for cell in section.cells
            if any(cards.asks(cell, card) for card in one.lesson.predictions)
        }
        rows = re.findall(rf"^\| \d:\d\d \| \d+ \| {one.number} \|.*$", text, flags=re.MULTILINE)
        told_to_stay = r"stay there until it is done: slides? [\d and]+ shows? most of it"
        others = re.sub(told_to_stay, "", "\n".join(rows))
        for told in re.findall(r"slides? ([\d and]+) shows? most of it", others):
            assert not votes & set(re.findall(r"\d+", told))


@every_session
def test_every_vote_says_where_its_answer_stands(path: Path, number: int) -> None:
    text = page(path, number)
    for one in sessions.takes(path, number, BY_NAME):
        cells = [cell for section in one.lesson.sections for cell in section.cells]
        for section in one.sections:
            for cell, how in pages.answers(one.lesson, section).items():
                (card,) = (
                    card
                    for card in one.lesson.predictions
                    if cards.asks(next(c for c in cells if c.id == cell), card)
                )
                told_by = rf"\b{card.name}\.reveal\("
                (reveal,) = (c.id for c in cells if re.search(told_by, c.source))
                asked, told = one.lesson.slides[cell], one.lesson.slides[reveal]
                assert told >= asked
                assert how == (
                    f" (its answer on slide {told})" if told > asked else " (its answer below it)"
                )
                heading = pages.prediction_heading(card, one.lesson, one.number)
                assert f"{pages.formulas.slug(heading)}){how}" in text


@every_session
def test_every_section_that_is_left_out_is_named(path: Path, number: int) -> None:
    known = sessions.seen(path, number, BY_NAME)
    lines = re.findall(r"^- `(\w+)` is taken without (.+)\.$", page(path, number), re.MULTILINE)
    told = {name: re.sub(r" \(see the rows? .*?\*\)(?=;|$)", "", its) for name, its in lines}
    for one in sessions.takes(path, number, BY_NAME):
        name = one.stop.notebook
        expected = [s.title for s in one.lesson.sections if (name, s.title) not in known]
        assert told.get(name, "") == "; ".join(f"*{title}*" for title in expected)


@every_session
def test_a_notebook_that_is_taken_from_its_middle_on_has_words_for_it(
    path: Path, number: int
) -> None:
    text = page(path, number)
    for one in sessions.takes(path, number, BY_NAME):
        first = one.sections[0]
        if first.title != one.lesson.sections[0].title:
            notes_ = one.lesson.notes
            assert notes_["open_from"][first.title] in text and notes_["open_with"] not in text
            assert sessions.say(one, first, sessions.seen(path, number, BY_NAME)), first.title


@every_session
def test_every_session_leads_to_how_it_runs_in_a_room(path: Path, number: int) -> None:
    text = page(path, number)
    assert room.link(room.IN_A_ROOM, room.IN_A_ROOM) in text
    assert (room.link(room.TO_SEND, "Send the class this text") in text) == (number == 1)
    assert f"*{room.TEN}* (`00`, 10 min" not in text, "it is done before the first session"


@every_session
def test_the_mistake_to_show_is_one_of_those_of_an_exercise_in_class(
    path: Path, number: int
) -> None:
    held = plan_of(path, number)
    told = re.findall(r"End (exercise \d+) of `(\d\d)` on your own screen", page(path, number))
    assert len(told) == bool(held.together)
    assert set(told) <= {(timed.name, timed.number) for timed in held.together}


def test_a_panel_is_not_moved_to_what_the_session_leaves_out() -> None:
    gate = "**reset gate** “as it starts”"
    assert gate in page(path_named("a day"), 4) and gate not in page(path_named("90 minutes"), 1)


def test_learners_run_only_what_they_do_exercises_in() -> None:
    told = page(path_named("90 minutes"), 1).partition("**Learners first of all.**")[2]
    assert "`02_forward_pass` and chooses" in told.splitlines()[0]
