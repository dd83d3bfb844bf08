"""The way back through a name, against numerical slopes."""

import numpy as np
import pytest

from rnn_helpers.experiments import vowels

NAME = "oviraptor"


@pytest.fixture
def params() -> dict[str, np.ndarray]:
    rng, n_a = np.random.default_rng(3), 3
    shapes = {"Waa": (n_a, n_a), "Wax": (n_a, 27), "ba": (n_a, 1), "Wya": (1, n_a), "by": (1, 1)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def test_the_target_is_whether_a_vowel_comes_next() -> None:
    y = vowels.next_is_vowel("kolie")
    assert y.shape == (5, 1, 1)
    assert y.ravel().tolist() == [1, 0, 1, 1, 0]


@pytest.mark.parametrize(("i", "j"), [(0, 1), (2, 0), (1, 1)])
def test_shares_add_up_to_the_slope_of_the_loss(params, i: int, j: int) -> None:
    shares = vowels.way_back(params, NAME).shares
    assert shares.shape == (len(NAME), 3, 3)
    h, losses = 1e-5, []
    for nudge in (h, -h):
        Waa = params["Waa"].copy()
        Waa[i, j] += nudge
        losses.append(vowels.nudged_loss(params | {"Waa": Waa}, NAME))
    slope = (losses[0] - losses[1]) / (2 * h)
    assert shares.sum(axis=0)[i, j] == pytest.approx(slope, rel=1e-7)


def test_a_complex_nudge_gives_the_slope_to_the_last_digits(params) -> None:
    exact = vowels.way_back(params, NAME).shares.sum(axis=0)[0, 1]
    slope = np.imag(vowels.nudged_loss(params, NAME, 1e-30j)) / 1e-30
    assert slope == pytest.approx(exact, rel=1e-13)
    assert isinstance(vowels.nudged_loss(params, NAME, 0.1), float)


def test_total_derivatives_meet_the_immediate_ones_at_the_end(params) -> None:
    immediate, total, _ = vowels.way_back(params, NAME)
    np.testing.assert_array_equal(total[-1], immediate[-1])
    assert np.abs(total[:-1] - immediate[:-1]).min() > 0
