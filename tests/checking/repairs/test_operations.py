"""Edits of operations: what they make of a line, and what they say of it."""

import pytest

from rnn_helpers.checking.repairs.operations import edits


@pytest.mark.parametrize(
    ("line", "new", "says"),
    [
        ("return W.T @ x", "return W @ x", "`W` is transposed, and goes in as it is."),
        ("return W @ x", "return W.T @ x", "`W` should be transposed in `W @ x`."),
        ("return x @ W", "return (W @ x)", "the two sides of `@` in `x @ W` are exchanged."),
        ("return x * y", "return (x @ y)", "`*` stands in `x * y` where another operation"),
        ("return x + y", "return x", "the term `y` in `x + y` is too much."),
        ("return x - y", "return (-y)", "the term `x` in `x - y` is too much."),
        ("return x / t * d", "return (x / (t * d))", "divides by `t` alone, and multiplies by `d`"),
        ("return x - y / t", "return ((x - y) / t)", "another operation comes first than should"),
        ("return x[~mask]", "return x[mask]", "the mask is inverted"),
        ("return -x", "return x", "there is a minus sign too many"),
        ("return x < y", "return (x <= y)", "decides wrongly where both sides are equal"),
        ("return x < y", "return (x >= y)", "the condition is reversed"),
        ("return x and y", "return (x or y)", "`and` and `or` are exchanged"),
        ("return x if t else y", "return (y if t else x)", "the two cases of"),
        ("return d * x * (1 - x)", "return (d * (1 - x ** 2))", "the slope of the sigmoid"),
        ("return d * x * (1 - x)", "return d", "the slope `x * (1 - x)` is too much here"),
        ("return 1 - x**2", "return (x * (1 - x))", "is the slope of tanh, and this is a sigmoid"),
        ("return 1 - x**2", "return 1 - np.tanh(x)**2", "takes `x` for a tanh"),
        ("return 1 - x", "return (1 - x ** 2)", "the square is missing in the slope of tanh"),
        ("return 1 - x", "return x", "stands where `x` itself belongs"),
    ],
)
def test_an_operation(made, line, new, says):
    assert says in made(edits, line)[new]
