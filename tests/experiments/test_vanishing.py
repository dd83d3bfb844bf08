"""How far gradients reach in untrained cells, and where two units at a fixed point go."""

import numpy as np
import pytest

from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.experiments import vanishing
from rnn_helpers.gradients import jacobians, reach


def test_the_row_of_names_holds_whole_long_names():
    x = vanishing.row_of_names()
    assert x.shape == (vanishing.T, 1)
    assert x.min() == 0 and (x == 0).sum() < vanishing.T / 10


def test_the_curves_are_the_reach_of_the_cells():
    curves = vanishing.reach_of_all(1.3, 4, 2.0, "random letters")
    assert tuple(curves) == vanishing.CELLS
    assert all(curve.shape == (vanishing.T + 1,) and curve[0] == 1 for curve in curves.values())
    tanh = RNNCell(27, vanishing.N_A, rng=3, recurrent_start="uniform")
    tanh.params["Waa"] *= 1.3
    np.testing.assert_allclose(curves["tanh"], reach(tanh, vanishing.random_letters()))
    gru = GRUCell(27, vanishing.N_A, update_bias=-2, rng=3, recurrent_start="uniform")
    gru.params["Waa"] *= 1.3
    np.testing.assert_allclose(curves["GRU"], reach(gru, vanishing.random_letters()))


def test_gates_half_open_are_no_better_than_tanh_and_wide_open_they_are():
    half, wide = (vanishing.reach_of_all(1.0, 7, b, "random letters") for b in (0.0, 6.0))
    assert half["GRU"][-1] < half["tanh"][-1] < 0.01
    assert wide["GRU"][-1] > 0.5


def test_the_numbers_of_a_matrix_are_those_of_the_cell() -> None:
    numbers = vanishing.recurrent_numbers("tanh", 1.3, "names")
    cell = vanishing.build_cell("tanh", 1.3)
    a, _ = cell.forward(vanishing.row_of_names())
    singular, eigen = np.linalg.svd(cell.params["Waa"])[1], np.linalg.eigvals(cell.params["Waa"])
    assert numbers["σ_max"] == pytest.approx(singular[0])
    assert numbers["radius"] == pytest.approx(np.abs(eigen).max())
    assert numbers["mean g1′"] == pytest.approx(np.mean(1 - a**2))
    relu = vanishing.build_cell("ReLU from identity", 1.0).forward(vanishing.random_letters())[0]
    numbers = vanishing.recurrent_numbers("ReLU from identity", 1.0, "random letters")
    assert numbers == {"σ_max": 1, "radius": 1, "mean g1′": pytest.approx(np.mean(relu > 0))}


def test_at_a_fixed_point_paths_and_powers_are_those_of_the_cell() -> None:
    Waa, rest = 1.5 * np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([[0.0], [0.949]])
    cell, no_input = RNNCell(1, 2, rng=0), np.zeros((20, 1, 1))
    cell.set(Waa=Waa, ba=vanishing.resting_bias(Waa, rest))
    a, _ = cell.forward(no_input, rest)
    np.testing.assert_allclose(a, np.broadcast_to(rest, a.shape), atol=1e-12)
    products = vanishing.powers(vanishing.jacobian_at_rest(Waa, rest), 20)
    np.testing.assert_allclose(products, jacobians(cell, no_input, rest), rtol=1e-6)
    start = np.array([[0.3, -0.2], [0.9, -0.5]])
    a, _ = cell.forward(np.zeros((20, 1, 2)), start)
    moved = vanishing.paths(Waa, rest, start, 20)
    np.testing.assert_array_equal(moved[0], start)
    np.testing.assert_allclose(moved[1:], a, atol=1e-12)
