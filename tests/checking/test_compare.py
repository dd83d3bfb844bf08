"""Whether two values agree."""

import numpy as np
import pytest

from rnn_helpers.checking.compare import same


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
