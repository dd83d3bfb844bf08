"""Where a nan or an infinity comes from is said, with the line."""

import ast

import numpy as np
import pytest
from sample_exercise import learner, make_number

from rnn_helpers.checking import source


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("np.exp(1000 + u).sum() + u.max() ** 7", "line 2, `return np.exp(1000 + u).sum() + "),
        ("np.exp(1000 + u).sum() + u.max() ** 7", "`exp` overflows there"),
        ("(u - u).sum() / (u - u).max() * u.std() ** 5", "0 is divided by 0 there"),
        ("np.log(u - u).sum() * u.std() ** 5", "the logarithm of 0 is taken there"),
        ("np.sqrt(-abs(u)).sum() * u.std() ** 5", "the root of a negative number"),
        ("np.where(u > 0, np.nan, u).sum() * u.std() ** 5", "a nan is put in"),
    ],
)
def test_the_operation_is_named(line, words):
    exercise = make_number(lambda u: np.cos(u).prod() + 3)
    assert words in exercise.check(learner(f"return {line}", "number", "u")).says


@pytest.mark.parametrize(
    "text", ["x  # no nan here", 'x or """nan"""', "np.nan_to_num(x)", "print('nan')"]
)
def test_a_word_is_no_nan(text):
    assert not source.makes_nan(ast.parse(text))


@pytest.mark.parametrize(
    "text",
    ["np.nan", "x + nan", 'float("nan")', "np.float64('NaN')", "np.asarray('nan', float)"],
)
def test_a_nan_of_every_spelling_is_seen(text):
    assert source.makes_nan(ast.parse(text))


def test_a_comment_is_not_the_cause():
    exercise = make_number(lambda u: np.cos(u).prod() + 3)
    body = "# why is it nan\nreturn np.log(u - u).sum() * u.std() ** 5"
    said = exercise.check(learner(body, "number", "u")).says
    assert "the logarithm of 0 is taken there" in said and "put in" not in said


def test_nan_is_not_taken_for_a_missing_argument():
    exercise = make_number(lambda u: u.sum())
    said = exercise.check(learner("return (u - u).sum() / (u - u).max()", "number", "u")).says
    assert "does not depend on" not in said
