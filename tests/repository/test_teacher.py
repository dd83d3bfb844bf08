"""The teacher's edition: rebuilt from what is there now, with every field and none too many."""

from __future__ import annotations

import ast
import builtins
import copy
import dataclasses
import math
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import normalise_notebooks
import pytest
import teacher
from edition import cards, fits, formulas, graph, notes, pages, room, sections, solutions
from IPython.core.inputtransformer2 import TransformerManager
from panels_of_the_course import FACTORIES, make

from rnn_helpers.cells import GRUCell, LSTMCell
from rnn_helpers.checking import known
from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.paths import PATHS
from rnn_helpers.models import SequenceModel

LESSONS = notes.lessons()
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda of: of.notebook.name)


def named(name: str) -> notes.Lesson:
    return next(lesson for lesson in LESSONS if lesson.notebook.name == name)


# ---- the hand-written fields


@every_lesson
def test_no_field_is_missing_and_none_speaks_of_what_is_not_there(lesson: notes.Lesson) -> None:
    assert notes.problems(lesson) == []


@every_lesson
def test_no_card_is_lost(lesson: notes.Lesson) -> None:
    code = "\n".join(c.source for s in lesson.sections for c in s.cells if c.cell_type == "code")
    assert len(lesson.predictions) == len(re.findall(r"\bpredict\(", code))
    assert [task.exercise.name for task in lesson.tasks] == list(lesson.notebook.exercises)
    for card in lesson.predictions:
        assert card.right in card.options and card.evidence and len(card.wrong) >= 1


def changed(lesson: notes.Lesson, *path: object, to: object = None) -> notes.Lesson:
    """Return a lesson with one of its fields changed, or left out."""
    told = copy.deepcopy(lesson.notes)
    *way, last = path
    place = told
    for step in way:
        place = place[step]
    if to is None:
        del place[last]
    else:
        place[last] = to
    return dataclasses.replace(lesson, notes=told)


@pytest.mark.parametrize(
    ("path", "to", "what"),
    [
        (("goal",), "", "goal is empty"),
        (("aim",), "x", "'aim' is no field"),
        (("sections", "One stop"), "x", "there is no section 'One stop'"),
        (("sections", "One step"), " ", "sections.One step is empty"),
        (("predictions", "repeat"), None, "prediction 'repeat' has no notes"),
        (("predictions", "again"), {}, "there is no prediction 'again'"),
        (("sections", "One step"), None, "core section 'One step' has no notes"),
        (("sections", "One step"), "See {slide nowhere}.", "no slide has the cell 'nowhere'"),
        (("sections", "One step"), "(Twice.) Ask which it is.", "answer to what is asked?"),
        (("sections", "One step"), "(Twice.) Why is it?", "answer to what is asked?"),
        (("without", 0, "lacks"), "One stop", "02_forward_pass has no section 'One stop'"),
        (("without", 0, "at"), "One stop", "without: there is no section 'One stop'"),
        (("without", 0, "say"), None, "without: needs lacks, at and say"),
        (("taught_in", "00_start_here"), {"cells": "Shapes"}, "'00_start_here' has no 'cells'"),
        (("taught_in", "00_start_here"), {"shapes": "x"}, "00_start_here has no section 'x'"),
        (("solved_on", "softmin"), ["code-14-eda01c"], "there is no exercise 'softmin'"),
        (("solved_on", "softmax"), ["nowhere"], "solved_on: no slide has 'nowhere'"),
        (("first_in_class",), "softmin", "first_in_class: there is no exercise 'softmin'"),
        (("pause",), "One stop", "pause: there is no section 'One stop'"),
        (("first_in_class",), ["softmax", "softmin"], "there is no exercise 'softmin'"),
        (("open_from",), {"One stop": "x"}, "open_from: there is no section 'One stop'"),
        (("without", 0, "has"), "One stop", "02_forward_pass has no section 'One stop'"),
        (("predictions", "repeat", "next"), None, "what to ask next?"),
        (("predictions", "repeat", "next"), "And then?", "answer to what is asked next?"),
        (("predictions", "repeat", "next"), "And then? (When?)", "answer to what is asked next?"),
        (("predictions", "repeat", "tempts", "all the same"), None, "'all the same' tempt?"),
        (("predictions", "repeat", "tempts", "none"), "x", "no option is 'none'"),
        (("panels", "one_unit"), None, "panel 'one_unit' has no notes"),
        (("panels", "one_unit", "moves"), [], "panel 'one_unit': what to move?"),
        (("panels", "one_unit", "moves", 0, "set"), {"v": 1}, "no control labelled 'v'"),
        (("panels", "one_unit", "moves", 0, "ask"), "", "a move needs set and ask"),
        (("panels", "one_unit", "moves", 0, "ask"), "Why?", "no answer in brackets ends 'Why?'"),
        (("panels", "one_unit", "moves", 0, "needs"), "x", "02_forward_pass has no section 'x'"),
        (("panels", "one_unit", "moves", 0, "seen"), True, "what it opens with is seen"),
        (("exercises", "softmax"), None, "exercise 'softmax' has no notes"),
        (("exercises", "softmin"), "x", "there is no exercise 'softmin'"),
        (("exam", "by_hand", "answer"), None, "exam 'by_hand' needs section, asks, answer"),
        (("exam", "by_hand", "section"), "One stop", "'by_hand': there is no section 'One stop'"),
        (("builds_on", "05_vanishing_gradients"), "x", "its first cell does not say so"),
        (("builds_on", "00_start_here"), None, "builds_on lacks '00_start_here'"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_found(path: tuple, to: object, what: str) -> None:
    assert any(
        what in said for said in notes.problems(changed(named("02_forward_pass"), *path, to=to))
    )


def test_numbers_that_a_notebook_has_elsewhere_are_given() -> None:
    lesson = named("04_training")
    amiss = notes.problems(changed(lesson, "predictions", "copies", "measured"))
    assert amiss == [
        "prediction 'copies': the notebook leaves its numbers to another cell: measured?"
    ]
    assert "The next cell gives the exact number. In our run it was 0 of 500." in (
        pages.lesson_page(lesson, {})
    )


def test_a_note_names_the_slide_that_holds_a_cell() -> None:
    title = "From random letters to names"
    written = notes.read(named("04_training").notebook)["sections"][title]
    cell, _ = notes.SLIDE.findall(written)
    said = named("04_training").notes["sections"][title]
    number = int(re.search(r"\(slide (\d+) of the walkthrough\)", said)[1])
    slide = fits.slides_of("04_training")[number - 1]
    cells = sections.read("04_training").cells
    assert cell in [cells[place].id for place in slide.cells]


def test_the_notes_speak_of_each_question_in_its_own_words() -> None:
    said = [
        text
        for lesson in LESSONS
        for note in lesson.notes["predictions"].values()
        for text in (note["next"], *note["tempts"].values())
    ]
    said += [text for lesson in LESSONS for text in lesson.notes["exercises"].values()]
    assert len(set(said)) == len(said)
    assert min(len(text.split()) for text in said) >= 5


# ---- the pages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("teacher")
    teacher.write_pages(LESSONS, made, seed=7)
    return made


@every_lesson
def test_a_page_holds_all_of_its_notebook(lesson: notes.Lesson, folder: Path) -> None:
    text = (folder / f"{lesson.notebook.name}.md").read_text(encoding="utf-8")
    for section in lesson.sections:
        place = f"{section.title} | {section.part} |"
        assert re.search(rf"\| {section.minutes} \| [\d ↓]* \| {re.escape(place)}", text), place
    rows = re.findall(r"^\| [\d:]* \| \d+ \| ([\d ↓]+) \| ", text, flags=re.MULTILINE)
    assert len(rows) >= len(lesson.sections) - 2  # of two every cell is skipped
    slides = [int(number) for row in rows for number in re.findall(r"\d+", row)]
    assert slides == list(range(1, len(slides) + 1)), "each slide stands in one section"
    for card in lesson.predictions:
        heading = pages.prediction_heading(card, lesson)
        assert re.fullmatch(rf"Prediction \d+, slide \d+: {re.escape(card.question)}", heading)
        assert f"### {heading}\n" in text
    for task in lesson.tasks:
        assert task.starter in text and task.exercise.solution_source().strip() in text
        rows = pages.mistakes(task.exercise.reference, task.exercise.known)
        assert all(pages._cell(says) in text for _, says in rows)
    for panel in lesson.panels:
        assert panel.says in text


def test_every_page_opens_without_a_network_and_every_link_leads_somewhere(folder: Path) -> None:
    found = sorted(folder.glob("*.html"))
    assert len(found) == len(LESSONS) + 4 + 3 + sum(len(path.sessions) for path in PATHS)
    ids = {page.name: re.findall(r' id="([^"]+)"', page.read_text("utf-8")) for page in found}
    for page in found:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []
        assert '<code class="tex' not in text, "a formula that could not be drawn"
        assert len(set(ids[page.name])) == len(ids[page.name]), f"{page.name} has an id twice"
        for link, _, place in re.findall(r'(?:href|src)="([\w.-]*)(#([^"]+))?"', text):
            assert (folder / link).exists(), f"{page.name} leads to {link}"
            assert not place or unquote(place) in ids[link or page.name], f"{page.name}: {place}"


@every_lesson
def test_a_page_begins_with_links_to_its_parts(lesson: notes.Lesson, folder: Path) -> None:
    top = (folder / f"{lesson.notebook.name}.md").read_text(encoding="utf-8").split("\n## ")[0]
    linked = re.findall(r"\]\(#", top)
    count = len(lesson.predictions) + len(lesson.panels) + len(lesson.tasks)
    assert len(linked) == 5 + count
    assert "](#timetable)" in top


def test_the_course_page_has_every_notebook_every_path_and_the_ten_questions(folder: Path) -> None:
    text = (folder / "index.md").read_text(encoding="utf-8")
    assert all(f"[{path.name}](path-{path.name.replace(' ', '-')}.md)" in text for path in PATHS)
    assert all(f"[{notebook.name}]" in text for notebook in NOTEBOOKS)
    assert text.count("| `") == 10
    assert pages.PAGES_ALONE in text and pages.SOLVED not in text, "nothing was run here"
    assert pages.SOLVED in pages.course_page(LESSONS, "graph.svg", run=True)


def test_a_teacher_reads_how_it_runs_in_a_room_and_has_a_text_to_send(folder: Path) -> None:
    text = (folder / "index.md").read_text(encoding="utf-8")
    assert f"## {room.IN_A_ROOM}\n" in text and f"## {room.TO_SEND}\n" in text
    root = Path(__file__).resolve().parents[2]
    readme, project = ((root / name).read_text("utf-8") for name in ("README.md", "pyproject.toml"))
    sent = "\n".join(line for line in text.splitlines() if line.startswith(">"))
    assert f"Python {room.python()}" in readme and f"You need Python {room.python()}." in sent
    assert f'requires-python = ">={room.python().split()[0]}"' in project
    commands = [
        code for code in re.findall(r"`([^`]+)`", sent) if " " in code or "activate" in code
    ]
    assert len(commands) == 6 and [code for code in commands if code not in readme] == []
    assert room.TEN in [section.title for section in sections.of("00_start_here")]


def test_what_is_said_of_a_vote_has_its_lines_in_the_walkthrough() -> None:
    """Whoever changes them is to read the page again; what they do the browser tests hold.

    The cells below an open question wait; a key asks for the vote, and then goes on.
    """
    course = Path(__file__).resolve().parents[2] / "rnn_helpers" / "course"
    walk = (course / "walk.js").read_text(encoding="utf-8")
    assert "waits ||= isOn && passed !== current && isUnanswered(cell)" in walk
    assert "Next again goes on without one." in walk and 'key === "c"' in walk
    reveal = (course / "reveal.js").read_text(encoding="utf-8")
    assert "if (chosen) box.open = true" in reveal


def test_a_wrong_line_is_shown_as_it_stands_in_the_function() -> None:
    exercise = named("02_forward_pass").tasks[0].exercise
    shown = [pages.wrong_line(exercise.reference, mistake) for mistake in exercise.known]
    assert shown[0] == "`return np.tanh(Waa.T @ a_prev + Wax @ x_t + ba)`"
    assert len(set(shown)) == len(shown)


def test_one_slip_with_other_digits_has_one_row_and_a_symbol_keeps_its_case() -> None:
    exercises = {task.exercise.name: task.exercise for of in LESSONS for task in of.tasks}
    rows = pages.mistakes(exercises["frequency"].reference, exercises["frequency"].known)
    lines = [line for line, _ in rows]
    assert sum("1.06" in line for line in lines) == sum("round(" in line for line in lines) == 1
    assert any(line.count(" or ") == 3 for line in lines)
    rows = pages.mistakes(exercises["forward"].reference, exercises["forward"].known)
    assert any(says.startswith("a⟨0⟩ stands in front") for _, says in rows)


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("return (loss).sum()", "return loss.sum()"),
        ("return (y_hat - y)", "return y_hat - y"),
        ("x = 2 * ((pitch - 69))", "x = 2 * (pitch - 69)"),
        ("return (a + b) * c", "return (a + b) * c"),
        ("x = (a + b) * (c + d)", "x = (a + b) * (c + d)"),
        ("return (x >= 0).sum()", "return (x >= 0).sum()"),
        ("return np.zeros((n))", "return np.zeros(n)"),
        ("return f(x)", "return f(x)"),
    ],
)
def test_brackets_that_only_a_machine_writes_are_left_out(line: str, typed: str) -> None:
    assert pages._as_typed(line) == typed


def test_no_line_that_is_shown_changes_nothing() -> None:
    shown = [
        pages.wrong_line(task.exercise.reference, mistake)
        for of in LESSONS
        for task in of.tasks
        for mistake in task.exercise.known
    ]
    assert [line for line in shown if re.search(r"`(\w+) = \1`", line)] == []


@every_lesson
def test_every_mistake_that_is_shown_can_be_typed(lesson: notes.Lesson) -> None:
    """Its lines parse, and call only what the notebook has by then."""
    for task in lesson.tasks:
        at_hand = names_above(task.cell, lesson) | set(dir(builtins))
        at_hand |= stored_in(ast.parse(task.starter.replace("____", "blank")))
        for mistake in task.exercise.known:
            tree = ast.parse(known.source_of(mistake.function))
            calls = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
            called = {func.id for func in calls if isinstance(func, ast.Name)}
            assert called - at_hand - stored_in(tree) == set(), mistake.says


def names_above(cell: str, lesson: notes.Lesson) -> set[str]:
    """Return the names that a notebook has when it comes to a cell."""
    found: set[str] = set()
    for above in (cell for section in lesson.sections for cell in section.cells):
        if above.id == cell:
            break
        if above.cell_type == "code":
            found |= stored_in(ast.parse(TransformerManager().transform_cell(above.source)))
    return found


def stored_in(tree: ast.AST) -> set[str]:
    """Return the names that some code makes: by a value, an import, a function, an argument."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return found


def test_a_table_survives_bars_and_line_ends() -> None:
    assert pages.table(("a",), [("x | y\nz",)]).splitlines()[-1] == r"| x \| y z |"


def test_what_is_no_formula_of_matplotlib_stays_readable() -> None:
    assert "<img" in formulas.to_html(r"$a^{\langle t\rangle}$")
    assert r"\nosuchthing" in formulas.to_html(r"$\nosuchthing{x}$")


# ---- the graph


def test_a_notebook_stands_to_the_right_of_what_it_builds_on() -> None:
    column = graph.columns(LESSONS)
    for lesson in LESSONS:
        for before in lesson.notes["builds_on"]:
            assert column[before] < column[lesson.notebook.name]
    at = graph.places(LESSONS)
    assert len(set(at.values())) == len(LESSONS)


def test_arrows_that_follow_from_others_are_left_out_and_nothing_is_lost() -> None:
    above = {lesson.notebook.name: set() for lesson in LESSONS}
    for before, after in sorted(graph.arrows(LESSONS), key=lambda arrow: arrow[1]):
        above[after] |= {before} | above[before]
    for lesson in LESSONS:
        assert set(lesson.notes["builds_on"]) <= above[lesson.notebook.name]
    assert ("02_forward_pass", "04_training") not in graph.arrows(LESSONS)


# ---- the solved notebooks


@every_lesson
def test_a_solved_notebook_has_no_blank_left_and_no_cell_moved(lesson: notes.Lesson) -> None:
    before = sections.read(lesson.notebook.name)
    after = solutions.solved(lesson)
    assert [cell.id for cell in before.cells] == [cell.id for cell in after.cells]
    starters = {task.cell for task in lesson.tasks}
    for old, new in zip(before.cells, after.cells, strict=True):
        if old.id in starters:
            assert "____" in old.source and "____" not in new.source
        else:
            assert old.source == new.source


def test_a_notebook_is_solved_run_and_asked_and_its_file_stays(tmp_path: Path) -> None:
    lesson = named("00_start_here")
    path = sections.NOTEBOOKS / "00_start_here.ipynb"
    before = path.read_bytes()
    sentences = solutions.keep(lesson, tmp_path)
    assert path.read_bytes() == before
    assert solutions.kept(lesson, tmp_path) == sentences
    assert "at place 18" in sentences["letters_at"][2]
    written = nbformat.read(tmp_path / "00_start_here.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in written.cells)
    assert solutions.MARK not in text and sentences["letters_at"][0] in text
    page = pages.lesson_page(lesson, sentences)
    assert sentences["letters_at"][2] in page and pages.NOT_RUN not in page
    assert "| what it says then |" in page


def test_a_sentence_of_other_moves_is_not_kept(tmp_path: Path) -> None:
    lesson = named("00_start_here")
    (tmp_path / "00_start_here.json").write_text('{"letters_at": ["one"], "gone": ["two"]}')
    assert solutions.kept(lesson, tmp_path) == {}
    page = pages.lesson_page(lesson, {})
    assert pages.NOT_RUN in page and "what it says then" not in page


def test_a_solution_that_is_not_right_stops_the_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = named("00_start_here")

    def unsolved(notebook: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
        return sections.read("00_start_here")  # as stored: not attempted

    monkeypatch.setattr(normalise_notebooks, "execute", unsolved)
    with pytest.raises(solutions.SolutionError, match="start_here.column is not solved"):
        solutions.run(lesson)


def test_the_tool_says_which_notebooks_there_are() -> None:
    with pytest.raises(SystemExit, match="no notebook called 99_end, only 00_start_here"):
        teacher.main(["99_end"])


def test_the_tool_says_which_paths_there_are_before_it_runs_anything() -> None:
    known = '"90 minutes", "a day", "four sessions", "a term"'
    with pytest.raises(SystemExit, match=f'no path called "a year", only {known}'):
        teacher.main(["--path", "a year"])


def test_a_prediction_is_read_as_the_class_sees_it() -> None:
    card = named("02_forward_pass").predictions[0]
    assert card == cards.Prediction(
        "by_hand",
        "What is the state after the second step?",
        ("0.76", "0.88", "1.38"),
        "0.88",
        "First 0.76, then tanh(0.5 · 0.76 + 1).",
    )


# The panels that two lessons share have the gates of the cell that they are handed.
GATED = {"gates.gru": GRUCell, "gates.lstm": LSTMCell}
# Its line 400 is one of the real passage; the networks of the others may be small ones.
NEEDS_THE_TEXT = {"sampling.unit_over_text"}
# It opens where its network draws a likely letter, and that of the notebook writes another text.
OPENS_BY_ITS_NETWORK = {"sampling.writing"}


def moves_of_the_panels() -> list:
    """Return every panel by the name that `panels_of_the_course` has for it, with its moves."""
    found = []
    for lesson in LESSONS:
        for card in lesson.panels:
            module = cards.maker(card, lesson.notebook.lesson).__module__
            room = "gates" if module.endswith(".gates") else lesson.notebook.lesson
            moves = lesson.notes["panels"][card.name]["moves"]
            says = "say" in lesson.notes["panels"][card.name]
            name = f"{room}.{card.name}"
            kind = GATED.get(f"{room}.{lesson.notebook.lesson}")
            call = ast.parse(card.source).body[-1].value
            given = [ast.literal_eval(value) for value in call.args[1:]] if kind else []
            found.append(pytest.param(name, moves, says, kind, given, id=name))
    return [given for given in found if given.id not in NEEDS_THE_TEXT]


@pytest.mark.parametrize(("name", "moves", "says", "kind", "given"), moves_of_the_panels())
def test_a_panel_can_be_moved_where_the_notes_say(
    name: str, moves: list, says: bool, kind: type | None, given: list
) -> None:
    """A row says that the panel opens so if it does, and else it does not."""
    gated = kind and SequenceModel(kind(27, 6, rng=5), 27, rng=5)
    panel = FACTORIES[name](gated, *given) if kind else make(name)
    start, said = panel.values, []
    for move in moves:
        controls = panel.by_label(move["set"])
        if name not in OPENS_BY_ITS_NETWORK:
            assert bool(move.get("opens")) == (start | controls == start), f"opens? {move}"
        panel.set(**start | controls)
        said.append(panel.sentence)
    assert len(set(said)) == len(said), "two moves show the same"
    labelled = {control.description: control for control in panel.controls.values()}
    for label, shown in (setting for move in moves for setting in move["set"].items()):
        if not can_be_dragged_to(labelled[label], shown):
            assert says, f"the slider of {label} passes {shown} by: say how to set it"
    words = {control.description: words_of(control) for control in panel.controls.values()}
    for label, shown in (setting for move in moves for setting in move["set"].items()):
        assert not words[label] or str(shown) in words[label], f"{label} cannot show {shown!r}"


def words_of(control: object) -> list[str]:
    """Return what stands on the buttons or in the list of a control, if it has any."""
    options = getattr(control, "options", ())
    return [str(option[0] if isinstance(option, tuple) else option) for option in options]


def can_be_dragged_to(control: object, shown: object) -> bool:
    """Say whether a control stops at a value, if it is a slider of single numbers."""
    if not hasattr(control, "step") or isinstance(shown, list | str):
        return True
    place = math.log(shown, control.base) if hasattr(control, "base") else shown
    steps = (place - control.min) / control.step
    return abs(steps - round(steps)) < 1e-6
