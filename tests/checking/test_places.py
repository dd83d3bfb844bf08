"""Where the numbers differ, counted as the notebooks count."""

import numpy as np
import pytest
from sample_exercise import RIGHT, check, learner, make_number, make_scan

from rnn_helpers.checking import places
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.trial import Call, Part


def test_numbers_that_are_not_finite_are_counted_and_placed():
    result = check(
        RIGHT.replace(
            "np.stack(states)", "[s := np.stack(states), s.__setitem__((1, 0, 1), np.nan)][0]"
        )
    )
    assert result.state == State.NOT_FINITE
    assert "1 of its" in result.says
    assert "numbers is nan or inf, the first at t = 2, unit 1, example 2." in result.says


def test_infinity_is_right_where_the_reference_has_it():
    exercise = make_number(lambda u: np.where(u > 0, u, -np.inf), {"masked": "(T, m)"})
    right = learner("return np.where(u > 0, u, -np.inf)", "number", "u")
    wrong = learner("return np.where(u > 0, u, 0)", "number", "u")
    assert exercise.check(right).state == State.RIGHT
    assert exercise.check(wrong).state == State.DIFFERENT


def test_a_difference_is_placed_along_named_axes_with_both_numbers():
    body = RIGHT.replace(
        "np.stack(states)", "[s := np.stack(states), s[-1].__setitem__((0, 1), 9)][0]"
    )
    result = make_scan().check(learner(body), seed=1)
    steps = make_scan().inputs(1)[0]["x"].shape[0]
    assert result.state == State.DIFFERENT
    assert f"at t = {steps}, unit 1, example 2 (yours 9, expected " in result.says
    right = ", ".join(map(str, range(1, steps)))
    assert f"It is right at t = {right}." in result.says


@pytest.mark.parametrize(
    ("axes", "place", "words"),
    [
        (("T", "n_a", "m"), (0, 1, 2), " at t = 1, unit 2, example 3"),
        (("n_x", "1"), (2, 0), " at row 2 (from 0)"),
        (("T_y", "m"), (1, 0), " at t = 2, example 1"),
        (("L", "T"), (3, 0), " at layer 4, t = 1"),
        (("T + 1", "n_a"), (3, 0), " at index 3, unit 1"),
        (("3*n_a", "n_x"), (4, 0), " at row 4 (from 0), row 0 (from 0)"),
        ((), (2, 1), " at index (2, 1)"),
    ],
)
def test_a_place_is_worded_along_its_axes(axes, place, words):
    assert places.at(Part("a", axes, None, None), place) == words


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"n": 3, "rate": 0.25}, " for n = 3, rate = 0.25"),
        ({"mask": np.array([[True, False]])}, " for mask = [[True, False]]"),
        ({"f": abs, "n": 3}, " for n = 3"),
        ({"x": np.zeros((9, 9)), "n": 3}, ""),
        ({"p": {"W": np.ones(2)}}, ""),
        ({}, ""),
    ],
)
def test_inputs_are_written_out_if_they_fit_on_a_line(inputs, words):
    assert places.inputs_in_words(Call(inputs, {}, Outcome(), Outcome())) == words


def test_a_wrong_number_stands_beside_the_right_one():
    result = make_number(lambda u: 3.0).check(learner("return 4.25", "number", "u"))
    assert result.says.startswith("`total` is 4.25, expected 3")
