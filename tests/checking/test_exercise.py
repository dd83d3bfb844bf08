"""An exercise: what it checks, hints at, shows and remembers."""

import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from sample_exercise import RIGHT, check, descend, learner, make_number, make_scan

from rnn_helpers.activations import softmax
from rnn_helpers.checking import source
from rnn_helpers.checking.feedback import State
from rnn_helpers.course import progress
from rnn_helpers.course.facts import KINDS


def test_a_right_answer_is_right():
    result = check(RIGHT)
    assert result.state == "right"
    assert str(result).startswith("Right: `scan` agrees with the reference on 5 sets of inputs")


@pytest.mark.parametrize(
    "change",
    [
        "np.float32(np.stack(states))",
        "np.stack(states) + 1e-9",
        "np.stack(states).astype(complex)",
        "np.asfortranarray(np.stack(states))",
    ],
)
def test_small_departures_of_number_and_layout_are_right(change):
    assert check(RIGHT.replace("np.stack(states)", change)).state == State.RIGHT


def test_an_answer_may_name_its_arguments_as_it_likes():
    body = RIGHT.replace("x:", "seq:").replace("Waa", "W")
    assert make_scan().check(learner(body, arguments="seq, a0, W")).state == State.RIGHT


@pytest.mark.parametrize("value", ["3", "3.0", "np.array(3)", "np.float32(3)", "np.int64(3)"])
def test_any_kind_of_number_will_do_for_a_number(value):
    exercise = make_number(lambda u: 3.0)
    assert exercise.check(learner(f"return {value}", "number", "u")).state == State.RIGHT


# --- nothing to check ----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), (None,), (np.zeros(3),), ("scan",), (make_scan(),)])
def test_something_else_than_a_function_gets_a_sentence(arguments):
    result = make_scan().check(*arguments)
    assert result.state == State.NOT_A_FUNCTION
    assert result.says == "hand over your function itself, without calling it: `check(scan)`."
    assert not progress.path().exists()


@pytest.mark.parametrize("arguments", ["", "x, a0", "x, a0, Waa, Wax"])
def test_wrong_arguments_get_a_sentence(arguments):
    result = make_scan().check(learner("return 1", arguments=arguments))
    assert result.state == State.WRONG_ARGUMENTS
    assert result.says.startswith("`scan` should take `(x, a0, Waa)`")


# --- known mistakes ------------------------------------------------------------------------------


def test_each_known_mistake_gets_its_own_sentence():
    exercise = make_scan()
    for mistake in exercise.known:
        result = exercise.check(mistake.function)
        assert result.state == State.KNOWN_MISTAKE
        assert result.says.startswith(mistake.says)
        assert result.heading == "Wrong, in a known way"


def test_a_mistake_that_ends_in_an_error_shows_the_error_too():
    says = check(RIGHT.replace("Waa @ a", "x_t @ a")).says
    assert says.startswith(
        "`x_t` stands in the place of `Waa`. (`scan` stopped at line 4, `a = np.tanh("
    )


def test_a_mistake_that_changes_an_input_is_told_from_one_that_does_not():
    body = "a = 2 * a0" + RIGHT.replace("a, states = a0, []", "\n    states = []")
    assert check(textwrap.dedent(body).replace("\n    ", "\n")).state == State.DIFFERENT


@pytest.mark.parametrize("change", ["nowhere → b", "a → b", "Waa @ a"])
def test_a_change_must_be_clear(change):
    with pytest.raises(ValueError, match="exactly once in scan, got '"):
        _ = make_scan(mistakes={change: "…"}).known


# --- right numbers, made by something else -------------------------------------------------------


def test_what_the_package_has_made_is_not_yet_solved():
    exercise = make_number(lambda u: softmax(u) * 1.0, {"p": "(T, m)"}, by_hand=("softmax",))
    exercise.name = "number"
    body, scope = "return softmax(u)", {"np": np, "softmax": softmax}
    result = exercise.check(learner(body, "number", "u", scope))
    assert result.state == State.NOT_BY_HAND
    assert str(result).startswith(
        "Right numbers: `softmax` of the package has made them. Now write it yourself."
    )
    assert not progress.read()[exercise.id].right


def test_a_right_answer_with_helpers_that_call_each_other_is_right():
    scope = {"np": np}
    learner("return u if k == 0 else odd(u, k - 1)", "even", "u, k", scope)
    learner("return u if k == 0 else even(u, k - 1)", "odd", "u, k", scope)
    answer = learner(RIGHT.replace("np.stack(states)", "even(np.stack(states), 3)"), scope=scope)
    assert make_scan().check(answer).state == State.RIGHT


def test_the_long_form_where_the_short_one_is_asked_is_not_yet_solved():
    asks = lambda tree: "now with one product." if source.products(tree) > 1 else ""  # noqa: E731
    exercise = make_number(lambda u: u.T @ u, {"G": "(m, m)"}, asks=asks)
    long = learner("return (u.T @ u + u.T @ u) / 2", "number", "u")
    assert exercise.check(long).says == "now with one product."
    assert exercise.check(learner("return u.T @ u", "number", "u")).state == State.RIGHT


# --- hint, solution, progress --------------------------------------------------------------------


def test_hints_come_one_by_one_and_end():
    exercise = make_scan()
    shown = [str(exercise.hint()) for _ in range(4)]
    assert shown[0] == "Hint 1 of 2: Carry the state along."
    assert shown[1] == "Hint 2 of 2: Use `np.stack` at the end."
    assert shown[2] == shown[3]
    assert shown[2].startswith("No more hints: you have seen all 2.")


def test_the_solution_shows_the_reference_under_the_learners_name():
    exercise = make_scan()
    shown = exercise.solution()
    assert shown.code.startswith("def scan(x, a0, Waa):\n    a, states = a0, []")
    assert shown.code.strip() in str(shown)
    assert progress.read()[exercise.id].solution_seen
    assert progress.read()[exercise.id].attempts == 0
    assert exercise.check(learner(RIGHT)).state == State.RIGHT


def test_attempts_are_recorded():
    exercise = make_scan()
    exercise.check(learner("return x"))
    exercise.check(learner(RIGHT))
    exercise.check(learner("return x"))
    entry = progress.read()[exercise.id]
    assert (entry.attempts, entry.right, entry.solution_seen) == (3, True, False)


def test_progress_that_cannot_be_saved_costs_a_sentence_at_each_check(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "file" / "progress.json"))
    exercise = make_scan()
    first, second = exercise.check(learner(RIGHT)), exercise.check(learner(RIGHT))
    assert first.state == second.state == State.RIGHT
    for feedback in (first, second):
        assert "Your progress could not be saved" in str(feedback)
        assert "Your progress could not be saved" in feedback._repr_html_()


# --- the exercise as data ------------------------------------------------------------------------


def test_inputs_are_fresh_for_every_call():
    exercise = make_scan()
    exercise.check(learner("x *= 0; a0 *= 0; Waa *= 0; return x"))
    assert exercise.check(learner(RIGHT)).state == State.RIGHT


def test_cases_may_be_a_tuple_in_the_order_of_the_arguments():
    case = descend().inputs()[0]
    assert list(case) == ["params", "rate"]


def test_an_exercise_without_inputs_is_refused():
    with pytest.raises(ValueError, match="takes or cases must say"):
        make_scan(takes={})


def test_an_exercise_introduces_itself():
    exercise = make_scan()
    assert exercise.id == "sample_exercise.scan"
    assert repr(exercise).endswith("scan, Scan: check(scan), hint(), solution()")


# --- what it costs -------------------------------------------------------------------------------


def test_the_engine_imports_numpy_and_nothing_heavier():
    script = (
        "import sys; from rnn_helpers.lessons import catalogue; catalogue();"
        "print(*sorted({'matplotlib', 'ipywidgets', 'anywidget', 'IPython', 'pandas'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == ""


def test_a_check_is_quick():
    exercise, answer = make_scan(), learner("return x")
    before = time.process_time()
    exercise.check(answer)
    assert time.process_time() - before < 0.5


async def later(x, a0, Waa):
    return x


async def one_by_one_later(x, a0, Waa):
    yield x


def one_by_one(x, a0, Waa):
    yield x


class Later:
    async def __call__(self, x, a0, Waa):
        return x


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (later, "`scan` is asynchronous (`async def`): begin it with `def` alone."),
        (one_by_one_later, "`scan` is asynchronous"),
        (Later(), "`scan` is asynchronous"),
        (one_by_one, "`scan` has a `yield`, so it returns a generator"),
    ],
)
def test_a_function_that_would_only_begin_later_is_named(answer, says):
    result = make_scan().check(answer)
    assert result.state == State.WRONG_TYPE
    assert result.says.startswith(says)


def test_an_answer_that_cannot_be_hashed_is_checked_like_any_other():
    class Unhashable:
        __hash__ = None

        def __call__(self, x, a0, Waa):
            return right(x, a0, Waa)

    right = learner(RIGHT)
    assert make_scan().check(Unhashable()).state == State.RIGHT


# --- what is counted -----------------------------------------------------------------------------


def test_known_mistakes_are_counted_by_key_and_others_by_kind():
    exercise = make_scan()
    exercise.check(learner(RIGHT.replace("Waa @ a", "Waa.T @ a")))
    exercise.check(learner(RIGHT.replace("np.stack(states)", "np.stack(states)[:, :1]")))
    exercise.check(learner("return undefined"))
    exercise.hint()
    exercise.hint()
    exercise.check(learner(RIGHT))
    entry = progress.read()[exercise.id]
    assert entry.mistakes == {exercise.known[0].key: 1}
    assert sum(entry.failures.values()) == 2 and "unknown_name" in entry.failures
    assert set(entry.failures) <= set(KINDS)
    assert (entry.attempts, entry.tries, entry.hints, entry.unaided) == (4, 4, 2, False)


def test_each_known_mistake_is_counted_as_itself():
    exercise = make_scan()
    for mistake in exercise.known:
        exercise.check(mistake.function)
    entry = progress.read()[exercise.id]
    assert entry.mistakes == {mistake.key: 1 for mistake in exercise.known}
    assert entry.failures == {}


def test_two_known_mistakes_at_once_are_both_counted():
    exercise = make_scan()
    wrong = RIGHT.replace("Waa @ a", "Waa.T @ a").replace("np.stack(states)", "a")
    exercise.check(learner(wrong))
    one, two = exercise.known[0], exercise.known[2]
    assert progress.read()[exercise.id].mistakes == {one.key: 1, two.key: 1}
