"""The inputs that are drawn for a check."""

import numpy as np

from rnn_helpers.checking.inputs import draw


def test_drawn_arrays_have_the_shapes_asked_for_and_no_two_sizes_alike():
    shapes = {"x": "(T, n_x, m)", "Wa": "(n_a, n_a + n_x)", "gates": "(3*n_a, 1)", "rate": "()"}
    for seed in range(20):
        case = draw(np.random.default_rng(seed), shapes, m=3)
        T, n_x, m = case["x"].shape
        n_a = case["gates"].shape[0] // 3
        assert case["Wa"].shape == (n_a, n_a + n_x)
        assert case["gates"].shape == (3 * n_a, 1)
        assert isinstance(case["rate"], float)
        assert m == 3
        assert len({T, n_x, n_a, m}) == 4
        assert min(T, n_x, n_a) >= 2
