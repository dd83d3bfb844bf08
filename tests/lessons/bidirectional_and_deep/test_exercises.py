"""What the exercises of ``11_bidirectional_and_deep`` say to answers nobody foresaw."""

import re

import numpy as np

from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.bidirectional_and_deep import exercises


def test_a_wrong_count_comes_with_the_sizes_it_belongs_to():
    def count_deep(n_x, sizes, n_y):
        return 5

    result = exercises.count_deep.check(count_deep)
    parts = re.search(
        r"`total` is 5, expected (\d+) for n_x = (\d+), sizes = \[([\d, ]+)\], n_y = (\d+)\.",
        result.says,
    )
    assert result.state == State.DIFFERENT and parts
    right, n_x, n_y = (int(parts[k]) for k in (1, 2, 4))
    sizes = [int(n) for n in parts[3].split(",")]
    reads = [n_x, *sizes]
    arrays = [np.zeros((n, n + below + 1)) for n, below in zip(sizes, reads)]
    assert right == sum(a.size for a in arrays) + n_y * sizes[-1] + n_y


def test_a_zero_stands_among_the_words_of_every_sentence():
    """So a mask made of "not 0" is never right by chance."""
    for case in exercises.mirror.inputs():
        for column, n in zip(case["x"].T, case["lengths"], strict=True):
            assert (column[:n] == 0).sum() == 1
    for case in exercises.delayed.inputs():
        for name in ("x", "y"):
            np.testing.assert_array_equal(((case[name] == 0) & case["mask"]).sum(axis=0), 1)
