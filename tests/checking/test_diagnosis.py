"""The sentence for each way in which an answer differs from the reference."""

import re

import numpy as np
import pytest
from sample_exercise import RIGHT, check, descend, learner, make_number, make_scan, scan

from rnn_helpers.checking.feedback import State

# --- wrong type ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("None", "`scan` returned nothing: is there a `return`?"),
        ("...", "`scan` returned `...`, a placeholder"),
        ("'a'", "`scan` returned a string, expected an array of shape (T, n_a, m) = ("),
        ("list(x)", "a list of"),
        ("list(x)", "`np.stack` turns a list into one array."),
        ("[1, 2]", "`np.array` turns a list into one array."),
        ("x,", "returned a tuple of 1 value, expected an array"),
        ("x,", "Is there a comma too many at the end of a line?"),
        ("np.tanh", "returned a function, expected"),
        ("np.array([None])", "returned an array that does not hold numbers, expected"),
        ("{}", "returned a dict, expected"),
        ("np.random", "returned a value of type module, expected"),
    ],
)
def test_a_wrong_type_is_named(value, says):
    result = check(f"return {value}")
    assert result.state == State.WRONG_TYPE
    assert says in result.says


def _two(u):
    return u.sum(), u.T


TWO = {"total": "()", "turned": "(m, T)"}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("u.sum()", "`number` returned a number, expected 2 values, (`total`, `turned`)."),
        ("u", "`number` returned an array of shape"),
        ("1, u.T, 3", "returned a tuple of 3 values, expected 2 values, (`total`, `turned`)."),
        ("1, None", "`turned` is None, expected an array of shape (m, T) ="),
        ("[1], u.T", "`total` is a list of 1 value, expected a single number."),
    ],
)
def test_several_returned_values_are_told_apart(value, says):
    result = make_number(_two, TWO).check(learner(f"return {value}", "number", "u"))
    assert result.state == State.WRONG_TYPE
    assert says in result.says


def test_a_right_part_is_said_to_be_right():
    exercise = make_number(_two, TWO)
    result = exercise.check(learner("return u.sum(), u.T + 1", "number", "u"))
    assert result.state == State.DIFFERENT
    assert result.says.startswith(
        "`total` is right. `turned` has the right shape but other numbers"
    )


def test_values_may_be_nested():
    exercise = make_number(
        lambda u: (u.T, (u + 1, u + 2)), {"a": "(m, T)", "h": "(T, m)", "c": "(T, m)"}
    )
    assert exercise.check(learner("return u.T, (u + 1, u + 2)", "number", "u")).state == "right"
    swapped = exercise.check(learner("return u.T, (u + 2, u + 1)", "number", "u"))
    assert swapped.says.startswith("`a` is right. `h` has the right shape but other numbers")
    flat = exercise.check(learner("return u.T, u + 1, u + 2", "number", "u"))
    assert "expected 2 values, (`a`, (`h`, `c`))." in flat.says


def test_a_dict_is_compared_by_its_keys():
    exercise = make_number(lambda u: {"dW": u.T, "db": u.sum()}, {"dW": "(m, T)", "db": "()"})

    def says(value):
        return exercise.check(learner(f"return {value}", "number", "u")).says

    assert (
        exercise.check(learner("return dict(db=u.sum(), dW=u.T)", "number", "u")).state == "right"
    )
    assert "expected a dict with the keys `dW`, `db`." in says("u")
    assert "a dict with the keys `dW`, expected `dW`, `db`." in says("dict(dW=u.T)")
    assert says("dict(dW=u, db=1)").startswith("`dW` has the wrong shape: got")


@pytest.mark.parametrize(
    ("value", "state"), [("'abc'", "right"), ("'abd'", "different"), ("3", "wrong type")]
)
def test_text_is_compared_as_it_is(value, state):
    exercise = make_number(lambda u: "abc", {"text": "text"})
    assert exercise.check(learner(f"return {value}", "number", "u")).state == state


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("['a', 'b']", "right"),
        ("('a', 'b')", "right"),
        ("['b', 'a']", "different"),
        ("'ab'", "wrong type"),
    ],
)
def test_a_list_is_compared_in_order(value, state):
    exercise = make_number(lambda u: ["a", "b"], {"letters": "list"})
    assert exercise.check(learner(f"return {value}", "number", "u")).state == state


# --- wrong shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("np.stack(states).T", "It looks transposed."),
        ("np.stack(states).transpose(1, 0, 2)", "The axes are all there, in another order."),
        ("np.stack(states)[None]", "There is an axis of length 1 too many."),
        ("np.stack(states).sum(axis=2)", "The axis m is missing."),
        ("np.stack(states).sum(axis=2, keepdims=True)", "The axis m has shrunk to length 1."),
        ("np.stack(states[1:])", "That is one step too few."),
        ("np.stack([a0, *states])", "That is one step too many."),
        ("0.0", "got (), expected (T, n_a, m) ="),
    ],
)
def test_a_wrong_shape_is_named_with_advice(value, advice):
    result = check(RIGHT.replace("np.stack(states)", value))
    assert result.state == State.WRONG_SHAPE
    assert re.match(
        r"`a` has the wrong shape: got \(.*\), expected \(T, n_a, m\) = \(", result.says
    )
    assert advice in result.says


def test_a_lost_axis_of_length_one_recalls_keepdims():
    exercise = make_number(lambda u: u.sum(axis=1, keepdims=True), {"db": "(T, 1)"})
    result = exercise.check(learner("return u.sum(axis=1)", "number", "u"))
    assert result.says.endswith("The axis of length 1 is missing: `keepdims=True` keeps it.")


def test_a_single_number_is_expected_by_that_name():
    result = make_number(lambda u: 3.0).check(learner("return u[:1, :1]", "number", "u"))
    assert result.says == "`total` has the wrong shape: got (1, 1), expected a single number."


def test_a_product_that_does_not_fit_names_both_sizes():
    says = make_number(lambda u: u.sum()).check(learner("return u @ u", "number", "u")).says
    T, m = re.search(r"`u` \((\d+), (\d+)\)", says).groups()
    assert f"left factor has m = {m} columns, but the right one has T = {T} rows" in says
    assert "gufunc" not in says


# --- not finite ----------------------------------------------------------------------------------


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


# --- changed input -------------------------------------------------------------------------------


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


# --- other numbers -------------------------------------------------------------------------------


def test_a_difference_is_placed_along_named_axes_with_both_numbers():
    body = RIGHT.replace(
        "np.stack(states)", "[s := np.stack(states), s[-1].__setitem__((0, 1), 9)][0]"
    )
    result = check(body)
    steps = make_scan().inputs()[0]["x"].shape[0]
    assert result.state == State.DIFFERENT
    assert f"at t = {steps}, unit 1, example 2 (yours 9, expected " in result.says
    right = ", ".join(map(str, range(1, steps)))
    assert result.says.endswith(f"It is right at t = {right}.")


def test_a_constant_factor_is_named():
    def says(value):
        return check(RIGHT.replace("np.stack(states)", value)).says

    assert says("-np.stack(states)").endswith("Only the sign is wrong.")
    assert says("2.5 * np.stack(states)").endswith("It is 2.5 times what it should be, everywhere.")
    assert re.search(
        r"It is T = \d times what it should be: is a sum", says("len(x) * np.stack(states)")
    )
    fewer = says("np.stack(states) / x.shape[0] / x.shape[2]")
    assert re.search(r"It should be T·m = \d+ times as large: is a mean in place of a sum\?", fewer)


def test_a_wrong_number_stands_beside_the_right_one():
    result = make_number(lambda u: 3.0).check(learner("return 4.25", "number", "u"))
    assert result.says == "`total` is 4.25, expected 3."
