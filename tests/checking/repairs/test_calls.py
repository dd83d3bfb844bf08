"""Edits of calls: what they make of a line, and what they say of it."""

import pytest

from rnn_helpers.checking.repairs.calls import edits, wraps


@pytest.mark.parametrize(
    ("line", "new", "says"),
    [
        ("return np.tanh(x)", "return x", "`tanh` is taken of `x`, and should not be."),
        ("return x.argmax(axis=0)", "return x.max(axis=0)", "and not the number itself"),
        ("return np.diag(x)", "return np.diagflat(x)", "reads a diagonal off"),
        ("return x.sum()", "return x.mean()", "a sum stands where a mean is asked for"),
        ("return len(mask)", "return mask.sum()", "and not those that are True"),
        ("return x.sum()", "return x.sum(axis=0)", "runs over everything at once"),
        ("return x.sum(axis=0)", "return x.sum(axis=1)", "runs along the wrong axis"),
        ("return x.sum(axis=0)", "return x.sum()", "all should be taken together"),
        ("return np.roll(x, 1)", "return np.roll(x, 1, axis=0)", "as one flat row"),
        ("return np.append(x, y)", "return np.append(x, y, axis=0)", "as one flat row"),
        ("return np.vstack(x, y)", "return np.vstack([x, y])", "takes one list of the parts"),
        ("return np.dot(x, y)", "return np.dot(y, x)", "the two arguments of"),
        ("return x.sum(axis=0)", "return x.sum(axis=0, keepdims=True)", "`keepdims` is missing"),
        ("return range(t)", "return range(1, t)", "begins one too early"),
        ("return range(1, t)", "return range(1, t + 1)", "must end one later"),
        ("return range(t, d)", "return range(0, d)", "begins at the wrong place"),
        ("return range(t)", "return reversed(range(t))", "runs in the wrong direction"),
        ("return reversed(range(t))", "return range(t)", "the order is reversed"),
        ("return np.tanh(x)", "return sigmoid(x)", "tanh is taken where the sigmoid belongs"),
        ("return np.insert(x, -1, y)", "return np.insert(x, len(x), y)", "in front of the last"),
        ("return np.roll(x, 1, axis=0)", "return np.roll(x, -(1), axis=0)", "wrong direction"),
        ("return float(x)", "return x", "stops at a division by 0"),
        ("return np.abs(x)", "return np.maximum(x, 0)", "does not set it to 0"),
    ],
)
def test_a_call(made, line, new, says):
    assert says in made(edits, line)[new]


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("return np.exp(x)", "an `exp` is missing"),
        ("return np.tanh(x)", "a tanh is missing"),
        ("return (-(x))", "the sign of `x` is wrong"),
        ("return (1 - (x))", "1 minus it belongs"),
        ("return (x).sum()", "is not added up"),
        ("return (x).copy()", "what is done to it later is done to both"),
    ],
)
def test_a_function_that_is_missing(made, new, says):
    assert says in made(wraps, "return x")[new]
