"""What the panels of ``11_one_token_at_a_time`` compute, against independent accounts of it."""

import numpy as np
import pytest

from rnn_helpers import scan
from rnn_helpers.cells import RNNCell, orthogonal
from rnn_helpers.course import figures
from rnn_helpers.lessons.one_token_at_a_time import panels

# -- the wavefront -----------------------------------------------------------------------------


@pytest.mark.parametrize(("L", "T"), [(1, 1), (1, 9), (6, 1), (3, 5), (6, 16)])
def test_a_cell_runs_as_many_waves_late_as_it_is_cells_away(L, T):
    grid = panels.waves(L, T)
    layer, t = np.indices((L, T))
    np.testing.assert_array_equal(grid, 1 + layer + t)
    assert grid.max() == L + T - 1


def test_the_wavefront_panel_counts_cells():
    panel = panels.wavefront()
    panel.set(L=3, T=5, wave=2)
    assert "3 layers, 5 steps: wave 2 runs 2 cells, and 1 of 15 ran before" in panel.sentence
    assert "All are done after 7 waves" in panel.sentence and "at most 3" in panel.sentence
    panel.set(wave=21)
    assert "wave 21 runs 0 cells, and 15 of 15 ran before" in panel.sentence
    panel.set(L=1, T=1, wave=1)
    assert "1 layer, 1 step: wave 1 runs 1 cell, and 0 of 1 ran before" in panel.sentence


# -- how a scan joins steps --------------------------------------------------------------------


@pytest.mark.parametrize("road", panels.ROADS)
def test_what_is_drawn_ends_where_the_scan_of_the_package_does(road):
    T = panels.STEPS
    u = np.eye(T)[:, None]  # (T, n, m): one unit, and a column for each input
    a = scan.SCANS[road](np.full_like(u, panels.KEPT), u)
    np.testing.assert_allclose(panels.progress(road)[-1], a[:, 0], rtol=0, atol=1e-12)


def test_operations_in_a_row():
    counts = {road: len(panels.progress(road)) - 1 for road in panels.ROADS}
    assert counts == {"loop": 35, "doubling": 6, "chunks": 5 + 5 + 1}


def test_doubling_doubles_and_the_loop_goes_row_by_row():
    widths = [np.count_nonzero(held[-1]) for held in panels.progress("doubling")]
    assert widths == [1, 2, 4, 8, 16, 32, 36]
    assert panels.finished("loop").tolist() == list(range(1, 37))
    assert panels.finished("doubling").tolist() == [1, 2, 4, 8, 16, 32, 36]


def test_the_slider_beyond_the_end_shows_the_end():
    panel = panels.joined()
    panel.set(road="doubling", operation=6)
    end = panel.sentence
    panel.set(operation=30)
    assert panel.sentence == end and "36 of 36 states are final" in end


# -- what steps compose to ---------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_tanh_steps_are_those_of_the_cell(steps):
    rng, cell = np.random.default_rng(3), RNNCell(1, panels.UNITS)
    cell.params["Waa"][...] = 1.8 * orthogonal(panels.UNITS, rng)
    cell.params["ba"][...] = rng.normal(0, 0.3, (panels.UNITS, 1))
    a = rng.normal(0, 1, (panels.UNITS, 1)) * panels.SWEEP
    if steps:
        a = cell.forward(np.zeros((steps, 1, len(panels.SWEEP))), a)[0][-1]
    np.testing.assert_allclose(panels.after_steps("tanh", steps, 1.8), a[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_affine_steps_stay_straight_and_tanh_steps_do_not(scale):
    assert panels.straightness(panels.after_steps("affine", 20, scale))[0] < 1e-9
    assert panels.straightness(panels.after_steps("tanh", 6, 1.8))[0] > 0.1
    bends = [panels.straightness(panels.after_steps("tanh", k, 2.5))[1] for k in (1, 10, 20)]
    assert bends[0] < bends[1] < bends[2]


def test_what_the_notebook_says_of_the_scale():
    def turns(scale):
        return [panels.straightness(panels.after_steps("tanh", k, scale))[1] for k in (3, 10, 20)]

    assert np.diff([turns(scale) for scale in (1.8, 2.0, 2.5)]).min() > 2
    for scale in (0.5, 0.8, 1.0):
        assert max(turns(scale)) <= 2
        spans = [np.ptp(panels.after_steps("tanh", k, scale)) for k in (1, 3, 20)]
        assert spans[0] > 2 * spans[1] > 10 * spans[2]


def test_the_panel_says_over_which_range_the_curves_go():
    panel = panels.composed()
    panel.set(steps=1, scale=0.5)
    affine, bent = (np.ptp(panels.after_steps(kind, 1, 0.5)) for kind in panels.KINDS)
    assert "Scale of Waa 0.5, 1 step. Without tanh: a straight line" in panel.sentence
    assert f"a range of {affine:.3g}. With tanh: a curve over a range of {bent:.3g}" in (
        panel.sentence
    )


def test_straightness_of_known_curves():
    x = panels.SWEEP
    miss, turns = panels.straightness(3 * x - 1)
    assert miss < 1e-12 and turns == 0
    miss, turns = panels.straightness(x**2)
    assert miss == pytest.approx(2 / 3, abs=0.01)  # the best line lies level at 1/3
    assert turns == 1
    assert panels.straightness(np.sin(3 * np.pi * x))[1] == 6


# -- measured curves on logarithmic axes -------------------------------------------------------


def test_measured_lines_can_have_logarithmic_axes():
    x, curves = np.array([1, 10, 100]), {"gain": np.array([30.0, 3.0, 0.3])}
    plain, log = (
        figures.measured_lines(x, curves, "n·m", "times as fast", "It falls.", log=log)
        for log in (False, True)
    )
    assert plain.sentence == log.sentence == "It falls."
    assert plain.png != log.png


# -- the race ----------------------------------------------------------------------------------


def test_the_race_counts_the_steps_of_one_run():
    race = panels.RecallRace(["GRU", "linear"], steps=300)
    assert repr(race) == "A picture of 2 runs of training, 300 steps each."
    race.watch("linear")(300, [1.0] * 300)
    assert "linear at 1.00 after 300 steps" in race.sentence
