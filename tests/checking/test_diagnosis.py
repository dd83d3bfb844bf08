"""The order in which an answer is looked at, and the sentence for what it changed."""

import numpy as np
import pytest
from sample_exercise import descend, learner, make_number, make_scan, scan

from rnn_helpers.checking.feedback import State


def test_a_wrong_type_is_named_before_a_wrong_shape_and_that_before_wrong_numbers():
    def number(u):
        return u.T, u + 1

    exercise = make_number(number, {"a": "(m, T)", "b": "(T, m)"})
    says = [
        exercise.check(learner(f"return {value}", "number", "u")).state
        for value in ("u + 2, 'b'", "u.T + 2, u.T * 3", "u.T * np.nan, u + 2", "u.T, u + 2")
    ]
    assert says == [State.WRONG_TYPE, State.WRONG_SHAPE, State.NOT_FINITE, State.DIFFERENT]


def test_a_scalar_is_shown_with_the_case_that_fits_on_a_line():
    exercise = make_number(lambda u: float(np.abs(u).sum()), {"total": "()"})
    result = exercise.check(learner("return float(u.sum()) - 100", "number", "u"))
    assert " for u = [[" in result.says


@pytest.mark.parametrize("change", ["a0 += 1", "Waa[0, 0] = 0; a0[...] = 1", "x.sort(axis=0)"])
def test_a_changed_input_is_named(change):
    body = "x, a0, Waa = x, a0, Waa\nresult = scan_(x, a0, Waa)\n" + change + "\nreturn result"
    answer = learner(body, scope={"np": np, "scan_": scan})
    result = make_scan().check(answer)
    assert result.state == State.CHANGED_INPUT
    assert result.says.startswith("your function changed `")
    assert ("`a0` and `Waa`" in result.says) == ("Waa" in change)


@pytest.mark.parametrize(
    ("body", "state", "says"),
    [
        ("for p in params.values(): p -= rate", "right", "agrees"),
        ("for p in params.values(): p += rate", "known mistake", "the step goes uphill."),
        (
            "for p in params.values(): p = p - rate",
            "changed its input",
            "should change `params` in place",
        ),
        ("params['W'] -= rate", "different", "`params['W']` is right. `params['b']` has"),
        ("params.clear()", "different", "`params` is `{}`, expected"),
    ],
)
def test_an_exercise_may_be_about_changing_an_input(body, state, says):
    result = descend().check(learner(body, "descend", "params, rate"))
    assert result.state == state
    assert says in result.says
