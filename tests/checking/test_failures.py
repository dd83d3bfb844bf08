"""What is said of an answer that ends in an error: what helps, and only if it is true."""

import re

import pytest
from sample_exercise import check, learner, make_number

from rnn_helpers.checking.feedback import State


def test_a_product_that_does_not_fit_names_both_sizes():
    says = make_number(lambda u: u.sum()).check(learner("return u @ u", "number", "u")).says
    T, m = re.search(r"`u` \((\d+), (\d+)\)", says).groups()
    assert f"left factor has m = {m} columns, but the right one has T = {T} rows" in says
    assert "gufunc" not in says


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import math\nreturn math.tanh(x)", "The functions of `math` take one number."),
        ("return max(x[0], a0)", "Python's `max` and `min` compare whole things"),
        ("if x > 0:\n    return x", "want one True or False, and an array has many"),
        ("return x ^ 2", "`^` is no power in Python. A power is written `**`."),
        ("return x & x", "`&` and `|` join True and False only."),
        ("return [x] @ [x]", "A list is no array, and does not calculate"),
        ("return {'a': x}.values() ** 2", "Go through them one by one"),
        ("return np.concatenate([3, [4]])", "In square brackets it is a list of one."),
        ("return x(3)", "Round brackets behind something call it."),
        ("return np.zeros(2.5)", "Places and sizes are whole numbers."),
        ("return 1 / 0", "See that this case never reaches the division."),
        ("return x[99]", "Places are counted from 0"),
        ("return x.sum(axis=5)", "Axes are counted from 0"),
        ("return np.linalg.svd(Waa).max()", "Take the one you need by name."),
        ("a, b = 3\nreturn x", "A single number stands where several values are expected."),
        ("return x + y_hat", "and nothing called `y_hat`."),
        ("return x + a1", "Did you mean `a0`?"),
        ("return np.tahn(x)", "NumPy has no function of that name."),
        ("a0 += x\nreturn a0", "What is added in place has another shape."),
    ],
)
def test_an_error_everybody_meets_comes_with_what_helps(body, words):
    result = check(body)
    assert result.state == State.RAISED
    assert words in result.says and result.kind


def test_an_error_of_ones_own_comes_as_it_is():
    assert check("raise ValueError('mine')").kind == ""


def test_a_call_that_only_waited_is_not_blamed_for_a_loop():
    result = check("time.sleep(60)", seconds=0.2)
    assert "It was waiting most of that time" in result.says
