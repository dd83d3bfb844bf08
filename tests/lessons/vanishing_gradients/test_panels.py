"""The pictures of ``05_vanishing_gradients`` say what the mathematics says."""

import numpy as np
import pytest

from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.experiments import vanishing
from rnn_helpers.lessons.vanishing_gradients import panels


@pytest.mark.parametrize("name", ["tanh", "ReLU from identity"])
@pytest.mark.parametrize("scale", [0.1, 0.5, 1.0, 2.0, 3.0])
def test_the_promise_that_is_named_holds(name, scale):
    numbers = vanishing.recurrent_numbers(name, scale, "names")
    says, norms = panels.promise(numbers), vanishing.reach_of_all(scale, 7, 1.0, "names")[name]
    if name == "ReLU from identity" and scale == 1.0:
        assert says == "σ_max · max g1′ is 1: it cannot explode and need not vanish."
        assert np.all(norms <= 1 + 1e-12)
    elif numbers["σ_max"] < 1:
        assert "must vanish" in says
        assert np.all(norms <= numbers["σ_max"] ** np.arange(len(norms)) * (1 + 1e-12))
    else:
        assert "may explode and need not" in says
        assert ("radius is below 1" in says) == (numbers["radius"] < 1)


def test_the_slider_reaches_every_promise_and_a_tanh_that_explodes():
    scales = np.arange(0.1, 3.01, 0.1).round(2)
    numbers = [vanishing.recurrent_numbers("tanh", scale, "random letters") for scale in scales]
    assert any(n["σ_max"] < 1 for n in numbers)
    assert any(n["σ_max"] > 1 > n["radius"] for n in numbers)
    assert any(n["radius"] > 1 for n in numbers)
    assert vanishing.reach_of_all(3.0, 7, 1.0, "random letters")["tanh"][-1] > 100


@pytest.mark.parametrize("matrix", list(panels.SYSTEMS))
def test_the_sentence_says_how_far_the_circle_is_stretched(matrix):
    panel, (Waa, rest) = panels.two_units(), panels.SYSTEMS[matrix]
    panel.set(matrix=matrix, step=20)
    J = np.linalg.matrix_power(np.diagflat(1 - rest**2) @ Waa, 20)
    stretch = power_of_ten(np.linalg.norm(J, 2))
    assert f"the circle is stretched to {stretch} at most" in panel.sentence


def test_rings_count_factors_and_keep_the_direction():
    points = np.array([[1.0, 0.0, -1e6, 3e-5, 0.0], [0.0, 1000.0, 0.0, 4e-5, 0.0]])
    rings = panels.by_rings(points, 1000, 1)
    np.testing.assert_allclose(rings, [[1, 0, -3, 0, 0], [0, 2, 0, 0, 0]], atol=1e-12)
    rings = panels.by_rings(points, 10, 5)  # log10(5e-5) + 5 rings, in the direction (3, 4) / 5
    np.testing.assert_allclose(rings[:, 3], np.array([0.6, 0.8]) * (np.log10(5e-5) + 5))


@pytest.mark.parametrize("matrix", list(panels.SYSTEMS))
def test_the_needle_moves_outwards_exactly_as_the_stretch_grows_and_stays_in_the_picture(matrix):
    panel = panels.two_units()
    times, inside = panels.RINGS[matrix]
    panel.set(matrix=matrix, step=0)
    axes = panel.drawing.figure.axes[1]
    unit, needle = axes.lines[-2:]
    limits = axes.axis()
    for step in (0, 3, 9, 40, 80):
        panel.set(step=step)
        far = np.linalg.norm(needle.get_data(), axis=0).max()
        norm = np.linalg.norm(panels._powers(matrix)[step], 2)
        assert far == pytest.approx(np.log(norm) / np.log(times) + inside, abs=0.01)
        assert far <= panels.RINGS_SHOWN
        assert axes.axis() == limits
    np.testing.assert_allclose(np.linalg.norm(unit.get_data(), axis=0), inside)
