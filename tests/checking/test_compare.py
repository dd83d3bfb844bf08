"""Whether two values agree."""

import numpy as np
import pytest

from rnn_helpers.checking.compare import as_expected, same


class Cell:
    def __init__(self, W):
        self.W = W
        self._calls = 0


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (1, 1.0, True),
        (1.0, np.array([1.0]), False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1e6, 1.0]), np.array([1e6, 1.5]), True),
        (np.zeros(2), np.full(2, 1e-7), True),
        (np.zeros(2), np.full(2, 1e-5), False),
        ([1, 2], (1, 2), False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("a", "a", True),
        (Cell(np.ones(2)), Cell(np.ones(2)), True),
        (Cell(np.ones(2)), Cell(np.zeros(2)), False),
        (np.array([True]), np.array([False]), False),
    ],
)
def test_values_of_any_kind_are_compared(a, b, alike):
    assert same(a, b, tolerance=1e-6) is alike


ONE, TWO = np.ones((2, 3)), np.zeros(2)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (ONE, ONE.tolist()),
        (ONE, tuple(ONE)),
        (TWO, [0, 0.0]),
        (np.zeros(0), []),
        ((ONE, TWO), [list(ONE), (0, 0)]),
        ((TWO, TWO), np.zeros((2, 2))),
        ({"W": ONE, "b": 1.0}, {"b": 1.0, "W": list(ONE)}),
        (["a", "b"], ("a", "b")),
    ],
)
def test_a_list_is_taken_for_what_it_nearly_is(expected, got):
    assert same(expected, as_expected(expected, got))


class Odd:
    def __getattr__(self, name):
        raise ValueError(name)

    def __array__(self, *given, **named):
        raise ValueError

    __len__ = __repr__ = __iter__ = __array__


@pytest.mark.parametrize(
    ("expected", "got"),
    [(ONE, [[1], [1, 2]]), (ONE, (ONE,)), (1.0, [1.0]), (ONE, [Odd()]), (ONE, Odd()), ("a", 3)],
    ids=range(6),
)
def test_what_cannot_be_taken_so_stays_as_it_is(expected, got):
    assert as_expected(expected, got) is got
