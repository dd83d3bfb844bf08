"""One unit at its cliff, and the angle between gradients."""

import numpy as np
import pytest

from rnn_helpers.experiments import cliff
from rnn_helpers.optimizers import global_norm


@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize("w, b", [(1.2, 0.1), (2.5, 0.3), (0.9, -0.4)])
def test_unit_gradient_is_the_slope_of_unit_loss(w: float, b: float, T: int) -> None:
    h = 1e-6
    slopes = {
        "Waa": (cliff.unit_loss(w + h, b, T) - cliff.unit_loss(w - h, b, T)) / (2 * h),
        "ba": (cliff.unit_loss(w, b + h, T) - cliff.unit_loss(w, b - h, T)) / (2 * h),
    }
    grads = cliff.unit_gradient(w, b, T)
    for name, slope in slopes.items():
        assert grads[name].shape == (1, 1)
        assert grads[name][0, 0] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("w", [1.0, 1.5, 3.0])
def test_on_the_edge_the_unit_stays_where_it_starts(w: float) -> None:
    stays = (cliff.START - cliff.TARGET) ** 2 / 2
    assert cliff.unit_loss(w, cliff.edge(w), 10) == pytest.approx(stays, rel=1e-6)
    above = cliff.unit_loss(w, cliff.edge(w) + 0.2, 30)
    assert above > 0.3  # runs off upwards, far from the target


def test_gradient_at_the_edge_grows_with_every_step() -> None:
    sizes = [abs(cliff.unit_gradient(1.5, cliff.edge(1.5), T)["ba"][0, 0]) for T in range(1, 25)]
    assert np.all(np.diff(sizes) > 0)
    assert sizes[-1] > 1000 * sizes[0]


def fixed_points(w: float, b: float) -> int:
    """Return how many a the step leaves where they are, by changes of sign of tanh(w a + b) - a."""
    a = np.linspace(-1, 1, 20_000)  # an even number, so that 0 is not one of them
    above = np.tanh(w * a + b) > a
    return int((above[1:] != above[:-1]).sum())


@pytest.mark.parametrize("w, T", [(0.9, 5), (1.05, 30), (1.5, 12)])
def test_steepest_is_the_longest_of_the_gradients(w: float, T: int) -> None:
    offsets = np.linspace(-0.2, 0.2, 81)
    lengths = [global_norm(cliff.unit_gradient(w, cliff.edge(w) + off, T)) for off in offsets]
    assert max(lengths) <= cliff.steepest(w, T) < 1.5 * max(lengths)


def test_the_cliff_begins_where_there_is_more_than_one_fixed_point() -> None:
    assert cliff.steepest(0.9, 300) == pytest.approx(cliff.steepest(0.9, 30), rel=0.01)
    assert cliff.steepest(1.05, 30) == pytest.approx(35.8, abs=0.1)
    assert cliff.steepest(1.05, 300) == pytest.approx(6499, rel=0.01)
    edges = {w: cliff.edge(w) for w in (0.9, 0.95, 1.02, 1.05, 1.1, 1.5)}
    counts = {w: fixed_points(w, b + 1e-6) for w, b in edges.items()}
    assert counts == {0.9: 1, 0.95: 1, 1.02: 3, 1.05: 3, 1.1: 3, 1.5: 3}


def test_angle_between_known_gradients() -> None:
    along, across = {"a": np.array([1.0, 0.0])}, {"a": np.array([0.0, 2.0])}
    diagonal = {"a": np.array([3.0, 3.0])}
    assert cliff.angle(along, across) == pytest.approx(90)
    assert cliff.angle(along, diagonal) == pytest.approx(45)
    assert cliff.angle(along, {"a": -along["a"]}) == pytest.approx(180)
    assert cliff.angle(along, {"a": np.zeros(2)}) == 0
    single = {"a": np.array([0.3, 0.1], np.float32)}
    scaled = {"a": single["a"] * np.float32(0.1)}
    assert cliff.angle(single, scaled) < 1e-4
