"""Exam items are computed: other numbers for each seed, options that differ, a key that holds."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter

import numpy as np
import pytest
from edition import exam, quizzes

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.course.paths import PATHS, path_named
from rnn_helpers.lessons import catalogue

paper = functools.cache(exam.paper)  # one takes a second

every_quiz = pytest.mark.parametrize("quiz", quizzes.quizzes(), ids=lambda quiz: quiz.name)


def item_of(name: str, rng: np.random.Generator) -> quizzes.Item:
    (quiz,) = (quiz for quiz in quizzes.quizzes() if quiz.name == name)
    return quizzes.draw(quiz, rng)


def exercise(name: str, lesson: str) -> Exercise:
    return next(e for e in catalogue()[lesson] if e.name == name)


# ---- predictions with other settings


@every_quiz
def test_the_options_of_a_quiz_differ_and_each_wrong_one_has_its_mistake(quiz) -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        item = quizzes.draw(quiz, rng)
        assert len({item.answer, *item.wrong}) == 3
        assert all(item.wrong.values()) and item.because
        assert item.about in catalogue()


def test_every_text_has_its_numbers_and_every_drawing_its_text() -> None:
    assert sorted(quiz.name for quiz in quizzes.quizzes()) == sorted(quizzes.DRAWN)
    assert {quiz.about for quiz in quizzes.quizzes()} >= set(list(catalogue())[1:])


def test_options_that_say_the_same_number_are_no_options(monkeypatch) -> None:
    text = {"asks": "", "answer": "{a:.0f}", "because": "", "wrong": [["{a:.1f}", "x"], ["1", "y"]]}
    monkeypatch.setitem(quizzes.DRAWN, "same", lambda rng: {"a": 880.0})
    assert quizzes.Quiz("", "same", text).item(np.random.default_rng(0)) is None
    assert quizzes._value("1,078") == quizzes._value("1078.0")


def test_no_two_options_are_nearer_than_rounding_on_the_way_to_them() -> None:
    assert quizzes._is_rounding("0.86", "0.85") and not quizzes._is_rounding("0.86", "0.83")
    assert not quizzes._is_rounding("650", "651") and not quizzes._is_rounding("up", "down")


@every_quiz
def test_no_option_is_impossible_on_sight(quiz) -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        item = quizzes.draw(quiz, rng)
        numbers = [quizzes._value(option) for option in (item.answer, *item.wrong)]
        assert all(n >= 0 for n in numbers if isinstance(n, float))
        assert "nan" not in item.asks and "{" not in item.asks + item.because


@every_quiz
def test_another_seed_asks_with_other_numbers(quiz) -> None:
    asked = {quizzes.draw(quiz, np.random.default_rng(seed)).asks for seed in range(8)}
    assert len(asked) > 1


def test_answers_are_right_where_they_can_be_computed_otherwise() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        item = item_of("by_hand", rng)
        w = float(re.search(r"Waa = ([\d.]+)", item.asks)[1].rstrip("."))
        x = float(re.search(r"input is ([\d.]+)", item.asks)[1])
        assert float(item.answer) == pytest.approx(np.tanh(w * np.tanh(x) + x), abs=0.006)

        item = item_of("drawn", rng)
        *p, u = (float(n) for n in re.findall(r"0\.\d+", item.asks))
        totals, k = np.cumsum(p), int(item.answer)
        assert (totals[k - 1] if k else 0) - 1e-9 <= u < totals[k] + 1e-9

        item = item_of("clipped", rng)
        g = np.array([float(n) for n in re.findall(r"-?\d+", item.asks.partition(")")[0])])
        limit = int(re.search(r"by its norm, at (\d+)", item.asks)[1])
        got = np.array([float(n) for n in re.findall(r"-?\d+\.\d+", item.answer)])
        assert np.linalg.norm(g) > limit
        assert got == pytest.approx(g * limit / np.linalg.norm(g), abs=0.006)

        item = item_of("tail", rng)
        *p, top_p = (float(n) for n in re.findall(r"0\.\d+", item.asks))
        assert (np.cumsum(p) < top_p).sum() + 1 == int(item.answer)

        item = item_of("waves", rng)
        layers, steps = (int(n) for n in re.findall(r"\d+", item.asks))
        ready = np.zeros((layers, steps), int)
        for i, t in np.ndindex(layers, steps):
            ready[i, t] = 1 + max(ready[i - 1, t] if i else 0, ready[i, t - 1] if t else 0)
        assert int(item.answer) == ready.max()

        item = item_of("padding", rng)
        *lengths, T = (int(n) for n in re.findall(r"\d+", item.asks))
        empty = sum(max(0, T - n) for n in lengths)
        assert float(item.answer) == pytest.approx(empty / (T * len(lengths)), abs=0.0006)


# ---- find the bug, and shapes


def bug_of(name: str, lesson: str, change: str) -> exam.Item:
    found = exercise(name, lesson)
    mistake = next(m for m in found.known if m.change.startswith(change))
    return exam.bug(lesson, found, mistake, seed=3)


def test_a_bug_is_put_into_the_solution_and_run() -> None:
    item = bug_of("one_step", "02_forward_pass", "Waa @ → Waa.T @")
    assert item.answer == exam.NUMBERS and "Waa.T @ a_prev" in item.asks
    assert set(item.wrong) == {exam.ERROR, exam.SHAPE}
    assert bug_of("forward", "02_forward_pass", "np.stack(states) → a_t").answer == exam.SHAPE


def test_a_bug_that_shows_with_some_values_alone_is_asked_with_the_values_or_not_at_all() -> None:
    """A shape does not tell whether one column lies a thousand below the others."""
    change = "z - z.max(axis=0, keepdims=True) → z - z.max()"
    assert bug_of("softmax", "02_forward_pass", change) is None
    assert exam._is_told({"n": 3, "tokens": np.arange(4), "f": np.tanh})
    assert not exam._is_told({"z": np.zeros(4)})
    assert (
        exam._given({"z": np.zeros((2, 3)), "k": np.array([1, 0])})
        == "`z` (2, 3), `k` (2,) = [1, 0]"
    )


def test_a_bug_is_asked_with_inputs_on_which_it_shows() -> None:
    found = exercise("share_right", "09_sequence_types")
    made = filter(None, (exam.bug("09", found, m, seed=3) for m in found.known))
    given = [shapes_in(item.asks.partition("What comes of it")[0]) for item in made]
    assert given
    for shapes in given:
        steps, tags, examples = shapes["z"]
        assert shapes["y"] == (steps, examples) and tags not in shapes["y"]


def test_no_bug_is_asked_with_numbers_that_are_special_and_not_printed() -> None:
    assert exam.is_ordinary({"z": np.arange(3.0), "k": np.zeros(4, int), "n": 0})
    assert not exam.is_ordinary({"a_0": np.zeros((3, 2))})
    assert "no array of them is all 0" in paper(2)[0]


def test_no_bug_is_asked_that_depends_on_what_is_not_told() -> None:
    assert exam._can_be_told({"z": np.zeros((2, 3)), "n": 3, "b": np.array(1.5)})
    assert not exam._can_be_told({"step": np.tanh})
    assert not exam._can_be_told({"names": [np.arange(40)] * 9})
    for seed in range(4):
        assert not re.search(r"gets [^?]*\((list|function|dict)\)", paper(seed)[0])


def test_no_comment_gives_the_wrong_line_away() -> None:
    for seed in range(4):
        assert not re.search(r"^ .*  # ", paper(seed)[0], re.MULTILINE)
    assert exam._without_comments('a = "#"  # b\n# c\nd') == 'a = "#"\nd'


def test_where_there_is_one_line_it_is_to_be_mended() -> None:
    assert exam.MEND in bug_of("one_step", "02_forward_pass", "Waa @ → Waa.T @").asks
    assert exam.FIND in bug_of("forward", "02_forward_pass", "np.stack(states) → a_t").asks


def test_what_a_solution_calls_of_the_course_is_explained() -> None:
    found = exercise("one_text", "08_sampling")
    made = [exam.bug("08_sampling", found, mistake, seed=0) for mistake in found.known]
    asked = [item.asks for item in made if item]
    assert not asked  # what its `step` gives back is told nowhere
    assert "`sampling.draw(p, rng)`: Draw one class" in exam._explained(found)


@pytest.mark.parametrize(
    ("sentence", "begins"),
    [("a⟨0⟩ stands", "a⟨0⟩"), ("a gate", "A gate"), ("dc is", "dc is"), ("`x` is", "`x` is")],
)
def test_a_symbol_keeps_its_case(sentence: str, begins: str) -> None:
    assert exam._capital(exercise("into_memory", "07_lstm"), sentence).startswith(begins)


def test_no_solution_is_shown_of_an_exercise_whose_bug_is_asked() -> None:
    for seed in range(4):
        names = re.findall(r"^def (\w+)\(", paper(seed)[0], flags=re.MULTILINE)
        assert len(names) == len(set(names))


def test_a_bug_is_asked_with_what_the_starter_says_that_it_returns() -> None:
    item = bug_of("additive_scores", "10_attention", "np.tanh")
    assert '    """Return the scores, (T_x, m)."""\n' in item.asks


def test_what_depends_on_the_inputs_is_no_item() -> None:
    for name, lesson in (("softmax", "02_forward_pass"), ("nucleus", "08_sampling")):
        found = exercise(name, lesson)
        made = [exam.bug(lesson, found, mistake, seed=0) for mistake in found.known]
        assert None in made and any(made)


def test_few_bugs_have_the_commonest_answer() -> None:
    items = [item for seed in range(3) for item in exam.items(seed)]
    assert sum(item.answer == exam.NUMBERS for item in items) <= 3 * exam.PLAIN


def test_of_several_outputs_the_wrong_ones_are_named() -> None:
    found = exercise("step_backward", "03_backpropagation_through_time")
    made = filter(None, (exam.bug("03", found, m, seed=3) for m in found.known))
    answers = {item.answer for item in made}
    assert "`da_prev`" in answers and any(" and " in answer for answer in answers)


def test_what_does_nothing_is_no_bug() -> None:
    found = exercise("one_step", "02_forward_pass")
    same = found.outcomes(found.reference, found.inputs(0))
    assert exam.what_comes(found, same, same) == ""
    assert exam.wrong_parts(found, same, same) == []


def shapes_in(text: str) -> dict[str, tuple[int, ...]]:
    found = re.findall(r"`(\w+)` (\([\d, ]+\))", text)
    return {name: ast.literal_eval(shape) for name, shape in found}


def test_shapes_are_those_that_come_out() -> None:
    item = exam.shapes("02", exercise("forward", "02_forward_pass"), seed=5)
    given, answer = shapes_in(item.asks), shapes_in(item.answer)
    steps, _, examples = given["x"]
    assert answer == {"a": (steps, given["ba"][0], examples)}
    assert exam.shapes("02", exercise("count_weights", "02_forward_pass"), seed=5) is None


def test_no_shape_can_be_copied_from_those_given() -> None:
    found = [
        item
        for name, listed in catalogue().items()
        for each in listed
        for seed in range(3)
        if (item := exam.shapes(name, each, seed))
    ]
    assert len(found) > 20
    for item in found:
        given = set(shapes_in(item.asks.partition("```")[0]).values())
        inner = item.answer.startswith("(")
        answers = [ast.literal_eval(item.answer)] if inner else shapes_in(item.answer).values()
        assert any(shape not in given for shape in answers), item


def test_a_shape_within_a_function_is_asked_with_its_code() -> None:
    item = exam.shapes("06", exercise("gru_step", "06_gru"), seed=5)
    units = shapes_in(item.asks)["a_prev"][0]
    assert "What is the shape of `Wu`?" in item.asks and "np.split(Waa, 3)" in item.asks
    assert item.answer == str((units, units)) and "np.split(Waa, 3)" in item.because


# ---- the paper


def test_a_paper_asks_for_nothing_twice_and_of_every_notebook_it_can() -> None:
    for seed in range(4):
        found = exam.items(seed)
        asked = Counter(item.about for item in found)
        assert max(asked.values()) <= 2 and len(asked) >= 13
    asked = exam._Asked()
    asked.add(("02_forward_pass", exercise("count_weights", "02_forward_pass")))
    left = {quiz.name for quiz in asked.spread(quizzes.quizzes(), np.random.default_rng(0))}
    assert left.isdisjoint({"weights_rnn", "weights_gru", "parameters"}) and "gate" in left
    assert set().union(*exam.ALIKE) <= {quiz.name for quiz in quizzes.quizzes()} | {
        each.name for listed in catalogue().values() for each in listed
    }


def test_no_place_among_the_options_is_the_right_one_by_habit() -> None:
    """Mistakes mostly err to one side: without care the largest number would be right."""
    rng, places = np.random.default_rng(2), Counter()
    for quiz in quizzes.quizzes():
        for _ in range(20):
            item = quizzes.draw(quiz, rng)
            numbers = [quizzes._value(option) for option in (item.answer, *item.wrong)]
            if all(isinstance(n, float) for n in numbers):
                places[sorted(numbers).index(numbers[0])] += 1
    assert all(0.2 < places[place] / places.total() < 0.55 for place in range(3)), places


def test_the_right_option_has_every_place_about_as_often() -> None:
    for seed in range(4):
        _, key = paper(seed)
        letters = Counter(re.findall(r"^\*\*\d+\.\*\* \((\w)\) ", key, re.MULTILINE))
        assert max(letters.values()) - min(letters.values()) <= 1 and len(letters) == 3


def test_a_name_that_nothing_uses_gives_a_wrong_line_away() -> None:
    def neat(a, b):
        return a + b

    def left_over(a, b):
        return a + a

    def lacking(a, b):
        return a + b + missing_here  # noqa: F821

    assert [exam.unused(f) for f in (neat, left_over, lacking)] == [False, True, True]


def test_few_wrong_lines_are_the_last_one() -> None:
    for seed in range(3):
        asked, key = paper(seed)
        changed = re.findall(r"Changed: .* not ``(.*)``\.", key)
        blocks = re.findall(r"```python\n(.*?)\n```", asked, re.DOTALL)
        last = [block.splitlines()[-1].strip() for block in blocks]
        assert sum(line in last for line in changed) <= 2


def test_the_points_are_those_of_the_items() -> None:
    asked, _ = paper(5)
    lines = len(re.findall(r"And which line is wrong|And how should the line be", asked))
    items = len(re.findall(r"^\*\*\d+\.\*\*", asked, flags=re.MULTILINE))
    assert f"one point more: {items + lines} in all." in asked
    assert re.search(r"Time: (\d+) minutes", asked)[1] in ("55", "60")


@pytest.mark.parametrize("seed", [0, 7])
def test_a_paper_has_its_items_and_a_key_for_each(seed: int) -> None:
    asked, key = paper(seed)
    count = exam.PREDICTIONS + exam.SHAPES + exam.BUGS
    assert len(re.findall(r"^\*\*\d+\.\*\*", asked, flags=re.MULTILINE)) == count
    assert len(re.findall(r"^\*\*\d+\.\*\*", key, flags=re.MULTILINE)) == count
    for number in range(1, exam.PREDICTIONS + 1):
        letter, answer = re.search(
            rf"^\*\*{number}\.\*\* \((\w)\) (.*?)\. ", key, re.MULTILINE
        ).groups()
        item = asked.split(f"**{number}.**")[1].split(f"**{number + 1}.**")[0]
        assert f"- ({letter}) {answer}" in item


def test_the_exam_does_not_hold_its_answers() -> None:
    asked, _ = paper(3)
    assert "Changed:" not in asked and "The solution" not in asked


def test_a_seed_gives_its_paper_again_and_another_one_another() -> None:
    assert exam.paper(7) == paper(7)
    assert paper(7)[0] != paper(8)[0]


# ---- the paper of a path


def test_a_short_path_is_asked_about_its_own_sections_alone() -> None:
    path = path_named("90 minutes")
    asked = {quiz.name for quiz in exam.questions(path)}
    assert asked == {"by_hand", "weights_rnn", "gate"}
    names = [exercise.name for _, exercise in exam.exercises(path)]
    assert names == [
        "one_step", "forward", "softmax", "count_weights", "update_step", "bias_for"
    ]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_extra_section_is_asked_about(path) -> None:
    found = exam.exercises(path)
    assert {about for about, _ in found} <= {s.notebook for of in path.sessions for s in of.stops}
    assert {"mean_or_sum", "beam", "masks"}.isdisjoint(quiz.name for quiz in exam.questions(path))
    extras = {"stacked_step", "gate_gradients", "from_pytorch", "correlations"}
    assert extras.isdisjoint(exercise.name for _, exercise in found)


def test_a_short_path_gives_a_shorter_paper_and_its_key_says_so() -> None:
    path = path_named("90 minutes")
    items = exam.items(7, path)
    assert {item.about for item in items} == {"02_forward_pass", "06_gru"}
    assert exam.PLAIN < sum("One mistake" in item.asks for item in items) <= exam.BUGS
    asked, key = paper(7, path)
    assert asked.startswith("# Exam on the path “90 minutes”, version 7\n")
    assert f"{len(items)} items: the path has no more to ask about." in key
    assert "no more to ask about" not in paper(7, path_named("a term"))[1]
