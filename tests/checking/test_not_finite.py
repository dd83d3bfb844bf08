"""Where a nan or an infinity comes from is said, with the line."""

import numpy as np
import pytest
from sample_exercise import learner, make_number


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


def test_nan_is_not_taken_for_a_missing_argument():
    exercise = make_number(lambda u: u.sum())
    said = exercise.check(learner("return (u - u).sum() / (u - u).max()", "number", "u")).says
    assert "does not depend on" not in said
