"""What was returned beside what was expected: its type, its parts and its shape."""

import re

import pytest
from sample_exercise import RIGHT, check, descend, learner, make_number

from rnn_helpers.checking.feedback import State


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("None", "`scan` returned nothing: is there a `return`?"),
        ("...", "`scan` returned `...`, a placeholder"),
        ("'a'", "`scan` returned a string, expected an array of shape (T, n_a, m) = ("),
        ("[x[0], a0[:1]]", "a list of 2 values"),
        ("[x[0], a0[:1]]", "Its entries have unequal lengths"),
        ("[list(a0), 2]", "`np.array` turns a list into one array."),
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
    assert "`total` is right. `turned` has the right shape but other numbers" in result.says


def test_values_may_be_nested():
    exercise = make_number(
        lambda u: (u.T, (u + 1, u + 2)), {"a": "(m, T)", "h": "(T, m)", "c": "(T, m)"}
    )
    assert exercise.check(learner("return u.T, (u + 1, u + 2)", "number", "u")).state == "right"
    swapped = exercise.check(learner("return u.T, (u + 2, u + 1)", "number", "u"))
    assert "`a` is right. `h` has the right shape but other numbers" in swapped.says
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
    assert "`dW` has the wrong shape: got" in says("dict(dW=u, db=1)")


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


# --- classes of the learner's own ----------------------------------------------------------------

ODD = {
    "getattr": "class Odd:\n    def __getattr__(self, name):\n        raise KeyError(name)\n",
    "array": "class Odd:\n    def __array__(self, *given, **named):\n        raise KeyError\n",
    "len": "class Odd(list):\n    def __len__(self):\n        raise KeyError\n",
    "dict": "class Odd(dict):\n    def keys(self):\n        raise KeyError\n",
    "repr": "class Odd:\n    def __repr__(self):\n        raise KeyError\n",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
@pytest.mark.parametrize("value", ["Odd()", "[Odd()]", "Odd(), 1", "(1, Odd())"])
@pytest.mark.parametrize("agree", [None, lambda inputs, expected, got: (got > 0).all()])
def test_a_class_that_cannot_be_looked_at_gets_a_sentence(body, value, agree):
    result = check(f"{body}return {value}", agree=agree)
    assert result.state == State.WRONG_TYPE
    two = make_number(_two, TWO, agree=agree)
    assert two.check(learner(f"{body}return {value}", "number", "u")).state == State.WRONG_TYPE


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
@pytest.mark.parametrize("value", ["Odd()", "[[1], [1, 2]]"])
def test_so_does_one_among_the_inputs_that_were_changed(body, value):
    result = descend().check(learner(f"{body}params['W'] = {value}", "descend", "params, rate"))
    assert result.state != State.RIGHT


# --- wrong shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("1 + np.stack(states).T", "It looks transposed."),
        ("1 + np.stack(states).transpose(1, 0, 2)", "The axes are all there, in another order."),
        ("1 + np.stack(states)[None]", "There is an axis of length 1 too many."),
        ("1 + np.stack(states).sum(axis=2)", "The axis m is missing."),
        ("1 + np.stack(states).sum(axis=2, keepdims=True)", "The axis m has shrunk to length 1."),
        ("1 + np.stack([a0, *states])", "That is one step too many."),
        ("0.0", "One number came for all"),
    ],
)
def test_a_wrong_shape_is_named_with_advice(value, advice):
    result = check(RIGHT.replace("np.stack(states)", value))
    assert result.state == State.WRONG_SHAPE
    assert re.search(
        r"`a` has the wrong shape: got \(.*\), expected \(T, n_a, m\) = \(", result.says
    )
    assert advice in result.says or "does not depend" in result.says


def test_a_lost_axis_of_length_one_recalls_keepdims():
    exercise = make_number(lambda u: u.sum(axis=1, keepdims=True), {"db": "(T, 1)"})
    result = exercise.check(learner("return 1 + u.sum(axis=1)", "number", "u"))
    assert result.says.endswith("The axis of length 1 is missing: `keepdims=True` keeps it.")


def test_a_single_number_is_expected_by_that_name():
    result = make_number(lambda u: 3.0).check(learner("return u[:1, :1]", "number", "u"))
    assert "`total` has the wrong shape: got (1, 1), expected a single number." in result.says


def test_a_list_in_the_place_of_the_callers_array_is_not_right():
    """The caller goes on with it as with the array that it gave."""
    right = "for name in params:\n    params[name] -= rate"
    listed = f"{right}\n    params[name] = params[name].tolist()"
    for body, is_right in ((right, True), (listed, False)):
        result = descend().check(learner(body, "descend", "params, rate"))
        assert (result.state == State.RIGHT) is is_right
