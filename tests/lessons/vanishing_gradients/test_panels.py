"""The pictures of ``05_vanishing_gradients`` say what the mathematics says."""

import numpy as np
import panel_tools
import pytest

from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.gradients import reach
from rnn_helpers.lessons.vanishing_gradients import panels


def test_the_row_of_names_holds_whole_long_names():
    x = panels.row_of_names()
    assert x.shape == (panels.T, 1)
    assert x.min() == 0 and (x == 0).sum() < panels.T / 10


def test_the_curves_are_the_reach_of_the_cells():
    curves = panels.reach_of_all(1.3, 4, 2.0, "random letters")
    assert tuple(curves) == panels.CELLS
    assert all(curve.shape == (panels.T + 1,) and curve[0] == 1 for curve in curves.values())
    tanh = RNNCell(27, panels.N_A, rng=3, recurrent_start="uniform")
    tanh.params["Waa"] *= 1.3
    np.testing.assert_allclose(curves["tanh"], reach(tanh, panels.random_letters()))
    gru = GRUCell(27, panels.N_A, rng=3, recurrent_start="uniform")
    gru.params["Waa"] *= 1.3
    gru.params["ba"][: panels.N_A] = -2
    np.testing.assert_allclose(curves["GRU"], reach(gru, panels.random_letters()))


@pytest.mark.parametrize("name", ["tanh", "ReLU from identity"])
@pytest.mark.parametrize("scale", [0.1, 0.5, 1.0, 2.0, 3.0])
def test_the_promise_that_is_named_holds(name, scale):
    found = panels.waa_numbers(name, scale, "names")
    says, norms = panels.promise(found), panels.reach_of_all(scale, 7, 1.0, "names")[name]
    if name == "ReLU from identity" and scale == 1.0:
        assert says == "σ_max · max g1′ is 1: it cannot explode and need not vanish."
        assert np.all(norms <= 1 + 1e-12)
    elif found["σ_max"] < 1:
        assert "must vanish" in says
        assert np.all(norms <= found["σ_max"] ** np.arange(len(norms)) * (1 + 1e-12))
    else:
        assert "may explode and need not" in says
        assert ("radius is below 1" in says) == (found["radius"] < 1)


def test_the_slider_reaches_every_promise_and_a_tanh_that_explodes():
    scales = np.arange(0.1, 3.01, 0.1).round(2)
    numbers = [panels.waa_numbers("tanh", scale, "random letters") for scale in scales]
    assert any(n["σ_max"] < 1 for n in numbers)
    assert any(n["σ_max"] > 1 > n["radius"] for n in numbers)
    assert any(n["radius"] > 1 for n in numbers)
    assert panels.reach_of_all(3.0, 7, 1.0, "random letters")["tanh"][-1] > 100


def test_gates_half_open_are_no_better_than_tanh_and_wide_open_they_are():
    half, wide = (panels.reach_of_all(1.0, 7, b, "random letters") for b in (0.0, 6.0))
    assert half["GRU"][-1] < half["tanh"][-1] < 0.01
    assert wide["GRU"][-1] > 0.5


@pytest.mark.parametrize("matrix", list(panels.SYSTEMS))
def test_the_fixed_point_stays_and_the_powers_are_those_of_the_cell(matrix):
    Waa, rest = panels.SYSTEMS[matrix]
    cell = RNNCell(1, 2)
    cell.params["Waa"][...], cell.params["ba"][...] = Waa, panels.resting_bias(Waa, rest)
    a, _ = cell.forward(np.zeros((20, 1, 1)), rest)
    np.testing.assert_allclose(a, np.broadcast_to(rest, a.shape), atol=1e-12)
    panel = panels.two_units()
    panel.set(matrix=matrix, step=20)
    norm = reach(cell, np.zeros((20, 1, 1)), rest)[-1]
    assert f"the circle is stretched to {panels._power(norm)} at most" in panel.sentence


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


@pytest.mark.parametrize(
    "value, words",
    [(0.0, "0"), (1.0, "1"), (0.0123, "0.0123"), (4.1e-7, "4.1·10⁻⁷"), (2.6e5, "2.6·10⁵")],
)
def test_numbers_read_as_a_reader_would_say_them(value, words):
    assert panels._power(value) == words


@pytest.mark.parametrize("make", [panels.reach_by_lag, panels.two_units])
def test_panels_hold_at_their_ends(make):
    panel = make()
    panel_tools.drive(panel, count=10)
    panel_tools.check_projector(panel)


def test_the_race_follows_each_run_and_says_where_it_ends():
    race = panels.RecallRace(["tanh", "GRU"], steps=20)
    assert race.sentence == "No step has been taken yet."
    start = race.png
    for name, loss in (("tanh", 1.4), ("GRU", 0.5)):
        for step in range(1, 21):
            race.watch(name)(step, [loss] * step)
    assert race.bar.value == 40
    assert race.sentence == (
        "Loss of the recall task: tanh at 1.40 after 20 steps; GRU at 0.50 after 20 steps."
    )
    assert race.png != start
    panel_tools.check_layout(race._drawing)
