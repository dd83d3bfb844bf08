"""What can run in parallel and what steps compose to, against independent accounts of it."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import scan
from rnn_helpers.cells import RNNCell, orthogonal
from rnn_helpers.experiments.parallel import (
    METHODS,
    STARTS,
    after_steps,
    final_states,
    scan_progress,
    straightness,
    waves,
)


@pytest.mark.parametrize(("L", "T"), [(1, 1), (1, 9), (6, 1), (3, 5), (6, 16)])
def test_a_cell_runs_as_many_waves_late_as_it_is_cells_away(L, T):
    layer, t = np.indices((L, T))
    np.testing.assert_array_equal(waves(L, T), 1 + layer + t)
    assert waves(L, T).max() == L + T - 1


# -- a scan, one operation after the other -------------------------------------------------------


def test_the_methods_are_those_of_the_package():
    assert list(METHODS) == list(scan.SCANS)


@pytest.mark.parametrize("T", [4, 36])
@pytest.mark.parametrize("method", METHODS)
def test_progress_ends_where_the_scan_of_the_package_does(method, T):
    u = np.eye(T)[:, None]  # (T, n, m): one unit, and a column for each input
    a = scan.SCANS[method](np.full_like(u, 0.95), u)
    progress = scan_progress(method, T, 0.95)
    np.testing.assert_array_equal(progress[0], np.eye(T))
    np.testing.assert_allclose(progress[-1], a[:, 0], rtol=0, atol=1e-12)


def test_operations_in_a_row():
    operations = {method: len(scan_progress(method, 36, 0.95)) - 1 for method in METHODS}
    assert operations == {"loop": 35, "doubling": 6, "chunks": 5 + 5 + 1}


def test_doubling_doubles_and_the_loop_goes_row_by_row():
    doubling, loop = (scan_progress(method, 36, 0.95) for method in ("doubling", "loop"))
    widths = [np.count_nonzero(held[-1]) for held in doubling]
    assert widths == [1, 2, 4, 8, 16, 32, 36]
    assert final_states(loop).tolist() == list(range(1, 37))
    assert final_states(doubling).tolist() == [1, 2, 4, 8, 16, 32, 36]


def test_a_scan_that_is_not_there_and_chunks_that_do_not_fit_are_refused():
    with rejects(ValueError, "method must be one of loop, doubling, chunks", "'tree'"):
        scan_progress("tree", 36, 0.95)
    with rejects(ValueError, "T must be a square number for chunks, got 35"):
        scan_progress("chunks", 35, 0.95)


# -- what many steps compose to ------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_tanh_steps_are_those_of_the_cell(steps):
    rng, cell = np.random.default_rng(3), RNNCell(1, 8, rng=0)
    cell.set(Waa=1.8 * orthogonal(8, rng), ba=rng.normal(0, 0.3, (8, 1)))
    a = rng.normal(0, 1, (8, 1)) * STARTS
    if steps:
        a = cell.forward(np.zeros((steps, 1, len(STARTS))), a)[0][-1]
    np.testing.assert_allclose(after_steps("tanh", steps, 1.8), a[0], rtol=0, atol=1e-12)


def turns(scale, lengths):
    return [straightness(STARTS, after_steps("tanh", steps, scale))[1] for steps in lengths]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_affine_steps_stay_straight_and_tanh_steps_do_not(scale):
    assert straightness(STARTS, after_steps("identity", 20, scale))[0] < 1e-9
    assert straightness(STARTS, after_steps("tanh", 6, 1.8))[0] > 0.1
    few, more, most = turns(2.5, (1, 10, 20))
    assert few < more < most


def test_what_the_notebook_says_of_the_scale():
    assert np.diff([turns(scale, (3, 10, 20)) for scale in (1.8, 2.0, 2.5)]).min() > 2
    for scale in (0.5, 0.8, 1.0):
        assert max(turns(scale, (3, 10, 20))) <= 2
        spans = [np.ptp(after_steps("tanh", steps, scale)) for steps in (1, 3, 20)]
        assert spans[0] > 2 * spans[1] > 10 * spans[2]


def test_straightness_of_known_curves():
    miss, turned = straightness(STARTS, 3 * STARTS - 1)
    assert miss < 1e-12 and turned == 0
    miss, turned = straightness(STARTS, STARTS**2)
    assert miss == pytest.approx(2 / 3, abs=0.01)  # the best line lies level at 1/3
    assert turned == 1
    assert straightness(STARTS, np.sin(3 * np.pi * STARTS))[1] == 6


def test_another_activation_is_refused():
    with rejects(ValueError, "activation must be one of identity, tanh", "'relu'"):
        after_steps("relu", 3, 1.0)
