"""A line that does another thing than most people think is pointed out where an answer fails."""

import numpy as np
import pytest
from sample_exercise import learner, make_number


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("np.append(u, u) @ u", "has no `axis`: NumPy lays the arrays flat"),
        ("u @ u.ravel()", "lays everything flat, in one row"),
        ("np.diag(u[:, :1]) @ u @ u", "of a column `(n, 1)` it reads a diagonal"),
        ("u + np.zeros(3, 4, 5)", "the sizes stand in a bracket of their own"),
        ("np.vstack(u, u) ** 3", "takes one list of the parts"),
    ],
)
def test_a_trap_is_named(line, words):
    exercise = make_number(lambda u: np.tanh(u @ u.T).cumsum(axis=0) ** 2, {"G": "(T, T)"})
    assert words in exercise.check(learner(f"return {line}", "number", "u")).says


def test_sizes_in_a_bracket_and_a_kind_of_number_are_no_trap():
    exercise = make_number(lambda u: np.tanh(u @ u.T).cumsum(axis=0) ** 2, {"G": "(T, T)"})
    said = exercise.check(learner("return np.zeros((3, 4), float) + u", "number", "u")).says
    assert "bracket of their own" not in said


def test_a_line_that_does_what_one_thinks_is_no_trap():
    exercise = make_number(lambda u: np.tanh(u @ u.T).cumsum(axis=0) ** 2, {"G": "(T, T)"})
    said = exercise.check(learner("return np.append(u, u, axis=1) @ u", "number", "u")).says
    assert "flat" not in said
