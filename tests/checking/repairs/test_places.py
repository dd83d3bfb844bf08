"""Edits of places and names: what they make of a line, and what they say of it."""

import pytest

from rnn_helpers.checking.repairs.places import edits


@pytest.mark.parametrize(
    ("line", "new", "says"),
    [
        ("return x[t]", "return x[t - 1]", "`x[t]` is one place too late."),
        ("return x[t - 1]", "return x[t - 1 + 1]", "is one place too early"),
        ("return x[0]", "return x[1]", "is one place too early"),
        ("return x[-d:]", "return x[-d]", "is a slice of several entries"),
        ("return x[:, -1]", "return x[-1]", "reads along another axis than it should"),
        ("return x[t]", "return x[:, t]", "reads along the first axis"),
        ("return x[t, d]", "return x[d, t]", "the two places"),
        ("return x[t]", "return x", "is one entry, and all are meant"),
        ("return x[1:]", "return x[0:]", "must begin one place earlier"),
        ("return x[:t]", "return x[:t + 1]", "must end one place later"),
        ("return x[:t]", "return x[t:]", "is the other part"),
        ("return x[::-1]", "return x[:]", "turns the order round, which it should not"),
        ("return x[0]", "return x[-d]", "is the wrong entry"),
        ("return x * 2", "return x * 3", "is one too small"),
        ("return x + 0", "return x + t", "stands where a variable belongs"),
        ("return x", "return y", "`x` stands where another variable belongs."),
        ("return W @ x", "return W.T @ x", "`W` should be transposed here."),
        ("return x[mask]", "return x[(~mask)]", "it is True where that is not"),
        ("return x * y", "return (1 - x) * y", "stands where 1 minus it belongs"),
    ],
)
def test_a_place(made, line, new, says):
    assert says in made(edits, line)[new]


def test_a_condition_is_not_taken_from_1(made):
    assert "return 2 if (1 - x) else 3" not in made(edits, "return 2 if x else 3")


def test_a_transpose_is_not_transposed_again(made):
    assert "return W.T.T @ x" not in made(edits, "return W.T @ x")
