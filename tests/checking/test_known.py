"""Which known mistake an answer has made, and how much is said of it."""

import re

import numpy as np
import pytest
from sample_exercise import RIGHT, learner, make_number, make_scan, scan

from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.known import changed, mistakes_of

TRANSPOSED = {"Waa @ a → Waa.T @ a": "`Waa` is turned round. || Write `Waa @ a`."}


def test_the_right_line_is_shown_only_when_the_same_mistake_comes_again():
    exercise = make_scan(mistakes=TRANSPOSED)
    answer = learner(RIGHT.replace("Waa @ a", "Waa.T @ a"))
    first, second = exercise.check(answer), exercise.check(answer)
    assert first.says == "`Waa` is turned round."
    assert second.says == "`Waa` is turned round. Write `Waa @ a`."


def test_another_mistake_in_between_does_not_show_the_line_of_either():
    mistakes = TRANSPOSED | {" + x_t → ": "nothing is read. || Add `x_t`."}
    exercise = make_scan(mistakes=mistakes)
    exercise.check(learner(RIGHT.replace("Waa @ a", "Waa.T @ a")))
    other = exercise.check(learner(RIGHT.replace(" + x_t", "")))
    assert other.says == "nothing is read."


def test_two_mistakes_at_once_are_both_named():
    mistakes = {"Waa @ a → Waa.T @ a": "`Waa` is turned.", "np.stack(states) → a": "only the last."}
    body = RIGHT.replace("Waa @ a", "Waa.T @ a").replace("np.stack(states)", "a")
    result = make_scan(mistakes=mistakes).check(learner(body))
    assert result.state == State.KNOWN_MISTAKE
    assert result.says == "two things at once. First: `Waa` is turned. Second: only the last."


def _both(u):
    b = 2 * u
    return u + 1, b


def test_a_mistake_in_one_part_is_named_whatever_is_wrong_with_another():
    exercise = make_number(
        _both, {"a": "(T, m)", "b": "(T, m)"}, mistakes={"u + 1 → u - 1": "less."}
    )
    result = exercise.check(learner("return u - 1, u**2", "number", "u"))
    assert result.says.startswith("less. (Something else is wrong as well.)")


def test_a_later_call_of_another_type_does_not_stop_the_search():
    exercise = make_number(
        _both, {"a": "(T, m)", "b": "(T, m)"}, mistakes={"u + 1 → u - 1": "less."}
    )
    body = "return (u - 1, u**2) if len(u) > 1 else 'one'"
    result = exercise.check(learner(body, "number", "u"))
    assert result.state in (State.DIFFERENT, State.WRONG_TYPE)


SHAPES = {"np.tanh(Waa @ a + x_t) → np.diag(Waa) @ np.ones(1)": "`np.diag` takes a diagonal."}


@pytest.mark.usefixtures("from_the_numbers_alone")
def test_a_mistake_that_would_have_spoiled_a_part_that_is_right_was_not_made():
    def two(x, a0, Waa):
        low = np.tanh(Waa @ a0)
        return low, np.tanh(Waa @ low)

    mistakes = {"np.tanh(Waa @ a0) → Waa @ a0": "the tanh of the lower layer is missing."}
    changes = {"returns": {"low": "(n_a, m)", "high": "(n_a, m)"}, "mistakes": mistakes}
    exercise = make_scan(reference=two, **changes)
    result = exercise.check(learner("z = Waa @ a0\nreturn np.tanh(z), np.tanh(Waa @ z)", "two"))
    assert "the tanh of the lower layer is missing" not in result.says


@pytest.mark.parametrize("line", ["np.diag(Waa) @ np.ones(1)", "np.ones(len(Waa)) @ np.ones(1)"])
def test_an_error_is_put_down_to_a_mistake_only_if_its_own_text_stands_there(line):
    exercise = make_scan(mistakes=SHAPES)
    result = exercise.check(learner(RIGHT.replace("np.tanh(Waa @ a + x_t)", line)))
    assert (result.state == State.KNOWN_MISTAKE) == ("diag" in line)
    assert ("If you wrote" in result.says) == (
        "diag" not in line and "takes a diagonal" in result.says
    )


def test_the_inputs_of_a_failing_case_can_be_had_again():
    exercise = make_scan()
    body = learner("return np.sin(x) ** 3 - 0.1")
    said = exercise.check(body, seed=77).note
    assert said == "The inputs of this case: `exercises.scan.inputs(77)[0]`."
    shown = float(re.search(r"expected ([^)]+)\)", exercise.check(body, seed=77).says)[1])
    assert np.isclose(scan(**exercise.inputs(77)[0]), shown, rtol=1e-2).any()
    assert not np.isclose(scan(**exercise.inputs(78)[0]), shown, rtol=1e-4).any()


def test_several_changes_may_be_made_at_once():
    wrong = changed(make_scan().reference, "Waa @ a → Waa.T @ a", " + x_t → ")
    x, a0, W = np.ones((1, 2, 1)), np.array([[1.0], [2.0]]), np.array([[0.1, 0.2], [0.3, 0.4]])
    np.testing.assert_allclose(wrong(x, a0, W)[0], np.tanh(W.T @ a0))


# --- what they are counted by --------------------------------------------------------------------


def test_the_key_of_a_mistake_outlasts_its_place_its_sentence_and_its_spaces():
    def _doubled(x, a0, Waa):
        return 2 * scan(x, a0, Waa)

    changes = {"Waa @ a → Waa.T @ a": "It is transposed.", _doubled: "It is doubled."}
    turned = {_doubled: "Twice.", "Waa @ a →  Waa.T  @ a": "Another sentence. || More."}
    keys = [mistake.key for mistake in mistakes_of(scan, changes)]
    assert keys == [mistake.key for mistake in mistakes_of(scan, turned)][::-1]
    assert len(set(keys)) == 2 and all(re.fullmatch("[0-9a-f]{8}", key) for key in keys)
